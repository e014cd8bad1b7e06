"""Handover: what is open, what changed since the last note, and what whoever goes off wants to be known."""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.rendering import page, sentence
from review.team import context
from store import Handover, Standing

LONGEST = 8000
FIRST = timedelta(days=1)  # how far back a first note looks
NEWEST = "newest"  # among a note's figures, and never shown: the newest case that whoever wrote it could know of
# What the figures of a note are called, one and several, and the page that shows the same.
FIGURES: dict[str, tuple[str, str, str]] = {
    "new": ("waits for a decision", "wait for a decision", "/cases?tab=new"),
    "high": ("of them high risk", "of them high risk", "/cases?tab=high"),
    "overdue": ("overdue", "overdue", "/cases?tab=overdue"),
    "escalated": ("escalated", "escalated", "/cases?tab=escalated"),
    "snoozed": ("snoozed", "snoozed", "/cases?tab=snoozed"),
    "assigned": ("assigned to somebody", "assigned to somebody", "/team"),
    "opinions": ("second opinion asked", "second opinions asked", "/handover#opinions"),
    "opinions_overdue": ("second opinion overdue", "second opinions overdue", "/handover#opinions"),
    "pid": ("clock of personal data runs", "clocks of personal data run", "/takedowns"),
    "assistance": ("request for help waits for an answer", "requests for help wait for an answer",
                   "/cases?tab=all&flag=assistance"),
    "media": ("media enquiry waits for an answer", "media enquiries wait for an answer", "/cases?tab=all&flag=media"),
}  # fmt: skip


@requires_role("viewer")
def handover(visit: RequestContext) -> Response:
    """What is open and what changed, the newest note, and the form for the next."""
    return _show(visit)


@requires_role("viewer")
def note(visit: RequestContext) -> Response:
    """One note with all of its versions, to be read or printed."""
    handover_note = visit.store.handover(visit.request.path_params["number"])
    if handover_note is None:
        raise HTTPException(404)
    versions = visit.store.handover_versions(handover_note.note)
    return page(
        visit, "handover_note.html", note=versions[-1], versions=versions, figures=FIGURES,
        known=context.team(visit),
    )  # fmt: skip


@requires_role("reviewer")
def written(visit: RequestContext) -> Response:
    """Keeps a note, or a correction of one's own newest; says what is missing, or who wrote meanwhile."""
    words = str(visit.form.get("words", "")).strip()
    if not words:
        return _show(visit, "Write what your colleagues should know", 422)
    if len(words) > LONGEST:
        return _show(visit, f"Use at most {LONGEST:,} characters", 422)
    last = visit.store.last_handover()
    corrects = visit.form.get("corrects") == "yes" and last is not None and last.by == visit.user.number  # fmt: skip
    standing = _standing(visit, last)
    try:
        number = visit.store.hand_over(
            words, by=visit.user.number, at=visit.at, figures={**standing.figures, NEWEST: standing.newest},
            after=_number(str(visit.form.get("after", ""))),
            note=last.note if corrects and last else None,
        )  # fmt: skip
    except StoreError as error:
        return _show(visit, sentence(str(error)), 422)
    if number is None and last and (last.by, last.words) == (visit.user.number, words):
        number = last.number  # the same, sent twice
    if number is None:
        return _show(visit, _faster(visit), 409)
    return RedirectResponse(f"/handover/{number}", 303)


@requires_role("reviewer")
def read(visit: RequestContext) -> Response:
    """Keeps that this person read a note, and goes back to where they were."""
    try:
        visit.store.read_handover(
            visit.request.path_params["number"], by=visit.user.number, at=visit.at
        )
    except StoreError as error:
        raise HTTPException(404) from error
    return RedirectResponse(f"/cases?{detail.back(visit)}", 303)


def _standing(visit: RequestContext, last: Handover | None) -> Standing:
    """What is open, and what changed since the last note, or a day where there is none."""
    if last is None:
        return visit.store.standing(visit.at - FIRST, visit.at)
    return visit.store.standing(last.at, visit.at, after=last.figures.get(NEWEST))


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def _faster(visit: RequestContext) -> str:
    last = visit.store.last_handover()
    if last is None:
        return "The form was changed on its way: send it again"
    who = context.team(visit).name(last.by)
    return (
        f"{who} left a note at {clock.local(last.at)} while you were writing: read it, then keep yours if it is "
        "still needed. Your words stand below"
    )


def _show(visit: RequestContext, fault: str = "", status: int = 200) -> Response:
    last = visit.store.last_handover()
    correcting = visit.request.query_params.get("correct") or visit.form.get("corrects")
    return page(
        visit, "handover.html", status=status, fault=fault, form=visit.form, last=last, most=LONGEST,
        standing=_standing(visit, last), figures=FIGURES, known=context.team(visit),
        earlier=_earlier(visit, last), correcting=bool(correcting) and _own(visit, last),
    )  # fmt: skip


def _own(visit: RequestContext, last: Handover | None) -> bool:
    return last is not None and last.by == visit.user.number


def _earlier(visit: RequestContext, last: Handover | None) -> list[Handover]:
    return [
        handover_note
        for handover_note in visit.store.handovers()
        if last is None or handover_note.note != last.note
    ]
