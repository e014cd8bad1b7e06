"""Holiday cover: who is away from which day to which, and who does what is theirs. One's own, and a lead's view of all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from review.team import colleagues
from review.team.colleagues import Team
from store import Absence, Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One colleague on the team's page."""

    number: int
    name: str
    away: str
    load: Load
    absences: tuple[Absence, ...]
    covers: tuple[str, ...]


@requires_role("viewer")
def team(context: RequestContext) -> Response:
    """Who has how much to do, who is away, and who covers."""
    known = colleagues.team(context)
    loads = context.store.assignments.workloads(context.at)
    coming = context.store.absences.all(context.at)
    rows = [
        Row(
            number=colleague.number, name=colleague.name, away=colleague.away, load=loads.get(colleague.number, Load()),
            absences=tuple(absence for absence in coming if absence.user == colleague.number),
            covers=tuple(
                known.name(who) for who, there in known.away.items() if there.acting == colleague.number
            ),
        )
        for colleague in known.deciders()
    ]  # fmt: skip
    others = sorted(set(loads) - {row.number for row in rows})
    return page(
        context, "team/team.html", rows=rows, known=known, kept=context.request.query_params.get("kept", ""),
        left=[(number, known.name(number), loads[number]) for number in others], lead=context.may("lead"),
        short=lambda day: colleagues.short(day, context.at), duty_lead=_unmailed_duty_lead(context),
    )  # fmt: skip


def _unmailed_duty_lead(context: RequestContext) -> str:
    """The name of the duty lead of the Guardian's lane whom no email reaches, for leads; "" where one does, or there is none."""
    review = context.config.review
    if not context.may("lead") or review.duty_lead_mail:
        return ""
    return next(
        (
            user.name
            for user in context.store.users.all()
            if user.active and user.handle and user.handle == review.duty_lead
        ),
        "",
    )


@requires_role("reviewer")
def away(context: RequestContext) -> Response:
    """The form for one's own absence, or a colleague's for a lead; filled in where one is to be changed."""
    params = context.request.query_params
    user = _whose(context, params.get("user", ""))
    if not user:
        return _not_theirs(context)
    replaces = _number(params.get("change", ""))
    old = context.store.absences.get(replaces) if replaces else None
    if old is not None and (old.user != user or not old.current):
        old = None
    fields = {} if old is None else {
        "first": old.first.isoformat(), "last": old.last.isoformat(), "cover": str(old.cover or ""),
        "replaces": str(old.number),
    }  # fmt: skip
    return _show(context, user, fields)


@requires_role("reviewer")
def set_away(context: RequestContext) -> Response:
    """Keeps an absence; says what is wrong with it, or who changed it meanwhile."""
    fields = {
        name: str(context.form.get(name, "")).strip()[:40]
        for name in ("first", "last", "cover", "replaces")
    }
    user = _whose(context, str(context.form.get("user", "")))
    if not user:
        return _not_theirs(context)
    known = colleagues.team(context)
    faults = _faults(fields, known)
    if faults:
        return _show(context, user, fields, faults, 422)
    replaces = _number(fields["replaces"])
    if _there(context, user, fields):
        return _done(context, user)
    try:
        number = context.store.absences.add(
            user, date.fromisoformat(fields["first"]), date.fromisoformat(fields["last"]),
            int(fields["cover"]) if fields["cover"] else None, by=known.me, at=context.at,
            replaces=replaces or None,
        )  # fmt: skip
    except StoreError as error:
        words = sentence(str(error))
        return _show(context, user, fields, {_field(words): words}, 422)
    if number is None:
        return _show(context, user, fields | {"replaces": ""}, {"first": _faster(context, known, user)}, 409)  # fmt: skip
    return _done(context, user)


@requires_role("reviewer")
def end_away(context: RequestContext) -> Response:
    """Gives an absence up from today on."""
    absence = context.store.absences.get(context.request.path_params["number"])
    if absence is None:
        raise HTTPException(404)
    user = _whose(context, str(absence.user))
    if not user:
        return _not_theirs(context)
    known = colleagues.team(context)
    try:
        ended = context.store.absences.end(absence.number, by=known.me, at=context.at)
    except StoreError as error:
        words = sentence(str(error))
        return _show(context, user, {}, {"first": words}, 422)
    if not ended:
        return _show(context, user, {}, {"first": _faster(context, known, user)}, 409)
    return _done(context, user)


def parts(context: RequestContext, user: int) -> dict[str, object]:
    """What `team/away_parts.html` needs of one person: what is to come, and the history of changes."""
    known = colleagues.team(context)
    return {
        "known": known, "whose": user, "own": user == known.me,
        "coming": [absence for absence in context.store.absences.all(context.at) if absence.user == user],
        "past": context.store.absences.history(user),
        "covering": [who for who, there in known.away.items() if there.acting == user],
        "choices": [colleague for colleague in known.deciders() if colleague.number != user],
        "short": lambda day: colleagues.short(day, context.at), "today": clock.local_day(context.at),
    }  # fmt: skip


def _there(context: RequestContext, user: int, fields: Mapping[str, str]) -> bool:
    """Whether exactly this holds already: the form was sent twice."""
    return any(
        (
            absence.user,
            absence.first.isoformat(),
            absence.last.isoformat(),
            str(absence.cover or ""),
        )
        == (user, fields["first"], fields["last"], fields["cover"])
        for absence in context.store.absences.all(context.at)
    )


def _whose(context: RequestContext, text: str) -> int:
    """Whose absence it is, one's own where it isn't said; 0 where it is a colleague's and the person is no lead."""
    number = _number(text) or context.user.number
    if number == context.user.number:
        return number
    if not context.may("lead"):
        return 0
    if context.store.users.get(number) is None:
        raise HTTPException(404)
    return number


def _not_theirs(context: RequestContext) -> Response:
    return page(context, "layout/not_yours.html", status=403, role="lead")


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _faults(fields: Mapping[str, str], known: Team) -> dict[str, str]:
    faults: dict[str, str] = {}
    for name, what in (("first", "the first day"), ("last", "the last day")):
        try:
            date.fromisoformat(fields[name])
        except ValueError:
            faults[name] = f"Write {what} as 2026-12-03"
    if fields["cover"] and fields["cover"] not in {
        str(colleague.number) for colleague in known.deciders()
    }:
        faults["cover"] = "Choose a colleague who can decide"
    return faults


def _field(words: str) -> str:
    if "last day" in words:
        return "last"
    return "first" if "overlaps" in words else "cover"


def _faster(context: RequestContext, known: Team, user: int) -> str:
    history = context.store.absences.history(user, limit=1)
    who = known.name(history[0].by) if history else "Someone"
    return f"{who} changed these days while you were looking: see below what holds now"


def _done(context: RequestContext, user: int) -> Response:
    way = "/account?kept=away#away" if user == context.user.number else f"/team?{urlencode({'kept': user})}"  # fmt: skip
    return RedirectResponse(way, 303)


def _show(
    context: RequestContext,
    user: int,
    fields: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return page(
        context, "team/away.html", status=status, told=fields, faults=faults or {}, **parts(context, user)
    )  # fmt: skip
