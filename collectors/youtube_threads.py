"""YouTube's comment threads: those of a channel or a video, with all of their replies."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from collectors.base import Found, Odd, each, matching
from collectors.youtube_authors import with_authors
from collectors.youtube_calls import Calls
from collectors.youtube_errors import Absent, CommentsDisabled, Forbidden
from collectors.youtube_things import About, replies, times, to_comment, to_thread
from errors import CollectorError
from mention import Mention


@dataclass(frozen=True, kw_only=True)
class Threads:
    """Threads, the newest first, until they are older than `oldest`: old ones get late replies.

    What is older than `since` is a second look, so that the cap of pages ends it in silence.
    """

    calls: Calls
    about: About
    terms: tuple[str, ...]
    since: datetime
    oldest: datetime
    page_size: int

    def under(self, video: str, where: str) -> Iterator[Found]:
        """The comments on somebody's video, if it takes any and is still there."""
        try:
            yield from self.read({"videoId": video}, where)
        except Forbidden as error:
            yield Odd(where, f"{error}; gone on with the rest")
        except (CommentsDisabled, Absent):
            return

    def held(self, asked: Mapping[str, str], where: str) -> Iterator[Found]:
        """What waits for review, read in the owner's name; what is public in its threads is left out."""
        own = dataclasses.replace(self, about=dataclasses.replace(self.about, held=True))
        for thing in own.read(asked, where):
            if not isinstance(thing, Mention) or thing.hidden:
                yield thing

    def read(self, asked: Mapping[str, str], where: str) -> Iterator[Found]:
        """Every thread by this filter, page by page. Raises UsedUp."""
        params: dict[str, str | int] = {
            "part": "id,snippet,replies", "order": "time", "maxResults": self.page_size,
            "textFormat": "plainText", **asked,
        }  # fmt: skip
        walked = self.calls.walk(
            "commentThreads", params, where=where, owner=self.about.held, enough=self._enough()
        )
        for found in walked:
            if not isinstance(found, tuple):
                yield found
                continue
            number, threads = found
            said = self._said(threads, f"{where} page {number}")
            for thing in with_authors(self.calls, said):
                if isinstance(thing, Mention):
                    thing = thing.with_match(*matching(thing.text, self.terms))
                yield thing

    def _enough(self) -> Callable[[list[Any]], bool]:
        read = 0

        def enough(threads: list[Any]) -> bool:
            nonlocal read
            read += 1
            begun = list(times(threads)) or [self.about.at]
            capped = read >= self.calls.most_pages and min(begun) < self.since
            return capped or max(begun) < self.oldest

        return enough

    def _said(self, threads: list[Any], where: str) -> Iterator[Found]:
        """Each thread's first comment, then its replies: all of them where only a few were given."""
        for number, thread in enumerate(threads, 1):
            place = f"{where} thread {number}"
            first = partial(to_thread, about=self.about)
            for found in each([thread], first, at=self.about.at, where=place):
                yield found
                if isinstance(found, Mention):
                    yield from self._replies(found, replies(thread), f"{place} replies")

    def _replies(self, first: Mention, given: list[Any], where: str) -> Iterator[Found]:
        read = partial(to_comment, about=self.about, video=first.root_id)
        if not self.about.held and first.metrics.get("replies", 0) > len(given):
            asked: dict[str, str | int] = {
                "part": "snippet", "parentId": first.issued_id, "maxResults": self.page_size,
                "textFormat": "plainText",
            }  # fmt: skip
            try:
                for found in self.calls.walk("comments", asked, where=where):
                    if not isinstance(found, tuple):
                        yield found
                        continue
                    number, comments = found
                    page = f"{where} page {number}"
                    yield from each(comments, read, at=self.about.at, where=page)
                return
            except Absent:
                pass  # its first comment went in between; what came with it is what there was
            except CollectorError:
                yield from each(given, read, at=self.about.at, where=where)
                raise
        yield from each(given, read, at=self.about.at, where=where)
