"""One open database: opening it, transactions, and the chain of events that every part adds to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography.fernet import MultiFernet
from sqlite_utils import Database

from core import clock
from core.errors import StoreError
from store import encryption
from store.encryption import FieldEncryption
from store.migrations.core import known_steps
from store.migrations.explanations import migrations
from store.sqlite import Row, connect, spoken

PATIENCE = 30.0  # seconds that a write waits for another process's


class Opened:
    """What every part of the store stands on. Use it in the thread that opened it."""

    def __init__(self, path: Path, db: Database, seals: FieldEncryption) -> None:
        self.path = path
        self._db = db
        self._seals = seals
        # The reach that a mention had when it was handed out for reading, so that the risk row says
        # what its risk was told from, even if another process stored newer metrics meanwhile.
        self._reach_read: dict[tuple[int, int], tuple[int | None, int | None]] = {}

    @classmethod
    def open(
        cls, path: Path, keys: Sequence[str], *, create: bool = True, patience: float = PATIENCE
    ) -> Self:
        """Opens or makes the database; the first of `keys` seals, all of them open.

        Raises EncryptionKeyError where no key fits, StoreError where it is newer than this program,
        damaged, locked, another program's, or absent though `create` is false. Nothing is changed then.
        """
        box = encryption.fernet(keys)
        with spoken(path):
            db = connect(path, create=create, patience=patience)
            try:
                return cls(path, db, _grown(db, box, path))
            except BaseException:
                db.close()
                raise

    def close(self) -> None:
        """Closes the file; a store that was closed can't be used again."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it is stored, or nothing."""
        with spoken(self.path), immediate(self._db):
            yield

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One moment: what several queries see belongs together."""
        with spoken(self.path), self._db.atomic():
            yield

    def _each(self, sql: str, *values: Any) -> Iterator[Row]:
        """Row by row, for tables that may not fit into memory."""
        cursor = self._db.conn.cursor()
        cursor.row_factory = Row
        yield from cursor.execute(sql, values)

    def _rows(self, sql: str, *values: Any) -> list[Row]:
        return list(self._each(sql, *values))

    def _row(self, sql: str, *values: Any) -> Row | None:
        rows = self._rows(sql, *values)
        return rows[0] if rows else None

    def _one(self, sql: str, *values: Any) -> Any:
        row = self._row(sql, *values)
        return row[0] if row is not None else None

    def _do(self, sql: str, *values: Any) -> int:
        """How many rows it changed."""
        return self._db.conn.execute(sql, values).rowcount

    def _insert(self, table: str, **values: Any) -> int:
        """The number of the new row; names of tables and columns are ours, never input."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        cursor = self._db.conn.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())
        )
        return int(cursor.lastrowid or 0)

    def _note(self, kind: str, at: datetime, **about: int | str) -> None:
        """Adds an event, in the transaction of what happened. `about` holds nothing personal."""
        previous = self._one("SELECT mac FROM events ORDER BY number DESC LIMIT 1") or ""
        written = json.dumps(about, sort_keys=True, separators=(",", ":"))
        moment = clock.text(at)
        mac = self._seals.chain(previous, event_form(moment, kind, written))
        self._insert("events", at=moment, kind=kind, about=written, mac=mac)


def event_form(at: str, kind: str, about: str) -> str:
    """The canonical form over which an event's mac is made."""
    return json.dumps([at, kind, about], separators=(",", ":"))


@contextmanager
def immediate(db: Database) -> Iterator[None]:
    """A transaction that takes the write lock at once, so that it never fails half way for it."""
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def _grown(db: Database, box: MultiFernet, path: Path) -> FieldEncryption:
    """Checks version and key, then brings the schema up to date."""
    newer = {migration.name for migration in migrations.applied(db)} - known_steps()
    if newer:
        raise StoreError(
            f"{path.name} was written by a newer version of this program: install that version, or "
            "restore a backup from before the upgrade"
        )
    seals = _seals(db, box)
    if seals is not None and not migrations.pending(db):
        return seals
    with immediate(db):  # the migrations' own transactions nest in it
        migrations.apply(db)
        seals = _seals(db, box)  # another process may have been first
        if seals is None:
            seals = FieldEncryption(box, encryption.new_index_key())
            db.execute(
                "INSERT INTO keyring (name, sealed) VALUES ('index', ?)", [seals.sealed_index_key()]
            )
    return seals


def _seals(db: Database, box: MultiFernet) -> FieldEncryption | None:
    if not db.table("keyring").exists():
        return None
    row = db.execute("SELECT sealed FROM keyring WHERE name = 'index'").fetchone()
    return FieldEncryption.opened(box, row[0]) if row else None
