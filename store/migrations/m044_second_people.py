"""Step 44: what waits for a second person: who gets in as governance or the Guardian, and criticism that goes to the police."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_STATE = "state TEXT NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'agreed', 'refused', 'used', 'over'))"


@migrations()
def m044_second_people(db: Database) -> None:
    """Asked, and answered once by another person. `login` is who ran the command on the machine, as far as it knows.

    What was asked never changes; `state` and the answer do. `encrypted` holds the words and the reference for the police.
    """
    run(db, (
        f"""CREATE TABLE account_requests (
            number INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL CHECK (what IN ('link', 'roles')),
            user_number INTEGER NOT NULL REFERENCES users, roles TEXT NOT NULL, before TEXT NOT NULL,
            asked_by INTEGER REFERENCES users, login TEXT NOT NULL, at TEXT NOT NULL, {_STATE},
            answered_by INTEGER REFERENCES users, answered_at TEXT) STRICT""",
        "CREATE INDEX account_requests_waiting ON account_requests (number) WHERE state = 'waits'",
        "CREATE INDEX account_requests_by_user ON account_requests (user_number, number)",
        """CREATE TRIGGER account_requests_never_change BEFORE UPDATE OF number, what, user_number, roles, before, asked_by, login, at
            ON account_requests BEGIN
    SELECT RAISE(ABORT, 'what was asked is added, never changed'); END""",
        "CREATE INDEX case_mentions_sent_back ON case_mentions (case_number) WHERE ruled = 0",
        f"""CREATE TABLE police_requests (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL, version INTEGER NOT NULL,
            posts TEXT NOT NULL, role TEXT NOT NULL, ground TEXT NOT NULL, by_user INTEGER REFERENCES users, at TEXT NOT NULL,
            {_STATE}, answered_by INTEGER REFERENCES users, answered_at TEXT, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX police_requests_by_case ON police_requests (case_number, number)",
        """CREATE TRIGGER police_requests_never_change
            BEFORE UPDATE OF number, case_number, version, posts, role, ground, by_user, at ON police_requests BEGIN
    SELECT RAISE(ABORT, 'what was asked is added, never changed'); END""",
    ))  # fmt: skip
