"""How good the program and its people are, as blind samples and decisions tell: what is missed, right, agreed on."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from core import clock
from core.estimates import FEWEST
from reports.quality import qualities
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import pane
from review.rendering import page

WEEKS = 12  # that the figures are of: the usual of a quarter


@requires_role("viewer")
def quality(context: RequestContext) -> Response:
    """The figures of the last twelve weeks, each with how sure it is."""
    since = clock.local_day(context.at) - timedelta(weeks=WEEKS - 1)
    store = context.store
    figures = qualities(
        store.samples.draws(since), store.sample_counts.tallies(since), context.app.flags
    )
    return page(
        context, "insights/quality.html", found=figures, fewest=FEWEST, most_weeks=WEEKS,
        differ=store.sample_counts.disagreements(since, limit=20),
        progress=store.sample_answers.progress(context.user.number),
        suggestions=pane.suggestions_shown(context),
    )  # fmt: skip
