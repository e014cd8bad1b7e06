"""X's posts as Mentions: the only code that knows X's field names, in both of its vocabularies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collectors.base import count, counts, decoded, identity, moment, words
from mention import Author, Kind, Mention


@dataclass(frozen=True, slots=True)
class Included:
    """The users and posts that came with a page, by id."""

    users: Mapping[str, Any]
    posts: Mapping[str, Any]


def included(page: Mapping[str, Any]) -> Included:
    """Of what came with a page, what is shaped as it should be."""
    given = page.get("includes")
    includes: Mapping[str, Any] = given if isinstance(given, dict) else {}

    def by_id(*names: str) -> dict[str, Any]:
        lists = [includes[name] for name in names if isinstance(includes.get(name), list)]
        return {
            str(i["id"]): i for items in lists for i in items if isinstance(i, dict) and i.get("id")
        }

    return Included(by_id("users"), by_id("tweets", "posts"))


def _either(post: Mapping[str, Any], *names: str) -> Any:
    """The first of these names that is there: tweet's word or post's."""
    return next((post[name] for name in names if post.get(name) is not None), None)


def to_mention(post: Mapping[str, Any], included: Included, at: datetime) -> Mention:
    """One post. Its id is the first of its edit history; a repost has the words of what it reposts.

    `quoted_id` is what it quotes or reposts.
    """
    users, posts = included.users, included.posts
    own, first = identity(post["id"]), _first_id(post)
    links: dict[str, str] = {}
    for reference in _either(post, "referenced_tweets", "referenced_posts") or []:
        links[reference["type"]] = identity(reference["id"])
    reposted = links.get("retweeted") or links.get("reposted")
    kind: Kind = "post"
    if reposted:
        kind = "repost"
    elif "replied_to" in links:
        kind = "reply"
    elif "quoted" in links:
        kind = "quote"
    raw, _ = _full(post)
    there = posts.get(reposted) if reposted else None
    said = there if isinstance(there, dict) and isinstance(there.get("text"), str) else post
    created = moment(post.get("created_at"))
    original = posts.get(first, {}) if first != own else {}
    user = users.get(str(post.get("author_id")), {})
    handle = words(user.get("username"))
    root = str(post.get("conversation_id") or "")
    return Mention(
        issuer="x", issued_id=first, platform="x", kind=kind,
        url=f"https://x.com/{handle if re.fullmatch(r'[A-Za-z0-9_]+', handle) else 'i'}/status/{own}",
        text=_plain(said), text_raw=raw, author=_author(post, user),
        posted_at=moment(original.get("created_at")) if original.get("created_at") else created,
        edited_at=created if first != own else None, fetched_at=at,
        parent_id=_first_of(links.get("replied_to", ""), posts),
        root_id="" if root in (own, first) else root,
        quoted_id=_first_of(reposted or links.get("quoted", ""), posts),
        metrics=_metrics(post), language=words(post.get("lang")),
    )  # fmt: skip


def _first_id(post: Mapping[str, Any]) -> str:
    history = _either(post, "edit_history_tweet_ids", "edit_history_post_ids") or [post["id"]]
    return identity(history[0]) if isinstance(history, list) else identity(post["id"])


def _first_of(post_id: str, posts: Mapping[str, Any]) -> str:
    """An id under which we know that post, where its edit history came with the page."""
    known = posts.get(post_id)
    try:
        return _first_id(known) if isinstance(known, dict) else post_id
    except (KeyError, ValueError, TypeError):
        return post_id


def _full(post: Mapping[str, Any]) -> tuple[str, Any]:
    """The whole text, which `text` cuts at 280 characters, and the entities that belong to it."""
    note = _either(post, "note_tweet", "note_post")
    if isinstance(note, dict) and note.get("text"):
        return words(note["text"]), note.get("entities") or post.get("entities")
    text = post["text"]
    if not isinstance(text, str):
        raise TypeError("not text")
    return text, post.get("entities")


def _plain(post: Mapping[str, Any]) -> str:
    """Links as they lead, found by their string: whether offsets count &amp; is not documented."""
    text, entities = _full(post)
    urls = entities.get("urls") if isinstance(entities, dict) else None
    shown = {}
    for link in urls if isinstance(urls, list) else []:
        leads = link.get("unwound_url") or link.get("expanded_url")
        if leads and link.get("url"):
            shown[words(link["url"])] = words(leads)
    for short in sorted(shown, key=len, reverse=True):
        text = text.replace(short, shown[short].replace("&amp;", "&").replace("&", "&amp;"))
    return decoded(text)


def _author(post: Mapping[str, Any], user: Mapping[str, Any]) -> Author:
    metrics = user.get("public_metrics")
    followers = metrics.get("followers_count") if isinstance(metrics, dict) else None
    given = post.get("author_id") or user.get("id")
    return Author(
        id=identity(given) if given else "", handle=words(user.get("username")),
        name=decoded(words(user.get("name"))), bio=decoded(words(user.get("description"))), followers=count(followers),
    )  # fmt: skip


def _metrics(post: Mapping[str, Any]) -> dict[str, int]:
    given = post.get("public_metrics")
    metrics = given if isinstance(given, dict) else {}
    shared_ = [
        count(_either(metrics, "retweet_count", "repost_count")),
        count(metrics.get("quote_count")),
    ]
    known = [number for number in shared_ if number is not None]
    return counts(
        likes=metrics.get("like_count"), shares=sum(known) if known else None,
        replies=metrics.get("reply_count"), quotes=metrics.get("quote_count"),
        views=metrics.get("impression_count"),
    )  # fmt: skip
