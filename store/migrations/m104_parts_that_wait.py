"""Step 104: what else of the settings waits for another person: who is told at once, who is told next, how soon, and what is searched for."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m104_parts_that_wait(db: Database) -> None:
    """The same table with more parts; its rows stay."""
    run(db, (
        "ALTER TABLE guarded_approvals RENAME TO guarded_approvals_before",
        "DROP TRIGGER guarded_approvals_never_change",
        """CREATE TABLE guarded_approvals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    part TEXT NOT NULL CHECK (part IN ('contacts', 'templates', 'teams', 'routes', 'alerts', 'passing', 'clocks', 'search')),
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT""",
        "INSERT INTO guarded_approvals SELECT * FROM guarded_approvals_before",
        "DROP TABLE guarded_approvals_before",
        """CREATE TRIGGER guarded_approvals_never_change BEFORE UPDATE OF number, part, by_user, at ON guarded_approvals BEGIN
    SELECT RAISE(ABORT, 'approvals are added, never changed'); END""",
    ))  # fmt: skip
