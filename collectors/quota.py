"""What a platform allows in a day: when that day ends, and how much of it is spent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo

from collectors.base import SaveState, count, moment
from collectors.parsing import UNREADABLE
from core import clock
from core.errors import PlatformUnavailable


class UsedUp(PlatformUnavailable):
    """The day's allowance of `what` is used up; nothing more of it was asked for."""

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"the {most:,} {what} of today are used up")
        self.what = what


class Spending:
    """What was spent since midnight in the platform's zone, of each thing that it counts by the day.

    `kept` is what the last run handed on; it counts only where it is of the same day.
    """

    def __init__(
        self, state: Mapping[str, str], at: datetime, zone: tzinfo, most: Mapping[str, int]
    ) -> None:
        self.day, self.most, self.spent = f"{at.astimezone(zone):%Y-%m-%d}", most, dict[str, int]()
        for what in most:
            day, _, number = state.get(what, "").partition(" ")
            self.spent[what] = (count(number) or 0) if day == self.day else 0

    def left(self, what: str) -> int:
        """How much may still be spent today."""
        return max(0, self.most[what] - self.spent[what])

    def spend(self, what: str, cost: int = 1) -> SaveState:
        """Counts it before it is spent; the SaveState must be handed on first. Raises UsedUp."""
        if cost > self.left(what):
            raise UsedUp(what, self.most[what])
        self.spent[what] += cost
        return SaveState(what, f"{self.day} {self.spent[what]}", always=True)


def until_midnight(headers: Mapping[str, str], zone: tzinfo) -> float:
    """Seconds until a platform's day ends, by its own clock where the answer tells the time."""
    answered = moment(headers.get("Date"))
    now = (clock.now() if answered == UNREADABLE else answered).astimezone(zone)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), zone)
    return midnight.timestamp() - now.timestamp()
