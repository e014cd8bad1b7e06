"""A world with a fixed 'now', calm unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo import World

AT = datetime(2026, 11, 20, 9, 45, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(at=AT, folder=tmp_path, calm=True) as world:
        yield world
