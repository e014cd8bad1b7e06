"""What is told of a count of emails: that there are any, and how badly it stands, and never by one more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.at_least import at_least, emails


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, 1), (9, 1), (10, 10), (99, 10), (100, 100), (1234, 1000)])  # fmt: skip
def test_it_is_the_power_of_ten_that_is_reached(count: int, told: int) -> None:
    assert at_least(count) == told


@given(st.integers(1, 10**9))
def test_it_is_never_more_than_there_are_and_one_more_mostly_tells_nothing(count: int) -> None:
    assert 0 < at_least(count) <= count < 10 * at_least(count)
    if str(count + 1).strip("0") != "1":
        assert (at_least(count + 1), emails(count + 1)) == (at_least(count), emails(count))


def test_words() -> None:
    assert (emails(1), emails(9), emails(10), emails(4321)) == ("Emails", "Emails", "At least 10 emails", "At least 1,000 emails")  # fmt: skip
