"""A store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from store import Store
from tests.store.people import Team, of_three


@pytest.fixture
def keys() -> list[str]:
    """One key, made for the test."""
    return [Fernet.generate_key().decode()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "data" / "mentions.db"


@pytest.fixture
def store(path: Path, keys: list[str]) -> Iterator[Store]:
    """An empty store."""
    with Store.open(path, keys) as opened:
        yield opened


@pytest.fixture
def team(store: Store) -> Team:
    """Three people who decide, and two cases."""
    return of_three(store)
