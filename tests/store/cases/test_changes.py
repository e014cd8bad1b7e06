"""What was done lately is asked every few seconds by each page that is open."""

from __future__ import annotations

from store import Store
from store.cases.changes import CaseChanges
from tests.store.factories import AT
from tests.store.plans import Planned


def test_what_was_done_lately_looks_up_its_cases_and_goes_through_none_other(store: Store) -> None:
    planned = Planned(store.database)
    CaseChanges(planned.as_database).since(AT)
    assert "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)" in planned.plan
    assert not [line for line in planned.plan if "AUTOMATIC" in line]


def test_steps_of_years_are_no_scan_for_what_was_done_lately(store: Store) -> None:
    planned = Planned(store.database)
    CaseChanges(planned.as_database).since(AT)
    assert not [line for line in planned.plan if line == "SCAN s"]
    assert "SEARCH s USING INDEX path_steps_by_at (at>?)" in planned.plan
    assert "SEARCH s USING INDEX path_steps_by_undone (undone_at>?)" in planned.plan
