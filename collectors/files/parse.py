"""A row of an export as a Mention: which heading means what, and how tools write ids, dates, numbers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from collectors.base import counts, identity, moment
from collectors.platforms import FACTS
from core import clock
from core import context as contexts
from core.context import NOWHERE, AnsweredPost, Context, LinkCard, Page, context_of
from core.models import KINDS, PLATFORMS, Author, Kind, Mention, Platform

# How local times are written, the first that fits.
DATES = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%m-%Y %H:%M",
    "%d %b %Y %H:%M",
    "%d %b %Y",
)
# what tools write above a column, in lower case without punctuation; the first that is there is taken
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "full text", "message", "content", "body", "post", "post text", "post message", "comment",
             "mention", "mention content", "snippet", "hit sentence", "opening text", "sound bite text", "caption", "review"),
    "title": ("title", "headline", "mention title", "subject"),
    "id": ("id", "post id", "mention id", "resource id", "document id", "item id", "message id", "tweet id"),
    "url": ("url", "permalink", "link", "post url", "post link", "mention url", "source url", "web link", "thread url"),
    "platform": ("platform", "network", "social network", "channel", "source type", "page type", "content source name",
                 "media type", "site", "source", "domain"),
    "kind": ("kind", "post type", "content type", "message type", "mention type", "type"),
    "posted_at": ("posted at", "posted", "date", "published", "published at", "created at", "created time", "date time",
                  "date utc", "date created", "publication date", "timestamp", "created", "time"),
    "edited_at": ("edited at", "updated at", "updated"),
    "handle": ("handle", "author handle", "username", "user name", "screen name", "sender screen name", "author username"),
    "author": ("author", "author name", "name", "user", "full name", "display name", "from", "sender", "influencer"),
    "author_id": ("author id", "user id", "sender id"),
    "bio": ("bio", "author bio", "description", "author description", "biography"),
    "followers": ("followers", "follower count", "author followers", "twitter followers", "x followers", "audience"),
    "likes": ("likes", "like count", "favourites", "favorites", "facebook likes", "twitter likes", "reactions"),
    "shares": ("shares", "share count", "retweets", "reposts", "twitter retweets", "facebook shares"),
    "replies": ("replies", "reply count", "comments", "comment count", "twitter replies", "facebook comments"),
    "quotes": ("quotes", "quote count"),
    "views": ("views", "impressions", "view count", "estimated views"),
    "score": ("score", "upvotes"),
    "language": ("language", "lang"),
    "parent_id": ("parent id", "in reply to", "in reply to id", "parent post id"),
    "root_id": ("root id", "thread id", "conversation id"),
    "quoted_id": ("quoted id",),
    "page": ("page", "page name", "subreddit"),
    "parent_text": ("parent text", "parent post text", "in reply to text"),
    "card_title": ("card title", "link title", "link name"),
    "context": ("context",),
}  # fmt: skip
_PLATFORMS: Mapping[str, Platform] = {
    export_name: name for name, facts in FACTS.items() for export_name in facts.export_names
}
_HOSTS: Mapping[str, Platform] = {
    host: name for name, facts in FACTS.items() for host in facts.url_hosts
}
_KIND_WORDS: Mapping[str, Kind] = {
    "tweet": "post", "status": "post", "original": "post", "retweet": "repost", "share": "repost", "reply": "reply",
    "quote": "quote", "quote tweet": "quote", "comments": "comment", "news": "article", "blog": "article",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one file is to be read: its mapping, its platform and forms of date, its name."""

    columns: Mapping[str, str]
    platform: Platform | Literal[""]
    dates: tuple[str, ...]
    at: datetime
    file: str


def columns_in(headings: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Our names to the headings that are there: as config maps them, else as tools commonly do."""
    there = {
        heading_words(heading): heading for heading in reversed(headings) if heading_words(heading)
    }
    columns = {
        name: there[heading_words(h)] for name, h in wanted.items() if heading_words(h) in there
    }
    taken = set(columns.values())
    for name, common in _HEADINGS.items():
        if name in wanted:
            continue
        match = next((there[h] for h in common if h in there and there[h] not in taken), None)
        if match is not None:
            columns[name] = match
            taken.add(match)
    return columns


def heading_words(heading: str) -> str:
    """A heading in lower case without punctuation, as headings are compared."""
    return " ".join(re.sub(r"[^\w]|_", " ", str(heading)).casefold().split())


def to_mention(row: Mapping[str, Any], reading: Reading) -> Mention:
    """One row. Its issuer is the platform that it names; its id that of a column, its address or a hash."""
    flat = _flat({key: value for key, value in row.items() if key != "context"})
    columns = columns_in(tuple(flat), {**_nested(flat), **reading.columns})
    cell = {name: flat.get(heading) for name, heading in columns.items()}
    body, title = _text(cell.get("text")), _text(cell.get("title"))
    text = f"{title}\n\n{body}" if title and not body.startswith(title) else body
    if not text.strip():
        raise ValueError("no text")
    url = _text(cell.get("url")).strip()
    named, platform = _platform(_text(cell.get("platform")), url, reading)
    posted = (
        _moment(cell.get("posted_at"), reading)
        if _text(cell.get("posted_at")).strip()
        else reading.at
    )
    return Mention(
        issuer=named, issued_id=_id(cell.get("id"), url, platform, text, cell.get("posted_at")),
        platform=platform, kind=_kind(_text(cell.get("kind")), platform), url=url, text=text, text_raw=body,
        author=Author(
            id=_exact(cell.get("author_id")), handle=_text(cell.get("handle")).strip().lstrip("@"),
            name=_text(cell.get("author")).strip(), bio=_text(cell.get("bio")), followers=_number(cell.get("followers")),
        ),
        posted_at=posted, fetched_at=reading.at,
        edited_at=_moment(cell["edited_at"], reading) if _text(cell.get("edited_at")).strip() else None,
        parent_id=_exact(cell.get("parent_id")), root_id=_exact(cell.get("root_id")),
        quoted_id=_exact(cell.get("quoted_id")), language=_text(cell.get("language")).strip(),
        metrics=counts(**{name: _number(cell.get(name)) for name in ("likes", "shares", "replies", "quotes", "views", "score")}),
        context=_context(row, cell),
    )  # fmt: skip


def _context(row: Mapping[str, Any], cell: Mapping[str, Any]) -> Context:
    """By the key `context` as `classify` reads it, an object or JSON in a cell; else by the columns of its parts.

    One of another shape is none.
    """
    written = row.get("context") or cell.get("context")
    if isinstance(written, Mapping) or _text(written).startswith("{"):
        try:
            return contexts.from_json(json.loads(written) if isinstance(written, str) else written)
        except (ValueError, RecursionError):
            return NOWHERE
    page, above, title = (
        _text(cell.get(key)).strip() for key in ("page", "parent_text", "card_title")
    )
    return context_of(
        page=Page(name=page) if page and not page.isdecimal() else None, answered=[AnsweredPost(text=above)],
        card=LinkCard(title=title),
    )  # fmt: skip


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Nested objects as author.handle; a CSV's row as it is."""
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            flat.update({f"{key}.{inner}": deeper for inner, deeper in value.items()})
        else:
            flat[str(key)] = value
    return flat


def _nested(flat: Mapping[str, Any]) -> dict[str, str]:
    """Where the lines that `classify` reads have their fields."""
    ours = {"author_id": "author.id", "author": "author.name", "handle": "author.handle", "bio": "author.bio",
            "followers": "author.followers", **{m: f"metrics.{m}" for m in ("likes", "shares", "replies", "quotes", "views", "score")}}  # fmt: skip
    return {name: heading for name, heading in ours.items() if heading in flat}


def _text(value: object) -> str:
    """A cell as text; a formula is the text that it is written as."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _platform(written: str, url: str, reading: Reading) -> tuple[str, Platform]:
    """Who issued the id, and the platform to show. A file that names none gives its ids itself."""
    name = heading_words(written)
    squeezed = name.replace(" ", "_")
    platform = next((p for p in PLATFORMS if p == squeezed), _PLATFORMS.get(name))
    by_host = _by_host(url)
    if platform in ("review", "other", "blog", "news") or (name and platform is None):
        return squeezed, platform or by_host or reading.platform or "other"
    if platform is None:
        platform = reading.platform or by_host
    return (platform, platform) if platform else (f"file:{reading.file}", "other")


def _by_host(url: str) -> Platform | None:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return None
    return next(
        (p for known, p in _HOSTS.items() if host == known or host.endswith(f".{known}")), None
    )


def _id(value: object, url: str, platform: Platform, text: str, posted: object) -> str:
    """An id that a spreadsheet has not rounded, else the address's own, else the address, else a hash."""
    exact_id = _exact(value)
    if exact_id:
        return exact_id
    for pattern, form in FACTS[platform].native_ids:
        if match := re.search(pattern, url):
            return form.format(match[1])
    if url:
        return url
    return (
        "sha256:" + hashlib.sha256(f"{text}\n{posted}".encode("utf-8", "replace")).hexdigest()[:32]
    )


def _exact(value: object) -> str:
    """An id as it was; empty where Excel made 1.99E+18 of it. Raises ValueError for a truth value."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, float) or (
        isinstance(value, str) and re.fullmatch(r"\s*\d([.,]\d+)?[eE]\+?\d+\s*", value)
    ):
        return ""
    return identity(value).lstrip("'") if isinstance(value, str) else identity(value)


def _kind(written: str, platform: Platform) -> Kind:
    name = heading_words(written)
    known = next((kind for kind in KINDS if kind == name), _KIND_WORDS.get(name))
    return known or FACTS[platform].kind


def _moment(value: object, reading: Reading) -> datetime:
    """By the forms that config gives, in UK time; else as any platform writes it. UNREADABLE if not."""
    if isinstance(value, datetime | date):
        return clock.from_local(value)
    written = _text(value).strip()
    for form in reading.dates:
        try:
            return clock.from_local(written, form)
        except ValueError:
            continue
    return moment(
        value if isinstance(value, int | float) and not isinstance(value, bool) else written
    )


def _number(value: object) -> int | None:
    """1,204 and 1.2K and 3M as numbers; None for what is none."""
    if not isinstance(value, str):
        return counts(n=value).get("n")
    match = re.fullmatch(r"(-?\d[\d,\s]*(?:\.\d+)?)\s*([kKmM]?)", value.strip())
    if not match:
        return None
    scale = {"": 1, "k": 1_000, "m": 1_000_000}[match[2].lower()]
    return counts(n=round(float(re.sub(r"[,\s]", "", match[1])[:18]) * scale)).get("n")
