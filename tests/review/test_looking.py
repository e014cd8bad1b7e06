"""Who looks is in the record a moment later, as one row a look, and governance alone reads it; much is told to governance."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from reports import looks
from review import reasons
from review.auth.sessions import COOKIE
from review.view_recorder import ViewRecorder
from review.walks import Walks
from store import Store, View, ViewQuery
from tests.review.conftest import House, serve
from tests.review.factories import NAMED, NOW, case_of, configure, fill, session, whole_policy
from tests.review.pages import read, send
from tests.review.test_who_may import WHO
from tests.stores import KEY, new_store, nothing

ALL_TIME = ViewQuery(since=NOW - timedelta(days=400), until=NOW + timedelta(days=1))
WHY = {"why": "check"}


def looks_of(house: House, **wanted: Any) -> list[tuple[str, int | None, int | None, int]]:
    """Kind, case, post and how often, the first first."""
    assert house.desk.views.flush()
    views, _ = house.store.views.page(
        ViewQuery(since=ALL_TIME.since, until=ALL_TIME.until, **wanted), size=500
    )
    return [(view.kind, view.case, view.post, view.times) for view in reversed(views)]


def test_a_case_that_is_opened_is_a_row_with_who_when_and_from_which_page(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    read(anew, f"/cases/{case}", "vera")
    read(anew, f"/cases/{case}/leak", "amina")
    assert looks_of(anew) == [("case", case, None, 1), ("case", case, None, 1)]
    (leak, first), _ = anew.store.views.page(ALL_TIME)
    assert (first.by, first.page, first.at) == (anew.who["vera"], "/cases/{number}", NOW)
    assert (leak.by, leak.page) == (anew.who["amina"], "/cases/{number}/leak")


def test_looking_at_the_same_again_within_minutes_is_one_row(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    for minutes in (0, 4, 12, 40):
        anew.desk.now = lambda minutes=minutes: NOW + timedelta(minutes=minutes)  # type: ignore[misc]
        read(anew, f"/cases/{case}")
    assert looks_of(anew) == [("case", case, None, 3), ("case", case, None, 1)]


def test_the_case_that_lies_open_beside_the_list_counts_too(anew: House) -> None:
    read(anew, "/today", "vera")
    ((kind, case, _, _),) = looks_of(anew)
    assert kind == "case"
    assert case is not None


def test_a_search_is_kept_without_its_words_and_with_whether_it_found_anything(anew: House) -> None:
    for words in ("hospital", "zzzqqq", "Rosalind Pettigrew"):
        send(anew, "/search", q=words)
        read(anew, f"/all?q={words}&exact=1")
    assert anew.desk.views.flush()
    views, _ = anew.store.views.page(ALL_TIME)
    assert {(view.kind, view.has_results) for view in views} <= {
        ("search", True),
        ("search", False),
    }
    everything = str(anew.store.database.rows("SELECT * FROM views")) + str(
        [tuple(row) for row in anew.store.database.rows("SELECT * FROM views")]
    )
    assert "Rosalind" not in everything
    assert "zzzqqq" not in everything


def test_what_is_opened_for_a_reason_is_a_look_and_so_are_exports(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    send(anew, f"/cases/{case}/show", post=1, form="show", **WHY)
    send(anew, f"/cases/{case}/original", post=1, form="original", **WHY)
    send(anew, f"/cases/{case}/evidence", "gwen", purpose="court", reason="Asked for by the court")
    kinds = [kind for kind, *_ in looks_of(anew)]
    assert kinds[:2] == ["details", "original"]
    assert "evidence" in kinds


def test_what_is_refused_or_not_there_is_no_look_but_at_the_case_whose_page_says_so(
    anew: House,
) -> None:
    read(anew, "/cases/99999", status=404)
    read(anew, "/governance", "bea", 403)
    assert looks_of(anew) == []
    assert send(anew, "/cases/1/show", post=1, form="show").status_code == 422
    assert looks_of(anew) == [("case", 1, None, 1)]


def test_no_page_waits_for_the_writer_of_another_program(anew: House) -> None:
    """A collector holds the store; pages answer, and looks are written once it lets go."""
    case = case_of(anew.store, NAMED)
    writer = anew.store.beside()
    client = anew.asks("vera")
    with writer.database.transaction():
        began = time.monotonic()
        assert client.get(f"/cases/{case}").status_code == 200
        assert time.monotonic() - began < 5
        assert looks_of_unflushed(anew) == []
    writer.close()
    assert looks_of(anew) == [("case", case, None, 1)]


def looks_of_unflushed(house: House) -> list[View]:
    return house.store.views.page(ALL_TIME)[0]


def test_a_page_that_is_shut_down_writes_what_waits(tmp_path: Any) -> None:
    path = tmp_path / "mentions.db"
    new_store(path, nothing)
    with Store.open(path, [KEY]) as store:
        user = store.users.add("local", "amina", "Amina", ["viewer"], at=NOW).number
        recorder = ViewRecorder(lambda: Store.open(path, [KEY]))
        recorder.add(View(by=user, kind="case", at=NOW, page="/cases/{number}", case=7))
        assert recorder.flush()
        assert [view.case for view in store.views.page(ALL_TIME)[0]] == [7]


# ── governance's page ────────────────────────────────────────────────────────────────────────────


def test_governance_sees_who_saw_a_case_and_what_somebody_looked_at(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    read(anew, f"/cases/{case}", "vera")
    read(anew, "/cases/2", "amina")
    looks_of(anew)
    page = read(anew, f"/looked-at?case={case}", "gwen").text
    assert "Case 1" in page
    assert "1 look" in page
    page = read(anew, f"/looked-at?person={anew.who['amina']}", "gwen").text
    assert "Case 2" in page
    assert "How much each looked, by week" in page
    assert ("record", case, None, 1) in looks_of(anew)  # that governance looked is there too


def test_records_of_decisions_tell_no_flag_that_holds_of_staff_alone(anew: House) -> None:
    """By case and flag they would be a list of staff, whoever copies it."""
    kept = anew.store.decision_records.page(ALL_TIME.since, ALL_TIME.until)
    assert any("no_disclaimer" in record.flags for record in kept)
    page = read(anew, "/looked-at/decisions?since=2020-01-01", "gwen").text
    table = send(anew, "/looked-at/decisions/export", "gwen", since="2020-01-01").text
    assert "media" in table
    policy = whole_policy()
    for name in policy.of_staff_alone:
        assert name not in table
        assert f"; {policy.label(name)}" not in page


@pytest.mark.parametrize("who", ["amina", "bea", "vera", "ada"])
@pytest.mark.parametrize("path", ["/looked-at", "/looked-at?case=1", "/looked-at/decisions"])
def test_nobody_else_sees_what_colleagues_look_at(house: House, who: str, path: str) -> None:
    read(house, path, who, 403)


def test_a_copy_is_a_file_whose_taking_is_an_event(anew: House) -> None:
    read(anew, "/cases/1", "vera")
    looks_of(anew)
    answer = send(anew, "/looked-at/export", "gwen", case=1)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["What"], row["Case"], row["Page"]) for row in rows] == [("Case", "1", "The case")]
    assert anew.store.audit.events()[-1].kind == "access record exported"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("person=99", "Choose a person"), ("case=one", "Write a case’s number"),
        ("since=soon", "Write a day as"), ("since=2026-11-25&until=2026-11-20", "comes before the first"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_filter_is_said(house: House, query: str, says: str) -> None:
    assert says in read(house, f"/looked-at?{query}", "gwen").text


def test_decisions_are_listed_without_words_and_can_be_taken(anew: House) -> None:
    page = read(anew, "/looked-at/decisions?since=2020-01-01", "gwen").text
    assert "decision 1" in page
    answer = send(anew, "/looked-at/decisions/export", "gwen", since="2020-01-01")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows
    assert {row["Who"] for row in rows} <= {"Amina Yusuf", "Bea Okafor", "Gwen Hart", ""} | {
        user.name for user in anew.store.users.all()
    }


# ── reasons, and what is told to governance ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "reason",
    ["........", "aaaaaaaa", "asdf", "asdfasdf asdf", "checking", "checking checking checking", "just checking it", "need to see this",
     "qwerty uiop zxcv", "12345678", "x x x x x x x x", "To look at the post"],
)  # fmt: skip
def test_words_that_say_nothing_are_refused_with_what_to_do(anew: House, reason: str) -> None:
    answer = send(anew, "/mentions/1/reveal", reason=reason)
    assert answer.status_code == 422
    assert "Choose why you need to see it" in answer.text
    case = case_of(anew.store, NAMED)
    assert (
        send(anew, f"/cases/{case}/original", post=1, why="other", why_text=reason).status_code
        == 422
    )
    assert anew.store.audit.reveals()[1] == 0


@pytest.mark.parametrize("reason", ["to ring the practice", "PALS asked which ward", "Police want the address, ref 12", "To report it to the group's admins"])  # fmt: skip
def test_words_of_ones_own_stand_beside_a_purpose_and_open_nothing_in_its_place(anew: House, reason: str) -> None:  # fmt: skip
    assert send(anew, "/mentions/1/reveal", reason=reason).status_code == 422
    assert send(anew, "/mentions/1/reveal", why="other", reason=reason).status_code == 422
    assert anew.store.audit.reveals()[1] == 0
    assert send(anew, "/mentions/1/reveal", why="act", reason=reason).status_code == 200
    assert anew.store.audit.reveals()[0][0].reason == f"{reasons.REASONS['act']}: {reason}"


@pytest.mark.parametrize(
    "reason",
    ["who is she", "Who’s this then, I have to see", "is he one of ours on the ward", "whose account could it be", "she looks like a nurse of ward nine",
     "nurse Beardsley is it her again", "the consultant would like to read it", "our team talked about this yesterday", "she was at the meeting on Monday",
     "Ellen thinks that she knows them"],
)  # fmt: skip
def test_no_words_however_harmless_open_a_post_without_a_purpose_of_the_list(anew: House, reason: str) -> None:  # fmt: skip
    case = case_of(anew.store, NAMED)
    for form in ({"why": "other"}, {}):
        assert send(anew, "/mentions/1/reveal", reason=reason, **form).status_code == 422
        for do in ("show", "original"):
            sent = send(anew, f"/cases/{case}/{do}", post=1, why_text=reason, **form)
            assert sent.status_code == 422, (do, form)
        assert send(anew, "/mentions/1/original", post=1, why_text=reason, **form).status_code == 422  # fmt: skip
    assert anew.store.audit.reveals()[1] == 0


def test_what_a_page_of_ours_gives_as_the_reason_stands_in_the_list_of_them() -> None:
    folder = Path(reasons.__file__).parent / "templates"
    pattern = re.compile(r"\{\{\s*((?:open_original|show_masked)\(.*?\))\s*\}\}")
    calls = [call for file in folder.rglob("*.html") for call in pattern.findall(file.read_text("utf-8"))]  # fmt: skip
    joined = ('"To report it to " ~ where', '": who or where they are"')
    assert len(calls) > 10
    for call in calls:
        assert any(each in call for each in (*reasons.OF_PAGES, *joined)), call


@pytest.mark.parametrize(
    "reason",
    ["for a disciplinary hearing of the nurse", "HR wants to know who wrote it", "the boss asked for the name of this member of staff",
     "bored on a Sunday and curious", "needed for the capability meeting of the band 6", "to see which of our nurses it was", "so that she is spoken to at work"],
)  # fmt: skip
def test_nothing_is_opened_for_anyone_s_employment_or_curiosity_and_governance_is_told(anew: House, reason: str) -> None:  # fmt: skip
    limits = anew.desk.file.review.looking.model_copy(update={"email": ("dpo@example.org",)})
    configure(anew.desk, review=anew.desk.file.review.model_copy(update={"looking": limits}))
    case = case_of(anew.store, NAMED)
    own: dict[str, Any] = {"post": 1, "why": "other", "why_text": reason}
    ready: dict[str, Any] = {"post": 1, "why": "check", "why_text": reason}
    answers = [
        send(anew, "/mentions/1/reveal", reason=reason), send(anew, "/mentions/1/reveal", why="check", reason=reason),
        *(send(anew, f"/cases/{case}/{do}", **form) for do in ("show", "original") for form in (own, ready)),
        send(anew, "/mentions/1/original", **own), send(anew, "/mentions/1/picture", place=0, **own),
        send(anew, f"/cases/{case}/evidence", "gwen", purpose="complaint", reason=reason),
        send(anew, "/exports", "bea", purpose="audit", reason=reason),
    ]  # fmt: skip
    for answer in answers[:6]:
        assert answer.status_code == 422
        assert "no post is opened for that" in answer.text or "reason of your work" in answer.text
    assert {answer.status_code for answer in answers} <= {404, 422}
    assert anew.store.audit.reveals()[1] == 0
    assert anew.store.exports.latest() == []
    events = [event for event in anew.store.audit.events() if event.kind == "reason refused"]
    assert len(events) >= 8
    assert not any(word in str(events) for word in reason.split() if len(word) > 5)
    assert told(anew) == ["reason"] * len({event.about["by"] for event in events}), "once an hour"
    overview = read(anew, "/governance", "gwen")
    assert "about someone’s employment or curiosity" in overview.text


def test_words_beside_a_purpose_that_name_nothing_of_the_work_open_nothing_and_are_no_attempt(
    anew: House,
) -> None:
    case = case_of(anew.store, NAMED)
    for reason in ("it must be Donna", "the manager’s request, as always"):
        answers = [
            send(anew, "/mentions/1/reveal", why="check", reason=reason),
            *(send(anew, f"/cases/{case}/{do}", post=1, why="check", why_text=reason) for do in ("show", "original")),
        ]  # fmt: skip
        for answer in answers:
            assert answer.status_code == 422
            assert "Your words say nothing of the post or of the work" in answer.text
    assert anew.store.audit.reveals()[1] == 0
    assert (
        send(anew, "/mentions/1/reveal", why="check", reason="PALS asks which ward").status_code
        != 422
    )
    assert not [event for event in anew.store.audit.events() if event.kind == "reason refused"]


def told(house: House) -> list[str]:
    return [
        row.payload["what"]
        for row in house.store.outbox.due(NOW + timedelta(hours=1))
        if row.kind == "looks"
    ]


def test_more_than_so_many_an_hour_are_told_once_by_email_and_on_the_overview(anew: House) -> None:
    limits = anew.desk.file.review.looking.model_copy(update={"an_hour": 3, "email": ("dpo@example.org",), "one_author_posts": 90})  # fmt: skip
    configure(anew.desk, review=anew.desk.file.review.model_copy(update={"looking": limits}))
    for _ in range(3):
        send(anew, "/mentions/1/reveal", why="check", reason="to ring the practice")
    assert told(anew) == []
    for _ in range(3):
        send(anew, "/mentions/1/reveal", why="check", reason="to ring the practice")
    assert told(anew) == ["hour"]
    assert "Amina Yusuf opened 4 posts within an hour" in read(anew, "/governance", "gwen").text
    assert "opened much" in {event.kind for event in anew.store.audit.events()}


@pytest.mark.parametrize("handle", ["amina", "vera", "bea"])
def test_who_goes_from_number_to_number_is_told_to_governance_at_once(
    anew: House, handle: str
) -> None:
    limits = anew.desk.file.review.looking.model_copy(update={"absent_an_hour": 4, "pages_an_hour": 3, "email": ("dpo@example.org",)})  # fmt: skip
    configure(anew.desk, review=anew.desk.file.review.model_copy(update={"looking": limits}))
    case = case_of(anew.store, NAMED)
    with anew.asks(handle) as client:
        for _ in range(6):  # the same one again and again is no walk
            assert client.get("/mentions/7001").status_code == 404
            assert client.get(f"/cases/{case}").status_code == 200
        for address in ("/mentions/7002", "/cases/7003/full"):
            assert client.get(address).status_code == 404
        client.get("/all?q=post+7004")
        assert told(anew) == []
        client.get("/all?q=case+7005")
        assert told(anew) == ["absent"]
        for address in ("/cases/7006", "/mentions/7007"):
            assert client.get(address).status_code == 404
        assert told(anew) == ["absent"]  # once an hour
        walked = 0
        for number in range(1, 60):
            walked += client.get(f"/cases/{number}").status_code == 200
        assert walked > 4
    assert sorted(told(anew)) == ["absent", "pages"]
    name = anew.store.users.get(anew.who[handle]).name  # type: ignore[union-attr]
    page = read(anew, "/governance", "gwen").text
    assert f"{name} tried 5 different numbers of cases and posts that are not there, or not theirs to see, within an hour" in page  # fmt: skip
    assert f"{name} opened the pages of 4 different cases and posts within an hour" in page
    assert "Tried 5 different numbers of cases" in read(anew, "/audit?kind=opened+much", "gwen").text  # fmt: skip


def test_whoever_looks_at_a_few_pages_in_an_hour_and_more_the_next_is_told_of_to_nobody() -> None:
    walks = Walks()
    counts = [walks.note(1, "pages", f"/cases/{minute}", NOW + timedelta(minutes=minute)) for minute in range(150)]  # fmt: skip
    assert counts[:3] == [1, 2, 3]
    assert max(counts) == 60
    assert walks.note(2, "pages", "/cases/1", NOW) == walks.note(1, "absent", "/cases/1", NOW) == 1


@pytest.mark.parametrize("what", ["pages", "absent"])
def test_the_email_about_numbers_says_it_in_a_sentence_without_the_numbers(what: str) -> None:
    from tests.review.factories import shipped

    payload = {"what": what, "user": "2", "count": "13", "limit": "10", "days": "0", "at": "2026-11-20T09:00:00.000000Z"}  # fmt: skip
    much = looks.looks_of(payload, {2: "Ben Okafor"})
    mail = looks.mail(shipped(), much, to=["dpo@example.org"], at=NOW, message_id="<1@example.org>")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Ben" not in mail["Subject"]
    assert "Ben Okafor " in text
    assert "13 different" in text
    assert "of more than 10 an hour" in text
    assert "may be looking for what isn't theirs to see" in text


def test_posts_of_one_writer_opened_often_are_told_by_a_hash_that_names_nobody(anew: House) -> None:
    limits = anew.desk.file.review.looking.model_copy(update={"one_author_posts": 2})
    configure(anew.desk, review=anew.desk.file.review.model_copy(update={"looking": limits}))
    by_author: dict[str, list[int]] = {}
    for number in range(1, 40):
        stored = anew.store.mentions.get(number)
        if stored is not None and stored.mention.author.handle:
            by_author.setdefault(
                f"{stored.mention.platform} {stored.mention.author.handle}", []
            ).append(number)
    writer, posts = max(by_author.items(), key=lambda pair: len(pair[1]))
    assert len(posts) > 1
    for number in (posts[0], posts[0], posts[1]):
        send(anew, f"/mentions/{number}/reveal", why="check", reason="to ring the practice")
    (event,) = [event for event in anew.store.audit.events() if event.kind == "opened much"]
    assert (event.about["what"], event.about["count"]) == ("writer", 2)
    assert writer.split()[1] not in str(event.about)
    assert told(anew) == []  # nobody has an address: it is on the overview alone
    assert "2 posts of one writer" in read(anew, "/governance", "gwen").text


def test_the_email_names_the_officer_and_neither_words_nor_writer() -> None:
    from tests.review.factories import shipped

    payload = {
        "what": "writer",
        "user": "2",
        "count": "6",
        "limit": "5",
        "days": "14",
        "at": "2026-11-20T09:00:00.000000Z",
    }
    much = looks.looks_of(payload, {2: "Ben Okafor"})
    mail = looks.mail(shipped(), much, to=["dpo@example.org"], at=NOW, message_id="<1@example.org>")
    assert "Ben" not in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Ben Okafor opened 6 different posts of one writer within 14 days" in text
    assert "/looked-at?person=2" in text


# ── no page holds a writer or an address ─────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from serve(tmp_path_factory.mktemp("sealed"), fill)


def personal(store: Store) -> set[str]:
    """Every address, handle and name that is sealed, but those of our own accounts."""
    words: set[str] = set()
    for (number,) in store.database.rows("SELECT number FROM mentions WHERE NOT own"):
        stored = store.mentions.get(number)
        assert stored is not None
        author = stored.mention.author
        words |= {
            stored.mention.url,
            f"@{author.handle}" if author.handle else "",
            author.handle if len(author.handle) > 8 else "",
        }
        words |= {author.name if len(author.name) > 8 else ""}
    return words - {""}


@pytest.fixture(scope="module")
def known(sealed: House) -> set[str]:
    """Those of the sealed store, in which no test changes a post."""
    return personal(sealed.store)


GETS = [one.removeprefix("GET ") for one in WHO if one.startswith("GET ") and one != "GET /events"]


@pytest.mark.parametrize("route", GETS)
def test_no_page_and_no_json_holds_a_writer_or_an_address(
    sealed: House, known: set[str], route: str
) -> None:
    """As whoever may see it, over every number that a row has there."""
    assert len(known) > 10
    path = (
        route.replace("{section}", "names")
        .replace("{token}", "x")
        .replace("{form}", "html")
        .replace("{version:row}", "1")
    )
    numbers = range(1, 16) if "{number:row}" in path else [1]
    for who in ("bea", "gwen", "ada"):
        client = sealed.asks(who)
        for number in numbers:
            address = re.sub(r"{\w+:row}", str(number), path)
            answer = client.get(address)
            shown = {word for word in known if word in answer.text}
            assert not shown, (who, address)
            if answer.status_code == 403:
                break


def test_the_stream_of_events_holds_none(sealed: House, known: set[str]) -> None:
    headers = {"Cookie": f"{COOKIE}={session(sealed.store, sealed.who['bea'])}"}
    with httpx.stream("GET", f"{sealed.url}/events", headers=headers, timeout=10) as answer:
        first = next(answer.iter_text(), "")
    assert not {word for word in known if word in first}


@pytest.mark.parametrize("what", ["mentions", "flags", "decisions"])
def test_an_export_holds_none(sealed: House, known: set[str], what: str) -> None:
    form = {
        "what": what,
        "format": "csv",
        "words": "masked",
        "purpose": "audit",
        "reason": "For the yearly audit",
        "first": "2020-01-01",
        "last": "2026-12-31",
    }
    answer = send(sealed, "/exports", "bea", **form)
    assert answer.status_code == 200
    assert not {word for word in known if word in answer.text}


def test_who_has_looked_often_within_an_hour_says_in_their_own_words_too_what_for(
    anew: House,
) -> None:
    limits = anew.desk.file.review.looking.model_copy(update={"own_words_after": 2})
    review = anew.desk.file.review.model_copy(update={"looking": limits})
    configure(anew.desk, review=review)
    case = case_of(anew.store, NAMED)
    found = anew.store.cases.get(case)
    assert found is not None
    number = found.lead_mention
    anew.desk.now = lambda: NOW - timedelta(minutes=50)
    for _ in range(2):
        assert send(anew, f"/cases/{case}/original", post=number, form="original", why="check").status_code == 200  # fmt: skip
    anew.desk.now = lambda: NOW
    for form in ({}, {"why_text": "checking"}):
        answer = send(anew, f"/cases/{case}/original", post=number, form="original", why="check", **form)  # fmt: skip
        assert answer.status_code == 422
        assert "Say in your own words too" in answer.text
    assert send(anew, f"/mentions/{number}/reveal", why="check").status_code == 422
    words = "the practice in Hayes rang about her"
    assert send(anew, f"/cases/{case}/original", post=number, form="original", why="check", why_text=words).status_code == 200  # fmt: skip
    kept = anew.store.audit.reveals()[0][0].reason
    assert kept is not None
    assert kept.endswith(words)
    anew.desk.now = lambda: NOW + timedelta(minutes=11)
    assert send(anew, f"/cases/{case}/original", post=number, form="original", why="check").status_code == 200  # fmt: skip


@pytest.mark.parametrize(("handle", "beside"), [("gwen", True), ("amina", False)])
def test_what_governance_itself_does_is_told_outside_governance(
    anew: House, handle: str, beside: bool
) -> None:
    """Numbers tried and wrong reasons of whoever watches go to who is not governance as well."""
    outside = {"officer@example.org", "caldicott@example.org"}
    limits = anew.desk.file.review.looking.model_copy(update={"email": ("ig@example.org",), "absent_an_hour": 5})  # fmt: skip
    governance = anew.desk.file.governance.model_copy(update={"dpo": "D. Example, officer@example.org", "caldicott_guardian": "C. Example, caldicott@example.org"})  # fmt: skip
    configure(anew.desk, review=anew.desk.file.review.model_copy(update={"looking": limits}), governance=governance)  # fmt: skip
    for number in range(8):
        read(anew, f"/cases/{9000 + number}", handle, status=404)
    send(anew, "/mentions/1/reveal", handle, why="check", reason="for the disciplinary hearing")
    rows = [row for row in anew.store.outbox.due(NOW + timedelta(hours=1)) if row.kind == "looks"]
    assert {row.payload["what"] for row in rows} == {"absent", "reason"}
    for row in rows:
        assert "ig@example.org" in row.recipients
        assert outside.issubset(row.recipients) is beside
