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
def takedowns(visit: RequestContext) -> Response:
    """What should go and is not gone, whoever has waited longest first."""
    return page(
        visit, "takedowns.html", status=200, waiting=visit.store.open_takedowns(),
        clocks=[deadlines.shown(breach_clock, visit.at) for breach_clock in visit.store.breach_clocks()],
        kept=visit.request.query_params.get("kept", ""), **deadlines.words(),
    )  # fmt: skip


@requires_role("reviewer")
def takedown(visit: RequestContext) -> Response:
    """Keeps a step and goes back to the case; or says what is wrong with it."""
    number = visit.request.path_params["number"]
    if visit.store.case(number) is None:
        raise HTTPException(404)
    try:
        visit.store.add_takedown(_step(visit))
    except (StoreError, ValueError) as error:
        fields = {name: str(value) for name, value in visit.form.items()}
        return page(
            visit, "takedown.html", status=422, fault=str(error), number=number, sent=fields,
            followed=visit.store.takedowns(number), back=detail.back(visit), **deadlines.words(),
        )  # fmt: skip
    return RedirectResponse(f"{detail.way(visit, number)}#takedown", 303)


@requires_role("viewer")
def breach(visit: RequestContext) -> Response:
    """One clock of personal data, with the form to record what was done."""
    return _show(visit, _clock(visit))


@requires_role("reviewer")
def recorded(visit: RequestContext) -> Response:
    """Stops the clock with what was done; says what is missing, or who was faster."""
    breach_clock = _clock(visit)
    outcome, note = (str(visit.form.get(name, "")).strip() for name in ("outcome", "done"))
    faults: dict[str, str] = {}
    if outcome not in deadlines.OUTCOMES:
        faults["outcome"] = "Choose what came of it"
    if not note:
        faults["done"] = "Write what was done: who was told, when, and what was decided"
    if len(note) > LONGEST["remark"]:
        faults["done"] = f"Use at most {LONGEST['remark']:,} characters"
    if faults:
        return _show(visit, breach_clock, faults=faults, status=422)
    stopped = visit.store.record_done(
        breach_clock.number, by=visit.user.number, at=visit.at, outcome=outcome, note=note
    )
    if not stopped:
        return _show(visit, _clock(visit), late=True, status=409)
    way = (
        f"/cases/{breach_clock.case}#clocks"
        if breach_clock.case_there
        else f"/takedowns?kept={breach_clock.number}"
    )
    return RedirectResponse(way, 303)


def _show(
    visit: RequestContext,
    breach_clock: Clock,
    *,
    faults: dict[str, str] | None = None,
    late: bool = False,
    status: int = 200,
) -> Response:
    return page(
        visit, "breach.html", status=status, clock=deadlines.shown(breach_clock, visit.at), late=late,
        faults=faults or {}, form=visit.form, outcomes=deadlines.OUTCOMES,
    )  # fmt: skip


def _clock(visit: RequestContext) -> Clock:
    breach_clock = visit.store.clock(visit.request.path_params["number"])
    if breach_clock is None or breach_clock.kind != "pid":
        raise HTTPException(404)
    return breach_clock


def _step(visit: RequestContext) -> TakedownStep:
    """What the form says. Raises ValueError where something in it can't be right."""
    fields = {
        name: str(visit.form.get(name, "")).strip() for name in ("post", "step", "whom", *LONGEST)
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
        for takedown in visit.store.takedowns(visit.request.path_params["number"])
    }
    if fields["post"] not in posts:
        raise ValueError("Choose which post it was about")
    return TakedownStep(
        mention=int(fields["post"]), step=step, whom=whom, at=_when(visit) or visit.at,
        kept_at=visit.at, by=visit.user.number, how=fields["how"], reference=fields["reference"],
        note=fields["remark"],
    )  # fmt: skip


def _when(visit: RequestContext) -> datetime | None:
    text = str(visit.form.get("when", "")).strip()
    if not text:
        return None
    try:
        return clock.from_local(text[:16], "%Y-%m-%dT%H:%M")
    except ValueError:
        raise ValueError("Write when as 2026-11-30T09:05, in UK time, or leave it empty") from None
