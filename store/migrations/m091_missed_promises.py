"""Step 91: a promise that was missed stays missed, in its lane; in Now a leak or a threat never falls behind what is less grave."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_FIRST = 2 * 10**9  # as in step 43
_GRAVE = "('pid', 'threat')"


def _order(case: str) -> str:
    """The place of a case within its lane, as text; one that left its lane keeps it, so that what came next is known."""
    return f"""CASE {case}.lane
        WHEN 'now' THEN '0' || CASE WHEN coalesce({case}.lane_weight, 0) >= {_FIRST} THEN 0
            WHEN EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = {case}.lane_mention AND f.flag IN {_GRAVE}) THEN 1
            ELSE 2 END || coalesce({case}.due_at, '~')
        WHEN 'answer' THEN '1' || (coalesce({case}.lane_weight, 0) < {_FIRST}) || coalesce({case}.due_at, '~') || {case}.opened_at
        WHEN 'look' THEN '2' || printf('%016d', 9999999999999999 - {case}.lane_weight) || {case}.opened_at
        WHEN 'rest' THEN '3' || (3 - {case}.risk) || {case}.opened_at
        ELSE '4' || {case}.opened_at END || printf('%012d', {case}.number)"""


@migrations()
def m091_missed_promises(db: Database) -> None:
    """Of clocks whose promise was missed before this ran, and made a later one, nobody can tell any more.

    What holds a patient's details and waits in Look is sorted anew by the next cycle: of those that the program is sure of it makes a leak.
    """
    run(db, (
        "ALTER TABLE deadlines ADD COLUMN missed_lane TEXT",
        "ALTER TABLE deadlines ADD COLUMN missed_at TEXT",
        "DROP TRIGGER case_is_ordered",
        f"""CREATE TRIGGER case_is_ordered AFTER UPDATE OF lane, lane_weight, due_at, risk ON cases
    WHEN new.lane IS NOT NULL BEGIN
    -- The place of a case within its lane, for the index by which rows are read.
    UPDATE cases SET lane_order = {_order("new")} WHERE number = new.number;
END""",
        f"UPDATE cases SET lane_order = {_order('cases')} WHERE lane = 'now'",
        """UPDATE case_mentions SET reason = NULL WHERE lane = 'look' AND NOT coalesce(decided_revision >= revision, 0) AND EXISTS (
    SELECT 1 FROM case_flags f WHERE f.mention = case_mentions.mention AND f.flag = 'pid')""",
    ))  # fmt: skip
