"""Weeks, months and quarters: which days they hold, and which weeks they are judged by."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.weekly.periods import DAY, last_whole, period_of
from store import PeriodKind

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
KINDS: tuple[PeriodKind, ...] = ("week", "month", "quarter")


@pytest.mark.parametrize(
    ("kind", "day", "name", "judged"),
    [
        ("week", date(2026, 11, 29), "23 to 29 November 2026", 1),
        ("week", date(2026, 12, 6), "30 November to 6 December 2026", 1),
        ("week", date(2027, 1, 3), "28 December 2026 to 3 January 2027", 1),
        ("month", date(2026, 11, 5), "November 2026", 5),  # it begins on a Sunday
        ("month", date(2026, 10, 5), "October 2026", 4),
        ("quarter", date(2026, 11, 5), "October to December 2026", 13),
    ],
)
def test_a_period_has_a_name_and_weeks(kind: PeriodKind, day: date, name: str, judged: int) -> None:
    period = period_of(kind, day)
    assert (period.name, period.judged) == (name, judged)
    assert period.first <= day <= period.last


@given(DAYS)
def test_periods_follow_each_other_without_a_gap(day: date) -> None:
    for kind in KINDS:
        period = period_of(kind, day)
        assert period.earlier.last == period.first - DAY
        assert period.later.first == period.last + DAY
        assert period.later.earlier == period
        weeks = period.weeks(20)
        assert all(last - first == timedelta(days=6) for first, last in weeks)
        assert all(later[0] == earlier[1] + DAY for earlier, later in pairwise(weeks))
        assert period.first <= weeks[-1][1] <= period.last


@given(DAYS)
def test_the_last_whole_period_is_over(today: date) -> None:
    for kind in KINDS:
        assert last_whole(kind, today).last < today <= last_whole(kind, today).later.last
    assert last_whole("week", today).last.weekday() == 6
