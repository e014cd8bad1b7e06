"""Splitting a case: posts that somebody ticked as another matter get a case of their own, which can be put back."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from core.text import sentence
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import decide, today


@requires_role("reviewer")
def split(context: RequestContext) -> Response:
    """Gives the posts that were ticked a case of their own, and goes back to the one that they were in, which names it."""
    case = decide.case_of(context)
    try:
        context.store.splitting.split(case.number, decide.posts_of(context), by=context.user.number, at=context.at)  # fmt: skip
    except StoreError as error:
        return today.show(context, case, fault=f"{sentence(str(error))}.", status=422)
    return RedirectResponse(today.way(context, case.number), 303)


@requires_role("reviewer")
def put_back(context: RequestContext) -> Response:
    """Puts the posts of a case back into the one that they were split from, while nothing was done of them."""
    case = decide.case_of(context)
    try:
        of = context.store.splitting.put_back(case.number, by=context.user.number, at=context.at)
    except StoreError as error:
        return today.show(context, case, fault=f"{sentence(str(error))}.", status=422)
    return RedirectResponse(today.way(context, of), 303)
