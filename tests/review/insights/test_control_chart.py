"""XmR charts by hand and by what must always hold: which weeks stand out, and which only look as if they did."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.weekly.xmr import FEWEST, RUN, SMALL, Limits, limits
from review.insights.control_chart import signals, weekly

SUNDAY = date(2026, 11, 15)
DAY = timedelta(days=1)
COUNTS = st.lists(st.integers(0, 500), min_size=1, max_size=30)
EVEN = [20, 22] * 8  # mean 21, each moving range 2


def test_limits_are_the_mean_and_two_and_two_thirds_moving_ranges() -> None:
    found = limits(EVEN)
    assert found is not None
    assert (found.mean, found.lower, found.upper) == pytest.approx((21, 15.68, 26.32))


def test_a_jump_does_not_widen_the_limits_that_it_is_held_against() -> None:
    """NHSRplotthedots, 'Deviations from Excel defaults': of 18 counts of 1 and 2, one is 10."""
    told = [10 * one for one in (1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1)]
    found = limits(told)
    assert found is not None
    assert found.mean == pytest.approx(350 / 18)
    assert found.upper == pytest.approx(
        350 / 18 + 26.6
    )  # ranges of 80 and 90 are past 3.267 of their mean
    assert signals(told, found)[4] == ("outside",)
    assert sum(map(bool, signals(told, found))) == 1


def test_few_weeks_or_small_counts_have_no_limits() -> None:
    assert limits([]) is limits([30] * (RUN - 1)) is limits([SMALL - 1] * 20) is None
    assert limits([30] * RUN) == Limits(mean=30, lower=30, upper=30)


def test_a_run_on_one_side_or_in_one_direction_stands_out() -> None:
    shifted = [20, 30] * 7 + [26] * RUN
    found = limits(shifted)
    assert found is not None
    assert found.mean < 26
    told = signals(shifted, found)
    assert [place for place, one in enumerate(told) if "shift" in one] == list(
        range(13, 21)
    )  # the 30 before too
    assert not any("shift" in one for one in signals([20, 30] * 7 + [26] * (RUN - 2) + [20], found))
    rising = [30, 20, 30, 20, 22, 24, 26, 28, 30, 32, 25, 30, 20, 30]
    assert [place for place, one in enumerate(signals(rising, Limits(mean=26, lower=0, upper=60))) if "trend" in one] == [
        3, 4, 5, 6, 7, 8, 9,
    ]  # fmt: skip


def test_two_of_three_near_one_limit_stand_out_and_not_of_both() -> None:
    found = Limits(mean=50, lower=20, upper=80)
    told = signals([50, 75, 55, 78, 50, 50], found)
    assert told == ((), ("two in three",), (), ("two in three",), (), ())
    assert not any(signals([50, 75, 55, 22, 50, 50], found))
    assert not any(signals([50, 75, 45, 78, 50, 50], found))  # the third is on the other side


@settings(deadline=None)
@given(COUNTS)
def test_limits_hold_the_mean_and_points_outside_are_told_so(counts: list[int]) -> None:
    found = limits(counts)
    if found is None:
        assert len(counts) < RUN or sum(counts) < SMALL * len(counts)
        return
    assert 0 <= found.lower <= found.mean <= found.upper
    if found.lower > 0:
        assert found.upper - found.mean == pytest.approx(found.mean - found.lower)
    for count, why in zip(counts, signals(counts, found), strict=True):
        assert ("outside" in why) == (count > found.upper or count < found.lower)


@settings(deadline=None)
@given(COUNTS, st.integers(1, 50))
def test_more_of_the_same_each_week_moves_the_limits_and_nothing_else(
    counts: list[int], more: int
) -> None:
    found, moved = limits(counts), limits([one + more for one in counts])
    if found is not None and moved is not None and found.lower > 0:
        assert moved.upper == pytest.approx(found.upper + more)
        assert moved.lower == pytest.approx(found.lower + more)


def test_weeks_are_whole_from_monday_on_and_watched_from_end_to_end() -> None:
    days = {SUNDAY - back * DAY: 1 for back in range(200)} | {SUNDAY + DAY: 99}
    found = weekly("Mentions", days, SUNDAY + 3 * DAY, SUNDAY - 20 * DAY)
    assert found.weeks == (SUNDAY - 14 * DAY, SUNDAY - 7 * DAY, SUNDAY)
    assert found.counts == (7, 7, 7)
    assert weekly("Mentions", days, SUNDAY, SUNDAY - 19 * DAY).weeks == (SUNDAY - 7 * DAY, SUNDAY)
    assert len(weekly("Mentions", days, SUNDAY - DAY, SUNDAY - 300 * DAY).weeks) == 26
    assert weekly("Mentions", days, SUNDAY, None).counts == ()


def told(*counts: int) -> str:
    days = {SUNDAY - 7 * back * DAY: count for back, count in enumerate(reversed(counts))}
    return weekly("Flagged", days, SUNDAY, SUNDAY - timedelta(weeks=len(counts), days=-1)).message


def test_a_chart_says_what_it_shows() -> None:
    assert told() == "Flagged: no whole week has been watched yet"
    assert told(3) == "Flagged: 3 in the week to 15 Nov; too few weeks for limits"
    assert told(*[2] * 14) == "Flagged: 2 in the week to 15 Nov; too few a week for limits"
    assert told(*EVEN) == "Flagged: 22 in the week to 15 Nov, as usual; weeks of 16 to 26 are usual"
    assert told(*EVEN, 60).startswith(
        "Flagged: 60 in the week to 15 Nov, more than usual; weeks of "
    )
    assert told(*EVEN, 60, 20, 22).startswith(
        "Flagged: 22 in the week to 15 Nov, as usual; the week to 1 Nov stood out (60); "
    )


def test_limits_of_few_weeks_are_on_trial() -> None:
    days = {SUNDAY - back * DAY: 4 for back in range(200)}
    assert weekly("Mentions", days, SUNDAY, SUNDAY - timedelta(weeks=FEWEST - 1, days=-1)).on_trial
    assert not weekly("Mentions", days, SUNDAY, SUNDAY - timedelta(weeks=FEWEST, days=-1)).on_trial
