from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.evaluation.metrics import BINS, calibration, expected_error


def test_scores_that_mean_what_they_say_have_no_error() -> None:
    scores = np.repeat([0.2, 0.8], 50)
    true = np.tile([1.0, 0, 0, 0, 0], 10).tolist() + np.tile([1.0, 1, 1, 1, 0], 10).tolist()
    assert expected_error(np.array(true), scores) == pytest.approx(0.0)


def test_the_error_is_the_mean_distance_of_bins_of_equal_size() -> None:
    # ten bins of one row each: |0 - 0.05|, |0 - 0.15| ... for five, |1 - 0.55| ... for the others
    scores = np.arange(0.05, 1.0, 0.1)
    true = (scores > 0.5).astype(float)
    by_hand = (0.05 + 0.15 + 0.25 + 0.35 + 0.45) * 2 / 10
    assert len(scores) == BINS
    assert expected_error(true, scores) == pytest.approx(by_hand)


def test_scores_that_are_too_high_are_found_out() -> None:
    assert expected_error(np.zeros(100), np.full(100, 0.3)) == pytest.approx(0.3)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.5, 0.9])), min_size=1))
def test_the_order_of_a_file_counts_for_nothing(rows: list[tuple[bool, float]]) -> None:
    def error(given: list[tuple[bool, float]]) -> float:
        return expected_error(
            np.array([float(true) for true, _ in given]), np.array([score for _, score in given])
        )

    assert error(rows) == pytest.approx(error(rows[::-1]))
    assert 0 <= error(rows) <= 1


def test_chance_is_reckoned_as_the_error_is_also_where_scores_are_alike() -> None:
    # one score for all: the error is |share - score|, and so is that of chance (binomial, 100 rows)
    true = np.arange(100)[:, None] < 50
    (told,) = calibration(true, np.full((100, 1), 0.5), ["pid"])
    assert told.error == pytest.approx(0.0)
    assert told.chance == pytest.approx(1.96 * (0.25 / 100) ** 0.5, abs=0.02)


def test_a_brier_score_and_its_skill_by_hand() -> None:
    true = np.array([[1], [1], [0], [0]], dtype=bool)
    scores = np.array([[0.8], [0.6], [0.4], [0.0]])
    (told,) = calibration(true, scores, ["pid"])
    assert told.brier == pytest.approx((0.04 + 0.16 + 0.16 + 0) / 4)
    assert told.skill == pytest.approx(1 - 0.09 / 0.25)
    assert (told.mean, told.share, told.count) == pytest.approx((0.45, 0.5, 4))


def test_a_flag_that_cannot_hold_of_a_mention_makes_no_claim_there() -> None:
    true = np.array([[1, 0], [0, 0]], dtype=bool)
    scores = np.array([[0.9, np.nan], [np.nan, np.nan]])
    one, none = calibration(true, scores, ["pid", "grievance"])
    assert (one.count, one.share) == (1, 1.0)
    assert none.count == 0
    assert "not judged" in none.line()


def test_an_error_beyond_chance_is_marked_and_one_within_is_not() -> None:
    chance = np.random.default_rng(3)
    scores = chance.random((2000, 1))
    true = chance.random((2000, 1)) < scores
    (sound,) = calibration(true, scores, ["pid"])
    (shifted,) = calibration(true, np.minimum(1.0, scores + 0.2), ["pid"])
    assert sound.error <= sound.chance < 0.05
    assert "!" not in sound.line()
    assert shifted.error > shifted.chance
    assert "!" in shifted.line()
