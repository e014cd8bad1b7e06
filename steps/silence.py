"""A source that has been silent for twice its usual: it may have nothing to say, or nobody reads it any more.

What is usual is taken from the source's own history. At most moments the last new post is younger than the usual wait: of
the time that was watched, four fifths passed within waits that were no longer. Weighing waits by how long they took makes
nights and weekends usual where a source rests then, and one closure of a week in eight does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from core import clock
from store import Mark, SourceState, Store

WATCHED = timedelta(weeks=8)  # of history that is taken into account
LEAST_WATCHED = timedelta(weeks=2)  # of it that must be there before anything counts as usual
LEAST_WAITS = 6
SHARE = 0.8  # of the time
FLOOR = timedelta(hours=12)  # a usual wait is never taken for shorter: twice of it is a day
TWICE = 2
MARK = "usual "


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The usual waits of a source: for a post that is new, and for a look that reached its end; None where it is not known yet.

    `last_news`: when it last brought one.
    """

    news: timedelta | None = None
    complete: timedelta | None = None
    last_news: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A source that says nothing, or can't be read to its end, for more than twice its usual wait."""

    source: str
    since: datetime
    usual: timedelta
    unread: bool  # it could not be read; else it was read, and had nothing


def usual_wait(moments: Sequence[datetime]) -> timedelta | None:
    """The wait within which four fifths of the time between these moments passed; None for too few of them.

    `moments` are sorted. Never shorter than FLOOR.
    """
    waits = sorted((later - earlier for earlier, later in pairwise(moments)), reverse=True)
    total = sum(waits, timedelta())
    if len(waits) < LEAST_WAITS or total < LEAST_WATCHED:
        return None
    spent = timedelta()
    for wait in waits:  # the longest first, until a fifth of the time has gone
        spent += wait
        if spent > total * (1 - SHARE):
            return max(wait, FLOOR)
    raise AssertionError("the waits are the whole of the time")


def note_usual(store: Store, at: datetime) -> None:
    """Works out what is usual of each source, for the pages until the next cycle."""
    for source, looks in store.pulse.looks(at - WATCHED).items():
        news, complete = usual_wait(looks.news), usual_wait(looks.complete)
        value = {
            "news": news and news.total_seconds(), "complete": complete and complete.total_seconds(),
            "last": clock.text(looks.news[-1]) if looks.news else None,
        }  # fmt: skip
        store.pulse.note(f"{MARK}{source}", at, json.dumps(value))


def usual_of(marks: Mapping[str, Mark], source: str) -> Usual:
    """What was noted of a source."""
    mark = marks.get(f"{MARK}{source}")
    if mark is None:
        return Usual()
    value = json.loads(mark.value)
    return Usual(
        news=_seconds(value["news"]), complete=_seconds(value["complete"]),
        last_news=clock.parse(value["last"]) if value["last"] else None,
    )  # fmt: skip


def silence_of(state: SourceState, usual: Usual, at: datetime) -> Silence | None:
    """Whether a source is silent at `at`; silence counts only as far as the source was read."""
    read = state.last_complete
    if read is None:
        return None
    if usual.complete is not None and at - read > TWICE * usual.complete:
        return Silence(source=state.source, since=read, usual=usual.complete, unread=True)
    if usual.news is None or usual.last_news is None:
        return None
    if read - usual.last_news <= TWICE * usual.news:
        return None
    return Silence(source=state.source, since=usual.last_news, usual=usual.news, unread=False)


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)
