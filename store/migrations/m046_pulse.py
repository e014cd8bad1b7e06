"""Step 46: what the program notes of its own condition from one cycle to the next."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m046_pulse(db: Database) -> None:
    """A name and what is noted of it, such as the day on which a certificate ends; counts, moments and names of machines alone."""
    run(db, (
        "CREATE TABLE pulse_marks (name TEXT PRIMARY KEY, at TEXT NOT NULL, value TEXT NOT NULL) STRICT",
    ))  # fmt: skip
