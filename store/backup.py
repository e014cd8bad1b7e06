"""Writes the database as one encrypted file, and makes a database of such a file again.

A backup is a line that names the format and then, line by line, Fernet tokens of one mebibyte each, so
that memory stays bounded. Every token holds the backup's own id, its place and whether it is the last:
a file that was cut, mixed or reordered is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.fernet import InvalidToken, MultiFernet

from core import clock
from core.errors import DamagedError, EncryptionKeyError, StoreError
from store import damage, encryption
from store.database import Database
from store.job_runs import program_version
from store.maintenance import LEFT_BEHIND, LEFTOVERS, Maintenance
from store.rights.access import end_open_access
from store.rights.ledger import BESIDE, SUFFIX, Ledger, add_missing, raw_lines
from store.sqlite import OperationalError, explain_errors, files_of, read_only, sound

FORMAT = b"mentions backup 1\n"
PIECE = 2**20  # bytes
UNFINISHED = ".unfinished-backup-"  # how the name begins of one that is being written
_HEAD = struct.Struct(">16sQ?")  # the backup's id, the piece's place, whether it is the last


def restore_copy(backup: Path, to: Path, keys: Sequence[str]) -> None:
    """The database file as it was when it was backed up, at `to`, which must not exist: nothing in it is changed or brought up to date.

    Raises EncryptionKeyError where no key fits, StoreError where the backup is damaged; `to` isn't made.
    """
    for file in files_of(to):
        if file.exists():
            raise StoreError(f"{file.name} is there already: move it away, then restore again")
    fernet = encryption.fernet(keys)
    with explain_errors(backup):
        to.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(to.with_name(to.name + LEFTOVERS)) as copy:
            with backup.open("rb") as encrypted, copy.open("wb") as clear:
                _decrypt(encrypted, clear, fernet, backup.name)
                clear.flush()
                os.fsync(clear.fileno())
            if not sound(copy):
                raise StoreError(
                    f"the database in {backup.name} is damaged: take an older backup; nothing was put in its place"
                )
            copy.replace(to)
        sync_folder(to.parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What lies beside a backup in clear: when and by which version it was made, and what a restore must bring back.

    `sha256` and `size` (bytes) are of the encrypted file; `head` is the end of the chain of events, `counts` are rows by table.
    """

    created_at: datetime
    version: str
    sha256: str
    size: int
    head: str
    counts: Mapping[str, int]

    def json(self) -> bytes:
        """As it is written."""
        fields = {
            "created_at": clock.text(self.created_at), "version": self.version, "sha256": self.sha256, "bytes": self.size,
            "head": self.head, "counts": dict(self.counts),
        }  # fmt: skip
        return (json.dumps(fields, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """The manifest of a file. Raises StoreError where it can't be read or isn't one."""
        with explain_errors(path):
            written = path.read_bytes()
        try:
            fields = json.loads(written)
            return cls(
                created_at=clock.parse(fields["created_at"]), version=str(fields["version"]), sha256=str(fields["sha256"]),
                size=int(fields["bytes"]), head=str(fields["head"]),
                counts={str(table): int(count) for table, count in fields["counts"].items()},
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                f"{path.name} is no manifest of a backup: it was changed, or cut short"
            ) from error


def manifest_path(backup: Path) -> Path:
    """Where the manifest of a backup lies."""
    return backup.with_name(f"{backup.name}.json")


class Backups:
    """Backups of an open database."""

    def __init__(self, database: Database, maintenance: Maintenance) -> None:
        self._db = database
        self._maintenance = maintenance

    def write(self, to: Path, *, at: datetime | None = None) -> Manifest:
        """Writes a checked, encrypted copy to `to`, where nothing may be.

        The clear copy that it is made of lies beside the database meanwhile, readable by its owner
        alone. Raises StoreError where something is at `to`, or the copy is not sound; nothing is changed then.
        """
        self._maintenance.remove_leftovers()
        manifest = write_copy(self._db, to, at=at or clock.now())
        with self._db.transaction():
            self._db.add_event("backed up", at or clock.now(), bytes=manifest.size)
        return manifest

    def last(self) -> datetime | None:
        """When a backup was last written to its end; None where none was."""
        return _last_event(self._db, "backed up")

    def note_trial(self, at: datetime, *, problems: int, created_at: datetime) -> None:
        """Keeps what came of trying a backup that was made then: how many things were wrong with it."""
        with self._db.transaction():
            self._db.add_event(
                "restore tried", at, problems=problems, created_at=clock.text(created_at)
            )

    def last_trial(self, *, well: bool | None = None) -> datetime | None:
        """When a backup was last tried by a restore; `well`: and nothing, or something, was wrong with it. None where none was."""
        outcome = {
            None: "",
            True: "AND json_extract(about, '$.problems') = 0",
            False: "AND json_extract(about, '$.problems') > 0",
        }
        return _last_event(self._db, "restore tried", outcome[well])


def _last_event(database: Database, kind: str, further: str = "") -> datetime | None:
    with database.snapshot():
        at = database.value(
            f"SELECT at FROM events WHERE kind = ? {further} ORDER BY number DESC LIMIT 1", kind
        )
    return clock.parse(at) if at else None


def write_copy(database: Database, to: Path, *, at: datetime) -> Manifest:
    """Writes a checked, encrypted copy of a database, a manifest and the erasure ledger beside it; no event.

    All of it is on the disk before it returns. A kill leaves nothing at `to`, or all of the copy. Raises StoreError where
    something is at `to`.
    """
    path, beside = database.path, manifest_path(to)
    for there in (to, beside):
        if there.exists() or there.is_symlink():
            raise StoreError(
                f"{there} is there already, and a backup never takes its place: name another file"
            )
    with explain_errors(to):
        _make_folder(to.parent)
        remove_unfinished(to.parent)
    with explain_errors(path), _temporary(path.with_name(path.name + LEFTOVERS)) as copy:
        database.execute("VACUUM INTO ?", str(copy))
        if not sound(copy):
            if database.value("PRAGMA integrity_check(1)") != "ok":
                damage.note(path)
                raise DamagedError(f"{path.name}: {damage.MEND}. No backup was written of it")
            raise StoreError(
                f"the copy of {path.name} came out damaged, though the database is whole: look at the disk's health, then run it "
                "again. No backup was written"
            )
        with explain_errors(to), _temporary(to.with_name(UNFINISHED)) as encrypted:
            with copy.open("rb") as clear, encrypted.open("wb") as file:
                _encrypt(clear, file, database.encryption.fernet)
                file.flush()
                os.fsync(file.fileno())
            manifest = Manifest(
                created_at=at, version=program_version(), sha256=sha256_of(encrypted), size=encrypted.stat().st_size,
                head=_head(copy), counts=row_counts(copy),
            )  # fmt: skip
            _put(encrypted, to)
    with explain_errors(to):
        with _temporary(to.with_name(UNFINISHED)) as written:
            with written.open("wb") as file:
                file.write(manifest.json())
                file.flush()
                os.fsync(file.fileno())
            _put(written, beside)
        ledger = Ledger(database).path
        add_missing(ledger, to.parent / ledger.name)
    return manifest


def restore(
    backup: Path, to: Path, keys: Sequence[str], *, at: datetime | None = None, ledger: Path | None = None
) -> None:  # fmt: skip
    """Makes a database at `to`, which must not exist, from a backup.

    What was purged or erased since the backup comes back with it: `Store.restore` erases again. Raises
    EncryptionKeyError where no key fits, StoreError where the backup is damaged; `to` isn't made.
    """
    restore_copy(backup, to, keys)
    damage.forget(to)  # of the one that was moved away
    database = Database.open(to, keys, create=False, ledger=ledger)
    with closing(database), database.transaction():
        ledger_file = Ledger(database)
        ledger_file.move_over()
        copies = {backup.parent / ledger_file.path.name, *backup.parent.glob(f"*{BESIDE}")}
        for copied in copies.union(backup.parent.glob(f"*{SUFFIX}")):
            if copied != ledger_file.path:
                ledger_file.take_from(copied)
        end_open_access(database)
        lines = len(raw_lines(ledger_file.path))
        database.add_event("restored", at or clock.now(), ledger=lines)


def _put(file: Path, to: Path) -> None:
    """Moves a finished file to where nothing may be, and has its name on the disk.

    A link is made and the old name taken away, since a rename would take the place of what another program put there
    meanwhile. Raises StoreError where something is there.
    """
    try:
        os.link(file, to)
    except FileExistsError as error:
        raise StoreError(
            f"{to} is there already, and a backup never takes its place: name another file"
        ) from error
    except OSError:  # a share that knows no hard links: the look and the rename are two steps there
        if to.exists():
            raise
        file.rename(to)
    sync_folder(to.parent)


def _make_folder(folder: Path) -> None:
    """A folder that its owner alone can enter, where none is."""
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)


def sync_folder(folder: Path) -> None:
    """Has the names in a folder on the disk, where the system can be asked for that."""
    if os.name == "nt":
        return  # NTFS writes names by its own log, and no folder can be opened there
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_unfinished(folder: Path) -> None:
    """Removes what a killed backup left in a folder; one that is being written is younger."""
    for file in folder.glob(f"{UNFINISHED}*"):
        with suppress(FileNotFoundError):
            if time.time() - file.stat().st_mtime > LEFT_BEHIND:
                file.unlink()


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _head(path: Path) -> str:
    with closing(read_only(path)) as connection:
        try:
            row = connection.execute(
                "SELECT mac FROM events ORDER BY number DESC LIMIT 1"
            ).fetchone()
        except OperationalError:  # of an early version, whose columns had other names
            return ""
    return str(row[0]) if row else ""


def row_counts(path: Path) -> dict[str, int]:
    """How many rows each table of a database file has, without the index of words; it opens the file read-only."""
    with closing(read_only(path)) as connection:
        names = [
            row[0] for row in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%_fts%' ORDER BY name"
            )
        ]  # fmt: skip
        return {
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for name in names
        }


def _encrypt(clear: BinaryIO, file: BinaryIO, fernet: MultiFernet) -> None:
    file.write(FORMAT)
    name, place = secrets.token_bytes(16), 0
    piece = clear.read(PIECE)
    while True:
        following = clear.read(PIECE)
        file.write(fernet.encrypt(_HEAD.pack(name, place, not following) + piece) + b"\n")
        if not following:
            return
        piece, place = following, place + 1


def _decrypt(file: BinaryIO, clear: BinaryIO, fernet: MultiFernet, called: str) -> None:
    if file.readline(len(FORMAT)) != FORMAT:
        raise StoreError(f"{called} is no backup of this program: name another file")
    damaged = StoreError(f"{called} is damaged or cut short: take an older backup")
    name: bytes | None = None
    last = False
    for place, line in enumerate(_lines(file)):
        try:
            piece = fernet.decrypt(line)
        except InvalidToken as error:
            if place:
                raise damaged from error
            raise EncryptionKeyError(
                f"no key opens {called}, or it is damaged: add the key of that time after the present one"
            ) from error
        name_here, at, last_here = _HEAD.unpack_from(piece)
        if last or at != place or name not in (None, name_here):
            raise damaged
        name, last = name_here, last_here
        clear.write(piece[_HEAD.size :])
    if not last:
        raise damaged


def _lines(file: BinaryIO) -> Iterator[bytes]:
    longest = 2 * PIECE  # a token is a third longer than what it holds
    while line := file.readline(longest):
        yield line.rstrip(b"\n")


@contextmanager
def _temporary(start: Path) -> Iterator[Path]:
    """A new file, readable by its owner alone, that is gone afterwards unless it was moved."""
    handle, name = tempfile.mkstemp(prefix=start.name, dir=start.parent)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
