"""What reports and the page are made of: labelled items in masked words, and counts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from core import clock, explanation
from core.models import RISKS, Flag, Platform
from store.assessments import Assessments
from store.database import Opened
from store.encryption import clean
from store.mentions import EACH_SOURCE
from store.models import Answered, Item, Reach, Spoke, Total
from store.sqlite import Row

# An item as we think of it now. Its parameters come with the WHERE that is put after it.
ITEM = """SELECT a.*, m.platform, m.kind, m.posted_at, m.found_at, m.metrics, m.followers,
        m.deleted_at, m.own, m.story, m.revision AS newest,
        (SELECT d.kind FROM decisions d WHERE d.mention = m.number ORDER BY d.version DESC LIMIT 1)
            AS decision,
        (SELECT json_group_array(DISTINCT source) FROM matches WHERE mention = m.number) AS sources,
        (SELECT json_group_array(DISTINCT term) FROM matches WHERE mention = m.number
            AND term <> '') AS matched
    FROM current_assessments a JOIN mentions m ON m.number = a.mention"""

# First seen, edited, or raised by its reach in the period.
NEW_IN_PERIOD = """(m.found_at >= :start AND m.found_at < :end
    OR EXISTS (SELECT 1 FROM revisions v WHERE v.mention = m.number AND v.revision = m.revision
        AND v.at >= :start AND v.at < :end)
    OR EXISTS (SELECT 1 FROM risks r WHERE r.mention = m.number AND r.reason = 'reach'
        AND r.raised AND r.at >= :start AND r.at < :end))"""
POSTED = "(m.posted_at >= :start AND m.posted_at < :end)"
WORTH_READING = """(a.risk <> 'none' OR a.read <> 'full'
    OR EXISTS (SELECT 1 FROM flags f WHERE f.assessment = a.number)
    OR EXISTS (SELECT 1 FROM tellings t WHERE t.mention = a.mention))"""


class Figures(Assessments):
    """Reading what was assessed."""

    def flagged(
        self, start: datetime, end: datetime, *, by: Literal["found", "posted"] = "found"
    ) -> list[Item]:
        """What a person should see of a period, half open, gravest first, then newest.

        That is whatever has a risk or a flag, was not read in full, or was reported by staff. `by` "found" takes
        what was first seen, edited or raised by its reach in the period, whenever it was posted.
        """
        chosen = NEW_IN_PERIOD if by == "found" else POSTED
        period = {"start": clock.text(start), "end": clock.text(end)}
        with self._reading():
            items = self._items(f"{ITEM} WHERE {chosen} AND {WORTH_READING}", period)
        return sorted(items, key=lambda item: (RISKS.index(item.risk), -item.posted_at.timestamp()))

    def count_assessed(
        self, start: datetime, end: datetime, *, by: Literal["found", "posted"] = "found"
    ) -> int:
        """How many mentions of a period, as `flagged` takes it, were assessed, flagged or not."""
        chosen = NEW_IN_PERIOD if by == "found" else POSTED
        with self._reading():
            count: int = self._db.conn.execute(
                f"""SELECT count(*) FROM current_assessments a
                JOIN mentions m ON m.number = a.mention WHERE {chosen}""",
                {"start": clock.text(start), "end": clock.text(end)},
            ).fetchone()[0]
        return count

    def sizes(self) -> dict[str, int]:
        """How many mentions, revisions, assessments and outbox rows there are."""
        with self._reading():
            return {
                table: int(self._one(f"SELECT count(*) FROM {table}"))
                for table in ("mentions", "revisions", "assessments", "outbox")
            }

    def item(self, number: int) -> Item | None:
        """One assessed mention, flagged or not; None where there is none."""
        with self._reading():
            items = self._items(f"{ITEM} WHERE m.number = :number", {"number": number})
        return items[0] if items else None

    def totals(self, start: datetime, end: datetime) -> list[Total]:
        """How many mentions posted in the period had which labels, day by day in UK time; not our own.

        What was purged is still counted. Period: half open; give it in whole UK days, since of what
        was purged only the day is known.
        """
        with self._reading():
            rows = self._rows(
                f"SELECT m.posted_at, {LABELS} AND m.posted_at >= ? AND m.posted_at < ?",
                clock.text(start), clock.text(end),
            )  # fmt: skip
            purged = self._rows("SELECT * FROM daily_counts")
        counts = Counter(labels_of(row) for row in rows)
        for row in purged:
            if start <= clock.day(date.fromisoformat(row["day"]))[0] < end:
                counts[_labels(row, date.fromisoformat(row["day"]))] += row["count"]
        return [
            Total(day=day, platform=platform, sentiment=sentiment, risk=risk, in_scope=in_scope,
                  flags=flags, count=count)
            for (day, platform, sentiment, risk, in_scope, flags), count in sorted(counts.items())
        ]  # fmt: skip

    def _items(self, sql: str, values: dict[str, str] | dict[str, int]) -> list[Item]:
        cursor = self._db.conn.cursor()
        cursor.row_factory = Row
        rows = cursor.execute(sql, values).fetchall()
        flags = self._flags([row["number"] for row in rows])
        copies = self._copies([row["story"] for row in rows])
        return [
            _item(row, flags.get(row["number"], ()), copies.get(row["story"], 0)) for row in rows
        ]

    def _copies(self, stories: Iterable[str]) -> dict[str, int]:
        """How many mentions that are not deleted tell each story: counted once, however many of them are shown."""
        rows = self._rows(
            """SELECT story, count(*) FROM mentions
            WHERE story IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL GROUP BY story""",
            json.dumps(sorted(set(stories))),
        )
        return {row[0]: row[1] for row in rows}


# The labels of current assessments; what is counted of them goes before it, more conditions after.
LABELS = """m.number AS mention, m.platform, a.sentiment, a.risk, a.in_scope,
    (SELECT json_group_array(name) FROM (SELECT DISTINCT name FROM flags
        WHERE assessment = a.number ORDER BY name)) AS flags
    FROM current_assessments a JOIN mentions m ON m.number = a.mention WHERE NOT m.own"""

Labels = tuple[date, str, str, str, bool, tuple[str, ...]]


def labels_of(row: Row) -> Labels:
    """What a mention is counted under: its UK day and its labels."""
    posted = clock.parse(row["posted_at"])
    try:
        return _labels(row, clock.local_day(posted))
    except OverflowError:  # the first day that a date can hold, which began before it in London
        return _labels(row, posted.date())


def _labels(row: Row, day: date) -> Labels:
    return (
        day, row["platform"], row["sentiment"], row["risk"], bool(row["in_scope"]),
        tuple(json.loads(row["flags"])),
    )  # fmt: skip


def _item(row: Row, flags: tuple[Flag, ...], copies: int) -> Item:
    return Item(
        number=row["mention"], revision=row["revision"], platform=row["platform"],
        kind=row["kind"], sources=tuple(json.loads(row["sources"])),
        matched=tuple(json.loads(row["matched"])), posted_at=clock.parse(row["posted_at"]),
        fetched_at=clock.parse(row["found_at"]), masked=row["masked"],
        in_scope=bool(row["in_scope"]), staff=row["staff"], sentiment=row["sentiment"],
        language=row["language"], read=row["read"], risk=row["risk"], flags=flags,
        followers=row["followers"], metrics=json.loads(row["metrics"]), edited=row["newest"] > 1,
        deleted=row["deleted_at"] is not None, story=row["story"], copies=copies,
        own=bool(row["own"]),
        decision=row["decision"], policy=row["policy"], model=row["model"],
        assessed_at=clock.parse(row["at"]),
        explanation=explanation.reading_from_json(json.loads(row["explanation"])) if row["explanation"] else None,
    )  # fmt: skip


# ── What the organisation itself published: when each account last spoke, what a campaign reached, what was answered.

CAMPAIGN = "campaign: "  # before a campaign's name, in what a mention matched
SEEN = ("views", "likes", "shares", "replies")

# Was a post under one of ours, or under a comment there, and did we say something to it?
_UNDER_OURS = """EXISTS (SELECT 1 FROM mentions p WHERE p.own
    AND p.key_hash IN (m.parent_hash, m.root_hash))"""
ANSWERS = """(r.own AND r.deleted_at IS NULL
    AND (r.parent_hash = m.key_hash OR (r.parent_hash = m.parent_hash AND r.posted_at > m.posted_at
        AND r.parent_hash <> coalesce(r.root_hash, r.parent_hash))))"""
ANSWERED = f"EXISTS (SELECT 1 FROM mentions r WHERE {ANSWERS})"


class Own(Opened):
    """Figures about our own posts; the handles are the organisation's own."""

    def spoke(self, start: datetime, end: datetime) -> list[Spoke]:
        """Each account of ours that we read: when it last spoke, and how often in the period."""
        last: dict[tuple[Platform, str], datetime] = {}
        often: dict[tuple[Platform, str], int] = defaultdict(int)
        with self._reading():
            for row in self._each(
                "SELECT platform, posted_at, sealed FROM mentions WHERE own AND posted_at < ?",
                clock.text(end),
            ):
                personal = self._seals.open(row["sealed"])
                who: tuple[Platform, str] = (
                    row["platform"],
                    personal["handle"] or personal["name"] or personal["author_id"],
                )
                posted = clock.parse(row["posted_at"])
                last[who] = max(last.get(who, posted), posted)
                often[who] += start <= posted
        return [
            Spoke(platform=platform, handle=handle, last=when, posts=often[platform, handle])
            for (platform, handle), when in sorted(last.items())
        ]

    def reach(self, start: datetime, end: datetime) -> list[Reach]:
        """What each campaign reached in the period: our posts, what came of them, and others' mentions."""
        ours: dict[str, list[dict[str, int]]] = defaultdict(list)
        others: dict[str, int] = defaultdict(int)
        with self._reading():
            for row in self._each(
                """SELECT DISTINCT t.term, m.number, m.own, m.metrics FROM matches t
                JOIN mentions m ON m.number = t.mention WHERE t.term LIKE ? AND m.deleted_at IS NULL
                AND m.posted_at >= ? AND m.posted_at < ?""",
                f"{CAMPAIGN}%", clock.text(start), clock.text(end),
            ):  # fmt: skip
                name = row["term"].removeprefix(CAMPAIGN)
                if row["own"]:
                    ours[name].append(json.loads(row["metrics"]))
                else:
                    others[name] += 1
        return [
            Reach(
                campaign=name, posts=len(ours[name]), mentions=others[name],
                **{what: sum(metrics.get(what, 0) for metrics in ours[name]) for what in SEEN},
            )
            for name in sorted({*ours, *others})
        ]  # fmt: skip

    def answered(self, flag: str, start: datetime, end: datetime) -> Answered:
        """How many posts under ours carried a flag in the period, and how many of them we answered."""
        with self._reading():
            row = self._row(
                f"""SELECT count(*) AS asked, coalesce(sum({ANSWERED}), 0) AS answered
                FROM current_assessments a JOIN mentions m ON m.number = a.mention
                WHERE NOT m.own AND m.deleted_at IS NULL AND m.posted_at >= ? AND m.posted_at < ?
                AND EXISTS (SELECT 1 FROM flags f WHERE f.assessment = a.number AND f.name = ?)
                AND {_UNDER_OURS}""",
                clock.text(start), clock.text(end), clean(flag),
            )  # fmt: skip
        assert row is not None
        return Answered(requests=row["asked"], answered=row["answered"])


# ── What trends are made of: counts by day and label, purged days included; they name nobody. ─────
#
# They are read from `day_counts`, which triggers keep, and `daily_counts`, which a purge leaves. Mentions that
# are in scope or flagged count, as in the weekly summary, by the day on which they were posted in UK time; our own
# don't. Periods are UK days, both ends included.

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


class Trends(Opened):
    """Counting over time."""

    def count_days(self, first: date, last: date) -> list[DayCount]:
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

    def count_labels(self, first: date, last: date) -> list[LabelCount]:
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

    def count_flags_by_day(self, first: date, last: date) -> dict[tuple[str, date], int]:
        """Each flag's count on each day; a mention with two flags counts for both."""
        counts: Counter[tuple[str, date]] = Counter()
        for row in self._summed(("day", "flags"), first, last):
            for name in _names(row["flags"]):
                counts[name, day_of(row["day"])] += row["count"]
        return dict(counts)

    def count_one_by_day(
        self, what: Dimension, name: str, first: date, last: date
    ) -> dict[date, int]:
        """The days of one platform, sentiment, risk, flag or place."""
        counts: Counter[date] = Counter()
        if what == "place":
            sql = f"""SELECT {_PART} AS day, count(*) AS count {_IN_PLACES}
                AND p.place = ? GROUP BY 1"""
            with self._reading():
                rows = self._rows(sql, *_edges(first, last), name)
        else:
            condition = (
                "EXISTS (SELECT 1 FROM json_each(flags) WHERE value = ?)" if what == "flag"
                else f"{what} = ?"
            )  # fmt: skip
            rows = self._summed(("day",), first, last, condition, name)
        for row in rows:
            counts[day_of(row["day"])] += row["count"]
        return dict(counts)

    def count_places(self, first: date, last: date) -> dict[str, int]:
        """How many mentions that a person should see name a place; what was purged names none any more."""
        sql = f"SELECT p.place, count(*) AS count {_IN_PLACES} GROUP BY 1 ORDER BY 1"
        with self._reading():
            return {row["place"]: row["count"] for row in self._rows(sql, *_edges(first, last))}

    def count_flags_by_place(self, first: date, last: date) -> dict[tuple[str, str], int]:
        """By flag and place, of the same mentions."""
        sql = f"""SELECT f.flag, p.place, count(*) AS count
            {_IN_PLACES.replace("WHERE", "JOIN case_flags f ON f.mention = i.mention WHERE")}
            GROUP BY 1, 2 ORDER BY 1, 2"""
        with self._reading():
            return {
                (row["flag"], row["place"]): row["count"]
                for row in self._rows(sql, *_edges(first, last))
            }

    def watched(self) -> dict[str, date]:
        """Each source that is read by itself, with the first whole day from which on it was."""
        with self._reading():
            rows = self._rows(
                f"""{EACH_SOURCE}
                SELECT k.source, r.since FROM known k JOIN runs r ON r.number = (
                    SELECT min(number) FROM runs WHERE source = k.source AND complete = 1)"""
            )
        return {
            row["source"]: _first_whole_day(clock.parse(row["since"]))
            for row in rows
            if row["source"] not in BY_HAND
        }

    def _summed(
        self, columns: Sequence[str], first: date, last: date, condition: str = "1", *values: str
    ) -> list[Row]:
        """Rows of both tables with these columns and their count. Columns are ours, never input."""
        rows: list[Row] = []
        with self._reading():
            for table, day, edges in (
                ("day_counts", "part", _edges(first, last)),
                ("daily_counts", "day", (first.isoformat(), f"{last.isoformat()}~")),
            ):
                select_list = ", ".join(
                    f"{day} AS day" if column == "day" else column for column in columns
                )
                places = ", ".join(str(place + 1) for place in range(len(columns)))
                rows += self._rows(
                    f"""SELECT {select_list}, sum(count) AS count FROM {table}
                    WHERE {day} >= ? AND {day} < ? AND (in_scope OR flags <> '[]') AND {condition}
                    GROUP BY {places}""",
                    *edges, *values,
                )  # fmt: skip
        return rows


BY_HAND = frozenset({"import", "noted"})  # no source that somebody reads day by day
# As in `day_triggers`: the last hour of a UTC day may belong to the next one here.
_PART = """substr(i.posted_at, 1, 11) ||
    CASE substr(i.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END"""
_IN_PLACES = """FROM case_mentions i JOIN case_places p ON p.mention = i.mention
    WHERE i.posted_at >= ? AND i.posted_at < ? AND i.worth"""


@lru_cache(maxsize=4096)
def day_of(part: str) -> date:
    """The UK day of a part of a UTC day, '2026-07-01T23'; or of a day as it is written, 2026-07-02."""
    return (
        date.fromisoformat(part) if len(part) == 10 else clock.local_day(clock.parse(f"{part}:00Z"))
    )


@lru_cache(maxsize=4096)
def _names(flags: str) -> tuple[str, ...]:
    return tuple(json.loads(flags))


def _edges(first: date, last: date) -> tuple[str, str]:
    """Where a period begins and ends, as moments and as parts of days sort."""
    return clock.text(clock.day(first)[0])[:13], clock.text(clock.day(last)[1])[:13]


def _first_whole_day(since: datetime) -> date:
    day = clock.local_day(since)
    return day if clock.day(day)[0] == since else clock.local_day(clock.day(day)[1])
