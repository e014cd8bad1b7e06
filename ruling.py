"""Holds boolean rules to what is collected, and shows what a rule means and would have matched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import rule_words
import rules
from collectors.words import folded
from config import Rule
from house import House
from mention import Mention
from store import Matcher

SHOWN = 5  # examples of what a rule would have matched
WIDTH = 100  # characters of an example


def matcher(written: Sequence[Rule]) -> Matcher:
    """Every rule, ready to be held to texts. Raises ConfigError for one that can't be looked for."""
    return Matcher({rule.name: rule_words.fts5(rules.parse(rule.rule), folded) for rule in written})


def matched(ready: Matcher, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, each with the rules that it matches, as "rule: NAME"."""
    texts = [rule_words.columns(mention.text, folded) for mention in mentions]
    return [
        mention.with_match(*(f"rule: {name}" for name in names))
        for mention, names in zip(mentions, ready.match(texts), strict=True)
    ]


def lint(house: House, written: Sequence[Rule], at: datetime, days: int) -> Iterator[str]:
    """Line by line: each rule, what it means, what may not be meant, and what it would have matched.

    Examples are masked words as they were assessed, and numbers.
    """
    ready = matcher(written)
    found: dict[str, list[int]] = {rule.name: [] for rule in written}
    looked = 0
    for batch in house.store.posted_since(at - timedelta(days=days)):
        looked += len(batch)
        texts = [rule_words.columns(stored.mention.text, folded) for stored in batch]
        for stored, names in zip(batch, ready.match(texts), strict=True):
            for name in names:
                found[name].append(stored.number)
    for rule in written:
        node = rules.parse(rule.rule)
        yield f"{rule.name}: {rule.rule}"
        yield f"  means: {rule_words.meaning(node)}"
        for doubt in rule_words.doubts(node):
            yield f"  doubt: {doubt}"
        numbers = found[rule.name]
        yield (
            f"  would have matched {len(numbers):,} of the {looked:,} mentions posted in the last {days} days"
        )
        for number in numbers[-SHOWN:]:
            item = house.store.item(number)
            masked = " ".join((item.masked if item else "(not yet assessed)").split())
            yield f"    {number}: {masked[:WIDTH]}{'…' if len(masked) > WIDTH else ''}"
