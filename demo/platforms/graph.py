"""What Facebook and Instagram share: the Graph API's tokens, errors, lists and OAuth."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from core import clock
from demo.pictures import picture
from demo.posts_loader import POSTS
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

VERSION = "v26.0"
PAGE_ID, PAGE_NAME = "100000000000001", "NHS North West London"
HOUR, SIXTY_DAYS = 3600, 60 * 86400  # how long a user's token lasts: a short one, a long one
MESSAGES = {
    1: "An unknown error occurred", 2: "Service temporarily unavailable", 32: "(#32) Page request limit reached",
    100: "(#100) Invalid parameter",
    190: "Error validating access token: Session has expired on Thursday, 19-Nov-26 01:00:00 PST.",
    200: "(#200) Permissions error", 80001: "(#80001) There have been too many calls to this Page account.",
}  # fmt: skip
NOT_THERE = (
    "Unsupported get request. Object with ID '{}' does not exist, cannot be loaded due to missing "
    "permissions, or does not support this operation"
)


class GraphError(Exception):
    """One of the platform's own errors: its code, its subcode (0: none) and its words."""

    def __init__(self, code: int, message: str = "", subcode: int = 0) -> None:
        self.message = message or MESSAGES.get(code, f"(#{code}) Invalid request")
        super().__init__(self.message)
        self.code, self.subcode = code, subcode


class GraphStandIn(StandIn):
    """One host of the Graph API. `usage` is the percentage that its headers tell; 100 refuses.

    `token` is a Page's, which doesn't expire; what `consent` gives are a user's.
    """

    page: ClassVar[int]  # the most that a page holds, so that there are pages

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.usage = 28
        self.token = f"demo-{self.name}-token"
        self.consent = Consent(self.name, offline=False)
        self._failing: list[GraphError] = []

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url, "version": VERSION,
                "access_token": secret(f"{self.name}-token", self.token),
                "client_id": secret(f"{self.name}-client", self.consent.client_id),
                "client_secret": secret(f"{self.name}-secret", self.consent.client_secret),
                "authorize_url": f"{self.url}/{VERSION}/dialog/oauth",
                "token_url": f"{self.url}/{VERSION}/oauth/access_token"}  # fmt: skip

    @abstractmethod
    def node(self, number: str) -> Node | None:
        """The object with this id; None where it isn't there."""

    @abstractmethod
    def edge(self, number: str, name: str, request: Request) -> Edge:
        """One of an object's lists. Raises GraphError."""

    @abstractmethod
    def moderate(self, node: Node, parameters: Mapping[str, str]) -> None:
        """A POST to an object. Raises GraphError where it may not be."""

    @abstractmethod
    def remove(self, node: Node) -> None:
        """A DELETE of an object. Raises GraphError where it may not be."""

    def publish(self, number: str, name: str, parameters: Mapping[str, str]) -> str:
        """A POST to one of an object's lists; the id of what was made. Raises GraphError where it may not be."""
        raise not_there(number)

    def fail(self, code: int, times: int = 1) -> None:
        """The next `times` calls are answered with this error."""
        self._failing += [GraphError(code)] * times

    def answer(self, request: Request) -> Answer:
        version, _, path = request.path.strip("/").partition("/")
        if version == "pictures":
            return Answer(body=picture(path.removesuffix(".png")), type="image/png")
        steps = [step for step in path.split("/") if step]
        try:
            if steps == ["dialog", "oauth"]:
                return self.consent.authorize(request)
            if self._failing:
                raise self._failing.pop(0)
            if steps == ["oauth", "access_token"]:
                return self._json(200, self._give_token(request))
            if self.usage >= 100:
                raise GraphError(80001)
            return self._json(200, self.route_request(request, steps))
        except GraphError as error:
            return self._error(error, minutes=5 if self.usage >= 100 else 0)

    def refusal(self, status: int, seconds: float) -> Answer:
        code, subcode = {401: (190, 467), 403: (200, 0), 404: (100, 33), 429: (32, 0),
                         500: (1, 0), 503: (2, 0)}.get(status, (100, 0))  # fmt: skip
        error = GraphError(code, NOT_THERE.format("0") if subcode == 33 else "", subcode)
        minutes = int(seconds // 60)
        return self._error(error, status=None if status == 429 else status, minutes=minutes)

    def expired(self) -> Answer:
        return self._error(GraphError(190, subcode=463))

    def route_request(self, request: Request, steps: list[str]) -> Any:
        """The body of a good answer. Raises GraphError."""
        fields = parse(iter(re.findall(r"\w+|[{}(),.]", request.query.get("fields", ""))))
        holder = self.holder(request)
        match steps:
            case ["me", "accounts"]:
                page = Node("page", {"id": PAGE_ID, "access_token": self.token})
                return self.listed(Edge([page] if holder == "user" else []), fields, request)
            case [] if request.query.get("ids"):
                nodes = {number: self.node(number) for number in request.query["ids"].split(",")}
                return {number: selected(node, fields) for number, node in nodes.items() if node}
            case [number] if node := self.node(number):
                if request.method == "GET":
                    return selected(node, fields)
                if request.method == "DELETE":
                    self.remove(node)
                else:
                    self.moderate(node, {**request.query, **request.form()})
                return {"success": True}
            case [number, name] if request.method == "POST":
                return {"id": self.publish(number, name, {**request.query, **request.form()})}
            case [number, name] if request.method == "GET":
                return self.listed(self.edge(number, name, request), fields, request)
        raise not_there(steps[0])

    def listed(self, edge: Edge, fields: Fields, request: Request) -> dict[str, Any]:
        """One page: after the first comes an empty one that has a `next` all the same.

        The request's own token is written into the address of the next, as the platform does. A `timed` list
        pages by `until` and `__paging_token`, any other by cursors.
        """
        query = request.query
        size = min(int(query.get("limit", "25")), self.page)
        place = query.get("__paging_token" if edge.timed else "after")
        start, gap = (int(part) for part in (place or "0-0").split("-"))
        nodes = edge.since(query.get("since", "0")) if edge.timed and not place else edge.nodes
        page = [] if gap else nodes[start : start + size]
        body: dict[str, Any] = {"data": [selected(node, fields) for node in page]}
        following = f"{start}-0" if gap else f"{start + size}-{int(start == 0)}"
        more = bool(size) and (bool(gap) or start + size < len(nodes))
        if request.fault == "repeat_token":
            following, more = place or following, True
        paging: dict[str, Any] = {}
        if page and not edge.timed:
            paging["cursors"] = {"before": f"{start}-0", "after": following}
        if more:
            places = (
                {"until": "1", "__paging_token": following} if edge.timed else {"after": following}
            )
            ahead = {**query, "access_token": self._sent_token(request), **places}
            paging["next"] = f"{self.url}{request.path}?{urlencode(ahead)}"
        if paging:
            body["paging"] = paging
        return body | (edge.counted() if query.get("summary") == "true" else {})

    def holder(self, request: Request) -> str:
        """Whose token was sent: "page" or "user". Raises GraphError."""
        sent = self._sent_token(request)
        if sent == self.token:
            return "page"
        if sent in self.consent.given:
            return "user"
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", 467)

    def _sent_token(self, request: Request) -> str:
        """By header, or as a parameter of the address."""
        _, _, token = request.headers.get("authorization", "").partition(" ")
        return token or request.query.get("access_token", "")

    def _give_token(self, request: Request) -> dict[str, Any]:
        parameters = {**request.query, **request.form()}
        if parameters.get("grant_type") == "fb_exchange_token":
            if parameters.get("fb_exchange_token") not in self.consent.given:
                raise GraphError(190, subcode=463)
            long = self.consent.token("long")
            return {"access_token": long, "token_type": "bearer", "expires_in": SIXTY_DAYS}
        try:
            granted = self.consent.granted(request)
        except Refused as error:
            raise GraphError(101 if error.error == "invalid_client" else 100, str(error)) from error
        return {"access_token": granted.access_token, "token_type": "bearer", "expires_in": HOUR}

    def _error(self, error: GraphError, status: int | None = None, minutes: int = 0) -> Answer:
        code = error.code
        body: dict[str, Any] = {"message": error.message, "code": code, "type": "OAuthException"}
        if error.subcode:
            body["error_subcode"] = error.subcode
        if code in (1, 2):
            body["is_transient"] = True
        if status is None:
            status = 500 if code in (1, 2) else 403 if 200 <= code < 300 else 400
        return self._json(status, {"error": body}, minutes)

    def _json(self, status: int, body: Any, minutes: int = 0) -> Answer:
        usage = {"type": "pages", "call_count": self.usage, "total_time": 25, "total_cputime": 25,
                 "estimated_time_to_regain_access": minutes}  # fmt: skip
        headers = {"x-business-use-case-usage": json.dumps({PAGE_ID: [usage]})}
        return Answer(status=status, body=json.dumps(body).encode(), headers=headers)


def not_there(number: str) -> GraphError:
    """What an object that is gone or can't be seen is answered with."""
    return GraphError(100, NOT_THERE.format(number), 33)


# ── Objects, their lists, and what `fields` chooses of them. ──────────────────────────────────────


@dataclass(slots=True)
class Field:
    """One name of `fields`: `asks` are its `.limit(0)`, `within` what stands in its braces."""

    asks: dict[str, str] = field(default_factory=dict)
    within: Fields = field(default_factory=dict)


Fields = dict[str, Field]


@dataclass(slots=True)
class Edge:
    """A list of objects, and what its summary says beside the count.

    An entry that is no Node is given out as it is: a malformed one. `more` counts those that can
    no longer be seen and are counted all the same.
    """

    nodes: list[Any]
    summary: dict[str, Any] = field(default_factory=dict)
    more: int = 0
    timed: bool = False  # paged by time

    def counted(self) -> dict[str, Any]:
        """The summary."""
        return {"summary": {**self.summary, "total_count": len(self.nodes) + self.more}}

    def since(self, seconds: str) -> list[Any]:
        """Those from a Unix time on; a malformed one has no time and stays."""
        return [node for node in self.nodes if not _made(node) or _made(node) >= int(seconds)]


@dataclass(slots=True)
class Node:
    """One object: what each of its fields holds.

    An Edge where that is a list of its own; a function of the field's `asks` where it hangs on them.
    """

    kind: str
    values: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.values["id"])


def parse(tokens: Iterator[str]) -> Fields:
    """The value of `fields`, or of a pair of braces in it: `id,comments.limit(0).summary(true),from{id}`."""
    fields: Fields = {}
    latest = Field()
    for token in tokens:
        if token == "}":
            break
        if token == "{":
            latest.within = parse(tokens)
        elif token == ".":
            method, _, value, _ = islice(tokens, 4)
            latest.asks[method] = value
        elif token != ",":
            latest = fields[token] = Field()
    return fields


def selected(thing: Any, fields: Fields) -> Any:
    """What a request with these fields gets of an object: its id alone where it names none."""
    if not isinstance(thing, Node):
        return thing
    values = {
        name: _value(thing.values[name], chosen)
        for name, chosen in fields.items()
        if thing.values.get(name) is not None
    }
    return {"id": thing.values["id"], **values} if "id" in thing.values else values


def _value(value: Any, chosen: Field) -> Any:
    if callable(value):
        value = value(chosen.asks)
    if isinstance(value, Edge):
        nodes = value.nodes[: int(chosen.asks.get("limit", "25"))]
        body = {"data": [selected(node, chosen.within) for node in nodes]}
        return body | (value.counted() if "summary" in chosen.asks else {})
    return selected(value, chosen.within)


def _made(node: Any) -> int:
    written = node.values.get("created_time", "") if isinstance(node, Node) else ""
    return int(clock.parse(written).timestamp()) if written else 0
