"""What trends are made of: counts by day and label, purged days included; they name nobody.

They are read from `daily_counts`, which triggers keep, and `purged_counts`, which a purge leaves. Mentions that
are in scope or flagged count, as in the weekly summary, by the day on which they were posted in UK time; our own
don't, nor those of people who speak up. Periods are UK days, both ends included.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from core import clock
from store.database import Database
from store.sqlite import Row

Dimension = Literal["platform", "sentiment", "risk", "flag", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How many mentions of a day were flagged or not, with this risk and sentiment."""

    day: date
    flagged: bool
    risk: str
    sentiment: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCount:
    """How many mentions of a period had exactly these labels."""

    platform: str
    sentiment: str
    risk: str
    flags: tuple[str, ...]
    count: int


class Trends:
    """Counting over time."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def by_day(self, first: date, last: date) -> list[DayCount]:
        """Each day of a period that has any."""
        counts: Counter[tuple[date, bool, str, str]] = Counter()
        for row in self._summed(
            ("day", "flags <> '[]' AS flagged", "risk", "sentiment"), first, last
        ):
            counts[day_of(row["day"]), bool(row["flagged"]), row["risk"], row["sentiment"]] += row[
                "count"
            ]
        return [
            DayCount(day=day, flagged=flagged, risk=risk, sentiment=sentiment, count=count)
            for (day, flagged, risk, sentiment), count in sorted(counts.items())
        ]

    def by_labels(self, first: date, last: date) -> list[LabelCount]:
        """A whole period by its labels."""
        counts: Counter[tuple[str, str, str, tuple[str, ...]]] = Counter()
        for row in self._summed(("platform", "sentiment", "risk", "flags"), first, last):
            counts[row["platform"], row["sentiment"], row["risk"], _names(row["flags"])] += row[
                "count"
            ]
        return [
            LabelCount(platform=platform, sentiment=sentiment, risk=risk, flags=flags, count=count)
            for (platform, sentiment, risk, flags), count in sorted(counts.items())
        ]

    def flags_by_day(self, first: date, last: date) -> dict[tuple[str, date], int]:
        """Each flag's count on each day; a mention with two flags counts for both."""
        counts: Counter[tuple[str, date]] = Counter()
        for row in self._summed(("day", "flags"), first, last):
            for name in _names(row["flags"]):
                counts[name, day_of(row["day"])] += row["count"]
        return dict(counts)

    def days_of(self, what: Dimension, name: str, first: date, last: date) -> dict[date, int]:
        """The days of one platform, sentiment, risk, flag or place."""
        counts: Counter[date] = Counter()
        if what == "place":
            sql = f"""SELECT {_PART} AS day, count(*) AS count {_IN_PLACES}
                AND p.place = ? GROUP BY 1"""
            with self._db.snapshot():
                rows = self._db.rows(sql, *edges(first, last), name)
        else:
            condition = (
                "EXISTS (SELECT 1 FROM json_each(flags) WHERE value = ?)" if what == "flag"
                else f"{what} = ?"
            )  # fmt: skip
            rows = self._summed(("day",), first, last, condition, name)
        for row in rows:
            counts[day_of(row["day"])] += row["count"]
        return dict(counts)

    def cases_by_hour(self, first: date, last: date) -> dict[tuple[date, int], int]:
        """How many cases opened in each hour of UK days, those that a purge took included.

        Cases of posts that were older than three days when they were found are no news: an import, a first run.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT hour, count FROM case_openings WHERE hour >= ? AND hour < ?",
                *edges(first, last),
            )
        counts: Counter[tuple[date, int]] = Counter()
        for row in rows:
            local = clock.parse(f"{row['hour']}:00Z").astimezone(clock.READERS_ZONE)
            counts[local.date(), local.hour] += row["count"]
        return dict(counts)

    def high_cases_by_day(self, first: date, last: date) -> dict[date, int]:
        """How many of the cases that opened on each day are of high risk now; purged ones are not known any more."""
        counts: Counter[date] = Counter()
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT substr(c.opened_at, 1, 13) AS hour, count(*) AS count FROM cases c
                WHERE c.risk = ? AND c.protected = 0 AND {_OPENED} GROUP BY 1""",
                HIGH, *edges(first, last),
            )  # fmt: skip
        for row in rows:
            counts[day_of(row["hour"])] += row["count"]
        return dict(counts)

    def case_flags_by_day(self, first: date, last: date) -> dict[tuple[str, date], int]:
        """Of the cases that opened on each day, how many hold a post with each flag; purged ones are not known any more."""
        counts: Counter[tuple[str, date]] = Counter()
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT f.flag, substr(c.opened_at, 1, 13) AS hour, count(DISTINCT c.number) AS count
                FROM cases c JOIN case_mentions i ON i.case_number = c.number AND i.reviewable
                    JOIN case_flags f ON f.mention = i.mention
                WHERE c.protected = 0 AND {_OPENED} GROUP BY 1, 2""",
                *edges(first, last),
            )
        for row in rows:
            counts[row["flag"], day_of(row["hour"])] += row["count"]
        return dict(counts)

    def by_place(self, first: date, last: date) -> dict[str, int]:
        """How many mentions that a person should see name a place; what was purged names none any more."""
        sql = f"SELECT p.place, count(*) AS count {_IN_PLACES} GROUP BY 1 ORDER BY 1"
        with self._db.snapshot():
            return {row["place"]: row["count"] for row in self._db.rows(sql, *edges(first, last))}

    def flags_by_place(self, first: date, last: date) -> dict[tuple[str, str], int]:
        """By flag and place, of the same mentions."""
        sql = f"""SELECT f.flag, p.place, count(*) AS count
            {_IN_PLACES.replace("WHERE", "JOIN case_flags f ON f.mention = i.mention WHERE")}
            GROUP BY 1, 2 ORDER BY 1, 2"""
        with self._db.snapshot():
            return {
                (row["flag"], row["place"]): row["count"]
                for row in self._db.rows(sql, *edges(first, last))
            }

    def _summed(
        self, columns: Sequence[str], first: date, last: date, condition: str = "1", *values: str
    ) -> list[Row]:
        """Rows of both tables with these columns and their count. Columns are ours, never input."""
        rows: list[Row] = []
        with self._db.snapshot():
            for table, day, bounds in (
                ("daily_counts", "day_part", edges(first, last)),
                ("purged_counts", "day", (first.isoformat(), f"{last.isoformat()}~")),
            ):
                select_list = ", ".join(
                    f"{day} AS day" if column == "day" else column for column in columns
                )
                places = ", ".join(str(place + 1) for place in range(len(columns)))
                rows += self._db.rows(
                    f"""SELECT {select_list}, sum(count) AS count FROM {table}
                    WHERE {day} >= ? AND {day} < ? AND (in_scope OR flags <> '[]') AND {condition}
                    GROUP BY {places}""",
                    *bounds, *values,
                )  # fmt: skip
        return rows


# As the triggers of the daily counts have it: the last hour of a UTC day may belong to the next one here.
_PART = """substr(i.posted_at, 1, 11) ||
    CASE substr(i.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END"""
HIGH = 3  # the risk of a case, as the table keeps it
# Cases that opened in a period on posts that were then no older than three days, as step 34 counts them.
_OPENED = (
    "c.opened_at >= ? AND c.opened_at < ? AND julianday(c.opened_at) - julianday(c.latest_at) <= 3"
)
_IN_PLACES = """FROM case_mentions i JOIN case_places p ON p.mention = i.mention
    WHERE i.posted_at >= ? AND i.posted_at < ? AND i.reviewable AND NOT i.speaks"""


@lru_cache(maxsize=4096)
def day_of(part: str) -> date:
    """The UK day of a part of a UTC day, '2026-07-01T23'; or of a day as it is written, 2026-07-02."""
    return (
        date.fromisoformat(part) if len(part) == 10 else clock.local_day(clock.parse(f"{part}:00Z"))
    )


@lru_cache(maxsize=4096)
def _names(flags: str) -> tuple[str, ...]:
    return tuple(json.loads(flags))


def edges(first: date, last: date) -> tuple[str, str]:
    """Where a period begins and ends, as moments and as parts of days sort."""
    return clock.text(clock.day(first)[0])[:13], clock.text(clock.day(last)[1])[:13]
