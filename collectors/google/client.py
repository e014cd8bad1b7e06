"""Asking Google's Business Profile APIs for reviews, and what their errors mean.

Read on 29 November 2026: developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews, its list,
get and updateReply, developers.google.com/my-business/content/review-data and /limits. Reviews are still asked of
version 4, My Business; whatever else a profile has moved to newer interfaces.

Limits, by /limits: 300 calls a minute of each newer interface, and no figure for that of reviews; what is too much is answered
with 429 (RESOURCE_EXHAUSTED), and a quota of 0 means that access was not granted.

Of pages after the first some reviews may be missing, by developers.google.com/my-business/content/known-issues (of 17 June 2026,
read on 29 November 2026). So a review that a list lacks is never taken for deleted, each is asked for by its name; and
whatever changed within `reviews_days` is listed with every run, so that what one list lacked the next one has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from collectors.base import Http, Passing
from collectors.http import client as http_client
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable

_CONNECT = "run `mentions connect google`"
_NOT_ENABLED = frozenset(("SERVICE_DISABLED", "accessNotConfigured"))
_OF_A_PAGE = frozenset(("reviews", "averageRating", "totalReviewCount", "nextPageToken"))
_NO_ACCESS = re.compile(rb'quota_limit_value"\s*:\s*"0"')  # documented: a quota of 0 is no access


class Absent(PlatformRefused):
    """There is no such review or place, by Google's own word."""


class Forbidden(PlatformRefused):
    """Whoever granted access does not manage this place."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """The calls of one run. Places and reviews are named as Google does: accounts/1/locations/2[/reviews/3]."""

    http: Http = field(repr=False)
    root: str
    token: str = field(repr=False)

    def page(self, place: str, size: int, token: str) -> tuple[list[Any], str]:
        """Reviews of a place, those changed last first, and the token of the next page; "" after the last."""
        params: dict[str, str | int] = {"pageSize": size, "orderBy": "updateTime desc"}
        body = self._asked(
            f"{place}/reviews", {**params, **({"pageToken": token} if token else {})}
        )
        reviews, onward = body.get("reviews", []), body.get("nextPageToken")
        if body and not _OF_A_PAGE & body.keys():  # {} alone is a place without a review
            raise PlatformUnavailable("Google sent something else than a list of reviews")
        if not isinstance(reviews, list):
            raise PlatformUnavailable("Google sent reviews that are not shaped as they should be")
        return reviews, onward if isinstance(onward, str) else ""

    def review(self, name: str) -> Mapping[str, Any]:
        """One review. Raises Absent where it is not there."""
        body = self._asked(name, {})
        if not body.get("reviewId"):
            raise PlatformUnavailable(
                "Google sent something else than the review that was asked for"
            )
        return body

    def _asked(self, path: str, params: Mapping[str, str | int]) -> Mapping[str, Any]:
        body = self.http.get_json(
            self.address(path), params, self.headers, judge=raise_for_response
        )
        if not isinstance(body, dict):
            raise PlatformUnavailable("Google sent a list where an object was due")
        return body

    def address(self, path: str) -> str:
        """The address of something that Google names."""
        return f"{self.root}/{path}"

    @property
    def headers(self) -> dict[str, str]:
        """What every call carries."""
        return {"Authorization": f"Bearer {self.token}"}


def raise_for_response(response: requests.Response) -> None:
    """Google's own meanings of an error status, then the usual ones."""
    status = response.status_code
    if status < 400:
        return
    error = _error(response)
    if status == 401:
        raise PlatformRefused(f"Google: the token is not accepted (401): {_CONNECT}")
    if status == 429 and _NO_ACCESS.search(response.content):
        raise PlatformRefused(
            "Google: the quota is 0 (429), which means that the project has no access yet: have the application for "
            "basic API access approved"
        )
    if status == 429:
        wait = http_client.asked_wait(response.headers)
        raise Passing("Google: too many calls (429)", retry_after=wait)
    if status == 403 and _NOT_ENABLED & set(_reasons(error)):
        raise PlatformRefused(
            "Google: My Business is not turned on for the project (403): enable it in Google's console"
        )
    if status == 403:
        raise Forbidden(
            f"Google does not permit this (403): check `location`, and have a manager of the place {_CONNECT[4:]}"
        )
    if status == 404 and error:
        raise Absent("Google has nothing by this name (404): check `location`")
    if status == 400:
        raise PlatformRefused("Google did not understand the request (400): check `location`")
    http_client.raise_for_response(response)


def _error(response: requests.Response) -> Mapping[str, Any]:
    """The error of an answer; empty where it is something else than Google's own."""
    try:
        body = http_client.read_json(response.content, response.headers, response.url)
    except CollectorError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    """Every reason that an error gives, in its older form and in its newer."""
    for key in ("details", "errors"):
        listed = error.get(key)
        for entry in listed if isinstance(listed, list) else []:
            reason = entry.get("reason") if isinstance(entry, dict) else None
            if isinstance(reason, str):
                yield reason
