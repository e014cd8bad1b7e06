"""Step 25 of the schema: cases that were passed on to a role, and what was done until that role had them."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m025_handoffs(db: Database) -> None:
    """`posts` are [mention, revision] pairs, `flags` the worst first. `version` is the decision that passed it on.

    A step is what was sent or what a person said, added and never changed; `outbox` is the row of its email, if it
    has one.
    """
    run(db, (
        """CREATE TABLE handoffs (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL,
            version INTEGER NOT NULL, role TEXT NOT NULL, posts TEXT NOT NULL, flags TEXT NOT NULL,
            by_user INTEGER REFERENCES users, at TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'waits'
                CHECK (state IN ('waits', 'confirmed', 'answered', 'taken back')),
            state_at TEXT NOT NULL, due_at TEXT, next_at TEXT, chases INTEGER NOT NULL DEFAULT 0,
            keeps_look INTEGER NOT NULL, encrypted BLOB NOT NULL,
            UNIQUE (case_number, version)) STRICT""",
        "CREATE INDEX handoffs_open ON handoffs (state, due_at) WHERE state IN ('waits', 'confirmed')",
        "CREATE INDEX handoffs_to_chase ON handoffs (next_at) WHERE next_at IS NOT NULL",
        "CREATE INDEX handoffs_by_user ON handoffs (by_user, state)",
        """CREATE TABLE handoff_steps (
            number INTEGER PRIMARY KEY AUTOINCREMENT, handoff INTEGER NOT NULL REFERENCES handoffs,
            kind TEXT NOT NULL CHECK (kind IN ('sent', 'not sent', 'chased', 'told', 'confirmed',
                'answered', 'taken back', 'waits again')),
            at TEXT NOT NULL, by_user INTEGER REFERENCES users, level INTEGER NOT NULL DEFAULT 0,
            outbox INTEGER, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX handoff_steps_by_handoff ON handoff_steps (handoff, number)",
        """CREATE TRIGGER handoff_steps_never_change
            BEFORE UPDATE OF number, handoff, kind, at, by_user, level, outbox ON handoff_steps BEGIN
            SELECT RAISE(ABORT, 'steps of a hand-off are added, never changed'); END""",
        """CREATE TRIGGER handoffs_never_change
            BEFORE UPDATE OF number, case_number, version, role, posts, flags, by_user, at, keeps_look
            ON handoffs BEGIN
            SELECT RAISE(ABORT, 'a hand-off keeps what was handed on'); END""",
        "CREATE INDEX opinions_asked_by ON opinions (asked_by) WHERE state = 'waits'",
    ))  # fmt: skip
