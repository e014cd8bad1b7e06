"""X: recent search of the last seven days, read through tweepy; x_posts.py reads the posts.

X's names are changing from tweet to post: answers are read in both, and `vocabulary` says which of
them requests speak.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import requests
import tweepy
from pydantic import Field

import clock
from collectors import http as shared
from collectors.accounts import Follow, in_query
from collectors.base import Found, Http, Odd, Passing, each, matching, moment, pages, words
from collectors.searches import check_address, check_approval, check_queries, either, joined
from collectors.x_posts import included, to_mention
from errors import ConfigError, PlatformRefused, PlatformUnavailable
from mention import Mention

for chatty in ("tweepy", "urllib3"):  # at DEBUG they write the token and whole addresses
    logging.getLogger(chatty).setLevel(logging.ERROR)

_WINDOW = timedelta(days=7)  # what recent search holds
_MARGIN = timedelta(minutes=5)  # clocks differ, and a run takes a while
_FRESH = timedelta(seconds=60)  # X indexes up to about 30 s ago and refuses a later start
_TWEEPYS_HOST = "https://api.twitter.com"
_USER_FIELDS = "id,name,username,description,location,url,verified,verified_type,protected,public_metrics,created_at"
_FIELDS = {
    "tweet": {
        "tweet_fields": "id,text,author_id,conversation_id,created_at,edit_controls,"
        "edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,possibly_sensitive,"
        "public_metrics,referenced_tweets,reply_settings,withheld",
        "expansions": "author_id,referenced_tweets.id,referenced_tweets.id.author_id",
    },
    "post": {  # relations are asked for by expansions alone
        "post.fields": "id,text,conversation_id,created_at,edit_controls,edit_history_post_ids,"
        "entities,lang,note_post,possibly_sensitive,public_metrics,reply_settings,withheld",
        "expansions": "author_id,in_reply_to_user_id,referenced_posts.id,referenced_posts.id.author_id",
    },
}


@dataclass(frozen=True, kw_only=True)
class X:
    """Recent search by terms, raw queries and the organisation's own accounts."""

    name: ClassVar[str] = "x"
    secrets: ClassVar[tuple[str, ...]] = ("bearer_token",)

    http: Http = field(repr=False)
    at: datetime
    kept: Mapping[str, str] = field(default_factory=dict)
    bearer_token: Annotated[str, Field(min_length=1)] = field(repr=False)
    approval: str = ""
    terms: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    accounts: tuple[Annotated[str, Field(pattern=r"^@?\w{1,15}$")], ...] = ()
    base_url: str = "https://api.x.com"
    vocabulary: Literal["tweet", "post"] = "tweet"
    longest_query: Annotated[int, Field(ge=64, le=4096)] = 512
    page_size: Annotated[int, Field(ge=10, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        check_address(self.base_url, "base_url")
        check_queries(self.queries, self.longest_query)
        if not (either(self.terms, self.longest_query) or self.queries or self.accounts):
            raise ConfigError("terms: nothing to look for; give terms, queries or accounts")

    def follows(self) -> Iterator[Follow]:
        """The accounts, and whom terms and queries name."""
        for account in self.accounts:
            yield Follow("accounts", "x", account.lstrip("@").lower())
        for key, written in (("terms", self.terms), ("queries", self.queries)):
            for query in written:
                yield from in_query(query, "x", key)

    def collect(self, since: datetime) -> Iterator[Found]:
        """Every query, page by page. Raises PlatformRefused before anything without an approval."""
        check_approval(self.approval, "x", "X")
        if since < self.at - _WINDOW - timedelta(days=1):
            why = "X searches seven days back: what was said between the last run and then is not read"
            yield Odd("the time since the last run", why)
        follow = tuple(f"from:{account.lstrip('@')}" for account in self.accounts)
        own = (*either(self.terms, self.longest_query), *joined(follow, self.longest_query))
        client = self._client()
        for number, query in enumerate((*own, *self.queries), 1):
            yield from self._search(
                client, query, since, f"query {number}", raw=query in self.queries
            )

    def _search(
        self, client: tweepy.Client, query: str, since: datetime, where: str, *, raw: bool
    ) -> Iterator[Found]:
        def fetch(token: str) -> tuple[dict[str, Any], str]:
            page = self.http.patiently(lambda: self._page(client, query, since, token))
            return page, words(page.get("meta", {}).get("next_token"))

        for found in pages(fetch, most=self.pages, where=where):
            if isinstance(found, Odd):
                yield found
                continue
            number, page = found
            place = f"{where} page {number}"
            read = partial(to_mention, included=included(page), at=self.at)
            for mention in each(page.get("data") or [], read, at=self.at, where=place):
                yield mention if isinstance(mention, Odd) else self._matched(mention, query, raw)
            yield from _partial_errors(page, place)

    def _matched(self, mention: Mention, query: str, raw: bool) -> Mention:
        """With the terms that it matched; X also finds by links and names that the text lacks."""
        found = matching(mention.text, self.terms)
        return mention.with_match(*found, *((query,) if raw or not found else ()))

    def _client(self) -> tweepy.Client:
        client = tweepy.Client(
            bearer_token=self.bearer_token, return_type=dict, wait_on_rate_limit=False
        )
        client.user_agent = self.http.user_agent
        self.http.dressed(client.session, instead=_TWEEPYS_HOST, aim=self.base_url, judge=judge)
        return client

    def _page(
        self, client: tweepy.Client, query: str, since: datetime, token: str
    ) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "max_results": self.page_size, "start_time": start(since, self.at), "user_fields": _USER_FIELDS,
            "sort_order": "recency", **_FIELDS[self.vocabulary],
        }  # fmt: skip
        if token:
            asked["next_token"] = token
        try:
            try:
                page = client.search_recent_tweets(query, **asked)
            except _OtherClock as error:  # ours is wrong: by the server's clock, once
                asked["start_time"] = start(since, error.answered)
                page = client.search_recent_tweets(query, **asked)
        except _OtherClock as error:
            raise PlatformRefused(str(error)) from error
        except (tweepy.TweepyException, requests.RequestException, ValueError, TypeError) as error:
            raise PlatformUnavailable(
                f"X: tweepy could not read it ({type(error).__name__})"
            ) from None
        return _shaped(page)


def start(since: datetime, at: datetime) -> str:
    """A start that X takes: inside its seven days, not in its last seconds, in whole seconds."""
    return clock.text(min(max(since, at - _WINDOW + _MARGIN), at - _FRESH))[:19] + "Z"


class _OtherClock(Exception):
    """X refused the start time; `answered` is the moment by its own clock."""

    def __init__(self, answered: datetime) -> None:
        super().__init__("X refused the start time (400): set this machine's clock right")
        self.answered = answered


def judge(response: requests.Response) -> None:
    """X's own meanings of an error status, then the usual ones. Raises ours, before tweepy sees it."""
    status = response.status_code
    if 300 <= status < 400:
        raise PlatformRefused(f"X sends us elsewhere ({status}): check `base_url`")
    if status < 400:
        shared.read_json(response.content, response.headers, response.url)
        return
    kind = _problem(response)
    if kind == "usage-capped":
        raise PlatformRefused(
            f"X: the monthly cap of posts is used up ({status}); it opens again with the next month, or "
            "with a larger plan"
        )
    if status == 429:
        wait = shared.asked_wait(response.headers, reset="x-rate-limit-reset")
        asks = f"; it opens again in {wait:.0f} s" if wait is not None else ""
        raise Passing(f"X: the rate limit is used up (429){asks}", retry_after=wait)
    if (
        status == 400
        and b"start_time" in response.content
        and b"invalid" in response.content.lower()
    ):
        raise _OtherClock(moment(response.headers.get("Date")))
    said = {
        400: "did not understand a query (400): check `queries` and `longest_query`",
        401: "does not accept the bearer token (401): make a new one and set it where config.toml says",
        402: "says that the credits are used up (402): top the account up; nothing is asked until then",
        403: "does not permit this (403): check the plan, and what was approved",
    }  # fmt: skip
    if kind == "client-forbidden":
        raise PlatformRefused("X: the plan does not include recent search (403, client-forbidden)")
    if status in said:
        raise PlatformRefused(f"X {said[status]}")
    shared.judge(response)


def _problem(response: requests.Response) -> str:
    """The last part of a problem's type, whichever host names it; empty where there is none."""
    try:
        problem = shared.read_json(response.content, response.headers, response.url)
    except (PlatformRefused, PlatformUnavailable):
        return ""
    kind = problem.get("type") if isinstance(problem, dict) else ""
    return kind.rstrip("/").rpartition("/")[2] if isinstance(kind, str) else ""


def _shaped(page: object) -> dict[str, Any]:
    """A page whose parts are of the kinds that they should be. Raises PlatformUnavailable."""
    if not isinstance(page, dict) or not isinstance(page.get("meta", {}), dict):
        raise PlatformUnavailable("X sent a page that is not shaped as it should be")
    if not isinstance(page.get("data") or [], list):
        raise PlatformUnavailable("X sent data that are not a list")
    if not {"data", "meta"} & page.keys():
        kinds = ", ".join(sorted({_kind_of(error) for error in _errors(page)})) or "nothing at all"
        raise PlatformUnavailable(f"X sent neither data nor an end of the list, but {kinds}")
    return page


def _errors(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    errors = page.get("errors")
    return [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []


def _kind_of(error: Mapping[str, Any]) -> str:
    kind = str(error.get("type") or "").rstrip("/").rpartition("/")[2]
    return kind if re.fullmatch(r"[a-z-]{3,40}", kind) else "an error"


def _partial_errors(page: Mapping[str, Any], place: str) -> Iterator[Odd]:
    """Errors beside data, but for a referenced post that is gone, which happens every day."""
    for error in _errors(page):
        if not str(error.get("parameter") or "").startswith("referenced_"):
            yield Odd(place, f"X reported {_kind_of(error)} beside the data")
