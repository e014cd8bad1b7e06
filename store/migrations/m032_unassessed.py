"""Step 32 of the schema: which mentions nobody has assessed as they stand now, so that a page can say so at once."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_ASSESSED = (
    "EXISTS (SELECT 1 FROM assessments a WHERE a.mention = {mention} AND a.revision = {revision})"
)


@migrations()
def m032_unassessed(db: Database) -> None:
    """To count them took a look at every mention, a second or two at a million. `since`: when these words were collected."""
    run(db, (
        """CREATE TABLE unassessed (
            mention INTEGER PRIMARY KEY REFERENCES mentions, since TEXT NOT NULL) STRICT""",
        "CREATE INDEX unassessed_by_since ON unassessed (since)",
        f"""INSERT INTO unassessed (mention, since)
            SELECT m.number, coalesce(v.at, m.found_at) FROM mentions m INDEXED BY mentions_to_read
            LEFT JOIN revisions v ON v.mention = m.number AND v.revision = m.revision
            WHERE m.deleted_at IS NULL AND NOT {_ASSESSED.format(mention="m.number", revision="m.revision")}""",
        """CREATE TRIGGER mention_is_unassessed AFTER INSERT ON mentions WHEN new.deleted_at IS NULL BEGIN
    -- It was collected, and is in no list before it is assessed.
    INSERT INTO unassessed (mention, since) VALUES (new.number, new.found_at);
END""",
        f"""CREATE TRIGGER mention_is_unassessed_again AFTER UPDATE OF revision, deleted_at ON mentions
    WHEN new.revision <> old.revision OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
    -- Other words than those that were assessed; what is deleted on its platform waits for nothing.
    DELETE FROM unassessed WHERE mention = new.number;
    INSERT INTO unassessed (mention, since)
        SELECT new.number, coalesce((SELECT at FROM revisions
            WHERE mention = new.number AND revision = new.revision), new.fetched_at)
        WHERE new.deleted_at IS NULL
            AND NOT {_ASSESSED.format(mention="new.number", revision="new.revision")};
END""",
        """CREATE TRIGGER mention_is_assessed AFTER INSERT ON assessments BEGIN
    -- Of an older revision it says nothing of the words as they are now.
    DELETE FROM unassessed WHERE mention = new.mention
        AND new.revision = (SELECT revision FROM mentions WHERE number = new.mention);
END""",
        f"""CREATE TRIGGER mention_was_assessed AFTER DELETE ON assessments BEGIN
    -- Nothing is known of it any more; where the mention itself goes, this row goes before it.
    INSERT OR IGNORE INTO unassessed (mention, since)
        SELECT m.number, m.found_at FROM mentions m
        WHERE m.number = old.mention AND m.revision = old.revision AND m.deleted_at IS NULL
            AND NOT {_ASSESSED.format(mention="m.number", revision="m.revision")};
END""",
    ))  # fmt: skip
