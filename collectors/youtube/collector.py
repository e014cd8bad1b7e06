"""YouTube: videos by search, comments on them and on the organisation's own channels.

Comments can't be searched, so that those on found videos are followed for a while. parse.py
reads what client.py asks for.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import Collected, Http, SaveState, SkippedItem, each, matching, moment
from collectors.context import object_of, text_of
from collectors.oauth import Grant
from collectors.parts import Part, Parts, digest
from collectors.queries import Follow, check_address, in_query, quoted
from collectors.quota import Spending, UsedUp
from collectors.youtube.captions import Captions
from collectors.youtube.client import (
    AT_ONCE,
    CAPTIONS,
    PACIFIC,
    SEARCHES,
    UNITS,
    Absent,
    Calls,
    CommentsDisabled,
    Forbidden,
    Unprocessed,
)
from collectors.youtube.parse import (
    About,
    Videos,
    from_search,
    replies,
    times,
    to_comment,
    to_gone,
    to_thread,
    to_video,
    videos_of,
    with_authors,
)
from core import clock
from core.errors import CollectorError, ConfigError
from core.models import Mention

_FOLLOWED = "videos"
_MOST_FOLLOWED = 200  # videos, the newest: a call each in every run
GONE = "there no more (deleted, or private now)"
_HELD = ("heldForReview", "likelySpam")


@dataclass(frozen=True, kw_only=True)
class YouTube:
    """Search within its daily bucket; threads with all replies, within the daily quota."""

    name: ClassVar[str] = "youtube"
    secrets: ClassVar[tuple[str, ...]] = ("api_key", "access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=("https://www.googleapis.com/auth/youtube.force-ssl",),
        extra={"access_type": "offline", "prompt": "consent"},
    )
    grant_optional: ClassVar[bool] = True  # the key reads what is public

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    api_key: Annotated[str, Field(min_length=1)] = field(repr=False)
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_url: str = "https://oauth2.googleapis.com/token"
    terms: tuple[str, ...] = ()
    channels: tuple[Annotated[str, Field(pattern=r"^UC[\w-]{22}$")], ...] = ()
    reply: bool = False
    held: bool = False
    captions: bool = False
    captions_a_day: Annotated[int, Field(ge=0, le=1_000)] = 8
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "GB"
    comments_days: Annotated[int, Field(ge=1, le=365)] = 28
    searches_a_day: Annotated[int, Field(ge=0, le=1_000_000)] = 100
    units_a_day: Annotated[int, Field(ge=1, le=100_000_000)] = 10_000
    base_url: str = "https://www.googleapis.com/youtube/v3"
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)
        if not (any(term.strip() for term in self.terms) or self.channels):
            raise ConfigError("terms: nothing to look for; give terms or channels")

    def follows(self) -> Iterator[Follow]:
        """The channels, and whom terms name."""
        for channel in self.channels:
            yield Follow("channels", "youtube", channel.lower())
        for term in self.terms:
            yield from in_query(term, "youtube", "terms")

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Our channels first, then videos found before, then searches and what they find."""
        videos = self._followed()
        places = Videos(calls=self.calls, about=self.about, followed=tuple(videos))
        threads = Threads(
            calls=self.calls, about=self.about, places=places, terms=self.terms, since=since, page_size=self.page_size,
            oldest=min(since, self.at - timedelta(days=self.comments_days)),
        )  # fmt: skip
        searches = Searches(
            calls=self.calls, about=self.about, terms=self.terms, since=since, channels=self.channels,
            region=self.region, left_off=self.state.get(LEFT_OFF, ""), places=places,
        )  # fmt: skip
        known = tuple(videos)
        parts = Parts(self.state, since, self.at)
        try:
            yield from self._own_channels(threads, parts)
            for number, video in enumerate(known, 1):
                yield from self._comments(threads, videos, video, f"comments of video {number}")
            yield from searches.read(videos)
            for number, video in enumerate([v for v in videos if v not in known], 1):
                where = f"comments of new video {number}"
                yield from self._comments(threads, videos, video, where)
            yield from self._captions(places)
        except UsedUp as spent:
            why = f"{spent}; the rest is read after midnight Pacific time"
            yield SkippedItem("the quota", why, stops=True)
        newest = sorted(videos.items(), key=lambda pair: pair[1])[-_MOST_FOLLOWED:]
        yield SaveState(_FOLLOWED, json.dumps(dict(newest)), always=True)
        if self.channels:
            yield from parts.end("channels")

    def _captions(self, places: Videos) -> Iterator[Collected]:
        """What is said in our own videos that this run found, and in those for which an earlier one had no units left."""
        if not (self.captions and self.channels):
            return
        if not self.access_token:
            why = "are given to the owner alone: run `mentions connect youtube`"
            yield SkippedItem("captions of our own videos", why)
            return
        own = {video: seen for video, seen in places.known.items() if seen is not None and seen.own}
        yield from Captions(calls=self.calls, about=self.about, state=self.state).read(own)

    @cached_property
    def calls(self) -> Calls:
        """What this source asks, against what is left of the day."""
        most = {
            SEARCHES: self.searches_a_day,
            UNITS: self.units_a_day,
            CAPTIONS: self.captions_a_day,
        }
        return Calls(
            http=self.http, base_url=self.base_url, api_key=self.api_key,
            access_token=self.access_token, most_pages=self.pages,
            spending=Spending(self.state, self.at, PACIFIC, most),
        )  # fmt: skip

    @cached_property
    def about(self) -> About:
        """What reading an answer needs."""
        ours = {channel.lower() for channel in self.channels}
        return About(at=self.at, ours=frozenset(ours | self.official), providers=self.providers)

    def _own_channels(self, threads: Threads, parts: Parts) -> Iterator[Collected]:
        """Each is a part of this source: one that is not there, or not for us, costs no other."""
        if self.held and not self.access_token:
            why = "are read in the owner's name alone: run `mentions connect youtube`"
            yield SkippedItem("comments that are held for review", why)
        for number, channel in enumerate(self.channels, 1):
            part = Part(
                key=digest(channel), kind="channel", where=f"channel {number}", name=channel
            )
            read = partial(self._channel, threads, channel, number)
            yield from parts.read(part, read, alone=(Absent, Forbidden))

    def _channel(
        self, threads: Threads, channel: str, number: int, since: datetime
    ) -> Iterator[Collected]:
        oldest = min(since, threads.oldest)
        threads = dataclasses.replace(threads, since=since, oldest=oldest)
        filters = {"allThreadsRelatedToChannelId": channel}
        yield from threads.read(filters, f"comments of channel {number}")
        for state in _HELD if self.held and self.access_token else ():
            where = f"{state} comments of channel {number}"
            yield from threads.read_held({**filters, "moderationStatus": state}, where)

    def _comments(
        self, threads: Threads, videos: dict[str, str], video: str, where: str
    ) -> Iterator[Collected]:
        """The comments on a video; one that the list of videos lacks too is gone, and followed no more."""
        try:
            yield from threads.under(video, where)
        except Absent:
            if (yield from self.calls.by_ids("videos", "id", [video])):
                return
            yield to_gone(video, self.about, moment(videos.pop(video)))
            yield SkippedItem(where, f"the video is {GONE}; its comments are read no more")

    def _followed(self) -> dict[str, str]:
        """Videos that searches found in the last `comments_days`, and when."""
        try:
            saved_videos = json.loads(self.state.get(_FOLLOWED) or "{}")
        except ValueError:
            saved_videos = {}
        oldest = self.at - timedelta(days=self.comments_days)
        entries = saved_videos.items() if isinstance(saved_videos, dict) else ()
        return {video: when for video, when in entries if moment(when) >= oldest}


# ── YouTube's search, within a daily bucket far smaller than the quota. ───────────────────────────

LEFT_OFF = "left_off"  # the search at which the bucket was used up
_LONGEST = 256  # characters of a query: YouTube names no limit, but finds less by longer ones
_LATE = timedelta(days=1)  # a video can be out for hours before search finds it


def queries(terms: tuple[str, ...]) -> tuple[str, ...]:
    """The terms as few queries: a search costs the same however many it asks for. | is YouTube's or."""
    joined_terms: list[str] = []
    for part in dict.fromkeys(quoted(term) for term in terms if term.strip()):
        if joined_terms and len(joined_terms[-1]) + len(part) < _LONGEST:
            joined_terms[-1] += f"|{part}"
        else:
            joined_terms.append(part)
    return tuple(joined_terms)


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
    places: Videos

    def read(self, videos: dict[str, str]) -> Iterator[Collected]:
        """All searches, those first that were left off; other people's videos are noted in `videos`.

        Where the bucket is used up, the run can't reach its end, and the next begins there.
        """
        seen_ids: set[str] = set()
        if not self.calls.spending.most[SEARCHES]:
            return  # turned off
        for number, (label, params) in enumerate(self._due(), 1):
            try:
                yield from self._search(label, params, f"search {number}", seen_ids, videos)
            except UsedUp as spent:
                if spent.what != SEARCHES:
                    raise
                yield SaveState(LEFT_OFF, label, always=True)
                why = f"{spent}; the next run after midnight Pacific time begins here"
                yield SkippedItem(f"search {number}", why, stops=True)
                return
        if self.left_off:
            yield SaveState(LEFT_OFF, "", always=True)

    def _due(self) -> list[tuple[str, dict[str, str]]]:
        due = [(query, {"q": query}) for query in queries(self.terms)]
        due += [(channel, {"channelId": channel}) for channel in self.channels]
        first = next((n for n, (label, _) in enumerate(due) if label == self.left_off), 0)
        return due[first:] + due[:first]

    def _search(
        self, label: str, params: Mapping[str, str], where: str, seen_ids: set[str],
        videos: dict[str, str],
    ) -> Iterator[Collected]:  # fmt: skip
        query_params: dict[str, str | int] = {
            "part": "snippet", "type": "video", "order": "date", "regionCode": self.region,
            "publishedAfter": clock.text(self.since - _LATE)[:19] + "Z", "maxResults": AT_ONCE, **params,
        }  # fmt: skip
        for page in self.calls.walk("search", query_params, where=where, what=SEARCHES):
            if not isinstance(page, tuple):
                yield page
                continue
            number, results = page
            place = f"{where} page {number}"
            for thing in with_authors(self.calls, self._videos(results, place, seen_ids)):
                if isinstance(thing, Mention):
                    thing = self._matched(thing, label)
                    if thing.deleted:
                        videos.pop(thing.issued_id, None)
                        yield thing
                        continue
                    self.places.known[thing.issued_id] = thing
                    if not thing.own:
                        videos.setdefault(thing.issued_id, clock.text(self.about.at))
                yield thing

    def _videos(self, results: list[Any], where: str, seen_ids: set[str]) -> Iterator[Collected]:
        """What a page of results found, looked up for the whole text; as search cut it without units."""
        short: dict[str, Mention] = {}
        for seen in each(
            results, partial(from_search, about=self.about), at=self.about.at, where=where
        ):
            if isinstance(seen, SkippedItem):
                yield seen
            elif seen.issued_id not in seen_ids:
                short[seen.issued_id] = seen
        seen_ids.update(short)
        try:
            full = yield from self.calls.by_ids("videos", "snippet,statistics,status", list(short))
        except UsedUp:
            yield from short.values()
            raise
        read = partial(to_video, about=self.about)
        yield from each(full, read, at=self.about.at, where=f"{where} video")
        yield from self._gone(short, full, where)

    def _gone(
        self, short: Mapping[str, Mention], full: list[Any], where: str
    ) -> Iterator[Collected]:
        """Videos that search names and the list of videos lacks: none is left out in silence.

        What we hold of one is marked as deleted by this. An odd entry may be any of them, so that then
        they are told alone.
        """
        listed = {text_of(object_of(video).get("id")) for video in full}
        gone = [mention for own_id, mention in short.items() if own_id not in listed]
        if gone and len(full) + len(gone) == len(short):
            yield from (to_gone(m.issued_id, self.about, m.posted_at) for m in gone)
        if gone:
            why = f"videos that search names and that are {GONE}: {len(gone)}; left out"
            yield SkippedItem(where, why)

    def _matched(self, video: Mention, label: str) -> Mention:
        """With the terms that it names; search also finds by what is said in a video."""
        named = matching(video.text, self.terms)
        return video.with_match(*(named or ((label,) if label not in self.channels else ())))


# ── YouTube's comment threads: those of a channel or a video, with all of their replies. ──────────


@dataclass(frozen=True, kw_only=True)
class Threads:
    """Threads, the newest first, until they are older than `oldest`: old ones get late replies.

    What is older than `since` is a second look, so that the cap of pages ends it in silence.
    """

    calls: Calls
    about: About
    places: Videos
    terms: tuple[str, ...]
    since: datetime
    oldest: datetime
    page_size: int

    def under(self, video: str, where: str) -> Iterator[Collected]:
        """The comments on somebody's video, if it takes any. Raises Absent, UsedUp."""
        try:
            yield from self.read({"videoId": video}, where)
        except (Forbidden, Unprocessed) as error:
            yield SkippedItem(where, f"{error}; gone on with the rest")
        except CommentsDisabled:
            return

    def read_held(self, filters: Mapping[str, str], where: str) -> Iterator[Collected]:
        """What waits for review, read in the owner's name; what is public in its threads is left out."""
        own = dataclasses.replace(self, about=dataclasses.replace(self.about, held_for_review=True))
        for thing in own.read(filters, where):
            if not isinstance(thing, Mention) or thing.hidden:
                yield thing

    def read(self, filters: Mapping[str, str], where: str) -> Iterator[Collected]:
        """Every thread by this filter, page by page. Raises UsedUp."""
        params: dict[str, str | int] = {
            "part": "id,snippet,replies", "order": "time", "maxResults": self.page_size,
            "textFormat": "plainText", **filters,
        }  # fmt: skip
        walked = self.calls.walk(
            "commentThreads",
            params,
            where=where,
            owner=self.about.held_for_review,
            enough=self._enough(),
        )
        for numbered_page in walked:
            if not isinstance(numbered_page, tuple):
                yield numbered_page
                continue
            number, threads = numbered_page
            yield from self.places.look_up(videos_of(threads))
            comments = self._said(threads, f"{where} page {number}")
            for thing in with_authors(self.calls, comments):
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

    def _said(self, threads: list[Any], where: str) -> Iterator[Collected]:
        """Each thread's first comment, then its replies: all of them where only a few were given."""
        for number, thread in enumerate(threads, 1):
            place = f"{where} thread {number}"
            first = partial(to_thread, about=self.about)
            for comment in each([thread], first, at=self.about.at, where=place):
                if isinstance(comment, SkippedItem):
                    yield comment
                    continue
                yield self.places.place(comment)
                for reply in self._replies(comment, replies(thread), f"{place} replies"):
                    yield (
                        self.places.place(reply, comment) if isinstance(reply, Mention) else reply
                    )

    def _replies(
        self, first: Mention, included_replies: list[Any], where: str
    ) -> Iterator[Collected]:
        read = partial(to_comment, about=self.about, video=first.root_id)
        if not self.about.held_for_review and first.metrics.get("replies", 0) > len(
            included_replies
        ):
            params: dict[str, str | int] = {
                "part": "snippet", "parentId": first.issued_id, "maxResults": self.page_size,
                "textFormat": "plainText",
            }  # fmt: skip
            try:
                for numbered_page in self.calls.walk("comments", params, where=where):
                    if not isinstance(numbered_page, tuple):
                        yield numbered_page
                        continue
                    number, comments = numbered_page
                    page = f"{where} page {number}"
                    yield from each(comments, read, at=self.about.at, where=page)
                return
            except Absent:
                pass  # its first comment went in between; what came with it is what there was
            except CollectorError:
                yield from each(included_replies, read, at=self.about.at, where=where)
                raise
        yield from each(included_replies, read, at=self.about.at, where=where)
