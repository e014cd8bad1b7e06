"""What reports and the page are made of: labelled items in masked words, and counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from core import clock, explanation
from core.models import RISKS, Flag
from store.assessments import Assessments
from store.database import Database
from store.models import Item, Total
from store.sqlite import Row

# An item as we think of it now. Its parameters come with the WHERE that is put after it.
_ITEM = """SELECT a.*, m.platform, m.kind, m.posted_at, m.found_at, m.metrics, m.followers,
        m.deleted_at, m.own, m.story, m.revision AS newest,
        (SELECT d.kind FROM decisions d WHERE d.mention = m.number ORDER BY d.version DESC LIMIT 1)
            AS decision,
        (SELECT json_group_array(DISTINCT source) FROM matches WHERE mention = m.number) AS sources,
        (SELECT json_group_array(DISTINCT term) FROM matches WHERE mention = m.number
            AND term <> '') AS matched
    FROM current_assessments a JOIN mentions m ON m.number = a.mention"""

# First seen, edited, or raised by its reach in the period.
_NEW_IN_PERIOD = """(m.found_at >= :start AND m.found_at < :end
    OR EXISTS (SELECT 1 FROM revisions v WHERE v.mention = m.number AND v.revision = m.revision
        AND v.at >= :start AND v.at < :end)
    OR EXISTS (SELECT 1 FROM risks r WHERE r.mention = m.number AND r.reason = 'reach'
        AND r.raised AND r.at >= :start AND r.at < :end))"""
_POSTED = "(m.posted_at >= :start AND m.posted_at < :end)"
REVIEWABLE = """(a.risk <> 'none' OR a.read <> 'full'
    OR EXISTS (SELECT 1 FROM flags f WHERE f.assessment = a.number)
    OR EXISTS (SELECT 1 FROM staff_reports t WHERE t.mention = a.mention))"""


class Figures:
    """Reading what was assessed."""

    def __init__(self, database: Database, assessments: Assessments) -> None:
        self._db = database
        self._assessments = assessments

    def flagged(
        self, start: datetime, end: datetime, *, by: Literal["found", "posted"] = "found"
    ) -> list[Item]:
        """What a person should see of a period, half open, gravest first, then newest.

        That is whatever has a risk or a flag, was not read in full, or was reported by staff. `by` "found" takes
        what was first seen, edited or raised by its reach in the period, whenever it was posted. Whoever speaks up is left out.
        """
        chosen = _NEW_IN_PERIOD if by == "found" else _POSTED
        period = {"start": clock.text(start), "end": clock.text(end)}
        with self._db.snapshot():
            items = self._items(
                f"{_ITEM} WHERE {chosen} AND {REVIEWABLE} AND {self._db.sight.of_posts('m.number')}",
                period,
            )
        return sorted(items, key=lambda item: (RISKS.index(item.risk), -item.posted_at.timestamp()))

    def count_assessed(
        self, start: datetime, end: datetime, *, by: Literal["found", "posted"] = "found"
    ) -> int:
        """How many mentions of a period, as `flagged` takes it, were assessed, flagged or not."""
        chosen = _NEW_IN_PERIOD if by == "found" else _POSTED
        with self._db.snapshot():
            rows = self._db.rows_named(
                f"""SELECT count(*) FROM current_assessments a
                JOIN mentions m ON m.number = a.mention WHERE {chosen}""",
                {"start": clock.text(start), "end": clock.text(end)},
            )
        return int(rows[0][0])

    def head(self) -> tuple[int, int]:
        """What changes whenever something is assessed or purged; counts of labels hold while it is the same."""
        with self._db.snapshot():
            row = self._db.rows(
                """SELECT (SELECT coalesce(max(number), 0) FROM risks) AS risk,
                (SELECT coalesce(max(rowid), 0) FROM purged_counts) AS purged"""
            )[0]
        return int(row["risk"]), int(row["purged"])

    def row_counts(self) -> dict[str, int]:
        """How many mentions, revisions, assessments and outbox rows there are."""
        with self._db.snapshot():
            return {
                table: int(self._db.value(f"SELECT count(*) FROM {table}"))
                for table in ("mentions", "revisions", "assessments", "outbox")
            }

    def item(self, number: int) -> Item | None:
        """One assessed mention, flagged or not; None where there is none."""
        ahead: Item | None = self._db.read_ahead("items", number)
        if ahead is not None:
            return ahead
        return self.items([number]).get(number)

    def items(self, numbers: Sequence[int], *, bare: bool = False) -> dict[int, Item]:
        """Those of these mentions that are assessed, by number.

        `bare`: without flags and without how many tell the same story, which a line of a list needs not.
        """
        with self._db.snapshot():
            items = self._items(
                f"{_ITEM} WHERE m.number IN (SELECT value FROM json_each(:numbers))",
                {"numbers": json.dumps(list(numbers))}, bare=bare,
            )  # fmt: skip
        return {item.number: item for item in items}

    def totals(self, start: datetime, end: datetime) -> list[Total]:
        """How many mentions posted in the period had which labels, day by day in UK time; not our own, nor
        what speaks up.

        What was purged is still counted. Period: half open; give it in whole UK days, since of what
        was purged only the day is known.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"SELECT m.posted_at, {LABELS} AND m.posted_at >= ? AND m.posted_at < ?",
                clock.text(start), clock.text(end),
            )  # fmt: skip
            purged = self._db.rows("SELECT * FROM purged_counts")
        counts = Counter(labels_of(row) for row in rows)
        for row in purged:
            if start <= clock.day(date.fromisoformat(row["day"]))[0] < end:
                counts[_labels(row, date.fromisoformat(row["day"]))] += row["count"]
        return [
            Total(day=day, platform=platform, sentiment=sentiment, risk=risk, in_scope=in_scope,
                  flags=flags, count=count)
            for (day, platform, sentiment, risk, in_scope, flags), count in sorted(counts.items())
        ]  # fmt: skip

    def _items(self, sql: str, values: Mapping[str, str], *, bare: bool = False) -> list[Item]:
        rows = self._db.rows_named(sql, values)
        if bare:
            return [_item(row, (), 0) for row in rows]
        flags = self._assessments.flags([row["number"] for row in rows])
        copies = self._copies([row["story"] for row in rows])
        return [
            _item(row, flags.get(row["number"], ()), copies.get(row["story"], 0)) for row in rows
        ]

    def _copies(self, stories: Iterable[str]) -> dict[str, int]:
        """How many mentions that are not deleted tell each story: counted once, however many of them are shown."""
        rows = self._db.rows(
            """SELECT story, count(*) FROM mentions
            WHERE story IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL GROUP BY story""",
            json.dumps(sorted(set(stories))),
        )
        return {row[0]: row[1] for row in rows}


# The labels of current assessments; what is counted of them goes before it, more conditions after.
LABELS = """m.number AS mention, m.platform, a.sentiment, a.risk, a.in_scope,
    (SELECT json_group_array(name) FROM (SELECT DISTINCT name FROM flags
        WHERE assessment = a.number ORDER BY name)) AS flags
    FROM current_assessments a JOIN mentions m ON m.number = a.mention WHERE NOT m.own
        AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks)"""

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
        protected=row["protected"],
        language=row["language"], read=row["read"], risk=row["risk"], flags=flags,
        followers=row["followers"], metrics=json.loads(row["metrics"]), edited=row["newest"] > 1,
        deleted=row["deleted_at"] is not None, story=row["story"], copies=copies,
        own=bool(row["own"]),
        decision=row["decision"], policy=row["policy"], model=row["model"],
        assessed_at=clock.parse(row["at"]),
        explanation=explanation.reading_from_json(json.loads(row["explanation"])) if row["explanation"] else None,
    )  # fmt: skip
