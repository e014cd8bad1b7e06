from __future__ import annotations

import numpy as np

from classify.evaluation.metrics import named, scored
from tests.classify.factories import case


def test_a_case_tells_what_was_true_and_what_was_said() -> None:
    told = case(true=["pid", "pid"], said=["threat"])
    assert (told.true, told.predicted) == (frozenset({"pid"}), frozenset({"threat"}))


def test_names_become_a_table_in_the_order_of_the_flags() -> None:
    table = named([["b"], [], ["a", "b", "unknown"]], ["a", "b"])
    assert table.tolist() == [[False, True], [False, False], [True, True]]
    assert named([], ["a", "b"]).shape == (0, 2)


def test_a_score_that_is_not_there_is_no_number() -> None:
    table = scored([{"a": 0.5}, {}], ["a", "b"])
    assert table[0, 0] == 0.5
    assert np.isnan(table).sum() == 3
    assert scored([], ["a"]).shape == (0, 1)
