"""That a number is missing between two cases tells an officer nothing: half of all numbers are given to nobody."""

from __future__ import annotations

import pytest

from store import Store
from store.cases import numbers
from tests.store.cases.test_deadlines import take
from tests.store.factories import mention


def test_numbers_rise_with_gaps_in_which_no_case_lies(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gaps = iter((0, 2, 0, 5))
    monkeypatch.setattr(numbers, "skipped", lambda: next(gaps))
    for number in range(4):
        take(store, mention(number, text=f"Nobody answers at surgery {number}, word{number * 7}"))
    given = store.database.rows("SELECT number FROM cases ORDER BY number")
    assert [row["number"] for row in given] == [1, 4, 5, 11]


def test_how_many_are_left_out_is_tossed_for_and_has_no_end_that_would_prove_a_case() -> None:
    left_out = [numbers.tossed() for _ in range(4_000)]
    assert 0.85 < sum(left_out) / 4_000 < 1.15  # 6.7 standard errors each way
    assert 1_800 < left_out.count(0) < 2_200
    assert max(left_out) > 6
