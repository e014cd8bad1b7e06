"""Step 68: whether somebody who says that they work for us wrote what was looked at, so that how many such posts are read can be said."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m068_looks_at_staff(db: Database) -> None:
    """NULL of looks from before, and of what is no case or post. The label itself goes with its post; the count of looks stays as long as they."""
    run(db, ("ALTER TABLE views ADD COLUMN staff INTEGER",))
