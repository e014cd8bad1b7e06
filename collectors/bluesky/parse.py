"""Bluesky's posts and profiles as Mentions: the only code that knows the field names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.base import ODD_ERRORS, count, counts, identity, moment, words
from collectors.parsing import UNREADABLE
from core import clock
from core.models import Author, Kind, Mention

_POST = "app.bsky.feed.post"
_LINK = "app.bsky.richtext.facet#link"
_WEB = "https://bsky.app/profile"
NOBODY: Mapping[str, Any] = {}


def to_mention(
    post: Mapping[str, Any],
    at: datetime,
    profiles: Mapping[str, Mapping[str, Any]] = NOBODY,
    official: frozenset[str] = frozenset(),
) -> Mention:
    """A post, or the notification of one. `profiles` have, by did, what a post does not tell of its author.

    Its id and those of what it answers or quotes are at:// addresses. Links stand in `text` as they
    lead; the descriptions of its pictures follow.
    """
    record, who, uri = post["record"], post["author"], identity(post["uri"])
    if record.get("$type", _POST) != _POST:
        raise ValueError("no post")
    embed, reply, did = _map(record.get("embed")), record.get("reply"), identity(who["did"])
    quoted = _quoted(embed)
    kind: Kind = "reply" if reply else "quote" if quoted else "post"
    shown = _linked(words(record.get("text")), record.get("facets"))
    return Mention(
        issuer="bluesky", issued_id=uri, platform="bluesky", kind=kind,
        url=f"{_WEB}/{did}/post/{uri.rpartition('/')[2]}",
        text="\n\n".join(part for part in (shown, *_descriptions(embed)) if part),
        text_raw=words(record.get("text")), author=_author(who, profiles.get(did, NOBODY)),
        posted_at=_posted(record, post), fetched_at=at,
        parent_id=identity(reply["parent"]["uri"]) if reply else "",
        root_id=identity(reply["root"]["uri"]) if reply else "", quoted_id=quoted,
        metrics=_metrics(post), language=_language(record.get("langs")),
        own=_ours(who, official), images=_images(_map(post.get("embed"))),
    )  # fmt: skip


def to_profile(
    profile: Mapping[str, Any], at: datetime, official: frozenset[str] = frozenset()
) -> Mention:
    """An account as a mention of kind profile; its text is name, handle and description."""
    who, begun = _author(profile, profile), moment(profile.get("createdAt"))
    text = "\n".join(part for part in (who.name, f"@{who.handle}", who.bio) if part)
    return Mention(
        issuer="bluesky", issued_id=f"profile:{who.id}", platform="bluesky", kind="profile",
        url=f"{_WEB}/{who.id}", text=text, text_raw=text, author=who, fetched_at=at,
        posted_at=at if begun == UNREADABLE else begun, own=_ours(profile, official),
        images=(who.avatar,) if who.avatar else (),
    )  # fmt: skip


def _author(who: Mapping[str, Any], profile: Mapping[str, Any]) -> Author:
    return Author(
        id=identity(who["did"]), handle=words(who.get("handle")), name=words(who.get("displayName")),
        bio=words(profile.get("description") or who.get("description")),
        followers=count(profile.get("followersCount")), avatar=words(who.get("avatar")),
    )  # fmt: skip


def _ours(who: Mapping[str, Any], official: frozenset[str]) -> bool:
    return bool({str(who.get("handle")).lower(), str(who.get("did")).lower()} & official)


def _posted(record: Mapping[str, Any], post: Mapping[str, Any]) -> datetime:
    """Bluesky's sort time: the earlier of when its author says it was made and when it was indexed."""
    times = (moment(record.get("createdAt")), moment(post.get("indexedAt")))
    return min((time for time in times if time >= clock.EARLIEST), default=UNREADABLE)


def _linked(text: str, facets: object) -> str:
    """The text with its links as they lead; their places count bytes of UTF-8.

    A shortened address gives way to the whole one; other words that carry a link keep their place,
    and the address follows them.
    """
    whole, end = text.encode("utf-8", "surrogatepass"), None
    for start, stop, uri in sorted(_links(facets), reverse=True):
        if not 0 <= start < stop <= (len(whole) if end is None else end):
            continue
        try:
            shown = whole[start:stop].decode()
        except UnicodeDecodeError:  # begins or ends within a character
            continue
        short = shown.rstrip(".…").lower()
        there = uri if short and short in uri.lower() else f"{shown} ({uri})"
        whole = whole[:start] + there.encode("utf-8", "replace") + whole[stop:]
        end = start
    return whole.decode("utf-8", "surrogatepass")


def _links(facets: object) -> Iterator[tuple[int, int, str]]:
    for facet in facets if isinstance(facets, list) else []:
        with contextlib.suppress(*ODD_ERRORS):  # an odd link costs no words
            start, stop = count(facet["index"]["byteStart"]), count(facet["index"]["byteEnd"])
            links = [identity(f["uri"]) for f in facet["features"] if f.get("$type") == _LINK]
            if links and start is not None and stop is not None:
                yield start, stop, links[0]


def _quoted(embed: Mapping[str, Any]) -> str:
    """The address of the post in a record embed, with media or without; not of a feed or a list."""
    inner = _map(embed.get("record"))
    uri = words(_map(inner.get("record") or inner).get("uri"))
    return uri if f"/{_POST}/" in uri else ""


def _media(embed: Mapping[str, Any]) -> Mapping[str, Any]:
    return _map(embed.get("media") or embed)


def _pictures(media: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Up to four pictures are `images`, more of them a gallery's `items` (app.bsky.embed.gallery)."""
    return [*(media.get("images") or []), *(media.get("items") or [])]


def _images(shown: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("fullsize", "thumb", "thumbnail")  # the last is a gallery's word
    pictures = _pictures(_media(shown))
    addresses = (words(next(filter(None, map(p.get, names)), "")) for p in pictures)
    return tuple(address for address in addresses if address)


def _descriptions(embed: Mapping[str, Any]) -> list[str]:
    media = _media(embed)
    return [words(attachment.get("alt")) for attachment in (*_pictures(media), media)]


def _metrics(post: Mapping[str, Any]) -> dict[str, int]:
    known = [count(post.get("repostCount")), count(post.get("quoteCount"))]
    shares = [number for number in known if number is not None]
    return counts(
        likes=post.get("likeCount"), shares=sum(shares) if shares else None,
        replies=post.get("replyCount"), quotes=post.get("quoteCount"),
    )  # fmt: skip


def _language(langs: object) -> str:
    return words(langs[0]) if isinstance(langs, list) and langs else ""


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else NOBODY
