"""Reddit, read through praw: posts by search, and new posts and comments of chosen subreddits.

Comments can't be searched, so those of the subreddits are matched here. Listings are read by their
times and the ids seen, since paging from an item that was deleted gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import Collected, Http, SkippedItem, each, matching, moment
from collectors.parsing import UNREADABLE
from collectors.parts import Part as SourcePart
from collectors.parts import Parts, digest
from collectors.progress import Part, Place, Places, Span
from collectors.queries import (
    Follow,
    check_address,
    check_approval,
    check_queries,
    either,
    in_query,
)
from collectors.reddit.client import Asking, Bios, ListingRefused
from collectors.reddit.parse import in_thread, title_above, to_mention
from collectors.reddit.threads import Threads
from core import clock
from core.errors import ConfigError
from core.models import Mention

_LISTING_ENDS = 900  # Reddit ends a listing after about 1,000 items, however much more there is
_LATE = timedelta(hours=3)  # how late a search may list a post
_SOON = timedelta(minutes=15)  # and a subreddit
_ANCHORS = 5  # items after any of which a later run can go on
_SPANS = (
    (1, "hour"),
    (24, "day"),
    (24 * 7, "week"),
    (24 * 31, "month"),
    (24 * 366, "year"),
)  # hours


@dataclass(frozen=True, kw_only=True)
class Reddit:
    """Posts that a search finds, and what is new in subreddits and names a term."""

    name: ClassVar[str] = "reddit"
    secrets: ClassVar[tuple[str, ...]] = ("client_id", "client_secret")

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    client_id: Annotated[str, Field(min_length=1)] = field(repr=False)
    client_secret: Annotated[str, Field(min_length=1)] = field(repr=False)
    user_agent: Annotated[str, Field(pattern=r"^[^:\s]+:[^:\s]+:\S+ \(by /u/[\w-]+\)$")]
    approval: str = ""
    terms: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    subreddits: tuple[Annotated[str, Field(pattern=r"^(?:r/)?\w{2,25}$")], ...] = ()
    accounts: tuple[Annotated[str, Field(pattern=r"^(?:/?u/)?[\w-]{3,20}$")], ...] = ()
    bios: bool = False
    bios_a_run: Annotated[int, Field(ge=1, le=1000)] = 50
    oauth_url: str = "https://oauth.reddit.com"
    reddit_url: str = "https://www.reddit.com"
    longest_query: Annotated[int, Field(ge=64, le=4096)] = 512
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=100)] = 10

    def __post_init__(self) -> None:
        check_address(self.oauth_url, "oauth_url")
        check_address(self.reddit_url, "reddit_url")
        check_queries(self.queries, self.longest_query)
        authors = self.accounts or self.official
        if not (either(self.terms, self.longest_query) or self.queries or authors):
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

    def asking(self) -> Asking:
        """A session with Reddit."""
        return Asking(
            self.http, client_id=self.client_id, client_secret=self.client_secret,
            user_agent=self.user_agent, oauth_url=f"{self.oauth_url.rstrip('/')}/",
            reddit_url=self.reddit_url.rstrip("/"),
        )  # fmt: skip

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Every listing. One that is private or gone doesn't cost the others and is named at the end."""
        check_approval(self.approval, "reddit", "Reddit")
        asking, places = self.asking(), Places(self.state, since, self.at)
        bios = Bios(asking, self.bios_a_run) if self.bios else None
        threads = Threads(asking, self.official)
        parts = Parts(self.state, since, self.at)
        listings = {part.key: (part, listing) for part, listing in self.listed()}
        for part in parts.first([part for part, _ in listings.values()]):
            listing = listings[part.key][1]
            read = partial(self._read, asking, listing, places, threads)
            for thing in parts.read(part, read, alone=(ListingRefused,)):
                yield bios.on(thing) if bios and isinstance(thing, Mention) else thing
        yield from places.end()
        yield from parts.end("listings")

    def listed(self) -> list[tuple[SourcePart, _Listing]]:
        """Every listing as a part of this source: a search, and what is new in a subreddit."""
        return [
            (
                SourcePart(
                    key=digest(f"{listing.path} {listing.query}"),
                    kind="search" if listing.query else "subreddit", where=listing.where,
                    name="" if listing.query else listing.path,
                ),
                listing,
            )
            for listing in self._listings()
        ]  # fmt: skip

    def _listings(self) -> Iterator[_Listing]:
        own = either(self.terms, self.longest_query)
        named = [account.rpartition("/")[2] for account in self.accounts]
        ours = sorted(self.official - {name.lower() for name in named})  # need no listing
        authors = [f"author:{name}" for name in (*named, *ours)]
        for number, query in enumerate((*own, *authors, *self.queries), 1):
            label = (query,) if query not in own else ()
            keep = _found_by(self.terms, label, query)
            yield _Listing(f"search {number}", "r/all/search", keep, query)
        for number, subreddit in enumerate(self.subreddits, 1):
            name = subreddit.removeprefix("r/")
            for what in ("new", "comments"):
                where = f"subreddit {number} {what}"
                yield _Listing(where, f"r/{name}/{what}", _naming(self.terms))

    def _read(
        self,
        asking: Asking,
        listing: _Listing,
        places: Places,
        threads: Threads,
        since: datetime,
    ) -> Iterator[Collected]:
        where = listing.where
        margin = _LATE if listing.query else _SOON
        place = places.of(f"{listing.path} {listing.query}", margin, since)
        ask = partial(self._part, asking, listing, place)
        for numbered_page in place.pages(ask, most=self.pages, where=where):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, (children, start, lost) = numbered_page
            new = [child for child in children if (_time(child) or self.at) >= start]
            threads.learn(children)
            mentions = [
                mention
                for mention in each(
                    new, lambda child: listing.keep(child, to_mention(child, self.at, self.official)),
                    at=self.at, where=f"{where} page {number}",
                )
                if isinstance(mention, SkippedItem) or mention.matched or mention.deleted or mention.own
            ]  # fmt: skip
            yield from _with_threads(mentions, threads, f"{where} page {number}")
            if lost:
                yield SkippedItem(where, lost)
            yield places.keep()

    def _part(
        self, asking: Asking, listing: _Listing, place: Place, span: Span, token: str
    ) -> Part:
        """One page, and what of its stretch Reddit no longer lists, in words.

        A stretch that was left begins after the oldest item read then, or, if that one was deleted
        since, after one of those before it.
        """
        children: list[Any] = []
        after = ""
        for before in [token] if token else span.until.split() or [""]:
            params = {**listing.search_params(self.at - span.start), "limit": str(self.page_size)}
            params |= {"after": before} if before else {}
            children, after = asking.page(listing.path, params)
            if children:
                break
        times = [time for child in children if (time := _time(child)) is not None]
        # newest first: what follows is older still; two of them, since one time may be wrong
        passed = bool(times) and max(times[-2:]) < span.start
        oldest = clock.text(min(times)) if times else span.reached
        read = place.read + len(children)
        ended = not after and not passed and (read >= _LISTING_ENDS or not (children or token))
        lost = _lost(span.start, oldest, read) if ended else ""
        names = [name for child in children if (name := _name(child))]
        return Part(
            page=(children, span.start, lost), token="" if passed else after, size=len(children),
            oldest=" ".join(names[: -_ANCHORS - 1 : -1]), reached=oldest,
        )  # fmt: skip


@dataclass(frozen=True)
class _Listing:
    """One listing, and how its items are kept. A search has a query."""

    where: str
    path: str
    keep: _Keep
    query: str = ""

    def search_params(self, back: timedelta) -> dict[str, str]:
        """The parameters of a search that goes so far back; a subreddit's listing has none."""
        if not self.query:
            return {}
        hours = back / timedelta(hours=1)
        span = next((name for most, name in _SPANS if hours < most), "all")
        return {"q": self.query, "sort": "new", "t": span, "restrict_sr": "false", "type": "link"}


def _with_threads(
    mentions: Sequence[Mention | SkippedItem], threads: Threads, where: str
) -> Iterator[Mention | SkippedItem]:
    """The comments among these with what they answer."""
    comments = [
        mention for mention in mentions
        if isinstance(mention, Mention) and mention.kind == "comment" and not mention.deleted
    ]  # fmt: skip
    yield from threads.ask(comments, where)
    in_context = {mention.issued_id: in_thread(mention, threads.known) for mention in comments}
    for mention in mentions:
        if isinstance(mention, Mention):
            yield in_context.get(mention.issued_id, mention)
        else:
            yield mention


def _lost(start: datetime, oldest: str, read: int) -> str:
    """That a list ended before the last run was reached, and how much is missing; else empty."""
    reached = moment(oldest or None)
    if not oldest or reached <= start:
        return ""
    hours = (reached - start) / timedelta(hours=1)
    return (
        f"Reddit's list ended after {read} items, before the last run was reached: the {hours:.1f} hours "
        f"before {clock.local(reached)} are not read; collect more often, or name fewer subreddits"
    )


_Keep = Callable[[Any, Mention], Mention]


def _found_by(terms: tuple[str, ...], label: tuple[str, ...], query: str) -> _Keep:
    """What a search found is kept, under the terms in it or else under the query."""

    def keep(_child: Any, mention: Mention) -> Mention:
        matches = (*matching(mention.text, terms), *label)
        return mention.with_match(*(matches or (query,)))

    return keep


def _naming(terms: tuple[str, ...]) -> _Keep:
    """Of what is new, what names a term, or is said of a thread or a post whose title names one."""

    def keep(child: Any, mention: Mention) -> Mention:
        title = title_above(child["data"])
        return mention.with_match(*matching(f"{mention.text}\n{title}", terms))

    return keep


def _time(child: Any) -> datetime | None:
    """When an item was written or last edited; None where that can't be told."""
    try:
        data = child["data"]
        edited = data.get("edited")
        created = moment(data.get("created_utc"))
    except (KeyError, TypeError, AttributeError):
        return None
    last = max(created, moment(edited)) if not isinstance(edited, bool) and edited else created
    return None if last == UNREADABLE else last


def _name(child: Any) -> str:
    data = child.get("data") if isinstance(child, dict) else None
    name = data.get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) and re.fullmatch(r"t\d_\w{1,20}", name) else ""
