"""WordPress's posts and comments as Mentions: the only code that knows its REST field names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import clock
from collectors.base import count, identity, moment, plain, words
from collectors.feed_page import joined, pictures
from collectors.fields import UNREADABLE
from mention import Author, Mention, Platform

_LOCAL = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """What is known of a site before its items are read."""

    issuer: str
    platform: Platform
    own: bool
    at: datetime


def post_id(number: object) -> str:
    """A post's id: posts and comments are numbered apart. Raises ValueError for no number."""
    return f"post:{identity(number)}"


def comment_id(number: object) -> str:
    """A comment's id. Raises ValueError for no number."""
    return f"comment:{identity(number)}"


def post_to_mention(post: Mapping[str, Any], whose: Whose) -> Mention:
    """One post, with its author where the site embeds one."""
    title, content = plain(_rendered(post, "title")), _rendered(post, "content")
    posted, changed = _moment(post, "date"), _moment(post, "modified")
    given = _embedded(post, "author")
    raw = content or _rendered(post, "excerpt")
    return Mention(
        issuer=whose.issuer, issued_id=post_id(post["id"]), platform=whose.platform, kind="article",
        url=words(post.get("link")), text=joined(title, plain(raw)), text_raw=raw or title,
        author=Author(
            id=_number(post.get("author")), handle=words(given.get("slug")), name=plain(words(given.get("name"))),
            bio=plain(words(given.get("description"))), avatar=_avatar(given.get("avatar_urls")),
        ),
        posted_at=posted, edited_at=changed if changed > posted else None, fetched_at=whose.at,
        own=whose.own, hidden=_hidden(post, "publish"),
        images=pictures(content, _embedded(post, "wp:featuredmedia").get("source_url")),
    )  # fmt: skip


def comment_to_mention(comment: Mapping[str, Any], whose: Whose) -> Mention:
    """One comment, or a reply to one."""
    above, parent = post_id(comment["post"]), _number(comment.get("parent"))
    raw = _rendered(comment, "content")
    return Mention(
        issuer=whose.issuer, issued_id=comment_id(comment["id"]), platform=whose.platform,
        kind="reply" if parent else "comment", url=words(comment.get("link")), text=plain(raw), text_raw=raw,
        author=Author(
            id=_number(comment.get("author")), name=plain(words(comment.get("author_name"))),
            avatar=_avatar(comment.get("author_avatar_urls")),
        ),
        posted_at=_moment(comment, "date"), fetched_at=whose.at, root_id=above,
        parent_id=comment_id(parent) if parent else above,
        hidden=_hidden(comment, "approved"), images=pictures(raw),
    )  # fmt: skip


def _rendered(item: Mapping[str, Any], name: str) -> str:
    """A field as HTML. Raises TypeError for what is none."""
    held = item.get(name)
    return words(held.get("rendered") if isinstance(held, Mapping) else held)


def _moment(item: Mapping[str, Any], name: str) -> datetime:
    """By the GMT twin, which says no offset; else the site's own time, taken to be UK time."""
    found = moment(item.get(f"{name}_gmt"))
    local = item.get(name)
    if found != UNREADABLE or not isinstance(local, str):
        return found
    try:
        return clock.from_local(local, _LOCAL)
    except ValueError:
        return moment(local)


def _number(value: object) -> str:
    """The number of an author or parent; empty for 0, which is nobody."""
    number = count(value)
    return str(number) if number else ""


def _embedded(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What came with an item; empty where the site keeps it back (then an error stands in its place)."""
    holder = item.get("_embedded")
    listed = holder.get(name) if isinstance(holder, Mapping) else None
    first = listed[0] if isinstance(listed, list) and listed else {}
    return first if isinstance(first, Mapping) and "code" not in first else {}


def _avatar(sizes: object) -> str:
    """The address of the largest picture."""
    named = sizes if isinstance(sizes, Mapping) else {}
    by_size = {count(size) or 0: words(address) for size, address in named.items()}
    return by_size[max(by_size)] if by_size else ""


def _hidden(item: Mapping[str, Any], shown: str) -> bool:
    """Whether its status is another than what everybody sees."""
    status = item.get("status")
    return isinstance(status, str) and bool(status) and status != shown
