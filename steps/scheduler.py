"""Everything on the times in force, in the foreground, by APScheduler.

One cycle at a time; a run that was missed (the machine slept, the program was off) is caught up once. Mails leave by a
job of their own, which waits for no cycle.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from core import clock
from core.errors import MentionsError
from core.working_time import WorkingTime
from settings.schema import Schedule
from steps.bugs import log_bug

log = logging.getLogger("mentions")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Job = Callable[[], None]
DELIVERY = "delivery"  # the worker that mails have to themselves


def timetable(schedule: Schedule, jobs: dict[str, Job]) -> BlockingScheduler:
    """A scheduler with the jobs that `triggers` names, not yet started.

    One worker for `deliver`, so that mails leave whatever goes on, and one for the others, so that no two of those run
    at once. Runs that were missed while one ran or the machine slept become one.
    """
    scheduler = BlockingScheduler(
        timezone=clock.READERS_ZONE,
        executors={"default": ThreadPoolExecutor(1), DELIVERY: ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for name, trigger in triggers(schedule).items():
        first = {"next_run_time": clock.now()} if name in ("cycle", "deliver") else {}
        worker = DELIVERY if name == "deliver" else "default"
        scheduler.add_job(guarded(name, jobs[name]), trigger, id=name, executor=worker, **first)
    return scheduler


def triggers(schedule: Schedule) -> dict[str, CronTrigger | IntervalTrigger]:
    """When each job runs, in UK time."""
    zone = clock.READERS_ZONE
    return {
        "cycle": IntervalTrigger(minutes=schedule.collect_every_minutes, timezone=zone),
        "deliver": IntervalTrigger(minutes=schedule.deliver_every_minutes, timezone=zone),
        "reports": IntervalTrigger(minutes=schedule.deliver_every_minutes, timezone=zone),
        "daily": CronTrigger(**_at(schedule.daily_at), timezone=zone),
        "weekly": CronTrigger(
            day_of_week=schedule.weekly_on, **_at(schedule.weekly_at), timezone=zone
        ),
        "purge": CronTrigger(**_at(schedule.purge_at), timezone=zone),
        "backup": CronTrigger(**_at(schedule.backup_at), timezone=zone),
        "restore-trial": CronTrigger(
            day_of_week=schedule.restore_trial_on, **_at(schedule.restore_trial_at), timezone=zone
        ),
    }


class Following:
    """Takes changed times of the schedule without a restart. Give it the scheduler once there is one.

    A morning list or weekly summary whose new time is past while its old one is yet to come is due at once: what
    lies between would be in none.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.scheduler: BlockingScheduler | None = None

    def __call__(self, schedule: Schedule, at: datetime | None = None) -> None:
        """Puts every job whose times are others now on its new ones."""
        before, self.schedule = self.schedule, schedule
        if self.scheduler is None or schedule == before:
            return
        at = at or clock.now()
        old = triggers(before)
        for name, trigger in triggers(schedule).items():
            if str(trigger) == str(old[name]):
                continue
            self.scheduler.reschedule_job(name, trigger=trigger)
            if name in ("daily", "weekly") and (
                last_due(schedule, name, at) > last_due(before, name, at)
            ):
                self.scheduler.modify_job(name, next_run_time=at)


def guarded(name: str, job: Job) -> Job:
    """One job's bug must not stop the others."""

    def run() -> None:
        try:
            job()
        except MentionsError as error:
            log.warning("%s: %s; it runs again at its next time", name, error)
        except Exception as bug:
            log_bug(f"the job {name} failed; it runs again at its next time", bug)

    return run


def last_due(schedule: Schedule, name: str, at: datetime) -> datetime:
    """When `daily` or `weekly` was last due at `at`, in UTC."""
    local = at.astimezone(clock.READERS_ZONE)
    written = schedule.daily_at if name == "daily" else schedule.weekly_at
    hour, minute = (int(part) for part in written.split(":"))
    for back in range(9):
        day = local.date() - timedelta(days=back)
        due = clock.utc(datetime.combine(day, time(hour, minute), clock.READERS_ZONE))
        # compared in UTC: in one zone Python compares the hands of the clock, and one hour comes twice
        if due <= at and (name == "daily" or day.weekday() == WEEKDAYS.index(schedule.weekly_on)):
            return due
    raise AssertionError("a week has every weekday")


def last_morning(schedule: Schedule, working: WorkingTime, at: datetime) -> datetime:
    """When the morning list was last due at `at`: at its time on a working day, bank holidays left out; in UTC."""
    due = last_due(schedule, "daily", at)
    while not working.is_worked(clock.local_day(due)):
        due = last_due(schedule, "daily", due - clock.INSTANT)
    return due


def _at(written: str) -> dict[str, int]:
    hour, minute = written.split(":")
    return {"hour": int(hour), "minute": int(minute)}
