"""How far the program read a post, in the words that every page says it in: of what it did not read, none says that nothing is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from store import Item
from store.cases.staff_reports import NO_WORDS as NO_WORDS

# later: not yet; link: a colleague reported its link alone, so that what was read is a sentence of our own
Reading = Literal["full", "partial", "unread", "later", "link"]
UNSEEN: frozenset[Reading] = frozenset(("unread", "later", "link"))
# How far it was read, as a fact of it: what was read in full, as nearly all is, says nothing, and whatever was not says so.
FACTS: Mapping[Reading, str] = {
    "full": "", "partial": "could not be read in full", "unread": "could not be read", "later": "not read yet",
    "link": "reported by its link alone, so not read",
}  # fmt: skip
# What stands where nothing was flagged.
NOTHING_FLAGGED: Mapping[Reading, str] = {
    "full": "The program saw nothing to flag", "partial": "The program saw nothing to flag in what it could read", "unread": "The program could not read it",
    "later": "The program has not read it yet", "link": "The program has its link alone: it has not read the post",
}  # fmt: skip


def reading_of(item: Item) -> Reading:
    """How far a post was read."""
    if item.masked.strip() == NO_WORDS:
        return "link"
    if not item.model:
        return "later"
    return item.read
