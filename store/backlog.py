"""What waits that should not: mentions that nobody assessed, and mails that did not leave. Reading alone, by an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core import clock
from store.database import Database
from store.models import OutboxKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many wait, and since when the first of them does."""

    count: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMail:
    """Mails of a kind that are due and have not left, or that were given up."""

    kind: OutboxKind
    given_up: bool
    count: int
    since: datetime


class Backlog:
    """Reading what waits."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def unassessed(self) -> Waiting | None:
        """Mentions that nobody has assessed as they stand now, deleted ones left out; None where all are."""
        with self._db.snapshot():
            row = self._db.rows("SELECT count(*) AS count, min(since) AS since FROM unassessed")[0]
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

    def mail(self, untried_before: datetime) -> list[WaitingMail]:
        """Mails that were tried and have not left, were given up, or were due before a moment and never tried."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT kind, state = 'parked' AS given_up, count(*) AS count, min(created_at) AS since
                FROM outbox INDEXED BY outbox_by_state WHERE state IN ('ready', 'claimed', 'parked')
                    AND (state = 'parked' OR attempts > 0 AND state = 'ready' OR created_at < ?)
                GROUP BY kind, given_up ORDER BY given_up DESC, kind""",
                clock.text(untried_before),
            )
        return [
            WaitingMail(
                kind=row["kind"], given_up=bool(row["given_up"]), count=row["count"],
                since=clock.parse(row["since"]),
            )
            for row in rows
        ]  # fmt: skip
