"""One open database: opening it, transactions, rows, encrypted fields and the chain of events.

Every part of the store gets a `Database` and works through it alone.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

import sqlite_utils
from cryptography.fernet import MultiFernet

from core import acting, clock
from core.errors import StoreError
from store import encryption
from store.cases.sight import UNASKED, Sight
from store.encryption import FieldEncryption
from store.migrations import known_steps, migrations
from store.seals import Seals
from store.sqlite import (
    Changes,
    Connection,
    Cursor,
    DatabaseError,
    OperationalError,
    Row,
    connect,
    explain_errors,
    explained,
    is_damage,
)

Older = Literal["upgrade", "refuse"]
PATIENCE = 30.0  # seconds that a write waits for another process's


class Database:
    """The open file. Use it in the thread that opened it; another thread opens its own, `beside` it."""

    def __init__(
        self,
        path: Path,
        file: sqlite_utils.Database,
        fields: FieldEncryption,
        *,
        patience: float = PATIENCE,
        turn: threading.RLock | None = None,
        ledger: Path | None = None,
    ) -> None:
        """`turn` is whose turn it is to write, among the threads of this process; `ledger` where erasures are kept, None for a folder beside it."""
        self.path = path
        self.ledger = ledger
        self.encryption = fields
        self._file = file
        self._patience = patience
        self._turn = turn or threading.RLock()
        self.seals = Seals(file.conn, fields)
        self._reads_only = False
        self._ahead: Mapping[str, Mapping[int, Any]] = {}
        self.sight: Sight = UNASKED  # of whoever is asking: each list keeps to it

    @classmethod
    def open(
        cls, path: Path, keys: Sequence[str], *, create: bool = True, patience: float = PATIENCE, ledger: Path | None = None,
        older: Older = "upgrade",
    ) -> Self:  # fmt: skip
        """Opens or makes the database; the first of `keys` encrypts, all of them decrypt.

        `older`: whether one that an earlier version left is brought up to date in its place, or refused. Raises EncryptionKeyError where no key fits, StoreError where it is newer than this program,
        damaged, locked, another program's, or absent though `create` is false. Nothing is changed then.
        """
        fernet = encryption.fernet(keys)
        with explain_errors(path):
            file = connect(path, create=create, patience=patience)
            try:
                database = cls(
                    path,
                    file,
                    _migrate(file, fernet, path, older),
                    patience=patience,
                    ledger=ledger,
                )
                database._only_read()
                return database
            except BaseException:
                file.close()
                raise

    @classmethod
    def open_as_it_is(cls, path: Path, keys: Sequence[str], *, ledger: Path | None = None) -> Self:
        """Opens one that an earlier version left, to be copied: nothing is brought up to date, and nothing may be written.

        Raises what `open` raises.
        """
        fernet = encryption.fernet(keys)
        with explain_errors(path):
            file = connect(path, create=False, patience=PATIENCE)
            try:
                _refuse_newer(file, path)
                fields = _field_encryption(file, fernet)
                if fields is None:
                    raise StoreError(
                        f"{path.name} holds no key of its hashes: restore a backup (`mentions restore FROM`)"
                    )
                return cls(path, file, fields, ledger=ledger)
            except BaseException:
                file.close()
                raise

    def is_older(self) -> bool:
        """Whether an earlier version left it, so that steps of the schema or seals are still to come."""
        return _is_older(self._file, self.encryption)

    def take_alone(self) -> None:
        """Until it is closed no other program can open it, and its write-ahead log is part of it.

        Raises StoreError where another program has it open.
        """
        with explain_errors(self.path):
            self._may_write()
            self._file.execute("PRAGMA busy_timeout = 2000")
            try:
                self._file.execute("PRAGMA journal_mode = DELETE")
                self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
                self._file.execute("BEGIN EXCLUSIVE")
                self._file.execute("COMMIT")
            except OperationalError as error:
                raise StoreError(
                    f"another program has {self.path.name} open: stop the service and the page, then run this again"
                ) from error

    def beside(self) -> Self:
        """The same file opened once more, by the thread that calls this and for it alone.

        SQLite's write-ahead log lets many read while one writes. Writers of this process take turns by a
        lock, which is fair where SQLite's own wait is not; those of another process wait as ever.
        """
        with explain_errors(self.path):
            file = connect(self.path, create=False, patience=self._patience)
        database = type(self)(
            self.path,
            file,
            self.encryption,
            patience=self._patience,
            turn=self._turn,
            ledger=self.ledger,
        )
        database._only_read()
        return database

    def _only_read(self) -> None:
        """Lets SQLite refuse to write until `_may_write`: what only reads needs none of the triggers that seal, which cost as much as all else."""
        self.seals.prepare()
        self._file.execute("PRAGMA query_only = ON")
        self._reads_only = True

    def _may_write(self) -> None:
        """Before whatever may write: from here on what this connection writes is sealed, and nothing that was read ahead holds."""
        self._ahead = {}
        if not self._reads_only:
            return
        self._file.execute("PRAGMA query_only = OFF")
        try:
            self.seals.watch()
        except BaseException:
            self._file.execute("PRAGMA query_only = ON")
            raise
        self._reads_only = False

    def changes(self) -> Changes:
        """What tells whether anything was stored since, for all threads of a process together."""
        with explain_errors(self.path):
            return Changes(self.path)

    def close(self) -> None:
        """Closes the file; a database that was closed can't be used again."""
        self._file.close()

    def let_go(self) -> None:
        """Closes the file, from whichever thread: for whoever can't call `close` where it was opened. Nothing may be at work on it."""
        self.seals.let_go()
        del self._file

    @property
    def connection(self) -> Connection:
        """The driver's connection, for what has no method here: tracing, copying, VACUUM. It may write."""
        self._may_write()
        connection: Connection = self._file.conn
        return connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is written inside is stored, or nothing. Transactions nest."""
        with explain_errors(self.path), self._turn:
            self._may_write()
            with immediate(self._file):
                yield

    @contextmanager
    def without_sync(self) -> Iterator[None]:
        """Inside, no commit waits until the disk has it; the next one after does, for all of them.

        A power cut may undo the last of them, in order; the end of the program undoes none. For what may be done twice.
        """
        with explain_errors(self.path):
            self._file.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            with explain_errors(self.path):
                self._file.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What several queries inside see belongs to one moment."""
        only_read = self._reads_only
        try:
            with explain_errors(self.path), self._file.atomic():
                yield
        except BaseException:
            if only_read and not self._reads_only:  # triggers that were made inside went with it
                self._only_read()
            raise

    @contextmanager
    def ahead(self, reads: Mapping[str, Mapping[int, Any]]) -> Iterator[None]:
        """Inside, until something is written, `read_ahead` has these: by what was read, and by the case or the post that it is of."""
        before, self._ahead = self._ahead, reads
        try:
            yield
        finally:
            self._ahead = before if self._ahead is reads else {}

    def read_ahead(self, what: str, number: int) -> Any:
        """What was read ahead of a case or a post; None where it was not."""
        return self._ahead.get(what, {}).get(number)

    def all_read_ahead(self, what: str, numbers: Collection[int]) -> dict[int, Any] | None:
        """The same of each of these; None where it was not of one of them."""
        reads = {number: self.read_ahead(what, number) for number in numbers}
        return None if None in reads.values() else reads

    def _cursor(self, sql: str) -> Cursor:
        # WITH may begin an INSERT; a PRAGMA writes no row
        if not sql.lstrip().startswith(("SELECT", "PRAGMA")):
            self._may_write()
        cursor: Cursor = self._file.conn.cursor()
        cursor.row_factory = Row
        return cursor

    def each(self, sql: str, *values: Any) -> Iterator[Row]:
        """Row by row, for tables that may not fit into memory."""
        cursor = self._cursor(sql)
        try:
            yield from cursor.execute(sql, values)
        except DatabaseError as error:
            if not is_damage(error):
                raise
            raise explained(self.path, error) from error

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return list(self.each(sql, *values))

    def rows_named(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """All rows of a query whose parameters have names, `:since`."""
        cursor = self._cursor(sql)
        try:
            rows: list[Row] = cursor.execute(sql, dict(values)).fetchall()
        except DatabaseError as error:
            if not is_damage(error):
                raise
            raise explained(self.path, error) from error
        return rows

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row; None where there is none."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row; None where there is none."""
        row = self.row(sql, *values)
        return row[0] if row is not None else None

    def execute(self, sql: str, *values: Any) -> int:
        """How many rows it changed."""
        return int(self.connection.execute(sql, values).rowcount)

    def execute_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """The same statement once for each of `values`."""
        self.connection.executemany(sql, values)

    def insert(self, table: str, **values: Any) -> int:
        """The number of the new row; names of tables and columns are ours, never input."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        cursor = self.connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())
        )
        return int(cursor.lastrowid or 0)

    def events_by_person(self, kind: str, since: datetime) -> list[tuple[int, int]]:
        """Who did what leaves events of a kind since then, and how often, the most first."""
        with self.snapshot():
            rows = self.rows(
                """SELECT json_extract(about, '$.by') AS by_user, count(*) AS times FROM events
                WHERE kind = ? AND at >= ? GROUP BY 1 ORDER BY 2 DESC, 1""",
                kind, clock.text(since),
            )  # fmt: skip
        return [(row["by_user"], row["times"]) for row in rows]

    def add_event(self, kind: str, at: datetime, **about: int | str) -> None:
        """Adds an event, in the transaction of what happened. `about` holds nothing personal.

        What a command did in somebody's name says who ran it, as `login`: the name that was typed proves nothing.
        """
        if runs := acting.login():
            about = {"login": encryption.clean(runs), **about}
        previous = self.value("SELECT mac FROM events ORDER BY number DESC LIMIT 1") or ""
        written = json.dumps(about, sort_keys=True, separators=(",", ":"))
        moment = clock.text(at)
        mac = self.encryption.chain(previous, event_form(moment, kind, written))
        number = self.insert("events", at=moment, kind=kind, about=written, mac=mac)
        self.seals.note_event(number, mac, previous)


def event_form(at: str, kind: str, about: str) -> str:
    """The canonical form over which an event's mac is made."""
    return json.dumps([at, kind, about], separators=(",", ":"))


@contextmanager
def immediate(file: sqlite_utils.Database) -> Iterator[None]:
    """A transaction that takes the write lock at once, so that it never fails half way for it."""
    if file.conn.in_transaction:
        with file.atomic():
            yield
        return
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
        file.execute("COMMIT")
    except BaseException:
        file.rollback()
        raise


def _is_older(file: sqlite_utils.Database, fields: FieldEncryption) -> bool:
    return bool(migrations.pending(file)) or not Seals(file.conn, fields).is_current()


def _refuse_newer(file: sqlite_utils.Database, path: Path) -> None:
    newer = {migration.name for migration in migrations.applied(file)} - known_steps()
    if newer:
        raise StoreError(
            f"{path.name} was written by a newer version of this program: install that version, or "
            "restore a backup from before the upgrade"
        )


def _migrate(
    file: sqlite_utils.Database, fernet: MultiFernet, path: Path, older: Older
) -> FieldEncryption:
    """Checks version and key, then brings the schema up to date."""
    _refuse_newer(file, path)
    fields = _field_encryption(file, fernet)
    if fields is not None and not _is_older(file, fields):
        return fields
    if fields is not None and older == "refuse":
        raise StoreError(
            f"{path.name} is of an earlier version of this program: run `mentions upgrade`, which makes a backup, brings a "
            "copy of it up to date, checks that and puts it in its place"
        )
    with immediate(file):  # the migrations' own transactions nest in it
        suspects = Seals(file.conn, fields).suspects() if fields is not None else {}
        migrations.apply(file)
        fields = _field_encryption(file, fernet)  # another process may have been first
        if fields is None:
            fields = FieldEncryption(fernet, encryption.new_index_key())
            file.execute(
                "INSERT INTO keyring (name, encrypted) VALUES ('index', ?)",
                [fields.encrypted_index_key()],
            )
        _seal(Database(path, file, fields), suspects)
    return fields


def _seal(database: Database, suspects: Mapping[str, set[Any]]) -> None:
    """Seals all rows as a step of the schema left them; that tables have seals from now on is an event, where others are."""
    seals, began = database.seals, began_seals(database)
    begun = seals.renew(suspects, may_begin=dict.fromkeys(began, False))
    last = database.row("SELECT number, mac FROM events ORDER BY number DESC LIMIT 1")
    if not began:
        seals.begin_events(last["number"] if last else 0, last["mac"] if last else "")
    if begun and last:
        database.add_event(
            "rows sealed", clock.now(), tables=" ".join(table for table, _ in begun), rows=sum(rows for _, rows in begun)
        )  # fmt: skip


def began_seals(database: Database) -> frozenset[str]:
    """The tables that have seals by what the chain says."""
    rows = database.rows(
        "SELECT kind, about FROM events WHERE kind IN ('rows sealed', 'rows counted')"
    )
    tables: set[str] = set()
    for row in rows:
        about = json.loads(row["about"])
        tables.update(about["tables"].split() if row["kind"] == "rows sealed" else about)
    return frozenset(tables)


def _field_encryption(file: sqlite_utils.Database, fernet: MultiFernet) -> FieldEncryption | None:
    if not file.table("keyring").exists():
        return None
    # by its place: the column had another name before step 20
    row = file.execute("SELECT * FROM keyring WHERE name = 'index'").fetchone()
    return FieldEncryption.from_encrypted_key(fernet, row[1]) if row else None
