"""Tries terms and rules on what was posted lately, before they are kept: what they find, add and lose.

It is done in a process of its own, since the words are in clear there and the platforms' libraries are large:
neither stays with the page. Only so many mentions are looked at, evenly over the time; where there are more,
counts are estimates and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from collectors.parsing import matching
from core import clock
from core.text import folded, visible
from search import fts
from search.query import parse
from settings.schema import Config, today
from steps import search_checks
from steps.context import open_store
from steps.models import Example, Preview, Trial
from store import Matcher, Store
from store.own_posts import CAMPAIGN

DAYS = 30
LOOKED = 10_000  # mentions; they take about a second of one core
LOOKED_FOR_TERMS = 5_000  # each term is looked for by itself
SHOWN = 3  # examples of each kind
WIDTH = 160  # characters of an example
_OURS = (
    "rule: ",
    CAMPAIGN,
    "looks like: ",
    "shows logo: ",
)  # in what a mention matched: not found by these
DROWNS = 0.5  # of what is collected, or of what a term finds that is not about us


@dataclass(kw_only=True)
class _Count:
    """What one term or rule finds among those that were looked at, as numbers of mentions."""

    now: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    aside: int = 0  # of `now`, those that are not about us

    @property
    def added(self) -> list[int]:
        """Found now and not before."""
        old = set(self.before)
        return [number for number in self.now if number not in old]

    @property
    def lost(self) -> list[int]:
        """Found before and no longer."""
        new = set(self.now)
        return [number for number in self.before if number not in new]


def preview(
    file: Config, folder: Path, key: str, before: Config, after: Config, at: datetime, by: int, *, most: int = 0
) -> Preview:  # fmt: skip
    """What a changed section would find. Raises ConfigError for a rule that can't be looked for."""
    with open_store(file, folder, create=False) as store:
        if key == "names":
            return _terms(store, before, after, at, by, most or LOOKED_FOR_TERMS)
        named = (_named(before, key), _named(after, key))
        return _rules(store, *named, after, at, by, most or LOOKED)


def _named(config: Config, key: str) -> dict[str, str]:
    listed: Sequence[Any] = config.rules if key == "rules" else config.organisation.campaigns
    return {rule.name: rule.rule for rule in listed}


def _rules(
    store: Store, old: Mapping[str, str], new: Mapping[str, str], config: Config, at: datetime, by: int, most: int
) -> Preview:  # fmt: skip
    def query(written: str) -> str:
        return fts.fts5(parse(written), folded)

    ready = Matcher(
        {f"now {name}": query(rule) for name, rule in new.items()}
        | {f"old {name}": query(rule) for name, rule in old.items()}
    )
    counts = {name: _Count() for name in (*new, *old)}
    total, batches = store.search.recent(at - timedelta(days=DAYS), most=most)
    looked = 0
    for batch in batches:
        looked += len(batch)
        texts = [fts.columns(mention.text, folded) for mention in batch]
        for mention, names in zip(batch, ready.match(texts), strict=True):
            for name in names:
                kind, _, called = name.partition(" ")
                counted = counts[called]
                (counted.now if kind == "now" else counted.before).append(mention.number)
    store.search.note_rules_tried(
        len(new), mention_count=len({n for c in counts.values() for n in c.now}), at=at, by=by
    )
    scale = _Scale(total, looked)
    trials = [
        _trial(
            store, name, new.get(name, ""), counts[name], scale, known=name in old, some=old.get(name) != new.get(name),
            means=fts.meaning(parse(new[name])) if name in new else "",
            doubts=[
                *(search_checks.of_rule(new[name], config, clock.local_day(at)) if name in new else ()),
                *_by_count(counts[name], looked, gone=name not in new),
            ],
        )
        for name in sorted(counts, key=lambda name: old.get(name) == new.get(name))  # changed ones first
    ]  # fmt: skip
    return Preview(days=DAYS, total=total, looked=looked, trials=trials)


def _terms(
    store: Store, before: Config, after: Config, at: datetime, by: int, most: int
) -> Preview:
    old, new = (
        today(before.organisation, clock.local_day(at)).terms,
        today(after.organisation, clock.local_day(at)).terms,
    )
    counts = {term: _Count() for term in new}
    gone = set(old) - set(new)
    total, batches = store.search.recent(at - timedelta(days=DAYS), most=most)
    looked, lost = 0, 0
    for batch in batches:
        looked += len(batch)
        for mention in batch:
            held_by = matching(mention.text, new)
            for term in held_by:
                counts[term].now.append(mention.number)
                counts[term].aside += mention.in_scope is False
            found_by = {term for term in mention.matched if not term.startswith(_OURS)}
            lost += (
                bool(found_by) and found_by <= gone and not held_by
            )  # a new term may find it again
    store.search.note_rules_tried(
        len(new), mention_count=len({n for c in counts.values() for n in c.now}), at=at, by=by
    )
    scale = _Scale(total, looked)
    trials = [
        _trial(
            store, term, term, counts[term], scale, known=False, some=term not in old,
            doubts=[
                *(search_checks.of_term(term, new) if term not in old else ()),
                *_of_a_term(counts[term]),
            ],
        )
        for term in sorted(new, key=lambda term: term in old)  # new ones first
    ]  # fmt: skip
    return Preview(days=DAYS, total=total, looked=looked, trials=trials, lost=scale.of(lost))


@dataclass(frozen=True, slots=True)
class _Scale:
    """From those that were looked at to all."""

    total: int
    looked: int

    def of(self, count: int) -> int:
        return round(count * self.total / self.looked) if self.looked else 0


def _trial(
    store: Store,
    name: str,
    written: str,
    count: _Count,
    scale: _Scale,
    *,
    known: bool,
    means: str = "",
    doubts: Sequence[str] = (),
    some: bool = True,
) -> Trial:
    examples = []
    if known and (count.added or count.lost):
        kinds = [("It would find as well", count.added), ("It would no longer find", count.lost)]
    else:
        kinds = [("Such as", count.now)] if some else []
    for heading, numbers in kinds:
        shown = list(_shown(store, numbers))
        if shown:
            examples.append((heading, shown))
    return Trial(
        name=name, written=written, means=means, doubts=doubts, matches=scale.of(len(count.now)),
        before=scale.of(len(count.before)) if known else None, added=scale.of(len(count.added)),
        lost=scale.of(len(count.lost)), examples=examples,
    )  # fmt: skip


def _shown(store: Store, numbers: Sequence[int]) -> Iterator[Example]:
    """The newest few, in masked words."""
    for number in numbers[: -SHOWN - 1 : -1]:
        item = store.figures.item(number)
        # what nobody has read may be somebody who speaks up
        read = item is not None and item.read != "unread"
        words = visible(" ".join((item.masked if item is not None and read else "").split()))
        if not words:
            words = "not assessed yet, so that its words can't be shown"
        yield Example(
            mention=number, words=f"{words[:WIDTH]}{'…' if len(words) > WIDTH else ''}",
            in_case=store.cases.of_mention(number) is not None,
        )  # fmt: skip


def _by_count(count: _Count, looked: int, *, gone: bool) -> Iterator[str]:
    if gone:
        return
    if not count.now:
        yield f"it matches nothing that was posted in the last {DAYS} days"
    elif looked >= 20 and len(count.now) > DROWNS * looked:
        yield "it matches more than half of all that is collected, and tells little apart"


def _of_a_term(count: _Count) -> Iterator[str]:
    if not count.now:
        yield f"it was found in nothing that was collected in the last {DAYS} days"
    elif len(count.now) >= 20 and count.aside > DROWNS * len(count.now):
        yield "most of what holds it is not about us"
