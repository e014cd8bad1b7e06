"""X: recent search of the last seven days, mentions of the own account and quotes of its posts.

X's names are changing from tweet to post: answers are read in both, and `vocabulary` says which of
them requests speak.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import Collected, Http, SkippedItem, each, matching, moment, pages
from collectors.context import compose_searched
from collectors.oauth import Grant
from collectors.progress import Part, Places, Span
from collectors.queries import (
    Follow,
    check_address,
    check_approval,
    check_queries,
    either,
    in_query,
    joined,
)
from collectors.x.budget import OWNED, POST, OverBudget, OwnPosts, Spend
from collectors.x.client import (
    Asking,
    BadParameter,
    NotThere,
    Vocabulary,
    partial_errors,
    selectors,
)
from collectors.x.parse import included, to_mention
from core import clock
from core.errors import ConfigError
from core.models import Mention

_LATE = timedelta(minutes=15)  # how late X may list a post
_LATEST_MENTIONS = 800  # about so many mentions of an account are listed, however old
_LEAST_MENTIONS = 5  # X's smallest page of them


@dataclass(frozen=True, kw_only=True)
class X:
    """Recent search by terms, raw queries and accounts of the register; mentions and quotes of our own."""

    name: ClassVar[str] = "x"
    secrets: ClassVar[tuple[str, ...]] = (
        "bearer_token", "access_token", "client_id", "client_secret",
    )  # fmt: skip
    grant: ClassVar[Grant] = Grant(
        scopes=("tweet.read", "users.read", "tweet.moderate.write", "offline.access"),
        basic=True,
        to_reply=("tweet.write",),
    )
    grant_optional: ClassVar[bool] = True  # the app's token is enough to read

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    bearer_token: Annotated[str, Field(min_length=1)] = field(repr=False)
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    authorize_url: str = "https://x.com/i/oauth2/authorize"
    token_url: str = "https://api.x.com/2/oauth2/token"
    approval: str = ""
    terms: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    accounts: tuple[Annotated[str, Field(pattern=r"^@?\w{1,15}$")], ...] = ()
    user_id: Annotated[str, Field(pattern=r"^\d*$")] = ""
    base_url: str = "https://api.x.com"
    vocabulary: Vocabulary = "tweet"
    pictures: bool = False
    reply: bool = False
    reply_to_all: bool = False
    monthly_budget: Annotated[float, Field(ge=0)] = 0.0
    longest_query: Annotated[int, Field(ge=64, le=4096)] = 512
    page_size: Annotated[int, Field(ge=10, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)
        check_queries(self.queries, self.longest_query)
        listed = self.queries or self.accounts or self.user_id
        if not (either(self.terms, self.longest_query) or listed):
            raise ConfigError("terms: nothing to look for; give terms, queries or accounts")

    def follows(self) -> Iterator[Follow]:
        """The accounts, the own one by its id, and whom terms and queries name."""
        for account in self.accounts:
            yield Follow("accounts", "x", account.lstrip("@").lower())
        if self.user_id:
            yield Follow("user_id", "x", self.user_id)
        for key, written in (("terms", self.terms), ("queries", self.queries)):
            for query in written:
                yield from in_query(query, "x", key)

    @property
    def ours(self) -> frozenset[str]:
        """Handles and ids of our own accounts."""
        return self.official | ({self.user_id} if self.user_id else set())

    def spend(self) -> Spend:
        """What was spent of the month's budget, by what is asked for."""
        return Spend(self.monthly_budget, self.state, self.at, pictures=self.pictures)

    def as_app(self) -> Asking:
        """With the app's token."""
        mend = "the bearer token (401): make a new one and set it where site.toml says"
        return Asking(self.http, self.base_url, self.bearer_token, mend)

    def as_user(self) -> Asking:
        """With the token that the own account granted; without one, as the app."""
        if not self.access_token:
            return self.as_app()
        mend = "the access token (401): run `mentions connect x`"
        return Asking(self.http, self.base_url, self.access_token, mend)

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Every list, page by page. Raises PlatformRefused before anything without an approval."""
        check_approval(self.approval, "x", "X")
        if since < self.at - WINDOW - LOOKED_AGAIN:
            why = "X searches seven days back: what was said between the last run and then is not read"
            yield SkippedItem("the time since the last run", why)
        run = _Run(self, since)
        try:
            for listing in self._listings(run):
                yield from self._list(run, listing)
            yield from self._quotes(run)
        except OverBudget as stop:
            yield SkippedItem("the month's budget", str(stop), stops=True)
            return
        yield from run.places.end()

    def _followed(self) -> list[str]:
        """Accounts whose posts are read: those of the table, and our own where their quotes are read."""
        named = [account.lstrip("@") for account in self.accounts]
        known = {account.lower() for account in named}
        ours = sorted(self.official - known) if self.user_id else []
        return [
            *named,
            *(handle for handle in ours if HANDLE.fullmatch(handle) and not handle.isdecimal()),
        ]

    def _listings(self, run: _Run) -> Iterator[Listing]:
        follow = tuple(f"from:{account}" for account in self._followed())
        own = (*either(self.terms, self.longest_query), *joined(follow, self.longest_query))
        for number, query in enumerate((*own, *self.queries), 1):
            search = run.app.client.search_recent_tweets
            yield Listing(
                where=f"query {number}", what=f"search {query}", label=query, asking=run.app,
                read=partial(search, query, sort_order="recency"), token="next_token",
                raw=query in self.queries,
            )  # fmt: skip
        if self.user_id:
            yield Listing(
                where="mentions", what=f"mentions of {self.user_id}", asking=run.user,
                read=partial(run.user.client.get_users_mentions, self.user_id),
                label="mentions of our account", window=ANY_TIME, least=_LEAST_MENTIONS,
                price=OWNED if self.access_token else POST,
            )  # fmt: skip

    def _list(self, run: _Run, listing: Listing) -> Iterator[Collected]:
        place, where = run.places.of(listing.what, _LATE), listing.where
        ask = partial(self._part, run, listing)
        for numbered_page in place.pages(ask, most=self.pages, where=where):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, page = numbered_page
            yield from self._mentions(
                run, page, f"{where} page {number}", listing.label, listing.raw
            )
            yield run.places.keep()
        is_cut = listing.window == ANY_TIME and place.read > 0.9 * _LATEST_MENTIONS
        if is_cut and not place.left:
            why = f"X lists about the latest {_LATEST_MENTIONS} alone: older ones may be missing"
            yield SkippedItem(where, why)

    def _part(self, run: _Run, listing: Listing, span: Span, token: str) -> Part:
        size = run.spend.most(self.page_size, listing.least, listing.price)
        params = {"max_results": size, **selectors(self.vocabulary, pictures=self.pictures)}
        page = listing.page(span, token, self.at, params)
        run.spend.add(page, listing.price)
        ids = numbers(page)
        return Part(
            page=page, token=next_token(page), size=len(ids),
            newest=str(max(ids)) if ids else "", oldest=str(min(ids)) if ids else "",
        )  # fmt: skip

    def _mentions(
        self, run: _Run, page: Mapping[str, Any], place: str, label: str, raw: bool = False
    ) -> Iterator[Collected]:
        """A page's posts with the terms that they match; X also finds by links and names that a text lacks."""
        yield from run.spend.keep()
        read = partial(to_mention, included=included(page), at=self.at, official=self.ours)
        for mention in each(page.get("data") or [], read, at=self.at, where=place):
            if isinstance(mention, Mention):
                run.own.note(mention)
                matches = matching(compose_searched(mention.text, mention.context), self.terms)
                mention = mention.with_match(*matches, *((label,) if raw or not matches else ()))
            yield mention
        yield from partial_errors(page, place)
        if self.user_id:
            yield run.own.keep()

    def _quotes(self, run: _Run) -> Iterator[Collected]:
        """Quotes of what we posted lately: a search finds the quoting words, and not what is quoted."""
        if not self.user_id:
            return
        for number, (post, current) in enumerate(run.own.recent(), 1):
            where = f"quotes of own post {number}"
            try:
                ask = partial(self._quoting, run, current)
                for numbered_page in pages(ask, most=self.pages, where=where):
                    if isinstance(numbered_page, SkippedItem):
                        yield numbered_page
                    else:
                        place = f"{where} page {numbered_page[0]}"
                        yield from self._mentions(
                            run, numbered_page[1], place, "quotes of our posts"
                        )
            except NotThere:
                run.own.forget(post)
        yield run.own.keep()

    def _quoting(self, run: _Run, post: str, token: str) -> tuple[dict[str, Any], str]:
        """A page of quotes, newest first: X takes no start here, so that the first one is small."""
        size = run.spend.most(self.page_size if token else LEAST, LEAST, POST)
        params = {"max_results": size, **selectors(self.vocabulary, pictures=self.pictures)}
        params |= {"pagination_token": token} if token else {}
        page = run.app.page(lambda: run.app.client.get_quote_tweets(post, **params))
        run.spend.add(page, POST)
        posts = [quote for quote in page.get("data") or [] if isinstance(quote, dict)]
        passed = any(moment(quote.get("created_at")) < run.since for quote in posts)
        return page, "" if passed else next_token(page)


class _Run:
    """What one run has in hand: the ways to X, how far lists were read, what it costs, our own posts."""

    def __init__(self, source: X, since: datetime) -> None:
        self.source, self.since = source, since
        self.places = Places(source.state, since, source.at)
        self.spend = source.spend()
        self.own = OwnPosts(source.state, source.at)
        self.app = source.as_app()

    @cached_property
    def user(self) -> Asking:
        """The own account's way."""
        return self.source.as_user()


# ── One list of posts on X, read by stretches. ────────────────────────────────────────────────────

WINDOW = timedelta(days=7)  # what recent search holds
LOOKED_AGAIN = timedelta(
    hours=3
)  # how far back each run looks again as config.toml ships, so that much of `since` was read before
ANY_TIME = timedelta(days=3650)
LEAST = 10  # the smallest page that X gives
HANDLE = re.compile(r"\w{1,15}", re.ASCII)
_MARGIN = timedelta(minutes=5)  # clocks differ, and a run takes a while
_FRESH = timedelta(seconds=60)  # X indexes up to about 30 s ago and refuses a later start


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list of posts that can be read by stretches. `read` takes tweepy's parameters.

    `label` is what its finds matched where no term did, and always if it is `raw`.
    """

    where: str
    what: str  # what it lists, for its place
    asking: Asking
    read: Callable[..., Any]
    label: str
    token: str = "pagination_token"
    raw: bool = False
    window: timedelta = WINDOW
    least: int = LEAST
    price: int = POST

    def page(
        self, span: Span, token: str, at: datetime, params: Mapping[str, Any]
    ) -> dict[str, Any]:
        """One page of a stretch. A bound that X refuses is given otherwise, once.

        An empty page where the stretch lies outside the window by now. Raises CollectorError.
        """
        params = {**params, self.token: token} if token else params
        refused: BadParameter | None = None
        while True:
            bounds = self._bounds(span, at, refused)
            try:
                return self.asking.page(partial(self.read, **params, **bounds))
            except BadParameter as bad:
                if bad.name == "until_id":
                    return {}
                if refused:
                    raise
                refused = bad

    def _bounds(self, span: Span, at: datetime, refused: BadParameter | None) -> dict[str, str]:
        """As X's parameters; after a refusal by time rather than by id, and by X's own clock."""
        bounds = {"until_id": span.until} if span.until else {}
        if span.after and not refused and span.start > at - self.window + _MARGIN:
            return bounds | {"since_id": span.after}
        now = refused.answered if refused and refused.name == "start_time" else at
        return bounds | {"start_time": start(span.start, now, self.window)}


def start(since: datetime, at: datetime, window: timedelta = WINDOW) -> str:
    """A start that X takes: inside its seven days, not in its last seconds, in whole seconds."""
    return clock.text(min(max(since, at - window + _MARGIN), at - _FRESH))[:19] + "Z"


def next_token(page: Mapping[str, Any]) -> str:
    """What leads to the page after this one."""
    token = (page.get("meta") or {}).get("next_token")
    return token if isinstance(token, str) else ""


def numbers(page: Mapping[str, Any]) -> list[int]:
    """The ids of a page's posts, which grow with time, so that they can bound a stretch."""
    ids = [str(post.get("id")) for post in page.get("data") or [] if isinstance(post, dict)]
    return [int(i) for i in ids if i.isdecimal() and len(i) < 25]
