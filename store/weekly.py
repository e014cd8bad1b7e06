"""What weekly, monthly and quarterly summaries are made of: counts by week, what was read without a gap, what the team did.

Periods are UK days, both ends included. As in `store.trends`, mentions that are in scope or flagged count, by the day on
which they were posted, and our own don't. No row names a person or holds words of a post.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from core import clock
from store.cases.models import HOLDS
from store.cases.outcomes import COUNTS, OUTCOME_COLUMNS, outcome_in
from store.cases.sight import IN_USE, KINDS, READ_AS_SPEAKING, Sight
from store.database import Database
from store.purged_figures import IMPORTED, days, week_days
from store.sources import NOT_WATCHED
from store.sqlite import Row
from store.trends import edges

Days = tuple[date, date]  # the first and the last day of a period
MOST_SOURCES = 500  # of a source's newest mentions tell on which platforms it finds any
MOST_WAITING = 20
MOST_CUTTINGS = 20
THEME_WORDS = 600  # characters of a post that its theme is read from

_COUNTED = "d.in_scope OR d.flags <> '[]'"
_SUMS = """sum(d.count) AS mentions, sum(d.count * (d.risk = 'high')) AS high,
    sum(d.count * (d.flags <> '[]')) AS flagged,
    sum(d.count * (instr(d.flags, '"assistance"') > 0)) AS asking"""
_WEEKS = """WITH week (place, since, until) AS (SELECT json_extract(value, '$[0]'),
    json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCount:
    """Counts of one week, by its place among those asked for, of one platform and sentiment."""

    week: int
    platform: str
    sentiment: str
    mentions: int
    high: int
    flagged: int
    asking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A source that is read day by day: from when to when it was read to its end, and between what moments it was not."""

    source: str
    since: datetime
    until: datetime
    gaps: tuple[tuple[datetime, datetime], ...]
    platforms: tuple[str, ...]  # on which its newest mentions were


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneWork:
    """The cases of a lane that a clock of looking began for in a period. Minutes are of the wall clock; None of nothing."""

    lane: str
    cases: int
    in_time: int
    late: int  # looked at after its time, or past it and not looked at yet
    running: int
    median_minutes: float | None
    slowest_minutes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the team did in a period, in counts. Clocks are those of a breach of personal data."""

    decided: Mapping[str, int]  # decisions that stand, by what each comes to
    takedowns_asked: int  # posts
    takedowns_gone: int  # of those
    hidden: int  # posts hidden or removed through a platform
    clocks_began: int
    clocks_recorded: int  # of those
    clocks_running: int
    passed_on: int
    passed_on_open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase:
    """Somebody who asked for help and has no answer. `role` has the case, or "officer", or "" for nobody."""

    case: int
    since: datetime
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutting:
    """A piece of the press, or a public record: whose site, when, how it was meant, in which case."""

    outlet: str
    posted_at: datetime
    sentiment: str
    case: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemePost:
    """A post of a period, for its theme alone. `masked` never leaves the program.

    `author` only tells writers apart; where terms forbid to count them it tells apart what was said.
    """

    mention: int
    author: str
    platform: str
    sentiment: str
    masked: str


class Weekly:
    """Reading the figures of periods; nothing is kept of it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def by_week(self, weeks: Sequence[Days]) -> list[WeekCount]:
        """Counts of each of these weeks by platform and sentiment, purged days included."""
        parts = [[place, *edges(*days)] for place, days in enumerate(weeks)]
        purged = [[place, *week_days(*week)] for place, week in enumerate(weeks)]
        rows: list[Row] = []
        with self._db.snapshot():
            for table, day, bounds in (
                ("daily_counts", "day_part", parts),
                ("purged_counts", "day", purged),
            ):
                rows += self._db.rows(
                    f"""{_WEEKS} SELECT w.place, d.platform, d.sentiment, {_SUMS}
                    FROM week w CROSS JOIN {table} d ON d.{day} >= w.since AND d.{day} < w.until
                    WHERE {_COUNTED} GROUP BY 1, 2, 3""",
                    json.dumps(bounds),
                )  # fmt: skip
        return [_week_count(row) for row in rows]

    def imported_by_week(self, weeks: Sequence[Days]) -> list[WeekCount]:
        """The same of mentions that no source found by itself, which say nothing of how much is said."""
        parts = [[place, *edges(*days)] for place, days in enumerate(weeks)]
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_WEEKS} SELECT w.place, d.platform, d.sentiment, {_SUMS.replace("d.count", "1")}
                FROM (SELECT DISTINCT mention FROM matches WHERE source IN (SELECT value FROM json_each(?))) t
                JOIN mentions m ON m.number = t.mention AND {IMPORTED}
                JOIN counted_mentions c ON c.mention = m.number
                JOIN daily_counts d ON d.number = c.daily_count
                JOIN week w ON d.day_part >= w.since AND d.day_part < w.until
                WHERE {_COUNTED} GROUP BY 1, 2, 3""",
                json.dumps(parts), json.dumps(sorted(NOT_WATCHED)),
            )  # fmt: skip
            rows += self._db.rows(
                f"""{_WEEKS} SELECT w.place, d.platform, d.sentiment, {_SUMS}
                FROM week w CROSS JOIN purged_imports d ON d.day >= w.since AND d.day < w.until
                WHERE {_COUNTED} GROUP BY 1, 2, 3""",
                json.dumps([[place, *week_days(*week)] for place, week in enumerate(weeks)]),
            )  # fmt: skip
        return [_week_count(row) for row in rows]

    def coverage(self, start: datetime) -> list[Covered]:
        """Each source that was read to its end since `start`, by name, with what it missed from then on."""
        names = [source for source in self._names() if source not in NOT_WATCHED]
        with self._db.snapshot():
            rows = self._db.rows(
                """WITH run AS (SELECT source, at, since,
                    lag(at) OVER (PARTITION BY source ORDER BY at) AS before,
                    min(since) OVER (PARTITION BY source ORDER BY at
                        ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS earliest
                    FROM runs WHERE source IN (SELECT value FROM json_each(?)) AND complete = 1 AND at >= ?)
                SELECT source, min(since) AS since, max(at) AS until,
                    json_group_array(json_array(before, earliest)) FILTER (WHERE earliest > before) AS gaps
                FROM run GROUP BY source ORDER BY source""",
                json.dumps(names), clock.text(start),
            )  # fmt: skip
            return [
                Covered(
                    source=row["source"], since=clock.parse(row["since"]), until=clock.parse(row["until"]),
                    gaps=tuple(
                        (clock.parse(since), clock.parse(until)) for since, until in json.loads(row["gaps"])
                    ),
                    platforms=self._platforms(row["source"]),
                )
                for row in rows
            ]  # fmt: skip

    def count_found(self, start: datetime, end: datetime) -> int:
        """How many were first found in the period, whenever they were posted, purged ones included."""
        with self._db.snapshot():
            there = self._db.value(
                f"""SELECT count(*) FROM mentions m JOIN counted_mentions c ON c.mention = m.number
                JOIN daily_counts d ON d.number = c.daily_count
                WHERE m.found_at >= ? AND m.found_at < ? AND ({_COUNTED})""",
                clock.text(start), clock.text(end),
            )  # fmt: skip
            purged = self._db.value(
                "SELECT coalesce(sum(count), 0) FROM purged_finds WHERE found_day >= ? AND found_day < ?",
                *days(start, end),
            )
        return int(there) + int(purged)

    def late_by_week(self, weeks: Sequence[Days], start: datetime, end: datetime) -> dict[int, int]:
        """Of what was found in the period by a source, how many were posted in each of these earlier weeks."""
        parts = [[place, *edges(*days)] for place, days in enumerate(weeks)]
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_WEEKS} SELECT w.place, count(*) AS count FROM mentions m
                CROSS JOIN counted_mentions c ON c.mention = m.number CROSS JOIN daily_counts d ON d.number = c.daily_count
                CROSS JOIN week w ON d.day_part >= w.since AND d.day_part < w.until
                WHERE m.found_at >= ? AND m.found_at < ? AND m.posted_at < ? AND ({_COUNTED}) AND NOT ({IMPORTED})
                GROUP BY 1""",
                json.dumps(parts), clock.text(start), clock.text(end), clock.text(start),
            )  # fmt: skip
            purged = self._db.rows(
                f"""{_WEEKS} SELECT w.place, sum(d.count) AS count FROM week w CROSS JOIN purged_finds d
                ON d.posted_day >= w.since AND d.posted_day < w.until
                WHERE d.found_day >= ? AND d.found_day < ? AND d.posted_day < ? AND NOT d.imported GROUP BY 1""",
                json.dumps([[place, *week_days(*week)] for place, week in enumerate(weeks)]),
                *days(start, end), days(start, end)[0],
            )  # fmt: skip
        late = Counter({row["place"]: row["count"] for row in rows})
        late.update({row["place"]: row["count"] for row in purged})
        return dict(late)

    def lanes(self, start: datetime, end: datetime, at: datetime) -> list[LaneWork]:
        """How the cases that began to wait in a period were looked at, as it stands at `at`."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""WITH clocks AS (SELECT coalesce(missed_lane, lane, 'look') AS lane, coalesce(missed_at, due_at) AS due_at, stopped_at,
                    (julianday(stopped_at) - julianday(began_at)) * 1440 AS minutes
                    FROM deadlines WHERE {_LOOKED} AND began_at >= ?1 AND began_at < ?2),
                ranked AS (SELECT lane, minutes, row_number() OVER (PARTITION BY lane ORDER BY minutes) AS rank,
                    count(*) OVER (PARTITION BY lane) AS of FROM clocks WHERE minutes IS NOT NULL)
                SELECT lane, count(*) AS cases, {_IN_TIME} AS in_time, {_LATE} AS late,
                    coalesce(sum(stopped_at IS NULL), 0) AS running, max(minutes) AS slowest,
                    (SELECT avg(minutes) FROM ranked r WHERE r.lane = clocks.lane
                        AND rank IN ((of + 1) / 2, (of + 2) / 2)) AS median
                FROM clocks GROUP BY lane ORDER BY lane""",
                clock.text(start), clock.text(end), clock.text(at),
            )  # fmt: skip
        return [
            LaneWork(
                lane=row["lane"], cases=row["cases"], in_time=row["in_time"], late=row["late"],
                running=row["running"], median_minutes=row["median"], slowest_minutes=row["slowest"],
            )
            for row in rows
        ]  # fmt: skip

    def in_time_by_week(self, weeks: Sequence[Days], at: datetime) -> dict[int, tuple[int, int]]:
        """Of the cases that began to wait in each week and whose time is over: how many were looked at in time, of how many."""
        moments = [
            [place, clock.text(clock.day(first)[0]), clock.text(clock.day(last)[1])]
            for place, (first, last) in enumerate(weeks)
        ]
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_WEEKS.replace("?", "?1")}, clocks AS (SELECT began_at, stopped_at, coalesce(missed_at, due_at) AS due_at FROM deadlines WHERE {_LOOKED})
                SELECT w.place, {_IN_TIME} AS in_time, {_LATE.replace("?3", "?2")} AS late
                FROM week w CROSS JOIN clocks ON began_at >= w.since AND began_at < w.until
                GROUP BY 1""",
                json.dumps(moments), clock.text(at),
            )  # fmt: skip
        return {row["place"]: (row["in_time"], row["in_time"] + row["late"]) for row in rows}

    def work(self, start: datetime, end: datetime) -> Work:
        """What was decided, asked for and passed on in a period."""
        period = {"start": clock.text(start), "end": clock.text(end)}
        within = "at >= :start AND at < :end"
        with self._db.snapshot():
            decisions = self._db.rows_named(
                f"SELECT {OUTCOME_COLUMNS} FROM case_decisions d WHERE d.at >= :start AND d.at < :end AND {HOLDS} AND {COUNTS}",
                period,
            )
            decided = Counter[str](outcome_in(self._db, decision) for decision in decisions)
            purged = self._db.rows(
                f"SELECT kind, count FROM purged_decisions d WHERE day >= ? AND day < ? AND {COUNTS}",
                *days(start, end),
            )
            for each in purged:
                decided[each["kind"]] += each["count"]
            row = self._db.rows_named(
                f"""SELECT (SELECT count(DISTINCT mention) FROM takedowns WHERE step = 'asked' AND {within}) AS asked,
                (SELECT count(DISTINCT t.mention) FROM takedowns t JOIN mentions m ON m.number = t.mention
                    WHERE t.step = 'asked' AND t.at >= :start AND t.at < :end AND (m.deleted_at IS NOT NULL
                    OR EXISTS (SELECT 1 FROM takedowns g WHERE g.mention = t.mention AND g.step = 'gone'))) AS gone,
                (SELECT count(DISTINCT mention) FROM moderations
                    WHERE outcome = 'done' AND began_at >= :start AND began_at < :end) AS hidden,
                (SELECT count(*) FROM deadlines WHERE {_BREACH}) AS began,
                (SELECT count(*) FROM deadlines WHERE {_BREACH} AND stop_reason = 'recorded') AS recorded,
                (SELECT count(*) FROM deadlines WHERE {_BREACH} AND stopped_at IS NULL) AS running,
                (SELECT count(*) FROM handoffs WHERE state <> 'taken back' AND {within}) AS passed_on,
                (SELECT count(*) FROM handoffs WHERE state IN ('waits', 'confirmed') AND {within}) AS passed_on_open""",
                period,
            )[0]
        return Work(
            decided=dict(sorted(decided.items(), key=lambda counted: (-counted[1], counted[0]))), takedowns_asked=row["asked"],
            takedowns_gone=row["gone"], hidden=row["hidden"], clocks_began=row["began"],
            clocks_recorded=row["recorded"], clocks_running=row["running"],
            passed_on=row["passed_on"], passed_on_open=row["passed_on_open"],
        )  # fmt: skip

    def waiting(self, end: datetime, long: timedelta) -> tuple[int, int, list[WaitingCase]]:
        """How many cases waited for an answer at the end of a period, how many for `long`, and those that waited longest."""
        moment = clock.text(end)
        waits = f"""k.kind = 'assistance' AND k.began_at < ?1 AND (k.stopped_at IS NULL OR k.stopped_at >= ?1)
            AND {self._db.sight.of_numbers("k.case_number")}"""
        with self._db.snapshot():
            counted = self._db.rows(
                f"SELECT count(*) AS waiting, coalesce(sum(k.began_at < ?2), 0) AS long FROM deadlines k WHERE {waits}",
                moment, clock.text(end - long),
            )[0]  # fmt: skip
            rows = self._db.rows(
                f"""SELECT k.case_number, k.began_at, coalesce((SELECT h.role FROM handoffs h
                        WHERE h.case_number = k.case_number AND h.state IN ('waits', 'confirmed')
                        ORDER BY h.number DESC LIMIT 1),
                    CASE WHEN c.assigned_to IS NOT NULL THEN 'officer' ELSE '' END, '') AS role
                FROM deadlines k LEFT JOIN cases c ON c.number = k.case_number
                WHERE {waits} ORDER BY k.began_at, k.number LIMIT ?2""",
                moment, MOST_WAITING,
            )  # fmt: skip
        return counted["waiting"], counted["long"], [
            WaitingCase(case=row["case_number"], since=clock.parse(row["began_at"]), role=row["role"]) for row in rows
        ]  # fmt: skip

    def waiting_now(self, at: datetime) -> int:
        """How many cases wait for an answer to a request for help at a moment, whenever they began to: the figure of *Handover*."""
        with self._db.snapshot():
            return int(
                self._db.value(
                    f"""SELECT count(*) FROM deadlines k WHERE k.kind = 'assistance' AND k.began_at <= ?1 AND (k.stopped_at IS NULL OR k.stopped_at > ?1)
                    AND {self._db.sight.of_numbers("k.case_number")}""",
                    clock.text(at),
                )
            )

    def leaks_to_look_at(self, end: datetime) -> int:
        """How many cases may hold a patient's details that were posted before the end of a period, and wait still for somebody to look.

        A case counts whenever it was found: a week is told on the Monday on which the posts of its Sunday came. One whose leak is
        confirmed is not among them.
        """
        with self._db.snapshot():
            return int(
                self._db.value(
                    f"""SELECT count(*) FROM deadlines k WHERE k.kind = 'look' AND k.stopped_at IS NULL
                    AND EXISTS (SELECT 1 FROM case_mentions i JOIN flags f ON f.assessment = i.assessment AND f.name = 'pid'
                        WHERE i.case_number = k.case_number AND i.reviewable AND NOT i.deleted AND NOT i.speaks AND i.posted_at < ?)
                    AND NOT EXISTS (SELECT 1 FROM deadlines c WHERE c.case_number = k.case_number AND c.kind = 'pid'
                        AND coalesce(c.stop_reason, '') <> 'taken back')
                    AND {self._db.sight.of_numbers("k.case_number")}""",
                    clock.text(end),
                )
            )

    def cuttings(
        self, start: datetime, end: datetime, platform: Literal["news", "record"] = "news"
    ) -> list[Cutting]:
        """The newest pieces of the press of a period, or public records, by whose site they stand on; never by whoever is named in one."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT m.posted_at, m.encrypted, a.sentiment, i.case_number FROM mentions m
                JOIN current_assessments a ON a.mention = m.number
                LEFT JOIN case_mentions i ON i.mention = m.number
                WHERE m.posted_at >= ? AND m.posted_at < ? AND m.platform = ? AND NOT m.own AND NOT coalesce(i.speaks, 0)
                    AND m.deleted_at IS NULL AND a.in_scope ORDER BY m.posted_at DESC LIMIT ?""",
                clock.text(start), clock.text(end), platform, MOST_CUTTINGS,
            )  # fmt: skip
            return [
                Cutting(
                    outlet=_host(self._db.encryption.decrypt(row["encrypted"])),
                    posted_at=clock.parse(row["posted_at"]), sentiment=row["sentiment"], case=row["case_number"],
                )
                for row in rows
            ]  # fmt: skip

    def not_read(self, start: datetime, end: datetime) -> dict[tuple[str, str], int]:
        """How many mentions posted in a period could not be read in full, by how far they were and their language."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT i.read, a.language, count(*) AS count FROM case_mentions i
                JOIN assessments a ON a.number = i.assessment
                WHERE i.posted_at >= ? AND i.posted_at < ? AND i.read <> 'full' GROUP BY 1, 2 ORDER BY 1, 2""",
                clock.text(start), clock.text(end),
            )  # fmt: skip
        return {(row["read"], row["language"]): row["count"] for row in rows}

    def theme_posts(
        self, start: datetime, end: datetime, most: int, uncounted: AbstractSet[str] = frozenset()
    ) -> tuple[int, list[ThemePost]]:
        """How many posts of a period are in scope, and at most so many of them, spread evenly over it, with masked words.

        Of platforms in `uncounted` no author is read: their posts are told apart by what they say alone. None that may be speaking up is
        among them; complaints and criticism are, or a theme that angers people would read as one that angers nobody.
        """
        of = f"""FROM mentions m JOIN current_assessments a ON a.mention = m.number
            WHERE m.posted_at >= ? AND m.posted_at < ? AND NOT m.own AND m.deleted_at IS NULL AND a.in_scope
            AND a.protected NOT IN ({KINDS}) AND NOT {READ_AS_SPEAKING.format("a")} AND {Sight().of_posts("m.number")} AND {IN_USE}"""
        with self._db.snapshot():
            numbers = [
                row[0]
                for row in self._db.rows(
                    f"SELECT m.number {of} ORDER BY m.posted_at, m.number",
                    clock.text(start), clock.text(end),
                )
            ]  # fmt: skip
            every = max(1.0, len(numbers) / most)
            chosen = [numbers[int(place * every)] for place in range(min(most, len(numbers)))]
            rows = self._db.rows(
                f"""SELECT m.number, m.platform, m.story, m.encrypted, a.sentiment, substr(a.masked, 1, {THEME_WORDS}) AS masked
                FROM mentions m JOIN current_assessments a ON a.mention = m.number
                WHERE m.number IN (SELECT value FROM json_each(?)) ORDER BY m.posted_at, m.number""",
                json.dumps(chosen),
            )
            return len(numbers), [
                ThemePost(
                    mention=row["number"],
                    author=f"story {row['story']}" if row["platform"] in uncounted
                    else _author(self._db.encryption.decrypt(row["encrypted"])),
                    platform=row["platform"], sentiment=row["sentiment"], masked=row["masked"],
                )
                for row in rows
            ]  # fmt: skip

    def _names(self) -> list[str]:
        with self._db.snapshot():
            rows = self._db.rows(
                """WITH RECURSIVE known (source) AS (SELECT min(source) FROM runs UNION ALL
                SELECT (SELECT min(source) FROM runs WHERE source > k.source) FROM known k
                WHERE k.source IS NOT NULL) SELECT source FROM known WHERE source IS NOT NULL"""
            )
        return [row["source"] for row in rows]

    def _platforms(self, source: str) -> tuple[str, ...]:
        rows = self._db.rows(
            """SELECT DISTINCT m.platform FROM (SELECT mention FROM matches WHERE source = ?
                ORDER BY mention DESC LIMIT ?) t JOIN mentions m ON m.number = t.mention ORDER BY 1""",
            source, MOST_SOURCES,
        )  # fmt: skip
        return tuple(row["platform"] for row in rows)


_LOOKED = "kind = 'look' AND coalesce(stop_reason, '') NOT IN ('nothing left', 'taken back')"
_IN_TIME = "coalesce(sum(stopped_at <= due_at), 0)"
_LATE = "coalesce(sum(coalesce(stopped_at, ?3) > due_at), 0)"
_BREACH = "kind = 'pid' AND began_at >= :start AND began_at < :end AND coalesce(stop_reason, '') <> 'taken back'"


def _week_count(row: Row) -> WeekCount:
    return WeekCount(
        week=row["place"], platform=row["platform"], sentiment=row["sentiment"], mentions=row["mentions"],
        high=row["high"], flagged=row["flagged"], asking=row["asking"],
    )  # fmt: skip


def _host(personal: Mapping[str, Any]) -> str:
    host = urlsplit(str(personal.get("url") or "")).hostname or ""
    return host.removeprefix("www.") or "a site without an address"


def _author(personal: Mapping[str, Any]) -> str:
    return str(personal.get("author_id") or personal.get("handle") or personal.get("name") or "")
