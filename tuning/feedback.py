"""What people said of mentions: in decisions, and blind of a sample that nobody had flagged.

A decision says something of the flags that somebody named, and nothing of the others. Whoever judges a sample says
what holds of everything there is: what they did not name, they saw and did not find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from classify import classifier
from classify.classifier import Classifier
from classify.policy.schema import Policy
from classify.rules import plain_words
from classify.training import dataset
from collectors import terms
from core import clock
from core.models import Reading
from steps.context import RunContext
from store import Item, Judgement, Stored
from store.mentions import BY_HAND
from tuning.thresholds import Reviewed

EVERY = 500  # mentions between two lines of progress


def judged(context: RunContext, flags: Collection[str]) -> Iterator[tuple[Judgement, Stored]]:
    """Each judgement with the words that it is about, as long as they are here and as they were.

    Of a mention of which both a decision and a sample tell, the later word on each flag counts. Ordered by
    the moment of the last word.
    """
    judgements = _together(context, flags)
    for number, judgement in enumerate(judgements, 1):
        stored = context.store.mentions.get(judgement.mention)
        if stored is not None and stored.revision == judgement.revision:
            yield judgement, stored
        if number % EVERY == 0:
            context.report_progress(
                f"looked at {number} of {len(judgements)} mentions that somebody judged"
            )


def _together(context: RunContext, flags: Collection[str]) -> list[Judgement]:
    blind = [
        replace(judgement, labels={flag: judgement.labels.get(flag, False) for flag in flags})
        for judgement in context.store.sample_answers.judgements()
    ]
    last: dict[int, Judgement] = {}
    for judgement in sorted((*context.store.decisions.judgements(), *blind), key=_when):
        before = last.get(judgement.mention)
        if before is not None and before.revision == judgement.revision:
            judgement = replace(
                judgement, labels={**before.labels, **judgement.labels}, flagged=before.flagged or judgement.flagged,
                version=max(before.version, judgement.version),
            )  # fmt: skip
        last[judgement.mention] = judgement
    return sorted(last.values(), key=_when)


def _when(judgement: Judgement) -> tuple[object, int]:
    return judgement.at, judgement.mention


# what marks are put on, where the words don't count
NOTHING = Reading(
    in_scope=False, staff="no", sentiment="neutral", language="", read="full", flags=(), masked=""
)  # fmt: skip


def reviewed(context: RunContext, reader: Classifier) -> list[Reviewed]:
    """What people said of flags, with the score that the model in force gives each.

    In decisions, and blind of samples that nobody had flagged: only those show what a threshold misses.

    Copies of a story count once for each flag, by the last word on any of them. Left out: our own
    posts and what could not be read in full, which other rules decide; a flag that can't hold of a mention
    whatever its score; and a flag that no score put on, but a profile, a picture or plain words. A mention that
    carried a flag when somebody judged it is no chance find, though the model in force gives it none.
    """
    reviews: dict[tuple[str, str], Reviewed] = {}
    for judgement, stored in judged(context, reader.policy.flags):
        if stored.mention.own:
            continue
        with context.continue_on_error(f"mention {stored.number}"):
            ((reading, scores),) = reader.weigh([stored.mention])
            if reading.read != "full":
                continue
            put_on = _put_on(stored, reader.policy) | plain_words.find(stored.mention.text).keys()
            for flag, holds in judgement.labels.items():
                if flag in scores and flag not in put_on:
                    unflagged = not (judgement.flagged or reading.flags or put_on)
                    reviews[judgement.story, flag] = Reviewed(flag, scores[flag], holds, unflagged)
    return list(reviews.values())


def _put_on(stored: Stored, rules: Policy) -> set[str]:
    """The flags that marks put on a mention, whatever its words say."""
    return {
        flag.name
        for flag in classifier.add_impersonation_flags(NOTHING, stored.mention.matched, rules).flags
    }


def decided_rows(context: RunContext) -> list[dict[str, Any]]:
    """What reviewers judged, as `decided.row` gives it, one of each story; what was left out is told."""
    rules = context.policy
    rows: dict[str, dict[str, Any]] = {}
    left: Counter[str] = Counter()
    telling: set[str] = set()  # stories: the same words stand in every copy
    for judgement, stored in judged(context, rules.flags):
        item, sources = (
            context.store.figures.item(stored.number),
            context.store.mentions.sources_of(stored.number),
        )
        if _identifies(judgement, stored, item, rules.names(blanked=True)):
            telling.add(judgement.story)
        why = _left_out(context, judgement, stored, item, sources, rules)
        if why or item is None:
            left[why] += 1
            continue
        put_on = _put_on(stored, rules)  # by a profile or a picture: the words don't show it
        mention = dataset.DecidedMention(
            number=stored.number, version=judgement.version, platform=stored.mention.platform,
            sources=sources, masked=item.masked, blanked=item.masked != stored.mention.text,
            described=bool(stored.mention.author.bio.strip()),
            labels={flag: holds for flag, holds in judgement.labels.items() if flag not in put_on},
        )  # fmt: skip
        row = dataset.row(mention, rules)
        if row is None:
            left["nothing that can be learnt was said of it"] += 1
        else:
            rows[judgement.story] = row
    for story in telling & set(rows):
        del rows[story]
        left["a copy of it identifies somebody, and masking did not see it"] += 1
    context.report_progress(f"{len(rows)} mentions that people decided on can be learnt from")
    for why, count in sorted(left.items()):
        context.report_progress(f"left out {count}: {why}")
    return list(rows.values())


def _identifies(
    judgement: Judgement, stored: Stored, item: Item | None, blanked: Sequence[str]
) -> bool:
    """A person said that it identifies somebody, and nothing shows that masking blanked what does.

    `blanked` are the flags whose words are.
    """
    if not any(judgement.labels.get(name, False) for name in blanked):
        return False
    if item is None or item.revision != stored.revision or item.masked == stored.mention.text:
        return True
    return not any(flag.name in blanked for flag in item.flags)


def _left_out(
    context: RunContext,
    judgement: Judgement,
    stored: Stored,
    item: Item | None,
    sources: Sequence[str],
    policy: Policy,
) -> str:
    """Why a mention may not be learnt from; empty where it may."""
    mention = stored.mention
    if terms.forbids(mention.platform, "training"):
        return f"terms give no leave ({mention.platform})"
    if not set(sources) - BY_HAND:
        return "noted or imported by hand: whose terms hold isn't known"
    if mention.kind in ("report", "profile"):
        return "it quotes somebody else, or is a profile"
    if mention.own or mention.hidden:
        return "our own, or hidden from the public"
    if item is None or item.revision != stored.revision or item.read != "full":
        return "not assessed as it stands, or not read in full, so that it is not surely masked"
    if context.store.retention.on_hold(stored.number, clock.now()):
        return "a hold keeps it, for its own purpose alone"
    if _identifies(judgement, stored, item, policy.names(blanked=True)):
        return "it identifies somebody, and masking did not see it"
    return ""
