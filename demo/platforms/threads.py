"""Threads on loopback: search by words, mentions, our own posts, conversations, hiding, answering.

After developers.facebook.com/docs/threads: lists page by cursors without a link, and the cursor of the last page leads to
an empty one. Search finds posts that hold all words of the query, wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from core import clock
from demo.platforms.graph import (
    SIXTY_DAYS,
    Edge,
    Fields,
    GraphError,
    GraphStandIn,
    Node,
    not_there,
    parse,
    selected,
)
from demo.posts_loader import APPROVAL, POSTS, TERMS, ago, load
from demo.servers.http import Answer, Faults, Request, Secret

USER_ID, HANDLE = "26000000000000001", "healthiernwl"
VERSION = "v1.0"
REPLY_ONLY = frozenset(("hide_status", "is_reply_owned_by_me"))  # fields of replies alone


class ThreadsStandIn(GraphStandIn):
    """`approved`: whether Meta lets the app search what others say; `searched` holds every query."""

    name: ClassVar[str] = "threads"
    ours: ClassVar[tuple[str, ...]] = (HANDLE,)
    page: ClassVar[int] = 4

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.approved = True
        self.searched: list[str] = []
        self._authored = load("threads", folder)
        self._number = count(18100000000000001)
        self.keys: dict[str, Node] = {}
        self.nodes: dict[str, Node] = {}
        self.own: list[Node] = []
        self.mentions: list[Any] = []
        self.below: dict[str, list[Any]] = {}  # by the id of a post of ours
        self._write()

    def table(self, secret: Secret) -> dict[str, Any]:
        return {**super().table(secret), "version": VERSION, "user_id": USER_ID, "approval": APPROVAL,
                "reply": True, "terms": [term for term in TERMS if not term.startswith("@")],
                "authorize_url": f"{self.url}/oauth/authorize",
                "token_url": f"{self.url}/oauth/access_token"}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        """Granting stands beside the versions."""
        if request.path == "/oauth/authorize":
            return self.consent.authorize(request)
        try:
            if request.path == "/oauth/access_token":
                return self._json(200, self._short(request))
            if request.path in ("/access_token", "/refresh_access_token"):
                return self._json(200, self._long(request))
        except GraphError as error:
            return self._error(error)
        return super().answer(request)

    def change(self) -> None:
        """A later day: what threads.json's "later" says is edited, deleted, hidden or added."""
        for step in self._authored["later"]:
            if "edit" in step:
                self.keys[step["edit"]].values["text"] = step["text"]
            elif "delete" in step:
                self.remove(self.keys[step["delete"]])
            elif "hide" in step:
                self.keys[step["hide"]].values["hide_status"] = "HIDDEN"
            elif "under" in step:
                above = self.keys[step["under"]]
                root = above.values.get("root_post", above)
                self._reply(step["add"], root, above)
            else:
                self._public(step["add"])

    def route_request(self, request: Request, steps: list[str]) -> Any:
        if steps == ["keyword_search"] and self.holder(request):
            return self._search(request)
        if len(steps) == 2 and steps[1] == "manage_reply" and request.method == "POST":
            node = self.node(steps[0])
            if node is None or node.values.get("replied_to") is not node.values.get("root_post"):
                raise not_there(steps[0])
            self.moderate(node, {**request.query, **request.form()})
            return {"success": True}
        return super().route_request(request, steps)

    def node(self, number: str) -> Node | None:
        if number == USER_ID:
            return Node("account", {"id": USER_ID, "username": HANDLE})
        return self.nodes.get(number)

    def edge(self, number: str, name: str, request: Request) -> Edge:
        if number == USER_ID and name in ("threads", "mentions"):
            listed = self.own if name == "threads" else self.mentions
            return Edge(_within(listed, request.query))
        if name == "conversation" and number in self.below:
            return Edge(self.below[number])
        raise not_there(number)

    def listed(self, edge: Edge, fields: Fields, request: Request) -> dict[str, Any]:
        """One page; a cursor stands behind each that isn't empty, and no link."""
        query = request.query
        size = min(int(query.get("limit", "25")), self.page)
        start = int(query.get("after") or 0)
        if not REPLY_ONLY.isdisjoint(fields) and "conversation" not in request.path:
            raise GraphError(100, "(#100) Tried accessing nonexisting field (hide_status)")
        nodes = edge.nodes[start : start + size]
        body: dict[str, Any] = {"data": [selected(node, fields) for node in nodes]}
        if nodes:
            after = query.get("after") if request.fault == "repeat_token" else None
            body["paging"] = {
                "cursors": {"before": str(start), "after": after or str(start + size)}
            }
        return body

    def moderate(self, node: Node, parameters: Mapping[str, str]) -> None:
        node.values["hide_status"] = "HIDDEN" if parameters["hide"] == "true" else "UNHUSHED"

    def remove(self, node: Node) -> None:
        del self.nodes[node.id]
        for nodes in (self.own, self.mentions, *self.below.values()):
            if node in nodes:
                nodes.remove(node)

    def publish(self, number: str, name: str, parameters: Mapping[str, str]) -> str:
        """A text that answers a post, published in the same call."""
        above = self.node(parameters.get("reply_to_id", ""))
        if (number, name) != (USER_ID, "threads") or above is None:
            raise not_there(parameters.get("reply_to_id", number))
        if parameters.get("media_type") != "TEXT" or parameters.get("auto_publish_text") != "true":
            raise GraphError(100)
        written = {"by": HANDLE, "text": parameters["text"], "ago": "0m"}
        return self._reply(written, above.values.get("root_post", above), above).id

    def _search(self, request: Request) -> dict[str, Any]:
        query = request.query
        self.searched.append(query["q"])
        words = re.findall(r"\w+", query["q"].lower())
        nodes = [
            node for node in self.nodes.values()
            if isinstance(node, Node) and _says(node, words)
            and (self.approved or node.values.get("username") == HANDLE)
        ]  # fmt: skip
        nodes.sort(key=lambda node: str(node.values["timestamp"]), reverse=True)
        return self.listed(Edge(_within(nodes, query)), _fields(query), request)

    def _short(self, request: Request) -> dict[str, Any]:
        return {**self._give_token(request), "user_id": int(USER_ID)}

    def _long(self, request: Request) -> dict[str, Any]:
        query = request.query
        exchange = request.path == "/access_token"
        kind = "th_exchange_token" if exchange else "th_refresh_token"
        known = query.get("client_secret") == self.consent.client_secret or not exchange
        if (
            query.get("grant_type") != kind
            or query.get("access_token") not in self.consent.given
            or not known
        ):
            raise GraphError(190, subcode=463)
        return {
            "access_token": self.consent.token("long"),
            "token_type": "bearer",
            "expires_in": SIXTY_DAYS,
        }

    # ── turns demo/posts/threads.json into posts as the interface has them ────────────────────────

    def _write(self) -> None:
        for entry in self._authored["posts"]:
            node = self._node(entry, HANDLE)
            self.own.append(node)
            self.below[node.id] = []
            for reply in entry.get("replies", []):
                self._reply(reply, node, node)
            node.values["has_replies"] = bool(self.below[node.id])
        for entry in self._authored["public"]:
            self._public(entry)
        for entry in self._authored["mentions"]:
            self.mentions.append(self._public(entry))
        for entry in self._authored["malformed"]:
            if "under" in entry:
                self.below[self.keys[entry["under"]].id].insert(1, entry["raw"])
            else:
                self.mentions.insert(1, entry["raw"])

    def _public(self, authored: dict[str, Any]) -> Node:
        node = self._node(authored, authored["by"])
        if quoted := authored.get("quotes"):
            node.values |= {
                "is_quote_post": True,
                "quoted_post": Node("post", {"id": self.keys[quoted].id}),
            }
        return node

    def _reply(self, authored: dict[str, Any], root: Node, above: Node) -> Node:
        node = self._node(authored, authored["by"])
        node.values |= {
            "is_reply": True, "root_post": root, "replied_to": above,
            "is_reply_owned_by_me": authored["by"] == HANDLE,
            "hide_status": "HIDDEN" if authored.get("hidden") else "NOT_HUSHED",
        }  # fmt: skip
        if root.id in self.below:
            self.below[root.id].insert(0, node)
            root.values["has_replies"] = True
        for reply in authored.get("replies", []):
            self._reply(reply, root, node)
        return node

    def _node(self, authored: dict[str, Any], by: str) -> Node:
        number = str(next(self._number))
        values: dict[str, Any] = {
            "id": number, "media_product_type": "THREADS", "media_type": authored.get("type", "TEXT_POST"),
            "permalink": f"https://www.threads.net/@{by}/post/D{number[-10:]}", "username": by,
            "text": authored["text"], "timestamp": f"{self.at - ago(authored['ago']):%Y-%m-%dT%H:%M:%S+0000}",
            "shortcode": f"D{number[-10:]}", "has_replies": False, "is_reply": False, "is_quote_post": False,
        }  # fmt: skip
        if alt := authored.get("alt"):
            values |= {
                "media_type": "IMAGE",
                "alt_text": alt,
                "media_url": f"{self.url}/pictures/{number}.png",
            }
        if link := authored.get("link"):
            values["link_attachment_url"] = link
        if longer := authored.get("longer"):
            values["text_attachment"] = {"plaintext": longer}
        node = Node("post", values)
        self.nodes[number] = node
        if "key" in authored:
            self.keys[authored["key"]] = node
        return node


def _fields(query: Mapping[str, str]) -> Fields:
    return parse(iter(re.findall(r"\w+|[{}(),.]", query.get("fields", ""))))


def _says(node: Node, words: list[str]) -> bool:
    written = set(re.findall(r"\w+", f"{node.values.get('text')}".lower()))
    return bool(words) and set(words) <= written


def _within(nodes: list[Any], query: Mapping[str, str]) -> list[Any]:
    """Those from `since` on; a malformed one has no time and stays."""
    since = int(query.get("since", "0"))
    return [node for node in nodes if not isinstance(node, Node) or _made(node) >= since]


def _made(node: Node) -> float:
    return clock.parse(str(node.values["timestamp"])).timestamp()
