"""Step 82: cases are listed with those of high risk first, then the longest here: by a lower risk nobody reads what no list tells."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.m067_waiting_by_urgency import URGENCY
from store.migrations.steps import migrations, run

_WAIT = "WHERE state IN ('new', 'open')"


@migrations()
def m082_no_order_by_risk(db: Database) -> None:
    """The order by risk told low from none, and medium from low, though a flag that holds of staff alone was left out of the list."""
    indexes = {
        "cases_by_queue": "(state, (risk < 3), opened_at, number, protected)",
        "cases_edited": "((risk < 3), opened_at, number, edited, protected) WHERE edited > 0",
        "cases_overdue": "((risk < 3), opened_at, number, due_at, protected) WHERE due_at IS NOT NULL",
        "cases_unread": f"((risk < 3), opened_at, number, state, unread, protected) {_WAIT} AND unread > 0",
        "cases_waiting": f"({URGENCY}, (risk < 3), opened_at, number, state, flagged, protected) {_WAIT} AND flagged > 0",
    }
    for name, on in indexes.items():
        run(db, (f"DROP INDEX {name}", f"CREATE INDEX {name} ON cases {on}"))
