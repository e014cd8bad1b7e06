"""Several processes on one store, and processes that are killed at any moment."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from store import AskAbove, Store
from tests.forked import Work, forked
from tests.store import forked_work
from tests.store.cases.test_lanes import place
from tests.store.factories import AT, DAY, add, assess_all, dump, flag, mention


def killed(path: Path, key: str, work: Work, statement: int) -> bool:
    """Whether it died at that statement, rather than reach its end before."""
    with forked(work, path, key, statement) as worker:
        lines = worker.rest()
        assert (worker.code, lines) in ((-signal.SIGKILL, []), (0, ["done"]))
        return worker.code != 0


def outcomes(path: Path, key: str, work: Work, *numbers: int) -> list[tuple[int | None, list[str]]]:
    """The exit status and lines of processes that do the same at once, each with a number of its own."""
    with ExitStack() as begun:
        workers = [begun.enter_context(forked(work, path, key, number)) for number in numbers]
        lines = [worker.rest(120) for worker in workers]
        return [(worker.code, of_it) for worker, of_it in zip(workers, lines, strict=True)]


def test_two_processes_that_write_at_once_lose_and_double_nothing(
    path: Path, keys: list[str]
) -> None:
    workers = outcomes(path, keys[0], forked_work.run_and_send, 0, 5)
    assert [code for code, _ in workers] == [0, 0]
    with Store.open(path, keys) as store:
        assert store.database.value("SELECT count(*) FROM mentions") == 235
        assert store.database.value("SELECT count(*) FROM assessments") == 235
        assert store.database.value("SELECT count(*) FROM outbox") == 235
        assert store.database.value("SELECT count(*) FROM runs") == 40
        assert store.maintenance.verify().ok
    sent = [line for _, lines in workers for line in lines]
    assert len(sent) == len(set(sent)) == 235


def test_processes_that_make_the_same_database_at_once_make_one(
    path: Path, keys: list[str]
) -> None:
    workers = outcomes(path, keys[0], forked_work.open_often, 3, 3, 3, 3)
    assert [code for code, _ in workers] == [0, 0, 0, 0]
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
        if killed(path, keys[0], forked_work.save_run, statement)
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
    assert killed(path, keys[0], forked_work.save_assessments, statement)
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
    assert killed(path, keys[0], forked_work.group_posts, statement)
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
        died += killed(again, keys[0], forked_work.purge_posts, statement)
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
        died += killed(again, keys[0], forked_work.erase_posts, statement)
        with Store.open(again, keys) as store:
            assert store.database.value("SELECT count(*) FROM mentions") in (0, 6)
            proof = store.retention.erase(range(7), by="governance", at=AT)
            assert proof.proved
            assert store.retention.purge(AT, {}, deleted_after=DAY).proved
            assert store.database.value("PRAGMA freelist_count") == 0
            assert store.maintenance.verify().ok
    assert died > 4
