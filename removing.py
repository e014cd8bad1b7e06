"""What the review page asks of a platform for a person: what can be done to a post, doing it, what came of it.

A post is looked at once more before it is taken out of sight, so that nobody removes words that they did not read.
"""

from __future__ import annotations

from datetime import datetime

import clock
import collectors
import moderating
import ruling
from collectors.base import Gone, Keep
from errors import CollectorError, ConfigError, MentionsError, PlatformRefused, StoreError
from house import House, log_bug, of_a_bug
from mention import Mention
from moderating import Plan
from review.platforms import Asked, Offered, Offers
from store import Outcome, Step, TakedownStep

CHANGED = "it is no longer what was shown: it was edited, or something was done to it meanwhile"
GONE = "it is there no more: somebody else, or its author, removed it"
UNREAD = "it could not be read again on its platform, so that nobody knows whether it is still what was shown"


def offers(house: House, number: int, at: datetime) -> Offers:
    """What can be done to a mention through its platform, gentlest first. Nothing is asked of the platform."""
    try:
        source = moderating.source_of(house, number)
        if source.off:
            off = f"{source.name} is off: {source.off}"
            if source.turned_off:
                off += f". Whoever looks after this program turns it on: on = true under [collectors.{source.name}]"
            return Offers(source=source.name, off=off)
        plans = moderating.plans(house, number, at)
    except (ConfigError, CollectorError) as error:
        return Offers(off=str(error))
    shown = [_offered(one) for one in sorted(plans, key=_gentle) if _in_season(house, one)]
    return Offers(source=source.name, steps=shown)


def _offered(plan: Plan) -> Offered:
    return Offered(
        name=plan.action.name, does=plan.action.does, undo=plan.action.undo, restores=plan.restores,
        why_not=plan.why_not, first=plan.first, mark=plan.mark,
    )  # fmt: skip


def _gentle(plan: Plan) -> int:
    """What restores first, then what can be undone, what can't last."""
    name = plan.action.name
    return moderating.GENTLEST.index(name) if name in moderating.GENTLEST else -1


def _in_season(house: House, plan: Plan) -> bool:
    """Whether an action would change anything: nothing is shown again that nobody hid, nor hidden twice."""
    number, hidden = plan.stored.number, plan.stored.mention.hidden
    if plan.restores:
        elsewhere = hidden and plan.action.undo in (
            "hide",
            "hold",
        )  # by somebody on the platform itself
        return elsewhere or house.store.was_moderated(number, [plan.action.undo])
    already = plan.action.name in ("hide", "hold") or house.store.was_moderated(
        number, [plan.action.name]
    )
    return not (hidden and already)


def carry_out(house: House, asked: Asked) -> None:
    """Does what somebody confirmed, if it is still what they were shown, and keeps what came of it."""
    outcome, why = _tried(house, asked)
    house.store.end_moderation(asked.moderation, outcome, why=why, at=clock.now())
    try:
        _track(house, asked, outcome, why)
    except StoreError as error:  # the post was purged meanwhile
        house.tell(f"mention {asked.mention}: its takedown could not be followed: {error}")


def _tried(house: House, asked: Asked) -> tuple[Outcome, str]:
    """What came of it, and what is to be said of it."""
    begun = False
    try:
        plans = moderating.plans(house, asked.mention, asked.at)
        plan = next((one for one in plans if one.action.name == asked.action), None)
        if plan is None or plan.mark != asked.mark:
            return "not_done", CHANGED
        if why := plan.why_not or (plan.first and f"{plan.first} it first"):
            return "not_done", why
        if why := _changed_there(house, plan, asked.at):
            return "not_done", why
        begun = True
        moderating.act(house, plan, by=asked.by, at=asked.at)
    except PlatformRefused as error:  # to look at it, or to do it
        return ("refused" if begun else "not_done"), str(error)
    except MentionsError as error:
        return ("unknown" if begun else "not_done"), str(error)
    except Exception as bug:
        log_bug(f"mention {asked.mention} {asked.action}", bug)
        return ("unknown" if begun else "not_done"), of_a_bug(bug)
    return "done", ""


def _changed_there(house: House, plan: Plan, at: datetime) -> str:
    """Looks at the post on its platform; why it is not the one that was shown, or "".

    One that is hidden too: its author can still edit it. Of one that is hidden a platform may say nothing at all.
    """
    held = plan.stored.mention
    if plan.restores or plan.source not in collectors.RECHECKS:
        return ""
    found = list(collectors.RECHECKS[plan.source](plan.built, [held]))
    gone = [(one.issuer, one.issued_id, one.why) for one in found if isinstance(one, Gone)]
    if gone:
        house.store.mark_gone(gone, at=at)
        return GONE
    there = [one for one in found if isinstance(one, Mention)]
    if not there and not held.hidden:
        return UNREAD
    fresh = ruling.matched(ruling.of_today(house.cfg, at), there)
    noted = {one.name: one.value for one in found if isinstance(one, Keep)}
    house.store.take_in(plan.source, fresh, at=at, noted=noted)
    now = house.store.mention(plan.stored.number)
    return CHANGED if now is None or now.revision != plan.stored.revision else ""


def _track(house: House, asked: Asked, outcome: Outcome, why: str) -> None:
    """Writes what matters for it into the tracker of takedowns, where the post should go."""
    case = house.store.case_of(asked.mention)
    kept = house.store.moderation(asked.moderation, clock.now())
    if case is None or kept is None or asked.action not in moderating.HIDES | moderating.REMOVES:
        return
    followed = next(
        (one for one in house.store.takedowns(case) if one.mention == asked.mention), None
    )
    if followed is None or followed.since is None:
        return

    def write(step: Step, note: str = "") -> None:
        how = f"through its interface: {asked.action}"
        house.store.add_takedown(
            TakedownStep(
                mention=asked.mention, step=step, at=asked.at, kept_at=asked.at, by=kept.by, how=how,
                note=note,
            )
        )  # fmt: skip

    if outcome == "done" and asked.action in moderating.REMOVES:
        write("gone")
    elif outcome in ("done", "refused", "unknown"):
        write("asked", "It is out of sight now, and not gone." if outcome == "done" else "")
        if outcome == "refused":
            write("refused", why)
