"""Every look is written down, or the log says that it was not."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import StoreError
from review import view_recorder
from review.view_recorder import ViewRecorder
from store import View
from tests.review.factories import NOW


def look(case: int) -> View:
    return View(by=1, kind="case", at=NOW, page="/cases/{number}", case=case)


class Written:
    """A store whose looks can be held up, refused by case, or met by an error of the store."""

    def __init__(self) -> None:
        self.cases: list[int] = []
        self.refused: set[int] = set()
        self.errors: list[Exception] = []
        self.begun, self.goes_on = threading.Event(), threading.Event()
        self.goes_on.set()
        self.views = SimpleNamespace(add=self.add)

    def add(self, views: Sequence[View]) -> None:
        self.begun.set()
        assert self.goes_on.wait(10)
        if self.errors:
            raise self.errors.pop()
        cases = [view.case for view in views if view.case is not None]
        if not self.refused.isdisjoint(cases):
            raise ValueError("one of them")
        self.cases += cases

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"GATHER": 0.01, "AGAIN": 0.01, "IDLE": 0.2, "BATCH": 2, "MOST": 3}.items():
        monkeypatch.setattr(view_recorder, name, value)


@pytest.fixture
def store() -> Iterator[Written]:
    made = Written()
    yield made
    made.goes_on.set()


def recorder_of(store: Written) -> Any:
    return ViewRecorder(lambda: store)  # type: ignore[arg-type,return-value]


def test_what_is_too_much_while_others_are_written_loses_the_oldest_that_waits_and_says_so(
    store: Written, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = recorder_of(store)
    store.goes_on.clear()
    recorder.add(look(1))
    assert store.begun.wait(10)
    with caplog.at_level(logging.ERROR, "review"):
        for case in (2, 3, 4, 5):
            recorder.add(look(case))
    store.goes_on.set()
    assert recorder.flush()
    assert store.cases == [1, 3, 4, 5]
    assert len(caplog.records) == 1


def test_one_that_cannot_be_written_keeps_no_other(store: Written, caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    store.refused = {2}
    recorder = recorder_of(store)
    for case in (1, 2, 3):
        recorder.add(look(case))
    assert recorder.flush()
    assert store.cases == [1, 3]
    assert [record.getMessage() for record in caplog.records] == ["a look could not be written down (ValueError)"]  # fmt: skip


def test_looks_wait_for_a_store_that_is_busy_in_their_order(store: Written) -> None:
    store.errors = [StoreError("the database is in use")]
    recorder = recorder_of(store)
    for case in (1, 2, 3):
        recorder.add(look(case))
    assert recorder.flush()
    assert store.cases == [1, 2, 3]


def test_a_store_that_cannot_be_opened_is_tried_again(store: Written) -> None:
    errors = [OSError("no space"), MemoryError()]

    def open_store() -> Any:
        if errors:
            raise errors.pop()
        return store

    recorder = ViewRecorder(open_store)
    recorder.add(look(1))
    assert recorder.flush()
    assert store.cases == [1]
