"""XmR charts by hand and by what must always hold: which week differs from the usual, by which rule, and since when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.weekly.xmr import FEWEST, RUN, limits, read

EVEN = [22.0, 20.0] * 8  # mean 21, each moving range 2
COUNTS = st.lists(st.integers(0, 500).map(float), max_size=60)


def test_limits_are_the_mean_and_two_and_two_thirds_mean_moving_ranges() -> None:
    found = limits(EVEN)
    assert found is not None
    assert (found.mean, found.lower, found.upper) == pytest.approx((21, 15.68, 26.32))


@pytest.mark.parametrize(("count", "up"), [(27.0, True), (15.0, False)])
def test_a_week_past_a_limit_is_told_by_that_rule(count: float, up: bool) -> None:
    found = read([*EVEN, count])
    assert found.signal is not None
    assert (found.signal.rule, found.signal.up, found.before) == ("outside", up, 16)


@pytest.mark.parametrize("count", [26.0, 16.0])
def test_a_week_at_a_limit_is_as_usual_for_counts_are_whole(count: float) -> None:
    assert read([*EVEN, count]).signal is None


def test_seven_weeks_on_one_side_of_the_average_are_a_run_and_six_are_none() -> None:
    assert read([*EVEN, *[23.0] * (RUN - 1)]).signal is None
    found = read([*EVEN, *[23.0] * RUN])
    assert found.signal is not None
    assert (found.signal.rule, found.signal.weeks, found.until) == ("run", RUN, 16)
    assert found.limits is not None
    assert found.limits.mean == 21, "limits are of the weeks before the change"


def test_a_level_that_held_for_twelve_weeks_is_the_new_usual() -> None:
    assert read([*EVEN, *[24.0, 26.0] * 5]).signal is not None
    settled = read([*EVEN, *[24.0, 26.0] * 7])
    assert settled.signal is None
    assert settled.limits is not None
    assert settled.limits.mean == pytest.approx(25, abs=0.2)


def test_seven_weeks_that_each_rise_are_a_trend() -> None:
    wide = [10.0, 50.0] * 8
    found = read([*wide, 12.0, 14.0, 20.0, 26.0, 33.0, 40.0, 45.0])
    assert found.signal is not None
    assert (found.signal.rule, found.signal.up, found.signal.weeks) == ("trend", True, 7)


def test_a_spike_within_a_run_is_told_as_a_spike() -> None:
    found = read([*EVEN, *[23.0] * (RUN - 1), 60.0])
    assert found.signal is not None
    assert found.signal.rule == "outside"


def test_fewer_than_twelve_weeks_before_it_have_no_usual() -> None:
    few = read([*EVEN[: FEWEST - 1], 99.0])
    assert (few.limits, few.signal, few.before) == (None, None, 11)
    assert read([*EVEN[:FEWEST], 99.0]).signal is not None


@pytest.mark.parametrize(
    ("usual", "upper"), [([0.0] * 26, 4), ([1.0] * 26, 5), ([2.0, 3.0] * 13, 9), ([4.0] * 26, 11)]
)
def test_small_counts_are_told_only_where_chance_seldom_brings_them(
    usual: list[float], upper: float
) -> None:
    quiet = read([*usual, float(upper)])
    assert (quiet.small, quiet.signal) == (True, None)
    told = read([*usual, upper + 1.0])
    assert told.signal is not None
    assert told.signal.up
    assert read([*usual, 0.0]).signal is None


def test_shares_have_limits_however_low() -> None:
    assert not read([3.0, 4.0] * 8 + [40.0], share=True).small


def test_the_limits_of_a_share_end_at_a_hundred() -> None:
    found = read([95.0, 70.0] * 8 + [80.0], share=True)
    assert found.limits is not None
    assert found.limits.upper == 100


@given(COUNTS)
def test_a_signal_never_comes_without_limits_and_twelve_weeks(counts: list[float]) -> None:
    found = read(counts)
    if found.signal is not None:
        assert found.limits is not None
        assert found.before >= FEWEST
    if found.limits is not None:
        assert found.limits.lower <= found.limits.mean <= found.limits.upper


@given(COUNTS, st.integers(2, 9))
def test_what_is_told_does_not_depend_on_the_scale(counts: list[float], by: int) -> None:
    plain, scaled = read(counts), read([count * by for count in counts])
    if plain.limits is not None and plain.signal is not None and plain.signal.rule == "run":
        assert scaled.signal is not None
        assert scaled.signal.up == plain.signal.up
