"""How far lists were read: what one run had to leave is read by the next ones, so that nothing is lost.

A list comes newest first. Where a cap, a budget or an outage stops it, what is left is a gap; the
next run reads what is new since, then the gaps, newest first, until none is left.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from collectors.base import ODD_ERRORS, SaveState, SkippedItem, pages
from core import clock

_NAME = "places"
_MOST_GAPS = 20  # more are joined: what lies between two of them is read again, which is no harm
_NEXT = "\0next "  # stands for a page token where a stretch ends and the next begins


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch that is still to be read: since `start` and after the item `after`, before `until`.

    The items are ids as the platform takes them; "" bounds nothing. `reached` is when the oldest item
    was written that has been read above this stretch, as clock.text; "" for none.
    """

    start: datetime
    after: str = ""
    until: str = ""
    reached: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One page of a list. `token` leads to the next; `newest` and `oldest` are for Span's bounds."""

    page: Any
    token: str = ""
    newest: str = ""
    oldest: str = ""
    reached: str = ""
    size: int = 0


class Place:
    """Where the reading of one list stands. `read` counts the items since it was last read whole."""

    def __init__(self, record: object, since: datetime, at: datetime, margin: timedelta) -> None:
        self.since, self.at, self.newest, self.read = since, at, "", 0
        self.new, self.gaps = [Span(since)], list[Span]()
        self.begun = False  # nothing of it was read in this run yet
        try:
            self._go_on(record, margin)
        except ODD_ERRORS:
            return  # nothing kept, or nothing that we wrote: from the start

    def _go_on(self, record: Any, margin: timedelta) -> None:
        since, newest = clock.parse(record["since"]), str(record["newest"])
        if since > self.since or clock.parse(record["read_at"]) > self.at:
            return  # a look further back than that run's, or one by a clock that was ahead: everything again
        gaps = [Span(clock.parse(start), *rest) for start, *rest in record["gaps"]]
        new = Span(min(clock.parse(record["read_at"]) - margin, self.at), newest)
        self.since, self.newest, self.read = since, newest, int(record["read"])
        self.new, self.gaps = [new], gaps

    @property
    def left(self) -> list[Span]:
        """What is still to be read, newest first."""
        return [*self.new, *self.gaps]

    def pages(
        self, ask: Callable[[Span, str], Part], *, most: int, where: str
    ) -> Iterator[tuple[int, Any] | SkippedItem]:
        """As base.pages: what is new, then what was left, `most` pages of each so that both get on.

        `ask` takes a stretch and a page token.
        """
        number = 0
        for spans in (self.new, self.gaps):
            for numbered_page in self._walk(spans, ask, most, where) if spans else ():
                if isinstance(numbered_page, SkippedItem):
                    yield numbered_page
                else:
                    number += 1
                    yield number, numbered_page[1]

    def _walk(
        self, spans: list[Span], ask: Callable[[Span, str], Part], most: int, where: str
    ) -> Iterator[tuple[int, Any] | SkippedItem]:
        span = spans[0]

        def fetch(token: str) -> tuple[Any, str]:
            nonlocal span
            if not token or token.startswith(_NEXT):
                span, token = spans[0], ""
            part = ask(span, token)  # all pages of a stretch by the same bounds
            return part.page, self._took(spans, part)

        return pages(fetch, most=most, where=where)

    def _took(self, spans: list[Span], part: Part) -> str:
        """Notes what is left of a stretch; the token of its next page, or what leads to the next one."""
        if not self.begun:  # the newest of all stands on the first page
            self.newest, self.begun = part.newest or self.newest, True
        self.read += part.size
        if part.token:
            spans[0] = replace(
                spans[0],
                until=part.oldest or spans[0].until,
                reached=part.reached or spans[0].reached,
            )
            return part.token
        del spans[0]
        return f"{_NEXT}{len(spans)}" if spans else ""

    def written(self) -> dict[str, Any]:
        """What the next run must know, for JSON."""
        gaps = self.left
        while len(gaps) > _MOST_GAPS:
            oldest = gaps.pop()
            gaps[-1] = replace(gaps[-1], start=oldest.start, after=oldest.after)
        return {
            "since": clock.text(self.since), "read_at": clock.text(self.at), "newest": self.newest,
            "read": self.read if gaps else 0,
            "gaps": [[clock.text(gap.start), gap.after, gap.until, gap.reached] for gap in gaps],
        }  # fmt: skip


class Places:
    """The places of all lists of one source, by what they list."""

    def __init__(self, state: Mapping[str, str], since: datetime, at: datetime) -> None:
        self.since, self.at = since, at
        self._told: dict[str, Any] = {}
        self._places: dict[str, Place] = {}
        try:
            records = json.loads(state.get(_NAME) or "{}")
        except ValueError:
            return
        if isinstance(records, dict):
            self._told = records

    def of(self, what: str, margin: timedelta, since: datetime | None = None) -> Place:
        """The place of a list, by words that name it; they are kept as a digest alone.

        `margin` is how long before a stopped run the next one begins, for what is listed late. `since` is the list's
        own bookmark, where it has one.
        """
        digest = hashlib.blake2b(what.encode(), digest_size=6).hexdigest()
        place = Place(self._told.get(digest), since or self.since, self.at, margin)
        self._places[digest] = place
        return place

    def keep(self) -> SaveState:
        """All of them, to be kept whatever becomes of the run."""
        now = {what: place.written() for what, place in self._places.items() if place.begun}
        return SaveState(_NAME, json.dumps({**self._told, **now}), always=True)

    def end(self) -> Iterator[SaveState]:
        """Once every list was read to its end, the bookmark says it all and the places are forgotten."""
        if not any(place.left for place in self._places.values()):
            yield SaveState(_NAME, "{}", always=True)
