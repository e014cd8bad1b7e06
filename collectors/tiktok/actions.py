"""Looks our videos on TikTok and the comments on them up again, and hides comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from collectors.base import Action, Gone, Moderation, Rechecked, RecheckedParent, SkippedItem, each
from collectors.parents import as_mention, as_parents
from collectors.placement import looked_up
from collectors.tiktok.client import listed
from collectors.tiktok.collector import MOST_VIDEOS, TikTok
from collectors.tiktok.parse import VIDEO_FIELDS
from core.context import ParentPost
from core.errors import PlatformUnavailable
from core.models import Mention

MOST_COMMENTS = 30  # ids in one call

ACTIONS = {
    "hide": Action(
        "hide", "Nobody but us and its writer sees the comment on our video. It can be shown again.",
        undo="unhide",
    ),
    "unhide": Action("unhide", "Everybody sees the comment again.", undo="hide"),
}  # fmt: skip


def recheck(source: TikTok, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Videos 20 at a time, comments 30 of one video at a time. Raises CollectorError.

    Comments on a video that is gone are gone with it: of such a video TikTok is asked for nothing more.
    """
    if not mentions:
        return
    source.check_access()
    videos = [mention for mention in mentions if mention.kind == "video"]
    comments: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.kind in ("comment", "reply") and mention.root_id:
            comments.setdefault(mention.root_id, []).append(mention)
    wanted = list(dict.fromkeys([video.issued_id for video in videos] + list(comments)))
    items = _videos(source, wanted)
    for number, mention in enumerate(videos, 1):
        yield from _told(source, items.get(mention.issued_id), mention, f"video {number}")
    for number, (video, below) in enumerate(comments.items(), 1):
        if video not in items:
            yield from (Gone(mention.issuer, mention.issued_id) for mention in below)
            continue
        comment_items = _comments(source, video, [mention.issued_id for mention in below])
        for place, mention in enumerate(below, 1):
            where = f"video {number} comment {place}"
            yield from _told(source, comment_items.get(mention.issued_id), mention, where)


def recheck_parents(source: TikTok, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Our own videos: a comment can't be asked for without knowing its video. Raises CollectorError."""
    ours = [
        as_mention(post, "tiktok", source.at, kind="video")
        for post in posts
        if post.own and not post.is_comment
    ]
    yield from as_parents(recheck(source, ours))  # fmt: skip


def _told(
    source: TikTok, item: Any, mention: Mention, where: str
) -> Iterator[Mention | Gone | SkippedItem]:
    if item is None:
        yield Gone(mention.issuer, mention.issued_id)
        return

    def read(node: Any) -> Mention:
        if mention.kind == "video":
            fresh = source.read_video(node)
        else:
            fresh = source.read_alone(node, mention.url)
        return looked_up(fresh, mention).with_match(*mention.matched)

    yield from each([item], read, at=source.at, where=where)


def _videos(source: TikTok, ids: list[str]) -> dict[str, Any]:
    """What is there of these, by id."""
    items: dict[str, Any] = {}
    for start in range(0, len(ids), MOST_VIDEOS):
        batch = ids[start : start + MOST_VIDEOS]
        params = {"fields": json.dumps(VIDEO_FIELDS), "filters": json.dumps({"video_ids": batch})}
        items |= _by_id(source, "business/video/list", params, "videos", "item_id", batch)
    return items


def _comments(source: TikTok, video: str, ids: list[str]) -> dict[str, Any]:
    """What is there of these comments and replies on one video, by id."""
    items: dict[str, Any] = {}
    for start in range(0, len(ids), MOST_COMMENTS):
        batch = ids[start : start + MOST_COMMENTS]
        params = {"video_id": video, "comment_ids": listed(batch), "status": "ALL"}
        items |= _by_id(source, "business/comment/list", params, "comments", "comment_id", batch)
    return items


def _by_id(
    source: TikTok, path: str, params: dict[str, str], key: str, name: str, wanted: list[str]
) -> dict[str, Any]:
    """All pages of what was asked for by ids: one that goes on, or names others, tells no absence."""
    items: dict[str, Any] = {}
    size = MOST_VIDEOS if key == "videos" else MOST_COMMENTS
    for page in source.calls.walk(path, params, key, where=key, size=size):
        if isinstance(page, SkippedItem):
            raise PlatformUnavailable("TikTok goes on over more pages than were asked for")
        for item in page[1]:
            if isinstance(item, dict):
                items[str(item.get(name, ""))] = item
    if not items.keys() <= set(wanted):
        raise PlatformUnavailable("TikTok answered with other ids than were asked for")
    return items


def may(_source: TikTok, mention: Mention, _action: Action) -> str:
    """Comments of others on our own videos."""
    if mention.deleted:
        return "it is there no more"
    if mention.kind not in ("comment", "reply") or not mention.root_id:
        return "only comments on our videos can be acted on"
    return "it is our own" if mention.own else ""


def act(source: TikTok, mention: Mention, action: Action) -> None:
    """Hides a comment or shows it again."""
    source.check_access()
    source.calls.send("business/comment/hide", {
        "video_id": mention.root_id, "comment_id": mention.issued_id, "action": action.name.upper(),
    })  # fmt: skip


MODERATION = Moderation(actions=ACTIONS, may=may, act=act)
