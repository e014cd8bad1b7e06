"""The ledger of jobs tells what went well, what failed, what was killed, and when anything was last recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.errors import StoreError
from store import Store
from store.job_runs import KEEP_FOR, program_version
from tests.store.factories import AT, HOUR
from tests.stores import temporary_store

MINUTE = timedelta(minutes=1)


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as opened:
        yield opened


def test_a_run_says_when_it_began_and_ended_how_much_failed_and_by_which_version(
    store: Store,
) -> None:
    number = store.job_runs.begin("cycle", AT)
    begun = store.job_runs.last("cycle")
    assert begun is not None
    assert (begun.ended_at, begun.failures) == (None, None)
    store.job_runs.end(number, AT + MINUTE, failures=2)
    ended = store.job_runs.last("cycle")
    assert ended is not None
    assert (ended.number, ended.started_at, ended.ended_at) == (number, AT, AT + MINUTE)
    assert (ended.failures, ended.version) == (2, program_version())
    assert store.job_runs.last("weekly") is None


def test_a_run_ends_once_and_how_it_began_never_changes(store: Store) -> None:
    number = store.job_runs.begin("cycle", AT)
    store.job_runs.end(number, AT, failures=0)
    with pytest.raises(StoreError, match="ended before"):
        store.job_runs.end(number, AT, failures=1)
    with pytest.raises(StoreError, match="never began"):
        store.job_runs.end(number + 1, AT, failures=1)
    for change in ("failures = 3", "started_at = ''", "job = 'weekly'"):
        with pytest.raises(Exception, match="ends once"), store.database.transaction():
            store.database.execute(f"UPDATE job_runs SET {change}")


def test_what_was_killed_counts_as_not_well_once_the_job_has_begun_again(store: Store) -> None:
    well = store.job_runs.begin("cycle", AT)
    store.job_runs.end(well, AT + MINUTE, failures=0)
    killed = store.job_runs.begin("cycle", AT + HOUR)
    store.job_runs.begin("deliver", AT + HOUR)
    assert store.job_runs.last("cycle", well=False) is None, "it may be under way"
    failed = store.job_runs.begin("cycle", AT + 2 * HOUR)
    ill = store.job_runs.last("cycle", well=False)
    assert ill is not None
    assert ill.number == killed
    store.job_runs.end(failed, AT + 2 * HOUR, failures=1)
    last, ill, good = (store.job_runs.last("cycle", well=each) for each in (None, False, True))
    assert last is not None
    assert ill is not None
    assert good is not None
    assert (last.number, ill.number, good.number) == (failed, failed, well)


def test_what_was_broken_off_is_told_from_what_reached_its_end_though_something_failed(
    store: Store,
) -> None:
    reached, broken = (store.job_runs.begin("weekly", AT + hours * HOUR) for hours in (0, 1))
    store.job_runs.end(reached, AT + MINUTE, failures=2)
    store.job_runs.end(broken, AT + HOUR + MINUTE, failures=1, completed=False)
    completed = store.job_runs.last_completed("weekly")
    assert completed is not None
    assert (completed.number, completed.completed) == (reached, True)
    last = store.job_runs.last("weekly")
    assert last is not None
    assert not last.completed
    assert store.job_runs.last_completed("weekly", by=AT - HOUR) is None


def test_runs_that_began_later_than_asked_for_are_left_out(store: Store) -> None:
    for hours in (0, 5):
        store.job_runs.end(
            store.job_runs.begin("weekly", AT + hours * HOUR), AT + hours * HOUR, failures=0
        )
    early = store.job_runs.last("weekly", well=True, by=AT + HOUR)
    assert early is not None
    assert early.started_at == AT
    assert [run.started_at for run in store.job_runs.since(AT + HOUR)] == [AT + 5 * HOUR]


def test_the_last_moment_recorded_is_that_of_the_newest_rows_whatever_the_clock_said(
    store: Store,
) -> None:
    assert store.job_runs.latest_at() is None
    assert store.job_runs.first_at() is None
    first = store.job_runs.begin("cycle", AT)
    store.job_runs.end(first, AT + MINUTE, failures=0)
    assert store.job_runs.latest_at() == AT + MINUTE
    with store.database.transaction():
        store.database.add_event("signed in", AT + HOUR)
    assert store.job_runs.latest_at() == AT + HOUR
    leapt = store.job_runs.begin("cycle", AT + 9000 * HOUR)
    assert store.job_runs.latest_at() == AT + 9000 * HOUR
    assert store.job_runs.latest_at(before=leapt) == AT + HOUR
    store.job_runs.end(leapt, AT + 9000 * HOUR, failures=0)
    store.job_runs.begin("cycle", AT + 2 * HOUR)
    assert store.job_runs.latest_at() == AT + 2 * HOUR, "a clock that was put right"
    assert store.job_runs.first_at() == AT


def test_old_runs_go_but_for_the_newest_of_each_outcome_and_the_first_of_all(store: Store) -> None:
    outcomes = (0, 0, 1, 1, 0, 0)
    for hour, failures in enumerate(outcomes):
        store.job_runs.end(
            store.job_runs.begin("weekly", AT + hour * HOUR), AT + hour * HOUR, failures=failures
        )
    store.job_runs.begin("daily", AT)
    store.job_runs.begin("weekly", AT + KEEP_FOR + 9 * HOUR)
    kept = [(run.job, run.number) for run in store.job_runs.since(AT)]
    assert kept == [("weekly", 1), ("weekly", 4), ("weekly", 6), ("daily", 7), ("weekly", 8)]
