"""The data-rights desk on the page: a request is written down, its person found, given, erased, put right, held, objected."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from core.models import Author
from reports import looks
from steps import rights
from steps.same_person import CHECKS
from store import ERASURE, GUARDED_ERASURE
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, sign_in
from tests.review.factories import NAMED, NOW, asked_of, case_of, configure, group, read_by
from tests.review.pages import Tags, read, send
from tests.store.factories import DAY, HOUR, add, assess_all, flag, mention

WHO = Author(handle="tamsin_quill", id="770", name="Tamsin Quill")
OTHER = Author(handle="bryn_talog", id="88", name="Bryn Talog")
THEIRS = "Zanzibarquux waited nine hours at Northwick Park with my mother"
ABOUT = "Tamsin Quill was rude to us in the queue, and Petra Vance laughed"


def asked(house: House, kind: str = "access", came: str = "") -> int:
    answer = send(
        house, "/requests", "gwen", kind=kind, came_on=came or NOW.date().isoformat(),
        requester="T. Quill, from the account itself", reference="IG/26/118",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text[:400]
    return int(answer.headers["location"].rsplit("/", 1)[1])


def posts(house: House) -> tuple[int, int]:
    """A post of theirs and one that mentions them; their numbers."""
    add(house.store, mention(901, text=THEIRS, author=WHO, url="https://example.org/901"), mention(902, text=ABOUT, author=OTHER, url="https://example.org/902"), at=NOW)  # fmt: skip
    assess_all(house.store, "medium", flags=[flag("derogatory")], masked="[name] waited in the queue")  # fmt: skip
    found = house.store.search.by_author("tamsin_quill"), house.store.search.by_author("bryn_talog")  # fmt: skip
    return found[0][-1], found[1][-1]


def look(house: House, request: int, person: str = "tamsin quill", **form: object) -> httpx.Response:  # fmt: skip
    return send(house, f"/requests/{request}/find", "gwen", person=person, **{"how": "all", **form})


CHECK = {"same_check": "code", "same_made": "Gwen Price", "same_on": NOW.date().isoformat(), "same_words": "It came within the hour"}  # fmt: skip


def alone(house: House) -> None:
    """Leaves Gwen the only one with the role governance."""
    for user in house.store.users.all():
        if "governance" in user.roles and user.number != house.who["gwen"]:
            house.store.users.change(user.number, active=False, at=NOW)


def carried(page: httpx.Response | Tags) -> dict[str, str]:
    """What the form of acts holds of the search."""
    tags = page if isinstance(page, Tags) else Tags(page.text)
    names = ("person", "how", "numbers", "theirs", "looked")
    return {one["name"]: one["value"] for one in tags.all("input", type="hidden") if one["name"] in names}  # fmt: skip


def last_event(house: House, kind: str) -> dict[str, object]:
    return dict(next(one for one in reversed(house.store.audit.events()) if one.kind == kind).about)


def test_a_request_is_due_a_month_later_and_stands_on_the_overview_until_somebody_has_it(
    anew: House,
) -> None:
    number = asked(anew, "objection")
    page = read(anew, f"/requests/{number}", "gwen")
    assert "Nobody has it" in page.text
    overview = read(anew, "/governance", "gwen")
    assert "Objection (Article 21)" in overview.text
    assert "Nobody has it" in overview.text
    send(anew, f"/requests/{number}/change", "gwen", do="take")
    assert "In hand" in read(anew, "/requests", "gwen").text
    assert last_event(anew, "request taken")["request"] == number
    assert "Quill" not in str(anew.store.audit.events())


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"kind": "everything"}, "Choose what they ask for"),
        ({"came_on": "2026-02-30"}, "Write the day it came"),
        ({"came_on": "2999-01-01"}, "rite the day it came"),
        ({"requester": " "}, "rite who asks"),
        ({"requester": "........"}, "rite who asks"),
        ({"requester": "somebody"}, "rite who asks"),
    ],
)
def test_a_request_that_is_not_whole_comes_back_with_what_was_typed(
    anew: House, form: dict[str, str], why: str
) -> None:
    whole = {"kind": "access", "came_on": NOW.date().isoformat(), "requester": "R. A., from their account", "reference": "IG/26/9"}  # fmt: skip
    answer = send(anew, "/requests", "gwen", **(whole | form))
    assert answer.status_code == 422
    assert why in answer.text
    assert "IG/" in answer.text


@pytest.mark.parametrize(
    "words",
    [
        "nurse",
        "my manager",
        "union",
        "Band 7",
        "our ward",
        "@nurse",
        "waited nine hours with mother",
    ],
)
def test_words_that_name_nobody_gather_no_posts_and_say_what_to_write(
    anew: House, words: str
) -> None:
    theirs, _ = posts(anew)
    number = asked(anew)
    answer = look(anew, number, words)
    assert answer.status_code == 422
    assert "names no person" in answer.text
    assert anew.store.person_searches.of_request(number) == []
    as_account = look(anew, number, words, how="wrote")
    assert as_account.status_code == 200
    assert carried(as_account)["numbers"] == ""
    assert look(anew, number, words).status_code == 422  # nor once the request is of that account
    held = send(
        anew, f"/requests/{number}/act", "gwen", **carried(as_account), posts=[theirs], do="page"
    )
    assert held.status_code == 422


def test_six_words_of_their_own_are_looked_for_as_they_stand_and_the_record_says_so(
    anew: House,
) -> None:
    theirs, _ = posts(anew)
    number = asked(anew)
    scattered = look(anew, number, "Park Northwick hours nine waited Zanzibarquux")
    assert carried(scattered)["numbers"] == ""
    quoted = look(anew, asked(anew), "Zanzibarquux waited nine hours at Northwick")
    assert carried(quoted)["numbers"] == str(theirs)
    assert last_event(anew, "searched by own words")["request"] == number + 1


def test_a_person_is_found_by_what_they_wrote_and_where_they_are_mentioned_and_words_stay_masked(
    anew: House,
) -> None:
    theirs, about = posts(anew)
    number = asked(anew)
    answer = look(anew, number)
    assert answer.status_code == 200
    assert "They wrote it" in answer.text
    assert "Mentions them" in answer.text
    assert "Zanzibarquux" not in answer.text
    assert "Petra" not in answer.text
    assert carried(answer) == {"person": "tamsin quill", "how": "all", "numbers": f"{theirs},{about}", "theirs": str(theirs), "looked": str(anew.store.search.count())}  # fmt: skip
    event = last_event(anew, "searched for a person")
    assert (event["found"], event["request"]) == (2, number)
    assert "tamsin" not in str(anew.store.audit.events()).lower()


@pytest.mark.parametrize("reference", ["", "....", "1111", "letter"])
def test_a_request_is_filed_under_something(anew: House, reference: str) -> None:
    whole = {"kind": "access", "came_on": NOW.date().isoformat(), "requester": "R. A., from their account"}  # fmt: skip
    answer = send(anew, "/requests", "gwen", **whole, reference=reference)
    assert answer.status_code == 422
    assert "filed under" in answer.text


def test_whom_governance_looked_for_is_opened_by_another_of_governance_and_that_is_recorded(
    anew: House,
) -> None:
    posts(anew)
    number = asked(anew)
    look(anew, number, "tamsin_quill", how="wrote")
    alone(anew)
    anew.store.users.change(
        anew.who["gwen"], name="Gwen Okafor-Price", at=NOW
    )  # another search, of the same person
    look(anew, number, "tamsin_quill", how="wrote")
    look(anew, number, "tamsin_quill", last="1", looked="1")  # looking on is the same search
    assert len(anew.store.person_searches.of_request(number)) == 2
    assert "Open whom" not in read(anew, f"/requests/{number}", "gwen").text
    mine = send(anew, f"/requests/{number}/act", "gwen", do="searched", search="1")
    assert mine.status_code == 422
    assert "Another person of governance" in mine.text
    anew.store.users.change(anew.who["bea"], roles=["lead", "governance"], at=NOW)
    assert "Open whom Gwen" in read(anew, f"/requests/{number}", "bea").text
    first = anew.store.person_searches.of_request(number)[0].number
    opened = send(anew, f"/requests/{number}/act", "bea", do="searched", search=str(first))
    assert "It was looked for: tamsin_quill" in opened.text
    assert last_event(anew, "search for a person opened")["search"] == first
    assert "tamsin" not in str(anew.store.audit.events()).lower()
    assert "people looked for: 2 by Gwen" in read(anew, "/governance", "gwen").text


def test_a_request_of_one_person_is_used_on_nobody_else(anew: House) -> None:
    theirs, about = posts(anew)
    number = asked(anew, "erasure")
    form = carried(look(anew, number))
    other = look(anew, number, "bryn_talog", how="wrote")
    assert (other.status_code, "is of somebody else" in other.text) == (422, True)
    assert "bryn_talog" not in anew.store.person_searches.whom(number)
    for do in ("erase", "sure", "data", "page", "hold", "rectify"):
        named = send(anew, f"/requests/{number}/act", "gwen", **(form | {"posts": [theirs], "person": "bryn_talog"}), do=do)  # fmt: skip
        assert (named.status_code, "look for them first" in named.text.lower()) == (422, True), do
    nobodys = next(n for n in range(1, 99) if n not in (theirs, about) and anew.store.mentions.get(n) is not None)  # fmt: skip
    for do in ("erase", "sure", "data", "page", "hold", "rectify"):
        refused = send(anew, f"/requests/{number}/act", "gwen", **(form | {"posts": [nobodys]}), do=do)  # fmt: skip
        assert (refused.status_code, f"post {nobodys} is neither by the person" in refused.text.lower()) == (422, True), do  # fmt: skip
    assert anew.store.mentions.get(nobodys) is not None


INCOMPLETE = [
    ({"same_check": ""}, "choose what was checked"),
    ({"same_check": "they told us on the phone"}, "choose what was checked"),
    ({"same_made": ""}, "who checked"), ({"same_made": "them"}, "who checked"),
    ({"same_on": ""}, "day on which it was checked"), ({"same_on": "lately"}, "day on which"), ({"same_on": "2999-01-01"}, "not checked yet"),
]  # fmt: skip


@pytest.mark.parametrize(("left_out", "why"), INCOMPLETE)
def test_another_name_takes_a_check_of_the_list_with_who_made_it_and_when(
    anew: House, left_out: dict[str, str], why: str
) -> None:
    posts(anew)
    number = asked(anew)
    look(anew, number)
    answer = look(anew, number, "bryn_talog", **(CHECK | left_out))
    assert (answer.status_code, why in answer.text.lower()) == (422, True)
    assert "bryn_talog" not in anew.store.person_searches.whom(number)
    assert len(anew.store.person_searches.of_request(number)) == 1


@pytest.mark.parametrize("agrees", [True, False])
def test_a_second_person_is_opened_once_another_of_governance_agreed(
    anew: House, agrees: bool
) -> None:
    _, about = posts(anew)
    anew.store.users.change(anew.who["bea"], roles=["lead", "governance"], at=NOW - 9 * DAY)
    mailbox = anew.desk.file.review.looking.model_copy(update={"email": ("ig@example.org",)})
    configure(anew.desk, review=anew.desk.file.review.model_copy(update={"looking": mailbox}))
    number = asked(anew)
    look(anew, number)
    for _ in range(2):  # asked twice, it waits once
        waits = look(anew, number, "bryn_talog", how="wrote", **CHECK)
        assert (waits.status_code, "another person of governance has to agree" in waits.text) == (422, True)  # fmt: skip
    assert "Is it the same person?" in waits.text
    assert "bryn_talog" not in anew.store.person_searches.whom(number)
    form = {"person": "bryn_talog", "how": "all", "numbers": str(about), "posts": str(about)}
    for do in ("erase", "sure", "data", "page", "hold", "rectify"):
        tried = send(anew, f"/requests/{number}/act", "gwen", **form, do=do)
        assert (tried.status_code, "look for them first" in tried.text.lower()) == (422, True), do
    objection = send(anew, f"/requests/{number}/act", "gwen", platform="x", account="bryn_talog", do="object", **CHECK)  # fmt: skip
    assert (objection.status_code, anew.store.objections.all()) == (422, [])
    mails = [row for row in anew.store.outbox.due(NOW + DAY) if row.payload.get("what") == "same"]
    assert [row.payload["case"] for row in mails] == [str(number)]
    assert "bryn" not in str([row.payload for row in mails])
    (search,) = anew.store.person_searches.waiting()
    answer = {"search": str(search.number), "do": "same" if agrees else "not same"}
    assert "Another person has to agree" in send(anew, f"/requests/{number}/act", "gwen", **answer).text  # fmt: skip
    assert anew.store.person_searches.waiting()
    read_it = read(anew, f"/requests/{number}", "bea").text
    assert "An answer came from the account itself, with a code that we sent to it; checked by Gwen Price" in read_it  # fmt: skip
    assert "Another name or account on a request" in read(anew, "/governance", "bea").text
    assert send(anew, f"/requests/{number}/act", "bea", **answer).status_code == 200
    assert "answered already" in send(anew, f"/requests/{number}/act", "bea", **answer).text
    after = look(anew, number, "bryn_talog", how="wrote")
    assert after.status_code == (200 if agrees else 422)
    assert (str(about) in after.text and "They wrote it" in after.text) is agrees
    assert last_event(anew, f"another name {'agreed' if agrees else 'refused'}")["search"] == search.number  # fmt: skip
    assert "bryn" not in str(anew.store.audit.events()).lower()


def test_where_one_alone_holds_governance_no_check_opens_another_name_and_a_request_of_its_own_does(
    anew: House,
) -> None:
    posts(anew)
    alone(anew)
    number = asked(anew)
    look(anew, number)
    page = read(anew, f"/requests/{number}", "gwen").text
    assert "another name or account is not opened" in page
    for check in CHECKS:
        refused = look(anew, number, "bryn_talog", how="wrote", **(CHECK | {"same_check": check}))
        assert (refused.status_code, "a request of their own" in refused.text) == (422, True)
    assert "bryn_talog" not in anew.store.person_searches.whom(number)
    assert look(anew, asked(anew), "bryn_talog", how="wrote").status_code == 200


def test_a_closed_request_is_looked_for_nothing_more(anew: House) -> None:
    number = asked(anew)
    send(
        anew, f"/requests/{number}/change", "gwen", do="state", state="done", outcome="Sent by post"
    )
    answer = look(anew, number)
    assert answer.status_code == 422
    assert "closed" in answer.text


def test_who_stepped_back_from_a_case_does_not_come_upon_it_by_a_search(anew: House) -> None:
    case, words = case_of(anew.store, NAMED), NAMED.text
    number = asked(anew)
    before = carried(look(anew, number, words))["numbers"]
    assert before
    anew.store.recusals.step_back(case, anew.who["gwen"], at=NOW)
    answer = look(anew, number, words)
    assert carried(answer)["numbers"] == ""
    assert "You stepped back from a case" in answer.text
    form = carried(answer) | {"numbers": before, "theirs": before}
    given = send(
        anew, f"/requests/{number}/act", "gwen", **form, posts=before.split(",")[0], do="data"
    )
    assert given.status_code == 422
    assert "Tick the posts first" in given.text


def test_a_search_goes_in_parts_that_a_press_continues(
    anew: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review.rights import desk

    theirs, about = posts(anew)
    number = asked(anew)
    monkeypatch.setattr(desk, "PART", theirs - 1)
    first = look(anew, number)
    assert f"Looked through {theirs - 1:,} of" in first.text
    tags = Tags(first.text)
    last = tags.all("input", name="last")[0]["value"]
    second = look(anew, number, **(carried(first) | {"last": last}))
    assert "Looked through all" in second.text
    assert carried(second)["numbers"] == f"{theirs},{about}"


def test_a_pack_is_given_as_a_page_and_for_machines_and_the_request_is_ready(anew: House) -> None:
    theirs, about = posts(anew)
    number = asked(anew)
    form = carried(look(anew, number)) | {"own": "Tamsin Quill", "posts": [theirs, about]}
    data = send(anew, f"/requests/{number}/act", "gwen", **form, do="data")
    assert data.headers["content-disposition"] == f'attachment; filename="request-{number}.json"'
    given = json.loads(data.text)
    assert [(post["number"], post["theirs"]) for post in given["posts"]] == [(theirs, True), (about, False)]  # fmt: skip
    assert "bryn" not in data.text.lower()
    page = send(anew, f"/requests/{number}/act", "gwen", **form, do="page")
    assert page.content[:5] in (b"%PDF-", b"<!doc")
    assert "Pack ready to check" in read(anew, f"/requests/{number}", "gwen").text
    assert [event.kind for event in anew.store.audit.events()].count("disclosed") == 2


def test_whose_each_masked_place_is_is_asked_before_a_copy_is_made(anew: House) -> None:
    text, masked = (
        "My aunt Tamsin Quill is on Ward 7, says Petra Vance",
        "My aunt [name] is on [details], says [name]",
    )
    add(anew.store, mention(903, text=text, author=OTHER, url="https://example.org/903"), at=NOW)
    assess_all(anew.store, "medium", masked=masked)
    number = asked(anew)
    page = look(anew, number)
    form = carried(page) | {"posts": [carried(page)["numbers"]], "own": "Tamsin Quill"}
    first = send(anew, f"/requests/{number}/act", "gwen", **form, do="data")
    assert "What of this is theirs?" in first.text
    assert last_event(anew, "revealed")["mention"] == int(carried(page)["numbers"])
    places = [one["value"] for one in Tags(first.text).all("input", name="places")]
    post = carried(page)["numbers"]
    assert places == [f"{post}.2", f"{post}.3"]
    given = send(anew, f"/requests/{number}/act", "gwen", **form, do="data", decided=[post], places=places[:1])  # fmt: skip
    words = json.loads(given.text)["posts"][0]["words"]
    assert words == "My aunt Tamsin Quill is on Ward 7, says [name]"


def test_an_erasure_shows_first_what_goes_and_is_proved(anew: House) -> None:
    theirs, about = posts(anew)
    number = asked(anew, "erasure")
    anew.store.retention.hold(about, reason="a claim", approver="sirius", at=NOW, expires=NOW + DAY)
    form = carried(look(anew, number)) | {"posts": [theirs, about]}
    first = send(anew, f"/requests/{number}/act", "gwen", **form, do="erase")
    assert "1 post goes for good" in first.text
    assert f"A hold keeps post {about}" in re.sub(r"\s+", " ", first.text)
    assert anew.store.mentions.get(theirs) is not None
    sure = send(anew, f"/requests/{number}/act", "gwen", **(form | {"posts": [theirs]}), do="sure")
    assert "1 post was erased, and stays erased" in sure.text
    assert anew.store.mentions.get(theirs) is None
    assert "They wrote it" not in look(anew, number).text


def test_what_may_be_evidence_is_erased_once_a_second_person_agreed_on_their_page(
    anew: House,
) -> None:
    add(anew.store, mention(906, text="They sent my father home with a clot. He died on Tuesday", author=WHO), at=NOW)  # fmt: skip
    assess_all(anew.store, "high", flags=[flag("allegation")], masked="They sent my father home with a clot")  # fmt: skip
    group(anew.store, NOW)
    post = anew.store.search.by_author("tamsin_quill")[-1]
    number = asked(anew, "erasure")
    form = carried(look(anew, number)) | {"posts": [post], "looked_first": "yes"}
    copy = asked(anew, "access")
    look(anew, copy)
    for do in ("erase", "sure"):
        other = send(anew, f"/requests/{copy}/act", "gwen", **form, do=do)
        assert (other.status_code, "does not ask for an erasure" in other.text) == (422, True)
    first = send(anew, f"/requests/{number}/act", "gwen", **form, do="erase")
    assert "A second person has to agree first" in first.text
    gita = anew.store.users.add("local", "gita", "Gita Rao", ("governance",), at=NOW)
    anew.who["gita"] = gita.number
    waits = send(anew, f"/requests/{number}/act", "gwen", **form, do="sure")
    assert (waits.status_code, "has to agree to the erasure" in waits.text) == (422, True)
    own = read(anew, "/holds", "gwen")
    assert "They are asked" in own.text
    (asking,) = anew.store.lane_packs.open_requests(GUARDED_ERASURE)
    send(anew, "/holds/erasures", "gwen", erasure=asking.number, answer="agrees")
    assert anew.store.lane_packs.open_requests(GUARDED_ERASURE)
    page = read(anew, "/holds", "gita")
    assert "They sent my father home with a clot" in page.text
    assert "I agree that it is erased" in page.text
    assert "father home" not in read(anew, "/holds", "bea").text  # a lead answers holds alone
    send(anew, "/holds/erasures", "gita", erasure=asking.number, answer="agrees")
    assert anew.store.mentions.get(post) is not None  # nothing goes by the yes alone
    done = send(anew, f"/requests/{number}/act", "gwen", **form, do="sure")
    assert "1 post was erased" in done.text
    assert anew.store.mentions.get(post) is None
    told = [row.payload["what"] for row in anew.store.outbox.due(NOW + DAY) if row.kind == "looks"]
    assert "erased" in told or not looks.outside(anew.store, anew.desk.file, anew.who["gwen"])


def test_an_erasure_asks_once_more_where_somebody_has_to_look_first(anew: House) -> None:
    posts(anew)
    add(
        anew.store,
        mention(907, text="We told Tamsin Quill of the board and were shut out", author=OTHER),
        at=NOW,
    )
    assess_all(anew.store, "medium", flags=[flag("grievance")], protected="disclosure", staff="nhs")
    group(anew.store, NOW)
    spoken = max(number for number in range(1, 99) if anew.store.mentions.get(number))
    number = asked(anew, "erasure")
    form = carried(look(anew, number)) | {"posts": [spoken]}
    first = send(anew, f"/requests/{number}/act", "gwen", **form, do="erase")
    assert f"Post {spoken} may be speaking up" in re.sub(r"\s+", " ", first.text)
    again = send(anew, f"/requests/{number}/act", "gwen", **form, do="sure")
    assert (again.status_code, anew.store.mentions.get(spoken) is not None) == (422, True)
    assert "Tick it once whoever has to look first has done so" in again.text
    assert rights.standing(anew.store, [spoken], NOW).all_to_look_at == (spoken,)
    assert [rights.may_be_told(anew.store, name) for name in ("gwen", "amina", "nobody")] == [True, False, False]  # fmt: skip
    others = send(anew, f"/requests/{number}/act", "gwen", **form, do="sure", looked_first="yes")
    assert (others.status_code, anew.store.mentions.get(spoken) is not None) == (422, True)
    assert "not written by whoever asks, and in the Guardian’s lane" in others.text
    assert 'name="why_not_theirs"' in first.text
    empty = send(anew, f"/requests/{number}/act", "gwen", **form, do="sure", looked_first="yes", why_not_theirs="........")  # fmt: skip
    assert "not written by whoever asks" in empty.text
    why = "It names her child, and the court says that it goes"
    waits = send(anew, f"/requests/{number}/act", "gwen", **form, do="sure", looked_first="yes", why_not_theirs=why)  # fmt: skip
    assert (waits.status_code, anew.store.mentions.get(spoken) is not None) == (422, True)
    assert "he Guardian has to agree" in waits.text
    (asked_for,) = anew.store.lane_packs.open_requests(ERASURE, state="waits")
    assert (asked_for.posts, why in asked_for.reason) == ((spoken,), True)
    anew.store.users.add("local", "farah", "Farah Iqbal", ["guardian"], at=NOW)
    guardian = next(user.number for user in anew.store.users.all() if user.handle == "farah")
    assert anew.store.lane_packs.answer(asked_for, agrees=True, by=guardian, at=NOW)
    gone = send(anew, f"/requests/{number}/act", "gwen", **form, do="sure", looked_first="yes", why_not_theirs=why)  # fmt: skip
    assert (gone.status_code, anew.store.mentions.get(spoken)) == (200, None)


def test_a_post_is_put_right_and_the_case_shows_what_stood_there(anew: House) -> None:
    theirs, _ = posts(anew)
    number = asked(anew, "rectification")
    form = carried(look(anew, number)) | {"posts": [theirs]}
    answer = send(
        anew, f"/requests/{number}/act", "gwen", **form, do="rectify", what="label", label="derogatory",
        before="insult", holds_now="no insult", correction="they quoted what was said to them",
    )  # fmt: skip
    assert "was put right" in answer.text
    assert [(one.before, one.now) for one in anew.store.corrections.of_mention(theirs)] == [("insult", "no insult")]  # fmt: skip


def test_a_hold_needs_another_person_and_can_be_ended(anew: House) -> None:
    read_by(anew.desk, "ict@example.org")
    theirs, _ = posts(anew)
    number = asked(anew, "restriction")
    form = carried(look(anew, number)) | {"posts": [theirs], "hold_reason": "A claim about the clinic was filed", "until": "2027-02-28"}  # fmt: skip
    for name in ("gwen", "Gwen Okafor"):
        own = send(anew, f"/requests/{number}/act", "gwen", **form, do="hold", approver=name)
        assert own.status_code == 422
        assert "another person" in own.text
    for name in ("", "........", "Siri Us", "vera", "ada"):
        nobody = send(anew, f"/requests/{number}/act", "gwen", **form, do="hold", approver=name)
        assert nobody.status_code == 422
        assert "governance or a lead" in nobody.text
    for reason in ("", "........", "looking into it"):
        hollow = send(anew, f"/requests/{number}/act", "gwen", **(form | {"hold_reason": reason}), do="hold", approver="bea")  # fmt: skip
        assert hollow.status_code == 422
        assert "why they must stay" in hollow.text
    assert not anew.store.retention.on_hold(theirs, NOW)
    done = send(anew, f"/requests/{number}/act", "gwen", **form, do="hold", approver="bea")
    assert "is asked to agree that 1 post be held until Sun 28 Feb" in done.text
    assert asked_of(anew.store) == [("hold", ("ict@example.org",))]
    assert not anew.store.retention.on_hold(theirs, NOW)
    assert "1 hold waits for a second person" in read(anew, "/governance", "gwen").text
    assert "does not ask for an erasure" in send(anew, f"/requests/{number}/act", "gwen", **form, do="erase").text  # fmt: skip
    assert "1 post is to be held" in read(anew, "/waiting", "bea").text
    waiting = read(anew, "/holds", "bea").all("input", name="holds")[0]["value"]
    send(
        anew, "/holds", "gwen", holds=waiting, answer="agrees"
    )  # who asked, and was not asked to agree
    assert not anew.store.retention.on_hold(theirs, NOW)
    agreed = send(anew, "/holds", "bea", holds=waiting, answer="agrees")
    assert agreed.headers["location"] == "/holds?saved=agrees"
    assert anew.store.retention.on_hold(theirs, NOW)
    held = last_event(anew, "held")
    assert anew.store.users.get(int(str(held["by"]))).handle == "bea"  # type: ignore[union-attr]
    register = read(anew, "/requests", "gwen").text
    assert "A claim about the clinic was filed" in register
    assert "Bea Whitlock" in register
    send(anew, f"/requests/{number}/act", "gwen", **form, do="lift")
    assert not anew.store.retention.on_hold(theirs, NOW)
    send(anew, f"/requests/{number}/act", "gwen", **form, do="hold", approver="bea")
    again = read(anew, "/holds", "bea").all("input", name="holds")[0]["value"]
    anew.store.sign_in_links.make(anew.who["bea"], at=NOW - 6 * DAY, until=NOW, by=anew.who["gwen"])
    twin = send(anew, "/holds", "bea", holds=again, answer="agrees")
    assert (twin.status_code, "within 7 days" in twin.text) == (422, True)
    assert not anew.store.retention.on_hold(theirs, NOW)


def test_a_hold_that_ended_is_told_on_the_overview(anew: House) -> None:
    theirs, _ = posts(anew)
    anew.store.retention.hold(theirs, reason="a claim", approver="sirius", at=NOW - DAY, expires=NOW - HOUR)  # fmt: skip
    bea = anew.who["bea"]
    anew.store.hold_requests.ask([theirs], approver=bea, by=None, by_name="Jo", reason="a claim", at=NOW - DAY, expires=NOW)  # fmt: skip
    assert "1 hold ended" in (page := read(anew, "/governance", "gwen").text)
    assert "1 hold ran out unanswered" in page
    assert "Ran out without an answer" in read(anew, "/holds", "bea").text


def test_an_objection_is_put_on_the_list_and_taken_off_and_names_nobody(anew: House) -> None:
    number = asked(anew, "objection")
    form = {"platform": "x", "account": "@tamsin_quill", "account_id": "770"}
    refused = send(anew, f"/requests/{number}/act", "gwen", **form, do="object")
    assert refused.status_code == 422
    assert "is of somebody else" in refused.text  # the id stands in no post beside the handle
    assert anew.store.objections.all() == []
    alone(anew)
    requests = {number: {"account": "@tamsin_quill"}, asked(anew, "objection"): {"account": "", "account_id": "770"}}  # fmt: skip
    for request, account in requests.items():
        answer = send(
            anew, f"/requests/{request}/act", "gwen", platform="x", **account, do="object"
        )
        assert "Nothing more of that account is taken in" in answer.text
    assert len(anew.store.objections.all()) == 2
    assert "tamsin" not in read(anew, "/requests", "gwen").text.lower()
    for request, account in requests.items():
        send(anew, f"/requests/{request}/act", "gwen", platform="x", **account, withdraw="1")
    assert anew.store.objections.all() == []


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"do": "erase"}, "Tick the posts first"),
        ({"do": "object", "platform": "", "account": "x"}, "Choose the platform"),
        ({"do": "object", "platform": "x", "account": "@"}, "handle or its id"),
        ({"do": "hold", "posts": "1", "approver": "", "until": "soon"}, "last day of the hold"),
        ({"do": "rectify", "posts": ["1", "2"]}, "the one post"),
        ({"do": "data", "posts": "99999"}, "none of these posts is held"),
        ({"do": "sell", "posts": "1"}, "Choose what to do"),
        ({"do": "erase", "posts": "1e9"}, "Tick the posts first"),
    ],
)
def test_what_is_not_whole_is_refused_with_a_reason(
    anew: House, form: dict[str, object], why: str
) -> None:
    answer = send(anew, f"/requests/{asked(anew)}/act", "gwen", **form)
    assert answer.status_code == 422
    assert why.casefold() in answer.text.casefold()


def test_it_is_closed_with_what_became_of_it(anew: House) -> None:
    number = asked(anew)
    early = send(anew, f"/requests/{number}/change", "gwen", do="state", state="done")
    assert early.status_code == 422
    send(anew, f"/requests/{number}/change", "gwen", do="state", state="done", outcome="Sent them the pack")  # fmt: skip
    assert "Sent them the pack" in read(anew, f"/requests/{number}", "gwen").text
    assert "Say where it stands" not in read(anew, f"/requests/{number}", "gwen").text


def test_an_nhs_number_can_be_looked_for_and_is_stopped_in_a_note(anew: House) -> None:
    theirs, _ = posts(anew)
    number = asked(anew)
    assert look(anew, number, person="999 123 4560").status_code == 200
    answer = send(anew, f"/requests/{number}/act", "gwen", posts=str(theirs), do="rectify", what="note", correction="she is 999 000 0018")  # fmt: skip
    assert answer.status_code == 422


def test_it_is_for_governance_and_no_other_role(house: House) -> None:
    for handle in ("amina", "bea"):
        read(house, "/requests", handle, 403)


def test_a_request_that_is_not_there_is_a_404(house: House) -> None:
    read(house, "/requests/99", "gwen", 404)


@pytest.mark.parametrize("width", [1366, 390])
def test_a_request_is_answered_in_a_browser_without_a_script_and_axe_finds_nothing(
    browser: Browser, anew: House, width: int
) -> None:
    posts(anew)
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    sign_in(page, anew, "gwen")
    page.goto(f"{anew.url}/requests")
    page.get_by_label("What they ask for").select_option(label="Erasure (Article 17)")
    page.get_by_label("The day it came").fill(NOW.date().isoformat())
    page.get_by_label("Who asks, and how to answer them").fill("T. Quill, from the account itself")
    page.get_by_label("Your reference").fill("IG/26/118")
    page.get_by_role("button", name="Write it down").click()
    number = int(page.url.rsplit("/", 1)[1])
    page.get_by_label("Name, account, address or number").fill("tamsin quill")
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_text("2 found, 1 that they wrote")).to_be_visible()
    page.get_by_role("button", name="What an erasure would do").click()
    expect(page.get_by_role("heading", name="1 post goes for good")).to_be_visible()
    page.get_by_role("button", name="Erase 1 post").click()
    expect(page.get_by_role("status").get_by_text("1 post was erased")).to_be_visible()
    context.close()
    with_script = browser.new_context(viewport={"width": width, "height": 900})
    page = with_script.new_page()
    sign_in(page, anew, "gwen")
    wrong: list[str] = []
    for address in ("/requests", f"/requests/{number}"):
        page.goto(anew.url + address)
        wrong += faults(page) + beyond(page, width)
    page.get_by_label("Name, account, address or number").fill("tamsin quill")
    page.get_by_role("button", name="Look", exact=True).click()
    wrong += faults(page) + beyond(page, width)
    page.locator("input[name=posts]").first.check()
    page.get_by_role("button", name="What an erasure would do").click()
    wrong += faults(page) + beyond(page, width)
    with_script.close()
    assert wrong == []


def test_a_post_that_is_held_without_use_is_there_for_nobody_until_the_hold_ends(
    anew: House,
) -> None:
    theirs, _ = posts(anew)
    number = asked(anew, "restriction")
    page = look(anew, number)
    form = carried(page) | {"posts": [theirs], "hold_reason": "They say that it is not true", "until": "2027-02-28"}  # fmt: skip
    read(anew, f"/mentions/{theirs}", "gwen")
    done = send(
        anew,
        f"/requests/{number}/act",
        "gwen",
        **form,
        do="hold",
        approver="bea",
        without_use="yes",
    )
    assert "held without use until Sun 28 Feb" in done.text
    assert "From now on it is on nobody’s list" in done.text
    assert anew.store.retention.restricted(theirs)
    with anew.asks("amina") as client:
        assert client.get(f"/mentions/{theirs}").status_code == 404, "before anybody agreed"
    assert "out of use while someone is asked" in look(anew, number).text
    waiting = read(anew, "/holds", "bea").all("input", name="holds")[0]["value"]
    send(anew, "/holds", "bea", holds=waiting, answer="agrees")
    now = anew.store.cases.of_mention(theirs)
    for handle in ("amina", "bea", "vera", "gwen"):
        with anew.asks(handle) as client:
            for address in (
                f"/mentions/{theirs}",
                f"/cases/{now}",
                f"/cases/{now}/full",
                f"/guardian/{now}",
            ):
                assert client.get(address).status_code in (403, 404), (handle, address)
    assert "held without use" in look(anew, number).text
    assert ", without use" in read(anew, "/requests", "gwen").text


def test_the_guardian_stands_in_for_a_lead_and_sees_no_words_of_it(anew: House) -> None:
    guardian = anew.store.users.add("local", "farah", "Farah Iqbal", ("guardian",), at=NOW)
    anew.store.users.change(guardian.number, secret="hashed", at=NOW)
    anew.who["farah"] = guardian.number
    theirs, _ = posts(anew)
    number = asked(anew, "restriction")
    page = look(anew, number)
    assert "the Guardian, of a hold without use" in page.text
    form = carried(page) | {"posts": [theirs], "hold_reason": "IG/26/3", "until": "2027-02-28"}
    send(anew, f"/requests/{number}/act", "gwen", **form, do="hold", approver=guardian.handle, without_use="yes")  # fmt: skip
    seen = read(anew, "/holds", guardian.handle)
    waiting = seen.all("input", name="holds")[0]["value"]
    assert "clinic" not in seen.text
    send(anew, "/holds", guardian.handle, holds=waiting, answer="agrees")
    assert anew.store.retention.on_hold(theirs, NOW)


def test_the_page_says_from_now_on_only_of_what_is_out_of_use(anew: House) -> None:
    theirs, _ = posts(anew)
    number = asked(anew, "restriction")
    form = carried(look(anew, number)) | {"posts": [theirs], "hold_reason": "IG/26/3", "until": "2027-02-28"}  # fmt: skip
    anew.store.hold_requests.ask(
        [theirs], approver=anew.who["bea"], by=anew.who["gwen"], by_name="Gwen", reason="Asked before", at=NOW - 8 * DAY, expires=NOW + DAY, without_use=True,
    )  # fmt: skip
    anew.store.retention.end_unanswered(NOW)
    answer = send(anew, f"/requests/{number}/act", "gwen", **form, do="hold", approver="bea", without_use="yes").text  # fmt: skip
    assert not anew.store.retention.restricted(theirs)
    assert "From now on" not in answer
    assert f"Still in use: post {theirs}" in answer
    waiting = read(anew, "/holds", "bea").all("input", name="holds")[0]["value"]
    send(anew, "/holds", "bea", holds=waiting, answer="refuses")
    answer = send(anew, f"/requests/{number}/act", "gwen", **form, do="hold", approver="bea", without_use="yes").text  # fmt: skip
    assert anew.store.retention.restricted(theirs)
    assert "From now on" in answer
    assert "Still in use" not in answer


def test_the_page_says_from_when_somebody_can_agree(anew: House) -> None:
    posts(anew)
    bea = next(user for user in anew.store.users.all() if user.handle == "bea")
    anew.store.sign_in_links.make(bea.number, at=NOW, until=NOW + DAY, login="root")
    number = asked(anew, "restriction")
    assert "not before" in look(anew, number).text


def test_who_is_alone_asks_for_a_hold_and_whoever_comes_answers_it_and_never_they(
    anew: House,
) -> None:
    for user in anew.store.users.all():
        if user.handle != "gwen" and {"lead", "governance"}.intersection(user.roles):
            anew.store.users.change(user.number, active=False, at=NOW)
    theirs, _ = posts(anew)
    number = asked(anew, "restriction")
    page = look(anew, number)
    assert "Nobody else yet: whoever comes first" in page.text
    form = carried(page) | {"posts": [theirs], "hold_reason": "A claim about the clinic was filed", "until": "2027-02-28"}  # fmt: skip
    done = send(anew, f"/requests/{number}/act", "gwen", **form, do="hold", approver="")
    assert "whoever comes first is asked" in done.text
    assert "30 days" in done.text
    assert asked_of(anew.store) == []
    own = read(anew, "/holds", "gwen")
    assert own.all("input", name="holds") == []
    assert "Whoever else comes first" in own.text
    bea = next(user for user in anew.store.users.all() if user.handle == "bea")
    anew.store.users.change(bea.number, active=True, at=NOW)
    waiting = read(anew, "/holds", "bea").all("input", name="holds")[0]["value"]
    send(anew, "/holds", "bea", holds=waiting, answer="agrees")
    assert anew.store.retention.on_hold(theirs, NOW)


def test_who_has_an_account_here_is_named_with_what_is_not_looked_through(anew: House) -> None:
    number = asked(anew)
    page = send(anew, f"/requests/{number}/find", "gwen", person="Bea Whitlock", how="all")
    assert "Bea Whitlock has an account here" in page.text
    assert f"/looked-at?person={anew.who['bea']}" in page.text
    nobody = send(anew, f"/requests/{asked(anew)}/find", "gwen", person="Tamsin Quill", how="all")
    assert "None of it holds this" in nobody.text
    assert "has an account here" not in nobody.text


def test_what_is_held_beside_the_posts_is_found_and_given_with_others_masked(anew: House) -> None:
    store, gwen = anew.store, anew.who["gwen"]
    words = "Tamsin Quill rang twice about the clinic.\nRoster: Petra Vance is on tonight"
    store.handovers.add(words, by=gwen, at=NOW, after=0, figures={})
    store.weekly_notes.add_to_calendar(NOW.date(), "Tamsin Quill meets the board with Petra Vance", by=gwen, at=NOW)  # fmt: skip
    number = asked(anew)
    page = look(anew, number, "Tamsin Quill")
    tags = Tags(page.text)
    keys = [one["value"] for one in tags.all("input", name="records")]
    assert [key.partition(".")[0] for key in keys] == ["handovers", "calendar_entries"]
    assert "Petra" not in page.text
    form = carried(page) | {"records": keys[:1]}
    data = send(anew, f"/requests/{number}/act", "gwen", **form, do="data")
    pack = json.loads(data.text)
    assert [record["what"] for record in pack["records"]] == ["handover note"]
    assert pack["records"][0]["words"] == ["Tamsin Quill rang twice about the clinic."]
    counts = {place["what"]: place["hold"] for place in pack["looked_through"]}
    assert (counts["handover note"], counts["entry of the calendar"], counts["account here"]) == (1, 1, 0)  # fmt: skip
    both = send(anew, f"/requests/{number}/act", "gwen", **(form | {"records": keys}), do="data")
    assert "Tamsin Quill meets the board" in both.text
    assert "Petra" not in both.text


def test_words_of_what_is_beside_the_posts_are_shown_for_nobody_whom_no_search_names(
    anew: House,
) -> None:
    anew.store.handovers.add("Bryn Talog rang twice about it", by=anew.who["gwen"], at=NOW, after=0, figures={})  # fmt: skip
    number = asked(anew)
    page = send(anew, f"/requests/{number}/act", "gwen", person="Bryn Talog", numbers="", theirs="", looked="0", do="page", records="handovers.1")  # fmt: skip
    assert page.status_code == 422
    assert "rang twice" not in page.text


def test_where_one_alone_holds_governance_each_person_looked_for_is_told_outside_without_whom(anew: House) -> None:  # fmt: skip
    named = anew.desk.file.governance.model_copy(update={"dpo": "D. Officer, dpo@example.org", "caldicott_guardian": "C. Guardian, caldicott@example.org"})  # fmt: skip
    configure(anew.desk, governance=named)

    def told() -> list[tuple[str, tuple[str, ...]]]:
        rows = anew.store.outbox.due(NOW + DAY)
        return [(row.payload["count"], row.recipients) for row in rows if row.kind == "looks" and row.payload["what"] == "person"]  # fmt: skip

    others = [user for user in anew.store.users.all() if "governance" in user.roles and user.number != anew.who["gwen"]]  # fmt: skip
    number = asked(anew)
    look(anew, number)
    assert (told() == []) is bool(others)
    for user in others:
        anew.store.users.change(user.number, active=False, at=NOW)
    second = asked(anew)
    look(anew, second)
    look(anew, second)  # looking on for the same person is the same search
    assert told()[-1] == (str(second), ("dpo@example.org", "caldicott@example.org"))
    assert len(told()) == (1 if others else 2)
    row = next(row for row in anew.store.outbox.due(NOW + DAY) if row.kind == "looks" and row.payload["what"] == "person")  # fmt: skip
    assert "tamsin" not in str(row.payload).casefold()
    mail = looks.mail(anew.desk.file, looks.looks_of(row.payload, {anew.who["gwen"]: "Gwen Price"}), to=row.recipients, at=NOW, message_id="<1@example.org>")  # fmt: skip
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Gwen Price, the only one here with the role governance, looked for a person under request" in body.get_content()  # fmt: skip
    assert "ask them for whom" in body.get_content()
