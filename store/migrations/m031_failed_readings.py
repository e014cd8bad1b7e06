"""Step 31 of the schema: how often the program tripped over a mention, so that it is neither forgotten nor tried for ever."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m031_failed_readings(db: Database) -> None:
    """`tries` of a policy and model at a revision; a revision that was read after the first stays here with its one."""
    run(db, (
        """CREATE TABLE failed_readings (
            mention INTEGER NOT NULL REFERENCES mentions, revision INTEGER NOT NULL,
            policy TEXT NOT NULL, model TEXT NOT NULL, tries INTEGER NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (mention, revision, policy, model)) STRICT, WITHOUT ROWID""",
    ))  # fmt: skip
