"""What stands before every page: headers, refusal of forged requests, limits on size and rate.

CSRF: unsafe methods are refused unless `Sec-Fetch-Site` says that the request comes from this very page; an
old browser without it must name the same host in `Origin`. SameSite cookies alone are not enough, since
other ports of a host receive them. Headers: OWASP Secure Headers Project; no inline script or style, nothing from
anybody else.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 20  # of a request's body
# The one address that takes a file, in a body of several parts; which file is too large, its page says by the setting.
UPLOAD, MOST_UPLOAD = "/import", 256 * 10**6
MOST_KEYS = 50_000  # addresses or names whose tries are remembered: some 10 MB
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# How the page's own forms are sent. Parts of a multipart body may name a character set each, and to decode some of
# those takes minutes for a megabyte.
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass
class RateLimiter:
    """Token buckets by key: `most` at once, `each` a second after that. For any thread.

    The clock is one that nobody can set: a wall clock put back would refuse everybody until it has caught up. Why the
    package `limits` is not used: docs/decisions/0018.
    """

    most: float
    each: float
    now: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _alone: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def take(self, key: str) -> bool:
        """Whether there is one left for the key."""
        with self._alone:
            return self._take(key, self.now())

    def put_back(self, key: str) -> None:
        """Gives one back: what it was taken for was no try."""
        with self._alone:
            if key in self._buckets:
                left, since = self._buckets[key]
                self._buckets[key] = (min(self.most, left + 1.0), since)

    def _take(self, key: str, at: float) -> bool:
        left, since = self._buckets.get(key, (self.most, at))
        left = min(self.most, left + (at - since) * self.each)
        enough = left >= 1.0
        self._buckets[key] = (left - 1.0 if enough else left, at)
        self._buckets.move_to_end(key)
        self._forget(at)
        return enough

    def _forget(self, at: float) -> None:
        """Lets go of buckets that are full again, and of those quiet the longest where there are too many."""
        while True:
            _, since = next(iter(self._buckets.values()))
            if at - since < self.most / self.each and len(self._buckets) <= MOST_KEYS:
                return
            self._buckets.popitem(last=False)


class SecurityMiddleware:
    """ASGI middleware around the whole page. `secure`: the page is reached by HTTPS."""

    def __init__(
        self, app: ASGIApp, *, secure: bool, hosts: frozenset[str], rate: RateLimiter | None = None
    ) -> None:
        self._app = app
        self._secure = secure
        self._hosts = hosts  # names under which the page may be asked for
        self._rate = rate or RateLimiter(most=120, each=10)
        where = f"{'https' if secure else 'http'}://{min(hosts)}/" if hosts else ""
        self._elsewhere = elsewhere(where)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        answer = self._app if refused is None else refused
        began: list[bool] = []
        try:
            most = _most_bytes(scope, headers)
            await answer(scope, _bounded(receive, most), self._with_headers(scope, send, began))
        except Exception as error:
            # The page of a bug was sent, and where it is was logged: the server would log its words too, which may
            # be a post's.
            if not began:
                raise RuntimeError(f"nothing was answered ({type(error).__name__})") from None

    def _refused(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        if headers.get("host", "").lower() not in self._hosts:
            return answer(self._elsewhere, 421)
        if scope["method"] not in SAFE and not same_origin(headers, secure=self._secure):
            return answer(FORGED, 403)
        try:
            length = int(headers.get("content-length") or 0)
        except ValueError:
            return answer(UNREADABLE, 400)
        if length > _most_bytes(scope, headers):
            return answer(TOO_LARGE, 413)
        kind = headers.get("content-type", FORM).partition(";")[0].strip().lower()
        if scope["method"] not in SAFE and kind != FORM and not _takes_file(scope, headers):
            return answer(UNREADABLE, 415)
        client = (scope.get("client") or ("",))[0]
        if scope["method"] not in SAFE and not self._rate.take(client):
            return answer(TOO_OFTEN, 429)
        return None

    def _with_headers(self, scope: Scope, send: Send, began: list[bool]) -> Send:
        static = scope["path"].startswith("/static/")

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                began.append(True)
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["Cache-Control"] = "private, max-age=3600" if static else "no-store"
                if self._secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
                if "server" in headers:
                    del headers["server"]
            await send(message)

        return sent


def same_origin(headers: Headers, *, secure: bool = False) -> bool:
    """Whether the browser says that a request was sent by this page, or by its user alone.

    `secure`: not by the same host without TLS either, which anybody on the way can play.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    if secure and origin.scheme != "https":
        return False
    return bool(origin.netloc) and origin.netloc.lower() == headers.get("host", "").lower()


def _takes_file(scope: Scope, headers: Headers) -> bool:
    """Whether a request brings a file where one may be brought, in a body that names no character set of its own."""
    kind, _, rest = headers.get("content-type", "").lower().partition(";")
    return (
        scope["method"] == "POST" and scope["path"] == UPLOAD and kind.strip() == PARTS and "charset" not in rest
    )  # fmt: skip


def _most_bytes(scope: Scope, headers: Headers) -> int:
    return MOST_UPLOAD if _takes_file(scope, headers) else MOST_BYTES


def _bounded(receive: Receive, most: int = MOST_BYTES) -> Receive:
    """Bodies that do not tell their length are cut off at the limit too."""
    seen = 0

    async def received() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            return {"type": "http.disconnect"}
        return message

    return received


# What `SecurityMiddleware` answers where it lets nobody in: a small page that needs neither the store nor a template.

_PAGE = """<!DOCTYPE html>
<html class="nhsuk-template" lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Mentions</title>
<link rel="stylesheet" href="/static/nhsuk-frontend.min.css">
<link rel="stylesheet" href="/static/page.css">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
</head>
<body class="nhsuk-template__body">
<header class="top"><div class="nhsuk-width-container top__in"><span class="top__name"><span class="top__service">Mentions</span></span></div></header>
<div class="nhsuk-width-container"><main class="nhsuk-main-wrapper" id="main"><div class="narrow">
<h1 class="nhsuk-heading-l">{title}</h1>
{body}
</div></main></div>
</body>
</html>
"""
WAIT = 10  # seconds, as an answer to too many requests says

_BACK = "<p>Go back with your browser’s own button: what you typed is still there.</p>"


def page(title: str, body: str) -> str:
    """The whole page. `body` is HTML of ours, never of a request's."""
    return _PAGE.format(title=escape(title), body=body)


FORGED = page(
    "The form was not sent from this page",
    "<p>Nothing was changed. Your browser did not say that the form was sent from here: the page may have been open "
    "for long, or something else sent it.</p>"
    + _BACK
    + "<p>Then reload the page and send the form again. If it goes "
    "wrong again, use a newer browser, or tell whoever looks after this page.</p>",
)
UNREADABLE = page(
    "The request could not be read",
    "<p>Nothing was changed.</p>" + _BACK + "<p>Then send it again.</p>",
)
TOO_LARGE = page(
    "That is too much to send at once",
    "<p>Nothing was saved. A form may hold one megabyte.</p>"
    + _BACK
    + "<p>Then shorten it, and send it again.</p>",
)
TOO_OFTEN = page(
    "Too many requests from here",
    f"<p>Nothing was changed. Too much was sent from your network in a short time.</p>{_BACK}"
    f"<p>Wait {WAIT} seconds, then send it again.</p>",
)
TROUBLE = page(
    "Something went wrong here",
    "<p>If you were deciding something, look at the case before you send it again: it says whether your decision was "
    "saved.</p><p>Wait a minute, then try again. If this stays so, tell whoever looks after this program. It has written "
    'down where it went wrong, and no words of any post.</p><p><a href="/today">Go to Today</a></p>',
)


def elsewhere(address: str) -> str:
    """Says where the page is; `address` is config.toml's, never the request's."""
    escaped_address = escape(address, quote=True)
    return page(
        "This page has another address",
        f'<p>Use <a href="{escaped_address}">{escaped_address}</a> instead, and change your bookmark to that.</p>',
    )


NO_PAGE_HERE = page(
    "There is no page at this address",
    "<p>Check the address with whoever gave it to you. It is also at the foot of each email from Mentions.</p>",
)
NOT_OPEN = page(
    "This page can’t be opened now",
    "<p>Something in its settings or its database needs mending. Nothing is lost.</p>"
    "<p>Tell whoever looks after this program: it has written down what is wrong.</p>",
)


def answer(written: str, status: int) -> HTMLResponse:
    """A refusal as it is sent."""
    headers = {"Retry-After": str(WAIT)} if status == 429 else None
    return HTMLResponse(written, status, headers)
