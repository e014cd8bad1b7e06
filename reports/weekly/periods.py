"""Which days a summary is of, and the weeks by which it is judged: a week, a month or a quarter, by the same code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from store import PeriodKind

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """UK days, both ends included. A month or a quarter is judged by the whole weeks, Monday to Sunday, that end in it."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def name(self) -> str:
        """23 to 29 November 2026, November 2026, or October to December 2026."""
        if self.kind == "month":
            return f"{self.last:%B %Y}"
        if self.kind == "quarter":
            return f"{self.first:%B} to {self.last:%B %Y}"
        same_year = self.first.year == self.last.year
        first = f"{self.first:%-d %B %Y}" if not same_year else f"{self.first:%-d %B}"
        if self.first.month == self.last.month:
            first = f"{self.first:%-d}"
        return f"{first} to {self.last:%-d %B %Y}"

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    @property
    def earlier(self) -> Period:
        """The one before it."""
        return period_of(self.kind, self.first - DAY)

    @property
    def later(self) -> Period:
        """The one after it."""
        if self.kind == "week":
            return period_of("week", self.last + WEEK)
        return period_of(self.kind, self.last + DAY)

    def weeks(self, most: int) -> tuple[tuple[date, date], ...]:
        """First and last day of so many weeks, the last of which ends in the period, oldest first."""
        end = self.last
        if self.kind != "week":
            end -= timedelta(days=(end.weekday() + 1) % 7)
        return tuple(
            (end - place * WEEK - 6 * DAY, end - place * WEEK) for place in reversed(range(most))
        )

    @property
    def judged(self) -> int:
        """How many of those weeks end in the period: one of a week, four or five of a month."""
        return sum(1 for _, last in self.weeks(14) if last >= self.first)


def period_of(kind: PeriodKind, day: date) -> Period:
    """The month or quarter that holds a day; of weeks, the seven days that end with it."""
    if kind == "week":
        return Period(kind=kind, first=day - 6 * DAY, last=day)
    months = MONTHS[kind]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first.month - 1 + months
    return Period(
        kind=kind, first=first, last=date(first.year + after // 12, after % 12 + 1, 1) - DAY
    )


def last_whole(kind: PeriodKind, today: date) -> Period:
    """The last that is over: Monday to Sunday, a month or a quarter."""
    if kind == "week":
        return period_of(kind, today - timedelta(days=today.weekday() + 1))
    return period_of(kind, period_of(kind, today).first - DAY)
