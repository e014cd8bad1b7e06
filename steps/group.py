"""Puts what was assessed into stories: near-duplicates, reposts and answers to one post are one case."""

from __future__ import annotations

from collections.abc import Sequence

from classify.rules.scope import scope_cues
from core import similarity
from settings.organisation import Place
from steps.context import RunContext
from store import Grouped, Placing, Ungrouped

BATCH = 200


def group(context: RunContext) -> Grouped:
    """Groups whatever was assessed since, in parts, and opens cases whose snooze is over."""
    places = context.config.organisation.places
    joined = opened = reopened = 0
    while waiting := context.store.grouping.ungrouped(limit=BATCH):
        done = context.store.grouping.group(
            [placing(mention, places) for mention in waiting], alike=similarity.alike, at=context.at
        )
        joined, opened = joined + done.joined, opened + done.opened
        reopened += done.reopened
    woken = context.store.grouping.wake(context.at)
    if opened or joined or reopened or woken:
        context.report_progress(
            f"cases: {opened} opened, {joined} mentions joined one, {reopened + woken} opened again"
        )
    return Grouped(joined=joined, opened=opened, reopened=reopened + woken)


def placing(mention: Ungrouped, places: Sequence[Place]) -> Placing:
    """What is known of a mention's words: their likeness, and which of our places they name."""
    called = {name: place.name for place in places for name in (place.name, *place.aliases)}
    place_names = scope_cues(mention.text, "", (), tuple(called), ()).places
    return Placing(
        mention=mention.mention, risk=mention.risk, bands=similarity.bands(mention.text),
        places=tuple(dict.fromkeys(called[name] for name in place_names)),
    )  # fmt: skip
