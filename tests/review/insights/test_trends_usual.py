"""More than usual is said rarely, never of small counts, and never of a day that isn't over for being low."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.spikes import WORLDS, measure
from core.spikes import SMALL, Expected, Usual

TEN = Expected(mean=10, dispersion=0.05)


def of(count: int, expected: Expected | None = TEN, *, over: bool = True) -> Usual:
    return Usual(name="Cases opened", count=count, expected=expected, over=over)


@pytest.mark.parametrize(
    ("count", "expected", "verdict"),
    [
        (40, TEN, "much more"),
        (24, TEN, "more"),
        (19, TEN, "chance"),
        (11, TEN, "usual"),
        (0, TEN, "less"),
        (24, Expected(mean=10, dispersion=0.8), "usual"),  # days vary as much
        (4, Expected(mean=0.05, dispersion=0.05), "few"),
        (6, Expected(mean=0.05, dispersion=0.05), "much more"),
        (0, Expected(mean=1, dispersion=0.05), "usual"),
        (50, None, "unknown"),
    ],
)
def test_a_day_is_told_in_words_by_what_chance_would_bring(
    count: int, expected: Expected | None, verdict: str
) -> None:
    assert of(count, expected).verdict == verdict


def test_a_day_that_is_not_over_is_never_less_and_may_be_more_already() -> None:
    assert of(0).wording == "less than usual"
    assert of(0, over=False).wording == "not more than usual so far"
    assert of(90, over=False).wording == "much more than usual already"
    assert of(90).wording == "much more than usual"
    assert of(9).between == "4 to 17"
    assert of(9, None).between == "–"


@settings(deadline=None)
@given(st.floats(0.01, 400), st.floats(0.02, 2), st.integers(0, 600), st.booleans())
def test_nothing_small_nor_below_the_mean_stands_out(
    mean: float, dispersion: float, count: int, over: bool
) -> None:
    told = of(count, Expected(mean=mean, dispersion=dispersion), over=over)
    if count < SMALL or count <= mean:
        assert not told.stands_out
    if not over:
        assert "less" not in told.wording


def test_false_alarms_are_as_rare_as_the_page_says_and_a_burst_is_told() -> None:
    row = measure(WORLDS[2], years=3, seed=5)  # a level that wanders, and drifts over the year
    assert row.days < 0.7
    assert row.hours < 0.4
    assert row.trebled > 0.6
    assert row.ten_at_once > 0.9
