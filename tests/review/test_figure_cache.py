"""Figures are worked out once for all who ask at the same time, and anew once something was assessed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.figure_cache import LONGEST, MOST, FigureCache, SharedReads
from store import Store
from store.sqlite import DatabaseError
from tests.stores import KEY, new_store, nothing
from tests.waits import finish, until


class Counter:
    """Works figures out, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_figures_hold_while_nothing_was_assessed_and_a_minute_at_most() -> None:
    at, work = [0.0], Counter()
    cache = FigureCache(now=lambda: at[0])
    assert [cache.get("week", 1, work) for _ in range(3)] == [1, 1, 1]
    assert cache.get("week", 2, work) == 2
    at[0] = LONGEST
    assert cache.get("week", 2, work) == 3
    assert cache.get("another week", 2, work) == 4


def test_forty_who_ask_at_once_have_it_worked_out_once() -> None:
    cache, begun, go, times = FigureCache(), threading.Event(), threading.Event(), Counter()

    def slow() -> int:
        begun.set()
        assert go.wait(10)
        return times()

    figures: list[int] = []
    threads = [
        threading.Thread(target=lambda: figures.append(cache.get("week", 1, slow)), daemon=True)
        for _ in range(40)
    ]
    for thread in threads:
        thread.start()
    until(begun.is_set, "the first of them")
    go.set()
    finish(threads, seconds=10)
    assert figures == [1] * 40


def test_who_asks_while_it_is_worked_out_anew_gets_the_figures_of_before() -> None:
    cache, begun, go = FigureCache(), threading.Event(), threading.Event()
    assert cache.get("week", 1, lambda: "before") == "before"

    def slow() -> str:
        begun.set()
        assert go.wait(10)
        return "after"

    thread = threading.Thread(target=lambda: cache.get("week", 2, slow), daemon=True)
    thread.start()
    until(begun.is_set, "the other")
    assert cache.get("week", 2, lambda: "twice") == "before"
    go.set()
    finish([thread], seconds=10)
    assert cache.get("week", 2, lambda: "twice") == "after"


def test_a_failure_is_remembered_by_nobody() -> None:
    cache = FigureCache()
    with pytest.raises(ZeroDivisionError):
        cache.get("week", 1, lambda: 1 / 0)
    assert cache.get("week", 1, lambda: 7) == 7


def test_only_so_many_weeks_are_remembered() -> None:
    cache, work = FigureCache(), Counter()
    for week in range(MOST + 1):
        cache.get(week, 1, work)
    assert cache.get(0, 1, work) == MOST + 2


def test_who_wants_what_stands_now_waits_for_whoever_reads_it_and_gets_nothing_older() -> None:
    cache, begun, go = FigureCache(), threading.Event(), threading.Event()
    assert cache.current("lanes", 1, lambda: "before") == "before"

    def slow() -> str:
        begun.set()
        assert go.wait(10)
        return "now"

    answers: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(cache.current("lanes", 2, slow)), daemon=True
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    until(begun.is_set, "the first of them")
    go.set()
    finish(threads, seconds=10)
    assert answers == ["now"] * 8


# ── what is the same for everybody ───────────────────────────────────────────────────────────────


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that is empty."""
    new_store(tmp_path / "mentions.db", nothing)
    with Store.open(tmp_path / "mentions.db", [KEY]) as opened:
        yield opened


def set_up(store: Store, name: str) -> None:
    """Anything that is stored."""
    with store.database.transaction():
        store.database.insert("keyring", name=name, encrypted=b"")


def test_it_is_read_once_in_a_second_and_anew_in_the_next(store: Store) -> None:
    shared, work = SharedReads(), Counter()
    assert [shared.get(store, "lanes", 1, work) for _ in range(40)] == [1] * 40
    assert shared.get(store, "lanes", 2, work) == 2
    assert shared.get(store, "people", 2, work) == 3


def test_it_is_read_anew_at_once_where_anything_was_stored_by_this_thread_or_another(
    store: Store,
) -> None:
    shared, work = SharedReads(), Counter()
    assert shared.get(store, "lanes", 1, work) == 1
    set_up(store, "a")
    assert shared.get(store, "lanes", 1, work) == 2
    assert shared.get(store, "lanes", 1, work) == 2

    def elsewhere() -> None:
        with store.beside() as other:
            set_up(other, "b")

    thread = threading.Thread(target=elsewhere, daemon=True)
    thread.start()
    finish([thread], seconds=10)
    assert shared.get(store, "lanes", 1, work) == 3


def test_what_is_not_stored_in_the_end_changes_nothing(store: Store) -> None:
    shared, work = SharedReads(), Counter()
    assert shared.get(store, "lanes", 1, work) == 1
    set_up(store, "a")
    assert shared.get(store, "lanes", 1, work) == 2
    with pytest.raises(DatabaseError, match="UNIQUE"):
        set_up(store, "a")
    assert shared.get(store, "lanes", 1, work) == 2
