"""What posts on Bluesky answer and quote: known from the page that they stand on, or asked for in batches.

One call of app.bsky.feed.getPosts takes 25 addresses, so that a page of 100 posts costs at most twelve
calls of the 3,000 that Bluesky permits in five minutes (its rate limits), and mostly one or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from collectors.base import SkippedItem
from collectors.bluesky.client import NotGiven, Session
from collectors.bluesky.parse import answered_uris, quoted_view, to_answered
from collectors.context import object_of, objects_of
from core.context import AnsweredPost
from core.errors import CollectorError

AT_ONCE = 25  # addresses that one call takes
_MOST_KNOWN = 5_000  # posts that are remembered at once


class Threads:
    """Posts by their addresses, for as long as a run lasts. None stands for one that is not there."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failed = False
        self.known: dict[str, AnsweredPost | None] = {}

    def learn(self, views: Iterable[Any], official: frozenset[str]) -> None:
        """Remembers these views, and those of the posts that they quote; what is gone or odd is left."""
        if len(self.known) > _MOST_KNOWN:
            self.known.clear()
        for view in views:
            for post in (view, quoted_view(view)):
                if answered := to_answered(post, official):
                    self.known[str(object_of(post).get("uri"))] = answered

    def ask(
        self, posts: Sequence[Any], official: frozenset[str], where: str
    ) -> Iterator[SkippedItem]:
        """Learns what these posts answer or quote.

        A failure is told of once and costs no post: the others of the run are kept without what they answer.
        """
        self.learn(posts, official)
        uris = dict.fromkeys(uri for post in posts for uri in answered_uris(post))
        unknown = [uri for uri in uris if uri not in self.known]
        if self._failed:
            return
        try:
            for start in range(0, len(unknown), AT_ONCE):
                self._look_up(unknown[start : start + AT_ONCE], official)
        except CollectorError as error:
            self._failed = True
            yield SkippedItem(
                where, f"kept without what its posts answer, which can't be asked for: {error}"
            )

    def _look_up(self, uris: Sequence[str], official: frozenset[str]) -> None:
        try:
            answer = self._session.get("app.bsky.feed.getPosts", [("uris", uri) for uri in uris])
            self.learn(objects_of(answer.get("posts")), official)
        except NotGiven:  # one of these addresses is none; which is not told
            pass
        self.known |= {uri: None for uri in uris if uri not in self.known}
