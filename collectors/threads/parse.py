"""Threads' posts and replies as Mentions: the only code that knows the interface's names for them.

The fields are those of developers.facebook.com/docs/threads/reference/media-retrieval (read on 29 November 2026). Of
others' posts neither likes nor anything of the author but the name is given; what a post answers comes as an id.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.base import identity, moment, words
from collectors.context import object_of, text_of
from core.context import LinkCard, context_of
from core.media import Attachment
from core.models import Author, Kind, Mention

PICTURES = "media_url,thumbnail_url,alt_text,"  # the part of the fields that pictures need
FIELDS = (
    f"id,media_type,{PICTURES}permalink,username,text,timestamp,has_replies,is_reply,is_quote_post,"
    "replied_to,root_post,quoted_post,link_attachment_url,text_attachment"
)
REPLY_FIELDS = f"{FIELDS},hide_status,is_reply_owned_by_me"
_SHOWN = frozenset(("", "NOT_HUSHED", "UNHUSHED"))  # of `hide_status`


def to_mention(
    item: Mapping[str, Any], ours: frozenset[str], at: datetime, root: str = ""
) -> Mention:
    """One post or reply; `root` is the post under which it was read. `ours` are our own handles, lower case."""
    handle, raw = words(item.get("username")), words(item.get("text"))
    longer = words(object_of(item.get("text_attachment")).get("plaintext"))
    parent = _id(item.get("replied_to")) or (root if item.get("is_reply") is True else "")
    above = root or _id(item.get("root_post"))
    own = handle.lower() in ours - {""} or item.get("is_reply_owned_by_me") is True
    mention = Mention(
        issuer="threads", issued_id=identity(item["id"]), platform="threads", kind=_kind(item, parent, above),
        url=words(item.get("permalink")), text="\n\n".join(filter(None, (raw, longer))), text_raw=raw,
        author=Author(handle=handle), posted_at=moment(item.get("timestamp")), fetched_at=at,
        parent_id=parent, root_id=above, quoted_id=_id(item.get("quoted_post")), own=own,
        hidden=text_of(item.get("hide_status")) not in _SHOWN, images=_images(item),
        metrics={"replies": 0} if item.get("has_replies") is False else {},
    )  # fmt: skip
    link, alt = text_of(item.get("link_attachment_url")), text_of(item.get("alt_text"))
    context = context_of(card=LinkCard(url=link) if link else None, pictures=[alt] if alt else ())
    return dataclasses.replace(mention, context=context, media=tuple(_attached(item)))


def _kind(item: Mapping[str, Any], parent: str, root: str) -> Kind:
    """A comment stands under a post, a reply under a comment."""
    if item.get("is_reply") is True:
        return "comment" if parent in ("", root) else "reply"
    if text_of(item.get("media_type")) == "REPOST_FACADE":
        return "repost"
    return "quote" if item.get("is_quote_post") is True else "post"


def _id(thing: object) -> str:
    number = object_of(thing).get("id")
    return identity(number) if number else ""


def _images(item: Mapping[str, Any]) -> tuple[str, ...]:
    shown = text_of(item.get("media_url"))
    return (shown,) if shown.startswith("https://") and item.get("media_type") == "IMAGE" else ()


def _attached(item: Mapping[str, Any]) -> Iterator[Attachment]:
    """A picture, or a film by its still; of an album no more is asked for than that it is there."""
    match item.get("media_type"):
        case "IMAGE":
            yield Attachment(url="".join(_images(item)))
        case "VIDEO":
            still = text_of(item.get("thumbnail_url"))
            yield Attachment(kind="video", url=still if still.startswith("https://") else "")
        case "CAROUSEL_ALBUM":
            yield Attachment()
