"""Blogs, news and public records: RSS, Atom, JSON Feed, comment feeds, Google Alerts and News, WordPress's own API.

parse.py reads what stands in a feed, wordpress.py a site's API, records.py public records. One that fails doesn't cost the
others: the run names it at the end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import Field

from classify.people import search_terms
from collectors.base import Answer, Collected, Http, SaveState, SkippedItem, each, matching, pages
from collectors.feeds import records
from collectors.feeds.full_text import Texts
from collectors.feeds.options import Feed, Record, check_host, digest, issuer
from collectors.feeds.parse import About, Page, is_alert, read
from collectors.feeds.wordpress import WordPress, read_site
from collectors.http.transport import host
from collectors.http.web_pages import Pages
from collectors.parsing import UNREADABLE, moment
from collectors.parts import KnownPart, Part, Parts, unique
from collectors.placement import article, site_page, under
from collectors.queries import Follow, in_address
from core import clock
from core.errors import CollectorError, ConfigError, PlatformRefused
from core.models import Mention

_SLACK = timedelta(minutes=10)  # cycles don't begin to the minute


@dataclass(frozen=True, kw_only=True)
class Feeds:
    """All feeds, WordPress sites and public records of the table, one after another.

    `record` holds those of [[organisation.records]] too, which the run puts there.
    """

    name: ClassVar[str] = "feeds"
    secrets: ClassVar[tuple[str, ...]] = (
        "cqc_key",
    )  # a feed's url may be a reference, but need not
    parts: ClassVar[tuple[str, ...]] = ("feed", "wordpress", "record")  # each stands for itself

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict, repr=False)
    feed: tuple[Feed, ...] = ()
    wordpress: tuple[WordPress, ...] = ()
    record: tuple[Record, ...] = ()
    record_hours: Annotated[int, Field(ge=1, le=24)] = 3
    cqc_key: str = field(default="", repr=False)
    full_text_hosts: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.feed or self.wordpress or self.record):
            raise ConfigError(
                "feed: there is none; add a [[collectors.feeds.feed]] table for each, a "
                "[[collectors.feeds.wordpress]] one, or an [[organisation.records]] one for a public record"
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
        for number, record in enumerate(self.record, 1):
            records.check(record, f"record {number}")

    def follows(self) -> Iterator[Follow]:
        """Whose timeline an address is."""
        for number, feed in enumerate(self.feed, 1):
            yield from in_address(feed.url, f"feed {number} url")
        for number, site in enumerate(self.wordpress, 1):
            yield from in_address(site.url, f"wordpress {number} url")

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Every feed and site. Raises CollectorError after the last one, naming those that failed."""
        parts = Parts(self.state, since, self.at)
        listed = {part.key: (part, table) for part, table in self.listed()}
        for part in parts.first([part for part, _ in listed.values()]):
            table = listed[part.key][1]
            if isinstance(table, Record):
                if self._read_lately(parts.known(part.key)):
                    parts.stays(part)
                else:
                    yield from parts.read(part, partial(self._record, table, part.where))
            elif table.left_out:
                yield from parts.fails(part, f"left out: {table.left_out}")
            elif isinstance(table, Feed):
                titles: list[str] = []
                read = partial(self._feed, table, part.where, titles)
                public = not (table.private or is_alert(table.url))
                title = partial(_last, titles) if public else str
                yield from parts.read(part, read, title=title)
            else:
                site = partial(read_site, table, self.http, self.terms, self.at, part.where)
                yield from parts.read(part, site)
        yield from parts.end("feeds")

    @cached_property
    def web(self) -> Pages:
        """The pages of articles, as one run asks for them."""
        return Pages(self.http)

    @cached_property
    def pages_again(self) -> Pages:
        """Pages that are looked at again, with time of their own: new articles must not keep a deletion from being seen."""
        return Pages(self.http)

    def listed(self) -> list[tuple[Part, Feed | WordPress | Record]]:
        """Every feed, site and record as a part of this source, in the order of the table."""
        tables: dict[str, Feed | WordPress | Record] = {}
        places: dict[str, str] = {}
        every: list[tuple[str, Feed | WordPress | Record]] = [
            *((f"feed {number}", feed) for number, feed in enumerate(self.feed, 1)),
            *((f"wordpress {number}", site) for number, site in enumerate(self.wordpress, 1)),
            *((f"record {number}", record) for number, record in enumerate(self.record, 1)),
        ]
        for place, table in every:
            key = _key(table, place)
            key = digest(f"{key} {place}") if key in tables else key
            tables[key], places[key] = table, place
        names = unique([_names(table, key, places[key]) for key, table in tables.items()])
        return [
            (_part(key, table, where), table)
            for (key, table), where in zip(tables.items(), names, strict=True)
        ]

    def _read_lately(self, known: KnownPart | None) -> bool:
        """Whether a record was read within `record_hours`: each search is a request, and what is on record stays there."""
        if known is None or known.error or known.last_try is None:
            return False
        return self.at - known.last_try < timedelta(hours=self.record_hours) - _SLACK

    def _record(self, record: Record, where: str, since: datetime) -> Iterator[Collected]:
        """One public record, by its preset: by a feed for each term, or as its own interface has it."""
        terms = records.terms_of(record, self.terms)
        if records.preset_of(record).format != "feed":
            reading = records.Reading(
                record=record, http=self.http, web=self.web, terms=terms, at=self.at, where=where,
                state=self.state, cqc_key=self.cqc_key,
            )  # fmt: skip
            yield from reading.read(since)
            return
        yield from records.unsearched(record, terms, where)
        taken: set[str] = set()

        def search(feed: Feed, term: str, place: str) -> Iterator[Collected]:
            alone = dataclasses.replace(self, feed=(feed,), wordpress=(), record=(), terms=terms)
            things = alone._feed(feed, place, [], since)
            yield from records.of_feed(things, record, term, taken, place)

        yield from records.in_turn(
            search(feed, term, f"{where} search {number}" if term else where)
            for number, (feed, term) in enumerate(records.feeds_of(record, terms), 1)
        )

    def _feed(
        self, feed: Feed, where: str, titles: list[str], since: datetime
    ) -> Iterator[Collected]:
        """One feed, unless it is gone for good. What it calls itself goes into `titles`."""
        if why := dropped(feed, self.state, self.at):
            raise PlatformRefused(why)
        try:
            yield from self._at_its_address(feed, where, titles, since)
        except FeedGone as gone:
            note = note_gone(feed, self.state, self.at)
            yield note
            why = dropped(feed, {note.name: note.value}, self.at)
            raise PlatformRefused(why or str(gone)) from gone

    def _at_its_address(
        self, feed: Feed, where: str, titles: list[str], since: datetime
    ) -> Iterator[Collected]:
        """At its new address if it moved for good; if that fails, at the one in config."""
        moved = self.state.get(f"{digest(feed.url)}.moved", "")
        if moved:
            try:
                yield from self._read(feed, moved, where, since, titles)
                return
            except CollectorError:
                yield SaveState(f"{digest(feed.url)}.moved", "")
        yield from self._read(feed, feed.url, where, since, titles)

    def _read(
        self, feed: Feed, url: str, where: str, since: datetime, titles: list[str] | None = None
    ) -> Iterator[Collected]:
        reading = Reading(self, feed, url, since)
        whole = True
        for numbered_page in (
            pages(reading.fetch, most=feed.pages, where=where)
            if feed.pages > 1
            else reading.fetch_only_page()
        ):
            if isinstance(numbered_page, SkippedItem):
                whole = False
                yield numbered_page
                continue
            number, page = numbered_page
            if is_alert(url) and search_terms.in_query(page.query):  # its address doesn't say
                raise PlatformRefused(
                    "what it searches for looks like a person's name; nobody is watched by name. Where two people agreed to the "
                    "name of who holds a public office, search by an address that shows it"
                )
            if titles is not None and page.title:
                titles.append(page.title)
            place = where if feed.pages == 1 else f"{where} page {number}"
            if page.doubt:
                whole = False
                yield SkippedItem(place, page.doubt)
            yield from self._kept(reading, page, place)
        yield from reading.texts.figures(where)
        if whole:
            yield from reading.keeps()

    def _kept(self, reading: Reading, page: Page, where: str) -> Iterator[Collected]:
        """What names a term, and everything of a feed that is a search or is to be kept whole."""
        feed, failed = reading.feed, None
        for number, item in enumerate(page.items, 1):
            place = f"{where} item {number}"
            for mention in each((item,), page.to_mention, at=self.at, where=where):
                if isinstance(mention, SkippedItem):
                    yield dataclasses.replace(mention, item=place)
                    continue
                filled, known = self._filled(reading, page, item, mention)
                if not (known or filled.matched or feed.keep == "all"):
                    reading.texts.unmatched(mention)
                    continue
                if not known:
                    yield filled
                try:
                    yield from self._comments(reading, page.comments(item), filled, place)
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
        spoken = page.transcript(item)
        if not became and (spoken or not page.whole(item)):
            filled = reading.texts.filled(mention, title, spoken)
        matched_terms = matching(f"{mention.text}\n{filled.text}\n{title}", self.terms)
        query = (page.query,) if page.query else ()
        return filled.with_match(*(matched_terms or query)), became == "read"

    def _comments(
        self, reading: Reading, address: str, entry: Mention, where: str
    ) -> Iterator[Collected]:
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
                place = site_page(feed.url, own=feed.own, platform=entry.platform)
                for thing in self._read(thread, address, f"{where} comments", reading.since):
                    if isinstance(thing, Mention):
                        yield under(thing, thing.context.page or place, article(entry))
                    else:
                        yield thing
            except FeedGone as error:  # which is no word on the feed itself
                raise PlatformRefused(f"the comments of an entry: {error}") from error


def _last(titles: list[str]) -> str:
    return titles[-1] if titles else ""


def _part(key: str, table: Feed | WordPress | Record, where: str) -> Part:
    if isinstance(table, Record):
        name = records.preset_of(table).name + (f" ({table.of})" if table.of else "")
        return Part(key=key, kind="record", where=name, name=name)
    kind = "feed" if isinstance(table, Feed) else "site"
    return Part(key=key, kind=kind, where=table.name or where, name=table.name)


def _key(table: Feed | WordPress | Record, place: str) -> str:
    """By its address, so that it is the same wherever it stands; by its place where the address is what is missing."""
    if isinstance(table, Record):
        return digest(f"Record {table.preset} {table.of} {' | '.join(table.terms)}")
    what = f"left out {table.name or place}" if table.left_out else table.url
    return digest(f"{type(table).__name__} {what}")


def _names(table: Feed | WordPress | Record, key: str, place: str) -> tuple[str, str, str]:
    """What messages may call it: its host, and its address less what could be a secret."""
    if isinstance(table, Record):
        return table.preset, f"{table.preset} {table.of}", key
    if table.left_out:
        return (f"{place} of the table",) * 2 + (key,)
    hidden = isinstance(table, Feed) and (table.private or is_alert(table.url))
    whole = host(table.url) if hidden else host(table.url) + urlsplit(table.url).path.rstrip("/")
    return host(table.url), whole, key


# ── One feed being read: its first request, its pages, what is kept for next time. ────────────────

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
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
        self.texts = Texts(source.web, hosts, source.state.get(f"{self.key}.texts", ""))

    def fetch_only_page(self) -> Iterator[tuple[int, Page]]:
        """A feed of one page, whatever it says of further ones."""
        yield 1, self.fetch("")[0]

    def fetch(self, token: str) -> tuple[Page, str]:
        """A page, and the address of the next unless all that is left was seen or is old."""
        self.number += 1
        first = self.number == 1
        named = {"If-None-Match": "etag", "If-Modified-Since": "modified"} if first else {}
        headers = {
            n: v for n, k in named.items() if (v := self.source.state.get(f"{self.key}.{k}"))
        }
        headers["Accept"] = ACCEPT
        # how sites say that there is no such page; where the feed itself led there, it is an error
        past_the_end = (400, 404, 410) if self.guessed else ()
        accept = (410,) if first else past_the_end
        answer = self.source.http.get(token or self.url, headers=headers, accept=accept)
        if first and answer.status == 410:
            raise FeedGone(
                f"{host(answer.url)} says that this is gone for good: take it out of site.toml (410)"
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

    def keeps(self) -> Iterator[SaveState]:
        """For next time, only after everything was read; a private feed's new address is not kept."""
        answer, state = self.first, self.source.state
        if answer is None:
            return
        if answer.moved and not (self.feed.private or is_alert(self.feed.url)):
            yield SaveState(f"{digest(self.feed.url)}.moved", answer.moved)
        if state.get(gone_key(self.feed)):
            yield SaveState(gone_key(self.feed), "")
        if answer.status == 304:
            return
        # where articles are still to be read, the feed is read again though it may not have changed
        headers = {} if self.volatile or self.texts.unfinished else answer.headers
        values = {
            "etag": headers.get("ETag", ""), "modified": headers.get("Last-Modified", ""),
            "texts": self.texts.keep(),
        }  # fmt: skip
        for name, value in values.items():
            if value or state.get(f"{self.key}.{name}"):
                # no page is fetched again because another feed failed in the same run
                yield SaveState(f"{self.key}.{name}", value, always=name == "texts")


def gone_key(feed: Feed) -> str:
    """The name under which it is kept that a feed said it was gone."""
    return f"{digest(feed.url)}.gone"


def dropped(feed: Feed, state: Mapping[str, str], at: datetime) -> str:
    """Why a feed is not asked today: it said twice that it is gone for good. Else empty."""
    last = moment(state.get(gone_key(feed), ""))
    if last == UNREADABLE or at - last > _GONE_FOR:
        return ""
    return (
        "said more than once that it is gone for good (410) and is dropped: take it out of site.toml "
        f"(it is asked again after {_GONE_FOR.days} days)"
    )


def note_gone(feed: Feed, state: Mapping[str, str], at: datetime) -> SaveState:
    """What is to be kept of a 410: the first could be a slip, the second is believed."""
    again = state.get(gone_key(feed))
    return SaveState(gone_key(feed), clock.text(at) if again else _ONCE, always=True)


def _nothing() -> Page:
    def none(_item: Any) -> Mention:
        raise ValueError("an empty page has no items")

    return Page(items=[], to_mention=none, thread=str, comments=str, whole=bool)
