"""Where two posts that must be two people's are one person's as far as can be told: one account, one mailbox, one name.

Each answers or reads for the other: governance and the Guardian agree to the same things, and the Caldicott Guardian and the data
protection officer are told of what is done to either's account. Nothing is refused by it here: who agrees twice is refused where
they agree (`review.auth.one_person`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from core.models import Role
from reports import access
from review.auth.one_person import same_person
from settings.schema import Config
from store import User

# Of an account that both a command and an administrator can open, those that nobody may oversee in their own case.
_OVERSEEN: Mapping[Role, str] = {
    "governance": "governance", "guardian": "the Freedom to Speak Up Guardian", "admin": "an administrator",
}  # fmt: skip
_OUTSIDE = {"caldicott_guardian": "the Caldicott Guardian", "dpo": "the data protection officer"}
_TEAM = "the Freedom to Speak Up Guardian’s team"


def shared(config: Config, users: Sequence[User]) -> list[str]:
    """A sentence for each two posts that one person or one mailbox seems to hold; names posts and no mailbox."""
    return list(dict.fromkeys([*_accounts(users), *_mailboxes(config, users)]))


def _accounts(users: Sequence[User]) -> Iterator[str]:
    active = [user for user in users if user.active]
    for user in active:
        if {"governance", "guardian"} <= set(user.roles):
            yield f"the account {user.handle} is governance and the Guardian: one of the two has to be another person, since where both agree it answers once"
        elif "governance" in user.roles and (
            decides := {"lead", "reviewer", "admin"}.intersection(user.roles)
        ):
            yield f"the account {user.handle} is governance and {' and '.join(sorted(decides))}: it looks at what it decides itself"
        elif {"admin", "guardian"} <= set(user.roles):
            yield f"the account {user.handle} is an administrator and the Guardian: who makes accounts can’t also agree to them"
    for first, second in combinations(active, 2):
        roles = set(first.roles) | set(second.roles)
        apart = not {"governance", "guardian"} <= set(first.roles) and not {"governance", "guardian"} <= set(second.roles)  # fmt: skip
        if {"governance", "guardian"} <= roles and apart and same_person(first, second):
            yield f"the accounts {first.handle} and {second.handle} are one person’s by mailbox or name: one is governance, one the Guardian, and where both agree they answer once"


def _mailboxes(config: Config, users: Sequence[User]) -> Iterator[str]:
    posts: dict[str, list[str]] = {}

    def note(address: str, post: str) -> None:
        known = posts.setdefault(_plain(address), [])
        if post not in known:
            known.append(post)

    for key, post in _OUTSIDE.items():
        for address in access.mailboxes(getattr(config.governance, key)):
            note(address, post)
    for team in config.review.roles:
        for address in team.email:
            note(address, _TEAM if team.type == "guardian" else f"the team {team.name}")
    for user in users:
        for role, post in _OVERSEEN.items():
            if user.active and role in user.roles and "@" in user.handle:
                note(user.handle, post)
    for titles in posts.values():
        if len(titles) > 1 and any(_apart(*pair) for pair in combinations(titles, 2)):
            yield f"one mailbox is {' and '.join(titles)}: each has to be another person, so that one is told of the other"


def _apart(first: str, second: str) -> bool:
    """Whether two posts that share a mailbox have to be two people's."""
    both = {first, second}
    guardians = {_TEAM, _OVERSEEN["guardian"]}
    if both <= guardians:
        return False
    outside = set(_OUTSIDE.values())
    if both & guardians:
        return True  # what is the Guardian's is read by nobody else
    overseen = set(_OVERSEEN.values())
    return both <= outside or bool(both & outside and both & overseen)


def _plain(address: str) -> str:
    name, _, host = address.casefold().strip().partition("@")
    return f"{name.partition('+')[0]}@{host}"
