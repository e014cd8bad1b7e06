"""Writes the database as one encrypted file, and makes a database of such a file again.

A backup is a line that names the format and then, line by line, Fernet tokens of one mebibyte each, so
that memory stays bounded. Every token holds the backup's own id, its place and whether it is the last:
a file that was cut, mixed or reordered is refused.
"""

from __future__ import annotations

import os
import secrets
import struct
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.fernet import InvalidToken, MultiFernet

from core import clock
from core.errors import EncryptionKeyError, StoreError
from store import encryption
from store.database import Database
from store.maintenance import LEFTOVERS, Maintenance
from store.rights.ledger import BESIDE, SUFFIX, Ledger, add_missing, raw_lines
from store.sqlite import explain_errors, files_of, sound

FORMAT = b"mentions backup 1\n"
PIECE = 2**20  # bytes
_HEAD = struct.Struct(">16sQ?")  # the backup's id, the piece's place, whether it is the last


class Backups:
    """Backups of an open database."""

    def __init__(self, database: Database, maintenance: Maintenance) -> None:
        self._db = database
        self._maintenance = maintenance

    def write(self, to: Path, *, at: datetime | None = None) -> None:
        """Writes a checked, encrypted copy to `to`, in place of what was there.

        The clear copy that it is made of lies beside the database meanwhile, readable by its owner
        alone. Raises StoreError where the copy is not sound; `to` is then as it was.
        """
        self._maintenance.remove_leftovers()
        path = self._db.path
        with explain_errors(path), _temporary(path.with_name(path.name + LEFTOVERS)) as copy:
            self._db.execute("VACUUM INTO ?", str(copy))
            _must_be_sound(copy)
            to.parent.mkdir(parents=True, exist_ok=True)
            with _temporary(to.with_name(f".{to.name}-")) as encrypted:
                with copy.open("rb") as clear, encrypted.open("wb") as file:
                    _encrypt(clear, file, self._db.encryption.fernet)
                    file.flush()
                    os.fsync(file.fileno())
                encrypted.replace(to)
        with explain_errors(to):
            ledger = Ledger(self._db).path
            add_missing(ledger, to.parent / ledger.name)
        with self._db.transaction():
            self._db.add_event("backed up", at or clock.now())


def restore(
    backup: Path, to: Path, keys: Sequence[str], *, at: datetime | None = None, ledger: Path | None = None
) -> None:  # fmt: skip
    """Makes a database at `to`, which must not exist, from a backup.

    What was purged or erased since the backup comes back with it: `Store.restore` erases again. Raises
    EncryptionKeyError where no key fits, StoreError where the backup is damaged; `to` isn't made.
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
            _must_be_sound(copy)
            copy.replace(to)
    database = Database.open(to, keys, create=False, ledger=ledger)
    with closing(database), database.transaction():
        ledger_file = Ledger(database)
        ledger_file.move_over()
        copies = {backup.parent / ledger_file.path.name, *backup.parent.glob(f"*{BESIDE}")}
        for copied in copies.union(backup.parent.glob(f"*{SUFFIX}")):
            if copied != ledger_file.path:
                ledger_file.take_from(copied)
        lines = len(raw_lines(ledger_file.path))
        database.add_event("restored", at or clock.now(), ledger=lines)


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


def _must_be_sound(copy: Path) -> None:
    if not sound(copy):
        raise StoreError(
            "the copy is not sound: run `mentions verify`; nothing was put in place of another"
        )


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
