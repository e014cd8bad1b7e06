"""Taking a case, handing it to a colleague, giving it back: one from its page, or several from the queue."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from review.auth.sessions import requires_role
from review.cases import detail
from review.cases.queue import MOST_AT_ONCE
from review.context import RequestContext
from review.desk import sorting
from review.rendering import page
from review.team import colleagues
from review.team.colleagues import Team
from store import Teamwork

LONGEST_NOTE = 500
NOBODY = "nobody"  # as a form says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A case that was not handed on, and why."""

    case: str
    why: str


@requires_role("reviewer")
def assign(context: RequestContext) -> Response:
    """Hands one case on and goes back to it; says what is wrong, or who was faster."""
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    known = colleagues.team(context)
    fault = _fault(context, known)
    status = 422
    if not fault:
        fault, status = _hand(context, known, case.number, str(context.form.get("seen", "")))
    if fault:
        work = context.store.assignments.teamwork((case.number,)).get(case.number, Teamwork())
        return page(
            context, "cases/assign.html", status=status, case=case, fault=fault, work=work, known=known,
            deciders=known.deciders(), back=detail.back(context), form=context.form,
            most=LONGEST_NOTE,
        )  # fmt: skip
    return RedirectResponse(f"{detail.way(context, case.number)}#team", 303)


@requires_role("reviewer")
def assign_many(context: RequestContext) -> Response:
    """Hands the ticked cases on, each as it was shown; says which were left alone and why."""
    ticked = [
        str(ticked_case) for name in ("case", "hand") for ticked_case in context.form.getlist(name)
    ]
    known = colleagues.team(context)
    fault = _fault(context, known)
    if not ticked or len(ticked) > MOST_AT_ONCE:
        fault = f"Tick 1 to {MOST_AT_ONCE} cases, then choose who should have them"
    seen = dict(str(pair).partition(":")[::2] for pair in context.form.getlist("seen"))
    done: list[str] = []
    left: list[Left] = []
    for ticked_case in [] if fault else ticked:
        number = ticked_case.partition(":")[0]
        if not re.fullmatch(r"[0-9]{1,11}", number):
            left.append(Left(case="", why="its number can’t be read"))
            continue
        why, _ = _hand(context, known, int(number), seen.get(number, ""))
        if why:
            left.append(Left(case=number, why=why))
        else:
            done.append(number)
    return page(
        context, "cases/assigned.html", status=422 if fault else 200, fault=fault, done=done, left=left,
        ticked=ticked, seen=[str(pair) for pair in context.form.getlist("seen")], form=context.form,
        back="/all?" + str(context.form.get("back", "")), query=str(context.form.get("back", "")),
        deciders=known.deciders(), most=LONGEST_NOTE, to=_to(context), known=known,
    )  # fmt: skip


def _fault(context: RequestContext, known: Team) -> str:
    """What is wrong with what the form says; "" where nothing is."""
    assignee = str(context.form.get("to", ""))
    if assignee != NOBODY and assignee not in {
        str(colleague.number) for colleague in known.deciders()
    }:
        return "Choose a colleague who can decide"
    if len(_note(context)) > LONGEST_NOTE:
        return f"Use at most {LONGEST_NOTE} characters in the note"
    return ""


def _to(context: RequestContext) -> int | None:
    assignee = str(context.form.get("to", ""))
    return int(assignee) if re.fullmatch(r"[0-9]{1,9}", assignee) else None


def _note(context: RequestContext) -> str:
    return str(context.form.get("assign_note", "")).strip()


def _hand(context: RequestContext, known: Team, number: int, seen: str) -> tuple[str, int]:
    """Hands a case on; why it was not and the status for that, or "" where it was."""
    case = context.store.cases.get(number)
    if case is None or case.protected or not context.sees(case):
        return "It is not there any more", 404
    work = context.store.assignments.teamwork((number,)).get(number, Teamwork())
    if str(work.seen) != seen:
        return _again(context, known, number)
    if not colleagues.may_hand(context, known, case, work.assigned):
        if case.state == "done":
            return "It is done: undo its decision first", 422
        name = known.name(work.assigned.to if work.assigned else None)
        return f"{name} has it: they or a lead can hand it on. You can decide it all the same", 403
    try:
        saved = context.store.assignments.assign(
            number, _to(context), by=known.me, at=context.at, seen=work.seen, note=_note(context)
        )
    except StoreError as error:
        return sentence(str(error)), 422
    if saved and _to(context) == known.me:
        sorting.note_look(context, number)
    return ("", 303) if saved else _again(context, known, number)


def _again(context: RequestContext, known: Team, number: int) -> tuple[str, int]:
    """Nothing is wrong where the same person sent the same twice; else somebody was faster."""
    assignments = context.store.assignments.of_case(number)
    if assignments and (assignments[-1].by, assignments[-1].to) == (known.me, _to(context)):
        return "", 303
    return _faster(context, known, number), 409


def _faster(context: RequestContext, known: Team, number: int) -> str:
    assignments = context.store.assignments.of_case(number)
    if not assignments:
        return "The form was changed on its way: reload the page and try again"
    last = assignments[-1]
    whom = "gave it back" if last.to is None else f"gave it to {known.name(last.to)}"
    return f"{known.name(last.by)} {whom} at {clock.local(last.at)}, after you loaded the page"
