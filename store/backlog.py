"""What waits that should not: mentions that nobody assessed. Reading alone, by an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core import clock
from store.database import Database

_UNREPORTED = (
    "WHERE NOT EXISTS (SELECT 1 FROM staff_reports t WHERE t.mention = unassessed.mention)"
)


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
        # every page asks, and all may wait: what is left out is counted for itself, and the first comes by its index
        with self._db.snapshot():
            since = self._db.value(
                f"SELECT since FROM unassessed {'' if listed else _UNREPORTED} ORDER BY since LIMIT 1"
            )
            if since is None:
                return None
            count = self._db.value("SELECT count(*) FROM unassessed")
            if not listed:
                count -= self._db.value(
                    "SELECT count(DISTINCT t.mention) FROM staff_reports t JOIN unassessed USING (mention)"
                )
        return Waiting(count=count, since=clock.parse(since))

    def last_morning(self, before: datetime) -> datetime | None:
        """Up to when the last morning list told, of those that were due before a moment; None of the first."""
        with self._db.snapshot():
            about = self._db.value(
                "SELECT max(about) FROM outbox WHERE kind = 'daily' AND about < ?",
                clock.text(before),
            )
        return clock.parse(about) if about else None
