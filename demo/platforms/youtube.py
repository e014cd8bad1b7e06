"""The YouTube Data API on loopback: key or owner's token, lists and moderation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
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
from demo.posts_loader import POSTS, TERMS, ago
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

API_KEY, TOKEN = "demo-youtube-key", "demo-youtube-token"
PAGE = 4  # so that there are pages, whatever `maxResults` asks for


class YouTubeStandIn(StandIn):
    """Who has TOKEN owns the channel `own`."""

    name: ClassVar[str] = "youtube"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.catalogue = catalogue(at, self.url, folder)
        self.own = self.catalogue.keys["own"]
        self.consent = Consent(self.name, offline=False)
        self._failing: list[YouTubeError] = []

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": f"{self.url}/youtube/v3", "api_key": secret("youtube-key", API_KEY),
                "access_token": secret("youtube-token", TOKEN), "held": True,
                "reply": True,
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
        reason = {401: "authError", 403: "forbidden", 404: "notFound", 429: "rateLimitExceeded"}
        usual = "badRequest" if status < 500 else "backendError"
        return _refused(YouTubeError(status, reason.get(status, usual)))

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
        match request.method, steps:
            case "GET", [name] if name in LISTS:
                circling = request.fault == "repeat_token"
                call = ListCall(query=request.query, owner=owner, own=self.own, circling=circling)
                return _json(200, LISTS[name](self.catalogue, call))
            case "POST", ["comments", "setModerationStatus"] if owner:
                self._moderate(request.query["id"], request.query["moderationStatus"])
                return Answer(status=204)
            case "POST", ["comments"] if owner:
                return _json(200, self._publish(json.loads(request.body)["snippet"]))
        raise YouTubeError(404, "notFound")

    def _owner(self, request: Request) -> bool:
        """Whether the owner asks; a key is enough for anybody. Raises YouTubeError."""
        _, _, token = request.headers.get("authorization", "").partition(" ")
        if token:
            if token not in (TOKEN, *self.consent.given):
                raise YouTubeError(401, "authError")
            return True
        if request.headers.get("x-goog-api-key") != API_KEY:
            raise YouTubeError(400, "keyInvalid")
        return False

    def _publish(self, snippet: Mapping[str, str]) -> dict[str, Any]:
        """Our channel's reply to a comment at the top of its thread."""
        parent = self.catalogue.comments.get(snippet["parentId"])
        if parent is None or parent.parent:
            raise YouTubeError(404, "parentCommentNotFound")
        if (
            parent.video in self.catalogue.videos
            and self.catalogue.videos[parent.video].comments_off
        ):
            raise YouTubeError(403, "commentsDisabled")
        authored = {"by": "own", "text": snippet["textOriginal"], "ago": "0m", "likes": 0,
                "number": len(self.catalogue.comments)}  # fmt: skip
        comment = self.catalogue.add(authored, parent.video, parent.id)
        return comment_resource(self.catalogue, comment, owner=True)

    def _moderate(self, number: str, status: str) -> None:
        if number not in self.catalogue.comments:
            raise not_found("comment")
        if status == "rejected":  # which nothing brings back
            self.catalogue.take_away(number)
        else:
            self.catalogue.comments[number].status = status

    def _give_token(self, request: Request) -> Answer:
        try:
            granted = self.consent.granted(request)
        except Refused as error:
            return _json(400, {"error": error.error, "error_description": error.description})
        body = {"access_token": granted.access_token, "expires_in": 3599, "token_type": "Bearer",
                "scope": granted.scope, "refresh_token": granted.refresh_token}  # fmt: skip
        return _json(200, {name: value for name, value in body.items() if value})


def _refused(error: YouTubeError) -> Answer:
    listed = {"domain": "global", "reason": error.reason, "message": error.reason}
    body = {"code": error.status, "message": error.reason, "errors": [listed]}
    return _json(error.status, {"error": body})


def _json(status: int, body: Any) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode())


# ── The list calls of the YouTube Data API: search, threads, comments, videos, channels, uploads.

_WORD = re.compile(r'-?"[^"]*"|[^\s|]+')


class YouTubeError(Exception):
    """One of the platform's own: status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCall:
    """One list call. `owner`: by the own channel's token."""

    query: Mapping[str, str]
    owner: bool
    own: str  # the own channel's id
    circling: bool = False  # the page token that was sent comes back

    @property
    def parts(self) -> set[str]:
        """What `part` names."""
        return set(self.query["part"].split(","))

    def of(self, things: Mapping[str, Any]) -> list[Any]:
        """Those of which `id` names the id."""
        return [things[number] for number in self.query["id"].split(",") if number in things]

    def shown(self, catalogue: Catalogue, comment: Comment) -> bool:
        """Whether who asks may see a comment."""
        return catalogue.seen(comment) or self.owns(catalogue, comment)

    def owns(self, catalogue: Catalogue, comment: Comment) -> bool:
        """Whether a comment is under a video of who asks."""
        return self.owner and catalogue.videos[comment.video].channel == self.own

    def paged(self, kind: str, items: Sequence[Any], total: int | None = None) -> dict[str, Any]:
        """A page of a list. `total` is what totalResults estimates."""
        token = self.query.get("pageToken")
        start, size = int(token or 0), len(items) if "id" in self.query else PAGE
        body: dict[str, Any] = {"kind": f"youtube#{kind}ListResponse"}
        if start + size < len(items):
            body["nextPageToken"] = str(start + size)
        if self.circling:
            body["nextPageToken"] = token or str(start + size)
        page = list(items[start : start + size])
        about = {"totalResults": total or len(page), "resultsPerPage": size}
        return body | {"pageInfo": about, "items": page}


def search(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """Videos and channels whose title, description or tags hold what `q` asks for, `a|b`, `-c`."""
    query = call.query
    kinds = query.get("type", "video,channel").split(",")
    matches = _matcher(query.get("q", ""))
    after = clock.parse(query["publishedAfter"]) if "publishedAfter" in query else None
    hits: list[Video | Channel] = [
        video for video in catalogue.videos.values()
        if "video" in kinds
        and query.get("channelId", video.channel) == video.channel
        and (after is None or video.posted >= after)
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
    return call.paged("search", items, total=1_000_000)


def comment_threads(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """Threads by id, of a video, or of all of a channel's videos."""
    threads = [
        thread_resource(catalogue, comment, call.parts, owner=call.owns(catalogue, comment))
        for comment in (call.of(catalogue.comments) if "id" in call.query else _threads(catalogue, call))
        if not comment.parent and call.shown(catalogue, comment)
    ]  # fmt: skip
    own = call.query.get("allThreadsRelatedToChannelId") == call.own
    if own and "moderationStatus" not in call.query:
        threads[3:3] = catalogue.authored["malformed"]["threads"]
    return call.paged("commentThread", threads)


def comments(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """All replies to a comment, or comments and replies by id."""
    if "id" in call.query:
        known = call.of(catalogue.comments)
    else:
        known = catalogue.replies(call.query["parentId"])
    return call.paged("comment", [
        comment_resource(catalogue, comment, owner=call.owns(catalogue, comment))
        for comment in known if call.shown(catalogue, comment)
    ])  # fmt: skip


def videos(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """Videos by id; one that is gone is absent."""
    known = [video for video in call.of(catalogue.videos) if video.id not in catalogue.gone]
    return call.paged("video", [video_resource(catalogue, video, call.parts) for video in known])


def channels(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """Channels by id."""
    known = call.of(catalogue.channels)
    return call.paged(
        "channel", [channel_resource(catalogue, channel, call.parts) for channel in known]
    )


def playlist_items(catalogue: Catalogue, call: ListCall) -> dict[str, Any]:
    """A channel's uploads, newest first, by the playlist that `contentDetails` names."""
    channel = "UC" + call.query["playlistId"][2:]
    uploads = [video for video in catalogue.videos.values() if video.channel == channel]
    items = [
        {"kind": "youtube#playlistItem", "id": f"PI{video.id}",
         "snippet": video_resource(catalogue, video, {"snippet"})["snippet"]
         | {"resourceId": {"kind": "youtube#video", "videoId": video.id}},
         "contentDetails": {"videoId": video.id}}
        for video in sorted(uploads, key=lambda video: video.posted, reverse=True)
    ]  # fmt: skip
    return call.paged("playlistItem", items)


LISTS: Mapping[str, Callable[[Catalogue, ListCall], dict[str, Any]]] = {
    "search": search, "commentThreads": comment_threads, "comments": comments, "videos": videos,
    "channels": channels, "playlistItems": playlist_items,
}  # fmt: skip


def not_found(what: str) -> YouTubeError:
    """`videoNotFound`, `commentNotFound`, `channelNotFound`."""
    return YouTubeError(404, f"{what}NotFound")


def _threads(catalogue: Catalogue, call: ListCall) -> list[Comment]:
    query, status = call.query, call.query.get("moderationStatus", "published")
    if "videoId" in query:
        video = catalogue.videos.get(query["videoId"])
        if video is None or video.id in catalogue.gone:
            raise not_found("video")
        if video.comments_off:
            raise YouTubeError(403, "commentsDisabled")
        where = {video.id}
    else:
        channel = query["allThreadsRelatedToChannelId"]
        where = {video.id for video in catalogue.videos.values() if video.channel == channel}
    threads = [
        comment for comment in catalogue.comments.values()
        if comment.video in where and comment.status == status
    ]  # fmt: skip
    return sorted(threads, key=lambda comment: comment.posted, reverse=True)


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
