"""Turns demo/posts/youtube.json into channels, videos and comments, and those into API resources."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from demo.posts_loader import POSTS, ago, load

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
    """All there is, by id; `keys` leads from the file's names to ids. Pictures lie at `url`.

    `gone` are videos that search still shows and that no list has any more, as YouTube's index lags behind.
    """

    at: datetime
    url: str
    authored: dict[str, Any]
    channels: dict[str, Channel] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)

    def add(self, authored: Mapping[str, Any], video: str, parent: str = "") -> Comment:
        """A comment on a video, with its replies."""
        more = f"/{authored['number']}" if "number" in authored else ""
        number = _name(f"{video}/{parent}/{authored['ago']}/{authored['by']}{more}")
        posted = self.at - ago(authored["ago"])
        after = ago(authored["edited_after"]) if "edited_after" in authored else None
        by = self.authored["channels"].get(authored["by"])
        handle = by["handle"] if by else authored["by"] or "@someone"
        comment = Comment(
            id=f"{parent}.9{number[:20]}" if parent else f"Ug{number[:17]}4AaABAg",
            video=video, parent=parent, handle=handle, author=_channel_id(handle) if authored["by"] else "",
            text=authored["text"], posted=posted, edited=posted + after if after else posted,
            likes=authored["likes"], status=authored.get("status", "published"),
        )  # fmt: skip
        self.comments[comment.id] = comment
        if "key" in authored:
            self.keys[authored["key"]] = comment.id
        for reply in authored.get("replies", []):
            self.add(reply, video, comment.id)
        return comment

    def replies(self, parent: str) -> list[Comment]:
        """Those that are published, oldest first."""
        replies = [reply for reply in self.comments.values() if reply.parent == parent]
        return sorted(
            (reply for reply in replies if reply.status == "published"),
            key=lambda reply: reply.posted,
        )

    def seen(self, comment: Comment) -> bool:
        """Whether the public sees it: replies vanish with their parent."""
        parent = self.comments.get(comment.parent)
        return comment.status == "published" and (parent is None or parent.status == "published")

    def take_away(self, number: str) -> None:
        """A comment and its replies, for good."""
        for reply in [comment.id for comment in self.comments.values() if comment.parent == number]:
            del self.comments[reply]
        del self.comments[number]


def catalogue(at: datetime, url: str, folder: Path = POSTS) -> Catalogue:
    """Everything as of `at`."""
    catalogue = Catalogue(at, url, load("youtube", folder))
    for key, about in catalogue.authored["channels"].items():
        number = _channel_id(about["handle"])
        begun = at - ago("900d")
        catalogue.channels[number] = Channel(id=number, begun=begun, **about)
        catalogue.keys[key] = number
    for video in catalogue.authored["videos"]:
        number = _name(video["key"])[:11]
        catalogue.keys[video["key"]] = number
        catalogue.videos[number] = Video(
            id=number, channel=catalogue.keys[video["by"]], posted=at - ago(video["ago"]),
            title=video["title"], description=video["description"], tags=video["tags"],
            views=video["views"], likes=video["likes"], comments_off=video.get("comments_off", False),
        )  # fmt: skip
        for comment in video["comments"]:
            catalogue.add(comment, number)
    return catalogue


def comment_resource(catalogue: Catalogue, comment: Comment, *, owner: bool) -> dict[str, Any]:
    """`youtube#comment` as plain text; the owner sees the moderation status."""
    channel = catalogue.videos[comment.video].channel
    snippet: dict[str, Any] = {
        "channelId": channel, "videoId": comment.video, "textDisplay": comment.text,
        "authorDisplayName": comment.handle,
        "authorProfileImageUrl": f"{catalogue.url}/pictures/{comment.handle.lstrip('@')}.png",
        "authorChannelUrl": f"http://www.youtube.com/{comment.handle}", "likeCount": comment.likes,
        "publishedAt": written(comment.posted), "updatedAt": written(comment.edited),
    }  # fmt: skip
    if comment.author:
        snippet["authorChannelId"] = {"value": comment.author}
    if comment.parent:
        snippet["parentId"] = comment.parent
    if owner:
        snippet["moderationStatus"] = comment.status
    return _resource("comment", comment.id, {"snippet": snippet})


def thread_resource(
    catalogue: Catalogue, comment: Comment, parts: set[str], *, owner: bool
) -> dict[str, Any]:
    """`youtube#commentThread`, with the first few of its replies only."""
    replies = catalogue.replies(comment.id)
    snippet = {
        "channelId": catalogue.videos[comment.video].channel, "videoId": comment.video,
        "topLevelComment": comment_resource(catalogue, comment, owner=owner),
        "totalReplyCount": len(replies),
    }  # fmt: skip
    body: dict[str, Any] = {"snippet": snippet}
    if replies:
        shown = replies[:REPLIES_SHOWN]
        body["replies"] = {
            "comments": [comment_resource(catalogue, reply, owner=owner) for reply in shown]
        }
    return _resource(
        "commentThread", comment.id, {name: body[name] for name in body if name in parts}
    )


def video_resource(catalogue: Catalogue, video: Video, parts: set[str]) -> dict[str, Any]:
    """`youtube#video`, with its whole description; figures are strings."""
    comments = [comment for comment in catalogue.comments.values() if comment.video == video.id]
    figures = {"viewCount": str(video.views), "likeCount": str(video.likes), "favoriteCount": "0"}
    if not video.comments_off:
        figures["commentCount"] = str(len(comments))
    body = {
        "snippet": _about(catalogue, video) | {"description": video.description, "title": video.title,
                                        "tags": video.tags, "defaultAudioLanguage": "en-GB"},
        "statistics": figures,
    }  # fmt: skip
    return _resource("video", video.id, {name: body[name] for name in body if name in parts})


def channel_resource(catalogue: Catalogue, channel: Channel, parts: set[str]) -> dict[str, Any]:
    """`youtube#channel`."""
    listed = [video for video in catalogue.videos.values() if video.channel == channel.id]
    body = {
        "snippet": {"title": channel.title, "description": channel.description, "customUrl": channel.handle,
                    "publishedAt": written(channel.begun), "thumbnails": _pictures(catalogue, channel)},
        "statistics": {"viewCount": str(sum(video.views for video in listed)),
                       "subscriberCount": str(channel.subscribers), "hiddenSubscriberCount": False,
                       "videoCount": str(len(listed))},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + channel.id[2:]}},
    }  # fmt: skip
    return _resource("channel", channel.id, {name: body[name] for name in body if name in parts})


def search_resource(catalogue: Catalogue, hit: Video | Channel) -> dict[str, Any]:
    """`youtube#searchResult`: titles are escaped as for HTML, descriptions cut."""
    cut = " ".join(hit.description.split())
    cut = cut if len(cut) <= CUT else cut[:CUT].rsplit(" ", 1)[0] + " ..."
    if isinstance(hit, Video):
        number, snippet = {"kind": "youtube#video", "videoId": hit.id}, _about(catalogue, hit)
        snippet["publishTime"] = snippet["publishedAt"]
    else:
        number = {"kind": "youtube#channel", "channelId": hit.id}
        snippet = {"publishedAt": written(hit.begun), "channelId": hit.id,
                   "channelTitle": hit.title, "thumbnails": _pictures(catalogue, hit),
                   "liveBroadcastContent": "none"}  # fmt: skip
    snippet |= {"title": html.escape(hit.title), "description": html.escape(cut)}
    return {
        "kind": "youtube#searchResult",
        "id": number,
        "snippet": snippet,
    }


def written(moment: datetime) -> str:
    """2026-11-20T09:45:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _about(catalogue: Catalogue, video: Video) -> dict[str, Any]:
    shown = {"url": f"{catalogue.url}/pictures/{video.id}.png", "width": 120, "height": 90}
    return {"publishedAt": written(video.posted), "channelId": video.channel,
            "channelTitle": catalogue.channels[video.channel].title, "liveBroadcastContent": "none",
            "thumbnails": {"default": shown}}  # fmt: skip


def _pictures(catalogue: Catalogue, channel: Channel) -> dict[str, Any]:
    return {
        "default": {
            "url": f"{catalogue.url}/pictures/{channel.picture}.png",
            "width": 88,
            "height": 88,
        }
    }


def _resource(kind: str, number: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"kind": f"youtube#{kind}", "id": number, **body}


def _channel_id(handle: str) -> str:
    return "UC" + _name(handle)[:22]


def _name(seed: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(seed.encode()).digest()).decode().rstrip("=")
