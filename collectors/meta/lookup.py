"""Looks items up again and acts on comments, as Facebook and Instagram share it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from collectors.base import Gone, Rechecked, SkippedItem, each
from collectors.meta.client import Absent, Graph, Params, TooMuch
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention

MOST_IDS = 50  # of one `ids` (Graph API reference)

Again = Callable[[Any, Mention], Mention]  # an item, and the mention that we hold of it


def look_up(
    graph: Graph, mentions: Sequence[Mention], fields: str, read: Again, where: str
) -> Iterator[Rechecked]:
    """Held mentions by their ids. Raises CollectorError where an answer says nothing of an absence.

    A token that has lost its permissions is also told of each id that it is not there: so the first
    absence is believed once an item of the batch, or else what the account posted, was shown.
    """
    for start in range(0, len(mentions), MOST_IDS):
        batch = mentions[start : start + MOST_IDS]
        items_by_id = _found(graph, [mention.issued_id for mention in batch], fields)
        if not items_by_id:
            prove(graph)
        for number, mention in enumerate(batch, start + 1):
            if mention.issued_id in items_by_id:
                yield from _again(
                    graph, items_by_id[mention.issued_id], mention, read, f"{where} {number}"
                )
            else:
                yield Gone(mention.issuer, mention.issued_id)


def prove(graph: Graph) -> None:
    """Raises CollectorError unless the account's own list can be read, which takes the permissions."""
    params: Params = {"fields": "id", "limit": 1}
    listed = graph.call("GET", f"{graph.account}/{graph.own}", params).get("data")
    if not isinstance(listed, list):
        raise PlatformUnavailable(
            f"{graph.platform} shows not even our own posts: that tells nothing of what is there"
        )


def list_again(
    graph: Graph, path: str, fields: str, mentions: Sequence[Mention], read: Again, where: str
) -> Iterator[Rechecked]:
    """Held mentions that can't be looked up by id, from the list that showed them.

    What a list that was read to its end no longer shows is there no more, or no longer to be seen.
    """
    missing = {mention.issued_id: mention for mention in mentions}
    if not missing:
        return
    for numbered_page in graph.walk(path, {"fields": fields}, where=where):
        if isinstance(numbered_page, SkippedItem):  # the list goes on, so that it tells no absence
            yield numbered_page
            return
        for item in numbered_page[1]:
            mention = missing.pop(_id(item), None)
            if mention:
                yield from _again(graph, item, mention, read, where)
        if not missing:
            return
    yield from (Gone(lost.issuer, lost.issued_id, "removed") for lost in missing.values())


def confirm(graph: Graph, method: str, path: str, params: Params) -> None:
    """A call that changes something. Raises CollectorError where the platform does not say that it did."""
    if graph.call(method, path, params).get("success") is not True:
        raise PlatformUnavailable(
            f"{graph.platform} did not confirm it: look there before you try again"
        )


def why_not(mention: Mention) -> str:
    """Why a mention can't be acted on, as far as its platform makes no difference; or empty."""
    if mention.deleted:
        return "it is there no more"
    if mention.kind not in ("comment", "reply"):
        return "only comments can be acted on"
    return "it is our own" if mention.own else ""


def allowed(graph: Graph, item: Mapping[str, Any], key: str) -> None:
    """Raises PlatformRefused where the platform says beforehand that this may not be done."""
    if item.get(key) is False:
        raise PlatformRefused(
            f"{graph.platform} does not let this token do that to this comment ({key}): check the role "
            "on the Page"
        )


def _again(
    graph: Graph, item: Any, mention: Mention, read: Again, where: str
) -> Iterator[Mention | SkippedItem]:
    yield from each([item], lambda node: read(node, mention), at=graph.at, where=where)


def _id(item: Any) -> str:
    return str(item.get("id", "")) if isinstance(item, dict) else ""


def _found(graph: Graph, ids: list[str], fields: str) -> dict[str, Any]:
    """What is there of these ids, by id. One that is gone can make the whole call fail."""
    try:
        items_by_id = graph.get("", {"ids": ",".join(ids), "fields": fields})
    except TooMuch:
        if len(ids) == 1:
            raise
        half = len(ids) // 2
        return _found(graph, ids[:half], fields) | _found(graph, ids[half:], fields)
    except Absent:
        return dict(_one_by_one(graph, ids, fields))
    if not items_by_id.keys() <= set(ids):
        raise PlatformUnavailable(f"{graph.platform} answered with other ids than were asked for")
    return items_by_id


def _one_by_one(graph: Graph, ids: list[str], fields: str) -> Iterator[tuple[str, Any]]:
    for issued_id in ids:
        try:
            yield issued_id, graph.get(issued_id, {"fields": fields})
        except Absent:
            continue
