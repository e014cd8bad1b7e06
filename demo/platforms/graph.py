"""What Facebook and Instagram share: the Graph API's tokens, errors, usage, batches and OAuth."""

from __future__ import annotations

import base64
import binascii
import json
import re
from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from core import clock
from demo.pictures import picture
from demo.platforms.graph_fields import (
    DEFAULT_LIMIT,
    Edge,
    GraphError,
    Node,
    flag,
    parse,
    selected,
    shape,
)
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

VERSION = "v26.0"
USER_ID, PAGE_ID, PAGE_NAME = "122000000000001", "100000000000001", "NHS North West London"
MOST_IDS = 50
HOUR, SIXTY_DAYS = 3600, 60 * 86400  # how long a user's token lasts: a short one, a long one
APP = shape("id name")
PAGE = shape("id name username access_token tasks category link instagram_business_account",
             "id name")  # fmt: skip
MESSAGES = {
    1: "An unknown error occurred", 2: "Service temporarily unavailable",
    4: "(#4) Application request limit reached",
    10: "(#10) This endpoint requires the 'pages_read_user_content' permission",
    17: "(#17) User request limit reached", 32: "(#32) Page request limit reached",
    100: "(#100) Invalid parameter",
    190: "Error validating access token: Session has expired on Thursday, 19-Nov-26 01:00:00 PST.",
    200: "(#200) Permissions error",
    341: "(#341) Feed action request limit reached",
    368: "(#368) The action attempted has been deemed abusive or is otherwise disallowed",
    613: "(#613) Calls to this api have exceeded the rate limit.",
    80001: "(#80001) There have been too many calls to this Page account. Wait a bit and try again.",
}  # fmt: skip
NOT_THERE = (
    "Unsupported get request. Object with ID '{}' does not exist, cannot be loaded due to missing "
    "permissions, or does not support this operation"
)


class GraphStandIn(StandIn):
    """One host of the Graph API. `usage` is the percentage that its headers tell; 100 refuses.

    `token` is a Page's, which doesn't expire; what `consent` gives are a user's.
    """

    business: ClassVar[str]  # the type in X-Business-Use-Case-Usage
    scopes: ClassVar[tuple[str, ...]]
    page: ClassVar[int]  # the most that a page holds, so that there are pages

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
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
    def node(self, number: str, holder: str) -> Node | None:
        """The object with this id; None where it isn't there. `holder` of the token: "page" or "user"."""

    @abstractmethod
    def edge(self, number: str, name: str, request: Request, holder: str) -> dict[str, Any]:
        """A page of one of an object's lists. Raises GraphError."""

    @abstractmethod
    def moderate(self, node: Node, parameters: Mapping[str, str]) -> None:
        """A POST to an object. Raises GraphError where it may not be."""

    @abstractmethod
    def remove(self, node: Node) -> None:
        """A DELETE of an object. Raises GraphError where it may not be."""

    def fail(self, code: int, subcode: int = 0, message: str = "", times: int = 1) -> None:
        """The next `times` calls are answered with this error, in the platform's words."""
        words = message or MESSAGES.get(code, f"(#{code}) Invalid request")
        self._failing += [GraphError(code, words, subcode)] * times

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/pictures/"):
            seed = request.path.rpartition("/")[2].removesuffix(".png")
            return Answer(body=picture(seed), type="image/png")
        version, _, path = request.path.strip("/").partition("/")
        steps = [step for step in path.split("/") if step]
        try:
            if not re.fullmatch(r"v2[0-6]\.0", version):
                raise GraphError(2500, f"Unknown path components: /{version}")
            if steps == ["dialog", "oauth"]:
                return self.consent.authorize(request)
            if self._failing:
                raise self._failing.pop(0)
            if steps == ["oauth", "access_token"]:
                return self._json(200, self._give_token(request))
            if self.usage >= 100:
                raise GraphError(80001, MESSAGES[80001])
            return self._json(200, self.route_request(request, steps, _sent_token(request)))
        except GraphError as error:
            return self._error(error, minutes=5 if self.usage >= 100 else 0)

    def refusal(self, status: int, seconds: float) -> Answer:
        if status == 502:
            return Answer(status=502, body=b"<html><body>Sorry</body></html>", type="text/html")
        code, subcode = {401: (190, 467), 403: (200, 0), 404: (100, 33), 429: (32, 0),
                         500: (1, 0), 503: (2, 0)}.get(status, (100, 0))  # fmt: skip
        words = NOT_THERE.format("0") if subcode == 33 else MESSAGES[code]
        return self._error(
            GraphError(code, words, subcode), status=None if status == 429 else status,
            minutes=int(seconds // 60), usage=100 if status == 429 else self.usage,
        )  # fmt: skip

    def expired(self) -> Answer:
        return self._error(GraphError(190, MESSAGES[190], 463))

    def owner(self) -> Node:
        """The Page, which only who has its token or its administrator's may ask for its token."""
        return Node(PAGE, {"id": PAGE_ID, "name": PAGE_NAME, "username": "staywellnwl",
                           "access_token": self.token, "category": "Medical and health",
                           "tasks": ["MODERATE", "CREATE_CONTENT", "MANAGE"],
                           "link": "https://www.facebook.com/staywellnwl"})  # fmt: skip

    def route_request(self, request: Request, steps: list[str], sent: str) -> Any:
        """The body of a good answer. Raises GraphError."""
        holder = self.holder(sent)
        fields = parse(request.query["fields"]) if request.query.get("fields") else ()
        match steps:
            case ["debug_token"]:
                return {"data": self._debugged(request.query.get("input_token", ""))}
            case [("me" | "122000000000001"), "accounts"]:
                return listing(Edge([self.owner()] if holder == "user" else []), request,
                               self._here(request), sent, size=self.page)  # fmt: skip
            case ["me"] if holder == "user":
                return selected(Node(APP, {"id": USER_ID, "name": "Administrator"}), fields)
            case [] if request.query.get("ids"):
                ids = request.query["ids"].split(",")
                if len(ids) > MOST_IDS:
                    raise GraphError(100, f"(#100) Too many IDs. Maximum: {MOST_IDS}")
                nodes = {number: self.node(number, holder) for number in ids}
                return {number: selected(node, fields) for number, node in nodes.items() if node}
            case [number]:
                return self._one(number, request, holder, fields)
            case [number, name] if request.method == "GET":
                return self.edge(number, name, request, holder)
        raise GraphError(2500, "Unknown path components: /" + "/".join(steps))

    def _one(self, number: str, request: Request, holder: str, fields: Any) -> Any:
        node = self.node(number, holder)
        if node is None:
            raise not_there(number)
        if request.method == "GET":
            return selected(node, fields)
        if request.method == "DELETE":
            self.remove(node)
        else:
            self.moderate(node, {**request.query, **request.form()})
        return {"success": True}

    def listed(self, edge: Edge, request: Request, *, timed: bool = False) -> dict[str, Any]:
        """A page of a list, with the request's own token in the address of the next."""
        here, sent = self._here(request), _sent_token(request)
        return listing(edge, request, here, sent, size=self.page, timed=timed)

    def _here(self, request: Request) -> str:
        return self.url + request.path

    def holder(self, sent: str) -> str:
        """Whose token it is: "page" or "user". Raises GraphError 104 or 190."""
        if sent == self.token:
            return "page"
        if sent in self.consent.given:
            return "user"
        if not sent:
            raise GraphError(104, "An access token is required to request this resource.")
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", 467)

    def _debugged(self, token: str) -> dict[str, Any]:
        lost = {"code": 190, "message": MESSAGES[190], "subcode": 463}
        if token != self.token and token not in self.consent.given:
            return {"is_valid": False, "scopes": [], "error": lost}
        mine = token == self.token
        ends = 0 if mine else int((self.at + timedelta(seconds=SIXTY_DAYS)).timestamp())
        return {"app_id": self.consent.client_id, "type": "PAGE" if mine else "USER",
                "application": "Mentions", "is_valid": True, "expires_at": ends,
                "data_access_expires_at": int((self.at + timedelta(days=90)).timestamp()),
                "scopes": list(self.scopes), "user_id": USER_ID,
                **({"profile_id": PAGE_ID} if mine else {})}  # fmt: skip

    def _give_token(self, request: Request) -> dict[str, Any]:
        parameters = {**request.query, **request.form()}
        if parameters.get("grant_type") == "fb_exchange_token":
            client = (parameters.get("client_id"), parameters.get("client_secret"))
            if client != (self.consent.client_id, self.consent.client_secret):
                raise GraphError(101, "Error validating client secret.")
            if parameters.get("fb_exchange_token") not in self.consent.given:
                raise GraphError(190, MESSAGES[190], 463)
            long = self.consent.token("long")
            return {"access_token": long, "token_type": "bearer", "expires_in": SIXTY_DAYS}
        try:
            granted = self.consent.granted(request)
        except Refused as error:
            codes = {"invalid_client": (101, 0), "invalid_grant": (100, 36009)}
            raise GraphError(*_placed(codes.get(error.error, (100, 0)), error)) from error
        return {"access_token": granted.access_token, "token_type": "bearer", "expires_in": HOUR}

    def _error(
        self, error: GraphError, status: int | None = None, minutes: int = 0, usage: int = 0
    ) -> Answer:
        code = error.code
        body: dict[str, Any] = {"message": error.message, "code": code, "fbtrace_id": "AbCdEfGh123",
                                "type": "OAuthException"}  # fmt: skip
        if error.subcode:
            body["error_subcode"] = error.subcode
        if error.subcode == 33:
            body["type"] = "GraphMethodException"
        if code in (1, 2):
            body["is_transient"] = True
        if code == 190:
            body |= {"error_user_title": "Log in again", "error_user_msg": "Your session is over."}
        if status is None:
            status = 500 if code in (1, 2) else 403 if code in (4, 10, 368) or 200 <= code < 300 else 400  # fmt: skip
        return self._json(status, {"error": body}, minutes, usage)

    def _json(self, status: int, body: Any, minutes: int = 0, usage: int = 0) -> Answer:
        share = {"call_count": usage or self.usage, "total_time": 25, "total_cputime": 25}
        case = {"type": self.business, **share, "estimated_time_to_regain_access": minutes}
        headers = {"x-app-usage": json.dumps(share), "x-page-usage": json.dumps(share),
                   "x-business-use-case-usage": json.dumps({PAGE_ID: [case]})}  # fmt: skip
        return Answer(status=status, body=json.dumps(body).encode(), headers=headers)


def not_there(number: str) -> GraphError:
    """What an object that is gone or can't be seen is answered with."""
    return GraphError(100, NOT_THERE.format(number), 33)


def _placed(code: tuple[int, int], error: Exception) -> tuple[int, str, int]:
    return code[0], str(error), code[1]


def _sent_token(request: Request) -> str:
    """By header, or as a parameter of the address or the form."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    parameters = {**request.form(), **request.query}
    return token if kind.lower() in ("bearer", "oauth") else parameters.get("access_token", "")


# ── Pages of a Graph API list: cursors or times, addresses that hold the token, empty ones between.

MOST = 100
_PLACES = ("after", "before", "until", "since", "__paging_token", "__previous", "access_token")


def listing(
    edge: Edge, request: Request, here: str, token: str, *, size: int, timed: bool = False
) -> dict[str, Any]:
    """One page, of `size` at most: after the first comes an empty one that has a `next` all the same.

    `here` is the request's address without its query; `token` is written into `next` as the platform
    does. A `timed` list pages by `until` and `__paging_token`, any other by cursors.
    """
    query = request.query
    chosen = parse(query["fields"]) if query.get("fields") else ()
    size = min(_limit(query.get("limit")), size)
    place = query.get("__paging_token" if timed else "after")
    start, gap = _read(place) if place else (0, False)
    nodes = _within(edge.nodes, query) if timed and not place else edge.nodes
    page = [] if gap else nodes[start : start + size]
    body: dict[str, Any] = {"data": [selected(node, chosen) for node in page]}
    following = _written(start, False) if gap else _written(start + size, start == 0)
    more = bool(size) and (gap or start + size < len(nodes))
    if request.fault == "repeat_token":
        following, more = place or following, True
    next_query = {name: value for name, value in query.items() if name not in _PLACES}
    next_query["access_token"] = token
    paging: dict[str, Any] = {}
    if timed and nodes:
        next_query |= {"until": str(_seconds(nodes[min(start, len(nodes) - 1)]))}
        paging["previous"] = _address(here, next_query | {"__previous": "1"})
        ahead = next_query | {"__paging_token": following}
    else:
        if page:
            paging["cursors"] = {"before": _written(start, False), "after": following}
        ahead = next_query | {"after": following}
    if more:
        paging["next"] = _address(here, ahead)
    if paging:
        body["paging"] = paging
    if flag(query.get("summary")):
        body["summary"] = {**edge.summary, "total_count": edge.total}
    return body


def _limit(written: str | None) -> int:
    if written is None:
        return DEFAULT_LIMIT
    if not written.isdigit() or int(written) > MOST:
        raise GraphError(100, f"(#100) Param limit must be a number from 0 to {MOST}")
    return int(written)


def _within(nodes: list[Any], query: Any) -> list[Any]:
    """Those between `since` and `until`, Unix seconds; a malformed one has no time and stays."""
    try:
        since, until = int(query.get("since", "0")), int(query.get("until", str(1 << 40)))
    except ValueError as error:
        raise GraphError(100, "(#100) since and until must be Unix timestamps") from error
    return [node for node in nodes if not _seconds(node) or since <= _seconds(node) <= until]


def _seconds(node: Any) -> int:
    if not isinstance(node, Node) or "created_time" not in node.values:
        return 0
    return int(clock.parse(node.values["created_time"]).timestamp())


def _written(start: int, gap: bool) -> str:
    return base64.urlsafe_b64encode(f"{start}:{int(gap)}".encode()).decode()


def _read(place: str) -> tuple[int, bool]:
    try:
        start, gap = base64.urlsafe_b64decode(place).decode().split(":")
        return int(start), gap == "1"
    except (ValueError, binascii.Error) as error:
        raise GraphError(100, "(#100) The cursor is not valid or has expired") from error


def _address(here: str, query: dict[str, str]) -> str:
    return f"{here}?{urlencode(query)}"
