"""What pages that are open and each cycle ask goes through no table, whatever it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest

from store import Store
from store.cases.alerts import Alerts
from store.cases.changes import CaseChanges
from store.database import Database
from store.mentions import Mentions
from store.sqlite import Row
from tests.store.factories import AT


class Planned:
    """A database that keeps how SQLite goes about what it is asked."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.plan: list[str] = []

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


def test_what_was_done_lately_looks_up_its_cases_and_goes_through_none_other(store: Store) -> None:
    planned = Planned(store.database)
    CaseChanges(cast(Database, planned)).since(AT)
    assert "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)" in planned.plan
    assert not [line for line in planned.plan if "AUTOMATIC" in line]


@pytest.mark.parametrize("case", [None, 1])
def test_whoever_let_a_case_go_is_known_by_the_mails_of_that_case_alone(
    store: Store, case: int | None
) -> None:
    planned = Planned(store.database)
    Alerts(cast(Database, planned), store.outbox).let_go(case)
    assert not [line for line in planned.plan if line.startswith("SCAN") or "by_route" in line]
    assert ("SEARCH c USING INTEGER PRIMARY KEY (rowid=?)" in planned.plan) is (case is not None)


def test_an_address_is_sought_among_the_guardians_and_what_came_lately_alone(store: Store) -> None:
    planned = Planned(store.database)
    mentions = Mentions(cast(Database, planned), store.sources, store.answered_posts, store.objection_list)  # fmt: skip
    assert mentions.at_address("https://example.org/rowan_ashdown/status/1") is None
    assert "SEARCH m USING INTEGER PRIMARY KEY (rowid=?)" in planned.plan
