"""Step 54: accounts that one person has in several organisations of an installation, as they linked them themselves, and the ways over."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m054_linked_accounts(db: Database) -> None:
    """`their_number` is the person's number in the other organisation's own database. What is over has `ended_at`.

    A pass is a hash of what works once: a code by which the person links two accounts, or a ticket by which they come over from
    `from_organisation`, where they are `from_number`.
    """
    run(db, (
        """CREATE TABLE linked_accounts (
            number INTEGER PRIMARY KEY AUTOINCREMENT, user_number INTEGER NOT NULL REFERENCES users,
            organisation TEXT NOT NULL, their_number INTEGER NOT NULL, linked_at TEXT NOT NULL, ended_at TEXT) STRICT""",
        """CREATE UNIQUE INDEX linked_accounts_in_force ON linked_accounts (user_number, organisation, their_number)
            WHERE ended_at IS NULL""",
        """CREATE TABLE passes (
            token_hash TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('link', 'enter')),
            user_number INTEGER NOT NULL REFERENCES users, from_organisation TEXT NOT NULL, from_number INTEGER,
            created_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT) STRICT""",
        "CREATE INDEX passes_by_user ON passes (user_number, kind)",
    ))  # fmt: skip
