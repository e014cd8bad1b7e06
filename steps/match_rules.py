"""Holds boolean rules to what is collected, and shows what a rule means and would have matched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

from core import clock
from core.models import LOOKS_LIKE, SHOWS_LOGO, SPEECH_SOUGHT, Mention
from core.text import folded, visible
from search import fts, query
from settings import named_people
from settings.organisation import Campaign
from settings.schema import Config, Rule
from steps import search_checks
from steps.context import RunContext
from store import Matcher
from store.own_posts import CAMPAIGN

RULE = "rule: "  # before a rule's name, in what a mention matched
_MARK = "speech: "  # before a rule that looks for what staff say as staff, in the matcher alone
_LABELS = (RULE, CAMPAIGN, LOOKS_LIKE, SHOWS_LOGO)  # of `matched`: no words that were searched for
SHOWN = 5  # examples of what a rule would have matched
_ALL = 1_000_000_000
WIDTH = 100  # characters of an example


def matcher(written: Sequence[Rule], campaigns: Sequence[Campaign] = ()) -> Matcher:
    """Every rule and campaign, ready to be held to texts, as "rule: NAME" and "campaign: NAME".

    Raises ConfigError for one that can't be looked for.
    """
    named = {f"{RULE}{rule.name}": rule.rule for rule in written}
    named |= {f"{CAMPAIGN}{campaign.name}": campaign.rule for campaign in campaigns}
    return Matcher({
        f"{_MARK if named_people.looks_for_speech(rule, 'rule') else ''}{name}": fts.fts5(query.parse(rule), folded)
        for name, rule in named.items()
    })  # fmt: skip


def of_today(config: Config, at: datetime) -> Matcher:
    """The file's rules, and the campaigns that are on."""
    on = [
        campaign
        for campaign in config.organisation.campaigns
        if campaign.in_force(clock.local_day(at))
    ]
    return matcher(config.rules, on)


def matched(ready: Matcher, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, each with the rules and campaigns that it matches.

    What a search for speaking up found is marked, so that it is the Guardian's whoever drops the search later.
    """
    texts = [fts.columns(mention.text, folded) for mention in mentions]
    return [
        _marked(mention.with_match(*(name.removeprefix(_MARK) for name in names)), names)
        for mention, names in zip(mentions, ready.match(texts), strict=True)
    ]


def _marked(mention: Mention, names: Sequence[str]) -> Mention:
    by_rule = any(name.startswith(_MARK) for name in names)
    by_term = any(
        named_people.looks_for_speech(term, "query")
        for term in mention.matched
        if not term.startswith(_LABELS)
    )
    return mention.with_match(SPEECH_SOUGHT) if by_rule or by_term else mention


def lint(context: RunContext, written: Sequence[Rule], days: int) -> Iterator[str]:
    """Line by line: each rule, what it means, what may not be meant, and what it would have matched.

    Examples are masked words as they were assessed, and numbers. What is matched are the words in clear,
    so that a rule could look for a person: it leaves an event. The Guardian's posts are left out, and a rule that names or
    follows a person, or looks for what staff say as staff, is not tried unless two people agreed to it.
    """
    written = list(written)
    on = clock.local_day(context.at)
    agreed_to = named_people.agreed(context.config, on) | context.store.searched_people.approved(on)
    for rule in tuple(written):
        if why := named_people.fault_of_rule(rule.rule, context.config, agreed_to):
            written.remove(rule)
            yield f"{rule.name}: not tried. {why}: ask under Names of people"
    at, ready = context.at, matcher(written)
    matches: dict[str, list[int]] = {rule.name: [] for rule in written}
    looked = 0
    _, batches = context.store.search.recent(at - timedelta(days=days), most=_ALL)
    for batch in batches:
        looked += len(batch)
        texts = [fts.columns(stored.text, folded) for stored in batch]
        for stored, names in zip(batch, ready.match(texts), strict=True):
            for name in names:
                matches[name.removeprefix(_MARK).removeprefix(RULE)].append(stored.number)
    context.store.search.note_rules_tried(
        len(written), mention_count=len({*chain(*matches.values())}), at=at
    )
    for rule in written:
        node = query.parse(rule.rule)
        yield f"{rule.name}: {rule.rule}"
        yield f"  means: {fts.meaning(node)}"
        for doubt in search_checks.of_rule(rule.rule, context.config, clock.local_day(at)):
            yield f"  doubt: {doubt}"
        numbers = matches[rule.name]
        yield (
            f"  would have matched {len(numbers):,} of the {looked:,} mentions posted in the last {days} days"
        )
        for number in numbers[-SHOWN:]:
            item = context.store.figures.item(number)
            masked = visible(" ".join((item.masked if item else "(not yet assessed)").split()))
            yield f"    {number}: {masked[:WIDTH]}{'…' if len(masked) > WIDTH else ''}"
