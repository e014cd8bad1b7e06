"""How the program itself is: what its sources usually bring and when, when a post was last assessed, and what it noted of itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from core import clock
from store.database import Database
from store.encryption import clean
from store.migrations import known_steps, migrations
from store.models import OutboxKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was noted of something, and when."""

    at: datetime
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The moments at which a source was read to its end, and of those that brought a post that was new; oldest first."""

    complete: tuple[datetime, ...] = ()
    news: tuple[datetime, ...] = ()


class Pulse:
    """Reading the history of runs, and keeping the marks: a name each, the newest alone."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def looks(self, since: datetime) -> dict[str, Looks]:
        """How each source was read since then, by source. It reads every run of that time: for once a cycle."""
        complete: dict[str, list[datetime]] = {}
        news: dict[str, list[datetime]] = {}
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT source, at, new, complete FROM runs WHERE at >= ? AND (complete OR new > 0) ORDER BY at",
                clock.text(since),
            )
        for row in rows:
            moment = clock.parse(row["at"])
            if row["complete"]:
                complete.setdefault(row["source"], []).append(moment)
            if row["new"]:
                news.setdefault(row["source"], []).append(moment)
        return {
            source: Looks(complete=tuple(complete.get(source, ())), news=tuple(news.get(source, ())))
            for source in sorted({*complete, *news})
        }  # fmt: skip

    def last_assessed(self) -> datetime | None:
        """When a post that whoever asks may see was last assessed; None where none ever was."""
        with self._db.snapshot():
            at = self._db.value(
                f"SELECT a.at FROM assessments a WHERE {self._db.sight.of_posts('a.mention')} ORDER BY a.number DESC LIMIT 1"
            )
        return clock.parse(at) if at else None

    def unended_since(self, job: str) -> datetime | None:
        """Since when no run of a job has come to its end: since one began that did not, else since the last ended; None of a new job.

        A machine that slept for a week and is at it now is not late; one whose runs are killed again and again is.
        """
        with self._db.snapshot():
            last = self._db.row(
                "SELECT number, ended_at FROM job_runs WHERE job = ? AND completed = 1 ORDER BY number DESC LIMIT 1",
                clean(job),
            )
            begun = self._db.value(
                "SELECT started_at FROM job_runs WHERE job = ? AND number > ? ORDER BY number LIMIT 1",
                clean(job), last["number"] if last else 0,
            )  # fmt: skip
        if begun:
            return clock.parse(begun)
        return clock.parse(last["ended_at"]) if last else None

    def mail_is_down(self) -> bool:
        """Whether the mail server took nothing when it was last tried: what waits for it waits for the server, not for itself."""
        with self._db.snapshot():
            return bool(self._db.value(
                """SELECT EXISTS (SELECT 1 FROM outbox_recipients WHERE state = 'ready' AND channel = 'mail'
                    AND dropped_at IS NULL AND outages > 0)"""
            ))  # fmt: skip

    def unsent_before(self, kind: OutboxKind, beginning: str, about: str) -> list[int]:
        """The rows of the outbox whose `about` begins so, that were raised before this one and have not left."""
        rows = self._db.rows(
            "SELECT number FROM outbox WHERE kind = ? AND state IN ('ready', 'parked') AND substr(about, 1, ?) = ? AND about < ?",
            kind, len(beginning), beginning, about,
        )  # fmt: skip
        return [row["number"] for row in rows]

    def at_head(self) -> bool:
        """Whether the file has every step of the schema that this program knows, and no other."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", migrations.name
            )
        return {row["name"] for row in rows} == _steps()

    def marks(self) -> Mapping[str, Mark]:
        """All that was noted, by name."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT name, at, value FROM pulse_marks ORDER BY name")
        return {row["name"]: Mark(at=clock.parse(row["at"]), value=row["value"]) for row in rows}

    def note(self, name: str, at: datetime, value: str = "") -> None:
        """Notes something in place of what was noted under that name."""
        with self._db.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO pulse_marks (name, at, value) VALUES (?, ?, ?)",
                clean(name), clock.text(at), clean(value),
            )  # fmt: skip

    def forget(self, names: Collection[str]) -> None:
        """Takes these out again."""
        with self._db.transaction():
            self._db.execute_many(
                "DELETE FROM pulse_marks WHERE name = ?", [(clean(name),) for name in names]
            )


@cache
def _steps() -> set[str]:
    return known_steps()
