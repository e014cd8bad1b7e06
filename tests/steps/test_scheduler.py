from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import get_args

import pytest
import time_machine
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.base import BaseScheduler
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.errors import StoreError
from core.validation import Weekday
from core.working_time import WorkingTime
from settings.schema import Schedule
from steps import due_times
from steps import scheduler as steps_scheduler
from steps.due_times import PUNCTUAL
from tests.waits import finish

TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
SCHEDULES = st.builds(
    Schedule, daily_at=TIMES, weekly_at=TIMES, weekly_on=st.sampled_from(get_args(Weekday))
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# an hour on either side of the nights when UK clocks change
CHANGES = st.builds(
    lambda night, minutes: night + timedelta(minutes=minutes),
    st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]),
    st.integers(-180, 180),
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


# ── when things happen ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(24, 7, 59), at(23, 8)),
        (at(24, 8), at(24, 8)),
        (at(24, 23, 59), at(24, 8)),
        (at(1, 7, month=7), at(1, 7, month=7)),  # 08:00 in summer
        (at(1, 6, 59, month=7), at(30, 7, month=6)),
    ],
)
def test_the_daily_list_was_last_due_at_its_time_in_the_uk(now: datetime, due: datetime) -> None:
    assert due_times.last_due(Schedule(daily_at="08:00"), "daily", now) == due


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(24, 12), at(23, 7, 30)),  # a Tuesday
        (at(23, 7, 30), at(23, 7, 30)),
        (at(23, 7, 29), at(16, 7, 30)),
        (at(22, 12), at(16, 7, 30)),
        (at(26, 7, 30, month=10), at(26, 7, 30, month=10)),  # the day after clocks went back
        (at(26, 7, 29, month=10), at(19, 6, 30, month=10)),
    ],
)
def test_the_weekly_summary_was_last_due_on_its_weekday(now: datetime, due: datetime) -> None:
    schedule = Schedule(weekly_on="mon", weekly_at="07:30")
    assert due_times.last_due(schedule, "weekly", now) == due


def test_when_an_hour_comes_twice_the_first_time_counts_all_through_it() -> None:
    schedule = Schedule(daily_at="01:30")
    first = at(25, 0, 30, month=10)
    assert due_times.last_due(schedule, "daily", first) == first
    assert due_times.last_due(schedule, "daily", at(25, 1, 10, month=10)) == first  # 01:10 again
    assert due_times.last_due(schedule, "daily", at(25, 1, 45, month=10)) == first


def test_when_an_hour_is_left_out_what_was_due_in_it_is_due_after_it() -> None:
    schedule = Schedule(daily_at="01:30")
    assert due_times.last_due(schedule, "daily", at(29, 1, 29, month=3)) == at(28, 1, 30, month=3)
    assert due_times.last_due(schedule, "daily", at(29, 1, 30, month=3)) == at(29, 1, 30, month=3)


@given(SCHEDULES, st.sampled_from(["daily", "weekly"]), MOMENTS | CHANGES)
def test_what_was_last_due_lies_in_the_past_and_not_far_in_it(
    schedule: Schedule, name: str, now: datetime
) -> None:
    due = due_times.last_due(schedule, name, now)
    longest = timedelta(days=1 if name == "daily" else 7, hours=1)
    assert now - longest < due <= now
    assert due.tzinfo is UTC
    assert due_times.last_due(schedule, name, due) == due, "asking then gives the same answer"


@given(SCHEDULES, CHANGES)
def test_last_due_never_goes_back_as_time_goes_on(schedule: Schedule, now: datetime) -> None:
    told = [
        due_times.last_due(schedule, "daily", now + timedelta(minutes=17 * step))
        for step in range(100)
    ]
    assert all(one <= other for one, other in pairwise(told))


def test_the_time_before_the_last_one_is_25_hours_back_when_the_clocks_go_back() -> None:
    due = due_times.last_due(Schedule(daily_at="08:00"), "daily", at(25, 9, 0, month=10))
    before = due_times.last_due(
        Schedule(daily_at="08:00"), "daily", due - timedelta(microseconds=1)
    )
    assert due - before == timedelta(hours=25)


@given(SCHEDULES, st.sampled_from(["daily", "weekly"]), MOMENTS | CHANGES)
def test_each_time_that_the_scheduler_fires_that_days_report_is_the_one_last_due(
    schedule: Schedule, name: str, now: datetime
) -> None:
    fires = steps_scheduler.triggers(schedule)[name].get_next_fire_time(None, now)
    assert fires is not None
    due = due_times.last_due(schedule, name, clock.utc(fires))
    assert clock.local_day(due) == clock.local_day(fires)


def test_every_job_has_a_trigger_in_uk_time() -> None:
    triggers = steps_scheduler.triggers(Schedule(purge_at="03:15", collect_every_minutes=45))
    assert set(triggers) == {"cycle", "deliver", "reports", *PUNCTUAL}
    fires = triggers["purge"].get_next_fire_time(None, at(1, 0, month=7))
    assert clock.utc(fires) == at(1, 2, 15, month=7)
    first = triggers["cycle"].get_next_fire_time(None, at(1, 0))
    assert triggers["cycle"].get_next_fire_time(first, first) - first == timedelta(minutes=45)


# ── one at a time, and what was missed once ──────────────────────────────────────────────────────


class Runs:
    """Jobs that note when they ran; `together` is how many but `deliver` ran at once at most. The cycle fails."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.together = 0
        self.ended = threading.Event()
        self._running = 0
        self._lock = threading.Lock()

    def job(self, name: str) -> Callable[[], None]:
        def run() -> None:
            counts = name != "deliver"
            with self._lock:
                self._running += counts
                self.together = max(self.together, self._running)
            threading.Event().wait(0.02)
            with self._lock:
                self._running -= counts
                self.names.append(name)
                if len(self.names) == 3 + len(PUNCTUAL):
                    self.ended.set()
            if name == "cycle":
                raise StoreError("the disk is full: make room")

        return run


def test_mails_leave_while_a_cycle_runs() -> None:
    delivered, ended = threading.Event(), threading.Event()

    def cycle() -> None:
        assert delivered.wait(20)
        ended.set()

    names = ("reports", *PUNCTUAL)
    jobs = {"cycle": cycle, "deliver": delivered.set} | dict.fromkeys(names, lambda: None)
    scheduler = steps_scheduler.timetable(Schedule(), jobs)
    thread = threading.Thread(target=scheduler.start)
    thread.start()
    assert ended.wait(20)
    scheduler.shutdown(wait=True)
    finish([thread])


def test_what_was_missed_runs_once_one_after_another_though_one_fails() -> None:
    runs = Runs()
    names = ("cycle", "deliver", "reports", *PUNCTUAL)
    scheduler = steps_scheduler.timetable(Schedule(), {name: runs.job(name) for name in names})
    missed = (
        ("daily", 3),
        ("weekly", 15),
        ("purge", 2),
        ("reports", 1),
        ("backup", 1),
        ("restore-trial", 8),
    )
    for name, days in missed:
        scheduler.modify_job(name, next_run_time=clock.now() - timedelta(days=days))
    thread = threading.Thread(target=scheduler.start)
    thread.start()
    assert runs.ended.wait(20)
    scheduler.shutdown(wait=True)
    finish([thread])
    assert Counter(runs.names) == Counter(names)
    assert runs.together == 1


# ── guarded ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ahead", [timedelta(days=400), timedelta(hours=3)])
def test_a_clock_that_was_ahead_and_is_right_again_keeps_nothing_waiting(ahead: timedelta) -> None:
    ran: Counter[str] = Counter()

    def job(name: str) -> Callable[[], None]:
        return lambda: ran.update([name])

    names = ("cycle", "deliver", "daily")
    jobs = {
        name: job(name if name in names else "other")
        for name in steps_scheduler.triggers(Schedule())
    }
    with time_machine.travel(at(24, 6), tick=False) as moving:
        scheduler = steps_scheduler.timetable(Schedule(), jobs)
        for worker in ("default", steps_scheduler.DELIVERY):  # here and now, not in a thread
            scheduler.remove_executor(worker)
            scheduler.add_executor(DebugExecutor(), worker)
        scheduler._event = threading.Event()
        BaseScheduler.start(scheduler)
        for moment in (at(24, 6), at(24, 6) + ahead):
            moving.move_to(moment)
            scheduler._process_jobs()
        before = ran.copy()
        del before["other"]
        moving.move_to(at(24, 6, 5))
        wait = scheduler._process_jobs()
        assert wait is not None
        assert wait <= 60
        del ran["other"]
        assert ran - before == Counter(cycle=1, deliver=1)
        moving.move_to(at(24, 8))
        scheduler._process_jobs()
    assert (ran - before)["daily"] == 1


def test_a_failure_of_ours_is_one_line_and_the_schedule_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails() -> None:
        raise StoreError("the disk is full: make room")

    with caplog.at_level(logging.WARNING, logger="mentions"):
        steps_scheduler.guarded("daily", fails)()
    (told,) = caplog.records
    assert told.getMessage() == "daily: the disk is full: make room; it is tried again in 1 minute"
    assert told.exc_info is None


def test_a_bug_is_told_with_its_place_not_its_words_and_the_schedule_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def buggy() -> None:
        said = " ".join(("a", "post's", "words"))
        raise KeyError(said)

    with caplog.at_level(logging.WARNING, logger="mentions"):
        steps_scheduler.guarded("daily", buggy)()
    (told,) = caplog.records
    assert "the job daily failed" in told.getMessage()
    assert "in buggy" in told.getMessage()
    assert "KeyError" in told.getMessage()
    assert "a post's words" not in caplog.text


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_person_can_stop_a_job(stop: type[BaseException]) -> None:
    def stopped() -> None:
        raise stop

    with pytest.raises(stop):
        steps_scheduler.guarded("daily", stopped)()


def test_a_job_that_goes_well_is_run_once() -> None:
    ran: list[date] = []
    steps_scheduler.guarded("daily", lambda: ran.append(date(2026, 11, 24)))()
    assert len(ran) == 1


WORKING = WorkingTime(
    days=frozenset(range(5)), start=time(9), end=time(17), closed={date(2026, 12, 25), date(2026, 12, 28)}
)  # fmt: skip


@given(SCHEDULES, MOMENTS | CHANGES)
def test_a_morning_list_was_last_due_on_a_working_day_and_none_was_due_since(
    schedule: Schedule, now: datetime
) -> None:
    due = due_times.last_morning(schedule, WORKING, now)
    assert due <= now
    assert WORKING.is_worked(clock.local_day(due))
    later = due_times.last_due(schedule, "daily", now)
    while later > due:
        assert not WORKING.is_worked(clock.local_day(later))
        later = due_times.last_due(schedule, "daily", later - clock.INSTANT)
    assert later == due
