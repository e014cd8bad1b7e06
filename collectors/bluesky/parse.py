"""Bluesky's posts and profiles as Mentions: the only code that knows the field names."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.base import ODD_ERRORS, count, counts, identity, moment, words
from collectors.context import object_of, objects_of, text_of
from collectors.parsing import UNREADABLE
from core import clock
from core.context import AnsweredPost, Context, LinkCard, context_of
from core.media import Attachment, pictures
from core.models import Author, Kind, Mention

_POST = "app.bsky.feed.post"
_LINK = "app.bsky.richtext.facet#link"
_WEB = "https://bsky.app/profile"
_AT_URI = re.compile(rf"at://[\w.:%-]{{1,300}}/{_POST}/[\w.~:-]{{1,512}}", re.ASCII)
NOBODY: Mapping[str, Any] = {}
NO_POSTS: Mapping[str, AnsweredPost | None] = {}


def to_mention(
    post: Mapping[str, Any],
    at: datetime,
    profiles: Mapping[str, Mapping[str, Any]] = NOBODY,
    official: frozenset[str] = frozenset(),
    answered: Mapping[str, AnsweredPost | None] = NO_POSTS,
) -> Mention:
    """A post, or the notification of one. `profiles` have, by did, what a post does not tell of its author.

    Its id and those of what it answers or quotes are at:// addresses. Links stand in `text` as they
    lead; the descriptions of its pictures follow, since their author wrote them too. `answered` are
    the posts, by address, from which its context is taken.
    """
    record, who, uri = post["record"], post["author"], identity(post["uri"])
    if record.get("$type", _POST) != _POST:
        raise ValueError("no post")
    embed, reply, did = object_of(record.get("embed")), record.get("reply"), identity(who["did"])
    quoted = _quoted(embed)
    kind: Kind = "reply" if reply else "quote" if quoted else "post"
    return Mention(
        issuer="bluesky", issued_id=uri, platform="bluesky", kind=kind,
        url=f"{_WEB}/{did}/post/{uri.rpartition('/')[2]}",
        text=_text(record),
        text_raw=words(record.get("text")), author=_author(who, profiles.get(did, NOBODY)),
        posted_at=_posted(record, post), fetched_at=at,
        parent_id=identity(reply["parent"]["uri"]) if reply else "",
        root_id=identity(reply["root"]["uri"]) if reply else "", quoted_id=quoted,
        metrics=_metrics(post), language=_language(record.get("langs")),
        own=_ours(who, official), images=_images(object_of(post.get("embed"))),
        media=_attached(object_of(post.get("embed"))),
        context=_context(post, answered),
    )  # fmt: skip


def to_answered(view: Any, official: frozenset[str] = frozenset()) -> AnsweredPost | None:
    """A post as another answers or quotes it; None for one that is gone, blocked or odd.

    `view` is a postView, or a viewRecord, which has its record under `value`.
    """
    try:
        record, who = view.get("record") or view["value"], view["author"]
        if record.get("$type", _POST) != _POST:
            return None
        return AnsweredPost(
            text=_text(record), handle=words(who.get("handle")), official=_ours(who, official),
            post_id=text_of(view.get("uri")),
        )  # fmt: skip
    except ODD_ERRORS:
        return None


def answered_uris(post: Any) -> list[str]:
    """The addresses of what a post answers and quotes, nearest first: parent, quoted post, root."""
    record = object_of(object_of(post).get("record"))
    reply = object_of(record.get("reply"))
    parent, root = (text_of(object_of(reply.get(end)).get("uri")) for end in ("parent", "root"))
    quoted = text_of(object_of(_quoted_record(object_of(record.get("embed")))).get("uri"))
    return [uri for uri in dict.fromkeys((parent, quoted, root)) if _AT_URI.fullmatch(uri)]


def quoted_view(post: Any) -> Mapping[str, Any]:
    """The view of what a post quotes, where it came with the post; else an empty one."""
    return _quoted_record(object_of(object_of(post).get("embed")))


def _context(post: Mapping[str, Any], answered: Mapping[str, AnsweredPost | None]) -> Context:
    embed = object_of(post["record"].get("embed"))
    posts = [answered.get(uri) for uri in answered_uris(post)]
    external = object_of(_media(embed).get("external"))
    card = LinkCard(
        title=text_of(external.get("title")), description=text_of(external.get("description")),
        url=text_of(external.get("uri")),
    )  # fmt: skip
    return context_of(
        answered=[post for post in posts if post], card=card, pictures=_descriptions(embed)
    )


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
    uri = words(_quoted_record(embed).get("uri"))
    return uri if f"/{_POST}/" in uri else ""


def _quoted_record(embed: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a record embed or its view holds; with media it lies one step deeper."""
    inner = object_of(embed.get("record"))
    return object_of(inner.get("record") or inner)


def _media(embed: Mapping[str, Any]) -> Mapping[str, Any]:
    return object_of(embed.get("media") or embed)


def _pictures(embed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The pictures of an embed or its view: up to four in `images`, more in a gallery's `items`.

    Lexicons app.bsky.embed.images and app.bsky.embed.gallery (2026).
    """
    media = _media(embed)
    return [*objects_of(media.get("images")), *objects_of(media.get("items"))]


def _images(shown: Mapping[str, Any]) -> tuple[str, ...]:
    places = ("fullsize", "thumb", "thumbnail")
    addresses = [
        next((picture[place] for place in places if picture.get(place)), "")
        for picture in _pictures(shown)
    ]
    return tuple(text_of(address) for address in addresses if text_of(address))


def _attached(shown: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Pictures; a film by its still (lexicon app.bsky.embed.video, which tells no length)."""
    media = _media(shown)
    if text_of(media.get("$type")).startswith("app.bsky.embed.video"):
        return (Attachment(kind="video", url=text_of(media.get("thumbnail"))),)
    return pictures(_images(shown))


def _descriptions(embed: Mapping[str, Any]) -> list[str]:
    """What their author says of pictures, or of a film."""
    described = [text_of(part.get("alt")) for part in (*_pictures(embed), _media(embed))]
    return [alt for alt in described if alt]


def _text(record: Mapping[str, Any]) -> str:
    written = _linked(words(record.get("text")), record.get("facets"))
    parts = (written, *_descriptions(object_of(record.get("embed"))))
    return "\n\n".join(part for part in parts if part)


def _metrics(post: Mapping[str, Any]) -> dict[str, int]:
    known = [count(post.get("repostCount")), count(post.get("quoteCount"))]
    shares = [number for number in known if number is not None]
    return counts(
        likes=post.get("likeCount"), shares=sum(shares) if shares else None,
        replies=post.get("replyCount"), quotes=post.get("quoteCount"),
    )  # fmt: skip


def _language(langs: object) -> str:
    return words(langs[0]) if isinstance(langs, list) and langs else ""
