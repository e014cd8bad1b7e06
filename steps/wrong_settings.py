"""Settings that stop every source: noted where a cycle meets them, so that pages and emails say so before nothing was read for hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from collectors.registry import Sources
from core import clock
from core.errors import ConfigError
from settings import schema
from settings.schema import Config
from settings.secrets import Secrets
from steps.context import RunContext
from steps.faults import Fault
from store import Mark, Store

MARK = "settings"
LONGEST = 500  # code points of what is wrong


@contextmanager
def noted(context: RunContext) -> Iterator[None]:
    """Around a cycle: what is wrong with the settings stays noted until one gets past it."""
    try:
        yield
    except ConfigError as error:
        context.store.pulse.note(MARK, clock.now(), str(error)[:LONGEST])
        raise
    if MARK in context.store.pulse.marks():
        context.store.pulse.forget([MARK])


def check_tables(config: Config, folder: Path, store: Store, at: datetime) -> None:
    """Raises ConfigError for a table of a source that would stop a cycle. Nobody is asked anything."""
    tokens = {token.source: token.access for token in store.tokens.all()}
    today = schema.today(config.organisation, clock.local_day(at))
    Sources(config, Secrets(folder), today=today, at=at, tokens=tokens, state=store.sources.state)


def faults(marks: Mapping[str, Mark], at: datetime) -> Sequence[Fault]:
    """While it stands nothing is read."""
    mark = marks.get(MARK)
    if mark is None:
        return []
    return [
        Fault(
            kind="settings", blocks=True, since=mark.at, key=f"settings {mark.value}",
            line=f"No source is read {clock.since(mark.at, at)}: the settings are wrong.",
            mend=f"Whoever keeps the settings corrects this, and it goes on by itself: {mark.value}. `mentions check` says whether all is right.",
        )
    ]  # fmt: skip
