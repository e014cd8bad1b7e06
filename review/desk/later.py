"""What was said later in the thread of a post, and whether by the same writer: it may change everything that one is about to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from review.context import RequestContext
from review.desk.pane import Pane
from store import Case, Item, Thread, ThreadPost


def later(
    context: RequestContext, case: Case, items: Sequence[Item], thread: Thread
) -> Sequence[ThreadPost]:
    """Of the thread what came after the first of these posts, oldest first; nothing of a case of which one may see single posts alone."""
    if not items or (case.protected and not context.sight.guardians):
        return ()
    first = min(item.posted_at for item in items)
    return [post for post in thread.more if post.posted_at > first and not post.own]


def writers(
    context: RequestContext, items: Sequence[Item], posts: Sequence[ThreadPost]
) -> Mapping[int, str]:
    """Of each of these posts whether the writer of `items` wrote it: "the same writer", "someone else", "by whom is not known"."""
    known = {_account(context, item.number) for item in items}
    wrote = {}
    for post in posts:
        account = _account(context, post.mention)
        unknown = account is None or None in known
        wrote[post.mention] = "by whom is not known" if unknown else "the same writer" if account in known else "someone else"  # fmt: skip
    return wrote


def in_danger(context: RequestContext, pane: Pane) -> Mapping[int, str]:
    """The same of a case in whose posts somebody may be hurt; of any other nothing, since its thread can wait to be opened."""
    items = [post.item for post in pane.posts if not post.decided and post.suggestion.key in ("danger", "threat")]  # fmt: skip
    return writers(context, items, later(context, pane.case, items, pane.thread))


def _account(context: RequestContext, mention: int) -> tuple[str, str] | None:
    """Whose it is: the platform and the account's number or handle; None where that is not held."""
    stored = context.store.mentions.get(mention)
    author = stored.mention.author if stored is not None else None
    name = author and (author.id or author.handle)
    return (str(stored.mention.platform), name) if stored is not None and name else None
