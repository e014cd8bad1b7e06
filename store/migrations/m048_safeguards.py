"""Step 48: what stands before the irreversible: when the clock was last right, and purges that wait for a person."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m048_safeguards(db: Database) -> None:
    """`clock_checks` is one row; `doubted_at` and what follows it are NULL while the clock is right.

    `counts` of a question is a JSON object: how many posts by reason. `answered_by` is NULL for who answered by a command.
    """
    run(db, (
        """CREATE TABLE clock_checks (
            number INTEGER PRIMARY KEY CHECK (number = 1), right_at TEXT NOT NULL, doubted_at TEXT, last_mention INTEGER,
            CHECK ((doubted_at IS NULL) = (last_mention IS NULL))) STRICT""",
        """CREATE TABLE purge_questions (
            number INTEGER PRIMARY KEY AUTOINCREMENT, asked_at TEXT NOT NULL, posts INTEGER NOT NULL CHECK (posts > 0),
            of_posts INTEGER NOT NULL, counts TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waits'
                CHECK (state IN ('waits', 'agreed', 'declined', 'over')),
            answered_at TEXT, answered_by INTEGER REFERENCES users, until TEXT, gone INTEGER NOT NULL DEFAULT 0,
            CHECK (state IN ('waits', 'over') OR (answered_at IS NOT NULL AND until IS NOT NULL))) STRICT""",
        "CREATE UNIQUE INDEX purge_questions_that_wait ON purge_questions (state) WHERE state = 'waits'",
    ))  # fmt: skip
