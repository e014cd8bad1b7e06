"""A WordPress site's own REST API: its addresses, its login, and what its errors mean.

WordPress REST API Handbook: posts, comments, pagination, application passwords.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import requests
from pydantic import ConfigDict, Field

from collectors import http as shared
from collectors.base import Answer, Http, Passing
from collectors.feed_table import Address, check_host
from collectors.searches import check_address
from collectors.wire import host
from errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from mention import Platform

BATCH = 100  # the most that one page holds
_MOST_JUNK, _MOST_STARTS = 10_000, 50  # characters before an answer, and tries to find it there
_PAST_THE_END = "rest_post_invalid_page_number"
# where JSON may start: on a line of its own or after a tag, and not within an object
_STARTS, _OBJECT = re.compile(r"(?:\A|[\n>\ufeff])\s*(?=[\[{])"), re.compile(r'\{\s*"')
_LOGIN = (
    "incorrect_password",
    "invalid_username",
    "invalid_email",
    "application_passwords_disabled",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPress:
    """One site. `user` and `password` (an application password) only for a site of one's own."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    url: Address = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    keep: Literal["matched", "all"] = "matched"
    search: bool = True  # the site searches; false: all that is new is read and matched here
    comments: bool = True
    comments_days: Annotated[int, Field(ge=1, le=365)] = 7
    held: bool = False  # also comments that wait for approval
    own: bool = False  # the organisation's own site: its posts are the organisation's words
    platform: Platform = "blog"
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 20
    left_out: str = ""  # why it is not read; said by the run where its secret is missing

    def check(self, key: str) -> None:
        """Raises ConfigError for what can't work, naming the key after `key`."""
        check_host(self.url, f"{key} url")
        if bool(self.user) != bool(self.password):
            raise ConfigError(f"{key} user: goes with password: give both or neither")
        if self.password:
            check_address(self.url, f"{key} url")
        if self.held and not self.password:
            raise ConfigError(f"{key} held: needs user and password of the site")

    @property
    def issuer(self) -> str:
        """Who gives the ids: the site's own address."""
        parts = urlsplit(self.url)
        path = re.sub(r"/(?:wp-json(?:/.*)?)?$", "", parts.path)
        return f"{parts.scheme.lower()}://{host(self.url)}{path}"


class Site:
    """Asks a site. Raises PlatformRefused once where its API is turned off, naming the feed to list."""

    def __init__(self, settings: WordPress, http: Http) -> None:
        self.settings, self._http = settings, http
        self._plain = False  # addresses are not rewritten there, so that /wp-json is not found

    def listed(self, path: str, params: Mapping[str, str | int]) -> tuple[list[Any], int | None]:
        """The items of a page and how many pages there are; none past the end."""
        answer = self._get(path, params, accept=(400,))
        if answer.status == 400:
            if code(answer.content) == _PAST_THE_END:
                return [], None
            raise PlatformRefused(f"{host(answer.url)} did not understand the request (400)")
        found = _read(answer)
        if not isinstance(found, list):
            raise PlatformUnavailable(f"{host(answer.url)} sent something else than a list")
        total = answer.headers.get("X-WP-TotalPages", "").strip()
        return found, int(total) if total.isdecimal() and len(total) < 10 else None

    def item(self, path: str) -> tuple[Any, str]:
        """One item, or None and why: "deleted", or "removed" from what we may see (held, private)."""
        answer = self._get(path, {}, accept=(401, 403, 404))
        if answer.status == 200:
            return _read(answer), ""
        said = code(answer.content)
        if re.search(r"_invalid(?:_post)?_id$", said):
            return None, "deleted"
        if said in ("rest_cannot_read", "rest_cannot_read_post", "rest_forbidden"):
            return None, "removed"
        raise self._closed(answer.status, said)

    def change(self, path: str, form: Mapping[str, str]) -> Any:
        """Changes an item; the item as it is then."""
        answer = self._http.send(
            "POST", self._address(path), params=self._route(path), headers=self._headers(), form=form,
            judge=self._judge,
        )  # fmt: skip
        return _read(answer)

    def _get(self, path: str, params: Mapping[str, str | int], accept: tuple[int, ...]) -> Answer:
        try:
            return self._asked(path, params, accept)
        except _NoSuchAddress as missing:
            if self._plain:
                raise PlatformRefused(str(missing)) from None
            self._plain = True
            try:
                answer = self._asked(path, params, accept)
                _read(answer)
            except Passing:
                raise
            except CollectorError:  # a front page in its place
                raise PlatformRefused(str(missing)) from None
            return answer

    def _asked(self, path: str, params: Mapping[str, str | int], accept: tuple[int, ...]) -> Answer:
        answer = self._http.get(
            self._address(path), params={**self._route(path), **params}, headers=self._headers(),
            accept=accept, judge=self._judge,
        )  # fmt: skip
        if answer.status == 404:
            self._not_found(answer.content)
        return answer

    def _address(self, path: str) -> str:
        start = self.settings.issuer
        return f"{start}/" if self._plain else f"{start}/wp-json/wp/v2/{path}"

    def _route(self, path: str) -> dict[str, str]:
        return {"rest_route": f"/wp/v2/{path}"} if self._plain else {}

    def _headers(self) -> dict[str, str]:
        if not self.settings.password:
            return {}
        login = f"{self.settings.user}:{self.settings.password}".encode()
        return {"Authorization": f"Basic {base64.b64encode(login).decode()}"}

    def _judge(self, response: requests.Response) -> None:
        said, status = code(response.content), response.status_code
        if status == 404:
            self._not_found(response.content)
        if status in (401, 403, 404) or said.startswith(_LOGIN):
            raise self._closed(status, said)

    def _not_found(self, content: bytes) -> None:
        if not code(content):
            raise _NoSuchAddress(str(self._closed(404, "")))

    def _closed(self, status: int, said: str) -> PlatformRefused:
        where, told = host(self.settings.url), f"({status}{f', {said}' if said else ''})"
        if self.settings.password and (status == 401 or said.startswith(_LOGIN)):
            return PlatformRefused(
                f"{where} does not take the user and application password {told}: make a new one under "
                "Users > Profile; if it is right, the web server keeps the Authorization header back"
            )
        if self.settings.password and status == 403:
            return PlatformRefused(
                f"{where} does not let this user do that {told}: give it the role Editor"
            )
        return PlatformRefused(
            f"{where}: its REST API is turned off or closed {told}: list the site's feed (its address and "
            "/feed/) under [[collectors.feeds.feed]] instead"
        )


def _read(answer: Answer) -> Any:
    """What it holds, whatever PHP's notices and plugins put before or after it. Raises as read_json."""
    try:
        return shared.read_json(answer.content, answer.headers, answer.url)
    except CollectorError:
        found = _within(answer.content)
        if found is None:
            raise
        return found


def _within(content: bytes) -> Any:
    """The first object or list of JSON in a text that is no web page; None where there is none."""
    if re.search(rb"<html|<!doctype", content, re.IGNORECASE):
        return None
    text = content.decode("utf-8", "replace")
    first = _OBJECT.search(text)
    end = min(first.start() + 1 if first else len(text), _MOST_JUNK)
    for start in islice(_STARTS.finditer(text, 0, end), _MOST_STARTS):
        try:
            return json.JSONDecoder().raw_decode(text, start.end())[0]
        except (ValueError, RecursionError):
            continue
    return None


class _NoSuchAddress(CollectorError):
    """A 404 that WordPress itself did not write."""


def code(content: bytes) -> str:
    """WordPress's own name for an error; empty for any other page."""
    said = _within(content)
    name = said.get("code") if isinstance(said, dict) else ""
    return name if isinstance(name, str) and re.fullmatch(r"[a-z_]{3,60}", name) else ""
