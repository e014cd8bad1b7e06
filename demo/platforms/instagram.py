"""An Instagram professional account on loopback, by Facebook Login: comments, tags, mentions, hashtags."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from core import clock
from demo.platforms.graph import Edge, GraphError, GraphStandIn, Node, not_there
from demo.posts_loader import POSTS, ago, load
from demo.servers.http import Faults, Request, Secret

DAY = timedelta(hours=24)  # how far back a hashtag's recent media go
WATCHED = ("nhsnwlondon", "nwlondon")


class InstagramStandIn(GraphStandIn):
    """Takes the Page's token or a user's."""

    name: ClassVar[str] = "instagram"
    page: ClassVar[int] = 4

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self._writer = Writer(at, self.url, folder)
        self.gallery = self._writer.written()
        self.searched: list[str] = []  # hashtags that were asked for

    def table(self, secret: Secret) -> dict[str, Any]:
        return {**super().table(secret), "user_id": USER_ID, "login": "facebook", "reply": True,
                "hashtags": list(WATCHED), "mentioned_media": list(self.gallery.mentioned_media),
                "mentioned_comments": list(self.gallery.mentioned_comments)}  # fmt: skip

    def change(self) -> None:
        """A later day: what instagram.json's "later" says is edited, deleted, hidden or added."""
        keys = self.gallery.keys
        for step in self._writer.authored["later"]:
            if "edit" in step:
                keys[step["edit"]].values["text"] = step["text"]
            elif "edit_caption" in step:
                keys[step["edit_caption"]].values["caption"] = step["text"]
            elif "delete" in step:
                self.remove(keys[step["delete"]])
            elif "remove_tag" in step:
                node = keys[step["remove_tag"]]
                self.gallery.tags.remove(node)
                del self.gallery.nodes[node.id]
            elif "hide" in step:
                keys[step["hide"]].values["hidden"] = True
            elif "under" in step:
                self._writer.comment(step["add"], keys[step["under"]], None)
            else:
                parent = keys[step["answer"]]
                self._writer.comment(step["add"], parent.values["media"], parent)

    def route_request(self, request: Request, steps: list[str]) -> Any:
        if steps == ["ig_hashtag_search"] and self.holder(request):
            return self._hashtag_search(request.query["q"].lower())
        return super().route_request(request, steps)

    def node(self, number: str) -> Node | None:
        """A comment that is only known by a mention can't be read so."""
        return self._account() if number == USER_ID else self.gallery.nodes.get(number)

    def edge(self, number: str, name: str, request: Request) -> Edge:
        gallery = self.gallery
        if name == "recent_media":
            return self._recent(number)
        if number == USER_ID:
            searched = [Node("hashtag", {"id": gallery.hashtags[name]}) for name in self.searched]
            return Edge({"media": gallery.media, "tags": gallery.tags}.get(name, searched))
        node = self.node(number)
        if node is None:
            raise not_there(number)
        listed: Edge = gallery.comments[number] if name == "comments" else node.values["replies"]
        return listed

    def moderate(self, node: Node, parameters: Mapping[str, str]) -> None:
        if node.values["username"] != self._writer.username:  # one's own stays, whatever is said
            node.values["hidden"] = parameters["hide"] == "true"

    def publish(self, number: str, name: str, parameters: Mapping[str, str]) -> str:
        """Our reply under a comment on own media, or an answer to what names us elsewhere."""
        gallery, text = self.gallery, parameters["message"]
        authored = {"by": self._writer.username, "text": text, "ago": "0m", "likes": 0}
        if (number, name) == (USER_ID, "mentions"):
            key = parameters.get("comment_id") or parameters["media_id"]
            known = (
                gallery.mentioned_comments
                if "comment_id" in parameters
                else gallery.mentioned_media
            )
            return self._writer.elsewhere(authored, _known(known, key))
        node = self.node(number)
        if name != "replies" or node is None or node.kind != "comment":
            raise not_there(number)
        return self._writer.comment(authored, node.values["media"], node).id

    def remove(self, node: Node) -> None:
        for reply in list(node.values["replies"].nodes):
            self.remove(reply)
        media, parent = node.values["media"], node.values.get("parent_id")
        whole = self.gallery.comments[media.id] if parent is None else (
            self.gallery.nodes[parent].values["replies"]
        )  # fmt: skip
        whole.nodes.remove(node)
        media.values["comments_count"] -= 1
        del self.gallery.nodes[node.id]

    def _account(self) -> Node:
        about = self._writer.authored["account"]
        gallery = self.gallery
        return Node("account", {
            "id": USER_ID, "username": about["username"], "name": about["name"],
            "biography": about["biography"], "followers_count": about["followers"],
            "follows_count": 61, "media_count": len(gallery.media),
            "profile_picture_url": f"{self.url}/pictures/logo.png",
            "mentioned_media": lambda asks: _known(gallery.mentioned_media, asks.get("media_id", "")),
            "mentioned_comment": lambda asks: _known(
                gallery.mentioned_comments, asks.get("comment_id", "")
            ),
        })  # fmt: skip

    def _hashtag_search(self, name: str) -> dict[str, Any]:
        if name in self.gallery.refused:
            raise GraphError(1)
        if name not in self.gallery.hashtags:
            raise GraphError(24, "(#24) The requested resource does not exist", 2207024)
        if name not in self.searched:
            self.searched.append(name)
        return {"data": [{"id": self.gallery.hashtags[name], "name": name}]}

    def _recent(self, number: str) -> Edge:
        return Edge([
            node for node in self.gallery.hashtag_media.get(number, [])
            if self.at - clock.parse(node.values["timestamp"]) <= DAY
        ])  # fmt: skip


def _known(known: Mapping[str, Node], number: str) -> Node:
    if number not in known:
        raise not_there(number)
    return known[number]


# ── Turns demo/posts/instagram.json into media, comments, tags and hashtags as the Graph API has them.

USER_ID = "17841400000000001"


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

    def __init__(self, at: datetime, url: str, folder: Path = POSTS) -> None:
        self.at, self.url = at, url
        self.authored = load("instagram", folder)
        self.username = str(self.authored["account"]["username"])
        self.gallery = Gallery()
        self._media, self._comments = count(17890000000000001), count(17870000000000001)

    def written(self) -> Gallery:
        """The gallery as of `at`."""
        gallery, authored = self.gallery, self.authored
        for entry in authored["media"]:
            self._own(entry)
        gallery.tags = [self._others(entry) for entry in authored["tags"]]
        gallery.nodes |= {node.id: node for node in gallery.tags}
        for entry in authored["mentioned_media"]:
            node = self._others(entry)
            gallery.mentioned_media[node.id] = node
        for entry in authored["mentioned_comments"]:
            node = Node("comment", self._said(entry))
            node.values["media"] = Node("media", {"id": str(next(self._media))})
            gallery.mentioned_comments[node.id] = node
        self._hashtags()
        odd = authored["malformed"]
        gallery.tags[2:2] = odd["tags"]
        for entry in odd["comments"]:
            gallery.comments[gallery.keys[entry["under"]].id].nodes.insert(1, entry["raw"])
            gallery.nodes[entry["raw"]["id"]] = Node(
                "comment", {**entry["raw"], "replies": Edge([])}
            )
        return gallery

    def comment(self, authored: dict[str, Any], media: Node, parent: Node | None) -> Node:
        """A comment on own media, or a reply to one; the newest comes first, replies last."""
        values = self._said(authored) | {"hidden": False, "media": media, "replies": Edge([])}
        if authored["by"]:
            who = {"id": _person(authored["by"], self.username), "username": authored["by"]}
            values |= {"from": who}
        node = Node("comment", values)
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

    def elsewhere(self, authored: dict[str, Any], above: Node) -> str:
        """What our account answers under somebody else's post, which it can't read again; its id."""
        node = Node("comment", self._said(authored) | {"parent_id": above.id})
        return node.id

    def _own(self, authored: dict[str, Any]) -> None:
        values = self._pictured(authored) | {
            "username": self.username, "owner": {"id": USER_ID}, "comments_count": 0,
            "media_product_type": "FEED", "is_comment_enabled": True,
        }  # fmt: skip
        node = Node("media", values)
        self.gallery.comments[node.id] = values["comments"] = Edge([])
        self.gallery.media.append(node)
        self._remember(node, authored)
        for comment in authored["comments"]:
            self.comment(comment, node, None)

    def _others(self, authored: dict[str, Any]) -> Node:
        values = self._pictured(authored) | {"comments_count": authored["comments_count"]}
        if "by" in authored:
            values["username"] = authored["by"]
        node = Node("media", values)
        if "key" in authored:
            self.gallery.keys[authored["key"]] = node
        return node

    def _hashtags(self) -> None:
        nodes: dict[str, Node] = {}
        for number, tag in enumerate(self.authored["hashtags"], 1):
            name, its_id = tag["name"], str(17843850000000000 + number)
            self.gallery.hashtags[name] = its_id
            if tag.get("generic_error"):
                self.gallery.refused.add(name)
            for place, entry in enumerate(tag.get("media", []), 1):
                node = nodes.get(entry.get("same_as", "")) or self._others(entry)
                nodes[f"{name}/{place}"] = node
                self.gallery.hashtag_media.setdefault(its_id, []).append(node)

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
