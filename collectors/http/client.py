"""The HTTP client that collectors share: timeouts, redirects, retries in one place, honest shapes."""

from __future__ import annotations

import json
import math
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import stamina

from collectors.charsets import decode, named_in_type
from collectors.http.budget import TimeBudget
from collectors.http.egress import Egress, inside
from collectors.http.transport import (
    LONGEST_BODY,
    Judge,
    Passing,
    Unsent,
    Wire,
    dress,
    host,
    trouble,
)
from collectors.parsing import UNREADABLE, moment
from core import clock
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable

T = TypeVar("T")

Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]]
_SECRET_HEADER = re.compile("authorization|cookie|key|token", re.IGNORECASE)
_MAY_PASS = frozenset((408, 425, 429))  # and 5xx
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `moved` is the new address if the old one has moved for good, else empty."""

    content: bytes
    headers: Mapping[str, str]
    url: str
    status: int
    redirects: tuple[tuple[int, str], ...] = ()

    @property
    def moved(self) -> str:
        """Where a chain of redirects that starts with permanent ones leads for good."""
        last = ""
        for status, target in self.redirects:
            if status not in (301, 308):
                break
            last = target
        return last


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One request, but for its address."""

    method: str = "GET"
    params: Params | None
    headers: Mapping[str, str]
    accept: tuple[int, ...]
    judge: Judge | None
    form: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    pace: float = 0.0


class Http:
    """A requests session with timeouts, a size cap and the only retries of the program.

    `timeout` is (connect, read) in seconds; `longest_wait` the most seconds that we wait for a
    platform before another of `attempts`, so that no wait is longer than config allows. `budget` is
    the time of the source that asks; it has no end unless somebody sets one. `egress` says where its
    connections may lead: to public numbers alone, unless config.toml names more.
    """

    def __init__(
        self,
        *,
        timeout: tuple[float, float] = (5.0, 30.0),
        attempts: int = 4,
        longest_wait: float = 60.0,
        user_agent: str = "mentions/0.1",
        most_bytes: int = 32_000_000,
        longest_body: float = LONGEST_BODY,
        budget: TimeBudget | None = None,
        egress: Egress | None = None,
    ) -> None:
        self.budget = budget or TimeBudget()
        self.egress = egress or Egress()
        self.timeout, self.attempts, self.longest_wait = timeout, attempts, longest_wait
        self.paced = Pace()
        self.user_agent, self.most_bytes = user_agent, most_bytes
        self.longest_body = longest_body
        self.session = self.dressed(requests.Session())

    def dressed(
        self,
        session: requests.Session,
        *,
        instead: str = "",
        aim: str = "",
        judge: Judge | None = None,
    ) -> requests.Session:
        """The session with our wire on it, for a platform's own library."""
        wire = Wire(
            timeout=self.timeout,
            most_bytes=self.most_bytes,
            instead=instead,
            aim=aim,
            judge=judge,
            longest_body=self.longest_body,
            budget=self.budget,
            egress=self.egress,
        )
        dress(session, wire, self.user_agent)
        return session

    def patiently(self, call: Callable[[], T]) -> T:
        """Calls until it works: again only for Passing, after the wait that the platform asked for."""

        @stamina.retry(
            on=self._pause, attempts=self.attempts, timeout=None, wait_max=self.longest_wait,
            wait_initial=min(0.5, self.longest_wait), wait_jitter=min(1.0, self.longest_wait),
        )  # fmt: skip
        def trying() -> T:  # takes nothing, since stamina logs arguments
            return call()

        return trying()

    def _pause(self, error: Exception) -> bool | float:
        if not isinstance(error, Passing) or self.budget.spent:
            return False
        if error.retry_after is None:
            return True
        if error.retry_after > min(self.longest_wait, self.budget.left):
            return False  # sooner would be against what was asked; the next run comes later
        return min(error.retry_after + random.uniform(0, 0.5), self.longest_wait)

    def get(
        self,
        url: str,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        accept: tuple[int, ...] = (),
        judge: Judge | None = None,
        pace: float = 0.0,
    ) -> Answer:
        """One page; a status of 400 or more is handed back only if it stands in `accept`.

        `judge` tells a platform's own errors apart before the usual meanings do. `pace` is how many
        seconds must lie between this client's last request and this one. Raises PlatformRefused for
        a 4xx that a person must see to, else PlatformUnavailable.
        """
        request = _Asked(
            params=params, headers=headers or {}, accept=accept, judge=judge, pace=pace
        )
        return self.patiently(lambda: self._follow(url, request))

    def get_json(
        self,
        url: str,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        judge: Judge | None = None,
    ) -> Any:
        """An object or a list. Raises as `get`, and for a web page or anything else in its place."""
        answer = self.get(url, params, headers, judge=judge)
        return read_json(answer.content, answer.headers, answer.url)

    def send(
        self,
        method: str,
        url: str,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        accept: tuple[int, ...] = (),
        judge: Judge | None = None,
    ) -> Answer:
        """Something else than GET, with a form or a JSON `body`; it follows no redirect.

        Asked again as `get` is, so that it is for what may be done twice. Raises as `get`.
        """
        request = _Asked(
            method=method, params=params, headers=headers or {}, accept=accept, judge=judge,
            form=form, body=body,
        )  # fmt: skip
        return self.patiently(lambda: self._follow(url, request))

    def send_once(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        method: str = "POST",
        params: Params | None = None,
        form: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        judge: Judge | None = None,
    ) -> Answer:
        """A POST or PUT that must not be done twice, with a form or a JSON `body`: it is asked for once.

        Raises PlatformRefused where the platform did not take it, Unsent where it never got there or was
        turned away for now, and PlatformUnavailable where it may have been done all the same.
        """
        try:
            response = self.session.request(
                method, url, params=params, headers=dict(headers), data=form, json=body,
                allow_redirects=False,
            )  # fmt: skip
        except (requests.RequestException, ValueError) as error:
            raise trouble(error, url) from None
        status = response.status_code
        if 300 <= status < 400:
            raise PlatformRefused(f"{host(url)} redirects where it should not: check `base_url`")
        try:
            if judge:
                judge(response)
            raise_for_response(response)
        except CollectorError as error:
            if status < 300:
                raise unconfirmed(url) from error
            if isinstance(error, Passing) and status < 500 and status != 408:
                raise Unsent(str(error), retry_after=error.retry_after) from error
            raise
        return Answer(response.content, response.headers, response.url, status)

    def _follow(self, url: str, request: _Asked) -> Answer:
        self.paced.keep(request.pace, min(self.longest_wait, self.budget.left))
        steps: list[tuple[int, str]] = []
        sent, params = dict(request.headers), request.params
        while True:
            try:
                response = self.session.request(
                    request.method, url, params=params, headers=sent, data=request.form,
                    json=request.body, allow_redirects=False,
                )  # fmt: skip
            except (requests.RequestException, ValueError) as error:
                raise trouble(error, url) from None  # its words hold the whole address
            target = self.session.get_redirect_target(response)
            if not target:
                if response.status_code not in request.accept:
                    if request.judge:
                        request.judge(response)
                    raise_for_response(response)
                return Answer(
                    response.content,
                    response.headers,
                    response.url,
                    response.status_code,
                    tuple(steps),
                )
            if request.method != "GET" or len(steps) == _MOST_REDIRECTS:
                raise PlatformUnavailable(f"{host(url)} redirects where it should not")
            target = _allowed(response.url, target)
            if host(target) != host(url):
                sent = {k: v for k, v in sent.items() if not _SECRET_HEADER.search(k)}
            steps.append((response.status_code, target))
            url, params = target, None


def _allowed(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
        new, old = urlsplit(target).scheme, urlsplit(url).scheme
    except ValueError as error:
        raise PlatformUnavailable(
            f"{host(url)} redirects to an address that can't be read"
        ) from error
    if new not in ("http", "https") or (old == "https" and new == "http"):
        raise PlatformRefused(
            f"{host(url)} redirects to {new or 'nothing'}:, which is not followed"
        )
    if inside(target) and not inside(url):
        raise PlatformRefused(
            f"{host(url)} redirects into the private network, which is not followed"
        )
    return target


_MEANINGS = {
    400: "did not understand the request", 401: "does not accept the key or token: renew it",
    403: "does not permit this: check what the access allows", 404: "has nothing at this address",
    410: "says that this is gone for good: take it out of site.toml",
    426: "wants a newer version of its interface",
}  # fmt: skip


def unconfirmed(url: str) -> PlatformUnavailable:
    """The error for an answer that does not say whether something was done."""
    return PlatformUnavailable(f"{host(url)} did not confirm it: look there before you try again")


def raise_for_response(response: requests.Response) -> None:
    """Raises for an error status: Passing for 408, 425, 429 and 5xx, else PlatformRefused."""
    status = response.status_code
    if status in _MAY_PASS or status >= 500:
        wait = asked_wait(response.headers)
        asks = f" and asks for {wait:.0f} s of patience" if wait else ""
        raise Passing(f"{host(response.url)} answered {status}{asks}", retry_after=wait)
    if status >= 400:
        meaning = _MEANINGS.get(status, "refused the request")
        raise PlatformRefused(f"{host(response.url)} {meaning} ({status})")


def asked_wait(headers: Mapping[str, str], *, reset: str = "") -> float | None:
    """Seconds that a platform asks us to wait, by Retry-After (seconds or a date) or by `reset`.

    `reset` names a header with Unix seconds. Dates are measured on the server's own clock.
    """
    written = headers.get("Retry-After", "").strip() or (
        headers.get(reset, "").strip() if reset else ""
    )
    try:
        seconds = float(written)
    except ValueError:
        until = moment(written)
        seconds = math.nan if until == UNREADABLE else until.timestamp()
    if 1e8 < seconds < 1e12:  # a date rather than a length
        answered = moment(headers.get("Date"))
        seconds -= (clock.now() if answered == UNREADABLE else answered).timestamp()
        seconds = max(seconds, 0.0)
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def read_json(content: bytes, headers: Mapping[str, str], url: str) -> Any:
    """An object or a list out of an answer that may lie: a login page, words, half of an object."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    labelled = "html" in headers.get("Content-Type", "").lower() and start not in (b"{", b"[")
    if start == b"<" or labelled:
        raise web_page(content, url)
    try:
        payload = json.loads(content)
    except UnicodeDecodeError:
        charset = named_in_type(headers.get("Content-Type", ""))
        payload = _mended_json(
            decode(content, charset) if charset else content.decode("utf-8", "replace")
        )
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict | list):
        raise PlatformUnavailable(f"{host(url)} sent something else than JSON, or half of it")
    return payload


def _mended_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def web_page(content: bytes, url: str) -> PlatformRefused | PlatformUnavailable:
    """The error for a web page where data was due: a login page needs a person, another may pass."""
    text = content[:200_000].lower()
    if any(
        word in text
        for word in (b'type="password"', b"type='password'", b"log in", b"sign in", b"login")
    ):
        return PlatformRefused(f"{host(url)} sent a login page: its key or token is not accepted")
    return PlatformUnavailable(f"{host(url)} sent a web page where data was due")


# ── Distance between two requests of one client, for a platform that asks for it. ─────────────────


@dataclass(kw_only=True)
class Pace:
    """Remembers when the last request left. Together with Http the only code that waits."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    last: float = -math.inf

    def keep(self, seconds: float, longest_wait: float) -> None:
        """Waits until `seconds` after the last request; raises Passing where that is too long."""
        left = self.last + seconds - self.now()
        if left > longest_wait:
            raise Passing(f"the next call is due in {left:.0f} s", retry_after=left)
        if left > 0:
            self.sleep(left)
        self.last = self.now()
