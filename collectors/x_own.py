"""The organisation's own recent posts on X, remembered from run to run: others' quotes of them are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import clock
from collectors.base import ODD_ERRORS, Keep
from collectors.x_posts import version
from mention import Mention

_NAME = "own posts"
_FOR = timedelta(days=7)
MOST = 75  # as many lists of quotes as X gives in a quarter of an hour


class OwnPosts:
    """What our accounts posted in the last seven days, by the first id of each."""

    def __init__(self, kept: Mapping[str, str], at: datetime) -> None:
        self.oldest = at - _FOR
        self._posts: dict[str, tuple[str, datetime]] = {}  # the current version, and when posted
        try:
            told = json.loads(kept.get(_NAME) or "{}")
            self._posts = {post: (str(now), clock.parse(on)) for post, (now, on) in told.items()}
        except ODD_ERRORS:
            return

    def note(self, mention: Mention) -> None:
        """Remembers it, if it is one of ours."""
        if mention.own and mention.kind != "repost":
            self._posts[mention.issued_id] = (version(mention), mention.posted_at)

    def forget(self, post: str) -> None:
        """It is gone."""
        self._posts.pop(post, None)

    def recent(self) -> list[tuple[str, str]]:
        """First and current id of each, newest first, MOST at most."""
        recent = [(on, post, now) for post, (now, on) in self._posts.items() if on >= self.oldest]
        return [(post, now) for _, post, now in sorted(recent, reverse=True)[:MOST]]

    def keep(self) -> Keep:
        """All of them, to be kept whatever becomes of the run, which does not read them again."""
        told = {
            post: (now, clock.text(on))
            for post, (now, on) in self._posts.items()
            if on >= self.oldest
        }
        return Keep(_NAME, json.dumps(told), always=True)
