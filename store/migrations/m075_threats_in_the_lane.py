"""Step 75: since when those on duty act on a threat in the Guardian's lane that nobody of it took up; what else opened a case there is shut."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m075_threats_in_the_lane(db: Database) -> None:
    """A threat, a security matter or hate in what staff say of their work opened it to everybody on duty: danger to life and a leak alone do."""
    run(db, (
        "ALTER TABLE case_mentions ADD COLUMN opened_at TEXT",
        """UPDATE case_mentions SET speaks = 1, lane = 'guardian', reason = 'May be speaking up' WHERE speaks = 2
            AND NOT EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = case_mentions.mention AND f.flag IN ('safeguarding', 'pid'))""",
    ))  # fmt: skip
