"""Step 49: how each part of a source fares: a feed, a file, a server. What one meets is its own affair."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m049_source_parts(db: Database) -> None:
    """`part` is a digest of an address, so that a part keeps its row where tables are put in another order.

    `failing_since` and `error` are NULL for a part that is well. `encrypted` holds its name, which may be a
    person's, and what the source must be told of it on its next run; what was kept for the whole source before stands until the part has a word of its own.
    """
    run(db, (
        """CREATE TABLE source_parts (
            number INTEGER PRIMARY KEY, source TEXT NOT NULL, part TEXT NOT NULL, kind TEXT NOT NULL,
            tried_at TEXT NOT NULL, read_at TEXT, failing_since TEXT, error TEXT,
            failures INTEGER NOT NULL, next_try TEXT, skipped INTEGER NOT NULL, listed INTEGER NOT NULL,
            encrypted BLOB NOT NULL, UNIQUE (source, part)) STRICT""",
    ))  # fmt: skip
