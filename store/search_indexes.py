"""The indexes that are worked out from the words and have no seals: whether each fits them, and how it is made anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from store.database import Database
from store.sqlite import DatabaseError, Row

FORGOTTEN = "similarity_bands"  # of maintenance_tasks: bands of what was found until then are gone
COMPLETE_SINCE = (
    "similarity_bands kept"  # of maintenance_tasks: since when each post that says enough has bands
)
REBUILD = "`mentions verify --rebuild` makes it anew from the words"
# What the index of cases holds: the words of what can be decided, and is nobody's to keep from others.
_OF_CASES = "SELECT assessment FROM case_mentions WHERE reviewable AND NOT speaks"
# Reviewable posts of the last month of which not one hash is there; those before it have none any more.
_WITHOUT_BANDS = """SELECT i.mention, a.masked FROM case_mentions i JOIN mentions m ON m.number = i.mention
    JOIN assessments a ON a.number = i.assessment
    WHERE (i.reviewable OR a.in_scope) AND m.found_at >= (SELECT at FROM maintenance_tasks WHERE name = ?)
    AND NOT EXISTS (SELECT 1 FROM similarity_bands b WHERE b.mention = i.mention)"""


def problems(database: Database) -> Iterator[str]:
    """What of them does not fit, each with the command that mends it; within a transaction, since to ask is a write to SQLite."""
    if not _passes(database, "assessments_fts", 1):
        yield f"the full-text index does not fit the texts: {REBUILD}"
    lacking = database.value(f"SELECT count(*) FROM ({_OF_CASES}) WHERE assessment NOT IN (SELECT id FROM case_mentions_fts_docsize)")  # fmt: skip
    beyond = database.value(f"SELECT count(*) FROM case_mentions_fts_docsize WHERE id NOT IN ({_OF_CASES})")  # fmt: skip
    if lacking or beyond:
        yield f"the search of cases lacks {_posts(lacking)}, and has {_posts(beyond)} too many: {REBUILD}"
    elif not _passes(database, "case_mentions_fts", 0):
        yield f"the search of cases is damaged: {REBUILD}"
    count = sum(1 for _ in _without_bands(database))
    if count:
        yield f"similarity_bands: of {_posts(count)} nothing is there by which others that say the same are known: {REBUILD}"


def rebuild(database: Database, at: datetime) -> None:
    """Makes all of them anew from the words, and leaves an event."""
    with database.transaction():
        database.execute("INSERT INTO assessments_fts (assessments_fts) VALUES ('rebuild')")
        database.execute("INSERT INTO case_mentions_fts (case_mentions_fts) VALUES ('delete-all')")
        database.execute(f"INSERT INTO case_mentions_fts (rowid, masked) SELECT number, masked FROM assessments WHERE number IN ({_OF_CASES})")  # fmt: skip
        for row in list(_without_bands(database)):
            database.execute_many(
                "INSERT INTO similarity_bands (band, mention) VALUES (?, ?)",
                [(band, row["mention"]) for band in dict.fromkeys(_bands(row["masked"]))],
            )
        database.add_event("indexes rebuilt", at)


def _without_bands(database: Database) -> Iterator[Row]:
    """Without those that say too little to have any."""
    if database.value("SELECT 1 FROM maintenance_tasks WHERE name = ?", COMPLETE_SINCE):
        yield from (row for row in database.each(_WITHOUT_BANDS, FORGOTTEN) if _bands(row["masked"]))  # fmt: skip


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count:,} posts"


def _bands(masked: str) -> Sequence[int]:
    from core import similarity  # here, since it loads numpy, for which no start of the page waits

    return similarity.bands(masked)


def _passes(database: Database, index: str, rank: int) -> bool:
    try:
        database.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', {rank})")
    except DatabaseError:
        return False
    return True
