"""Instagram's media and comments as Mentions: the only code that knows the Graph API's names for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collectors.base import counts, identity, moment, words
from core.media import Attachment
from core.models import Author, Kind, Mention

PICTURES = "media_url,"  # the part of the fields that pictures need
HASHTAG_FIELDS = f"id,caption,media_type,{PICTURES}permalink,timestamp,like_count,comments_count"
MEDIA_FIELDS = f"{HASHTAG_FIELDS},username"
REPLY_FIELDS = "id,text,timestamp,username,from{id,username},parent_id,hidden,like_count"
COMMENT_FIELDS = f"{REPLY_FIELDS},media{{id,permalink}}"
MENTIONED_FIELDS = "id,text,timestamp,username,like_count,media{id,permalink}"


def media(item: Mapping[str, Any], ours: frozenset[str], at: datetime) -> Mention:
    """One picture, album, video or reel. `ours` are our own ids and handles, lower case.

    A caption may be missing, and a hashtag's results have no author.
    """
    caption, metrics = words(item.get("caption")), counts(
        likes=item.get("like_count"), replies=item.get("comments_count")
    )  # fmt: skip
    shown = item.get("media_url")
    is_picture = isinstance(shown, str) and shown.startswith("http")
    mention = _mention(item, "post", caption, words(item.get("permalink")), metrics, ours, at)
    if is_picture and item.get("media_type") != "VIDEO":
        return dataclasses.replace(mention, images=(str(shown),))
    if item.get("media_type") == "VIDEO":  # its address is the film's, which is not fetched
        return dataclasses.replace(mention, media=(Attachment(kind="video"),))
    return mention


def comment(
    item: Mapping[str, Any], above: Mention | None, ours: frozenset[str], at: datetime
) -> Mention:
    """One comment or reply. `above` is the post or comment under which it was read, if it is known.

    Comments have no address of their own: theirs is that of the post.
    """
    post = item.get("media")
    about: Mapping[str, Any] = post if isinstance(post, dict) else {}
    root = identity(about["id"]) if about.get("id") else ""
    parent = identity(item["parent_id"]) if item.get("parent_id") else ""
    url = words(about.get("permalink"))
    if above:
        root, url = above.root_id or above.issued_id, url or above.url
        parent = parent or above.issued_id
    kind: Kind = "comment" if parent in ("", root) else "reply"
    metrics = counts(likes=item.get("like_count"))
    mention = _mention(item, kind, words(item.get("text")), url, metrics, ours, at)
    hidden = item.get("hidden") is True
    return dataclasses.replace(mention, parent_id=parent or root, root_id=root, hidden=hidden)


# Messenger Platform for Instagram: Story Mention, and Conversations; read 2026-11-29. What people write to us privately is
# not asked for: of a message its sender, its time and the story in which it mentions us.
STORY_FIELDS = "updated_time,messages.limit(20){id,created_time,from,story}"
STORY_DAYS = 1  # Instagram shows a story for 24 hours
_STORY = "A story mentions our account. Open it within a day: Instagram shows a story for 24 hours, and it is kept nowhere here."


def story_mention(message: Mapping[str, Any], ours: frozenset[str], at: datetime) -> Mention | None:
    """A mention of our account in somebody's story; None for any other message. Only its address is kept, as Meta lets us."""
    shown = message.get("story")
    mention = shown.get("mention") if isinstance(shown, dict) else None
    if not isinstance(mention, dict):
        return None
    sender = message.get("from")
    who: Mapping[str, Any] = sender if isinstance(sender, dict) else {}
    return _mention(
        {"id": f"story:{identity(mention['id'])}", "from": who, "timestamp": message.get("created_time")}, "post", _STORY,
        words(mention.get("link")), {}, ours, at,
    )  # fmt: skip


def _mention(
    item: Mapping[str, Any], kind: Kind, text: str, url: str, metrics: Mapping[str, int],
    ours: frozenset[str], at: datetime,
) -> Mention:  # fmt: skip
    who = item.get("from")
    known: Mapping[str, Any] = who if isinstance(who, dict) else {}
    author = Author(
        id=identity(known["id"]) if known.get("id") else "",
        handle=words(item.get("username")) or words(known.get("username")),
    )
    return Mention(
        issuer="instagram", issued_id=identity(item["id"]), platform="instagram", kind=kind, url=url,
        text=text, text_raw=text, author=author, posted_at=moment(item.get("timestamp")), fetched_at=at,
        metrics=metrics, own=bool({author.id, author.handle.lower()} & ours - {""}),
    )  # fmt: skip
