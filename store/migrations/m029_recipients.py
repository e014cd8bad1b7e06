"""Step 29 of the schema: each recipient of what is in the outbox has a state of its own."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m029_recipients(db: Database) -> None:
    """`encrypted` is the address, or the name of a second channel. A row of `outbox` is claimed as a whole, by one process.

    `tries` counts them all; `refusals` those that failed for this email or this address, by which it is parked; `outages`
    those in a row of which neither was to blame: the server was down or refused the sign-in. `failed_at` is the first
    failure since it was last made due by a person. `dropped_at`: somebody said that it need not arrive any more.
    What was written before has no rows here: its addresses stand in `outbox.encrypted` until it is next due.
    """
    run(db, (
        """CREATE TABLE outbox_recipients (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            outbox INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
            channel TEXT NOT NULL DEFAULT 'mail' CHECK (channel IN ('mail', 'second')),
            state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'claimed', 'sent', 'parked')),
            due_at TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
            refusals INTEGER NOT NULL DEFAULT 0, outages INTEGER NOT NULL DEFAULT 0,
            failed_at TEXT, sent_at TEXT, dropped_at TEXT, dropped_by INTEGER REFERENCES users,
            error TEXT, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX outbox_recipients_by_outbox ON outbox_recipients (outbox)",
        "CREATE INDEX outbox_recipients_unsent ON outbox_recipients (state, due_at) WHERE state <> 'sent'",
    ))  # fmt: skip
