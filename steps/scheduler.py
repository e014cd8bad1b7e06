"""Everything on the times in force, in the foreground, by APScheduler.

One cycle at a time; what was missed or failed is made up for (steps/missed_jobs.py). Mails leave by a job of their own,
which waits for no cycle.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from core import clock
from core.errors import MentionsError
from settings.schema import Schedule
from steps.bugs import log_bug
from steps.due_times import PUNCTUAL, last_due
from steps.missed_jobs import LOOK_EVERY, Job, MissedJobs, Retries

log = logging.getLogger("mentions")

DELIVERY = "delivery"  # the worker that mails have to themselves
MISSED = "missed"  # the look at what is owed
PUT_BACK = timedelta(minutes=1)  # by less no job is late that counts: a time server sets a clock so
Owes = Callable[[datetime], Iterable[str]]


class Timetable(BlockingScheduler):  # type: ignore[misc]  # APScheduler has no types
    """A scheduler that goes on when the clock is put back.

    APScheduler keeps when a job is next due as a moment: once a clock that was months ahead is right again it would wait for
    months, and so would the job that says that nothing runs.
    """

    _looked_at: datetime | None = None

    def _process_jobs(self) -> float | None:
        at, before = clock.now(), self._looked_at
        self._looked_at = at
        if before is not None and at < before - PUT_BACK:
            log.warning("the clock was put back: the schedule goes on from now")
            self.begin_anew(at)
        wait: float | None = super()._process_jobs()
        return wait

    def begin_anew(self, at: datetime) -> None:
        """What is due later than it would be if the schedule began at `at` is due then: what runs every so often at once."""
        for job in self.get_jobs():
            often = isinstance(job.trigger, IntervalTrigger)
            due = at if often else job.trigger.get_next_fire_time(None, at)
            if due is not None and job.next_run_time is not None and due < job.next_run_time:
                job.modify(next_run_time=due)


def timetable(schedule: Schedule, jobs: dict[str, Job], owes: Owes | None = None) -> Timetable:
    """A scheduler with the jobs that `triggers` names, not yet started.

    One worker for `deliver`, so that mails leave whatever goes on, and one for the others, so that no two of those run
    at once. Runs that were missed while one ran or the machine slept become one. Each minute, and at the start, what `owes`
    names is run, besides what failed.
    """
    scheduler = Timetable(
        timezone=clock.READERS_ZONE,
        executors={"default": ThreadPoolExecutor(1), DELIVERY: ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    retries = Retries()
    guards = {name: guarded(name, job, retries) for name, job in jobs.items()}
    for name, trigger in triggers(schedule).items():
        first = {"next_run_time": clock.now()} if name in ("cycle", "deliver") else {}
        worker = DELIVERY if name == "deliver" else "default"
        job = _unless_it_waits(name, guards[name], retries) if name in PUNCTUAL else guards[name]
        scheduler.add_job(job, trigger, id=name, executor=worker, **first)
    if owes is not None:
        look = guarded(MISSED, MissedJobs(guards, owes, retries), retries)
        trigger = IntervalTrigger(seconds=int(LOOK_EVERY.total_seconds()), timezone="UTC")
        scheduler.add_job(look, trigger, id=MISSED, next_run_time=clock.now())
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

    def __init__(self, schedule: Schedule, of: str = "") -> None:
        """`of`: of several organisations in one scheduler, the one whose jobs these are."""
        self.schedule, self.of = schedule, of
        self.scheduler: BlockingScheduler | None = None

    def id_of(self, name: str) -> str:
        """What a job is called in the scheduler."""
        return f"{self.of} {name}" if self.of else name

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
            self.scheduler.reschedule_job(self.id_of(name), trigger=trigger)
            if name in ("daily", "weekly") and (
                last_due(schedule, name, at) > last_due(before, name, at)
            ):
                self.scheduler.modify_job(self.id_of(name), next_run_time=at)


def guarded(name: str, job: Job, retries: Retries | None = None) -> Job:
    """One job's bug must not stop the others. What fails is told, and noted in `retries`."""
    retries = retries or Retries()

    def run() -> None:
        try:
            job()
        except MentionsError as error:
            at = clock.now()
            level = retries.failed(name, error, str(error), at)
            log.log(level, "%s: %s; %s", name, error, _when_again(name, retries, at))
        except Exception as bug:
            at = clock.now()
            retries.failed(name, bug, "", at)
            log_bug(f"the job {name} failed; {_when_again(name, retries, at)}", bug)
        else:
            if retries.well(name):
                log.warning("%s: well again", name)

    return run


def _unless_it_waits(name: str, job: Job, retries: Retries) -> Job:
    """What the look at what is owed has tried a moment ago, and in vain, waits until its next try."""

    def run() -> None:
        if retries.may(name, clock.now()):
            job()

    return run


def _when_again(name: str, retries: Retries, at: datetime) -> str:
    if name not in ("cycle", *PUNCTUAL):  # what runs each minute or so anyway
        return "it runs again at its next time"
    minutes = retries.minutes(name, at)
    return f"it is tried again in {minutes} minute{'s' * (minutes != 1)}"


def _at(written: str) -> dict[str, int]:
    hour, minute = written.split(":")
    return {"hour": int(hour), "minute": int(minute)}
