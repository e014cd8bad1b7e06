"""Working days and hours of the UK, in which most promises are counted. Moments are UTC, days and times of day local."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from core import clock

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class WorkingTime:
    """`days` are weekdays from 0, Monday; `closed` are days on which nobody works beside England's bank holidays."""

    days: frozenset[int]
    start: time
    end: time
    closed: Collection[date] = frozenset()

    def is_worked(self, day: date) -> bool:
        """Whether it is a working day."""
        return (
            day.weekday() in self.days
            and day not in self.closed
            and day not in bank_holidays(day.year)
        )

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody works at that moment."""
        day, at = clock.local_day(moment), _time_of_day(moment)
        return self.is_worked(day) and self.start <= at < self.end

    def next_day(self, day: date) -> date:
        """The first working day after this one."""
        day += DAY
        while not self.is_worked(day):
            day += DAY
        return day

    def opens(self, moment: datetime) -> datetime:
        """When somebody works next; that moment where somebody does."""
        return self.after_hours(moment, 0)

    def same_day(self, began: datetime, *, cutoff: time, late: time) -> datetime:
        """The end of that working day; of what came at `cutoff` or later, or on no working day, `late` on the next."""
        day, at = clock.local_day(began), _time_of_day(began)
        if self.is_worked(day) and at < cutoff:
            return _moment(day, self.end)
        return _moment(self.next_day(day), late)

    def after_days(self, began: datetime, count: int) -> datetime:
        """The end of the last of so many working days after that day."""
        day = clock.local_day(began)
        for _ in range(count):
            day = self.next_day(day)
        return _moment(day, self.end)

    def after_hours(self, began: datetime, hours: float) -> datetime:
        """When so many working hours have gone by."""
        left, day = timedelta(hours=hours), clock.local_day(began)
        if not self.is_worked(day):
            day = self.next_day(day)
        at = max(began, _moment(day, self.start))
        while at + left > (end := _moment(day, self.end)):
            left -= max(end - at, timedelta())
            day = self.next_day(day)
            at = _moment(day, self.start)
        return at + left


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's in a year, substitute days included.

    A year at a time: the library's own calendar fills a year in while it is asked, and another thread would find it empty.
    """
    import holidays  # 0.1 s, for all countries of the world, which who counts no days does not need

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def _time_of_day(moment: datetime) -> time:
    return moment.astimezone(clock.READERS_ZONE).time()


def _moment(day: date, at: time) -> datetime:
    return clock.from_local(datetime.combine(day, at))
