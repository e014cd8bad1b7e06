"""The accessibility statement, by the model of the Public Sector Bodies Accessibility Regulations 2018."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page

# When what it says was last held against the pages and the tests. Change both together.
PREPARED = date(2026, 11, 25)


def statement(context: RequestContext) -> Response:
    """Everybody may read it, signed in or not."""
    return page(context, "accessibility.html", prepared=PREPARED)


# ── Which sources were read when, and which are failing: silence and blindness must not look alike.


@requires_role("viewer")
def sources(context: RequestContext) -> Response:
    """Every source that was ever read or should be."""
    known = {state.source: state for state in context.store.sources.all()}
    never = [name for name in context.app.sources_on if name not in known]
    return page(
        context,
        "sources.html",
        sources=list(known.values()),
        never=never,
        unsent=context.store.outbox.count_parked(),
    )
