"""Steps 15 to 19: settings, replies, moderations, working together on cases, and the audit's indexes."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m015_settings(db: Database) -> None:
    """Versions of what the page may change of config.toml; `filed` is 1 where the file's holds again.

    They are added and never changed, but that keys can be rotated. `back_to` is the version whose content
    somebody went back to.
    """
    run(db, (
        """CREATE TABLE settings (
            number INTEGER PRIMARY KEY AUTOINCREMENT, section TEXT NOT NULL, version INTEGER NOT NULL,
            at TEXT NOT NULL, by_user INTEGER REFERENCES users, filed INTEGER NOT NULL,
            back_to INTEGER, sealed BLOB NOT NULL, UNIQUE (section, version)) STRICT""",
        """CREATE TRIGGER settings_never_change
            BEFORE UPDATE OF number, section, version, at, by_user, filed, back_to ON settings BEGIN
            SELECT RAISE(ABORT, 'settings are added, never changed'); END""",
        """CREATE TRIGGER settings_never_go BEFORE DELETE ON settings BEGIN
            SELECT RAISE(ABORT, 'settings are added, never removed'); END""",
    ))  # fmt: skip


@migrations()
def m016_replies(db: Database) -> None:
    """A reply that somebody wrote to a post: of which decision (`version` of its case), from which template.

    One that answers several posts stands once for each, so that it goes with the last of them.
    """
    run(db, (
        """CREATE TABLE replies (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            case_number INTEGER NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL,
            by_user INTEGER REFERENCES users, template TEXT, sealed BLOB NOT NULL,
            UNIQUE (case_number, version, mention)) STRICT""",
        "CREATE INDEX replies_by_mention ON replies (mention)",
        """CREATE TRIGGER replies_never_change
            BEFORE UPDATE OF mention, case_number, version, at, by_user, template ON replies BEGIN
            SELECT RAISE(ABORT, 'replies are added, never changed'); END""",
    ))  # fmt: skip


@migrations()
def m017_moderations(db: Database) -> None:
    """What somebody hid or removed through a platform; what a decision says that a case is a duplicate of.

    One at a time for each post: whoever comes second finds the first under way. An end is written once.
    """
    run(db, (
        """CREATE TABLE moderations (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            revision INTEGER NOT NULL, source TEXT NOT NULL, action TEXT NOT NULL,
            final INTEGER NOT NULL, protected INTEGER NOT NULL, clause TEXT NOT NULL,
            by_user INTEGER REFERENCES users, began_at TEXT NOT NULL, ended_at TEXT,
            outcome TEXT NOT NULL DEFAULT 'doing'
                CHECK (outcome IN ('doing', 'done', 'refused', 'not_done', 'unknown')),
            sealed BLOB NOT NULL) STRICT""",
        "CREATE INDEX moderations_by_mention ON moderations (mention, number)",
        "CREATE UNIQUE INDEX moderations_under_way ON moderations (mention) WHERE outcome = 'doing'",
        """CREATE TRIGGER moderations_never_change BEFORE UPDATE OF mention, revision, source, action,
            final, protected, clause, by_user, began_at ON moderations BEGIN
            SELECT RAISE(ABORT, 'what was done is added, never changed'); END""",
        "ALTER TABLE case_decisions ADD COLUMN duplicate_of INTEGER",
        """CREATE INDEX case_decisions_duplicates ON case_decisions (duplicate_of)
            WHERE duplicate_of IS NOT NULL""",
        """CREATE TRIGGER duplicates_never_change BEFORE UPDATE OF duplicate_of ON case_decisions BEGIN
            SELECT RAISE(ABORT, 'decisions are added, never changed'); END""",
    ))  # fmt: skip


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


@migrations()
def m019_audit(db: Database) -> None:
    """Events by kind, by day and by person, so that years of them answer at once."""
    run(db, (
        "CREATE INDEX events_by_kind ON events (kind, number)",
        "CREATE INDEX events_by_at ON events (at)",
        """CREATE INDEX events_by_doer ON events (json_extract(about, '$.by'))
            WHERE json_extract(about, '$.by') IS NOT NULL""",
        """CREATE INDEX events_of_person ON events (json_extract(about, '$.user'))
            WHERE json_extract(about, '$.user') IS NOT NULL""",
    ))  # fmt: skip
