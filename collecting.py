"""The first step: pulls every source that is on, and stores what it found with the fact of the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import clock
import sources
from collectors.base import Found, Keep, Live
from collectors.files import read_file
from errors import CollectorError, ConfigError
from house import House, Tell, log_bug, of_a_bug
from mention import Mention


def collect(house: House, at: datetime, only: Sequence[str] = ()) -> None:
    """Pulls every source that is on, and stores what it found with the fact of the run."""
    listed = sources.sources(house.cfg, house.folder)  # names a wrong key before anything is pulled
    for unknown in set(only) - {source.name for source in listed}:
        raise ConfigError(f"[collectors.{unknown}] is not in config.toml: see --source")
    if all(source.off for source in listed):
        house.tell("no source is on, so that nothing can be found: see `mentions check`")
    for source in listed:
        if only and source.name not in only:
            continue
        if source.off:
            house.tell(f"{source.name}: off, {source.off}")
            if source.blind:  # the reports must not take its silence for calm
                house.store.add_run(
                    source.name, [], since=at, at=at, error=source.off, complete=False
                )
        else:
            with house.going_on(source.name):
                _collect_one(house, source, at)


def _collect_one(house: House, source: sources.Source, at: datetime) -> None:
    schedule = house.cfg.schedule
    complete = house.store.last_complete_run(source.name)
    since = (complete or at - timedelta(hours=schedule.first_look_hours)) - timedelta(
        minutes=schedule.overlap_minutes
    )
    kept = dict(house.store.kept(source.name))
    pulled = Pulled()
    error: str | None = None
    try:
        collector = sources.build(source, house.cfg, at, kept)
        for mention in pulled.take(collector.collect(since), source.name, house.odd):
            pulled.found.append(mention)
    except (CollectorError, ConfigError) as problem:
        error = str(problem)
    except Exception as bug:  # what was found before it is kept
        log_bug(source.name, bug)
        error = of_a_bug(bug)
    stored = house.store.add_run(
        source.name, pulled.found, since=since, at=at, ended=clock.now(),
        error=error or pulled.stopped, complete=not (error or pulled.stopped),
        odd=pulled.odd, kept={**kept, **pulled.kept},
    )  # fmt: skip
    house.tell(
        f"{source.name}: {len(pulled.found)} found, {stored.new} new, {stored.changed} changed"
        + (f", {pulled.odd} odd" if pulled.odd else "")
    )
    if error or pulled.stopped:
        house.failed(f"{source.name}: {error or pulled.stopped}")


@dataclass
class Pulled:
    """What a collector has handed on so far. What came before an error is kept."""

    found: list[Mention] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    live: list[Live] = field(default_factory=list)
    odd: int = 0
    stopped: str | None = None

    def take(self, run: Iterable[Found], name: str, tell: Tell) -> Iterator[Mention]:
        """The mentions of a run; what else it says is noted."""
        for thing in run:
            if isinstance(thing, Mention):
                yield thing
            elif isinstance(thing, Keep):
                self.kept[thing.name] = thing.value
            elif isinstance(thing, Live):
                self.live.append(thing)
            else:
                self.odd += 1
                if thing.stops:
                    self.stopped = f"{thing.item}: {thing.why}"
                else:
                    tell(f"{name}: {thing.item}: {thing.why}")


def import_file(house: House, path: Path, at: datetime) -> None:
    """Stores an export of another listening tool, by the columns of [collectors.files]."""
    told = sources.files(house.cfg, house.folder, at)
    rows = read_file(
        path,
        at=at,
        columns={str(name): heading for name, heading in told.columns.items()},
        platform=told.platform,
        dates=told.dates,
        terms=told.terms,
    )
    pulled = Pulled()
    pulled.found.extend(pulled.take(rows, path.name, house.odd))
    stored = house.store.add_run(
        "import", pulled.found, since=at, at=at, ended=clock.now(), error=pulled.stopped,
        complete=not pulled.stopped, odd=pulled.odd, kept={},
    )  # fmt: skip
    house.tell(
        f"{path.name}: {len(pulled.found)} read, {stored.new} new, {stored.changed} changed"
        + (f", {pulled.odd} odd" if pulled.odd else "")
    )
    if pulled.stopped:
        house.failed(f"{path.name}: {pulled.stopped}")
