"""Care of the database: checking that it is whole, changing its keys, writing the file anew."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from core import clock
from core.errors import EncryptionKeyError, StoreError
from store import encryption
from store.audit import Audit
from store.database import Database
from store.models import Verified
from store.sqlite import DatabaseError, explain_errors

LEFTOVERS = "-leftover-"  # in the names of clear copies that a kill can leave behind
LEFT_BEHIND = 3600.0  # seconds after which nobody is making it any more
BATCH = 500  # rows rewrapped between two looks at the table


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
        chain = Verified(problems=(), events=0, head="")
        try:
            with self._db.transaction():  # the check of the full-text index is a write to SQLite
                problems += self._structure()
                problems += self._audit.check_rows()
                chain = self._audit.check_chain(anchor)
        except StoreError as error:
            problems.append(str(error))
        return replace(chain, problems=(*problems, *chain.problems))

    def _structure(self) -> list[str]:
        lines = [row[0] for row in self._db.rows("PRAGMA integrity_check(20)")]
        problems = [f"integrity: {line}" for line in lines if line != "ok"]
        tables = {row["table"] for row in self._db.rows("PRAGMA foreign_key_check")}
        problems += [f"rows of {table} refer to what is not there" for table in sorted(tables)]
        try:
            self._db.execute(
                "INSERT INTO assessments_fts (assessments_fts, rank) VALUES ('integrity-check', 1)"
            )
        except DatabaseError:
            problems.append("the full-text index does not fit the texts")
        for table in self.encrypted_tables():
            for row in self._db.each(f"SELECT encrypted FROM {table} WHERE encrypted IS NOT NULL"):
                try:
                    self._db.encryption.decrypt(row["encrypted"])
                except (EncryptionKeyError, ValueError):
                    problems.append(f"an encrypted field of {table} can't be decrypted")
                    break
        return problems

    def encrypted_tables(self) -> list[str]:
        """The tables that hold encrypted fields; the keyring is not one of them."""
        rows = self._db.rows(
            """SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND c.name = 'encrypted' AND m.name <> 'keyring' ORDER BY m.name"""
        )
        return [row["name"] for row in rows]

    def rotate_keys(self, keys: Sequence[str], *, at: datetime | None = None) -> int:
        """Encrypts everything anew under the first of `keys`; the others must decrypt what is there.

        Afterwards the old key is needed only for old backups. Returns how many fields were encrypted.
        Raises EncryptionKeyError, with nothing changed, where a field can't be decrypted.
        """
        fields = self._db.encryption.with_keys(encryption.fernet(keys))
        with self._db.transaction():
            rewrapped = sum(self._rewrap(table, fields) for table in self.encrypted_tables())
            index_key = self._db.value("SELECT encrypted FROM keyring WHERE name = 'index'")
            self._db.execute(
                "UPDATE keyring SET encrypted = ? WHERE name = 'index'", fields.rewrap(index_key)
            )
            self._db.add_event("keys rotated", at or clock.now(), fields=rewrapped)
            self.schedule_vacuum(at or clock.now())
        self._db.encryption = fields
        self.vacuum()  # what can't be done now, the next purge does
        return rewrapped

    def _rewrap(self, table: str, fields: encryption.FieldEncryption) -> int:
        last, count = 0, 0
        while True:
            rows = self._db.rows(
                f"""SELECT rowid AS place, encrypted FROM {table} WHERE rowid > ? AND encrypted IS NOT NULL
                ORDER BY rowid LIMIT ?""",
                last, BATCH,
            )  # fmt: skip
            if not rows:
                return count
            for row in rows:
                self._db.execute(
                    f"UPDATE {table} SET encrypted = ? WHERE rowid = ?",
                    fields.rewrap(row["encrypted"]), row["place"],
                )  # fmt: skip
            last, count = rows[-1]["place"], count + len(rows)

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
        """Writes the file anew, without what was deleted, and empties the write-ahead log."""
        try:
            with explain_errors(self._db.path):
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

    def remove_leftovers(self) -> None:
        """Removes clear copies that a killed backup left; one that is being made is younger."""
        with explain_errors(self._db.path):
            for leftover in self.leftovers():
                if time.time() - leftover.stat().st_mtime > LEFT_BEHIND:
                    leftover.unlink(missing_ok=True)

    def leftovers(self) -> list[Path]:
        """Clear copies beside the database: being made, or left by a kill."""
        start = f"{self._db.path.name}{LEFTOVERS}"
        return [file for file in self._db.path.parent.iterdir() if file.name.startswith(start)]
