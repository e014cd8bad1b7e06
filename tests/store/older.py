"""A database as an earlier program would have left it: the same rows in the shape of before a step."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from store.migrations import migrations
from store.migrations.m020_names import COLUMNS, TABLES

RENAMING = "m020_names"


def older(new: Path, old: Path, step: str) -> None:
    """Makes `old` of what `new` holds, by the steps before `step`; triggers had done their work already."""
    db = Database(old)
    db.execute("PRAGMA synchronous = OFF")
    migrations.apply(db, stop_before=step)
    db.execute("ATTACH ? AS new", [str(new)])
    db.execute("PRAGMA foreign_keys = OFF")
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    before = step <= RENAMING
    tables = db.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall()
    for table, kind in tables:
        if kind == "table" and not table.startswith(("sqlite_", "_sqlite")):
            _copy(db, table, TABLES.get(table, table) if before else table, before=before)
    _index(db, before=before)
    for _, sql in triggers:
        db.execute(sql)
    db.conn.commit()
    db.close()


def _copy(db: Database, table: str, today: str, *, before: bool) -> None:
    """Rows of `new`, whose table is called `today`, by the names that `table` and its columns have here."""
    columns = [row[0] for row in db.execute(f"SELECT name FROM pragma_table_info('{table}')")]
    now = [COLUMNS.get((today, column), column) if before else column for column in columns]
    db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(now)} FROM new.{today}"
    )
    if table == "chores":
        db.execute("UPDATE chores SET name = 'likeness' WHERE name = 'similarity_bands'")


def _index(db: Database, *, before: bool) -> None:
    """Makes the indexes of words anew, which are no tables to be copied."""
    words, of_cases, shown = (
        ("masked_words", "case_words", "worth")
        if before
        else ("assessments_fts", "case_mentions_fts", "reviewable")
    )
    db.execute(f"INSERT INTO {words} ({words}) VALUES ('rebuild')")
    db.execute(
        f"""INSERT INTO {of_cases} (rowid, masked) SELECT number, masked FROM assessments
        WHERE number IN (SELECT assessment FROM case_mentions WHERE {shown})"""
    )
