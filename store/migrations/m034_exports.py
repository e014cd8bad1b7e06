"""Step 34: what was taken out of the store, and how many cases opened in each hour."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_LATE = 3  # days after it was posted from which on a case is no news: an import, or a first run


def _is_late(case: str) -> str:
    return f"coalesce(julianday({case}.opened_at) - julianday({case}.latest_at) > {_LATE}, 0)"


@migrations()
def m034_exports(db: Database) -> None:
    """`encrypted` holds the reason of an export; its counts are those of the event that was written with it.

    The hours outlive the cases, which a purge takes, so that what is usual does not shrink with age. `late` are cases
    whose first post was older than three days when it was found.
    """
    run(db, (
        """CREATE TABLE exports (
            number INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, format TEXT NOT NULL, at TEXT NOT NULL,
            by_user INTEGER REFERENCES users, case_number INTEGER, first_day TEXT, last_day TEXT,
            rows INTEGER NOT NULL, left_out TEXT NOT NULL, masked INTEGER NOT NULL, digest TEXT NOT NULL,
            encrypted BLOB NOT NULL) STRICT""",
        """CREATE TRIGGER exports_never_change BEFORE UPDATE OF number, what, format, at, by_user, case_number,
            first_day, last_day, rows, left_out, masked, digest ON exports BEGIN
    SELECT RAISE(ABORT, 'exports are added, never changed'); END""",
        """CREATE TABLE case_openings (
            hour TEXT PRIMARY KEY, count INTEGER NOT NULL, late INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
        f"""INSERT INTO case_openings (hour, count, late)
            SELECT substr(opened_at, 1, 13), sum(NOT {_is_late("cases")}), sum({_is_late("cases")})
            FROM cases GROUP BY 1""",
        f"""CREATE TRIGGER case_opening_counted AFTER INSERT ON cases BEGIN
    -- A case is news in the hour in which it opened, whatever becomes of it.
    INSERT INTO case_openings (hour, count, late)
        VALUES (substr(new.opened_at, 1, 13), NOT ({_is_late("new")}), {_is_late("new")})
        ON CONFLICT (hour) DO UPDATE SET count = count + excluded.count, late = late + excluded.late;
END""",
        "CREATE INDEX cases_by_opened ON cases (opened_at)",
    ))  # fmt: skip
