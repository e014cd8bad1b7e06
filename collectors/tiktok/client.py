"""Asking TikTok's Accounts API, which answers 200 for everything and says in `code` whether it was done.

TikTok's own pages (business-api.tiktok.com/portal/docs) can't be read without a browser that runs their scripts. What
is asked and what comes back is after two clients that carry the documentation's own words: bububa/tiktok-business (Go,
with TikTok's descriptions of every field) and aoyagikouhei/tiktok-business (Rust), both read on 29 November 2026. Codes are
after a page that repeats some of TikTok's table (help.sleekflow.io, the same day): check all of this against the first
live answers. That 40102 and 40104 speak of the token is from memory.

How many calls it allows was not found: the limits of developers.tiktok.com (600 a minute of an address, 429 and
rate_limit_exceeded; its page of 4 August 2026, read on 29 November 2026) are of another interface, version 2, which gives no comments.
40100, or a 429, is waited for as it asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from collectors.base import Http, Passing, SkippedItem, count, pages
from collectors.http import client as http_client
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable

CONNECT = "run `mentions connect tiktok`"
_TOKEN = frozenset((40102, 40104, 40105))  # it has expired, is missing, is not valid
_ABSENT = 40007
_PERMISSION = 40001
_PARAMETER = 40002
_TOO_FAST = 40100
_OURS_TO_SEE = range(
    40_000, 50_000
)  # what a person must see to; from 50,000 on it is TikTok's own trouble

Params = Mapping[str, str | int]


class Absent(PlatformRefused):
    """There is no such video or comment, by TikTok's own word."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """The calls of one run, in the name of one account."""

    http: Http = field(repr=False)
    root: str
    token: str = field(repr=False)
    account: str
    most_pages: int

    def get(self, path: str, params: Params) -> Mapping[str, Any]:
        """What an answer holds. Raises CollectorError by its code."""
        named = {"business_id": self.account, **params}
        body = self.http.get_json(self.address(path), named, self.headers, judge=raise_for_response)
        return data_of(body)

    def send(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A change that may be made twice. Raises CollectorError by its code."""
        answer = self.http.send(
            "POST", self.address(path), headers=self.headers, body={"business_id": self.account, **body},
            judge=raise_for_response,
        )  # fmt: skip
        return data_of(http_client.read_json(answer.content, answer.headers, answer.url))

    def walk(
        self, path: str, params: Params, key: str, *, where: str, size: int
    ) -> Iterator[tuple[int, list[Any]] | SkippedItem]:
        """A list's pages, numbered. A short page is not the last: TikTok leaves out what its rules take away."""

        def fetch(cursor: str) -> tuple[list[Any], str]:
            more = {"cursor": cursor} if cursor else {}
            data = self.get(path, {**params, "max_count": size, **more})
            items, following = data.get(key), data.get("cursor")
            if not isinstance(items, list):
                raise PlatformUnavailable("TikTok sent a page without a list")
            onward = data.get("has_more") is True and following not in (None, "")
            return items, str(following) if onward else ""

        yield from pages(fetch, most=self.most_pages, where=where)

    def address(self, path: str) -> str:
        """The address of a call, which ends in a slash."""
        return f"{self.root}/{path}/"

    @property
    def headers(self) -> dict[str, str]:
        """What every call carries."""
        return {"Access-Token": self.token}


def listed(values: list[str]) -> str:
    """Several values in one parameter, as TikTok takes them: a JSON list."""
    return json.dumps(values)


def data_of(body: object) -> Mapping[str, Any]:
    """What an answer holds. Raises CollectorError where its code says that it was not done."""
    if not isinstance(body, dict) or not isinstance(body.get("code"), int):
        raise PlatformUnavailable("TikTok sent something else than its own answer")
    if failure := refusal(body["code"]):
        raise failure
    data = body.get("data")
    return data if isinstance(data, dict) else {}


def refusal(code: int) -> CollectorError | None:
    """What a code means; None for 0, which is good."""
    if not code:
        return None
    if code in _TOKEN:
        return PlatformRefused(f"TikTok: the token is not accepted ({code}): {CONNECT}")
    if code == _TOO_FAST:
        return Passing(f"TikTok: too many calls ({code})")
    if code == _ABSENT:
        return Absent(f"TikTok has nothing by this id ({code})")
    if code == _PERMISSION:
        return PlatformRefused(
            f"TikTok does not permit this ({code}): have the app approved for comment.list and video.list, then {CONNECT}"
        )
    if code == _PARAMETER:
        return PlatformRefused(
            f"TikTok did not understand the request ({code}): check `business_id`"
        )
    if code in _OURS_TO_SEE:
        return PlatformRefused(
            f"TikTok refused the request ({code}): look the code up in its documentation"
        )
    return PlatformUnavailable(f"TikTok could not answer ({code}); that may pass")


def raise_for_response(response: requests.Response) -> None:
    """TikTok's code, whatever the status, so that what may pass is asked again; then the usual meanings of a status."""
    failure = _failure(response)
    if isinstance(failure, Passing):
        wait = http_client.asked_wait(response.headers)
        raise Passing(str(failure), retry_after=wait) from None
    if failure and not (isinstance(failure, PlatformUnavailable) and response.status_code >= 400):
        raise failure
    if response.status_code == 401:
        raise PlatformRefused(f"TikTok: the token is not accepted (401): {CONNECT}")


def _failure(response: requests.Response) -> CollectorError | None:
    try:
        body = http_client.read_json(response.content, response.headers, response.url)
    except CollectorError:
        return None
    code = count(body.get("code")) if isinstance(body, dict) else None
    return refusal(code) if code else None
