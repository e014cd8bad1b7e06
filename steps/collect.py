"""The first step: pulls every source that is on, and stores what it found with the fact of the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from collectors import registry, terms
from collectors.base import Collected, EphemeralMetric, SaveState, SkippedItem
from collectors.files.collector import read_file
from core import clock
from core.errors import CollectorError, ConfigError, StoreError
from core.models import Mention
from settings import overrides
from settings.overrides import EffectiveConfig
from settings.schema import Config
from steps import access_tokens, impersonation, match_rules
from steps import logos as steps_logos
from steps.context import ReportProgress, RunContext, fitting, log_bug, of_a_bug
from store import Matcher, PageCounts, Store

PART = 500  # mentions stored in one transaction
NOTHING: Mapping[str, str] = {}


def ready(context: RunContext, at: datetime) -> RunContext:
    """The house as it can be walked: what was set up in the page and stops a source is left out, and named.

    Raises ConfigError where config.toml alone does not fit.
    """
    tokens = context.tokens()
    return fitting(context, lambda config: check(config, context.folder, tokens, at))


def fitted(file: Config, folder: Path, store: Store, at: datetime) -> EffectiveConfig:
    """What is in force, without what was set up in the page and stops a source.

    As it is laid where config.toml alone does not fit: then the page is not to blame.
    """
    in_force = overrides.apply_overrides(file, store.settings.current())
    if in_force.config is file:
        return in_force
    tokens = {token.source: token.access for token in store.tokens.all()}
    try:
        return overrides.fitting(in_force, lambda config: check(config, folder, tokens, at))
    except ConfigError:
        return in_force


def check(config: Config, folder: Path, tokens: Mapping[str, str], at: datetime) -> None:
    """Raises ConfigError where a source or a rule can't be made of a configuration."""
    registry.sources(config, folder, tokens)
    match_rules.of_today(config, at)


def collect(context: RunContext, at: datetime, only: Sequence[str] = ()) -> None:
    """Pulls every source that is on, and stores what it found with the fact of the run."""
    listed = registry.sources(
        context.config, context.folder, context.tokens()
    )  # names a wrong key before anything is pulled
    without: Mapping[str, str] = NOTHING
    with context.continue_on_error("access"):
        without = access_tokens.renew(context, listed, at)
    listed = registry.sources(context.config, context.folder, context.tokens())
    for unknown in set(only) - {source.name for source in listed}:
        raise ConfigError(f"[collectors.{unknown}] is not in config.toml: see --source")
    if all(source.off for source in listed):
        context.report_progress(
            "no source is on, so that nothing can be found: see `mentions check`"
        )
    rules = match_rules.of_today(context.config, at)
    logos = steps_logos.known(context.config.logos, context.folder)
    for source in listed:
        if only and source.name not in only:
            continue
        if source.off:
            context.report_progress(f"{source.name}: off, {source.off}")
        if source.blind or source.name in without:  # the reports must not take its silence for calm
            why = source.off or without[source.name]
            context.store.mentions.add_run(
                source.name, [], since=at, at=at, error=why, complete=False
            )
        elif not source.off:
            with context.continue_on_error(source.name):
                _collect_one(context, source, at, rules, logos)


def _collect_one(
    context: RunContext,
    source: registry.Source,
    at: datetime,
    rules: Matcher,
    logos: steps_logos.Known,
) -> None:
    schedule = context.config.schedule
    complete = context.store.sources.last_complete_run(source.name)
    since = (complete or at - timedelta(hours=schedule.first_look_hours)) - timedelta(
        minutes=schedule.overlap_minutes
    )
    state = dict(context.store.sources.state(source.name))
    pulled = Pulled()
    error: str | None = None
    try:
        collector = registry.build(source, context.config, at, state)
        for part in pulled.parts(collector.collect(since), source.name, context.skip_item):
            if not terms.may_keep(source.name):
                part = []
            mentions = impersonation.with_logos_all(
                context, match_rules.matched(rules, part), logos
            )
            pulled.taken += context.store.mentions.add_page(
                source.name, mentions, at=at, noted=pulled.noted()
            )
    except (CollectorError, ConfigError) as problem:
        error = str(problem)
    except StoreError:
        raise  # nothing can be stored: no run either
    except Exception as bug:  # what was found before it is kept
        log_bug(source.name, bug)
        error = of_a_bug(bug)
    _end(context, source.name, pulled, since=since, at=at, error=error, state=state)


def _end(
    context: RunContext,
    source: str,
    pulled: Pulled,
    *,
    since: datetime,
    at: datetime,
    error: str | None = None,
    state: Mapping[str, str] = NOTHING,
    name: str = "",
    verb: str = "found",
) -> None:
    error = error or pulled.stopped
    stored = context.store.mentions.add_run(
        source, [], since=since, at=at, ended=clock.now(), earlier=pulled.taken, error=error,
        complete=not error, odd=pulled.odd, state={**state, **pulled.state},
    )  # fmt: skip
    name = name or source
    context.report_progress(
        f"{name}: {pulled.mention_count} {verb}, {stored.new} new, {stored.changed} changed"
        + (f", {pulled.odd} odd" if pulled.odd else "")
    )
    for figure in pulled.live:
        context.report_progress(f"{name}: {figure.what}: {figure.count:,} (shown, not kept)")
    if error:
        context.failed(f"{name}: {error}")


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
                if len(part) == PART:
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

    def _note(
        self, thing: SkippedItem | SaveState | EphemeralMetric, name: str, tell: ReportProgress
    ) -> None:
        if isinstance(thing, SaveState):
            (self.always if thing.always else self.state)[thing.name] = thing.value
        elif isinstance(thing, EphemeralMetric):
            self.live.append(thing)
        else:
            self.odd += 1
            if thing.stops:
                self.stopped = self.stopped or f"{thing.item}: {thing.why}"
            else:
                tell(f"{name}: {thing.item}: {thing.why}")


def import_file(context: RunContext, path: Path, at: datetime) -> None:
    """Stores an export of another listening tool, by the columns of [collectors.files]."""
    settings = registry.files(context.config, context.folder, at)
    rows = read_file(
        path,
        at=at,
        columns={str(name): heading for name, heading in settings.columns.items()},
        platform=settings.platform,
        dates=settings.dates,
        terms=settings.terms,
    )
    pulled = Pulled()
    rules = match_rules.of_today(context.config, at)
    for part in pulled.parts(rows, path.name, context.skip_item):
        pulled.taken += context.store.mentions.add_page(
            "import", match_rules.matched(rules, part), at=at
        )
    _end(context, "import", pulled, since=at, at=at, name=path.name, verb="read")
