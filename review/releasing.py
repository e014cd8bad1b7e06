"""A governance role releases the way to an employer for one case, and says why."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from review import case_page, employing
from review.desk import Visit
from review.signing import needs

FEWEST = 20  # characters of a reason: this touches somebody's livelihood


@needs("governance")
def release_hr(visit: Visit) -> Response:
    """Opens it; refused where the author is not the ICB's own staff or terms forbid such use."""
    found = visit.store.case(visit.request.path_params["number"])
    if found is None:
        raise HTTPException(404)
    worth = [one for one in visit.store.case_mentions(found.number) if one.worth]
    reason = str(visit.form.get("reason", "")).strip()[:500]
    if not employing.can_be_released(found, worth):
        fault = "It can't be released: not every author is the ICB's own staff, or terms forbid such use"
        return case_page.show(visit, found, fault=fault, status=422)
    if len(reason) < FEWEST:
        fault = f"Say why the way to an employer is released, in at least {FEWEST} characters"
        return case_page.show(visit, found, fault=fault, status=422)
    visit.store.release_hr(found.number, by=visit.user.number, reason=reason, at=visit.at)
    return RedirectResponse(case_page.way(visit, found.number), 303)
