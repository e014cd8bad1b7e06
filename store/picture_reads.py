"""Which attached pictures were read for their words, and how that went; the words themselves lie in the mention's revision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core import clock
from store.database import Database

# "read": there were words, "empty": none; "gone": refused for good; "elsewhere": no host that is asked; "waits": may work later
PictureOutcome = Literal["read", "empty", "failed", "gone", "elsewhere", "waits"]
BOOKMARK = "pictures"
TRIES = 3
AGAIN = timedelta(hours=1)  # after a first failure, then twice and four times as long
BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRead:
    """One try at one picture; `place` counts a mention's attachments from 0."""

    mention: int
    place: int
    outcome: PictureOutcome


class PictureReads:
    """The queue of pictures, and what became of each."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waiting(self, since: datetime, at: datetime) -> list[int]:
        """Mentions whose pictures are to be read: those that may work now, then new ones in the order they came.

        Mentions that were found before `since` are passed over for good.
        """
        with self._db.snapshot():
            again = self._db.rows(
                """SELECT DISTINCT p.mention FROM picture_reads p JOIN mentions m ON m.number = p.mention
                WHERE p.next_try <= ? AND m.deleted_at IS NULL ORDER BY p.mention LIMIT ?""",
                clock.text(at), BATCH,
            )  # fmt: skip
            fresh = self._db.rows(
                """SELECT number FROM mentions WHERE number > ? AND found_at >= ? AND deleted_at IS NULL
                ORDER BY number LIMIT ?""",
                self._bookmark(), clock.text(since), BATCH,
            )  # fmt: skip
        return [row["mention"] for row in again] + [row["number"] for row in fresh]

    def tries(self, mention: int) -> dict[int, int]:
        """How often each picture of a mention was tried, by place; those that are done have `TRIES`."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT place, tries, next_try FROM picture_reads WHERE mention = ?", mention
            )
        return {row["place"]: row["tries"] if row["next_try"] else TRIES for row in rows}

    def note(self, mention: int, reads: Sequence[PictureRead], at: datetime) -> None:
        """What became of a mention's pictures; it is not looked at again but for what waits."""
        with self._db.transaction():
            for read in reads:
                self._note(read, at)
            self._db.execute(
                """INSERT INTO bookmarks (name, number) VALUES (?1, ?2)
                ON CONFLICT (name) DO UPDATE SET number = max(number, ?2)""",
                BOOKMARK, mention,
            )  # fmt: skip

    def _note(self, read: PictureRead, at: datetime) -> None:
        before = self._db.value(
            "SELECT tries FROM picture_reads WHERE mention = ? AND place = ?",
            read.mention,
            read.place,
        )
        tries = (before or 0) + 1
        waits = read.outcome == "waits" and tries < TRIES
        self._db.execute(
            """INSERT OR REPLACE INTO picture_reads (mention, place, at, outcome, tries, next_try)
            VALUES (?, ?, ?, ?, ?, ?)""",
            read.mention, read.place, clock.text(at), "failed" if read.outcome == "waits" and not waits else read.outcome,
            tries, clock.text(at + AGAIN * 2 ** (tries - 1)) if waits else None,
        )  # fmt: skip

    def outcomes(self, mentions: Iterable[int]) -> dict[int, dict[int, str]]:
        """How each picture of some mentions fared, by mention and place."""
        fared: dict[int, dict[int, str]] = {}
        with self._db.snapshot():
            for mention in mentions:
                rows = self._db.rows(
                    "SELECT place, outcome FROM picture_reads WHERE mention = ?", mention
                )
                fared[mention] = {row["place"]: row["outcome"] for row in rows}
        return fared

    def _bookmark(self) -> int:
        return self._db.value("SELECT number FROM bookmarks WHERE name = ?", BOOKMARK) or 0
