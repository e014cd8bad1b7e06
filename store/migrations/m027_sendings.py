"""Step 27 of the schema: replies that were sent through a platform, each written down before it is sent."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m027_sendings(db: Database) -> None:
    """One at a time for each post. One that never ended may be out: a person looks, and says so by `settled_by`.

    `version` is the decision of the case with which it was kept as a reply; the words, the link, the account and
    what the platform said are encrypted.
    """
    run(db, (
        """CREATE TABLE sendings (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            revision INTEGER NOT NULL, case_number INTEGER NOT NULL, source TEXT NOT NULL,
            by_user INTEGER REFERENCES users, began_at TEXT NOT NULL, ended_at TEXT,
            state TEXT NOT NULL DEFAULT 'sending' CHECK (state IN ('sending', 'sent', 'failed', 'unknown')),
            settled_by INTEGER REFERENCES users, version INTEGER, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX sendings_by_mention ON sendings (mention, number)",
        "CREATE INDEX sendings_by_case ON sendings (case_number, number)",
        "CREATE UNIQUE INDEX sendings_under_way ON sendings (mention) WHERE state = 'sending'",
        """CREATE TRIGGER sendings_never_change BEFORE UPDATE OF mention, revision, case_number, source,
            by_user, began_at ON sendings BEGIN
            SELECT RAISE(ABORT, 'what was sent is added, never changed'); END""",
    ))  # fmt: skip
