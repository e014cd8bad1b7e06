"""Bluesky's session: opened with an app password, kept between runs, renewed when its time is over.

An account may open 300 sessions a day (Bluesky, rate limits), so that the password is sent only where
no kept session works.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import requests

from collectors.base import Answer, Http, Passing, SaveState
from collectors.http import client as http_client
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable

T = TypeVar("T")

SESSION_KEY = "session"  # the name under which it comes back
_TOKENS = ("accessJwt", "refreshJwt")
_SERVER = "com.atproto.server"


class Ended(PlatformRefused):
    """A token's time is over, or it was taken back: a new one may help."""


class NotGiven(PlatformRefused):
    """Answered with 400: what was asked for is not there, or not for us."""


class Session:
    """One account's session. `kept` is what an earlier run handed on."""

    def __init__(
        self, http: Http, base_url: str, identifier: str, app_password: str, saved_session: str
    ) -> None:
        self._http, self._url = http, f"{base_url.rstrip('/')}/xrpc"
        self._identifier, self._password = identifier, app_password
        # a new app password opens a new session; no other account's or server's is used
        self._of = hashlib.sha256(f"{identifier}\n{app_password}\n{self._url}".encode()).hexdigest()
        self._kept, self._tokens = saved_session, _read(saved_session, self._of)

    def get(self, call: str, params: Sequence[tuple[str, str | int]]) -> dict[str, Any]:
        """What a call answers. Its token is renewed once, then a new session opened.

        Raises PlatformRefused where that helps nothing, and as `Http.get_json` does.
        """
        return _an_object(
            self._signed(
                lambda bearer: self._http.get_json(
                    f"{self._url}/{call}", params, bearer, judge=raise_for_response
                )
            )
        )

    def post_once(self, call: str, compose: Callable[[str], dict[str, Any]]) -> Answer:
        """A call that changes something, asked for once; an expired token, which changes nothing, is renewed.

        `compose` makes the body for the did that is signed in. Raises as `Http.send_once`.
        """
        return self._signed(
            lambda bearer: self._http.send_once(
                f"{self._url}/{call}", bearer, body=compose(self.did), judge=raise_for_response
            )
        )

    def _signed(self, ask: Callable[[dict[str, str]], T]) -> T:
        """Asks with the session's token, which is renewed once, then with a new session's."""
        ways = iter((self._refresh, self._log_in) if self._tokens else (self._log_in,))
        if not self._tokens:
            next(ways)()
        while True:
            try:
                return ask(self._bearer("accessJwt"))
            except Ended as error:
                if not _worked(ways):
                    raise PlatformRefused(
                        "Bluesky does not accept even a new session's token (400): check `base_url`, "
                        "and whether the app password is still in the account's list"
                    ) from error

    @property
    def did(self) -> str:
        """Who is signed in; "" until something was asked."""
        return self._tokens.get("did", "")

    def kept_after(self, steps: Iterator[T]) -> Iterator[T | SaveState]:
        """The steps, and then what is to be kept of the session, though one of them fails."""
        try:
            yield from steps
        except CollectorError:
            yield from self._keeps()
            raise
        yield from self._keeps()

    def notes(self) -> tuple[SaveState, ...]:
        """What is to be kept of the session, after something else than a walk."""
        return tuple(self._keeps())

    def _keeps(self) -> Iterator[SaveState]:
        """The session, where it is another than the one that was kept."""
        now = json.dumps({"of": self._of, **self._tokens}) if self._tokens else ""
        if now != self._kept:
            self._kept = now
            yield SaveState(SESSION_KEY, now, always=True)

    def _log_in(self) -> None:
        login = {"identifier": self._identifier, "password": self._password}
        self._open("createSession", {}, login)

    def _refresh(self) -> None:
        self._open("refreshSession", self._bearer("refreshJwt"), None)

    def _open(self, call: str, headers: dict[str, str], body: dict[str, str] | None) -> None:
        url = f"{self._url}/{_SERVER}.{call}"
        answer = self._http.send("POST", url, headers=headers, body=body, judge=raise_for_response)
        opened = _an_object(http_client.read_json(answer.content, answer.headers, answer.url))
        if not all(isinstance(opened.get(name), str) and opened[name] for name in _TOKENS):
            raise PlatformUnavailable("Bluesky opened a session and gave no tokens")
        did = opened.get("did") or self.did  # it never changes
        self._tokens = {**{name: opened[name] for name in _TOKENS}, "did": str(did)}

    def _bearer(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[token]}"}


def _worked(ways: Iterator[Callable[[], None]]) -> bool:
    """Whether one of the ways that are left made a token. Raises what the last of them was refused with."""
    refused: PlatformRefused | None = None
    for way in ways:
        try:
            way()
        except PlatformRefused as error:
            refused = error
        else:
            return True
    if refused:
        raise refused
    return False


def _read(saved_session: str, of: str) -> dict[str, str]:
    """The tokens that were kept, if they can be read and are this account's; else none."""
    try:
        session = json.loads(saved_session)
        names = (*_TOKENS, "did")
        return {name: str(session[name]) for name in names} if session["of"] == of else {}
    except (ValueError, LookupError, TypeError):
        return {}


def _an_object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise PlatformUnavailable("Bluesky sent a list where an object was due")
    return answer


_MEANINGS = {
    "AuthenticationRequired": "does not accept the identifier or the app password: make a new app "
    "password (Settings, Privacy and security) and set it where site.toml says",
    "AuthMissing": "did not get our token: check `base_url`, and what stands between us",
    "AuthFactorTokenRequired": "asks for a code by mail: use an app password, not the account's own",
    "AccountTakedown": "has suspended the account: see to it in the app",
    "RecordNotFound": "has nothing at this address",
    "InvalidRequest": "did not understand the request: check `identifier` and `queries`",
    "BadQueryString": "did not understand a query: check `queries`",
    "BlockedActor": "gives nothing of an account that ours has blocked",
    "BlockedByActor": "gives nothing of an account that has blocked ours",
}  # fmt: skip


def raise_for_response(response: requests.Response) -> None:
    """Bluesky's own errors, by name, then the usual ones. Raises Ended where a new token may help."""
    status = response.status_code
    if status < 400:
        return
    name = _error(response)
    if name in ("ExpiredToken", "InvalidToken"):
        raise Ended(
            f"Bluesky: the session is over ({status}, {name}); if this stays, make a new app password"
        )
    if status == 429:
        wait = http_client.asked_wait(response.headers, reset="RateLimit-Reset")
        opens = f"; it opens again in {wait:.0f} s" if wait is not None else ""
        raise Passing(f"Bluesky: the rate limit is used up (429){opens}", retry_after=wait)
    kind = NotGiven if status == 400 else PlatformRefused
    if status < 500 and name in _MEANINGS:
        raise kind(f"Bluesky {_MEANINGS[name]} ({status}, {name})")
    if status == 400:
        raise NotGiven("Bluesky refused the request (400)")
    http_client.raise_for_response(response)


def _error(response: requests.Response) -> str:
    try:
        body = http_client.read_json(response.content, response.headers, response.url)
    except (PlatformRefused, PlatformUnavailable):
        return ""
    name = body.get("error") if isinstance(body, dict) else ""
    return name if isinstance(name, str) and re.fullmatch(r"[A-Za-z]{3,40}", name) else ""
