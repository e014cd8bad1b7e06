"""Care of the database: checking that it is whole, changing its keys, writing the file anew."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from core import clock
from core.errors import DamagedError, EncryptionKeyError, StoreError
from store import damage, encryption, search_indexes, structure
from store.audit import Audit
from store.database import Database
from store.encryption import FieldEncryption
from store.models import Verified
from store.sqlite import explain_errors

LEFTOVERS = "-leftover-"  # in the names of clear copies that a kill can leave behind
LEFT_BEHIND = 3600.0  # seconds after which nobody is making it any more
BATCH = 500  # rows rewrapped between two looks at the table
# bytes of a file that is written anew as a whole: some 80,000 mentions, of which a page or a cycle never holds as much
WHOLE_IN_MEMORY = 256 * 2**20
STEPS = 10_000  # instructions of SQLite between two looks at the time
Look = Literal["whole", "damaged", "unfinished"]


class Maintenance:
    """Verifying, rotation of keys, overwriting what was deleted."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def verify(self, anchor: str | None = None) -> Verified:
        """Reads the database through: its structure, its references, the index, the seals of rows, the chain of events.

        `anchor` is a head that was noted elsewhere: the chain must still hold it, which shows that
        its end was not cut off. Raises nothing for what it finds.
        """
        problems: list[str] = []
        whole = False
        chain = Verified(problems=(), events=0, head="")
        try:
            with self._db.transaction():  # the check of the full-text index is a write to SQLite
                problems += self._schema()
                structure = self._structure()
                whole = not structure
                problems += structure
                problems += self._audit.check_rows()
                chain = self._audit.check_chain(anchor)
        except StoreError as error:
            problems.append(str(error))
        if whole:
            damage.forget(self._db.path)
        return replace(chain, problems=(*problems, *chain.problems))

    def look_through(self, seconds: float) -> Look:
        """Whether every page of the file is what it should be, as far as a look of at most so many seconds tells.

        Rows and indexes are not compared, nor seals tried, as `verify` does. What is damaged is noted for every process. Raises
        StoreError where the file can't be read for another reason.
        """
        until = time.monotonic() + seconds
        connection = self._db.connection
        try:
            with explain_errors(self._db.path):
                connection.set_progress_handler(lambda: int(time.monotonic() > until), STEPS)
                try:
                    first = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
                finally:
                    connection.set_progress_handler(None, STEPS)
        except DamagedError:
            return "damaged"
        except StoreError as error:
            if _was_interrupted(error.__cause__):
                return "unfinished"
            raise
        if first == "ok":
            return "whole"
        damage.note(self._db.path)
        return "damaged"

    def damaged_since(self) -> datetime | None:
        """When this file was first found to be damaged, by whichever process; None where it was not. It asks the disk alone."""
        return damage.found_at(self._db.path)

    def _schema(self) -> list[str]:
        """What differs from the schema of this version: a trigger that is gone keeps nothing, and says nothing of it."""
        there = structure.statements(self._db.rows("SELECT type, name, sql FROM sqlite_schema"))
        due = structure.current_statements()
        lines = [
            f"{name}: this {kind} was {'removed' if (kind, name) not in there else 'changed'} outside the program"
            for (kind, name), statement in due.items()
            if there.get((kind, name)) != statement
        ]
        return lines + [
            f"{name}: this {kind} is none of the program’s"
            for kind, name in there
            if (kind, name) not in due
        ]

    def _structure(self) -> list[str]:
        lines = [row[0] for row in self._db.rows("PRAGMA integrity_check(20)")]
        problems = [f"integrity: {line}" for line in lines if line != "ok"]
        if problems:
            damage.note(self._db.path)
            problems.append(f"{self._db.path.name}: {damage.MEND}")
        tables = {row["table"] for row in self._db.rows("PRAGMA foreign_key_check")}
        problems += [f"rows of {table} refer to what is not there" for table in sorted(tables)]
        problems += search_indexes.problems(self._db)
        for table in self.encrypted_tables():
            for row in self._db.each(f"SELECT encrypted FROM {table} WHERE encrypted IS NOT NULL"):
                try:
                    self._db.encryption.decrypt(row["encrypted"])
                except (EncryptionKeyError, ValueError):
                    problems.append(f"an encrypted field of {table} can't be decrypted")
                    break
        return problems

    def rebuild_indexes(self, at: datetime) -> None:
        """Makes what is worked out from the words anew: what searches go by, and by which posts that say the same are known."""
        search_indexes.rebuild(self._db, at)

    def encrypted_tables(self) -> list[str]:
        """The tables that hold encrypted fields; the keyring is not one of them."""
        rows = self._db.rows(
            """SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND c.name = 'encrypted' AND m.name <> 'keyring' ORDER BY m.name"""
        )
        return [row["name"] for row in rows]

    def rotate_keys(
        self,
        keys: Sequence[str],
        *,
        at: datetime | None = None,
        report_progress: Callable[[int, int], object] = lambda done, total: None,
    ) -> int:
        """Encrypts everything anew under the first of `keys`; the others must decrypt what is there.

        In parts, each stored by itself, so that others read and write meanwhile; after a kill the next call goes on where
        it stopped. The key of the hashes goes first: from then on nobody opens the database with the old key alone. The
        hashes themselves stay, since that key is the same, under another seal. Returns how many fields were encrypted, those
        of a call that was interrupted among them. `report_progress` is told how many of how many fields were looked at.

        Raises EncryptionKeyError where a field can't be decrypted, and StoreError where a program that knows the old keys
        alone goes on writing; what was done stays, and all keys are needed until a later call ends.
        """
        at = at or clock.now()
        fields = self._db.encryption.with_keys(encryption.fernet(keys))
        first = fields.with_keys(encryption.fernet(keys[:1]))
        rotation = self._begin_rotation(fields, first, keys[0], at)
        self._db.encryption = fields
        total = sum(
            self._db.value(f"SELECT count(encrypted) FROM {table}")
            for table in self.encrypted_tables()
        )
        self._rewrap_from(rotation, fields, first, lambda done: report_progress(done, total))
        self._must_be_under(first, rotation)
        with self._db.transaction():
            rewrapped: int = self._db.value(
                "SELECT fields FROM key_rotations WHERE number = ?", rotation
            )
            self._db.execute(
                "UPDATE key_rotations SET ended_at = ? WHERE number = ?", clock.text(clock.now()), rotation
            )  # fmt: skip
            self._db.add_event("keys rotated", at, fields=rewrapped)
            self.schedule_vacuum(at)
        self.vacuum()  # what can't be done now, the next purge does
        return rewrapped

    def unfinished_rotation(self) -> datetime | None:
        """When a change of keys began that has not come to its end; None where there is none."""
        with self._db.snapshot():
            began = self._db.value(
                "SELECT began_at FROM key_rotations WHERE ended_at IS NULL ORDER BY number DESC LIMIT 1"
            )
        return clock.parse(began) if began else None

    def _begin_rotation(
        self, fields: FieldEncryption, first: FieldEncryption, key: str, at: datetime
    ) -> int:
        """The number of the rotation to this key: the one that was interrupted, or a new one."""
        name = fields.key_name(key)
        with self._db.transaction():
            index_key = self._db.value("SELECT encrypted FROM keyring WHERE name = 'index'")
            if not first.opens(index_key):
                self._db.execute(
                    "UPDATE keyring SET encrypted = ? WHERE name = 'index'", fields.rewrap(index_key)
                )  # fmt: skip
            row = self._db.row(
                "SELECT number FROM key_rotations WHERE ended_at IS NULL AND key_hash = ?", name
            )
            if row is not None:
                return int(row["number"])
            # one to another key is over: this one looks at every field again
            self._db.execute("DELETE FROM key_rotations WHERE ended_at IS NULL")
            return self._db.insert("key_rotations", began_at=clock.text(at), key_hash=name)

    def _rewrap_from(
        self,
        rotation: int,
        fields: FieldEncryption,
        first: FieldEncryption,
        tell: Callable[[int], object],
    ) -> None:
        row = self._db.rows("SELECT * FROM key_rotations WHERE number = ?", rotation)[0]
        place, last, looked = row["place"], row["row"], 0
        for table in self.encrypted_tables():
            if table < place:
                looked += self._db.value(f"SELECT count(encrypted) FROM {table}")
                continue
            after = last if table == place else 0
            while True:
                with self._db.transaction():
                    count, changed, after = self._rewrap_part(table, after, fields, first)
                    self._db.execute(
                        "UPDATE key_rotations SET place = ?, row = ?, fields = fields + ? WHERE number = ?",
                        table, after, changed, rotation,
                    )  # fmt: skip
                looked += count
                tell(looked)
                if count < BATCH:
                    break

    def _rewrap_part(
        self, table: str, after: int, fields: FieldEncryption, first: FieldEncryption
    ) -> tuple[int, int, int]:
        """Of the next rows of a table: how many were looked at, how many encrypted anew, and the last one's place."""
        rows = self._db.rows(
            f"""SELECT rowid AS place, encrypted FROM {table} WHERE rowid > ? AND encrypted IS NOT NULL
            ORDER BY rowid LIMIT ?""",
            after, BATCH,
        )  # fmt: skip
        old = [row for row in rows if not first.opens(row["encrypted"])]
        for row in old:
            self._db.execute(
                f"UPDATE {table} SET encrypted = ? WHERE rowid = ?",
                fields.rewrap(row["encrypted"]), row["place"],
            )  # fmt: skip
        return len(rows), len(old), rows[-1]["place"] if rows else after

    def _must_be_under(self, first: FieldEncryption, rotation: int) -> None:
        """Looks at every field once more: a row behind the place may have been written under an old key meanwhile."""
        began: str = self._db.value("SELECT began_at FROM key_rotations WHERE number = ?", rotation)
        late = ""
        for table in self.encrypted_tables():
            after = 0
            while True:
                rows = self._db.rows(
                    f"""SELECT rowid AS place, encrypted FROM {table} WHERE rowid > ? AND encrypted IS NOT NULL
                    ORDER BY rowid LIMIT ?""",
                    after, BATCH,
                )  # fmt: skip
                for row in rows:
                    if not first.opens(row["encrypted"]):
                        late = late or table
                if len(rows) < BATCH:
                    break
                after = rows[-1]["place"]
        if late:
            with self._db.transaction():
                self._db.execute(
                    "UPDATE key_rotations SET place = '', row = 0 WHERE number = ?", rotation
                )
            raise StoreError(
                f"a program that knows the old key alone goes on writing ({late}, since {began[:16]}): restart the "
                "service and the page, so that they read the new key first, then run `mentions rotate-keys` again"
            )

    def schedule_vacuum(self, at: datetime) -> None:
        """Notes, with what was removed, that the file must be written anew, even after a kill."""
        self._db.execute(
            "INSERT OR REPLACE INTO maintenance_tasks (name, at) VALUES ('vacuum', ?)",
            clock.text(at),
        )

    def vacuum_is_due(self) -> bool:
        """Whether something was removed since the file was last written anew."""
        return self._db.row("SELECT 1 FROM maintenance_tasks WHERE name = 'vacuum'") is not None

    def vacuum(self) -> list[str]:
        """Writes the file anew, without what was deleted, and empties the write-ahead log; what kept it from that.

        A file of more than WHOLE_IN_MEMORY is not written anew: SQLite makes the new one in memory, where nothing in clear is
        left on the disk. What was deleted in it is overwritten where it stood (`secure_delete`), and its pages are used again.
        """
        try:
            with explain_errors(self._db.path):
                if self.fits_in_memory():
                    self._db.execute("VACUUM")
                if self._db.value("PRAGMA wal_checkpoint(TRUNCATE)"):
                    return [
                        "another program is reading: the log could not be emptied; run purge again"
                    ]
        except StoreError as error:
            return [f"the file could not be written anew ({error}); run purge again"]
        with self._db.transaction():
            self._db.execute("DELETE FROM maintenance_tasks WHERE name = 'vacuum'")
        return []

    def fits_in_memory(self) -> bool:
        """Whether the file is small enough to be made anew in memory."""
        pages, size = self._db.value("PRAGMA page_count"), self._db.value("PRAGMA page_size")
        return int(pages) * int(size) <= WHOLE_IN_MEMORY

    def remove_leftovers(self) -> None:
        """Removes clear copies that a killed backup left; one that is being made is younger."""
        with explain_errors(self._db.path):
            for leftover in self.leftovers():
                if time.time() - leftover.stat().st_mtime > LEFT_BEHIND:
                    if leftover.is_dir():
                        shutil.rmtree(leftover, ignore_errors=True)
                    else:
                        leftover.unlink(missing_ok=True)

    def leftovers(self) -> list[Path]:
        """Clear copies beside the database: being made, or left by a kill."""
        start = f"{self._db.path.name}{LEFTOVERS}"
        return [file for file in self._db.path.parent.iterdir() if file.name.startswith(start)]


def _was_interrupted(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT"
