"""GDELT: news the world over by its DOC API, which has no key, no pages and little patience.

A list ends at 250 articles and says nothing of more, so a window of time that comes back full is
halved and asked again. Calls keep their distance; what a run has no time left for, the next one reads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, ClassVar

import requests
from pydantic import Field

from collectors.base import (
    Collected,
    Http,
    PartsListed,
    Passing,
    SaveState,
    SkippedItem,
    each,
    matching,
)
from collectors.gdelt.parse import to_mention
from collectors.http.client import asked_wait, read_json
from collectors.parts import Part, Parts, PartsRefused
from collectors.queries import Follow, check_address, check_queries, in_query, joined, quoted
from core import clock
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention

_STEP = timedelta(minutes=15)  # `seendate` goes in these: a shorter window can't be told apart
SHORTEST_TERM = (
    5  # characters: GDELT takes no query with a shorter phrase, and the whole query would be lost
)
_LATE = timedelta(hours=1)  # what was seen then may be listed only now
_ESCAPE = re.compile(rb'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})?')
_REFUSALS = {  # in plain text, with status 200
    "phrase is too short": "a phrase of it is too short: take it out of `terms` or `queries`",
    "too short or too long": "it is too short or too long: check `terms`, `queries` and `longest_query`",
    "surrounded by ()": "OR may stand in parentheses alone: check `queries`",
    "used around or'd": "parentheses may stand around OR alone: check `queries`",
    "too common": "a word of it is too short, too long or too common: take it out of `terms` or `queries`",
    "timespan is too short": "its time is too short for GDELT: collect less often, or narrow the terms",
    "query": "GDELT finds a mistake in it: check `queries`",
    "invalid": "GDELT finds a mistake in it: check `queries`",
}
Window = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Gdelt:
    """Articles by terms and raw queries, window by window, oldest first."""

    name: ClassVar[str] = "gdelt"
    secrets: ClassVar[tuple[str, ...]] = ()

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    country: Annotated[str, Field(pattern=r"^[A-Za-z]*$")] = "UK"
    language: Annotated[str, Field(pattern=r"^[A-Za-z]*$")] = "english"
    base_url: str = "https://api.gdeltproject.org"
    longest_query: Annotated[int, Field(ge=64, le=4096)] = 250
    records: Annotated[int, Field(ge=1, le=250)] = 250
    seconds_between: Annotated[float, Field(ge=0, le=3600)] = 60.0
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        check_address(self.base_url, "base_url")
        check_queries(self.queries, self.longest_query - len(self._narrowed()))
        if not self._queries():
            raise ConfigError("terms: nothing to look for; give terms or queries")

    def follows(self) -> Iterator[Follow]:
        """Whom raw queries name; handles among the terms are not looked for in the news."""
        for query in self.queries:
            yield from in_query(query, "news", "queries")

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Every query. A refused one doesn't cost the others: it is raised after the last of them."""
        calls, read = self._calls(), list[str]()
        parts = Parts(self.state, since, self.at)
        refused = ""
        for number, query in enumerate(self._queries(), 1):
            place, where = _place(query), f"query {number}"
            part = Part(key=place, kind="search", where=where)
            begun = min(parts.since_of(place), self.at - _STEP)
            windows = _windows(begun, self.at, self.state.get(place, ""))
            try:
                while windows and calls:
                    calls -= 1
                    yield from self._window(query, windows, where)
            except _Refusal as error:
                refused = refused or f"GDELT does not take {where}: {error}"
                yield from parts.fails(part, f"GDELT does not take it: {error}")
                continue
            if windows:
                yield from _later(read, self.at)
                yield SaveState(place, _written(windows[0]), always=True)
                why = (
                    f"{self._calls()} calls are what one run may make; the next goes on from there"
                )
                yield SkippedItem(where, why, stops=True)
                return
            read.append(place)
            yield from parts.well(part)
        yield PartsListed(frozenset(parts.listed))
        if refused:
            yield from _later(read, self.at)
            raise PartsRefused(refused) if read else PlatformRefused(refused)
        yield from (SaveState(place, "", always=True) for place in read if self.state.get(place))

    def _window(
        self, query: str, windows: list[Window], where: str
    ) -> Iterator[Mention | SkippedItem]:
        """The articles of the first window, which goes; its halves come in its place if it is full."""
        start, end = windows[0]
        articles = self._articles(query, start, end)
        windows.pop(0)
        for mention in each(articles, partial(to_mention, at=self.at), at=self.at, where=where):
            yield mention if isinstance(mention, SkippedItem) else self._matched(mention, query)
        if len(articles) < self.records:
            return
        if end - start <= _STEP:
            why = f"GDELT lists {self.records} articles of a quarter of an hour, and no more"
            yield SkippedItem(where, f"{why}: narrow the terms")
            return
        middle = start + (end - start) / 2
        windows[:0] = [(start, middle), (middle, end)]

    def articles(self, back: timedelta) -> list[Any]:
        """What the first query finds of the last hours, as it came. Raises CollectorError."""
        return self._articles(self._queries()[0], self.at - back, self.at)

    def _articles(self, query: str, start: datetime, end: datetime) -> list[Any]:
        params: dict[str, str | int] = {
            "query": query, "mode": "artlist", "format": "json", "maxrecords": self.records,
            "sort": "datedesc", "startdatetime": _compact(start), "enddatetime": _compact(end),
        }  # fmt: skip
        answer = self.http.get(
            f"{self.base_url.rstrip('/')}/api/v2/doc/doc", params,
            judge=partial(raise_for_response, between=self.seconds_between), pace=self.seconds_between,
        )  # fmt: skip
        page = read_json(_mended(answer.content), answer.headers, answer.url)
        articles = (
            page.get("articles", [] if not page else None) if isinstance(page, dict) else None
        )
        if not isinstance(articles, list):
            raise PlatformUnavailable("GDELT sent neither articles nor an empty answer")
        return articles

    def _matched(self, mention: Mention, query: str) -> Mention:
        """With the terms in its title; GDELT looks in the whole article, which it does not send."""
        matched_terms = matching(mention.text, self.terms)
        return mention.with_match(*(matched_terms or (query,)))

    def _queries(self) -> tuple[str, ...]:
        """Terms joined by OR in parentheses, as GDELT wants it, then raw queries; each narrowed."""
        narrowed = self._narrowed()
        words = tuple(
            _phrase(term)
            for term in self.terms
            if len(term.strip()) >= SHORTEST_TERM and not term.strip().startswith("@")
        )
        own = joined(words, self.longest_query - len(narrowed) - len("()"))
        grouped = (f"({query})" if " OR " in query else query for query in own)
        return tuple(f"{query}{narrowed}" for query in (*grouped, *self.queries))

    def _narrowed(self) -> str:
        """What is put after every query."""
        filters = (("sourcecountry", self.country), ("sourcelang", self.language))
        return "".join(f" {key}:{value}" for key, value in filters if value)

    def _calls(self) -> int:
        """So many that all the waits of a run are no longer than the longest that config allows."""
        if not self.seconds_between:
            return self.pages
        return min(self.pages, 1 + int(self.http.longest_wait // self.seconds_between))


class _Refusal(PlatformRefused):
    """A query that GDELT does not take; others may do."""


def raise_for_response(response: requests.Response, *, between: float) -> None:
    """GDELT's own words, which come as plain text with any status. Raises Passing where it wants rest."""
    message = response.content[:400].decode("utf-8", "replace").strip().lower()
    if message.startswith(("{", "[")):
        message = ""
    if response.status_code == 429 or "limit requests to one every" in message:
        match = re.search(r"every (\d{1,4}) seconds", message)
        wait = asked_wait(response.headers) or (float(match[1]) if match else 0.0)
        raise Passing(
            "GDELT wants fewer calls: see seconds_between", retry_after=max(wait, between)
        )
    if message.startswith("<") or response.status_code >= 500:
        return
    for refusal, mend in _REFUSALS.items():
        if refusal in message:
            raise _Refusal(mend)


def _phrase(term: str) -> str:
    """In quotes, but for a single word, which GDELT would refuse as a phrase that is too short."""
    term = term.strip().lstrip("#")
    return term if re.fullmatch(r"\w+", term) else quoted(term)


def _mended(content: bytes) -> bytes:
    """GDELT's JSON with stray backslashes and control characters of titles made right."""
    content = re.sub(rb"[\x00-\x1f]", b" ", content)
    return _ESCAPE.sub(lambda match: match[0] if match[1] else rb"\\", content)


def _place(query: str) -> str:
    """Under which name it is kept how far a query was read."""
    return hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:16]


def _windows(since: datetime, at: datetime, saved_window: str) -> list[Window]:
    """What is to be asked: all since, or from where an earlier run left off, in the step it had come to."""
    try:
        start, _, end = saved_window.partition(" ")
        begun, ended = clock.parse(start), clock.parse(end or start)
    except ValueError:
        return [(since, at)]
    if not since < begun < at - _STEP:
        return [(since, at)]
    return [(begun, ended), (ended, at)] if begun < ended < at - _STEP else [(begun, at)]


def _written(window: Window) -> str:
    return f"{clock.text(window[0])} {clock.text(window[1])}"


def _later(read: list[str], at: datetime) -> Iterator[SaveState]:
    """Queries that were read to the end in a run that didn't come to its own."""
    yield from (SaveState(place, clock.text(at - _LATE), always=True) for place in read)


def _compact(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S")
