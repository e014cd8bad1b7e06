"""Evidence packs of the Guardian's lane: what a person wrote who speaks up, saved for their own claim by governance and the Guardian.

One asks and the other one says yes, two people, for one writer's posts alone: told by a post of theirs, never by a name. A leak goes to the ICO by governance, within the 72 hours that the law gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.errors import StoreError
from core.text import sentence
from reports import pdf
from review import looking
from review.auth import one_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from steps import export_purposes, lane_packs, rights
from store import Case, LanePack

LONGEST = 500  # characters of a reason
AS_NAMES = {"governance": "Governance", "guardian": "The Guardian"}


@requires_role("guardian", "governance")
def pack(context: RequestContext) -> Response:
    """What waits, what was agreed to, and the form."""
    return _show(context, _case(context))


@requires_role("guardian", "governance")
def act(context: RequestContext) -> Response:
    """Asks, answers, or takes the pack."""
    case, do = _case(context), str(context.form.get("do", ""))
    try:
        if do == "hold":
            return _hold(context, case)
        if do == "ask":
            return _ask(context, case)
        if do in ("agrees", "refuses"):
            return _answer(context, case, agrees=do == "agrees")
        if do == "take":
            return _take(context, case, "court", "")
        if do == "ico":
            return _take(context, case, "ico", _reason(context))
    except export_purposes.Refused as error:
        if error.ground is not None:
            looking.note_refused_reason(context, error.ground, case=case.number)
        return _show(context, case, fault=sentence(error.why), at_field="ico-reason" if do == "ico" else error.field)  # fmt: skip
    except StoreError as error:
        return _show(context, case, fault=sentence(str(error)), status=403)
    return _show(context, case, fault="Choose what to do")


def _ask(context: RequestContext, case: Case) -> Response:
    lane_packs.ask(
        context.store, context.config, case, by=context.user, at=context.at, purpose="court", reason=_reason(context),
        post=_post(context),
    )  # fmt: skip
    return _back(case)


def _hold(context: RequestContext, case: Case) -> Response:
    """Asks for a hold on the posts of the case that speak up: the other of governance and the Guardian agrees to it under Holds."""
    typed = str(context.form.get("until", ""))
    try:
        ends = clock.day(date.fromisoformat(typed))[1]
    except (ValueError, OverflowError):
        return _show(context, case, fault="Write the last day of the hold, such as 2027-02-28", at_field="until")  # fmt: skip
    posts = [each.item.number for each in lane_packs.posts_of(context.store, case, "court")]
    try:
        rights.ask_hold(
            context.store, context.config, posts, reason=_reason(context), approved_by=str(context.form.get("approver", "")),
            by=context.user.handle, at=context.at, expires=ends,
        )  # fmt: skip
    except StoreError as error:
        return _show(context, case, fault=sentence(str(error)), at_field="hold-reason")
    return RedirectResponse(f"/guardian/{case.number}/evidence?saved=hold", 303)


def _answer(context: RequestContext, case: Case, *, agrees: bool) -> Response:
    number = str(context.form.get("request", ""))
    request = next((each for each in context.store.lane_packs.of_case(case.number) if str(each.number) == number), None)  # fmt: skip
    if request is None or request.state != "waits":
        return _show(context, case, fault="It was answered, or asked for again, while you looked. Nothing was saved", status=409)  # fmt: skip
    if why := _why_not(context, request):
        return _show(context, case, fault=why, status=403)
    if not context.store.lane_packs.answer(request, agrees=agrees, by=context.user.number, at=context.at):  # fmt: skip
        return _show(context, case, fault="It was answered while you looked", status=409)
    return _back(case)


def _take(context: RequestContext, case: Case, purpose: str, reason: str) -> Response:
    taken = lane_packs.take(
        context.store, context.config, context.app.policy, case, by=context.user, at=context.at, purpose=purpose, reason=reason,
        post=_post(context),
    )  # fmt: skip
    looking.note(context, "evidence", case=case.number)
    kind = "application/pdf" if taken.format == "pdf" else "text/html; charset=utf-8"
    name = f"evidence-case-{case.number}.{taken.format}"
    return Response(taken.content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


def _why_not(context: RequestContext, request: LanePack) -> str:
    """Why somebody can't answer, in a sentence; "" where they can: they have the other role, and are another person."""
    if why := one_person.why_not(context.store, context.user, [request.by], at=context.at):
        return why
    if request.missing not in context.user.roles:
        return f"{AS_NAMES[request.missing]} answers this one"
    return ""


@dataclass(frozen=True, slots=True)
class WriterShown:
    """A writer of the case with what was asked for their posts last. `why_not`: why whoever looks can't answer it; `may_take`: they take the pack."""

    writer: lane_packs.Writer
    platform: str
    request: LanePack | None
    in_force: bool
    may_take: bool
    why_not: str


def _shown(context: RequestContext, case: Case) -> list[WriterShown]:
    mentions = lane_packs.posts_of(context.store, case, "court")
    platforms = {each.item.number: PLATFORM_NAMES.get(each.item.platform, each.item.platform) for each in mentions}  # fmt: skip
    shown = []
    for writer in lane_packs.writers(context.store, mentions):
        request = lane_packs.agreed_to(context.store, case.number, writer)
        in_force = request is not None and request.in_force(context.at)
        shown.append(WriterShown(
            writer=writer, platform=platforms[writer.post], request=request, in_force=in_force,
            may_take=request is not None and in_force and context.user.number in (request.by, request.answered_by),
            why_not=_why_not(context, request) if request is not None and request.state == "waits" else "",
        ))  # fmt: skip
    return shown


def _show(
    context: RequestContext, case: Case, *, fault: str = "", at_field: str = "", status: int = 422
) -> Response:
    return page(
        context, "guardian/evidence.html", status=status if fault else 200, case=case, fault=fault, at_field=at_field or "decide",
        writers=_shown(context, case), leaks=len(lane_packs.posts_of(context.store, case, "ico")), shown_to=lane_packs.SHOWN_TO,
        approvers=rights.can_approve(context.store, by=context.user.handle, roles=rights.APPROVE["speaking up"]),
        saved=context.request.query_params.get("saved") == "hold", holds=_holds(context, case),
        leaves=leaves(context, [each.item.number for each in lane_packs.posts_of(context.store, case, "court")]),
        as_names=AS_NAMES, taken=context.store.exports.of_case(case.number), form=context.form, longest=LONGEST, as_pdf=pdf.is_installed(),
    )  # fmt: skip


def _holds(context: RequestContext, case: Case) -> list[tuple[int, str, date, str]]:
    """The posts of the case that speak up with what keeps them: (post, "held" or "asked", the last day on which it can be kept, why where that is earlier than was asked for)."""
    posts = {each.item.number for each in lane_packs.posts_of(context.store, case, "court")}
    kept = [
        (hold.mention, "held", clock.local_day(hold.last))
        for hold in context.store.retention.holds(since=context.at)
        if hold.mention in posts
    ]
    waits = [
        (each.mention, "asked", clock.local_day(each.last))
        for each in context.store.hold_requests.waiting(context.at)
        if each.mention in posts
    ]
    return sorted((post, state, *rights.kept_until(context.store, post, last)) for post, state, last in kept + waits)  # fmt: skip


def leaves(context: RequestContext, posts: Iterable[int]) -> dict[int, tuple[date, str]]:
    """By post the day by which its platform's terms take it away, whatever holds it, and why; where they name none it is left out."""
    bounds = {post: rights.goes_by(context.store, post) for post in posts}
    return {post: bound for post, bound in bounds.items() if bound is not None}


def _post(context: RequestContext) -> int | None:
    """By which of their posts the form names a writer."""
    value = str(context.form.get("writer", ""))
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None


def _reason(context: RequestContext) -> str:
    return " ".join(str(context.form.get("reason", "")).split())[:LONGEST]


def _back(case: Case) -> Response:
    return RedirectResponse(f"/guardian/{case.number}/evidence", 303)


def _case(context: RequestContext) -> Case:
    """A case of the lane, or one that went back from it, in which somebody may be speaking up: of any other there is an ordinary pack.

    What a colleague writes to our mailbox is the team's, however it is read: the lane, its packs and its holds are one rule.
    """
    case = context.store.cases.get(context.request.path_params["number"])
    of_lane = case is not None and (
        case.protected or context.store.speaking_up.rulings(case.number)
    )
    if case is None or not of_lane or not lane_packs.posts_of(context.store, case, "court"):
        raise HTTPException(404)
    return case
