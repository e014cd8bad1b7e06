"""What nobody needs goes sooner; what somebody waits for, was told or may have to answer for does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.models import DecisionKind
from store import Early, Store
from tests.store.cases.test_deadlines import decide, step, take
from tests.store.cases.test_deadlines import user as user
from tests.store.factories import AT, DAY, HOUR, add, assess_all, assessed, flag, mention

YEAR = timedelta(days=365)
EARLY = Early(set_aside=30 * DAY, out_of_scope=7 * DAY, positive=90 * DAY)
OUT: dict[str, Any] = {"in_scope": False, "sentiment": "neutral"}
GOOD: dict[str, Any] = {"sentiment": "positive"}


def left(store: Store, at: Any, **retention: timedelta) -> list[int]:
    """Numbers of what a purge leaves."""
    proof = store.retention.purge(
        at, {"default": YEAR, **retention}, deleted_after=YEAR, early=EARLY
    )
    assert proof.proved
    return [row["number"] for row in store.database.rows("SELECT number FROM mentions ORDER BY 1")]


def filled(store: Store, risk: Any = "none", **reading: Any) -> None:
    add(store, mention(1))
    assess_all(store, risk, **reading)


@pytest.mark.parametrize(("reading", "days"), [(OUT, 7), (GOOD, 90)])
def test_what_nobody_needs_goes_on_its_day_and_not_before(
    store: Store, reading: dict[str, Any], days: int
) -> None:
    filled(store, **reading)
    assert left(store, AT + days * DAY - HOUR) == [1]
    assert left(store, AT + days * DAY) == []


def test_a_platforms_number_that_is_shorter_wins_and_a_longer_one_does_not(store: Store) -> None:
    add(store, mention(1), mention(2, platform="news"), source="x")
    assess_all(store, "none", **OUT)
    assert left(store, AT + 3 * DAY, x=2 * DAY, news=900 * DAY) == [2]
    assert left(store, AT + 8 * DAY, x=2 * DAY, news=900 * DAY) == []


@pytest.mark.parametrize("kind", ["no_action", "not_relevant"])
def test_what_a_person_set_aside_goes_thirty_days_after_they_did(
    store: Store, user: int, kind: DecisionKind
) -> None:
    take(store, mention(1), risk="medium", flags=["allegation"])
    decide(store, user, kind, AT + 5 * DAY)
    assert left(store, AT + 35 * DAY - HOUR) == [1]
    assert left(store, AT + 35 * DAY) == []


@pytest.mark.parametrize("kind", ["monitor", "respond", "escalate", "remove", "report"])
def test_what_was_dealt_with_stays_as_long_as_any(
    store: Store, user: int, kind: DecisionKind
) -> None:
    take(store, mention(1), risk="medium", flags=["allegation"])
    decide(store, user, kind, role="pals" if kind == "escalate" else None)
    assert left(store, AT + 300 * DAY) == [1]


def test_danger_and_leaks_that_nobody_decided_stay(store: Store) -> None:
    for number, name in enumerate(("safeguarding", "threat", "pid"), 1):
        take(store, mention(number), risk="high", flags=[name])
    assert left(store, AT + 300 * DAY) == [1, 2, 3]


UNSURE: tuple[dict[str, Any], ...] = (
    {"flags": [flag()]},
    {"read": "partial"},
    {"protected": "union"},
)


def test_flagged_or_unread_words_are_never_out_of_scope_enough(store: Store) -> None:
    add(store, mention(1), mention(2), mention(3), mention(4))
    waiting = store.assessments.unassessed("2026.1", "model-a")
    for stored, how in zip(waiting, UNSURE, strict=False):
        store.assessments.add([assessed(stored, "low", **(OUT | how))])
    assert left(store, AT + 100 * DAY) == [1, 2, 3, 4]  # the last is not assessed at all


def reported(store: Store, user: int) -> None:
    store.staff_reports.add(1, at=AT + HOUR, worry="w")


def on_hold(store: Store, user: int) -> None:
    store.retention.hold(1, reason="claim 7", approver="sirius", at=AT, expires=AT + 400 * DAY)


def answered(store: Store, user: int) -> None:
    add(store, mention(2, parent_id=mention(1).issued_id))
    assess_all(store, "low")


def ours(store: Store, user: int) -> None:
    add(store, mention(1, own=True, fetched_at=AT + HOUR))


@pytest.mark.parametrize("needed", [reported, on_hold, answered, ours])
@pytest.mark.parametrize("reading", [OUT, GOOD])
def test_what_somebody_needs_does_not_go_early(
    store: Store, user: int, needed: Callable[[Store, int], None], reading: dict[str, Any]
) -> None:
    filled(store, **reading)
    needed(store, user)
    assert 1 in left(store, AT + 120 * DAY)


def test_a_case_of_which_somebody_asked_a_takedown_stays_though_it_was_set_aside(
    store: Store, user: int
) -> None:
    take(store, mention(1), risk="medium", flags=["allegation"])
    store.takedowns.add(step(user, "asked", reference="r"))
    decide(store, user, "no_action", AT + DAY)
    assert left(store, AT + 100 * DAY) == [1]


def test_nothing_goes_early_where_nobody_says_so(store: Store) -> None:
    filled(store, **OUT)
    assert store.retention.purge(AT + 100 * DAY, {"default": YEAR}, deleted_after=YEAR).gone == {}


def test_figures_of_past_weeks_stay_what_they_were(store: Store, user: int) -> None:
    weeks = [(date(2026, 11, 9), date(2026, 11, 15)), (date(2026, 11, 16), date(2026, 11, 22))]
    start, end = AT - 30 * DAY, AT + 30 * DAY
    take(store, mention(1), risk="medium", flags=["allegation"])
    decide(store, user, "no_action", AT + HOUR)
    take(
        store,
        mention(
            2, posted_at=AT - 6 * DAY, text="Something quite different was said here about parking"
        ),
        risk="medium",
        flags=["media"],
    )
    decide(store, user, "not_relevant", AT + 2 * HOUR, 2)
    add(
        store,
        mention(3, text="Lovely nurses on the ward, thank you all so very much"),
        source="import",
    )
    assess_all(store, "none", **GOOD)

    def figures() -> tuple[Any, ...]:
        weekly = store.weekly
        return (
            sorted(map(str, weekly.by_week(weeks))), sorted(map(str, weekly.imported_by_week(weeks))),
            weekly.count_found(start, end), weekly.late_by_week(weeks, AT - 2 * DAY, end),
            weekly.work(start, end).decided, weekly.lanes(start, end, AT + 100 * DAY),
            weekly.in_time_by_week(weeks, AT + 100 * DAY),
        )  # fmt: skip

    before = figures()
    assert before[2] == 3
    assert before[3] == {0: 1}
    assert before[4] == {"no_action": 1, "not_relevant": 1}
    assert left(store, AT + 100 * DAY) == []
    assert figures() == before


def test_what_is_many_goes_in_parts_the_oldest_first(store: Store) -> None:
    add(
        store,
        *(mention(number, text=f"About cake and nothing else {number}") for number in (1, 2, 3)),
    )
    assess_all(store, "none", **OUT)
    proof = store.retention.purge(
        AT + 8 * DAY, {}, deleted_after=YEAR, early=replace(EARLY, most=2)
    )
    assert (proof.gone, proof.left_for_later) == ({"retention": 2}, 1)
    assert left(store, AT + 9 * DAY) == []
