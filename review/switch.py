"""The way from one organisation's page to another's, for who has an account in both and linked them.

It reads nothing of another organisation but its name, its address and whether one person's account there is on: no words, no
cases, no list of people. Roles are always those of the organisation that is entered. Both sides keep the link and record who
went over; where somebody has a second step, it is asked for as if they had typed their password.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from core.errors import InputError, MentionsError
from settings import schema
from settings.organisations import SLUG, Member
from settings.schema import Config
from steps.context import open_store
from store import LinkedAccount, Store, User

log = logging.getLogger("review")

_CODE = re.compile(rf"({SLUG.pattern})\.([0-9a-f]{{32}})")
NOT_RIGHT = "That code is not right, was used before or is older than ten minutes: make another one"
AWAY = "That organisation’s page can’t be reached now: nothing was changed"
NOT_LINKED = "You have no account there any more, or its link was ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """An account of the same person elsewhere, as a page shows it. `name` is the organisation's."""

    account: LinkedAccount
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who typed this person's code, and where."""

    organisation: str
    name: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody who comes over: who they are here, and the organisation that they come from."""

    user: User
    organisation: str
    name: str
    their_number: int


@dataclass(frozen=True, kw_only=True)
class Switch:
    """The ways from the organisation `slug`. `members` are those of the installation now."""

    slug: str
    members: Callable[[], Mapping[str, Member]]

    def others(self, store: Store, user: int) -> list[Other]:
        """The accounts that this person linked; those of organisations that are gone are left out."""
        members = self.members()
        return [
            Other(account=account, name=_name(members[account.organisation]))
            for account in store.linked_accounts.of(user)
            if account.organisation in members
        ]

    def make_code(self, store: Store, user: int, at: datetime) -> str:
        """What this person types at another organisation's page to link their account there with this one."""
        return f"{self.slug}.{store.linked_accounts.make_pass('link', user, at=at)}"

    def type_code(self, user: int, typed: str, at: datetime) -> str:
        """Tells the organisation that a code is from who typed it here; its name. Raises InputError where the code lets nothing be done."""
        match = _CODE.fullmatch("".join(typed.split()).lower())
        if match is None or match[1] == self.slug or match[1] not in self.members():
            raise InputError(NOT_RIGHT)
        slug, token = match[1], match[2]
        with self._there(slug) as (there, _):
            if not there.linked_accounts.claim(token, self.slug, user, at=at):
                raise InputError(NOT_RIGHT)
        return _name(self.members()[slug])

    def claim(self, store: Store, user: int, at: datetime) -> Claim | None:
        """Who typed this person's code elsewhere, and waits for them to say that this is them."""
        claimed = store.linked_accounts.claimed(user, at=at)
        if claimed is None or claimed.from_organisation not in self.members():
            return None
        slug = claimed.from_organisation
        try:
            with self._there(slug) as (there, _):
                person = there.users.get(claimed.from_number or 0)
        except InputError:
            return None
        if person is None or not person.active:
            return None
        return Claim(organisation=slug, name=_name(self.members()[slug]), person=person.name)

    def answer(self, store: Store, user: int, at: datetime, *, yes: bool) -> bool:
        """Links both accounts where their owner says that it was them who typed the code; whether anything waited.

        Raises InputError where the other organisation can't be reached; nothing is linked then.
        """
        claimed = store.linked_accounts.settle(user, at=at)
        if claimed is None or claimed.from_number is None:
            return False
        if yes:
            with self._there(claimed.from_organisation) as (there, _):
                there.linked_accounts.link(claimed.from_number, self.slug, user, at=at)
                store.linked_accounts.link(
                    user, claimed.from_organisation, claimed.from_number, at=at
                )
        return True

    def end(self, store: Store, user: int, account: LinkedAccount, at: datetime) -> None:
        """Ends a link on both sides; on this one also where the other can't be reached, which lets nobody over either."""
        store.linked_accounts.end(user, account.organisation, account.their_number, at=at)
        if account.organisation in self.members():
            try:
                with self._there(account.organisation) as (there, _):
                    there.linked_accounts.end(account.their_number, self.slug, user, at=at)
            except InputError:
                log.warning("a link of accounts was ended on one side alone")

    def way_to(self, store: Store, user: int, slug: str, at: datetime) -> tuple[str, str]:
        """The address by which this person comes over, once and within a minute, and the organisation's name.

        Who has the other organisation's own sign-in goes by that, so that it can say no. Raises InputError where no link holds on both
        sides, or the account there is off.
        """
        account = next((each for each in store.linked_accounts.of(user) if each.organisation == slug), None)  # fmt: skip
        if account is None or slug not in self.members():
            raise InputError(NOT_LINKED)
        with self._there(slug) as (there, config):
            back = there.linked_accounts.counterpart(account.their_number, self.slug, user)
            person = there.users.get(account.their_number)
            if back is None or person is None or not person.active:
                raise InputError(NOT_LINKED)
            if person.kind == "oidc":
                address = f"{config.review.public_url}/sign-in/oidc"
            elif config.review.oidc.on and not config.review.oidc.local_accounts:
                raise InputError(NOT_LINKED)
            else:
                ticket = there.linked_accounts.make_pass(
                    "enter", person.number, at=at, from_organisation=self.slug, from_number=user
                )
                address = f"{config.review.public_url}/arrive?ticket={ticket}"
        store.linked_accounts.note_going(user, slug, account.their_number, at=at)
        return address, _name(self.members()[slug])

    def bind(self, user: int, slug: str, ticket: str, proof: str, at: datetime) -> str:
        """The address for the one browser that has what `proof` is of, in place of a ticket that this person was just given.

        Whoever else saw the ticket is not signed in here as that person, so that it lets them nowhere. Raises InputError where it is none.
        """
        with self._there(slug) as (there, config):
            ticketed = there.linked_accounts.look("enter", ticket, at=at)
            if ticketed is None or (ticketed.from_organisation, ticketed.from_number) != (
                self.slug,
                user,
            ):
                raise InputError(NOT_LINKED)
            bound = there.linked_accounts.make_pass(
                "enter", ticketed.user, at=at, from_organisation=self.slug, from_number=user, proof=proof
            )  # fmt: skip
        return f"{config.review.public_url}/arrive?ticket={bound}"

    def to_bind(self, arrival: Arrival, ticket: str, proof: str) -> str:
        """The address at which who comes over says, where they are signed in, that it is them in this browser."""
        origin = self.members()[arrival.organisation].public_url
        return f"{origin}/organisations?to={self.slug}&ticket={ticket}&proof={proof}"

    def arrival(
        self, store: Store, ticket: str, at: datetime, *, proof: str = "", use: bool = False
    ) -> Arrival | None:
        """Who comes over by a ticket, which `use` uses up; None where it is over, is another browser's, or the link does not hold on both sides now."""
        accounts = store.linked_accounts
        ticketed = accounts.use("enter", ticket, at=at, proof=proof) if use else accounts.look("enter", ticket, at=at, proof=proof)  # fmt: skip
        if ticketed is None or ticketed.from_number is None:
            return None
        slug, user = ticketed.from_organisation, store.users.get(ticketed.user)
        if user is None or not user.active or user.kind != "local" or slug not in self.members():
            return None
        if accounts.counterpart(user.number, slug, ticketed.from_number) is None:
            return None
        return Arrival(user=user, organisation=slug, name=_name(self.members()[slug]), their_number=ticketed.from_number)  # fmt: skip

    @contextmanager
    def _there(self, slug: str) -> Iterator[tuple[Store, Config]]:
        """Another organisation's store, for one thing. Raises InputError where it can't be opened."""
        member = self.members().get(slug)
        if member is None or member.wrong:
            raise InputError(AWAY)
        try:
            config = schema.load(member.path)
            store = open_store(config, member.folder, create=False)
        except MentionsError as error:
            log.warning("the organisation %s can't be opened: %s", slug, error)
            raise InputError(AWAY) from error
        with store:
            yield store, config


def _name(member: Member) -> str:
    return member.name or member.slug
