"""Who may open what: each address says which case it names, and whether it is open in the Guardian's lane.

This stands before every page that names a case, a post or something of either. What a person may not see answers as what
is not there. Lists keep to the same rule by their queries: `store.cases.sight` has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from review.context import RequestContext, View
from review.desk.phones import phones
from review.rendering import page
from store.cases.path_steps import PathKind
from store.cases.sight import GUARDIAN, RESTRICTED, URGENT

# What the number in an address is of. "nothing": it names no case; "lists": it shows several, by queries that keep to
# who asks.
Names = Literal["nothing", "lists", "case", "mention", "handoff", "clock", "opinion"]
# To whom it is open in a case of the Guardian's lane: to nobody; to who sees that lane; to those alone where the case
# holds a patient's details or a threat, and they may hide it, and to those on duty where details are out; to those on
# duty as well where somebody may be in danger, or details are out; to those on duty where nobody of the lane took up a threat.
Opens = Literal["nobody", "lane", "details", "danger", "threat"]
NOBODYS = 10**17  # a number that no row has
LEAK = "pid"
# flags for which what speaks up may be hidden or removed all the same
HIDEABLE = frozenset((LEAK, "threat"))


@dataclass(frozen=True, slots=True)
class Shows:
    """What an address shows of cases, and to whom in the Guardian's lane."""

    names: Names
    opens: Opens = "nobody"


NOTHING, LISTS = Shows("nothing"), Shows("lists")
CLOSED, LANE, DETAILS, DANGER = (
    Shows("case"), Shows("case", "lane"), Shows("case", "details"), Shows("case", "danger"),
)  # fmt: skip

# Every address of the page: one that is missing here stops the start.
ADDRESSES: Mapping[str, Shows] = {
    **dict.fromkeys((
        "/", "/sign-in", "/sign-in/oidc", "/sign-in/oidc/back", "/sign-out", "/sign-out/oidc", "/sign-out-everywhere",
        "/welcome", "/welcome/{token}", "/account", "/account/second-step", "/account/handles", "/organisations", "/arrive", "/region", "/sign-in/code", "/people/{number:row}/second-step", "/help", "/personal-data", "/accessibility", "/static/logo.png", "/preferences",
        "/sources", "/setup", "/setup/{section}", "/setup/{section}/back/{version:row}", "/mail/test", "/mail/retry",
        "/mail/{number:row}/retry", "/mail/{number:row}/address", "/mail/{number:row}/drop", "/away", "/away/{number:row}/end",
        "/people", "/people/{number:row}", "/people/{number:row}/roles", "/people/{number:row}/link", "/governance/handles", "/governance/access", "/governance/accounts",
        "/people/{number:row}/sessions", "/people/{number:row}/access", "/weekly/note", "/weekly/calendar",
        "/weekly/calendar/{number:row}/remove", "/views", "/governance/recipients", "/governance/numbers", "/names", "/names/{number:row}/agree",
        "/names/{number:row}/end", "/tell/private", "/speaking-up/back", "/handover/{number:row}", "/handover/{number:row}/read",
        "/handover/{number:row}/strike", "/governance/papers", "/governance/papers/{paper}.{form}", "/upkeep", "/upkeep/clock", "/upkeep/purge/{number:row}", "/import", "/import/{number:row}",
    ), NOTHING),
    **dict.fromkeys((
        "/cases", "/today", "/rest", "/overview", "/governance", "/mine", "/waiting", "/done", "/all", "/search", "/takedowns",
        "/tell", "/report", "/tell/{number:row}", "/tell/{number:row}/who", "/employer", "/sample", "/sample/{number:row}", "/quality", "/trends", "/weekly", "/weekly/file/{form}",
        "/exports", "/mail", "/team", "/handover", "/audit", "/audit/reveals", "/audit/chain", "/audit/export", "/new-items", "/events",
        "/rest/check", "/rest/undo", "/cases/decide", "/cases/assign", "/guardian", "/requests", "/requests/{number:row}", "/safeguarding",
        "/holds", "/holds/reports", "/holds/erasures", "/requests/{number:row}/change", "/requests/{number:row}/find", "/requests/{number:row}/act", "/looked-at", "/looked-at/decisions",
        "/looked-at/export", "/looked-at/decisions/export",
    ), LISTS),
    # the desk's own pages of a case: what is decided, answered and handed on there
    **dict.fromkeys((
        "/cases/{number:row}", "/cases/{number:row}/full", "/cases/{number:row}/decide", "/cases/{number:row}/take",
        "/cases/{number:row}/give", "/cases/{number:row}/rename", "/cases/{number:row}/split", "/cases/{number:row}/put-back", "/cases/{number:row}/replied", "/cases/{number:row}/draft", "/cases/{number:row}/send",
        "/cases/{number:row}/send/confirm", "/cases/{number:row}/sent/{sending:row}", "/cases/{number:row}/undo",
        "/cases/{number:row}/claim", "/cases/{number:row}/release", "/cases/{number:row}/repeats",
        "/cases/{number:row}/takedown", "/cases/{number:row}/evidence", "/cases/{number:row}/assign", "/cases/{number:row}/looked-again",
        "/cases/{number:row}/speaking-up", "/cases/{number:row}/employer", "/cases/{number:row}/employer/answer",
    ), CLOSED),
    **dict.fromkeys((
        "/guardian/{number:row}", "/guardian/{number:row}/decide", "/guardian/{number:row}/back", "/guardian/{number:row}/erasure", "/guardian/{number:row}/evidence", "/cases/{number:row}/recuse",
        "/cases/{number:row}/pass-on", "/cases/{number:row}/police", "/cases/{number:row}/police/answer",
    ), LANE),
    "/cases/{number:row}/leak": DETAILS,
    "/cases/{number:row}/threat": Shows("case", "threat"),
    **dict.fromkeys(("/cases/{number:row}/danger", "/cases/{number:row}/show", "/cases/{number:row}/original"), DANGER),
    "/mentions/{number:row}": Shows("mention"),
    "/mentions/{number:row}/reveal": Shows("mention", "lane"),
    **dict.fromkeys((
        "/mentions/{number:row}/picture", "/mentions/{number:row}/picture/{token}", "/mentions/{number:row}/original",
    ), Shows("mention", "danger")),
    **dict.fromkeys((
        "/mentions/{number:row}/moderate", "/mentions/{number:row}/moderate/confirm",
        "/mentions/{number:row}/moderated/{moderation:row}", "/mentions/{number:row}/report",
    ), Shows("mention", "details")),
    **dict.fromkeys((
        "/waiting/{number:row}", "/waiting/{number:row}/confirm", "/waiting/{number:row}/answer", "/waiting/{number:row}/chase",
        "/waiting/{number:row}/again", "/waiting/{number:row}/take-back",
    ), Shows("handoff", "danger")),
    "/clocks/{number:row}": Shows("clock", "lane"),
    "/opinions/{number:row}": Shows("opinion"),
}  # fmt: skip


def guarded(path: str, view: View) -> View:
    """A page's function behind the rule of its address. Raises KeyError for an address that says nothing of what it shows."""
    shows = ADDRESSES[path]
    if shows.names in ("nothing", "lists"):
        return view

    def seen(context: RequestContext) -> Response:
        return view(context) if context.signed is None else _opened(context, path, shows, view)

    return seen


def _opened(context: RequestContext, path: str, shows: Shows, view: View) -> Response:
    """The page, for who may see its case; else as where there is none, or what to open in its place."""
    store, sight = context.store, context.sight
    number: int = context.request.path_params["number"]
    case = _case_of(context, shows.names, number)
    if case is None:
        if shows.names == "mention" and not opens_alone(context, number):
            return _as_absent(context, view)
        return view(context)
    protected = store.speaking_up.protected(case)
    if protected == RESTRICTED:
        return _as_absent(context, view)
    if case in sight.stepped_back:
        return _stepped_back(context, case, view)
    if not protected:
        return view(context)
    if sight.guardians:
        if shows.opens == "nobody" and context.request.method == "GET" and path in _CASE_PAGES:
            query = context.request.url.query
            return RedirectResponse(f"/guardian/{case}{f'?{query}' if query else ''}", 303)
        allowed = shows.opens in ("lane", "danger", "threat") or (shows.opens == "details" and may_hide(context, case))  # fmt: skip
        if not allowed:
            return _as_absent(context, view)
        return view(replace(context, guardians=True))
    if sight.sees_urgent(case, protected):
        answer = _on_duty(context, path, shows, view, number, case)
        if answer is not None:
            return answer
    if context.request.method == "GET" and shows.names in ("case", "mention") and _was_told(context, case):  # fmt: skip
        return _went(context, case)
    return _as_absent(context, view)


def opens_alone(context: RequestContext, number: int) -> bool:
    """Whether a post that is in no case is open to this person: to governance, and to whoever something leads to it.

    That is a report of a colleague's, the thread of a case that they see, or that they opened it for a reason before. For
    all others it is not there: whoever tries numbers one after the other meets no list of what people wrote.
    """
    store = context.store
    if store.speaking_up.is_hidden(number):
        return context.sight.guardians
    return (
        context.may("governance")
        or bool(store.staff_reports.of_mention(number))
        or context.user.handle in {by for _, by in store.mentions.reveals_of(number)}
        or store.threads.reaches_case(number)
    )


def _on_duty(
    context: RequestContext, path: str, shows: Shows, view: View, number: int, case: int
) -> Response | None:
    """What those on duty act on, or the way to it; None for all else of the case."""
    ways = urgent_ways(context, case)
    open_to = "danger" if path != _DANGER or "danger" in ways else "lane"
    allowed = shows.opens == open_to or (shows.opens == "details" and may_hide(context, case))
    allowed = allowed or (shows.opens == "threat" and "threat" in ways)
    if allowed and _is_urgent(context, shows.names, number, case):
        return view(context)
    led = path in _CASE_PAGES or (path == _DANGER and "danger" not in ways)
    if led and context.request.method == "GET":
        return RedirectResponse(f"/cases/{case}/{ways[0]}", 303)
    return None


# The steps of danger, which those on duty do not find where only details are out
_DANGER = "/cases/{number:row}/danger"
# What leads to a case by its own page, or that of a post of it
_CASE_PAGES = frozenset(("/cases/{number:row}", "/cases/{number:row}/full", "/mentions/{number:row}"))  # fmt: skip


def _case_of(context: RequestContext, names: Names, number: int) -> int | None:
    """The case that an address names, by whatever it is a number of."""
    store = context.store
    if names == "case":
        return number
    if names == "mention":
        return store.cases.of_mention(number)
    if names == "handoff":
        handoff = store.handoffs.get(number)
        return handoff.case if handoff is not None else None
    if names == "clock":
        clock = store.deadlines.get(number)
        return clock.case if clock is not None else None
    opinion = store.opinions.get(number)
    return opinion.case if opinion is not None else None


def may_hide(context: RequestContext, case: int) -> bool:
    """Whether something of a case of the Guardian's lane may be hidden or removed, by this person.

    Only what holds a patient's details or a threat, and only by the Guardian and governance; details that are out also by
    those on duty, since nobody waits for the Guardian's hours.
    """
    urgent = context.store.speaking_up.protected(case) == URGENT
    leak = urgent and "leak" in urgent_ways(context, case)
    if context.sight.decides:
        return leak or bool(HIDEABLE & context.store.speaking_up.flags(case))
    return context.sight.on_duty and leak


def urgent_ways(context: RequestContext, case: int) -> tuple[PathKind, ...]:
    """The guided paths by which those on duty act on a case of the Guardian's lane, danger first; never none."""
    speaking_up = context.store.speaking_up
    flags = speaking_up.flags(case, urgent=True)
    holds: dict[PathKind, bool] = {
        "danger": not flags.isdisjoint(context.app.policy.names(in_danger=True)),
        "threat": speaking_up.opened(case) is not None, "leak": LEAK in flags,
    }  # fmt: skip
    # no flag says so where a colleague writes of what somebody else put online
    return tuple(way for way in holds if holds[way]) or ("leak",)


def _is_urgent(context: RequestContext, names: Names, number: int, case: int) -> bool:
    """Whether what those on duty ask for is what they act on: its posts, and whoever was told of it."""
    if names == "handoff":
        handoff = context.store.handoffs.get(number)
        return handoff is not None and handoff.role != GUARDIAN
    posts = context.store.speaking_up.urgent_posts(case)
    if names == "mention":
        return number in posts
    named = [*context.form.getlist("post"), *context.form.getlist("posts"), *context.request.query_params.getlist("post")]  # fmt: skip
    digits = [str(value).partition(":")[0] for value in named if value]
    return all(text.isdecimal() and len(text) < 12 and int(text) in posts for text in digits)


def _as_absent(context: RequestContext, view: View) -> Response:
    """What the address answers for a number that nothing has: neither more nor less, whatever roles somebody has."""
    request = context.request
    named = {**request.path_params, "number": NOBODYS}
    absent = Request({**request.scope, "path_params": named}, request.receive)
    return view(replace(context, request=absent))


def _was_told(context: RequestContext, case: int) -> bool:
    """Whether this person knows of a case that went to the Guardian: their desk was mailed about it, or they sent it."""
    if not context.sight.on_duty:
        return False
    alerts = context.config.alerts
    if any(not alerts.is_guardians(mail.route) for mail in context.store.alerts.mails_of_case(case)):  # fmt: skip
        return True
    me = context.user.number
    return any(ruling.speaks and ruling.by == me for ruling in context.store.speaking_up.rulings(case))  # fmt: skip


def _went(context: RequestContext, case: int) -> Response:
    """Who was told of a case is told where it is now, and whom to ring; and no more."""
    guardian = next((role for role in context.config.review.roles if role.type == GUARDIAN), None)
    return page(
        context, "guardian/went.html", status=403, case=case, since=context.store.speaking_up.since(case),
        back_until=context.store.speaking_up.way_back(case, by=context.user.number, at=context.at),
        name=guardian.name if guardian else "The Guardian", ring=phones(guardian.reach) if guardian else "",
    )  # fmt: skip


def _stepped_back(context: RequestContext, case: int, view: View) -> Response:
    """Who said that a case is about them is told who has it now, and no more; of one's own post nothing is said."""
    recusals = context.store.recusals.of_case(case)
    mine = next((each for each in recusals if each.user == context.user.number), None)
    if mine is None or mine.own_post:
        return _as_absent(context, view)
    return page(context, "guardian/stepped_back.html", status=404, mine=mine)
