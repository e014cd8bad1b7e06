"""How good the program and its people are, as blind samples and decisions tell: what is missed, right, agreed on."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

import clock
from review.desk import Visit
from review.estimating import FEWEST
from review.quality import qualities
from review.rendering import page
from review.signing import needs

WEEKS = 12  # that the figures are of: the usual of a quarter


@needs("viewer")
def quality(visit: Visit) -> Response:
    """The figures of the last twelve weeks, each with how sure it is."""
    since = clock.local_day(visit.at) - timedelta(weeks=WEEKS - 1)
    store = visit.store
    found = qualities(store.draws(since), store.sample_tallies(since), visit.desk.flags)
    return page(
        visit, "quality.html", found=found, fewest=FEWEST, most_weeks=WEEKS,
        differ=store.disagreements(since, limit=20),
        progress=store.sample_progress(visit.user.number),
    )  # fmt: skip
