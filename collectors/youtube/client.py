"""Asking YouTube: every call is counted against the day's quota before it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import requests

from collectors.base import Answer, Http, Passing, SaveState, SkippedItem, pages
from collectors.http import client as http_client
from collectors.http.transport import Judge
from collectors.quota import Spending, until_midnight
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable

T = TypeVar("T")
SEARCHES, UNITS = "searches", "units"  # search has an allowance of its own, all else shares units
AT_ONCE = 50  # ids in one call, and results of a search
LIST_COST, WRITE_COST = 1, 50  # units; quota costs of the Data API
CAPTIONS = "captions"  # videos whose captions are read in a day: an allowance of our own
_TRACKS_COST, _TRACK_COST = (
    50,
    200,
)  # units of captions.list and captions.download (Data API reference, read 2026-11-29)
CAPTIONS_COST = _TRACKS_COST + _TRACK_COST


@dataclass(frozen=True, kw_only=True)
class Calls:
    """One run's calls. Public data are read by the key, what is the owner's alone by the token."""

    http: Http = field(repr=False)
    base_url: str
    api_key: str = field(repr=False)
    access_token: str = field(repr=False)
    most_pages: int
    spending: Spending

    def walk(
        self,
        path: str,
        params: Mapping[str, str | int],
        *,
        where: str,
        what: str = UNITS,
        owner: bool = False,
        enough: Callable[[list[Any]], bool] = lambda _: False,
    ) -> Iterator[SaveState | SkippedItem | tuple[int, list[Any]]]:
        """Numbered pages until there is no next token, or `enough` of a page says so. Raises UsedUp."""
        more = True

        def fetch(token: str) -> tuple[list[Any], str]:
            nonlocal more
            page = self._page(path, {**params, **({"pageToken": token} if token else {})}, owner)
            items, following = _items(page), page.get("nextPageToken")
            token = following if isinstance(following, str) and not enough(items) else ""
            more = bool(token)
            return items, token

        walked = pages(fetch, most=self.most_pages, where=where)
        while more:
            yield self.spending.spend(what)
            numbered_page = next(walked)
            yield numbered_page
            if isinstance(numbered_page, SkippedItem):
                return
        yield from (end for end in walked if isinstance(end, SkippedItem))

    def by_ids(
        self, path: str, part: str, ids: Sequence[str], *, owner: bool = False
    ) -> Generator[SaveState, None, list[Any]]:
        """What is there of these, up to AT_ONCE; nothing is asked for none. Raises UsedUp."""
        if not ids:
            return []
        yield self.spending.spend(UNITS)
        params: dict[str, str | int] = {"part": part, "id": ",".join(ids)}
        if path == "comments":
            params["textFormat"] = "plainText"
        return _items(self._page(path, params, owner))

    def search(self, params: Mapping[str, str | int]) -> Generator[SaveState, None, list[Any]]:
        """The first page of a search. Raises UsedUp."""
        yield self.spending.spend(SEARCHES)
        return _items(self._page("search", params, owner=False))

    def captions(self, video: str) -> Generator[SaveState, None, list[Any]]:
        """The caption tracks of a video of ours, in the owner's name. Raises UsedUp, Absent, Forbidden."""
        yield self.spending.spend(CAPTIONS)
        yield self.spending.spend(UNITS, _TRACKS_COST)
        return _items(self._page("captions", {"part": "snippet", "videoId": video}, owner=True))

    def caption(self, track: str) -> Generator[SaveState, None, bytes]:
        """One caption track as SubRip. Raises UsedUp, Absent, Forbidden."""
        yield self.spending.spend(UNITS, _TRACK_COST)
        address = self._address(f"captions/{quote(track, safe='')}")
        answer = self.http.get(
            address, {"tfmt": "srt"}, self._headers(owner=True), judge=raise_for_response
        )
        return answer.content

    def write(self, path: str, params: Mapping[str, str | int]) -> Answer:
        """A change in the owner's name. Raises UsedUp and as Http."""
        self.spending.spend(UNITS, WRITE_COST)
        return self.http.send(
            "POST", self._address(path), params, self._headers(owner=True), judge=raise_for_response
        )

    def publish(
        self, path: str, params: Mapping[str, str | int], body: Mapping[str, Any], judge: Judge
    ) -> tuple[SaveState, Answer]:
        """Something new in the owner's name, asked for once; with what was spent. Raises UsedUp and as `Http.send_once`."""
        spent = self.spending.spend(UNITS, WRITE_COST)
        address, headers = self._address(path), self._headers(owner=True)
        return spent, self.http.send_once(address, headers, params=params, body=body, judge=judge)

    def _page(self, path: str, params: Mapping[str, str | int], owner: bool) -> Mapping[str, Any]:
        page = self.http.get_json(
            self._address(path), params, self._headers(owner=owner), judge=raise_for_response
        )
        if not isinstance(page, dict):
            raise PlatformUnavailable("YouTube sent a list that is not shaped as it should be")
        return page

    def _address(self, path: str) -> str:
        return f"{self.base_url.rstrip('/')}/{path}"

    def _headers(self, *, owner: bool) -> dict[str, str]:
        if owner:
            return {"Authorization": f"Bearer {self.access_token}"}
        return {"X-Goog-Api-Key": self.api_key}


def answered(asking: Generator[SaveState, None, T]) -> T:
    """The answer alone, where there is nobody to keep what was spent."""
    while True:
        try:
            next(asking)
        except StopIteration as end:
            answer: T = end.value
            return answer


def _items(page: Mapping[str, Any]) -> list[Any]:
    """The items of a list. YouTube leaves the key out where there are none."""
    items = page.get("items")
    if items is None and str(page.get("kind")).endswith("ListResponse"):
        return []
    if not isinstance(items, list):
        raise PlatformUnavailable("YouTube sent a list that is not shaped as it should be")
    return items


# ── What the reasons in YouTube's errors mean, and what to do about each. ─────────────────────────

PACIFIC = ZoneInfo("America/Los_Angeles")  # where YouTube's day begins and ends
_DAY_SPENT = frozenset(("quotaExceeded", "dailyLimitExceeded"))
_TOO_FAST = frozenset(
    ("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED")
)
_MAY_PASS = frozenset(("processingFailure", "backendError", "internalError"))
_FORBIDDEN = frozenset(("forbidden", "insufficientPermissions"))
_TOKEN = "does not accept the owner's token: run `mentions connect youtube`"
_KEY = "does not accept `api_key`: make a new one and set it where site.toml says"
_RESTRICTED = "does not take `api_key` from here: see its restrictions in Google's console"
_SAID = {
    "keyInvalid": _KEY,
    "API_KEY_INVALID": _KEY,
    "keyExpired": "says that `api_key` has expired: renew it in Google's console",
    "accessNotConfigured": "is not turned on for this key: enable YouTube Data API v3 in Google's console",
    "SERVICE_DISABLED": "is not turned on for this key: enable YouTube Data API v3 in Google's console",
    "ipRefererBlocked": _RESTRICTED,
    "API_KEY_SERVICE_BLOCKED": _RESTRICTED,
    "API_KEY_IP_ADDRESS_BLOCKED": _RESTRICTED,
    "API_KEY_HTTP_REFERRER_BLOCKED": _RESTRICTED,
    "CONSUMER_SUSPENDED": "has suspended the project of this key: see Google's console",
    "channelNotFound": "has no such channel: check `channels`",
}


class Absent(PlatformRefused):
    """There is no such video, comment or channel, by YouTube's own word."""


class CommentsDisabled(PlatformRefused):
    """The video takes no comments."""


class Unprocessed(Passing):
    """YouTube could not make the answer, which may be so for one video alone and for days."""


class Forbidden(PlatformRefused):
    """Neither the key nor the owner's token may do that."""


def raise_for_response(response: requests.Response) -> None:
    """YouTube's own meanings of an error, then the usual ones of its status."""
    status = response.status_code
    if status < 400 and b'"error"' not in response.content[:200]:
        return
    reasons = list(_reasons(response))
    detail = ", ".join(str(part) for part in (status, *reasons[:1]))
    _may_pass(response, set(reasons), detail)
    if "commentsDisabled" in reasons:
        raise CommentsDisabled(f"YouTube: the video takes no comments ({detail})")
    meaning = next((_SAID[reason] for reason in reasons if reason in _SAID), "")
    if any(reason.endswith("NotFound") for reason in reasons):
        raise Absent(f"YouTube {meaning or 'has nothing by this id'} ({detail})")
    if meaning:
        raise PlatformRefused(f"YouTube {meaning} ({detail})")
    if _FORBIDDEN & set(reasons):
        raise Forbidden(
            f"YouTube does not permit this ({detail}): check `channels`, and have the channel's owner run "
            "`mentions connect youtube`"
        )
    if status == 401:
        token = "Authorization" in response.request.headers
        raise PlatformRefused(f"YouTube {_TOKEN if token else _KEY} ({detail})")
    if status == 400:
        raise PlatformRefused(
            f"YouTube did not understand the request ({detail}): check `terms`, `channels` and `region`"
        )
    http_client.raise_for_response(response)
    if status < 400 and reasons:
        raise PlatformUnavailable(f"YouTube sent an error in place of data ({detail})")


def _may_pass(response: requests.Response, reasons: set[str], detail: str) -> None:
    """Raises Passing for what may be asked again: later today, tomorrow, or at once."""
    if _DAY_SPENT & reasons:
        wait = until_midnight(response.headers, PACIFIC)
        raise Passing(
            f"YouTube: the day's quota is used up ({detail}); it opens again at midnight Pacific time, in "
            f"{wait:.0f} s",
            retry_after=wait,
        )
    if _TOO_FAST & reasons:
        raise Passing(
            f"YouTube: too many calls at once ({detail})",
            retry_after=http_client.asked_wait(response.headers),
        )
    if _MAY_PASS & reasons:
        raise Unprocessed(f"YouTube could not do it this time ({detail})")


def _reasons(response: requests.Response) -> Iterator[str]:
    """Every reason in an error, in YouTube's form and in Google's; "error" for one that gives none."""
    try:
        body = http_client.read_json(response.content, response.headers, response.url)
    except CollectorError:
        return
    error = body.get("error") if isinstance(body, dict) else None
    if not error:
        return
    error_fields: dict[str, Any] = error if isinstance(error, dict) else {}
    listed = [error_fields.get("errors"), error_fields.get("details")]
    entries = [entry for part in listed if isinstance(part, list) for entry in part]
    reasons = [entry.get("reason") for entry in entries if isinstance(entry, dict)]
    for reason in (*reasons, error_fields.get("status"), "error"):
        if isinstance(reason, str) and re.fullmatch(r"\w{3,60}", reason):
            yield reason
