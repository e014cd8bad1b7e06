"""Which accounts of the register are plainly a public body's, and which a lead and governance agree to first.

What stands in the register can be followed and named in searches: one person could watch a colleague by it. A handle says
whose it is where it stands under a domain that only bodies get, or is a name of the organisation's, of a provider or of a council.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from classify.people.lists import places, plain
from settings.governance import NamedPerson
from settings.organisation import Account, Organisation

if TYPE_CHECKING:
    from settings.schema import Config

# Second-level domains that are given to public bodies alone (Nominet, and the registries of Scotland and Wales)
_OF_BODIES = (".nhs.uk", ".gov.uk", ".police.uk", ".parliament.uk", ".nhs.scot", ".gov.scot", ".nhs.wales", ".gov.wales", ".senedd.wales", ".ac.uk")  # fmt: skip
# What bodies put before or behind their name in a handle
_BODY_ENDS = ("nhsft", "nhstrust", "nhs", "icb", "icp", "ccg", "ft", "trust", "council", "official", "uk")  # fmt: skip
_COUNCILS = ("council", "boroughcouncil", "citycouncil", "countycouncil", "nhs", "icb")
# NHS North West London's own, which stand in config.toml as it ships
_SHIPPED = frozenset(("healthiernwl", "staywellnwl", "1302365"))
_SHORTEST = 5  # letters of a name that tells by itself


def not_plain(
    organisation: Organisation, allowed: Collection[str] = ()
) -> Iterator[tuple[int, Account]]:
    """The accounts of the register, with their rows, that nothing says to be a body's, and that are not among what two people agreed to."""
    agreed = {_bare(name) for name in allowed}
    for row, account in enumerate(organisation.accounts):
        if _bare(account.handle) not in agreed and not is_plain(account.handle, organisation):
            yield row, account


def settled(
    organisation: Organisation, register: Mapping[str, frozenset[str]], allowed: Collection[str]
) -> dict[str, frozenset[str]]:
    """By platform, the handles of the register that change how a post is read: plainly a body's, or among `allowed`.

    `allowed`: what two people agreed to, and what stands in config.toml as the organisation's own (`installed`).
    """
    agreed = {_bare(name) for name in allowed}
    return {
        platform: frozenset(handle for handle in handles if handle in agreed or is_plain(handle, organisation))
        for platform, handles in register.items()
    }  # fmt: skip


def installed(config: Config) -> frozenset[str]:
    """The organisation's own accounts that its files name: whoever installs it answers for them. One that the page brought takes two people as long as it stands there."""
    accounts = config.layers.merged.get("organisation", {}).get("accounts", ())
    return frozenset(_bare(str(row["handle"])) for row in accounts if row.get("owner") == "organisation")  # fmt: skip


def to_agree(
    before: Organisation, after: Organisation, file: Organisation, allowed: Collection[str]
) -> dict[str, str]:
    """By place, the handles that a change brings to the register, or gives another owner there, and that two people agree to first."""
    known = {(account.platform, _bare(account.handle), account.owner) for each in (before, file) for account in each.accounts}  # fmt: skip
    return {
        f"organisation.accounts.{row}.handle": account.handle
        for row, account in not_plain(after, allowed)
        if (account.platform, _bare(account.handle), account.owner) not in known
    }


def with_agreed(config: Config, accounts: Mapping[str, date]) -> Config:
    """The configuration with accounts that a lead and governance agreed to in the page, each until a day, as if it named them itself."""
    if not accounts:
        return config
    people = [
        NamedPerson(
            name=name, office="account", purpose="agreed under Names of people", lead="a lead, in the page", governance="governance, in the page",
            until=until,
        )
        for name, until in accounts.items()
    ]  # fmt: skip
    governance = config.governance.model_copy(
        update={"people": (*config.governance.people, *people)}
    )
    return config.model_copy(update={"governance": governance})


def is_plain(handle: str, organisation: Organisation) -> bool:
    """Whether a handle is plainly a public body's: by its domain, or by the name of one that the settings or our lists know."""
    if _bare(handle) in _SHIPPED:
        return True
    name, _, server = _bare(handle).partition("@")
    domain = server or (name if "." in name else "")
    if domain and f".{domain}".endswith(_OF_BODIES):
        return True
    first = _squashed(name.split(".")[0])
    ours = first in _SHIPPED or first in _names(
        organisation
    )  # on a server of anybody's too: nobody is called so
    return ours or (not server and _is_council(first))


def _bare(handle: str) -> str:
    return handle.strip().lstrip("@").casefold()


def _squashed(words: str) -> str:
    return re.sub(r"[\W_]", "", plain(words))


@lru_cache(maxsize=8)
def _names_of(words: tuple[str, ...]) -> frozenset[str]:
    names = {_squashed(each) for each in words}
    names = {each for each in names if len(each) >= _SHORTEST}
    return frozenset(
        {*names, *(f"{each}{end}" for each in names for end in _BODY_ENDS), *(f"{end}{each}" for each in names for end in _BODY_ENDS)}
    )  # fmt: skip


def _names(organisation: Organisation) -> frozenset[str]:
    """How a body of the settings may write its name as a handle."""
    bodies = [name for body in organisation.providers for name in (body.name, *body.aliases)]
    return _names_of((*(name.name for name in organisation.names), *bodies))


def _is_council(name: str) -> bool:
    """Whether it is a listed place with what makes it a council's or a health body's."""
    return any(
        name.endswith(end) and name.removesuffix(end).removeprefix("lb") in places() for end in _COUNCILS
    )  # fmt: skip
