"""Meta's Graph API as Facebook and Instagram share it: calls, their pace, and pages that link onward."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests

from collectors.base import Http, Passing, SkippedItem, count, each, moment, pages, words
from collectors.http import client as http_client
from collectors.http.client import Pace
from collectors.http.transport import host
from collectors.parsing import UNREADABLE
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention

# ── What the Graph API's error codes and usage headers mean, for Facebook and Instagram alike. ────

_LIMITS = frozenset((4, 17, 32, 613))  # of the app, the user, the Page, or one of its own
_BUSINESS_LIMITS = range(80_000, 80_100)  # 80001 Pages, 80002 Instagram
_PERMISSIONS = frozenset((3, 10, *range(200, 300)))
_TOKEN_ENDED = {
    458: "the app was taken off the account",
    459: "whoever granted access must first sign in at facebook.com and answer what it asks",
    460: "the password was changed",
    463: "the token has expired",
    464: "whoever granted access must first confirm the account at facebook.com",
    467: "the token is no longer valid",
    492: "whoever granted access has no role on the Page any more",
}  # subcodes of 190
_NO_TOKEN = frozenset((102, 104, 190))  # a session that ended, no token, one that is not valid
_OUTDATED = frozenset((2635,))  # asked of a version that is over
_ABSENT = frozenset((24, 803))  # Instagram's word for a thing that is not there, and for a name
_STOP_WRITING = {
    506: "these words were posted there just now: look there before you try again",
    341: "the limit of actions is reached: change nothing more there today",
    368: "a block by its policies stops what we do there: see the Page's support inbox",
}
_TOO_MUCH = "reduce the amount of data"
_ANY_TOKEN, _OWN_TOKEN = "access token", "page access token"
_NOT_THERE = "does not exist"
_NO_FIELD = "nonexisting field"
_PERCENTAGES = ("call_count", "total_time", "total_cputime")
_USAGE = ("X-App-Usage", "X-Page-Usage")
_BUSINESS_USAGE = "X-Business-Use-Case-Usage"


class Absent(PlatformRefused):
    """The object that was asked for is not there, or no longer shown to us (100/33)."""


class Misunderstood(PlatformRefused):
    """A bad parameter (100)."""


class Withdrawn(PlatformRefused):
    """What was asked for is not offered in this version of the Graph API, or in no version any more (12)."""


class FieldRefused(Misunderstood):
    """A field that is unknown or not permitted, for which the whole call fails (100)."""


class WeekSpent(PlatformRefused):
    """No other hashtag can be searched for in these seven days (18)."""


class Generic(Passing):
    """Codes 1 and 2: transient or unknown."""


class TooMuch(PlatformUnavailable):
    """The page that was asked for is too big; half of it may do."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Raises what an error body means.

    `scopes` are the permissions that the platform must grant, `renew` says how to get a new token.
    """

    platform: str
    scopes: tuple[str, ...]
    renew: str

    def __call__(self, response: requests.Response) -> None:
        """Nothing where there is no error body: the usual meanings of a status come next."""
        error = _error(response)
        code = count(error.get("code")) or 0
        if not code:
            return
        subcode = count(error.get("error_subcode")) or 0
        full_code = f"{code}/{subcode}" if subcode else str(code)
        failure: CollectorError | None = self._may_pass(code, full_code, error, response.headers)
        failure = failure or self._needs_a_person(code, subcode, full_code, _said(error))
        if failure is None and error.get("is_transient") is True:
            failure = Generic(f"{self.platform} could not answer ({full_code}); that may pass")
        if failure:
            raise failure
        status = response.status_code
        if status < 500 and status not in (408, 425, 429):
            old = status == 426 or code in _OUTDATED
            do = "raise `version`" if old else "look the code up in the Graph API reference"
            raise PlatformRefused(
                f"{self.platform} refused the request ({status}, code {full_code}): {do}"
            )

    def _may_pass(
        self, code: int, full_code: str, error: Mapping[str, Any], headers: Mapping[str, str]
    ) -> PlatformUnavailable | None:
        name = self.platform
        if _TOO_MUCH in _said(error):
            return TooMuch(f"{name}: even one item is more than it can send ({full_code})")
        if code in _LIMITS or code in _BUSINESS_LIMITS:
            wait = regained_in(headers)
            asks = f"; it opens again in {wait:.0f} s" if wait is not None else ""
            return Passing(f"{name}: too many calls ({full_code}){asks}", retry_after=wait)
        if code in (1, 2):
            return Generic(f"{name} could not answer ({full_code}); that may pass")
        return None

    def _needs_a_person(
        self, code: int, subcode: int, full_code: str, message: str
    ) -> PlatformRefused | None:
        name = self.platform
        if code == 210 or (_OWN_TOKEN in message and (code == 190 or code in _PERMISSIONS)):
            return PlatformRefused(
                f"{name}: the Page's own token is needed ({full_code}): somebody with a role on the Page must "
                f"{self.renew}"
            )
        if code in _NO_TOKEN or (code == 2500 and _ANY_TOKEN in message):
            why = _TOKEN_ENDED.get(subcode, "the token is not accepted")
            return PlatformRefused(f"{name}: {why} ({full_code}): {self.renew}")
        if code in _PERMISSIONS:
            return PlatformRefused(
                f"{name}: a permission is missing ({full_code}): have {', '.join(self.scopes)} approved for "
                f"the app, then {self.renew}"
            )
        if code == 12:
            return Withdrawn(
                f"{name} does not offer this in this version ({full_code}): raise `version`, or turn off what asks for it"
            )
        if code == 18:
            return WeekSpent(
                f"{name}: no more hashtags can be searched for in these seven days ({full_code}): take some "
                "out of `hashtags`"
            )
        if code in _ABSENT or (code == 100 and (subcode == 33 or _NOT_THERE in message)):
            return Absent(
                f"{name}: what was asked for is not there, or not for us ({full_code}): check the ids and the "
                "permissions"
            )
        if code == 100:
            refused = FieldRefused if _NO_FIELD in message else Misunderstood
            return refused(
                f"{name} did not understand what was asked ({full_code}): check `version` and the ids"
            )
        if code in _STOP_WRITING:
            return PlatformRefused(f"{name}: {_STOP_WRITING[code]} ({full_code})")
        return None


def used(headers: Mapping[str, str]) -> int:
    """The highest percentage of any allowance that is used up, by all of the usage headers."""
    usages = [*(_read(headers.get(name, "")) for name in _USAGE), *_business(headers)]
    shares = [count(usage.get(name)) or 0 for usage in usages for name in _PERCENTAGES]
    return max(shares, default=0)


def regained_in(headers: Mapping[str, str]) -> float | None:
    """Seconds until calls are allowed again, by the usage header (in minutes) or Retry-After."""
    minutes = [
        count(usage.get("estimated_time_to_regain_access")) or 0 for usage in _business(headers)
    ]
    longest = max(minutes, default=0)
    return longest * 60.0 if longest > 0 else http_client.asked_wait(headers)


def _business(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for listed in _read(headers.get(_BUSINESS_USAGE, "")).values():
        if isinstance(listed, list):
            yield from (usage for usage in listed if isinstance(usage, dict))


def _read(written: str) -> Mapping[str, Any]:
    """A header's JSON object; an empty one where it holds anything else."""
    try:
        usage = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return usage if isinstance(usage, dict) else {}


def _error(response: requests.Response) -> Mapping[str, Any]:
    """The error in an answer, which can have the status of a good one; empty where there is none."""
    if response.status_code < 400 and b'"error"' not in response.content[:300]:
        return {}
    try:
        body = http_client.read_json(response.content, response.headers, response.url)
    except CollectorError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _said(error: Mapping[str, Any]) -> str:
    """The platform's own words, to be looked at and never repeated: they can name a person."""
    try:
        return words(error.get("message")).lower()
    except TypeError:
        return ""


# ── Calls of the Graph API, their pace, and pages that link onward. ───────────────────────────────

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
        body = http_client.read_json(answer.content, answer.headers, answer.url)
        if not isinstance(body, dict):
            raise PlatformUnavailable(f"{self.platform} sent a list where an object was due")
        return body

    def get(self, path: str, params: Params) -> dict[str, Any]:
        """One object, or several by `ids`, if need be without pictures."""
        fields = str(params.get("fields", ""))
        plain = {**params, "fields": fields.replace(self.pictures, "")} if fields else params
        if self.blind or plain == params:
            return self.call("GET", path, plain)
        try:
            return self.call("GET", path, params)
        except FieldRefused:
            body = self.call("GET", path, plain)
            self.blind = True
            return body

    def read(
        self,
        path: str,
        params: Params,
        to_mention: Read,
        *,
        where: str,
        oldest: datetime | None = None,
        onward: str = "",
    ) -> Iterator[Mention | SkippedItem]:
        """A list, item by item, down to `oldest`; what is older on its last pages is left out."""
        for numbered_page in self.walk(path, params, where=where, oldest=oldest, onward=onward):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, items = numbered_page
            for mention in each(items, to_mention, at=self.at, where=f"{where} page {number}"):
                if isinstance(mention, SkippedItem) or not oldest or mention.posted_at >= oldest:
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
    ) -> Iterator[tuple[int, list[Any]] | SkippedItem]:
        """A list's pages, numbered. A page that is empty is not the last: one without a link is.

        `onward` is where to start, a link that came with another object. A page that is too much
        for the platform is asked for again by halves.
        """
        size = min(self.size, most_at_once)

        def fetch(token: str) -> tuple[list[Any], str]:
            nonlocal size
            link = token or onward
            address, more = self._step(link) if link else (path, dict(params))
            while True:
                try:
                    page = self.get(address, {**more, "limit": size})
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
        pairs = [pair for pair in parse_qsl(parts.query) if pair[0] not in _SECRET]
        return urlunsplit(parts._replace(query=urlencode(pairs), fragment=""))

    def _step(self, link: str) -> tuple[str, dict[str, str]]:
        """Address and parameters of a link to a next page, which must lead to the host that we ask."""
        parts, home = urlsplit(link), urlsplit(self.root)
        if (parts.scheme, host(link)) != (home.scheme, host(self.root)):
            raise PlatformRefused(
                f"{self.platform} links to a next page on another host, which is not followed: check "
                "`base_url`"
            )
        address = urlunsplit((home.scheme, home.netloc, parts.path, "", ""))
        return address, dict(parse_qsl(parts.query))

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


def first_of(graph: Graph, path: str) -> int:
    """How many came of a list of which one was asked for, by its id alone. Raises CollectorError."""
    page = graph.get(path, {"fields": "id", "limit": 1})
    items = page.get("data")
    if not isinstance(items, list):
        raise PlatformUnavailable(f"{graph.platform} sent a page without a list")
    return len(items[:1])
