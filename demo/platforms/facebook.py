"""A Facebook Page on loopback: its wall, comments of all levels, tags, hiding and deleting."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from demo.platforms.graph import PAGE_ID, PAGE_NAME, Edge, GraphError, GraphStandIn, Node, not_there
from demo.posts_loader import POSTS, ago, load
from demo.servers.http import Faults, Request, Secret

LISTS = {"feed": ("own", "visitor", "tagged"), "tagged": ("tagged",)}
TOO_MUCH = "Please reduce the amount of data you're asking for, then retry your request"


class FacebookStandIn(GraphStandIn):
    """`heaviest` is the most posts that it gives at once with lists inside them."""

    name: ClassVar[str] = "facebook"
    page: ClassVar[int] = 8

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.heaviest = 50
        self._writer = Writer(at, self.url, folder)
        self.wall = self._writer.written()
        for number in self.wall.comments:
            self.wall.nodes[number].values["comments"] = partial(self._comments, number)

    def table(self, secret: Secret) -> dict[str, Any]:
        return {**super().table(secret), "page_id": PAGE_ID, "reply": True}

    def change(self) -> None:
        """A later day: what facebook.json's "later" says is edited, deleted, hidden or added."""
        keys = self.wall.keys
        for step in self._writer.authored["later"]:
            if "edit" in step:
                keys[step["edit"]].values["message"] = step["text"]
            elif "delete" in step:
                self.remove(keys[step["delete"]])
            elif "hide" in step:
                keys[step["hide"]].values["is_hidden"] = True
            elif "under" in step:
                self._writer.comment(step["add"], keys[step["under"]], None)
            else:
                parent = keys[step["answer"]]
                post = self.wall.nodes[self.wall.post_of[parent.id]]
                self._writer.comment(step["add"], post, parent)

    def node(self, number: str) -> Node | None:
        return self.wall.nodes.get(number)

    def edge(self, number: str, name: str, request: Request) -> Edge:
        if self.holder(request) != "page":
            raise GraphError(
                210, "(#210) A page access token is required to request this resource."
            )
        if name in LISTS:
            return self._posts(LISTS[name], request)
        if number not in self.wall.nodes:
            raise not_there(number)
        if number in self.wall.comments:
            return self._comments(number, request.query)
        comments: Edge = self.wall.nodes[number].values["comments"]
        return comments

    def moderate(self, node: Node, parameters: Mapping[str, str]) -> None:
        node.values["is_hidden"] = parameters["is_hidden"] == "true"

    def publish(self, number: str, name: str, parameters: Mapping[str, str]) -> str:
        """Our Page's comment under a post, or its reply under a comment."""
        if name != "comments" or number not in self.wall.nodes:
            raise not_there(number)
        node, wall = self.wall.nodes[number], self.wall
        post = node if number in wall.comments else wall.nodes[wall.post_of[number]]
        comment = {"by": "page", "text": parameters["message"], "ago": "0m", "likes": 0}
        return self._writer.comment(comment, post, None if post is node else node).id

    def remove(self, node: Node) -> None:
        for reply in list(node.values["comments"].nodes):
            self.remove(reply)
        listed = self.wall.comments[self.wall.post_of[node.id]]
        listed.nodes.remove(node)
        listed.more += 1  # it is counted all the same
        if "parent" in node.values:
            node.values["parent"].values["comments"].nodes.remove(node)
        del self.wall.nodes[node.id]

    def _posts(self, where: tuple[str, ...], request: Request) -> Edge:
        heavy = "comments" in request.query.get("fields", "")
        if heavy and int(request.query.get("limit", "25")) > self.heaviest:
            raise GraphError(1, TOO_MUCH)
        everywhere = len(where) > 1  # where the malformed are too
        posts = [
            post for post in self.wall.posts
            if (self.wall.where[post.id] in where if isinstance(post, Node) else everywhere)
        ]  # fmt: skip
        return Edge(posts, timed=True)

    def _comments(self, number: str, parameters: Mapping[str, str]) -> Edge:
        """A post's comments as `filter` and `order` want them; the malformed are of every level."""
        order, stream = parameters.get("order", ""), parameters.get("filter") == "stream"
        whole = self.wall.comments[number]
        comments = [
            comment for comment in whole.nodes
            if stream or not isinstance(comment, Node) or "parent" not in comment.values
        ]  # fmt: skip
        comments.sort(key=_made, reverse=order == "reverse_chronological")
        return Edge(comments, {"order": order, "can_comment": True}, more=whole.more)


def _made(comment: Any) -> str:
    return str(comment.values["created_time"]) if isinstance(comment, Node) else ""


# ── Turns demo/posts/facebook.json into the Page's wall: posts and comments as the Graph API has them.


@dataclass(slots=True)
class Wall:
    """Every post newest first, among them malformed things, and every object by id and by key."""

    posts: list[Any] = field(default_factory=list)
    where: dict[str, str] = field(default_factory=dict)  # a post's id -> "own", "visitor", "tagged"
    comments: dict[str, Edge] = field(
        default_factory=dict
    )  # a post's id -> oldest first, all levels
    nodes: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)
    post_of: dict[str, str] = field(default_factory=dict)  # a comment's id -> its post's


class Writer:
    """Writes a wall, with its pictures at `url`. Ids count up in the order of the file."""

    def __init__(self, at: datetime, url: str, folder: Path = POSTS) -> None:
        self.at, self.url = at, url
        self.authored = load("facebook", folder)
        self.wall = Wall()
        self._posts, self._comments = count(200000000000001), count(300000000000001)

    def written(self) -> Wall:
        """The wall as of `at`."""
        for post in self.authored["posts"]:
            self._post(post)
        wall, odd = self.wall, self.authored["malformed"]
        wall.posts.sort(key=lambda node: node.values["created_time"], reverse=True)
        for number, raw in enumerate(odd["feed"]):
            wall.posts.insert(3 + 5 * number, raw)
            if isinstance(raw, dict):  # it can be looked up all the same
                wall.nodes[raw["id"]] = Node("post", {**raw, "comments": Edge([])})
        for comment in odd["comments"]:
            wall.comments[wall.keys[comment["under"]].id].nodes.append(comment["raw"])
        return wall

    def comment(self, authored: dict[str, Any], post: Node, parent: Node | None) -> Node:
        """A comment, and the replies under it, on a post."""
        bare = post.id.partition("_")[2]
        number = str(next(self._comments))
        own = authored["by"] == "page"
        link = f"{post.values['permalink_url']}?comment_id={number}"
        values: dict[str, Any] = {
            "id": f"{bare}_{number}", "message": authored["text"], "permalink_url": link,
            "created_time": _time(self.at, authored["ago"]), "comment_count": 0,
            "like_count": authored["likes"], "is_hidden": False, "can_hide": not own,
            "can_remove": True, "comments": Edge([]),
        }  # fmt: skip
        if who := self._who(authored["by"]):
            values["from"] = who
        if "photo" in authored:
            page = f"https://www.facebook.com/photo/?fbid={number}"
            values["attachment"] = {"type": "photo", "url": page, "media": self._media(authored),
                                    "target": {"id": number, "url": page}}  # fmt: skip
        node = Node("comment", values)
        if parent is not None:
            values["parent"] = parent
            parent.values["comment_count"] += 1
            parent.values["comments"].nodes.append(node)
        self._remember(node, authored)
        self.wall.post_of[node.id] = post.id
        self.wall.comments[post.id].nodes.append(node)
        for reply in authored.get("replies", []):
            self.comment(reply, post, node)
        return node

    def _post(self, authored: dict[str, Any]) -> None:
        number, where = next(self._posts), authored.get("where", "own")
        wall_of = PAGE_ID if where != "tagged" else str(number + 5_000_000)
        created_time = _time(self.at, authored["ago"])
        values: dict[str, Any] = {
            "id": f"{wall_of}_{number}", "created_time": created_time, "updated_time": created_time,
            "permalink_url": f"https://www.facebook.com/{wall_of}/posts/{number}",
            "is_hidden": False,
            "attachments": Edge(self._attachments(authored, number)),
            "reactions": Edge([], {"viewer_reaction": "NONE"}, more=authored["reactions"]),
            "message": authored["text"] or None, "story": authored.get("story"),
        }  # fmt: skip
        if authored["shares"]:
            values["shares"] = {"count": authored["shares"]}
        if who := self._who(authored["by"]):
            values["from"] = who
        if "edited_after" in authored:
            later = ago(authored["ago"]) - ago(authored["edited_after"])
            values["updated_time"] = (self.at - later).strftime("%Y-%m-%dT%H:%M:%S+0000")
        if where == "tagged":
            values["message_tags"] = [{"id": PAGE_ID, "name": PAGE_NAME, "type": "page"}]
        node = Node("post", values)
        self._remember(node, authored)
        self.wall.posts.append(node)
        self.wall.where[node.id] = where
        values["comments"] = Edge([], {"order": "ranked", "can_comment": True})
        self.wall.comments[node.id] = values["comments"]
        for comment in authored["comments"]:
            self.comment(comment, node, None)

    def _attachments(self, authored: dict[str, Any], number: int) -> list[Any]:
        if "link" in authored:
            return [Node("attachment", {**authored["link"], "media_type": "link", "type": "share"})]
        if "photo" in authored:
            page = f"https://www.facebook.com/photo/?fbid={number}"
            values = {"media_type": "photo", "url": page, "media": self._media(authored)}
            return [Node("attachment", values)]
        return []

    def _media(self, authored: dict[str, Any]) -> dict[str, Any]:
        src = f"{self.url}/pictures/{authored['photo']}.png"
        return {"image": {"height": 128, "width": 128, "src": src}}

    def _who(self, key: str | None) -> dict[str, str] | None:
        """Nobody where the person hasn't authorised it or has blocked it."""
        if key is None:
            return None
        if key == "page":
            return {"name": PAGE_NAME, "id": PAGE_ID}
        digits = int(hashlib.sha256(key.encode()).hexdigest()[:9], 16)
        return {"name": self.authored["people"][key], "id": str(7 * 10**14 + digits)}

    def _remember(self, node: Node, authored: dict[str, Any]) -> None:
        self.wall.nodes[node.id] = node
        if "key" in authored:
            self.wall.keys[authored["key"]] = node


def _time(at: datetime, before: str) -> str:
    return (at - ago(before)).strftime("%Y-%m-%dT%H:%M:%S+0000")
