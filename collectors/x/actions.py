"""X, beside collecting: is a post still there, hiding replies to what we said, handles like ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from itertools import chain, zip_longest
from typing import Any

from collectors.base import (
    ODD_ERRORS,
    Action,
    Gone,
    Moderation,
    ParentGone,
    ParentThere,
    Rechecked,
    RecheckedParent,
    SaveState,
    SkippedItem,
    each,
)
from collectors.context import with_thread_of
from collectors.http import client as http_client
from collectors.x.budget import POST, Spend
from collectors.x.client import USER_FIELDS, Asking, errors, selectors, why_gone, words_alone
from collectors.x.collector import HANDLE, X
from collectors.x.parse import Included, history, included, to_mention, to_profile, version, written
from core.context import ParentPost
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention

_IDS = 100  # that one lookup takes
_NAMES_IDS = (None, "ids", "id")  # parameters of which an error says that an id is missing

ACTIONS = {
    "hide": Action(
        "hide",
        "The reply is moved out of sight, behind a control that anybody can open. It can be shown "
        "again. Nothing can delete another person's post.",
        undo="unhide",
    ),
    "unhide": Action("unhide", "The reply is shown in the conversation again.", undo="hide"),
}


def recheck(source: X, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Each post by the id of the version that we hold; one that was edited since, by its newest.

    Gone is what X lists as missing; what it says nothing of is odd. Raises CollectorError.
    """
    asking, spend = source.as_app(), source.spend()
    posts = {version(mention): mention for mention in mentions if mention.kind != "profile"}
    ids = [number for number in posts if number.isdecimal()]
    for start in range(0, len(ids), _IDS):
        batch = {number: posts[number] for number in ids[start : start + _IDS]}
        yield from _look_up(source, (asking, spend), batch, f"recheck from {start + 1}")


def _look_up(
    source: X, by: tuple[Asking, Spend], batch: Mapping[str, Mention], where: str, *, newest: bool = False,
) -> Iterator[Rechecked]:  # fmt: skip
    asking, spend = by
    spend.allow(len(batch), len(batch))
    params = selectors(source.vocabulary, pictures=source.pictures, alone=True)
    answer = asking.looked_up(partial(asking.client.get_tweets, list(batch), **params))
    spend.add(answer, POST)
    yield from spend.keep()
    there = {
        str(post.get("id")): post for post in answer.get("data") or [] if isinstance(post, dict)
    }
    missing = _missing(answer)
    edited: dict[str, Mention] = {}
    for number, (post_id, mention) in enumerate(batch.items(), 1):
        place = f"{where} item {number}"
        post = there.get(post_id)
        if post and not newest and (current := _current(post)) != post_id:
            edited[current] = mention
        elif post:
            read = partial(_again, source, included(answer), mention)
            yield from each([post], read, at=source.at, where=place)
        elif why := why_gone(missing.get(post_id, {})):
            yield Gone(mention.issuer, mention.issued_id, why)
        else:
            yield SkippedItem(place, "X says neither that it is there nor that it is gone")
    if edited:
        yield from _look_up(source, by, edited, f"{where} edited", newest=True)


def _missing(answer: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """X's errors on ids that it does not give, by the id."""
    return {
        str(error.get("resource_id") or error.get("value")): error
        for error in errors(answer)
        if error.get("parameter") in _NAMES_IDS
    }


def recheck_parents(source: X, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Each post by its id, without its author, which would cost more. One that was edited since by its newest version.

    Gone is what X lists as missing; what it says nothing of is odd. Raises CollectorError.
    """
    by = source.as_app(), source.spend()
    ids = [post.issued_id for post in posts if post.issued_id.isdecimal()]
    for start in range(0, len(ids), _IDS):
        batch = {number: number for number in ids[start : start + _IDS]}
        yield from _parents(source, by, batch, f"recheck of what is answered from {start + 1}")


def _parents(
    source: X,
    by: tuple[Asking, Spend],
    batch: Mapping[str, str],
    where: str,
    *,
    newest: bool = False,
) -> Iterator[RecheckedParent]:
    """`batch`: the id of each post by that of its version that is asked for."""
    asking, spend = by
    spend.allow(len(batch), 0)
    answer = asking.looked_up(
        partial(asking.client.get_tweets, list(batch), **words_alone(source.vocabulary))
    )
    spend.add(answer, POST)
    yield from spend.keep()
    there = {
        str(post.get("id")): post for post in answer.get("data") or [] if isinstance(post, dict)
    }
    missing = _missing(answer)
    edited: dict[str, str] = {}
    for number, (version_id, post_id) in enumerate(batch.items(), 1):
        post = there.get(version_id)
        if post and not newest and (current := _current(post)) != version_id:
            edited[current] = post_id
        elif post:
            yield ParentThere("x", post_id, written(post))
        elif why := why_gone(missing.get(version_id, {})):
            yield ParentGone("x", post_id, why)
        else:
            yield SkippedItem(
                f"{where} item {number}", "X says neither that it is there nor that it is gone"
            )
    if edited:
        yield from _parents(source, by, edited, f"{where} edited", newest=True)


def _current(post: Mapping[str, Any]) -> str:
    try:
        return history(post)[-1]
    except ODD_ERRORS:
        return str(post.get("id"))


def _again(source: X, came: Included, stored: Mention, post: Mapping[str, Any]) -> Mention:
    """As it is now, with what a lookup of the post alone does not tell."""
    fresh = to_mention(post, came, source.at, source.ours)
    if stored.kind == "repost":  # its words are those of what it reposts, which is not asked for
        fresh = replace(fresh, text=stored.text, text_raw=stored.text_raw)
    return replace(
        fresh, issued_id=stored.issued_id, kind=stored.kind, posted_at=stored.posted_at,
        parent_id=stored.parent_id, root_id=stored.root_id, quoted_id=stored.quoted_id,
        matched=stored.matched, own=fresh.own or stored.own,
        author=fresh.author if fresh.author.handle else stored.author,
        context=with_thread_of(fresh.context, stored.context),
        hidden=fresh.hidden or (stored.hidden and stored.kind == "reply"),  # X does not tell what we hid
    )  # fmt: skip


def may(source: X, mention: Mention, _action: Action) -> str:
    """Replies of others, once the account that started the conversation has granted access.

    Whether one is hidden now X tells nowhere, and a search shows it as it shows any; it takes either twice.
    """
    if not source.access_token:
        return "nobody has granted access yet: `mentions connect x`"
    if mention.deleted:
        return "it is there no more"
    if mention.kind != "reply" or not mention.root_id:
        return "only replies can be hidden"
    return "it is our own" if mention.own else ""


def act(source: X, mention: Mention, action: Action) -> None:
    """Hides or shows a reply, once it is sure that we started the conversation."""
    asking, hidden = source.as_user(), action.name == "hide"
    _check_conversation(source, asking, mention.root_id)
    answer = source.http.send(
        "PUT", f"{source.base_url.rstrip('/')}/2/tweets/{version(mention)}/hidden",
        headers={"Authorization": f"Bearer {source.access_token}"}, body={"hidden": hidden},
        judge=asking.judge,
    )  # fmt: skip
    body = http_client.read_json(answer.content, answer.headers, answer.url)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or data.get("hidden") is not hidden:
        raise PlatformUnavailable("X did not confirm it: look there before you try again")


def _check_conversation(source: X, asking: Asking, root: str) -> None:
    params = selectors(source.vocabulary, alone=True)
    answer = asking.looked_up(partial(asking.client.get_tweets, [root], **params))
    users = included(answer).users
    for post in answer.get("data") or []:
        author = str(post.get("author_id")) if isinstance(post, dict) else ""
        handle = str(users.get(author, {}).get("username")).lower()
        if author in source.ours or handle in source.ours:
            return
    raise PlatformRefused("X lets us hide replies in conversations that we started, and no others")


MODERATION = Moderation(actions=ACTIONS, may=may, act=act)


def profiles(source: X, names: Sequence[str]) -> Iterator[Mention | SkippedItem | SaveState]:
    """Accounts whose handle is near one of ours or near one of these names."""
    wanted = near_handles(source.official, names)
    if not wanted:
        return
    asking, spend = source.as_app(), source.spend()
    spend.allow(0, len(wanted))
    fields = f"{USER_FIELDS},profile_image_url"
    answer = asking.looked_up(
        partial(asking.client.get_users, usernames=wanted, user_fields=fields)
    )  # its errors are the handles that nobody has
    spend.add({"includes": {"users": answer.get("data")}}, POST)
    yield from spend.keep()
    read = partial(to_profile, at=source.at)
    yield from each(answer.get("data") or [], read, at=source.at, where="profiles")


# ── Handles like ours are guessed: X's documentation knows no search for accounts. ────────────────

MOST = 100  # names that one lookup takes
_ADDED = ("{}_", "_{}", "{}uk", "{}_uk", "the{}", "real{}", "{}official", "nhs{}", "{}nhs", "{}icb",
          "{}help", "{}_help", "{}info", "{}news", "{}1", "{}2", "my{}", "{}x")  # fmt: skip
_ALIKE = (("l", "i"), ("i", "l"), ("l", "1"), ("i", "1"), ("o", "0"), ("0", "o"), ("m", "rn"),
          ("rn", "m"), ("w", "vv"), ("e", "3"), ("s", "5"), ("a", "4"))  # fmt: skip


def near_handles(ours: Set[str], names: Sequence[str]) -> list[str]:
    """At most MOST handles, lower case, none of `ours`: spellings of ours and of these names.

    Every handle and name has its turn, so that none takes up all the room.
    """
    bases = [
        handle for handle in sorted(ours) if HANDLE.fullmatch(handle) and not handle.isdecimal()
    ]
    written = chain.from_iterable(_written(name) for name in names)
    ways = [_near(base) for base in dict.fromkeys([*bases, *written])]
    turns = chain.from_iterable(zip_longest(*ways, fillvalue=""))
    fitting = (handle for handle in turns if HANDLE.fullmatch(handle) and handle not in ours)
    return list(dict.fromkeys(fitting))[:MOST]


def _written(name: str) -> Iterator[str]:
    """A name as a handle; one that is too long loses its first words."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    for first in range(len(words)):
        if len(joined := "".join(words[first:])) <= 15:
            if len(joined) > 4:  # a shorter one is anybody's
                yield joined
                yield "_".join(words[first:])
            return


def _near(base: str) -> Iterator[str]:
    """The base and what is one slip or one added word away, the likeliest first."""
    yield base
    added = (way.format(base) for way in _ADDED)
    alike = (base.replace(letters, other, 1) for letters, other in _ALIKE if letters in base)
    yield from chain.from_iterable(zip_longest(added, alike, fillvalue=""))
    yield base.replace("_", "")
    for at in range(1, len(base)):
        yield base[:at] + base[at + 1 :]  # a letter is missing
        yield base[:at] + base[at] + base[at:]  # or is there twice
        yield base[: at - 1] + base[at] + base[at - 1] + base[at + 1 :]  # or changed places
