"""Fetches each feed once, and asks each WordPress site for one post."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.feeds.collector import ACCEPT, Feeds
from collectors.feeds.options import Feed, issuer
from collectors.feeds.parse import About, read
from collectors.feeds.wordpress import Site, WordPress
from collectors.probing import Probe, came
from core.errors import PlatformRefused


def probes(source: Feeds) -> Iterator[Probe]:
    """Each feed and site by its name."""
    for part, table in source.listed():
        if isinstance(table, Feed):
            yield Probe(part.where, partial(_feed, source, table))
        else:
            yield Probe(part.where, partial(_site, source, table))


def _feed(source: Feeds, feed: Feed) -> str:
    if feed.left_out:
        raise PlatformRefused(feed.left_out)
    answer = source.http.get(feed.url, headers={"Accept": ACCEPT})
    about = About(issuer=issuer(feed), platform=None, kind=None, at=source.at)
    page = read(answer.content, answer.headers, answer.url, about)
    moved = "; it has moved for good: write its new address" if answer.moved else ""
    return f"{came(len(page.items), 'entry', 'entries')}{moved}"


def _site(source: Feeds, site: WordPress) -> str:
    if site.left_out:
        raise PlatformRefused(site.left_out)
    asking = Site(site, source.http)
    if site.password:  # what waits is shown to who is signed in alone
        comments, _ = asking.listed("comments", {"per_page": 1, "status": "all"})
        return f"signed in; {came(len(comments), 'comment')}"
    posts, _ = asking.listed("posts", {"per_page": 1})
    return came(len(posts), "post")
