"""What the machine and those who keep it owe the program: room on the disk, a clock that is right, backups, what runs out, money."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from core import clock
from settings.schema import Config
from steps import safeguards
from steps.faults import Fault
from steps.source_names import name_of
from store import JobRun, Mark, Store

MEGABYTE = 1_000_000
HARDLY_ANY = 50  # megabytes, with less of which nothing can be stored
CLOCK_MAY_DIFFER = timedelta(minutes=5)
FIRST_BACKUP = timedelta(days=7)  # within which a new installation should have one
SPEND_SHARE = 0.8  # of a month's budget, from which on it is told
NAMED = 3
SINCE = "watched since"  # marks
CERTIFICATE = "certificate "
CLOCK = "clock"
EndingKind = Literal["access", "certificate", "named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Bytes of the disk on which the database lies."""

    free: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Something that runs out, and when."""

    kind: EndingKind
    name: str
    on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a source has cost this month, in US dollars."""

    source: str
    dollars: float
    budget: float


def disk_of(store: Store) -> Disk | None:
    """How much room there is; None where the disk can't be asked."""
    try:
        usage = shutil.disk_usage(store.database.path.parent)
    except OSError:
        return None
    return Disk(free=usage.free, total=usage.total)


def endings(store: Store, config: Config, marks: Mapping[str, Mark]) -> list[Ending]:
    """All that is known to run out, the soonest first."""
    known = [
        Ending(kind="access", name=f"access to {name_of(token.source)}", on=until)
        for token in store.tokens.all()
        if token.source in config.sources_on
        and (until := token.renewable_until if token.renewal else token.expires_at) is not None
    ]
    known += [
        Ending(kind="certificate", name=f"the certificate of {name.removeprefix(CERTIFICATE)}", on=clock.parse(mark.value))
        for name, mark in marks.items()
        if name.startswith(CERTIFICATE) and mark.value
    ]  # fmt: skip
    known += [
        Ending(kind="named", name=each.name, on=datetime.combine(each.on, time(), UTC))
        for each in config.health.ends
    ]
    return sorted(known, key=lambda ending: ending.on)


def spent_of(store: Store, config: Config, at: datetime) -> list[Spent]:
    """What each source with a budget for the month has cost in it."""
    spent = []
    for source in config.sources_on:
        budget = config.collectors[source].get("monthly_budget")
        if not isinstance(budget, int | float) or budget <= 0:
            continue
        dollars = 0.0
        try:
            record = json.loads(store.sources.state(source).get("spend") or "{}")
            if record.get("month") == at.strftime("%Y-%m"):
                dollars = int(record["sum"]) / 1000
        except (ValueError, KeyError, TypeError, AttributeError):
            pass  # what can't be read is nothing, as the source takes it
        spent.append(Spent(source=source, dollars=dollars, budget=float(budget)))
    return spent


def upkeep_faults(
    store: Store, config: Config, folder: Path, at: datetime, marks: Mapping[str, Mark]
) -> list[Fault]:
    """What of all this somebody has to see to. `folder` is that of config.toml."""
    guarded = _of_safeguards(store, config, folder, at)
    doubted = any(fault.kind == "clock" for fault in guarded)
    return [
        *_of_disk(disk_of(store), config),
        *guarded,
        *([] if doubted else _of_clock(store, at, marks)),
        *([] if config.backup.on else _of_backup(store, config, at, marks)),
        *_of_endings(endings(store, config, marks), config, at),
        *_of_spend(spent_of(store, config, at)),
    ]


def _of_disk(disk: Disk | None, config: Config) -> list[Fault]:
    least = config.health.disk_megabytes
    if disk is None or not least or disk.free >= least * MEGABYTE:
        return []
    free = disk.free // MEGABYTE
    full = free < min(HARDLY_ANY, least)
    return [
        Fault(
            kind="disk", doubt=full, blocks=full, key="disk full" if full else "disk",
            line=f"The disk is {'full' if full else 'nearly full'}: {free:,} MB are free.",
            mend="Whoever looks after this machine makes room. Nothing that was stored is lost; while the disk is full, nothing more is stored.",
        )
    ]  # fmt: skip


def _of_safeguards(store: Store, config: Config, folder: Path, at: datetime) -> list[Fault]:
    """What waits for a lead, and what is wrong with the backups that the schedule makes."""
    return [
        Fault(
            kind=trouble.kind, line=trouble.line, mend=trouble.mend, since=trouble.since, doubt=trouble.kind == "clock",
            key=f"{trouble.kind} {clock.text(trouble.since) if trouble.since else 'never'}",
        )
        for trouble in safeguards.troubles(store, config, folder, at)
    ]  # fmt: skip


def clock_off(store: Store, at: datetime, marks: Mapping[str, Mark]) -> timedelta | None:
    """How far this machine's clock is behind what is known to be the time; None where it agrees, as far as can be told.

    Something was recorded later than it is now, or the service that is pinged had another time when it last answered.
    """
    latest = store.job_runs.latest_at()
    if latest is not None and latest > at + CLOCK_MAY_DIFFER:
        return latest - at
    mark = marks.get(CLOCK)
    if mark is None or not mark.value:
        return None
    off = timedelta(seconds=float(mark.value))
    return off if abs(off) > CLOCK_MAY_DIFFER else None


def _of_clock(store: Store, at: datetime, marks: Mapping[str, Mark]) -> list[Fault]:
    off = clock_off(store, at, marks)
    if off is None:
        return []
    return [
        Fault(
            kind="clock", key="clock",
            line=f"The clock of this machine is wrong by {duration(abs(off))}: it is {'behind' if off > timedelta() else 'ahead'}.",
            mend="Times, deadlines and what is deleted when can’t be trusted. Whoever looks after this machine sets its clock, best by time service (NTP).",
        )
    ]  # fmt: skip


def _of_backup(
    store: Store, config: Config, at: datetime, marks: Mapping[str, Mark]
) -> list[Fault]:
    days = config.health.backup_days
    faults = []
    if days and (late := _late_backup(store, at, timedelta(days=days), marks)):
        faults.append(late)
    trial = last_trial(store)
    if trial is not None and trial.failures:
        faults.append(Fault(
            kind="restore", doubt=False, since=trial.started_at, key=f"restore {trial.number}",
            line=f"The backup could not be restored when it was tried {_when(trial.started_at, at)}.",
            mend="A backup that can’t be restored is none. Whoever looks after this program makes another, and tries it with `mentions restore` elsewhere.",
        ))  # fmt: skip
    return faults


def last_trial(store: Store) -> JobRun | None:
    """The last time that a backup was restored to see whether it can be, well or not."""
    runs = [store.job_runs.last("restore-trial", well=well) for well in (True, False)]
    return max(
        (run for run in runs if run and run.ended_at), key=lambda run: run.number, default=None
    )


def _late_backup(
    store: Store, at: datetime, longest: timedelta, marks: Mapping[str, Mark]
) -> Fault | None:
    mend = "If this disk breaks, what came since is lost. Whoever looks after this program runs `mentions backup` and looks why none was made."
    well = store.job_runs.last("backup", well=True)
    if well is None:
        began = marks.get(SINCE)
        if began is None or at - began.at <= FIRST_BACKUP:
            return None
        return Fault(
            kind="backup",
            doubt=False,
            key="backup never",
            line="No backup was made yet.",
            mend=mend,
        )
    last = well.ended_at or well.started_at
    if at - last <= longest:
        return None
    return Fault(
        kind="backup", doubt=False, since=last, key=f"backup {well.number}",
        line=f"No backup was made {clock.since(last, at)}.", mend=mend,
    )  # fmt: skip


def _of_endings(known: Sequence[Ending], config: Config, at: datetime) -> list[Fault]:
    soon = [each for each in known if each.on <= at + timedelta(days=config.health.ends_days)]
    if not soon:
        return []
    over = [each for each in soon if each.on <= at]
    names = ", ".join(
        f"{each.name} {'ended' if each.on <= at else 'ends'} on {day_of(each.on, at)}" for each in soon[:NAMED]
    )  # fmt: skip
    more = f", and {len(soon) - NAMED} more" if len(soon) > NAMED else ""
    return [
        Fault(
            kind="ends", doubt=False, passing=not over, since=soon[0].on, line=f"{names[:1].upper()}{names[1:]}{more}.",
            key="ends " + "; ".join(f"{each.name} {each.on:%Y-%m-%d}{' over' if each.on <= at else ''}" for each in soon),
            mend="Access to a source: `mentions connect`. A certificate: whoever made it makes a new one. A secret: make a new one where it was made, put it where site.toml says, and write its new day under `ends`.",
        )
    ]  # fmt: skip


def _of_spend(spent: Sequence[Spent]) -> list[Fault]:
    near = [each for each in spent if each.dollars >= each.budget * SPEND_SHARE]
    if not near:
        return []
    names = ", ".join(
        f"{name_of(each.source)} has cost ${each.dollars:,.2f} of the month’s ${each.budget:,.2f}" for each in near
    )  # fmt: skip
    return [
        Fault(
            kind="spend", doubt=False, passing=True, line=f"{names}.",
            key="spend " + " ".join(each.source for each in near),
            mend="When it is spent, nothing more is read there before next month. Raise `monthly_budget`, or narrow the terms.",
        )
    ]  # fmt: skip


def duration(span: timedelta) -> str:
    """2 hours; 3 days; 14 minutes: the largest unit alone, rounded down."""
    minutes = int(span.total_seconds() // 60)
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def day_of(moment: datetime, at: datetime) -> str:
    """Fri 4 Dec, with the year where it is another."""
    day = clock.local_day(moment)
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != clock.local_day(at).year else "")  # fmt: skip


def _when(moment: datetime, at: datetime) -> str:
    return f"on {day_of(moment, at)}"
