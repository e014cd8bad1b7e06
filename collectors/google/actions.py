"""Looks reviews on Google and the answers to them up again, by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from collectors.base import Gone, Rechecked, each
from collectors.google.client import Absent, Calls
from collectors.google.collector import Google, Location
from collectors.google.parse import ANSWER, answer_in
from collectors.placement import looked_up
from core.models import Mention


def recheck(source: Google, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """One call a review, whether it is asked for itself or for its answer. Raises CollectorError.

    A place that can't be read any more is told of each of its reviews that they are not there: so an absence is
    believed once a review of the place, or else the list of them, was shown in this run.
    """
    if not mentions:
        return
    source.check_access()
    known = _Reviews(source.calls)
    for number, mention in enumerate(mentions, 1):
        place = next(
            (location for location in source.location if location.number in mention.matched), None
        )
        if place is None:  # its place was taken out of the table
            continue
        review, is_answer = (
            mention.issued_id.removesuffix(ANSWER),
            mention.issued_id.endswith(ANSWER),
        )
        item = known.find(place, review)
        if item is None or (is_answer and not answer_in(item)):
            yield Gone(mention.issuer, mention.issued_id)
            continue
        read = partial(_again, source, place, stored=mention)
        yield from each([item], read, at=source.at, where=f"review {number}")


def _again(source: Google, place: Location, item: Any, stored: Mention) -> Mention:
    if stored.issued_id.endswith(ANSWER):
        fresh = place.read_answer(item, None, source.at, source.terms)
    else:
        fresh = place.read(item, source.at, source.terms)
    return looked_up(fresh, stored).with_match(*stored.matched)


class _Reviews:
    """Reviews of one run by name, each asked for once; None of one that is there no more."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.items: dict[str, Mapping[str, Any] | None] = {}
        self.shown: set[str] = set()  # places of which Google has shown something

    def find(self, place: Location, review: str) -> Mapping[str, Any] | None:
        name = f"{place.name}/reviews/{review}"
        if name not in self.items:
            try:
                self.items[name] = self.calls.review(name)
            except Absent:
                self._prove(place)
                self.items[name] = None
            self.shown.add(place.name)
        return self.items[name]

    def _prove(self, place: Location) -> None:
        if place.name not in self.shown:
            self.calls.page(place.name, 1, "")
