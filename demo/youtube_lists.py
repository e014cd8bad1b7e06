"""The list calls of the YouTube Data API: search, threads, comments, videos, channels, uploads."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import clock
from demo.youtube_posts import (
    Catalogue,
    Channel,
    Comment,
    Video,
    channel_resource,
    comment_resource,
    search_resource,
    thread_resource,
    video_resource,
)  # fmt: skip

MOST_IDS = 50
_WORD = re.compile(r'-?"[^"]*"|[^\s|]+')


class YouTubeError(Exception):
    """One of the platform's own: status, reason, message, and the domain that the reason is of."""

    def __init__(self, status: int, reason: str, message: str = "", domain: str = "global") -> None:
        super().__init__(message or reason)
        self.status, self.reason, self.domain = status, reason, domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One list call. `owner`: by the own channel's token. `size`: the most that a page holds."""

    query: Mapping[str, str]
    owner: bool
    own: str  # the own channel's id
    size: int
    circling: bool = False  # the page token that was sent comes back

    @property
    def plain(self) -> bool:
        """Whether texts are asked for without HTML."""
        return self.query.get("textFormat", "html") == "plainText"

    def parts(self, known: str) -> set[str]:
        """What `part` names. Raises YouTubeError for none or an unknown one."""
        named = {part for part in self.query.get("part", "").split(",") if part}
        if not named:
            raise YouTubeError(400, "missingRequiredParameter", "No part was selected")
        if named - set(known.split()):
            raise YouTubeError(400, "unknownPart", "Unknown part", "youtube.part")
        return named

    def ids(self) -> list[str]:
        """What `id` names."""
        named = [one for one in self.query.get("id", "").split(",") if one]
        if len(named) > MOST_IDS:
            raise YouTubeError(
                400, "invalidFilters", f"At most {MOST_IDS} ids", "youtube.parameter"
            )
        return named

    def paged(
        self, kind: str, items: Sequence[Any], *, most: int, about: int = 0
    ) -> dict[str, Any]:
        """A page of a list. `about` is what totalResults estimates."""
        asked = self.query.get("maxResults", str(min(20, most)))
        if not asked.isdigit() or not 0 <= int(asked) <= most:
            raise YouTubeError(400, "invalidParameter", f"maxResults goes to {most}")
        token = self.query.get("pageToken")
        size = MOST_IDS if "id" in self.query else min(int(asked), self.size)
        start = _place(token) if token else 0
        body: dict[str, Any] = {"kind": f"youtube#{kind}ListResponse", "etag": f"{kind}-{start}"}
        if start + size < len(items):
            body["nextPageToken"] = _token(start + size)
        if self.circling:
            body["nextPageToken"] = token or _token(start + size)
        page = list(items[start : start + size])
        total = about or len(page)
        return body | {"pageInfo": {"totalResults": total, "resultsPerPage": size}, "items": page}


def search(made: Catalogue, asked: Asked) -> dict[str, Any]:
    """Videos and channels whose title, description or tags hold what `q` asks for, `a|b`, `-c`."""
    asked.parts("snippet id")
    query = asked.query
    if not re.fullmatch("[A-Z]{2}", query.get("regionCode", "GB")):
        raise YouTubeError(400, "invalidRegionCode", "regionCode has two letters", "youtube.search")
    kinds = query.get("type", "video,channel").split(",")
    matches = _matcher(query.get("q", ""))
    after, before = _moment(query, "publishedAfter"), _moment(query, "publishedBefore")
    found: list[Video | Channel] = [
        video for video in made.videos.values()
        if "video" in kinds
        and query.get("channelId", video.channel) == video.channel
        and (after is None or video.posted >= after)
        and (before is None or video.posted < before)
        and matches(" ".join((video.title, video.description, *video.tags)))
    ]  # fmt: skip
    found.sort(key=lambda one: one.posted if isinstance(one, Video) else one.begun, reverse=True)
    if "channel" in kinds and "channelId" not in query:
        found += [
            one for one in made.channels.values() if matches(f"{one.title} {one.description}")
        ]
    items: list[Any] = [search_resource(made, one) for one in found]
    if items and "video" in kinds:
        items[1:1] = made.authored["malformed"]["search"]
    body = asked.paged("search", items, most=50, about=1_000_000)
    return body | {"regionCode": query.get("regionCode", "GB")}


def comment_threads(made: Catalogue, asked: Asked) -> dict[str, Any]:
    """Threads by id, of a video, or of all of a channel's videos."""
    parts, query = asked.parts("id snippet replies"), asked.query
    filters = [name for name in ("id", "videoId", "allThreadsRelatedToChannelId") if name in query]
    if len(filters) != 1:
        raise YouTubeError(
            400, "missingRequiredParameter", "Select one filter", "youtube.commentThread"
        )
    if filters == ["id"]:
        known = [made.comments[one] for one in asked.ids() if one in made.comments]
        found = [one for one in known if not one.parent and _visible(made, asked, one)]
    else:
        found = _threads(made, asked, filters[0])
    items: list[Any] = [
        thread_resource(made, one, parts, plain=asked.plain, owner=_mine(made, asked, one))
        for one in found
    ]
    if query.get("allThreadsRelatedToChannelId") == asked.own and "moderationStatus" not in query:
        items[3:3] = made.authored["malformed"]["threads"]
    return asked.paged("commentThread", items, most=100)


def comments(made: Catalogue, asked: Asked) -> dict[str, Any]:
    """All replies to a comment, or comments and replies by id."""
    asked.parts("id snippet")
    query = asked.query
    if ("id" in query) == ("parentId" in query):
        raise YouTubeError(400, "missingRequiredParameter", "Select one filter", "youtube.comment")
    if "id" in query:
        known = [made.comments[one] for one in asked.ids() if one in made.comments]
        found = [one for one in known if _visible(made, asked, one)]
    else:
        if query["parentId"] not in made.comments:
            raise not_found("comment")
        found = [one for one in made.replies(query["parentId"]) if _visible(made, asked, one)]
    items = [
        comment_resource(made, one, plain=asked.plain, owner=_mine(made, asked, one))
        for one in found
    ]
    return asked.paged("comment", items, most=100)


def videos(made: Catalogue, asked: Asked) -> dict[str, Any]:
    """Videos by id; one that is gone is absent."""
    parts = asked.parts("id snippet statistics status contentDetails")
    found = [made.videos[one] for one in asked.ids() if one in made.videos]
    return asked.paged("video", [video_resource(made, one, parts) for one in found], most=50)


def channels(made: Catalogue, asked: Asked) -> dict[str, Any]:
    """Channels by id or handle, or the token's own."""
    parts, query = asked.parts("id snippet statistics contentDetails brandingSettings"), asked.query
    found = [made.channels[one] for one in asked.ids() if one in made.channels]
    if "forHandle" in query:
        wanted = query["forHandle"].lstrip("@").lower()
        found = [one for one in made.channels.values() if one.handle.lstrip("@") == wanted]
    if query.get("mine") == "true":
        if not asked.owner:
            raise YouTubeError(401, "authorizationRequired", "Authorization required")
        found = [made.channels[asked.own]]
    return asked.paged("channel", [channel_resource(made, one, parts) for one in found], most=50)


def playlist_items(made: Catalogue, asked: Asked) -> dict[str, Any]:
    """A channel's uploads, newest first, by the playlist that `contentDetails` names."""
    asked.parts("id snippet contentDetails status")
    channel = "UC" + asked.query.get("playlistId", "")[2:]
    if channel not in made.channels:
        raise YouTubeError(
            404, "playlistNotFound", "The playlist can't be found", "youtube.playlistItem"
        )
    found = [video for video in made.videos.values() if video.channel == channel]
    items = [
        {"kind": "youtube#playlistItem", "etag": one.id, "id": f"PI{one.id}",
         "snippet": video_resource(made, one, {"snippet"})["snippet"]
         | {"resourceId": {"kind": "youtube#video", "videoId": one.id}},
         "contentDetails": {"videoId": one.id}}
        for one in sorted(found, key=lambda one: one.posted, reverse=True)
    ]  # fmt: skip
    return asked.paged("playlistItem", items, most=50)


LISTS: Mapping[str, Callable[[Catalogue, Asked], dict[str, Any]]] = {
    "search": search, "commentThreads": comment_threads, "comments": comments, "videos": videos,
    "channels": channels, "playlistItems": playlist_items,
}  # fmt: skip


def not_found(what: str) -> YouTubeError:
    """`videoNotFound`, `commentNotFound`, `channelNotFound`."""
    return YouTubeError(404, f"{what}NotFound", f"The {what} can't be found.", f"youtube.{what}")


def _threads(made: Catalogue, asked: Asked, by: str) -> list[Comment]:
    query, status = asked.query, asked.query.get("moderationStatus", "published")
    if by == "videoId":
        video = made.videos.get(query[by])
        if video is None:
            raise not_found("video")
        if video.comments_off:
            words = "The video identified by the videoId parameter has disabled comments."
            raise YouTubeError(403, "commentsDisabled", words, "youtube.commentThread")
        where, channel = {video.id}, video.channel
    else:
        channel = query[by]
        if channel not in made.channels:
            raise not_found("channel")
        where = {video.id for video in made.videos.values() if video.channel == channel}
    if status != "published" and not (asked.owner and channel == asked.own):
        raise YouTubeError(403, "insufficientPermissions", "Only the owner sees what is held")
    terms = query.get("searchTerms", "").casefold()
    found = [
        one for one in made.comments.values()
        if one.video in where and not one.parent and one.status == status and terms in one.text.casefold()
    ]  # fmt: skip
    newest = query.get("order", "time") == "time"
    return sorted(found, key=lambda one: one.posted if newest else one.likes, reverse=True)


def _mine(made: Catalogue, asked: Asked, one: Comment) -> bool:
    return asked.owner and made.videos[one.video].channel == asked.own


def _visible(made: Catalogue, asked: Asked, one: Comment) -> bool:
    return made.seen(one) or _mine(made, asked, one)


def _matcher(query: str) -> Callable[[str], bool]:
    """`|` between alternatives; the words of one must all be there, one with `-` must not."""
    options = [_WORD.findall(part) for part in query.split("|")]

    def holds(text: str) -> bool:
        said = " ".join(text.casefold().split())
        return any(
            all((_has(said, word.lstrip("-"))) != word.startswith("-") for word in option)
            for option in options
            if option or not query
        )

    return holds


def _has(text: str, word: str) -> bool:
    wanted = re.escape(word.strip('"').casefold())
    return re.search(rf"(?<!\w){wanted}(?!\w)", text) is not None


def _moment(query: Mapping[str, str], name: str) -> Any:
    if name not in query:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", query[name]):
        raise YouTubeError(400, "invalidParameter", f"{name} must be RFC 3339")
    return clock.parse(query[name])


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"page:{start}".encode()).decode().rstrip("=")


def _place(token: str) -> int:
    try:
        padded = token + "=" * (-len(token) % 4)
        return int(base64.urlsafe_b64decode(padded).decode().removeprefix("page:"))
    except (ValueError, binascii.Error) as error:
        raise YouTubeError(400, "invalidPageToken", "The page token is not valid") from error
