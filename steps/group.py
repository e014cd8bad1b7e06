"""Puts what was assessed into stories: near-duplicates, reposts and answers to one post are one case."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.pid.base import NOBODY, Contacts
from classify.policy.schema import Policy
from classify.rules.scope import scope_cues
from core import similarity
from settings.organisation import Place
from steps import emailed_reports, lanes
from steps.bugs import log_bug
from steps.context import RunContext
from store import Grouped, LanePlacing, Placing, PostFacts, Ungrouped

BATCH = 200
NOT_SORTED = "The program could not sort this"


def group(context: RunContext, *, wake: bool = True) -> Grouped:
    """Groups whatever was assessed since, in parts, and opens cases whose snooze is over.

    Without `wake` no case is looked at but those that something joined: a cycle does that once.
    """
    places, published = context.config.organisation.places, contacts(context)
    sorted_anew = sort_anew(context)
    joined = opened = reopened = 0
    while waiting := context.store.grouping.ungrouped(limit=BATCH):
        # before they are grouped: where the program is stopped between the two, they wait still, and it is done the next time
        with context.continue_on_error("emails about what is held without use"):
            if emailed_reports.end_restrictions(context, waiting):
                waiting = context.store.grouping.ungrouped(limit=BATCH)  # reported since
        done = context.store.grouping.group(
            [
                placing(
                    mention, places, context.policy, ours=context.today.names, published=published
                )
                for mention in waiting
            ],
            alike=similarity.alike,
            at=context.at,
        )
        joined, opened = joined + done.joined, opened + done.opened
        reopened += done.reopened
    sorted_anew += sort_anew(context)  # what answers a post that turned out to be the Guardian's
    woken = context.store.grouping.wake(context.at) if wake else 0
    if wake:
        context.store.cases.follow_all(context.at)
    if opened or joined or reopened or woken:
        context.report_progress(
            f"cases: {opened} opened, {joined} mentions joined one, {reopened + woken} opened again"
        )
    if sorted_anew:
        context.report_progress(f"lanes: {sorted_anew} posts sorted again")
    return Grouped(joined=joined, opened=opened, reopened=reopened + woken)


def sort_anew(context: RunContext, case: int | None = None, *, most: int | None = None) -> int:
    """Works out the lanes of posts, or of one case's, that have none yet, or that a person found something in; how many.

    Of one case at most a part, and `most` of all: the page calls it, so that a row has its title and its lane at once.
    """
    count, places, published = 0, context.config.organisation.places, contacts(context)
    while waiting := context.store.grouping.without_reason(limit=most or BATCH, case=case):
        context.store.grouping.set_lanes(
            [
                placing(
                    mention, places, context.policy, ours=context.today.names, published=published
                )
                for mention in waiting
            ],
            context.at,
        )
        count += len(waiting)
        if case is not None or most is not None:
            break
    return count


def contacts(context: RunContext) -> Contacts:
    """What is published and therefore nobody's personal detail."""
    today = context.today
    return Contacts(phones=today.phones, emails=today.emails, postcodes=today.postcodes)


def placing(
    mention: Ungrouped,
    places: Sequence[Place],
    policy: Policy,
    *,
    ours: Sequence[str] = (),
    published: Contacts = NOBODY,
) -> Placing:
    """What is known of a mention's words: their likeness, which of our places they name, and where it waits.

    A place that stands in a name of `ours` is not named: "NHS North West London" says nothing of West London.
    """
    called = {name: place.name for place in places for name in (place.name, *place.aliases)}
    named = scope_cues(_without(mention.text, ours), "", (), tuple(called), ()).places
    place_names = tuple(dict.fromkeys(called[name] for name in named))
    return Placing(
        mention=mention.mention, risk=mention.risk, bands=similarity.bands(mention.text), places=place_names,
        lane=_lane(mention.facts, place_names, policy, published) if mention.facts else None,
    )  # fmt: skip


def _lane(
    facts: PostFacts, places: Sequence[str], policy: Policy, published: Contacts
) -> LanePlacing:
    """Where it waits; what the program trips over is looked at now, and keeps no other post from its lane."""
    try:
        return lanes.placing_of(facts, places, policy, published)
    except Exception as bug:
        log_bug("the lane of a post", bug)
        speaks = lanes.is_guardians(facts)
        return LanePlacing(lane="guardian" if speaks else "now", reason=NOT_SORTED, speaks=speaks)


def _without(text: str, names: Sequence[str]) -> str:
    """The text without these names, in whatever case."""
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), " ", text, flags=re.IGNORECASE)
