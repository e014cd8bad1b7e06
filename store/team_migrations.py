"""The shape of the database, step 18: who has a case, whose opinion is asked, who is away, what was handed over."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations import run
from store.moderation_migrations import migrations as migrations  # its steps come before

# Whose decision is in force, for cases that were decided before the column was there.
_DECIDED_BY = """UPDATE cases SET decided_by = (SELECT d.by_user FROM case_decisions d
        WHERE d.case_number = cases.number AND d.kind <> 'undo' AND NOT EXISTS (
            SELECT 1 FROM case_decisions u WHERE u.case_number = d.case_number AND u.undoes = d.version)
        ORDER BY d.version DESC LIMIT 1)
    WHERE kind IS NOT NULL"""

_TABLES = (
    """CREATE TABLE assignments (
        number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL,
        version INTEGER NOT NULL, to_user INTEGER REFERENCES users,
        by_user INTEGER REFERENCES users, at TEXT NOT NULL, sealed BLOB NOT NULL,
        UNIQUE (case_number, version)) STRICT""",
    """CREATE TRIGGER assignments_never_change
        BEFORE UPDATE OF case_number, version, to_user, by_user, at ON assignments BEGIN
        SELECT RAISE(ABORT, 'assignments are added, never changed'); END""",
    """CREATE TABLE opinions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL,
        version INTEGER NOT NULL, asked_by INTEGER NOT NULL REFERENCES users,
        of_user INTEGER NOT NULL REFERENCES users, at TEXT NOT NULL, due_at TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waits', 'answered', 'over')), why TEXT,
        ended_at TEXT, ended_by INTEGER REFERENCES users, ended_version INTEGER,
        sealed BLOB NOT NULL) STRICT""",
    "CREATE INDEX opinions_by_case ON opinions (case_number, number)",
    "CREATE INDEX opinions_that_wait ON opinions (of_user, due_at) WHERE state = 'waits'",
    "CREATE INDEX opinions_answered ON opinions (asked_by) WHERE state = 'answered'",
    """CREATE TABLE absences (
        number INTEGER PRIMARY KEY AUTOINCREMENT, user_number INTEGER NOT NULL REFERENCES users,
        first_day TEXT NOT NULL, last_day TEXT NOT NULL, cover INTEGER REFERENCES users,
        by_user INTEGER REFERENCES users, at TEXT NOT NULL, replaces INTEGER UNIQUE REFERENCES absences,
        withdrawn INTEGER NOT NULL DEFAULT 0, CHECK (first_day <= last_day)) STRICT""",
    "CREATE INDEX absences_by_user ON absences (user_number, first_day)",
    """CREATE TRIGGER absences_never_change BEFORE UPDATE ON absences BEGIN
        SELECT RAISE(ABORT, 'absences are added, never changed'); END""",
    """CREATE TABLE handovers (
        number INTEGER PRIMARY KEY AUTOINCREMENT, note INTEGER NOT NULL, version INTEGER NOT NULL,
        by_user INTEGER REFERENCES users, at TEXT NOT NULL, figures TEXT NOT NULL,
        sealed BLOB NOT NULL, UNIQUE (note, version)) STRICT""",
    """CREATE TABLE handover_reads (
        handover INTEGER NOT NULL REFERENCES handovers, user_number INTEGER NOT NULL REFERENCES users,
        at TEXT NOT NULL, PRIMARY KEY (handover, user_number)) STRICT, WITHOUT ROWID""",
)  # fmt: skip


@migrations()
def m018_assignments(db: Database) -> None:
    """Who works together on cases, and how. Assignments and absences are added, never changed.

    `assigned_to` stays while a case is done and counts for nothing then, so that a case that opens again is with the
    same person; `returned` says that it did. Days of an absence are UK days, the last one included.
    """
    run(db, (
        "ALTER TABLE cases ADD COLUMN assigned_to INTEGER REFERENCES users",
        "ALTER TABLE cases ADD COLUMN returned INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE cases ADD COLUMN decided_by INTEGER REFERENCES users",
        _DECIDED_BY,
        "CREATE INDEX cases_assigned ON cases (assigned_to, state) WHERE assigned_to IS NOT NULL",
        "CREATE INDEX cases_decided_by ON cases (decided_by) WHERE decided_by IS NOT NULL",
        "CREATE INDEX case_decisions_by_at ON case_decisions (at, kind)",
        """CREATE TRIGGER case_returns AFTER UPDATE OF state ON cases
            WHEN new.assigned_to IS NOT NULL AND old.state = 'done' AND new.state <> 'done' BEGIN
            UPDATE cases SET returned = 1 WHERE number = new.number; END""",
        *_TABLES,
    ))  # fmt: skip
