"""Whether what is shown can be the whole of it: what was not read, which sources fail, whether the model is whole, which emails wait.

Nothing may say that all is clear while this names a fault. It only reads, and is quick enough for every page: what
waits is counted by an index, and the model's files are read again only when they change, or after an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from classify.model import files
from collectors.platforms import INTEGRATIONS, PLATFORM_NAMES
from core import clock
from core.errors import ModelError
from core.text import sentence
from reports import chain, looks
from settings.schema import Config
from steps import safeguards
from steps.context import RunContext
from steps.model_files import model_folder
from store import OutboxKind, SourceState, Store, Waiting

FaultKind = Literal["unread", "source", "stopped", "model", "mail", "clock", "purge", "backup"]
BY_ITSELF = ("accounts", "noted")  # what stores runs and collects nothing that others said
IMPORT = "import"  # files that somebody brought, which no schedule reads again
IMPORT_SHOWN = timedelta(days=7)  # how long a file that was read in part is named
# A cycle stores what it found before it reads it: what is younger is being read.
BEING_READ = timedelta(minutes=20)
MISSED_CYCLES = 3  # after so many nothing is collecting
SHORTEST_STOP = timedelta(hours=2)
# A bit can turn without the file's time changing. Each cycle looks too; reading 27 MB takes a page 0.1 s.
VERIFY_EVERY = timedelta(hours=1)
NAMED = 3  # failing sources that a line names
_NAMES = {
    **{each.name: each.label for each in INTEGRATIONS},
    **PLATFORM_NAMES,
    "accounts": "Profiles in our name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: a line for people, since when, and what to do about it.

    `passing`: it is as it should be for some minutes of each cycle, so that it takes the all-clear away and is no alarm.
    """

    kind: FaultKind
    line: str
    mend: str
    since: datetime | None = None
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is wrong at a moment, gravest first."""

    faults: Sequence[Fault] = ()

    @property
    def ill(self) -> bool:
        """Whether anything is wrong, so that nothing may say that all is clear."""
        return bool(self.faults)

    @property
    def alarming(self) -> bool:
        """Whether somebody has to do something about it."""
        return any(not fault.passing for fault in self.faults)

    @property
    def lines(self) -> Sequence[str]:
        """What is wrong, in plain words."""
        return [fault.line for fault in self.faults]


def of_run(context: RunContext, at: datetime | None = None) -> Health:
    """The health of the store of a run; `at` is now where the steps before it took their time."""
    return health(context.store, context.config, context.folder, at or context.at)


def name_faults(context: RunContext, at: datetime) -> None:
    """The end of a command: names what is wrong, so that the program exits with 1, whether or not a step failed in it."""
    for line in of_run(context, at).lines:
        if context.failures:  # the step that met it has named it
            context.report_progress(f"not well: {line}")
        else:
            context.failed(line)


def health(store: Store, config: Config, folder: Path, at: datetime) -> Health:
    """What is wrong at a moment. `folder` is that of config.toml."""
    states = store.sources.all()
    failing = failing_sources(states, config, at)
    faults = [
        *_of_model(model_folder(config, folder), at),
        *_of_unread(store.backlog.unassessed(), at),
        *_of_sources(failing, len(watched(states, config)), at),
        *_of_stopped(states, config, at),
        *_of_mail(store, config, at),
        *(
            Fault(kind=trouble.kind, line=trouble.line, mend=trouble.mend, since=trouble.since)
            for trouble in safeguards.troubles(store, config, folder, at)
        ),
    ]
    return Health(faults=tuple(faults))


# ── sources ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingSource:
    """A source that was not read to its end: since when, None where it never was; what is said of it."""

    source: str
    since: datetime | None
    line: str


def watched(states: Sequence[SourceState], config: Config) -> Sequence[str]:
    """Every source that is on, read or not."""
    return [name for name in config.sources_on if name not in BY_ITSELF]


def failing_sources(
    states: Sequence[SourceState], config: Config, at: datetime
) -> list[FailingSource]:
    """Sources that are on and whose last run failed or was cut short, or that were never read: "LinkedIn since Thursday".

    One that was turned off fails no more. A file that somebody imported is named for a week.
    """
    known = {state.source: state for state in states}
    failing = [_failing(name, known.get(name), at) for name in config.sources_on]
    brought = known.get(IMPORT)
    if brought is not None and brought.error and brought.last_run > at - IMPORT_SHOWN:
        line = f"an import cut short {clock.since(brought.last_run, at)}"
        failing.append(FailingSource(source=IMPORT, since=brought.last_run, line=line))
    return [source for source in failing if source is not None]


def _failing(name: str, state: SourceState | None, at: datetime) -> FailingSource | None:
    if state is not None and not state.error:
        return None
    since_when = state.last_complete if state is not None else None
    line = f"{name_of(name)} {clock.since(since_when, at) if since_when else 'never read'}"
    return FailingSource(source=name, since=since_when, line=line)


def name_of(source: str) -> str:
    """What a source is called."""
    return _NAMES.get(source) or sentence(source.replace("_", " "))


def _of_sources(failing: Sequence[FailingSource], count: int, at: datetime) -> list[Fault]:
    if not failing:
        return []
    names = ", ".join(source.line for source in failing[:NAMED])
    more = f", and {len(failing) - NAMED} more" if len(failing) > NAMED else ""
    number = len([source for source in failing if source.source != IMPORT])
    of_all = f"{number} of {count} source{'s' if count != 1 else ''} {'is' if number == 1 else 'are'} failing: "
    moments = [source.since for source in failing if source.since]
    return [
        Fault(
            kind="source", line=f"{of_all if number else ''}{names}{more}.", since=min(moments, default=None),
            mend="What was said there since is missing. A source is tried again at its next time, from where it was "
            "last read to its end. If one keeps failing, tell whoever looks after this program.",
        )
    ]  # fmt: skip


def _of_stopped(states: Sequence[SourceState], config: Config, at: datetime) -> list[Fault]:
    """Nothing fails where nothing runs: the schedule stopped, or the machine was off."""
    runs = [state.last_run for state in states if state.source in config.sources_on]
    longest = max(
        MISSED_CYCLES * timedelta(minutes=config.schedule.collect_every_minutes), SHORTEST_STOP
    )
    if not runs or max(runs) > at - longest:
        return []
    return [
        Fault(
            kind="stopped", line=f"No source was read {clock.since(max(runs), at)}.", since=max(runs),
            mend="The program that collects is not running. Whoever looks after it starts `mentions schedule`.",
        )
    ]  # fmt: skip


# ── what was not read ────────────────────────────────────────────────────────────────────────────


def _of_unread(waiting: Waiting | None, at: datetime) -> list[Fault]:
    if waiting is None:
        return []
    posts = "1 post is" if waiting.count == 1 else f"{waiting.count:,} posts are"
    passing = waiting.since > at - BEING_READ
    return [
        Fault(
            kind="unread", since=waiting.since, passing=passing,
            line=f"{posts} {'being read' if passing else 'not read yet'}, collected {clock.since(waiting.since, at)}.",
            mend="They are in no list: what is in them is not known. They are read with the next cycle. If they stay, "
            "tell whoever looks after this program: `mentions run` says what stops it.",
        )
    ]  # fmt: skip


# ── the model ────────────────────────────────────────────────────────────────────────────────────

_Stamp = tuple[tuple[str, int, int, int], ...]
_verified: dict[
    Path, tuple[_Stamp, datetime, str]
] = {}  # by folder: of which files, when, what was wrong


def model_trouble(folder: Path, at: datetime) -> str:
    """Why no model in this folder can be used; "" where its files are those that its checksums name."""
    stamp = _stamp(folder)
    known = _verified.get(folder)
    if known is not None and known[0] == stamp and abs(at - known[1]) < VERIFY_EVERY:
        return known[2]
    trouble = ""
    try:
        files.verify(folder)
    except (ModelError, OSError) as error:
        trouble = str(error)
    _verified[folder] = (stamp, at, trouble)
    return trouble


def _stamp(folder: Path) -> _Stamp:
    try:
        found = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError:
        return ()
    return tuple((name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for name, stat in found)


def _of_model(folder: Path, at: datetime) -> list[Fault]:
    trouble = model_trouble(folder, at)
    if not trouble:
        return []
    return [
        Fault(
            kind="model", line="The program can’t read posts: its model is damaged or missing.",
            mend=f"Nothing that comes in can be read until it is mended: {trouble}.",
        )
    ]  # fmt: skip


# ── emails ───────────────────────────────────────────────────────────────────────────────────────


def held_back(config: Config) -> list[OutboxKind]:
    """The kinds of email that are written and not to leave."""
    return [] if config.alerts.on else ["alert"]


def turned_off(config: Config) -> list[OutboxKind]:
    """The kinds of email that wait on purpose."""
    off = held_back(config)
    off += [] if looks.told_to(config) else ["looks"]
    off += [] if chain.told_to(config) else ["chain"]
    off += ["daily"] if not config.reports.daily_to else []
    return off + (["weekly"] if not config.reports.weekly_to else [])


def _of_mail(store: Store, config: Config, at: datetime) -> list[Fault]:
    """Emails that can't leave, by recipient; those of a kind that is turned off wait on purpose."""
    waiting = store.outbox.stuck(at, held_back(config), turned_off(config))
    if waiting is None:
        return []
    emails = "1 email" if waiting.count == 1 else f"{waiting.count:,} emails"
    return [
        Fault(
            kind="mail", since=waiting.since, line=f"{emails} can’t leave {clock.since(waiting.since, at)}: not everyone was told.",
            mend="Watch Now, and tell the team. What the server put off is tried again by itself; a lead sees which under Emails, and sends them again or elsewhere.",
        )
    ]  # fmt: skip
