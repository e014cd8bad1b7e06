"""Step 58: how the pictures of a post fared when their words were read, and which words of a flag lie in a picture."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m058_picture_reads(db: Database) -> None:
    """`place` counts attachments from 0. What was read stands sealed in the mention's revision, never here.

    `next_try` is set where it failed and may work later. `picture` of a span is the place of the picture that it lies in;
    NULL for the post's own words, as all were before.
    """
    run(db, (
        """CREATE TABLE picture_reads (
            mention INTEGER NOT NULL REFERENCES mentions, place INTEGER NOT NULL, at TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('read', 'empty', 'failed', 'gone', 'elsewhere', 'waits')),
            tries INTEGER NOT NULL, next_try TEXT, PRIMARY KEY (mention, place)) STRICT""",
        "CREATE INDEX picture_reads_next ON picture_reads (next_try) WHERE next_try IS NOT NULL",
        "ALTER TABLE spans ADD COLUMN picture INTEGER",
    ))  # fmt: skip
