"""Reads public records by their presets: Parliament, petitions, coroners, the CQC, requests, papers.

What each is stands in settings/public_records.toml. Feeds are read as any feed is; what is none is read here. Every
interface is asked for each search term by itself, in quotes, and what it finds is held to the terms again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from collectors.base import (
    ODD_ERRORS,
    Collected,
    Http,
    SaveState,
    SkippedItem,
    count,
    each,
    matching,
    moment,
    pages,
)
from collectors.charsets import decode, named_in_markup, named_in_type
from collectors.context import object_of, text_of
from collectors.feeds import record_parse as parse
from collectors.feeds.options import Feed, Record, digest
from collectors.feeds.wordpress import Site, WordPress, post_to_mention, whose
from collectors.http.transport import host
from collectors.http.web_pages import NotRead, Pages
from collectors.parsing import UNREADABLE, absolute, same_host
from collectors.queries import quoted
from core import clock
from core.errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from settings.public_records import MOST_TERMS, Preset, presets

AT_ONCE = 50  # items of a page of Parliament's interfaces and of WordPress
_PAGES = 10  # of one search: 500 of them name us in a few weeks only by a mistake
_LATE = timedelta(days=28)  # Hansard is corrected, and a question is answered, for weeks
_MOST_WHOLE = 100  # questions asked for one by one in a run
_MOST_SEEN = 2_000  # links that are remembered though the page lists them no more
_REFUSED = 2  # searches in a row after which no more are asked: it is the record that refuses, and not one term


def preset_of(record: Record) -> Preset:
    """What the record is."""
    return presets()[record.preset]


def check(record: Record, key: str) -> None:
    """Raises ConfigError for what a preset needs and the record lacks."""
    if why := preset_of(record).fault(record.of):
        raise ConfigError(f"{key} of: {why}")


def address_of(record: Record, term: str = "") -> str:
    """Where a record is read; `term` is what is searched for, where its address holds that."""
    preset = preset_of(record)
    # quotes and spaces as they travel in a path: WhatDoTheyKnow's searches are paths
    filled = preset.address.replace("{phrase}", quote(quoted(term), safe="")).replace(
        "{of}", record.of
    )
    if not record.base_url:
        return filled
    parts = urlsplit(filled)
    query = f"?{parts.query}" if parts.query else ""
    return f"{record.base_url.rstrip('/')}{parts.path}{query}"


def terms_of(record: Record, terms: tuple[str, ...]) -> tuple[str, ...]:
    """What a record is searched for: its own terms or the source's, without accounts and tags, which nobody is called there."""
    spoken = [
        term for term in (record.terms or terms) if term.strip() and term.strip()[0] not in "@#"
    ]
    return tuple(dict.fromkeys((*spoken, *preset_of(record).terms)))


def feeds_of(record: Record, terms: tuple[str, ...], name: str = "") -> list[tuple[Feed, str]]:
    """The feeds of a record that is read by feeds, each with the term that it searches for ("" for none)."""
    preset = preset_of(record)
    searched = terms[:MOST_TERMS] if "{phrase}" in preset.address else ("",)
    keep = "all" if preset.whole or preset.searches else "matched"
    return [
        (
            Feed(url=address_of(record, term), name=name, keep=keep, kind=parse.kind_of(preset)),  # type: ignore[arg-type]
            term,
        )
        for term in searched
    ]


def unsearched(record: Record, terms: tuple[str, ...], where: str) -> Iterator[SkippedItem]:
    """Says that there are more terms than are searched for."""
    if preset_of(record).searches and len(terms) > MOST_TERMS:
        yield SkippedItem(
            where, f"has {len(terms)} terms, of which the first {MOST_TERMS} are searched for"
        )


def in_turn(searches: Iterable[Iterator[Collected]]) -> Iterator[Collected]:
    """All that the searches find. A term that is refused costs no other; what may pass ends them at once.

    Raises CollectorError, after the last where one was refused.
    """
    refused: PlatformRefused | None = None
    in_a_row = 0
    for search in searches:
        try:
            yield from search
            in_a_row = 0
        except PlatformRefused as error:
            refused, in_a_row = refused or error, in_a_row + 1
            if in_a_row == _REFUSED:
                break
    if refused:
        raise refused


@dataclass(kw_only=True)
class Reading:
    """One record being read that is no feed. `terms` are what is looked for there, `key` names what is kept for next time."""

    record: Record
    http: Http = field(repr=False)
    web: Pages = field(repr=False)
    terms: tuple[str, ...]
    at: datetime
    where: str
    state: Mapping[str, str] = field(repr=False)
    cqc_key: str = field(default="", repr=False)
    taken: set[str] = field(default_factory=set)
    whole: int = 0  # questions that were asked for one by one
    refused: int = 0  # of them those that were not given
    notes: list[str] = field(
        default_factory=list
    )  # what is to be told of a page that was just asked for

    @property
    def preset(self) -> Preset:
        return preset_of(self.record)

    @property
    def address(self) -> str:
        return address_of(self.record)

    def read(self, since: datetime) -> Iterator[Collected]:
        """All that is new since then. Raises CollectorError."""
        formats: Mapping[str, Callable[[datetime], Iterator[Collected]]] = {
            "hansard": self._hansard, "questions": self._questions, "petitions": self._petitions,
            "coroners": self._coroners, "cqc": self._cqc, "page": self._page,
        }  # fmt: skip
        yield from unsearched(self.record, self.terms, self.where)
        yield from formats[self.preset.format](since)

    # ── Hansard ──

    def _hansard(self, since: datetime) -> Iterator[Collected]:
        def search(term: str, where: str) -> Iterator[Collected]:
            params: dict[str, str | int] = {
                "queryParameters.searchTerm": quoted(term), "queryParameters.orderBy": "SittingDateDesc",
                "queryParameters.startDate": _day(since - _LATE), "queryParameters.endDate": _day(self.at),
                "queryParameters.take": AT_ONCE,
            }  # fmt: skip
            # the total may count what is written and corrections too, which stand in other lists
            totals = ("SpokenResultCount", "TotalResultCount")
            fetch = partial(self._by_skip, params, "queryParameters.skip", "Results", totals)
            to_mention = partial(parse.contribution, preset=self.preset, at=self.at)
            yield from self._walked(fetch, to_mention, term, where, sure=True)

        yield from self._searched(search)

    # ── Written questions ──

    def _questions(self, since: datetime) -> Iterator[Collected]:
        def search(term: str, where: str) -> Iterator[Collected]:
            params: dict[str, str | int] = {
                "searchTerm": quoted(term), "tabledWhenFrom": _day(since - _LATE), "take": AT_ONCE,
            }  # fmt: skip
            fetch = partial(self._by_skip, params, "skip", "results", ("totalResults",))
            to_mention = partial(parse.question, preset=self.preset, at=self.at)
            yield from self._walked(
                fetch, to_mention, term, where, sure=False, wanted=lambda items: map(self._uncut, items)
            )  # fmt: skip

        yield from self._searched(search)
        if self.whole >= _MOST_WHOLE:
            yield SkippedItem(
                self.where,
                f"{_MOST_WHOLE} questions were asked for one by one; of more the beginning alone was read",
            )
        if self.refused:
            yield SkippedItem(
                self.where,
                f"{self.refused} questions were not given one by one; of these the beginning alone was read",
            )

    def _uncut(self, item: Any) -> Any:
        """A question as it is by itself, where the list cut it. One that is refused is read as the list has it."""
        number = parse.question_number(item)
        if not (number and parse.is_cut(item)) or self.whole >= _MOST_WHOLE:
            return item
        self.whole += 1
        try:
            whole = self.http.get_json(f"{self.address}/{number}")
        except PlatformRefused:
            self.refused += 1
            return item
        return whole if object_of(object_of(whole).get("value")) else item

    # ── Petitions ──

    def _petitions(self, since: datetime) -> Iterator[Collected]:
        to_mention = partial(parse.petition, preset=self.preset, at=self.at)

        def search(term: str, where: str) -> Iterator[Collected]:
            yield from self._walked(
                partial(self._petitions_page, term), to_mention, term, where, sure=False,
                wanted=lambda items: (item for item in items if _is_new(item, since)),
            )  # fmt: skip

        yield from self._searched(search)

    def _petitions_page(self, term: str, token: str) -> tuple[list[Any], str]:
        params: dict[str, str | int] = {} if token else {"q": quoted(term), "state": "all"}
        answer = self.http.get_json(token or self.address, params)
        items = _list(answer, "data", self.address)
        following = object_of(object_of(answer).get("links")).get("next")
        if not following:
            return items, ""
        onward = (
            same_host(absolute(following, self.address), self.address)
            if isinstance(following, str)
            else ""
        )
        if not onward:
            self.notes.append("its next page lies elsewhere, which is not followed")
        return items, onward

    # ── Coroners, by the judiciary's WordPress ──

    def _coroners(self, since: datetime) -> Iterator[Collected]:
        parts = urlsplit(self.address)
        settings = WordPress(url=f"{parts.scheme}://{parts.netloc}")
        site = Site(settings, self.http)
        about = whose(settings, self.at)

        def to_mention(item: Any) -> Mention:
            return parse.as_record(
                post_to_mention(item, about),
                self.preset,
                issuer=f"https://{host(self.preset.address)}",
            )

        def search(term: str, where: str) -> Iterator[Collected]:
            def fetch(token: str) -> tuple[list[Any], str]:
                page = int(token or 1)
                params: dict[str, str | int] = {
                    "search": quoted(term), "after": clock.text(since - timedelta(days=7))[:19] + "Z",
                    "per_page": AT_ONCE, "page": page,
                }  # fmt: skip
                items, total = site.listed("pfd", params)
                more = len(items) == AT_ONCE if total is None else page < total
                return items, str(page + 1) if more and items else ""

            yield from self._walked(fetch, to_mention, term, where, sure=True)

        yield from self._searched(search)

    # ── The CQC ──

    def _cqc(self, since: datetime) -> Iterator[Collected]:
        if not self.cqc_key:
            raise PlatformRefused(
                "the CQC wants a key, which is free: make one at api-portal.service.cqc.org.uk and write "
                '[collectors.feeds] cqc_key = "env:CQC_KEY"'
            )
        provider = self.http.get_json(
            self.address, headers={"Ocp-Apim-Subscription-Key": self.cqc_key}
        )
        if not isinstance(provider, dict) or not text_of(provider.get("providerId")):
            raise PlatformUnavailable("the CQC sent something else than a provider")
        to_mention = partial(parse.report, preset=self.preset, of=self.record.of, at=self.at)
        try:
            published = list(parse.published(provider, self.record.of))
        except ODD_ERRORS:
            raise PlatformUnavailable(
                "the CQC sent a provider that is not shaped as it should be"
            ) from None
        for thing in each(published, to_mention, at=self.at, where=self.where):
            if isinstance(thing, SkippedItem) or thing.posted_at >= since - _LATE:
                yield thing

    # ── A page of links ──

    def _page(self, _since: datetime) -> Iterator[Collected]:
        """What the page links to that it did not before; on the first look, what is there is noted and nothing is new."""
        papers = self.listed()
        name = f"{digest(self.address)}.links"
        before = self.state.get(name)
        seen = (before or "").split()
        known = set(seen)
        listed = {digest(address): address for address in papers}
        new = {address: papers[address] for key, address in listed.items() if key not in known}
        if before is not None:
            for address, title in new.items():
                mention = parse.listed(address, title, self.preset, self.record.of, self.at)
                names = matching(mention.text, self.terms)
                if names or self.preset.whole:
                    yield mention.with_match(*(names or (self.preset.publisher,)))
        gone = [key for key in seen if key not in listed]
        yield SaveState(name, " ".join([*gone[-_MOST_SEEN:], *listed]))

    def listed(self) -> dict[str, str]:
        """The papers and reports that a page links to. Raises PlatformRefused where it may not be read, or holds none."""
        where = host(self.address)
        try:
            page = self.web.get(self.address, lambda url: _site_of(url) == _site_of(self.address))
        except NotRead as why:
            raise PlatformRefused(f"{where}: the page is {why}: check `of`") from None
        if page.status != 200:
            raise PlatformRefused(f"{where} answered {page.status}: check `of`")
        kind = page.headers.get("Content-Type", "")
        charset = named_in_type(kind) or named_in_markup(page.content) or ""
        papers = parse.links(decode(page.content, charset), page.url)
        if not papers:
            raise PlatformRefused(
                f"{where}: the page lists no papers that can be read without a browser: check `of`, or look there by hand"
            )
        return papers

    # ── What they share ──

    def _searched(self, search: Callable[[str, str], Iterator[Collected]]) -> Iterator[Collected]:
        yield from in_turn(
            search(term, f"{self.where} search {number}")
            for number, term in enumerate(self.terms[:MOST_TERMS], 1)
        )

    def _by_skip(
        self, params: Mapping[str, str | int], skip: str, listed: str, totals: tuple[str, ...], token: str
    ) -> tuple[list[Any], str]:  # fmt: skip
        """A page of Parliament's interfaces, which count what is skipped, and the token of the next.

        Where none of `totals` says how many there are, pages are asked for until one is empty: how many come at once is theirs to say.
        """
        answer = self.http.get_json(self.address, {**params, skip: int(token or 0)})
        items = _list(answer, listed, self.address)
        reached = int(token or 0) + len(items)
        counted = (count(object_of(answer).get(name)) for name in totals)
        total = next((number for number in counted if number is not None), None)
        if total is not None and not items and reached < total:
            self.notes.append(f"{total} are said to be there, and {reached} came")
        more = bool(items) and (total is None or reached < total)
        return items, str(reached) if more else ""

    def _walked(
        self, fetch: Callable[[str], tuple[list[Any], str]], to_mention: Callable[[Any], Mention], term: str, where: str,
        *, sure: bool, wanted: Callable[[list[Any]], Iterable[Any]] = lambda items: items,
    ) -> Iterator[Collected]:  # fmt: skip
        """Every page of a search, until one comes again; `wanted` makes of its items those that are read."""
        earlier: set[str] = set()
        for numbered_page in pages(fetch, most=_PAGES, where=where):
            while self.notes:
                yield SkippedItem(where, self.notes.pop())
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, items = numbered_page
            place, content = f"{where} page {number}", json.dumps(items, sort_keys=True)
            if items and content in earlier:
                yield SkippedItem(
                    place, "is a page that came before: what further pages hold can't be read"
                )
                return
            earlier.add(content)
            yield from self._kept(wanted(items), to_mention, term, place, sure=sure)

    def _kept(
        self,
        items: Iterable[Any],
        to_mention: Callable[[Any], Mention],
        term: str,
        where: str,
        *,
        sure: bool,
    ) -> Iterator[Mention | SkippedItem]:
        """What names a term, once. `sure`: the interface searched for the phrase, so that what it found holds it somewhere."""
        for mention in each(items, to_mention, at=self.at, where=where):
            if isinstance(mention, SkippedItem):
                yield mention
                continue
            names = matching(mention.text, self.terms) or ((term,) if sure else ())
            if (names or mention.deleted) and mention.issued_id not in self.taken:
                self.taken.add(mention.issued_id)
                yield mention.with_match(*names)


def _list(answer: Any, name: str, address: str) -> list[Any]:
    items = object_of(answer).get(name)
    if not isinstance(items, list):
        raise PlatformUnavailable(f"{host(address)} sent something else than a list")
    return items


def _day(at: datetime) -> str:
    return clock.text(at)[:10]


def _is_new(item: Any, since: datetime) -> bool:
    """Whether a petition was opened, answered or closed since then, and is none that was turned away."""
    about = object_of(object_of(item).get("attributes"))
    if not about:
        return True  # an odd one is told of
    if about.get("state") == "rejected":
        return False
    keys = ("opened_at", "created_at", "government_response_at", "debate_outcome_at", "closed_at")
    times = [time for key in keys if (time := moment(about.get(key))) != UNREADABLE]
    return not times or max(times) >= since  # one without a time that can be read is told of


def _site_of(url: str) -> str:
    return re.sub(r"^www\.", "", host(url))


def of_feed(
    things: Iterable[Collected], record: Record, term: str, taken: set[str], where: str
) -> Iterator[Collected]:
    """What a feed of a record gave, as that record, each once; what another search found before is left out.

    Of entries with one id the newest is kept, and that there were others is told where they say something else. Raises
    CollectorError, after what came before it.
    """
    issuer = host(preset_of(record).address.replace("{of}", record.of))
    newest: dict[str, Mention] = {}
    others: list[Collected] = []
    differing, failed = 0, None
    try:
        for thing in things:
            if not isinstance(thing, Mention):
                others.append(thing)
                continue
            mention = parse.as_record(thing, preset_of(record), of=record.of, issuer=issuer)
            earlier = newest.get(mention.key)
            differing += earlier is not None and earlier.text != mention.text
            if earlier is None or _changed(mention) > _changed(earlier):
                newest[mention.key] = mention
    except CollectorError as error:
        failed = error
    for key, mention in newest.items():
        if key not in taken:
            taken.add(key)
            yield mention.with_match(term) if term and not mention.matched else mention
    if differing:
        yield SkippedItem(
            where, f"{differing} entries have the id of another and say something else: the newest is kept"
        )  # fmt: skip
    yield from others
    if failed:
        raise failed


def _changed(mention: Mention) -> datetime:
    return mention.edited_at or mention.posted_at
