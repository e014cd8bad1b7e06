"""Step 98: a case that a colleague reported is called by what they ticked: their own words, which everybody read in Today, leave the list."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m098_headings_of_reports(db: Database) -> None:
    """The next cycle words the reason anew; of what no cycle sorts any more it is the one of every report."""
    run(
        db,
        (
            """UPDATE case_mentions SET reason = CASE WHEN reviewable AND NOT deleted THEN NULL ELSE 'Reported by a colleague' END
    WHERE reason IS NOT NULL AND speaks = 0 AND mention IN (SELECT mention FROM staff_reports)""",
        ),
    )
