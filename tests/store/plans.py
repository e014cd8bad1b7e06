"""How SQLite goes about what it is asked, for tests of what no page and no cycle may go through as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from store.database import Database
from store.sqlite import Row


class Planned:
    """A database that keeps how SQLite goes about what it is asked."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.plan: list[str] = []

    @property
    def as_database(self) -> Database:
        """As parts of the store take it."""
        return cast(Database, self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        self.plan += [row["detail"] for row in self._db.rows(f"EXPLAIN QUERY PLAN {sql}", *values)]
        return self._db.rows(sql, *values)

    def rows_named(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        self.plan += [
            row["detail"] for row in self._db.rows_named(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
        return self._db.rows_named(sql, values)
