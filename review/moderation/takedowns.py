"""Takedowns: what was done to have a post removed elsewhere, which wait longest, and clocks of personal data."""

from __future__ import annotations

from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from review.auth.sessions import needs
from review.cases import deadlines, detail
from review.context import Visit
from review.rendering import page
from store import STEPS, WHOM, Clock, TakedownStep

LONGEST = {"how": 200, "reference": 200, "remark": 4000}


@needs("viewer")
def takedowns(visit: Visit) -> Response:
    """What should go and is not gone, whoever has waited longest first."""
    return page(
        visit, "takedowns.html", status=200, waiting=visit.store.open_takedowns(),
        clocks=[deadlines.shown(one, visit.at) for one in visit.store.breach_clocks()],
        kept=visit.request.query_params.get("kept", ""), **deadlines.words(),
    )  # fmt: skip


@needs("reviewer")
def takedown(visit: Visit) -> Response:
    """Keeps a step and goes back to the case; or says what is wrong with it."""
    number = visit.request.path_params["number"]
    if visit.store.case(number) is None:
        raise HTTPException(404)
    try:
        visit.store.add_takedown(_step(visit))
    except (StoreError, ValueError) as error:
        told = {name: str(value) for name, value in visit.form.items()}
        return page(
            visit, "takedown.html", status=422, fault=str(error), number=number, sent=told,
            followed=visit.store.takedowns(number), back=detail.back(visit), **deadlines.words(),
        )  # fmt: skip
    return RedirectResponse(f"{detail.way(visit, number)}#takedown", 303)


@needs("viewer")
def breach(visit: Visit) -> Response:
    """One clock of personal data, with the form to record what was done."""
    return _show(visit, _clock(visit))


@needs("reviewer")
def recorded(visit: Visit) -> Response:
    """Stops the clock with what was done; says what is missing, or who was faster."""
    found = _clock(visit)
    outcome, note = (str(visit.form.get(name, "")).strip() for name in ("outcome", "done"))
    faults: dict[str, str] = {}
    if outcome not in deadlines.OUTCOMES:
        faults["outcome"] = "Choose what came of it"
    if not note:
        faults["done"] = "Write what was done: who was told, when, and what was decided"
    if len(note) > LONGEST["remark"]:
        faults["done"] = f"Use at most {LONGEST['remark']:,} characters"
    if faults:
        return _show(visit, found, faults=faults, status=422)
    kept = visit.store.record_done(
        found.number, by=visit.user.number, at=visit.at, outcome=outcome, note=note
    )
    if not kept:
        return _show(visit, _clock(visit), late=True, status=409)
    way = f"/cases/{found.case}#clocks" if found.case_there else f"/takedowns?kept={found.number}"
    return RedirectResponse(way, 303)


def _show(
    visit: Visit,
    found: Clock,
    *,
    faults: dict[str, str] | None = None,
    late: bool = False,
    status: int = 200,
) -> Response:
    return page(
        visit, "breach.html", status=status, clock=deadlines.shown(found, visit.at), late=late,
        faults=faults or {}, form=visit.form, outcomes=deadlines.OUTCOMES,
    )  # fmt: skip


def _clock(visit: Visit) -> Clock:
    found = visit.store.clock(visit.request.path_params["number"])
    if found is None or found.kind != "pid":
        raise HTTPException(404)
    return found


def _step(visit: Visit) -> TakedownStep:
    """What the form says. Raises ValueError where something in it can't be right."""
    told = {
        name: str(visit.form.get(name, "")).strip() for name in ("post", "step", "whom", *LONGEST)
    }
    for name, most in LONGEST.items():
        if len(told[name]) > most:
            raise ValueError(f"Use at most {most:,} characters in each field")
    step = next((one for one in STEPS if one == told["step"]), None)
    whom = next((one for one in WHOM if one == told["whom"]), None)
    if step is None:
        raise ValueError("Choose what was done")
    if whom is None:
        raise ValueError("Choose who was asked, or who answered")
    posts = {str(one.mention) for one in visit.store.takedowns(visit.request.path_params["number"])}
    if told["post"] not in posts:
        raise ValueError("Choose which post it was about")
    return TakedownStep(
        mention=int(told["post"]), step=step, whom=whom, at=_when(visit) or visit.at,
        kept_at=visit.at, by=visit.user.number, how=told["how"], reference=told["reference"],
        note=told["remark"],
    )  # fmt: skip


def _when(visit: Visit) -> datetime | None:
    told = str(visit.form.get("when", "")).strip()
    if not told:
        return None
    try:
        return clock.from_local(told[:16], "%Y-%m-%dT%H:%M")
    except ValueError:
        raise ValueError("Write when as 2026-11-30T09:05, in UK time, or leave it empty") from None
