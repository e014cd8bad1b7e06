"""Fetches each feed once, and asks each WordPress site for one post."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from collectors.feeds import records
from collectors.feeds.collector import ACCEPT, Feeds
from collectors.feeds.options import Feed, Record, issuer
from collectors.feeds.parse import About, read
from collectors.feeds.wordpress import Site, WordPress
from collectors.probing import Probe, came
from core.errors import PlatformRefused
from core.models import Mention

_LOOK = timedelta(days=1)


def probes(source: Feeds) -> Iterator[Probe]:
    """Each feed, site and record by its name."""
    for part, table in source.listed():
        if isinstance(table, Record):
            yield Probe(part.where, partial(_record, source, table, part.where))
        elif isinstance(table, Feed):
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


def _record(source: Feeds, record: Record, where: str) -> str:
    """By its first search, or the whole of what is no search; of a page how many papers it lists."""
    terms = records.terms_of(record, source.terms)[:1]
    preset = records.preset_of(record)
    if preset.format == "feed":
        feeds = records.feeds_of(record, terms or ("NHS",))
        return _feed(source, feeds[0][0])
    reading = records.Reading(
        record=record, http=source.http, web=source.web, terms=terms, at=source.at, where=where, state={},
        cqc_key=source.cqc_key,
    )  # fmt: skip
    if preset.format == "page":
        return came(len(reading.listed()), "paper")
    mentions = [thing for thing in reading.read(source.at - _LOOK) if isinstance(thing, Mention)]
    return came(len(mentions), "record")


def _site(source: Feeds, site: WordPress) -> str:
    if site.left_out:
        raise PlatformRefused(site.left_out)
    asking = Site(site, source.http)
    if site.password:  # what waits is shown to who is signed in alone
        comments, _ = asking.listed("comments", {"per_page": 1, "status": "all"})
        return f"signed in; {came(len(comments), 'comment')}"
    posts, _ = asking.listed("posts", {"per_page": 1})
    return came(len(posts), "post")
