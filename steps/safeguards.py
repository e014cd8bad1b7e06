"""What stands before the irreversible: whether the clock can be right, and what waits for a person to agree to it.

While the clock is doubted nothing is deleted or chased, and after more than a month nothing reported on a schedule; posts are collected, read and alerted all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from core import clock
from core.time_source import synchronised
from settings.schema import Config
from steps.context import RunContext
from store import BackupFolder, Leap, PurgeQuestion, Rotation, Store

# A clock that a time server keeps is believed over an absence that a person would be asked about: a month's closure.
# Beyond that they are asked all the same: a server can be wrong too, and what would go then is most of the store.
SYNCHRONISED_PAUSE = timedelta(days=31)
NO_BACKUP_FOR = timedelta(days=2)  # one is made each night
NO_TRIAL_FOR = timedelta(days=15)  # one is tried each week
REASONS = {
    "limit": "their platform lets nobody keep them for longer",
    "jump": "their platform lets nobody keep them for longer, if this machine’s clock, which jumped, is right",
    "retention": "they are over the time in which this program keeps them",
    "child": "they name a child’s age or school, and nothing runs on their case",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that waits for a person or failed: a line for people, since when, and what to do about it."""

    kind: Literal["clock", "purge", "backup"]
    line: str
    mend: str
    since: datetime | None = None


def report_pause(config: Config) -> timedelta:
    """The same for lists and summaries: a week in which a laptop slept is made up for, since a report takes nothing away."""
    return max(pause(config), SYNCHRONISED_PAUSE)


def pause(config: Config) -> timedelta:
    """How long nothing may have run before the clock is doubted."""
    configured = timedelta(days=config.safeguards.pause_days)
    return max(configured, SYNCHRONISED_PAUSE) if synchronised() else configured


def clock_is_right(
    context: RunContext, at: datetime, what: str, *, longest: timedelta | None = None
) -> bool:
    """Whether the clock can be right at a moment, so that `what` may go on; a leap is named, once a run.

    `longest`: how long nothing may have run before it, for what takes nothing away: the answer holds for that alone.
    """
    guard = context.store.clock_guard
    leap = (
        guard.leap(at, longest, gained=False) if longest else guard.check(at, pause(context.config))
    )
    if leap is None:
        return True
    line = leap_line(leap)
    if line not in context.failures:
        context.failed(line)
    if longest:  # of all else the line above says that it waits
        context.report_progress(f"{what}: not done while the clock is doubted")
    return False


def day_of_papers(context: RunContext) -> date:
    """The day by which signed papers are judged: a clock that went back makes none of them one of days to come."""
    return day_of_papers_at(context.store, context.config, context.at)


def day_of_papers_at(store: Store, config: Config, at: datetime) -> date:
    """The same of an open store."""
    leap = store.clock_guard.leap(at, pause(config))
    return clock.local_day(max(at, leap.right_at) if leap else at)


def look_at_clock(context: RunContext, at: datetime) -> None:
    """Before sources are asked what is new: what a wrong clock stamped is put right, so that they are asked from where they were read.

    And where it is wrong now, from here on what comes in counts as stamped by it.
    """
    context.store.clock_guard.check(at, pause(context.config))


def leap_line(leap: Leap) -> str:
    """The leap as one line: what the clock says, and when it was last right."""
    return (
        f"This machine’s clock says {clock.local(leap.at)}, {length(leap.by)} {'after' if leap.kind == 'ahead' else 'before'} it was "
        "last known to be right: nothing is deleted or chased until a lead says that it is right."
    )


def length(span: timedelta) -> str:
    """`3 hours`, `400 days`: whole days from two on."""
    hours = round(span.total_seconds() / 3600)
    count, unit = (hours // 24, "day") if hours >= 48 else (hours, "hour")
    return f"{count:,} {unit}{'s' * (count != 1)}"


def source_line() -> str:
    """What is known of who keeps this machine's clock, to judge it by."""
    return {
        True: "A time server keeps this machine’s clock, so it is likely right.",
        False: "No time server keeps this machine’s clock.",
        None: "Whether a time server keeps this machine’s clock can’t be told here.",
    }[synchronised()]


def question_line(question: PurgeQuestion) -> str:
    """What a purge would take, as one line."""
    return (
        f"{question.posts:,} of {question.of_posts:,} posts are to be deleted, {question.share} of a hundred: "
        "a lead is asked first."
    )


def troubles(store: Store, config: Config, folder: Path, at: datetime) -> list[Trouble]:
    """What waits for a person before it goes on, and what is wrong with the backups. It only reads."""
    return [*_of_clock(store, config, at), *_of_purge(store, at), *_of_backups(store, config, at)]


def _of_clock(store: Store, config: Config, at: datetime) -> Sequence[Trouble]:
    leap = store.clock_guard.leap(at, timedelta(days=config.safeguards.pause_days))
    if leap is None or (leap.kind == "ahead" and store.clock_guard.leap(at, pause(config)) is None):
        return ()
    return (
        Trouble(
            kind="clock", line=leap_line(leap), since=leap.right_at,
            mend="If the machine was off for so long, or its clock was set right: a lead says so under Backups and deletion, or "
            "`mentions clock confirm`. If it is wrong, set it right: what it stopped goes on by itself.",
        ),
    )  # fmt: skip


def _of_purge(store: Store, at: datetime) -> Sequence[Trouble]:
    question = store.purge_questions.waiting()
    if question is None:
        return ()
    return (
        Trouble(
            kind="purge", line=question_line(question), since=question.asked_at,
            mend="A lead reads the counts under Backups and deletion and says yes or no. Until then they stay.",
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupState:
    """The last good backup, the last trial by a restore and the last good one; `on`: whether the schedule makes any."""

    on: bool
    last: datetime | None
    last_trial: datetime | None
    last_good_trial: datetime | None

    @property
    def trial_failed(self) -> bool:
        """Whether the newest trial found something wrong."""
        return self.last_trial is not None and self.last_trial != self.last_good_trial


def backup_state(store: Store, config: Config) -> BackupState:
    """When there was last a good backup and a good trial of one; it reads what is recorded and no file."""
    return BackupState(
        on=config.backup.on, last=store.backups.last(), last_trial=store.backups.last_trial(),
        last_good_trial=store.backups.last_trial(well=True),
    )  # fmt: skip


def _of_backups(store: Store, config: Config, at: datetime) -> Sequence[Trouble]:
    """Nothing is said before the schedule first came to make one: a store that somebody tries out needs none."""
    state, tried = backup_state(store, config), store.job_runs.last("backup") is not None
    if not state.on or not (tried or state.last):
        return ()
    if state.last is None or state.last < at - NO_BACKUP_FOR:
        when = clock.since(state.last, at) if state.last else "yet"
        return (
            Trouble(
                kind="backup", line=f"No backup was made {when}.", since=state.last,
                mend="`mentions backup` says what stops it: the disk of [backup] folder is full, not mounted or not writable.",
            ),
        )  # fmt: skip
    if state.trial_failed:
        return (
            Trouble(
                kind="backup", line="The last backup could not be restored when it was tried.", since=state.last_trial,
                mend="`mentions restore-trial` names what is wrong with it. Make another with `mentions backup`, and try that.",
            ),
        )  # fmt: skip
    if state.last_good_trial is not None and state.last_good_trial < at - NO_TRIAL_FOR:
        return (
            Trouble(
                kind="backup", line=f"No backup was tried by a restore {clock.since(state.last_good_trial, at)}.", since=state.last_good_trial,
                mend="`mentions restore-trial` does it now, and says what stops it.",
            ),
        )  # fmt: skip
    return ()


def backup_folder(config: Config, folder: Path) -> BackupFolder:
    """Where the schedule's backups lie; `folder` is that of config.toml."""
    return BackupFolder(folder / config.backup.folder, folder / config.store.path)


def rotation(config: Config) -> Rotation:
    """How many backups stay; none for longer than the posts in it may be rotation."""
    backup = config.backup
    return Rotation(
        daily=backup.daily, weekly=backup.weekly, monthly=backup.monthly,
        longest=timedelta(days=min(backup.longest_days, config.retention.days)),
    )  # fmt: skip
