"""What takes a case out of somebody's sight: that it is about them, or that somebody speaks up in it; and handles of one's own."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from core.models import PLATFORMS, Platform
from core.text import sentence
from reports import asked
from review.auth import one_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import decide, mails, sorting, today
from review.desk.suggestions import Choice
from review.desk.today import Asking
from review.rendering import page
from store import Case, CaseDecision, CaseMention, OwnHandle, TooManyHandles, User
from store.cases.sight import GUARDIAN

LONGEST = 500  # characters of what somebody adds


@requires_role("reviewer", "governance", "guardian")
def ask(context: RequestContext) -> Response:
    """What stepping back from a case does, before it is done."""
    return page(context, "guardian/recuse.html", case=_own_case(context))


@requires_role("reviewer", "governance", "guardian")
def step_back(context: RequestContext) -> Response:
    """Takes a case out of one's own sight and hands it on; what is added is for governance alone."""
    case, me = _own_case(context), context.user.number
    following = decide.next_case(context, case.number)
    words = str(context.form.get("words", "")).strip()[:LONGEST]
    context.store.recusals.step_back(case.number, me, at=context.at, to=_next_people(context, case), words=words)  # fmt: skip
    if case.protected or not context.may("viewer"):
        return RedirectResponse("/guardian" if context.sight.guardians else "/today", 303)
    return decide.go_to(context, following, case.number, 0, stepped_back=True)


def _own_case(context: RequestContext) -> Case:
    """A case that they may open, which alone is theirs to step back from: 404 for one that is nothing of the Guardian's, for a Guardian alone."""
    case = _case(context)
    if not context.may("viewer") and not context.may("governance") and not case.protected:
        raise HTTPException(404)
    return case


def _next_people(context: RequestContext, case: Case) -> Sequence[int]:
    """Who is given a case from which somebody stepped back: of the Guardian's another of them, then the duty lead; else
    the duty lead, then other leads. Nobody who never signed in, since they would not know; who is away comes last."""
    away = context.store.absences.away(context.at)
    people = [user for user in context.store.users.all() if user.active and user.signed_in_at]
    duty = [user for user in people if _is_duty_lead(context, user)]
    others = [
        user for user in people if (GUARDIAN if case.protected else "lead") in user.roles and user not in duty
    ]  # fmt: skip
    order = [*others, *duty] if case.protected else [*duty, *others]
    order.sort(key=lambda user: user.number in away)
    return [user.number for user in order if user.number != context.user.number]


def _is_duty_lead(context: RequestContext, user: User) -> bool:
    return (
        bool(user.handle)
        and user.handle == context.config.review.duty_lead
        and "lead" in user.roles
    )


# What is asked before a case goes there
SPEAKING = Choice(
    key="speaking", label="Someone is speaking up", page="/cases/{case}/speaking-up",
    does="You can take it back for 10 minutes, unless someone there has acted on it. After that only the Guardian can send it back.",
)  # fmt: skip


@requires_role("reviewer")
def send(context: RequestContext) -> Response:
    """Puts a case into the Guardian's lane, once it was said what that does: they are emailed as by passing it on, and it leaves the desk."""
    case = _case(context)
    if str(context.form.get("version", case.version)) != str(case.version):
        return today.show(context, case, fault="Someone decided on it while you looked. Yours was not saved: read it again.", status=409)  # fmt: skip
    mentions = [each for each in context.store.cases.mentions(case.number) if each.reviewable]
    if context.form.get("sure") != "yes":
        waiting = [each for each in mentions if not each.decided and not each.item.deleted]
        values = tuple(f"{each.item.number}:{each.item.revision}" for each in waiting)
        goes = _goes(context, waiting)
        return today.show(context, case, asking=Asking(choice=SPEAKING, posts=values, preview=True, goes=goes))  # fmt: skip
    following = decide.next_case(context, case.number)
    try:
        _send(context, case, mentions)
    except StoreError as error:
        return today.show(context, case, fault=f"{sentence(str(error))}.", status=422)
    return decide.go_to(context, following, case.number, 0, sent=True)


def _goes(context: RequestContext, waiting: Sequence[CaseMention]) -> Sequence[str]:
    """What sending a case there does, a sentence each."""
    urgent = {*context.app.policy.names(in_danger=True), "pid"}
    stays = any(each.lane == "now" and not urgent.isdisjoint(flag.name for flag in each.item.flags) for each in waiting)  # fmt: skip
    guardian = next((role for role in context.config.review.roles if role.key == GUARDIAN), None)
    email = ("The Guardian is emailed once emails leave: ring them now." if mails.none_leaves(context) else "The Guardian is emailed.") if guardian is not None and guardian.email else "Nobody is emailed: ring the Guardian."  # fmt: skip
    return (
        f"The whole case goes to the Guardian at once{', all its posts' if len(waiting) > 1 else ''}. {email}",
        "It leaves everyone’s lists, and yours: only the Guardian, governance and the duty lead can open it.",
        *(("Danger, or a patient’s details that are out, stay in Now for those on duty, with their steps.",) if stays else ()),
    )  # fmt: skip


@requires_role("reviewer")
def take_back(context: RequestContext) -> Response:
    """Takes back that this person sent a case there a moment ago; the answer never says what was done with it since."""
    digits = str(context.form.get("case", ""))
    number = int(digits) if digits.isdecimal() and len(digits) < 12 else 0
    if context.store.cases.take_back_from_guardian(number, by=context.user.number, at=context.at):
        sorting.sort_at_once(context, number)
        return RedirectResponse(f"/cases/{number}?saved={number}.returned", 303)
    return RedirectResponse(f"/today?saved={number}.late", 303)


def _send(context: RequestContext, case: Case, mentions: Sequence[CaseMention]) -> None:
    """Of danger, and of details that are out, the look at that goes on, on the desk too; of the rest the Guardian is emailed."""
    store, by, at = context.store, context.user.number, context.at
    flags = (*context.app.policy.names(in_danger=True), "pid")
    store.speaking_up.send(case.number, [each.item.number for each in mentions], by=by, at=at, urgent=flags)  # fmt: skip
    urgent = store.speaking_up.urgent_posts(case.number)
    covers = tuple(
        (each.item.number, each.item.revision)
        for each in mentions
        if not each.decided and not each.item.deleted and each.item.number not in urgent
    )
    if covers and any(role.key == GUARDIAN for role in context.config.review.roles):
        decision = CaseDecision(case=case.number, kind="escalate", role=GUARDIAN, by=by, at=at, covers=covers)  # fmt: skip
        store.cases.decide(decision, case.version)


# ── handles of one's own ─────────────────────────────────────────────────────────────────────────


@requires_role("reviewer", "governance", "guardian")
def own_handles(context: RequestContext) -> Response:
    """Asks that a handle count as this person's own, takes one out that they asked for, or says whether one that governance wrote down is theirs."""
    me = context.user.number
    if fault := change_handles(context, me):
        return RedirectResponse(f"/account?handle={fault}#handles", 303)
    return RedirectResponse("/account#handles", 303)


@requires_role("governance")
def colleagues_handles(context: RequestContext) -> Response:
    """The same for a colleague, by governance; and governance's answer to what a colleague, or another of governance, asked."""
    number = str(context.form.get("user", ""))
    user = context.store.users.get(int(number)) if number.isdecimal() and len(number) < 12 else None
    fault = "user" if user is None else change_handles(context, user.number)
    return RedirectResponse(f"/governance{f'?handle={fault}' if fault else ''}#handles", 303)


FAULTS = {
    "user": "Choose a colleague.",
    "platform": "Choose where they post.",
    "handle": "Write the handle, such as @jo_example.",
    "theirs": "Only another person of governance can remove it.",
    "many": "Too many handles were asked for within a month. Nothing was saved.",
    "second": "Another person has to agree. Nothing was saved.",
}


def change_handles(context: RequestContext, user: int) -> str:
    """Does what a form asks; which of FAULTS is wrong with it, "" where nothing is."""
    store, form, by, at = context.store, context.form, context.user.number, context.at
    named = str(form.get("remove", "")) or str(form.get("handle_number", ""))
    if named:
        handle = next((each for each in store.recusals.handles(user) if str(each.number) == named), None)  # fmt: skip
        if handle is None:
            return ""
        if not form.get("remove"):
            return _answer(context, handle)
        counts = handle.state == "in force"
        if (counts and handle.user == by) or ((counts or handle.by != by) and not context.may("governance")):  # fmt: skip
            return "theirs"
        store.recusals.remove_handle(handle.number, by=by, at=at)
        return ""
    platform: Platform | None = next((name for name in PLATFORMS if name == form.get("platform")), None)  # fmt: skip
    if platform is None:
        return "platform"
    try:
        number = store.recusals.ask_handle(
            user, platform, str(form.get("handle", "")), by=by, at=at
        )
    except TooManyHandles:
        return "many"
    except StoreError:
        return "handle"
    others = [each for each in store.users.all() if "governance" in each.roles and each.number not in (by, user)]  # fmt: skip
    asked.tell(store, context.config, "handle", others, ["governance"], at=at, key=number)
    return ""


def _answer(context: RequestContext, handle: OwnHandle) -> str:
    if why_not_agree(context, handle):
        return "second"
    agrees = context.form.get("answer") == "agrees"
    context.store.recusals.answer_handle(handle.number, agrees=agrees, by=context.user.number, at=context.at)  # fmt: skip
    return ""


def why_not_agree(context: RequestContext, handle: OwnHandle) -> str:
    """Why this person can't say that a handle is somebody's, "" where they can: another of governance, or whose it is where governance asked.

    Whose it is would profit alone; who asked has said it.
    """
    asked_themselves = handle.by == handle.user
    if not context.may("governance") and (asked_themselves or context.user.number != handle.user):
        return one_person.YOURSELF
    others = {handle.by} | ({handle.user} if asked_themselves else set())
    return one_person.why_not(context.store, context.user, others, at=context.at)


def handles_that_wait(context: RequestContext) -> list[tuple[OwnHandle, str, str]]:
    """The handles that wait for a second person, each with whose it would be, and why this person is none for it."""
    names = {user.number: user.name for user in context.store.users.all()}
    return [
        (handle, names.get(handle.user, "Someone who has left"), why_not_agree(context, handle))
        for handle in context.store.recusals.all_handles()
        if handle.state == "waits"
    ]


def _case(context: RequestContext) -> Case:
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case
