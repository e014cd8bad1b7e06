"""Step 90: what is read as a concern, or as unequal treatment, is found without reading every assessment, flagged or not."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m090_concerns_without_flag(db: Database) -> None:
    """Those that have no flag had no case, so that the Guardian never saw them: the next grouping looks for them by it."""
    run(
        db,
        (
            "CREATE INDEX assessments_of_concern ON assessments (mention) WHERE protected IN ('disclosure', 'discrimination')",
        ),
    )
