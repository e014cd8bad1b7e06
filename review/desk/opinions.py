"""A colleague’s question, answered where the case is read: that they agree, see it differently and why, or in words."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from core.text import sentence
from review.auth.sessions import requires_role
from review.cases import actions
from review.context import RequestContext
from review.desk import shell, today


@requires_role("reviewer")
def answer(context: RequestContext) -> Response:
    """Saves an opinion and shows the case with it; says what is missing, or who was faster. The form of the whole case has its own page."""
    if "desk" not in context.form:
        return actions.answer(context)
    opinion = context.store.opinions.get(context.request.path_params["number"])
    case = context.store.cases.get(opinion.case) if opinion is not None else None
    if opinion is None or case is None:
        raise HTTPException(404)
    stance = next((each for each in actions.STANCES if each == context.form.get("stance")), None)
    words = str(context.form.get("answer", "")).strip()
    if context.user.number not in context.store.opinions.may_answer(opinion, context.at):
        return today.show(context, case, fault="This opinion was asked of someone else.", status=403)  # fmt: skip
    if stance is None:
        return today.show(
            context, case, fault="Choose whether you agree, or answer in words.", status=422
        )
    if len(words) > actions.LONGEST:
        return today.show(context, case, fault=f"Use at most {actions.LONGEST:,} characters.", status=422)  # fmt: skip
    try:
        saved = context.store.opinions.answer(
            opinion.number, by=context.user.number, stance=stance, answer=words, at=context.at
        )
    except StoreError as error:
        return today.show(context, case, fault=f"{sentence(str(error))}.", status=422)
    if not saved:
        return today.show(context, case, fault="It needs no answer any more: see below who settled it.", status=409)  # fmt: skip
    lane = shell.lane_asked(context)
    return RedirectResponse(f"/cases/{case.number}{f'?lane={lane}' if lane else ''}", 303)
