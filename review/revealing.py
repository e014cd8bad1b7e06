"""Shows one post in clear to somebody who says why, and keeps that they did."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from review import case_page
from review.desk import Visit
from review.rendering import page
from review.signing import needs

FEWEST = 8  # characters of a reason: a word says nothing


@needs("reviewer")
def reveal(visit: Visit) -> Response:
    """The words, the author and the profile line of a mention. Only ever the answer to a form, never a link."""
    number = visit.request.path_params["number"]
    item = visit.store.item(number)
    if item is None:
        raise HTTPException(404)
    reason = str(visit.form.get("reason", "")).strip()[:500]
    case = visit.store.case_of(number)
    way = case_page.way(visit, case) if case is not None else f"/mentions/{number}"
    short = len(reason) < FEWEST
    stored = None
    if not short:
        stored = visit.store.reveal(number, by=visit.user.handle, at=visit.at, reason=reason)
    return page(
        visit, "revealed.html", status=422 if short else 200, item=item, stored=stored, short=short,
        reason=reason, case=case, back=case_page.back(visit), way=way,
    )  # fmt: skip
