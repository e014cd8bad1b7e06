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
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page, sentence
from review.team import context
from review.team.context import Team
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
def team(visit: RequestContext) -> Response:
    """Who has how much to do, who is away, and who covers."""
    known = context.team(visit)
    loads = visit.store.loads(visit.at)
    coming = visit.store.absences(visit.at)
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
        visit, "team.html", rows=rows, known=known, kept=visit.request.query_params.get("kept", ""),
        left=[(number, known.name(number), loads[number]) for number in others], lead=visit.may("lead"),
        short=lambda day: context.short(day, visit.at),
    )  # fmt: skip


@requires_role("reviewer")
def away(visit: RequestContext) -> Response:
    """The form for one's own absence, or a colleague's for a lead; filled in where one is to be changed."""
    params = visit.request.query_params
    user = _whose(visit, params.get("user", ""))
    if not user:
        return _not_theirs(visit)
    replaces = _number(params.get("change", ""))
    old = visit.store.absence(replaces) if replaces else None
    if old is not None and (old.user != user or not old.current):
        old = None
    fields = {} if old is None else {
        "first": old.first.isoformat(), "last": old.last.isoformat(), "cover": str(old.cover or ""),
        "replaces": str(old.number),
    }  # fmt: skip
    return _show(visit, user, fields)


@requires_role("reviewer")
def set_away(visit: RequestContext) -> Response:
    """Keeps an absence; says what is wrong with it, or who changed it meanwhile."""
    fields = {
        name: str(visit.form.get(name, "")).strip()[:40]
        for name in ("first", "last", "cover", "replaces")
    }
    user = _whose(visit, str(visit.form.get("user", "")))
    if not user:
        return _not_theirs(visit)
    known = context.team(visit)
    faults = _faults(fields, known)
    if faults:
        return _show(visit, user, fields, faults, 422)
    replaces = _number(fields["replaces"])
    if _there(visit, user, fields):
        return _done(visit, user)
    try:
        number = visit.store.set_absence(
            user, date.fromisoformat(fields["first"]), date.fromisoformat(fields["last"]),
            int(fields["cover"]) if fields["cover"] else None, by=known.me, at=visit.at,
            replaces=replaces or None,
        )  # fmt: skip
    except StoreError as error:
        words = sentence(str(error))
        return _show(visit, user, fields, {_field(words): words}, 422)
    if number is None:
        return _show(visit, user, fields | {"replaces": ""}, {"first": _faster(visit, known, user)}, 409)  # fmt: skip
    return _done(visit, user)


@requires_role("reviewer")
def end_away(visit: RequestContext) -> Response:
    """Gives an absence up from today on."""
    absence = visit.store.absence(visit.request.path_params["number"])
    if absence is None:
        raise HTTPException(404)
    user = _whose(visit, str(absence.user))
    if not user:
        return _not_theirs(visit)
    known = context.team(visit)
    try:
        ended = visit.store.end_absence(absence.number, by=known.me, at=visit.at)
    except StoreError as error:
        words = sentence(str(error))
        return _show(visit, user, {}, {"first": words}, 422)
    if not ended:
        return _show(visit, user, {}, {"first": _faster(visit, known, user)}, 409)
    return _done(visit, user)


def parts(visit: RequestContext, user: int) -> dict[str, object]:
    """What `away_parts.html` needs of one person: what is to come, and the history of changes."""
    known = context.team(visit)
    return {
        "known": known, "whose": user, "own": user == known.me,
        "coming": [absence for absence in visit.store.absences(visit.at) if absence.user == user],
        "past": visit.store.absence_history(user),
        "covering": [who for who, there in known.away.items() if there.acting == user],
        "choices": [colleague for colleague in known.deciders() if colleague.number != user],
        "short": lambda day: context.short(day, visit.at), "today": clock.local_day(visit.at),
    }  # fmt: skip


def _there(visit: RequestContext, user: int, fields: Mapping[str, str]) -> bool:
    """Whether exactly this holds already: the form was sent twice."""
    return any(
        (
            absence.user,
            absence.first.isoformat(),
            absence.last.isoformat(),
            str(absence.cover or ""),
        )
        == (user, fields["first"], fields["last"], fields["cover"])
        for absence in visit.store.absences(visit.at)
    )


def _whose(visit: RequestContext, text: str) -> int:
    """Whose absence it is, one's own where it isn't said; 0 where it is a colleague's and the person is no lead."""
    number = _number(text) or visit.user.number
    if number == visit.user.number:
        return number
    if not visit.may("lead"):
        return 0
    if visit.store.user(number) is None:
        raise HTTPException(404)
    return number


def _not_theirs(visit: RequestContext) -> Response:
    return page(visit, "not_yours.html", status=403, role="lead")


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


def _faster(visit: RequestContext, known: Team, user: int) -> str:
    history = visit.store.absence_history(user, limit=1)
    who = known.name(history[0].by) if history else "Somebody"
    return f"{who} changed these days while you were looking: see below what holds now"


def _done(visit: RequestContext, user: int) -> Response:
    way = "/account?kept=away#away" if user == visit.user.number else f"/team?{urlencode({'kept': user})}"  # fmt: skip
    return RedirectResponse(way, 303)


def _show(
    visit: RequestContext,
    user: int,
    fields: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return page(
        visit, "away.html", status=status, told=fields, faults=faults or {}, **parts(visit, user)
    )  # fmt: skip
