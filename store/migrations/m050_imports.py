"""Step 50: files that people handed over: who, when, how many posts they brought, and what came of them."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m050_imports(db: Database) -> None:
    """`encrypted` holds the file's name, what was said of it and why it failed; `by_user` is NULL for a command."""
    run(db, (
        """CREATE TABLE imports (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, by_user INTEGER REFERENCES users,
            state TEXT NOT NULL CHECK (state IN ('waits', 'storing', 'stored', 'failed', 'dropped')),
            tool TEXT NOT NULL, digest TEXT NOT NULL, posts INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
            new INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0, left_out INTEGER NOT NULL DEFAULT 0,
            seen_at TEXT NOT NULL, encrypted BLOB NOT NULL) STRICT""",
        """CREATE TRIGGER imports_keep_who BEFORE UPDATE OF number, at, by_user, digest ON imports BEGIN
    SELECT RAISE(ABORT, 'who handed over what never changes'); END""",
    ))  # fmt: skip
