"""What leaves for another purpose: an employer, where two people agree, and the police, by a ground in law.

Each has a page of its own beside Pass on, so that nobody comes to it by the way. 999 is a telephone call that anybody makes
at once: the pages for danger say so, and nothing here stands before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from collectors.terms import all_terms
from core import clock
from core.errors import StoreError
from core.models import Role
from core.text import sentence
from reports import asked, looks
from review import looking
from review.auth import one_person
from review.auth.sessions import requires_role
from review.cases import employer
from review.cases.reasons import LONGEST, OWN_WORDS, SAY_MORE, same_words, say_something
from review.context import RequestContext
from review.rendering import page
from settings.review import EscalationRole
from steps.reasons import refused
from store import AnswerAs, Case, CaseDecision, CaseMention, EmployerAnswer, PoliceRequest, User

# By which law the police may be told what somebody wrote.
GROUNDS: Mapping[str, str] = {
    "crime": "To prevent or detect a crime, or prosecute it (Data Protection Act 2018, Schedule 2, paragraph 2)",
    "life": "Someone’s life or health is at stake (UK GDPR, Articles 6(1)(d) and 9(2)(c))",
    "at_risk": "To protect a child or an adult at risk (Data Protection Act 2018, Schedule 1, paragraph 18)",
    "order": "A court order, or a duty in law (Data Protection Act 2018, Schedule 2, paragraph 5)",
}
LONGEST_REFERENCE = 80
# What is no reason to tell the police, by its ground
NO_REASON: Mapping[str, str] = {
    "employment": "‘{words}’ is about someone’s employment, or seeks who wrote it, and nothing goes to the police for that. What an employer must know has a way of its own, under "
    "Requests for an employer. The police ask the platform who wrote it: write which crime or danger it is, and what they need",
    "curiosity": "‘{words}’ is no reason in law, and nothing goes to the police for that. Write which crime or danger it is, and what they need",
}  # fmt: skip


@requires_role("governance", "guardian")
def requests(context: RequestContext) -> Response:
    """What waits for the one who asks, and whether the purpose is on at all."""
    waiting = {
        request.number: request
        for role in employer.ROLES
        if role in context.user.roles
        for request in context.store.purposes.waiting(role)
    }
    return page(
        context, "desk/employer_requests.html", waiting=list(waiting.values()), why_off=_why_off(context), asking=employer.ASKING,
    )  # fmt: skip


@requires_role("reviewer", "governance", "guardian")
def to_employer(context: RequestContext) -> Response:
    """Whether a case can go to an employer, what was asked and answered, and the form for whoever may act."""
    return _employer(context, _case(context))


@requires_role("reviewer")
def ask(context: RequestContext) -> Response:
    """Asks that the posts of a case may go to an employer; nothing goes by it."""
    case = _case(context)
    mentions = _mentions(context, case)
    why = employer.why_not(context, case, mentions)
    reason, words = str(context.form.get("reason", "")), _words(context)
    if why:
        return _employer(context, case, fault=why)
    if str(context.form.get("posts", "")) != _seen(mentions):
        return _employer(context, case, fault="A post came or was edited while you looked. Nothing was asked: read the case again.", status=409)  # fmt: skip
    if reason not in employer.ASKING:
        return _employer(context, case, fault="Choose what it is about.", at_field="reason")
    if not say_something(words):
        return _employer(context, case, fault=SAY_MORE, at_field="words")
    try:
        context.store.purposes.ask(
            case.number, employer.posts_of(mentions), by=context.user.number, at=context.at, reason=reason, words=words,
        )  # fmt: skip
    except StoreError as error:
        return _employer(context, case, fault=f"{sentence(str(error))}.")
    for role in employer.ROLES:
        asked.tell(
            context.store, context.config, "employer", _others(context, role), [role], at=context.at,
            key=f"{case.number} {role}", case=case.number, posts=len(mentions),
        )  # fmt: skip
    return RedirectResponse(f"/cases/{case.number}/employer", 303)


def _others(context: RequestContext, *roles: Role) -> list[User]:
    """Who has one of these roles and is another person than whoever asks, as far as can be told."""
    return [
        user for user in context.store.users.all()
        if user.active and not set(roles).isdisjoint(user.roles) and not one_person.same_person(context.user, user)
    ]  # fmt: skip


@requires_role("governance", "guardian")
def answer(context: RequestContext) -> Response:
    """What governance or the Guardian says: each one person, and neither of them who asked."""
    case = _case(context)
    mentions = _mentions(context, case)
    request = context.store.purposes.last(case.number)
    role: AnswerAs = "guardian" if context.form.get("as_role") == "guardian" else "governance"
    verdict: EmployerAnswer = "agrees" if context.form.get("answer") == "agrees" else "refuses"
    reason, words = str(context.form.get("reason", "")), _words(context)
    if request is None or str(context.form.get("request", "")) != str(request.number):
        return _employer(context, case, fault="It was asked for again while you looked. Nothing was saved.", status=409)  # fmt: skip
    if why_not := employer.why_not_answer(context, request):
        return _employer(context, case, fault=f"{why_not}.", status=403)
    if role not in employer.may_answer(context, request):
        return _employer(context, case, fault="It waits for another person: neither who asked, nor who answered, nor another account of theirs.", status=403)  # fmt: skip
    if verdict == "agrees":
        why = employer.why_not(context, case, mentions)
        changed = request.posts != employer.posts_of(mentions)
        if why or changed:
            return _employer(context, case, fault=why or "Its posts are others now: it has to be asked for again.")  # fmt: skip
    if reason not in (employer.AGREEING if verdict == "agrees" else employer.REFUSING):
        return _employer(context, case, fault="Choose a reason that goes with your answer.", at_field=verdict)  # fmt: skip
    if not say_something(words):
        return _employer(context, case, fault=SAY_MORE, at_field="words")
    earlier_words = [request.words, *(each.words for each in request.answers)]
    if verdict == "agrees" and any(same_words(words, other) for other in earlier_words):
        return _employer(context, case, fault=OWN_WORDS, at_field="words")
    try:
        saved = context.store.purposes.answer(
            request.number, role, by=context.user.number, at=context.at, answer=verdict, reason=reason, words=words,
        )  # fmt: skip
    except StoreError as error:
        return _employer(context, case, fault=f"{sentence(str(error))}.")
    if not saved:
        return _employer(context, case, fault="It was answered while you looked.", status=409)
    return RedirectResponse(f"/cases/{case.number}/employer", 303)


def _employer(
    context: RequestContext, case: Case, *, fault: str = "", at_field: str = "", status: int = 422
) -> Response:
    mentions = _mentions(context, case)
    request = context.store.purposes.last(case.number)
    if not context.may("reviewer") and not context.may("governance") and request is None:
        raise HTTPException(404)  # a Guardian sees what somebody asks for, and no other case
    current = request is not None and request.posts == employer.posts_of(mentions)
    return page(
        context, "desk/employer.html", status=status if fault else 200, case=case, mentions=mentions, request=request,
        current=current, why=employer.why_not(context, case, mentions), why_off=_why_off(context),
        why_no_answer=employer.why_not_answer(context, request) if request is not None and (context.may("governance") or context.may("guardian")) else "",
        is_open=employer.is_open(context, case, mentions), seen=_seen(mentions), fault=fault, at_field=at_field, form=context.form,
        may_answer=employer.may_answer(context, request) if request is not None else [], asking=employer.ASKING,
        agreeing=employer.AGREEING, refusing=employer.REFUSING, as_names=employer.ROLES, longest=LONGEST,
    )  # fmt: skip


# What a post is flagged for where it says that something went wrong; beside how it is read.
_COMPLAINING = frozenset(("grievance", "allegation"))


@requires_role("lead", "governance")
def to_police(context: RequestContext) -> Response:
    """The form by which governance passes posts to the police, and what went to them before; for a lead what waits for a second person."""
    case = _case(context)
    if not context.may("governance") and not context.store.purposes.police_waiting(case.number):
        raise HTTPException(404)
    return _police(context, case)


@requires_role("governance")
def told_police(context: RequestContext) -> Response:
    """Passes posts on to the police team, with the ground in law in the record."""
    case = _case(context)
    mentions = _mentions(context, case)
    team = _police_team(context)
    ground, words = str(context.form.get("ground", "")), _words(context)
    posts = tuple(
        pair for pair in employer.posts_of(mentions) if f"{pair[0]}:{pair[1]}" in context.form.getlist("posts")
    )  # fmt: skip
    if team is None:
        return _police(context, case, fault="No team of the type ‘police’ is set up.")
    if employer.is_protected(context, case, mentions):
        return _police(context, case, fault="Someone may be speaking up: ask the Guardian first. In danger, call 999 now.")  # fmt: skip
    if not posts or len(posts) < len(context.form.getlist("posts")):
        return _police(context, case, fault="Tick the posts that they get, as they stand now.", at_field="posts")  # fmt: skip
    if ground not in GROUNDS:
        return _police(context, case, fault="Choose the ground in law.", at_field="ground")
    if not say_something(words):
        return _police(context, case, fault=SAY_MORE, at_field="words")
    if (barred := refused(words)) is not None:
        looking.note_refused_reason(context, barred.ground, case=case.number)
        return _police(context, case, fault=NO_REASON[barred.ground].format(words=barred.words), at_field="words")  # fmt: skip
    decision = CaseDecision(
        case=case.number, kind="escalate", by=context.user.number, at=context.at, covers=posts, role=team.key,
    )  # fmt: skip
    reference = str(context.form.get("reference", "")).strip()[:LONGEST_REFERENCE]
    if _complains(context, case, mentions):
        if _version(context) != case.version:
            return _police(context, case, fault="Someone decided this case while you looked. Nothing was asked.", status=409)  # fmt: skip
        context.store.purposes.ask_police(
            decision, case.version, ground=ground, words=words, reference=reference
        )
        asked.tell(
            context.store, context.config, "police", _others(context, "governance", "lead"), ["governance", "lead"],
            at=context.at, case=case.number, posts=len(posts),
        )  # fmt: skip
        return RedirectResponse(f"/cases/{case.number}/police", 303)
    try:
        saved = context.store.purposes.to_police(
            decision, _version(context), ground=ground, words=words, reference=reference
        )
    except StoreError as error:
        return _police(context, case, fault=f"{sentence(str(error))}.")
    if not saved:
        return _police(context, case, fault="Someone decided this case while you looked. Nothing was sent.", status=409)  # fmt: skip
    _tell_outside(context, case, by=context.user.number)
    return RedirectResponse(f"/cases/{case.number}/police", 303)


def _tell_outside(context: RequestContext, case: Case, *, by: int) -> None:
    """Emails the data protection officer and the Caldicott Guardian that posts went to the police, and who asked for it."""
    looks.tell_outside_of(context.store, context.config, "police", user=by, count=case.number, at=context.at)  # fmt: skip


@requires_role("lead", "governance")
def answer_police(context: RequestContext) -> Response:
    """What the second person says of criticism or a complaint that is to go to the police: any of governance, or a lead."""
    case = _case(context)
    mentions = _mentions(context, case)
    number, verdict = str(context.form.get("request", "")), str(context.form.get("answer", ""))
    waiting = context.store.purposes.police_waiting(case.number)
    request = next((each for each in waiting if str(each.number) == number), None)
    if request is None:
        if not context.may("governance"):
            raise HTTPException(404)
        return _police(context, case, fault="It was answered, or asked for again, while you looked.", status=409)  # fmt: skip
    if not _may_answer_police(context, request):
        return _police(context, case, fault=f"{_why_not_police(context, request)}.", status=403)  # fmt: skip
    if verdict not in ("agrees", "refuses"):
        return _police(context, case, fault="Agree, or refuse.")
    if verdict == "agrees" and employer.is_protected(context, case, mentions):
        return _police(context, case, fault="Someone may be speaking up: ask the Guardian first. In danger, call 999 now.")  # fmt: skip
    try:
        saved = context.store.purposes.answer_police(
            request, agrees=verdict == "agrees", by=context.user.number, at=context.at
        )
    except StoreError as error:
        return _police(context, case, fault=f"{sentence(str(error))}.")
    if not saved:
        fault = "Someone decided this case since it was asked for. Nothing was sent: ask again."
        return RedirectResponse("/waiting", 303) if not context.may("governance") else _police(context, case, fault=fault, status=409)  # fmt: skip
    if verdict == "agrees":
        _tell_outside(context, case, by=request.by or 0)
    where = f"/cases/{case.number}/police" if context.may("governance") else "/waiting"
    return RedirectResponse(where, 303)


def _complains(context: RequestContext, case: Case, mentions: Sequence[CaseMention]) -> bool:
    """Whether criticism or a complaint stands in a case, as it is read or flagged, or the Guardian sent it back."""
    sent_back = any(not ruling.speaks for ruling in context.store.speaking_up.rulings(case.number))
    return sent_back or any(
        each.item.protected != "none" or not _COMPLAINING.isdisjoint(flag.name for flag in each.item.flags)
        for each in mentions
    )  # fmt: skip


def _may_answer_police(context: RequestContext, request: PoliceRequest) -> bool:
    """Whether they are another person than who asked, as far as can be told, and not let in at the machine this week."""
    return not _why_not_police(context, request)


def _why_not_police(context: RequestContext, request: PoliceRequest) -> str:
    return one_person.why_not(context.store, context.user, [request.by], at=context.at)


def _police(
    context: RequestContext, case: Case, *, fault: str = "", at_field: str = "", status: int = 422
) -> Response:
    mentions = _mentions(context, case)
    return page(
        context, "desk/police.html", status=status if fault else 200, case=case, mentions=mentions, team=_police_team(context),
        protected=employer.is_protected(context, case, mentions), grounds=GROUNDS, fault=fault, at_field=at_field, form=context.form,
        asks_platform=sorted({each.item.platform for each in mentions if all_terms()[each.item.platform].police_asks}),
        waiting=[(each, _may_answer_police(context, each)) for each in context.store.purposes.police_waiting(case.number)],
        complains=_complains(context, case, mentions), may_ask=context.may("governance"),
        disclosures=context.store.purposes.disclosures(case.number) if context.may("governance") else (), longest=LONGEST, longest_reference=LONGEST_REFERENCE,
    )  # fmt: skip


def _police_team(context: RequestContext) -> EscalationRole | None:
    return next((role for role in context.config.review.roles if role.type == "police"), None)


def _why_off(context: RequestContext) -> str:
    employment, on = context.config.governance.employment, clock.local_day(context.at)
    if not employment.on:
        return "It is turned off where the program was installed"
    lacking = "; ".join(employment.lacking(on).values())
    return f"What was written down for it is not complete: {lacking}" if lacking else ""


def _words(context: RequestContext) -> str:
    return " ".join(str(context.form.get("words", "")).split())[:LONGEST]


def _version(context: RequestContext) -> int:
    written = str(context.form.get("version", ""))
    return int(written) if written.isdecimal() and len(written) < 9 else -1


def _seen(mentions: list[CaseMention]) -> str:
    return ",".join(f"{number}:{revision}" for number, revision in employer.posts_of(mentions))


def _mentions(context: RequestContext, case: Case) -> list[CaseMention]:
    return [
        each
        for each in context.store.cases.mentions(case.number)
        if each.reviewable and not each.item.deleted
    ]


def _case(context: RequestContext) -> Case:
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case
