"""Step 61: by when whoever wrote a post wants an answer, where they name a time: a case is due by then, and its team is told."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m061_named_times(db: Database) -> None:
    """What is flagged as a reporter's is sorted anew by the next cycle, which reads the times; a moment in UTC, as every other."""
    run(db, (
        "ALTER TABLE case_mentions ADD COLUMN wanted_at TEXT",
        """UPDATE case_mentions SET reason = NULL WHERE lane IN ('now', 'answer') AND EXISTS (
    SELECT 1 FROM case_flags f WHERE f.mention = case_mentions.mention AND f.flag = 'media')""",
    ))  # fmt: skip
