"""Step 100: what a colleague wrote to our mailbox and is read as speaking up is the Guardian's, as everywhere else; until now it stood before the desk."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_READ_SO = """i.speaks = 0 AND i.ruled IS NULL AND m.kind = 'report' AND a.protected IN ('disclosure', 'union', 'discrimination')
    AND (a.staff IS NOT 'no' OR a.protected = 'disclosure')"""


@migrations()
def m100_reports_that_speak_up(db: Database) -> None:
    """At once, and not with the next cycle: danger and details that are out stay with those on duty, who read a fixed line from now on."""
    run(
        db,
        (
            f"""UPDATE case_mentions SET reason = NULL,
        speaks = CASE WHEN EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = case_mentions.mention AND f.flag IN ('safeguarding', 'pid')) THEN 2 ELSE 1 END,
        lane = CASE WHEN EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = case_mentions.mention AND f.flag IN ('safeguarding', 'pid')) THEN 'now' ELSE 'guardian' END
    WHERE mention IN (SELECT i.mention FROM case_mentions i JOIN mentions m ON m.number = i.mention JOIN assessments a ON a.number = i.assessment WHERE {_READ_SO})""",
            "DELETE FROM case_places WHERE mention IN (SELECT mention FROM case_mentions WHERE speaks IN (1, 2))",
        ),
    )
