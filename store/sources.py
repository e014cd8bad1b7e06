"""When each source was last read, how that went, and what it asked to be told on its next run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from core import clock
from store.database import Database
from store.encryption import clean
from store.models import LONGEST_ERROR, PageCounts, SourceState

NOT_WATCHED = frozenset({"import", "noted"})  # no source that somebody reads day by day
# The name of every source, by steps from one to the next: a year of runs is not read for a dozen names.
_EACH_SOURCE = """WITH RECURSIVE known (source) AS (SELECT min(source) FROM runs UNION ALL
    SELECT (SELECT min(source) FROM runs WHERE source > k.source) FROM known k
    WHERE k.source IS NOT NULL)"""


class Sources:
    """Runs of sources, and their state between runs."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def last_complete_run(self, source: str) -> datetime | None:
        """When the last run began that reached the source's end; None where there was none."""
        with self._db.snapshot():
            at = self._db.value(
                "SELECT at FROM runs WHERE source = ? AND complete ORDER BY number DESC LIMIT 1",
                clean(source),
            )
        return clock.parse(at) if at else None

    def state(self, source: str) -> dict[str, str]:
        """What the source asked to be told: on its last run that reached the end, and in any case."""
        with self._db.snapshot():
            encrypted = self._db.value(
                "SELECT encrypted FROM runs WHERE source = ? AND complete ORDER BY number DESC LIMIT 1",
                clean(source),
            )
            noted = self._db.value(
                "SELECT encrypted FROM source_states WHERE source = ?", clean(source)
            )
            known = {
                **(self._db.encryption.decrypt(encrypted) if encrypted else {}),
                **(
                    self._db.encryption.decrypt(noted) if noted else {}
                ),  # an empty one forgets the run's
            }
            return {name: value for name, value in known.items() if value}

    def all(self) -> list[SourceState]:
        """Every source that was ever run, by name."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_EACH_SOURCE}
                SELECT r.*, (SELECT at FROM runs c WHERE c.source = r.source AND c.complete = 1
                    ORDER BY c.number DESC LIMIT 1) AS complete_at
                FROM known k JOIN runs r ON r.number = (SELECT max(number) FROM (
                    SELECT max(number) AS number FROM runs WHERE source = k.source AND complete = 1
                    UNION ALL SELECT max(number) FROM runs WHERE source = k.source AND complete = 0))
                ORDER BY r.source"""
            )
        return [
            SourceState(
                source=row["source"], last_run=clock.parse(row["at"]),
                error=row["error"] or (None if row["complete"] else "it stopped before its end"),
                last_complete=clock.parse(row["complete_at"]) if row["complete_at"] else None,
                odd=row["skipped"], mention_count=row["new"] + row["changed"] + row["again"],
            )
            for row in rows
        ]  # fmt: skip

    def watched_since(self) -> dict[str, date]:
        """Each source that is read by itself, with the first whole day from which on it was."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_EACH_SOURCE}
                SELECT k.source, r.since FROM known k JOIN runs r ON r.number = (
                    SELECT min(number) FROM runs WHERE source = k.source AND complete = 1)"""
            )
        return {
            row["source"]: _first_whole_day(clock.parse(row["since"]))
            for row in rows
            if row["source"] not in NOT_WATCHED
        }

    def add_run(
        self,
        source: str,
        taken: PageCounts,
        *,
        since: datetime,
        at: datetime,
        ended: datetime,
        error: str | None,
        complete: bool,
        odd: int,
        state: Mapping[str, str],
    ) -> int:
        """Within the transaction of what a run found: the run; its number. See `Mentions.add_run`."""
        if complete:
            self._db.execute("UPDATE runs SET encrypted = NULL WHERE source = ?", source)
        return self._db.insert(
            "runs", source=source, since=clock.text(since), at=clock.text(at), ended=clock.text(ended),
            complete=complete, skipped=odd, error=None if error is None else clean(error)[:LONGEST_ERROR],
            encrypted=self._db.encryption.encrypt(dict(state)) if complete else None,
            new=taken.new, changed=taken.changed, again=taken.again, gone=taken.gone,
        )  # fmt: skip

    def save_state(self, source: str, noted: Mapping[str, str], at: datetime) -> None:
        """Within a transaction: what the source must be told next time, whatever becomes of its run."""
        encrypted = self._db.value("SELECT encrypted FROM source_states WHERE source = ?", source)
        known = {**(self._db.encryption.decrypt(encrypted) if encrypted else {}), **noted}
        self._db.execute(
            """INSERT INTO source_states (source, at, encrypted) VALUES (?, ?, ?)
            ON CONFLICT (source) DO UPDATE SET at = excluded.at, encrypted = excluded.encrypted""",
            source, clock.text(at), self._db.encryption.encrypt(known),
        )  # fmt: skip


def _first_whole_day(since: datetime) -> date:
    day = clock.local_day(since)
    return day if clock.day(day)[0] == since else clock.local_day(clock.day(day)[1])
