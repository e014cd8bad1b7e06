"""What a person decides of a case: checked, kept with its version, and taken back as often as they like."""

from __future__ import annotations

import re
from datetime import date, datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from review.auth.sessions import needs
from review.cases import detail, safeguards
from review.cases.queue import AT_ONCE, MOST_AT_ONCE
from review.context import Visit
from review.rendering import page, sentence, words
from review.replies import panel
from review.team import context
from store import Case, CaseDecided, CaseDecision, Opinion, Stance

LONGEST_NOTE = 4000


@needs("reviewer")
def decide(visit: Visit) -> Response:
    """Keeps the decision and goes on to the queue; says what is wrong with it, or who was faster."""
    found = _case(visit)
    if _late(visit, found):  # before any fault: the form would come back as of now
        return _conflict(visit, found)
    try:
        said = _decision(visit, found)
        unsent = panel.unsent(visit) if said.kind == "respond" else None
        if unsent is not None:
            return detail.show(visit, found, fault=unsent.fault, status=422, said=unsent)
        kept = keep(visit, said, _number(visit, "version"))
    except (StoreError, ValueError) as error:
        return detail.show(visit, found, fault=str(error), status=422)
    if not kept:
        return _conflict(visit, found)
    return RedirectResponse(detail.way(visit, found.number, decided=found.version + 1), 303)


@needs("reviewer")
def replied(visit: Visit) -> Response:
    """Keeps the decision to respond with the words of a reply, which somebody has sent on the platform by now."""
    found = visit.store.case(visit.request.path_params["number"])
    if found is None:
        return panel.left(visit)
    if _late(visit, found):
        return _conflict(visit, found)
    worth = [one for one in visit.store.case_mentions(found.number) if one.worth]
    reply = panel.sendable(visit, worth)
    if reply.fault:
        return detail.show(visit, found, fault=reply.fault, status=422, said=reply)
    try:
        said = _decision(visit, found, "respond")
        kept = visit.store.record_reply(
            said, _number(visit, "version"),
            text=reply.text, link=reply.link, template=reply.template,
        )  # fmt: skip
    except (StoreError, ValueError) as error:
        return detail.show(visit, found, fault=str(error), status=422, said=reply)
    if not kept:
        return _conflict(visit, found)
    return RedirectResponse(detail.way(visit, found.number, decided=found.version + 1), 303)


@needs("reviewer")
def undo(visit: Visit) -> Response:
    """Takes back one decision; it stays in the history."""
    found = _case(visit)
    said = CaseDecision(
        case=found.number, kind="undo", by=visit.user.number, at=visit.at,
        undoes=_number(visit, "undoes"),
    )  # fmt: skip
    try:
        kept = visit.store.decide(said, _number(visit, "version"))
    except StoreError as error:
        return detail.show(visit, found, fault=str(error), status=422)
    return (
        RedirectResponse(detail.way(visit, found.number, decided=found.version + 1), 303)
        if kept
        else _conflict(visit, found)
    )


@needs("reviewer")
def claim(visit: Visit) -> Response:
    """Says that this person looks at the case, for a quarter of an hour."""
    found = _case(visit)
    theirs = visit.store.claim_case(found.number, visit.user.number, visit.at)
    if theirs is not None:
        other = visit.store.user(theirs)
        name = other.name if other else "Somebody"
        return detail.show(visit, found, fault=f"{name} is looking at this case", status=409)
    return RedirectResponse(detail.way(visit, found.number), 303)


@needs("reviewer")
def release(visit: Visit) -> Response:
    """Ends this person's own claim."""
    found = _case(visit)
    visit.store.release_case(found.number, visit.user.number)
    return RedirectResponse(detail.way(visit, found.number), 303)


@needs("reviewer")
def decide_many(visit: Visit) -> Response:
    """One decision for the cases that were ticked, each at the version that was shown."""
    ticked = [str(value) for value in visit.form.getlist("case")]
    kind = str(visit.form.get("kind", ""))
    back = "/cases?" + str(visit.form.get("back", ""))
    if kind not in AT_ONCE or not ticked or len(ticked) > MOST_AT_ONCE:
        fault = f"Tick 1 to {MOST_AT_ONCE} cases and choose what to do with them"
        return page(visit, "many.html", status=422, fault=fault, done=(), left=(), back=back)
    try:
        reason = _words(visit, "reason")
    except ValueError as error:
        return page(visit, "many.html", status=422, fault=str(error), done=(), left=(), back=back)
    done: list[str] = []
    left: list[str] = []
    for told in ticked:
        number, _, version = told.partition(":")
        kept = (
            _one_of_many(visit, int(number), int(version), kind, reason)
            if _both(number, version)
            else False
        )
        (done if kept else left).append(number[:12])
    return page(visit, "many.html", fault="", done=done, left=left, back=back)


def _both(number: str, version: str) -> bool:
    return number.isdecimal() and version.isdecimal() and len(number) < 12 and len(version) < 9


def _one_of_many(visit: Visit, number: int, version: int, kind: str, reason: str) -> bool:
    found = visit.store.case(number)
    if found is None or found.risk == "high":  # a high risk is looked at by itself
        return False
    covers = tuple(
        (one.item.number, one.item.revision)
        for one in visit.store.case_mentions(number)
        if one.worth and not one.item.deleted
    )
    said = CaseDecision(
        case=number, kind=kind, by=visit.user.number, at=visit.at, covers=covers,  # type: ignore[arg-type]
        reason=reason,
    )  # fmt: skip
    try:
        return visit.store.decide(said, version)
    except StoreError:
        return False


def _case(visit: Visit) -> Case:
    found = visit.store.case(visit.request.path_params["number"])
    if found is None:
        raise HTTPException(404)
    return found


def _decision(visit: Visit, found: Case, kind: str = "") -> CaseDecision:
    """What the form says, with the kind of decision if none is given. Raises ValueError where something in it can't be right."""
    kind = kind or str(visit.form.get("kind", ""))
    if kind not in detail.KINDS:
        raise ValueError("Choose what to do")
    mentions = [one for one in visit.store.case_mentions(found.number) if one.worth]
    role = _words(visit, "role") if kind == "escalate" else ""
    if kind == "escalate" and role not in {
        one.key for one in detail.offered(visit, found, mentions)
    }:
        raise ValueError("Choose whom to escalate to")
    flags = {flag.name for one in mentions for flag in one.item.flags}
    return CaseDecision(
        case=found.number, kind=kind, by=visit.user.number, at=visit.at,
        covers=_covers(visit), role=role, duplicate_of=_other_case(visit) if kind == "duplicate" else None, labels=_labels(visit, flags),
        until=_until(visit) if kind == "snooze" else None,
        reason=_words(visit, "reason"), note=_words(visit, "note"),
    )  # fmt: skip


def _other_case(visit: Visit) -> int:
    """Of which case it is a duplicate: one that was typed, else one that was chosen."""
    typed = _words(visit, "duplicate_other").lower().removeprefix("case").strip(" #")
    told = typed or _words(visit, "duplicate")
    if not told:
        raise ValueError("Say of which case it is a duplicate")
    if not told.isdecimal() or len(told) > 11:
        raise ValueError("Write the number of the other case in figures, such as 12")
    return int(told)


def _covers(visit: Visit) -> tuple[tuple[int, int], ...]:
    pairs = [str(value).partition(":") for value in visit.form.getlist("covers")]
    if not pairs:
        raise ValueError("Tick the posts that the decision is about")
    if not all(_both(number, revision) for number, _, revision in pairs):
        raise ValueError("The form was changed on its way: reload the page and try again")
    return tuple(dict.fromkeys((int(number), int(revision)) for number, _, revision in pairs))


def _labels(visit: Visit, flags: set[str]) -> dict[str, bool]:
    """Flags that were confirmed or denied, and those that somebody says are missing."""
    labels = {}
    for name in flags:
        said = visit.form.get(f"label-{name}", "")
        if said in ("yes", "no"):
            labels[name] = said == "yes"
    missing = str(visit.form.get("missing", ""))
    if missing and missing in visit.desk.flags:
        labels[missing] = True
    return labels


def _until(visit: Visit) -> datetime | None:
    told = _words(visit, "until")
    if not told:
        return None
    try:
        return clock.day(date.fromisoformat(told))[0]
    except (ValueError, OverflowError):
        raise ValueError("Write the day until which to snooze as 2026-11-30") from None


def _words(visit: Visit, name: str) -> str:
    told = str(visit.form.get(name, "")).strip()
    if len(told) > LONGEST_NOTE:
        raise ValueError(f"Use at most {LONGEST_NOTE:,} characters in a note")
    return told


def _number(visit: Visit, name: str) -> int:
    told = str(visit.form.get(name, ""))
    return int(told) if told.isdecimal() and len(told) < 12 else -1


def _late(visit: Visit, found: Case) -> bool:
    return bool(visit.form.get("version")) and _number(visit, "version") != found.version


def overtaken(visit: Visit, found: Case) -> str:
    """Who decided a case after its form was made, for a form that keeps nothing and comes back; "" where nobody did."""
    if not _late(visit, found):
        return ""
    history = visit.store.case_history(found.number)
    if not history:
        return "The form was changed on its way: reload the page and try again"
    last = history[-1]
    return f"{_said(last)}, while you wrote. Look at theirs below, before you answer"


def _said(last: CaseDecided) -> str:
    """Who decided what, and when."""
    what = words(last.decision.kind)
    return f"{last.by_name} decided this case at {clock.local(last.decision.at)} (‘{what}’)"


def _conflict(visit: Visit, found: Case) -> Response:
    history = visit.store.case_history(found.number)
    last = history[-1] if history else None
    changed = visit.store.case(found.number) or found
    fault = (
        f"{_said(last)} while you were looking at it. "
        "Your decision was not kept: look at theirs below, then decide again if you still need to"
        if last is not None and changed.version != _number(visit, "version")
        else "A post in this case was edited or left it while you were looking. Read it again, then decide"
    )
    return detail.show(visit, changed, fault=fault, status=409)


# ── Looks a reply over before somebody sends it, and puts another draft into the box. Nothing is kept of either.


@needs("reviewer")
def draft(visit: Visit) -> Response:
    """The case again, with all that was typed, and what was found in the draft or another one in its place."""
    found = visit.store.case(visit.request.path_params["number"])
    if found is None:
        return panel.left(visit)
    if visit.form.get("use"):
        said = panel.chosen(visit)
    else:
        worth = [one for one in visit.store.case_mentions(found.number) if one.worth]
        said = panel.checked(visit, worth)
    late = overtaken(visit, found)
    if late:
        return detail.show(visit, found, fault=late, said=said, status=409)
    return detail.show(visit, found, fault=said.fault, said=said, status=422 if said.fault else 200)


# ── Second opinions: asked of a colleague with the decision form, and answered by a note. ─────────

LONGEST = 4000
STANCES: dict[Stance, str] = {"agrees": "I agree", "disagrees": "I see it differently"}


def keep(visit: Visit, said: CaseDecision, version: int) -> bool:
    """Keeps a decision; one for a second opinion together with whom it is asked of and what.

    Raises ValueError where either is missing. Where there is nobody to ask it is for whoever comes.
    """
    asks = said.kind == "second_opinion"
    askable = context.askable(context.team(visit)) if asks else ()
    if not askable:
        return visit.store.decide(said, version)
    told = str(visit.form.get("colleague", ""))
    question = str(visit.form.get("question", "")).strip()
    if told not in {str(one.number) for one in askable}:
        raise ValueError("Choose whose opinion you want")
    if not question:
        raise ValueError("Write what you want to know from your colleague")
    if len(question) > LONGEST:
        raise ValueError(f"Use at most {LONGEST:,} characters in your question")
    return visit.store.ask_opinion(said, version, of=int(told), question=question)


@needs("reviewer")
def answer(visit: Visit) -> Response:
    """Keeps an opinion and goes back to the case; says what is missing, or who was faster."""
    found = visit.store.opinion(visit.request.path_params["number"])
    if found is None:
        raise HTTPException(404)
    told = str(visit.form.get("stance", ""))
    words = str(visit.form.get("answer", "")).strip()
    stance = next((one for one in STANCES if one == told), None)
    if visit.user.number not in visit.store.may_answer(found, visit.at):
        return _show(visit, found, "This opinion was asked of somebody else", 403)
    if stance is None:
        return _show(visit, found, "Choose whether you agree", 422)
    if len(words) > LONGEST:
        return _show(visit, found, f"Use at most {LONGEST:,} characters", 422)
    try:
        kept = visit.store.answer_opinion(
            found.number, by=visit.user.number, stance=stance, answer=words, at=visit.at
        )
    except StoreError as error:
        return _show(visit, found, sentence(str(error)), 422)
    now = visit.store.opinion(found.number)
    twice = now is not None and (now.ended_by, now.answer) == (visit.user.number, words)
    if not kept and not twice:
        return _too_late(visit, found.number)
    return RedirectResponse(f"{detail.way(visit, found.case)}#team", 303)


def _too_late(visit: Visit, number: int) -> Response:
    now = visit.store.opinion(number)
    if now is None:
        raise HTTPException(404)
    known = context.team(visit)
    how = context.ENDED[now.why] if now.why else ""
    who = f"{known.name(now.ended_by)}: " if now.ended_by else ""
    when = f", {clock.local(now.ended_at)}" if now.ended_at else ""
    return _show(visit, now, f"It needs no answer any more ({who}{how}{when})", 409)


def _show(visit: Visit, found: Opinion, fault: str, status: int) -> Response:
    known = context.team(visit)
    return page(
        visit, "opinion.html", status=status, one=context.shown(visit, known, found), fault=fault,
        form=visit.form, back=detail.back(visit), stances=STANCES, at_field=_field(fault),
    )  # fmt: skip


def _field(fault: str) -> str:
    """Which field an error is about."""
    return (
        f"answer-{'words' if re.search('say why|characters', fault, re.IGNORECASE) else 'agrees'}"
    )


# ── A governance role releases the way to an employer for one case, and says why. ─────────────────

FEWEST = 20  # characters of a reason: this touches somebody's livelihood


@needs("governance")
def release_hr(visit: Visit) -> Response:
    """Opens it; refused where the author is not the ICB's own staff or terms forbid such use."""
    found = visit.store.case(visit.request.path_params["number"])
    if found is None:
        raise HTTPException(404)
    worth = [one for one in visit.store.case_mentions(found.number) if one.worth]
    reason = str(visit.form.get("reason", "")).strip()[:500]
    if not safeguards.can_be_released(found, worth):
        fault = "It can't be released: not every author is the ICB's own staff, or terms forbid such use"
        return detail.show(visit, found, fault=fault, status=422)
    if len(reason) < FEWEST:
        fault = f"Say why the way to an employer is released, in at least {FEWEST} characters"
        return detail.show(visit, found, fault=fault, status=422)
    visit.store.release_hr(found.number, by=visit.user.number, reason=reason, at=visit.at)
    return RedirectResponse(detail.way(visit, found.number), 303)
