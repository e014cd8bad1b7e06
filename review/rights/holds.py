"""Holds that wait for a second person: whoever was named to approve one says yes or no here, signed in. Nobody else can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import RedirectResponse, Response

from core import acting, clock
from core.errors import StoreError
from core.text import sentence
from review import looking, staff_reports
from review.auth import one_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from review.rights.covering import Covering
from review.rights.requests import out_of_sight
from steps import erasures, rights
from store import HoldRequest, Item, LanePack
from store.cases.staff_reports import ReportOfRestricted

TOLD_FOR = timedelta(days=30)  # so long what ran out stands on the page; the record keeps it
SAVED = {
    "agrees": "You agreed. What was asked for is held now.",
    "refuses": "You refused. Nothing is held by it, and what was out of use meanwhile is in use again.",
    "over": "Nothing of it waited any more.",
    "goes": "You agreed. Nothing is erased yet: whoever asked does it again from that request, within 30 days.",
    "remains": "You did not agree. Nothing is erased.",
    "back": "It is in use again, in Now, and those on duty are told. Its hold stays. Tell the person who asked.",
    "stays": "It stays out of use.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A hold that waits, as whoever may see it reads it. `item` is None where its words are not theirs to read; `mine`: they answer."""

    request: HoldRequest
    who: str
    approver: str
    item: Item | None
    mine: bool
    in_use: bool  # of one without use: it is not set aside, or no more
    until: tuple[
        date, str
    ]  # the last day on which it can be kept, and why where that is earlier than was asked for
    reason: str  # "" where it would tell a lead that whoever wrote the post speaks up elsewhere


@requires_role("lead", "governance", "guardian")
def holds(context: RequestContext) -> Response:
    """What waits for whoever asks; governance sees what waits for others too, the Guardian what is about their lane."""
    return _show(context)


@requires_role("lead", "governance", "guardian")
def answered(context: RequestContext) -> Response:
    """A yes or a no to what was ticked."""
    answer = str(context.form.get("answer", ""))
    ticked = {str(value) for value in context.form.getlist("holds")}
    mine = [each.request for each in listed(context) if each.mine and str(each.request.number) in ticked]  # fmt: skip
    if answer not in ("agrees", "refuses"):
        return _show(context, fault="Say yes or no")
    if not ticked:
        return _show(context, fault="Tick the posts first")
    why = one_person.why_not(context.store, context.user, {each.by for each in mine}, at=context.at)
    if why and answer == "agrees":
        return _show(context, fault=why)
    try:
        count = context.store.hold_requests.answer(
            [each.number for each in mine], agrees=answer == "agrees", by=context.user.number, by_name=context.user.name, at=context.at,
        )  # fmt: skip
    except StoreError as error:
        return _show(context, fault=sentence(str(error)))
    return RedirectResponse(f"/holds?saved={answer if count else 'over'}", 303)


def listed(context: RequestContext) -> list[Waiting]:
    """What waits and whoever asks may know of: theirs to answer, and all of it for governance; never of a case they stepped back from."""
    store, user = context.store, context.user
    approver = None if context.may("governance") else user.number
    return _seen(context, store.hold_requests.waiting(context.at, approver=approver))


def ran_out(context: RequestContext) -> list[Waiting]:
    """What ran out without an answer within the last 30 days, of those whom `listed` tells."""
    approver = None if context.may("governance") else context.user.number
    since = context.at - TOLD_FOR
    return _seen(context, context.store.hold_requests.ran_out(context.at, since=since, approver=approver))  # fmt: skip


ENDINGS: Mapping[str, tuple[str, str]] = {
    "danger": ("Someone may be in danger", "safeguarding"), "threat": ("It is a threat", "threat"),
    "details": ("A patient’s details are out", "pid"), "none": ("Nothing of these: it stays out of use", ""),
}  # fmt: skip


def reported(context: RequestContext) -> list[tuple[ReportOfRestricted, str, str]]:
    """For governance: reports of posts that are held without use and were not read as danger, each with its words masked."""
    if not context.may("governance"):
        return []
    return [
        (each, staff_reports.masked(context, each.worry), staff_reports.masked(context, each.words))
        for each in context.store.staff_reports.of_restricted()
    ]


@requires_role("governance")
def answered_report(context: RequestContext) -> Response:
    """Somebody of governance read what a colleague wrote of a post that is held without use: danger brings it back, at once."""
    number, ending = (
        str(context.form.get("report", "")),
        ENDINGS.get(str(context.form.get("tells", ""))),
    )
    if number not in {str(each.number) for each in context.store.staff_reports.of_restricted()}:
        return RedirectResponse("/holds?saved=over", 303)
    if ending is None:
        return _show(context, fault="Say what the report tells of")
    context.store.staff_reports.answer_of_restricted(
        int(number), tells=[ending[1]] if ending[1] else [], by=context.user.number, at=context.at
    )
    return RedirectResponse(f"/holds?saved={'back' if ending[1] else 'stays'}", 303)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked:
    """An erasure of what may be evidence that waits. `items` are what governance reads of it, masked; the Guardian reads why and how much. `mine`: they answer."""

    request: LanePack
    items: tuple[Item, ...]
    mine: bool


def erasures_asked(context: RequestContext) -> list[ErasureAsked]:
    """For governance and the Guardian: erasures that wait for a second person, but of cases from which whoever asks stepped back."""
    if not {"governance", "guardian"}.intersection(context.user.roles):
        return []
    out, covering = out_of_sight(context), Covering(context, [])
    waiting = [each for each in erasures.requests(context.store) if each.case not in out]
    reads = "governance" in context.user.roles
    return [
        ErasureAsked(
            request=each, mine=each.by != context.user.number,
            items=tuple(covering.item(item) for item in context.store.figures.items(each.posts).values()) if reads else (),
        )
        for each in waiting
    ]  # fmt: skip


@requires_role("governance", "guardian")
def answered_erasure(context: RequestContext) -> Response:
    """The second person's yes or no to an erasure; nothing goes by this alone."""
    answer = str(context.form.get("answer", ""))
    number = str(context.form.get("erasure", ""))
    asking = next((each.request for each in erasures_asked(context) if str(each.request.number) == number), None)  # fmt: skip
    if asking is None:
        return RedirectResponse("/holds?saved=over", 303)
    if answer not in ("agrees", "refuses"):
        return _show(context, fault="Say yes or no")
    if why := one_person.why_not(context.store, context.user, [asking.by], at=context.at):
        return _show(context, fault=why)
    saved = context.store.lane_packs.answer(asking, agrees=answer == "agrees", by=context.user.number, at=context.at)  # fmt: skip
    return RedirectResponse(f"/holds?saved={('goes' if answer == 'agrees' else 'remains') if saved else 'over'}", 303)  # fmt: skip


def _seen(context: RequestContext, wanted: Sequence[HoldRequest]) -> list[Waiting]:
    """What somebody is asked. The reason is read by governance, the Guardian and whoever wrote it: were it left out of some posts alone, that would say whose they are."""
    store, user = context.store, context.user
    everybody = {each.number: each.name for each in store.users.all()}
    out = out_of_sight(context)
    wanted = [each for each in wanted if each.case not in out]
    numbers = [each.mention for each in wanted]
    speaking_up = store.exports.speaking_up(numbers)
    guardian = "guardian" in user.roles
    knows = context.may("governance") or guardian
    hidden = frozenset() if knows else speaking_up
    if guardian and not (
        context.may("governance") or context.may("lead")
    ):  # they read nothing but their lane
        wanted = [
            each
            for each in wanted
            if each.mention in speaking_up or (each.without_use and each.approver == user.number)
        ]
        hidden = frozenset(each.mention for each in wanted) - speaking_up
    items, covering = store.figures.items(numbers), Covering(context, numbers)
    return [
        Waiting(
            request=each, until=_until(context, each) if each.mention not in hidden else (clock.local_day(each.last), ""), mine=_answers(each, user.number) and not (each.open and each.mention in hidden and not each.without_use),
            reason=each.reason if knows or each.by == user.number else "", approver="Whoever else comes first" if each.open else everybody.get(each.approver, "someone who has left"),
            who=sentence(acting.in_words(each.login, each.by_name)) if each.login else everybody.get(each.by or 0, each.by_name),
            in_use=not store.retention.restricted(each.mention), item=covering.item(items[each.mention]) if each.mention in items and each.mention not in hidden else None,
        )
        for each in wanted
    ]  # fmt: skip


def _until(context: RequestContext, request: HoldRequest) -> tuple[date, str]:
    return rights.kept_until(context.store, request.mention, clock.local_day(request.last))


def _answers(request: HoldRequest, user: int) -> bool:
    """Whether somebody is the one to say yes or no: who was asked, or where nobody was there to be asked, anybody else."""
    return request.by != user if request.open else request.approver == user


def _show(context: RequestContext, *, fault: str = "") -> Response:
    rows, over, reports = listed(context), ran_out(context), reported(context)
    looking.note_posts(context, dict.fromkeys(each.request.mention for each in (*rows, *over) if each.item is not None))  # fmt: skip
    looking.note_posts(context, (each.mention for each, _, _ in reports))
    to_erase = erasures_asked(context)
    looking.note_posts(context, (item.number for each in to_erase for item in each.items))
    return page(
        context, "rights/holds.html", status=422 if fault else 200, fault=fault, waiting=[each for each in rows if each.mine],
        others=[each for each in rows if not each.mine], ran_out=over, reported=reports, erasures=to_erase, endings=ENDINGS, saved=SAVED.get(context.request.query_params.get("saved", ""), ""),
    )  # fmt: skip
