"""Step 61: by when whoever wrote a post wants an answer, and whether a colleague has opened the case that they were handed."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m061_named_times_and_handing_on(db: Database) -> None:
    """What is flagged as a reporter's is sorted anew by the next cycle, which reads the times; a moment in UTC, as every other.

    `handed`: whoever has the case was handed it by somebody else and has not opened it since. What stands so now counts as opened.
    """
    run(db, (
        "ALTER TABLE case_mentions ADD COLUMN wanted_at TEXT",
        "ALTER TABLE cases ADD COLUMN handed INTEGER NOT NULL DEFAULT 0",
        """UPDATE case_mentions SET reason = NULL WHERE lane IN ('now', 'answer') AND EXISTS (
    SELECT 1 FROM case_flags f WHERE f.mention = case_mentions.mention AND f.flag = 'media')""",
    ))  # fmt: skip
