"""Blogs and news: RSS, Atom, JSON Feed, comment feeds, Google Alerts and News, WordPress's own API.

feed_items.py reads what stands in a feed, wordpress.py a site's API. One that fails doesn't cost the
others: the run names it at the end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any, ClassVar

from collectors.accounts import Follow, in_address
from collectors.article_pages import Pages
from collectors.base import Found, Http, Keep, Odd, each, matching, pages
from collectors.feed_page import Page
from collectors.feed_reading import FeedGone, Reading, dropped, note_gone
from collectors.feed_table import Feed as Feed
from collectors.feed_table import check_host, digest
from collectors.feed_table import issuer as issuer
from collectors.wire import host
from collectors.wordpress import read_site
from collectors.wordpress_site import WordPress
from errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from mention import Mention

Read = Callable[[datetime], Iterator[Found]]


@dataclass(frozen=True, kw_only=True)
class Feeds:
    """All feeds and WordPress sites of the table, one after another."""

    name: ClassVar[str] = "feeds"
    secrets: ClassVar[tuple[str, ...]] = ()  # a feed's url may be a reference, but need not
    parts: ClassVar[tuple[str, ...]] = ("feed", "wordpress")  # each stands for itself

    http: Http = field(repr=False)
    at: datetime
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
    feed: tuple[Feed, ...] = ()
    wordpress: tuple[WordPress, ...] = ()
    full_text_hosts: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.feed or self.wordpress):
            raise ConfigError(
                "feed: there is none; add a [[collectors.feeds.feed]] table for each, or a "
                "[[collectors.feeds.wordpress]] one"
            )
        for number, feed in enumerate(self.feed, 1):
            check_host(feed.url, f"feed {number} url")
            if feed.full_text and not self.full_text_hosts:
                raise ConfigError(
                    f"feed {number} full_text: full_text_hosts is empty; list the hosts whose pages "
                    "may be read"
                )
        for number, site in enumerate(self.wordpress, 1):
            if not site.left_out:
                site.check(f"wordpress {number}")

    def follows(self) -> Iterator[Follow]:
        """Whose timeline an address is."""
        for number, feed in enumerate(self.feed, 1):
            yield from in_address(feed.url, f"feed {number} url")
        for number, site in enumerate(self.wordpress, 1):
            yield from in_address(site.url, f"wordpress {number} url")

    def collect(self, since: datetime) -> Iterator[Found]:
        """Every feed and site. Raises CollectorError after the last one, naming those that failed."""
        failed: list[tuple[str, CollectorError]] = []
        listed = list(self._listed())
        for where, left_out, read in listed:
            if left_out:  # its address may be what is missing
                yield Odd(where.partition(" (")[0], f"left out: {left_out}")
                continue
            try:
                yield from read(since)
            except CollectorError as error:
                failed.append((where, error))
        if failed:
            refused = any(isinstance(error, PlatformRefused) for _, error in failed)
            kind = PlatformRefused if refused else PlatformUnavailable
            named = "; ".join(f"{where}: {error}" for where, error in failed)
            raise kind(f"{len(failed)} of {len(listed)} feeds failed: {named}")

    @cached_property
    def web(self) -> Pages:
        """The pages of articles, as one run asks for them."""
        return Pages(self.http)

    def _listed(self) -> Iterator[tuple[str, str, Read]]:
        """What messages call each, why it is left out ("" if it isn't), and how it is read."""
        for number, feed in enumerate(self.feed, 1):
            where = f"feed {number} ({host(feed.url)})"
            yield where, feed.left_out, partial(self._feed, feed, where)
        for number, site in enumerate(self.wordpress, 1):
            where = f"wordpress {number} ({host(site.url)})"
            read = partial(read_site, site, self.http, self.terms, self.at, where)
            yield where, site.left_out, read

    def _feed(self, feed: Feed, where: str, since: datetime) -> Iterator[Found]:
        """One feed, unless it is gone for good."""
        if why := dropped(feed, self.kept, self.at):
            yield Odd(where, why)
            return
        try:
            yield from self._at_its_address(feed, where, since)
        except FeedGone:
            note = note_gone(feed, self.kept, self.at)
            yield note
            why = dropped(feed, {note.name: note.value}, self.at)
            if not why:
                raise
            yield Odd(where, why)

    def _at_its_address(self, feed: Feed, where: str, since: datetime) -> Iterator[Found]:
        """At its new address if it moved for good; if that fails, at the one in config."""
        moved = self.kept.get(f"{digest(feed.url)}.moved", "")
        if moved:
            try:
                yield from self._read(feed, moved, where, since)
                return
            except CollectorError:
                yield Keep(f"{digest(feed.url)}.moved", "")
        yield from self._read(feed, feed.url, where, since)

    def _read(self, feed: Feed, url: str, where: str, since: datetime) -> Iterator[Found]:
        reading = Reading(self, feed, url, since)
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
            yield from self._kept(reading, page, place)
        yield from reading.texts.figures(where)
        if whole:
            yield from reading.keeps()

    def _kept(self, reading: Reading, page: Page, where: str) -> Iterator[Found]:
        """What names a term, and everything of a feed that is a search or is to be kept whole."""
        feed, failed = reading.feed, None
        for number, item in enumerate(page.items, 1):
            place = f"{where} item {number}"
            for mention in each((item,), page.to_mention, at=self.at, where=where):
                if isinstance(mention, Odd):
                    yield dataclasses.replace(mention, item=place)
                    continue
                filled, known = self._filled(reading, page, item, mention)
                if not (known or filled.matched or feed.keep == "all"):
                    reading.texts.unmatched(mention)
                    continue
                if not known:
                    yield filled
                try:
                    yield from self._comments(reading, page.comments(item), place)
                except CollectorError as error:  # costs no other entry
                    failed = failed or error
        if failed:
            raise failed

    def _filled(
        self, reading: Reading, page: Page, item: Any, mention: Mention
    ) -> tuple[Mention, bool]:
        """With its whole text and what it matches; and whether an earlier run took it in like that."""
        title, became = page.thread(item), reading.texts.became(mention)
        filled = mention
        if not (became or page.whole(item)):
            filled = reading.texts.filled(mention, title)
        found = matching(f"{mention.text}\n{filled.text}\n{title}", self.terms)
        query = (page.query,) if page.query else ()
        return filled.with_match(*(found or query)), became == "read"

    def _comments(self, reading: Reading, address: str, where: str) -> Iterator[Found]:
        """The comments on an entry, all of them, from its own host alone."""
        feed = reading.feed
        web = address.startswith(("http://", "https://"))
        if feed.comments and web and host(address) == host(feed.url):
            thread = dataclasses.replace(
                feed,
                url=address,
                kind="comment",
                keep="all",
                comments=False,
                pages=1,
                full_text=False,
            )
            try:
                yield from self._read(thread, address, f"{where} comments", reading.since)
            except FeedGone as error:  # which is no word on the feed itself
                raise PlatformRefused(f"the comments of an entry: {error}") from error
