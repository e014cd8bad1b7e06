"""An Instagram professional account on loopback, by Facebook Login: comments, tags, mentions, hashtags."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import clock
from demo.faults import Faults
from demo.graph import GraphStandIn, not_there
from demo.graph_fields import Edge, GraphError, Node, selected, shape
from demo.instagram_posts import COMMENT, HASHTAG, MEDIA, USER_ID, Writer
from demo.standins import Request, Secret

ACCOUNT = shape("id username name biography website followers_count follows_count media_count "
                "profile_picture_url mentioned_comment mentioned_media")  # fmt: skip
HASHTAGS_A_WEEK = 30
DAY = timedelta(hours=24)  # how far back a hashtag's recent media go
WATCHED = ("nhsnwlondon", "nwlondon")


class InstagramStandIn(GraphStandIn):
    """Takes the Page's token or a user's. `searched` are the hashtags that were asked for."""

    name: ClassVar[str] = "instagram"
    business: ClassVar[str] = "instagram"
    page: ClassVar[int] = 4
    scopes: ClassVar[tuple[str, ...]] = (
        "instagram_basic", "instagram_manage_comments", "pages_read_engagement", "pages_show_list",
    )  # fmt: skip

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self._writer = Writer(at, self.url)
        self.gallery = self._writer.written()
        self.searched: list[str] = []

    def table(self, secret: Secret) -> dict[str, Any]:
        return {**super().table(secret), "user_id": USER_ID, "login": "facebook",
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
                asked = keys[step["answer"]]
                self._writer.comment(step["add"], asked.values["media"], asked)

    def owner(self) -> Node:
        """The Page that the account belongs to."""
        page = super().owner()
        page.values["instagram_business_account"] = {"id": USER_ID}
        return page

    def asked(self, request: Request, steps: list[str], sent: str) -> Any:
        if steps == ["ig_hashtag_search"]:
            self.holder(sent)
            return self._hashtag_search(request.query)
        return super().asked(request, steps, sent)

    def node(self, number: str, holder: str) -> Node | None:
        """A comment that is only known by a mention can't be read so."""
        if number == USER_ID:
            return self._account()
        for name, its_id in self.gallery.hashtags.items():
            if its_id == number:
                return Node(HASHTAG, {"id": its_id, "name": name})
        return self.owner() if number == self.owner().id else self.gallery.nodes.get(number)

    def edge(self, number: str, name: str, request: Request, holder: str) -> dict[str, Any]:
        gallery = self.gallery
        node = self.node(number, holder)
        if node is None:
            raise not_there(number)
        match node.shape, name:
            case (of, "media") if of is ACCOUNT:
                return self.listed(Edge(gallery.media), request)
            case (of, "tags") if of is ACCOUNT:
                return self.listed(Edge(gallery.tags), request)
            case (of, "recently_searched_hashtags") if of is ACCOUNT:
                found = [Node(HASHTAG, {"id": gallery.hashtags[name]}) for name in self.searched]
                return self.listed(Edge(found), request)
            case (of, "comments") if of is MEDIA:
                return self.listed(gallery.comments[number], request)
            case (of, "replies") if of is COMMENT:
                return self.listed(node.values["replies"], request)
            case (of, "recent_media") if of is HASHTAG:
                return self._recent(number, request)
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({name})")

    def moderate(self, node: Node, asked: Mapping[str, str]) -> None:
        if node.shape is not COMMENT or asked.get("hide") not in ("true", "false"):
            raise GraphError(100, "(#100) Unsupported post request")
        if node.values["username"] != self._writer.username:  # one's own stays, whatever is said
            node.values["hidden"] = asked["hide"] == "true"

    def remove(self, node: Node) -> None:
        if node.shape is not COMMENT:
            raise GraphError(200, "(#200) Unsupported delete request")
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
        return Node(ACCOUNT, {
            "id": USER_ID, "username": about["username"], "name": about["name"],
            "biography": about["biography"], "followers_count": about["followers"],
            "follows_count": 61, "media_count": len(gallery.media),
            "profile_picture_url": f"{self.url}/pictures/logo.png",
            "mentioned_media": lambda asks: _known(gallery.mentioned_media, asks.get("media_id", "")),
            "mentioned_comment": lambda asks: _known(
                gallery.mentioned_comments, asks.get("comment_id", "")
            ),
        })  # fmt: skip

    def _hashtag_search(self, query: Mapping[str, str]) -> dict[str, Any]:
        name = query.get("q", "").lower()
        if query.get("user_id") != USER_ID or not name.isidentifier():
            raise GraphError(100, "(#100) The parameters user_id and q are required")
        if name not in self.searched and len(self.searched) >= HASHTAGS_A_WEEK:
            raise GraphError(18, "(#18) 30 unique hashtags were queried within 7 days", 2207034)
        if name in self.gallery.refused:
            raise GraphError(1, "An unknown error occurred")
        if name not in self.gallery.hashtags:
            raise GraphError(24, "(#24) The requested resource does not exist", 2207024)
        if name not in self.searched:
            self.searched.append(name)
        node = Node(HASHTAG, {"id": self.gallery.hashtags[name], "name": name})
        return {"data": [selected(node, ()) | {"name": name}]}

    def _recent(self, number: str, request: Request) -> dict[str, Any]:
        if request.query.get("user_id") != USER_ID:
            raise GraphError(100, "(#100) The parameter user_id is required")
        found = [
            one for one in self.gallery.hashtag_media.get(number, [])
            if self.at - clock.parse(one.values["timestamp"]) <= DAY
        ]  # fmt: skip
        return self.listed(Edge(found), request)


def _known(known: Mapping[str, Node], number: str) -> Node:
    if number not in known:
        raise not_there(number)
    return known[number]
