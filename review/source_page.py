"""Which sources were read when, and which are failing: silence and blindness must not look alike."""

from __future__ import annotations

from starlette.responses import Response

from review.desk import Visit
from review.rendering import page
from review.signing import needs


@needs("viewer")
def sources(visit: Visit) -> Response:
    """Every source that was ever read or should be."""
    known = {state.source: state for state in visit.store.sources()}
    never = [name for name in visit.desk.sources_on if name not in known]
    return page(
        visit,
        "sources.html",
        sources=list(known.values()),
        never=never,
        unsent=visit.store.given_up(),
    )
