"""One feed being read: what is sent with the first request, its pages, what is kept for next time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import clock
from collectors.base import Answer, Keep, each
from collectors.feed_items import is_alert, read
from collectors.feed_page import About, Page
from collectors.feed_table import Feed, digest, issuer
from collectors.feed_texts import Texts
from collectors.fields import UNREADABLE, moment
from collectors.wire import host
from errors import PlatformRefused
from mention import Mention

if TYPE_CHECKING:
    from collectors.feeds import Feeds

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
_GONE_FOR = timedelta(days=7)  # a feed that is gone is asked so much later whether it came back
_ONCE = "once"


class FeedGone(PlatformRefused):
    """The feed says that it is gone for good (410)."""


class Reading:
    """One feed at one address, from its first request to what is kept of it."""

    def __init__(self, source: Feeds, feed: Feed, url: str, since: datetime) -> None:
        self.source, self.feed, self.url, self.since = source, feed, url, since
        looked_for = f"{feed.keep}{source.terms}" if feed.keep == "matched" else ""
        self.key = digest(f"{feed.url}{looked_for}")  # new terms: what is old may match them
        self.seen: set[str] = set()
        self.number = 0
        self.guessed = (
            False  # whether the address of the next page is our guess, not the feed's word
        )
        self.first: Answer | None = None
        self.volatile = False
        self.about = About(
            issuer=issuer(feed), platform=feed.platform or None, kind=feed.kind or None, at=source.at,
            own=feed.own,
        )  # fmt: skip
        hosts = source.full_text_hosts if feed.full_text else ()
        self.texts = Texts(source.web, hosts, source.kept.get(f"{self.key}.texts", ""))

    def one(self) -> Iterator[tuple[int, Page]]:
        """A feed of one page, whatever it says of further ones."""
        yield 1, self.fetch("")[0]

    def fetch(self, token: str) -> tuple[Page, str]:
        """A page, and the address of the next unless all that is left was seen or is old."""
        self.number += 1
        first = self.number == 1
        named = {"If-None-Match": "etag", "If-Modified-Since": "modified"} if first else {}
        headers = {n: v for n, k in named.items() if (v := self.source.kept.get(f"{self.key}.{k}"))}
        headers["Accept"] = _ACCEPT
        # how sites say that there is no such page; where the feed itself led there, it is an error
        past_the_end = (400, 404, 410) if self.guessed else ()
        accept = (410,) if first else past_the_end
        answer = self.source.http.get(token or self.url, headers=headers, accept=accept)
        if first and answer.status == 410:
            raise FeedGone(
                f"{host(answer.url)} says that this is gone for good: take it out of config.toml (410)"
            )
        self.first = self.first or answer
        if answer.status in (304, *past_the_end):
            return _nothing(), ""
        page = read(answer.content, answer.headers, answer.url, self.about)
        self.volatile = self.volatile or page.volatile
        new, recent = self._unseen(page)
        if not first and not new:  # a site that ignores the page number, or links in a circle
            return _nothing(), "" if self.guessed else page.next
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
        self.guessed = not page.next
        if page.next:
            return page.next
        parts = urlsplit(answer.url)
        query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "paged"]
        return urlunsplit(
            parts._replace(query=urlencode([*query, ("paged", str(self.number + 1))]))
        )

    def keeps(self) -> Iterator[Keep]:
        """For next time, only after everything was read; a private feed's new address is not kept."""
        answer, kept = self.first, self.source.kept
        if answer is None:
            return
        if answer.moved and not (self.feed.private or is_alert(self.feed.url)):
            yield Keep(f"{digest(self.feed.url)}.moved", answer.moved)
        if kept.get(gone_key(self.feed)):
            yield Keep(gone_key(self.feed), "")
        if answer.status == 304:
            return
        # where articles are still to be read, the feed is read again though it may not have changed
        headers = {} if self.volatile or self.texts.unfinished else answer.headers
        values = {
            "etag": headers.get("ETag", ""), "modified": headers.get("Last-Modified", ""),
            "texts": self.texts.keep(),
        }  # fmt: skip
        for name, value in values.items():
            if value or kept.get(f"{self.key}.{name}"):
                # no page is fetched again because another feed failed in the same run
                yield Keep(f"{self.key}.{name}", value, always=name == "texts")


def gone_key(feed: Feed) -> str:
    """The name under which it is kept that a feed said it was gone."""
    return f"{digest(feed.url)}.gone"


def dropped(feed: Feed, kept: Mapping[str, str], at: datetime) -> str:
    """Why a feed is not asked today: it said twice that it is gone for good. Else empty."""
    last = moment(kept.get(gone_key(feed), ""))
    if last == UNREADABLE or at - last > _GONE_FOR:
        return ""
    return (
        "said more than once that it is gone for good (410) and is dropped: take it out of config.toml "
        f"(it is asked again after {_GONE_FOR.days} days)"
    )


def note_gone(feed: Feed, kept: Mapping[str, str], at: datetime) -> Keep:
    """What is to be kept of a 410: the first could be a slip, the second is believed."""
    again = kept.get(gone_key(feed))
    return Keep(gone_key(feed), clock.text(at) if again else _ONCE, always=True)


def _nothing() -> Page:
    def none(_item: Any) -> Mention:
        raise ValueError("an empty page has no items")

    return Page(items=[], to_mention=none, thread=str, comments=str, whole=bool)
