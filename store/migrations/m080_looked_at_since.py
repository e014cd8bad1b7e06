"""Step 80: since when somebody has a case open, so that whoever else is led to danger reads how long nothing was done."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m080_looked_at_since(db: Database) -> None:
    """Of cases that lie open on a page as this runs it is not known."""
    run(db, ("ALTER TABLE cases ADD COLUMN claimed_at TEXT",))
