"""Feeds: RSS, Atom, JSON Feed, comment feeds, Google Alerts. feed_items.py reads what stands in them.

Each feed is asked only for what is new (ETag, Last-Modified), and one that fails doesn't cost the
others: the run names it at the end.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import ConfigDict, Field

from collectors.accounts import Follow, in_address
from collectors.base import Answer, Found, Http, Keep, Odd, each, matching, pages
from collectors.feed_items import is_alert, read
from collectors.feed_page import About, Page
from collectors.wire import host
from errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from mention import Kind, Mention, Platform

# query keys that say which feed it is; the value of any other could be a secret
_PUBLIC_KEYS = frozenset(
    ("feed", "format", "type", "cat", "category", "tag", "tags", "q", "s", "search", "hl", "gl",
     "ceid", "post", "p", "paged")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed. `private` where its address is a secret; Google Alerts always are."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    url: Annotated[str, Field(pattern=r"^(?i:https?)://[^\s/]+")] = field(repr=False)
    platform: Platform | Literal[""] = ""  # found out: news for Google's, else blog
    kind: Kind | Literal[""] = ""  # found out: comment or article
    keep: Literal["matched", "all"] = "matched"
    pages: Annotated[int, Field(ge=1, le=100)] = 1
    comments: bool = False  # also the comments feed of each entry that is kept
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class Feeds:
    """All feeds of the table, one after another."""

    name: ClassVar[str] = "feeds"
    secrets: ClassVar[tuple[str, ...]] = ()  # a feed's url may be a reference, but need not

    http: Http = field(repr=False)
    at: datetime
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
    feed: tuple[Feed, ...] = ()
    terms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.feed:
            raise ConfigError("feed: there is none; add a [[collectors.feeds.feed]] table for each")
        for number, feed in enumerate(self.feed, 1):
            try:
                urlsplit(feed.url)
            except ValueError:
                raise ConfigError(f"feed {number} url: not an address") from None

    def follows(self) -> Iterator[Follow]:
        """Whose timeline an address is."""
        for number, feed in enumerate(self.feed, 1):
            yield from in_address(feed.url, f"feed {number} url")

    def collect(self, since: datetime) -> Iterator[Found]:
        """Every feed. Raises CollectorError after the last one, naming those that failed."""
        failed: list[tuple[str, CollectorError]] = []
        for number, feed in enumerate(self.feed, 1):
            where = f"feed {number} ({host(feed.url)})"
            try:
                yield from self._feed(feed, since, where)
            except CollectorError as error:
                failed.append((where, error))
        if failed:
            refused = any(isinstance(error, PlatformRefused) for _, error in failed)
            kind = PlatformRefused if refused else PlatformUnavailable
            named = "; ".join(f"{where}: {error}" for where, error in failed)
            raise kind(f"{len(failed)} of {len(self.feed)} feeds failed: {named}")

    def _feed(self, feed: Feed, since: datetime, where: str) -> Iterator[Found]:
        """One feed, at its new address if it moved for good; if that fails, at the one in config."""
        moved = self.kept.get(f"{digest(feed.url)}.moved", "")
        if moved:
            try:
                yield from self._read(feed, moved, since, where)
                return
            except CollectorError:
                yield Keep(f"{digest(feed.url)}.moved", "")
        yield from self._read(feed, feed.url, since, where)

    def _read(self, feed: Feed, url: str, since: datetime, where: str) -> Iterator[Found]:
        reading = _Reading(self, feed, url, since)
        whole = True
        for found in (
            pages(reading.fetch, most=feed.pages, where=where) if feed.pages > 1 else reading.one()
        ):
            if isinstance(found, Odd):
                whole = False
                yield found
                continue
            number, page = found
            place = where if feed.pages == 1 else f"{where} page {number}"
            if page.doubt:
                whole = False
                yield Odd(place, page.doubt)
            yield from self._kept(feed, page, place, since)
        if whole:
            yield from reading.keeps()

    def _kept(self, feed: Feed, page: Page, where: str, since: datetime) -> Iterator[Found]:
        """What names a term, and everything of a feed that is a search or is to be kept whole."""

        def to_mention(item: Any) -> Mention:
            mention = page.to_mention(item)
            found = matching(f"{mention.text}\n{page.thread(item)}", self.terms)
            return mention.with_match(*(found or ((page.query,) if page.query else ())))

        failed: CollectorError | None = None
        for number, item in enumerate(page.items, 1):
            for mention in each((item,), to_mention, at=self.at, where=where):
                if isinstance(mention, Odd):
                    yield dataclasses.replace(mention, item=f"{where} item {number}")
                elif mention.matched or feed.keep == "all":
                    yield mention
                    if feed.comments and (address := page.comments(item)):
                        try:
                            yield from self._comments(
                                feed, address, since, f"{where} item {number}"
                            )
                        except CollectorError as error:  # costs no other entry
                            failed = failed or error
        if failed:
            raise failed

    def _comments(self, feed: Feed, address: str, since: datetime, where: str) -> Iterator[Found]:
        """The comments on an entry, all of them, from its own host alone."""
        if host(address) == host(feed.url) and address.startswith(("http://", "https://")):
            thread = dataclasses.replace(
                feed, url=address, kind="comment", keep="all", comments=False, pages=1
            )
            yield from self._read(thread, address, since, f"{where} comments")


class _Reading:
    """One feed being read: what is sent with the first request, what is kept from its answer."""

    def __init__(self, source: Feeds, feed: Feed, url: str, since: datetime) -> None:
        self.source, self.feed, self.url, self.since = source, feed, url, since
        looked_for = f"{feed.keep}{source.terms}" if feed.keep == "matched" else ""
        self.key = digest(f"{feed.url}{looked_for}")  # new terms: what is old may match them
        self.seen: set[str] = set()
        self.number = 0
        self.first: Answer | None = None
        self.about = About(
            issuer=issuer(feed),
            platform=feed.platform or None,
            kind=feed.kind or None,
            at=source.at,
        )

    def one(self) -> Iterator[tuple[int, Page]]:
        """A feed of one page, whatever it says of further ones."""
        yield 1, self.fetch("")[0]

    def fetch(self, token: str) -> tuple[Page, str]:
        """A page, and the address of the next unless all that is left was seen or is old."""
        self.number += 1
        first = self.number == 1
        kept = {"If-None-Match": "etag", "If-Modified-Since": "modified"} if first else {}
        headers = {n: v for n, k in kept.items() if (v := self.source.kept.get(f"{self.key}.{k}"))}
        headers["Accept"] = (
            "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
        )
        past_the_end = () if first else (400, 404)  # so WordPress says that there is no such page
        answer = self.source.http.get(token or self.url, headers=headers, accept=past_the_end)
        self.first = self.first or answer
        if answer.status in (304, *past_the_end):
            return _nothing(), ""
        page = read(answer.content, answer.headers, answer.url, self.about)
        new, recent = self._unseen(page)
        if not first and not new:
            return _nothing(), ""  # a site that ignores the page number
        return page, self._next(page, answer) if recent else ""

    def _unseen(self, page: Page) -> tuple[bool, bool]:
        """Does it hold an item that was not seen, and one of those that is not old?"""
        new = recent = False
        for mention in each(page.items, page.to_mention, at=self.about.at):
            if isinstance(mention, Mention) and mention.issued_id not in self.seen:
                self.seen.add(mention.issued_id)
                new = True
                recent = recent or (mention.edited_at or mention.posted_at) >= self.since
        return new, recent

    def _next(self, page: Page, answer: Answer) -> str:
        if page.next:
            return page.next
        parts = urlsplit(answer.url)
        query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "paged"]
        return urlunsplit(
            parts._replace(query=urlencode([*query, ("paged", str(self.number + 1))]))
        )

    def keeps(self) -> Iterator[Keep]:
        """For next time, only after everything was read; a private feed's new address is not kept."""
        answer = self.first
        if answer is None:
            return
        if answer.moved and not (self.feed.private or is_alert(self.feed.url)):
            yield Keep(f"{digest(self.feed.url)}.moved", answer.moved)
        if answer.status == 304:
            return
        for name, header in (("etag", "ETag"), ("modified", "Last-Modified")):
            value = answer.headers.get(header, "")
            if value or self.source.kept.get(f"{self.key}.{name}"):
                yield Keep(f"{self.key}.{name}", value)


def _nothing() -> Page:
    def none(_item: Any) -> Mention:
        raise ValueError("an empty page has no items")

    return Page(items=[], to_mention=none, thread=str, comments=str)


def digest(written: str) -> str:
    """A short name for an address that must not be told."""
    return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:16]


def issuer(feed: Feed) -> str:
    """Who gives a feed's ids: its own address, less what could be a secret in it."""
    if is_alert(feed.url):
        return f"google-alerts:{digest(feed.url)}"
    if feed.private:
        return f"feed:{digest(feed.url)}"
    parts = urlsplit(feed.url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    address = f"{parts.scheme.lower()}://{host(feed.url)}{parts.path}"
    if any(key.lower() not in _PUBLIC_KEYS for key, _ in asked):
        return f"{address}#{digest(parts.query)}"
    return f"{address}?{parts.query}" if asked else address
