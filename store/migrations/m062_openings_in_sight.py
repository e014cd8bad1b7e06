"""Step 62: how many cases opened in an hour leaves out what is the Guardian's, or nobody's: one more would tell that somebody spoke up."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


def _late(case: str) -> str:
    """Whether a case was no news when it opened, as step 34 has it."""
    return f"coalesce(julianday({case}.opened_at) - julianday({case}.latest_at) > 3, 0)"


@migrations()
def m062_openings_in_sight(db: Database) -> None:
    """Counted as long as everybody may see it; what a purge takes later stays as it was counted."""
    hidden = (
        "SELECT count(*) FROM cases c WHERE c.protected > 0 AND substr(c.opened_at, 1, 13) = hour"
    )
    run(db, (
        f"""UPDATE case_openings SET count = max(0, count - ({hidden} AND NOT {_late("c")})),
            late = max(0, late - ({hidden} AND {_late("c")}))
            WHERE hour IN (SELECT substr(opened_at, 1, 13) FROM cases WHERE protected > 0)""",
        "DROP TRIGGER case_opening_counted",
        f"""CREATE TRIGGER case_opening_counted AFTER INSERT ON cases WHEN new.protected = 0 BEGIN
    -- A case is news in the hour in which it opened, whatever becomes of it.
    INSERT INTO case_openings (hour, count, late)
        VALUES (substr(new.opened_at, 1, 13), NOT ({_late("new")}), {_late("new")})
        ON CONFLICT (hour) DO UPDATE SET count = count + excluded.count, late = late + excluded.late;
END""",
        f"""CREATE TRIGGER case_opening_hidden AFTER UPDATE OF protected ON cases
    WHEN (old.protected > 0) <> (new.protected > 0) BEGIN
    -- It left or came into everybody's sight, and the figure with it.
    INSERT INTO case_openings (hour, count, late) VALUES (substr(new.opened_at, 1, 13), 0, 0) ON CONFLICT (hour) DO NOTHING;
    UPDATE case_openings SET
        count = max(0, count + (CASE WHEN {_late("new")} THEN 0 WHEN new.protected > 0 THEN -1 ELSE 1 END)),
        late = max(0, late + (CASE WHEN NOT {_late("new")} THEN 0 WHEN new.protected > 0 THEN -1 ELSE 1 END))
        WHERE hour = substr(new.opened_at, 1, 13);
END""",
    ))  # fmt: skip
