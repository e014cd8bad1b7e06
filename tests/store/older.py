"""A database as an earlier program would have left it: the same rows in the shape of before a step."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from store.migrations import migrations
from store.migrations.m020_names import COLUMNS, TABLES

RENAMING = "m020_names"
STEPS = [step.name for step in migrations.pending(Database(memory=True))]
_GROWING: list[Database] = []  # one that takes a step after the other, as tests ask for later ones


def empty(old: Path, step: str) -> None:
    """Makes `old` an empty database of the steps before `step`."""
    if _GROWING and step in {taken.name for taken in migrations.applied(_GROWING[0])}:
        _GROWING.pop().close()
    if not _GROWING:
        _GROWING.append(Database(memory=True))
    migrations.apply(_GROWING[0], stop_before=step)
    db = Database(old)
    _GROWING[0].conn.backup(db.conn)
    db.close()


def older(new: Path, old: Path, step: str) -> None:
    """Makes `old` of what `new` holds, by the steps before `step`; triggers had done their work already."""
    empty(old, step)
    db = Database(old)
    db.execute("PRAGMA synchronous = OFF")
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


def schema(path: Path) -> list[tuple[str, str]]:
    """Its tables, indexes and triggers as they are written, by name."""
    db = Database(path)
    try:
        return sorted(
            (name, " ".join(sql.split()))
            for name, sql in db.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        )
    finally:
        db.close()
