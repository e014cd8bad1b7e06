"""Step 26 of the schema: what was done on the guided paths of a case, such as dealing with a leak."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m026_path_steps(db: Database) -> None:
    """A step is added, and taken back at most once. `decision` is the version of the decision that it made, if it made one.

    `outcome` is a word of ours; whom somebody spoke to, when and what else they wrote is encrypted.
    """
    run(db, (
        """CREATE TABLE path_steps (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL,
            path TEXT NOT NULL CHECK (path IN ('leak', 'danger', 'threat')), step TEXT NOT NULL,
            outcome TEXT NOT NULL DEFAULT '', by_user INTEGER REFERENCES users, at TEXT NOT NULL,
            decision INTEGER, undone_by INTEGER REFERENCES users, undone_at TEXT,
            encrypted BLOB NOT NULL,
            CHECK ((undone_by IS NULL) = (undone_at IS NULL))) STRICT""",
        # a step stands once: of two officers who do it at once, the second is told
        """CREATE UNIQUE INDEX path_steps_standing ON path_steps (case_number, path, step)
            WHERE undone_at IS NULL""",
        "CREATE INDEX path_steps_by_case ON path_steps (case_number, path, number)",
        """CREATE TRIGGER path_steps_never_change
            BEFORE UPDATE OF number, case_number, path, step, outcome, by_user, at, decision
            ON path_steps BEGIN
            SELECT RAISE(ABORT, 'steps of a path are added, never changed'); END""",
        """CREATE TRIGGER path_steps_are_undone_once
            BEFORE UPDATE OF undone_by, undone_at ON path_steps WHEN old.undone_at IS NOT NULL BEGIN
            SELECT RAISE(ABORT, 'a step is taken back once'); END""",
    ))  # fmt: skip
