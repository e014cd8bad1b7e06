"""An organisation's own name and logo at the top of every page, where config.toml has them."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from review.context import RequestContext


def logo(context: RequestContext) -> Response:
    """The picture; who is not signed in gets it too, since the sign-in page shows it."""
    if not context.app.brand.logo:
        raise HTTPException(404)
    return Response(context.app.brand.logo, media_type="image/png")
