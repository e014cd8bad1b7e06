"""Step 39: requests of people about their data, who objected, corrections, children, and what an erasure or a change of keys is at."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m039_rights(db: Database) -> None:
    """`ledger_lines` holds what the erasure ledger beside the database held when it was last looked at, line by line.

    `objected` of a mention is 'waits' until it was read, then why it stays: 'high' or 'reported'. `child` is 1 where an age
    under 18 or a school was read in it, 0 where none was, and NULL where nobody has looked. Notes of a summary can be
    sealed under another key, as everything else; what they are of can't change.
    """
    run(db, (
        """CREATE TABLE rights_requests (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('access', 'portability', 'erasure', 'rectification', 'objection', 'restriction')),
            came_on TEXT NOT NULL, due_on TEXT NOT NULL, extended INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'in hand', 'ready', 'done', 'refused', 'withdrawn')),
            owner INTEGER REFERENCES users, at TEXT NOT NULL, closed_at TEXT, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX rights_requests_open ON rights_requests (due_on) WHERE closed_at IS NULL",
        """CREATE TABLE objections (
            number INTEGER PRIMARY KEY AUTOINCREMENT, author_hash TEXT NOT NULL UNIQUE,
            platform TEXT NOT NULL, at TEXT NOT NULL, request INTEGER REFERENCES rights_requests) STRICT""",
        """CREATE TABLE corrections (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            what TEXT NOT NULL CHECK (what IN ('label', 'attribution', 'note')), name TEXT NOT NULL,
            by_user INTEGER REFERENCES users, at TEXT NOT NULL,
            request INTEGER REFERENCES rights_requests, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX corrections_by_mention ON corrections (mention)",
        """CREATE TRIGGER corrections_never_change
            BEFORE UPDATE OF number, mention, what, name, by_user, at, request ON corrections BEGIN
    SELECT RAISE(ABORT, 'corrections are added, never changed'); END""",
        """CREATE TABLE ledger_lines (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mac TEXT NOT NULL UNIQUE, line TEXT NOT NULL) STRICT""",
        """CREATE TABLE key_rotations (
            number INTEGER PRIMARY KEY AUTOINCREMENT, began_at TEXT NOT NULL, key_hash TEXT NOT NULL,
            place TEXT NOT NULL DEFAULT '', row INTEGER NOT NULL DEFAULT 0, fields INTEGER NOT NULL DEFAULT 0,
            ended_at TEXT) STRICT""",
        "ALTER TABLE mentions ADD COLUMN objected TEXT",
        "ALTER TABLE mentions ADD COLUMN child INTEGER",
        "CREATE INDEX mentions_objected ON mentions (number) WHERE objected IS NOT NULL",
        "CREATE INDEX mentions_of_children ON mentions (number) WHERE child = 1",
        "CREATE INDEX mentions_to_look_for_children ON mentions (number) WHERE child IS NULL",
        "ALTER TABLE holds ADD COLUMN request INTEGER",
        "DROP TRIGGER weekly_notes_never_change",
        """CREATE TRIGGER weekly_notes_never_change
            BEFORE UPDATE OF number, period, last_day, about, by_user, at ON weekly_notes BEGIN
            SELECT RAISE(ABORT, 'notes are added, never changed'); END""",
    ))  # fmt: skip
