"""Step 51: the second step of signing in by a password, codes for when the telephone is lost, and browsers that are known."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m051_second_steps(db: Database) -> None:
    """`encrypted` holds the secret of whoever began to set one up; `confirmed_at` says since when it is asked for.

    `asked_at` is when somebody whose role needs one was first told so; `last_step` the newest time step that was used (RFC
    6238), so that no code works twice. Codes and browsers are hashes. A reset that waits is of who is governance or Guardian.
    """
    run(db, (
        """CREATE TABLE second_steps (
            user_number INTEGER PRIMARY KEY REFERENCES users, encrypted BLOB, began_at TEXT, confirmed_at TEXT,
            last_step INTEGER NOT NULL DEFAULT 0, asked_at TEXT) STRICT""",
        """CREATE TABLE recovery_codes (
            code_hash TEXT PRIMARY KEY, user_number INTEGER NOT NULL REFERENCES users, created_at TEXT NOT NULL,
            used_at TEXT) STRICT""",
        "CREATE INDEX recovery_codes_by_user ON recovery_codes (user_number)",
        """CREATE TABLE known_browsers (
            token_hash TEXT PRIMARY KEY, user_number INTEGER NOT NULL REFERENCES users, created_at TEXT NOT NULL,
            seen_at TEXT NOT NULL) STRICT""",
        "CREATE INDEX known_browsers_by_user ON known_browsers (user_number, seen_at)",
        """CREATE TABLE second_step_resets (
            number INTEGER PRIMARY KEY AUTOINCREMENT, user_number INTEGER NOT NULL REFERENCES users,
            asked_by INTEGER REFERENCES users, login TEXT NOT NULL, at TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'over')),
            answered_by INTEGER REFERENCES users, answered_at TEXT) STRICT""",
        "CREATE INDEX second_step_resets_waiting ON second_step_resets (user_number) WHERE state = 'waits'",
        """CREATE TRIGGER second_step_resets_never_change BEFORE UPDATE OF number, user_number, asked_by, login, at
            ON second_step_resets BEGIN
    SELECT RAISE(ABORT, 'what was asked is added, never changed'); END""",
    ))  # fmt: skip
