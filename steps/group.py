"""Puts what was assessed into stories: near-duplicates, reposts and answers to one post are one case."""

from __future__ import annotations

from collections.abc import Sequence

from classify.policy.schema import Policy
from classify.rules.scope import scope_cues
from core import similarity
from settings.organisation import Place
from steps import lanes
from steps.context import RunContext
from store import Grouped, Placing, Ungrouped

BATCH = 200


def group(context: RunContext) -> Grouped:
    """Groups whatever was assessed since, in parts, and opens cases whose snooze is over."""
    places = context.config.organisation.places
    joined = opened = reopened = 0
    while waiting := context.store.grouping.ungrouped(limit=BATCH):
        done = context.store.grouping.group(
            [placing(mention, places, context.policy) for mention in waiting],
            alike=similarity.alike,
            at=context.at,
        )
        joined, opened = joined + done.joined, opened + done.opened
        reopened += done.reopened
    sorted_anew = _sort_anew(context)
    woken = context.store.grouping.wake(context.at)
    if opened or joined or reopened or woken:
        context.report_progress(
            f"cases: {opened} opened, {joined} mentions joined one, {reopened + woken} opened again"
        )
    if sorted_anew:
        context.report_progress(f"lanes: {sorted_anew} posts sorted anew")
    return Grouped(joined=joined, opened=opened, reopened=reopened + woken)


def _sort_anew(context: RunContext) -> int:
    """Works out the lanes of posts that have none yet, or that a person found something in; how many."""
    count, places = 0, context.config.organisation.places
    while waiting := context.store.grouping.without_reason(limit=BATCH):
        context.store.grouping.set_lanes(
            [placing(mention, places, context.policy) for mention in waiting], context.at
        )
        count += len(waiting)
    return count


def placing(mention: Ungrouped, places: Sequence[Place], policy: Policy) -> Placing:
    """What is known of a mention's words: their likeness, which of our places they name, and where it waits."""
    called = {name: place.name for place in places for name in (place.name, *place.aliases)}
    named = scope_cues(mention.text, "", (), tuple(called), ()).places
    place_names = tuple(dict.fromkeys(called[name] for name in named))
    return Placing(
        mention=mention.mention, risk=mention.risk, bands=similarity.bands(mention.text), places=place_names,
        lane=lanes.placing_of(mention.facts, place_names, policy) if mention.facts else None,
    )  # fmt: skip
