"""The optional rules of the policy: posts in working hours (6.5), links with a headline alone (6.13)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import clock
from classify.pid_post import LINK
from classify.policy import Policy
from mention import Flag, Staff

if TYPE_CHECKING:
    from classify.judge import Evidence

SPEAKING = frozenset(
    ("i", "i'm", "my", "me", "we", "our", "us", "you", "your", "this", "these", "that", "here", "please",
     "thanks", "thank", "great", "good", "read", "see")
)  # fmt: skip


def _headline_only(text: str) -> bool:
    """A link, and beside it nothing or what reads as a headline: few words, and nobody speaking."""
    words, links = LINK.subn(" ", text)
    beside = re.findall(r"[^\W\d_]+", words)
    return links > 0 and len(beside) <= 20 and not SPEAKING & {word.lower() for word in beside}


def optional(found: Evidence, rules: Policy, staff: Staff, in_scope: bool) -> list[Flag]:
    """The flags of clauses 6.5 and 6.13, where the organisation turned them on."""
    if staff != "icb":
        return []
    flags = []
    hours, at = rules.rules.working_hours, found.post.posted_at
    if hours.on and at is not None and not in_scope:
        local = at.astimezone(clock.READERS_ZONE)
        at_work = (
            f"{local:%a}".lower() in hours.days and hours.start <= f"{local:%H:%M}" < hours.until
        )
        if at_work:
            flags.append(Flag(name="working_hours", score=1.0, clauses=hours.clause))
    headline = rules.rules.headline_share
    if headline.on and in_scope and _headline_only(found.post.text):
        flags.append(Flag(name="headline_share", score=1.0, clauses=headline.clause))
    return flags
