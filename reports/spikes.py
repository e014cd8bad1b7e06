"""More cases than usual, told once for as long as it lasts: what the page of trends says of today, as an email to the lead.

Cases are counted, not posts, as `core/spikes.py` says. Of today only hours that are over count; yesterday is told where only
the whole day stood out. The email has counts and a link, and names no case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from core import clock
from core.spikes import DAYS, HOUR_RARE, RARE, Expected, Usual, expected_day, expected_hours
from reports.rendering import render
from settings.alerts import SPIKE
from store import Store

LONGEST = 14  # days that one spike may last; what goes on after that is told anew
DAY = timedelta(days=1)
Measure = Literal["high", "opened"]
NAMES: Mapping[Measure, str] = {"high": "high-risk cases", "opened": "cases"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """A count that stands out. `day`: of what; `since`: the first of the days in a row that did; `until`: of today, up to
    when it counts. `low` and `high`: what nine of ten such days have by then."""

    measure: Measure
    day: date
    since: date
    count: int
    low: int
    high: int
    until: str = ""

    @property
    def key(self) -> str:
        """The same for as long as it lasts, so that it is told once."""
        return f"{SPIKE}:{self.measure}:{self.since.isoformat()}"

    @property
    def payload(self) -> dict[str, str]:
        """As it stands in the outbox, with the route that it goes to."""
        return {
            "why": SPIKE, "route": SPIKE, "measure": self.measure, "day": self.day.isoformat(), "since": self.since.isoformat(),
            "count": str(self.count), "low": str(self.low), "high": str(self.high), "until": self.until,
        }  # fmt: skip


def from_payload(payload: Mapping[str, str]) -> Spike:
    """The spike of a row of the outbox."""
    measure: Measure = "high" if payload["measure"] == "high" else "opened"
    return Spike(
        measure=measure, day=date.fromisoformat(payload["day"]), since=date.fromisoformat(payload["since"]),
        count=int(payload["count"]), low=int(payload["low"]), high=int(payload["high"]), until=payload["until"],
    )  # fmt: skip


def spikes(store: Store, at: datetime) -> list[Spike]:
    """What stands out of today's hours that are over, and of yesterday; one of each measure at most."""
    today, hour = clock.local_day(at), at.astimezone(clock.READERS_ZONE).hour
    since = min(store.sources.watched_since().values(), default=None)
    if since is None or (today - since).days < 1:
        return []
    first = today - (DAYS + LONGEST + 1) * DAY
    opened = store.trends.cases_by_hour(first, today)
    daily: Counter[date] = Counter()
    for (day, _), count in opened.items():
        daily[day] += count
    days: dict[Measure, Mapping[date, int]] = {"high": store.trends.high_cases_by_day(first, today), "opened": daily}  # fmt: skip
    before = [day for back in range(DAYS, 0, -1) if (day := today - back * DAY) >= since]
    hours = expected_hours([[opened.get((day, each), 0) for each in range(24)] for day in before])
    by_measure: dict[Measure, Spike] = {}
    for measure, counts in days.items():
        whole = _whole_days(counts, since)
        candidates: list[tuple[date, Usual, str]] = []
        if hours is not None and hour:
            share = sum(hours.shares[:hour] if measure == "opened" else hours.shares[: hour + 1])
            count = sum(opened.get((today, each), 0) for each in range(hour)) if measure == "opened" else counts.get(today, 0)  # fmt: skip
            ahead = hours.until(hour) if measure == "opened" else _part(whole(today).expected, share)  # fmt: skip
            candidates.append((today, _usual(count, ahead, HOUR_RARE), f"{hour:02}:00"))
        candidates.append((today - DAY, whole(today - DAY), ""))
        if measure == "opened" and hours is not None and hour:
            last = _usual(opened.get((today, hour - 1), 0), hours.hour(hour - 1), HOUR_RARE)
            candidates.append((today, last, f"{hour - 1:02}:00 to {hour:02}:00"))
        for day, usual, until in candidates:
            if usual.stands_out and usual.expected is not None and measure not in by_measure:
                low, high = usual.expected.between
                by_measure[measure] = Spike(
                    measure=measure, day=day, since=_began(day, whole), count=usual.count, low=low, high=high, until=until,
                )  # fmt: skip
    return list(by_measure.values())


def _whole_days(counts: Mapping[date, int], since: date) -> Callable[[date], Usual]:
    def of(day: date) -> Usual:
        before = [each for back in range(DAYS, 0, -1) if (each := day - back * DAY) >= since]
        expected = expected_day([counts.get(each, 0) for each in before])
        return _usual(counts.get(day, 0), expected, RARE)

    return of


def _part(expected: Expected | None, share: float) -> Expected | None:
    return expected and Expected(mean=expected.mean * share, dispersion=expected.dispersion)


def _usual(count: int, expected: Expected | None, rare: float) -> Usual:
    return Usual(name="", count=count, expected=expected, over=True, rare=rare)


def _began(day: date, whole: Callable[[date], Usual]) -> date:
    """The first of the days in a row that stand out, of which this is the last."""
    return _last(_in_a_row(day, whole))


def _in_a_row(day: date, whole: Callable[[date], Usual]) -> Iterator[date]:
    yield day
    for back in range(1, LONGEST):
        if not whole(day - back * DAY).stands_out:
            return
        yield day - back * DAY


def _last(days: Iterator[date]) -> date:
    *_, last = days
    return last


@dataclass(frozen=True, slots=True, kw_only=True)
class SpikeMail:
    """All that the email says."""

    spike: Spike
    at: datetime
    address: str
    urgent: bool = field(default=False, init=False)

    @property
    def heading(self) -> str:
        """More than usual: 9 high-risk cases today."""
        today = self.spike.day == clock.local_day(self.at)
        when = "today" if today else f"on {self.spike.day:%a} {self.spike.day.day} {self.spike.day:%b}"  # fmt: skip
        return f"More than usual: {self.spike.count:,} {NAMES[self.spike.measure]} {when}"

    @property
    def subject(self) -> str:
        """The same: it names no case."""
        return self.heading

    @property
    def counted(self) -> str:
        """23, until 14:00."""
        until = self.spike.until
        return f"{self.spike.count:,}{', ' if until else ''}{'' if ' to ' in until else 'until ' if until else ''}{until}"

    @property
    def usual(self) -> str:
        """1 to 4 on such a day, by then."""
        low, high = self.spike.low, self.spike.high
        figures = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        by_then = " in that hour" if " to " in self.spike.until else " by that time" if self.spike.until else ""  # fmt: skip
        return f"{figures} on such a day{by_then}"

    @property
    def text(self) -> str:
        """The text part."""
        return render("alert_spike.txt", mail=self)

    @property
    def html(self) -> str:
        """The HTML part."""
        return render("alert_spike.html", mail=self)
