"""Step 74: what colleagues did since a moment is read by an index, since every open page asks for it every few seconds."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m074_changes_by_colleagues(db: Database) -> None:
    """Assignments and what people said of hand-offs, by their moment; decisions have such an index."""
    run(db, (
        "CREATE INDEX assignments_by_at ON assignments (at)",
        "CREATE INDEX handoff_steps_by_at ON handoff_steps (at) WHERE by_user IS NOT NULL",
    ))  # fmt: skip
