"""Step 98: what a colleague reported, and what came back from the Guardian's lane, is called anew: by neither's words that everybody read in Today."""

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
    WHERE reason IS NOT NULL AND speaks = 0 AND (ruled = 0 OR mention IN (SELECT mention FROM staff_reports))""",
        ),
    )
