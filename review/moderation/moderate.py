"""Hiding or removing a post through its platform: what can be done, a dry run of it, and doing it once confirmed.

Three steps, each of its own: the choice with its ground; what would happen, bound to the post as it is shown; and
what came of it. Nothing is done by a link.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.desk import decide, shell
from review.moderation import actions
from review.rendering import page
from review.rights.covering import Covering
from steps.models import ACTIONS, DONE, OUR_RULE, ModerationRequest, Offered, Offers
from store import Item, Moderation

# The policy's sections 6 (personal accounts of staff) and 7 (misconduct) bind staff; 6.10 says what must not be shown of patients.
RULES_FOR_STAFF = ("6", "7")
PATIENTS_DETAILS = "6.10"
LONGEST_CLAUSE = 240  # characters of a clause that a page tells, where its sentences allow it
_OTHERS = re.compile(r"\bremoves?\b.*\bother users\b", re.IGNORECASE)
FEWEST = 8  # characters of a reason: a word says nothing
LONGEST = 500
TWICE = timedelta(minutes=5)  # within which the same person asking the same again has clicked twice

RESTORING = (
    "unhide",
    "release",
    "unspam",
    "untrash",
)  # what shows a post again: it decides nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody chose: an action, the clause that it rests on ("" for none), and why."""

    action: str
    clause: str
    reason: str


@requires_role("reviewer")
def moderate(context: RequestContext) -> Response:
    """What can be done to a post, what was done, and the form to choose."""
    item = _item(context)
    offers = offers_of(context, item)
    if "gentlest" in context.request.query_params:
        step, chosen = gentlest(context, item, offers)
        if step is not None and not faults_of(context, item, step, chosen):
            return _check(context, item, step, chosen)
    params = context.request.query_params
    chosen = Choice(
        action=params.get("action", "")[:20], clause=params.get("clause", "")[:8], reason=""
    )
    return _form(context, item, offers, chosen)


@requires_role("reviewer")
def check(context: RequestContext) -> Response:
    """The dry run: what would be done, what people will see, whether it can be undone. It changes nothing."""
    item = _item(context)
    offers, chosen = offers_of(context, item), _choice(context)
    step = offers.step(chosen.action)
    faults = faults_of(context, item, step, chosen)
    if faults or step is None:
        return _form(context, item, offers, chosen, faults, 422)
    return _check(context, item, step, chosen)


@requires_role("reviewer")
def confirm(context: RequestContext) -> Response:
    """Does what was shown, unless it is another thing now; never twice for two clicks."""
    item = _item(context)
    offers, chosen = offers_of(context, item), _choice(context)
    step = offers.step(chosen.action)
    before = context.store.moderations.of_mention(item.number, context.at)
    after = _number(context, "after")
    if before and before[-1].number > after:
        last = before[-1]
        if (
            last.by == context.user.number
            and last.action == chosen.action
            and context.at - last.at < TWICE
        ):
            return _outcome(context, item, last.number)
        return _form(context, item, offers, chosen, {"": faster(last)}, 409)
    faults = faults_of(context, item, step, chosen)
    if faults or step is None:
        return _form(context, item, offers, chosen, faults, 422)
    if (str(item.revision), step.mark) != (context.form.get("revision"), context.form.get("mark")):
        why = "The post, or what can be done to it, changed after it was shown. Nothing was done: read it again"
        return _check(context, item, step, chosen, {"": why}, 409)
    if step.final and str(context.form.get("typed", "")).strip().lower() != step.name:
        why = f"Write {step.name} to say that you know that nothing takes it back"
        return _check(context, item, step, chosen, {"typed": why}, 422)
    return _do(context, item, offers.source, step, chosen, after)


@requires_role("viewer")
def moderated(context: RequestContext) -> Response:
    """What came of it, told as it is."""
    item = _item(context)
    moderation = context.store.moderations.get(
        context.request.path_params["moderation"], context.at
    )
    if moderation is None or moderation.mention != item.number:
        raise HTTPException(404)
    offers = (
        offers_of(context, item)
        if moderation.outcome == "done" and context.may("reviewer")
        else Offers()
    )
    undo = next(
        (step.name for step in offers.steps if step.restores and step.undo == moderation.action), ""
    )
    return page(
        context, "moderation/moderated.html", item=Covering(context, [item.number]).item(item), of=moderation, undo=undo, actions=ACTIONS, done_words=DONE,
        case=context.store.cases.of_mention(item.number),
        waits=decide.undecided(context, item) if moderation.outcome == "done" and moderation.action not in RESTORING else None,
    )  # fmt: skip


def _do(
    context: RequestContext, item: Item, source: str, step: Offered, chosen: Choice, after: int
) -> Response:
    """Does it, and leads to what came of it; or says who was faster."""
    number = act(context, item, source, step, chosen, after)
    if number is None:
        last = next(reversed(context.store.moderations.of_mention(item.number, context.at)), None)
        why = (
            faster(last)
            if last
            else "The post was edited or removed meanwhile. Nothing was done: read it again"
        )
        return _form(context, item, offers_of(context, item), chosen, {"": why}, 409)
    waits = None if step.restores else decide.undecided(context, item)
    if waits is not None:  # hidden is not decided: whoever hid it finds it again
        decide.take_unassigned(context, waits.case)
    return _outcome(context, item, number)


def _outcome(context: RequestContext, item: Item, number: int) -> Response:
    lane = shell.lane_asked(context)
    lane_part = f"?lane={lane}" if lane else ""
    return RedirectResponse(f"/mentions/{item.number}/moderated/{number}{lane_part}#outcome", 303)


def act(
    context: RequestContext, item: Item, source: str, step: Offered, chosen: Choice, after: int
) -> int | None:
    """Writes down that it begins, and asks the platform in a thread of its own, whose end is waited for a while.

    Its number; that of the same person's same act just now where they clicked twice. None where somebody was faster.
    """
    moderation = Moderation(
        mention=item.number, revision=item.revision, source=source, action=step.name,
        by=context.user.number, at=context.at, final=step.final, clause=chosen.clause, reason=chosen.reason,
        protected=actions.guarded(context, item) and not step.restores,
    )  # fmt: skip
    number = context.store.moderations.begin(moderation, after=after)
    if number is None:
        last = next(reversed(context.store.moderations.of_mention(item.number, context.at)), None)
        twice = (
            last is not None
            and last.by == context.user.number
            and last.action == step.name
            and last.number > after
        )
        return last.number if last is not None and twice else None
    platforms = context.app.platforms
    request = ModerationRequest(
        moderation=number, mention=item.number, action=step.name, mark=step.mark,
        by=context.user.handle, at=context.at,
    )  # fmt: skip
    asking = threading.Thread(
        target=partial(platforms.act, request), daemon=True, name="moderation"
    )
    asking.start()
    asking.join(platforms.limit)
    if (case := context.store.cases.of_mention(item.number)) is not None:
        context.store.cases.follow(case, context.at)  # what is left of it is due later
    return number


def by_hand(
    context: RequestContext,
    item: Item,
    *,
    clause: str,
    reason: str,
    after: int,
    hides: bool = True,
    when: datetime | None = None,
) -> bool:
    """Writes down that somebody hid a post on the platform itself; False where it changed meanwhile.

    `hides` is false where that is taken back: they did not, or it shows again. `when` they did it, where that was before now.
    """
    action = "hide" if hides else "unhide"
    source = offers_of(context, item).source
    stored = context.store.mentions.get(item.number)
    number = context.store.moderations.begin(
        Moderation(
            mention=item.number, revision=item.revision, source=source or item.platform, action=action,
            by=context.user.number, at=context.at, clause=clause, reason=reason, when=when,
        ),
        after=after,
    )  # fmt: skip
    if number is None or stored is None:
        return False
    context.store.moderations.end(number, "done", why=actions.BY_HAND, at=context.at)
    if source:
        context.store.moderations.note(item.number, source, action, by=context.user.handle, at=context.at)  # fmt: skip
        hidden = replace(stored.mention, hidden=hides, fetched_at=context.at)
        context.store.mentions.add_page(source, [hidden], at=context.at)
    return True


def _item(context: RequestContext) -> Item:
    item = context.store.figures.item(context.request.path_params["number"])
    if item is None:
        raise HTTPException(404)
    return item


def offers_of(context: RequestContext, item: Item) -> Offers:
    """What can be done to a post as it stands. Asks nothing of a platform."""
    if item.deleted:
        return Offers(off="The post is deleted on its platform: there is nothing left to act on")
    stored = context.store.mentions.get(item.number)
    if stored is None or stored.revision != item.revision:
        return Offers(
            off="Its writer edited it, and the new words are not assessed yet: look again after the next collection"
        )
    return context.app.platforms.offers(item.number, context.at)


def _choice(context: RequestContext) -> Choice:
    fields = {
        name: str(context.form.get(name, "")).strip() for name in ("action", "clause", "reason")
    }
    return Choice(
        action=fields["action"][:20], clause=fields["clause"][:8], reason=fields["reason"]
    )


def gentlest(context: RequestContext, item: Item, offers: Offers) -> tuple[Offered | None, Choice]:
    """The first thing that can be done now and taken back, and the clause that was flagged for it; None where there is none."""
    able = (step for step in offers.steps if not step.why_not and not step.first)
    step = next((step for step in able if step.undo and not step.final and not step.restores), None)
    clause = next(iter(grounds(context, item)), "")
    return step, Choice(action=step.name if step else "", clause=clause, reason="")


def grounds(context: RequestContext, item: Item) -> Mapping[str, str]:
    """The clauses on which a removal can rest, each with the words of it that are meant.

    For what the public writes the team's own duty comes first and is what the page suggests. Sections 6 and 7 are rules for
    staff: of those a removal of the public's words can name the one alone that keeps patients' details out of public.
    """
    flagged = [clause for flag in item.flags for clause in flag.clauses]
    staff = item.staff in ("icb", "nhs")
    if not staff:
        flagged = [
            clause
            for clause in flagged
            if clause == PATIENTS_DETAILS or clause.split(".")[0] not in RULES_FOR_STAFF
        ]
    return {
        clause: ground_words(clause, context.app.clauses[clause])
        for clause in dict.fromkeys([*flagged, OUR_RULE] if staff else [OUR_RULE, *flagged])
        if clause in context.app.clauses
    }


def ground_words(clause: str, words: str) -> str:
    """What a clause says, in whole sentences; of the team's duties the one that is about what others post."""
    if clause == OUR_RULE:
        duty = next((part.strip(" .") for part in words.split("•") if _OTHERS.search(part)), "")
        return f"The communications team {duty[:1].lower()}{duty[1:]}." if duty else words
    sentences, *more = re.split(r"(?<=\.) ", words)
    for sentence in more:
        if len(sentences) + len(sentence) >= LONGEST_CLAUSE:
            break
        sentences += f" {sentence}"
    return sentences


def faults_of(
    context: RequestContext, item: Item, step: Offered | None, chosen: Choice
) -> dict[str, str]:
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
    guarded = actions.guarded(context, item)
    if (step.final or guarded) and not context.may("lead"):
        why = "it may be lawful speech" if guarded else "nothing takes it back"
        return {"action": f"A lead does this, since {why}: ask one of them, or pass the case on"}
    if chosen.clause and chosen.clause not in grounds(context, item):
        return {"clause": "Choose a clause of the list"}
    if guarded and len(chosen.reason) < FEWEST:
        return {"reason": "Write why it must go although it may be lawful speech"}
    if not chosen.clause and len(chosen.reason) < FEWEST:
        return {
            "reason": f"Choose the clause that it rests on, or write why in at least {FEWEST} characters"
        }
    return {}


def faster(last: Moderation) -> str:
    """Who did something to a post meanwhile, and when."""
    when = clock.local(last.at)
    doing = "is doing something to it at this moment" if last.outcome == "doing" else "acted on it"
    return f"{last.by_name} {doing} (begun {when}, {ACTIONS.get(last.action, last.action).lower()}). Nothing of yours was done: look below"


def _form(
    context: RequestContext, item: Item, offers: Offers, chosen: Choice, faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    return page(
        context, "moderation/moderate.html", status=status, item=item, offers=offers, chosen=chosen,
        faults=faults or {}, grounds=grounds(context, item), lead=context.may("lead"), longest=LONGEST,
        **_around(context, item),
    )  # fmt: skip


def _check(
    context: RequestContext, item: Item, step: Offered, chosen: Choice, faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    around = _around(context, item)
    moderations: Sequence[Moderation] = around["moderations"]  # type: ignore[assignment]
    return page(
        context, "moderation/moderate_check.html", status=status, item=item, step=step, chosen=chosen,
        faults=faults or {}, ground=ground_words(chosen.clause, context.app.clauses.get(chosen.clause, "")), after=moderations[-1].number if moderations else 0, **around,
    )  # fmt: skip


def _around(context: RequestContext, item: Item) -> dict[str, object]:
    """What both pages show of a post."""
    case = context.store.cases.of_mention(item.number)
    return {
        "case": case, "way": detail.way(context, case) if case else f"/mentions/{item.number}",
        "moderations": context.store.moderations.of_mention(item.number, context.at), "actions": ACTIONS, "done_words": DONE,
        "guarded": actions.guarded(context, item),
    }  # fmt: skip


def _number(context: RequestContext, name: str) -> int:
    text = str(context.form.get(name, ""))
    return int(text) if text.isdecimal() and len(text) < 12 else -1
