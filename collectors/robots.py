"""What a host's robots.txt lets us fetch, as RFC 9309 says."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from protego import Protego

from collectors.http import Http
from collectors.wire import host
from errors import CollectorError, PlatformUnavailable

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
        except CollectorError:
            return None
        written = answer.content[:_MOST_RULES] if answer.status < 400 else b""
        return Protego.parse(written.decode("utf-8-sig", "replace"))
