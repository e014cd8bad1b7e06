"""What a case's page says of its posts' platforms: what can be done there, what was done, which case covers which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from collectors import platforms
from core import clock
from core.models import Platform
from reports.deeds import NO_PLATFORM
from review.context import RequestContext
from review.replies.suggest import said_of
from review.rights.covering import Covering
from review.wording import SHORT_NAMES
from steps.models import ACTIONS, DONE, protected
from store import Case, CaseMention, Item, Moderation, TakedownStep
from store.cases.takedowns import HIDES

BY_HAND = "done by hand on the platform"  # what is kept in place of a platform's answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One post of a case: `actions` that its platform has for it, gentlest first, and what was done last."""

    item: Item
    actions: Sequence[str]
    last: Moderation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another case beside this one, with the word that opens it: None where it is here no more."""

    number: int
    case: Case | None
    words: str = ""


def parts(context: RequestContext, case: Case, worth: Sequence[CaseMention]) -> dict[str, object]:
    """What `moderation/case_platform.html`, `moderation/case_moderations.html` and `cases/duplicates.html` need."""
    moderations = context.store.moderations.of_case(case.number, context.at)
    last = {moderation.mention: moderation for moderation in moderations}
    ways = [
        Way(
            item=mention.item,
            actions=_actions(context, mention.item),
            last=last.get(mention.item.number),
        )
        for mention in worth
        if not mention.item.own and (not mention.item.deleted or mention.item.number in last)
    ]
    places = {mention.item.number: place for place, mention in enumerate(worth, 1)}
    return {
        "ways": ways, "moderated": moderations, "places": places, "actions": ACTIONS, "done_words": DONE,
    } | duplicates(context, case)  # fmt: skip


def act_words(act: Moderation, platform: Platform, at: datetime) -> str:
    """Hidden, Instagram confirmed, by Ben Okoro 08:31: what was done to a post, as every page says it, whoever looks."""
    when = clock.near_time(act.happened_at, at)
    name = SHORT_NAMES[platform]
    how = f"by hand on {name}, as {act.by_name} wrote down, {when}" if act.why == BY_HAND else f"{name} confirmed, by {act.by_name} {when}"  # fmt: skip
    return f"{DONE.get(act.action, act.action)}, {how}"


def hidden_words(acts: Sequence[Moderation], platform: Platform, at: datetime) -> str:
    """The same where the last thing that was done took a post out of the public’s sight; "" where everybody sees it."""
    last = acts[-1] if acts else None
    hides = last is not None and last.outcome == "done" and last.action in HIDES
    return act_words(last, platform, at) if last is not None and hides else ""


def reported_words(steps: Sequence[TakedownStep], platform: Platform, at: datetime) -> str:
    """Reported to Instagram 08:31 by Ben Okoro: that a post’s platform was asked to remove it and has not answered; "" where that is not so."""
    last = steps[-1] if steps else None
    request = next((step for step in reversed(steps) if step.step == "asked" and step.whom == "platform"), None)  # fmt: skip
    if request is None or last is None or last.step not in ("asked", "reminded"):
        return ""
    return f"Reported to {'the platform' if platform in NO_PLATFORM else SHORT_NAMES[platform]} {clock.near_time(request.at, at)} by {request.by_name or 'someone who has left'}"


def guarded(context: RequestContext, item: Item) -> bool:
    """Whether it may be protected speech, by the model, the sample and what colleagues said of its flags."""
    case, policy = context.store.cases.of_mention(item.number), context.app.policy
    if case is None:
        return protected(item.flags, {}, policy)
    missed = dict.fromkeys(
        context.store.sample_answers.false_negatives(case).get(item.number, ()), True
    )
    labels = said_of(item.number, item.revision, context.store.cases.history(case))
    return protected(item.flags, missed | labels, policy)


def duplicates(context: RequestContext, case: Case) -> dict[str, object]:
    """The case that covers this one, where its way ends, those that it covers, and cases that are like it."""
    of = context.store.duplicates.covering_case(case.number)
    end = context.store.duplicates.final_case(case.number)
    can = context.may("reviewer")
    return {
        "covered": _other(context, of) if of is not None else None,
        "covered_end": _other(context, end) if of is not None and end not in (of, case.number) else None,
        "copied": [_other(context, number) for number in context.store.duplicates.of_case(case.number)],
        "like": [_other(context, number) for number in context.store.duplicates.similar_cases(case.number)] if can else [],
    }  # fmt: skip


def _other(context: RequestContext, number: int) -> Other:
    case = context.store.cases.get(number)
    face = context.store.figures.item(case.lead_mention) if case else None
    face = Covering(context, [face.number]).item(face) if face else None
    return Other(number=number, case=case, words=face.masked if face else "")


def _actions(context: RequestContext, item: Item) -> Sequence[str]:
    """By what is known here alone: whether a post can be acted on is found out when somebody wants to.

    On X that is so under our own posts alone.
    """
    if item.kind not in ("comment", "reply") or item.deleted:
        return ()
    found_by = (platforms.find(name) for name in item.sources)
    source = next((source for source in found_by if source and source.moderation), None)
    if source is None:
        return ()
    if source.only_under_own_posts and not context.store.threads.under_our_own(item.number):
        return ()
    return source.takedown_actions
