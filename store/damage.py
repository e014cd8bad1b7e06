"""Damage that a database file was found to have: a note beside the file, since a damaged database may take none itself.

Whichever process meets it leaves the note, and every other says so at once. It counts for that very file: another one in its
place, as after a restore, has none. It goes when the file was read through by `verify` and is whole.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from core import clock

SUFFIX = ".damaged"  # after the database's name
TO_DO = (
    "stop the service and the page, move it away with the files of its name that end in -wal and -shm, and bring the last backup "
    "back with `mentions restore FROM`; keep what you moved away, it may hold what came since"
)
MEND = f"it is damaged: {TO_DO}"


def note(path: Path) -> None:
    """Notes that the database at `path` is damaged, unless it is noted already. Never fails: the damage itself is told anyway."""
    with suppress(OSError):
        if found_at(path) is not None:
            return
        about = {"at": clock.text(clock.now()), "file": _identity(path)}
        handle = os.open(_place(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(about, file)


def found_at(path: Path) -> datetime | None:
    """Since when the database at `path` is known to be damaged; None where it isn't. One look at the disk, for every page."""
    try:
        about = json.loads(_place(path).read_text("ascii"))
        return clock.parse(about["at"]) if about["file"] == _identity(path) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget(path: Path) -> None:
    """For a file that was read through and is whole."""
    with suppress(OSError):
        _place(path).unlink(missing_ok=True)


def _place(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)


def _identity(path: Path) -> str:
    stat = path.stat()
    return f"{stat.st_dev}:{stat.st_ino}"
