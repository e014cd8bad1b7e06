"""Takedowns: what was done to have a post removed elsewhere, which wait longest, and clocks of personal data."""

from __future__ import annotations

from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from review.auth.sessions import requires_role
from review.cases import deadlines, detail
from review.context import RequestContext
from review.rendering import page
from store import STEPS, WHOM, Clock, TakedownStep

LONGEST = {"how": 200, "reference": 200, "remark": 4000}


@requires_role("viewer")
def takedowns(context: RequestContext) -> Response:
    """What should go and is not gone, whoever has waited longest first; apart what is hidden on a page of ours."""
    followed = context.store.takedowns.followed()
    return page(
        context, "moderation/takedowns.html", status=200, waiting=[each for each in followed if each.standing != "hidden"], hidden=[each for each in followed if each.standing == "hidden"],
        clocks=[deadlines.shown(breach_clock, context.at) for breach_clock in context.store.deadlines.breaches()],
        kept=context.request.query_params.get("kept", ""), **deadlines.words(),
    )  # fmt: skip


@requires_role("reviewer")
def takedown(context: RequestContext) -> Response:
    """Keeps a step and goes back to the case; or says what is wrong with it."""
    number = context.request.path_params["number"]
    if context.store.cases.get(number) is None:
        raise HTTPException(404)
    try:
        context.store.takedowns.add(_step(context))
    except (StoreError, ValueError) as error:
        fields = {name: str(value) for name, value in context.form.items()}
        return page(
            context, "moderation/takedown.html", status=422, fault=str(error), number=number, sent=fields,
            followed=context.store.takedowns.of_case(number), back=detail.back(context), **deadlines.words(),
        )  # fmt: skip
    return RedirectResponse(f"{detail.way(context, number)}#takedown", 303)


@requires_role("viewer")
def breach(context: RequestContext) -> Response:
    """One clock of personal data, with the form to record what was done."""
    return _show(context, _clock(context))


@requires_role("reviewer")
def recorded(context: RequestContext) -> Response:
    """Stops the clock with what was done; says what is missing, or who was faster."""
    breach_clock = _clock(context)
    outcome, note = (str(context.form.get(name, "")).strip() for name in ("outcome", "done"))
    faults: dict[str, str] = {}
    if outcome not in deadlines.OUTCOMES:
        faults["outcome"] = "Choose what came of it"
    if not note:
        faults["done"] = "Write what was done: who was told, when, and what was decided"
    if len(note) > LONGEST["remark"]:
        faults["done"] = f"Use at most {LONGEST['remark']:,} characters"
    if faults:
        return _show(context, breach_clock, faults=faults, status=422)
    stopped = context.store.deadlines.record_done(
        breach_clock.number, by=context.user.number, at=context.at, outcome=outcome, note=note
    )
    if not stopped:
        return _show(context, _clock(context), late=True, status=409)
    way = (
        f"/cases/{breach_clock.case}/full#clocks"
        if breach_clock.case_there
        else f"/takedowns?kept={breach_clock.number}"
    )
    return RedirectResponse(way, 303)


def _show(
    context: RequestContext,
    breach_clock: Clock,
    *,
    faults: dict[str, str] | None = None,
    late: bool = False,
    status: int = 200,
) -> Response:
    return page(
        context, "moderation/breach.html", status=status, clock=deadlines.shown(breach_clock, context.at), late=late,
        faults=faults or {}, form=context.form, outcomes=deadlines.OUTCOMES,
    )  # fmt: skip


def _clock(context: RequestContext) -> Clock:
    breach_clock = context.store.deadlines.get(context.request.path_params["number"])
    if breach_clock is None or breach_clock.kind != "pid":
        raise HTTPException(404)
    return breach_clock


def _step(context: RequestContext) -> TakedownStep:
    """What the form says. Raises ValueError where something in it can't be right."""
    fields = {
        name: str(context.form.get(name, "")).strip() for name in ("post", "step", "whom", *LONGEST)
    }
    for name, most in LONGEST.items():
        if len(fields[name]) > most:
            raise ValueError(f"Use at most {most:,} characters in each field")
    step = next((name for name in STEPS if name == fields["step"]), None)
    whom = next((party for party in WHOM if party == fields["whom"]), None)
    if step is None:
        raise ValueError("Choose what was done")
    if whom is None:
        raise ValueError("Choose who was asked, or who answered")
    posts = {
        str(takedown.mention)
        for takedown in context.store.takedowns.of_case(context.request.path_params["number"])
    }
    if fields["post"] not in posts:
        raise ValueError("Choose which post it was about")
    return TakedownStep(
        mention=int(fields["post"]), step=step, whom=whom, at=_when(context) or context.at,
        kept_at=context.at, by=context.user.number, how=fields["how"], reference=fields["reference"],
        note=fields["remark"],
    )  # fmt: skip


def _when(context: RequestContext) -> datetime | None:
    text = str(context.form.get("when", "")).strip()
    if not text:
        return None
    try:
        return clock.from_local(text[:16], "%Y-%m-%dT%H:%M")
    except ValueError:
        raise ValueError("Write when as 2026-11-30T09:05, in UK time, or leave it empty") from None
