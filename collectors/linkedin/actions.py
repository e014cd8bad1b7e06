"""What becomes of LinkedIn's mentions: whether they are still there, and deleting a comment."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from collectors.base import Action, Gone, Moderation, Rechecked, RecheckedParent, each
from collectors.linkedin.client import Absent, Forbidden, raise_for_response
from collectors.linkedin.collector import LinkedIn, encoded
from collectors.linkedin.parse import parts, to_comment, to_post
from collectors.parents import as_mention, as_parents
from core.context import ParentPost
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention

_COMMENTS = ("comment", "reply")
_READABLE = ("urn:li:share:", "urn:li:ugcPost:")  # posts are not read by the name of their activity


def recheck(source: LinkedIn, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Each comment and post by its own URN; Gone where LinkedIn says that there is none.

    Nothing is said of a post that LinkedIn lets nobody but its author read.
    """
    for number, mention in enumerate(mentions, 1):
        path = _asked(mention)
        if not path:
            continue
        try:
            item = source.get(path)
        except Absent:
            yield Gone(mention.issuer, mention.issued_id)
            continue
        except Forbidden:
            if mention.own or mention.kind in _COMMENTS:
                raise
            continue
        if not isinstance(item, dict):
            raise PlatformUnavailable("LinkedIn sent a post that is not shaped as it should be")
        fresh = partial(_fresh, source, mention)
        yield from each([item], fresh, at=source.at, where=f"recheck {number}")


def recheck_parents(source: LinkedIn, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Our own posts, and comments under them, each by its URN. Raises CollectorError.

    Nothing is said of others' posts, which LinkedIn lets nobody but their authors read.
    """
    ours = [post for post in posts if post.own or _is_comment(post)]
    stand_ins = [
        as_mention(post, "linkedin", source.at, kind="comment" if _is_comment(post) else "post")
        for post in ours
    ]
    yield from as_parents(recheck(source, stand_ins))


def _is_comment(post: ParentPost) -> bool:
    return post.issued_id.startswith("urn:li:comment:")


def _asked(mention: Mention) -> str:
    """Where a mention is looked up; empty where it can't be."""
    urn = mention.issued_id
    if mention.kind not in _COMMENTS:
        return f"posts/{encoded(urn)}" if urn.startswith(_READABLE) else ""
    try:
        post, comment = parts(urn)
    except ValueError:  # another tool's export names it in its own way
        return ""
    return f"socialActions/{encoded(post)}/comments/{encoded(comment)}"


def _fresh(source: LinkedIn, stored: Mention, item: Mapping[str, Any]) -> Mention:
    """As it stands now, under the ids that it is held by."""
    comment = stored.kind in _COMMENTS
    fresh = (
        to_comment(item, source.about, stored.root_id) if comment else to_post(item, source.about)
    )
    if fresh.kind != "reply":  # whose answer says what it replies to
        fresh = dataclasses.replace(
            fresh, kind=stored.kind, parent_id=stored.parent_id or fresh.parent_id
        )
    return dataclasses.replace(
        fresh, issued_id=stored.issued_id, own=stored.own or fresh.own, matched=stored.matched
    )


def _may(source: LinkedIn, mention: Mention, action: Action) -> str:
    if mention.deleted:
        return "it is there no more"
    if mention.kind not in _COMMENTS or not _asked(mention):
        return "only comments on our own posts can be deleted"
    if mention.own:
        return "it is our own"
    return (
        "" if source.access_token else "nobody has granted access: run `mentions connect linkedin`"
    )


def _act(source: LinkedIn, mention: Mention, action: Action) -> None:
    path = f"{_asked(mention)}?actor={encoded(source.organization)}"
    try:
        answer = source.http.send(
            "DELETE", source.address(path), headers=source.headers, judge=raise_for_response
        )
    except Absent:
        return  # it is gone, which was wanted: by an answer that was lost on its way, or by its author
    except Forbidden as error:
        raise PlatformRefused(
            "LinkedIn does not let this token delete the comment (403): open it on LinkedIn and delete "
            "it there"
        ) from error
    if answer.status not in (200, 204):
        raise PlatformUnavailable("LinkedIn did not confirm that the comment was deleted")


MODERATION = Moderation(
    actions={
        "delete": Action(
            name="delete",
            does="The comment and the replies to it are deleted from LinkedIn for good. LinkedIn's "
            "documents don't settle whether an administrator's token may do this to a member's comment: "
            "try it once under supervision. Nothing is hidden in between, since LinkedIn can't hide.",
            undo="",
        )
    },
    may=_may,
    act=_act,
)
