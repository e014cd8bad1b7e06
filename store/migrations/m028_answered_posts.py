"""Step 28 of the schema: of which posts words stand in the contexts of others, so that they go when those posts do."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m028_answered_posts(db: Database) -> None:
    """`key_hash` is the key of the post that is answered or quoted, `seen_at` when its platform last showed it to us.

    What was stored before says by its links alone what it answers; a row without words goes once it is looked at.
    """
    run(db, (
        """CREATE TABLE answered_posts (
            mention INTEGER NOT NULL REFERENCES mentions, key_hash TEXT NOT NULL, seen_at TEXT NOT NULL,
            PRIMARY KEY (mention, key_hash)) STRICT, WITHOUT ROWID""",
        "CREATE INDEX answered_posts_by_key ON answered_posts (key_hash, seen_at)",
        """INSERT INTO answered_posts (mention, key_hash, seen_at)
            SELECT number, parent_hash, found_at FROM mentions WHERE parent_hash IS NOT NULL
            UNION SELECT number, root_hash, found_at FROM mentions WHERE root_hash IS NOT NULL""",
    ))  # fmt: skip
