"""A store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store, database
from store.sqlite import connect
from tests.store.people import Team, of_three
from tests.stores import KEY, new_store, nothing


@pytest.fixture
def keys() -> list[str]:
    """One key, the test's own to add to."""
    return [KEY]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "data" / "mentions.db"


@pytest.fixture
def store(path: Path, keys: list[str]) -> Iterator[Store]:
    """An empty store."""
    new_store(path, nothing)
    with Store.open(path, keys) as opened:
        yield opened


@pytest.fixture
def shipped_store(path: Path, keys: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The same, opened as the program does, whose commits wait for the disk."""
    new_store(path, nothing)
    monkeypatch.setattr(database, "connect", connect)
    with Store.open(path, keys) as opened:
        yield opened


@pytest.fixture
def team(store: Store) -> Team:
    """Three people who decide, and two cases."""
    return of_three(store)
