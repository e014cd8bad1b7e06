"""What stands over the desk: the counts of the tabs, how far the day is, how fresh the posts are and what fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args

from core import clock
from core.at_least import at_least
from core.models import Lane
from review.context import RequestContext
from steps.health import BY_ITSELF, IMPORT, schedule_runs, turned_off
from store import TABS, CasePage, CaseQuery, Tab
from store.cases.lanes import minutes_at
from store.cases.models import Progress

TODAY: tuple[Lane, ...] = ("now", "answer", "look")  # what a day's work is made of
COUNTED: tuple[Tab, ...] = tuple(tab for tab in TABS if tab != "mine")  # alike for everybody
USUAL = timedelta(weeks=4)  # over which the team's own pace is taken


def chosen_lanes(context: RequestContext) -> tuple[Lane, ...]:
    """The lanes that are listed: those of the day, or the one that an address or a form asks for."""
    wanted = context.form.get("lane") or context.request.query_params.get("lane", "")
    return tuple(lane for lane in get_args(Lane) if lane == wanted and lane != "guardian") or TODAY


def lane_asked(context: RequestContext) -> str:
    """The one lane that somebody works through, which their next pages keep; "" for all of today."""
    lanes = chosen_lanes(context)
    return lanes[0] if len(lanes) == 1 else ""


def going_on(context: RequestContext) -> int | None:
    """The case that comes after one of several posts, as it was when the first of these was decided; None where nobody said."""
    digits = str(context.form.get("next") or context.request.query_params.get("next", ""))
    return int(digits) if digits.isdecimal() and len(digits) < 12 else None


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
    lanes = lane_counts(context)
    queued = context.store.queue.tab_counts(("mine",), context.user.number, context.at)
    return {
        "/today": sum(lanes[lane] for lane in TODAY),
        "/mine": queued["mine"],
        "/waiting": waiting_count(context),
    }


def lane_counts(context: RequestContext) -> Mapping[Lane, int]:
    """How many cases stand in each lane."""
    return context.shared("lanes", context.store.lanes.counts)


def page_of(context: RequestContext, query: CaseQuery) -> CasePage:
    """A page of cases; what is nobody's own is read once for all who ask for the same."""
    queue, at = context.store.queue, context.at
    counted = context.shared("tabs", lambda: queue.tab_counts(COUNTED, 0, at))
    if query.tab == "mine":
        return queue.page(query, at, counted)
    nobodys = replace(query, user=0)
    return context.shared(("page", nobodys), lambda: queue.page(nobodys, at, counted))


def facets(context: RequestContext) -> dict[str, list[str]]:
    """What filters can be set to."""
    return context.shared("facets", context.store.queue.facets)


def waiting_count(context: RequestContext) -> int:
    """How many wait for teams and colleagues."""
    store = context.store
    return context.shared(
        "waiting", lambda: sum(store.handoffs.count_standing()) + store.opinions.count_waiting()
    )


def strip(context: RequestContext, lanes: Mapping[Lane, int]) -> Strip:
    """The strip, by the counts of the lanes."""
    store, at = context.store, context.at
    day = clock.day(clock.local_day(at))[0]
    # a file that somebody brought is no look at a source
    states = [state for state in context.shared("sources", store.sources.all) if state.source not in (*BY_ITSELF, IMPORT)]  # fmt: skip
    complete = [state.last_complete for state in states if state.last_complete]
    collected = max(complete, default=None)
    every = timedelta(minutes=context.config.schedule.collect_every_minutes)
    return Strip(
        progress=context.shared("progress", lambda: store.lanes.progress(day, at, lanes)), minutes=_minutes_left(context, lanes),
        collected=collected, following=collected + every if collected and collected + every > at and schedule_runs(store, context.config, at) else None,
        sources=len(context.config.sources_on),
        odd=sum(state.odd for state in states), due=at_least(store.outbox.count_unsent(turned_off(context.config))),
    )  # fmt: skip


def _minutes_left(context: RequestContext, lanes: Mapping[Lane, int]) -> int | None:
    """How long the rest of the day takes, at the pace of four weeks, which one decision hardly changes."""
    since = context.at - USUAL
    paces = context.app.figures.get(
        ("paces", clock.local_day(since)), None, lambda: context.store.lanes.paces(since)
    )
    return minutes_at(paces, lanes)


def query(context: RequestContext, **more: object) -> CaseQuery:
    """A view of cases for the person who looks."""
    return CaseQuery(user=context.user.number, **more)  # type: ignore[arg-type]
