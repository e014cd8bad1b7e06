"""Step 23 of the schema: an assessment says what speech the law or fairness protects."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m023_protected_speech(db: Database) -> None:
    """`protected` as the codebook has it, section 1; assessments of before say none, as nobody asked."""
    run(db, ("ALTER TABLE assessments ADD COLUMN protected TEXT NOT NULL DEFAULT 'none'",))
