"""Figures are worked out once for all who ask at the same time, and anew once something was assessed."""

from __future__ import annotations

import threading

import pytest

from review.figure_cache import LONGEST, MOST, FigureCache
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
