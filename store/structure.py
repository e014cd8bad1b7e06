"""What a database of this version is made of: its tables, indexes and triggers as the migrations make them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from sqlite_utils import Database

from store.migrations import migrations
from store.migrations.steps import known_steps


def current() -> Database:
    """An empty database of today's schema, in memory."""
    db = Database(memory=True)
    migrations.apply(db)
    return db


def statements(rows: Iterable[Iterable[str | None]]) -> dict[tuple[str, str], str]:
    """By kind and name, what rows of kind, name and sql of sqlite_schema say, written alike; less what SQLite keeps for itself."""
    return {
        (str(kind), str(name)): " ".join(re.sub(r'"(\w+)"', r"\1", statement or "").split())
        for kind, name, statement in rows
        if not str(name).startswith("sqlite_")
    }


def current_statements() -> Mapping[tuple[str, str], str]:
    """Those of an empty database of today's schema."""
    return _statements_after(len(known_steps()))


@cache
def _statements_after(steps: int) -> Mapping[tuple[str, str], str]:
    """Those after so many steps: to take them all costs a quarter of a second."""
    db = current()
    written = statements(db.execute("SELECT type, name, sql FROM sqlite_schema").fetchall())
    db.close()
    return written
