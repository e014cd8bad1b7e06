"""A schedule by a clock of its own: whatever keeps a job from its time, it is made up for, once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event

import pytest
import time_machine
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.base import BaseScheduler

import pipeline
from core import clock
from core.errors import StoreError
from demo.world import World
from settings import schema
from settings.schema import Schedule
from steps import missed_jobs, safeguards
from steps import scheduler as steps_scheduler
from steps.job_runs import recorded
from steps.missed_jobs import LONGEST_DELAY, MissedJobs, Retries
from store import Store
from tests.cycles import at_home, changed, settled
from tests.stores import make_older, temporary_store

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)  # in winter, when UK time is UTC
OFTEN = ("cycle", "deliver", "reports")
TO = {"daily_to": ["desk@example.org"], "weekly_to": ["board@example.org"]}
TIMES = {"deliver_every_minutes": 60, "daily_at": "08:00", "weekly_at": "07:00", "weekly_on": "mon"}


class Machine:
    """One start of the schedule on a machine whose clock a test turns. What keeps to a time is the program's; the rest does nothing."""

    def __init__(self, path: Path, at: datetime, **jobs: Callable[[], None]) -> None:
        self._path = path
        self._travel = time_machine.travel(at, tick=False)
        self._clock = self._travel.start()
        following = steps_scheduler.Following(schema.load(path).schedule)
        todo = pipeline.jobs(path, following) | dict.fromkeys(OFTEN, lambda: None) | jobs
        self._scheduler = steps_scheduler.timetable(
            following.schedule, todo, partial(pipeline.owes, path)
        )
        following.scheduler = self._scheduler
        for worker in ("default", steps_scheduler.DELIVERY):  # here and now, not in a thread
            self._scheduler.remove_executor(worker)
            self._scheduler.add_executor(DebugExecutor(), worker)
        self._scheduler._event = Event()
        BaseScheduler.start(self._scheduler)
        with at_home(path) as (house, _), recorded(house, "cycle"):
            pass

    def run(self, until: datetime, step: timedelta = HOUR) -> None:
        """Turns the clock on, and lets what is due happen at each step."""
        while clock.now() <= until:
            self._scheduler._process_jobs()
            self._clock.shift(step)

    def sleep(self, until: datetime) -> None:
        """Turns the clock on, and nothing happens; after days a lead says that the machine was off."""
        long = until - clock.now() > 3 * DAY
        self._clock.move_to(until)
        if long:
            say_that_the_clock_is_right(self._path)

    def stop(self) -> None:
        """Ends the program, at any time."""
        self._travel.stop()


def say_that_the_clock_is_right(path: Path) -> None:
    """As a lead does in the page after a longer absence."""
    with at_home(path) as (house, _):
        house.store.clock_guard.confirm(clock.now(), by="lena")


@contextmanager
def machine(path: Path, at: datetime, **jobs: Callable[[], None]) -> Iterator[Machine]:
    """A machine that is stopped at the end, whatever came of it."""
    one = Machine(path, at, **jobs)
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """A store that is a hundred days old on a Monday at the end of November."""
    path = settled(tmp_path, calm, only=("files",), reports=TO, schedule=TIMES)
    with time_machine.travel(MONDAY), at_home(path) as (house, _):
        make_older(house.store)
    return path


def mails(path: Path) -> Counter[str]:
    """How often each list or summary was queued: "weekly 2026-11-29"."""
    with at_home(path) as (house, _):
        rows = house.store.database.rows("SELECT kind, about FROM outbox")
    return Counter(f"{row['kind']} {row['about']}" for row in rows)


def ends(path: Path, job: str) -> list[datetime]:
    """When runs of a job reached their end."""
    with at_home(path) as (house, _):
        runs = house.store.job_runs.since(MONDAY - 999 * DAY)
    return [run.started_at for run in runs if run.job == job and run.completed]


# ── what keeps a job from its time ───────────────────────────────────────────────────────────────


def test_a_schedule_that_runs_makes_each_list_and_summary_once_at_its_time(made: Path) -> None:
    with machine(made, MONDAY) as running:
        running.run(MONDAY + 26 * HOUR)
        running.sleep(MONDAY + 6 * DAY + 23 * HOUR)
        running.run(MONDAY + 7 * DAY + 9 * HOUR)
    assert ends(made, "weekly")[1:] == [MONDAY + 7 * HOUR, MONDAY + 7 * DAY + 7 * HOUR]
    assert [at for at in ends(made, "daily") if at.hour == 8] == [
        MONDAY + day * DAY + 8 * HOUR for day in (0, 7)
    ]
    assert set(mails(made).values()) == {1}
    weekly = [mail for mail in mails(made) if mail.startswith("weekly 20")]
    assert weekly == ["weekly 2026-11-22", "weekly 2026-11-29", "weekly 2026-12-06"]


def test_a_typo_in_the_settings_when_the_summary_is_due_costs_an_hour_and_no_week(
    made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    right = made.read_text("utf-8")
    caplog.set_level(logging.WARNING, logger="mentions")
    with machine(made, MONDAY + 6 * HOUR) as running:
        running.run(MONDAY + 6 * HOUR)
        made.write_text(right.replace("weekly_at", "weekly_art"), "utf-8")
        running.sleep(MONDAY + 6 * HOUR + 58 * MINUTE)
        running.run(MONDAY + 8 * HOUR + 58 * MINUTE, 5 * MINUTE)
        assert not [mail for mail in mails_of(made, right) if "11-30" in mail or "11-29" in mail]
        told = [record.getMessage() for record in caplog.records]
        assert all("weekly_art" in line for line in told)
        assert len(told) <= 3 * 3, "each job tells it once an hour, not each time"
        made.write_text(right, "utf-8")
        running.run(MONDAY + 9 * HOUR + 5 * MINUTE, MINUTE)
        assert mails(made)["weekly 2026-11-29"] == 1
        assert mails(made)[f"daily {clock.text(MONDAY + 8 * HOUR)}"] == 1
        running.run(MONDAY + 26 * HOUR, 3 * HOUR)
    assert set(mails(made).values()) == {1}
    assert len([at for at in ends(made, "weekly") if at > MONDAY + 6 * HOUR]) == 1


def mails_of(path: Path, right: str) -> Counter[str]:
    """The same, while the file is wrong."""
    wrong = path.read_text("utf-8")
    path.write_text(right, "utf-8")
    try:
        return mails(path)
    finally:
        path.write_text(wrong, "utf-8")


def test_a_laptop_that_slept_for_a_week_makes_up_each_thing_once(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safeguards, "synchronised", lambda: True)  # a time server keeps its clock
    with machine(made, MONDAY - 2 * DAY) as running:  # a Saturday
        running.run(MONDAY - 2 * DAY + HOUR)
        before = Counter({job: len(ends(made, job)) for job in ("daily", "weekly", "purge")})
        running.sleep(MONDAY + 5 * DAY + 20 * HOUR)
        running.run(MONDAY + 5 * DAY + 21 * HOUR)
    after = Counter({job: len(ends(made, job)) for job in ("daily", "weekly", "purge")})
    assert after - before == {"daily": 1, "weekly": 1, "purge": 1}
    assert mails(made)["weekly 2026-11-29"] == 1
    (period,) = [mail for mail in mails(made) if mail.startswith("daily 2026-12")]
    assert period == f"daily {clock.text(MONDAY + 4 * DAY + 8 * HOUR)}", "Friday's, on a Saturday"


def test_each_week_and_the_month_that_went_by_while_the_machine_was_off_has_its_summary(
    made: Path,
) -> None:
    with machine(made, MONDAY - 4 * DAY) as running:
        running.run(MONDAY - 4 * DAY + HOUR)
    with machine(made, MONDAY + 24 * DAY) as running:
        say_that_the_clock_is_right(made)
        running.run(MONDAY + 24 * DAY + HOUR)
    told = mails(made)
    for last in ("2026-11-29", "2026-12-06", "2026-12-13", "2026-12-20", "month 2026-11-30"):
        assert told[f"weekly {last}"] == 1
    assert set(told.values()) == {1}


def test_a_program_that_was_killed_in_the_middle_does_it_again_at_its_start(made: Path) -> None:
    def killed() -> None:
        with at_home(made) as (house, _), recorded(house, "weekly"):
            raise SystemExit

    with machine(made, MONDAY + 6 * HOUR, weekly=killed) as running:
        running.run(MONDAY + 7 * HOUR)
    with at_home(made) as (house, _):
        last = house.store.job_runs.last("weekly")
        assert last is not None
        assert last.ended_at is None
    with machine(made, MONDAY + 11 * HOUR) as running:
        running.run(MONDAY + 12 * HOUR)
        ill = None
        with at_home(made) as (house, _):
            ill = house.store.job_runs.last("weekly", well=False)
    assert ill is not None
    assert ill.ended_at is None
    assert mails(made)["weekly 2026-11-29"] == 1


def test_a_job_that_fails_is_tried_again_later_and_later_until_it_is_done(
    made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[datetime] = []
    real = pipeline.jobs(made)["weekly"]

    def fails() -> None:
        tries.append(clock.now())
        if len(tries) < 8:
            raise StoreError("the disk is full: make room")
        real()

    due = MONDAY + 7 * HOUR
    caplog.set_level(logging.WARNING, logger="mentions")
    with machine(made, due, weekly=fails) as running:
        running.run(due + 95 * MINUTE, MINUTE)
    since = [int((at - due) / MINUTE) for at in tries]
    assert since[:8] == [0, 1, 3, 7, 15, 31, 61, 91]
    assert mails(made)["weekly 2026-11-29"] == 1
    told = [r.getMessage() for r in caplog.records if r.getMessage().startswith("weekly")]
    assert told[0] == "weekly: the disk is full: make room; it is tried again in 1 minute"
    assert len(told) == 3, "at first, after an hour, and that it is well again"
    assert told[-1] == "weekly: well again"


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])  # fmt: skip
@pytest.mark.parametrize("times", [("00:30", "01:00", "01:30"), ("02:00", "01:30", "01:00")])
def test_when_the_clocks_change_nothing_is_missed_or_done_twice(
    night: datetime, times: tuple[str, str, str], made: Path
) -> None:
    keys = ("daily_at", "weekly_at", "purge_at")
    changed(made, schedule={"weekly_on": "sun", **dict(zip(keys, times, strict=True))})
    with time_machine.travel(night), at_home(made) as (house, _):
        house.store.database.execute("DELETE FROM runs")
        make_older(house.store)
    with machine(made, night - 3 * HOUR) as running:
        running.run(night + 4 * HOUR, HOUR / 2)
    for job in ("daily", "weekly", "purge"):
        of_night = [end for end in ends(made, job) if end >= night - 2 * HOUR]
        assert len(of_night) == 1
        assert of_night[0] <= night + 3 * HOUR


# ── before the install ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def new(calm: World, tmp_path: Path) -> Path:
    """A store in which nothing has happened yet."""
    return settled(tmp_path, calm, only=("files",), reports=TO, schedule=TIMES)


def test_nothing_is_told_of_days_before_the_install(new: Path) -> None:
    saturday = MONDAY - 2 * DAY + 10 * HOUR
    with machine(new, saturday) as running:
        running.run(MONDAY - HOUR)
        assert not mails(new)
        assert not list((new.parent / "reports").glob("*"))
        running.run(MONDAY + 9 * HOUR)
    assert mails(new) == {
        "weekly 2026-11-29": 1,
        f"daily {clock.text(MONDAY + 8 * HOUR)}": 1,
    }, "the weekend on which it was installed is told of"


def test_a_summary_that_is_due_on_the_day_of_the_install_waits_for_the_next_week(
    new: Path,
) -> None:
    with machine(new, MONDAY + 6 * HOUR) as running:
        running.run(MONDAY + 9 * HOUR)
        assert list(mails(new)) == [f"daily {clock.text(MONDAY + 8 * HOUR)}"]
        running.run(MONDAY + 7 * DAY, 6 * HOUR)
        running.run(MONDAY + 7 * DAY + 8 * HOUR, 2 * HOUR)
    weekly = [mail for mail in mails(new) if mail.startswith("weekly")]
    assert weekly == ["weekly 2026-12-06", "weekly month 2026-11-30"]


# ── what is owed ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as opened:
        yield opened


def test_a_run_by_a_clock_that_was_ahead_is_none_of_the_runs_that_are_owed(store: Store) -> None:
    schedule = Schedule(weekly_on="mon", weekly_at="07:00")
    with time_machine.travel(MONDAY):
        make_older(store)
    ahead = store.job_runs.begin("weekly", MONDAY + 400 * DAY)
    store.job_runs.end(ahead, MONDAY + 400 * DAY, failures=0)
    at = MONDAY + 8 * HOUR
    assert missed_jobs.owed(store.job_runs, schedule, "weekly", at) == MONDAY + 7 * HOUR
    done = store.job_runs.begin("weekly", at)
    assert missed_jobs.owed(store.job_runs, schedule, "weekly", at) is not None, (
        "under way, or killed"
    )
    store.job_runs.end(done, at, failures=3)
    assert missed_jobs.owed(store.job_runs, schedule, "weekly", at) is None


def test_a_store_that_began_by_a_clock_that_was_ahead_owes_what_is_due_now(store: Store) -> None:
    store.job_runs.begin("cycle", MONDAY + 400 * DAY)
    due = missed_jobs.owed(store.job_runs, Schedule(), "daily", MONDAY + 9 * HOUR)
    assert due == MONDAY + 8 * HOUR


def test_no_more_than_a_quarter_of_summaries_is_made_up_for(store: Store) -> None:
    done = store.job_runs.begin("weekly", MONDAY - 700 * DAY)
    store.job_runs.end(done, MONDAY - 700 * DAY, failures=0)
    dues = missed_jobs.weekly_dues(store.job_runs, Schedule(weekly_at="07:00"), MONDAY + 8 * HOUR)
    assert len(dues) == missed_jobs.MOST_WEEKS
    assert dues[-1] == MONDAY + 7 * HOUR
    assert dues == sorted(dues)


def test_a_cycle_that_failed_is_run_again_before_the_lists_and_not_before_its_delay(
    store: Store,
) -> None:
    ran: list[str] = []
    retries = Retries()
    names = ("cycle", "daily", "weekly", "purge")
    look = MissedJobs(
        {name: partial(ran.append, name) for name in names}, lambda _: ["weekly"], retries
    )
    with time_machine.travel(MONDAY, tick=False) as moment:
        look()
        assert ran == ["weekly"]
        retries.failed("cycle", StoreError("full"), "full", clock.now())
        look()
        assert ran[1:] == ["weekly"]
        moment.shift(MINUTE)
        look()
        assert ran[2:] == ["cycle", "weekly"]
        retries.failed("weekly", StoreError("full"), "full", clock.now() + 9 * HOUR)
        moment.shift(-3 * LONGEST_DELAY)  # a clock that was put right holds nothing up
        look()
        assert ran[-1] == "weekly"


def test_after_a_longer_absence_nothing_is_reported_or_deleted_before_a_lead_says_that_the_clock_is_right(
    made: Path,
) -> None:
    with machine(made, MONDAY - 2 * DAY) as running:
        running.run(MONDAY - 2 * DAY + HOUR)
    with machine(made, MONDAY + 38 * DAY) as running:
        before = mails(made)
        running.run(MONDAY + 38 * DAY + HOUR, 30 * MINUTE)
        assert mails(made) == before
        say_that_the_clock_is_right(made)
        running.run(MONDAY + 38 * DAY + 3 * HOUR, 30 * MINUTE)
    assert mails(made)["weekly 2027-01-03"] == 1
