"""YouTube: videos by search, comments on them and on the organisation's own channels.

Comments can't be searched, so that those on found videos are followed for a while. youtube_things.py
reads what youtube_calls.py asks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from collectors.accounts import Follow, in_query
from collectors.allowances import Spending, UsedUp
from collectors.base import Found, Http, Keep, Odd, moment
from collectors.grants import Grant
from collectors.searches import check_address
from collectors.youtube_calls import SEARCHES, UNITS, Calls
from collectors.youtube_errors import PACIFIC
from collectors.youtube_searches import LEFT_OFF, Searches
from collectors.youtube_things import About
from collectors.youtube_threads import Threads
from errors import ConfigError

_FOLLOWED = "videos"
_MOST_FOLLOWED = 200  # videos, the newest: a call each in every run
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
    kept: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    api_key: Annotated[str, Field(min_length=1)] = field(repr=False)
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_url: str = "https://oauth2.googleapis.com/token"
    terms: tuple[str, ...] = ()
    channels: tuple[Annotated[str, Field(pattern=r"^UC[\w-]{22}$")], ...] = ()
    held: bool = False
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

    def collect(self, since: datetime) -> Iterator[Found]:
        """Our channels first, then videos found before, then searches and what they find."""
        threads = Threads(
            calls=self.calls, about=self.about, terms=self.terms, since=since, page_size=self.page_size,
            oldest=min(since, self.at - timedelta(days=self.comments_days)),
        )  # fmt: skip
        searches = Searches(
            calls=self.calls, about=self.about, terms=self.terms, since=since, channels=self.channels,
            region=self.region, left_off=self.kept.get(LEFT_OFF, ""),
        )  # fmt: skip
        videos = self._followed()
        known = tuple(videos)
        try:
            yield from self._own_channels(threads)
            for number, video in enumerate(known, 1):
                yield from threads.under(video, f"comments of video {number}")
            yield from searches.read(videos)
            for number, video in enumerate([v for v in videos if v not in known], 1):
                yield from threads.under(video, f"comments of new video {number}")
        except UsedUp as spent:
            why = f"{spent}; the rest is read after midnight Pacific time"
            yield Odd("the quota", why, stops=True)
        newest = sorted(videos.items(), key=lambda one: one[1])[-_MOST_FOLLOWED:]
        yield Keep(_FOLLOWED, json.dumps(dict(newest)), always=True)

    @cached_property
    def calls(self) -> Calls:
        """What this source asks, against what is left of the day."""
        most = {SEARCHES: self.searches_a_day, UNITS: self.units_a_day}
        return Calls(
            http=self.http, base_url=self.base_url, api_key=self.api_key,
            access_token=self.access_token, most_pages=self.pages,
            spending=Spending(self.kept, self.at, PACIFIC, most),
        )  # fmt: skip

    @cached_property
    def about(self) -> About:
        """What reading an answer needs."""
        ours = {channel.lower() for channel in self.channels}
        return About(at=self.at, ours=frozenset(ours | self.official))

    def _own_channels(self, threads: Threads) -> Iterator[Found]:
        if self.held and not self.access_token:
            why = "are read in the owner's name alone: run `mentions connect youtube`"
            yield Odd("comments that are held for review", why)
        for number, channel in enumerate(self.channels, 1):
            asked = {"allThreadsRelatedToChannelId": channel}
            yield from threads.read(asked, f"comments of channel {number}")
            for state in _HELD if self.held and self.access_token else ():
                where = f"{state} comments of channel {number}"
                yield from threads.held({**asked, "moderationStatus": state}, where)

    def _followed(self) -> dict[str, str]:
        """Videos that searches found in the last `comments_days`, and when."""
        try:
            kept = json.loads(self.kept.get(_FOLLOWED) or "{}")
        except ValueError:
            kept = {}
        oldest = self.at - timedelta(days=self.comments_days)
        found = kept.items() if isinstance(kept, dict) else ()
        return {video: when for video, when in found if moment(when) >= oldest}
