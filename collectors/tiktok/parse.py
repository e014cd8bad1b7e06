"""TikTok's videos and comments as Mentions: the only code that knows the interface's field names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from collectors.base import counts, identity, moment, words
from collectors.context import text_of
from core.media import Attachment
from core.models import Author, Mention

VIDEO_FIELDS = ("item_id", "caption", "create_time", "share_url", "thumbnail_url", "likes",
                "comments", "shares", "video_views")  # fmt: skip
_HANDLE = re.compile(r"^/@([^/]+)/")


def to_video(item: Mapping[str, Any], account: str, at: datetime) -> Mention:
    """One of our own videos; its text is what is written below it. The account's handle stands in its address alone."""
    own = identity(item["item_id"])
    url, caption = _bare(text_of(item.get("share_url"))), words(item.get("caption"))
    handle = _HANDLE.match(urlsplit(url).path)
    still = text_of(item.get("thumbnail_url"))
    return Mention(
        issuer="tiktok", issued_id=own, platform="tiktok", kind="video", url=url, text=caption, text_raw=caption,
        author=Author(id=account, handle=handle[1] if handle else ""), posted_at=_time(item.get("create_time")),
        fetched_at=at, own=True,
        metrics=counts(
            likes=item.get("likes"), replies=item.get("comments"), shares=item.get("shares"),
            views=item.get("video_views"),
        ),
        media=(Attachment(kind="video", url=still if still.startswith("https://") else ""),),
    )  # fmt: skip


def to_comment(item: Mapping[str, Any], url: str, account: str, at: datetime) -> Mention:
    """One comment, or a reply to one; `url` is that of its video, since comments have no address of their own."""
    video, text = identity(item["video_id"]), words(item["text"])
    above = item.get("parent_comment_id")
    own = item.get("owner") is True
    return Mention(
        issuer="tiktok", issued_id=identity(item["comment_id"]), platform="tiktok", kind="reply" if above else "comment",
        url=url or f"https://www.tiktok.com/@/video/{video}", text=text, text_raw=text,
        author=_commenter(item, account if own else ""), posted_at=_time(item.get("create_time")), fetched_at=at,
        parent_id=identity(above) if above else video, root_id=video, own=own, hidden=item.get("status") == "HIDDEN",
        metrics=counts(likes=item.get("likes"), replies=item.get("replies")),
    )  # fmt: skip


def replies(item: Mapping[str, Any]) -> tuple[list[Any], bool]:
    """The few replies that come with a comment, and whether there are more of them."""
    listed = item.get("reply_list")
    shown = listed if isinstance(listed, list) else []
    whole = counts(replies=item.get("replies")).get("replies", 0)
    return shown, whole > len(shown)


def _commenter(item: Mapping[str, Any], account: str) -> Author:
    return Author(
        id=account or text_of(item.get("unique_identifier")) or text_of(item.get("user_id")),
        handle=words(item.get("username")), name=words(item.get("display_name")),
        avatar=text_of(item.get("profile_image")),
    )  # fmt: skip


def _time(seconds: object) -> datetime:
    """Unix seconds, as a number or as text."""
    return moment(int(seconds) if isinstance(seconds, str) and seconds.isdecimal() else seconds)


def _bare(url: str) -> str:
    """The address without what says who shared it."""
    return (
        urlunsplit(urlsplit(url)._replace(query="", fragment=""))
        if url.startswith("https://")
        else ""
    )
