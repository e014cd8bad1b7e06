"""Step 35: what the page suggested, beside what a person decided."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m035_suggested(db: Database) -> None:
    """A suggestion that is overruled too often is taken away; empty where none was shown, or it was decided before this."""
    run(db, (
        "ALTER TABLE case_decisions ADD COLUMN suggested TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX case_decisions_by_suggested ON case_decisions (at, suggested) WHERE suggested <> ''",
    ))  # fmt: skip
