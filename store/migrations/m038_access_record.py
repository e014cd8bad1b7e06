"""Step 38: who looked at what, decisions that outlive what they were about, and seals by which a changed row is noticed."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m038_access_record(db: Database) -> None:
    """Numbers of cases and posts outlive both here: neither table refers to them.

    `row_seals` and `seal_totals` are filled when the database is next opened, since that needs its key. Reveals that
    were made before have no `author_hash`.
    """
    run(db, (
        """CREATE TABLE views (
            number INTEGER PRIMARY KEY AUTOINCREMENT, by_user INTEGER NOT NULL REFERENCES users, kind TEXT NOT NULL,
            case_number INTEGER, post INTEGER, page TEXT NOT NULL, found INTEGER, first_at TEXT NOT NULL,
            last_at TEXT NOT NULL, times INTEGER NOT NULL DEFAULT 1) STRICT""",
        "CREATE INDEX views_by_user ON views (by_user, last_at)",
        "CREATE INDEX views_by_case ON views (case_number, last_at) WHERE case_number IS NOT NULL",
        "CREATE INDEX views_by_moment ON views (last_at)",
        """CREATE TABLE decision_records (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, by_user INTEGER REFERENCES users,
            kind TEXT NOT NULL, case_number INTEGER NOT NULL, version INTEGER NOT NULL, role TEXT, why TEXT NOT NULL,
            flags TEXT NOT NULL, risk INTEGER, posts INTEGER NOT NULL, undoes INTEGER) STRICT""",
        "CREATE INDEX decision_records_by_moment ON decision_records (at)",
        "CREATE INDEX decision_records_by_case ON decision_records (case_number, version)",
        """CREATE TRIGGER decision_records_never_change BEFORE UPDATE ON decision_records BEGIN
    SELECT RAISE(ABORT, 'records of decisions are added, never changed'); END""",
        "ALTER TABLE reveals ADD COLUMN author_hash TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX reveals_by_author ON reveals (by_name, author_hash, at) WHERE author_hash <> ''",
        """CREATE TABLE row_seals (
            part INTEGER NOT NULL, key ANY NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (part, key)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE seal_totals (
            part INTEGER PRIMARY KEY, table_name TEXT NOT NULL UNIQUE, columns TEXT NOT NULL, state BLOB NOT NULL) STRICT""",
        # decisions of before, as far as they are still there; why they were made stands in what is encrypted of them
        """INSERT INTO decision_records
            (at, by_user, kind, case_number, version, role, why, flags, risk, posts, undoes)
            SELECT d.at, d.by_user, d.kind, d.case_number, d.version, d.role, '',
                (SELECT coalesce(json_group_array(name), '[]') FROM (SELECT DISTINCT f.name FROM flags f
                    JOIN case_mentions i ON i.assessment = f.assessment
                    JOIN json_each(d.covers) c ON json_extract(c.value, '$[0]') = i.mention
                    WHERE i.case_number = d.case_number ORDER BY f.name)),
                d.risk, json_array_length(d.covers), d.undoes
            FROM case_decisions d ORDER BY d.number""",
    ))  # fmt: skip
