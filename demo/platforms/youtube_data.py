"""Turns demo/posts/youtube.json into channels, videos and comments, and those into API resources."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.posts_loader import ago, load

CUT = 160  # characters of a description that search shows
REPLIES_SHOWN = 2  # in a thread; the others are asked for by parentId


@dataclass(slots=True, kw_only=True)
class Channel:
    """One channel that is looked at; those who only comment have an id and a handle."""

    id: str
    handle: str
    title: str
    description: str
    subscribers: int
    picture: str
    begun: datetime


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment, or a reply where `parent` is an id. `status` is published, heldForReview or likelySpam."""

    id: str
    video: str
    parent: str
    handle: str
    author: str  # a channel's id; empty where the platform doesn't say
    text: str
    posted: datetime
    edited: datetime
    likes: int
    status: str = "published"


@dataclass(slots=True, kw_only=True)
class Video:
    """A public video."""

    id: str
    channel: str
    posted: datetime
    title: str
    description: str
    tags: list[str]
    views: int
    likes: int
    comments_off: bool


@dataclass(slots=True)
class Catalogue:
    """All there is, by id; `keys` leads from the file's names to ids. Pictures lie at `url`."""

    at: datetime
    url: str
    channels: dict[str, Channel] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    authored: dict[str, Any] = field(default_factory=lambda: load("youtube"))

    def add(self, authored: Mapping[str, Any], video: str, parent: str = "") -> None:
        """A comment on a video, with its replies."""
        number = _name(f"{video}/{parent}/{authored['ago']}/{authored['by']}")
        posted = self.at - ago(authored["ago"])
        after = ago(authored["edited_after"]) if "edited_after" in authored else None
        by = self.authored["channels"].get(authored["by"])
        handle = by["handle"] if by else authored["by"] or "@someone"
        made = Comment(
            id=f"{parent}.9{number[:20]}" if parent else f"Ug{number[:17]}4AaABAg",
            video=video, parent=parent, handle=handle, author=_channel_id(handle) if authored["by"] else "",
            text=authored["text"], posted=posted, edited=posted + after if after else posted,
            likes=authored["likes"], status=authored.get("status", "published"),
        )  # fmt: skip
        self.comments[made.id] = made
        if "key" in authored:
            self.keys[authored["key"]] = made.id
        for reply in authored.get("replies", []):
            self.add(reply, video, made.id)

    def replies(self, parent: str) -> list[Comment]:
        """Those that are published, oldest first."""
        found = [one for one in self.comments.values() if one.parent == parent]
        return sorted(
            (one for one in found if one.status == "published"), key=lambda one: one.posted
        )

    def seen(self, comment: Comment) -> bool:
        """Whether the public sees it: replies vanish with their parent."""
        parent = self.comments.get(comment.parent)
        return comment.status == "published" and (parent is None or parent.status == "published")

    def take_away(self, number: str) -> None:
        """A comment and its replies, for good."""
        for reply in [one.id for one in self.comments.values() if one.parent == number]:
            del self.comments[reply]
        del self.comments[number]


def catalogue(at: datetime, url: str) -> Catalogue:
    """Everything as of `at`."""
    made = Catalogue(at, url)
    for key, about in made.authored["channels"].items():
        number = _channel_id(about["handle"])
        begun = at - ago("900d")
        made.channels[number] = Channel(id=number, begun=begun, **about)
        made.keys[key] = number
    for video in made.authored["videos"]:
        number = _name(video["key"])[:11]
        made.keys[video["key"]] = number
        made.videos[number] = Video(
            id=number, channel=made.keys[video["by"]], posted=at - ago(video["ago"]),
            title=video["title"], description=video["description"], tags=video["tags"],
            views=video["views"], likes=video["likes"], comments_off=video.get("comments_off", False),
        )  # fmt: skip
        for comment in video["comments"]:
            made.add(comment, number)
    return made


def comment_resource(made: Catalogue, one: Comment, *, plain: bool, owner: bool) -> dict[str, Any]:
    """`youtube#comment`: textDisplay is HTML unless `plain`; the owner sees the moderation status."""
    channel = made.videos[one.video].channel
    shown = one.text if plain else html.escape(one.text).replace("\n", "<br>")
    snippet: dict[str, Any] = {
        "channelId": channel, "videoId": one.video, "textDisplay": shown,
        "authorDisplayName": one.handle,
        "authorProfileImageUrl": f"{made.url}/pictures/{one.handle.lstrip('@')}.png",
        "authorChannelUrl": f"http://www.youtube.com/{one.handle}", "canRate": True,
        "viewerRating": "none", "likeCount": one.likes,
        "publishedAt": written(one.posted), "updatedAt": written(one.edited),
    }  # fmt: skip
    if one.author:
        snippet["authorChannelId"] = {"value": one.author}
    if one.parent:
        snippet["parentId"] = one.parent
    if owner:
        snippet["moderationStatus"] = one.status
        if one.author == channel:
            snippet["textOriginal"] = one.text
    return _resource("comment", one.id, {"snippet": snippet})


def thread_resource(
    made: Catalogue, one: Comment, parts: set[str], *, plain: bool, owner: bool
) -> dict[str, Any]:
    """`youtube#commentThread`, with the first few of its replies only."""
    replies = made.replies(one.id)
    snippet = {
        "channelId": made.videos[one.video].channel, "videoId": one.video,
        "topLevelComment": comment_resource(made, one, plain=plain, owner=owner),
        "canReply": True, "totalReplyCount": len(replies), "isPublic": one.status == "published",
    }  # fmt: skip
    body: dict[str, Any] = {"snippet": snippet}
    if replies:
        shown = replies[:REPLIES_SHOWN]
        body["replies"] = {
            "comments": [comment_resource(made, reply, plain=plain, owner=owner) for reply in shown]
        }
    return _resource("commentThread", one.id, {name: body[name] for name in body if name in parts})


def video_resource(made: Catalogue, one: Video, parts: set[str]) -> dict[str, Any]:
    """`youtube#video`, with its whole description; figures are strings."""
    comments = [comment for comment in made.comments.values() if comment.video == one.id]
    figures = {"viewCount": str(one.views), "likeCount": str(one.likes), "favoriteCount": "0"}
    if not one.comments_off:
        figures["commentCount"] = str(len(comments))
    body = {
        "snippet": _about(made, one) | {"description": one.description, "title": one.title,
                                        "tags": one.tags, "categoryId": "22",
                                        "defaultAudioLanguage": "en-GB"},
        "statistics": figures,
        "status": {"uploadStatus": "processed", "privacyStatus": "public", "embeddable": True,
                   "publicStatsViewable": True, "madeForKids": False},
    }  # fmt: skip
    return _resource("video", one.id, {name: body[name] for name in body if name in parts})


def channel_resource(made: Catalogue, one: Channel, parts: set[str]) -> dict[str, Any]:
    """`youtube#channel`."""
    listed = [video for video in made.videos.values() if video.channel == one.id]
    body = {
        "snippet": {"title": one.title, "description": one.description, "customUrl": one.handle,
                    "publishedAt": written(one.begun), "thumbnails": _pictures(made, one)},
        "statistics": {"viewCount": str(sum(video.views for video in listed)),
                       "subscriberCount": str(one.subscribers), "hiddenSubscriberCount": False,
                       "videoCount": str(len(listed))},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + one.id[2:]}},
    }  # fmt: skip
    return _resource("channel", one.id, {name: body[name] for name in body if name in parts})


def search_resource(made: Catalogue, found: Video | Channel) -> dict[str, Any]:
    """`youtube#searchResult`: titles are escaped as for HTML, descriptions cut."""
    cut = " ".join(found.description.split())
    cut = cut if len(cut) <= CUT else cut[:CUT].rsplit(" ", 1)[0] + " ..."
    if isinstance(found, Video):
        number, snippet = {"kind": "youtube#video", "videoId": found.id}, _about(made, found)
        snippet["publishTime"] = snippet["publishedAt"]
    else:
        number = {"kind": "youtube#channel", "channelId": found.id}
        snippet = {"publishedAt": written(found.begun), "channelId": found.id,
                   "channelTitle": found.title, "thumbnails": _pictures(made, found),
                   "liveBroadcastContent": "none"}  # fmt: skip
    snippet |= {"title": html.escape(found.title), "description": html.escape(cut)}
    return {
        "kind": "youtube#searchResult",
        "etag": _etag(found.id),
        "id": number,
        "snippet": snippet,
    }


def written(moment: datetime) -> str:
    """2026-11-20T09:45:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _about(made: Catalogue, one: Video) -> dict[str, Any]:
    shown = {"url": f"{made.url}/pictures/{one.id}.png", "width": 120, "height": 90}
    return {"publishedAt": written(one.posted), "channelId": one.channel,
            "channelTitle": made.channels[one.channel].title, "liveBroadcastContent": "none",
            "thumbnails": {"default": shown}}  # fmt: skip


def _pictures(made: Catalogue, one: Channel) -> dict[str, Any]:
    return {"default": {"url": f"{made.url}/pictures/{one.picture}.png", "width": 88, "height": 88}}


def _resource(kind: str, number: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"kind": f"youtube#{kind}", "etag": _etag(number), "id": number, **body}


def _etag(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:20]


def _channel_id(handle: str) -> str:
    return "UC" + _name(handle)[:22]


def _name(seed: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(seed.encode()).digest()).decode().rstrip("=")
