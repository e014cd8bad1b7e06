"""Step 24 of the schema: posts have a lane and a reason, and a case stands in the lane of its worst."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_LANE = "lane IN ('now', 'answer', 'look', 'guardian', 'rest')"
# Worst first. What protects speech comes before what is closed in bulk.
_RANK = """CASE lane WHEN 'now' THEN 0 WHEN 'answer' THEN 1 WHEN 'look' THEN 2 WHEN 'guardian' THEN 3
        ELSE 4 END"""
_DECIDED = "coalesce(decided_revision >= revision, 0)"
# The worst post of a case that nobody decided on; in a case that was opened again, of those that somebody did.
_WORST = f"""(SELECT lane, mention, weight FROM case_mentions
        WHERE case_number = cases.number AND lane IS NOT NULL AND reviewable AND NOT deleted
            AND (NOT {_DECIDED} OR cases.state IN ('new', 'open'))
        ORDER BY {_DECIDED}, {_RANK}, weight DESC, posted_at, mention LIMIT 1)"""
# By what a lane is in order, as text; a case that left its lane keeps it, so that what came next is known.
_ORDER = """CASE new.lane
        WHEN 'now' THEN '0' || (new.lane_weight = 0) || coalesce(new.due_at, '~')
        WHEN 'answer' THEN '1' || coalesce(new.due_at, '~') || new.opened_at
        WHEN 'look' THEN '2' || printf('%016d', 9999999999999999 - new.lane_weight) || new.opened_at
        WHEN 'rest' THEN '3' || (3 - new.risk) || new.opened_at
        ELSE '4' || new.opened_at END || printf('%012d', new.number)"""


def _update(number: str) -> str:
    return f"UPDATE cases SET (lane, lane_mention, lane_weight) = {_WORST} WHERE number = {number};"


_TRIGGERS = (
    f"""CREATE TRIGGER post_enters_lane AFTER INSERT ON case_mentions BEGIN
    -- A post joins a case: it may be its worst.
    {_update("new.case_number")}
END""",
    f"""CREATE TRIGGER post_changes_lane AFTER UPDATE ON case_mentions
    WHEN old.case_number IS NOT new.case_number OR old.lane IS NOT new.lane OR old.weight IS NOT new.weight
        OR old.reviewable IS NOT new.reviewable OR old.deleted IS NOT new.deleted
        OR old.revision IS NOT new.revision OR old.decided_revision IS NOT new.decided_revision BEGIN
    -- Decided, undone, edited, deleted or read anew: another post may be the worst that waits.
    {_update("new.case_number")}
    UPDATE cases SET (lane, lane_mention, lane_weight) = {_WORST}
    WHERE number = old.case_number AND old.case_number <> new.case_number;
END""",
    f"""CREATE TRIGGER post_leaves_lane AFTER DELETE ON case_mentions BEGIN
    -- A post goes by a purge or an erasure.
    {_update("old.case_number")}
END""",
    f"""CREATE TRIGGER case_changes_lane AFTER UPDATE OF state ON cases
    WHEN old.state IS NOT new.state BEGIN
    -- A case that is opened again waits, though all of it was decided on.
    {_update("new.number")}
END""",
    f"""CREATE TRIGGER case_is_ordered AFTER UPDATE OF lane, lane_weight, due_at, risk ON cases
    WHEN new.lane IS NOT NULL BEGIN
    -- The place of a case within its lane, for the index by which rows are read.
    UPDATE cases SET lane_order = {_ORDER} WHERE number = new.number;
END""",
)


@migrations()
def m024_lanes(db: Database) -> None:
    """Existing posts have no lane yet: the grouping step works theirs out, for which it finds those without a reason.

    `weight` is the order within Look and Now. `reported_version` is how many decisions the case of a post had when a
    colleague reported it: those cover it no longer. `seen`: somebody opened the case.
    """
    run(db, (
        f"ALTER TABLE case_mentions ADD COLUMN lane TEXT CHECK (lane IS NULL OR {_LANE})",
        "ALTER TABLE case_mentions ADD COLUMN reason TEXT",
        "ALTER TABLE case_mentions ADD COLUMN weight INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE case_mentions ADD COLUMN reported_version INTEGER",
        "ALTER TABLE cases ADD COLUMN lane TEXT",
        "ALTER TABLE cases ADD COLUMN lane_mention INTEGER",
        "ALTER TABLE cases ADD COLUMN lane_weight INTEGER",
        "ALTER TABLE cases ADD COLUMN lane_order TEXT",
        "ALTER TABLE cases ADD COLUMN seen INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE case_decisions ADD COLUMN lane TEXT",
        "ALTER TABLE deadlines ADD COLUMN lane TEXT",
        "UPDATE cases SET seen = 1 WHERE version > 0 OR claimed_by IS NOT NULL",
        """UPDATE case_mentions SET reported_version = 0
            WHERE mention IN (SELECT mention FROM staff_reports)""",
        f"""CREATE INDEX case_mentions_by_lane ON case_mentions
            (case_number, {_DECIDED}, {_RANK}, weight DESC, posted_at, mention)
            WHERE lane IS NOT NULL AND reviewable AND NOT deleted""",
        """CREATE INDEX case_mentions_without_reason ON case_mentions (mention)
            WHERE reason IS NULL AND reviewable AND NOT deleted""",
        "CREATE INDEX cases_by_lane ON cases (lane, lane_order) WHERE lane IS NOT NULL",
        *_TRIGGERS,
        """UPDATE case_mentions SET lane = 'now' WHERE reported_version IS NOT NULL
            AND coalesce(decided_revision, 0) < revision""",
    ))  # fmt: skip
