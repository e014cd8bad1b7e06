"""Public web pages within robots.txt, and the text of the article that stands on one."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
import trafilatura
from lxml.etree import LxmlError
from protego import Protego

from collectors.charsets import decode, is_utf8, named_in_markup, named_in_type
from collectors.http.client import Http, Pace
from collectors.http.egress import LeadsInside, inside
from collectors.http.transport import Passing, host
from core.errors import CollectorError, PlatformUnavailable

for chatty in ("trafilatura", "htmldate", "courlan", "justext"):  # they write addresses and words
    logging.getLogger(chatty).setLevel(logging.CRITICAL)

_MOST_PAGE = 2_000_000  # bytes of one page: more would take many seconds to take apart
_MOST_HOPS = 5
_BETWEEN = 1.0  # seconds between two pages of one host, or longer where its robots.txt asks
_A_HOST = 60.0  # seconds that one run may spend between the pages of one host
_PAID = re.compile(
    rb'"isAccessibleForFree"\s*:\s*"?(?:false|https?://schema\.org/False)', re.IGNORECASE
)
_TRIPS = (
    ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, OverflowError,
)  # fmt: skip


class NotRead(Exception):
    """A page that gives us nothing. Its words go on after "2 were", and hold no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """What came for an address: 200, 404 and the like, after redirects; `url` is where it was."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    url: str


class Pages:
    """Fetches pages of any host: its robots.txt first, then no faster and no more than is polite.

    A host that failed once is left alone for the rest of the run.
    """

    def __init__(self, http: Http) -> None:
        self._http = Http(
            timeout=http.timeout, attempts=1, longest_wait=http.longest_wait,
            user_agent=http.user_agent, most_bytes=min(_MOST_PAGE, http.most_bytes), budget=http.budget,
            egress=http.egress,
        )  # fmt: skip
        self._robots = Robots(self._http)
        self._paces: dict[str, Pace] = {}
        self._fetched: Counter[str] = Counter()
        self._down: dict[str, CollectorError] = {}

    def get(self, url: str, may: Callable[[str], bool]) -> WebPage:
        """One page, whatever it says of itself. `may` says of each address on the way if we want it.

        Raises NotRead where we don't or robots.txt forbids it, CollectorError for an outage.
        """
        for _ in range(_MOST_HOPS + 1):
            url = _plain_address(url)
            if not (url and may(url)):
                raise NotRead("leading where we do not read")
            response = self._ask(url)
            if not response.is_redirect:
                return WebPage(
                    status=response.status_code,
                    content=response.content,
                    headers=response.headers,
                    url=url,
                )
            url = _joined(url, response.headers["Location"])
        raise NotRead("redirecting in a circle")

    def full(self, url: str) -> bool:
        """Whether this run may ask this host for no more pages."""
        where = host(url)
        pages_fetched = self._fetched[where]
        if where in self._down or not pages_fetched:
            return where in self._down
        between = self._between(url)
        return between > self._http.longest_wait or pages_fetched * between >= _A_HOST

    def _between(self, url: str) -> float:
        """Seconds between two pages of a host. This machine, where tests are, needs no patience."""
        if inside(url):
            return 0.0
        return max(min(_BETWEEN, self._http.longest_wait), self._robots.delay(url))

    def _ask(self, url: str) -> requests.Response:
        where = host(url)
        if where in self._down:
            raise self._down[where]
        try:
            if not self._robots.allows(url):
                raise NotRead("closed by robots.txt")
            pace = self._paces.setdefault(where, Pace())
            pace.keep(self._between(url), min(self._http.longest_wait, self._http.budget.left))
            self._fetched[where] += 1
            return self._answer(url)
        except LeadsInside:  # no fault of anybody whom we ask: the address is a stranger's
            raise NotRead("leading where we do not read") from None
        except CollectorError as error:
            self._down[where] = error
            raise

    def _answer(self, url: str) -> requests.Response:
        try:
            response = self._http.session.get(url, allow_redirects=False)
        except Passing:
            raise
        except PlatformUnavailable:
            raise NotRead("too big or damaged") from None
        except (requests.RequestException, ValueError):  # an address, here or in a redirect
            raise NotRead("leading where we do not read") from None
        if response.status_code in (408, 425, 429) or response.status_code >= 500:
            raise Passing(f"{host(url)} answered {response.status_code}")
        return response


def _plain_address(url: str) -> str:
    """An address of the web without its fragment; empty for any other, or with a login in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return urldefrag(url).url if is_web else ""


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        return ""


def article(page: WebPage) -> str:
    """The article's text, paragraph by paragraph. Raises NotRead for a page that has none for us."""
    if page.status != 200:
        raise NotRead(f"answered {page.status}")
    kind = page.headers.get("Content-Type", "").lower()
    if kind and "html" not in kind:
        raise NotRead("no web page")
    if _PAID.search(page.content):
        raise NotRead("for subscribers")
    try:
        text = trafilatura.extract(_decoded(page.content, kind), include_comments=False)
    except (*_TRIPS, LxmlError) as error:
        raise NotRead(f"not to be taken apart ({type(error).__name__})") from None
    if not text:
        raise NotRead("without an article")
    return str(text).strip()


def _decoded(content: bytes, kind: str) -> str | bytes:
    """By the charset that the header or the page names; trafilatura guesses at what names none."""
    charset = named_in_type(kind) or named_in_markup(content)
    return decode(content, charset) if charset or is_utf8(content) else content


# ── What a host's robots.txt lets us fetch, as RFC 9309 says. ─────────────────────────────────────

_MOST_RULES = 512_000  # bytes that are read of one; RFC 9309, 2.5 asks for 500 KiB at least
# 2.3.1.3: a client error says that there are no rules. These three say to ask later.
_NO_RULES = tuple(status for status in range(400, 500) if status not in (408, 425, 429))


class Robots:
    """Each host's rules for our user agent, asked for once.

    Raises PlatformUnavailable where they can't be had: nothing may be fetched then (2.3.1.4).
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        name = re.match(r"[A-Za-z_-]+", http.user_agent)
        self._name = name[0] if name else "*"  # the product token alone (2.2.1)
        self._rules: dict[str, Protego | None] = {}

    def allows(self, url: str) -> bool:
        """May this address be fetched?"""
        return bool(self._of(url).can_fetch(url, self._name))

    def delay(self, url: str) -> float:
        """The seconds that the host wants between two requests; 0 where it doesn't say."""
        return float(self._of(url).crawl_delay(self._name) or 0)

    def _of(self, url: str) -> Protego:
        parts = urlsplit(url)
        start = f"{parts.scheme}://{parts.netloc}"
        if start not in self._rules:
            self._rules[start] = self._read(f"{start}/robots.txt")
        rules = self._rules[start]
        if rules is None:
            raise PlatformUnavailable(
                f"{host(url)}: its robots.txt can't be read, so that nothing is"
            )
        return rules

    def _read(self, address: str) -> Protego | None:
        try:
            answer = self._http.get(address, accept=_NO_RULES)
        except LeadsInside:
            raise
        except CollectorError:
            return None
        written = answer.content[:_MOST_RULES] if answer.status < 400 else b""
        return Protego.parse(written.decode("utf-8-sig", "replace"))
