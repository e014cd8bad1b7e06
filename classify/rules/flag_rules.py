"""Flags that a rule decides by itself: those with `source = "rule"` in policy.toml, and no model is asked.

A new one is its table there, and here a function and its line in FLAG_RULES: docs/adding-a-flag.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from classify.pid.base import LINK
from classify.policy.schema import Policy
from classify.text.lexicon import rude
from core import clock
from core.models import Author, Protected, Sentiment, Staff

# In the words beside a link: somebody speaks, so that it is no bare headline.
SPEAKING = frozenset(
    ("i", "i'm", "my", "me", "we", "our", "us", "you", "your", "this", "these", "that", "here", "please",
     "thanks", "thank", "great", "good", "read", "see")
)  # fmt: skip
LONGEST_HEADLINE = 20  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePost:
    """What a rule is told of a post: the post, who speaks, and whether it is about us."""

    text: str
    platform: str
    author: Author
    posted_at: datetime | None
    staff: Staff
    in_scope: bool
    sentiment: Sentiment
    protected: Protected
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHit:
    """That a flag holds. `why` is in words that a reviewer understands, and never repeats the post.

    `score` meets the flag's threshold; `spans` are code point offsets of the words that show it, half open.
    """

    why: str
    score: float = 1.0
    spans: tuple[tuple[int, int], ...] = ()


FlagRule = Callable[[RulePost], RuleHit | None]


def working_hours(post: RulePost) -> RuleHit | None:
    """Clause 6.5: a personal post, not about work, in working hours."""
    if post.in_scope or post.posted_at is None:
        return None
    hours, local = post.policy.working_hours, post.posted_at.astimezone(clock.READERS_ZONE)
    at_work = f"{local:%a}".lower() in hours.days and hours.start <= f"{local:%H:%M}" < hours.until
    return RuleHit(why="posted in working hours, and not about work") if at_work else None


def headline_share(post: RulePost) -> RuleHit | None:
    """Clause 6.13: a link, and beside it nothing or what reads as a headline."""
    if not post.in_scope or not _headline_only(post.text):
        return None
    return RuleHit(why="a link with no words beyond its headline")


def negative_by_staff(post: RulePost) -> RuleHit | None:
    """Clause 6.9, 'never make negative comments': plainly negative and civil, and nothing that protects it more."""
    unprotected = post.protected in ("criticism", "none")
    if not post.in_scope or post.sentiment != "negative" or not unprotected or rude(post.text):
        return None
    return RuleHit(why="a civil, negative comment by somebody who works for the ICB")


def _headline_only(text: str) -> bool:
    """A link, and beside it nothing or what reads as a headline: few words, and nobody speaking."""
    words, links = LINK.subn(" ", text)
    beside = re.findall(r"[^\W\d_]+", words)
    spoken = SPEAKING & {word.lower() for word in beside}
    return links > 0 and len(beside) <= LONGEST_HEADLINE and not spoken


FLAG_RULES: Mapping[str, FlagRule] = {
    "working_hours": working_hours,
    "headline_share": headline_share,
    "negative_by_staff": negative_by_staff,
}
