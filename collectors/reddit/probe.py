"""Asks Reddit for one post: by the first search, or of the first subreddit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.probing import Probe, came
from collectors.queries import check_approval
from collectors.reddit.collector import Reddit


def probes(source: Reddit) -> Iterator[Probe]:
    """One sign-in and one call."""
    yield Probe("", partial(_first, source))


def _first(source: Reddit) -> str:
    check_approval(source.approval, "reddit", "Reddit")
    _, listing = source.listed()[0]
    params = {"limit": "1"}
    if listing.query:
        params |= {"q": listing.query, "sort": "new", "t": "week", "type": "link"}
    children, _ = source.asking().page(listing.path, params)
    return f"signed in; {came(min(len(children), 1), 'post')}"
