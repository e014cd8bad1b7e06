"""An officer renames a case: its line stands wherever the case is listed, and in no email about a case; one that names a person is not taken."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from classify.policy.schema import load
from core import clock
from reports import digest, handoffs
from reports.weekly.gathering import gather
from reports.weekly.periods import period_of
from reports.weekly.sections import waits
from tests.review.conftest import House
from tests.review.desk.paths import emails_leave, ready
from tests.review.desk.test_decide import case
from tests.review.factories import GRIEVANCE, IN_DANGER, NAMED, NOW, RUMOUR, case_of, decide
from tests.review.pages import Tags, cases_in, read, send
from tests.store.factories import DAY

WORDS = "Northwick Park: is A&E to shut?"


def rename(house: House, words: str = WORDS, handle: str = "amina", version: int | None = None, **more: object) -> httpx.Response:  # fmt: skip
    number = case_of(house.store, RUMOUR)
    expected = house.store.case_lines.version(number) if version is None else version
    return send(house, f"/cases/{number}/rename", handle, line=words, version=expected, **more)


def rules(house: House) -> str:
    named = house.store.lanes.named(case_of(house.store, RUMOUR), NOW)
    assert named is not None
    return named[1]


def in_row(house: House, path: str) -> bool:
    number = str(case_of(house.store, RUMOUR))
    page = read(house, path)
    assert page.all("a", **{"data-row": number}), path
    return WORDS in page.text


def test_a_case_is_called_by_its_line_in_rows_head_mine_done_and_search(anew: House) -> None:
    number = case_of(anew.store, RUMOUR)
    page = read(anew, f"/cases/{number}")
    assert [each["href"] for each in page.all("a") if each.get("href", "").endswith("/rename")]
    assert not in_row(anew, "/today?lane=look")
    answer = rename(anew)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{number}")
    page = read(anew, f"/cases/{number}")
    assert WORDS in page.text
    assert "Amina Yusuf called it this" in page.text
    assert f"By the rules: {rules(anew)}." in page.text
    assert send(anew, f"/cases/{number}/take", "amina", seen=0).status_code == 303
    for path in ("/today?lane=look", "/mine", "/all"):
        assert in_row(anew, path), path
    for words in ("Ealing", "northwick shut"):  # of its post, and of the line itself
        assert in_row(anew, f"/all?words={quote(words)}"), words
    assert not cases_in(read(anew, "/all?words=northwick&platform=reddit"))
    decide(anew.store, number, anew.who["amina"], "no_action")
    assert in_row(anew, "/done")


def test_waiting_calls_it_by_its_line(anew: House) -> None:
    number = case_of(anew.store, RUMOUR)
    ready(anew)
    rename(anew)
    posts = [f"{each.item.number}:{each.item.revision}" for each in anew.store.cases.mentions(number) if each.reviewable]  # fmt: skip
    answer = send(anew, f"/cases/{number}/pass-on", "amina", role="pals", version=case(anew, RUMOUR).version, posts=posts, note="Please look")  # fmt: skip
    assert answer.status_code == 303, Tags(answer.text).text
    assert WORDS in read(anew, "/waiting").text


def test_back_to_the_rules_line(anew: House) -> None:
    number = case_of(anew.store, RUMOUR)
    rename(anew)
    assert read(anew, f"/cases/{number}/rename").all("button", name="do", value="back")
    assert rename(anew, handle="bea", do="back").status_code == 303
    page = read(anew, f"/cases/{number}")
    assert WORDS not in page.text
    assert rules(anew) in page.text
    assert not in_row(anew, "/today?lane=look")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "Write what the case is about"),
        ("Northwick Park: is the A&E really to be shut?", "at most 42 characters, and this has 45"),
        ("Sally complains about parking", "looks like a person’s name"),
        ("Dr Okonkwo’s clinic is late", "looks like a person’s name"),
        ("@rowan_ashdown", "looks like an account’s handle"),
        ("Ring 07700 900123 about parking", "looks like a number, an address or a date"),
        ("Mail from rowan@example.org", "looks like a number, an address or a date"),
        ("Patient 999 123 4568 on our page", "NHS number"),
        ("The @rowan_ashdown thread", "may say who wrote a post"),
    ],
)  # fmt: skip
def test_a_line_that_is_refused_says_why_and_comes_back_as_it_was_typed(house: House, words: str, why: str) -> None:  # fmt: skip
    answer = rename(house, words)
    assert (answer.status_code, why in Tags(answer.text).text) == (422, True)
    if words:
        fields = [each.get("value") for each in Tags(answer.text).all("input", name="line")]
        assert words in fields or f">{words}</textarea>" in answer.text
    assert house.store.case_lines.last(case_of(house.store, RUMOUR)) is None


@pytest.mark.parametrize("words", ["St Mary’s: patient’s NHS number, our page", "Queen Charlotte’s: parking again", "Claim: Ealing A&E shuts on 12 May"])  # fmt: skip
def test_places_and_plain_words_are_taken(anew: House, words: str) -> None:
    assert rename(anew, words).status_code == 303


def test_who_was_overtaken_reads_so_and_loses_nothing(anew: House) -> None:
    assert rename(anew, "Claim to check: A&E", "bea", version=0).status_code == 303
    answer = rename(anew, version=0)
    page = Tags(answer.text)
    assert (answer.status_code, "Someone else renamed it" in page.text) == (409, True)
    assert "Claim to check: A&amp;E" in answer.text
    assert [each["value"] for each in page.all("input", name="line")] == [WORDS]
    assert rename(anew, do="back", version=0).status_code == 409


def test_danger_keeps_the_rules_line_and_a_case_of_the_guardians_is_not_there(anew: House) -> None:
    house, danger = anew, case_of(anew.store, IN_DANGER)
    assert "may be in danger in it" in read(house, f"/cases/{danger}/rename").text
    assert send(house, f"/cases/{danger}/rename", "amina", line=WORDS, version=0).status_code == 422
    guarded = case_of(house.store, GRIEVANCE)
    posts = [each.item.number for each in house.store.cases.mentions(guarded)]
    house.store.speaking_up.send(guarded, posts, by=house.who["amina"], at=NOW, reason="Staff about their ward")  # fmt: skip
    assert (
        send(house, f"/cases/{guarded}/rename", "amina", line=WORDS, version=0).status_code == 404
    )
    assert 'name="line"' not in house.asks("amina").get(f"/cases/{guarded}/rename").text
    assert house.store.case_lines.version(guarded) == house.store.case_lines.version(danger) == 0


def test_no_email_holds_it(anew: House) -> None:
    ready(anew)
    emails_leave(anew)
    number = case_of(anew.store, NAMED)
    assert send(anew, f"/cases/{number}/rename", "amina", line=WORDS, version=0).status_code == 303
    assert WORDS in read(anew, "/today?lane=now").text
    config, policy = anew.desk.file, load()
    morning = digest.gather(anew.store, config, policy, start=NOW - DAY, at=NOW, health=())
    assert number in [row.case for lane in morning.lanes for row in lane.rows]
    posts = [f"{each.item.number}:{each.item.revision}" for each in anew.store.cases.mentions(number) if each.reviewable]  # fmt: skip
    send(anew, f"/cases/{number}/pass-on", "amina", role="information_governance", version=case(anew, NAMED).version, posts=posts)  # fmt: skip
    (handoff,) = anew.store.handoffs.open(number)
    passed_on = handoffs.letter(anew.store, config, policy, handoff, "sent", at=NOW)
    emails = [
        digest.mail(config, morning, at=NOW, message_id="<a@mentions.invalid>"),
        handoffs.handoff_mail(config, passed_on, to=["ig.duty@example.org"], at=NOW, message_id="<b@mentions.invalid>"),
    ]  # fmt: skip
    for email in emails:
        whole = str(email["Subject"]) + "".join(str(part.get_content()) for part in email.walk() if not part.is_multipart())  # fmt: skip
        assert f"ase {number}" in whole
        assert "Northwick Park: is" not in whole


def test_the_weekly_summary_calls_a_case_by_it_where_it_names_the_case(anew: House) -> None:
    """In its list of who waits longest; not a line in which somebody is found."""
    lines, policy = anew.store.case_lines, load()
    week, at = period_of("week", (NOW + 7 * DAY).date()), NOW + 9 * DAY
    first = case_of(anew.store, RUMOUR)
    with anew.store.database.transaction():
        began = clock.text(NOW - 9 * DAY)
        anew.store.database.insert("deadlines", case_number=first, kind="assistance", began_at=began, due_at=began)  # fmt: skip
    figures = gather(anew.store, anew.desk.file, policy, week, at)
    assert first == figures.waiting_longest[0].case
    assert figures.written_lines == {}
    assert lines.rename(first, "No inhaler at Northwick Park, again", 0, by=anew.who["amina"], at=NOW)  # fmt: skip
    figures = gather(anew.store, anew.desk.file, policy, week, at)
    assert figures.written_lines == {first: "No inhaler at Northwick Park, again"}
    part = waits(figures, {})
    assert part.items[0].startswith(f"Case {first}: No inhaler at Northwick Park, again, since ")
    assert lines.rename(first, "Ring Jean Halloran on 07700 900123", lines.version(first), by=anew.who["amina"], at=NOW)  # fmt: skip
    figures = gather(anew.store, anew.desk.file, policy, week, at)
    assert figures.written_lines == {}
    assert waits(figures, {}).items[0].startswith(f"Case {first}, since ")


def test_of_what_is_below_the_page_the_weekly_summary_alone_reads_these_lines() -> None:
    """Emails about a case, letters and exports are made below it."""
    root = Path(__file__).parents[3]
    readers = [str(path.relative_to(root)) for part in ("reports", "steps", "cli", "tuning", "collectors") for path in (root / part).rglob("*.py") if "case_lines" in path.read_text()]  # fmt: skip
    assert readers == ["reports/weekly/gathering.py"]
