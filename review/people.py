"""What an administrator may do to people, by the page or by `mentions user`: the same rules for both."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from errors import StoreError
from mention import Role
from store import Store, User
from store.users import UserKind

LINK_HOLDS = timedelta(hours=24)
LONGEST = 80  # characters of a sign-in name or a name
KNOWN = "Somebody here has this name: add what tells them apart, such as their team"


def known(store: Store, name: str) -> bool:
    """Whether somebody is called so already, even if turned off."""
    return any(one.name.casefold() == name.strip().casefold() for one in store.users())


def add(
    store: Store, handle: str, name: str, roles: Iterable[Role], *, at: datetime, by: int | None = None
) -> User:  # fmt: skip
    """A new local account, which a link lets in. Raises StoreError for a name that can't be, or is taken.

    What colleagues call them is taken too: decisions are shown by it.
    """
    if not handle.strip():
        raise StoreError("give a sign-in name")
    if any(sign.isspace() for sign in handle.strip()):
        raise StoreError("use a sign-in name without spaces, such as amina")
    if known(store, name):
        raise StoreError(KNOWN)
    if len(handle) > LONGEST or len(name) > LONGEST:
        raise StoreError(f"use names of at most {LONGEST} characters")
    return store.add_user("local", handle, name, roles, at=at, by=by)


def link(store: Store, public_url: str, user: User, *, at: datetime, by: int | None = None) -> str:
    """The address that lets somebody choose a password, once. Raises StoreError for who has none here."""
    if user.kind == "oidc":
        raise StoreError(
            f"{user.name} signs in with the organisation's account: change their roles there, no link is needed"
        )
    if not user.active:
        raise StoreError(f"{user.name} is turned off: turn them on first")
    token = store.make_link(user.number, at=at, until=at + LINK_HOLDS, by=by)
    return f"{public_url}/welcome/{token}"


def give_roles(
    store: Store, user: User, roles: Iterable[Role], *, at: datetime, by: int | None = None,
    signs_in: Collection[UserKind] = ("local", "oidc"),
) -> None:  # fmt: skip
    """Other roles, which end that person's sessions. Raises StoreError as `change_user`, and for who has none here."""
    if user.kind == "oidc":
        raise StoreError(
            f"{user.name} signs in with the organisation's account: change their roles there"
        )
    store.change_user(user.number, roles=roles, at=at, by=by, signs_in=signs_in)


def turn(
    store: Store, user: User, *, on: bool, at: datetime, by: int | None = None,
    signs_in: Collection[UserKind] = ("local", "oidc"),
) -> None:  # fmt: skip
    """Gives access again, or takes it at once. Raises StoreError as `change_user`."""
    store.change_user(user.number, active=on, at=at, by=by, signs_in=signs_in)
