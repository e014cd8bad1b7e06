"""Lists of one Mastodon server: a hashtag's timeline, notifications, our own posts, what a search finds.

All but searches are read downward on the first run, and then upward from the id that was reached, which
leaves no gap however long a run was in coming.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.utils import parse_header_links

from collectors.base import Answer, Http, Passing, identity, moment
from collectors.http import client as http_client
from collectors.http.transport import host
from collectors.parsing import UNREADABLE, same_host
from core.errors import PlatformRefused, PlatformUnavailable

# A status that comes from another server gets an id by the time at which it was written. So the id
# that the next run starts from is never younger than this: what was long on its way is not missed.
_ON_ITS_WAY = timedelta(hours=3)
_NO_SEARCH = (401, 403, 404, 422)  # what servers without a search of statuses answer
AT_ONCE = 20  # ids; Mastodon answers 422 to more
STATUSES = "/api/v1/statuses"
NOT_THERE = (404, 410)

Params = Sequence[tuple[str, str | int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Asks one server, with its token."""

    http: Http
    url: str
    token: str
    at: datetime
    page_size: int

    def ask(self, path: str, params: Params, accept: tuple[int, ...] = ()) -> Answer:
        """One answer of this server. Raises as `Http.get`."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.get(
            self.url.rstrip("/") + path, params, headers, accept=accept, judge=raise_for_response
        )

    def search(self, query: str, kind: str, offset: int = 0) -> list[Any]:
        """What a search finds of this kind ("statuses", "accounts"). Raises NoSearch."""
        params: Params = [
            ("q", query),
            ("type", kind),
            ("limit", self.page_size),
            ("offset", offset),
        ]
        answer = self.ask("/api/v2/search", params, accept=_NO_SEARCH)
        if answer.status in _NO_SEARCH:
            if answer.status == 401 and b"access token" in answer.content.lower():
                raise PlatformRefused(_token_refused(self.url))
            raise NoSearch(f"{host(self.url)} answered a search with {answer.status}")
        return a_list(answer, kind)

    def account(self) -> Any:
        """What the server says of the account whose token this is. Raises NotGiven among others."""
        answer = self.ask("/api/v1/accounts/verify_credentials", ())
        return http_client.read_json(answer.content, answer.headers, answer.url)

    def statuses(self, ids: Sequence[str]) -> list[Any] | None:
        """Those of these ids, `AT_ONCE` at most, that are there; None where the server can't give several."""
        answer = self.ask(STATUSES, [("id[]", status_id) for status_id in ids], accept=(404,))
        return None if answer.status == 404 else a_list(answer, "")

    def status(self, status_id: str) -> Any:
        """One status; None where it is not there."""
        answer = self.ask(f"{STATUSES}/{status_id}", (), accept=NOT_THERE)
        if answer.status in NOT_THERE:
            return None
        return http_client.read_json(answer.content, answer.headers, answer.url)


class NotGiven(PlatformRefused):
    """Not there, or not for this token."""


class NoSearch(PlatformRefused):
    """The server has no search of statuses, or not for this token."""


class Timeline:
    """A list that is ordered by id, page by page. `reached` is the id from which the next run starts."""

    def __init__(
        self, reader: Reader, path: str, params: Params, *, reached: str, since: datetime
    ) -> None:
        self._reader, self._path, self._since = reader, path, since
        self._asked: Params = [*params, ("limit", reader.page_size)]
        self.upward, self.reached = bool(reached), reached

    def fetch(self, token: str) -> tuple[list[Any], str]:
        """A page, and what to ask for the next: "max_id=..." or "min_id=...", "" at the end.

        Downward, what is older than `since` is left out, and a page of nothing else is the last. So is
        one with the very id that was asked for: this server begins at no id here, and gave its newest.
        """
        if self.upward and not token:
            token = f"min_id={self.reached}"
        answer = self._reader.ask(self._path, [*self._asked, *parse_qsl(token)])
        items = a_list(answer, "")
        following = self._following(answer, items)
        self._reach(items)
        requested_id = token.partition("=")[2]
        deaf = not answer.headers.get("Link") and requested_id and requested_id in map(_id, items)
        recent = [item for item in items if is_since(item, self._since)]
        if deaf:
            return recent if self.upward else [], ""
        if self.upward:
            return items, following
        return recent, following if recent or not items else ""

    def _following(self, answer: Answer, items: Sequence[Any]) -> str:
        """By the Link header, to this server alone; by the ids of the page where there is none."""
        edge = "min_id" if self.upward else "max_id"
        links = answer.headers.get("Link", "")
        if links:
            rel = "prev" if self.upward else "next"
            target = next(
                (link["url"] for link in parse_header_links(links) if link.get("rel") == rel), ""
            )
            if not target:
                return ""
            there = same_host(target, self._reader.url)
            if number := dict(parse_qsl(urlsplit(there).query)).get(edge):
                return f"{edge}={number}"
        ids = [item_id for item in items if (item_id := _id(item))]
        return f"{edge}={ids[0] if self.upward else ids[-1]}" if ids else ""

    def _reach(self, items: Sequence[Any]) -> None:
        """Upward each page is newer; downward the first that has one old enough is the newest."""
        latest = self._reader.at - _ON_ITS_WAY
        settled = (_id(item) for item in items if UNREADABLE < _made(item) <= latest)
        if self.upward or not self.reached:
            self.reached = next((item_id for item_id in settled if item_id), self.reached)


class Results:
    """What one search finds, newest first, until everything is older than `since`."""

    def __init__(self, reader: Reader, query: str, since: datetime) -> None:
        self._reader, self._query, self._since = reader, query, since
        self._seen: set[str] = set()
        self.any = False

    def fetch(self, token: str) -> tuple[list[Any], str]:
        """A page and the offset of the next, "" at the end. Raises NoSearch."""
        offset = int(token or 0)
        items = self._reader.search(self._query, "statuses", offset)
        ids = {_id(item) for item in items}
        new, self.any = not ids <= self._seen, self.any or bool(items)
        self._seen |= ids  # a server that knows no offset gives the same page again
        recent = [item for item in items if is_since(item, self._since)]
        return (recent, str(offset + len(items)) if recent else "") if new else ([], "")


def is_since(item: Any, since: datetime) -> bool:
    """Whether it was made since; what has no time that can be read is told as odd, so it counts."""
    created = _made(item)
    return created == UNREADABLE or created >= since


def _made(item: Any) -> datetime:
    return moment(item.get("created_at")) if isinstance(item, dict) else UNREADABLE


def _id(item: Any) -> str:
    try:
        return identity(item["id"])
    except (KeyError, TypeError, ValueError):
        return ""


def a_list(answer: Answer, name: str) -> list[Any]:
    """The list that an answer is or, with a name, holds. Raises PlatformUnavailable."""
    payload = http_client.read_json(answer.content, answer.headers, answer.url)
    if name:
        payload = payload.get(name) if isinstance(payload, dict) else None
    if not isinstance(payload, list):
        raise PlatformUnavailable(f"{host(answer.url)} sent something else than a list")
    return payload


def _token_refused(url: str) -> str:
    return (
        f"{host(url)} does not accept the access token (401): make a new one in its settings, under "
        "Development, and set it where site.toml says"
    )


_MEANINGS = {
    403: "does not permit this: the token needs read:accounts, read:search, read:statuses and "
    "read:notifications, and its account must be confirmed and not suspended",
    404: "has nothing at this address: check `url`",
    410: "says that this is gone for good: take the server out of site.toml",
    422: "did not take the request: check `hashtags`, and that the token is a user's",
}  # fmt: skip


def raise_for_response(response: requests.Response) -> None:
    """A server's own meanings of an error status, then the usual ones."""
    status = response.status_code
    if status == 429:
        wait = http_client.asked_wait(response.headers, reset="X-RateLimit-Reset")
        opens = f"; it opens again in {wait:.0f} s" if wait is not None else ""
        raise Passing(
            f"{host(response.url)}: the rate limit is used up (429){opens}", retry_after=wait
        )
    if status == 401:
        raise PlatformRefused(_token_refused(response.url))
    if status in _MEANINGS:
        kind = PlatformRefused if status == 410 else NotGiven
        raise kind(f"{host(response.url)} {_MEANINGS[status]} ({status})")
    http_client.raise_for_response(response)
