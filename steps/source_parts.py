"""What a run is told of the parts of a source, and what it says of them: a feed, a file, a server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from collectors.base import PartRead
from collectors.parts import KnownPart, next_try
from collectors.registry import Source
from core import clock
from steps.context import RunContext
from store import PartOutcome, SourcePart, SourceState

NAMED = 3  # failing parts that a line names
# what one and several parts of a kind are called
KINDS = {
    "feed": ("feed", "feeds"), "site": ("site", "sites"), "file": ("file", "files"),
    "service": ("service", "services"), "server": ("server", "servers"),
    "subreddit": ("subreddit", "subreddits"), "search": ("search", "searches"),
    "channel": ("channel", "channels"),
    "folder": ("folder", "folders"),
}  # fmt: skip


def tell(context: RunContext, source: Source, *, by_hand: bool) -> None:
    """Tells the collector of a source how each of its parts stands; `by_hand`: none of them waits, since a person asks."""
    schedule = context.config.schedule
    overlap = timedelta(minutes=schedule.overlap_minutes)
    first_look = context.at - timedelta(hours=schedule.first_look_hours) - overlap
    known = context.store.sources.parts(source.name, all_known=True)
    source.state.new_since = first_look if known else None
    source.state.parts = {
        part.key: KnownPart(
            since=part.last_read - overlap if part.last_read else _never_read(context, part, first_look),
            name=part.name, last_try=part.last_try,
            waits_until=None if by_hand else part.next_try, error=part.error or "",
        )
        for part in known
    }  # fmt: skip


def _never_read(context: RunContext, part: SourcePart, first_look: datetime) -> datetime:
    """Since when a part is read that failed from its first try on: that try must not move with each run."""
    schedule = context.config.schedule
    failing = part.failing_since or context.at
    complete = context.store.sources.last_complete_before(part.source, failing)
    overlap = timedelta(minutes=schedule.overlap_minutes)
    begun = failing - timedelta(hours=schedule.first_look_hours) - overlap
    return min(first_look, begun, complete - overlap if complete else begun)


def outcome(read: PartRead, known: Sequence[SourcePart], at: datetime) -> PartOutcome:
    """What the store is told of a part that was tried."""
    failures = next((part.failures for part in known if part.key == read.key), 0) + 1
    return PartOutcome(
        key=read.key, kind=read.kind, name=read.name, error=read.error or None, odd=read.odd,
        next_try=next_try(failures, at, read.retry_after) if read.error else None, state=read.state,
    )  # fmt: skip


def called(parts: Sequence[SourcePart], count: int) -> str:
    """What so many of these parts are called: "17 feeds", "1 file"."""
    kinds = {"feed" if part.kind == "site" else part.kind for part in parts}
    single, several = (
        KINDS.get(kinds.pop(), ("part", "parts")) if len(kinds) == 1 else ("part", "parts")
    )
    return f"{count} {single if count == 1 else several}"


def failing_line(state: SourceState, at: datetime) -> str:
    """Which parts of a source fail: "1 of 17 feeds is failing: Ealing news, since Thursday."; "" where none does."""
    failing = sorted(state.failing_parts, key=lambda part: part.failing_since or at)
    if not failing:
        return ""
    names = "; ".join(
        f"{part.name}, {clock.since(part.last_read, at) if part.last_read else 'never read'}"
        for part in failing[:NAMED]
    )
    more = f"; and {len(failing) - NAMED} more" if len(failing) > NAMED else ""
    verb = "is" if len(failing) == 1 else "are"
    return (
        f"{len(failing)} of {called(state.parts, len(state.parts))} {verb} failing: {names}{more}."
    )
