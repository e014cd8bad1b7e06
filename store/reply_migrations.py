"""The shape of the database, step 16: what was replied. See `migrations`."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations import run
from store.settings_migrations import migrations as migrations  # its steps come before


@migrations()
def m016_replies(db: Database) -> None:
    """A reply that somebody wrote to a post: of which decision (`version` of its case), from which template.

    One that answers several posts stands once for each, so that it goes with the last of them.
    """
    run(db, (
        """CREATE TABLE replies (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            case_number INTEGER NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL,
            by_user INTEGER REFERENCES users, template TEXT, sealed BLOB NOT NULL,
            UNIQUE (case_number, version, mention)) STRICT""",
        "CREATE INDEX replies_by_mention ON replies (mention)",
        """CREATE TRIGGER replies_never_change
            BEFORE UPDATE OF mention, case_number, version, at, by_user, template ON replies BEGIN
            SELECT RAISE(ABORT, 'replies are added, never changed'); END""",
    ))  # fmt: skip
