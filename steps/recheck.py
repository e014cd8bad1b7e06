"""Looks again at what is held: is it still there, edited, gone, hidden? Before terms say that it must go.

Then at posts that are no mentions but whose words stand in the context of mentions: when one is gone, they go too.

An outage, an expired token or an answer that is not well formed is never read as a deletion: the
collector's recheck raises then, and nothing of that source is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from logging import DEBUG, INFO
from typing import Any, Literal, TypeVar

from collectors import platforms, registry, terms
from collectors.base import Gone, Nameless, ParentGone, ParentThere, SaveState, SkippedItem
from collectors.registry import Source
from core.context import ParentPost
from core.errors import CollectorError, ConfigError
from core.models import Mention, Platform
from core.progress import Line
from steps import match_rules
from steps.context import RunContext
from store import PageCounts, Stored

T = TypeVar("T")

BATCH = 500  # mentions between two commits


def recheck(context: RunContext, only: Sequence[str] = ()) -> None:
    """Every source that is on and can look things up, for what its platform's terms make due."""
    for source in context.sources:
        if source.off or not platforms.integration(source.name).recheck:
            continue
        if not only or source.name in only:
            with (
                context.continue_on_error(f"{source.name} recheck"),
                registry.limited(source, context.config),
            ):
                _recheck_one(context, source)
                if platforms.integration(source.name).recheck_parents:
                    _recheck_parents(context, source)


def _recheck_one(context: RunContext, source: Source) -> None:
    at, recheck_posts = context.at, platforms.integration(source.name).recheck.load()
    rules = match_rules.of_today(context.config, at)
    taken, gone, looked, odd = PageCounts(), 0, 0, 0
    try:
        for batch in _due(context, source.name, at):
            looked += len(batch)
            # asked for anew for each batch: what the one before spent was saved meanwhile
            collector = context.collector(source)
            fates = recheck_posts(collector, [stored.mention for stored in batch])
            for part in _parts(fates):
                fresh = match_rules.matched(
                    rules, [fate for fate in part if isinstance(fate, Mention)]
                )
                noted = {fate.name: fate.value for fate in part if isinstance(fate, SaveState)}
                taken += context.store.mentions.add_page(source.name, fresh, at=at, noted=noted)
                lost = [(f.issuer, f.issued_id, f.why) for f in part if isinstance(f, Gone)]
                gone += context.store.mentions.mark_gone(lost, at=at)
                nameless = [(f.issuer, f.issued_id) for f in part if isinstance(f, Nameless)]
                context.store.retention.forget_authors(nameless, at=at)
                for fate in part:
                    if isinstance(fate, SkippedItem):
                        odd += 1
                        context.skip_item(f"{source.name} recheck: {fate.item}: {fate.why}")
    except (CollectorError, ConfigError) as problem:
        context.failed(f"{source.name} recheck: {problem}; nothing was taken for deleted")
    if looked:
        quiet = not (taken.changed or gone or taken.gone or odd)
        words = f"{source.name}: {looked} looked at again, {taken.changed} changed, {gone + taken.gone} gone"
        context.report_progress(
            Line(
                words + (f", {odd} odd" if odd else ""), "looked again", DEBUG if quiet else INFO,
                source=source.name, looked=looked, changed=taken.changed, gone=gone + taken.gone, odd=odd,
            )
        )  # fmt: skip


def look_again(
    context: RunContext, source: str, built: Any, mention: Mention
) -> Literal["there", "gone", "unread"]:
    """Looks at one post now, and keeps what it sees. Raises CollectorError where the platform can't be asked.

    `unread`: the platform says nothing of it, or has no way to look.
    """
    recheck_posts = platforms.integration(source).recheck
    if not recheck_posts:
        return "unread"
    at = context.at
    findings = list(recheck_posts.load()(built, [mention]))
    lost = [(f.issuer, f.issued_id, f.why) for f in findings if isinstance(f, Gone)]
    there = [finding for finding in findings if isinstance(finding, Mention)]
    fresh = match_rules.matched(match_rules.of_today(context.config, at), there)
    noted = {f.name: f.value for f in findings if isinstance(f, SaveState)}
    context.store.mentions.add_page(source, fresh, at=at, noted=noted)
    if lost:
        context.store.mentions.mark_gone(lost, at=at)
        return "gone"
    return "there" if there else "unread"


def _due(context: RunContext, source: str, at: datetime) -> Iterator[list[Stored]]:
    """Batches of what this source found and its platform's terms want looked at again."""
    unseen, after = _unseen(at), 0
    while batch := context.store.mentions.unseen(source, unseen, after=after, limit=BATCH):
        after = batch[-1].number
        yield batch


def _unseen(at: datetime) -> dict[Platform, datetime]:
    """By platform, the moment since which it wants to be looked at again."""
    return {
        name: at - timedelta(hours=platform_terms.recheck_hours)
        for name, platform_terms in terms.all_terms().items()
        if platform_terms.recheck_hours
    }


def _recheck_parents(context: RunContext, source: Source) -> None:
    """Asks for what this source's mentions answer or quote, where that is due and no mention itself."""
    recheck_parents = platforms.integration(source.name).recheck_parents.load()
    looked, gone, odd = 0, 0, 0
    try:
        for batch in _due_parents(context, source.name):
            looked += len(batch)
            # asked for anew for each batch: what the one before spent was saved meanwhile
            for part in _parts(recheck_parents(context.collector(source), batch)):
                noted = {state.name: state.value for state in part if isinstance(state, SaveState)}
                context.store.mentions.add_page(source.name, (), at=context.at, noted=noted)
                gone += context.store.answered_posts.update(
                    [(p.issuer, p.issued_id, p.text) for p in part if isinstance(p, ParentThere)],
                    [(p.issuer, p.issued_id) for p in part if isinstance(p, ParentGone)],
                    at=context.at,
                )
                for result in part:
                    if isinstance(result, SkippedItem):
                        odd += 1
                        context.skip_item(f"{source.name} recheck: {result.item}: {result.why}")
    except (CollectorError, ConfigError) as problem:
        context.failed(
            f"{source.name} recheck: {problem}; nothing that mentions answer was taken for deleted"
        )
    if gone or odd:
        context.report_progress(
            f"{source.name}: of {looked} posts that mentions answer or quote, {gone} gone"
            + (f", {odd} odd" if odd else "")
        )


def _due_parents(context: RunContext, source: str) -> Iterator[list[ParentPost]]:
    unseen, after = _unseen(context.at), ""
    while True:
        batch, after = context.store.answered_posts.due(source, unseen, after=after, limit=BATCH)
        if batch:
            yield batch
        if not after:
            return


def _parts(fates: Iterable[T]) -> Iterator[list[T]]:
    """What came before an error is kept: handed on in parts, the last one before it is raised."""
    walk = iter(fates)
    while True:
        part: list[T] = []
        try:
            for fate in islice(walk, 100):
                part.append(fate)
        except (CollectorError, ConfigError):
            yield part
            raise
        if not part:
            return
        yield part
