"""The list of who objected: accounts by platform and keyed hash, so that it names nobody. `Objections` changes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core import clock
from core.models import Author
from store.database import Database


class ObjectionList:
    """Who is on it. What changes it is called within a transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def includes(
        self, platform: str, author: Author, addressed: Sequence[tuple[str, str]] = ()
    ) -> bool:
        """Whether an account with this id or this handle objected; of an author with neither, such as one of an import, this name.

        `addressed` are the accounts that the post's address names, with their platforms: a listening tool may export no more.
        """
        if not self._db.value("SELECT EXISTS (SELECT 1 FROM objections)"):
            return False
        accounts = [each for each in (author.id, author.handle) if each]
        named = [
            (platform, each) for each in accounts or (() if addressed else (author.name,)) if each
        ]
        return self.holds([self._db.encryption.author_hash(*each) for each in (*named, *addressed)])

    def holds(self, hashes: Sequence[str]) -> bool:
        """Whether one of these accounts is on it."""
        marks = ", ".join("?" * len(hashes))
        return bool(hashes) and bool(self._db.value(
            f"SELECT EXISTS (SELECT 1 FROM objections WHERE author_hash IN ({marks}))", *hashes
        ))  # fmt: skip

    def put(
        self, platform: str, author_hash: str, *, at: datetime, request: int | None = None
    ) -> None:
        """Puts a hash on it."""
        self._db.execute(
            """INSERT INTO objections (author_hash, platform, at, request)
            VALUES (?, ?, ?, (SELECT number FROM rights_requests WHERE number = ?)) ON CONFLICT DO NOTHING""",
            author_hash, platform, clock.text(at), request,
        )  # fmt: skip

    def take_out(self, author_hash: str) -> None:
        """Takes a hash off it."""
        self._db.execute("DELETE FROM objections WHERE author_hash = ?", author_hash)
