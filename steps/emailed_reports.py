"""What a colleague's email tells of a post that is held without use (UK GDPR Article 18): as a report by the page, it ends that where it tells of danger, a threat or a leak.

The rights of whoever may come to harm go first (Article 18(2)). What tells of no harm leaves the post out of use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from collectors.inbox.text import links
from core import worries
from steps import lanes
from steps.context import RunContext
from store import PostFacts, Ungrouped

# An email that came before is no news of what was asked for since: that it is read anew ends nothing.
RECENT = timedelta(days=2)
_MOST_LINKS = 20


def end_restrictions(context: RunContext, emails: Iterable[Ungrouped]) -> int:
    """Of the posts to which these emails lead, those that are out of use and of which one tells harm are in use again, in Now and told; how many."""
    ended = 0
    for email in emails:
        worry = _harm_of(email.facts) if email.facts else ""
        for post in _posts(context, email.mention) if worry else ():
            if context.store.retention.is_asked_or_restricted(post, context.at):
                context.store.staff_reports.add(
                    post, at=context.at, worry=worry, flags=worries.FLAGS[worry], reason=lanes.report_reason(worry),
                )  # fmt: skip
                ended += 1
    return ended


def _harm_of(facts: PostFacts) -> str:
    """What is told, as a colleague ticks it on the page; "" for anything else."""
    names = {*(flag.name for flag in facts.flags), *facts.missed}
    if facts.kind != "report":
        return ""
    if "safeguarding" in names:
        return worries.DANGER
    if lanes.THREAT in names:
        return worries.THREAT
    return worries.PATIENT if "pid" in names or lanes.tells_of_leak(facts) else ""


def _posts(context: RunContext, email: int) -> Iterator[int]:
    stored = context.store.mentions.get(email)
    if stored is None or stored.recent < context.at - RECENT:
        return
    text = stored.mention.text_raw or stored.mention.text
    urls = dict.fromkeys(url for url in (stored.mention.url, *links(text)) if url)
    for url in list(urls)[:_MOST_LINKS]:
        post = context.store.mentions.at_address(url)
        if post is not None and post != email:
            yield post
