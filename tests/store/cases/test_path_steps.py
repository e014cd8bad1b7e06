"""What was done on the guided paths of a case: once, by one of two, taken back, and gone on with by a colleague."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from core.errors import StoreError
from store import CaseDecision, ChasePolicy, PathStep, Receiver, Store
from tests.store.cases.test_deadlines import due, running, take, undo
from tests.store.cases.test_deadlines import user as user
from tests.store.factories import AT, DAY, HOUR, mention
from tests.store.test_retention import purge

MINUTE = timedelta(minutes=1)


@pytest.fixture
def other(store: Store) -> int:
    return store.users.add("local", "ben", "Ben Okafor", ["reviewer"], at=AT).number


@pytest.fixture(autouse=True)
def leaked(store: Store, user: int) -> None:
    """Case 1, in which a patient's details stand."""
    take(store, mention(1), risk="high", flags=["pid"])


def step(by: int, word: str = "confirm", **more: Any) -> PathStep:
    given: dict[str, Any] = {"case": 1, "path": "leak", "step": word, "by": by, "at": AT + MINUTE}
    return PathStep(**(given | more))


def confirm(store: Store, by: int, *, seen: int = 0, version: int = 0) -> bool:
    """Says that it is a leak: the step and its decision."""
    decision = CaseDecision(
        case=1, kind="confirm", by=by, at=AT + MINUTE, covers=((1, 1),), labels={"pid": True}
    )
    return store.path_steps.add_decided(step(by), decision, version, seen=seen)


def events(store: Store) -> list[dict[str, Any]]:
    return [
        dict(event.about) for event in store.audit.events() if event.kind.startswith("path step")
    ]


def test_a_step_says_who_did_it_when_and_what_came_of_it(store: Store, user: int) -> None:
    spoken = step(
        user, "tell", outcome="told", who="Priya Nair, Quux7", note="by phone", when=AT, at=AT + MINUTE
    )  # fmt: skip
    assert store.path_steps.add(spoken, seen=0)
    path = store.path_steps.path(1, "leak")
    (done,) = path.steps
    assert (done.step, done.outcome, done.by_name, done.at) == (
        "tell", "told", "Amina Yusuf", AT + MINUTE,
    )  # fmt: skip
    assert (done.who, done.note, done.when) == ("Priya Nair, Quux7", "by phone", AT)
    assert path.version == 1
    assert b"Quux7" not in store.database.path.read_bytes()


def test_of_two_who_do_a_step_at_once_the_second_is_told(
    store: Store, user: int, other: int
) -> None:
    assert store.path_steps.add(step(user), seen=0)
    assert not store.path_steps.add(step(other), seen=0)
    assert not store.path_steps.add(step(other, "hide"), seen=0)  # they saw an older page
    assert not store.path_steps.add(step(other), seen=1)  # it stands already
    assert [one.by for one in store.path_steps.path(1, "leak").steps] == [user]


def test_a_colleague_goes_on_where_one_stopped(store: Store, user: int, other: int) -> None:
    store.path_steps.add(step(user), seen=0)
    seen = store.path_steps.path(1, "leak").version
    assert store.path_steps.add(step(other, "hide", at=AT + HOUR), seen=seen)
    standing = store.path_steps.path(1, "leak").standing
    assert {word: one.by_name for word, one in standing.items()} == {
        "confirm": "Amina Yusuf",
        "hide": "Ben Okafor",
    }
    assert [path.kind for path in store.path_steps.of_case(1)] == ["leak"]


def test_paths_of_a_case_are_apart(store: Store, user: int) -> None:
    store.path_steps.add(step(user, "999", path="danger", outcome="not known"), seen=0)
    assert store.path_steps.path(1, "leak").version == 0
    assert store.path_steps.path(1, "danger").version == 1


def test_a_confirmed_leak_stays_where_it_is_and_starts_the_72_hours(
    store: Store, user: int
) -> None:
    before = store.cases.get(1)
    assert confirm(store, user)
    case = store.cases.get(1)
    assert before is not None
    assert case is not None
    assert (case.state, case.lane_mention, case.kind) == (before.state, before.lane_mention, None)
    assert not store.cases.mentions(1)[0].decided
    assert running(store)["pid"] == AT + MINUTE + 72 * HOUR
    assert running(store)["look"] == due(store)  # the hour to look goes on


def test_taking_a_confirmation_back_takes_its_decision_and_the_clock_back(
    store: Store, user: int, other: int
) -> None:
    confirm(store, user)
    (done,) = store.path_steps.path(1, "leak").steps
    assert store.path_steps.take_back(done.number, by=other, at=AT + HOUR, seen=1)
    path = store.path_steps.path(1, "leak")
    assert (path.version, dict(path.standing)) == (2, {})
    assert path.steps[0].undone_by_name == "Ben Okafor"
    assert "pid" not in running(store)
    assert [one.undone for one in store.cases.history(1)] == [True, False]
    assert not store.path_steps.take_back(done.number, by=other, at=AT + HOUR, seen=2)
    assert confirm(store, user, seen=2, version=2)  # and it can be done again


def test_a_step_whose_decision_was_undone_elsewhere_can_still_be_taken_back(
    store: Store, user: int
) -> None:
    passed_on = CaseDecision(case=1, kind="escalate", by=user, at=AT + MINUTE, covers=((1, 1),), role="pals")  # fmt: skip
    assert store.path_steps.add_decided(step(user, "help"), passed_on, 0, seen=0)
    undo(store, user, 1)
    (done,) = store.path_steps.path(1, "leak").steps
    assert store.path_steps.take_back(done.number, by=user, at=AT + 3 * HOUR, seen=1)
    assert len(store.cases.history(1)) == 2


def test_a_confirmation_that_is_undone_elsewhere_is_taken_back_as_a_step_too(
    store: Store, user: int
) -> None:
    confirm(store, user)
    undo(store, user, 1)
    path = store.path_steps.path(1, "leak")
    assert (path.version, dict(path.standing)) == (2, {})
    assert not store.path_steps.take_back(path.steps[0].number, by=user, at=AT + 3 * HOUR, seen=2)


def test_taking_back_what_somebody_changed_meanwhile_is_refused(
    store: Store, user: int, other: int
) -> None:
    store.path_steps.add(step(user), seen=0)
    store.path_steps.add(step(other, "hide"), seen=1)
    first = store.path_steps.path(1, "leak").steps[0]
    assert not store.path_steps.take_back(first.number, by=user, at=AT + HOUR, seen=1)
    assert "confirm" in store.path_steps.path(1, "leak").standing


def test_a_step_and_its_decision_are_both_or_neither(store: Store, user: int) -> None:
    assert not confirm(store, user, version=4)  # somebody decided meanwhile
    assert store.path_steps.path(1, "leak").version == 0
    store.path_steps.add(step(user, "hide"), seen=0)
    assert not confirm(store, user, seen=0)
    assert store.cases.history(1) == []


def test_passing_on_is_a_step_whose_email_is_written_with_it(store: Store, user: int) -> None:
    team = Receiver(name="Information governance", email=("ig@example.org",))
    store.handoffs.policy = ChasePolicy(roles={"information_governance": team})
    decision = CaseDecision(
        case=1, kind="escalate", by=user, at=AT + MINUTE, covers=((1, 1),), role="information_governance"
    )  # fmt: skip
    assert store.path_steps.add_decided(step(user, "tell"), decision, 0, seen=0)
    (handoff,) = store.handoffs.open(1)
    assert (handoff.version, store.path_steps.path(1, "leak").steps[0].decision) == (1, 1)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"word": ""}, "a word of its own"),
        ({"outcome": "x" * 41}, "a word of its own"),
        ({"when": AT + 2 * MINUTE}, "still to come"),
        ({"case": 99}, "there is no case 99"),
    ],
)
def test_what_can_not_be_is_refused(
    store: Store, user: int, made: dict[str, Any], why: str
) -> None:
    with pytest.raises(StoreError, match=why):
        store.path_steps.add(step(user, **made), seen=0)
    with pytest.raises(StoreError, match="no such step"):
        store.path_steps.take_back(99, by=user, at=AT, seen=0)


def test_each_step_and_each_taking_back_is_in_the_chain(store: Store, user: int) -> None:
    store.path_steps.add(step(user, outcome="yes", who="Quux7"), seen=0)
    store.path_steps.take_back(1, by=user, at=AT + HOUR, seen=1)
    assert events(store) == [
        {"case": 1, "path": "leak", "step": "confirm", "outcome": "yes", "by": user},
        {"case": 1, "path": "leak", "step": "confirm", "by": user},
    ]
    assert not store.audit.check_chain().problems


def test_steps_never_change(store: Store, user: int) -> None:
    store.path_steps.add(step(user), seen=0)
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        store.database.execute("UPDATE path_steps SET step = 'hide' WHERE number = 1")


def test_what_was_done_goes_with_its_case(store: Store, user: int) -> None:
    store.path_steps.add(step(user), seen=0)
    purge(store, AT + 4000 * DAY)
    assert store.cases.get(1) is None
    assert store.path_steps.of_case(1) == []
