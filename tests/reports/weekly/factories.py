"""Simulated weeks in a real store: counts as a purge leaves them, sources as their runs leave them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from classify.policy.schema import Policy
from core import clock
from core.models import Platform
from reports.weekly import gathering
from reports.weekly.figures import Figures
from reports.weekly.gathering import gather
from reports.weekly.periods import Period, period_of
from settings import schema
from settings.schema import Config
from store import Store
from tests.reports.factories import POLICY, SHIPPED
from tests.store import factories as stored

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
LAST = date(2026, 11, 29)  # a Sunday
AT = datetime(2026, 11, 30, 7, 30, tzinfo=UTC)
CONFIG: Config = schema.load(SHIPPED)
SOURCES: Mapping[str, Platform] = {
    "x": "x", "facebook": "facebook", "reddit": "reddit", "feeds": "news",
}  # fmt: skip
# A series says by them how much there was in all, and is read without
NO_LABELS = pd.DataFrame(columns=["platform", "sentiment", "risk", "flags", "mentions"])


def sundays(count: int, last: date = LAST) -> list[date]:
    """The last days of so many weeks, oldest first."""
    return [last - place * WEEK for place in reversed(range(count))]


def count(store: Store, day: date, mentions: int, **labels: Any) -> None:
    """So many mentions of a day, as a purge leaves them."""
    given = {"platform": "x", "sentiment": "neutral", "risk": "low", "in_scope": 1, "flags": "[]"}
    with store.database.transaction():
        store.database.insert("purged_counts", day=f"{day}", count=mentions, **(given | labels))


def read(store: Store, source: str, first: date, last: date) -> None:
    """A source that was read day by day to its end, each run from a few hours before the last."""
    with store.database.transaction():
        day = first
        while day <= last:
            start, end = clock.day(day)
            store.database.insert(
                "runs", source=source, since=clock.text(start - timedelta(hours=3)), at=clock.text(end),
                ended=clock.text(end), complete=1, skipped=0,
            )  # fmt: skip
            day += DAY


def finds(store: Store, source: str, platform: Platform, number: int) -> None:
    """A mention by which it is known on which platform a source finds any; long before the weeks that are counted."""
    posted = datetime(2020, 1, 1, number, tzinfo=UTC)
    found = stored.mention(number, platform=platform, posted_at=posted, fetched_at=posted)
    store.mentions.add_run(source, [found], since=posted - DAY, at=posted, complete=True)


@dataclass(frozen=True, kw_only=True)
class Year:
    """Weeks that end on Sundays: counts by platform, and on which weeks (by place) what was not read or brought nothing."""

    counts: Mapping[Platform, Sequence[int]]
    off: Mapping[str, Iterable[int]] = field(
        default_factory=dict
    )  # a source that was not read in these weeks
    part: Mapping[str, Iterable[int]] = field(default_factory=dict)  # ... in half of each
    silent: Mapping[Platform, Iterable[int]] = field(
        default_factory=dict
    )  # it was read, and brought nothing
    halved: Mapping[Platform, Iterable[int]] = field(
        default_factory=dict
    )  # it was read to its end, and lost a half of its posts
    sources: Mapping[str, Platform] = field(default_factory=lambda: SOURCES)
    last: date = LAST

    @property
    def weeks(self) -> list[date]:
        """Their last days."""
        return sundays(len(next(iter(self.counts.values()))), self.last)


def fill(store: Store, year: Year) -> None:
    """Puts a year into a store. What was not read was not counted."""
    for number, (source, platform) in enumerate(year.sources.items(), 1):
        finds(store, source, platform, number)
    for place, last in enumerate(year.weeks):
        for source in year.sources:
            if place in set(year.off.get(source, ())):
                continue
            days = 3 if place in set(year.part.get(source, ())) else 7
            read(store, source, last - 6 * DAY, last - (7 - days) * DAY)
        for platform, counts in year.counts.items():
            names = [source for source, found in year.sources.items() if found == platform]
            lost = all(place in set(year.off.get(name, ())) for name in names)
            half = any(place in set(year.part.get(name, ())) for name in names)
            share = (
                0.0
                if lost or place in set(year.silent.get(platform, ()))
                else 3 / 7
                if half
                else 1.0
            )
            share *= 0.5 if place in set(year.halved.get(platform, ())) else 1.0
            mentions = round(counts[place] * share)
            if mentions:
                count(store, last - 3 * DAY, mentions, platform=platform)


def figures_of(
    store: Store,
    period: Period | None = None,
    at: datetime = AT,
    policy: Policy = POLICY,
    **how: Any,
) -> Figures:
    """The figures of a week, usually that of LAST."""
    return gather(store, CONFIG, policy, period or period_of("week", LAST), at, **how)


def told_weeks(store: Store, weeks: Iterable[date], key: str = "mentions") -> Iterator[date]:
    """The weeks in whose summary a rule speaks of a series: of its figures the series alone are worked out."""
    for last in weeks:
        at = clock.day(last)[1] + timedelta(hours=7)
        known = gathering._weeks(store, period_of("week", last))
        series, _ = gathering._series(store, known, NO_LABELS, at)
        if next(each for each in series if each.key == key).changed:
            yield last
