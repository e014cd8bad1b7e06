"""Step 55: the back catalogues that were taken in: which parts, and the alerts of theirs that wait for one digest."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m055_catalogues(db: Database) -> None:
    """`digest` is the SHA-256 of a part's name and of the checksum of its answers; a row of an alert goes once it is told."""
    run(db, (
        """CREATE TABLE catalogue_parts (
            digest TEXT PRIMARY KEY, import INTEGER NOT NULL REFERENCES imports, at TEXT NOT NULL) STRICT""",
        """CREATE TABLE catalogue_alerts (
            alert INTEGER PRIMARY KEY REFERENCES alerts ON DELETE CASCADE, import INTEGER NOT NULL REFERENCES imports) STRICT""",
        "CREATE INDEX catalogue_alerts_by_import ON catalogue_alerts (import)",
    ))  # fmt: skip
