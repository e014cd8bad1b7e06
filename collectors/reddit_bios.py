"""What authors of matched posts say of themselves on their Reddit profile; one request each."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from collectors.base import decoded
from collectors.reddit_asking import Asking, ListingRefused
from mention import Mention


class Bios:
    """Looks a profile up once a run, and `most` of them."""

    def __init__(self, asking: Asking, most: int) -> None:
        self.asking, self.most = asking, most
        self._known: dict[str, str] = {}

    def on(self, mention: Mention) -> Mention:
        """The mention with its author's bio before the flair; with none where that isn't known.

        An empty bio says nothing, while the flair alone would look like a bio that has changed.
        """
        author = mention.author
        if not author.handle:
            return mention
        if author.handle not in self._known and len(self._known) < self.most:
            self._known[author.handle] = self._look_up(author.handle)
        if author.handle not in self._known:
            return replace(mention, author=replace(author, bio=""))
        told = (self._known[author.handle], author.bio)
        bio = "\n".join(part for part in told if part)
        return replace(mention, author=replace(author, bio=bio))

    def _look_up(self, handle: str) -> str:
        if not re.fullmatch(r"[\w-]{1,30}", handle, re.ASCII):
            return ""
        try:
            found = self.asking.thing(f"user/{handle}/about", {})
        except ListingRefused:  # suspended or gone
            return ""
        return _description(found)


def _description(found: Any) -> str:
    for step in ("data", "subreddit", "public_description"):
        found = found.get(step) if isinstance(found, dict) else None
    return decoded(found) if isinstance(found, str) else ""
