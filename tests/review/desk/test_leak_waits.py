"""A confirmed leak of which information governance was told and has not confirmed: one rule of where it stands, and one name, whoever else was passed what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock
from reports.handoffs import DEATH, LATE, letter
from store import CaseDecision
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane, ready, teams_are_emailed
from tests.review.desk.test_leak import LEAK
from tests.review.desk.test_leak_keeps import COMPLAINT, desk_with, lane
from tests.review.desk.test_leak_with_harm import HURT
from tests.review.factories import NOW, Told, case_of, tell
from tests.review.pages import Tags, read
from tests.store.factories import AT, DAY

ENDS = "72 hours end"
NAME = "leak, waits for information governance"


def told_of(house: House, told: Told, where: str = "now") -> str:
    """A leak that is confirmed and hidden, and of which the email to information governance has left; the address of its case."""
    way = desk_with(house, told, lane=where)
    case = case_of(house.store, told)
    do(house, way, "confirm", out=["name"])
    (post,) = house.store.cases.mentions(case)
    do(house, way, "by_hand", mention=str(post.item.number), after="0", when="11:00")
    do(house, way, "tell")
    teams_are_emailed(house)
    return f"/cases/{case}"


def html(house: House, address: str) -> str:
    with house.asks("amina") as client:
        return client.get(address).text


def row(house: House, address: str, case: str) -> str:
    """What a list says of a case, in one line."""
    line = html(house, address).partition(f'data-row="{case.rpartition("/")[2]}"')[2]
    return Tags(f"<p {line.partition('</li>')[0]}").text


@pytest.mark.parametrize("where", ["now", "look"])
@pytest.mark.parametrize("beside", ["nothing", "pals"])
def test_a_leak_waits_under_the_same_name_and_by_the_same_rule_whatever_else_was_passed_on(anew: House, beside: str, where: str) -> None:  # fmt: skip
    told = COMPLAINT if beside == "pals" else LEAK
    case = told_of(anew, told, where)
    if beside == "pals":
        assert lane(anew, told) == "now"  # nobody sees to the complaint yet
        do(anew, f"{case}/leak", "death")
        teams_are_emailed(anew)
    assert lane(anew, told) == "now"  # until its team confirms, from whatever lane it came
    anew.store.cases.follow_all(NOW)
    assert lane(anew, told) == "now"
    day = (NOW + timedelta(hours=72)).strftime("%a")
    for address in ("/today", "/mine", "/all"):
        line = row(anew, address, case)
        assert f"{NAME}, {ENDS} {day} " in line, address
        assert "waits for PALS" not in line
    waiting = read(anew, "/waiting").text
    assert (f"Leak, waits for information governance, {ENDS} {day} " in waiting) == (
        beside == "pals"
    )  # its own row has the clock
    page = read(anew, case)
    assert f"Leak, waits for information governance, {ENDS} {day} " in page.text
    assert 'nhsuk-tag--green">Waiting' not in html(anew, case)
    (handoff,) = [each for each in anew.store.handoffs.open(case_of(anew.store, told)) if each.role == "information_governance"]  # fmt: skip
    assert anew.store.handoff_steps.confirm(handoff.number, by=anew.who["amina"], at=NOW, who="Priya Nair", when=NOW)  # fmt: skip
    assert NAME not in row(anew, "/mine", case)
    assert lane(anew, told) is None
    assert 'nhsuk-tag--green">Waiting' in html(anew, case)


READ_AS_COMPLAINT = replace(COMPLAINT, flags=(("allegation", "home with a clot"),))


@pytest.mark.parametrize("told", [COMPLAINT, READ_AS_COMPLAINT])
def test_a_leak_of_which_information_governance_was_not_told_stays_in_now_though_pals_was_passed_it(anew: House, told: Told) -> None:  # fmt: skip
    way = desk_with(anew, told, lane="look")
    do(anew, way, "confirm", out=["name"])
    assert lane(anew, told) == "now"
    (post,) = anew.store.cases.mentions(case_of(anew.store, told))
    do(anew, way, "by_hand", mention=str(post.item.number), after="0", when="11:00")
    do(anew, way, "death")
    teams_are_emailed(anew)
    assert lane(anew, told) == "now"
    assert "information governance doesn’t know" in row(anew, "/today", way.removesuffix("/leak"))
    do(anew, way, "told", who="Priya Nair", when="11:00", how="phone", prefix="told")
    assert lane(anew, told) is None


def test_what_is_no_leak_after_all_waits_where_it_did(anew: House) -> None:
    way = desk_with(anew, READ_AS_COMPLAINT, lane="look")
    do(anew, way, "confirm", out=["name"])
    read(anew, "/today")
    assert lane(anew, READ_AS_COMPLAINT) == "now"  # sorted anew, it is a leak still
    do(anew, way, "back", step="confirm")
    read(anew, "/today")
    assert lane(anew, READ_AS_COMPLAINT) == "look"


def test_the_row_of_a_leak_with_harm_keeps_the_clock_of_the_harm_and_says_who_was_not_told(anew: House) -> None:  # fmt: skip
    tell(anew.store, HURT, 71, AT, alone=True, kind="comment")
    now_lane(anew, HURT, "Patient’s NHS number; serious harm")
    ready(anew)
    number = case_of(anew.store, HURT)
    case, way = f"/cases/{number}", f"/cases/{number}/leak"
    do(anew, way, "confirm", out=["name"])
    before = anew.store.cases.get(number)
    (post,) = anew.store.cases.mentions(number)
    do(anew, way, "by_hand", mention=str(post.item.number), after="0", when="11:00")
    do(anew, way, "tell")
    teams_are_emailed(anew)
    after = anew.store.cases.get(number)
    assert before is not None
    assert after is not None
    assert (after.lane, after.due_at) == ("now", before.due_at)
    for address in ("/today", "/mine"):
        line = row(anew, address, case)
        assert "Safeguarding not told" in line, address
        assert NAME in line, address
    do(anew, way, "harm")
    for address in ("/today", "/mine"):
        line = row(anew, address, case)
        assert "Safeguarding not told" not in line, address
        assert "leak, waits for information governance and Safeguarding" in line, address
    assert anew.store.cases.get(number).due_at < after.due_at  # type: ignore[union-attr, operator]
    teams_are_emailed(anew)
    assert "and Safeguarding" in row(anew, "/today", case)
    do(anew, way, "has_it", who="Priya Nair", when="11:00", prefix="has", how="phone")
    assert "leak, waits for Safeguarding" in row(anew, "/today", case)


def emails(house: House, told: Told, role: str) -> tuple[str, str]:
    """The email to a team as it leaves: its two parts."""
    (handoff,) = [each for each in house.store.handoffs.open(case_of(house.store, told)) if each.role == role]  # fmt: skip
    mail = letter(house.store, house.desk.config(house.store), house.desk.policy, handoff, "sent", at=NOW)  # fmt: skip
    return " ".join(mail.text.split()), " ".join(mail.html.split())


@pytest.mark.parametrize(("before", "posted", "counted", "over"), [
    (4, 5, "the start of that day", True), (1, 5, "the start of that day", False), (2, 2, "when it was posted, 08:00", False),
])  # fmt: skip
def test_where_the_day_alone_is_known_the_preview_and_the_email_say_so_and_a_late_report_gives_its_reasons(
    anew: House, before: int, posted: int, counted: str, over: bool
) -> None:
    way = desk_with(anew, at=AT - posted * DAY)
    day = clock.local_day(AT) - timedelta(days=before)
    do(anew, way, "confirm", out=["name"], day="earlier", on=day.isoformat(), when="")
    (post,) = anew.store.cases.mentions(case_of(anew.store, LEAK))
    do(anew, way, "by_hand", mention=str(post.item.number), after="0", when="11:00")
    known = (
        f"We knew on {day:%a} {day.day} {day:%b}, the hour is not known: counted from {counted}."
    )
    page = read(anew, way).text
    assert known in page
    assert (LATE in page.partition("72 hours, by law")[2]) == over
    do(anew, way, "tell")
    for part in emails(anew, LEAK, "information_governance"):
        assert known in part
        assert (LATE in part) == over
    do(anew, way, "known", day="earlier", on=day.isoformat(), when="16:00")
    for part in emails(anew, LEAK, "information_governance"):
        assert "the hour is not known" not in part


@pytest.mark.parametrize("lives", ["", "yes", "no"])
def test_the_emails_of_a_leak_that_tells_of_a_death_say_so_and_who_wrote_that_the_person_died(anew: House, lives: str) -> None:  # fmt: skip
    way = desk_with(anew, COMPLAINT)
    do(anew, way, "confirm", out=["name"], lives=lives)
    do(anew, way, "tell")
    do(anew, way, "death")
    died = "Amina Yusuf wrote that the person died: whether the 72 hours count is yours to say."
    for role in ("information_governance", "pals"):
        for part in emails(anew, COMPLAINT, role):
            assert DEATH in part
            assert (died in part) == (lives == "no" and role == "information_governance")


@pytest.mark.parametrize(("told", "role", "tells"), [
    (COMPLAINT, "pals", True), (COMPLAINT, "information_governance", True), (COMPLAINT, "guardian", False), (COMPLAINT, "police", False), (LEAK, "pals", False),
    (replace(COMPLAINT, read={"protected": "whistleblowing"}), "pals", False),
    (replace(COMPLAINT, flags=()), "pals", True),
    (replace(COMPLAINT, flags=(), read={"protected": "none"}), "pals", False),
])  # fmt: skip
def test_a_plain_pass_on_says_of_a_death_what_its_team_is_to_know(anew: House, told: Told, role: str, tells: bool) -> None:  # fmt: skip
    desk_with(anew, told)
    number = case_of(anew.store, told)
    case = anew.store.cases.get(number)
    (post,) = anew.store.cases.mentions(number)
    assert case is not None
    anew.store.cases.decide(CaseDecision(case=number, kind="escalate", by=anew.who["amina"], at=NOW, role=role, covers=((post.item.number, post.item.revision),)), case.version)  # fmt: skip
    for part in emails(anew, told, role):
        assert (DEATH in part) == tells
