"""Clocks on a case's page, the record that stops one of personal data, and the tracker of takedowns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, get_args

import httpx
import pytest
from playwright.sync_api import Browser, expect

from review.auth.sessions import COOKIE
from review.cases.deadlines import CLOCKS, OUTCOMES, STANDS, STEPS, STOPPED, WHOM, days, left
from store.cases.deadlines import ClockKind, Stopped
from store.cases.takedowns import STEPS as KNOWN
from store.cases.takedowns import Standing
from tests.review.accessibility import faults
from tests.review.conftest import House, sign_in
from tests.review.factories import (
    IN_DANGER,
    NAMED,
    NOW,
    OWN_STAFF,
    PRESS,
    RUMOUR,
    TAKE_DOWN,
    case_of,
    decide,
)
from tests.review.pages import Tags, cases_in, of, read, send
from tests.store.factories import AT, DAY, HOUR

MINUTE = timedelta(minutes=1)


def confirmed(house: House) -> tuple[int, int]:
    """A case whose personal data somebody confirmed, and its clock."""
    case = case_of(house.store, NAMED)
    decide(house.store, case, house.who["amina"], "remove")
    return case, house.store.deadlines.breaches()[0].number


def step(house: House, case: int, handle: str = "amina", **changes: Any) -> Any:
    given = {
        "post": str(house.store.takedowns.of_case(case)[0].mention), "step": "asked", "whom": "platform",
        "when": "2026-11-20T10:15", "how": "its form for privacy", "reference": "Kx-77120", "remark": "",
    }  # fmt: skip
    return send(house, f"/cases/{case}/takedown", handle, **(given | changes))


def later(house: House, path: str, at: datetime) -> Tags:
    """A page as it is at another moment."""
    house.desk.now = lambda: at
    session = house.store.sessions.begin(house.who["amina"], at=at, until=at + DAY)
    answer = httpx.get(house.url + path, headers={"Cookie": f"{COOKIE}={session}"}, verify=False)
    assert answer.status_code == 200
    return Tags(answer.text)


# ── words ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (72 * HOUR, "72 hours left"),
        (61 * HOUR - MINUTE, "60 hours left"),
        (4 * DAY, "4 days left"),
        (HOUR, "1 hour left"),
        (106 * MINUTE, "1 hour 46 minutes left"),
        (40 * MINUTE, "40 minutes left"),
        (timedelta(seconds=30), "less than a minute left"),
        (-3 * HOUR, "3 hours over"),
        (timedelta(), "less than a minute over"),
    ],
)
def test_what_is_left_is_said_in_words(due: timedelta, said: str) -> None:
    assert left(AT + due, AT) == said


def test_everything_that_is_kept_has_words() -> None:
    assert set(CLOCKS) == set(get_args(ClockKind))
    assert set(STOPPED) == set(get_args(Stopped))
    assert set(STANDS) == set(get_args(Standing))
    assert set(STEPS) == set(KNOWN)
    assert set(WHOM) == {"platform", "author", "other"}
    assert [days(AT - wait, AT) for wait in (HOUR, DAY, 12 * DAY)] == [
        "less than a day",
        "1 day",
        "12 days",
    ]


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────


def test_a_case_lists_what_is_due(house: House) -> None:
    page = of(house, IN_DANGER)
    assert "To be looked at: 1 hour 46 minutes left" in page.text
    assert "A request for help is to be answered" in page.text


def test_what_nobody_looked_at_in_time_is_overdue(fresh: House) -> None:
    page = later(fresh, "/all?tab=overdue", NOW + 3 * HOUR)
    assert case_of(fresh.store, IN_DANGER) in cases_in(page)
    assert "Overdue" in page.text
    assert (
        page.all("a", href=f"/cases/{case_of(fresh.store, RUMOUR)}/full?back=tab%3Doverdue") == []
    )


def test_personal_data_that_was_confirmed_has_72_hours_until_a_person_records_what_was_done(
    fresh: House,
) -> None:
    case, clock = confirmed(fresh)
    page = of(fresh, NAMED)
    assert "72 hours to report it" in page.text
    assert "71 hours left" in page.text
    assert page.all("a", href=f"/clocks/{clock}")
    assert "Patient’s details" in read(fresh, f"/clocks/{clock}").text
    answer = send(
        fresh, f"/clocks/{clock}", outcome="no_report", done="The practice was told at ten, ref 12"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case}/full#clocks")
    page = of(fresh, NAMED)
    assert "1 clock stopped" in page.text  # what is left runs until the steps say who was told
    assert "The practice was told at ten" in page.text
    assert "The practice was told" not in of(fresh, NAMED, "vera").text
    assert OUTCOMES["no_report"] in page.text


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"outcome": "no_report", "done": "  "}, "Write what was done"),
        ({"outcome": "whatever", "done": "told"}, "Choose what came of it"),
        ({"outcome": "no_report", "done": "x" * 5000}, "at most 4,000"),
    ],
)
def test_a_record_without_what_it_needs_is_refused_and_keeps_the_words(
    fresh: House, form: dict[str, str], why: str
) -> None:
    _, clock = confirmed(fresh)
    answer = send(fresh, f"/clocks/{clock}", **form)
    assert answer.status_code == 422
    assert why in answer.text
    assert form["done"].strip()[:50] in answer.text
    assert len(fresh.store.deadlines.breaches()) == 1


def test_the_second_who_records_sees_what_the_first_wrote(fresh: House) -> None:
    _, clock = confirmed(fresh)
    form = {"outcome": "reported", "done": "Told the ICO"}
    assert send(fresh, f"/clocks/{clock}", "bea", **form).status_code == 303
    late = send(fresh, f"/clocks/{clock}", **(form | {"done": "me too"}))
    assert late.status_code == 409
    assert "Told the ICO" in late.text
    assert "Bea Whitlock" in late.text


def test_a_clock_of_a_breach_outlives_its_case_on_the_overview(fresh: House) -> None:
    case, clock = confirmed(fresh)
    fresh.store.retention.purge(NOW + DAY, {"default": HOUR}, deleted_after=HOUR)
    page = read(fresh, "/takedowns")
    assert f"Case {case} (its posts are gone from here)" in page.text
    assert page.all("a", href=f"/cases/{case}/full#clocks") == []
    assert "The duty to assess what happened stays" in read(fresh, f"/clocks/{clock}").text
    done = send(fresh, f"/clocks/{clock}", outcome="no_report", done="assessed by IG")
    assert done.headers["location"] == f"/takedowns?kept={clock}"
    assert "the clock stopped" in read(fresh, done.headers["location"]).text


def test_only_reviewers_record_and_only_what_is_personal_data(fresh: House) -> None:
    _, clock = confirmed(fresh)
    other = next(
        one.number for one in fresh.store.deadlines.of_case(case_of(fresh.store, IN_DANGER))
    )
    assert send(fresh, f"/clocks/{clock}", "vera", outcome="reported", done="x").status_code == 403
    assert send(fresh, f"/clocks/{other}", outcome="reported", done="x").status_code == 404
    assert send(fresh, "/clocks/9999", outcome="reported", done="x").status_code == 404
    assert "A reviewer records" in read(fresh, f"/clocks/{clock}", "vera").text


# ── takedowns ────────────────────────────────────────────────────────────────────────────────────


def test_the_tracker_is_there_where_something_should_go(house: House) -> None:
    assert of(house, NAMED).all("section", id="takedown")
    assert of(house, TAKE_DOWN).all("section", id="takedown")
    for told in (RUMOUR, PRESS, OWN_STAFF):
        assert of(house, told).all("section", id="takedown") == []
    assert of(house, NAMED, "vera").all("form", class_="steps") == []


def test_steps_are_written_down_and_the_overview_counts_the_days(fresh: House) -> None:
    case, _ = confirmed(fresh)
    assert "Nobody was asked yet" in read(fresh, "/takedowns").text
    answer = step(fresh, case)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("#takedown")
    assert step(fresh, case, step="reminded", whom="author", when="").status_code == 303
    page = of(fresh, NAMED)
    assert "Asked to take it down: the platform" in page.text
    assert "Fri 20 Nov 2026, 10:15" in page.text
    assert "Kx-77120" in page.text
    assert "Kx-77120" not in of(fresh, NAMED, "vera").text
    assert "12 days" in later(fresh, "/takedowns", NOW + 12 * DAY).text


def test_what_is_deleted_upstream_leaves_the_overview_by_itself(fresh: House) -> None:
    case, _ = confirmed(fresh)
    step(fresh, case)
    mention = fresh.store.takedowns.of_case(case)[0].mention
    stored = fresh.store.mentions.get(mention)
    assert stored is not None
    fresh.store.mentions.mark_gone([("x", stored.mention.issued_id, "deleted")], at=NOW)
    assert "There is no post to take down now" in read(fresh, "/takedowns").text
    page = of(fresh, NAMED) if fresh.store.mentions.get(mention) else None
    assert page is not None
    assert "Deleted on its platform" in page.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"step": ""}, "Choose what was done"),
        ({"whom": "nobody"}, "Choose who was asked"),
        ({"post": "1;DROP"}, "Choose which post"),
        ({"post": "9999"}, "Choose which post"),
        ({"step": "reminded"}, "nobody was asked"),
        ({"step": "given_up"}, "why no more can be done"),
        ({"when": "tomorrow"}, "Write when as"),
        ({"when": "2031-01-01T10:00"}, "future"),
        ({"how": "x" * 300}, "at most 200"),
    ],
)
def test_a_step_that_can_not_be_is_refused_and_keeps_the_words(
    fresh: House, changes: dict[str, str], why: str
) -> None:
    case, _ = confirmed(fresh)
    answer = step(fresh, case, **changes)
    assert answer.status_code == 422
    assert why in answer.text
    assert "Kx-77120" in answer.text
    assert fresh.store.takedowns.of_case(case)[0].steps == ()


def test_who_may_not_decide_writes_nothing_down(fresh: House) -> None:
    case, _ = confirmed(fresh)
    assert step(fresh, case, "vera").status_code == 403
    assert send(fresh, "/cases/9999/takedown", step="asked").status_code == 404


def test_what_somebody_wrote_is_shown_as_words_alone(fresh: House) -> None:
    case, _ = confirmed(fresh)
    hostile = "<script>alert(1)</script>\u202eevil"
    step(fresh, case, how=hostile, reference=hostile, remark=hostile)
    for path in (f"/cases/{case}/full", "/takedowns"):
        page = read(fresh, path)
        assert len(page.all("script")) == 1  # our own
        assert "\u202e" not in page.text


def test_axe_finds_nothing_wrong_with_clocks_and_takedowns(browser: Browser, fresh: House) -> None:
    case, clock = confirmed(fresh)
    step(fresh, case)
    page = browser.new_context().new_page()
    sign_in(page, fresh, "amina")
    found = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for path in (f"/cases/{case}/full", "/takedowns", f"/clocks/{clock}"):
            page.goto(fresh.url + path)
            found += faults(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{fresh.url}/cases/{case}/full")
    page.get_by_text("Write down a step").click()
    page.get_by_label("Reminded").check()
    page.get_by_label("When, in UK time").fill("2031-01-01T10:00")
    page.get_by_role("button", name="Write this down").click()
    expect(page.get_by_text("future").first).to_be_visible()
    found += faults(page)
    assert found == []
