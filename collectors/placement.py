"""Whose page a mention stands on and which posts are above it, out of what a collector has read anyway."""

from __future__ import annotations

import dataclasses

from collectors.context import with_thread_of
from collectors.http.transport import host
from core.context import NOWHERE, AnsweredPost, Owner, Page, PageKind, context_of
from core.models import Mention

NOBODY: frozenset[str] = frozenset()


def owner_of(*names: str, ours: frozenset[str], providers: frozenset[str] = NOBODY) -> Owner:
    """Whose account goes by one of these ids or handles, by the register (lower case, without @)."""
    written = {name.lower().lstrip("@") for name in names if name}
    if written & ours:
        return "organisation"
    return "provider" if written & providers else "other"


def answered_post(post: Mention) -> AnsweredPost:
    """A post that a mention answers. Of our own accounts the name stands in for a missing handle."""
    handle = post.author.handle or (post.author.name if post.own else "")
    return AnsweredPost(text=post.text, handle=handle, official=post.own, post_id=post.issued_id)


def article(post: Mention) -> AnsweredPost:
    """An article that is commented on, without the name of whoever wrote it."""
    return AnsweredPost(text=post.text, official=post.own, post_id=post.issued_id)


def site_page(url: str, *, own: bool, platform: str) -> Page:
    """The site that an address is on, by its host."""
    kind: PageKind = "newspaper" if platform == "news" else "page"
    return Page(owner="organisation" if own else "other", name=host(url), kind=kind)


def under(mention: Mention, page: Page | None, *above: AnsweredPost | Mention | None) -> Mention:
    """A mention on a page and under these posts, nearest first; what is None is not known.

    What a mention shares and shows itself stays.
    """
    answered = [
        post if isinstance(post, AnsweredPost) else answered_post(post) for post in above if post
    ]
    own = mention.context
    context = context_of(page=page, answered=answered, card=own.card, pictures=own.pictures)
    return dataclasses.replace(mention, context=context)


def looked_up(fresh: Mention, stored: Mention) -> Mention:
    """What was looked up by itself, with the page and the posts above that only the first find told.

    Nothing where the first find told nothing: what a thread tells later is more than what a look at the mention
    alone does, and the first context that is stored stays.
    """
    if not stored.context:
        return dataclasses.replace(fresh, context=NOWHERE)
    return dataclasses.replace(fresh, context=with_thread_of(fresh.context, stored.context))
