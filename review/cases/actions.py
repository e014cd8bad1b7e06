"""What a person decides of a case: checked, kept with its version, and taken back as often as they like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from review.auth.sessions import requires_role
from review.cases import detail, recipients
from review.cases.queue import AT_ONCE, MOST_AT_ONCE
from review.context import RequestContext
from review.desk import asked, moments, pass_on, questions, rest, sorting, untold
from review.rendering import page
from review.replies import panel
from review.replies.suggest import said_of
from review.team import colleagues
from review.wording import words
from store import Case, CaseDecided, CaseDecision, CaseMention, Opinion, Stance
from store.cases.endings import CLOSES

LONGEST_NOTE = 4000


@requires_role("reviewer")
def decide(context: RequestContext) -> Response:
    """Keeps the decision and goes on to the queue; says what is wrong with it, or who was faster."""
    case = _case(context)
    if _late(context, case):  # before any fault: the form would come back as of now
        return _conflict(context, case)
    try:
        decision = _decision(context, case)
        unsent = panel.unsent(context) if decision.kind == "respond" else None
        if unsent is not None:
            return detail.show(context, case, fault=unsent.fault, status=422, reply=unsent)
        question = _question(context, case, decision)
        if question is not None:
            return question
        decision = _with_untold(context, case, _with_who_said(context, case, decision))
        saved = keep(context, decision, _number(context, "version"))
    except (StoreError, ValueError) as error:
        return detail.show(context, case, fault=str(error), status=422)
    if not saved:
        return _conflict(context, case)
    decided = context.store.cases.get(case.number)
    if decided is not None and not context.sees(decided):  # it went to the Guardian
        sorting.sort_at_once(context, case.number)
        return RedirectResponse(f"/today?saved={case.number}.sent", 303)
    return RedirectResponse(detail.way(context, case.number, decided=case.version + 1), 303)


@requires_role("reviewer")
def replied(context: RequestContext) -> Response:
    """Keeps the decision to respond with the words of a reply, which somebody has sent on the platform by now."""
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        return panel.left(context)
    if _late(context, case):
        return _conflict(context, case)
    worth = [mention for mention in context.store.cases.mentions(case.number) if mention.reviewable]
    reply = panel.sendable(context, worth)
    if reply.fault:
        return detail.show(context, case, fault=reply.fault, status=422, reply=reply)
    try:
        decision = _decision(context, case, "respond")
        saved = context.store.replies.record(
            decision, _number(context, "version"),
            text=reply.text, link=reply.link, template=reply.template,
        )  # fmt: skip
    except (StoreError, ValueError) as error:
        return detail.show(context, case, fault=str(error), status=422, reply=reply)
    if not saved:
        return _conflict(context, case)
    return RedirectResponse(detail.way(context, case.number, decided=case.version + 1), 303)


@requires_role("reviewer")
def undo(context: RequestContext) -> Response:
    """Takes back one decision; it stays in the history."""
    case = _case(context)
    decision = CaseDecision(
        case=case.number, kind="undo", by=context.user.number, at=context.at,
        undoes=_number(context, "undoes"),
    )  # fmt: skip
    try:
        saved = context.store.cases.decide(decision, _number(context, "version"))
    except StoreError as error:
        return detail.show(context, case, fault=str(error), status=422)
    return (
        RedirectResponse(detail.way(context, case.number, decided=case.version + 1), 303)
        if saved
        else _conflict(context, case)
    )


@requires_role("reviewer")
def claim(context: RequestContext) -> Response:
    """Says that this person looks at the case, for a quarter of an hour."""
    case = _case(context)
    theirs = context.store.claims.claim(case.number, context.user.number, context.at)
    sorting.note_look(context, case.number)
    if theirs is not None:
        other = context.store.users.get(theirs)
        name = other.name if other else "Someone"
        return detail.show(context, case, fault=f"{name} is looking at this case", status=409)
    return RedirectResponse(detail.way(context, case.number), 303)


@requires_role("reviewer")
def release(context: RequestContext) -> Response:
    """Ends this person's own claim."""
    case = _case(context)
    context.store.claims.release(case.number, context.user.number)
    return RedirectResponse(detail.way(context, case.number), 303)


@requires_role("reviewer")
def decide_many(context: RequestContext) -> Response:
    """What one decision for the cases that were ticked will do, and what it leaves out, before it is made."""
    ticked = [str(value) for value in context.form.getlist("case")]
    kind = next((kind for kind in AT_ONCE if kind == context.form.get("kind")), None)
    back = "/all?" + str(context.form.get("back", ""))
    if kind is None or not ticked or len(ticked) > MOST_AT_ONCE:
        fault = f"Tick 1 to {MOST_AT_ONCE} cases and choose what to do with them"
        return page(context, "cases/many.html", status=422, fault=fault, back=back)
    try:
        reason = _words(context, "reason")
    except ValueError as error:
        return page(context, "cases/many.html", status=422, fault=str(error), back=back)
    pairs = [value.partition(":") for value in ticked]
    seen = {int(number): int(version) for number, _, version in pairs if _both(number, version)}
    cases = context.store.bulk.cases(tuple(seen), user=context.user.number, at=context.at)
    picks = [
        rest.Pick(case=case if case.version == seen[case.case] else replace(case, left_out="changed"), kind=kind)
        for case in cases
    ]  # fmt: skip
    missing = sorted(seen.keys() - {case.case for case in cases})
    return rest.check_page(context, picks, back=back, reason=reason, missing=missing)


def _both(number: str, version: str) -> bool:
    return number.isdecimal() and version.isdecimal() and len(number) < 12 and len(version) < 9


def _case(context: RequestContext) -> Case:
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case


def _decision(context: RequestContext, case: Case, kind: str = "") -> CaseDecision:
    """What the form says, with the kind of decision if none is given. Raises ValueError where something in it can't be right."""
    kind = kind or str(context.form.get("kind", ""))
    if kind not in detail.KINDS:
        raise ValueError("Choose what to do")
    mentions = [
        mention for mention in context.store.cases.mentions(case.number) if mention.reviewable
    ]
    role = _words(context, "role") if kind == "escalate" else ""
    wanted = dict(_covers(context)) if role else {}
    covered = [mention for mention in mentions if mention.item.number in wanted]
    if kind == "escalate" and role not in {
        allowed_role.key
        for allowed_role in recipients.offered(context, case, mentions, covered=covered)
    }:
        raise ValueError("Choose whom to pass it on to")
    flags = {flag.name for mention in mentions for flag in mention.item.flags}
    return CaseDecision(
        case=case.number, kind=kind, by=context.user.number, at=context.at,
        covers=_covers(context), role=role, duplicate_of=_other_case(context) if kind == "duplicate" else None, labels=_labels(context, flags),
        until=_until(context) if kind == "snooze" else None,
        reason=_words(context, "reason"), note=_words(context, "note"),
    )  # fmt: skip


def _question(context: RequestContext, case: Case, decision: CaseDecision) -> Response | None:
    """The case again with what the desk would have asked, where the form doesn't answer it."""
    covered = _covered(context, case, decision)
    answered = bool(str(context.form.get("reply", "")).strip())
    grave = context.store.cases.grave(case.number, [post for post, _ in decision.covers])
    fault = questions.reason_fault(
        decision.kind, decision.labels, decision.reason, covered, answered=answered, grave=bool(grave)
    )  # fmt: skip
    if not fault and rests_on_word(context, case, decision, covered):
        fault = moments.who_said_fault(context, covered)
    if not fault and decision.until is not None:
        fault = questions.until_fault(context, decision.until, covered)
    if fault:
        return detail.show(context, case, fault=fault, status=422)
    role = next((role for role in context.config.review.roles if role.key == decision.role), None)
    if role is None:
        return None
    passed = pass_on.passed_all(context, case, role.key, decision.covers) if covered else None
    if passed is not None:
        words = asked.standing(context, passed).words(partial(clock.near_time, at=context.at))
        fault = f"{words}: nothing was saved. Look under Waiting, or pass it on to another team"
        return detail.show(context, case, fault=fault, status=422)
    history = context.store.cases.history(case.number)
    flags = {each.item.number: _flags_of(each, history, decision.labels) for each in covered}
    elsewhere = questions.team_question(
        context, case, role, flags
    ) or questions.other_team_question(
        context, case, role, pass_on.right_role(context, case, covered, decision.covers), covered
    )
    if elsewhere is None:
        return None
    fault = f"This doesn’t tell {' or '.join(elsewhere.teams)}: nothing was saved"
    return detail.show(context, case, fault=fault, status=422, elsewhere=elsewhere)


def rests_on_word(
    context: RequestContext, case: Case, decision: CaseDecision, covered: Sequence[CaseMention]
) -> bool:
    """Whether danger, a threat or a leak is closed, or said to be none, since others have it, as its reason says."""
    if decision.kind not in CLOSES and False not in decision.labels.values():
        return False
    history = context.store.cases.history(case.number)
    flags = {flag for each in covered for flag in _flags_of(each, history, decision.labels)}
    return questions.rests_on_word(decision.labels, flags, "", decision.reason)


def _with_who_said(context: RequestContext, case: Case, decision: CaseDecision) -> CaseDecision:
    """What is closed since others have it says as well who said so, and when."""
    if not rests_on_word(context, case, decision, _covered(context, case, decision)):
        return decision
    return replace(decision, reason=decision.reason.rstrip(".") + moments.who_said(context))


def _with_untold(context: RequestContext, case: Case, decision: CaseDecision) -> CaseDecision:
    """What says that danger, a threat or a leak is none says as well which team was not told."""
    team = questions.denied_team(context, case, decision.labels, _covered(context, case, decision))
    return replace(decision, reason=untold.add(decision.reason, team))


def _covered(context: RequestContext, case: Case, decision: CaseDecision) -> list[CaseMention]:
    posts = {mention for mention, _ in decision.covers}
    return [each for each in context.store.cases.mentions(case.number) if each.item.number in posts]


def _flags_of(
    mention: CaseMention, history: Sequence[CaseDecided], labels: Mapping[str, bool]
) -> frozenset[str]:
    """The flags of a post by the last word of people, and by what this form says."""
    names = {flag.name for flag in mention.item.flags}
    for name, holds in {**said_of(mention.item.number, mention.item.revision, history), **labels}.items():  # fmt: skip
        names = names | {name} if holds else names - {name}
    return frozenset(names)


def _other_case(context: RequestContext) -> int:
    """Of which case it is a duplicate: one that was typed, else one that was chosen."""
    typed = _words(context, "duplicate_other").lower().removeprefix("case").strip(" #")
    number = typed or _words(context, "duplicate")
    if not number:
        raise ValueError("Say which case it is the same as")
    if not number.isdecimal() or len(number) > 11:
        raise ValueError("Write the number of the other case in figures, such as 12")
    return int(number)


def _covers(context: RequestContext) -> tuple[tuple[int, int], ...]:
    pairs = [str(value).partition(":") for value in context.form.getlist("covers")]
    if not pairs:
        raise ValueError("Tick the posts that the decision is about")
    if not all(_both(number, revision) for number, _, revision in pairs):
        raise ValueError("The form was changed on its way: reload the page and try again")
    return tuple(dict.fromkeys((int(number), int(revision)) for number, _, revision in pairs))


def _labels(context: RequestContext, flags: set[str]) -> dict[str, bool]:
    """Flags that were confirmed or denied, and those that somebody says are missing."""
    labels = {}
    for name in flags:
        answer = context.form.get(f"label-{name}", "")
        if answer in ("yes", "no"):
            labels[name] = answer == "yes"
    missing = str(context.form.get("missing", ""))
    if missing and missing in context.app.policy.flags:
        labels[missing] = True
    return labels


def _until(context: RequestContext) -> datetime | None:
    day_text = _words(context, "until")
    if not day_text:
        return None
    try:
        return clock.day(date.fromisoformat(day_text))[0]
    except (ValueError, OverflowError):
        raise ValueError("Write the day on which to bring it back as 2026-11-30") from None


def _words(context: RequestContext, name: str) -> str:
    text = str(context.form.get(name, "")).strip()
    if len(text) > LONGEST_NOTE:
        raise ValueError(f"Use at most {LONGEST_NOTE:,} characters in a note")
    return text


def _number(context: RequestContext, name: str) -> int:
    digits = str(context.form.get(name, ""))
    return int(digits) if digits.isdecimal() and len(digits) < 12 else -1


def _late(context: RequestContext, case: Case) -> bool:
    return bool(context.form.get("version")) and _number(context, "version") != case.version


def overtaken(context: RequestContext, case: Case) -> str:
    """Who decided a case after its form was made, for a form that keeps nothing and comes back; "" where nobody did."""
    if not _late(context, case):
        return ""
    history = context.store.cases.history(case.number)
    if not history:
        return "The form was changed on its way: reload the page and try again"
    last = history[-1]
    return f"{_said(last)}, while you wrote. Look at theirs below, before you answer"


def _said(last: CaseDecided) -> str:
    """Who decided what, and when."""
    what = words(last.decision.kind)
    return f"{last.by_name} decided this case at {clock.local(last.decision.at)} (‘{what}’)"


def _conflict(context: RequestContext, case: Case) -> Response:
    history = context.store.cases.history(case.number)
    last = history[-1] if history else None
    changed = context.store.cases.get(case.number) or case
    fault = (
        f"{_said(last)} while you were looking at it. "
        "Your decision was not saved: look at theirs below, then decide again if you still need to"
        if last is not None and changed.version != _number(context, "version")
        else "A post in this case was edited or left it while you were looking. Read it again, then decide"
    )
    return detail.show(context, changed, fault=fault, status=409)


# Looks a reply over before somebody sends it, and puts another draft into the box. Nothing is kept of either.


@requires_role("reviewer")
def draft(context: RequestContext) -> Response:
    """The case again, with all that was typed, and what was found in the draft or another one in its place."""
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        return panel.left(context)
    if context.form.get("use"):
        reply = panel.chosen(context)
    else:
        worth = [
            mention for mention in context.store.cases.mentions(case.number) if mention.reviewable
        ]
        reply = panel.checked(context, worth)
    late = overtaken(context, case)
    if late:
        return detail.show(context, case, fault=late, reply=reply, status=409)
    return detail.show(
        context, case, fault=reply.fault, reply=reply, status=422 if reply.fault else 200
    )


# Second opinions: asked of a colleague with the decision form, and answered by a note.

LONGEST = 4000
STANCES: dict[Stance, str] = {
    "agrees": "I agree",
    "disagrees": "I see it differently",
    "answers": "Answer in words",
}


def keep(context: RequestContext, decision: CaseDecision, version: int) -> bool:
    """Keeps a decision; one for a second opinion together with whom it is asked of and what.

    Raises ValueError where either is missing. Where there is nobody to ask it is for whoever comes.
    """
    asks = decision.kind == "second_opinion"
    askable = colleagues.askable(colleagues.team(context)) if asks else ()
    if not askable:
        return context.store.cases.decide(decision, version)
    colleague_number = str(context.form.get("colleague", ""))
    question = str(context.form.get("question", "")).strip()
    if colleague_number not in {str(colleague.number) for colleague in askable}:
        raise ValueError("Choose whose opinion you want")
    if not question:
        raise ValueError("Write what you want to know from your colleague")
    if len(question) > LONGEST:
        raise ValueError(f"Use at most {LONGEST:,} characters in your question")
    return context.store.cases.ask_opinion(
        decision, version, of=int(colleague_number), question=question
    )


@requires_role("reviewer")
def answer(context: RequestContext) -> Response:
    """Keeps an opinion and goes back to the case; says what is missing, or who was faster."""
    opinion = context.store.opinions.get(context.request.path_params["number"])
    if opinion is None:
        raise HTTPException(404)
    choice = str(context.form.get("stance", ""))
    words = str(context.form.get("answer", "")).strip()
    stance = next((option for option in STANCES if option == choice), None)
    if context.user.number not in context.store.opinions.may_answer(opinion, context.at):
        return _show(context, opinion, "This opinion was asked of someone else", 403)
    if stance is None:
        return _show(context, opinion, "Choose whether you agree, or answer in words", 422)
    if len(words) > LONGEST:
        return _show(context, opinion, f"Use at most {LONGEST:,} characters", 422)
    try:
        saved = context.store.opinions.answer(
            opinion.number, by=context.user.number, stance=stance, answer=words, at=context.at
        )
    except StoreError as error:
        return _show(context, opinion, sentence(str(error)), 422)
    now = context.store.opinions.get(opinion.number)
    twice = now is not None and (now.ended_by, now.answer) == (context.user.number, words)
    if not saved and not twice:
        return _too_late(context, opinion.number)
    return RedirectResponse(f"{detail.way(context, opinion.case)}#team", 303)


def _too_late(context: RequestContext, number: int) -> Response:
    now = context.store.opinions.get(number)
    if now is None:
        raise HTTPException(404)
    known = colleagues.team(context)
    how = colleagues.ENDED[now.why] if now.why else ""
    who = f"{known.name(now.ended_by)}: " if now.ended_by else ""
    when = f", {clock.local(now.ended_at)}" if now.ended_at else ""
    return _show(context, now, f"It needs no answer any more ({who}{how}{when})", 409)


def _show(context: RequestContext, opinion: Opinion, fault: str, status: int) -> Response:
    known = colleagues.team(context)
    return page(
        context, "cases/opinion.html", status=status, one=colleagues.shown(context, known, opinion), fault=fault,
        form=context.form, back=detail.back(context), stances=STANCES, at_field=_field(fault),
    )  # fmt: skip


def _field(fault: str) -> str:
    """Which field an error is about."""
    return f"answer-{'words' if re.search('say why|in words$|characters', fault, re.IGNORECASE) else 'agrees'}"
