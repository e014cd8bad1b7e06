"""What of a leak goes on though its steps are done: a clock that began before, 72 hours that are over, a complaint, a page where nobody can hide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.context import Context, Page
from review.reasons import REASONS
from store import CaseDecision, Clock
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane, ready, teams_are_emailed
from tests.review.desk.test_leak import LEAK
from tests.review.factories import NAMED, NOW, Told, case_of, tell
from tests.review.pages import read, send
from tests.store.factories import AT, DAY, HOUR

OURS = Context(page=Page(owner="organisation"))
WAY: dict[str, Any] = {"out": ["name", "NHS number"]}


def desk_with(house: House, told: Told = LEAK, at: Any = AT, lane: str = "now", **more: Any) -> str:
    """A leak that is posted an hour before a moment; the address of its steps."""
    tell(house.store, told, 71, at, alone=True, **({"kind": "comment"} | more))
    if lane == "now":
        now_lane(house, told, "Patient’s NHS number")
    else:
        house.store.database.execute("UPDATE case_mentions SET lane = ?", lane)
    ready(house)
    return f"/cases/{case_of(house.store, told)}/leak"


def running(house: House) -> Clock:
    (one,) = house.store.deadlines.breaches()
    return one


def lane(house: House, told: Told = LEAK) -> str | None:
    case = house.store.cases.get(case_of(house.store, told))
    assert case is not None
    return case.lane


# ── a day without its hour ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("step", ["confirm", "known"])
def test_a_day_without_its_hour_counts_from_the_start_of_that_day_and_says_so(anew: House, step: str) -> None:  # fmt: skip
    way = desk_with(anew, at=AT - 5 * DAY)
    day = clock.local_day(AT) - timedelta(days=2)
    start = clock.day(day)[0]
    written: dict[str, Any] = {"day": "earlier", "on": day.isoformat(), "when": ""}
    if step == "known":
        do(anew, way, "confirm", **WAY)
        assert "Nothing is saved yet" in do(anew, way, "known", **written).text
        written["agrees"] = clock.text(start)
    answer = do(anew, way, step, **(WAY if step == "confirm" else {}), **written)
    assert answer.status_code == 303
    assert running(anew).began_at == start
    words = f"counted from the start of {day:%a} {day.day} {day:%b}"
    saved = read(anew, answer.headers["location"]).text
    assert f"The 72 hours are {words}" in saved
    assert "Write the hour when you know it" in saved
    assert words in read(anew, way).text.replace("Counted", "counted")
    assert (
        do(anew, way, "known", day="earlier", on=day.isoformat(), when="16:00").status_code == 303
    )
    assert running(anew).began_at == start + 16 * HOUR
    assert (
        "the start of"
        not in read(anew, way).text.partition("So far")[0].partition("72 hours, by law")[2]
    )


def test_of_the_day_on_which_it_was_posted_they_count_from_when_it_was(anew: House) -> None:
    way = desk_with(anew, at=AT - 2 * DAY)
    day = clock.local_day(AT - 2 * DAY)
    do(anew, way, "confirm", **WAY, day="earlier", on=day.isoformat(), when="")
    assert running(anew).began_at == AT - 2 * DAY - HOUR
    assert f"from when it was posted, {day:%a} {day.day} {day:%b}, 08:00" in read(anew, way).text


@pytest.mark.parametrize("written", [{"day": "earlier", "on": ""}, {"day": "earlier", "on": "2026-11-01"}, {"day": "earlier", "on": "2027-01-01"}])  # fmt: skip
def test_a_day_that_is_none_or_before_it_was_posted_is_refused(anew: House, written: dict[str, Any]) -> None:  # fmt: skip
    way = desk_with(anew)
    assert do(anew, way, "confirm", **WAY, **written, when="").status_code == 422
    assert not anew.store.deadlines.breaches()


@pytest.mark.parametrize("step", ["told", "by_hand"])
def test_no_other_form_of_the_steps_drops_a_day_without_its_hour(anew: House, step: str) -> None:
    way = desk_with(anew, at=AT - 5 * DAY)
    do(anew, way, "confirm", **WAY)
    (post,) = anew.store.cases.mentions(case_of(anew.store, LEAK))
    form: dict[str, Any] = {"told": {"who": "Priya Nair", "how": "phone"}, "by_hand": {"mention": str(post.item.number), "after": "0"}}[step]  # fmt: skip
    answer = do(anew, way, step, day="yesterday", when="", prefix="told", **form)
    assert answer.status_code == 422
    assert "Write the time as well" in answer.text


# ── what is masked ──


def test_masked_details_open_on_the_steps_by_one_press_of_a_ready_reason_and_by_nothing_else(anew: House) -> None:  # fmt: skip
    way = desk_with(anew)
    number = case_of(anew.store, LEAK)
    (post,) = anew.store.cases.mentions(number)
    page = read(anew, way)
    (box,) = page.all("form", action=f"/cases/{number}/show")
    assert {each["value"] for each in page.all("button", name="why")} == REASONS.keys()
    assert not page.all("input", name="why_text", value="Dealing with a leak: what is out of whom")
    assert page.all("button", popovertarget=box["id"])  # its own, and each mask
    form: dict[str, Any] = {"post": post.item.number, "guide": "leak"}
    for why in ({}, {"why": "other", "why_text": "Dealing with a leak: what is out of whom"}):
        assert send(anew, f"/cases/{number}/show", **form, **why).status_code == 422
    assert anew.store.audit.reveals()[1] == 0
    shown = send(anew, f"/cases/{number}/show", **form, why="ig")
    assert shown.status_code == 303
    assert shown.headers["location"].startswith(way)
    assert anew.desk.details.until(anew.who["amina"], post.item.number, post.item.revision, NOW)
    assert [each.reason for each in anew.store.audit.reveals()[0]] == [REASONS["ig"]]


# ── 72 hours that are over ───────────────────────────────────────────────────────────────────────


def test_72_hours_that_are_over_keep_the_leak_in_now_and_every_page_says_when_they_ended(anew: House) -> None:  # fmt: skip
    way = desk_with(anew, at=AT - 5 * DAY)
    day = clock.local_day(AT) - timedelta(days=4)
    do(anew, way, "confirm", **WAY, day="earlier", on=day.isoformat(), when="09:00")
    case = case_of(anew.store, LEAK)
    (post,) = anew.store.cases.mentions(case)
    do(anew, way, "by_hand", mention=str(post.item.number), after="0", when="11:00")
    do(anew, way, "tell")
    place = do(anew, way, "copies").headers["location"]
    ended = clock.local_day(AT) - timedelta(days=1)
    words = f"72 hours ended at 09:00 on {ended:%a} {ended.day} {ended:%b}"
    assert words in read(anew, place).text
    assert (
        "It stays in Now until the email to information governance has left"
        in read(anew, place).text
    )
    teams_are_emailed(anew)
    assert lane(anew) == "now"
    assert "It stays in Now until information governance has confirmed" in read(anew, place).text
    for page in ("/today", f"/cases/{case}", "/waiting", "/mine"):
        assert words in read(anew, page).text, page
    (handoff,) = anew.store.handoffs.open(case)
    assert handoff.due_at == NOW + HOUR
    assert anew.store.handoff_steps.confirm(handoff.number, by=anew.who["amina"], at=NOW, who="Priya Nair", when=NOW)  # fmt: skip
    assert lane(anew) is None


# ── a complaint beside it ────────────────────────────────────────────────────────────────────────

COMPLAINT = replace(NAMED, text="They sent Rosalind Pettigrew home with a clot. She died on Tuesday. Who decided that?",
    masked="They sent [name 1] home with a clot. She died on Tuesday. Who decided that?",
    flags=(("pid", "Rosalind Pettigrew"), ("allegation", "home with a clot")), read={"protected": "complaint"})  # fmt: skip


@pytest.mark.parametrize("where", ["now", "look"])
@pytest.mark.parametrize("ending", ["help", "helped", "no_answer", "reply"])
def test_a_leak_that_also_complains_waits_until_somebody_sees_to_the_complaint(anew: House, where: str, ending: str) -> None:  # fmt: skip
    way = desk_with(anew, COMPLAINT, lane=where)
    do(anew, way, "confirm", **WAY)
    case = case_of(anew.store, COMPLAINT)
    (post,) = anew.store.cases.mentions(case)
    do(anew, way, "by_hand", mention=str(post.item.number), after="0", when="11:00")
    do(anew, way, "told", who="Priya Nair", when="11:00", how="phone", prefix="told")
    onward = do(anew, way, "copies").headers["location"]
    assert onward.startswith(way)
    assert lane(anew, COMPLAINT) == "now"  # as each confirmed leak, from whatever lane it came
    page = read(anew, way).text
    assert "See to the complaint" in page
    assert "The post also complains" in page
    if ending == "reply":
        opened = anew.store.cases.get(case)
        assert opened is not None
        reply = CaseDecision(case=case, kind="respond", by=anew.who["amina"], at=NOW, covers=((post.item.number, post.item.revision),))  # fmt: skip
        assert anew.store.replies.record(reply, opened.version, text="We are so sorry.")
    elif ending == "no_answer":
        assert do(anew, way, ending, why_none="").status_code == 422
        assert (
            do(anew, way, ending, why_none="Her family wrote to PALS last week").status_code == 303
        )
        assert "Her family wrote to PALS last week" in read(anew, way).text
    else:
        more: dict[str, Any] = (
            {"who": "Lata Shah", "when": "11:00", "prefix": "helped"} if ending == "helped" else {}
        )
        assert do(anew, way, ending, **more).status_code == 303
    assert lane(anew, COMPLAINT) is None


@pytest.mark.parametrize("lives", ["", "yes", "no"])
def test_where_the_words_tell_of_a_death_it_is_asked_whether_the_person_lives(anew: House, lives: str) -> None:  # fmt: skip
    way = desk_with(anew, COMPLAINT)
    assert "Does the person whose details are out live?" in read(anew, way).text
    do(anew, way, "confirm", **WAY, lives=lives)
    assert running(anew).stopped_at is None  # information governance says whether they count
    assert ("wrote that the person died" in read(anew, way).text) == (lives == "no")


def test_where_no_words_tell_of_a_death_nobody_is_asked_for_one(anew: House) -> None:
    assert "live?" not in read(anew, desk_with(anew)).text


# ── hiding ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("told", [LEAK, COMPLAINT])
@pytest.mark.parametrize("platform", ["x", "facebook", "google"])
def test_where_a_page_can_hide_it_can_be_said_that_it_was_and_where_none_can_only_that_it_was_reported(anew: House, told: Told, platform: str) -> None:  # fmt: skip
    way = desk_with(anew, told, platform=platform, source="elsewhere", kind="review" if platform == "google" else "comment", context=OURS)  # fmt: skip
    do(anew, way, "confirm", **WAY)
    page = read(anew, way).text
    assert ("myself" in page) == (platform != "google")
    assert ("Report it to the platform" in page) == (platform == "google")
    assert "from which nothing is collected" not in page
    if platform != "google":
        (post,) = anew.store.cases.mentions(case_of(anew.store, told))
        assert do(anew, way, "by_hand", mention=str(post.item.number), after="0", when="11:00").status_code == 303  # fmt: skip
        assert "on the page itself" in read(anew, way).text
