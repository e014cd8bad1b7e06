"""Whom we watch for: names, accounts, places, providers and contact points, with dates, since bodies merge.

It is the table [organisation] of config.toml, which settings/schema.py reads; `today` says what is in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from core import clock
from core.errors import ConfigError
from core.models import PLATFORMS, Platform
from core.validation import STRICT
from search.query import parse
from settings.called import name_on
from settings.public_records import PublicRecord


class Dated(BaseModel):
    """What holds from its first day to its last, both included; without one, always."""

    model_config = STRICT
    since: date | None = Field(default=None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("until is before from")
        return self

    def in_force(self, on: date) -> bool:
        """From its first day to its last, both included."""
        return (self.since or date.min) <= on <= (self.until or date.max)


class Name(Dated):
    """A name of the organisation; `search` where it is distinctive enough to search for."""

    name: Annotated[str, Field(min_length=2)]
    search: bool = True


class Account(Dated):
    """One line of the register of accounts: the organisation's, its providers' or other bodies'."""

    platform: Platform
    handle: Annotated[str, Field(min_length=1)]
    owner: Literal["organisation", "provider", "body"]


class Place(Dated):
    """A place or provider, with other names that people use."""

    name: Annotated[str, Field(min_length=2)]
    aliases: tuple[str, ...] = ()


class Contact(Dated):
    """A published contact point: what stands here is nobody's personal detail."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()


def _is_rule(written: str) -> str:
    try:
        parse(written)
    except ConfigError as error:
        raise ValueError(str(error)) from None
    return written


RuleText = Annotated[str, AfterValidator(_is_rule)]


class Rule(BaseModel):
    """A boolean rule over what was collected; see search/query.py for how it is written."""

    model_config = STRICT
    name: Annotated[str, Field(pattern=r"^[\w .&'-]{1,60}$")]
    rule: RuleText


class Campaign(Dated):
    """Something that the organisation is campaigning for; `rule` says which posts speak of it."""

    name: Annotated[str, Field(pattern=r"^[\w .&'-]{1,60}$")]
    rule: RuleText


class Organisation(BaseModel):
    """Whom we watch for."""

    model_config = STRICT
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    topics: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    places: tuple[Place, ...] = ()
    providers: tuple[Place, ...] = ()
    contacts: tuple[Contact, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    records: tuple[PublicRecord, ...] = ()

    @property
    def name(self) -> str:
        """What the page and papers call the organisation today."""
        return self.name_on(clock.local_day(clock.now()))

    def name_on(self, on: date) -> str:
        """What it is called on a day."""
        return name_on(self.names, on)


def search_silence(organisation: Organisation, on: date) -> str:
    """That nothing of ours is searched for on a day, as every page of those on duty says it; "" where something is."""
    searched = any(name.search and name.in_force(on) for name in organisation.names)
    if searched or organisation.topics:
        return ""
    return "Nothing of ours is searched for: no name is in force and ticked, and there is no search term. What people write of us, danger too, is not found."


def about_first_name(organisation: Organisation, on: date) -> str:
    """What is to be said of a first name that is not in force on a day; "" where it is."""
    first = organisation.names[0]
    if first.in_force(on):
        return ""
    ended = first.until is not None and first.until < on
    when = f"ended on {first.until:%-d %B %Y}" if ended else f"begins on {first.since:%-d %B %Y}"
    called = organisation.name_on(on)
    if called == first.name:
        return f"{first.name} {when}, and no other name is in force: pages and papers use it all the same, and nothing is searched for by a name"
    until = "" if ended else " until then"
    put_first = f": put {called} first among the names" if ended else ""
    return f"{first.name}, the first of the names, {when}: pages and papers say {called}{until}{put_first}"


class AccountSearch(BaseModel):
    """The search for accounts in the organisation's name, on platforms that let profiles be searched."""

    model_config = STRICT
    on: bool = True
    every_hours: Annotated[int, Field(gt=0)] = 24


class Logo(BaseModel):
    """An image of ours that others may not use; `file` starts at this file's folder."""

    model_config = STRICT
    name: Annotated[str, Field(pattern=r"^[\w .&'-]{1,60}$")]
    file: Annotated[str, Field(min_length=1)]


class Logos(BaseModel):
    """Which pictures are compared with which images, and how alike they must be."""

    model_config = STRICT
    image: tuple[Logo, ...] = ()
    distance: Annotated[int, Field(ge=0, le=20)] = 10  # of 64 bits
    attached: bool = False
    more_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Today:
    """What is in force on a day: the part of the organisation that steps and collectors go by."""

    names: tuple[str, ...]
    terms: tuple[str, ...]
    places: tuple[str, ...]
    providers: tuple[str, ...]
    register: Mapping[str, frozenset[str]]
    official: Mapping[str, frozenset[str]]
    provider_accounts: Mapping[str, frozenset[str]]
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    postcodes: tuple[str, ...]
    records: tuple[PublicRecord, ...] = ()

    @property
    def ours(self) -> tuple[str, ...]:
        """All by which a text names us or our area: names, terms, places, providers, and handles of the register."""
        handles = (f"@{handle}" for known in self.register.values() for handle in sorted(known))
        return tuple(
            dict.fromkeys((*self.names, *self.terms, *self.places, *self.providers, *handles))
        )


def today(organisation: Organisation, on: date) -> Today:
    """Names in force search; all names, past and coming ones too, are the organisation's."""
    now = [name for name in organisation.names if name.in_force(on)]
    accounts = [account for account in organisation.accounts if account.in_force(on)]
    contacts = organisation.contacts  # a former number is still nobody's own
    own = [a for a in accounts if a.owner == "organisation"]
    handles = tuple(f"@{account.handle.lstrip('@')}" for account in own if account.platform == "x")
    return Today(
        names=tuple(name.name for name in organisation.names),
        terms=tuple(
            dict.fromkeys((*(n.name for n in now if n.search), *handles, *organisation.topics))
        ),
        places=_all_names(organisation.places),
        providers=_all_names(organisation.providers),
        register=_by_platform(accounts),
        official=_by_platform(own),
        provider_accounts=_by_platform([a for a in accounts if a.owner == "provider"]),
        phones=tuple(phone for contact in contacts for phone in contact.phones),
        emails=tuple(email for contact in contacts for email in contact.emails),
        postcodes=tuple(code for contact in contacts for code in contact.postcodes),
        records=organisation.records,
    )


def _all_names(places: Sequence[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n for place in places for n in (place.name, *place.aliases)))


def _by_platform(accounts: Sequence[Account]) -> dict[str, frozenset[str]]:
    return {
        platform: frozenset(
            a.handle.lower().lstrip("@") for a in accounts if a.platform == platform
        )
        for platform in PLATFORMS
    }
