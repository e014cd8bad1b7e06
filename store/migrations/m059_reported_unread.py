"""Step 59: what a colleague reported is a case at once, and still waits to be read: that row of the program is none of its reading."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

# By any model: "" is of what nobody but a colleague has read.
_READ = """EXISTS (SELECT 1 FROM assessments a
    WHERE a.mention = {mention} AND a.revision = {revision} AND a.model <> '')"""


@migrations()
def m059_reported_unread(db: Database) -> None:
    """A post is unassessed until a model assessed it as it stands, whatever else is stored of it."""
    run(db, (
        "DROP TRIGGER mention_is_unassessed_again",
        "DROP TRIGGER mention_is_assessed",
        "DROP TRIGGER mention_was_assessed",
        f"""CREATE TRIGGER mention_is_unassessed_again AFTER UPDATE OF revision, deleted_at ON mentions
    WHEN new.revision <> old.revision OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
    -- Other words than those that were assessed; what is deleted on its platform waits for nothing.
    DELETE FROM unassessed WHERE mention = new.number;
    INSERT INTO unassessed (mention, since)
        SELECT new.number, coalesce((SELECT at FROM revisions
            WHERE mention = new.number AND revision = new.revision), new.fetched_at)
        WHERE new.deleted_at IS NULL
            AND NOT {_READ.format(mention="new.number", revision="new.revision")};
END""",
        """CREATE TRIGGER mention_is_assessed AFTER INSERT ON assessments WHEN new.model <> '' BEGIN
    -- Of an older revision it says nothing of the words as they are now.
    DELETE FROM unassessed WHERE mention = new.mention
        AND new.revision = (SELECT revision FROM mentions WHERE number = new.mention);
END""",
        f"""CREATE TRIGGER mention_was_assessed AFTER DELETE ON assessments BEGIN
    -- Nothing is known of it any more; where the mention itself goes, this row goes before it.
    INSERT OR IGNORE INTO unassessed (mention, since)
        SELECT m.number, m.found_at FROM mentions m
        WHERE m.number = old.mention AND m.revision = old.revision AND m.deleted_at IS NULL
            AND NOT {_READ.format(mention="m.number", revision="m.revision")};
END""",
    ))  # fmt: skip
