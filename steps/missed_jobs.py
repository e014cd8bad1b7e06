"""Jobs that were missed or failed are made up for: what is owed, and when it may be tried again.

The daily list, the weekly summary and the purge are owed from their time until a run of theirs has reached its end (the ledger
says so), whatever came between: the machine slept or was off, the program was stopped or killed, the job failed. A cycle that
failed is owed too. What was due before this store began is not: there is nothing to tell of.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.errors import ConfigError
from settings.schema import Schedule
from steps import due_times
from steps.due_times import PUNCTUAL
from store.job_runs import JobRuns

LOOK_EVERY = timedelta(minutes=1)
FIRST_DELAY = timedelta(minutes=1)  # doubles with each try that fails
LONGEST_DELAY = timedelta(minutes=30)
TOLD_AGAIN = timedelta(hours=1)  # what fails again and again in the same words is told so often
MOST_WEEKS = 13  # summaries that are made up for: a quarter

Job = Callable[[], None]


def owed(ledger: JobRuns, schedule: Schedule, name: str, at: datetime) -> datetime | None:
    """When `daily`, `weekly` or `purge` was last due, where no run has reached its end since; None where nothing is owed."""
    due = due_times.last_due(schedule, name, at)
    begun = ledger.first_at()
    if begun is None or due <= begun <= at:  # later than now: a clock that was put right since
        return None
    done = ledger.last_completed(name, by=at)
    return None if done is not None and done.started_at >= due else due


def weekly_dues(ledger: JobRuns, schedule: Schedule, at: datetime) -> list[datetime]:
    """Each time at which a summary was due and none was made, the oldest first; the last time always."""
    last = ledger.last_completed("weekly", by=at)
    since = last.started_at if last is not None else (ledger.kept_since() or at)
    dues = [due_times.last_due(schedule, "weekly", at)]
    while len(dues) < MOST_WEEKS:
        earlier = due_times.last_due(schedule, "weekly", dues[-1] - clock.INSTANT)
        if earlier <= since:
            break
        dues.append(earlier)
    return dues[::-1]


@dataclass(slots=True)
class _Failing:
    """What a job that fails says, how often it failed in turn, when it is tried again, when that was last told."""

    times: int = 0
    again_at: datetime | None = None
    line: str = ""
    told_at: datetime | None = None


class Retries:
    """Which jobs fail now, and when each may be tried again. A wrong config.toml is looked at each minute, as it costs nothing."""

    def __init__(self) -> None:
        self._failing: dict[str, _Failing] = {}

    def failed(self, name: str, error: Exception, line: str, at: datetime) -> int:
        """Notes that a job failed; at which level to log that: what was said within the hour is for debugging."""
        failing = self._failing.setdefault(name, _Failing())
        failing.times += 1
        delay = min(FIRST_DELAY * 2 ** min(failing.times - 1, 10), LONGEST_DELAY)
        failing.again_at = at + (FIRST_DELAY if isinstance(error, ConfigError) else delay)
        last_told = failing.told_at
        if (
            line == failing.line
            and last_told is not None
            and last_told <= at < last_told + TOLD_AGAIN
        ):
            return logging.DEBUG
        failing.line, failing.told_at = line, at
        return logging.WARNING

    def well(self, name: str) -> bool:
        """Notes that a job went well; whether it failed before."""
        return self._failing.pop(name, None) is not None

    def fails(self, name: str) -> bool:
        """Whether a job's last run failed."""
        return name in self._failing

    def may(self, name: str, at: datetime) -> bool:
        """Whether a job may be tried now. A clock that was put back holds nothing up for longer than a delay."""
        failing = self._failing.get(name)
        if failing is None or failing.again_at is None:
            return True
        return at >= failing.again_at or at + LONGEST_DELAY < failing.again_at

    def minutes(self, name: str, at: datetime) -> int:
        """In how many minutes a job is tried again."""
        failing = self._failing.get(name)
        again_at = failing.again_at if failing else None
        return max(1, round((again_at - at) / timedelta(minutes=1))) if again_at else 1


class MissedJobs:
    """One look at what is owed; each is run now, one after another. `owes` opens the store and says so, by name."""

    def __init__(
        self,
        jobs: Mapping[str, Job],
        owes: Callable[[datetime], Iterable[str]],
        retries: Retries,
    ) -> None:
        """`jobs` are guarded ones, which raise nothing."""
        self._jobs, self._owes, self._retries = jobs, owes, retries

    def __call__(self) -> None:
        """Raises what keeps the store or its settings from being read; what was owed is owed still."""
        at = clock.now()
        owed_now = set(self._owes(at))
        if self._retries.fails("cycle"):
            owed_now.add("cycle")
        for name in ("cycle", *PUNCTUAL):  # what is new is in the list that follows
            if name in owed_now and self._retries.may(name, at):
                self._jobs[name]()
