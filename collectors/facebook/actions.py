"""Rechecks what was found on Facebook, and hides or deletes comments on our own Page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from collectors.base import Action, Moderation, Rechecked, RecheckedParent
from collectors.facebook.collector import TAGGED, Facebook
from collectors.facebook.parse import COMMENT_FIELDS, POST_FIELDS
from collectors.meta.lookup import allowed, confirm, list_again, look_up, why_not
from collectors.parents import as_mention, as_parents
from collectors.placement import looked_up
from core.context import ParentPost
from core.models import Mention

ACTIONS = {
    "hide": Action(
        "hide",
        "Only its writer and their friends still see the comment; everybody else does not. It "
        "can be shown again.",
        undo="unhide",
    ),
    "unhide": Action("unhide", "Everybody sees the comment again.", undo="hide"),
    "delete": Action(
        "delete",
        "The comment and the replies to it are gone for everybody. This can't be undone.",
        undo="",
    ),
}


def recheck(source: Facebook, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Posts and comments by their ids; posts of others that tag the Page by the list of them."""
    graph = source.graph()
    tagged = [mention for mention in mentions if TAGGED in mention.matched]
    posts = [
        mention for mention in mentions if mention.kind == "post" and TAGGED not in mention.matched
    ]
    comments = [mention for mention in mentions if mention.kind in ("comment", "reply")]

    def post(item: Any, mention: Mention) -> Mention:
        fresh = source.read_post(item)
        known = dataclasses.replace(fresh, own=mention.own or fresh.own)
        return looked_up(known, mention).with_match(*mention.matched)

    def comment(item: Any, mention: Mention) -> Mention:
        fresh = source.read_comment(item, mention.root_id)
        above = mention.parent_id or fresh.parent_id
        known = dataclasses.replace(
            fresh, kind=mention.kind, parent_id=above, own=mention.own or fresh.own
        )
        return looked_up(known, mention).with_match(*mention.matched)

    yield from look_up(graph, posts, POST_FIELDS, post, "post")
    yield from look_up(graph, comments, COMMENT_FIELDS, comment, "comment")
    yield from list_again(graph, f"{source.page_id}/tagged", POST_FIELDS, tagged, post, "tagged")


def recheck_parents(source: Facebook, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Our own Page's posts, and comments under them, 50 at a time. Raises CollectorError.

    Nothing is said of what others posted elsewhere: Facebook gives none of it by its id.
    """
    ours = [
        post
        for post in posts
        if post.issued_id.startswith(f"{source.page_id}_") or (post.is_comment and post.under_ours)
    ]
    yield from as_parents(
        recheck(source, [as_mention(post, "facebook", source.at) for post in ours])
    )


def may(source: Facebook, mention: Mention, _action: Action) -> str:
    """Comments of others under posts on our own Page."""
    if mention.root_id and not mention.root_id.startswith(f"{source.page_id}_"):
        return "it is not on our own Page"
    return why_not(mention)


def act(source: Facebook, mention: Mention, action: Action) -> None:
    """Hides, shows again or deletes, where `can_hide` or `can_remove` says that we may."""
    graph, number = source.graph(), mention.issued_id
    now = graph.get(number, {"fields": "id,is_hidden,can_hide,can_remove"})
    if action.name == "delete":
        allowed(graph, now, "can_remove")
        confirm(graph, "DELETE", number, {})
        return
    hidden = action.name == "hide"
    if now.get("is_hidden") is not hidden:
        allowed(graph, now, "can_hide")
        confirm(graph, "POST", number, {"is_hidden": "true" if hidden else "false"})


MODERATION = Moderation(actions=ACTIONS, may=may, act=act)
