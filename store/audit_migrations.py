"""Step 19 of the database's shape: by what the audit is looked through. See `migrations`."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations import run
from store.team_migrations import migrations as migrations  # its steps come before


@migrations()
def m019_audit(db: Database) -> None:
    """Events by kind, by day and by person, so that years of them answer at once."""
    run(db, (
        "CREATE INDEX events_by_kind ON events (kind, number)",
        "CREATE INDEX events_by_at ON events (at)",
        """CREATE INDEX events_by_doer ON events (json_extract(about, '$.by'))
            WHERE json_extract(about, '$.by') IS NOT NULL""",
        """CREATE INDEX events_of_person ON events (json_extract(about, '$.user'))
            WHERE json_extract(about, '$.user') IS NOT NULL""",
    ))  # fmt: skip
