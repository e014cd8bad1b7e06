"""What stands over the desk: the counts of the tabs, how far the day is, how fresh the posts are and what fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import Lane
from core.text import sentence
from review.context import RequestContext
from review.wording import words
from store import CaseQuery, OutboxKind, SourceState
from store.cases.models import Progress

TODAY: tuple[Lane, ...] = ("now", "answer", "look")  # what a day's work is made of
BY_ITSELF = ("accounts", "noted")  # sources that collect nothing
USUAL = timedelta(weeks=4)  # over which the team's own pace is taken


def chosen_lanes(context: RequestContext) -> tuple[Lane, ...]:
    """The lanes that are listed: those of the day, or the one that an address or a form asks for."""
    wanted = context.form.get("lane") or context.request.query_params.get("lane", "")
    return tuple(lane for lane in get_args(Lane) if lane == wanted) or TODAY


def lane_asked(context: RequestContext) -> str:
    """The one lane that somebody works through, which their next pages keep; "" for all of today."""
    lanes = chosen_lanes(context)
    return lanes[0] if len(lanes) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """How far the day is and how fresh the page. `minutes` is None before the team's own pace is known.

    `odd` are items that the last tries of the sources could not read; `due` are emails that are still to leave, `unsent`
    those that were given up.
    """

    progress: Progress
    minutes: int | None
    collected: datetime | None
    following: datetime | None
    failing: Sequence[str]
    sources: int
    unsent: Mapping[OutboxKind, int]
    odd: int
    due: int


def counts(context: RequestContext) -> dict[str, int]:
    """What the tabs say, by their address: what is left today, what is one's own, what waits for others."""
    lanes = context.store.lanes.counts(context.at)
    store = context.store
    queued = store.queue.tab_counts(("mine",), context.user.number, context.at)
    return {
        "/today": sum(lanes[lane] for lane in TODAY),
        "/mine": queued["mine"],
        "/waiting": store.handoffs.count_open() + store.opinions.count_waiting(),
    }


def strip(context: RequestContext, lanes: Mapping[Lane, int]) -> Strip:
    """The strip, by the counts of the lanes."""
    store, at = context.store, context.at
    states = [state for state in store.sources.all() if state.source not in BY_ITSELF]
    complete = [state.last_complete for state in states if state.last_complete]
    collected = max(complete, default=None)
    every = timedelta(minutes=context.config.schedule.collect_every_minutes)
    known = {state.source for state in states}
    never = [name for name in context.config.sources_on if name not in known]
    return Strip(
        progress=store.lanes.progress(clock.day(clock.local_day(at))[0], at), minutes=minutes(context, lanes),
        collected=collected, following=collected + every if collected and collected + every > at else None,
        failing=[_failing(state, at) for state in states if state.error] + [f"{name_of(name)} never read" for name in never],
        sources=len(states) + len(never), unsent=store.outbox.count_parked(),
        odd=sum(state.odd for state in states), due=store.outbox.count_unsent(),
    )  # fmt: skip


def minutes(context: RequestContext, lanes: Mapping[Lane, int]) -> int | None:
    """How long the rest of the day takes at the team's own pace; None where that is not known for a lane that holds some."""
    total = 0.0
    for lane in TODAY:
        if lanes[lane]:
            median = context.store.lanes.median_minutes(lane, context.at - USUAL)
            if median is None:
                return None
            total += median * lanes[lane]
    return round(total) if total else None


def name_of(source: str) -> str:
    """What a source is called."""
    return PLATFORM_NAMES.get(source) or sentence(words(source))


def _failing(state: SourceState, at: datetime) -> str:
    """LinkedIn since Thursday; LinkedIn since 06:02; LinkedIn never read."""
    name = name_of(state.source)
    if state.last_complete is None:
        return f"{name} never read"
    then, today = clock.local_day(state.last_complete), clock.local_day(at)
    if then == today:
        return f"{name} since {clock.local(state.last_complete)[-5:]}"
    return f"{name} since {then:%A}" if (today - then).days < 7 else f"{name} since {then.day} {then:%b}"  # fmt: skip


def query(context: RequestContext, **more: object) -> CaseQuery:
    """A view of cases for the person who looks."""
    return CaseQuery(user=context.user.number, **more)  # type: ignore[arg-type]
