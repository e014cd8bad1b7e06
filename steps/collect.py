"""The first step: pulls every source that is on, and stores what it found with the fact of the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from logging import DEBUG, INFO

from collectors import terms
from collectors.base import (
    Collected,
    EphemeralMetric,
    PartRead,
    PartsListed,
    SaveState,
    SkippedItem,
)
from collectors.inbox import private_chat
from collectors.parts import PartsFailed
from collectors.parts import of as of_part
from collectors.registry import Source
from core import clock, worries
from core.errors import CollectorError, ConfigError, StoreError
from core.models import Mention
from core.progress import Line, ReportProgress
from settings.another_body import unanswered_line
from steps import access_tokens, gate, impersonation, logos, match_rules, parallel, source_parts
from steps.bugs import log_bug, of_a_bug
from steps.context import RunContext
from store import PageCounts

PART = 500  # mentions stored in one transaction
NOTHING: Mapping[str, str] = {}


def collect(context: RunContext, only: Sequence[str] = ()) -> None:
    """Pulls every source that is on, and stores what it found with the fact of the run."""
    for _ in as_they_end(context, only):
        pass
    context.report_progress(Line(context.tally.words(), "collected", **context.tally.figures()))


def as_they_end(context: RunContext, only: Sequence[str] = ()) -> Iterator[list[str]]:
    """The same, side by side. Yields once when all are under way, then the names of those that ended.

    What a source found is stored when it is named here, so that it can be assessed while others are still read.
    """
    at, sources = context.at, context.sources  # names a wrong key before anything is pulled
    without: Mapping[str, str] = NOTHING
    with context.continue_on_error("access"):
        without = access_tokens.renew(context)
    for unknown in set(only) - {source.name for source in sources}:
        raise ConfigError(f"[collectors.{unknown}] is in no setting: see --source")
    if all(source.off for source in sources):
        context.report_progress(
            "no source is on, so that nothing can be found: see `mentions check`"
        )
    match_rules.of_today(context.config, at)  # the same of a rule that is wrong
    if line := unanswered_line(context.config):
        context.report_progress(line)
    known_logos = logos.known(context.config.logos, context.folder)
    closed, stopped = gate.closed(context), 0
    on = []
    for source in sources:
        if only and source.name not in only:
            continue
        if source.off:
            context.report_progress(
                Line(f"{source.name}: off, {source.off}", "source off", DEBUG, source=source.name)
            )
        if source.blind or source.name in without:  # the reports must not take its silence for calm
            _note_not_read(context, source.name, source.off or without[source.name])
        elif closed and not source.off:
            context.report_progress(f"{source.name}: not read, see below")
            _note_not_read(context, source.name, closed)
            stopped += 1
        elif not source.off:
            on.append(source)
    if stopped:
        context.failed(closed)

    def give_up(source: Source) -> None:
        why = f"{_cut_short(context)}, and it does not even end then: what it had not stored yet is found again"
        context.failed(f"{source.name}: {why}")
        _note_not_read(context, source.name, why)

    yield from parallel.side_by_side(
        context,
        on,
        lambda run, source: _collect_one(run, source, known_logos, by_hand=bool(only)),
        give_up,
    )


def _note_not_read(context: RunContext, source: str, why: str) -> None:
    context.store.mentions.add_run(
        source, [], since=context.at, at=context.at, error=why, complete=False
    )


def _collect_one(
    context: RunContext, source: Source, known_logos: logos.Known, *, by_hand: bool
) -> None:
    at, schedule = context.at, context.config.schedule
    rules = match_rules.of_today(context.config, at)  # this thread's own: it looks in a database
    complete = context.store.sources.last_complete_run(source.name)
    since = (complete or at - timedelta(hours=schedule.first_look_hours)) - timedelta(
        minutes=schedule.overlap_minutes
    )
    collector = context.collector(source)
    source_parts.tell(context, source, by_hand=by_hand)
    parts = context.store.sources.parts(source.name, all_known=True)
    state = context.store.sources.state_of_run(source.name)
    pulled = Pulled()
    error: str | None = None
    try:
        for part in pulled.parts(
            _in_time(collector.collect(since), context), source.name, context.skip_item
        ):
            if not terms.may_keep(source.name):
                part = []
            mentions = impersonation.with_logos_all(
                context, match_rules.matched(rules, part), known_logos
            )
            pulled.taken += context.store.mentions.add_page(
                source.name, mentions, at=at, noted=pulled.noted(),
                parts=[source_parts.outcome(read, parts, at) for read in pulled.parts_read()],
            )  # fmt: skip
            _report_notices(context, mentions)
    except PartsFailed:
        pass  # each is named by itself, and the others were read to their end
    except (CollectorError, ConfigError) as problem:
        error = str(problem)
    except StoreError:
        raise  # nothing can be stored: no run either
    except Exception as bug:  # what was found before it is kept
        log_bug(source.name, bug)
        error = of_a_bug(bug)
    if context.budget and context.budget.spent:  # whatever error that came to
        error = f"{_cut_short(context)}; what it found until then is saved"
    end_run(context, source.name, pulled, since=since, error=error, state=state)


def _report_notices(context: RunContext, mentions: Iterable[Mention]) -> None:
    """What stands for a private chat that may tell of danger waits in Now, whatever the program makes of it."""
    for mention in mentions:
        if mention.kind != "report" or mention.text != private_chat.NOTICE:
            continue
        number = context.store.mentions.number_of(mention.issuer, mention.issued_id)
        if number is not None and not context.store.staff_reports.of_mention(number):
            context.store.staff_reports.add(
                number, at=context.at, worry=worries.PRIVATE_CHAT, flags=worries.FLAGS[worries.PRIVATE_CHAT],
                reason="A private chat was forwarded: open the mail now",
            )  # fmt: skip


def _in_time(run: Iterable[Collected], context: RunContext) -> Iterator[Collected]:
    """What a collector hands on, for as long as its source has time. Raises CutShort."""
    for thing in run:
        yield thing  # what came is kept, however late it is
        if context.budget:
            context.budget.check()


def _cut_short(context: RunContext) -> str:
    minutes = context.config.schedule.source_minutes
    after = f"{minutes:g} minutes" if minutes >= 1 else f"{minutes * 60:g} seconds"
    return f"cut short after {after}, and read again from the same place in the next cycle"


def end_run(
    context: RunContext,
    source: str,
    pulled: Pulled,
    *,
    since: datetime,
    error: str | None = None,
    state: Mapping[str, str] = NOTHING,
    name: str = "",
    verb: str = "found",
) -> None:
    """Stores the fact of a run and says what it found; `state` is what the source had of its last one."""
    error = error or pulled.stopped or (None if pulled.well else pulled.part_stopped)
    stored = context.store.mentions.add_run(
        source, [], since=since, at=context.at, ended=clock.now(), earlier=pulled.taken, error=error,
        complete=not error, odd=pulled.odd, state={**state, **pulled.state},
    )  # fmt: skip
    if pulled.listed is not None:
        context.store.sources.keep_listed(source, pulled.listed, context.at)
    name = name or source
    words = f"{name}: {pulled.mention_count} {verb}, {stored.new} new, {stored.changed} changed"
    words += f", {pulled.odd} odd" if pulled.odd else ""
    quiet = source != "import" and not (
        stored.new or stored.changed or pulled.odd or pulled.failed or error
    )
    context.report_progress(
        Line(
            words, "source read", DEBUG if quiet else INFO, source=source, found=pulled.mention_count,
            new=stored.new, changed=stored.changed, odd=pulled.odd, complete=not error,
        )
    )  # fmt: skip
    context.tally.add(source, new=stored.new, odd=pulled.odd)
    for figure in pulled.live:
        context.report_progress(f"{name}: {figure.what}: {figure.count:,} (shown, not saved)")
    if error:
        context.failed(f"{name}: {error}")
        return
    for part in pulled.failed:
        context.failed(f"{name}: {of_part(part.name, part.error)}")


@dataclass
class Pulled:
    """What a collector has handed on so far. What came before an error is kept."""

    mention_count: int = 0
    taken: PageCounts = field(default_factory=PageCounts)
    state: dict[str, str] = field(default_factory=dict)
    always: dict[str, str] = field(default_factory=dict)
    live: list[EphemeralMetric] = field(default_factory=list)
    odd: int = 0
    stopped: str | None = None
    part_stopped: str | None = None  # of a part that did not reach its end, which is its own affair
    well: int = 0  # parts that were read to their end
    failed: list[PartRead] = field(default_factory=list)
    listed: frozenset[str] | None = None
    _parts_read: list[PartRead] = field(default_factory=list)

    def parts(
        self, run: Iterable[Collected], name: str, tell: ReportProgress
    ) -> Iterator[list[Mention]]:
        """The mentions of a run in parts, the last one before an error is raised; the rest is noted."""
        part: list[Mention] = []
        try:
            for thing in run:
                if isinstance(thing, Mention):
                    self.mention_count += 1
                    part.append(thing)
                else:
                    self._note(thing, name, tell)
                if len(part) == PART or isinstance(thing, PartRead):
                    yield part
                    part = []
        except Exception:
            yield part
            raise
        yield part

    def noted(self) -> dict[str, str]:
        """What must be kept whatever becomes of the run, once."""
        noted, self.always = self.always, {}
        return noted

    def parts_read(self) -> list[PartRead]:
        """What became of parts whose mentions were all handed on, once."""
        read, self._parts_read = self._parts_read, []
        return read

    def _note(
        self,
        thing: SkippedItem | SaveState | EphemeralMetric | PartRead | PartsListed,
        name: str,
        tell: ReportProgress,
    ) -> None:
        if isinstance(thing, SaveState):
            (self.always if thing.always else self.state)[thing.name] = thing.value
        elif isinstance(thing, EphemeralMetric):
            self.live.append(thing)
        elif isinstance(thing, PartsListed):
            self.listed = thing.keys
        elif isinstance(thing, PartRead):
            self._parts_read.append(thing)
            if thing.bug:
                log_bug(f"{name}: {thing.name}", thing.bug)
            self.part_stopped, self.stopped = self.part_stopped or self.stopped, None
            if thing.error:
                self.failed.append(thing)
            else:
                self.well += 1
        else:
            self.odd += 1
            if thing.stops:
                self.stopped = self.stopped or f"{thing.item}: {thing.why}"
            else:
                tell(f"{name}: {thing.item}: {thing.why}")
