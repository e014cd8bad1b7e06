"""Where a file lies that somebody handed over in the page: in a folder that nobody else can read, for an hour at most.

It is encrypted with a key that this process alone holds, in its memory: nobody reads it from the disk or a copy of it, and
once the page has stopped nobody at all. While it is looked at, it lies in clear in memory where there is a file system for that.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.fernet import Fernet, InvalidToken

from settings.schema import Config
from store import Store
from store.imports import WAITS_FOR

_KEY = Fernet(Fernet.generate_key())
_PART = 1 << 20  # bytes that are encrypted at a time
_MEMORY = Path("/dev/shm")  # Linux keeps what lies here in memory
_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")


def place(config: Config, folder: Path) -> Path:
    """The folder, beside the database; made where there is none, for its owner alone."""
    path = folder / f"{config.store.path}.imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(config: Config, folder: Path, number: int, name: str, content: BinaryIO) -> Path:
    """Writes a file into it under its number; of the name its ending alone stays."""
    ending = Path(name).suffix.lower()
    path = place(config, folder) / f"{number}{ending if ending in _ENDINGS else '.csv'}"
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        while part := content.read(_PART):
            file.write(_KEY.encrypt(part) + b"\n")
    return path


@contextmanager
def in_clear(config: Config, folder: Path, number: int) -> Iterator[Path | None]:
    """The file of a number as it was handed over, for as long as it is looked at; None where it is gone, or of a page that stopped."""
    path = find(config, folder, number)
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="mentions-", dir=memory) as private:
        yield _decrypted(path, Path(private)) if path is not None else None


def _decrypted(path: Path, private: Path) -> Path | None:
    plain = private / path.name
    opened = os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with path.open("rb") as sealed, os.fdopen(opened, "wb") as file:
            for line in sealed:
                file.write(_KEY.decrypt(line.rstrip(b"\n")))
    except (InvalidToken, FileNotFoundError):
        return None
    return plain


def find(config: Config, folder: Path, number: int) -> Path | None:
    """The file of a number; None where it is gone."""
    return next(iter(sorted(place(config, folder).glob(f"{number}.*"))), None)


def forget(config: Config, folder: Path, number: int) -> None:
    """Deletes the file of a number."""
    for path in place(config, folder).glob(f"{number}.*"):
        path.unlink(missing_ok=True)


def sweep(config: Config, folder: Path, still_needed: Collection[int]) -> int:
    """Deletes every file that is an hour old and not being stored, or that nobody waits for; how many."""
    where = folder / f"{config.store.path}.imports"
    if not where.is_dir():
        return 0
    oldest, gone = time.time() - WAITS_FOR.total_seconds(), 0
    for path in where.iterdir():
        number = int(path.stem) if path.stem.isdecimal() else 0
        try:
            if number not in still_needed and path.stat().st_mtime < oldest:
                path.unlink()
                gone += 1
        except FileNotFoundError:  # another one was quicker
            continue
    return gone


def tidy(config: Config, folder: Path, store: Store, at: datetime) -> list[int]:
    """Drops what nobody said anything of within the hour, and deletes its files; the numbers of these."""
    dropped = store.imports.tidy(at)
    for number in dropped:
        forget(config, folder, number)
    sweep(config, folder, store.imports.open_numbers())
    return dropped


def digest(content: BinaryIO) -> str:
    """The SHA-256 of a file, in hex."""
    hashed = hashlib.sha256()
    while chunk := content.read(1 << 20):
        hashed.update(chunk)
    content.seek(0)
    return hashed.hexdigest()
