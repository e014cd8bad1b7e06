"""What was posted lately, in clear and in memory alone, to try terms and rules on: all of it, or an even sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import clock
from store.opened import Opened

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A mention's words. `matched` is what it was found by; `in_scope` None where nobody has assessed it."""

    number: int
    text: str = field(repr=False)
    matched: tuple[str, ...]
    in_scope: bool | None


class Trying(Opened):
    """Reading what was posted lately."""

    def recent(self, since: datetime, *, most: int) -> tuple[int, Iterator[list[Recent]]]:
        """How many mentions that are still there were posted since, and up to `most` of them in batches.

        Where there are more, every so-many-th in the order of their moments: each stretch of time counts alike.
        """
        with self._reading():
            numbers = [
                row["number"]
                for row in self._rows(
                    """SELECT number FROM mentions INDEXED BY mentions_by_posted
                    WHERE posted_at >= ? AND deleted_at IS NULL ORDER BY posted_at, number""",
                    clock.text(since),
                )
            ]
        held = len(numbers)
        if held > most:
            numbers = [numbers[place * held // most] for place in range(most)]
        return held, self._in_batches(numbers)

    def note_rules_tried(
        self, rules: int, *, found: int, at: datetime, by: int | None = None
    ) -> None:
        """Keeps that rules were held to what is stored, and how many mentions they found; not their words.

        `by` is a user's number; None at the command line.
        """
        with self._writing():
            who = {} if by is None else {"by": by}
            self._note("rules tried", at, rules=rules, found=found, **who)

    def _in_batches(self, numbers: list[int]) -> Iterator[list[Recent]]:
        for start in range(0, len(numbers), BATCH):
            with self._reading():
                rows = self._rows(
                    """SELECT m.number, v.sealed, (SELECT json_group_array(DISTINCT t.term) FROM matches t
                        WHERE t.mention = m.number AND t.term <> '') AS matched,
                    (SELECT a.in_scope FROM assessments a WHERE a.mention = m.number
                        AND a.revision = m.revision ORDER BY a.number DESC LIMIT 1) AS in_scope
                    FROM json_each(?) j JOIN mentions m ON m.number = j.value
                    JOIN revisions v ON v.mention = m.number AND v.revision = m.revision
                    WHERE m.deleted_at IS NULL""",
                    json.dumps(numbers[start : start + BATCH]),
                )
            yield [
                Recent(
                    number=row["number"], text=self._seals.open(row["sealed"])["text"],
                    matched=tuple(json.loads(row["matched"])),
                    in_scope=None if row["in_scope"] is None else bool(row["in_scope"]),
                )
                for row in rows
            ]  # fmt: skip
