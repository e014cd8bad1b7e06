"""Hiding or removing a post through its platform: what can be done, a dry run of it, and doing it once confirmed.

Three steps, each of its own: the choice with its ground; what would happen, bound to the post as it is shown; and
what came of it. Nothing is done by a link.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.moderation import actions
from review.rendering import page
from steps.models import ACTIONS, DONE, OUR_RULE, ModerationRequest, Offered, Offers
from store import Item, Moderation

FEWEST = 8  # characters of a reason: a word says nothing
LONGEST = 500
TWICE = timedelta(minutes=5)  # within which the same person asking the same again has clicked twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody chose: an action, the clause that it rests on ("" for none), and why."""

    action: str
    clause: str
    reason: str


@requires_role("reviewer")
def moderate(visit: RequestContext) -> Response:
    """What can be done to a post, what was done, and the form to choose."""
    item = _item(visit)
    chosen = Choice(action=visit.request.query_params.get("action", "")[:20], clause="", reason="")
    return _form(visit, item, _offers(visit, item), chosen)


@requires_role("reviewer")
def check(visit: RequestContext) -> Response:
    """The dry run: what would be done, what people will see, whether it can be undone. It changes nothing."""
    item = _item(visit)
    offers, chosen = _offers(visit, item), _choice(visit)
    step = offers.step(chosen.action)
    faults = _faults(visit, item, step, chosen)
    if faults or step is None:
        return _form(visit, item, offers, chosen, faults, 422)
    return _check(visit, item, step, chosen)


@requires_role("reviewer")
def confirm(visit: RequestContext) -> Response:
    """Does what was shown, unless it is another thing now; never twice for two clicks."""
    item = _item(visit)
    offers, chosen = _offers(visit, item), _choice(visit)
    step = offers.step(chosen.action)
    before = visit.store.moderations(item.number, visit.at)
    after = _number(visit, "after")
    if before and before[-1].number > after:
        last = before[-1]
        if (
            last.by == visit.user.number
            and last.action == chosen.action
            and visit.at - last.at < TWICE
        ):
            return RedirectResponse(f"/mentions/{item.number}/moderated/{last.number}", 303)
        return _form(visit, item, offers, chosen, {"": _faster(last)}, 409)
    faults = _faults(visit, item, step, chosen)
    if faults or step is None:
        return _form(visit, item, offers, chosen, faults, 422)
    if (str(item.revision), step.mark) != (visit.form.get("revision"), visit.form.get("mark")):
        why = "The post, or what can be done to it, changed after it was shown. Nothing was done: read it again"
        return _check(visit, item, step, chosen, {"": why}, 409)
    if step.final and str(visit.form.get("typed", "")).strip().lower() != step.name:
        why = f"Write {step.name} to say that you know that nothing takes it back"
        return _check(visit, item, step, chosen, {"typed": why}, 422)
    return _do(visit, item, offers.source, step, chosen, after)


@requires_role("viewer")
def moderated(visit: RequestContext) -> Response:
    """What came of it, told as it is."""
    item = _item(visit)
    moderation = visit.store.moderation(visit.request.path_params["moderation"], visit.at)
    if moderation is None or moderation.mention != item.number:
        raise HTTPException(404)
    offers = (
        _offers(visit, item) if moderation.outcome == "done" and visit.may("reviewer") else Offers()
    )
    undo = next(
        (step.name for step in offers.steps if step.restores and step.undo == moderation.action), ""
    )
    return page(
        visit, "moderated.html", item=item, of=moderation, undo=undo, actions=ACTIONS, done_words=DONE,
        case=visit.store.case_of(item.number),
    )  # fmt: skip


def _do(
    visit: RequestContext, item: Item, source: str, step: Offered, chosen: Choice, after: int
) -> Response:
    """Writes down that it begins, and asks the platform in a thread of its own, whose end is waited for a while."""
    moderation = Moderation(
        mention=item.number, revision=item.revision, source=source, action=step.name,
        by=visit.user.number, at=visit.at, final=step.final, clause=chosen.clause, reason=chosen.reason,
        protected=actions.guarded(visit, item) and not step.restores,
    )  # fmt: skip
    number = visit.store.begin_moderation(moderation, after=after)
    if number is None:
        last = next(reversed(visit.store.moderations(item.number, visit.at)), None)
        if (
            last is not None
            and last.by == visit.user.number
            and last.action == step.name
            and last.number > after
        ):
            return RedirectResponse(f"/mentions/{item.number}/moderated/{last.number}", 303)
        why = (
            _faster(last)
            if last
            else "The post was edited or removed meanwhile. Nothing was done: read it again"
        )
        return _form(visit, item, _offers(visit, item), chosen, {"": why}, 409)
    platforms = visit.app.platforms
    assert platforms is not None  # it offered this step
    request = ModerationRequest(
        moderation=number, mention=item.number, action=step.name, mark=step.mark,
        by=visit.user.handle, at=visit.at,
    )  # fmt: skip
    asking = threading.Thread(
        target=partial(platforms.act, request), daemon=True, name="moderation"
    )
    asking.start()
    asking.join(platforms.limit)
    return RedirectResponse(f"/mentions/{item.number}/moderated/{number}", 303)


def _item(visit: RequestContext) -> Item:
    item = visit.store.item(visit.request.path_params["number"])
    if item is None:
        raise HTTPException(404)
    return item


def _offers(visit: RequestContext, item: Item) -> Offers:
    if item.deleted:
        return Offers(off="The post is deleted on its platform: there is nothing left to act on")
    stored = visit.store.mention(item.number)
    if stored is None or stored.revision != item.revision:
        return Offers(
            off="Its author edited it, and the new words are not assessed yet: look again after the next cycle"
        )
    if visit.app.platforms is None:
        return Offers(off="This page was started without a way to platforms")
    return visit.app.platforms.offers(item.number, visit.at)


def _choice(visit: RequestContext) -> Choice:
    fields = {
        name: str(visit.form.get(name, "")).strip() for name in ("action", "clause", "reason")
    }
    return Choice(
        action=fields["action"][:20], clause=fields["clause"][:8], reason=fields["reason"]
    )


def grounds(visit: RequestContext, item: Item) -> Mapping[str, str]:
    """The clauses on which a removal can rest: those that were flagged, and the team's own duty."""
    flagged = [clause for flag in item.flags for clause in flag.clauses]
    return {
        clause: visit.app.clauses[clause]
        for clause in dict.fromkeys([*flagged, OUR_RULE])
        if clause in visit.app.clauses
    }


def _faults(visit: RequestContext, item: Item, step: Offered | None, chosen: Choice) -> dict[str, str]:
    """What is wrong with a choice, by the field where it is mended."""
    if step is None:
        return {"action": "Choose what should be done"}
    if step.why_not or step.first:
        gentler = f"{ACTIONS.get(step.first, step.first)} first: what can be undone comes before what can’t"
        return {"action": step.why_not or gentler}
    if len(chosen.reason) > LONGEST:
        return {"reason": f"Use at most {LONGEST} characters"}
    if step.restores:
        return {}
    guarded = actions.guarded(visit, item)
    if (step.final or guarded) and not visit.may("lead"):
        why = "this may be protected speech" if guarded else "nothing takes it back"
        return {"action": f"A lead does this, since {why}: ask one of them, or escalate the case"}
    if chosen.clause and chosen.clause not in grounds(visit, item):
        return {"clause": "Choose a clause of the list"}
    if guarded and len(chosen.reason) < FEWEST:
        return {"reason": "Write why it must go although it may be protected speech"}
    if not chosen.clause and len(chosen.reason) < FEWEST:
        return {
            "reason": f"Choose the clause that it rests on, or write why in at least {FEWEST} characters"
        }
    return {}


def _faster(last: Moderation) -> str:
    when = clock.local(last.at)
    doing = "is doing something to it at this moment" if last.outcome == "doing" else "acted on it"
    return f"{last.by_name} {doing} (begun {when}, {ACTIONS.get(last.action, last.action).lower()}). Nothing of yours was done: look below"


def _form(
    visit: RequestContext, item: Item, offers: Offers, chosen: Choice, faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    return page(
        visit, "moderate.html", status=status, item=item, offers=offers, chosen=chosen,
        faults=faults or {}, grounds=grounds(visit, item), lead=visit.may("lead"), longest=LONGEST,
        **_around(visit, item),
    )  # fmt: skip


def _check(
    visit: RequestContext, item: Item, step: Offered, chosen: Choice, faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    around = _around(visit, item)
    moderations: Sequence[Moderation] = around["told"]  # type: ignore[assignment]
    return page(
        visit, "moderate_check.html", status=status, item=item, step=step, chosen=chosen,
        faults=faults or {}, clauses=visit.app.clauses, after=moderations[-1].number if moderations else 0, **around,
    )  # fmt: skip


def _around(visit: RequestContext, item: Item) -> dict[str, object]:
    """What both pages show of a post."""
    case = visit.store.case_of(item.number)
    return {
        "case": case, "way": detail.way(visit, case) if case else f"/mentions/{item.number}",
        "told": visit.store.moderations(item.number, visit.at), "actions": ACTIONS, "done_words": DONE,
        "guarded": actions.guarded(visit, item),
    }  # fmt: skip


def _number(visit: RequestContext, name: str) -> int:
    text = str(visit.form.get(name, ""))
    return int(text) if text.isdecimal() and len(text) < 12 else -1
