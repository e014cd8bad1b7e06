"""A leak is dealt with on one page: confirmed, hidden, told, followed, recorded and closed, by one person or two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core import clock
from reports.handoffs import breach_of, request_of, step_mail
from review.desk.leak import left
from settings.review import LanePromises
from steps.models import CHANGED
from store import Outcome, Store
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, sign_in
from tests.review.desk.paths import (
    ROLES,
    Hiding,
    do,
    emailed,
    hiding,
    keys,
    now_lane,
    outline,
    path_of,
    teams_are_emailed,
)
from tests.review.factories import (
    ALLEGATION,
    HOSTILE,
    NAMED,
    NOW,
    REPOSITORY,
    OutOfReach,
    case_of,
    configure,
    tell,
)
from tests.review.pages import Tags, read, send
from tests.store.factories import AT, HOUR

# Without the allegation, which protects the speech: anybody may hide it.
LEAK = replace(
    NAMED, flags=NAMED.flags[:1], text=NAMED.text.replace("was turned away from", "waits at"),
    masked=NAMED.masked.replace("was turned away from", "waits at"),
)  # fmt: skip


# What information governance decided, as a reviewer writes it down.
RECORDED: dict[str, Any] = {"outcome": "no_report", "note": "Priya decided", "decider": "Priya Nair", "how": "phone", "decided": "yes"}  # fmt: skip


@pytest.fixture
def desk(anew: House) -> Iterator[House]:
    tell(anew.store, LEAK, 71, AT, alone=True, kind="comment")
    now_lane(anew, LEAK, "Patient’s NHS number")
    with hiding(anew) as house:
        yield house


def address(house: House) -> str:
    return f"/cases/{case_of(house.store, LEAK)}/leak"


def confirmed(house: House, handle: str = "amina") -> str:
    way = address(house)
    assert do(house, way, "confirm", handle, out=["name", "NHS number"]).status_code == 303
    return way


def standing(house: House) -> list[str]:
    return list(path_of(house, case_of(house.store, LEAK), "leak").standing)


def clock_runs(store: Store, case: int) -> bool:
    return any(
        one.kind == "pid" and one.stopped_at is None for one in store.deadlines.of_case(case)
    )


# ── confirming ───────────────────────────────────────────────────────────────────────────────────


def test_the_page_begins_with_confirming_and_ticks_what_is_masked(desk: House) -> None:
    page = read(desk, address(desk))
    assert outline(page) == ["task task--open", *["task"] * 5]
    ticked = [one["value"] for one in page.all("input", name="out") if "checked" in one]
    assert ticked == ["name", "NHS number", "phone number"]
    assert "Not started" in page.text
    assert "Rosalind" not in page.text


@pytest.mark.parametrize("words", ["My aunt was on the floor from Sunday night with a broken hip", "dad had a clot on his lung", "she is on risperidone again"])  # fmt: skip
def test_what_words_say_of_an_illness_is_ticked_as_health_details(desk: House, words: str) -> None:
    told = replace(LEAK, text=f"{words} at [area]", masked=f"{words} at [area]", flags=(("pid", words),))  # fmt: skip
    tell(desk.store, told, 74, AT, alone=True)
    page = read(desk, f"/cases/{case_of(desk.store, told)}/leak")
    ticked = [one["value"] for one in page.all("input", name="out") if "checked" in one]
    assert "health details" in ticked


def test_where_nothing_is_ticked_the_page_says_so(desk: House) -> None:
    words = "it is all there for everyone on [date]"
    told = replace(LEAK, text=words, masked=words, flags=(("pid", "all there"),))
    tell(desk.store, told, 75, AT, alone=True)
    page = read(desk, f"/cases/{case_of(desk.store, told)}/leak")
    assert not [one for one in page.all("input", name="out") if "checked" in one]
    assert "Nothing could be ticked for you" in page.text


def test_confirming_starts_the_72_hours_and_closes_nothing(desk: House) -> None:
    way = confirmed(desk)
    case = case_of(desk.store, LEAK)
    assert clock_runs(desk.store, case)
    page = read(desk, way)
    assert outline(page)[:2] == ["task task--done", "task task--open"]
    assert "72 h 0 min left" in page.text
    assert "Name and NHS number of a patient" in page.text
    assert desk.store.lanes.counts()["now"]
    found = desk.store.cases.get(case)
    assert found is not None
    assert found.lane == "now"
    assert not desk.store.cases.mentions(case)[0].decided


def test_what_is_missing_is_said_where_it_is_mended(desk: House) -> None:
    answer = do(desk, address(desk), "confirm", out=[])
    assert answer.status_code == 422
    assert "Tick what is out." in answer.text
    assert standing(desk) == []
    assert send(desk, address(desk), do="shout").status_code == 422


def test_not_a_leak_takes_it_back_and_can_be_taken_back(desk: House) -> None:
    way = confirmed(desk)
    case = case_of(desk.store, LEAK)
    do(desk, way, "tell")
    assert do(desk, way, "not_leak", prefix="not").status_code == 422
    answer = do(desk, way, "not_leak", why="own", prefix="not")
    assert answer.status_code == 303
    assert not clock_runs(desk.store, case)
    assert desk.store.handoffs.open(case) == []
    page = read(desk, way)
    assert "said that it is not a leak" in page.text
    assert "Information governance was not told." in page.text
    assert do(desk, way, "back", step="not_leak").status_code == 303
    assert clock_runs(desk.store, case)
    assert [one.state for one in desk.store.handoffs.of_case(case)] == ["waits"]


def test_a_confirmation_is_undone_by_a_colleague(desk: House) -> None:
    way = confirmed(desk)
    assert do(desk, way, "back", "bea", step="confirm").status_code == 303
    assert not clock_runs(desk.store, case_of(desk.store, LEAK))
    assert outline(read(desk, way))[0] == "task task--open"


# ── two officers ─────────────────────────────────────────────────────────────────────────────────


def test_of_two_officers_the_second_is_told_and_nothing_of_theirs_is_saved(desk: House) -> None:
    way = address(desk)
    seen = read(desk, way, "bea")
    confirmed(desk)
    answer = do(desk, way, "confirm", "bea", seen, out=["name"])
    assert answer.status_code == 409
    assert "Yours was not saved" in answer.text
    assert do(desk, way, "tell", "bea", seen).status_code == 409
    assert emailed(desk) == []
    assert standing(desk) == ["confirm"]


def test_a_colleague_goes_on_where_one_stopped(desk: House) -> None:
    way = confirmed(desk)
    page = read(desk, way, "bea")
    assert "Confirmed by Amina Yusuf" in page.text
    assert do(desk, way, "tell", "bea").status_code == 303
    assert standing(desk) == ["confirm", "tell"]
    assert "Amina Yusuf confirmed the leak" in read(desk, way, "bea").text


# ── hiding ───────────────────────────────────────────────────────────────────────────────────────


def test_what_hiding_would_do_is_shown_in_place_and_then_done(desk: House) -> None:
    way = confirmed(desk)
    page = read(desk, way)
    assert "Only its writer still sees the comment." in page.text
    assert "You can undo it: show it again." in page.text
    assert do(desk, way, "hide").status_code == 303
    page = read(desk, way)
    assert "Hidden on X" in page.text
    assert outline(page)[:3] == ["task task--done", "task task--done", "task task--open"]
    shown = do(desk, way, "hide")  # the form is now the one that shows it again
    assert shown.status_code == 303
    assert outline(read(desk, way))[1] == "task task--open"
    platforms = desk.desk.platforms
    assert isinstance(platforms, Hiding)
    assert platforms.asked == ["hide", "unhide"]


def test_every_page_says_the_same_of_what_was_hidden(desk: House) -> None:
    way, case = confirmed(desk), case_of(desk.store, LEAK)
    pages = ("/waiting", "/takedowns", f"/cases/{case}/full")
    for address in pages:
        assert "Nobody was asked yet" in read(desk, address).text
    do(desk, way, "hide")
    for address in pages:
        page = read(desk, address).text
        assert "Hidden, 11:00; still there for its writer" in page, address
        assert "Nobody was asked yet" not in page
        assert "Takedown asked for" not in page
    assert "1 post is to be removed: 1 is hidden on our page." in read(desk, "/waiting").text
    assert "X confirmed; still there for its writer" in read(desk, way).text
    do(desk, way, "hide")  # the form is now the one that shows it again
    for address in pages:
        assert "Nobody was asked yet" in read(desk, address).text


def running(house: House) -> tuple[str, str]:
    """Since when the 72 hours count, and when they end, as a person reads it."""
    clock_ = next(each for each in house.store.deadlines.of_case(case_of(house.store, LEAK)) if each.kind == "pid" and each.stopped_at is None)  # fmt: skip
    return clock.local(clock_.began_at), clock.local(clock_.due_at)


LATE = ("Fri 20 Nov 2026, 11:00", "Mon 23 Nov 2026, 11:00")  # as they count from the confirmation
EARLY = ("Fri 20 Nov 2026, 10:15", "Mon 23 Nov 2026, 10:15")
EARLIER: dict[str, dict[str, Any]] = {  # each way to write down that somebody here knew before
    "told": {"prefix": "told", "who": "Ola Briggs", "how": "phone"},
    "by_hand": {},
}


@pytest.mark.parametrize("step", EARLIER)
def test_the_72_hours_count_from_when_somebody_here_first_knew(desk: House, step: str) -> None:
    way = confirmed(desk)
    assert running(desk) == LATE
    post = desk.store.cases.mentions(case_of(desk.store, LEAK))[0].item.number
    form = {"prefix": f"hand-{post}", **EARLIER[step], "when": "10:15"}
    asked = do(desk, way, step, **form)
    assert asked.status_code == 422
    text = Tags(asked.text).text
    for words in ("from today, 10:15, not from today, 11:00", "They will end Mon 23 Nov 2026, 10:15, not Mon 23 Nov 2026, 11:00", "Nothing is saved yet"):  # fmt: skip
        assert words in text
    assert running(desk) == LATE
    assert standing(desk) == ["confirm"]
    agrees = re.search(r'name="agrees" value="([^"]+)"', asked.text)
    assert agrees is not None
    other = do(desk, way, step, **form | {"when": "10:05", "agrees": agrees[1]})
    assert other.status_code == 422  # to another time nobody agreed
    assert do(desk, way, step, **form, agrees=agrees[1]).status_code == 303
    assert running(desk) == EARLY
    page = read(desk, way).text
    assert "Counted from Fri 20 Nov 2026, 10:15, when we first knew" in page
    assert "Confirmed Fri 20 Nov 2026, 11:00 by you: from then they would have ended Mon 23 Nov 2026, 11:00" in page  # fmt: skip
    breach = desk.store.deadlines.breaches()[0]
    law = read(desk, f"/clocks/{breach.number}", "gwen").text
    assert "First known here" in law
    assert "Fri 20 Nov 2026, 10:15" in law
    assert "Fri 20 Nov 2026, 11:00" in law
    undone = do(desk, way, "back", step="tell") if step == "told" else do(desk, way, "not_by_hand")  # fmt: skip
    assert undone.status_code == 303
    assert running(desk) == LATE
    assert "breach clock counted" in [each.kind for each in desk.store.audit.events()]


def test_under_waiting_too_the_72_hours_are_asked_about_before_they_move(desk: House) -> None:
    way = confirmed(desk)
    do(desk, way, "tell")
    handoff = desk.store.handoffs.of_case(case_of(desk.store, LEAK))[0]
    form = {"who": "Ola Briggs", "how": "phone", "when": "10:15"}
    asked = send(desk, f"/waiting/{handoff.number}/confirm", "amina", **form)
    assert asked.status_code == 422
    assert "from today, 10:15, not from today, 11:00" in Tags(asked.text).text
    agrees = re.search(r'name="agrees" value="([^"]+)"', asked.text)
    assert agrees is not None
    send(desk, f"/waiting/{handoff.number}/confirm", "amina", **form, agrees=agrees[1])
    assert running(desk) == EARLY
    assert desk.store.handoff_steps.wait_again(handoff.number, by=desk.who["amina"], at=NOW)
    assert running(desk) == LATE


def test_after_they_said_that_they_know_nothing_says_that_they_will(desk: House) -> None:
    way = confirmed(desk)
    saved = do(desk, way, "told", prefix="told", who="Ola Briggs", how="phone", when="11:00")
    page = read(desk, saved.headers["location"]).text
    assert "Saved: they know, as you wrote." in page
    assert "told once the email has left" not in page


def test_handover_names_the_leak_whose_72_hours_are_over_and_no_other(desk: House) -> None:
    do(desk, address(desk), "confirm", out=["name"])
    case = case_of(desk.store, LEAK)
    over = "The 72 hours are over, and nobody has written down what was decided"
    assert over not in read(desk, "/handover", "bea").text
    desk.store.database.execute(
        "UPDATE deadlines SET due_at = ? WHERE kind = 'pid'", clock.text(NOW)
    )
    said = read(desk, "/handover", "bea").text.partition(over)
    assert said[1]
    assert said[2].split("Decided")[0].split() == ["1:", "case", str(case)]


def test_when_it_was_hidden_by_hand_is_the_time_that_stands(desk: House) -> None:
    do(desk, address(desk), "confirm", out=["name"])
    post = desk.store.cases.mentions(case_of(desk.store, LEAK))[0].item.number
    asked = do(desk, address(desk), "by_hand", when="10:15", prefix=f"hand-{post}")
    agrees = re.search(r'name="agrees" value="([^"]+)"', asked.text)
    assert agrees is not None
    do(desk, address(desk), "by_hand", when="10:15", agrees=agrees[1])
    assert "at 10:15 by you, on the page itself" in read(desk, address(desk)).text
    do(desk, address(desk), "tell")
    handoff = desk.store.handoffs.of_case(case_of(desk.store, LEAK))[0]
    breach = breach_of(desk.store, handoff, NOW)
    assert breach is not None
    assert breach.hidden_at is not None
    assert clock.local(breach.hidden_at) == "Fri 20 Nov 2026, 10:15"
    assert clock.local(breach.ends_at) == EARLY[1]
    refused = do(desk, address(desk), "not_by_hand")
    assert refused.status_code == 303
    too_early = do(desk, address(desk), "by_hand", when="23:59")
    assert too_early.status_code == 422
    assert "is still to come" in too_early.text


def test_that_it_was_hidden_by_hand_can_be_undone(desk: House) -> None:
    way = confirmed(desk)
    assert do(desk, way, "by_hand").status_code == 303
    page = read(desk, way)
    assert outline(page)[1] == "task task--done"
    assert page.all("input", name="do", value="not_by_hand")
    assert do(desk, way, "not_by_hand").status_code == 303
    undone = read(desk, way)
    assert outline(undone)[1] == "task task--open"
    assert "You took back that it was hidden by hand: it was not" in undone.text
    assert "Shown again" not in undone.text
    assert "Hidden on" not in undone.text
    assert do(desk, way, "not_by_hand").status_code == 409  # once
    platforms = desk.desk.platforms
    assert isinstance(platforms, Hiding)
    assert platforms.asked == []


def test_what_changed_since_it_was_shown_is_not_hidden(desk: House) -> None:
    way = confirmed(desk)
    seen = read(desk, way)
    assert do(desk, way, "hide", seen=seen, mark="another").status_code == 409
    do(desk, way, "hide", "bea")
    answer = do(desk, way, "hide", seen=seen)
    assert answer.status_code == 409
    assert "Bea Whitlock acted on it" in answer.text


def test_where_nothing_can_be_hidden_the_way_to_report_it_is_shown(desk: House) -> None:
    desk.desk.platforms = OutOfReach(desk.desk.file, REPOSITORY)
    way = confirmed(desk)
    page = read(desk, way)
    assert "We can’t hide it from here." in page.text
    assert page.all(
        "a", href="https://help.x.com/en/forms/safety-and-sensitive-content/private-information"
    )
    assert do(desk, way, "reported").status_code == 303
    (followed,) = desk.store.takedowns.of_case(case_of(desk.store, LEAK))
    assert [step.step for step in followed.steps] == ["asked"]
    assert outline(read(desk, way))[1] == "task task--done"


def test_what_an_email_told_of_without_an_address_is_followed_by_nobody_until_one_is_written_down(
    desk: House,
) -> None:
    mailed = replace(LEAK, text=f"On Snapchat: {LEAK.text}", masked=f"On Snapchat: {LEAK.masked}")
    tell(desk.store, mailed, 72, AT, alone=True, platform="email", issuer="desk.example.org", kind="report", url="")  # fmt: skip
    case = case_of(desk.store, mailed)
    way = f"/cases/{case}/leak"
    do(desk, way, "confirm", out=["name"])
    do(desk, way, "reported")
    nobody, waits = "Nobody follows whether it is gone", "until its address is written down"
    assert nobody in read(desk, way).text
    assert waits in read(desk, "/waiting").text
    (followed,) = desk.store.takedowns.of_case(case)
    send(desk, f"/cases/{case}/takedown", post=followed.mention, step="reminded", whom="platform", remark="https://example.org/p/999")  # fmt: skip
    assert nobody not in read(desk, way).text
    assert waits not in read(desk, "/waiting").text
    # nothing asks at an address that somebody wrote down, and no page says so
    assert "We follow it until it is gone" not in read(desk, way).text
    assert "No program looks whether it is gone" in read(desk, way).text
    assert "look at its address yourself" in read(desk, "/waiting").text


def test_what_may_be_protected_is_hidden_by_a_lead_alone(desk: House) -> None:
    way = f"/cases/{case_of(desk.store, NAMED)}/leak"
    do(desk, way, "confirm", out=["name"])
    assert "so a lead hides it" in read(desk, way).text
    answer = do(desk, way, "hide", action="hide", mark="hide0", revision="1", after="0", mention="1", reason="Long enough")  # fmt: skip
    assert answer.status_code in (409, 422)
    assert do(desk, way, "hide", "bea", reason="").status_code == 422
    assert do(desk, way, "hide", "bea", reason="An NHS number is out").status_code == 303


@pytest.mark.parametrize(
    ("outcome", "why", "words"),
    [
        ("not_done", "127.0.0.1:44771 can't be reached", "X did not answer. The comment is still public."),
        ("refused", "HTTP 403", "X refused. The comment is still public."),
        ("unknown", "", "We don’t know whether X hid it. Open X and look."),
        ("not_done", CHANGED, "It is no longer what was shown"),
    ],
)  # fmt: skip
def test_a_hide_that_failed_is_told_in_plain_words_and_not_as_saved(
    desk: House, outcome: Outcome, why: str, words: str
) -> None:
    platforms = desk.desk.platforms
    assert isinstance(platforms, Hiding)
    platforms.outcome, platforms.why = outcome, why
    way = confirmed(desk)
    answer = do(desk, way, "hide")
    page = read(desk, answer.headers["location"].partition("#")[0])
    assert words in page.text
    assert "Saved" not in page.text
    assert "44771" not in page.text
    assert page.all("div", class_="nhsuk-error-summary")
    assert "I hid it on X myself" in page.text


def test_a_leak_stays_in_now_with_its_clock_until_information_governance_has_confirmed(desk: House) -> None:  # fmt: skip
    way = confirmed(desk)
    number = case_of(desk.store, LEAK)
    do(desk, way, "tell")
    teams_are_emailed(desk)
    case = desk.store.cases.get(number)
    assert case is not None
    assert (case.lane, case.state) == ("now", "open")
    assert any(one.kind == "look" and one.stopped_at is None for one in desk.store.deadlines.of_case(number))  # fmt: skip
    assert "Go on with the steps" in read(desk, f"/cases/{number}").text
    assert do(desk, way, "by_hand").status_code == 303
    case = desk.store.cases.get(number)
    assert case is not None
    assert (case.lane, case.state) == ("now", "open")  # out of sight, and nobody there has said so
    assert do(desk, way, "has_it", who="Priya Nair", when="11:00", prefix="has").status_code == 303
    case = desk.store.cases.get(number)
    assert case is not None
    assert (case.lane, case.state) == (None, "escalated")
    page = read(desk, way)
    assert "by you, on the page itself" in page.text
    assert "X confirmed" not in page.text


def test_a_leak_under_way_says_on_every_page_of_its_case_what_was_done_and_what_is_left(
    desk: House,
) -> None:
    number = case_of(desk.store, LEAK)
    pages = (f"/cases/{number}", f"/cases/{number}/full")
    assert "treat it as a leak" in read(desk, pages[0]).text
    way = confirmed(desk, "bea")
    steps = len(outline(read(desk, way)))
    for done, hidden in ((1, "not hidden yet"), (2, "hidden 11:00")):
        words = f"onfirmed 11:00, {hidden}, {UNAWARE}, {steps - done} of {steps} steps left, 72 hours end Mon 23 Nov 11:00"  # fmt: skip
        for address_ in pages:
            assert words in read(desk, address_).text, address_
        page = read(desk, pages[0]).text
        assert "Go on with the steps" in page
        for wrong in ("We can hide it ourselves", "A patient’s details are", "Overdue", "overdue since", "treat it as a leak"):  # fmt: skip
            assert wrong not in page, wrong
        if done == 1:
            do(desk, way, "hide", "bea")
    assert "leak confirmed, hidden" in read(desk, "/today", "bea").text
    do(desk, way, "back", "bea", step="confirm")
    assert "steps left" not in read(desk, pages[0]).text


def test_a_leak_is_overdue_until_it_is_hidden_too_and_shown_again_once_nothing_was_done(
    desk: House,
) -> None:
    number = case_of(desk.store, LEAK)
    late = "2026-11-20T09:30:00.000000Z"
    desk.store.database.execute("UPDATE deadlines SET due_at = ? WHERE case_number = ? AND kind = 'look'", late, number)  # fmt: skip
    desk.store.database.execute("UPDATE cases SET due_at = ? WHERE number = ?", late, number)
    assert "verdue" in read(desk, f"/cases/{number}").text
    way = confirmed(desk)
    assert "verdue since" in read(desk, f"/cases/{number}").text  # it is in public still
    do(desk, way, "hide")
    found = desk.store.cases.get(number)
    assert found is not None
    assert found.due_at is not None
    assert found.due_at > NOW
    assert "verdue since" not in read(desk, f"/cases/{number}").text
    do(desk, way, "back", step="confirm")  # then nobody has dealt with it
    assert "steps left" not in read(desk, f"/cases/{number}").text


@pytest.mark.parametrize("missed", [False, True])
def test_hiding_a_leak_moves_it_behind_nothing_in_now_until_information_governance_was_told(
    desk: House, missed: bool
) -> None:
    case = case_of(desk.store, LEAK)
    if missed:
        late = "2026-11-20T10:30:00.000000Z"
        desk.store.database.execute("UPDATE deadlines SET due_at = ? WHERE case_number = ? AND kind = 'look'", late, case)  # fmt: skip
        desk.store.database.execute("UPDATE cases SET due_at = ? WHERE number = ?", late, case)
    later = [replace(told, text=f"{told.text} {place}") for told, place in ((HOSTILE, "Hayes"), (LEAK, "Ruislip"))]  # fmt: skip
    for number, told in enumerate(later, 81):
        tell(desk.store, told, number, NOW, alone=True)

    def place() -> int:
        listed = [each.case.number for each in desk.store.lanes.rows(("now",), user=0, at=NOW, limit=50)]  # fmt: skip
        assert {case_of(desk.store, told) for told in later} <= set(listed)
        return listed.index(case)

    before = place()
    way = confirmed(desk)
    do(desk, way, "hide")
    assert place() == before
    do(desk, way, "back", step="confirm")
    assert place() <= before


def test_a_leak_that_is_shown_again_is_back_in_now(desk: House) -> None:
    way = confirmed(desk)
    number = case_of(desk.store, LEAK)
    do(desk, way, "tell")
    teams_are_emailed(desk)
    do(desk, way, "has_it", who="Priya Nair", when="11:00", prefix="has")
    do(desk, way, "hide")
    hidden = desk.store.cases.get(number)
    do(desk, way, "hide")  # the form is now the one that shows it again
    shown = desk.store.cases.get(number)
    assert hidden is not None
    assert shown is not None
    assert (hidden.lane, shown.lane) == (None, "now")


def test_a_leak_that_was_reported_or_is_gone_waits_no_more(desk: House) -> None:
    way = confirmed(desk)
    number = case_of(desk.store, LEAK)
    do(desk, way, "tell")
    teams_are_emailed(desk)
    (post,) = desk.store.cases.mentions(number)
    stored = desk.store.mentions.get(post.item.number)
    assert stored is not None
    gone = (stored.mention.issuer, stored.mention.issued_id, "deleted")
    desk.store.mentions.mark_gone([gone], at=NOW)
    desk.store.cases.follow_all(NOW)
    case = desk.store.cases.get(number)
    assert case is not None
    assert (case.lane, case.state) == (None, "escalated")


def test_the_clause_that_was_named_is_not_asked_again(desk: House) -> None:
    way = confirmed(desk)
    (other,) = [link["href"] for link in read(desk, way).all("a") if "/moderate" in link.get("href", "")]  # fmt: skip
    assert other.endswith("?clause=6.10")
    assert [one["value"] for one in read(desk, other).all("option") if "selected" in one] == ["6.10"]  # fmt: skip


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def test_the_email_is_shown_word_for_word_and_holds_nothing_of_the_post(desk: House) -> None:
    way = confirmed(desk)
    page = read(desk, way)
    assert "ig.duty@example.org" in page.text
    assert "The email holds no name, number or words of the post." in page.text
    assert "Please say whether the ICO must be told" in page.text
    assert do(desk, way, "tell").status_code == 303
    assert emailed(desk) == [("sent", ("ig.duty@example.org",))]
    (handoff,) = desk.store.handoffs.open(case_of(desk.store, LEAK))
    assert handoff.flags[0] == "pid"
    assert clock_runs(desk.store, handoff.case)
    page = read(desk, way)
    assert "To confirm by" in page.text
    assert page.all("a", href=f"/waiting/{handoff.number}#email")


def test_after_the_last_step_of_an_officer_it_is_said_that_nobody_knows_while_no_email_has_left(
    desk: House,
) -> None:
    way = confirmed(desk)
    for step in ("hide", "tell"):
        do(desk, way, step)
    place = do(desk, way, "copies").headers["location"]
    assert "The email to Information governance has not left: ring them, 020 7946 0177." in read(desk, place).text  # fmt: skip


UNAWARE = "information governance doesn’t know"


def test_a_row_and_the_case_say_that_the_team_does_not_know_until_an_email_has_left(
    desk: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = confirmed(desk)
    case = case_of(desk.store, LEAK)
    row = f"leak confirmed, not hidden {UNAWARE}"
    assert row in " ".join(read(desk, "/today").text.split())  # nobody wrote to them at all
    do(desk, way, "tell")
    monkeypatch.setattr(desk.desk, "now", lambda: NOW + HOUR / 3)
    assert row in " ".join(read(desk, "/today").text.split())
    assert UNAWARE in read(desk, f"/cases/{case}").text
    (mail,) = [each for each in desk.store.outbox.due(NOW + HOUR / 3) if each.kind == "handoff"]
    desk.store.outbox.mark_sent(mail.number, NOW + HOUR / 3)
    text = read(desk, "/today").text
    assert "leak confirmed, not hidden" in text
    assert UNAWARE not in text
    assert UNAWARE not in read(desk, f"/cases/{case}").text


def test_a_leak_that_is_hidden_says_that_the_team_does_not_know_whoever_has_it(desk: House) -> None:
    way = confirmed(desk)
    do(desk, way, "hide")
    case = case_of(desk.store, LEAK)
    row = f"leak confirmed, hidden {UNAWARE}"
    for handle in ("amina", "bea", "vera"):  # amina has it now
        assert row in " ".join(read(desk, "/today", handle).text.split())
        assert f"hidden 11:00, {UNAWARE}" in read(desk, f"/cases/{case}", handle).text
    assert UNAWARE in read(desk, "/mine").text
    seen = desk.store.assignments.teamwork((case,))[case].seen
    send(desk, f"/cases/{case}/give", seen=seen)
    assert row in " ".join(read(desk, "/today", "bea").text.split())
    assert do(desk, way, "told", who="Priya Nair", how="phone").status_code == 303
    assert UNAWARE not in read(desk, "/today", "bea").text


def test_they_count_as_told_only_once_the_email_has_left(desk: House) -> None:
    way = confirmed(desk)
    do(desk, way, "tell")
    page = read(desk, way).text
    assert "The email is queued since 11:00, not sent yet" in page
    assert "Ring Information governance now: 020 7946 0177." in page
    assert "Told at" not in page
    office = tuple(role.model_copy(update={"hours": "working"}) for role in ROLES)
    monday = LanePromises(days=("mon",))  # so that it is out of hours now
    configure(desk.desk, roles=office, lanes=monday)
    closed = read(desk, way).text
    assert (
        "Nobody at Information governance answers the phone before Mon 23 Nov, 09:00, and no other number is set up. From then on: 020 7946 0177."
        in closed
    )
    assert "Ring Information governance now" not in closed  # no order that nobody can follow
    both = tuple(role.model_copy(update={"out_of_hours_phone": "the on-call manager, 020 7946 0199"}) for role in office)  # fmt: skip
    configure(desk.desk, roles=both, lanes=monday)
    assert (
        "Ring Information governance now: the on-call manager, 020 7946 0199, out of hours."
        in read(desk, way).text
    )
    mail = step_mail(desk.desk.config(desk.store), desk.desk.policy, desk.store.handoffs.open(case_of(desk.store, LEAK))[0], "told", None, at=NOW)  # fmt: skip
    assert (
        "Ring Information governance, the on-call manager, out of hours: 020 7946 0199."
        in mail.text
    )
    for row in desk.store.outbox.due(NOW):
        desk.store.outbox.mark_sent(row.number, NOW)
    page = read(desk, way).text
    assert "Told at 11:00" in page
    assert "not sent yet" not in page.lower()


def test_no_tick_stands_by_a_step_whose_email_has_not_left_and_it_counts_as_left_to_do(
    desk: House,
) -> None:
    asks = replace(LEAK, text=f"Please help. {LEAK.text}", masked=f"Please help. {LEAK.masked}", flags=(*LEAK.flags, ("assistance", "Please help")))  # fmt: skip
    tell(desk.store, asks, 73, AT, alone=True)
    case = case_of(desk.store, asks)
    way = f"/cases/{case}/leak"
    do(desk, way, "confirm", out="name")
    for step in ("by_hand", "tell", "help"):
        do(desk, way, step)

    def shown() -> tuple[str, str]:
        """The classes of both steps, and how many are left as the case says it."""
        page = read(desk, way)
        done = sum("task--done" in each for each in outline(page))
        assert f"{done} of 7 steps done" in page.text
        assert ("2 wait for their emails to leave" in page.text) == (done < 4)
        assert f"{7 - done} of 7 steps left" in read(desk, f"/cases/{case}").text
        return outline(page)[2], outline(page)[3]

    assert shown() == ("task task--unsent", "task task--unsent")
    assert read(desk, way).text.count("Not sent yet") == 2
    assert "Nobody there knows yet: the email has not left." in read(desk, way).text
    mails = {each.recipients: each.number for each in desk.store.outbox.due(NOW) if each.kind == "handoff"}  # fmt: skip
    desk.store.outbox.mark_failed(
        mails[("ig.duty@example.org",)], NOW, "the mail server does not answer", NOW
    )
    assert shown() == ("task task--unsent", "task task--unsent")
    assert "a try failed" in read(desk, way).text
    for mail in mails.values():
        desk.store.outbox.mark_sent(mail, NOW)
    assert shown() == ("task task--done", "task task--done")
    assert "Not sent yet" not in read(desk, way).text


def test_an_email_once_more_that_has_not_left_takes_no_tick_away(desk: House) -> None:
    way = confirmed(desk)
    do(desk, way, "tell")
    for mail in desk.store.outbox.due(NOW):
        desk.store.outbox.mark_sent(mail.number, NOW)
    (handoff,) = desk.store.handoffs.open(case_of(desk.store, LEAK))
    send(desk, f"/waiting/{handoff.number}/chase")
    page = read(desk, way)
    assert outline(page)[2] == "task task--done"
    assert "not sent yet" not in page.text.lower()


def test_the_email_that_leaves_says_what_the_page_showed(desk: House) -> None:
    way = confirmed(desk)
    do(desk, way, "hide")
    do(desk, way, "tell")
    (handoff,) = desk.store.handoffs.open(case_of(desk.store, LEAK))
    breach = breach_of(desk.store, handoff, NOW)
    assert breach is not None
    assert (breach.kinds, breach.hidden_at, breach.ends_at) == (
        "Name and NHS number", NOW, NOW + 72 * HOUR,
    )  # fmt: skip
    config = desk.desk.config(desk.store)
    mail = step_mail(config, desk.desk.policy, handoff, "sent", None, breach, at=NOW)
    for part in (mail.text, mail.html):
        assert "Name and NHS number" in part
        assert "Mon 23 Nov 2026, 11:00" in part
        assert "Rosalind" not in part
    do(desk, way, "record", **RECORDED)
    assert breach_of(desk.store, handoff, NOW) is None


def test_who_has_it_is_written_down_with_a_name_and_a_time(desk: House) -> None:
    way = confirmed(desk)
    do(desk, way, "tell")
    assert do(desk, way, "has_it", who="", prefix="has").status_code == 422
    assert do(desk, way, "has_it", who="Priya", when="25:00", prefix="has").status_code == 422
    assert (
        do(
            desk, way, "has_it", who="Priya Nair", when="11:00", how="phone", prefix="has"
        ).status_code
        == 303
    )
    (handoff,) = desk.store.handoffs.open(case_of(desk.store, LEAK))
    assert (handoff.state, handoff.steps[-1].who) == ("confirmed", "Priya Nair, by phone")


def test_telling_them_another_way_counts_where_it_says_whom(desk: House) -> None:
    way = confirmed(desk)
    assert "Write who you told." in do(desk, way, "told", who="").text
    assert do(desk, way, "told", who="Priya Nair", how="phone").status_code == 303
    (handoff,) = desk.store.handoffs.open(case_of(desk.store, LEAK))
    assert handoff.state == "confirmed"


def test_without_such_a_team_whom_one_told_is_written_down(desk: House) -> None:
    configure(desk.desk, roles=())
    way = confirmed(desk)
    assert "No team called information governance is set up" in read(desk, way).text
    assert do(desk, way, "told", who="Priya Nair", how="phone").status_code == 303
    assert "Priya Nair was told" in read(desk, way).text
    assert standing(desk) == ["confirm", "tell"]


# ── the rest of the way ──────────────────────────────────────────────────────────────────────────


def test_copies_elsewhere_are_listed_and_their_platforms_asked(desk: House) -> None:
    tell(desk.store, LEAK, 72, AT + HOUR, kind="reply")
    way = confirmed(desk)
    page = read(desk, way)
    (copy,) = page.all("input", name="copy")
    assert do(desk, way, "asked", copy=copy["value"]).status_code == 303
    assert do(desk, way, "asked", copy="9999").status_code == 409
    assert do(desk, way, "copies").status_code == 303
    assert "1 of 1 asked" in read(desk, way).text


def test_the_path_ends_with_what_was_decided_and_a_closed_case(desk: House) -> None:
    way = confirmed(desk)
    case = case_of(desk.store, LEAK)
    for step in ("hide", "tell", "copies"):
        assert do(desk, way, step).status_code == 303
    assert do(desk, way, "close").status_code == 409
    assert do(desk, way, "record", outcome="", note="x", decided="yes").status_code == 422
    assert do(desk, way, "record", outcome="no_report", note="", decided="yes").status_code == 422
    for decider, note in (("x", "Priya decided"), ("Priya Nair", "x"), ("", "Priya decided")):
        assert do(desk, way, "record", outcome="no_report", note=note, decider=decider, how="phone", decided="yes").status_code == 422  # fmt: skip
    assert do(desk, way, "record", **RECORDED).status_code == 303
    assert not clock_runs(desk.store, case)
    assert [one.state for one in desk.store.handoffs.of_case(case)] == ["answered"]
    assert "It was assessed, and need not be reported" in read(desk, way).text
    assert do(desk, way, "close").status_code == 303
    found = desk.store.cases.get(case)
    assert found is not None
    assert (found.state, found.kind) == ("done", "no_action")
    assert outline(read(desk, way)) == ["task task--done"] * 6
    for listed in ("/done", "/all?tab=done"):
        assert "dealt with as a leak" in read(desk, listed).text


def test_a_note_of_what_is_decided_says_neither_that_they_answered_nor_stops_the_72_hours(
    desk: House,
) -> None:
    way = confirmed(desk)
    case = case_of(desk.store, LEAK)
    assert do(desk, way, "tell").status_code == 303
    assert do(desk, way, "record", outcome="no_report", note="Priya will say").status_code == 303
    assert clock_runs(desk.store, case)
    assert [one.state for one in desk.store.handoffs.of_case(case)] == ["waits"]
    page = read(desk, way).text
    assert "Priya will say" in page
    assert "Information governance answered" not in page
    assert do(desk, way, "record", note="Priya says on Monday").status_code == 303
    page = read(desk, way).text
    assert "Priya says on Monday" in page
    assert "Priya will say" not in page
    assert do(desk, way, "record", outcome="no_report", note="Priya said that nobody is told", decider="Priya Nair", how="phone", decided="yes").status_code == 303  # fmt: skip
    assert not clock_runs(desk.store, case)
    page = read(desk, way).text
    assert "Priya said that nobody is told" in page
    assert "Information governance answered" not in page
    assert "wrote down 11:00 what Information governance said (Priya Nair, by phone)" in page


def test_what_they_ask_for_is_a_step_that_is_done_before_the_path_ends(desk: House) -> None:
    asks = replace(LEAK, text=f"Please help. {LEAK.text}", masked=f"Please help. {LEAK.masked}", flags=(*LEAK.flags, ("assistance", "Please help")))  # fmt: skip
    tell(desk.store, asks, 73, AT, alone=True)
    number = case_of(desk.store, asks)
    address = f"/cases/{number}/leak"
    do(desk, address, "confirm", out="name")
    for step in ("by_hand", "tell"):
        do(desk, address, step)
    answer = do(desk, address, "copies")
    assert answer.headers["location"].startswith(
        address
    )  # not on to the next case: they still wait
    page = read(desk, address)
    assert "Pass the request to PALS" in page.text
    do(desk, address, "help")
    assert [each.role for each in desk.store.handoffs.open(number)] == ["information_governance", "pals"]  # fmt: skip
    assert "Passed on to PALS" in read(desk, address).text
    pals = desk.store.handoffs.open(number)[-1]
    config = desk.desk.config(desk.store)
    mail = step_mail(config, desk.desk.policy, pals, "sent", None, asks=request_of(desk.store, config, pals), at=NOW)  # fmt: skip
    assert mail.subject.startswith("A request for help; patient’s details, case")
    assert "asks for help: their answer is due by" in mail.text
    assert "in public" not in mail.text  # nobody hurts them
    do(desk, address, "back", step="help")
    do(desk, address, "helped", who="Lata, PALS", prefix="helped")
    assert "Lata, PALS looks after it" in read(desk, address).text


def test_of_several_posts_only_those_that_were_ticked_are_meant(desk: House) -> None:
    tell(desk.store, LEAK, 72, AT + HOUR, kind="reply")
    way = address(desk)
    boxes = read(desk, way).all("input", type_="checkbox", name="posts")
    assert len(boxes) == 2
    assert not any("checked" in box for box in boxes)
    answer = do(desk, way, "confirm", out=["name"], posts=[])
    assert answer.status_code == 422
    assert "Tick the posts that it is about." in answer.text
    came = boxes[1]["value"].partition(":")[0]
    boxes = read(desk, f"{way}?post={came}").all("input", type_="checkbox", name="posts")
    assert [box["value"].startswith(f"{came}:") for box in boxes if "checked" in box] == [True]
    assert do(desk, way, "confirm", out=["name"], posts=boxes[0]["value"]).status_code == 303
    (entry,) = desk.store.cases.history(case_of(desk.store, LEAK))
    assert len(entry.decision.covers) == 1


def test_a_case_without_a_leak_and_one_that_is_not_there(desk: House) -> None:
    assert "Deal with a leak" in read(desk, f"/cases/{case_of(desk.store, ALLEGATION)}/leak").text
    read(desk, "/cases/99999/leak", status=404)
    read(desk, address(desk), "vera", status=403)


@pytest.mark.parametrize(
    ("hours", "words"), [(72, "72 h 0 min left"), (0.5, "30 min left"), (-2, "2 h 0 min over")]
)
def test_what_is_left_counts_in_hours_as_the_law_does(hours: float, words: str) -> None:
    assert left(AT + hours * HOUR, AT) == words


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def test_from_the_alert_to_hidden_and_told_takes_five_clicks_on_one_page(
    page: Page, desk: House
) -> None:
    sign_in(page, desk, "amina")
    (mention,) = desk.store.cases.mentions(case_of(desk.store, LEAK))
    page.goto(f"{desk.url}/mentions/{mention.item.number}")  # the first click, in the email
    page.get_by_role("link", name="Deal with this leak").click()
    assert "/leak" in page.url
    page.get_by_role("button", name="Yes, it is a leak").click()
    page.get_by_role("button", name="Hide it now").click()
    page.get_by_role("button", name="Send it once emails leave").click()
    expect(page.get_by_text("2 of 6 steps done, 1 waits for its email to leave")).to_be_visible()
    assert emailed(desk) == [("sent", ("ig.duty@example.org",))]


def test_what_the_open_step_is_done_by_is_in_sight_on_a_laptop_at_each_step(page: Page, desk: House) -> None:  # fmt: skip
    asks = replace(LEAK, text=f"Please help. {LEAK.text}", masked=f"Please help. {LEAK.masked}", flags=(*LEAK.flags, ("assistance", "Please help")))  # fmt: skip
    tell(desk.store, asks, 73, AT, alone=True)
    sign_in(page, desk, "amina")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{desk.url}/cases/{case_of(desk.store, asks)}/leak#open")
    for name in (
        "Confirm it",
        "Hide it",
        "Tell information governance",
        "Pass on what they ask for",
    ):
        expect(page.locator("#open").locator("h2")).to_contain_text(name)
        button = page.locator("#open button.nhsuk-button[type=submit]:visible").first
        expect(button).to_be_in_viewport(ratio=1)
        button.click()


def test_by_keys_a_leak_is_five_presses_from_its_case_to_the_next(page: Page, desk: House) -> None:
    case = case_of(desk.store, LEAK)
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{case}")
    keys(page, "1")
    for name in (
        "Yes, it is a leak",
        "Hide it now",
        "Send it once emails leave",
        "Done: no copies",
    ):
        expect(page.get_by_role("button", name=name)).to_be_focused()
        keys(page, "Enter")
    expect(page.locator(".done")).to_contain_text(
        f"case {case}, your part of the leak is done. Its 72 hours end Mon 23 Nov 11:00."
    )
    expect(page.locator("#pane")).not_to_have_attribute("data-case", str(case))
    assert emailed(desk) == [("sent", ("ig.duty@example.org",))]


def test_no_number_hides_or_sends(page: Page, desk: House) -> None:
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{address(desk)}#open")
    for name in ("Yes, it is a leak", "Hide it now", "Send it once emails leave"):
        expect(page.get_by_role("button", name=name)).to_be_focused()
        keys(page, "1", "2", "3")  # a number leads somewhere else at most
        if name == "Send it once emails leave":
            expect(page.locator("#open summary[data-key='2'] kbd")).to_be_visible()
        assert emailed(desk) == []
        page.get_by_role("button", name=name).press("Enter")
    expect(page.get_by_text("2 of 6 steps done, 1 waits for its email to leave")).to_be_visible()


def test_enter_pressed_twice_at_once_hides_nothing(page: Page, desk: House) -> None:
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{address(desk)}#open")
    keys(page, "Enter")
    expect(page.get_by_role("button", name="Hide it now")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    expect(page.get_by_text("1 of 6 steps done")).to_be_visible()


def test_the_same_without_a_script(browser: Browser, desk: House) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{address(desk)}")
    for name in ("Yes, it is a leak", "Hide it now", "Send it once emails leave"):
        page.get_by_role("button", name=name).click()
    expect(page.get_by_text("2 of 6 steps done, 1 waits for its email to leave")).to_be_visible()
    context.close()


def test_axe_finds_nothing_at_any_step_wide_or_narrow(browser: Browser, desk: House) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 800})
    page = context.new_page()
    sign_in(page, desk, "amina")
    found = []
    for step in ("", "confirm", "hide", "tell", "copies"):
        if step:
            do(desk, address(desk), step, out=["name", "NHS number"])
        page.goto(f"{desk.url}{address(desk)}")
        found += [*beyond(page, 1366), *faults(page)]
        found += [*beyond(page, 390), *beyond(page, 320), *faults(page)]
        page.set_viewport_size({"width": 1366, "height": 800})
    assert found == []
    context.close()


# ── when we first knew ───────────────────────────────────────────────────────────────────────────


MAIL = replace(LEAK, text=f"Forwarded to us. {LEAK.text}", masked=f"Forwarded to us. {LEAK.masked}")


def breach_clock(house: House, number: int) -> Any:
    return next(each for each in house.store.deadlines.of_case(number) if each.kind == "pid" and each.stopped_at is None)  # fmt: skip


def by_mail(house: House, arrived: datetime) -> int:
    tell(house.store, MAIL, 74, arrived + HOUR, alone=True, platform="email", issuer="email", issued_id="<74@example.org>", kind="message", url="")  # fmt: skip
    now_lane(house, MAIL, "Patient’s NHS number")
    return case_of(house.store, MAIL)


@pytest.mark.parametrize("days", [0, 1, 3])
def test_of_a_mail_in_our_own_box_the_72_hours_count_from_when_it_arrived(
    desk: House, days: int
) -> None:
    arrived = NOW - timedelta(days=days, hours=1, minutes=17)
    number = by_mail(desk, arrived)
    page = read(desk, f"/cases/{number}/leak")
    assert "It came to our own mailbox by email" in page.text
    (field,) = page.all("input", id="known-when")
    form: dict[str, Any] = {"when": field["value"], "prefix": "known"}
    form["day"] = next((each["value"] for each in page.all("option") if "selected" in each), "today")  # fmt: skip
    form["on"] = next((each["value"] for each in page.all("input", id="known-on")), "")
    assert do(desk, f"/cases/{number}/leak", "confirm", out=["name"], **form).status_code == 303
    clock_ = breach_clock(desk, number)
    assert (clock_.began_at, clock_.due_at) == (arrived, arrived + timedelta(hours=72))
    text = read(desk, f"/cases/{number}/leak?done=confirm").text
    assert f"The 72 hours count from {clock.near(arrived, NOW)}, when we first knew" in text
    assert f"Counted from {clock.local(arrived)}, when we first knew, as was written down" in text


def test_when_a_mail_arrived_can_be_changed_before_it_is_confirmed_and_written_afterwards(
    desk: House,
) -> None:
    arrived = NOW - timedelta(hours=5)
    number = by_mail(desk, arrived)
    way = f"/cases/{number}/leak"
    later = NOW - timedelta(hours=2)
    do(desk, way, "confirm", out=["name"], when=clock.local(later)[-5:], day="today", prefix="known")  # fmt: skip
    assert breach_clock(desk, number).began_at == later
    asked = do(desk, way, "known", when=clock.local(arrived)[-5:], day="today", prefix="earlier")
    assert asked.status_code == 422  # from what to what it moves is asked first
    assert "By law the 72 hours count from when we first knew" in asked.text
    do(desk, way, "known", when=clock.local(arrived)[-5:], day="today", prefix="earlier", agrees=clock.text(arrived))  # fmt: skip
    assert breach_clock(desk, number).began_at == arrived
    do(desk, way, "back", step="known")
    assert breach_clock(desk, number).began_at == later


def test_a_leak_that_was_found_counts_from_now_unless_somebody_says_that_they_knew(desk: House) -> None:  # fmt: skip
    page = read(desk, address(desk))
    (field,) = page.all("input", id="known-when")
    assert field["value"] == ""
    assert "our own mailbox" not in page.text
    confirmed(desk)
    number = case_of(desk.store, LEAK)
    assert breach_clock(desk, number).began_at == NOW
    assert do(desk, address(desk), "known", prefix="earlier").status_code == 422  # when is missing
    early = NOW - timedelta(minutes=30)
    do(desk, address(desk), "known", when=clock.local(early)[-5:], day="today", prefix="earlier", agrees=clock.text(early))  # fmt: skip
    assert breach_clock(desk, number).began_at == early


@pytest.mark.parametrize(("time", "says"), [("23:59", "still to come"), ("25:00", "24-hour clock"), ("00:01", "before it was posted")])  # fmt: skip
def test_a_time_at_which_nobody_can_have_known_is_refused_where_it_was_written(
    desk: House, time: str, says: str
) -> None:
    answer = do(
        desk, address(desk), "confirm", out=["name"], when=time, day="today", prefix="known"
    )
    assert answer.status_code == 422
    assert says in answer.text
    assert "known-when" in answer.text
    assert not standing(desk)


def test_whoever_reported_the_details_knew_by_then(desk: House) -> None:
    reported = NOW - timedelta(minutes=40)
    number = case_of(desk.store, LEAK)
    (post,) = [each.item.number for each in desk.store.cases.mentions(number)]
    desk.store.staff_reports.add(post, at=reported, worry="A patient’s details", flags=("pid",))
    page = read(desk, address(desk))
    assert f"A colleague reported it as a patient’s details, {clock.near(reported, NOW)}" in page.text  # fmt: skip
    (field,) = page.all("input", id="known-when")
    assert field["value"] == clock.local(reported)[-5:]
