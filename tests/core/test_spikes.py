"""What chance brings is told by a negative binomial, whose dispersion is that of the days before; a past spike hides no new one."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.spikes import DAYS, FEWEST, Expected, expected_day, expected_hours

EXPECTED = st.builds(Expected, mean=st.floats(0.01, 300), dispersion=st.floats(0.02, 3))


def weeks(mean: int = 10, seed: int = 1, days: int = DAYS) -> list[int]:
    """Days of so many, give or take a third; fewer at weekends."""
    chance = random.Random(seed)
    return [round(chance.gauss(mean, mean / 3) * (0.5 if day % 7 > 4 else 1)) for day in range(days)]  # fmt: skip


def test_the_chance_of_so_many_or_more_is_that_of_a_negative_binomial() -> None:
    expected = Expected(mean=4, dispersion=0.25)  # size 4, share one half
    exact = 1 - sum(math.comb(k + 3, k) * 0.5**4 * 0.5**k for k in range(9))
    assert expected.at_least(9) == pytest.approx(exact, rel=1e-9)
    assert expected.variance == 8


@settings(deadline=None)
@given(EXPECTED, st.integers(0, 900))
def test_chances_add_up_and_fall(expected: Expected, count: int) -> None:
    whole = expected.at_least(count) + expected.at_most(count) - expected.likely(count)
    assert whole == pytest.approx(1, abs=1e-6)
    assert expected.at_least(count + 1) <= expected.at_least(count) + 1e-9
    low, high = expected.between
    assert 0 <= low <= high


def test_too_few_days_tell_nothing() -> None:
    assert expected_day(weeks(days=FEWEST - 1)) is None
    assert expected_day(weeks(days=FEWEST)) is not None
    assert expected_hours([[1] * 24] * (FEWEST - 1)) is None


def test_each_weekday_has_its_own_mean_and_the_last_days_weigh_more() -> None:
    past = [10, 10, 10, 10, 10, 2, 2] * 12
    monday, saturday = expected_day(past), expected_day([*past[7:], 10, 10, 10, 10, 10])
    assert monday is not None
    assert saturday is not None
    assert monday.mean == pytest.approx(9.5, abs=1)
    assert saturday.mean == pytest.approx(3, abs=1)
    risen = expected_day([*past[:-14], *(3 * count for count in past[-14:])])
    assert risen is not None
    assert risen.mean > 1.5 * monday.mean


def test_days_that_vary_more_let_more_pass_for_usual() -> None:
    calm, wild = expected_day([10] * DAYS), expected_day([2, 25, 6, 19, 1, 9, 12, 18, 3, 30] * 8 + [4] * 4)  # fmt: skip
    assert calm is not None
    assert wild is not None
    assert wild.dispersion > 5 * calm.dispersion
    assert calm.at_least(25) < 0.001 < wild.at_least(25)


def test_a_past_spike_hides_no_new_one() -> None:
    past = weeks()
    before = expected_day(past)
    past[40] = 400
    after = expected_day(past)
    assert before is not None
    assert after is not None
    assert after.mean < 1.5 * before.mean
    assert after.at_least(60) < 0.005


def test_hours_share_a_day_out() -> None:
    day = [0] * 8 + [3] * 10 + [0] * 6
    hours = expected_hours([day] * DAYS)
    assert hours is not None
    assert sum(hours.shares) == pytest.approx(1)
    assert min(hours.shares) > 0
    assert hours.hour(12).mean > 20 * hours.hour(3).mean
    assert hours.until(24).mean == pytest.approx(hours.day.mean)
    assert hours.until(12).mean == pytest.approx(hours.day.mean * sum(hours.shares[:12]))
