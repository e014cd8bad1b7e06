"""Step 102: steps of a path are found by when they were done or taken back: pages that are open ask every few seconds what changed."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m102_steps_by_moment(db: Database) -> None:
    """As decisions, assignments and what was done of hand-offs are."""
    run(db, (
        "CREATE INDEX path_steps_by_at ON path_steps (at)",
        "CREATE INDEX path_steps_by_undone ON path_steps (undone_at) WHERE undone_at IS NOT NULL",
    ))  # fmt: skip
