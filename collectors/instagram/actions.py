"""Rechecks what was found on Instagram, and hides or deletes comments on our own media."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from collectors.base import Action, Gone, Moderation, Rechecked, RecheckedParent, SkippedItem, each
from collectors.instagram.collector import (
    MENTIONED_COMMENTS,
    MENTIONED_MEDIA,
    STORIES,
    TAGS,
    Instagram,
)
from collectors.instagram.parse import COMMENT_FIELDS, MEDIA_FIELDS, STORY_DAYS
from collectors.meta.client import Absent, Graph, Misunderstood
from collectors.meta.lookup import confirm, list_again, look_up, prove, why_not
from collectors.parents import as_mention, as_parents
from core.context import ParentPost
from core.models import Mention

ACTIONS = {
    "hide": Action(
        "hide", "The public no longer sees the comment under our post. It can be shown again.",
        undo="unhide",
    ),
    "unhide": Action("unhide", "Everybody sees the comment again.", undo="hide"),
    "delete": Action(
        "delete",
        "The comment and the replies to it are gone for everybody. This can't be undone.",
        undo="",
    ),
}  # fmt: skip


def recheck(source: Instagram, stored_mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Own media and comments by their ids, tags by their list, mentions as they were read.

    What a hashtag alone found can't be looked up, and a mention in a story is gone after a day.
    """
    graph = source.graph()
    mentions = [mention for mention in stored_mentions if _key(mention)]
    own = [mention for mention in stored_mentions if mention.own and mention.kind == "post"]
    comments = [
        mention
        for mention in stored_mentions
        if mention.kind in ("comment", "reply") and not _key(mention)
    ]
    tagged = [
        mention
        for mention in stored_mentions
        if TAGS in mention.matched and not mention.own and not _key(mention)
    ]

    def media(item: Any, mention: Mention) -> Mention:
        fresh = source.read_own(item) if mention.own else source.read_media(TAGS)(item)
        return fresh.with_match(*mention.matched)

    def comment(item: Any, mention: Mention) -> Mention:
        return _known(source.read_comment(None)(item), mention)

    yield from _in_stories(source, stored_mentions)
    yield from look_up(graph, own, MEDIA_FIELDS, media, "post")
    yield from look_up(graph, comments, COMMENT_FIELDS, comment, "comment")
    yield from list_again(graph, f"{source.user_id}/tags", MEDIA_FIELDS, tagged, media, TAGS)
    for number, mention in enumerate(mentions, 1):
        yield from _mention_again(source, graph, mention, f"mention {number}")


def _in_stories(source: Instagram, mentions: Sequence[Mention]) -> Iterator[Gone]:
    """A mention in a story is gone with the story, a day later: nothing of it is to be had any more."""
    for mention in mentions:
        if STORIES in mention.matched and source.at - mention.posted_at > timedelta(
            days=STORY_DAYS
        ):
            yield Gone(mention.issuer, mention.issued_id, "removed")


def recheck_parents(source: Instagram, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Our own media, and comments under them, 50 at a time. Raises CollectorError.

    Nothing is said of others' media, which Instagram does not give by their ids, nor of comments there.
    """
    ours = [post for post in posts if (post.under_ours if post.is_comment else post.own)]
    yield from as_parents(
        recheck(source, [as_mention(post, "instagram", source.at) for post in ours])
    )


def _key(mention: Mention) -> str:
    """How a mention of us by somebody else was read; empty where it was found in another way."""
    return next((k for k in (MENTIONED_MEDIA, MENTIONED_COMMENTS) if k in mention.matched), "")


def _mention_again(
    source: Instagram, graph: Graph, mention: Mention, where: str
) -> Iterator[Rechecked]:
    key = _key(mention)
    try:
        node = source.mentioned(graph, key, mention.issued_id)
    except Absent:
        prove(graph)
        yield Gone(mention.issuer, mention.issued_id)
        return
    except Misunderstood as error:  # so Instagram also says that it never told us of one
        yield SkippedItem(where, str(error))
        return
    yield from each(
        [node], lambda item: _known(source.read_mentioned(key)(item), mention), at=graph.at,
        where=where,
    )  # fmt: skip


def _known(fresh: Mention, stored: Mention) -> Mention:
    """What was looked up, with what only the first find told."""
    return dataclasses.replace(
        fresh, kind=stored.kind, own=stored.own or fresh.own, url=fresh.url or stored.url,
        parent_id=stored.parent_id or fresh.parent_id, root_id=stored.root_id or fresh.root_id,
    ).with_match(*stored.matched)  # fmt: skip


def may(source: Instagram, mention: Mention, _action: Action) -> str:
    """Comments of others on our own media."""
    if MENTIONED_COMMENTS in mention.matched:
        return "it is not under our own post"
    return why_not(mention)


def act(source: Instagram, mention: Mention, action: Action) -> None:
    """Hides, shows again or deletes a comment that is there to be acted on."""
    graph, number = source.graph(), mention.issued_id
    now = graph.get(number, {"fields": "id,hidden"})
    hidden = action.name == "hide"
    if action.name == "delete":
        confirm(graph, "DELETE", number, {})
    elif now.get("hidden") is not hidden:
        confirm(graph, "POST", number, {"hide": "true" if hidden else "false"})


MODERATION = Moderation(actions=ACTIONS, may=may, act=act)
