from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.errors import StoreError
from demo.world import World
from steps import delivery
from steps.context import exclusive_lock
from tests.cycles import at_home, changed, settled
from tests.steps.test_deliver import become_high, due, one_of
from tests.waits import until

LONG = 30.0  # seconds that a test waits for what must come


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("files",))


def test_what_becomes_due_leaves_as_soon_as_it_is_woken(calm: World, made: Path) -> None:
    with at_home(made) as (run, _), delivery.beside(run) as mail:
        become_high(run, one_of(1))
        mail.wake()
        until(lambda: calm.mail.messages, "the first", seconds=LONG)
        become_high(run, one_of(2))
        mail.wake()
        until(lambda: len(calm.mail.messages) == 2, "the second", seconds=LONG)


def test_what_is_due_at_its_end_leaves_without_being_woken(calm: World, made: Path) -> None:
    with at_home(made) as (run, _):
        with delivery.beside(run):
            become_high(run, one_of(1))
        assert due(run) == 0
    assert len(calm.mail.messages) == 1


def test_what_can_not_leave_is_tried_once_in_a_cycle_and_named(calm: World, made: Path) -> None:
    changed(made, alerts={"mail": {"port": 1, "timeout_seconds": 1.0}})  # where nobody listens
    with at_home(made) as (run, told):
        become_high(run, one_of(1))
        with delivery.beside(run) as mail:
            for _ in range(5):
                mail.wake()
        assert run.store.outbox.count_unsent() == 1
    assert len(told.failures) == 1


def test_a_mail_server_that_takes_its_time_keeps_the_schedule_no_longer_than_its_patience(
    calm: World, made: Path
) -> None:
    calm.faults.add("mail", "hang", path="DATA", seconds=3.0)
    with at_home(made) as (run, _):
        become_high(run, one_of(1))
        threads = threading.active_count()
        with delivery.beside(run, patience=0.1):
            pass
        until(lambda: threading.active_count() <= threads, "its end", seconds=LONG)


def test_two_deliveries_are_never_at_it_at_once(calm: World, made: Path) -> None:
    with (
        at_home(made) as (run, _),
        exclusive_lock(run.config, run.folder, delivery.LOCK),
        pytest.raises(StoreError, match="another delivery is under way"),
        exclusive_lock(run.config, run.folder, delivery.LOCK),
    ):
        raise AssertionError("it was let in")
