"""YouTube's search: terms and own channels, within a daily bucket that is far smaller than the quota."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import clock
from collectors.allowances import UsedUp
from collectors.base import Found, Keep, Odd, each, matching
from collectors.searches import quoted
from collectors.youtube_authors import with_authors
from collectors.youtube_calls import AT_ONCE, SEARCHES, Calls
from collectors.youtube_things import About, from_search, to_video
from mention import Mention

LEFT_OFF = "left_off"  # the search at which the bucket was used up
_LONGEST = 256  # characters of a query: YouTube names no limit, but finds less by longer ones
_LATE = timedelta(days=1)  # a video can be out for hours before search finds it


def queries(terms: tuple[str, ...]) -> tuple[str, ...]:
    """The terms as few queries: a search costs the same however many it asks for. | is YouTube's or."""
    made: list[str] = []
    for part in dict.fromkeys(quoted(term) for term in terms if term.strip()):
        if made and len(made[-1]) + len(part) < _LONGEST:
            made[-1] += f"|{part}"
        else:
            made.append(part)
    return tuple(made)


@dataclass(frozen=True, kw_only=True)
class Searches:
    """Videos by each query, and those of our own channels, newest first."""

    calls: Calls
    about: About
    terms: tuple[str, ...]
    since: datetime
    channels: tuple[str, ...]
    region: str
    left_off: str

    def read(self, videos: dict[str, str]) -> Iterator[Found]:
        """All searches, those first that were left off; other people's videos are noted in `videos`.

        Where the bucket is used up, the run can't reach its end, and the next begins there.
        """
        found: set[str] = set()
        if not self.calls.spending.most[SEARCHES]:
            return  # turned off
        for number, (label, params) in enumerate(self._due(), 1):
            try:
                yield from self._search(label, params, f"search {number}", found, videos)
            except UsedUp as spent:
                if spent.what != SEARCHES:
                    raise
                yield Keep(LEFT_OFF, label, always=True)
                why = f"{spent}; the next run after midnight Pacific time begins here"
                yield Odd(f"search {number}", why, stops=True)
                return
        if self.left_off:
            yield Keep(LEFT_OFF, "", always=True)

    def _due(self) -> list[tuple[str, dict[str, str]]]:
        due = [(query, {"q": query}) for query in queries(self.terms)]
        due += [(channel, {"channelId": channel}) for channel in self.channels]
        first = next((n for n, (label, _) in enumerate(due) if label == self.left_off), 0)
        return due[first:] + due[:first]

    def _search(
        self, label: str, params: Mapping[str, str], where: str, found: set[str],
        videos: dict[str, str],
    ) -> Iterator[Found]:  # fmt: skip
        asked: dict[str, str | int] = {
            "part": "snippet", "type": "video", "order": "date", "regionCode": self.region,
            "publishedAfter": clock.text(self.since - _LATE)[:19] + "Z", "maxResults": AT_ONCE, **params,
        }  # fmt: skip
        for page in self.calls.walk("search", asked, where=where, what=SEARCHES):
            if not isinstance(page, tuple):
                yield page
                continue
            number, results = page
            place = f"{where} page {number}"
            for thing in with_authors(self.calls, self._videos(results, place, found)):
                if isinstance(thing, Mention):
                    thing = self._matched(thing, label)
                    if not thing.own:
                        videos.setdefault(thing.issued_id, clock.text(self.about.at))
                yield thing

    def _videos(self, results: list[Any], where: str, found: set[str]) -> Iterator[Found]:
        """What a page of results found, looked up for the whole text; as search cut it without units."""
        short: dict[str, Mention] = {}
        for seen in each(
            results, partial(from_search, about=self.about), at=self.about.at, where=where
        ):
            if isinstance(seen, Odd):
                yield seen
            elif seen.issued_id not in found:
                short[seen.issued_id] = seen
        found.update(short)
        try:
            full = yield from self.calls.by_ids("videos", "snippet,statistics,status", list(short))
        except UsedUp:
            yield from short.values()
            raise
        read = partial(to_video, about=self.about)
        yield from each(full, read, at=self.about.at, where=f"{where} video")

    def _matched(self, video: Mention, label: str) -> Mention:
        """With the terms that it names; search also finds by what is said in a video."""
        named = matching(video.text, self.terms)
        return video.with_match(*(named or ((label,) if label not in self.channels else ())))
