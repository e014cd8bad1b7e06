"""What the page is given to answer with, and what of it fits a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from classify.policy.schema import Policy, shipped
from core.models import Platform, Sentiment, Staff

Kind = Literal["name", "phone", "email", "detail", "example"]
Find = Callable[[Sequence[str]], Sequence[Mapping[str, tuple[str, ...]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Words to begin a reply from, filled with today's contact points. `missing`: what they lack, in words.

    `replies` is False where nothing is answered: `text` then says why, and what to do instead.
    """

    key: str
    name: str
    text: str
    flags: frozenset[str] = frozenset()
    staff: frozenset[Staff] = frozenset()
    tones: frozenset[Sentiment] = frozenset()
    platforms: frozenset[Platform] = frozenset()
    replies: bool = True
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the organisation says of a subject. `about`: it has words by which a post is about it."""

    key: str
    topic: str
    words: str
    owner: str
    about: bool = False
    flags: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    source: str = ""

    def in_force(self, on: date) -> bool:
        """From its first day to its last, both included."""
        return (self.since or date.min) <= on <= (self.until or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A policy beside the social media policy. `hr`: about what an employer may do."""

    name: str
    flags: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    where: str = ""
    link: str = ""
    hr: bool = False


def _finds_nothing(texts: Sequence[str]) -> Sequence[Mapping[str, tuple[str, ...]]]:
    return [{} for _ in texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What is set up for answering today. `find` tells of each text the lines that it is about, with the words that say so.

    The policy says of each flag whether anything is answered to it, whatever templates say. `restriction` is what
    holds back publishing today, in words; "" for nothing.
    """

    templates: Sequence[Template] = ()
    lines: Sequence[Line] = ()
    related: Sequence[Related] = ()
    lengths: Mapping[Platform, int] = field(default_factory=dict)
    policy: Policy = field(default_factory=shipped)
    restriction: str = ""
    find: Find = _finds_nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post as it may be answered: its flags are those that no colleague found wrong. `place` counts from 1."""

    place: int
    mention: int
    platform: Platform
    staff: Staff
    tone: Sentiment
    flags: frozenset[str]
    clauses: frozenset[str]
    masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A template that fits, and why."""

    of: Template
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineThatFits:
    """A line to take, and why it fits."""

    of: Line
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedThatFits:
    """A related policy, and the flags that it is about."""

    of: Related
    flags: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """Something in a reply that is no published contact point: a name, a phone, an email, a detail; or an example's."""

    kind: Kind
    words: str
