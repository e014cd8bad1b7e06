"""Does again what the erasure ledger says and this database does not know: after a restore, or where another copy was put in place.

Erasures and objections here; what else a restore would undo in `store.rights.reapply`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from core import clock
from store.accounts import accounts_of
from store.database import Database
from store.deletion import Deletion, Deletions
from store.maintenance import Maintenance
from store.models import PurgeProof
from store.rights.access import end_open_access
from store.rights.ledger import Ledger, LedgerLine
from store.rights.objection_list import ObjectionList
from store.rights.reapply import Reapplication
from store.sqlite import Row


class Replay:
    """Brings the database and the ledger to the same state."""

    def __init__(
        self,
        database: Database,
        deletions: Deletions,
        maintenance: Maintenance,
        ledger: Ledger,
        objections: ObjectionList,
        reapplication: Reapplication,
    ) -> None:
        self._db = database
        self._deletions = deletions
        self._maintenance = maintenance
        self._ledger = ledger
        self._objections = objections
        self._reapplication = reapplication

    def catch_up(self, at: datetime) -> PurgeProof | None:
        """Erases again what was erased, objects, holds and closes again, where the ledger knows more than the database; else None.

        What the ledger lacks, as after its file was lost, is added to it; that it was not there is an event. Raises StoreError where the ledger is another
        database's, or can't be read or written.
        """
        self._ledger.move_over()
        is_there = self._ledger.path.exists()
        if not self._ledger.unknown():
            if self._ledger.mend() and not is_there:
                with self._db.transaction():
                    self._db.add_event("ledger was missing", at)
            return None
        self._maintenance.remove_leftovers()
        with self._db.transaction():
            lines = self._ledger.unknown()  # another process may have been first
            gone, sought = self._deletions.remove(
                Deletion(mentions=dict.fromkeys(self._erased(lines), "erased")), at
            )
            sought |= self._bury(lines, at)
            for line in lines:
                self._object(line)
                self._ledger.learn(line)
            if lines:
                again = self._do_again(lines, at)
                self._db.add_event(
                    "erased again", at, mentions=gone.get("erased", 0), lines=len(lines), **again
                )
            self._ledger.mend()
        left, looked_for, trouble = self._deletions.prove(sought)
        return PurgeProof(
            at=at, gone=gone, held_back=0, left=left, sought=looked_for, trouble=trouble
        )

    def _do_again(self, lines: Sequence[LedgerLine], at: datetime) -> dict[str, int]:
        """What else the lines say; of whatever copy of the database knows less, what lets anybody in ends too."""
        with self._ledger.quiet():
            end_open_access(self._db)
            return self._reapplication.apply(lines, at)

    def _erased(self, lines: Sequence[LedgerLine]) -> list[int]:
        """The mentions that were erased: by their keys, whatever a hold says now; and what an erased author had here then."""
        keys = {key for line in lines if line.kind == "erased" for key in line.posts}
        by_author = [line for line in lines if line.kind == "erased" and line.authors]
        numbers = [row["number"] for row in self._keyed(keys)]
        if by_author:
            numbers += [
                row["number"]
                for row in self._db.each(
                    "SELECT number, key_hash, platform, kind, found_at, encrypted FROM mentions"
                )
                if row["key_hash"] not in keys and self._wrote(row, by_author)
            ]
        return numbers

    def _wrote(self, row: Row, lines: Sequence[LedgerLine]) -> bool:
        personal = self._db.encryption.decrypt(row["encrypted"])
        accounts = {
            self._db.encryption.author_hash(platform, account)
            for platform, account in accounts_of(row["platform"], row["kind"], personal)
        }
        return any(
            row["found_at"] <= clock.text(line.at)
            and row["key_hash"] not in line.spared
            and accounts.intersection(line.authors)
            for line in lines
        )

    def _keyed(self, keys: Iterable[str]) -> list[Row]:
        rows = (
            self._db.row("SELECT number FROM mentions WHERE key_hash = ?", key)
            for key in sorted(keys)
        )
        return [row for row in rows if row is not None]

    def _bury(self, lines: Sequence[LedgerLine], at: datetime) -> set[bytes]:
        """What was found after the backup and erased since is not taken in again either, and leaves others' contexts."""
        keys = [key for line in lines if line.kind == "erased" for key in line.posts]
        self._db.execute_many(
            "INSERT INTO tombstones (key_hash, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(key, clock.text(at)) for key in keys],
        )
        return self._deletions.forget_words_of(keys, at)

    def _object(self, line: LedgerLine) -> None:
        for author in line.authors if line.kind in ("objected", "withdrawn") else ():
            platform, author_hash = author.split(" ", 1)
            if line.kind == "objected":
                self._objections.put(platform, author_hash, at=line.at)
            else:
                self._objections.take_out(author_hash)
