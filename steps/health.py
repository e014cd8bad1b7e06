"""Whether what is shown can be the whole of it: what was not read, which sources fail or are silent, whether the model is whole,
which emails wait; and what the machine needs, so that it stays so.

Nothing may say that all is clear while this names a fault that leaves doubt. It only reads, and is quick enough for every page: what
waits is counted by an index, what is usual of a source is worked out once a cycle, and the model's files are read again only when they
change, or after an hour.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from classify.model import files
from core import clock
from core.at_least import emails
from core.errors import ModelError
from reports import chain, looks
from settings.another_body import unanswered_line
from settings.schema import Config
from steps import gate, safeguards, soundness, wrong_settings
from steps.context import RunContext
from steps.faults import Fault as Fault
from steps.faults import Health as Health
from steps.model_files import model_folder
from steps.part_places import how_to_mend
from steps.silence import Silence, silence_of, usual_of
from steps.source_names import name_of
from steps.source_parts import failing_line
from steps.upkeep import duration, upkeep_faults
from store import ContactDue, Mark, OutboxKind, SourceState, Store, Waiting

BY_ITSELF = ("accounts", "noted")  # what stores runs and collects nothing that others said
CYCLE, DELIVER = "cycle", "deliver"  # the jobs in the ledger
DELIVERED_BY_HAND = "deliver by hand"  # `mentions deliver`, which proves no schedule: it is not there the minute after
IMPORT = "import"  # files that somebody brought, which no schedule reads again
IMPORT_SHOWN = timedelta(days=7)  # how long a file that was read in part is named
# A cycle stores what it found before it reads it: what is younger is being read.
CONTACT_LATE = timedelta(minutes=5)  # after which a next contact that was due counts as not told
MOST_LOOKED_AT = 20  # alerts of which that is asked
BEING_READ = timedelta(minutes=20)
MISSED_CYCLES = 3  # after so many nothing is collecting
SHORTEST_STOP = timedelta(hours=2)
# After which a schedule that has not delivered is not running: of several organisations a quiet one is asked every five minutes.
SHORTEST_PAUSE = timedelta(minutes=10)
# A bit can turn without the file's time changing. Each cycle looks too; reading 27 MB takes a page 0.1 s.
VERIFY_EVERY = timedelta(hours=1)
NAMED = 3  # failing sources that a line names


def of_run(context: RunContext, at: datetime | None = None) -> Health:
    """The health of the store of a run; `at` is now where the steps before it took their time."""
    return health(context.store, context.config, context.folder, at or context.at)


def name_faults(context: RunContext, at: datetime) -> None:
    """The end of a command: names what is wrong, so that the program exits with 1, whether or not a step failed in it."""
    for line in of_run(context, at).lines:
        if line in context.failures:
            continue
        if context.failures:  # the step that met it has named it
            context.report_progress(f"not well: {line}")
        else:
            context.failed(line)


def health(store: Store, config: Config, folder: Path, at: datetime) -> Health:
    """What is wrong at a moment. `folder` is that of config.toml."""
    states = store.sources.all()
    failing = failing_sources(states, config, at)
    marks = store.pulse.marks()
    stopped = _of_stopped(states, config, at)
    silent = [] if stopped else silent_sources(states, config, marks, at)
    faults = [
        *soundness.faults(store, config, folder, at, marks),
        *wrong_settings.faults(marks, at),
        *_of_papers(store, states, config, at),
        *_of_model(model_folder(config, folder), at),
        *_of_unread(store.backlog.unassessed(listed=False), at, _next_cycle(store, config, at)),
        *_of_sources(
            failing, [each for each in silent if each.unread], len(watched(states, config)), at
        ),
        *_of_parts(states, {source.source for source in failing}, config, at),
        *stopped,
        *_of_silent([each for each in silent if not each.unread], at),
        *_of_mail(store, config, at),
        *_of_contacts(store, config, at),
        *upkeep_faults(store, config, folder, at, marks),
        *_of_settings(config),
    ]
    if not stopped:
        doubtful = any(fault.doubt and not fault.passing for fault in faults)
        faults += _of_cycle(store, config, at, doubtful=doubtful)
    on = watched(states, config)
    complete = [state.last_complete for state in states if state.source in on]
    collected = max((moment for moment in complete if moment), default=None)
    return Health(faults=tuple(sorted(faults, key=lambda fault: fault.rank)), collected=collected)


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


def _of_sources(
    failing: Sequence[FailingSource], silent: Sequence[Silence], count: int, at: datetime
) -> list[Fault]:
    """`silent`: those of them that could not be read for twice as long as usual, which is told by email too."""
    if not failing:
        return []
    names = ", ".join(source.line for source in failing[:NAMED])
    more = f", and {len(failing) - NAMED} more" if len(failing) > NAMED else ""
    number = len([source for source in failing if source.source != IMPORT])
    of_all = f"{number} of {count} source{'s' if count != 1 else ''} {'is' if number == 1 else 'are'} failing: "
    moments = [source.since for source in failing if source.since]
    return [
        Fault(
            kind="source", blocks=number == count > 0, key=_key("failing", silent), line=f"{of_all if number else ''}{names}{more}.", since=min(moments, default=None),
            mend="What was said there since is missing. A source is tried again at its next time, from where it was "
            "last read to its end. If one keeps failing, tell whoever looks after this program.",
        )
    ]  # fmt: skip


def _of_parts(
    states: Sequence[SourceState], failing: Collection[str], config: Config, at: datetime
) -> list[Fault]:
    """Feeds, files and the like that fail while the rest of their source is read: what is named is what fails."""
    return [
        Fault(
            kind="source", partly=True, line=line, since=min(part.failing_since or at for part in state.failing_parts),
            mend="What was said there since is missing; the others are read as ever. Each is tried again by itself, from where "
            "it was last read to its end: Sources says when and why. If one keeps failing, whoever keeps the settings mends it: "
            + "; ".join(how_to_mend(config, state.source, part.name) for part in state.failing_parts[:NAMED]) + ".",
        )
        for state in states
        if state.source in config.sources_on and state.source not in failing
        if (line := failing_line(state, at))
    ]  # fmt: skip


def longest_wait(config: Config) -> timedelta:
    """After so long without a cycle nothing is collecting."""
    every = timedelta(minutes=config.schedule.collect_every_minutes)
    return max(MISSED_CYCLES * every, SHORTEST_STOP)


def cycle_overdue(store: Store, config: Config, at: datetime) -> bool:
    """Whether a cycle should have ended by now and did not: since the last, since a source was read, or since the store began."""
    looked = max((state.last_run for state in store.sources.all()), default=None)
    last = store.pulse.unended_since(CYCLE) or looked or store.job_runs.first_at()
    return last is not None and last <= at - longest_wait(config)


def schedule_runs(store: Store, config: Config, at: datetime) -> bool:
    """Whether a schedule is at work, by the ledger: its look at what is due leaves a row at each of its times.

    A command that somebody ran once is none, but where `by_hand` of [schedule] says that something else calls the commands.
    """
    names = (DELIVER, DELIVERED_BY_HAND) if config.schedule.by_hand else (DELIVER,)
    runs = [run for run in map(store.job_runs.last, names) if run is not None]
    last = max(runs, key=lambda run: run.started_at, default=None)
    every = timedelta(minutes=config.schedule.deliver_every_minutes)
    return last is not None and last.started_at > at - max(MISSED_CYCLES * every, SHORTEST_PAUSE)


def of_schedule(store: Store, config: Config, at: datetime) -> list[Fault]:
    """That nothing runs by itself, for whatever watches machines: it is true from the first minute, long before a cycle is late."""
    if config.schedule.by_hand or schedule_runs(store, config, at):
        return []
    return [
        Fault(
            kind="schedule", doubt=False,
            line="No schedule is running: nothing is collected and no email leaves by itself.",
            mend="Whoever looks after this program starts `mentions schedule`, best as a service. Where a timer or a person calls `mentions run` instead, "
            "by_hand = true under [schedule] in site.toml says so.",
        )
    ]  # fmt: skip


def _restarts(config: Config) -> str:
    """Who sets the program going again, and how: by the schedule, or by what calls the commands where by_hand says so. The one advice of every page."""
    if config.schedule.by_hand:
        return "As by_hand under [schedule] is set, whoever looks after this program sees to it that a person or a timer calls `mentions run`"
    return "Whoever looks after this program starts `mentions schedule`"


def _of_stopped(states: Sequence[SourceState], config: Config, at: datetime) -> list[Fault]:
    """Nothing fails where nothing runs: the schedule stopped, or the machine was off."""
    runs = [state.last_run for state in states if state.source in config.sources_on]
    if not runs or max(runs) > at - longest_wait(config):
        return []
    return [
        Fault(
            kind="stopped", blocks=True, key=f"stopped {clock.text(max(runs))}", line=f"No source was read {clock.since(max(runs), at)}.", since=max(runs),
            mend=f"The program that collects is not running. {_restarts(config)}.",
        )
    ]  # fmt: skip


def _of_cycle(store: Store, config: Config, at: datetime, *, doubtful: bool) -> list[Fault]:
    """Sources are read, and no cycle comes to its end; or the last one met failures that nothing else names."""
    cycle, since = store.job_runs.last_completed(CYCLE), store.pulse.unended_since(CYCLE)
    if since is not None and since <= at - longest_wait(config):
        ended = cycle.ended_at if cycle and cycle.ended_at else since
        return [
            Fault(
                kind="cycle", line=f"No cycle came to its end {clock.since(ended, at)}.", since=ended,
                key=f"cycle {clock.text(ended)}",
                mend=f"What was found since may wait to be read and told. {_restarts(config)}{'' if config.schedule.by_hand else ' again'}, and looks in its log for what hangs.",
            )
        ]  # fmt: skip
    if cycle is None or cycle.ended_at is None:
        return []
    if not cycle.failures or doubtful:
        return []
    failures = "1 failure" if cycle.failures == 1 else f"{cycle.failures:,} failures"
    return [
        Fault(
            kind="cycle", doubt=False, passing=True, since=cycle.ended_at,
            line=f"The last cycle met {failures}, {clock.near(cycle.ended_at, at)}.",
            mend="They are tried again with the next cycle. The log of the schedule names each; `mentions run` does too.",
        )
    ]  # fmt: skip


def silent_sources(
    states: Sequence[SourceState], config: Config, marks: Mapping[str, Mark], at: datetime
) -> list[Silence]:
    """Sources that are on and have been silent for twice their usual, the longest first."""
    silent = [
        silence_of(state, usual_of(marks, state.source), at) for state in states if state.source in watched(states, config)
    ]  # fmt: skip
    return sorted((each for each in silent if each is not None), key=lambda each: each.since)


def _key(what: str, silent: Sequence[Silence]) -> str:
    """Tells one silence from another, so that each is told once; "" of none."""
    named = " ".join(f"{each.source}@{clock.text(each.since)}" for each in silent)
    return named and f"{what} {named}"


def _of_silent(silent: Sequence[Silence], at: datetime) -> list[Fault]:
    if not silent:
        return []
    names = ", ".join(
        f"{name_of(each.source)} {clock.since(each.since, at)} (usually within {duration(each.usual)})" for each in silent[:NAMED]
    )  # fmt: skip
    more = f", and {len(silent) - NAMED} more" if len(silent) > NAMED else ""
    return [
        Fault(
            kind="silent", line=f"Silent for twice as long as usual: {names}{more}.", since=silent[0].since,
            key=_key("silent", silent),
            mend="Look on the platform whether something new is there. If so, its terms, its access or the address no longer fit, though no error comes: "
            "tell whoever looks after this program. If there is nothing, this line goes with the next post.",
        )
    ]  # fmt: skip


# ── what was not read ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCycle:
    """When a cycle is due again, where none is under way; `last_end`: when the last one ended, which read all that was there.

    `at` is None where nothing runs by itself, so that nobody knows when.
    """

    at: datetime | None
    last_end: datetime


def _next_cycle(store: Store, config: Config, at: datetime) -> NextCycle | None:
    """None while a cycle is under way, before the first, and where the next is overdue."""
    last = store.job_runs.last(CYCLE)
    if last is None or last.ended_at is None:
        return None
    due = last.started_at + timedelta(minutes=config.schedule.collect_every_minutes)
    if not last.ended_at <= at < due:
        return None
    return NextCycle(at=due if schedule_runs(store, config, at) else None, last_end=last.ended_at)


def _of_unread(waiting: Waiting | None, at: datetime, following: NextCycle | None) -> list[Fault]:
    """Nobody reads between two cycles: what came in since the last, as a file that was handed over, waits for the next."""
    if waiting is None:
        return []
    if following and waiting.since > following.last_end:
        wait = "1 post waits" if waiting.count == 1 else f"{waiting.count:,} posts wait"
        when = (
            f" at {clock.local(following.at)[-5:]}"
            if following.at
            else ", which nothing starts by itself"
        )
        return [
            Fault(
                kind="unread", since=waiting.since, passing=True,
                line=f"{wait} for the next cycle{when}, collected {clock.since(waiting.since, at)}.",
                mend="They are in no list until then: what is in them is not known. To have them read at once, whoever looks after this program runs `mentions run`.",
            )
        ]  # fmt: skip
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


# ── the settings ─────────────────────────────────────────────────────────────────────────────────


def _of_papers(
    store: Store, states: Sequence[SourceState], config: Config, at: datetime
) -> list[Fault]:
    """Why no source was ever read: papers of [governance]. Once a cycle met them, it is told as wrong settings are."""
    on = set(watched(states, config))
    if not on or not on.isdisjoint(state.source for state in states):
        return []
    lacks = gate.lacking(config, safeguards.day_of_papers_at(store, config, at))
    if not lacks:
        return []
    are = "1 paper" if len(lacks) == 1 else f"{len(lacks)} papers"
    return [
        Fault(
            kind="settings", blocks=True, key="papers", line=f"No source is read: {are} under [governance] {'is' if len(lacks) == 1 else 'are'} missing, past or not filled in as they have to be.",
            mend=f"Nothing is collected until they are: {', '.join(lacks)}. `mentions check` and the page of the papers say what to write.",
        )
    ]  # fmt: skip


def _of_settings(config: Config) -> list[Fault]:
    """Another body's subjects and contact points, which are left out until somebody says what ours are."""
    line = unanswered_line(config)
    if not line:
        return []
    what, _, mend = line.partition(". ")
    return [Fault(kind="settings", doubt=False, passing=True, line=f"{what[:1].upper()}{what[1:]}.", mend=f"{mend}.")]  # fmt: skip


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
        stats = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError:
        return ()
    return tuple((name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for name, stat in stats)


def _of_model(folder: Path, at: datetime) -> list[Fault]:
    trouble = model_trouble(folder, at)
    if not trouble:
        return []
    return [
        Fault(
            kind="model", blocks=True, key="model", line="The program can’t read posts: its model is damaged or missing.",
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


def why_nothing_is_sent(store: Store, config: Config, at: datetime) -> str:
    """Why no email is even tried with any hope, in words; "" where the schedule tries them."""
    if config.alerts.mail.is_example:
        return "no mail server is set up yet: [alerts.mail] still names the example that ships"
    if schedule_runs(store, config, at):
        return ""
    return "no schedule is running: `mentions deliver` sends what waits"


def tried_again(store: Store, config: Config, at: datetime) -> str:
    """Whether what a mail server put off is tried again without anybody, as a sentence: the one place by which a page says so."""
    if hindered := why_nothing_is_sent(store, config, at):
        return f"No email is tried again by itself: {hindered.replace('`', '')}."
    if config.schedule.by_hand:
        return "What the server put off is tried again when the commands are next called, and not by itself."
    return "What the server put off is tried again by itself."


def why_none_leaves(store: Store, config: Config, at: datetime) -> str:
    """Why an email that was just written can't leave now, for whoever is promised one; "" where nothing is known to hinder it.

    Emails that a command sends leave as those of a schedule do, for as long as its last run is lately (`delivered_lately`).
    """
    why = why_none_is_promised(store, config, at)
    mended = not store.pulse.mail_is_down() and not config.alerts.mail.is_example
    return "" if mended and delivered_lately(store, config, at) else why


def why_none_is_promised(store: Store, config: Config, at: datetime) -> str:
    """Why an email that is still to be written, or to be sent, leaves at no time that can be told; "" where the schedule sees to it by itself."""
    down = store.pulse.mail_is_down() and not config.alerts.mail.is_example
    if down:
        return "the mail server took none when it was last tried"
    return why_nothing_is_sent(store, config, at)


def delivered_lately(store: Store, config: Config, at: datetime) -> bool:
    """Whether what is due was sent within the last minutes, whatever ran that: the schedule, `mentions run`, or `mentions deliver` by a person or a timer.

    It says that emails leave, and nothing of when they will again.
    """
    every = timedelta(minutes=config.schedule.deliver_every_minutes)
    since = at - max(MISSED_CYCLES * every, SHORTEST_PAUSE)
    runs = (store.job_runs.last_completed(name, by=at) for name in (DELIVER, DELIVERED_BY_HAND, CYCLE))  # fmt: skip
    return any(run is not None and run.started_at > since for run in runs)


def _of_contacts(store: Store, config: Config, at: datetime) -> list[Fault]:
    """Alerts that nobody took, whose next contact should have been told by now: no schedule runs, or the email to them has not left."""
    if not config.alerts.on:
        return []
    late = {each.case or -each.alert for each in contacts_due(store, at)}
    unsent = {each.case for each in store.alerts.unsent(at, at - CONTACT_LATE) if each.level and not each.taken}  # fmt: skip
    queued, late = not late, late | unsent
    if not late:
        return []
    cases = "1 case" if len(late) == 1 else f"{len(late):,} cases"
    cases = (
        f"at least {cases}"
        if len(store.alerts.to_chase(at - CONTACT_LATE)) > MOST_LOOKED_AT
        else cases
    )
    return [
        Fault(
            kind="mail", doubt=False, desk=True, line=f"Nobody took {cases} of which an alert told, and the next contact is not told.",
            mend="Look at Now, take the cases, and ring the team yourself. "
            + ("The emails to the next contact are written, and have not left." if queued else f"{_restarts(config)}, which tells the next contact."),
        )
    ]  # fmt: skip


def contacts_due(store: Store, at: datetime) -> list[ContactDue]:
    """The alerts that nobody took and of which the next contact should have been told by now: nothing runs that writes that email."""
    return store.alerts.contacts_due(at - CONTACT_LATE, MOST_LOOKED_AT)


def _of_mail(store: Store, config: Config, at: datetime) -> list[Fault]:
    """Emails that can't leave, by recipient; those of a kind that is turned off wait on purpose."""
    waiting = store.outbox.stuck(at, held_back(config), turned_off(config))
    if waiting is None:
        return []
    return [
        Fault(
            kind="mail", since=waiting.since, blocks=store.pulse.mail_is_down(), line=f"{emails(waiting.count)} can’t leave {clock.since(waiting.since, at)}: not everyone was told.",
            mend=f"Watch Now, and tell the team. {tried_again(store, config, at)} A lead sees which under Emails, and sends them again or elsewhere.",
        )
    ]  # fmt: skip
