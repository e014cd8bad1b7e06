"""Looks posts and replies on Threads up again, and hides replies under our own posts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.base import Action, Gone, Moderation, Rechecked, RecheckedParent, SkippedItem, each
from collectors.meta.client import Absent, Graph
from collectors.meta.lookup import confirm, prove, why_not
from collectors.parents import as_mention, as_parents
from collectors.placement import looked_up
from collectors.threads.collector import Threads
from collectors.threads.parse import FIELDS, REPLY_FIELDS
from core.context import ParentPost
from core.models import Mention

ACTIONS = {
    "hide": Action(
        "hide",
        "The reply and what stands below it are shown no more under our post, but to who opens its hidden "
        "replies. It can be shown again.",
        undo="unhide",
    ),
    "unhide": Action("unhide", "Everybody sees the reply again.", undo="hide"),
}


def recheck(source: Threads, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Each by its id, which is one call. Raises CollectorError.

    Threads tells of a post that is gone and of one that this account may not read with the same words. Of our posts
    and what stands under them an absence is believed once the list of our posts was shown; of others' posts only where
    another one of others' was shown by its id in this run, since it is not documented that all are.
    """
    if not mentions:
        return
    source.check_access()
    graph = source.graph()
    near = [mention for mention in mentions if mention.own or mention.context.is_under_ours]
    far = [mention for mention in mentions if not (mention.own or mention.context.is_under_ours)]
    proved = False
    for number, mention in enumerate(near, 1):
        item = _find(graph, mention)
        if item is None and not proved:
            prove(graph)
        proved = True
        yield from _told(source, graph, item, mention, f"post {number}")
    items = [(mention, _find(graph, mention)) for mention in far]
    if items and not any(item for _, item in items):
        why = "none of them could be looked up by its id, which tells nothing of whether they are there"
        yield SkippedItem(f"{len(items)} posts of others", why)
        return
    for number, (mention, item) in enumerate(items, 1):
        yield from _told(source, graph, item, mention, f"post of others {number}")


def recheck_parents(source: Threads, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Our own posts, and replies under them. Raises CollectorError."""
    ours = [post for post in posts if (post.under_ours if post.is_comment else post.own)]
    stand_ins = [
        dataclasses.replace(as_mention(post, "threads", source.at), own=True) for post in ours
    ]
    yield from as_parents(recheck(source, stand_ins))


def _find(graph: Graph, mention: Mention) -> Mapping[str, Any] | None:
    fields = REPLY_FIELDS if mention.kind in ("comment", "reply") else FIELDS
    try:
        return graph.get(mention.issued_id, {"fields": fields})
    except Absent:
        return None


def _told(
    source: Threads, graph: Graph, item: Any, mention: Mention, where: str
) -> Iterator[Rechecked]:
    if item is None:
        yield Gone(mention.issuer, mention.issued_id)
        return

    def read(node: Any) -> Mention:
        root = mention.root_id if mention.kind in ("comment", "reply") else ""
        fresh = source.read_reply(node, root, "")
        known = dataclasses.replace(
            fresh, kind=mention.kind, own=mention.own or fresh.own, root_id=mention.root_id or fresh.root_id,
            parent_id=mention.parent_id or fresh.parent_id,
        )  # fmt: skip
        return looked_up(known, mention).with_match(*mention.matched)

    yield from each([item], read, at=graph.at, where=where)


def may(_source: Threads, mention: Mention, _action: Action) -> str:
    """Replies of others that stand right under our own posts: what stands deeper is hidden with them."""
    if why := why_not(mention):
        return why
    return "only replies right under a post can be hidden" if mention.kind == "reply" else ""


def act(source: Threads, mention: Mention, action: Action) -> None:
    """Hides a reply or shows it again (developers.facebook.com/docs/threads/reply-management)."""
    source.check_access()
    hide = "true" if action.name == "hide" else "false"
    confirm(source.graph(), "POST", f"{mention.issued_id}/manage_reply", {"hide": hide})


MODERATION = Moderation(actions=ACTIONS, may=may, act=act)
