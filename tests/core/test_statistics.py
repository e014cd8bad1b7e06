"""Against intervals that were published or worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.statistics import ROUNDS, Draws, Share, difference, figure, pooled, ratio


def test_the_rows_as_they_are_come_first_and_the_samples_after() -> None:
    sums = Draws(4).sums(np.array([[True, 2.0], [False, 2.0], [True, 2.0], [False, 2.0]]))
    assert sums.shape == (1 + ROUNDS, 2)
    assert sums[0].tolist() == [2.0, 8.0]
    assert (sums[:, 1] == 8.0).all()  # four rows are drawn, whichever they are
    assert 0 <= np.min(sums[:, 0]) < 2 < np.max(sums[:, 0]) <= 4


def test_samples_are_the_same_each_time() -> None:
    rows = np.arange(10.0)[:, None]
    assert (Draws(10).sums(rows) == Draws(10).sums(rows)).all()


def test_many_rows_are_drawn_in_parts_and_every_round_is_there() -> None:
    count = (1 << 24) // 600  # so that the rounds need two parts
    sums = Draws(count).sums(np.ones((count, 1)))
    assert len(sums) == 1 + ROUNDS
    assert (sums == count).all()


def test_the_bootstrap_of_a_share_comes_near_its_exact_interval() -> None:
    holds = np.arange(400) < 100
    sums = Draws(400).sums(np.stack([holds, np.ones(400)], axis=1))
    told = figure("share", ratio(sums[:, 0], sums[:, 1]), 400)
    low, high = Share(100, 400).interval
    assert told.value == 0.25
    assert told.low == pytest.approx(low, abs=0.01)
    assert told.high == pytest.approx(high, abs=0.01)


def test_a_sample_that_cannot_tell_is_left_out() -> None:
    told = figure("x", np.array([0.5, np.nan, 0.4, 0.6]), 3)
    assert (told.low, told.high) == pytest.approx((0.405, 0.595))
    assert figure("x", np.array([np.nan, 0.4]), 3).count == 0
    assert "none" in figure("x", np.array([0.1]), 0).line()


def test_nothing_below_is_what_one_says_it_is() -> None:
    assert ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]), 0.0).tolist() == [0.5, 0.0]
    assert np.isnan(ratio(np.array([1.0]), np.array([0.0])))[0]


def test_a_share_has_wilsons_interval() -> None:
    # Newcombe 1998 (one proportion), table I
    assert Share(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Share(15, 148).interval == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert Share(0, 20).interval == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert Share(1, 29).interval == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert (Share(0, 0).value, Share(0, 0).interval) == (0.0, (0.0, 1.0))


def test_a_difference_has_newcombes_interval() -> None:
    # Newcombe 1998 (two proportions), table II, method 10
    assert difference(Share(56, 70), Share(48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert difference(Share(9, 10), Share(3, 10)) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert difference(Share(10, 10), Share(0, 20)) == pytest.approx((0.6791, 1.0), abs=5e-5)


def test_a_difference_that_is_only_of_strata_goes_where_they_are_pooled() -> None:
    # in each stratum both have one rate; the group stands mostly in the stratum with the higher one
    strata = [(Share(1, 10), Share(10, 100)), (Share(40, 80), Share(10, 20))]
    whole = Share(41, 90), Share(20, 120)
    assert difference(*whole)[0] > 0.1
    told = pooled(strata)
    assert told is not None
    gap, low, high = told
    assert gap == pytest.approx(0.0)
    assert low < 0 < high


def test_a_difference_in_every_stratum_stays_where_they_are_pooled() -> None:
    told = pooled([(Share(30, 50), Share(10, 50)), (Share(30, 50), Share(10, 50))])
    assert told is not None
    gap, low, high = told
    # 0.4, with a variance of (0.6 * 0.4 + 0.2 * 0.8) / 50 in each of two strata
    assert gap == pytest.approx(0.4)
    assert high - gap == pytest.approx(1.95996 * (0.4 / 50 / 2) ** 0.5, abs=1e-4)
    assert gap - low == pytest.approx(high - gap)
    assert pooled([(Share(1, 2), Share(0, 0)), (Share(0, 0), Share(1, 2))]) is None
