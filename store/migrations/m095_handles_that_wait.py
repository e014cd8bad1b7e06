"""Step 95: a handle by which a colleague posts waits for a second person, and one that was removed stays written down."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m095_handles_that_wait(db: Database) -> None:
    """What was registered before goes on; governance sees that nobody agreed to it."""
    run(db, (
        "ALTER TABLE own_handles ADD COLUMN state TEXT NOT NULL DEFAULT 'in force' CHECK (state IN ('waits', 'in force', 'refused', 'removed'))",
        "ALTER TABLE own_handles ADD COLUMN answered_by INTEGER REFERENCES users",
        "ALTER TABLE own_handles ADD COLUMN answered_at TEXT",
        "ALTER TABLE own_handles ADD COLUMN removed_by INTEGER REFERENCES users",
        "ALTER TABLE own_handles ADD COLUMN removed_at TEXT",
    ))  # fmt: skip
