"""Step 36: in Now danger to life stands above all, however long the others have waited."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_DANGER = 2 * 10**9  # from this weight on somebody may be in danger: `steps.lanes.weight_of`


def _order(case: str) -> str:
    """The place of a case within its lane, as text; one that left its lane keeps it, so that what came next is known."""
    return f"""CASE {case}.lane
        WHEN 'now' THEN '0' || (coalesce({case}.lane_weight, 0) < {_DANGER}) || coalesce({case}.due_at, '~')
        WHEN 'answer' THEN '1' || coalesce({case}.due_at, '~') || {case}.opened_at
        WHEN 'look' THEN '2' || printf('%016d', 9999999999999999 - {case}.lane_weight) || {case}.opened_at
        WHEN 'rest' THEN '3' || (3 - {case}.risk) || {case}.opened_at
        ELSE '4' || {case}.opened_at END || printf('%012d', {case}.number)"""


@migrations()
def m036_danger_first(db: Database) -> None:
    """The trigger that orders cases is made anew, and those that wait in Now get their new place."""
    run(db, (
        "DROP TRIGGER case_is_ordered",
        f"""CREATE TRIGGER case_is_ordered AFTER UPDATE OF lane, lane_weight, due_at, risk ON cases
    WHEN new.lane IS NOT NULL BEGIN
    -- The place of a case within its lane, for the index by which rows are read.
    UPDATE cases SET lane_order = {_order("new")} WHERE number = new.number;
END""",
        f"UPDATE cases SET lane_order = {_order('cases')} WHERE lane = 'now'",
    ))  # fmt: skip
