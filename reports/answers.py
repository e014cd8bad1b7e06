"""What a team answered, as an email may hold it: its words as one of us wrote them down, less whatever may say who a post is of."""

from __future__ import annotations

import re
from datetime import datetime

from core import clock
from settings.schema import Config
from store import Handoff, Store

LONGEST = 300  # characters of it in an email: the page of the case has all of it
_QUOTED = (
    4  # words on end that stand in a post too: then it is the post’s words, which no email holds
)
_WORD = re.compile(r"\w+")


def refusal_words(store: Store, config: Config, handoff: Handoff, at: datetime) -> str:
    """Why a team does not take it, masked; "" where it said no such thing, or its words are those of a post."""
    note = " ".join(handoff.refusal.note.split()) if handoff.refusal is not None else ""
    if not note or _quotes(note, store, handoff):
        return ""
    from reports.masking import masked  # here, since every start would pay for it: 0.2 s

    words = masked(note, config.organisation, clock.local_day(at), "other")
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]}…"


def _quotes(note: str, store: Store, handoff: Handoff) -> bool:
    """Whether words of one of the posts stand in it."""
    runs = _runs(note)
    stored = (store.mentions.get(mention) for mention, _ in handoff.posts)
    return any(not runs.isdisjoint(_runs(each.mention.text)) for each in stored if each is not None)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return frozenset(tuple(words[place : place + _QUOTED]) for place in range(len(words) - _QUOTED + 1))  # fmt: skip
