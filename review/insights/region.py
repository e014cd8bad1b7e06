"""What a region sees of its organisations: counts of whole weeks, small ones hidden, and nothing else of them."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core import clock
from core.disclosure import SMALL
from core.errors import ConfigError
from reports.region import MEASURES, WEEKS
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from steps.region import gathered


@requires_role("viewer")
def region(context: RequestContext) -> Response:
    """The counts. 404 where this organisation is no region, by the installer's settings alone: no page changes those."""
    app = context.app
    if app.others is None or not app.file.region.of:
        raise HTTPException(404)
    labels = [(name, flag.label) for name, flag in app.flags.items()]
    try:
        counts, why = gathered(app.file, app.others.members().values(), clock.local_day(context.at), labels), ""  # fmt: skip
    except ConfigError as error:
        counts, why = None, str(error)
    return page(
        context, "insights/region.html", status=200 if counts else 503, counts=counts, why=why, measures=MEASURES,
        weeks=WEEKS, small=SMALL,
    )  # fmt: skip
