"""Reddit, read through praw: posts by search, and new posts and comments of chosen subreddits.

Comments can't be searched, so those of the subreddits are matched here. Listings are read by their
times and the ids seen, since paging from an item that was deleted gives nothing.
"""

from __future__ import annotations

import configparser
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

import praw
import prawcore
import requests
from pydantic import Field

from collectors import http as shared
from collectors.accounts import Follow, in_query
from collectors.base import (
    Found,
    Http,
    Odd,
    Passing,
    decoded,
    each,
    matching,
    moment,
    pages,
    words,
)  # fmt: skip
from collectors.reddit_things import to_mention
from collectors.searches import check_address, check_approval, check_queries, either
from errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from mention import Mention

for chatty in ("praw", "prawcore", "urllib3"):  # below ERROR they write whole addresses
    logging.getLogger(chatty).setLevel(logging.ERROR)

_LISTING_ENDS = 900  # Reddit ends a listing after about 1,000 items, however much more there is
_SPANS = (
    (1, "hour"),
    (24, "day"),
    (24 * 7, "week"),
    (24 * 31, "month"),
    (24 * 366, "year"),
)  # hours
_NO_PACING = ("x-ratelimit-used", "x-ratelimit-remaining", "x-ratelimit-reset")


@dataclass(frozen=True, kw_only=True)
class Reddit:
    """Posts that a search finds, and what is new in subreddits and names a term."""

    name: ClassVar[str] = "reddit"
    secrets: ClassVar[tuple[str, ...]] = ("client_id", "client_secret")

    http: Http = field(repr=False)
    at: datetime
    kept: Mapping[str, str] = field(default_factory=dict)
    client_id: Annotated[str, Field(min_length=1)] = field(repr=False)
    client_secret: Annotated[str, Field(min_length=1)] = field(repr=False)
    user_agent: Annotated[str, Field(pattern=r"^[^:\s]+:[^:\s]+:\S+ \(by /u/[\w-]+\)$")]
    approval: str = ""
    terms: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    subreddits: tuple[Annotated[str, Field(pattern=r"^(?:r/)?\w{2,25}$")], ...] = ()
    accounts: tuple[Annotated[str, Field(pattern=r"^(?:/?u/)?[\w-]{3,20}$")], ...] = ()
    oauth_url: str = "https://oauth.reddit.com"
    reddit_url: str = "https://www.reddit.com"
    longest_query: Annotated[int, Field(ge=64, le=4096)] = 512
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=100)] = 10

    def __post_init__(self) -> None:
        check_address(self.oauth_url, "oauth_url")
        check_address(self.reddit_url, "reddit_url")
        check_queries(self.queries, self.longest_query)
        if not (either(self.terms, self.longest_query) or self.queries or self.accounts):
            raise ConfigError("terms: nothing to look for; give terms, queries or accounts")

    def follows(self) -> Iterator[Follow]:
        """The accounts, whom terms and queries name, and whose profile a subreddit is (u_name)."""
        for account in self.accounts:
            yield Follow("accounts", "reddit", account.rpartition("/")[2].lower())
        for subreddit in self.subreddits:
            yield from in_query(f"r/{subreddit.removeprefix('r/')}", "reddit", "subreddits")
        for key, written in (("terms", self.terms), ("queries", self.queries)):
            for query in written:
                yield from in_query(query, "reddit", key)

    def collect(self, since: datetime) -> Iterator[Found]:
        """Every listing. One that is private or gone doesn't cost the others and is named at the end."""
        check_approval(self.approval, "reddit", "Reddit")
        asking = _Asking(self)
        refused: list[str] = []
        for where, path, params, keep in self._listings(since):
            try:
                yield from self._listing(asking, since, where, path, params, keep)
            except _ListingRefused as error:
                refused.append(f"{where} {error}")
        if refused:
            raise PlatformRefused(f"Reddit: {'; '.join(refused)}")

    def _listings(self, since: datetime) -> Iterator[_Listing]:
        hours = (self.at - since) / timedelta(hours=1)
        span = next((name for most, name in _SPANS if hours < most), "all")
        search = {"sort": "new", "t": span, "restrict_sr": "false", "type": "link"}
        own = either(self.terms, self.longest_query)
        authors = tuple(f"author:{account.rpartition('/')[2]}" for account in self.accounts)
        for number, query in enumerate((*own, *authors, *self.queries), 1):
            label = (query,) if query not in own else ()
            keep = _found_by(self.terms, label, query)
            yield f"search {number}", "r/all/search", {"q": query, **search}, keep
        for number, subreddit in enumerate(self.subreddits, 1):
            name = subreddit.removeprefix("r/")
            for what in ("new", "comments"):
                yield f"subreddit {number} {what}", f"r/{name}/{what}", {}, _naming(self.terms)

    def _listing(
        self, asking: _Asking, since: datetime, where: str, path: str, params: Mapping[str, str],
        keep: _Keep,
    ) -> Iterator[Found]:  # fmt: skip
        read, oldest = 0, self.at

        def fetch(token: str) -> tuple[list[Any], str]:
            children, after = asking.page(path, {**params, "limit": str(self.page_size),
                                                 **({"after": token} if token else {})})  # fmt: skip
            nonlocal read, oldest
            read += len(children)
            times = [time for child in children if (time := _time(child)) is not None]
            oldest = min([oldest, *times])
            passed = times and max(times) < since  # newest first: what follows is older still
            return children, "" if passed else after

        for found in pages(fetch, most=self.pages, where=where):
            if isinstance(found, Odd):
                yield found
                continue
            number, children = found
            new = [child for child in children if (_time(child) or self.at) >= since]
            for mention in each(
                new, lambda child: keep(child, to_mention(child, self.at)),
                at=self.at, where=f"{where} page {number}",
            ):  # fmt: skip
                if isinstance(mention, Odd) or mention.matched or mention.deleted:
                    yield mention
        if read >= _LISTING_ENDS and oldest > since:
            yield Odd(
                where, f"Reddit's list ended after {read} items, before the last run was reached"
            )


_Keep = Callable[[Any, Mention], Mention]
_Listing = tuple[str, str, dict[str, str], _Keep]


def _found_by(terms: tuple[str, ...], label: tuple[str, ...], query: str) -> _Keep:
    """What a search found is kept, under the terms in it or else under the query."""

    def keep(_child: Any, mention: Mention) -> Mention:
        found = (*matching(mention.text, terms), *label)
        return mention.with_match(*(found or (query,)))

    return keep


def _naming(terms: tuple[str, ...]) -> _Keep:
    """Of what is new, what names a term, or is said in a thread whose title names one."""

    def keep(child: Any, mention: Mention) -> Mention:
        title = decoded(words(child["data"].get("link_title")))
        return mention.with_match(*matching(f"{mention.text}\n{title}", terms))

    return keep


def _time(child: Any) -> datetime | None:
    """When an item was written or last edited; None where that can't be told."""
    try:
        data = child["data"]
        edited = data.get("edited")
        made = moment(data.get("created_utc"))
        return max(made, moment(edited)) if not isinstance(edited, bool) and edited else made
    except (KeyError, TypeError, AttributeError):
        return None


class _ListingRefused(Exception):
    """One listing is private, banned or gone; the others may well be there."""


class _TokenExpired(Exception):
    """A 401 from the interface itself: worth one new token."""


class _Asking:
    """A praw session of ours: one wait for Reddit's allowance, one new token when one expired."""

    def __init__(self, source: Reddit) -> None:
        self.source, self.http = source, source.http
        self.wait: float | None = None  # until Reddit's allowance opens again
        self.reddit = self._session()

    def _session(self) -> praw.Reddit:
        source = self.source
        session = self.http.dressed(requests.Session(), judge=self._judge)
        try:
            return praw.Reddit(  # everything by name, so that no praw.ini or variable decides
                "DEFAULT", client_id=source.client_id, client_secret=source.client_secret,
                user_agent=source.user_agent, oauth_url=f"{source.oauth_url.rstrip('/')}/",
                reddit_url=source.reddit_url.rstrip("/"), check_for_updates=False,
                check_for_async=False, username=None, password=None, refresh_token=None,
                redirect_uri=None, requestor_kwargs={"session": session},
            )  # fmt: skip
        except (configparser.Error, ValueError, praw.exceptions.PRAWException) as error:
            raise PlatformRefused(
                f"Reddit: praw can't start ({type(error).__name__}); remove praw.ini from this folder"
            ) from error

    def page(self, path: str, params: dict[str, str]) -> tuple[list[Any], str]:
        """One page of a listing: its children and the next token. Raises CollectorError."""
        try:
            found = self.http.patiently(lambda: self._ask(path, params))
        except _TokenExpired:
            self.reddit = self._session()
            try:
                found = self.http.patiently(lambda: self._ask(path, params))
            except _TokenExpired as error:
                raise PlatformRefused(
                    "Reddit does not accept a new token (401): check the app's approval and scopes"
                ) from error
        data = found.get("data") if isinstance(found, dict) else None
        if not isinstance(data, dict) or not isinstance(data.get("children"), list):
            raise PlatformUnavailable("Reddit sent a listing that is not shaped as it should be")
        after = data.get("after")
        return data["children"], after if isinstance(after, str) else ""

    def _ask(self, path: str, params: dict[str, str]) -> Any:
        if self.wait is not None:
            wait, self.wait = self.wait, None
            asks = f"it opens again in {wait:.0f} s"
            raise Passing(f"Reddit: the allowance is used up; {asks}", retry_after=wait)
        try:
            return self.reddit.request(method="GET", path=path, params=dict(params))
        except prawcore.RequestException as error:
            ours = error.original_exception
            if isinstance(ours, CollectorError | _ListingRefused | _TokenExpired):
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
            asked = shared.asked_wait(response.headers)
            wait = asked if asked is not None else _wait("0", reset)
            self.wait = None
            asks = f" and asks for {wait:.0f} s of patience" if wait else ""
            raise Passing(f"Reddit answered 429{asks}", retry_after=wait)
        if token and status in (400, 401, 403):
            raise PlatformRefused(f"Reddit does not accept client_id and client_secret ({status})")
        if status == 401:
            raise _TokenExpired
        if 300 <= status < 400 or status in (403, 404):
            why = {403: "is private or quarantined", 404: "is banned or not there"}
            raise _ListingRefused(f"{why.get(status, 'is not there')} ({status})")
        shared.judge(response)
        found = shared.read_json(response.content, response.headers, response.url)
        if token and not (
            isinstance(found, dict) and {"access_token", "expires_in"} <= found.keys()
        ):
            raise PlatformRefused(
                "Reddit gave no token: check client_id, client_secret and the approval"
            )


def _wait(remaining: str | None, reset: str | None) -> float | None:
    """Seconds until more may be asked, if nothing remains."""
    try:
        left, seconds = float(remaining or "nan"), float(reset or "nan")
    except ValueError:
        return None
    return seconds if left < 1 and 0 <= seconds < 1e6 else None
