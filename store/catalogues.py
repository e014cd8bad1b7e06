"""Back catalogues that are taken in: which parts are, and the alerts of theirs that wait to be told together, once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from core import clock
from store.database import Database
from store.imports import SILENT


class Catalogues:
    """Taking in a catalogue part by part; its file and counts are an import."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def has(self, digest: str) -> bool:
        """Whether a part is in already."""
        with self._db.snapshot():
            return bool(self._db.value("SELECT 1 FROM catalogue_parts WHERE digest = ?", digest))

    def add_part(self, digest: str, number: int, at: datetime) -> None:
        """A part is in, by the import of this number."""
        with self._db.transaction():
            self._db.execute(
                "INSERT INTO catalogue_parts (digest, import, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                digest, number, clock.text(at),
            )  # fmt: skip

    def last_alert(self) -> int:
        """The number of the newest alert; 0 where there is none."""
        return int(self._db.value("SELECT coalesce(max(number), 0) FROM alerts"))

    def hold_alerts(self, after: int, number: int) -> int:
        """Keeps the alerts that were raised after one for the digest of an import; how many.

        They count as in a digest from now on, so that a new post which joins one of their cases is told of by itself.
        """
        with self._db.transaction():
            self._db.execute(
                """INSERT INTO catalogue_alerts (alert, import)
                SELECT number, ? FROM alerts WHERE number > ? AND state = 'raised' AND kind <> 'reported'""",
                number, after,
            )  # fmt: skip
            return self._db.execute(
                """UPDATE alerts SET state = 'in digest' WHERE number > ? AND state = 'raised'
                AND number IN (SELECT alert FROM catalogue_alerts)""",
                after,
            )

    def to_tell(self, at: datetime) -> list[int]:
        """The imports that ended, or broke off, and whose alerts nobody was told of."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT DISTINCT k.import AS number FROM catalogue_alerts k JOIN imports i ON i.number = k.import
                WHERE i.state <> 'storing' OR i.seen_at < ? ORDER BY 1""",
                clock.text(at - SILENT),
            )  # fmt: skip
        return [row["number"] for row in rows]

    def count_cases(self, number: int) -> int:
        """How many alerts of an import wait, each of a case of its own."""
        with self._db.snapshot():
            return int(
                self._db.value("SELECT count(*) FROM catalogue_alerts WHERE import = ?", number)
            )

    def gravest(self, number: int, danger: Iterable[str], limit: int) -> list[int]:
        """The first of them by gravity: flags of `danger`, then what waits in Now, then the risk."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT k.alert FROM catalogue_alerts k JOIN alerts a ON a.number = k.alert
                LEFT JOIN cases c ON c.number = a.case_number
                WHERE k.import = ? ORDER BY EXISTS (SELECT 1 FROM json_each(a.flags) f
                    WHERE f.value IN (SELECT value FROM json_each(?))) DESC, c.lane IS 'now' DESC, a.risk DESC, a.number
                LIMIT ?""",
                number, json.dumps(list(danger)), limit,
            )  # fmt: skip
        return [row["alert"] for row in rows]

    def end_digest(self, number: int) -> None:
        """Its digest is written."""
        with self._db.transaction():
            self._db.execute("DELETE FROM catalogue_alerts WHERE import = ?", number)
