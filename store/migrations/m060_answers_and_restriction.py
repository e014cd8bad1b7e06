"""Step 60: what answers a post of the Guardian's is worked out anew with it, since it leads there."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

# What answers the post of a row, or stands in the thread that it began.
_ANSWERS = """mention <> new.mention AND mention IN (
        SELECT r.number FROM mentions p JOIN mentions r ON r.parent_hash = p.key_hash WHERE p.number = new.mention
        UNION ALL SELECT r.number FROM mentions p JOIN mentions r ON r.root_hash = p.key_hash WHERE p.number = new.mention)"""


@migrations()
def m060_answers_and_restriction(db: Database) -> None:
    """A post whose lane nobody has worked out has no reason: the next cycle does."""
    run(db, (
        f"""CREATE TRIGGER answers_follow_on_joining AFTER INSERT ON case_mentions WHEN new.speaks > 0 BEGIN
    -- Its answers lead to a post that speaks up: they are the Guardian's too.
    UPDATE case_mentions SET reason = NULL WHERE {_ANSWERS};
END""",
        f"""CREATE TRIGGER answers_follow AFTER UPDATE OF speaks ON case_mentions WHEN (old.speaks > 0) IS NOT (new.speaks > 0) BEGIN
    -- It speaks up now, or does no more, and its answers with it.
    UPDATE case_mentions SET reason = NULL WHERE {_ANSWERS};
END""",
        """UPDATE case_mentions SET reason = NULL WHERE mention IN (
    SELECT r.number FROM case_mentions s JOIN mentions p ON p.number = s.mention
        JOIN mentions r ON r.parent_hash = p.key_hash OR r.root_hash = p.key_hash WHERE s.speaks > 0 AND r.number <> p.number)""",
    ))  # fmt: skip
