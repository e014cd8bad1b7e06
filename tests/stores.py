"""Stores that are made once a process and copied from then on: to make one takes all migrations, .4 s of a processor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from cryptography.fernet import Fernet
from sqlite_utils import Database

from core import clock
from store import Store
from store import database as store_database
from store.migrations import migrations
from store.sqlite import connect

T = TypeVar("T")
Filling = Callable[[Store], T]

KEY = Fernet.generate_key().decode()  # of every store that is copied
_COPIES: dict[Filling[object], tuple[bytes, object]] = {}


def nothing(store: Store) -> None:
    """Leaves a store empty."""


def new_store(path: Path, fill: Filling[T]) -> T:
    """Puts a store at `path` that `fill` filled, a function of a module; what that returned."""
    if fill not in _COPIES:
        with TemporaryDirectory() as folder:
            template = Path(folder) / "mentions.db"
            if fill is not nothing:
                new_store(template, nothing)
            with Store.open(template, [KEY]) as store:
                result = fill(store)
            _COPIES[fill] = template.read_bytes(), result
    content, result = _COPIES[fill]  # type: ignore[assignment]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_bytes(content)
    return result


@contextmanager
def quick_stores() -> Iterator[None]:
    """Inside, whatever makes a database where there is none finds today's tables in it already, and no commit waits for the disk.

    They are what all migrations made once in this process; key, seals and events are made each time, as ever. What is not
    waited for would be lost in a power cut alone, which no test brings about; processes that tests start wait as ever.
    """
    made: list[bytes] = []

    def prepared(path: Path, *, create: bool, patience: float) -> Database:
        if create and not path.exists():
            if not made:
                made.append(_migrated())
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(0o600)
            path.write_bytes(made[0])
        database = connect(path, create=create, patience=patience)
        database.execute("PRAGMA synchronous = OFF")
        return database

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_database, "connect", prepared)
        yield


def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mentions.db"
        database = connect(path, create=True, patience=5)
        migrations.apply(database)
        database.close()
        return path.read_bytes()


def make_older(store: Store, days: int = 100) -> None:
    """Lets a store have begun so many days ago, so that there is a time of which it can report."""
    at = clock.text(clock.now() - timedelta(days=days))
    with store.database.transaction():
        store.database.insert(
            "runs", number=0, source="files", since=at, at=at, ended=at, complete=1, skipped=0
        )


@contextmanager
def temporary_store() -> Iterator[Store]:
    """An empty store in a folder that goes with it: for properties, which need one an example."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mentions.db"
        new_store(path, nothing)
        with Store.open(path, [KEY]) as store:
            yield store
