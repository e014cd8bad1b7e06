"""What processes of their own do to a store while tests look at it or kill them: each writes lines to its test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core import clock
from store import AskAbove, Store, maintenance
from store.upgrade import upgrade
from tests.forked import kill_this_process
from tests.store.cases.test_lanes import place
from tests.store.factories import AT, DAY, add, assess_all, flag, mention

Write = Callable[[str], None]


def kill_at(store: Store, statement: int) -> None:
    """Ends this process when SQLite gets to a statement."""
    statements = iter(range(statement))

    def count(sql: str) -> None:
        if next(statements, None) is None:
            kill_this_process()

    store.database.connection.set_trace_callback(count)


def open_often(write: Write, path: Path, key: str, times: int) -> None:
    """Opens the store again and again, and makes it where it is not there."""
    for _ in range(times):
        Store.open(path, [key]).close()


def run_and_send(write: Write, path: Path, key: str, first: int) -> None:
    """Saves runs, assesses and sends; the number of each row that it sent is a line."""
    with Store.open(path, [key]) as store:
        for run in range(20):
            numbers = range(run * 10 + first, run * 10 + first + 40)
            add(store, *(mention(number) for number in numbers), source=f"s{first}")
            assess_all(store, "high", flags=[flag()])
            for number in numbers:
                store.outbox.add("weekly", f"of {number}", AT)
            for row in store.outbox.due(AT):
                if store.outbox.claim(row.number, AT):
                    write(str(row.number))
                    store.outbox.mark_sent(row.number, AT)


def save_run(write: Write, path: Path, key: str, statement: int) -> None:
    """Saves a run of six posts, and dies at a statement."""
    with Store.open(path, [key]) as store:
        kill_at(store, statement)
        add(store, *(mention(number) for number in range(6)))
    write("done")


def save_assessments(write: Write, path: Path, key: str, statement: int) -> None:
    """Assesses all, and dies at a statement."""
    with Store.open(path, [key]) as store:
        kill_at(store, statement)
        assess_all(store, "high", flags=[flag()])
    write("done")


def group_posts(write: Write, path: Path, key: str, statement: int) -> None:
    """Groups all posts to cases, and dies at a statement."""
    with Store.open(path, [key]) as store:
        kill_at(store, statement)
        place(store, "now")
    write("done")


def erase_posts(write: Write, path: Path, key: str, statement: int) -> None:
    """Erases seven posts, and dies at a statement."""
    with Store.open(path, [key]) as store:
        kill_at(store, statement)
        store.retention.erase(range(7), by="governance", at=AT)
    write("done")


def purge_posts(write: Write, path: Path, key: str, statement: int) -> None:
    """Purges what is older than a day, and dies at a statement."""
    with Store.open(path, [key]) as store:
        store.retention.asks = AskAbove(percent=10, posts=2)
        kill_at(store, statement)
        store.retention.purge(AT + 40 * DAY, {"default": DAY}, deleted_after=DAY)
    write("done")


def write_backups(write: Write, path: Path, key: str, folder: Path) -> None:
    """Writes one backup after the other."""
    with Store.open(path, [key], create=False) as store:
        write("open")
        for number in range(1000):
            store.backups.write(folder / f"b{number}")


def upgrade_store(write: Write, path: Path, key: str, backup: Path) -> None:
    """Upgrades a store, with a backup before it."""
    write("begins")
    upgrade(path, [key], backup, at=clock.now())
    write("done")


def rotate_keys(write: Write, path: Path, new: str, old: str) -> None:
    """Seals all rows with a new key, five at once; how many are done is a line."""
    maintenance.BATCH = 5
    with Store.open(path, [new, old]) as store:
        store.maintenance.rotate_keys(
            [new, old], report_progress=lambda done, total: write(str(done))
        )
