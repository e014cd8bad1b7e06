"""Turns demo/posts/instagram.json into media, comments, tags and hashtags as the Graph API has them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from demo.authored import ago, load
from demo.graph_fields import Edge, Node, shape

USER_ID = "17841400000000001"
_PUBLIC = "id caption media_type media_url permalink timestamp username like_count comments_count children"
MEDIA = shape(_PUBLIC + " media_product_type shortcode thumbnail_url comments owner "
              "is_comment_enabled alt_text")  # fmt: skip
OTHERS_MEDIA = shape(_PUBLIC)
HASHTAG_MEDIA = shape(_PUBLIC.replace("username ", ""))  # no author
COMMENT = shape(
    "id text timestamp username from parent_id hidden like_count media user replies",
    "id text timestamp",
)
MENTIONED_COMMENT = shape("id text timestamp username like_count media", "id text timestamp")
HASHTAG = shape("id name")


@dataclass(slots=True)
class Gallery:
    """Own media and what tags the account, newest first, comments by media, and all by id and key."""

    media: list[Any] = field(default_factory=list)
    tags: list[Any] = field(default_factory=list)
    comments: dict[str, Edge] = field(
        default_factory=dict
    )  # a media's id -> top level, newest first
    nodes: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)
    mentioned_media: dict[str, Node] = field(default_factory=dict)
    mentioned_comments: dict[str, Node] = field(default_factory=dict)
    hashtags: dict[str, str] = field(default_factory=dict)  # name -> id
    hashtag_media: dict[str, list[Node]] = field(default_factory=dict)  # a hashtag's id -> media
    refused: set[str] = field(default_factory=set)  # names of hashtags that give a generic error


class Writer:
    """Writes a gallery, with its pictures at `url`. Ids count up in the order of the file."""

    def __init__(self, at: datetime, url: str) -> None:
        self.at, self.url = at, url
        self.authored = load("instagram")
        self.username = str(self.authored["account"]["username"])
        self.gallery = Gallery()
        self._media, self._comments = count(17890000000000001), count(17870000000000001)

    def written(self) -> Gallery:
        """The gallery as of `at`."""
        gallery, authored = self.gallery, self.authored
        for one in authored["media"]:
            self._own(one)
        gallery.tags = [self._others(one, OTHERS_MEDIA) for one in authored["tags"]]
        gallery.nodes |= {node.id: node for node in gallery.tags}
        for one in authored["mentioned_media"]:
            node = self._others(one, OTHERS_MEDIA)
            gallery.mentioned_media[node.id] = node
        for one in authored["mentioned_comments"]:
            node = Node(MENTIONED_COMMENT, self._said(one))
            node.values["media"] = Node(OTHERS_MEDIA, {"id": str(next(self._media))})
            gallery.mentioned_comments[node.id] = node
        self._hashtags()
        odd = authored["malformed"]
        gallery.tags[2:2] = odd["tags"]
        for one in odd["comments"]:
            gallery.comments[gallery.keys[one["under"]].id].nodes.insert(1, one["raw"])
            gallery.nodes[one["raw"]["id"]] = Node(COMMENT, {**one["raw"], "replies": Edge([])})
        return gallery

    def comment(self, authored: dict[str, Any], media: Node, parent: Node | None) -> Node:
        """A comment on own media, or a reply to one; the newest comes first, replies last."""
        values = self._said(authored) | {"hidden": False, "media": media, "replies": Edge([])}
        if authored["by"]:
            who = {"id": _person(authored["by"], self.username), "username": authored["by"]}
            values |= {"from": who}
        node = Node(COMMENT, values)
        if parent is None:
            self.gallery.comments[media.id].nodes.append(node)
            self.gallery.comments[media.id].nodes.sort(key=_newest, reverse=True)
        else:
            values["parent_id"] = parent.id
            parent.values["replies"].nodes.append(node)
        media.values["comments_count"] += 1
        self._remember(node, authored)
        for reply in authored.get("replies", []):
            self.comment(reply, media, node)
        return node

    def _own(self, authored: dict[str, Any]) -> None:
        values = self._pictured(authored) | {
            "username": self.username, "owner": {"id": USER_ID}, "comments_count": 0,
            "media_product_type": "FEED", "is_comment_enabled": True,
        }  # fmt: skip
        node = Node(MEDIA, values)
        self.gallery.comments[node.id] = values["comments"] = Edge([])
        self.gallery.media.append(node)
        self._remember(node, authored)
        for comment in authored["comments"]:
            self.comment(comment, node, None)

    def _others(self, authored: dict[str, Any], of: Any) -> Node:
        values = self._pictured(authored) | {"comments_count": authored["comments_count"]}
        if "by" in authored:
            values["username"] = authored["by"]
        node = Node(of, values)
        if "key" in authored:
            self.gallery.keys[authored["key"]] = node
        return node

    def _hashtags(self) -> None:
        made: dict[str, Node] = {}
        for number, tag in enumerate(self.authored["hashtags"], 1):
            name, its_id = tag["name"], str(17843850000000000 + number)
            self.gallery.hashtags[name] = its_id
            if tag.get("generic_error"):
                self.gallery.refused.add(name)
            for place, one in enumerate(tag.get("media", []), 1):
                found = made.get(one.get("same_as", "")) or self._others(one, HASHTAG_MEDIA)
                made[f"{name}/{place}"] = found
                self.gallery.hashtag_media.setdefault(its_id, []).append(found)

    def _pictured(self, authored: dict[str, Any]) -> dict[str, Any]:
        number = next(self._media)
        short = base64.urlsafe_b64encode(number.to_bytes(8)).decode().rstrip("=")
        return {"id": str(number), "caption": authored["caption"], "media_type": authored["type"],
                "permalink": f"https://www.instagram.com/p/{short}/", "shortcode": short,
                "media_url": f"{self.url}/pictures/{authored.get('picture', number)}.png",
                "timestamp": _time(self.at, authored["ago"]), "like_count": authored["likes"],
        }  # fmt: skip

    def _said(self, authored: dict[str, Any]) -> dict[str, Any]:
        return {"id": str(next(self._comments)), "text": authored["text"],
                "timestamp": _time(self.at, authored["ago"]), "username": authored["by"],
                "like_count": authored["likes"]}  # fmt: skip

    def _remember(self, node: Node, authored: dict[str, Any]) -> None:
        self.gallery.nodes[node.id] = node
        if "key" in authored:
            self.gallery.keys[authored["key"]] = node


def _person(username: str, own: str) -> str:
    if username == own:
        return USER_ID
    return str(5_600_000_000_000_000 + int(hashlib.sha256(username.encode()).hexdigest()[:9], 16))


def _newest(thing: Any) -> str:
    return str(thing.values["timestamp"]) if isinstance(thing, Node) else ""


def _time(at: datetime, before: str) -> str:
    return (at - ago(before)).strftime("%Y-%m-%dT%H:%M:%S+0000")
