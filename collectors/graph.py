"""Meta's Graph API as Facebook and Instagram share it: calls, their pace, and pages that link onward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from collectors import http as shared
from collectors.base import Http, Odd, each, moment, pages
from collectors.fields import UNREADABLE
from collectors.graph_errors import FieldRefused, Judge, TooMuch, regained_in, used
from collectors.pace import Pace
from collectors.wire import host
from errors import PlatformRefused, PlatformUnavailable
from mention import Mention

# Percent of an allowance: above the one slower, at the other not at all (Graph API reference, 2026)
_SLOW, _STOP = 80, 100
_SECRET = frozenset(("access_token", "appsecret_proof"))  # what a link to the next page embeds

Params = Mapping[str, str | int]
Read = Callable[[Any], Mention]


@dataclass(kw_only=True)
class Graph:
    """The calls of one run. `root` is host and version, `account` the Page or Instagram user, whose
    posts are listed as `own`.

    `time` is the field that dates an item; `size` how many are asked for at once, `most` how many
    pages of one list. `pictures` is the part of `fields` without which we can do, where it is not
    permitted: one field too many makes a whole call fail.
    """

    judge: Judge
    http: Http = field(repr=False)
    root: str
    account: str
    own: str
    token: str = field(repr=False)
    at: datetime
    time: str
    size: int
    most: int
    pictures: str
    blind: bool = False  # whether pictures were refused
    used: int = 0
    wait: float | None = None
    pace: Pace = field(default_factory=Pace)

    @property
    def platform(self) -> str:
        """Its name, for people."""
        return self.judge.platform

    def call(self, method: str, path: str, params: Params) -> dict[str, Any]:
        """One call, by path or whole address: an object.

        Raises CollectorError, by code where the platform gave one.
        """
        self._keep_pace()
        url = path if "://" in path else f"{self.root}/{path}"
        bearer = {"Authorization": f"Bearer {self.token}"}
        answer = self.http.send(method, url, params, bearer, judge=self.judge)
        self.used, self.wait = used(answer.headers), regained_in(answer.headers)
        found = shared.read_json(answer.content, answer.headers, answer.url)
        if not isinstance(found, dict):
            raise PlatformUnavailable(f"{self.platform} sent a list where an object was due")
        return found

    def get(self, path: str, params: Params) -> dict[str, Any]:
        """One object, or several by `ids`, if need be without pictures."""
        asked = str(params.get("fields", ""))
        plain = {**params, "fields": asked.replace(self.pictures, "")} if asked else params
        if self.blind or plain == params:
            return self.call("GET", path, plain)
        try:
            return self.call("GET", path, params)
        except FieldRefused:
            found = self.call("GET", path, plain)
            self.blind = True
            return found

    def read(
        self,
        path: str,
        params: Params,
        to_mention: Read,
        *,
        where: str,
        oldest: datetime | None = None,
        onward: str = "",
    ) -> Iterator[Mention | Odd]:
        """A list, item by item, down to `oldest`; what is older on its last pages is left out."""
        for found in self.walk(path, params, where=where, oldest=oldest, onward=onward):
            if isinstance(found, Odd):
                yield found
                continue
            number, items = found
            for mention in each(items, to_mention, at=self.at, where=f"{where} page {number}"):
                if isinstance(mention, Odd) or not oldest or mention.posted_at >= oldest:
                    yield mention

    def walk(
        self,
        path: str,
        params: Params,
        *,
        where: str,
        oldest: datetime | None = None,
        onward: str = "",
        most_at_once: int = 100,
    ) -> Iterator[tuple[int, list[Any]] | Odd]:
        """A list's pages, numbered. A page that is empty is not the last: one without a link is.

        `onward` is where to start, a link that came with another object. A page that is too much
        for the platform is asked for again by halves.
        """
        size = min(self.size, most_at_once)

        def fetch(token: str) -> tuple[list[Any], str]:
            nonlocal size
            link = token or onward
            asked, more = self._step(link) if link else (path, dict(params))
            while True:
                try:
                    page = self.get(asked, {**more, "limit": size})
                    break
                except TooMuch:
                    if size == 1:
                        raise
                    size //= 2
            items = page.get("data")
            if not isinstance(items, list):
                raise PlatformUnavailable(f"{self.platform} sent a page without a list")
            return items, "" if self._passed(page, items, oldest) else self.onward(page)

        yield from pages(fetch, most=self.most, where=where)

    def onward(self, page: Mapping[str, Any]) -> str:
        """The link to the next page, without the secrets in it; empty where there is none."""
        paging = page.get("paging")
        link = paging.get("next") if isinstance(paging, dict) else None
        if not isinstance(link, str) or not link:
            return ""
        try:
            parts = urlsplit(urljoin(f"{self.root}/", link))
        except ValueError:
            return "?"  # not an address, which is found out when it is followed
        kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in _SECRET]
        return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))

    def _step(self, link: str) -> tuple[str, dict[str, str]]:
        """Address and parameters of a link to a next page, which must lead to the host that we ask."""
        parts, home = urlsplit(link), urlsplit(self.root)
        if (parts.scheme, host(link)) != (home.scheme, host(self.root)):
            raise PlatformRefused(
                f"{self.platform} links to a next page on another host, which is not followed: check "
                "`base_url`"
            )
        asked = urlunsplit((home.scheme, home.netloc, parts.path, "", ""))
        return asked, dict(parse_qsl(parts.query))

    def _passed(self, page: Mapping[str, Any], items: list[Any], oldest: datetime | None) -> bool:
        """Whether all is older than `oldest` on a page that has the newest first."""
        times = [moment(item.get(self.time)) for item in items if isinstance(item, dict)]
        known = [time for time in times if time != UNREADABLE]
        if not oldest or not known or max(known) >= oldest:
            return False
        summary = page.get("summary")
        order = summary.get("order") if isinstance(summary, dict) else ""
        return known[0] > known[-1] or (known[0] == known[-1] and order != "chronological")

    def _keep_pace(self) -> None:
        """Slower the nearer the limit is that the last answer told of; at it, no further."""
        if self.used >= _STOP:
            raise PlatformUnavailable(
                f"{self.platform}: the allowance of calls is used up ({self.used} %); the next run goes on",
                retry_after=self.wait,
            )
        if self.used > _SLOW:
            most = self.http.longest_wait
            self.pace.keep(min(float(self.used - _SLOW), most), most)
