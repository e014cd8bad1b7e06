"""Asks Google for one review of each place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.google.collector import Google, Location
from collectors.probing import Probe, came


def probes(source: Google) -> Iterator[Probe]:
    """One call a place."""
    for part, place in source.listed():
        yield Probe(part.name, partial(_review, source, place))


def _review(source: Google, place: Location) -> str:
    source.check_access()
    reviews, _ = source.calls.page(place.name, 1, "")
    return f"its token is taken; {came(len(reviews[:1]), 'review')}"
