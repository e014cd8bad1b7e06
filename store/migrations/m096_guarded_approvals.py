"""Step 96: what another person agreed to of the settings that nobody changes alone."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m096_guarded_approvals(db: Database) -> None:
    """How staff reach the Guardian, and which teams must be there, as it was approved; added, never changed."""
    run(db, (
        """CREATE TABLE guarded_approvals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    part TEXT NOT NULL CHECK (part IN ('contacts', 'templates', 'teams', 'routes')),
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT""",
        """CREATE TRIGGER guarded_approvals_never_change BEFORE UPDATE OF number, part, by_user, at ON guarded_approvals BEGIN
    SELECT RAISE(ABORT, 'approvals are added, never changed'); END""",
    ))  # fmt: skip
