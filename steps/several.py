"""The schedule of several organisations in one process: each one's jobs at its own times, with one model in memory.

Cycles and what keeps to a time go so many at once, one organisation after another; mails, and what colleagues report, have a
thread each, so that they wait for no cycle. One that fails, hangs or whose settings are broken holds up no other's mails, and of the
rest only its own turn. Of an organisation in which nothing was stored since, and nothing waits to leave, nothing is asked each minute.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.triggers.interval import IntervalTrigger

from core import clock, logs
from core.errors import ConfigError, MentionsError
from core.progress import SettingsLine, report_progress
from settings.organisations import Member
from settings.schema import Schedule
from steps.context import RunContext
from steps.due_times import PUNCTUAL, last_due
from steps.missed_jobs import LOOK_EVERY, Job, MissedJobs, Retries
from steps.scheduler import DELIVERY, MISSED, Following, Timetable, guarded, triggers

log = logging.getLogger("mentions")

MINUTES = "minutes"  # the worker for what colleagues report
EVERY_MINUTE = ("deliver", "reports")
UNASKED = 300.0  # seconds after which an organisation is asked although nothing seems to be new
OWED_EVERY = timedelta(minutes=30)  # and after which it is looked whether anything is owed
PUT_OFF = timedelta(minutes=1)  # a job whose organisation is busy comes again
AHEAD = timedelta(days=366)  # whatever is to be chased at any time
NEW = "organisations"  # the look whether one came or went

AfterJob = Callable[[str, RunContext], None]
JobsOf = Callable[[Path, Callable[[Schedule], None], AfterJob], dict[str, Job]]
OwesOf = Callable[[Path, datetime], Iterable[str]]


def waits(context: RunContext) -> bool:
    """Whether anything of an organisation comes due by itself: mails, alerts, whoever has not confirmed."""
    store = context.store
    return bool(
        store.outbox.count_unsent()
        or sum(store.handoffs.count_standing())
        or store.alerts.count_raised()
        or store.alerts.to_chase(clock.now() + AHEAD)
    )


@dataclass(eq=False)
class _Quiet:
    """Whether an organisation need not be asked: its database is as it was after the last time, and nothing waited then."""

    files: Sequence[Path]
    now: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[object, float]] = field(default_factory=dict)
    _waits: bool = True

    def note(self, _job: str, context: RunContext) -> None:
        """What a job left, while its store is open."""
        self._waits = waits(context)

    def need_not(self, name: str) -> bool:
        """Whether nothing can have come since this job last ran."""
        signature, at = self._seen.get(name, (None, 0.0))
        return not self._waits and signature == self._signature() and self.now() - at < UNASKED

    def done(self, name: str) -> None:
        """A job has run, and closed the store."""
        self._seen[name] = (self._signature(), self.now())

    def _signature(self) -> object:
        return tuple(_changed_at(path) for path in self.files)


@dataclass(eq=False)
class _Running:
    """One organisation's part of the timetable."""

    member: Member
    following: Following
    turn: threading.Lock = field(default_factory=threading.Lock)
    retries: Retries = field(default_factory=Retries)
    owed_at: datetime | None = None  # when it was last looked what is owed


class SeveralSchedules:
    """The timetable of all. `listed` says which organisations there are; `jobs` and `owes` are the pipeline's.

    `database` says where a member's database lies, without reading all of its settings.
    """

    def __init__(
        self, listed: Callable[[], Sequence[Member]], jobs: JobsOf, owes: OwesOf, *, at_once: int
    ) -> None:
        self._listed, self._jobs, self._owes = listed, jobs, owes
        self._running: dict[str, _Running] = {}
        self._said: dict[str, str] = {}  # what is wrong with one, as it was last told
        self.scheduler = Timetable(
            timezone=clock.READERS_ZONE,
            executors={
                "default": ThreadPoolExecutor(at_once), DELIVERY: ThreadPoolExecutor(1), MINUTES: ThreadPoolExecutor(1),
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )  # fmt: skip
        self.scheduler.add_job(
            self.look, IntervalTrigger(seconds=60, timezone="UTC"), id=NEW, executor=MINUTES
        )

    def start(self) -> None:
        """Runs until it is stopped."""
        self.look()
        self.scheduler.start()

    def look(self) -> None:
        """Takes up organisations that came, lets go of those that went, and names what is wrong with one."""
        try:
            listed = {member.slug: member for member in self._listed()}
        except ConfigError as error:
            log.warning("the list of organisations can't be read, and stays as it was: %s", error)
            return
        for slug in list(self._running):
            member = listed.get(slug)
            if member is None or member.wrong or member.path != self._running[slug].member.path:
                self._remove(slug)
        for slug, member in listed.items():
            if member.wrong != self._said.get(slug, ""):
                self._said[slug] = member.wrong
                with logs.for_organisation(slug):
                    report_progress(
                        SettingsLine(f"! nothing of it is run: {member.wrong}") if member.wrong else "well again"
                    )  # fmt: skip
            if not member.wrong and slug not in self._running:
                self._add(member)

    @property
    def running(self) -> Sequence[str]:
        """The short names of those that have a timetable."""
        return tuple(self._running)

    def _add(self, member: Member) -> None:
        following = Following(Schedule(), of=member.slug)
        following.scheduler = self.scheduler
        running = _Running(member, following)
        database = member.folder / str(member.values.get("store.path", ""))
        quiet = _Quiet([database, database.with_name(f"{database.name}-wal")])
        jobs = self._jobs(member.path, following, quiet.note)
        plain = {name: guarded(name, job, running.retries) for name, job in jobs.items()}
        for name, trigger in triggers(following.schedule).items():
            job = self._in_turn(running, name, plain[name], quiet)
            worker = {"deliver": DELIVERY, "reports": MINUTES}.get(name, "default")
            first = {"next_run_time": clock.now()} if name in ("cycle", "deliver") else {}
            self.scheduler.add_job(
                job, trigger, id=following.id_of(name), executor=worker, replace_existing=True, **first
            )  # fmt: skip
        missed = MissedJobs(plain, partial(self._owes, member.path), running.retries)
        look = guarded(MISSED, partial(self._make_up, running, missed), running.retries)
        self.scheduler.add_job(
            self._in_turn(running, MISSED, look, quiet),
            IntervalTrigger(seconds=int(LOOK_EVERY.total_seconds()), timezone="UTC"),
            id=following.id_of(MISSED), next_run_time=clock.now(), replace_existing=True,
        )  # fmt: skip
        self._running[member.slug] = running

    def _remove(self, slug: str) -> None:
        running = self._running.pop(slug)
        for name in (*triggers(Schedule()), MISSED):
            try:
                self.scheduler.remove_job(running.following.id_of(name))
            except JobLookupError:
                continue

    def _in_turn(self, running: _Running, name: str, job: Job, quiet: _Quiet) -> Job:
        """A job that never runs beside another of its organisation, but for mails, which hold up nothing."""

        def run() -> None:
            if name in EVERY_MINUTE and quiet.need_not(name):
                return
            with logs.for_organisation(running.member.slug):
                if name == "deliver":
                    job()
                elif running.turn.acquire(blocking=False):
                    try:
                        job()
                    finally:
                        running.turn.release()
                else:
                    self._put_off(running, name)
                    return
            quiet.done(name)

        return run

    def _put_off(self, running: _Running, name: str) -> None:
        if name in (MISSED, "reports"):  # which come each minute anyway
            return
        try:
            self.scheduler.modify_job(
                running.following.id_of(name), next_run_time=clock.now() + PUT_OFF
            )
        except JobLookupError:
            return

    def _make_up(self, running: _Running, missed: MissedJobs) -> None:
        """Looks what is owed where that can have changed: a time was passed, something failed, or nobody looked for long."""
        at, since = clock.now(), running.owed_at
        times = running.following.schedule
        passed = since is None or any(last_due(times, name, at) > since for name in PUNCTUAL)
        fails = any(running.retries.fails(name) for name in ("cycle", MISSED, *PUNCTUAL))
        if since is not None and not passed and not fails and since <= at < since + OWED_EVERY:
            return
        running.owed_at = at
        try:
            missed()
        except MentionsError:
            running.owed_at = since
            raise


def _changed_at(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
