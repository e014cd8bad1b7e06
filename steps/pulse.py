"""How the program is, in figures: when it last went round, how each source lags, what waits, and what it needs from its machine.

It names sources, machines and counts, and nobody. `mentions status`, the page *Sources*, the heartbeat and /metrics say it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from core import clock
from core.at_least import at_least, emails
from core.errors import MentionsError
from settings.schema import Config
from steps import ping, soundness
from steps.faults import Grade, Health
from steps.health import (
    CYCLE,
    failing_sources,
    health,
    held_back,
    model_trouble,
    of_schedule,
    schedule_runs,
    silent_sources,
    turned_off,
    watched,
)
from steps.model_files import model_folder
from steps.silence import usual_of
from steps.soundness import Soundness
from steps.source_names import name_of
from steps.upkeep import (
    Disk,
    Ending,
    Spent,
    clock_off,
    disk_of,
    duration,
    endings,
    last_trial,
    spent_of,
)
from store import JobRun, Mark, SourceState, Store, Stuck, Waiting

State = Literal["well", "told", "wrong"]
NEXT_ENDS = 3  # that are named of what runs out


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePulse:
    """How a source is. `lag`: how long ago it was last read to its end; `next_at`: when it is tried again."""

    source: str
    name: str
    last_complete: datetime | None
    lag: timedelta | None
    next_at: datetime | None
    failing: bool
    silent: bool
    last_news: datetime | None
    usual: timedelta | None  # between two looks that brought something new
    odd: int = 0  # posts that the last try could not read


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """All of it at a moment. What is None is not known, or never was."""

    at: datetime
    health: Health
    cycle: JobRun | None  # the last that came to its end
    next_cycle: datetime | None  # None where nothing runs by itself
    scheduled: bool  # whether a schedule runs
    sources: Sequence[SourcePulse]
    assessed: datetime | None
    backlog: Waiting | None
    in_now: int  # that wait there, in the sight of who asks
    reaches_anybody: bool  # whether an alert of them reaches anybody
    mail_waiting: int  # emails still to leave
    mail_stuck: Stuck | None  # of them, by recipient, those that can't
    mail_next: datetime | None  # when a server that is down is tried again
    disk: Disk | None
    clock_off: timedelta | None
    backup: JobRun | None  # the last that went well
    restore_trial: JobRun | None  # the last, well or not
    model_whole: bool
    database: Soundness
    spent: Sequence[Spent]
    endings: Sequence[Ending]
    pinged: ping.Pinged | None

    @property
    def grade(self) -> Grade:
        """0 well, 1 something failed, 2 nothing gets through."""
        return self.health.grade

    @property
    def headline(self) -> str:
        """How it is, in a sentence."""
        if self.database.damaged_since is not None:
            return "The database is damaged: nothing that is shown can be trusted."
        words = self._grade_in_words()
        return (
            words
            if self.reaches_anybody or not self.in_now
            else f"{words} {untold_line(self.in_now)}"
        )

    def _grade_in_words(self) -> str:
        alarms = {fault.kind for fault in self.health.faults if not fault.passing}
        if self.grade and alarms != {"schedule"}:
            return "Something has failed." if self.grade == 1 else "Nothing gets through."
        if not self.sources:
            return "Nothing is read: no source is turned on."
        if self.grade:
            return "Nothing runs by itself."
        untold = self.in_now and not self.reaches_anybody
        return "Nothing has failed." if self.health.faults or untold else "All is well."


def untold_line(in_now: int) -> str:
    """Says that so many wait in Now while alerts reach nobody, which is no failure and has to be known."""
    cases = "1 case waits" if in_now == 1 else f"{in_now:,} cases wait"
    return f"{cases} in Now, and nobody is told: alerts are off, or go to nobody."


def untold(store: Store, config: Config) -> str:
    """The line for what waits in Now and nobody is told of; "" where somebody is, or nothing waits."""
    in_now = 0 if config.alerts.tells_anybody else store.lanes.counts()["now"]
    return untold_line(in_now) if in_now else ""


def of_store(store: Store, config: Config, folder: Path, at: datetime) -> Pulse:
    """The pulse of a store. `folder` is that of config.toml."""
    states = {state.source: state for state in store.sources.all()}
    marks = store.pulse.marks()
    cycle = store.job_runs.last_completed(CYCLE)
    every = timedelta(minutes=config.schedule.collect_every_minutes)
    begun = store.job_runs.last(CYCLE)
    off, scheduled = turned_off(config), schedule_runs(store, config, at)
    return Pulse(
        at=at, health=_with_schedule(health(store, config, folder, at), store, config, at), cycle=cycle,
        next_cycle=begun.started_at + every if begun and scheduled else None, scheduled=scheduled,
        sources=_sources(states, config, marks, at, scheduled=scheduled), assessed=store.pulse.last_assessed(),
        backlog=store.backlog.unassessed(), in_now=store.lanes.counts()["now"], reaches_anybody=config.alerts.tells_anybody, mail_waiting=store.outbox.count_unsent(off),
        mail_stuck=store.outbox.stuck(at, held_back(config), off), mail_next=store.outbox.held_until(at),
        disk=disk_of(store), clock_off=clock_off(store, at, marks),
        backup=store.job_runs.last("backup", well=True), restore_trial=last_trial(store),
        model_whole=not model_trouble(model_folder(config, folder), at), database=soundness.soundness_of(store, marks), spent=spent_of(store, config, at),
        endings=endings(store, config, marks), pinged=ping.last(marks),
    )  # fmt: skip


def _with_schedule(current: Health, store: Store, config: Config, at: datetime) -> Health:
    """The same with that no schedule runs, unless it is known that nothing was read for long."""
    if any(fault.kind == "stopped" for fault in current.faults):
        return current
    faults = (*current.faults, *of_schedule(store, config, at))
    return replace(current, faults=tuple(sorted(faults, key=lambda fault: fault.rank)))


def _sources(
    states: Mapping[str, SourceState], config: Config, marks: Mapping[str, Mark], at: datetime, *, scheduled: bool
) -> list[SourcePulse]:  # fmt: skip
    every = timedelta(minutes=config.schedule.collect_every_minutes)
    known = list(states.values())
    failing = {each.source for each in failing_sources(known, config, at)}
    silent = {each.source for each in silent_sources(known, config, marks, at)}
    sources = []
    for name in watched(known, config):
        state, usual = states.get(name), usual_of(marks, name)
        complete = state.last_complete if state else None
        sources.append(SourcePulse(
            source=name, name=name_of(name), last_complete=complete, lag=at - complete if complete else None,
            next_at=state.last_run + every if state and scheduled else None, failing=name in failing, silent=name in silent,
            last_news=usual.last_news, usual=usual.news, odd=state.odd if state else 0,
        ))  # fmt: skip
    return sources


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing of the pulse as people read it. `wrong`: a fault is about it."""

    name: str
    value: str
    wrong: bool = False


def lines(pulse: Pulse, config: Config) -> list[Line]:
    """The pulse as lines, a thing each, in the order in which somebody would ask. No names of people, no words of posts."""
    at, wrong = pulse.at, {fault.kind for fault in pulse.health.faults if not fault.passing}
    lag = max((source.lag for source in pulse.sources if source.lag), default=None)
    failing = [source.name for source in pulse.sources if source.failing]
    whole = len(pulse.sources) - len(failing)
    sources = f"{whole} of {len(pulse.sources)} read to their end"
    if lag is not None:
        sources += f", the longest ago {duration(lag)}"
    return [
        Line(name="Schedule", value=_schedule(pulse, config), wrong="schedule" in wrong),
        Line(name="Last full cycle", value=_cycle(pulse), wrong=bool({"cycle", "stopped"} & wrong)),
        Line(name="Sources", value=sources if pulse.sources else "none is turned on", wrong=bool({"source", "silent", "stopped"} & wrong)),
        Line(name="Last post read", value=_moment(pulse.assessed, at)),
        Line(name="Not read yet", value=_backlog(pulse), wrong="unread" in wrong),
        Line(name="Waiting in Now", value=_in_now(pulse)),
        Line(name="Emails", value=_mail(pulse), wrong="mail" in wrong),
        Line(name="What reads posts", value="whole, by its checksums" if pulse.model_whole else "damaged or missing", wrong="model" in wrong),
        Line(name="Database", value=soundness.words(pulse.database, at), wrong="database" in wrong),
        Line(name="Disk", value=_disk(pulse.disk), wrong="disk" in wrong),
        Line(name="Clock", value="agrees with what was recorded" if pulse.clock_off is None else f"wrong by {duration(abs(pulse.clock_off))}", wrong="clock" in wrong),
        Line(name="Last backup", value=_backup(pulse), wrong=bool({"backup", "restore"} & wrong)),
        Line(name="Runs out next", value=_endings(pulse), wrong="ends" in wrong),
        Line(name="Spent this month", value=", ".join(f"{name_of(each.source)} ${each.dollars:,.2f} of ${each.budget:,.2f}" for each in pulse.spent) or "nothing is charged"),
        Line(name="Dead man’s switch", value=_pinged(pulse, config)),
    ]  # fmt: skip


def source_line(source: SourcePulse, at: datetime, *, news: bool = False) -> Line:
    """How a source is: when it was last read to its end, when it is tried again.

    `news`: also when it last brought something, for who sees the Guardian's lane: a moment at which nothing came into any list
    would tell everybody else that somebody spoke up.
    """
    read = f"read {_moment(source.last_complete, at)}" if source.last_complete else "never read to its end"  # fmt: skip
    parts = [f"failing, {read}" if source.failing else read]
    if source.last_news and source.usual:
        last = f"last new {_moment(source.last_news, at)}, " if news else "something new "
        parts.append(f"{last}usually within {duration(source.usual)}")
    if source.next_at:
        parts.append(
            "due now" if source.next_at <= at else f"next {clock.near(source.next_at, at)}"
        )
    return Line(name=source.name, value="; ".join(parts), wrong=source.failing or source.silent)


def _moment(moment: datetime | None, at: datetime) -> str:
    return "never" if moment is None else clock.near(moment, at)


def _schedule(pulse: Pulse, config: Config) -> str:
    if config.schedule.by_hand:
        return "none, as by_hand of [schedule] says: someone or something calls the commands"
    return "is running" if pulse.scheduled else "none is running"


def _cycle(pulse: Pulse) -> str:
    if pulse.cycle is None:
        return "none yet"
    ended = _moment(pulse.cycle.ended_at, pulse.at)
    failures = pulse.cycle.failures or 0
    met = f", with {failures} failure{'s' * (failures != 1)}" if failures else ""
    following = f"; next {clock.near(pulse.next_cycle, pulse.at)}" if pulse.next_cycle and pulse.next_cycle > pulse.at else ""  # fmt: skip
    return f"{ended}{met}{following}"


def _backlog(pulse: Pulse) -> str:
    """What waits to be read, and what the last tries could not read, which waits for nothing."""
    odd = sum(source.odd for source in pulse.sources)
    posts = "1 post" if odd == 1 else f"{odd:,} posts"
    unreadable = f"; {posts} could not be read on the last tries, see below" if odd else ""
    return f"{_unread(pulse)}{unreadable}"


def _unread(pulse: Pulse) -> str:
    if pulse.backlog is None:
        return "none waits"
    posts = "1 post" if pulse.backlog.count == 1 else f"{pulse.backlog.count:,} posts"
    return f"{posts}, {clock.since(pulse.backlog.since, pulse.at)}"


def _in_now(pulse: Pulse) -> str:
    if not pulse.in_now:
        return "none" if pulse.reaches_anybody else "none; of one nobody would be told"
    return (
        f"{pulse.in_now:,}"
        if pulse.reaches_anybody
        else f"{pulse.in_now:,}, and nobody is told: see [alerts]"
    )


def _mail(pulse: Pulse) -> str:
    waiting = (
        f"at least {at_least(pulse.mail_waiting):,} wait"
        if pulse.mail_waiting >= 10
        else "some wait"
    )
    if pulse.mail_stuck is None:
        return waiting if pulse.mail_waiting else "none waits"
    following = f"; tried again {clock.near(pulse.mail_next, pulse.at)}" if pulse.mail_next else ""
    return f"{emails(pulse.mail_stuck.count)} can’t leave {clock.since(pulse.mail_stuck.since, pulse.at)}{following}"


def _disk(disk: Disk | None) -> str:
    if disk is None:
        return "can’t be asked"
    return f"{disk.free / 1e9:,.1f} of {disk.total / 1e9:,.1f} GB free"


def _backup(pulse: Pulse) -> str:
    backed_up = pulse.backup.ended_at if pulse.backup else None
    trial = pulse.restore_trial
    if trial is None:
        return _moment(backed_up, pulse.at)
    went = "tried" if not trial.failures else "could not be restored"
    return f"{_moment(backed_up, pulse.at)}; {went} {_moment(trial.ended_at, pulse.at)}"


def _endings(pulse: Pulse) -> str:
    named = [
        f"{each.name} on {clock.local_day(each.on):%-d %b %Y}" for each in pulse.endings[:NEXT_ENDS]
    ]
    return ", ".join(named) or "nothing that is known"


def _pinged(pulse: Pulse, config: Config) -> str:
    if not config.health.ping:
        return "not set up: nobody outside notices when all of this stops"
    if pulse.pinged is None:
        return "not told yet"
    when = clock.near(pulse.pinged.at, pulse.at)
    return f"told {when}" if pulse.pinged.heard else f"has not answered since {when}"


# ── for machines ─────────────────────────────────────────────────────────────────────────────────


def as_json(pulse: Pulse) -> dict[str, object]:
    """The same with ages in seconds and moments as text: for `mentions status --json`. No names of people, no words of posts."""
    return {
        "at": clock.text(pulse.at), "grade": pulse.grade,
        "faults": [
            {"kind": fault.kind, "line": fault.line, "since": _text(fault.since), "passing": fault.passing, "blocks": fault.blocks}
            for fault in pulse.health.faults
        ],
        "cycle": {
            "ended": _text(pulse.cycle.ended_at) if pulse.cycle else None,
            "failures": pulse.cycle.failures if pulse.cycle else None, "next": _text(pulse.next_cycle),
        },
        "scheduled": pulse.scheduled,
        "sources": [
            {
                "source": source.source, "last_complete": _text(source.last_complete),
                "lag_seconds": _seconds(source.lag), "next": _text(source.next_at), "failing": source.failing,
                "silent": source.silent, "last_new": _text(source.last_news), "usual_seconds": _seconds(source.usual),
            }
            for source in pulse.sources
        ],
        "last_assessed": _text(pulse.assessed),
        "backlog": {"posts": pulse.backlog.count if pulse.backlog else 0, "since": _text(pulse.backlog.since if pulse.backlog else None)},
        "now": {"waiting": pulse.in_now, "told": pulse.reaches_anybody},
        "mail": {
            "waiting": at_least(pulse.mail_waiting), "stuck": at_least(pulse.mail_stuck.count if pulse.mail_stuck else 0),
            "since": _text(pulse.mail_stuck.since if pulse.mail_stuck else None), "next": _text(pulse.mail_next),
        },
        "disk": {"free": pulse.disk.free, "total": pulse.disk.total} if pulse.disk else None,
        "clock_off_seconds": _seconds(pulse.clock_off),
        "backup": {
            "last": _text(pulse.backup.ended_at if pulse.backup else None),
            "tried": _text(pulse.restore_trial.ended_at if pulse.restore_trial else None),
            "restores": None if pulse.restore_trial is None else not pulse.restore_trial.failures,
        },
        "model_whole": pulse.model_whole,
        "database": {"damaged_since": _text(pulse.database.damaged_since), "looked_through": _text(pulse.database.looked_at)},
        "spent": [{"source": each.source, "dollars": each.dollars, "budget": each.budget} for each in pulse.spent],
        "ends": [{"kind": each.kind, "name": each.name, "on": _text(each.on)} for each in pulse.endings],
        "ping": {"at": _text(pulse.pinged.at), "heard": pulse.pinged.heard} if pulse.pinged else None,
    }  # fmt: skip


def unreadable(error: MentionsError, at: datetime) -> dict[str, object]:
    """What is said where the store or config.toml can't be read at all."""
    fault = {"kind": "store", "line": str(error), "since": None, "passing": False, "blocks": True}
    return {"at": clock.text(at), "grade": 2, "faults": [fault]}


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else clock.text(moment)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
