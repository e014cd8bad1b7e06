"""Which mentions name a child: marked once their words were looked at, anew where they were edited; never our own channels'."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from store.database import Database
from store.mentions import STORED, Mentions
from store.models import Stored


class Children:
    """Marking and listing them."""

    def __init__(self, database: Database, mentions: Mentions) -> None:
        self._db = database
        self._mentions = mentions

    def unlooked(self, *, limit: int) -> list[Stored]:
        """Mentions in which nobody has looked for a child, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"{STORED} WHERE m.child IS NULL ORDER BY m.number DESC LIMIT ?", limit
            )
            return [self._mentions.from_row(row) for row in rows]

    def mark(self, named: Mapping[int, bool]) -> None:
        """By number, whether a mention names a child."""
        with self._db.transaction():
            self._db.execute_many(
                "UPDATE mentions SET child = ? WHERE number = ?",
                [(int(child), number) for number, child in named.items()],
            )

    def is_marked(self, number: int) -> bool:
        """Whether a mention names a child."""
        with self._db.snapshot():
            return bool(
                self._db.value(
                    "SELECT child = 1 AND NOT own FROM mentions WHERE number = ?", number
                )
            )

    def among(self, numbers: Sequence[int]) -> frozenset[int]:
        """Those of these mentions that name a child."""
        if not numbers:
            return frozenset()
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT number FROM mentions WHERE child = 1 AND NOT own
                AND number IN (SELECT value FROM json_each(?))""",
                json.dumps(list(numbers)),
            )
        return frozenset(row["number"] for row in rows)

    def not_looked_at(self, numbers: Sequence[int]) -> frozenset[int]:
        """Those of these mentions that nobody has looked at yet, or not since they were edited: each may name a child."""
        if not numbers:
            return frozenset()
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT number FROM mentions WHERE child IS NULL AND NOT own AND number IN (SELECT value FROM json_each(?))",
                json.dumps(list(numbers)),
            )  # fmt: skip
        return frozenset(row["number"] for row in rows)

    def cases(self, *, limit: int = 100) -> Sequence[tuple[int, int]]:
        """Cases with such mentions, newest first: the case's number, and how many."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT i.case_number, count(*) AS count FROM mentions m JOIN case_mentions i ON i.mention = m.number
                WHERE m.child = 1 AND NOT m.own GROUP BY i.case_number ORDER BY max(m.number) DESC LIMIT ?""",
                limit,
            )
        return [(row["case_number"], row["count"]) for row in rows]

    def posts(self, *, limit: int = 100, first: Collection[str] = ()) -> Sequence[tuple[int, int]]:
        """Such mentions with their cases: the case's number, and the mention's; those with a flag of `first` before all, then by risk, newest first; without the Guardian's, and without what is held without use."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT i.case_number, m.number FROM mentions m JOIN case_mentions i ON i.mention = m.number
                JOIN cases c ON c.number = i.case_number WHERE m.child = 1 AND NOT m.own AND c.protected = 0 AND i.speaks = 0
                ORDER BY EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = m.number AND f.flag IN (SELECT value FROM json_each(?))) DESC,
                    i.risk DESC, m.number DESC LIMIT ?""",
                json.dumps(sorted(first)), limit,
            )  # fmt: skip
        return [(row["case_number"], row["number"]) for row in rows]
