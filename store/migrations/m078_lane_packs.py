"""Step 78: evidence packs of what is in the Guardian's lane, which governance and the Guardian agree to together."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m078_lane_packs(db: Database) -> None:
    """What was asked never changes; `state` and the answer do. `as_role`: as what whoever asks does; the other one answers."""
    run(db, (
        """CREATE TABLE lane_packs (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL, posts TEXT NOT NULL, purpose TEXT NOT NULL,
            as_role TEXT NOT NULL CHECK (as_role IN ('governance', 'guardian')), by_user INTEGER NOT NULL REFERENCES users, at TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'over')),
            answered_by INTEGER REFERENCES users, answered_at TEXT, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX lane_packs_by_case ON lane_packs (case_number, number)",
        """CREATE TRIGGER lane_packs_never_change
            BEFORE UPDATE OF number, case_number, posts, purpose, as_role, by_user, at ON lane_packs BEGIN
    SELECT RAISE(ABORT, 'what was asked is added, never changed'); END""",
    ))  # fmt: skip
