"""Step 112: what tells of a death is called by it and stands first in Look; until now it was called by serious harm, as all else of that kind."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m112_deaths_by_name(db: Database) -> None:
    """The next cycle reads the words: which of these tell of a death no database knows."""
    run(
        db,
        (
            "UPDATE case_mentions SET reason = NULL WHERE reason LIKE '%serious harm%' AND reviewable AND NOT deleted",
        ),
    )
