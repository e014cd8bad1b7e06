"""Step 22 of the schema: an alert knows who is to get it."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m022_alert_recipients(db: Database) -> None:
    """The flags by which an alert's recipients were chosen, as a list; they stand in `encrypted` themselves.

    NULL, as in alerts of before: they go to whoever is told of a risk without a flag.
    """
    run(db, ("ALTER TABLE outbox ADD COLUMN flags TEXT",))
