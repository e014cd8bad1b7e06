"""Step 45: whom governance looked for on a request about somebody's data, sealed with the request."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m045_person_searches(db: Database) -> None:
    """`encrypted` holds whom was looked for, and the name of who looked; `by_user` is NULL for who has no account here."""
    run(db, (
        """CREATE TABLE person_searches (
            number INTEGER PRIMARY KEY AUTOINCREMENT, request INTEGER NOT NULL REFERENCES rights_requests,
            by_user INTEGER REFERENCES users, at TEXT NOT NULL, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX person_searches_by_request ON person_searches (request, number)",
        "CREATE INDEX person_searches_by_at ON person_searches (at)",
        """CREATE TRIGGER person_searches_never_change
            BEFORE UPDATE OF number, request, by_user, at ON person_searches BEGIN
    SELECT RAISE(ABORT, 'searches are added, never changed'); END""",
    ))  # fmt: skip
