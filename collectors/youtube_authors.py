"""Who wrote it: the channels of authors, with the description that they give of themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterable, Iterator

from collectors.base import ODD_ERRORS, Found, Keep
from collectors.youtube_calls import AT_ONCE, UNITS, Calls
from collectors.youtube_errors import Absent
from collectors.youtube_things import to_author
from errors import CollectorError
from mention import Author, Mention

_SPARED = 10  # a tenth of the day's units is kept for what is said rather than for who says it


def with_authors(calls: Calls, found: Iterable[Found]) -> Iterator[Found]:
    """The same, each mention with its author's bio, handle, name and followers where units allow it.

    Mentions wait until the whole of `found` was read, so that one call tells of fifty authors; what is
    held when that breaks off is handed on as it is.
    """
    waiting: list[Mention] = []
    try:
        for thing in found:
            if isinstance(thing, Mention):
                waiting.append(thing)
            else:
                yield thing
        known = yield from _authors(calls, {mention.author.id for mention in waiting} - {""})
    except CollectorError:
        yield from waiting
        raise
    for mention in waiting:
        yield dataclasses.replace(
            mention, author=_joined(mention.author, known.get(mention.author.id))
        )


def _authors(calls: Calls, ids: set[str]) -> Generator[Keep, None, dict[str, Author]]:
    known: dict[str, Author] = {}
    listed = sorted(ids)
    for start in range(0, len(listed), AT_ONCE):
        if calls.spending.left(UNITS) <= calls.spending.most[UNITS] // _SPARED:
            break
        asked = calls.by_ids("channels", "snippet,statistics", listed[start : start + AT_ONCE])
        try:
            channels = yield from asked
        except Absent:  # one that is gone costs fifty bios, and no comment
            continue
        for channel in channels:
            try:
                author = to_author(channel)
            except ODD_ERRORS:
                continue  # one bio less, and the comment itself is as good as before
            known[author.id] = author
    return known


def _joined(told: Author, known: Author | None) -> Author:
    """What the channel says over what the comment says of its author."""
    if known is None:
        return told
    return Author(
        id=told.id, handle=known.handle or told.handle, name=known.name or told.name,
        bio=known.bio, followers=known.followers, avatar=known.avatar or told.avatar,
    )  # fmt: skip
