"""The shape of the database, step 17: what was done to posts through their platforms, which case covers a duplicate."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations import run
from store.reply_migrations import migrations as migrations  # its steps come before


@migrations()
def m017_moderations(db: Database) -> None:
    """What somebody hid or removed through a platform; what a decision says that a case is a duplicate of.

    One at a time for each post: whoever comes second finds the first under way. An end is written once.
    """
    run(db, (
        """CREATE TABLE moderations (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            revision INTEGER NOT NULL, source TEXT NOT NULL, action TEXT NOT NULL,
            final INTEGER NOT NULL, protected INTEGER NOT NULL, clause TEXT NOT NULL,
            by_user INTEGER REFERENCES users, began_at TEXT NOT NULL, ended_at TEXT,
            outcome TEXT NOT NULL DEFAULT 'doing'
                CHECK (outcome IN ('doing', 'done', 'refused', 'not_done', 'unknown')),
            sealed BLOB NOT NULL) STRICT""",
        "CREATE INDEX moderations_by_mention ON moderations (mention, number)",
        "CREATE UNIQUE INDEX moderations_under_way ON moderations (mention) WHERE outcome = 'doing'",
        """CREATE TRIGGER moderations_never_change BEFORE UPDATE OF mention, revision, source, action,
            final, protected, clause, by_user, began_at ON moderations BEGIN
            SELECT RAISE(ABORT, 'what was done is added, never changed'); END""",
        "ALTER TABLE case_decisions ADD COLUMN duplicate_of INTEGER",
        """CREATE INDEX case_decisions_duplicates ON case_decisions (duplicate_of)
            WHERE duplicate_of IS NOT NULL""",
        """CREATE TRIGGER duplicates_never_change BEFORE UPDATE OF duplicate_of ON case_decisions BEGIN
            SELECT RAISE(ABORT, 'decisions are added, never changed'); END""",
    ))  # fmt: skip
