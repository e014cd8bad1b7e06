"""A Facebook Page on loopback: its wall, comments of all levels, tags, hiding and deleting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from demo.facebook_posts import COMMENT, Writer
from demo.faults import Faults
from demo.graph import PAGE_ID, GraphStandIn, not_there
from demo.graph_fields import Edge, GraphError, Node, parse
from demo.standins import Request, Secret

LISTS = {"feed": ("own", "visitor", "tagged"), "posts": ("own",), "published_posts": ("own",),
         "visitor_posts": ("visitor",), "tagged": ("tagged",)}  # fmt: skip
HEAVY = frozenset(("attachments", "comments", "reactions"))
TOO_MUCH = "Please reduce the amount of data you're asking for, then retry your request"


class FacebookStandIn(GraphStandIn):
    """`heaviest` is the most posts that it gives at once with lists inside them."""

    name: ClassVar[str] = "facebook"
    business: ClassVar[str] = "pages"
    page: ClassVar[int] = 8
    scopes: ClassVar[tuple[str, ...]] = (
        "pages_show_list", "pages_read_engagement", "pages_read_user_content",
        "pages_manage_engagement",
    )  # fmt: skip

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.heaviest = 50
        self._writer = Writer(at, self.url)
        self.wall = self._writer.written()
        for number in self.wall.comments:
            self.wall.nodes[number].values["comments"] = partial(self._comments, number)

    def table(self, secret: Secret) -> dict[str, Any]:
        return {**super().table(secret), "page_id": PAGE_ID}

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
                asked = keys[step["answer"]]
                post = self.wall.nodes[self.wall.post_of[asked.id]]
                self._writer.comment(step["add"], post, asked)

    def node(self, number: str, holder: str) -> Node | None:
        if number in (PAGE_ID, "me", "staywellnwl"):
            return self.owner()
        _needs_page(holder)
        return self.wall.nodes.get(number)

    def edge(self, number: str, name: str, request: Request, holder: str) -> dict[str, Any]:
        _needs_page(holder)
        if name in LISTS:
            if number not in (PAGE_ID, "me", "staywellnwl"):
                raise GraphError(10, "(#10) This endpoint requires 'Page Public Content Access'")
            return self._posts(LISTS[name], request)
        if self.node(number, holder) is None:
            raise not_there(number)
        if name != "comments":
            raise GraphError(100, f"(#100) Tried accessing nonexisting field ({name})")
        if number in self.wall.comments:
            return self.listed(self._comments(number, request.query), request)
        return self.listed(self.wall.nodes[number].values["comments"], request)

    def moderate(self, node: Node, asked: Mapping[str, str]) -> None:
        if node.shape is not COMMENT or asked.get("is_hidden") not in ("true", "false"):
            raise GraphError(100, "(#100) Unsupported post request")
        if not node.values["can_hide"]:
            raise GraphError(200, "(#200) This comment can't be hidden")
        node.values["is_hidden"] = asked["is_hidden"] == "true"

    def remove(self, node: Node) -> None:
        if node.shape is not COMMENT or not node.values["can_remove"]:
            raise GraphError(200, "(#200) Unsupported delete request")
        for reply in list(node.values["comments"].nodes):
            self.remove(reply)
        listed = self.wall.comments[self.wall.post_of[node.id]]
        listed.nodes.remove(node)
        listed.more += 1  # it is counted all the same
        if "parent" in node.values:
            node.values["parent"].values["comments"].nodes.remove(node)
        del self.wall.nodes[node.id]

    def _posts(self, where: tuple[str, ...], request: Request) -> dict[str, Any]:
        fields = parse(request.query["fields"]) if request.query.get("fields") else ()
        heavy = HEAVY & {field.name for field in fields}
        limit = request.query.get("limit", "")
        if heavy and limit.isdigit() and self.heaviest < int(limit) <= 100:
            raise GraphError(1, TOO_MUCH)
        everywhere = len(where) > 1  # where the malformed are too
        found = [
            post for post in self.wall.posts
            if (self.wall.where[post.id] in where if isinstance(post, Node) else everywhere)
        ]  # fmt: skip
        return self.listed(Edge(found), request, timed=True)

    def _comments(self, number: str, asked: Mapping[str, str]) -> Edge:
        """A post's comments as `filter` and `order` want them; the malformed are of every level."""
        chosen, order = asked.get("filter", "toplevel"), asked.get("order", "chronological")
        if chosen not in ("stream", "toplevel"):
            raise GraphError(100, "(#100) Param filter must be one of {STREAM, TOPLEVEL}")
        if order not in ("chronological", "reverse_chronological", "ranked"):
            raise GraphError(100, "(#100) Param order must be one of {CHRONOLOGICAL, ...}")
        whole = self.wall.comments[number]
        found = [
            one for one in whole.nodes
            if chosen == "stream" or not isinstance(one, Node) or "parent" not in one.values
        ]  # fmt: skip
        found.sort(key=_made, reverse=order == "reverse_chronological")
        return Edge(found, {"order": order, "can_comment": True}, more=whole.more)


def _made(one: Any) -> str:
    return str(one.values["created_time"]) if isinstance(one, Node) else ""


def _needs_page(holder: str) -> None:
    if holder != "page":
        raise GraphError(210, "(#210) A page access token is required to request this resource.")
