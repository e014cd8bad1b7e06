"""Step 33 of the schema: what weekly summaries said, what people write into them, and the calendar of what is coming up."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m033_weekly(db: Database) -> None:
    """`weekly_summaries` holds what was said of a period when it was told, so that later ones can own up to what changed.

    A note is about "headline", "theme:TERMS" or "campaign:KIND:NAME" of a period; the newest holds. The indexes are for
    reading half a year of runs and clocks at once.
    """
    run(db, (
        """CREATE TABLE weekly_summaries (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            period TEXT NOT NULL CHECK (period IN ('week', 'month', 'quarter')),
            last_day TEXT NOT NULL, at TEXT NOT NULL, figures TEXT NOT NULL,
            UNIQUE (period, last_day)) STRICT""",
        """CREATE TRIGGER weekly_summaries_never_change BEFORE UPDATE ON weekly_summaries BEGIN
            SELECT RAISE(ABORT, 'what a summary said is added, never changed'); END""",
        """CREATE TABLE weekly_notes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            period TEXT NOT NULL CHECK (period IN ('week', 'month', 'quarter')),
            last_day TEXT NOT NULL, about TEXT NOT NULL,
            by_user INTEGER REFERENCES users, at TEXT NOT NULL, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX weekly_notes_by_period ON weekly_notes (period, last_day, about, number)",
        """CREATE TRIGGER weekly_notes_never_change BEFORE UPDATE ON weekly_notes BEGIN
            SELECT RAISE(ABORT, 'notes are added, never changed'); END""",
        """CREATE TABLE calendar_entries (
            number INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL,
            by_user INTEGER REFERENCES users, at TEXT NOT NULL, removed_at TEXT, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX calendar_entries_by_day ON calendar_entries (day) WHERE removed_at IS NULL",
        "CREATE INDEX runs_by_moment ON runs (source, complete, at, since)",
        "CREATE INDEX deadlines_by_began ON deadlines (kind, began_at)",
    ))  # fmt: skip
