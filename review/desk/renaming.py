"""Renaming a case: an officer's line in place of the rules', for the lists and the case itself; never for an email."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from core.text import sentence
from review import free_text
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import decide, today
from review.rendering import page
from store import Case
from store.cases.case_lines import LONGEST

OVERTAKEN = "Someone else renamed it while you wrote. What it is called now stands below: save again if yours is better"  # fmt: skip


@requires_role("reviewer")
def ask(context: RequestContext) -> Response:
    """What a case is called, by whom, and the line to write in its place."""
    return _form(context, decide.case_of(context))


@requires_role("reviewer")
def rename(context: RequestContext) -> Response:
    """Calls a case by the line that was written, or by the rules' again; says why not, with all that was typed."""
    case, lines, version = decide.case_of(context), context.store.case_lines, _version(context)
    by, at = context.user.number, context.at
    typed = " ".join(str(context.form.get("line", "")).split())
    if context.form.get("do") == "back":
        if not lines.take_back(case.number, version, by=by, at=at):
            return _form(context, case, typed=typed, fault=OVERTAKEN, status=409)
        return RedirectResponse(today.way(context, case.number), 303)
    if fault := _fault(typed):
        return _form(context, case, typed=typed, fault=fault, status=422)
    try:
        saved = lines.rename(case.number, typed, version, by=by, at=at)
    except StoreError as error:
        return _form(context, case, typed=typed, fault=sentence(str(error)), status=422)
    if not saved:
        return _form(context, case, typed=typed, fault=OVERTAKEN, status=409)
    return RedirectResponse(today.way(context, case.number), 303)


def _fault(line: str) -> str:
    """Why a line is not taken; "" where it is."""
    if not line:
        return "Write what the case is about, or leave the line as it is"
    if len(line) > LONGEST:
        return f"Make it shorter: at most {LONGEST} characters, and this has {len(line)}"
    if of_person := free_text.names_person(line):
        return f"This looks like {of_person}. Leave it out: the line stands in everyone’s lists"
    return ""


def _version(context: RequestContext) -> int:
    """The line that was on the page, as the form names it."""
    digits = str(context.form.get("version", ""))
    return int(digits) if digits.isdecimal() and len(digits) < 12 else -1


def _form(context: RequestContext, case: Case, *, typed: str = "", fault: str = "", status: int = 200) -> Response:  # fmt: skip
    lines, named = context.store.case_lines, context.store.lanes.named(case.number, context.at)
    rules = named[1] if named is not None else ""
    line = lines.in_place({case.number: rules})[case.number]
    try:
        lines.refuse(case.number)
    except StoreError as error:
        refused = sentence(str(error))
    else:
        refused = "" if rules else "Nobody has sorted it yet: it gets its line within minutes"
    return page(
        context, "desk/renaming.html", status=status, case=case, rules=rules, line=line, typed=typed or line, fault=fault, refused=refused,
        written=lines.last(case.number), version=lines.version(case.number), longest=LONGEST,
    )  # fmt: skip
