"""Step 65: a hold that was asked for, and waits until whoever is to approve it says yes, signed in."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m065_hold_requests(db: Database) -> None:
    """`asked_by` is an account's number, by what was typed where a command asked; who ran that lies in `encrypted` with the reason."""
    run(db, (
        """CREATE TABLE hold_requests (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            mention INTEGER NOT NULL REFERENCES mentions,
            approver INTEGER NOT NULL REFERENCES users,
            asked_by INTEGER REFERENCES users,
            at TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            request INTEGER,
            without_use INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'over')),
            answered_at TEXT,
            encrypted BLOB NOT NULL
        ) STRICT""",
        "CREATE INDEX hold_requests_by_mention ON hold_requests (mention)",
        """CREATE TRIGGER hold_requests_never_change
            BEFORE UPDATE OF number, mention, approver, asked_by, at, expires_at, request, without_use ON hold_requests
            BEGIN SELECT RAISE(ABORT, 'what was asked for is never changed'); END""",
    ))  # fmt: skip
