"""The register of what people ask of their data: what kind, when it came, when an answer is due, who has it; and who objected, what is held, what names a child."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from steps import rights
from steps.reasons import is_no_reference, names_nobody
from store import RequestKind, RequestState, RightsRequest
from store.rights.requests import KINDS

NAMES: Mapping[RequestKind, str] = {
    "access": "Copy of their data (Article 15)", "portability": "Their data as a file for machines (Article 20)",
    "erasure": "Erasure (Article 17)", "rectification": "Something put right (Article 16)",
    "objection": "Objection (Article 21)", "restriction": "Restriction: hold it without using it (Article 18)",
}  # fmt: skip
STATES: Mapping[RequestState, tuple[str, str]] = {  # what it is called, and the colour of its tag
    "new": ("Nobody has it", "yellow"), "in hand": ("In hand", "blue"), "ready": ("Pack ready to check", "blue"),
    "done": ("Done", "green"), "refused": ("Refused", "grey"), "withdrawn": ("Withdrawn", "grey"),
}  # fmt: skip
SOON = timedelta(
    days=7
)  # before an answer is due, and after a hold ended: governance is lines on its overview
LONGEST = 500  # characters of what is typed


@requires_role("governance")
def requests(context: RequestContext) -> Response:
    """All requests, soonest due first, and the form for another."""
    return _show(context)


@requires_role("governance")
def started(context: RequestContext) -> Response:
    """Writes down a request that came."""
    typed = {name: typed_in(context, name) for name in ("kind", "came_on", "requester", "reference")}  # fmt: skip
    kind = next((each for each in KINDS if each == typed["kind"]), None)
    came = _day(typed["came_on"])
    if kind is None:
        return _show(context, typed, ("kind", "Choose what they ask for"))
    if came is None:
        return _show(context, typed, ("came_on", "Write the day it came, such as 2026-11-14"))
    if names_nobody(typed["requester"]):
        return _show(context, typed, ("requester", "Write who asks, and how to answer them: “T. Quill, by the account itself”"))  # fmt: skip
    if is_no_reference(typed["reference"]):
        return _show(context, typed, ("reference", "Write what their letter is filed under, such as IG/26/118"))  # fmt: skip
    try:
        number = context.store.rights_requests.add(
            kind, came_on=came, who=typed["requester"], reference=typed["reference"], by=context.user.number, at=context.at,
        )  # fmt: skip
    except StoreError as error:
        field = "came_on" if "day" in str(error) else "requester"
        return _show(context, typed, (field, str(error)))
    return RedirectResponse(f"/requests/{number}", 303)


def asked_for(context: RequestContext) -> RightsRequest:
    """The request of the address. Raises HTTPException 404 where there is none."""
    request = context.store.rights_requests.get(context.request.path_params["number"])
    if request is None:
        raise HTTPException(404)
    return request


def out_of_sight(context: RequestContext) -> frozenset[int]:
    """The cases from which whoever asks stepped back: they come upon them nowhere, here either."""
    return context.store.recusals.of_user(context.user.number)


def is_sole_governance(context: RequestContext) -> bool:
    """Whether one person alone has the role: what another one of governance would read, or agree to, nobody does."""
    return (
        sum(user.active and "governance" in user.roles for user in context.store.users.all()) == 1
    )


def typed_in(context: RequestContext, name: str) -> str:
    """What stands in a field of the form."""
    return str(context.form.get(name, "")).strip()[:LONGEST]


def needs(context: RequestContext) -> list[tuple[str, str, str]]:
    """What of data rights governance has to see first: an address, what it is called, and what of it."""
    store, today = context.store, clock.local_day(context.at)
    lines: list[tuple[str, str, str]] = []
    for request in store.rights_requests.all():
        if request.open and (request.owner is None or request.due_on - today <= SOON):
            nobody = " Nobody has it." if request.owner is None else ""
            late = "was due on" if request.due_on < today else "answer due by"
            lines.append((f"/requests/{request.number}", NAMES[request.kind], f"{late} {day_month(request.due_on)}.{nobody}"))  # fmt: skip
    lines += [
        (f"/requests/{each.request}", "Another name or account on a request", "It is looked for once another person of governance agreed that it is the same person’s.")
        for each in store.person_searches.waiting()
    ]  # fmt: skip
    mine = store.hold_requests.waiting(context.at, approver=context.user.number)
    waiting = store.hold_requests.waiting(context.at)
    if waiting:
        lines.append(("/holds", f"{len(waiting)} hold{'s wait' if len(waiting) != 1 else ' waits'} for a second person", f"{len(mine)} of them for you." if mine else "Others are asked."))  # fmt: skip
    if again := store.hold_requests.ended_unanswered(context.at):
        lines.append(
            (
                "/holds",
                f"{len(again)} restriction{'s' * (len(again) != 1)} ended unanswered",
                "After 7 days without a second person’s yes it is in use again. Tell the person, or ask someone else.",
            )
        )
    if unheard := len(store.staff_reports.of_restricted()):
        lines.insert(0, (
            "/holds#reported", f"{unheard} report{'s' * (unheard != 1)} of a post that is held without use",
            "Read what the colleague wrote now: the program read no danger in it, and may be wrong.",
        ))  # fmt: skip
    if dangers := store.retention.ended_by_danger(since=context.at - SOON):
        lines.append((
            "/holds", f"{len(dangers)} restriction{'s' * (len(dangers) != 1)} ended: danger was reported",
            f"Post {', '.join(map(str, dangers))}: a colleague reported danger, a threat or a leak, and another person’s rights go first (Article 18). "
            "It is in use, and on hold. Tell the person, and ask again once its case is decided.",
        ))  # fmt: skip
    if silent := len(store.hold_requests.ran_out(context.at, since=context.at - SOON)):
        lines.append(("/holds#ran-out", f"{silent} hold{'s' * (silent != 1)} ran out unanswered", "Nothing is held by it."))  # fmt: skip
    ended = [hold for hold in store.retention.holds(since=context.at - SOON) if _ended(hold.lifted_at, hold.expires, context.at)]  # fmt: skip
    if ended:
        lines.append(("/requests#holds", f"{len(ended)} hold{'s' * (len(ended) != 1)} ended", "What was held goes with the next deletion."))  # fmt: skip
    lines += [("/audit/chain", "The erasure ledger", line) for line in store.ledger.state().trouble]
    if lost := store.ledger.lost(context.at):
        lines.append(("/requests#ledger", "The erasure ledger", lost))
    restored = store.ledger.restored(context.at)
    lines += [
        ("/requests#ledger", "After the restore", line)
        for line in (restored.to_do if restored else ())
    ]
    if began := store.maintenance.unfinished_rotation():
        lines.append(("/audit", "A change of keys has not ended", f"It began {clock.local(began)}; until it ends, all keys are needed."))  # fmt: skip
    return lines


def _ended(lifted_at: datetime | None, expires: datetime, at: datetime) -> bool:
    """Whether a hold came to its end by itself."""
    return expires <= at and (lifted_at is None or lifted_at >= expires)


def day_month(day: date) -> str:
    """Mon 14 Dec."""
    return day.strftime("%a %-d %b")


def _show(
    context: RequestContext, typed: Mapping[str, str] | None = None, fault: tuple[str, str] | None = None
) -> Response:  # fmt: skip
    store = context.store
    today = clock.local_day(context.at)
    out = out_of_sight(context)
    blank = {"kind": "", "came_on": today.isoformat(), "requester": "", "reference": ""}
    return page(
        context, "rights/requests.html", status=422 if fault else 200, typed={**blank, **(typed or {})}, fault=fault,
        requests=store.rights_requests.all(), kinds=NAMES, states=STATES, names={user.number: user.name for user in store.users.all()},
        today=today, on=day_month, kept_until=lambda hold: rights.kept_until(store, hold.mention, clock.local_day(hold.last)), soon=SOON, ended=_ended,
        holds=[hold for hold in store.retention.holds(since=context.at - SOON) if hold.case not in out],
        kept=[post for post in store.objections.taken_in() if post.case not in out],
        children=[(case, count) for case, count in store.children.cases() if case not in out], objections=store.objections.all(), ledger=store.ledger.state(),
    )  # fmt: skip


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
