"""The weekly summary in the page: what reports/weekly.py gathers, of the last whole week or of any seven days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from starlette.responses import Response

from core import clock
from reports.weekly import WEEK, gather
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page


@requires_role("viewer")
def weekly(context: RequestContext) -> Response:
    """The seven days that end with `last`, or with the last Sunday, against the seven before."""
    yesterday = clock.local_day(context.at) - timedelta(days=1)
    sunday = yesterday - timedelta(days=(yesterday.weekday() + 1) % 7)
    text, faults = context.request.query_params.get("last", ""), []
    try:
        last = date.fromisoformat(text) if text else sunday
    except ValueError:
        last = date.max
    if not clock.local_day(clock.EARLIEST) + 2 * WEEK <= last <= yesterday:
        faults.append(
            "That is no day of the past, written as 2026-11-22. This is the last whole week."
        )
        last = sunday
    store, policy = context.store, context.app.policy
    summary = context.app.figures.get(
        ("weekly", last), store.figures.head(), lambda: gather(store, policy, last)
    )
    return page(
        context, "insights/weekly.html", weekly=replace(summary, health=context.health().lines), faults=faults, sources=store.sources.all(),
        earlier=last - WEEK, later=last + WEEK if last + WEEK <= yesterday else None,
    )  # fmt: skip
