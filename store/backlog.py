"""What waits that should not: mentions that nobody assessed. Reading alone, by an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core import clock
from store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many wait, and since when the first of them does."""

    count: int
    since: datetime


class Backlog:
    """Reading what waits."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def unassessed(self, *, listed: bool = True) -> Waiting | None:
        """Mentions that nobody has assessed as they stand now, deleted ones left out; None where all are.

        Without `listed` those that a colleague reported are left out, which people see on the list meanwhile.
        """
        unlisted = (
            "WHERE NOT EXISTS (SELECT 1 FROM staff_reports t WHERE t.mention = unassessed.mention)"
        )
        with self._db.snapshot():
            row = self._db.rows(
                f"SELECT count(*) AS count, min(since) AS since FROM unassessed {'' if listed else unlisted}"
            )[0]
        return (
            Waiting(count=row["count"], since=clock.parse(row["since"])) if row["count"] else None
        )

    def last_morning(self, before: datetime) -> datetime | None:
        """Up to when the last morning list told, of those that were due before a moment; None of the first."""
        with self._db.snapshot():
            about = self._db.value(
                "SELECT max(about) FROM outbox WHERE kind = 'daily' AND about < ?",
                clock.text(before),
            )
        return clock.parse(about) if about else None
