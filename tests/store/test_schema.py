"""What is written of the schema is what the steps make, and says what each table and trigger is for."""

from __future__ import annotations

from sqlite_utils import Database

from store import schema, structure
from store.migrations import migrations

TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
NAMES = (
    """SELECT type, name FROM sqlite_schema WHERE name NOT LIKE '%sqlite%' ORDER BY type, name"""
)


def test_schema_sql_is_what_the_steps_make() -> None:
    assert schema.SQL.read_text(encoding="utf-8") == schema.sql(), "run `make schema`"


def test_the_page_has_the_tables_of_today() -> None:
    page = schema.PAGE.read_text(encoding="utf-8")
    assert page == schema.with_page(page), "run `make schema`"


def test_each_table_has_a_line_on_what_it_is_for() -> None:
    lines = [table for topic in schema.TABLES.values() for table in topic]
    assert sorted(lines) == sorted(schema.tables(structure.current()))


def test_a_trigger_that_derives_something_says_why() -> None:
    triggers = dict(structure.current().execute(TRIGGERS).fetchall())
    deriving = {name: sql for name, sql in triggers.items() if "RAISE(ABORT" not in sql}
    assert len(deriving) > 10
    assert [name for name, sql in deriving.items() if "\n    -- " not in sql] == []


def test_schema_sql_makes_the_same_database() -> None:
    written = Database(memory=True)
    written.conn.executescript(schema.SQL.read_text(encoding="utf-8"))
    assert written.execute(NAMES).fetchall() == structure.current().execute(NAMES).fetchall()


def test_steps_come_in_the_order_of_their_numbers() -> None:
    names = [step.name for step in migrations.pending(Database(memory=True))]
    assert names == sorted(names)
