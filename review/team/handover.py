"""Handover: what is open, what changed since the last note, and what whoever goes off wants to be known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from review.auth.sessions import requires_role
from review.cases import deadlines
from review.context import RequestContext
from review.desk import second_looks, shell
from review.desk.dangers import dangers
from review.desk.untold import all_elsewhere
from review.rendering import page
from review.team import colleagues
from store import Handover, Standing

LONGEST = 8000
FIRST = timedelta(days=1)  # how far back a first note looks
NEWEST = "newest"  # among a note's figures, and never shown: the newest case that whoever wrote it could know of
# What the figures of a note are called, one and several, and the page that shows the same.
FIGURES: dict[str, tuple[str, str, str]] = {
    "now": ("urgent, in Now", "urgent, in Now", "/today?lane=now"),
    "answer": ("to answer, in Answer", "to answer, in Answer", "/today?lane=answer"),
    "new": ("waits for a decision", "wait for a decision", "/all?tab=new"),
    "high": ("of them of high risk", "of them of high risk", "/all?tab=high"),
    "overdue": ("overdue", "overdue", "/all?tab=overdue"),
    "escalated": ("case passed on, and still waiting", "cases passed on, and still waiting", "/waiting"),
    "confirmed": ("case passed on, and its team has it", "cases passed on, and their teams have them", "/waiting"),
    "snoozed": ("to come back later", "to come back later", "/all?tab=snoozed"),
    "assigned": ("case that someone has", "cases that someone has", "/team"),
    "opinions": ("colleague asked", "colleagues asked", "/handover#opinions"),
    "opinions_overdue": ("answer of a colleague overdue", "answers of colleagues overdue", "/handover#opinions"),
    "pid": ("72-hour clock of a confirmed leak runs", "72-hour clocks of confirmed leaks run", "/takedowns"),
    "assistance": ("request for help waits for an answer, in whichever lane", "requests for help wait for an answer, in whichever lane",
                   "/all?flag=assistance"),
    "media": ("media enquiry waits for an answer, in whichever lane", "media enquiries wait for an answer, in whichever lane", "/all?flag=media"),
}  # fmt: skip


# What the cases in Answer are, one and several: together they are the lane.
IN_ANSWER: dict[str, tuple[str, str]] = {
    "answer_assistance": ("request for help", "requests for help"),
    "answer_media": ("media enquiry", "media enquiries"),
    "answer_other": (
        "of another kind, as to take something down, or with a post not answered yet",
        "of another kind, as to take something down, or with a post not answered yet",
    ),
    "answer_done": (
        "that was answered already, to be closed",
        "that were answered already, to be closed",
    ),
}


@requires_role("viewer")
def handover(context: RequestContext) -> Response:
    """What is open and what changed, the newest note, and the form for the next."""
    return _show(context)


@requires_role("viewer")
def note(context: RequestContext) -> Response:
    """One note with all of its versions, to be read or printed."""
    handover_note = context.store.handovers.get(context.request.path_params["number"])
    if handover_note is None:
        raise HTTPException(404)
    versions = context.store.handovers.versions(handover_note.note)
    return page(
        context, "team/handover_note.html", note=versions[-1], versions=versions, figures=FIGURES,
        known=colleagues.team(context),
    )  # fmt: skip


@requires_role("reviewer")
def written(context: RequestContext) -> Response:
    """Keeps a note, or a correction of one's own newest; says what is missing, or who wrote meanwhile."""
    words = str(context.form.get("words", "")).strip()
    if not words:
        return _show(context, "Write what your colleagues should know", 422)
    if len(words) > LONGEST:
        return _show(context, f"Use at most {LONGEST:,} characters", 422)
    if context.form.get("named") != "yes" and (names := _names(context, words)):
        quoted = ", ".join(f"‘{name}’" for name in names)
        return _show(context, f"It seems to name a person: {quoted}. Write the case’s number, or who it is to us (‘the practice’, ‘her son’). If they are one of us, tick that below", 422, named=True)  # fmt: skip
    last = context.store.handovers.last()
    corrects = context.form.get("corrects") == "yes" and last is not None and last.by == context.user.number  # fmt: skip
    standing = _standing(context, last)
    try:
        number = context.store.handovers.add(
            words, by=context.user.number, at=context.at, figures={**standing.figures, NEWEST: standing.newest},
            after=_number(str(context.form.get("after", ""))),
            note=last.note if corrects and last else None,
        )  # fmt: skip
    except StoreError as error:
        return _show(context, sentence(str(error)), 422)
    if number is None and last and (last.by, last.words) == (context.user.number, words):
        number = last.number  # the same, sent twice
    if number is None:
        return _show(context, _faster(context), 409)
    return RedirectResponse(f"/handover/{number}", 303)


@requires_role("reviewer")
def read(context: RequestContext) -> Response:
    """Keeps that this person read a note, and goes back to where they were."""
    try:
        context.store.handovers.mark_read(
            context.request.path_params["number"], by=context.user.number, at=context.at
        )
    except StoreError as error:
        raise HTTPException(404) from error
    return RedirectResponse("/today", 303)


@requires_role("lead")
def struck(context: RequestContext) -> Response:
    """Strikes the words of one version, which should never have been in it."""
    number = context.request.path_params["number"]
    try:
        context.store.handovers.strike(number, by=context.user.number, at=context.at)
    except StoreError as error:
        raise HTTPException(404) from error
    return RedirectResponse(f"/handover/{number}", 303)


def _standing(context: RequestContext, last: Handover | None) -> Standing:
    """What is open, and what changed since the last note, or a day where there is none."""
    since, after = (last.at, last.figures.get(NEWEST)) if last else (context.at - FIRST, None)
    standing = context.store.handovers.standing(since, context.at, after=after)
    now = shell.lane_counts(context)["now"]  # as Today counts it
    return replace(standing, figures={**standing.figures, "now": now})


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def _faster(context: RequestContext) -> str:
    last = context.store.handovers.last()
    if last is None:
        return "The form was changed on its way: send it again"
    who = colleagues.team(context).name(last.by)
    return (
        f"{who} left a note at {clock.local(last.at)} while you were writing: read it, then keep yours if it is "
        "still needed. Your words stand below"
    )


def _show(context: RequestContext, fault: str = "", status: int = 200, *, named: bool = False) -> Response:  # fmt: skip
    last = context.store.handovers.last()
    correcting = context.request.query_params.get("correct") or context.form.get("corrects")
    return page(
        context, "team/handover.html", status=status, fault=fault, named=named, form=context.form, last=last, most=LONGEST,
        standing=_standing(context, last), hours_over=[each.case for each in context.store.deadlines.breaches() if each.due_at <= context.at], second=second_looks.wanted(context), figures=FIGURES, in_answer=IN_ANSWER, known=colleagues.team(context),
        dangers=dangers(context), followed=context.store.takedowns.followed(), stand_words=deadlines.stand_words, not_told=all_elsewhere(context), earlier=_earlier(context, last), unread_notes={each.number for each in context.store.handovers.unread(context.user.number)} if context.may("reviewer") else set(), correcting=bool(correcting) and _own(context, last),
    )  # fmt: skip


def _names(context: RequestContext, words: str) -> list[str]:
    """What in a note seems to name a person who has no account here, as the reply's box looks for it."""
    from review.replies import personal_details  # here, since a start would pay 0.2 s for it

    ours = {part.casefold() for user in context.store.users.all() for part in user.name.split()}
    names = [each.words for each in personal_details.details(words, context.config.organisation) if each.kind == "name"]  # fmt: skip
    return list(dict.fromkeys(name for name in names if not {part.casefold() for part in name.split()} <= ours))  # fmt: skip


def _own(context: RequestContext, last: Handover | None) -> bool:
    return last is not None and last.by == context.user.number


def _earlier(context: RequestContext, last: Handover | None) -> list[Handover]:
    return [
        handover_note
        for handover_note in context.store.handovers.recent()
        if last is None or handover_note.note != last.note
    ]
