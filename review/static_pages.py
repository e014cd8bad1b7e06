"""Pages that hold little more than words: the accessibility statement, how personal data is used, the sources, the organisation's own logo.

The statement is by the model of the Public Sector Bodies Accessibility Regulations 2018.
"""

from __future__ import annotations

from datetime import date

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core import clock
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from steps import gate, pulse
from steps.source_parts import called
from store.sources import NOT_WATCHED

# When what it says was last held against the pages and the tests. Change both together.
PREPARED = date(2026, 11, 25)


def statement(context: RequestContext) -> Response:
    """Everybody may read it, signed in or not."""
    return page(context, "static_pages/accessibility.html", prepared=PREPARED)


def personal_data(context: RequestContext) -> Response:
    """What Help says of it, for who is not signed in: whoever signs in may read first what becomes of their name."""
    return page(context, "static_pages/personal_data.html")


@requires_role("viewer")
def sources(context: RequestContext) -> Response:
    """Every source that was ever read or should be, and which are failing: silence and blindness must not look alike."""
    known = {state.source: state for state in context.store.sources.all()}
    never = [name for name in context.config.sources_on if name not in known]
    papers, on = context.config.governance, clock.local_day(context.at)
    lacks = gate.lacking(context.config, on)
    current = pulse.of_store(context.store, context.config, context.app.folder, context.at)
    may_see = context.may("lead") or context.may("governance")
    # what came by a report or a file, and when, may be the Guardian's: that it came and stands in no list tells so
    in_lane = context.sight.guardians
    read = [
        state
        for state in known.values()
        if in_lane or state.error or state.source not in NOT_WATCHED
    ]
    return page(
        context,
        "static_pages/sources.html",
        sources=read,
        exact=in_lane,
        never=never,
        called={
            state.source: called(state.parts, len(state.parts))
            for state in known.values()
            if state.parts and state.source in context.config.sources_on
        },
        stopped=bool(lacks),
        lacks=lacks if may_see else {},
        lines=pulse.lines(current, context.config),
        per_source=[
            pulse.source_line(source, context.at, news=in_lane) for source in current.sources
        ],
        review=papers.review_date if may_see and papers.review_soon(on) else None,
    )


def logo(context: RequestContext) -> Response:
    """The picture; who is not signed in gets it too, since the sign-in page shows it."""
    if context.app.logo is None:
        raise HTTPException(404)
    return Response(context.app.logo.png, media_type="image/png")
