"""The YouTube Data API on loopback: key or owner's token, quota by the day, lists and moderation."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from core import clock
from demo.pictures import picture
from demo.platforms.youtube_data import (  # fmt: skip
    Catalogue,
    Channel,
    Comment,
    Video,
    catalogue,
    channel_resource,
    comment_resource,
    search_resource,
    thread_resource,
    video_resource,
)
from demo.posts_loader import TERMS, ago
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

API_KEY, TOKEN = "demo-youtube-key", "demo-youtube-token"
PAGE = 4  # so that there are pages, whatever `maxResults` asks for
SEARCHES_A_DAY, UNITS_A_DAY = 100, 10_000
WRITE = 50  # units; a list call costs one
STATUSES = ("heldForReview", "published", "rejected")
QUOTA = "The request cannot be completed because you have exceeded your quota."


class YouTubeStandIn(StandIn):
    """`searches` and `units` are what is left of the day. Who has TOKEN owns the channel `own`."""

    name: ClassVar[str] = "youtube"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.catalogue = catalogue(at, self.url)
        self.own = self.catalogue.keys["own"]
        self.consent = Consent(self.name, offline=False)
        self.searches, self.units = SEARCHES_A_DAY, UNITS_A_DAY
        self._failing: list[YouTubeError] = []

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": f"{self.url}/youtube/v3", "api_key": secret("youtube-key", API_KEY),
                "access_token": secret("youtube-token", TOKEN), "held": True,
                "client_id": secret("youtube-client", self.consent.client_id),
                "client_secret": secret("youtube-secret", self.consent.client_secret),
                "authorize_url": f"{self.url}/o/oauth2/v2/auth", "token_url": f"{self.url}/token",
                "channels": [self.own],
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def fail(self, status: int, reason: str, times: int = 1) -> None:
        """The next `times` calls are answered with this error: `processingFailure`, say, with 400."""
        self._failing += [YouTubeError(status, reason)] * times

    def answer(self, request: Request) -> Answer:
        match request.path.strip("/").split("/"):
            case ["pictures", name]:
                return Answer(body=picture(name.removesuffix(".png")), type="image/png")
            case ["o", "oauth2", "v2", "auth"]:
                return self.consent.authorize(request)
            case ["token"]:
                return self._give_token(request)
            case ["youtube", "v3", *steps]:
                try:
                    return self._asked(request, steps)
                except YouTubeError as error:
                    return _refused(error)
        return self.refusal(404, 0)

    def refusal(self, status: int, seconds: float) -> Answer:
        if status == 502:
            return Answer(
                status=502, body=b"<html><title>Error 502</title></html>", type="text/html"
            )
        if status in (402, 410, 426):  # as a few older answers are
            return _json(status, {"error": "This request is not valid"})
        reason, domain = {
            400: ("badRequest", "global"), 401: ("authError", "global"), 403: ("forbidden", "global"),
            404: ("notFound", "global"), 429: ("rateLimitExceeded", "usageLimits"),
        }.get(status, ("backendError", "global"))  # fmt: skip
        return _refused(YouTubeError(status, reason, domain=domain))

    def change(self) -> None:
        """A later day: what youtube.json's "later" says is edited, deleted, held or added."""
        catalogue = self.catalogue
        for step in catalogue.authored["later"]:
            if "edit" in step:
                comment = catalogue.comments[catalogue.keys[step["edit"]]]
                comment.text, comment.edited = step["text"], self.at - ago("1m")
            elif "delete" in step:
                catalogue.take_away(catalogue.keys[step["delete"]])
            elif "hold" in step:
                catalogue.comments[catalogue.keys[step["hold"]]].status = "heldForReview"
            elif "remove_video" in step:
                video = catalogue.keys[step["remove_video"]]
                del catalogue.videos[video]
                for orphan in [
                    comment for comment in catalogue.comments.values() if comment.video == video
                ]:
                    catalogue.comments.pop(orphan.id, None)
            elif "under" in step:
                catalogue.add(step["add"], catalogue.keys[step["under"]])
            else:
                parent = catalogue.comments[catalogue.keys[step["answer"]]]
                catalogue.add(step["add"], parent.video, parent.id)

    def _asked(self, request: Request, steps: list[str]) -> Answer:
        owner = self._owner(request)
        if self._failing:
            raise self._failing.pop(0)
        if request.method == "GET" and len(steps) == 1 and steps[0] in LISTS:
            self._spend(steps[0])
            call = ListCall(query=request.query, owner=owner, own=self.own, size=PAGE,
                          circling=request.fault == "repeat_token")  # fmt: skip
            return _json(200, LISTS[steps[0]](self.catalogue, call))
        self._spend("write")
        if not owner:
            raise YouTubeError(403, "insufficientPermissions", "The owner's token is needed")
        match request.method, steps:
            case "POST", ["comments", "setModerationStatus"]:
                self._moderate(request)
            case "DELETE", ["comments"]:
                self._delete(request.query.get("id", ""))
            case _:
                raise YouTubeError(404, "notFound")
        return Answer(status=204)

    def _owner(self, request: Request) -> bool:
        """Whether the owner asks; a key is enough for anybody. Raises YouTubeError."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind:
            if kind.lower() != "bearer" or token not in (TOKEN, *self.consent.given):
                raise YouTubeError(401, "authError", "Invalid Credentials")
            return True
        key = request.headers.get("x-goog-api-key") or request.query.get("key")
        if not key:
            raise YouTubeError(403, "forbidden", "The request is missing a valid API key.")
        if key != API_KEY:
            raise YouTubeError(400, "keyInvalid", "API key not valid.", "usageLimits")
        return False

    def _spend(self, what: str) -> None:
        """Faulty requests cost too."""
        cost = WRITE if what == "write" else 1
        left = self.searches if what == "search" else self.units
        if left < cost:
            raise YouTubeError(403, "quotaExceeded", QUOTA, "youtube.quota")
        if what == "search":
            self.searches -= cost
        else:
            self.units -= cost

    def _moderate(self, request: Request) -> None:
        query, catalogue = request.query, self.catalogue
        status, ids = query.get("moderationStatus"), query.get("id", "").split(",")
        if status not in STATUSES or len(ids) > MOST_IDS:
            raise YouTubeError(400, "invalidParameter", "id or moderationStatus can't be used")
        if query.get("banAuthor") == "true" and status != "rejected":
            raise YouTubeError(400, "banWithoutReject", domain="youtube.comment")
        if any(number not in catalogue.comments for number in ids):
            raise not_found("comment")
        if any(
            catalogue.videos[catalogue.comments[number].video].channel != self.own for number in ids
        ):
            raise YouTubeError(403, "forbidden", "Only on one's own channel", "youtube.comment")
        for number in ids:
            if status == "rejected":  # which nothing brings back
                catalogue.take_away(number)
            else:
                catalogue.comments[number].status = status

    def _delete(self, number: str) -> None:
        comment = self.catalogue.comments.get(number)
        if comment is None:
            raise not_found("comment")
        if comment.author != self.own:
            raise YouTubeError(403, "forbidden", "Only one's own comment", "youtube.comment")
        self.catalogue.take_away(number)

    def _give_token(self, request: Request) -> Answer:
        try:
            granted = self.consent.granted(request)
        except Refused as error:
            status = 401 if error.error == "invalid_client" else 400
            return _json(status, {"error": error.error, "error_description": error.description})
        body = {"access_token": granted.access_token, "expires_in": 3599, "token_type": "Bearer",
                "scope": granted.scope}  # fmt: skip
        if granted.refresh_token:
            body["refresh_token"] = granted.refresh_token
        return _json(200, body)


def _refused(error: YouTubeError) -> Answer:
    words = str(error)
    listed = {"domain": error.domain, "reason": error.reason, "message": words}
    return _json(
        error.status, {"error": {"code": error.status, "message": words, "errors": [listed]}}
    )


def _json(status: int, body: Any) -> Answer:
    return Answer(
        status=status, body=json.dumps(body).encode(), type="application/json; charset=UTF-8"
    )


# ── The list calls of the YouTube Data API: search, threads, comments, videos, channels, uploads.

MOST_IDS = 50
_WORD = re.compile(r'-?"[^"]*"|[^\s|]+')


class YouTubeError(Exception):
    """One of the platform's own: status, reason, message, and the domain that the reason is of."""

    def __init__(self, status: int, reason: str, message: str = "", domain: str = "global") -> None:
        super().__init__(message or reason)
        self.status, self.reason, self.domain = status, reason, domain


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCall:
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
        named = [number for number in self.query.get("id", "").split(",") if number]
        if len(named) > MOST_IDS:
            raise YouTubeError(
                400, "invalidFilters", f"At most {MOST_IDS} ids", "youtube.parameter"
            )
        return named

    def paged(
        self, kind: str, items: Sequence[Any], *, most: int, about: int = 0
    ) -> dict[str, Any]:
        """A page of a list. `about` is what totalResults estimates."""
        limit = self.query.get("maxResults", str(min(20, most)))
        if not limit.isdigit() or not 0 <= int(limit) <= most:
            raise YouTubeError(400, "invalidParameter", f"maxResults goes to {most}")
        token = self.query.get("pageToken")
        size = MOST_IDS if "id" in self.query else min(int(limit), self.size)
        start = _place(token) if token else 0
        body: dict[str, Any] = {"kind": f"youtube#{kind}ListResponse", "etag": f"{kind}-{start}"}
        if start + size < len(items):
            body["nextPageToken"] = _token(start + size)
        if self.circling:
            body["nextPageToken"] = token or _token(start + size)
        page = list(items[start : start + size])
        total = about or len(page)
        return body | {"pageInfo": {"totalResults": total, "resultsPerPage": size}, "items": page}


def search(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """Videos and channels whose title, description or tags hold what `q` asks for, `a|b`, `-c`."""
    call.parts("snippet id")
    query = call.query
    if not re.fullmatch("[A-Z]{2}", query.get("regionCode", "GB")):
        raise YouTubeError(400, "invalidRegionCode", "regionCode has two letters", "youtube.search")
    kinds = query.get("type", "video,channel").split(",")
    matches = _matcher(query.get("q", ""))
    after, before = _moment(query, "publishedAfter"), _moment(query, "publishedBefore")
    hits: list[Video | Channel] = [
        video for video in catalogue.videos.values()
        if "video" in kinds
        and query.get("channelId", video.channel) == video.channel
        and (after is None or video.posted >= after)
        and (before is None or video.posted < before)
        and matches(" ".join((video.title, video.description, *video.tags)))
    ]  # fmt: skip
    hits.sort(key=lambda hit: hit.posted if isinstance(hit, Video) else hit.begun, reverse=True)
    if "channel" in kinds and "channelId" not in query:
        hits += [
            channel
            for channel in catalogue.channels.values()
            if matches(f"{channel.title} {channel.description}")
        ]
    items: list[Any] = [search_resource(catalogue, hit) for hit in hits]
    if items and "video" in kinds:
        items[1:1] = catalogue.authored["malformed"]["search"]
    body = call.paged("search", items, most=50, about=1_000_000)
    return body | {"regionCode": query.get("regionCode", "GB")}


def comment_threads(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """Threads by id, of a video, or of all of a channel's videos."""
    parts, query = call.parts("id snippet replies"), call.query
    filters = [name for name in ("id", "videoId", "allThreadsRelatedToChannelId") if name in query]
    if len(filters) != 1:
        raise YouTubeError(
            400, "missingRequiredParameter", "Select one filter", "youtube.commentThread"
        )
    if filters == ["id"]:
        known = [
            catalogue.comments[number] for number in call.ids() if number in catalogue.comments
        ]
        threads = [
            comment
            for comment in known
            if not comment.parent and _visible(catalogue, call, comment)
        ]
    else:
        threads = _threads(catalogue, call, filters[0])
    items: list[Any] = [
        thread_resource(
            catalogue, comment, parts, plain=call.plain, owner=_mine(catalogue, call, comment)
        )
        for comment in threads
    ]
    if query.get("allThreadsRelatedToChannelId") == call.own and "moderationStatus" not in query:
        items[3:3] = catalogue.authored["malformed"]["threads"]
    return call.paged("commentThread", items, most=100)


def comments(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """All replies to a comment, or comments and replies by id."""
    call.parts("id snippet")
    query = call.query
    if ("id" in query) == ("parentId" in query):
        raise YouTubeError(400, "missingRequiredParameter", "Select one filter", "youtube.comment")
    if "id" in query:
        known = [
            catalogue.comments[number] for number in call.ids() if number in catalogue.comments
        ]
        visible_comments = [comment for comment in known if _visible(catalogue, call, comment)]
    else:
        if query["parentId"] not in catalogue.comments:
            raise not_found("comment")
        visible_comments = [
            comment
            for comment in catalogue.replies(query["parentId"])
            if _visible(catalogue, call, comment)
        ]
    items = [
        comment_resource(
            catalogue, comment, plain=call.plain, owner=_mine(catalogue, call, comment)
        )
        for comment in visible_comments
    ]
    return call.paged("comment", items, most=100)


def videos(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """Videos by id; one that is gone is absent."""
    parts = call.parts("id snippet statistics status contentDetails")
    known_videos = [catalogue.videos[number] for number in call.ids() if number in catalogue.videos]
    return call.paged(
        "video", [video_resource(catalogue, video, parts) for video in known_videos], most=50
    )


def channels(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """Channels by id or handle, or the token's own."""
    parts, query = call.parts("id snippet statistics contentDetails brandingSettings"), call.query
    known_channels = [
        catalogue.channels[number] for number in call.ids() if number in catalogue.channels
    ]
    if "forHandle" in query:
        wanted = query["forHandle"].lstrip("@").lower()
        known_channels = [
            channel
            for channel in catalogue.channels.values()
            if channel.handle.lstrip("@") == wanted
        ]
    if query.get("mine") == "true":
        if not call.owner:
            raise YouTubeError(401, "authorizationRequired", "Authorization required")
        known_channels = [catalogue.channels[call.own]]
    return call.paged(
        "channel",
        [channel_resource(catalogue, channel, parts) for channel in known_channels],
        most=50,
    )


def playlist_items(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """A channel's uploads, newest first, by the playlist that `contentDetails` names."""
    call.parts("id snippet contentDetails status")
    channel = "UC" + call.query.get("playlistId", "")[2:]
    if channel not in catalogue.channels:
        raise YouTubeError(
            404, "playlistNotFound", "The playlist can't be found", "youtube.playlistItem"
        )
    uploads = [video for video in catalogue.videos.values() if video.channel == channel]
    items = [
        {"kind": "youtube#playlistItem", "etag": video.id, "id": f"PI{video.id}",
         "snippet": video_resource(catalogue, video, {"snippet"})["snippet"]
         | {"resourceId": {"kind": "youtube#video", "videoId": video.id}},
         "contentDetails": {"videoId": video.id}}
        for video in sorted(uploads, key=lambda video: video.posted, reverse=True)
    ]  # fmt: skip
    return call.paged("playlistItem", items, most=50)


LISTS: Mapping[str, Callable[[Catalogue, ListCall], dict[str, Any]]] = {
    "search": search, "commentThreads": comment_threads, "comments": comments, "videos": videos,
    "channels": channels, "playlistItems": playlist_items,
}  # fmt: skip


def not_found(what: str) -> YouTubeError:
    """`videoNotFound`, `commentNotFound`, `channelNotFound`."""
    return YouTubeError(404, f"{what}NotFound", f"The {what} can't be found.", f"youtube.{what}")


def _threads(catalogue: Catalogue, call: ListCall, by: str) -> list[Comment]:
    query, status = call.query, call.query.get("moderationStatus", "published")
    if by == "videoId":
        video = catalogue.videos.get(query[by])
        if video is None:
            raise not_found("video")
        if video.comments_off:
            words = "The video identified by the videoId parameter has disabled comments."
            raise YouTubeError(403, "commentsDisabled", words, "youtube.commentThread")
        where, channel = {video.id}, video.channel
    else:
        channel = query[by]
        if channel not in catalogue.channels:
            raise not_found("channel")
        where = {video.id for video in catalogue.videos.values() if video.channel == channel}
    if status != "published" and not (call.owner and channel == call.own):
        raise YouTubeError(403, "insufficientPermissions", "Only the owner sees what is held")
    terms = query.get("searchTerms", "").casefold()
    threads = [
        comment for comment in catalogue.comments.values()
        if comment.video in where and not comment.parent and comment.status == status and terms in comment.text.casefold()
    ]  # fmt: skip
    newest = query.get("order", "time") == "time"
    return sorted(
        threads, key=lambda comment: comment.posted if newest else comment.likes, reverse=True
    )


def _mine(catalogue: Catalogue, call: ListCall, comment: Comment) -> bool:
    return call.owner and catalogue.videos[comment.video].channel == call.own


def _visible(catalogue: Catalogue, call: ListCall, comment: Comment) -> bool:
    return catalogue.seen(comment) or _mine(catalogue, call, comment)


def _matcher(query: str) -> Callable[[str], bool]:
    """`|` between alternatives; the words of one must all be there, one with `-` must not."""
    options = [_WORD.findall(part) for part in query.split("|")]

    def holds(text: str) -> bool:
        folded_text = " ".join(text.casefold().split())
        return any(
            all((_has(folded_text, word.lstrip("-"))) != word.startswith("-") for word in option)
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
