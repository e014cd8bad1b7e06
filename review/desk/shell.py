"""What stands over the desk: the counts of the tabs, how far the day is, how fresh the posts are and what fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from core import clock
from core.models import Lane
from review.context import RequestContext
from steps.health import BY_ITSELF, turned_off
from store import CaseQuery
from store.cases.models import Progress

TODAY: tuple[Lane, ...] = ("now", "answer", "look")  # what a day's work is made of
USUAL = timedelta(weeks=4)  # over which the team's own pace is taken


def chosen_lanes(context: RequestContext) -> tuple[Lane, ...]:
    """The lanes that are listed: those of the day, or the one that an address or a form asks for."""
    wanted = context.form.get("lane") or context.request.query_params.get("lane", "")
    return tuple(lane for lane in get_args(Lane) if lane == wanted and lane != "guardian") or TODAY


def lane_asked(context: RequestContext) -> str:
    """The one lane that somebody works through, which their next pages keep; "" for all of today."""
    lanes = chosen_lanes(context)
    return lanes[0] if len(lanes) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """How far the day is and how fresh the page. `minutes` is None before the team's own pace is known.

    `odd` are items that the last tries of the sources could not read; `due` are emails that are still to leave.
    """

    progress: Progress
    minutes: int | None
    collected: datetime | None
    following: datetime | None
    sources: int
    odd: int
    due: int


def counts(context: RequestContext) -> dict[str, int]:
    """What the tabs say, by their address: what is left today, what is one's own, what waits for others."""
    lanes = context.store.lanes.counts()
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
    return Strip(
        progress=store.lanes.progress(clock.day(clock.local_day(at))[0], at, lanes), minutes=store.lanes.minutes_left(lanes, at - USUAL),
        collected=collected, following=collected + every if collected and collected + every > at else None,
        sources=len(context.config.sources_on),
        odd=sum(state.odd for state in states), due=store.outbox.count_unsent(turned_off(context.config)),
    )  # fmt: skip


def query(context: RequestContext, **more: object) -> CaseQuery:
    """A view of cases for the person who looks."""
    return CaseQuery(user=context.user.number, **more)  # type: ignore[arg-type]
