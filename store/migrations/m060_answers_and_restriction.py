"""Step 60: what answers a post of the Guardian's is worked out anew with it, since it leads there; posts that are held without use."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

# What answers the post of a row, or stands in the thread that it began.
_ANSWERS = """mention <> new.mention AND mention IN (
        SELECT r.number FROM mentions p JOIN mentions r ON r.parent_hash = p.key_hash WHERE p.number = new.mention
        UNION ALL SELECT r.number FROM mentions p JOIN mentions r ON r.root_hash = p.key_hash WHERE p.number = new.mention)"""


# Whether a case is the Guardian's, as step 37 has it; 3 where a post of it is held without use, and nobody sees it.
_GUARDIANS = "WHEN NOT EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks > 0) THEN 0"
_NOBODYS = "WHEN EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks = 3) THEN 3"


@migrations()
def m060_answers_and_restriction(db: Database) -> None:
    """A post whose lane nobody has worked out has no reason: the next cycle does. `holds.without_use`: UK GDPR Article 18."""
    run(db, ("ALTER TABLE holds ADD COLUMN without_use INTEGER NOT NULL DEFAULT 0",))
    for name in (
        "case_is_protected",
        "case_is_protected_after",
        "case_is_protected_on_joining",
        "case_danger_passes",
    ):
        sql: str = db.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", [name]).fetchone()[0]  # fmt: skip
        assert _GUARDIANS in sql, name
        run(
            db,
            (f"DROP TRIGGER {name}", sql.replace(_GUARDIANS, f"{_NOBODYS}\n        {_GUARDIANS}")),
        )
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
