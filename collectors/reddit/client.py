"""Asking Reddit through praw: its sign-in, its allowance, and what its refusals mean."""

from __future__ import annotations

import configparser
import json
import logging
import re
from dataclasses import replace
from typing import Any

import praw
import prawcore
import requests

from collectors.base import Http, Passing, decoded
from collectors.http import client as http_client
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention

for chatty in ("praw", "prawcore", "urllib3"):  # below ERROR they write whole addresses
    logging.getLogger(chatty).setLevel(logging.ERROR)

_NO_PACING = ("x-ratelimit-used", "x-ratelimit-remaining", "x-ratelimit-reset")


class ListingRefused(PlatformRefused):
    """One listing is private, banned, gone or not understood; the others may well be there."""


class _TokenExpired(Exception):
    """A 401 from the interface itself: worth one new token."""


class Asking:
    """A praw session of ours: one wait for Reddit's allowance, one new token when one expired.

    `who` is praw's client_id, client_secret, user_agent, oauth_url and reddit_url.
    """

    def __init__(self, http: Http, **who: Any) -> None:
        self.http, self.who = http, who
        self.wait: float | None = None  # until Reddit's allowance opens again
        self.reddit = self._session()

    def _session(self) -> praw.Reddit:
        session = self.http.dressed(requests.Session(), judge=self._judge)
        try:
            return praw.Reddit(  # everything by name, so that no praw.ini or variable decides
                "DEFAULT", **self.who, check_for_updates=False, check_for_async=False, username=None,
                password=None, refresh_token=None, redirect_uri=None,
                requestor_kwargs={"session": session},
            )  # fmt: skip
        except (configparser.Error, ValueError, praw.exceptions.PRAWException) as error:
            raise PlatformRefused(
                f"Reddit: praw can't start ({type(error).__name__}); remove praw.ini from this folder"
            ) from error

    def page(self, path: str, params: dict[str, str]) -> tuple[list[Any], str]:
        """One page of a listing: its children and the next token. Raises CollectorError."""
        listing = self.thing(path, params)
        data = listing.get("data") if isinstance(listing, dict) else None
        if not isinstance(data, dict) or not isinstance(data.get("children"), list):
            raise PlatformUnavailable("Reddit sent a listing that is not shaped as it should be")
        after = data.get("after")
        return data["children"], after if isinstance(after, str) else ""

    def thing(self, path: str, params: dict[str, str]) -> Any:
        """Whatever stands at a path. Raises CollectorError, ListingRefused among them."""
        try:
            return self.http.patiently(lambda: self._ask(path, params))
        except _TokenExpired:
            self.reddit = self._session()
        try:
            return self.http.patiently(lambda: self._ask(path, params))
        except _TokenExpired as error:
            raise PlatformRefused(
                "Reddit does not accept a new token (401): check the app's approval and scopes"
            ) from error

    def _ask(self, path: str, params: dict[str, str]) -> Any:
        if self.wait is not None:
            wait, self.wait = self.wait, None
            asks = f"it opens again in {wait:.0f} s"
            raise Passing(f"Reddit: the allowance is used up; {asks}", retry_after=wait)
        try:
            return self.reddit.request(method="GET", path=path, params=dict(params))
        except prawcore.RequestException as error:
            ours = error.original_exception
            if isinstance(ours, CollectorError | _TokenExpired):
                raise ours from None  # praw's own words hold the whole request
            raise PlatformUnavailable(f"Reddit can't be asked ({type(ours).__name__})") from None
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException, LookupError, ValueError,
                TypeError, AttributeError) as error:  # fmt: skip
            what = type(error).__name__
            raise PlatformUnavailable(
                f"Reddit sent something that praw can't read ({what})"
            ) from None

    def _judge(self, response: requests.Response) -> None:
        """Reddit's meanings of a status, before praw sees it; and its allowance, so that praw never sleeps."""
        remaining, reset = response.headers.get(_NO_PACING[1]), response.headers.get(_NO_PACING[2])
        for header in _NO_PACING:
            response.headers.pop(header, None)
        self.wait = _wait(remaining, reset)
        status, token = response.status_code, "/access_token" in response.url
        if status == 429:
            retry_after = http_client.asked_wait(response.headers)
            wait = retry_after if retry_after is not None else _wait("0", reset)
            self.wait = None
            asks = f" and asks for {wait:.0f} s of patience" if wait else ""
            raise Passing(f"Reddit answered 429{asks}", retry_after=wait)
        if token and status in (400, 401, 403):
            raise PlatformRefused(
                f"Reddit does not accept client_id and client_secret ({status}): make a new secret at reddit.com/prefs/apps, and set it where site.toml says"
            )
        if status == 401:
            raise _TokenExpired
        if 300 <= status < 400 or status in _REFUSALS:
            raise ListingRefused(_refusal(response))
        http_client.raise_for_response(response)
        body = http_client.read_json(response.content, response.headers, response.url)
        if token:
            _check_token(response, body)


def _check_token(response: requests.Response, body: Any) -> None:
    """Raises PlatformRefused for no token. Gives it a scope, which praw wants and RFC 6749, 5.1 does not."""
    token_fields = body if isinstance(body, dict) else {}
    if not token_fields.get("access_token") or "expires_in" not in token_fields:
        raise PlatformRefused(
            "Reddit gave no token: check client_id, client_secret and the approval"
        )
    vars(response).update(_content=json.dumps({"scope": "*", **token_fields}).encode())


_CLOSED = "is closed to us: check `user_agent`, and the app's approval and scopes"
_REFUSALS = {
    400: "is not understood: check `queries` and `longest_query`",
    403: "is private or quarantined",
    404: "is banned or not there",
}


def _refusal(response: requests.Response) -> str:
    """Why one listing is not given, with Reddit's own word for it where it is one."""
    status = response.status_code
    try:
        body = http_client.read_json(response.content, response.headers, response.url)
    except CollectorError:
        body = {}
    reason = str(body.get("reason") or "") if isinstance(body, dict) else ""
    named = f", {reason}" if re.fullmatch(r"[A-Za-z_]{3,30}", reason) else ""
    meaning = _CLOSED if status == 403 and not named else _REFUSALS.get(status, "is not there")
    return f"{meaning} ({status}{named})"


def _wait(remaining: str | None, reset: str | None) -> float | None:
    """Seconds until more may be asked, if nothing remains."""
    try:
        left, seconds = float(remaining or "nan"), float(reset or "nan")
    except ValueError:
        return None
    return seconds if left < 1 and 0 <= seconds < 1e6 else None


# ── What authors of matched posts say of themselves on their Reddit profile; one request each. ────


class Bios:
    """Looks a profile up once a run, and `most` of them."""

    def __init__(self, asking: Asking, most: int) -> None:
        self.asking, self.most = asking, most
        self._known: dict[str, str] = {}

    def on(self, mention: Mention) -> Mention:
        """The mention with its author's bio before the flair; with none where that isn't known.

        An empty bio says nothing, while the flair alone would look like a bio that has changed.
        """
        author = mention.author
        if not author.handle:
            return mention
        if author.handle not in self._known and len(self._known) < self.most:
            self._known[author.handle] = self._look_up(author.handle)
        if author.handle not in self._known:
            return replace(mention, author=replace(author, bio=""))
        parts = (self._known[author.handle], author.bio)
        bio = "\n".join(part for part in parts if part)
        return replace(mention, author=replace(author, bio=bio))

    def _look_up(self, handle: str) -> str:
        if not re.fullmatch(r"[\w-]{1,30}", handle, re.ASCII):
            return ""
        try:
            account = self.asking.thing(f"user/{handle}/about", {})
        except ListingRefused:  # suspended or gone
            return ""
        return _description(account)


def _description(node: Any) -> str:
    for step in ("data", "subreddit", "public_description"):
        node = node.get(step) if isinstance(node, dict) else None
    return decoded(node) if isinstance(node, str) else ""
