"""What is called apart runs in another process, one at a time, and who would wait too long is told so."""

from __future__ import annotations

import os
import time

import pytest

from core import worker
from core.errors import StoreError
from tests.waits import run_in_threads


def held(seconds: float) -> tuple[int, float, float]:
    """In which process it ran, from when to when."""
    began = time.monotonic()
    time.sleep(seconds)
    return os.getpid(), began, time.monotonic()


def test_it_runs_elsewhere_and_one_after_the_other() -> None:
    found: list[tuple[int, float, float]] = []
    run_in_threads(*[lambda: found.append(worker.run_in_subprocess(held, 0.3))] * 2)
    first, second = sorted(found, key=lambda one: one[1])
    assert os.getpid() not in (first[0], second[0])
    assert first[2] <= second[1]


def test_what_fails_there_fails_here_and_leaves_the_way_free() -> None:
    with pytest.raises(TypeError):
        worker.run_in_subprocess(held, "long")
    assert worker.run_in_subprocess(held, 0.0)[0] != os.getpid()


def test_who_would_wait_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LONGEST_WAIT", 0.01)
    with worker._one, pytest.raises(StoreError, match="try again"):
        worker.run_in_subprocess(held, 0.0)
