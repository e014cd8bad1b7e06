"""What a person decides of a case: checked, kept with its version, and taken back as often as they like."""

from __future__ import annotations

import re
from datetime import date, datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from review.auth.sessions import requires_role
from review.cases import detail, safeguards
from review.cases.queue import AT_ONCE, MOST_AT_ONCE
from review.context import RequestContext
from review.rendering import page, sentence, words
from review.replies import panel
from review.team import context
from store import Case, CaseDecided, CaseDecision, Opinion, Stance

LONGEST_NOTE = 4000


@requires_role("reviewer")
def decide(visit: RequestContext) -> Response:
    """Keeps the decision and goes on to the queue; says what is wrong with it, or who was faster."""
    case = _case(visit)
    if _late(visit, case):  # before any fault: the form would come back as of now
        return _conflict(visit, case)
    try:
        decision = _decision(visit, case)
        unsent = panel.unsent(visit) if decision.kind == "respond" else None
        if unsent is not None:
            return detail.show(visit, case, fault=unsent.fault, status=422, reply=unsent)
        saved = keep(visit, decision, _number(visit, "version"))
    except (StoreError, ValueError) as error:
        return detail.show(visit, case, fault=str(error), status=422)
    if not saved:
        return _conflict(visit, case)
    return RedirectResponse(detail.way(visit, case.number, decided=case.version + 1), 303)


@requires_role("reviewer")
def replied(visit: RequestContext) -> Response:
    """Keeps the decision to respond with the words of a reply, which somebody has sent on the platform by now."""
    case = visit.store.case(visit.request.path_params["number"])
    if case is None:
        return panel.left(visit)
    if _late(visit, case):
        return _conflict(visit, case)
    worth = [mention for mention in visit.store.case_mentions(case.number) if mention.worth]
    reply = panel.sendable(visit, worth)
    if reply.fault:
        return detail.show(visit, case, fault=reply.fault, status=422, reply=reply)
    try:
        decision = _decision(visit, case, "respond")
        saved = visit.store.record_reply(
            decision, _number(visit, "version"),
            text=reply.text, link=reply.link, template=reply.template,
        )  # fmt: skip
    except (StoreError, ValueError) as error:
        return detail.show(visit, case, fault=str(error), status=422, reply=reply)
    if not saved:
        return _conflict(visit, case)
    return RedirectResponse(detail.way(visit, case.number, decided=case.version + 1), 303)


@requires_role("reviewer")
def undo(visit: RequestContext) -> Response:
    """Takes back one decision; it stays in the history."""
    case = _case(visit)
    decision = CaseDecision(
        case=case.number, kind="undo", by=visit.user.number, at=visit.at,
        undoes=_number(visit, "undoes"),
    )  # fmt: skip
    try:
        saved = visit.store.decide(decision, _number(visit, "version"))
    except StoreError as error:
        return detail.show(visit, case, fault=str(error), status=422)
    return (
        RedirectResponse(detail.way(visit, case.number, decided=case.version + 1), 303)
        if saved
        else _conflict(visit, case)
    )


@requires_role("reviewer")
def claim(visit: RequestContext) -> Response:
    """Says that this person looks at the case, for a quarter of an hour."""
    case = _case(visit)
    theirs = visit.store.claim_case(case.number, visit.user.number, visit.at)
    if theirs is not None:
        other = visit.store.user(theirs)
        name = other.name if other else "Somebody"
        return detail.show(visit, case, fault=f"{name} is looking at this case", status=409)
    return RedirectResponse(detail.way(visit, case.number), 303)


@requires_role("reviewer")
def release(visit: RequestContext) -> Response:
    """Ends this person's own claim."""
    case = _case(visit)
    visit.store.release_case(case.number, visit.user.number)
    return RedirectResponse(detail.way(visit, case.number), 303)


@requires_role("reviewer")
def decide_many(visit: RequestContext) -> Response:
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
    for ticked_case in ticked:
        number, _, version = ticked_case.partition(":")
        saved = (
            _one_of_many(visit, int(number), int(version), kind, reason)
            if _both(number, version)
            else False
        )
        (done if saved else left).append(number[:12])
    return page(visit, "many.html", fault="", done=done, left=left, back=back)


def _both(number: str, version: str) -> bool:
    return number.isdecimal() and version.isdecimal() and len(number) < 12 and len(version) < 9


def _one_of_many(visit: RequestContext, number: int, version: int, kind: str, reason: str) -> bool:
    case = visit.store.case(number)
    if case is None or case.risk == "high":  # a high risk is looked at by itself
        return False
    covers = tuple(
        (mention.item.number, mention.item.revision)
        for mention in visit.store.case_mentions(number)
        if mention.worth and not mention.item.deleted
    )
    decision = CaseDecision(
        case=number, kind=kind, by=visit.user.number, at=visit.at, covers=covers,  # type: ignore[arg-type]
        reason=reason,
    )  # fmt: skip
    try:
        return visit.store.decide(decision, version)
    except StoreError:
        return False


def _case(visit: RequestContext) -> Case:
    case = visit.store.case(visit.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case


def _decision(visit: RequestContext, case: Case, kind: str = "") -> CaseDecision:
    """What the form says, with the kind of decision if none is given. Raises ValueError where something in it can't be right."""
    kind = kind or str(visit.form.get("kind", ""))
    if kind not in detail.KINDS:
        raise ValueError("Choose what to do")
    mentions = [mention for mention in visit.store.case_mentions(case.number) if mention.worth]
    role = _words(visit, "role") if kind == "escalate" else ""
    if kind == "escalate" and role not in {
        allowed_role.key for allowed_role in detail.offered(visit, case, mentions)
    }:
        raise ValueError("Choose whom to escalate to")
    flags = {flag.name for mention in mentions for flag in mention.item.flags}
    return CaseDecision(
        case=case.number, kind=kind, by=visit.user.number, at=visit.at,
        covers=_covers(visit), role=role, duplicate_of=_other_case(visit) if kind == "duplicate" else None, labels=_labels(visit, flags),
        until=_until(visit) if kind == "snooze" else None,
        reason=_words(visit, "reason"), note=_words(visit, "note"),
    )  # fmt: skip


def _other_case(visit: RequestContext) -> int:
    """Of which case it is a duplicate: one that was typed, else one that was chosen."""
    typed = _words(visit, "duplicate_other").lower().removeprefix("case").strip(" #")
    number = typed or _words(visit, "duplicate")
    if not number:
        raise ValueError("Say of which case it is a duplicate")
    if not number.isdecimal() or len(number) > 11:
        raise ValueError("Write the number of the other case in figures, such as 12")
    return int(number)


def _covers(visit: RequestContext) -> tuple[tuple[int, int], ...]:
    pairs = [str(value).partition(":") for value in visit.form.getlist("covers")]
    if not pairs:
        raise ValueError("Tick the posts that the decision is about")
    if not all(_both(number, revision) for number, _, revision in pairs):
        raise ValueError("The form was changed on its way: reload the page and try again")
    return tuple(dict.fromkeys((int(number), int(revision)) for number, _, revision in pairs))


def _labels(visit: RequestContext, flags: set[str]) -> dict[str, bool]:
    """Flags that were confirmed or denied, and those that somebody says are missing."""
    labels = {}
    for name in flags:
        answer = visit.form.get(f"label-{name}", "")
        if answer in ("yes", "no"):
            labels[name] = answer == "yes"
    missing = str(visit.form.get("missing", ""))
    if missing and missing in visit.app.flags:
        labels[missing] = True
    return labels


def _until(visit: RequestContext) -> datetime | None:
    day_text = _words(visit, "until")
    if not day_text:
        return None
    try:
        return clock.day(date.fromisoformat(day_text))[0]
    except (ValueError, OverflowError):
        raise ValueError("Write the day until which to snooze as 2026-11-30") from None


def _words(visit: RequestContext, name: str) -> str:
    text = str(visit.form.get(name, "")).strip()
    if len(text) > LONGEST_NOTE:
        raise ValueError(f"Use at most {LONGEST_NOTE:,} characters in a note")
    return text


def _number(visit: RequestContext, name: str) -> int:
    digits = str(visit.form.get(name, ""))
    return int(digits) if digits.isdecimal() and len(digits) < 12 else -1


def _late(visit: RequestContext, case: Case) -> bool:
    return bool(visit.form.get("version")) and _number(visit, "version") != case.version


def overtaken(visit: RequestContext, case: Case) -> str:
    """Who decided a case after its form was made, for a form that keeps nothing and comes back; "" where nobody did."""
    if not _late(visit, case):
        return ""
    history = visit.store.case_history(case.number)
    if not history:
        return "The form was changed on its way: reload the page and try again"
    last = history[-1]
    return f"{_said(last)}, while you wrote. Look at theirs below, before you answer"


def _said(last: CaseDecided) -> str:
    """Who decided what, and when."""
    what = words(last.decision.kind)
    return f"{last.by_name} decided this case at {clock.local(last.decision.at)} (‘{what}’)"


def _conflict(visit: RequestContext, case: Case) -> Response:
    history = visit.store.case_history(case.number)
    last = history[-1] if history else None
    changed = visit.store.case(case.number) or case
    fault = (
        f"{_said(last)} while you were looking at it. "
        "Your decision was not kept: look at theirs below, then decide again if you still need to"
        if last is not None and changed.version != _number(visit, "version")
        else "A post in this case was edited or left it while you were looking. Read it again, then decide"
    )
    return detail.show(visit, changed, fault=fault, status=409)


# ── Looks a reply over before somebody sends it, and puts another draft into the box. Nothing is kept of either.


@requires_role("reviewer")
def draft(visit: RequestContext) -> Response:
    """The case again, with all that was typed, and what was found in the draft or another one in its place."""
    case = visit.store.case(visit.request.path_params["number"])
    if case is None:
        return panel.left(visit)
    if visit.form.get("use"):
        reply = panel.chosen(visit)
    else:
        worth = [mention for mention in visit.store.case_mentions(case.number) if mention.worth]
        reply = panel.checked(visit, worth)
    late = overtaken(visit, case)
    if late:
        return detail.show(visit, case, fault=late, reply=reply, status=409)
    return detail.show(
        visit, case, fault=reply.fault, reply=reply, status=422 if reply.fault else 200
    )


# ── Second opinions: asked of a colleague with the decision form, and answered by a note. ─────────

LONGEST = 4000
STANCES: dict[Stance, str] = {"agrees": "I agree", "disagrees": "I see it differently"}


def keep(visit: RequestContext, decision: CaseDecision, version: int) -> bool:
    """Keeps a decision; one for a second opinion together with whom it is asked of and what.

    Raises ValueError where either is missing. Where there is nobody to ask it is for whoever comes.
    """
    asks = decision.kind == "second_opinion"
    askable = context.askable(context.team(visit)) if asks else ()
    if not askable:
        return visit.store.decide(decision, version)
    colleague_number = str(visit.form.get("colleague", ""))
    question = str(visit.form.get("question", "")).strip()
    if colleague_number not in {str(colleague.number) for colleague in askable}:
        raise ValueError("Choose whose opinion you want")
    if not question:
        raise ValueError("Write what you want to know from your colleague")
    if len(question) > LONGEST:
        raise ValueError(f"Use at most {LONGEST:,} characters in your question")
    return visit.store.ask_opinion(decision, version, of=int(colleague_number), question=question)


@requires_role("reviewer")
def answer(visit: RequestContext) -> Response:
    """Keeps an opinion and goes back to the case; says what is missing, or who was faster."""
    opinion = visit.store.opinion(visit.request.path_params["number"])
    if opinion is None:
        raise HTTPException(404)
    choice = str(visit.form.get("stance", ""))
    words = str(visit.form.get("answer", "")).strip()
    stance = next((option for option in STANCES if option == choice), None)
    if visit.user.number not in visit.store.may_answer(opinion, visit.at):
        return _show(visit, opinion, "This opinion was asked of somebody else", 403)
    if stance is None:
        return _show(visit, opinion, "Choose whether you agree", 422)
    if len(words) > LONGEST:
        return _show(visit, opinion, f"Use at most {LONGEST:,} characters", 422)
    try:
        saved = visit.store.answer_opinion(
            opinion.number, by=visit.user.number, stance=stance, answer=words, at=visit.at
        )
    except StoreError as error:
        return _show(visit, opinion, sentence(str(error)), 422)
    now = visit.store.opinion(opinion.number)
    twice = now is not None and (now.ended_by, now.answer) == (visit.user.number, words)
    if not saved and not twice:
        return _too_late(visit, opinion.number)
    return RedirectResponse(f"{detail.way(visit, opinion.case)}#team", 303)


def _too_late(visit: RequestContext, number: int) -> Response:
    now = visit.store.opinion(number)
    if now is None:
        raise HTTPException(404)
    known = context.team(visit)
    how = context.ENDED[now.why] if now.why else ""
    who = f"{known.name(now.ended_by)}: " if now.ended_by else ""
    when = f", {clock.local(now.ended_at)}" if now.ended_at else ""
    return _show(visit, now, f"It needs no answer any more ({who}{how}{when})", 409)


def _show(visit: RequestContext, opinion: Opinion, fault: str, status: int) -> Response:
    known = context.team(visit)
    return page(
        visit, "opinion.html", status=status, one=context.shown(visit, known, opinion), fault=fault,
        form=visit.form, back=detail.back(visit), stances=STANCES, at_field=_field(fault),
    )  # fmt: skip


def _field(fault: str) -> str:
    """Which field an error is about."""
    return (
        f"answer-{'words' if re.search('say why|characters', fault, re.IGNORECASE) else 'agrees'}"
    )


# ── A governance role releases the way to an employer for one case, and says why. ─────────────────

FEWEST = 20  # characters of a reason: this touches somebody's livelihood


@requires_role("governance")
def release_hr(visit: RequestContext) -> Response:
    """Opens it; refused where the author is not the ICB's own staff or terms forbid such use."""
    case = visit.store.case(visit.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    worth = [mention for mention in visit.store.case_mentions(case.number) if mention.worth]
    reason = str(visit.form.get("reason", "")).strip()[:500]
    if not safeguards.can_be_released(case, worth):
        fault = "It can't be released: not every author is the ICB's own staff, or terms forbid such use"
        return detail.show(visit, case, fault=fault, status=422)
    if len(reason) < FEWEST:
        fault = f"Say why the way to an employer is released, in at least {FEWEST} characters"
        return detail.show(visit, case, fault=fault, status=422)
    visit.store.release_hr(case.number, by=visit.user.number, reason=reason, at=visit.at)
    return RedirectResponse(detail.way(visit, case.number), 303)
