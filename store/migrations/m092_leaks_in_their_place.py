"""Step 92: in Now a leak that is out of sight keeps the place that its promise gave it, until whoever must know has been told."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_FIRST = 2 * 10**9  # as in step 43
_GRAVE = "('pid', 'threat')"


def _promised(case: str) -> str:
    """By when a leak under way was promised; NULL of whatever else. What is left of it has a later time, by which it would fall behind whatever came since."""
    return f"""(SELECT k.promised_at FROM deadlines k WHERE k.case_number = {case}.number AND k.kind = 'look' AND k.stopped_at IS NULL
            AND EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = {case}.lane_mention AND f.flag = 'pid'))"""


def _order(case: str) -> str:
    """The place of a case within its lane, as text; one that left its lane keeps it, so that what came next is known."""
    return f"""CASE {case}.lane
        WHEN 'now' THEN '0' || CASE WHEN coalesce({case}.lane_weight, 0) >= {_FIRST} THEN 0 || coalesce({case}.due_at, '~')
            WHEN EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = {case}.lane_mention AND f.flag IN {_GRAVE})
            THEN 1 || coalesce({_promised(case)}, {case}.due_at, '~')
            ELSE 2 || coalesce({case}.due_at, '~') END
        WHEN 'answer' THEN '1' || (coalesce({case}.lane_weight, 0) < {_FIRST}) || coalesce({case}.due_at, '~') || {case}.opened_at
        WHEN 'look' THEN '2' || printf('%016d', 9999999999999999 - {case}.lane_weight) || {case}.opened_at
        WHEN 'rest' THEN '3' || (3 - {case}.risk) || {case}.opened_at
        ELSE '4' || {case}.opened_at END || printf('%012d', {case}.number)"""


@migrations()
def m092_leaks_in_their_place(db: Database) -> None:
    """The trigger that orders cases is made anew, and those that wait in Now get their new place.

    Of a clock that has a later time already, what was promised is not kept: it counts from its begin.
    """
    run(db, (
        "ALTER TABLE deadlines ADD COLUMN promised_at TEXT",
        """UPDATE deadlines SET promised_at = coalesce(missed_at, began_at) WHERE kind = 'look' AND stopped_at IS NULL AND lane = 'answer'
    AND EXISTS (SELECT 1 FROM cases c WHERE c.number = deadlines.case_number AND c.lane = 'now')""",
        "DROP TRIGGER case_is_ordered",
        f"""CREATE TRIGGER case_is_ordered AFTER UPDATE OF lane, lane_weight, due_at, risk ON cases
    WHEN new.lane IS NOT NULL BEGIN
    -- The place of a case within its lane, for the index by which rows are read.
    UPDATE cases SET lane_order = {_order("new")} WHERE number = new.number;
END""",
        f"UPDATE cases SET lane_order = {_order('cases')} WHERE lane = 'now'",
    ))  # fmt: skip
