"""Rechecks what was found on Facebook, and hides or deletes comments on our own Page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from collectors.base import Action, Gone, Moderation, Rechecked, RecheckedParent, SkippedItem
from collectors.facebook.collector import NO_RECOMMENDATIONS, TAGGED, Facebook
from collectors.facebook.parse import COMMENT_FIELDS, POST_FIELDS, RATING_FIELDS
from collectors.meta.client import Graph, Withdrawn
from collectors.meta.lookup import allowed, confirm, list_again, look_up, why_not
from collectors.parents import as_mention, as_parents
from collectors.threads import looked_up
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
    """Posts and comments by their ids; posts of others that tag the Page, and recommendations, by the lists of them."""
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
    yield from _recommended_again(source, graph, [m for m in mentions if m.kind == "review"])


def _recommended_again(
    source: Facebook, graph: Graph, mentions: Sequence[Mention]
) -> Iterator[Rechecked]:
    """Recommendations by the list of them, which knows none by an id; nothing is said where Facebook gives none any more."""
    missing = {mention.issued_id: mention for mention in mentions}
    if not missing:
        return
    path, fields = f"{source.page_id}/ratings", {"fields": RATING_FIELDS}
    try:
        for mention in graph.read(
            path, fields, source.read_recommendation, where="recommendations"
        ):
            if isinstance(mention, SkippedItem):
                yield mention
                if mention.stops:
                    return  # the list goes on, so that it tells no absence
            elif stored := missing.pop(mention.issued_id, None):
                yield looked_up(mention, stored).with_match(*stored.matched)
    except Withdrawn:
        yield SkippedItem("recommendations", NO_RECOMMENDATIONS)
        return
    yield from (Gone(lost.issuer, lost.issued_id, "removed") for lost in missing.values())


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
