"""The promise that a collector keeps, and the HTTP client that collectors share.

A collector yields; it never saves, sleeps or retries. What it yields is a Mention, a
SkippedItem (an item or notice that a person should hear of), a SaveState (what the source wants back next
time) or an EphemeralMetric (a figure that is shown and not kept).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from collectors.context import cleaned
from collectors.http.client import Answer, Http
from collectors.http.transport import Passing, Unsent
from collectors.parsing import (
    MOST_TEXT,
    UNREADABLE,
    clean,
    count,
    counts,
    decoded,
    identity,
    matching,
    moment,
    plain,
    words,
)
from collectors.queries import Follow
from core import clock
from core.context import ParentPost
from core.models import Author, Mention

__all__ = [
    "Action",
    "Answer",
    "Collected",
    "Collector",
    "EphemeralMetric",
    "Follow",
    "Gone",
    "Http",
    "Moderation",
    "Nameless",
    "ParentGone",
    "ParentThere",
    "PartRead",
    "PartsListed",
    "Passing",
    "Profiles",
    "Published",
    "Recheck",
    "RecheckParents",
    "Rechecked",
    "RecheckedParent",
    "Replying",
    "SaveState",
    "SkippedItem",
    "Unsent",
    "clean",
    "count",
    "counts",
    "decoded",
    "each",
    "identity",
    "matching",
    "moment",
    "pages",
    "plain",
    "settle",
    "words",
]  # fmt: skip

T = TypeVar("T")

ODD_ERRORS = (KeyError, TypeError, ValueError, AttributeError)  # all that a to_mention may raise
MOST_FIELD = 10_000  # characters of any field but the text


@dataclass(frozen=True, slots=True)
class SkippedItem:
    """One odd item or notice. The rest of the run goes on.

    `item` names it by position, never by a text, an author or an id that holds one. `stops` where
    the run did not reach its end, so that the bookmark must stay.
    """

    item: str
    why: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class SaveState:
    """What a source wants back next time (an ETag, a new address); an empty value forgets it.

    Yielded after the items that it stands for, and to be saved in one transaction with them: at the
    end of a run that reached it or, where `always`, in any case (a budget that was spent, a session).
    """

    name: str
    value: str = dataclasses.field(repr=False)
    always: bool = False


@dataclass(frozen=True, slots=True)
class EphemeralMetric:
    """A figure that may be shown and not be stored, by the platform's terms; it names nobody."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class PartRead:
    """What became of one part of a source in a run, after all that it gave: see `collectors/parts.py`.

    `key` is a digest of its address. `error` is "" where it was read to its end; then `state` is kept for its next run.
    """

    key: str
    kind: str
    name: str
    error: str = ""
    retry_after: float | None = None
    odd: int = 0
    state: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    bug: Exception | None = dataclasses.field(
        default=None, repr=False, compare=False
    )  # to be logged


@dataclass(frozen=True, slots=True)
class PartsListed:
    """The keys of all parts that a source has now, after the last of them."""

    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gone:
    """A recheck's evidence that an item is there no more, and how the platform puts it."""

    issuer: str
    issued_id: str = dataclasses.field(repr=False)
    why: str = "deleted"  # or "private", "removed", "suspended", "withheld"


@dataclass(frozen=True, slots=True)
class Nameless:
    """A recheck's evidence that an author's account is gone: name, id and bio must go, words may stay."""

    issuer: str
    issued_id: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class ParentGone:
    """A recheck's evidence that a post which mentions answer or quote is there no more; it is no mention itself."""

    issuer: str
    issued_id: str = dataclasses.field(repr=False)
    why: str = "deleted"  # as of `Gone`


@dataclass(frozen=True, slots=True)
class ParentThere:
    """Such a post is there. `text` is what it says now; "" where that was not read."""

    issuer: str
    issued_id: str = dataclasses.field(repr=False)
    text: str = dataclasses.field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that the owner of a page may do to what another person posted there.

    `undo` names the action that takes it back; "" where nothing can, which `does` says too.
    """

    name: str
    does: str
    undo: str


Collected = Mention | SkippedItem | SaveState | EphemeralMetric | PartRead | PartsListed
Rechecked = Mention | Gone | Nameless | SkippedItem | SaveState
Recheck = Callable[[Any, Sequence[Mention]], Iterator[Rechecked]]
RecheckedParent = ParentGone | ParentThere | SkippedItem | SaveState
RecheckParents = Callable[[Any, Sequence[ParentPost]], Iterator[RecheckedParent]]
Profiles = Callable[[Any, Sequence[str]], Iterator[Mention | SkippedItem | SaveState]]


class Collector(Protocol):
    """One source. A frozen dataclass whose fields are the keys of its table, and what build() gives."""

    name: ClassVar[str]
    secrets: ClassVar[tuple[str, ...]]  # the keys that must be written as references

    def collect(self, since: datetime) -> Iterator[Collected]:
        """All that was said since; more is no harm. Raises CollectorError, after what it found."""
        ...

    def follows(self) -> Iterator[Follow]:
        """Every account that the table names, for the check against the register."""
        ...


@dataclass(frozen=True, slots=True)
class Moderation:
    """What can be done on a platform. `may` says why one mention can't be acted on, or "".

    `act` does it, and raises CollectorError where it was not done.
    """

    actions: Mapping[str, Action]
    may: Callable[[Any, Mention, Action], str]
    act: Callable[[Any, Mention, Action], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An answer that a platform has published. `url` is "" where it does not say; `notes` are to be saved."""

    issued_id: str = dataclasses.field(repr=False)
    url: str = dataclasses.field(default="", repr=False)
    notes: tuple[SaveState, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replying:
    """How the organisation's account answers one post through a platform's own interface.

    `may` says why one mention can't be answered so, or "". `account` is who would speak, `wording` the
    exact words that would be published. `send` publishes these words, once, under a key that is always the
    same for one post and one wording. It raises PlatformRefused where the platform did not take them, Unsent
    where they never got there, and PlatformUnavailable where nobody knows. `needs` says which access it takes.
    """

    needs: str
    may: Callable[[Any, Mention], str]
    account: Callable[[Any, Mention], str]
    send: Callable[[Any, Mention, str, str], Published]
    wording: Callable[[Mention, str], str] = lambda _mention, text: text


def each(
    page: Iterable[Any],
    to_mention: Callable[[Any], Mention],
    *,
    at: datetime,
    where: str = "page 1",
) -> Iterator[Mention | SkippedItem]:
    """Each item of a page as a Mention; an odd one costs only itself, as a SkippedItem naming its place."""
    for number, item in enumerate(page, 1):
        place = f"{where} item {number}"
        try:
            mention, doubts = settle(to_mention(item), at)
        except ODD_ERRORS as error:  # the words of the error may be the author's: only its kind
            yield SkippedItem(
                place, f"is not shaped as it should be ({type(error).__name__}); left out"
            )
            continue
        yield mention
        for doubt in doubts:
            yield SkippedItem(place, doubt)


def settle(mention: Mention, at: datetime) -> tuple[Mention, list[str]]:
    """The mention fit to be stored, and what had to be done to it that a person should know.

    A time that can't be true becomes the time of fetching; an edit before the post is none. A text is
    cut at MOST_TEXT characters: what was said stands in the first pages of it, and its address leads to
    the rest.
    """
    doubts: list[str] = []

    def fit(text: str, most: int = MOST_FIELD) -> str:
        if len(text) <= most:
            return clean(text)[:most]
        doubts.append(f"has a part of {len(text):,} characters; cut at {most:,}")
        return clean(text[:most])[:most]

    who = mention.author
    author = Author(
        id=fit(who.id), handle=fit(who.handle), name=fit(who.name), bio=fit(who.bio),
        followers=who.followers, avatar=fit(who.avatar),
    )  # fmt: skip
    posted = clock.plausible(mention.posted_at, at)
    if posted != mention.posted_at:
        year = mention.posted_at.year
        what = (
            "has no time that can be read"
            if mention.posted_at == UNREADABLE
            else f"is dated {year}"
        )
        doubts.append(f"{what}; given the time at which it was fetched")
    edited = mention.edited_at
    if edited and (edited < posted or clock.plausible(edited, at) != edited):
        edited = None
    settled = dataclasses.replace(
        mention, author=author, posted_at=posted, edited_at=edited, text=fit(mention.text, MOST_TEXT),
        text_raw=clean(mention.text_raw[:MOST_TEXT]), issuer=fit(mention.issuer),
        issued_id=fit(mention.issued_id), url=fit(mention.url), parent_id=fit(mention.parent_id),
        root_id=fit(mention.root_id), quoted_id=fit(mention.quoted_id), language=fit(mention.language),
        context=cleaned(mention.context),
    )  # fmt: skip
    return settled, doubts


def pages(
    fetch: Callable[[str], tuple[T, str]], *, most: int, where: str
) -> Iterator[tuple[int, T] | SkippedItem]:
    """Numbered pages until there is no next token; a SkippedItem where that end wasn't reached.

    `fetch` takes a token ("" for the first page) and gives a page and the next token.
    """
    token, seen = "", {""}
    for number in range(1, most + 1):
        page, token = fetch(token)
        yield number, page
        if not token:
            return
        if token in seen:
            why = "a page token came twice, so that its pages go in a circle; stopped there"
            yield SkippedItem(f"{where} page {number}", why, stops=True)
            return
        seen.add(token)
    why = (
        f"the cap of {most} pages was reached and there are more; raise `pages` or narrow the terms"
    )
    yield SkippedItem(where, why, stops=True)
