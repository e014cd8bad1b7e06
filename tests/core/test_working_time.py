"""Working days and hours: weekends, bank holidays, nights and summer time."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time

import pytest

from core import clock
from core.working_time import WorkingTime

WORKING = WorkingTime(
    days=frozenset(range(5)), start=time(9), end=time(17),
    closed=frozenset((date(2026, 12, 25), date(2026, 12, 28))),
)  # fmt: skip


def moment(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "due"),
    [
        (moment(30, 9, 6), moment(30, 17)),  # a Monday
        (moment(30, 14, 59), moment(30, 17)),
        (moment(30, 15), moment(1, 12, month=12)),
        (moment(30, 3), moment(30, 17)),  # before work begins
        (moment(28, 10), moment(30, 12)),  # a Saturday
        (
            moment(24, 16, month=12),
            moment(29, 12, month=12),
        ),  # Christmas, a weekend, a bank holiday
        (moment(1, 14, 30, month=7), moment(2, 11, month=7)),  # 15:30 in London, where it is summer
    ],
)
def test_an_answer_is_due_the_same_working_day_or_by_noon_of_the_next(
    began: datetime, due: datetime
) -> None:
    assert WORKING.same_day(began, cutoff=time(15), late=time(12)) == due


@pytest.mark.parametrize(
    ("began", "due"),
    [
        (moment(30, 9), moment(2, 17, month=12)),
        (moment(27, 9), moment(1, 17, month=12)),  # a Friday
        (moment(28, 9), moment(1, 17, month=12)),
        (moment(24, 9, month=12), moment(30, 17, month=12)),
    ],
)
def test_two_working_days_end_with_the_second(began: datetime, due: datetime) -> None:
    assert WORKING.after_days(began, 2) == due


@pytest.mark.parametrize(
    ("began", "due"),
    [
        (moment(30, 9), moment(30, 13)),
        (moment(30, 16), moment(1, 12, month=12)),
        (moment(30, 22), moment(1, 13, month=12)),
        (moment(28, 12), moment(30, 13)),
        (moment(30, 13), moment(30, 17)),
    ],
)
def test_hours_count_while_people_work(began: datetime, due: datetime) -> None:
    assert WORKING.after_hours(began, 4) == due


@pytest.mark.parametrize(
    ("day", "worked"),
    [("2031-04-11", False), ("2031-04-14", False), ("2030-12-26", False), ("2027-12-27", False), ("2031-04-15", True)],
)  # fmt: skip
def test_englands_bank_holidays_of_any_year_are_known(day: str, worked: bool) -> None:
    """Good Friday, Easter Monday, Boxing Day and a substitute day: https://www.gov.uk/bank-holidays."""
    assert WORKING.is_worked(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("when", "is_open"),
    [("2026-11-30T08:59:59Z", False), ("2026-11-30T09:00:00Z", True), ("2026-11-30T17:00:00Z", False),
     ("2026-07-01T08:00:00Z", True), ("2026-11-29T12:00:00Z", False), ("2026-12-25T12:00:00Z", False)],
)  # fmt: skip
def test_the_office_is_open_in_working_hours_by_the_clock_of_london(
    when: str, is_open: bool
) -> None:
    assert WORKING.is_open(clock.parse(when)) is is_open


def test_a_year_that_many_ask_about_at_once_has_its_bank_holidays_for_each_of_them() -> None:
    """The page's threads: one that came second took Christmas for a working day, and a promise was counted by it."""
    switched = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as threads:
            for year in range(2040, 2070):
                asked = [threads.submit(WORKING.is_worked, date(year, 12, 25)) for _ in range(6)]
                assert not any(each.result() for each in asked), year
    finally:
        sys.setswitchinterval(switched)
