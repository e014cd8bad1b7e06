"""Signs in to Bluesky in a session of its own, and asks for one post."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.bluesky.client import Session
from collectors.bluesky.collector import Bluesky, listed
from collectors.probing import Probe, came
from collectors.queries import quoted


def probes(source: Bluesky) -> Iterator[Probe]:
    """A new session: to renew the one that is kept would take it from the next run."""
    yield Probe("", partial(_search, source))


def _search(source: Bluesky) -> str:
    session = Session(source.http, source.base_url, source.identifier, source.app_password, "")
    query = next(iter((*(quoted(term) for term in source.terms if term.strip()), *source.queries)))
    answer = session.get("app.bsky.feed.searchPosts", [("q", query), ("limit", 1)])
    return f"signed in; {came(len(listed(answer, 'posts')[:1]), 'post')}"
