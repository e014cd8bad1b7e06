"""Counts by UK day that outlive a purge, so that figures of past weeks stay what they were. They name nobody."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from core import clock
from store.cases.models import HOLDS
from store.cases.outcomes import COUNTS, OUTCOME_COLUMNS, outcome_in
from store.database import Database
from store.sources import NOT_WATCHED

# What no source found that somebody reads day by day: a file that was taken in, a note of a post.
IMPORTED = f"""NOT EXISTS (SELECT 1 FROM matches o WHERE o.mention = m.number
    AND o.source NOT IN ({", ".join(f"'{name}'" for name in sorted(NOT_WATCHED))}))"""


def imported(database: Database, mentions: Iterable[int]) -> set[int]:
    """Those of these mentions that only an import or a note brought."""
    rows = database.rows(
        f"""SELECT m.number FROM mentions m WHERE m.number IN (SELECT value FROM json_each(?)) AND {IMPORTED}
        AND EXISTS (SELECT 1 FROM matches o WHERE o.mention = m.number)""",
        json.dumps(list(mentions)),
    )  # fmt: skip
    return {row["number"] for row in rows}


def keep_finds(database: Database, mentions: Iterable[int]) -> None:
    """Within the transaction that removes them: when they were found and posted, of those that count."""
    rows = database.rows(
        f"""SELECT m.found_at, m.posted_at, {IMPORTED} AS imported FROM mentions m
        JOIN counted_mentions c ON c.mention = m.number JOIN daily_counts d ON d.number = c.daily_count
        WHERE m.number IN (SELECT value FROM json_each(?)) AND (d.in_scope OR d.flags <> '[]')""",
        json.dumps(list(mentions)),
    )  # fmt: skip
    counted = Counter(
        (_day(row["found_at"]), _day(row["posted_at"]), row["imported"]) for row in rows
    )
    for (found_day, posted_day, by_import), count in counted.items():
        database.execute(
            """INSERT INTO purged_finds VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count""",
            found_day, posted_day, by_import, count,
        )  # fmt: skip


def keep_decisions(database: Database) -> None:
    """Within it too, once the mentions are gone: what was decided of cases that have none left."""
    rows = database.rows(
        f"""SELECT d.at, {OUTCOME_COLUMNS} FROM case_decisions d WHERE {HOLDS} AND {COUNTS}
        AND d.case_number NOT IN (SELECT case_number FROM case_mentions)"""
    )
    for (day, kind), count in Counter(
        (_day(row["at"]), outcome_in(database, row)) for row in rows
    ).items():
        database.execute(
            """INSERT INTO purged_decisions VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count""",
            day, kind, count,
        )  # fmt: skip


def days(start: datetime, end: datetime) -> tuple[str, str]:
    """A period of whole UK days as its first day and the first day after it, as text."""
    return clock.local_day(start).isoformat(), clock.local_day(end).isoformat()


def week_days(first: date, last: date) -> tuple[str, str]:
    """A week's first day and what sorts after all of its last one."""
    return first.isoformat(), f"{last.isoformat()}~"


def _day(text: str) -> str:
    moment = clock.parse(text)
    try:
        return clock.local_day(moment).isoformat()
    except OverflowError:  # the first day that a date can hold, which began before it in London
        return moment.date().isoformat()
