"""Which accounts wrote a post: as its source said, and as its address says, since exports often have the address alone."""

from __future__ import annotations

from collections.abc import Mapping

from core import addresses

ACCOUNT_FIELDS = (
    "author_id",
    "handle",
)  # of what is encrypted on a mention; a name can be anybody's


def accounts_of_address(url: str, kind: str) -> tuple[tuple[str, str], ...]:
    """The account that a post's address names, as platform and id or handle; none where it names none."""
    account = addresses.account_in(url, kind)
    return ((addresses.account_platform(url), account),) if account else ()


def accounts_of(platform: str, kind: str, personal: Mapping[str, str]) -> set[tuple[str, str]]:
    """The accounts that wrote a post, as platform and id or handle. `personal` is what is encrypted on it."""
    accounts = {(platform, personal[part]) for part in ACCOUNT_FIELDS if personal.get(part)}
    return accounts | set(accounts_of_address(personal.get("url") or "", kind))
