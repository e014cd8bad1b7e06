"""Step 40: what leaves for another purpose: to an employer by two people's agreement, to the police by a ground in law."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m040_purposes(db: Database) -> None:
    """Asked for, agreed to or refused, disclosed, approved: each a row that is added and never changed.

    What one person released before stays in `hr_releases` to be read, and opens nothing. `encrypted` holds the words
    beside a reason of the lists; a team's name and addresses where governance approved them.
    """
    run(db, (
        """CREATE TABLE employer_requests (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL, posts TEXT NOT NULL,
            reason TEXT NOT NULL, by_user INTEGER REFERENCES users, at TEXT NOT NULL, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX employer_requests_by_case ON employer_requests (case_number, number)",
        """CREATE TRIGGER employer_requests_never_change BEFORE UPDATE OF number, case_number, posts, reason, by_user, at
            ON employer_requests BEGIN
    SELECT RAISE(ABORT, 'requests are added, never changed'); END""",
        """CREATE TABLE employer_answers (
            number INTEGER PRIMARY KEY AUTOINCREMENT, request INTEGER NOT NULL REFERENCES employer_requests,
            as_role TEXT NOT NULL CHECK (as_role IN ('governance', 'guardian')),
            answer TEXT NOT NULL CHECK (answer IN ('agrees', 'refuses')), reason TEXT NOT NULL,
            by_user INTEGER NOT NULL REFERENCES users, at TEXT NOT NULL, encrypted BLOB NOT NULL,
            UNIQUE (request, as_role), UNIQUE (request, by_user)) STRICT""",
        """CREATE TRIGGER employer_answers_never_change BEFORE UPDATE OF number, request, as_role, answer, reason, by_user, at
            ON employer_answers BEGIN
    SELECT RAISE(ABORT, 'answers are added, never changed'); END""",
        """CREATE TRIGGER employer_answers_by_another BEFORE INSERT ON employer_answers
            WHEN new.by_user IS (SELECT by_user FROM employer_requests WHERE number = new.request) BEGIN
    SELECT RAISE(ABORT, 'nobody answers what they asked for'); END""",
        """CREATE TABLE police_disclosures (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL, version INTEGER NOT NULL,
            ground TEXT NOT NULL, by_user INTEGER REFERENCES users, at TEXT NOT NULL, encrypted BLOB NOT NULL) STRICT""",
        "CREATE INDEX police_disclosures_by_case ON police_disclosures (case_number, number)",
        """CREATE TRIGGER police_disclosures_never_change
            BEFORE UPDATE OF number, case_number, version, ground, by_user, at ON police_disclosures BEGIN
    SELECT RAISE(ABORT, 'what was disclosed is added, never changed'); END""",
        """CREATE TABLE recipient_approvals (
            number INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL CHECK (what IN ('team', 'address')),
            key TEXT NOT NULL, type TEXT NOT NULL, by_user INTEGER REFERENCES users, at TEXT NOT NULL,
            encrypted BLOB NOT NULL) STRICT""",
        """CREATE TRIGGER recipient_approvals_never_change BEFORE UPDATE OF number, what, key, type, by_user, at
            ON recipient_approvals BEGIN
    SELECT RAISE(ABORT, 'approvals are added, never changed'); END""",
    ))  # fmt: skip
