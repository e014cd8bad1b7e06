"""What the data-rights desk does, on the page and by command: each act written down with who did it, none with whom it was about."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from classify.policy.schema import Policy
from core.errors import ConfigError, StoreError
from reports import pdf, subject_access
from settings.schema import Config
from store import PurgeProof, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A disclosure pack: the page as a file, and the same for a machine."""

    page: bytes
    format: Literal["pdf", "html"]
    data: bytes
    posts: int
    withheld: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an erasure would do: which posts go, and which a hold keeps."""

    going: tuple[int, ...]
    on_hold: tuple[int, ...]


def disclose(
    store: Store, config: Config, policy: Policy, numbers: Sequence[int], theirs: Collection[int], *,
    own: Iterable[str], by: str, at: datetime, request: int | None = None, as_html: bool = False,
) -> Pack:  # fmt: skip
    """A pack of these posts, once it stands in the record that it was made; HTML that prints where no PDF can be made.

    Raises StoreError where none of the posts is held.
    """
    disclosure = subject_access.gather(
        store, config, policy, numbers, theirs, own=own, at=at, request=request
    )
    if not disclosure.posts:
        raise StoreError("none of these posts is held any more: look again")
    page, data = subject_access.html(disclosure), subject_access.as_json(disclosure).encode("utf-8", "replace")  # fmt: skip
    format_: Literal["pdf", "html"] = "html"
    content = page.encode("utf-8", "replace")
    if not as_html and pdf.is_installed():
        try:
            content, format_ = pdf.pdf(page), "pdf"
        except ConfigError:  # WeasyPrint is there, and Pango is not
            format_ = "html"
    store.rights_requests.note_disclosure(
        posts=len(disclosure.posts), withheld=disclosure.withheld, digest=hashlib.sha256(data).hexdigest(),
        by=by, at=at, request=request,
    )  # fmt: skip
    return Pack(
        page=content, format=format_, data=data, posts=len(disclosure.posts), withheld=disclosure.withheld
    )  # fmt: skip


def standing(store: Store, numbers: Iterable[int], at: datetime) -> Standing:
    """What erasing these posts would do now."""
    there = [number for number in sorted(set(numbers)) if store.mentions.get(number) is not None]
    on_hold = tuple(number for number in there if store.retention.on_hold(number, at))
    return Standing(
        going=tuple(number for number in there if number not in on_hold), on_hold=on_hold
    )


def erase(
    store: Store, numbers: Sequence[int], theirs: Collection[int], *, by: str, at: datetime
) -> PurgeProof:
    """Erases these posts, and proves it. Where they are all that a person wrote, their accounts stand in the erasure ledger too.

    `theirs` are all posts that were found to be by that person.
    """
    whole = bool(theirs) and set(theirs) <= set(numbers)
    accounts = store.search.accounts_of(theirs) if whole else set()
    return store.retention.erase(numbers, by=by, at=at, accounts=accounts)
