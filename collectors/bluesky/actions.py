"""Bluesky, beside collecting: is a post still there, and accounts whose name may be ours.

There is no moderation here: a reply in a thread of our own could be hidden by a threadgate record, which
is not confirmed, and reports to Bluesky are made in the app.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from collectors.base import (
    Gone,
    ParentGone,
    ParentThere,
    Rechecked,
    RecheckedParent,
    SaveState,
    SkippedItem,
    each,
)
from collectors.bluesky.collector import Bluesky, listed
from collectors.bluesky.parse import to_answered, to_profile
from collectors.bluesky.threads import AT_ONCE
from collectors.context import with_thread_of
from core.context import ParentPost
from core.errors import PlatformUnavailable
from core.models import Mention


def recheck(source: Bluesky, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Posts by their addresses, 25 at a time. Gone is what a whole answer leaves out.

    An account that is deactivated or suspended takes its posts with it. Raises CollectorError.
    """
    yield from source.session.kept_after(_recheck(source, mentions))


def _recheck(source: Bluesky, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    posts = [mention for mention in mentions if mention.issued_id.startswith("at://")]
    for start in range(0, len(posts), AT_ONCE):
        batch = {mention.issued_id: mention for mention in posts[start : start + AT_ONCE]}
        post_views = _views(source, list(batch))
        there = {post["uri"] for post in post_views}
        for mention in source.read(post_views, f"recheck from {start + 1}", threads=False):
            yield mention if isinstance(mention, SkippedItem) else _again(mention, batch)
        yield from (Gone(m.issuer, uri) for uri, m in batch.items() if uri not in there)


def _views(source: Bluesky, uris: Sequence[str]) -> list[Any]:
    """The views of those of these posts that are there. Raises PlatformUnavailable for any other answer."""
    params = [("uris", uri) for uri in uris]
    post_views = listed(source.session.get("app.bsky.feed.getPosts", params), "posts")
    there = {post.get("uri") for post in post_views if isinstance(post, dict)}
    if len(there & set(uris)) < len(post_views):  # one of them can be any of those that we miss
        raise PlatformUnavailable("Bluesky sent posts that were not asked for, or no posts")
    return post_views


def recheck_parents(source: Bluesky, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Posts by their addresses, 25 at a time. Gone is what a whole answer leaves out. Raises CollectorError."""
    yield from source.session.kept_after(_parents(source, posts))


def _parents(source: Bluesky, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    uris = [post.issued_id for post in posts if post.issued_id.startswith("at://")]
    for start in range(0, len(uris), AT_ONCE):
        batch = uris[start : start + AT_ONCE]
        there = {post["uri"]: to_answered(post) for post in _views(source, batch)}
        for uri in batch:
            if uri in there:
                now = there[uri]
                yield ParentThere("bluesky", uri, now.text if now else "")
            else:
                yield ParentGone("bluesky", uri)


def _again(fresh: Mention, batch: dict[str, Mention]) -> Mention:
    stored = batch[fresh.issued_id]
    context = with_thread_of(fresh.context, stored.context)
    return replace(fresh, matched=stored.matched, own=fresh.own or stored.own, context=context)


def profiles(source: Bluesky, names: Sequence[str]) -> Iterator[Mention | SkippedItem | SaveState]:
    """Accounts that Bluesky finds by each name, its first page, with their followers."""
    yield from source.session.kept_after(_profiles(source, names))


def _profiles(source: Bluesky, names: Sequence[str]) -> Iterator[Mention | SkippedItem]:
    read = partial(to_profile, at=source.at, official=source.ours)
    for number, name in enumerate(names, 1):
        params: list[tuple[str, str | int]] = [("q", name), ("limit", source.page_size)]
        actors = listed(source.session.get("app.bsky.actor.searchActors", params), "actors")
        dids = [did for who in actors if (did := _did(who))]
        whole = {_did(who): who for who in source.authors.profiles(dids)}
        shown = [whole.get(_did(who), who) for who in actors]
        yield from each(shown, read, at=source.at, where=f"profiles of name {number}")


def _did(who: Any) -> str:
    return str(who.get("did") or "") if isinstance(who, dict) else ""
