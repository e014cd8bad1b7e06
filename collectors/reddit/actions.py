"""Reddit, beside collecting: is an item still there, and accounts and subreddits with names like ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from collectors.base import (
    ODD_ERRORS,
    Gone,
    Nameless,
    Rechecked,
    RecheckedParent,
    SkippedItem,
    each,
)
from collectors.context import with_thread_of
from collectors.parents import as_mention, as_parents
from collectors.reddit.client import Asking, ListingRefused
from collectors.reddit.collector import Reddit
from collectors.reddit.parse import full_name, is_nameless, to_mention, to_profile, why_gone
from core.context import ParentPost
from core.errors import PlatformRefused
from core.models import Author, Mention

_FULL_NAME = re.compile(r"t[13]_\w+", re.ASCII)
_NAMES = 100  # that one lookup takes
_SEARCHES = ("users/search", "subreddits/search")


def recheck(source: Reddit, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Each post and comment by its full name. Raises CollectorError, and nothing is taken for gone."""
    asking = source.asking()
    known = [mention for mention in mentions if mention.kind != "profile"]
    for start in range(0, len(known), _NAMES):
        batch = known[start : start + _NAMES]
        yield from _look_up(source, asking, batch, f"recheck from {start + 1}")


def recheck_parents(source: Reddit, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Each post and comment by its full name, 100 at a time. Raises CollectorError, and nothing is taken for gone."""
    named = [post for post in posts if _FULL_NAME.fullmatch(post.issued_id)]
    yield from as_parents(
        recheck(source, [as_mention(post, "reddit", source.at) for post in named])
    )


def _look_up(
    source: Reddit, asking: Asking, batch: Sequence[Mention], where: str
) -> Iterator[Rechecked]:
    params = {"id": ",".join(mention.issued_id for mention in batch), "limit": str(_NAMES)}
    children, more = _page(asking, "api/info", params)
    there = {_name(child): child for child in children}
    is_whole = not more and "" not in there
    for number, mention in enumerate(batch, 1):
        place = f"{where} item {number}"
        child = there.get(mention.issued_id)
        if child is None and not is_whole:
            yield SkippedItem(
                place, "is missing from an answer of which parts are missing or have no name"
            )
        elif child is None:
            yield Gone(mention.issuer, mention.issued_id)
        else:
            read = partial(_again, source, mention)
            for fresh in each([child], read, at=source.at, where=place):
                if not isinstance(fresh, Mention):
                    yield fresh
                elif fresh.deleted:
                    yield Gone(mention.issuer, mention.issued_id, why_gone(child))
                else:
                    yield fresh
                    if is_nameless(child):  # the account is gone, and its name must go too
                        yield Nameless(mention.issuer, mention.issued_id)


def _again(source: Reddit, stored: Mention, child: Any) -> Mention:
    """As it is now; an account that is gone leaves its words without a name, one that is not told its own."""
    fresh = to_mention(child, source.at, source.official)
    known = replace(fresh.author, bio=stored.author.bio) if fresh.author.handle else stored.author
    author = Author() if is_nameless(child) else known
    return replace(
        fresh, matched=stored.matched, own=fresh.own or stored.own, author=author,
        context=with_thread_of(fresh.context, stored.context),
    )  # fmt: skip


def _name(child: Any) -> str:
    try:
        return full_name(child)
    except ODD_ERRORS:
        return ""


def profiles(source: Reddit, names: Sequence[str]) -> Iterator[Mention | SkippedItem]:
    """Accounts and subreddits that Reddit's searches find by each name, the first page of each."""
    asking, seen = source.asking(), set[str]()
    for number, name in enumerate(names, 1):
        for path in _SEARCHES:
            children, _ = _page(asking, path, {"q": name, "limit": "25"})
            read = partial(to_profile, at=source.at)
            for profile in each(children, read, at=source.at, where=f"{path} {number}"):
                if isinstance(profile, SkippedItem) or profile.key not in seen:
                    yield profile
                if isinstance(profile, Mention):
                    seen.add(profile.key)


def _page(asking: Asking, path: str, params: dict[str, str]) -> tuple[list[Any], str]:
    try:
        return asking.page(path, params)
    except ListingRefused as error:
        raise PlatformRefused(f"Reddit: its {path} {error}") from error
