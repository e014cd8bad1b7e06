"""The morning list: what there is to do in ten lines, what is wrong at its head, and no word of a post."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from classify.policy.schema import load
from reports import digest
from reports.digest import CaseLine, Digest, LaneLines, Overdue
from settings.schema import Config
from store import Store
from store.cases.workload import Growth
from tests.reports.factories import settings as settings_of
from tests.review.factories import ALL, NOW, decide, fill
from tests.stores import KEY, new_store

AT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # a Monday
WRONG = ("2 of 16 sources are failing: LinkedIn since Thursday.", "12 posts are not read yet, collected since 07:05.")  # fmt: skip
ALL_CLEAR = re.compile(r"\bnothing\b|\bnone\b|\bno case\b|\b0\b", re.IGNORECASE)


def case(number: int, about: str = "A threat", **changes: Any) -> CaseLine:
    given: dict[str, Any] = {
        "facts": f"Case {number}, X, Ben has it",
        "due": "by 09:30",
        "late": False,
    }
    return CaseLine(case=number, about=about, **(given | changes))


def lanes(now: int = 5, answer: int = 9, look: int = 14) -> list[LaneLines]:
    return [
        LaneLines(
            lane=lane, cases=cases, new=min(2, cases), promise="within 1 hour",
            rows=[case(number) for number in range(6, 6 + min(cases, digest.ROWS[lane]))],
        )
        for lane, cases in zip(digest.TODAY, (now, answer, look), strict=True)
    ]  # fmt: skip


def listed(**changes: Any) -> Digest:
    given: dict[str, Any] = {
        "at": AT, "start": AT - timedelta(days=3), "lanes": lanes(), "rest": 213, "minutes": 40,
        "overdue": Overdue(cases=3, case=49, since=AT - timedelta(days=5)),
        "grown": [Growth(case=6, more=11, size=14), Growth(case=12, more=1, size=4)],
        "decided": {"respond": 8, "no_action": 6, "escalate": 5, "undo": 2}, "waiting": 7, "handover": "Chloe",
        "chain": (12408, "7f3a91c0" + "0" * 52 + "c21e"),
    }  # fmt: skip
    return Digest(**(given | changes))


def quiet(**changes: Any) -> Digest:
    return listed(lanes=lanes(0, 0, 0), rest=0, overdue=None, grown=(), decided={}, handover=None, waiting=0, **changes)  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return settings_of(tmp_path)


def mail(settings: Config, told: Digest) -> EmailMessage:
    return digest.mail(settings, told, at=told.at, message_id="<a@mentions.invalid>")


def part(sent: EmailMessage, form: str) -> str:
    body = sent.get_body((form,))
    assert body is not None
    return str(body.get_content())


class Words(HTMLParser):
    """The words of a page, and its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links = "", list[str]()
        self._hidden = False
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("style", "title")
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data


def test_the_subject_says_how_much_and_how_urgent(settings: Config) -> None:
    assert mail(settings, listed())["Subject"] == "Morning list: 28 to do, 5 now (Mon 30 Nov)"
    assert mail(settings, quiet())["Subject"] == "Morning list: nothing to do (Mon 30 Nov)"
    ill = mail(settings, listed(lanes=lanes(now=0), health=WRONG))
    assert ill["Subject"] == "Morning list, not complete: 23 to do (Mon 30 Nov)"
    assert mail(settings, quiet(health=WRONG))["Subject"] == "Morning list, not complete (Mon 30 Nov)"  # fmt: skip


@pytest.mark.parametrize("form", ["plain", "html"])
def test_it_says_what_there_is_to_do_in_ten_lines(settings: Config, form: str) -> None:
    body = part(mail(settings, listed()), form)
    text = Words(body).text if form == "html" else " ".join(body.split())
    for words in (
        "Morning list, Monday 30 November", "28 to do today, 5 of them now.", "About 40 minutes.",
        "The rest, 213 cases, can be closed in groups.", "5 cases, 2 new since Friday, within 1 hour",
        "Case 6 by 11 posts to 14, case 12 by 1 post to 4", "19 cases decided: 8 answered, 6 no action, 5 passed on.",
        "7 wait for others", "Chloe left a handover note", "Record of decisions: 12,408 entries, ending 7f3a91c0 00000000.",
        "This email holds no words of any post and no names of writers",
    ):  # fmt: skip
        assert words in text, words
    if form == "html":
        assert (
            body.count("border-bottom:1px solid") + body.count("border-bottom:2px solid") <= 2 * 10
        )


@pytest.mark.parametrize("form", ["plain", "html"])
def test_what_is_wrong_stands_first_and_nothing_is_said_to_be_clear(
    settings: Config, form: str
) -> None:
    for told in (listed(health=WRONG), quiet(health=WRONG)):
        body = part(mail(settings, told), form)
        text = Words(body).text if form == "html" else body
        assert text.index(WRONG[0]) < text.index("to do today")
        assert WRONG[1] in text
        assert "sources#wrong" in body
    words = re.sub(r"no words of any post|no names of writers", "", text)
    words = words.replace("no case was decided", "")  # that is so, whatever was read
    assert ALL_CLEAR.findall(words.partition("to do today")[2].partition("This email")[0]) == []
    clear = part(mail(settings, quiet()), form)
    assert "There is nothing to do today." in clear


def test_every_line_has_one_link_and_leads_to_the_page(settings: Config) -> None:
    links = Words(part(mail(settings, listed(health=WRONG)), "html")).links
    base = settings.review.public_url.rstrip("/")
    assert all(link.startswith(base) for link in links)
    for path in (
        "/today",
        "/today?lane=now",
        "/cases/6",
        "/all?tab=overdue",
        "/sources#wrong",
        "/done",
    ):
        assert f"{base}{path}" in links, path


def test_it_is_what_outlook_and_a_phone_can_show(settings: Config) -> None:
    html = part(mail(settings, listed(health=WRONG)), "html")
    assert "<img" not in html
    assert 'width="600"' in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 632px" in html
    assert not re.search(r"display:\s*(flex|grid)|<div[^>]*background", html)
    assert len(html.encode()) < 100_000  # Gmail cuts what is longer


# ── from a store ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Cases of each kind."""
    new_store(tmp_path / "mentions.db", fill)
    with Store.open(tmp_path / "mentions.db", [KEY]) as opened:
        yield opened


def of(store: Store, settings: Config, **changes: Any) -> Digest:
    given: dict[str, Any] = {"start": NOW - timedelta(days=4), "at": NOW, "health": ()} | changes
    return digest.gather(store, settings, load(), **given)


def test_no_word_of_a_post_no_author_and_no_speaking_up_is_in_it(
    store: Store, settings: Config
) -> None:
    sent = mail(settings, of(store, settings))
    both = (part(sent, "plain") + part(sent, "html")).lower()
    for told in ALL:
        words = told.text.lower().split()[:200]
        for at in range(len(words) - 2):
            assert " ".join(words[at : at + 3]) not in both
    for private in ("rowan", "ashdown", "pettigrew", "999 123", "07700"):
        assert private not in both
    assert "guardian" not in both
    assert "speaking up" not in both


def test_a_case_is_called_as_today_calls_it_but_for_words_that_a_person_wrote(store: Store) -> None:
    policy, (row, *_) = load(), store.lanes.rows(("now",), user=0, at=NOW, limit=1)
    row = replace(row, reported=False)

    def called(reason: str, **changes: Any) -> str:
        return digest.case_line(replace(row, reason=reason, **changes), policy, {}, NOW).about

    assert called(row.reason) == row.reason
    assert called("Reporter asks for comment, Ealing") == "Reporter asks for comment, Ealing"
    assert called("Could we ask to share it?") == "A question"
    assert called("Feltham jest gdzie dokładnie?, Hounslow") == "A question, Hounslow"
    theirs = called("Look at what they wrote of our ward", reported=True)
    assert "ward" not in theirs
    assert theirs.endswith(", told by a colleague")


def test_a_case_that_was_decided_twice_counts_once(store: Store, settings: Config) -> None:
    number = store.lanes.rows(("look", "answer", "now"), user=0, at=NOW, limit=1)[0].case.number
    who, later = store.users.by_handle("local", "bea"), NOW - timedelta(minutes=5)
    assert who is not None
    before = of(store, settings, start=NOW - timedelta(minutes=9)).decided
    assert before == {}
    decide(store, number, who.number, "monitor", at=later)
    decide(store, number, who.number, "no_action", at=later)
    told = of(store, settings, start=NOW - timedelta(minutes=9))
    assert told.decided == {"no_action": 1}
    assert told.decisions == "1 case decided: 1 no action."


def test_counts_are_those_of_the_lanes(store: Store, settings: Config) -> None:
    told = of(store, settings)
    counts = store.lanes.counts()
    assert {lane.lane: lane.cases for lane in told.lanes} == {lane: counts[lane] for lane in digest.TODAY}  # fmt: skip
    assert all(0 <= lane.new <= lane.cases for lane in told.lanes)
    assert of(store, settings, start=NOW).lanes[0].new == 0
    now = told.lanes[0]
    assert {row.about for row in now.rows} <= {
        row.reason for row in store.lanes.rows(("now",), user=0, at=NOW, limit=9)
    }


def test_a_case_that_got_posts_since_the_last_list_grew(store: Store, settings: Config) -> None:
    first = store.database.value("SELECT min(opened_at) FROM cases")
    grown = store.workload.grown(NOW - timedelta(hours=2))
    for each in grown:
        assert each.size > each.more
    assert first is not None
    assert store.workload.grown(NOW + timedelta(days=1)) == []


def test_cases_past_their_time_are_counted_and_the_longest_is_named(
    store: Store, settings: Config
) -> None:
    assert of(store, settings, at=NOW - timedelta(days=9)).overdue is None
    late = of(store, settings, at=NOW + timedelta(days=9)).overdue
    assert late is not None
    assert late.cases == store.workload.count_overdue(NOW + timedelta(days=9)) > 1
    assert replace(late, cases=1).case == store.workload.overdue(NOW + timedelta(days=9), limit=1)[0][0]  # fmt: skip
