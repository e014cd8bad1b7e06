"""Pages of a Graph API list: cursors or times, addresses that hold the token, empty ones between."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlencode

import clock
from demo.graph_fields import DEFAULT_LIMIT, Edge, GraphError, Node, flag, parse, selected
from demo.standins import Request

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
    made: dict[str, Any] = {"data": [selected(node, chosen) for node in page]}
    following = _written(start, False) if gap else _written(start + size, start == 0)
    more = bool(size) and (gap or start + size < len(nodes))
    if request.fault == "repeat_token":
        following, more = place or following, True
    kept = {name: value for name, value in query.items() if name not in _PLACES}
    kept["access_token"] = token
    paging: dict[str, Any] = {}
    if timed and nodes:
        kept |= {"until": str(_seconds(nodes[min(start, len(nodes) - 1)]))}
        paging["previous"] = _address(here, kept | {"__previous": "1"})
        ahead = kept | {"__paging_token": following}
    else:
        if page:
            paging["cursors"] = {"before": _written(start, False), "after": following}
        ahead = kept | {"after": following}
    if more:
        paging["next"] = _address(here, ahead)
    if paging:
        made["paging"] = paging
    if flag(query.get("summary")):
        made["summary"] = {**edge.summary, "total_count": edge.total}
    return made


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
