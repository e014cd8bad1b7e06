"""Brings a database of an earlier version up to date: a backup first, then a copy, which takes its place once it is whole.

At every moment either the old file or the new one stands in its place, each of them whole: a kill costs the work alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import StoreError
from store import Store
from store.backup import row_counts, sync_folder, write_copy
from store.database import Database
from store.job_runs import program_version
from store.maintenance import LEFTOVERS
from store.sqlite import explain_errors, files_of

NEEDED = 2.5  # times the database's size: a copy to be brought up to date, and one that a backup is made of
# Written by the steps of an upgrade themselves, or made anew from other tables.
NOT_COUNTED = frozenset(
    [
        "_sqlite_migrations",
        "events",
        "row_seals",
        "seal_totals",
        "maintenance_tasks",
        "keyring",
        "bookmarks",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What was done: the backup of before, how many rows it holds, and what was wrong, in words a person can act on.

    With `problems` the database is as it was.
    """

    backup: Path
    rows: int
    problems: tuple[str, ...] = ()


def is_older(path: Path, keys: Sequence[str]) -> bool:
    """Whether an earlier version left this database. Raises what `Database.open` raises."""
    with closing(Database.open_as_it_is(path, keys)) as database:
        return database.is_older()


def upgrade(
    path: Path, keys: Sequence[str], backup: Path, *, at: datetime, ledger: Path | None = None,
    check: Callable[[], Sequence[str]] = tuple,
) -> Upgrade:  # fmt: skip
    """Writes a backup, brings a copy up to date, looks it through and puts it in the database's place; then `check` names what fails.

    Where anything fails the database is as it was. Raises StoreError where another program has it open, or there is no room.
    """
    with explain_errors(path):
        size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
        if free < NEEDED * size:
            raise StoreError(
                f"the disk of {path.name} has {free // 2**20:,} MB left, and this needs {int(NEEDED * size) // 2**20:,}: make room, "
                "then run it again. Nothing was changed"
            )
        room = Path(tempfile.mkdtemp(prefix=path.name + LEFTOVERS, dir=path.parent))
    try:
        with closing(Database.open_as_it_is(path, keys, ledger=ledger)) as old:
            old.take_alone()
            manifest = write_copy(old, backup, at=at)
            copy, before = room / path.name, room / "before"
            with explain_errors(path):
                old.execute("VACUUM INTO ?", str(copy))
            problems = _bring_up_to_date(copy, keys, manifest.counts, at)
            if not problems:
                with explain_errors(path):
                    _keep(path, before)
                    copy.replace(path)
                    sync_folder(path.parent)
        if not problems:
            problems = list(check())
            if problems:
                _put_back(path, before)
        return Upgrade(backup=backup, rows=sum(manifest.counts.values()), problems=tuple(problems))
    finally:
        with suppress(OSError):
            shutil.rmtree(room)


def _bring_up_to_date(
    copy: Path, keys: Sequence[str], counts: Mapping[str, int], at: datetime
) -> list[str]:
    """What is wrong with a copy once it is of this version; nothing of it is left in a log."""
    copy.chmod(0o600)
    try:
        with Store(Database.open(copy, keys, create=False)) as store:
            with store.database.transaction():
                store.database.add_event("upgraded", at, version=program_version())
            problems = list(store.maintenance.verify().problems)
            store.database.take_alone()
    except StoreError as error:
        return [str(error)]
    except Exception as bug:  # of a step, met by what this site holds: its words may be a post's
        return [f"a step of the upgrade failed on what is stored here ({type(bug).__name__})"]
    after = row_counts(copy)
    problems += [
        f"{table} has {after[table]:,} rows, and had {count:,}"
        for table, count in counts.items()
        if table in after and table not in NOT_COUNTED and after[table] != count
    ]
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    return problems


def _keep(path: Path, before: Path) -> None:
    """The old file under a second name, while nobody knows yet whether the new one will do."""
    try:
        os.link(path, before)
    except OSError:  # a disk without hard links
        shutil.copy2(path, before)


def _put_back(path: Path, before: Path) -> None:
    with explain_errors(path):
        for file in files_of(path)[1:]:
            file.unlink(missing_ok=True)
        before.replace(path)
        sync_folder(path.parent)
