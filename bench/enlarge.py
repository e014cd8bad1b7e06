"""A store of many more mentions than `bench.store_fixture` makes in a night: copies of one of its years, each a year older.

Rows are copied in SQL, with numbers, hashes and dates of their own; words and sealed fields are the same bytes again, so that
sizes are true. Counts, full text, seals and lanes are kept by the store's own triggers. It stands for a back catalogue: the newest
year is as busy as it was, and behind it there is more and more history.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from bench import store_fixture
from store import Store
from store.database import Database

STEP = 100_000  # rows' numbers that are copied in one transaction
# Indexes by hash and by word are written all over: with SQLite's own 2 MB for pages each is read and written again and again.
FOR_COPYING = ("cache_size = -1500000", "wal_autocheckpoint = 100000", "synchronous = OFF")


@dataclass(frozen=True, slots=True)
class Copied:
    """A table: by which numbers it is copied step by step, and which columns are whose numbers, hashes or dates.

    `reset` are columns that triggers work out anew.
    """

    name: str
    by: str
    numbers: Mapping[str, str]  # column -> the table whose number it is
    hashes: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    reset: Mapping[str, str] | None = None


TABLES = (
    Copied("mentions", "number", {"number": "mentions"}, ("key_hash", "story", "parent_hash", "root_hash"),
           ("posted_at", "edited_at", "found_at", "fetched_at", "text_seen_at")),
    Copied("revisions", "mention", {"mention": "mentions"}, ("text_hash",), ("at",)),
    Copied("matches", "mention", {"mention": "mentions"}),
    Copied("assessments", "number", {"number": "assessments", "mention": "mentions"}, (), ("at",)),
    Copied("flags", "assessment", {"assessment": "assessments"}),
    Copied("spans", "assessment", {"assessment": "assessments"}),
    Copied("risks", "number", {"number": "risks", "mention": "mentions", "assessment": "assessments"}, (), ("at",)),
    Copied("cases", "number", {"number": "cases", "lead_mention": "mentions"}, (), ("opened_at", "latest_at", "decided_at", "due_at"),
           {"size": "0", "flagged": "0", "unread": "0", "edited": "0", "lane": "NULL", "lane_mention": "NULL", "lane_weight": "0",
            "lane_order": "''", "duplicate_of": "NULL"}),
    Copied("case_mentions", "mention", {"mention": "mentions", "case_number": "cases", "assessment": "assessments"}, (), ("posted_at",)),
    Copied("case_flags", "mention", {"mention": "mentions"}),
    Copied("case_places", "mention", {"mention": "mentions"}),
    Copied("deadlines", "number", {"number": "deadlines", "case_number": "cases"}, (), ("began_at", "due_at", "stopped_at")),
)  # fmt: skip


def make(folder: Path, mentions: int, year: int) -> Path:
    """The database of a store of so many, made of one of `year` mentions beside it; new, or as it was kept."""
    if mentions <= year:
        return store_fixture.make(folder, mentions, mentions // 20)
    path, done = folder / "mentions.db", folder / "copies.json"
    if done.exists():
        return path
    newest = store_fixture.make(folder.parent / f"many-{year}", year, year // 20)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(newest, path)
    shutil.copy(newest.parent / "key", folder / "key")
    with Store.open(path, [store_fixture.key(folder)]) as store:
        _copy_years(store, -(-mentions // year) - 1)
        count = store.figures.row_counts()["mentions"]
    done.write_text(json.dumps({"mentions": count, "year": year}), "utf-8")
    return path


def _copy_years(store: Store, years: int) -> None:
    database = store.database
    spans = {
        table.name: int(database.value(f"SELECT coalesce(max(number), 0) FROM {table.name}"))
        for table in TABLES
        if table.by == "number"
    }
    for setting in FOR_COPYING:
        database.execute(f"PRAGMA {setting}")
    begun = time.perf_counter()
    for year in range(1, years + 1):
        for table in TABLES:
            _copy(database, table, spans, year)
        with database.transaction():  # what was copied is in its cases already
            database.execute("UPDATE bookmarks SET number = (SELECT max(number) FROM risks) WHERE name = 'grouped'")  # fmt: skip
        seconds = time.perf_counter() - begun
        done = year * spans["mentions"]
        print(f"{done:,} copied, {done / seconds:,.0f} a second", file=sys.stderr, flush=True)


def _copy(database: Database, table: Copied, spans: Mapping[str, int], year: int) -> None:
    columns = [row["name"] for row in database.rows(f"SELECT name FROM pragma_table_info('{table.name}')")]  # fmt: skip
    values = ", ".join(_value(table, column, spans, year) for column in columns)
    whole = spans[table.name if table.by == "number" else f"{table.by}s"]
    for first in range(1, whole + 1, STEP):
        with database.transaction():
            database.execute(
                f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {values} FROM {table.name} WHERE {table.by} BETWEEN ? AND ?",
                first, min(first + STEP - 1, whole),
            )  # fmt: skip


def _value(table: Copied, column: str, spans: Mapping[str, int], year: int) -> str:
    if column in table.numbers:
        return f"{column} + {year * spans[table.numbers[column]]}"
    if column in table.hashes:  # as long as it was, and with a sign that no hash has
        return f"iif({column} IS NULL, NULL, substr({column}, 1, length({column}) - 4) || printf('y%03d', {year}))"
    if column in table.dates:
        return f"iif({column} IS NULL, NULL, printf('%04d', substr({column}, 1, 4) - {year}) || substr({column}, 5))"
    return (table.reset or {}).get(column, column)


@click.command()
@click.option("--mentions", default=5_000_000, show_default=True, help="How many in all.")
@click.option(
    "--year", default=1_000_000, show_default=True, help="How many of them the newest year holds."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    required=True,
    help="Where it is kept; that of the year stands beside it.",
)
def main(mentions: int, year: int, folder: Path) -> None:
    """Makes a store of many years, or leaves the one that is there."""
    begun = time.perf_counter()
    path = make(folder, mentions, year)
    click.echo(f"{path}: {path.stat().st_size / 1e9:.2f} GB, {time.perf_counter() - begun:,.0f} s")


if __name__ == "__main__":
    main()
