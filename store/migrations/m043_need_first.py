"""Step 43: in Answer who can't wait stands above all, then what is due first."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_FIRST = (
    2 * 10**9
)  # from this weight on: `steps.lanes.weight_of`, danger in Now and pressing need in Answer


def _order(case: str) -> str:
    """The place of a case within its lane, as text; one that left its lane keeps it, so that what came next is known."""
    return f"""CASE {case}.lane
        WHEN 'now' THEN '0' || (coalesce({case}.lane_weight, 0) < {_FIRST}) || coalesce({case}.due_at, '~')
        WHEN 'answer' THEN '1' || (coalesce({case}.lane_weight, 0) < {_FIRST}) || coalesce({case}.due_at, '~') || {case}.opened_at
        WHEN 'look' THEN '2' || printf('%016d', 9999999999999999 - {case}.lane_weight) || {case}.opened_at
        WHEN 'rest' THEN '3' || (3 - {case}.risk) || {case}.opened_at
        ELSE '4' || {case}.opened_at END || printf('%012d', {case}.number)"""


@migrations()
def m043_need_first(db: Database) -> None:
    """The trigger that orders cases is made anew, and those that wait in Answer get their new place."""
    run(db, (
        "DROP TRIGGER case_is_ordered",
        f"""CREATE TRIGGER case_is_ordered AFTER UPDATE OF lane, lane_weight, due_at, risk ON cases
    WHEN new.lane IS NOT NULL BEGIN
    -- The place of a case within its lane, for the index by which rows are read.
    UPDATE cases SET lane_order = {_order("new")} WHERE number = new.number;
END""",
        f"UPDATE cases SET lane_order = {_order('cases')} WHERE lane = 'answer'",
    ))  # fmt: skip
