"""Looks a reply over before somebody sends it, and puts another draft into the box. Nothing is kept of either."""

from __future__ import annotations

from starlette.responses import Response

from review import case_page, deciding, reply_parts
from review.desk import Visit
from review.signing import needs


@needs("reviewer")
def draft(visit: Visit) -> Response:
    """The case again, with all that was typed, and what was found in the draft or another one in its place."""
    found = visit.store.case(visit.request.path_params["number"])
    if found is None:
        return reply_parts.left(visit)
    if visit.form.get("use"):
        said = reply_parts.chosen(visit)
    else:
        worth = [one for one in visit.store.case_mentions(found.number) if one.worth]
        said = reply_parts.checked(visit, worth)
    late = deciding.overtaken(visit, found)
    if late:
        return case_page.show(visit, found, fault=late, said=said, status=409)
    return case_page.show(
        visit, found, fault=said.fault, said=said, status=422 if said.fault else 200
    )
