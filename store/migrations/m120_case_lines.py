"""Step 120: the line that an officer wrote for a case, in place of the one that the rules make."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m120_case_lines(db: Database) -> None:
    """Each with the post whose line it stands for, and what the rules said of that; an empty one is back to theirs. Added, never changed."""
    run(db, (
        """CREATE TABLE case_lines (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    post INTEGER NOT NULL REFERENCES mentions,
    instead_of TEXT NOT NULL,
    by_user INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT""",
        "CREATE INDEX case_lines_by_case ON case_lines (case_number, number)",
        "CREATE INDEX case_lines_by_post ON case_lines (post)",
        """CREATE TRIGGER case_lines_never_change BEFORE UPDATE OF number, case_number, post, instead_of, by_user, at ON case_lines BEGIN
    SELECT RAISE(ABORT, 'lines of cases are added, never changed'); END""",
    ))  # fmt: skip
