"""TikTok: an account of our own, its videos, and the comments on them with all replies.

Not to be had: search by words and mentions in others' videos (the Research API is for universities and charities that
do research without profit, not for a body that watches its own name), and comments on others' videos.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import Collected, Http, SkippedItem, each, matching
from collectors.oauth import Grant
from collectors.placement import under
from collectors.queries import Follow, check_address, check_approval
from collectors.tiktok.client import CONNECT, Absent, Calls
from collectors.tiktok.parse import VIDEO_FIELDS, replies, to_comment, to_video
from collectors.tiktok.tokens import token_of
from core.context import Page
from core.errors import PlatformRefused
from core.models import Mention

MOST_VIDEOS = 20  # of one page of videos
_MOST_NAME = 300  # characters of a caption, as the name of the page


@dataclass(frozen=True, kw_only=True)
class TikTok:
    """One account. Comments are read on videos that are up to `comments_days` old."""

    name: ClassVar[str] = "tiktok"
    secrets: ClassVar[tuple[str, ...]] = ("access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=("user.info.basic", "video.list", "comment.list", "comment.list.manage"),
        pkce=False, between=",", client_name="client_key", token_of=token_of,
    )  # fmt: skip

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    approval: str = ""
    business_id: Annotated[str, Field(pattern=r"^[\w-]{8,80}$")]
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    terms: tuple[str, ...] = ()
    reply: bool = False
    comments_days: Annotated[int, Field(ge=1, le=365)] = 28
    base_url: str = "https://business-api.tiktok.com/open_api/v1.3"
    authorize_url: str = "https://www.tiktok.com/v2/auth/authorize/"
    token_url: str = "https://business-api.tiktok.com/open_api/v1.3/tt_user/oauth2/token/"
    page_size: Annotated[int, Field(ge=1, le=30)] = 30
    pages: Annotated[int, Field(ge=1, le=1000)] = 50

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)

    def follows(self) -> Iterator[Follow]:
        """The account itself, by the number that TikTok gives the app for it."""
        yield Follow("business_id", "tiktok", self.business_id.lower())

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Videos that are young enough for comments, then all that is under them: a new reply stands under an old comment."""
        self.check_access()
        oldest = min(since, self.at - timedelta(days=self.comments_days))
        videos: list[Mention] = []
        for video in self._videos(oldest):
            if isinstance(video, Mention):
                videos.append(video)
            yield video
        for number, video in enumerate(videos, 1):
            where = f"video {number} comments"
            try:
                yield from self._comments(video, where)
            except Absent:  # it stood in the list a moment ago
                yield SkippedItem(where, "the video is there no more, or not shown to us")

    def check_access(self) -> None:
        """Raises PlatformRefused where nothing lets it in."""
        check_approval(self.approval, "tiktok", "TikTok")
        if not self.access_token:
            raise PlatformRefused(f"TikTok: nobody has granted access: {CONNECT}")

    @property
    def calls(self) -> Calls:
        """The calls of one run."""
        return Calls(
            http=self.http, root=self.base_url.rstrip("/"), token=self.access_token, account=self.business_id,
            most_pages=self.pages,
        )  # fmt: skip

    def _videos(self, oldest: datetime) -> Iterator[Mention | SkippedItem]:
        """The newest first, down to `oldest`."""
        params = {"fields": json.dumps(VIDEO_FIELDS)}
        walked = self.calls.walk(
            "business/video/list",
            params,
            "videos",
            where="videos",
            size=min(self.page_size, MOST_VIDEOS),
        )
        for numbered_page in walked:
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, items = numbered_page
            videos = list(each(items, self.read_video, at=self.at, where=f"videos page {number}"))
            yield from (v for v in videos if isinstance(v, SkippedItem) or v.posted_at >= oldest)
            times = [video.posted_at for video in videos if isinstance(video, Mention)]
            if times and max(times) < oldest:
                return

    def _comments(self, video: Mention, where: str) -> Iterator[Mention | SkippedItem]:
        params: dict[str, str | int] = {
            "video_id": video.issued_id, "include_replies": "true", "status": "ALL",
            "sort_field": "create_time", "sort_order": "desc",
        }  # fmt: skip
        walked = self.calls.walk(
            "business/comment/list", params, "comments", where=where, size=self.page_size
        )
        for numbered_page in walked:
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, items = numbered_page
            yield from self._threads(items, video, f"{where} page {number}")

    def _threads(
        self, items: list[Any], video: Mention, where: str
    ) -> Iterator[Mention | SkippedItem]:
        """A page of comments, then the replies to each: those that came with it, or else all of them."""
        threads: list[tuple[Mention, list[Any], bool]] = []

        def read(item: Any) -> Mention:
            comment = self.read_comment(item, video)
            threads.append((comment, *replies(item)))
            return comment

        yield from each(items, read, at=self.at, where=where)
        for number, (above, shown, more) in enumerate(threads, 1):
            place = f"{where} thread {number}"
            read_reply = partial(self.read_comment, video=video, above=above)
            if not more:
                yield from each(shown, read_reply, at=self.at, where=place)
                continue
            params: dict[str, str | int] = {
                "video_id": video.issued_id, "comment_id": above.issued_id, "status": "ALL",
                "sort_field": "create_time", "sort_order": "desc",
            }  # fmt: skip
            for numbered_page in self.calls.walk(
                "business/comment/reply/list", params, "comments", where=place, size=self.page_size
            ):
                if isinstance(numbered_page, SkippedItem):
                    yield numbered_page
                else:
                    yield from each(numbered_page[1], read_reply, at=self.at, where=place)

    def read_video(self, item: Any) -> Mention:
        """One of our videos."""
        return self._matched(to_video(item, self.business_id, self.at))

    def read_comment(self, item: Any, video: Mention, above: Mention | None = None) -> Mention:
        """A comment on one of our videos, or a reply to `above`."""
        comment = self.read_alone(item, video.url)
        page = Page(owner="organisation", name=video.text[:_MOST_NAME], kind="video")
        return under(comment, page, above, video)

    def read_alone(self, item: Any, url: str) -> Mention:
        """A comment by itself; `url` is that of its video."""
        return self._matched(to_comment(item, url, self.business_id, self.at))

    def _matched(self, mention: Mention) -> Mention:
        return mention.with_match(*matching(mention.text, self.terms))
