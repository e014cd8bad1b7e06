"""No decision ends danger, a threat or a leak in Now with nobody told, whatever saves it and whatever is taken back later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

import pytest

from core.danger import first_steps
from core.errors import StoreError
from core.models import DecisionKind, Lane
from store import CaseDecision, ChasePolicy, PathStep, Receiver, Store
from store.cases.endings import AFTER_THREAT, CLOSES, TELLS
from tests.store.cases.test_lanes import take, words
from tests.store.factories import AT, DAY, HOUR

TEAM = {"safeguarding": "safeguarding", "threat": "security", "pid": "information_governance"}
PATH = {"safeguarding": ("danger", "has_it"), "threat": ("threat", "has_it"), "pid": ("leak", "tell")}  # fmt: skip
AFTER = {"danger": first_steps(()), "threat": AFTER_THREAT}
MORE: dict[str, dict[str, Any]] = {
    "escalate": {"role": "pals"}, "snooze": {"until": AT + DAY}, "duplicate": {"duplicate_of": 2},
}  # fmt: skip
EVERY = [kind for kind in get_args(DecisionKind) if kind != "undo"]


@pytest.fixture
def user(store: Store) -> int:
    return store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number


@pytest.fixture(autouse=True)
def policy(store: Store) -> None:
    governance = Receiver(name="Information governance", email=("ig@example.org",), type="information_governance")  # fmt: skip
    store.handoffs.policy = ChasePolicy(roles={TEAM["pid"]: governance})


@pytest.fixture(params=list(TELLS))
def grave(store: Store, user: int, request: pytest.FixtureRequest) -> str:
    """A post of Now with one of the three, in case 1; another case beside it."""
    take(store, "now", words(1), risk="high", flags=(request.param,))
    take(store, "look", words(2))
    return str(request.param)


def save(store: Store, user: int, kind: Any, **more: Any) -> bool:
    """Whether it was saved, or refused with what can be done."""
    case = store.cases.get(1)
    assert case is not None
    given: dict[str, Any] = {"covers": () if kind == "undo" else ((1, 1),)} | MORE.get(kind, {}) | more  # fmt: skip
    try:
        return store.cases.decide(CaseDecision(case=1, kind=kind, by=user, at=AT + HOUR, **given), case.version)  # fmt: skip
    except StoreError as error:
        if "its steps are still to do" in str(error) or "say why" in str(error):
            return False
        raise


def emails_leave(store: Store, at: datetime = AT + HOUR) -> None:
    for row in store.outbox.due(AT + 90 * DAY):
        if row.kind == "handoff":
            store.outbox.mark_sent(row.number, at)
    store.cases.follow_leaks(at)


def waits(store: Store) -> bool:
    """Whether it stands in Now as something to be done."""
    case = store.cases.get(1)
    assert case is not None
    return case.lane == "now" and case.state in ("new", "open")


def test_no_kind_of_decision_ends_it_while_nobody_was_told(store: Store, user: int, grave: str) -> None:  # fmt: skip
    for kind in EVERY:
        assert save(store, user, kind, reason="Answered elsewhere") == (kind not in CLOSES), kind
        assert waits(store), kind
        assert store.cases.untold(1) == {1: {grave}}


def test_a_reply_many_at_once_and_an_undo_end_it_no_more_than_a_key(store: Store, user: int, grave: str) -> None:  # fmt: skip
    reply = CaseDecision(case=1, kind="respond", by=user, at=AT + HOUR, covers=((1, 1),))
    assert store.replies.record(reply, 0, text="We are sorry. Help is there now.")
    assert waits(store)
    together = CaseDecision(case=1, kind="no_action", by=user, at=AT + HOUR, covers=((1, 1),))
    assert store.bulk.decide([(together, 1)]).decided == ()
    assert save(store, user, "no_action", labels={grave: False}, reason="It is none")
    assert not waits(store)
    assert save(store, user, "undo", undoes=2)
    assert waits(store)


def test_told_it_may_be_closed_and_waits_again_once_that_is_taken_back(store: Store, user: int, grave: str) -> None:  # fmt: skip
    assert save(store, user, "respond")
    assert save(store, user, "escalate", role=TEAM[grave])
    (handoff,) = store.handoffs.open(1)
    assert store.handoff_steps.confirm(handoff.number, by=user, at=AT + HOUR, who="Duty lead", when=AT + HOUR)  # fmt: skip
    assert not waits(store)
    assert store.handoff_steps.wait_again(handoff.number, by=user, at=AT + HOUR)
    assert waits(store)
    emails_leave(store)
    assert waits(store) == (grave != "pid")  # of a leak an email that has left is enough
    assert save(store, user, "undo", undoes=2)
    assert waits(store)


def test_where_no_team_is_set_up_the_step_that_says_who_has_it_is_enough(store: Store, user: int, grave: str) -> None:  # fmt: skip
    path, word = PATH[grave]
    assert save(store, user, "respond")
    step = PathStep(case=1, path=path, step=word, by=user, at=AT + HOUR, outcome="told", who="Duty lead")  # type: ignore[arg-type]  # fmt: skip
    assert store.path_steps.add(step, seen=0)
    for seen, after in enumerate(AFTER.get(path, ()), start=1):
        assert waits(store)  # whoever has a threat warns nobody by that, and takes nothing down
        assert store.path_steps.add(replace(step, step=after), seen=seen)
    assert not waits(store)
    known = store.path_steps.path(1, path)  # type: ignore[arg-type]
    assert store.path_steps.take_back(
        known.standing[word].number, by=user, at=AT + HOUR, seen=known.version
    )
    assert waits(store)


@pytest.mark.parametrize("way", ["pals", "reply", "step"])
def test_a_leak_in_which_somebody_asks_for_help_waits_until_that_is_with_somebody(store: Store, user: int, way: str) -> None:  # fmt: skip
    take(store, "now", words(1), risk="high", flags=("pid", "assistance"))
    assert save(store, user, "remove")
    assert save(store, user, "escalate", role=TEAM["pid"])
    emails_leave(store)
    assert waits(store)
    if way == "pals":
        assert save(store, user, "escalate", role="pals")
    elif way == "reply":
        reply = CaseDecision(case=1, kind="respond", by=user, at=AT + HOUR, covers=((1, 1),))
        assert store.replies.record(reply, 2, text="PALS will ring you.")
    else:
        step = PathStep(case=1, path="leak", step="help", by=user, at=AT + HOUR, outcome="looked after", who="Lata")  # fmt: skip
        assert store.path_steps.add(step, seen=0)
    assert not waits(store)


def test_that_it_is_none_is_said_in_words(store: Store, user: int, grave: str) -> None:
    assert not save(store, user, "no_action", labels={grave: False})
    assert not save(store, user, "second_opinion", labels={grave: False})
    assert waits(store)
    assert save(store, user, "respond", labels={grave: False}, reason="A saying")
    assert not waits(store)


def test_danger_of_which_nobody_was_told_goes_before_what_a_team_was_rung_about(store: Store, user: int) -> None:  # fmt: skip
    take(store, "now", words(1), risk="high", flags=("safeguarding",))
    take(store, "now", words(2), risk="high", flags=("threat",))
    take(store, "now", words(3), risk="high", flags=("pid",))
    assert {(each.case, each.flag, each.with_nobody) for each in store.cases.open_dangers()} == {
        (1, "safeguarding", True), (2, "threat", True),
    }  # fmt: skip
    missed = PathStep(case=1, path="danger", step="no_answer_1", by=user, at=AT + HOUR, outcome="no answer")  # fmt: skip
    assert store.path_steps.add(missed, seen=0)
    assert save(store, user, "escalate", role="safeguarding")
    alone, rung = store.cases.open_dangers()
    assert (alone.case, alone.with_nobody) == (2, True)
    assert (rung.case, rung.teams, rung.rung_at, rung.answered) == (1, ("safeguarding",), AT + HOUR, False)  # fmt: skip
    (handoff,) = store.handoffs.open(1)
    assert store.handoff_steps.confirm(handoff.number, by=user, at=AT + 2 * HOUR, who="Ruth", when=AT + 2 * HOUR)  # fmt: skip
    assert [each.case for each in store.cases.open_dangers()] == [2]


def test_what_went_to_another_team_alone_is_still_danger_that_nobody_has(store: Store, user: int) -> None:  # fmt: skip
    take(store, "now", words(1), risk="high", flags=("safeguarding",))
    assert save(store, user, "escalate", role="pals")
    (danger,) = store.cases.open_dangers()
    assert danger.with_nobody
    assert save(store, user, "no_action", labels={"safeguarding": False}, reason="A saying")
    assert store.cases.open_dangers() == []


def leak_passed_on(store: Store, user: int, known: datetime) -> None:
    """Case 1, a leak first known at a moment, out of sight and passed to information governance, whose email has left."""
    take(store, "now", words(1), risk="high", flags=("pid",))
    confirm = CaseDecision(case=1, kind="confirm", by=user, at=AT + HOUR, covers=((1, 1),), labels={"pid": True})  # fmt: skip
    step = PathStep(case=1, path="leak", step="confirm", by=user, at=AT + HOUR, when=known)
    assert store.path_steps.add_decided(step, confirm, 0, seen=0)
    store.cases.follow(1, AT + HOUR)
    store.database.execute("UPDATE mentions SET hidden = 1")
    assert save(store, user, "escalate", role=TEAM["pid"])


def test_a_confirmed_leak_waits_in_now_until_the_team_has_confirmed_whatever_email_left(store: Store, user: int) -> None:  # fmt: skip
    leak_passed_on(store, user, AT)
    assert waits(store)
    emails_leave(store)
    assert waits(store)
    assert store.lanes.progress(AT - HOUR, AT + 2 * HOUR).done == 0
    (handoff,) = store.handoffs.open(1)
    assert store.handoff_steps.confirm(handoff.number, by=user, at=AT + 2 * HOUR, who="Priya", when=AT + 2 * HOUR)  # fmt: skip
    assert not waits(store)
    assert store.lanes.progress(AT - HOUR, AT + 2 * HOUR).done == 1


@pytest.mark.parametrize("left", [-26, -2, 0, 3])
def test_a_leak_whose_72_hours_are_over_or_end_before_the_team_need_confirm_waits_in_now_until_it_has(store: Store, user: int, left: int) -> None:  # fmt: skip
    leak_passed_on(store, user, AT + (1 + left - 72) * HOUR)
    (handoff,) = store.handoffs.open(1)
    assert (
        handoff.due_at == handoff.next_at == AT + 2 * HOUR
    )  # within the hour, and not within four
    emails_leave(store)
    assert waits(store)
    assert not store.cases.steps_left([1], in_hand=True)
    case = store.cases.get(1)
    assert case is not None
    assert case.due_at is not None
    assert case.due_at <= AT + 2 * HOUR
    assert store.lanes.progress(AT - HOUR, AT + 2 * HOUR).done == 0
    assert store.handoff_steps.confirm(handoff.number, by=user, at=AT + 2 * HOUR, who="Priya", when=AT + 2 * HOUR)  # fmt: skip
    assert not waits(store)


def test_a_leak_with_days_left_stays_in_now_over_the_end_of_its_72_hours(store: Store, user: int) -> None:  # fmt: skip
    leak_passed_on(store, user, AT)
    emails_leave(store)
    for hours in (1, 71, 72, 100):
        store.cases.follow_all(AT + hours * HOUR)
        assert waits(store)


def test_72_hours_that_turn_out_to_count_from_earlier_have_the_team_confirm_within_the_hour(store: Store, user: int) -> None:  # fmt: skip
    leak_passed_on(store, user, AT)
    emails_leave(store)
    path = store.path_steps.path(1, "leak")
    known = PathStep(case=1, path="leak", step="known", by=user, at=AT + 1.5 * HOUR, when=AT - 3 * DAY)  # fmt: skip
    assert store.path_steps.add(known, seen=path.version)
    (handoff,) = store.handoffs.open(1)
    assert handoff.due_at == handoff.next_at == AT + 2.5 * HOUR
    assert waits(store)


@pytest.mark.parametrize("lane", ["now", "look", "rest"])
def test_harm_that_safeguarding_was_passed_waits_in_now_until_they_confirm_whoever_else_was_told(store: Store, user: int, lane: Lane) -> None:  # fmt: skip
    take(store, lane, words(1), risk="high", flags=("pid", "allegation"))
    assert save(store, user, "escalate", role=TEAM["pid"])
    assert save(store, user, "escalate", role="safeguarding")
    store.database.execute("UPDATE mentions SET hidden = 1")
    emails_leave(store)
    assert waits(store)
    assert store.lanes.progress(AT - HOUR, AT + 2 * HOUR).done == 0
    handoff = next(each for each in store.handoffs.open(1) if each.role == "safeguarding")
    assert store.handoff_steps.confirm(handoff.number, by=user, at=AT + 2 * HOUR, who="Ruth", when=AT + 2 * HOUR)  # fmt: skip
    assert not waits(store)
    assert store.handoff_steps.wait_again(handoff.number, by=user, at=AT + 2 * HOUR)
    assert waits(store)
    assert save(store, user, "undo", undoes=2)
    assert waits(store)  # nobody sees to what it alleges
