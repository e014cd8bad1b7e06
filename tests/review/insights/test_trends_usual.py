"""More than usual is said rarely, never of small counts, and never of a day that isn't over for being low."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from review.insights.trends import SMALL, Usual, chance_of, usual

TODAY = date(2026, 11, 20)
WEEK = timedelta(weeks=1)
PAST = st.lists(st.integers(0, 400), min_size=6, max_size=12)


def of(count: int, *past: int, over: bool = True) -> Usual:
    return Usual(name="Mentions", count=count, past=past, over=over)


@pytest.mark.parametrize(
    ("count", "past", "verdict"),
    [
        (30, (8, 9, 10, 11, 12, 10, 9, 11, 10, 8, 12, 10), "much more"),
        (21, (8, 9, 10, 11, 12, 10, 9, 11, 10, 8, 12, 10), "more"),
        (13, (8, 9, 10, 11, 12, 10, 9, 11, 10, 8, 12, 10), "chance"),
        (11, (8, 9, 10, 11, 12, 10, 9, 11, 10, 8, 12, 10), "usual"),
        (1, (8, 9, 10, 11, 12, 10, 9, 11, 10, 8, 12, 10), "less"),
        (21, (2, 30, 4, 18, 1, 9, 25, 3, 11, 6, 2, 9), "usual"),  # it has varied as much
        (4, (0,) * 12, "few"),
        (5, (0,) * 12, "much more"),
        (0, (1, 2, 0, 1, 3, 1), "usual"),
        (50, (1, 2, 0, 1, 3), "unknown"),
        (50, (), "unknown"),
    ],
)
def test_a_day_is_told_in_words_by_what_chance_would_bring(
    count: int, past: tuple[int, ...], verdict: str
) -> None:
    assert of(count, *past).verdict == verdict


def test_a_day_that_is_not_over_is_never_less_and_may_be_more_already() -> None:
    past = (40, 42, 38, 41, 39, 40, 43, 37, 40, 41, 39, 40)
    assert of(3, *past).wording == "less than usual"
    assert of(3, *past, over=False).wording == "not more than usual so far"
    assert of(90, *past, over=False).wording == "much more than usual already"
    assert of(90, *past).wording == "much more than usual"


def test_the_chance_of_a_count_is_that_of_poisson_days_with_what_twelve_of_them_cannot_know() -> (
    None
):
    past = [4] * 12  # a negative binomial of size 48.5 and share 12 / 13
    size, share = 48.5, 12 / 13
    exact = 1 - sum(
        math.exp(math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1))
        * share**size
        * (1 - share) ** k
        for k in range(10)
    )
    assert chance_of(10, past) == pytest.approx(exact, rel=1e-9)
    assert exact == pytest.approx(0.0117, abs=0.0001)  # of Poisson days whose mean is known: 0.0081


@settings(deadline=None)
@given(PAST, st.integers(0, 600))
def test_a_chance_is_one_and_falls_away_from_the_mean(past: list[int], count: int) -> None:
    mean = (sum(past) + 0.5) / len(past)
    chance = chance_of(count, past)
    assert 0 <= chance <= 1
    further = count + 1 if count >= mean else count - 1
    if further >= 0:
        assert chance_of(further, past) <= chance


@settings(deadline=None)
@given(PAST, st.integers(0, 600), st.booleans())
def test_nothing_small_nor_below_the_mean_stands_out(
    past: list[int], count: int, over: bool
) -> None:
    found = of(count, *past, over=over)
    if count < SMALL or count <= sum(past) / len(past):
        assert not found.stands_out
    if not over:
        assert found.verdict != "less" or "less" not in found.wording
    assume(found.past)
    assert f"{max(past):,}" in found.between


def test_days_of_chance_alone_hardly_ever_stand_out() -> None:
    chance = random.Random(11)
    days = [[chance.randint(0, 9) + chance.randint(0, 9) for _ in range(13)] for _ in range(2000)]
    out = sum(of(one[0], *one[1:]).stands_out for one in days)
    assert out <= 40  # 2 in a hundred at most


def test_the_same_weekdays_count_and_only_those_on_which_somebody_watched() -> None:
    days = {TODAY - back * WEEK: back for back in range(1, 20)} | {
        TODAY - timedelta(days=1): 999,
        TODAY: 7,
    }
    found = usual("Mentions", days, TODAY, today=TODAY, since=TODAY - 9 * WEEK)
    assert (found.count, found.past, found.over) == (7, tuple(range(1, 10)), False)
    assert len(usual("Mentions", days, TODAY, today=TODAY, since=TODAY - 99 * WEEK).past) == 12
    assert usual("Mentions", days, TODAY, today=TODAY, since=None).verdict == "unknown"
    assert usual("Mentions", {}, TODAY - WEEK, today=TODAY, since=TODAY - 30 * WEEK).over
