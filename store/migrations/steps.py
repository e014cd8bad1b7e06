"""What a step of the schema is made with."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database, Migrations

migrations = Migrations("store")


def known_steps() -> set[str]:
    """The names of all steps that this program knows."""
    empty = Database(memory=True)
    try:
        return {step.name for step in migrations.pending(empty)}
    finally:
        empty.close()


def run(db: Database, statements: Iterable[str]) -> None:
    """One after another."""
    for statement in statements:
        db.execute(statement)
