"""Several processes on one store, and processes that are killed at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store import AskAbove, Store
from tests.store.cases.test_lanes import place
from tests.store.factories import AT, DAY, add, assess_all, dump, flag, mention

ROOT = Path(__file__).parents[2]
WORKER = """
import os, signal, sys
from pathlib import Path
from store import AskAbove, Store
from tests.store.cases.test_lanes import place
from tests.store.factories import AT, DAY, add, assess_all, flag, mention

def kill_at(store, statement):
    seen = iter(range(statement))
    def count(sql):
        if next(seen, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
    store.database.connection.set_trace_callback(count)

path, key, what, number = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
if what == "open":
    for _ in range(number):
        Store.open(path, [key]).close()
    sys.exit()
with Store.open(path, [key]) as store:
    if what == "runs":
        for run in range(20):
            first = run * 10 + number
            add(store, *(mention(n) for n in range(first, first + 40)), source=f"s{number}")
            assess_all(store, "high", flags=[flag()])
            for n in range(first, first + 40):
                store.outbox.add("weekly", f"of {n}", AT)
            for row in store.outbox.due(AT):
                if store.outbox.claim(row.number, AT):
                    print(row.number)
                    store.outbox.mark_sent(row.number, AT)
    elif what == "add_run":
        kill_at(store, number)
        add(store, *(mention(n) for n in range(6)))
    elif what == "add_assessments":
        kill_at(store, number)
        assess_all(store, "high", flags=[flag()])
    elif what == "group":
        kill_at(store, number)
        place(store, "now")
    elif what == "erase":
        kill_at(store, number)
        store.retention.erase(range(7), by="governance", at=AT)
    elif what == "purge":
        store.retention.asks = AskAbove(percent=10, posts=2)
        kill_at(store, number)
        store.retention.purge(AT + 40 * DAY, {"default": DAY}, deleted_after=DAY)
print("done")
"""


def start(path: Path, key: str, what: str, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path), key, what, str(number)],
        stdout=subprocess.PIPE, cwd=ROOT, text=True, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def killed(path: Path, key: str, what: str, statement: int) -> bool:
    """Whether it died at that statement, rather than reach its end before."""
    with start(path, key, what, statement) as worker:
        said, _ = worker.communicate(timeout=60)
    assert worker.returncode == -signal.SIGKILL or said.endswith("done\n")
    return worker.returncode != 0


def test_two_processes_that_write_at_once_lose_and_double_nothing(
    path: Path, keys: list[str]
) -> None:
    workers = [start(path, keys[0], "runs", number) for number in (0, 5)]
    said = [worker.communicate(timeout=120)[0].splitlines() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    with Store.open(path, keys) as store:
        assert store.database.value("SELECT count(*) FROM mentions") == 235
        assert store.database.value("SELECT count(*) FROM assessments") == 235
        assert store.database.value("SELECT count(*) FROM outbox") == 235
        assert store.database.value("SELECT count(*) FROM runs") == 40
        assert store.maintenance.verify().ok
    sent = [line for lines in said for line in lines if line != "done"]
    assert len(sent) == len(set(sent)) == 235


def test_processes_that_make_the_same_database_at_once_make_one(
    path: Path, keys: list[str]
) -> None:
    workers = [start(path, keys[0], "open", 3) for _ in range(4)]
    for worker in workers:
        worker.communicate(timeout=60)
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    with Store.open(path, keys) as store:
        assert store.database.value("SELECT count(*) FROM keyring") == 1
        assert store.maintenance.verify().ok


def test_a_run_that_was_killed_is_whole_or_not_there_and_can_be_done_again(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    with Store.open(tmp_path / "whole.db", keys) as store:
        add(store, *(mention(number) for number in range(6)))
        whole = dump(store)
    Store.open(path, keys).close()
    points = [
        statement
        for statement in (1, 2, 3, 9, 17, 25, 29)
        if killed(path, keys[0], "add_run", statement)
    ]
    assert len(points) > 4
    with Store.open(path, keys) as store:
        assert dump(store, ("mentions", "revisions", "matches", "runs")) == []
        assert store.sources.last_complete_run("x") is None
        add(store, *(mention(number) for number in range(6)))
        assert [row[1]["encrypted"] for row in dump(store, ("mentions",))] == [
            row[1]["encrypted"] for row in whole if row[0] == "mentions"
        ]
        assert store.maintenance.verify().ok


@pytest.mark.parametrize("statement", [1, 2, 5, 12, 20, 40, 60])
def test_assessments_that_were_killed_are_whole_or_not_there(
    path: Path, keys: list[str], statement: int
) -> None:
    with Store.open(path, keys) as store:
        add(store, *(mention(number) for number in range(6)))
    assert killed(path, keys[0], "add_assessments", statement)
    with Store.open(path, keys) as store:
        assert store.database.value("SELECT count(*) FROM assessments") == 0
        assert assess_all(store, "high") == 6
        assert store.maintenance.verify().ok


@pytest.mark.parametrize("statement", [1, 2, 5, 12, 20, 40, 60])
def test_a_grouping_that_was_killed_loses_no_alert_and_doubles_none(
    path: Path, keys: list[str], statement: int
) -> None:
    with Store.open(path, keys) as store:
        add(store, *(mention(number) for number in range(6)))
        assess_all(store, "high", flags=[flag()])
    assert killed(path, keys[0], "group", statement)
    with Store.open(path, keys) as store:
        assert store.alerts.count_raised() == 0
        place(store, "now")
        cases = store.database.value("SELECT count(*) FROM cases")
        assert store.alerts.count_raised() == cases > 0
        place(store, "now")
        assert store.alerts.count_raised() == cases
        assert store.maintenance.verify().ok


def test_a_purge_that_was_agreed_to_and_killed_is_completed_by_the_next_and_asks_nobody_again(
    path: Path, keys: list[str]
) -> None:
    died, later = 0, AT + 40 * DAY
    for statement in (3, 20, 40, 60, 80, 90, 100, 110, 120):
        again = path.with_name(f"{statement}.db")
        with Store.open(again, keys) as store:
            add(store, *(mention(number) for number in range(6)))
            assess_all(store, "high")
            question = store.purge_questions.ask({"retention": 6}, 6, later)
            store.purge_questions.answer(question.number, yes=True, posts=6, at=later, by="lena")
        died += killed(again, keys[0], "purge", statement)
        with Store.open(again, keys) as store:
            store.retention.asks = AskAbove(percent=10, posts=2)
            left = store.database.value("SELECT count(*) FROM mentions")
            assert left in (0, 6)
            answer = store.purge_questions.last()
            assert answer is not None
            assert (answer.state, answer.gone) == ("agreed", 6 - left)
            proof = store.retention.purge(later, {"default": DAY}, deleted_after=DAY)
            assert (proof.waits, proof.proved) == (0, True)
            assert store.database.value("SELECT count(*) FROM mentions") == 0
            assert store.maintenance.verify().ok
    assert died > 4


def test_an_erasure_that_was_killed_is_completed_by_the_next_purge(
    path: Path, keys: list[str]
) -> None:
    died = 0
    for statement in (3, 20, 40, 60, 75, 80, 85, 90, 95):
        again = path.with_name(f"{statement}.db")
        with Store.open(again, keys) as store:
            add(store, *(mention(number) for number in range(6)))
            assess_all(store, "high")
        died += killed(again, keys[0], "erase", statement)
        with Store.open(again, keys) as store:
            assert store.database.value("SELECT count(*) FROM mentions") in (0, 6)
            proof = store.retention.erase(range(7), by="governance", at=AT)
            assert proof.proved
            assert store.retention.purge(AT, {}, deleted_after=DAY).proved
            assert store.database.value("PRAGMA freelist_count") == 0
            assert store.maintenance.verify().ok
    assert died > 4
