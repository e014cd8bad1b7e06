"""Facebook's posts and comments as Mentions: the only code that knows the Graph API's names for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.base import counts, identity, moment, words
from collectors.context import objects_of, text_of
from core.context import AnsweredPost, LinkCard, context_of
from core.media import Attachment
from core.models import Author, Kind, Mention

PICTURES = "media,"  # the part of the fields that pictures need
POST_FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,from,is_hidden,attachments{"
    f"{PICTURES}title,description,url,media_type}},message_tags,shares,"
    "comments.limit(0).summary(true),reactions.limit(0).summary(true)"
)
# Graph API reference: Page/ratings and Recommendation, read 2026-11-29
RATING_FIELDS = (
    "created_time,recommendation_type,review_text,has_review,reviewer{id,name},open_graph_story{id}"
)
COMMENT_FIELDS = (
    "id,message,created_time,from,parent{id,message,from},permalink_url,comment_count,like_count,is_hidden,can_hide,"
    "can_remove,message_tags,attachment"
)
_SITE = "https://www.facebook.com"


def post(item: Mapping[str, Any], ours: frozenset[str], at: datetime) -> Mention:
    """One post of the Page, of a visitor, or that tags it. `ours` are the ids of our own Pages.

    Without a message, its text is what Facebook says of it, or what is attached. Facebook marks no edit:
    `updated_time` also moves with each comment.
    """
    attached = _attachments(item)
    message = words(item.get("message"))
    text = message or words(item.get("story")) or _described(attached)
    mention = _mention(
        item, "post", text, message, ours, at,
        metrics=counts(
            likes=_total(item.get("reactions")), replies=_total(item.get("comments")),
            shares=_inner(item.get("shares"), "count"),
        ),
        images=_images(attached),
    )  # fmt: skip
    return dataclasses.replace(
        mention, context=context_of(card=_card(attached)), media=tuple(_attached(attached))
    )


def comment(item: Mapping[str, Any], root: str, ours: frozenset[str], at: datetime) -> Mention:
    """One comment under the post `root`, of any level. `from` is missing where its author is not shown."""
    above = _inner(item.get("parent"), "id")
    parent = identity(above) if above else ""
    message, attached = words(item.get("message")), [item.get("attachment")]
    mention = _mention(
        item, "comment" if parent in ("", root) else "reply", message, message, ours, at, parent=parent or root, root=root,
        metrics=counts(likes=item.get("like_count"), replies=item.get("comment_count")),
        images=_images(attached),
    )  # fmt: skip
    return dataclasses.replace(
        mention, context=context_of(card=_card(attached)), media=tuple(_attached(attached))
    )


def parent_comment(item: Mapping[str, Any], ours: frozenset[str]) -> AnsweredPost | None:
    """The comment that a reply answers, as it comes with the reply; None where it does not."""
    text = text_of(_inner(item.get("parent"), "message"))
    own = str(_inner(item.get("parent"), "from", "id") or "") in ours
    name = text_of(_inner(item.get("parent"), "from", "name")) if own else ""
    post_id = text_of(_inner(item.get("parent"), "id"))
    return AnsweredPost(text=text, handle=name, official=own, post_id=post_id) if text else None


_RECOMMENDS = {
    "positive": "Recommends our Page", "negative": "Does not recommend our Page",
}  # fmt: skip


def recommendation(item: Mapping[str, Any], ours: frozenset[str], at: datetime) -> Mention:
    """What somebody says of our Page by recommending it or not: which of both, and their words.

    It is known by the story that it made; one without is told apart by who wrote it and when.
    """
    verdict, text = (
        _RECOMMENDS.get(str(item.get("recommendation_type"))),
        words(item.get("review_text")).strip(),
    )
    if not (verdict or text):
        raise ValueError("neither a recommendation nor words")
    own = rating_id(item)
    whole = "\n\n".join(part for part in (verdict, text) if part)
    story = {"id": own, "from": item.get("reviewer"), "created_time": item.get("created_time")}
    return _mention(story, "review", whole, text or whole, ours, at, metrics={}, images=())


def rating_id(item: object) -> str:
    """By what a recommendation is known. Raises ValueError where it has neither a story nor a writer and a time."""
    story, writer = _inner(item, "open_graph_story", "id"), _inner(item, "reviewer", "id")
    if isinstance(story, str) and story:
        return story
    written = text_of(_inner(item, "created_time"))
    if not (written and writer):
        raise ValueError("no id")
    return f"rating:{identity(writer)}:{written}"


def _mention(
    item: Mapping[str, Any], kind: Kind, text: str, raw: str, ours: frozenset[str], at: datetime,
    *, metrics: Mapping[str, int], images: tuple[str, ...], parent: str = "", root: str = "",
) -> Mention:  # fmt: skip
    issued_id, author = identity(item["id"]), _author(item.get("from"))
    link = words(item.get("permalink_url")) or f"/{issued_id}"
    return Mention(
        issuer="facebook", issued_id=issued_id, platform="facebook", kind=kind,
        url=f"{_SITE}{link}" if link.startswith("/") else link, text=text, text_raw=raw, author=author,
        posted_at=moment(item.get("created_time")), fetched_at=at, parent_id=parent, root_id=root,
        metrics=metrics, hidden=item.get("is_hidden") is True, own=author.id in ours, images=images,
    )  # fmt: skip


def _author(sender: object) -> Author:
    if not isinstance(sender, dict):
        return Author()
    return Author(
        id=identity(sender["id"]) if sender.get("id") else "", name=words(sender.get("name"))
    )


def _inner(value: object, *names: str) -> Any:
    """What lies in an object in an object; None where one of them is something else."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _total(edge: object) -> Any:
    return _inner(edge, "summary", "total_count")


def _attachments(item: Mapping[str, Any]) -> list[Any]:
    listed = _inner(item.get("attachments"), "data")
    return listed if isinstance(listed, list) else []


def _described(attached: list[Any]) -> str:
    parts = [
        _inner(attachment, name) for attachment in attached[:1] for name in ("title", "description")
    ]
    return "\n\n".join(part for part in parts if isinstance(part, str) and part)


def _card(attached: list[Any]) -> LinkCard | None:
    """The first attachment that has a title or a description."""
    for attachment in objects_of(attached):
        title, description = (text_of(attachment.get(key)) for key in ("title", "description"))
        if title or description:
            url = text_of(attachment.get("url"))
            return LinkCard(title=title, description=description, url=url)
    return None


def _attached(attached: list[Any]) -> Iterator[Attachment]:
    """Pictures, and films by their still."""
    for attachment in objects_of(attached):
        kind = text_of(attachment.get("media_type") or attachment.get("type"))
        src = text_of(_inner(attachment, "media", "image", "src"))
        src = src if src.startswith("http") else ""
        if src or "video" in kind:
            yield Attachment(kind="video" if "video" in kind else "picture", url=src)


def _images(attached: list[Any]) -> tuple[str, ...]:
    """The address of each attached picture."""
    sources = [_inner(attachment, "media", "image", "src") for attachment in attached]
    return tuple(src for src in sources if isinstance(src, str) and src.startswith("http"))
