"""Looks at posts that mentions answer or quote with the same calls by which mentions themselves are looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from collectors.base import Gone, Nameless, ParentGone, ParentThere, Rechecked, RecheckedParent
from core.context import ParentPost
from core.models import Kind, Mention, Platform


def as_mention(
    post: ParentPost, platform: Platform, at: datetime, *, kind: Kind | None = None
) -> Mention:
    """A mention without words in its place, for a recheck; nothing stores it."""
    return Mention(
        issuer=post.issuer, issued_id=post.issued_id, platform=platform, url="", text="", own=post.own,
        kind=kind or ("comment" if post.is_comment else "post"), posted_at=at, fetched_at=at,
    )  # fmt: skip


def as_parents(results: Iterable[Rechecked]) -> Iterator[RecheckedParent]:
    """What a recheck told of such stand-ins, as it is told of parents."""
    for result in results:
        if isinstance(result, Mention) and not result.deleted:
            yield ParentThere(result.issuer, result.issued_id, result.text)
        elif isinstance(result, Mention):
            yield ParentGone(result.issuer, result.issued_id)
        elif isinstance(result, Gone):
            yield ParentGone(result.issuer, result.issued_id, result.why)
        elif not isinstance(result, Nameless):
            yield result
