"""Step 114: from which case a person split a case off, since its posts were about another matter."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m114_split_from(db: Database) -> None:
    """A number and no reference: the case it came from may be purged before it."""
    run(db, (
        "ALTER TABLE cases ADD COLUMN split_from INTEGER",
        "CREATE INDEX cases_split ON cases (split_from) WHERE split_from IS NOT NULL",
    ))  # fmt: skip
