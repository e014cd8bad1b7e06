"""The email that tells an account's owner and governance what was done to it: who, what, when. No link, no password."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Literal

from core import clock
from core.models import Role
from reports import health, looks
from reports.email import message
from reports.rendering import render
from settings.schema import Config
from store import User

Change = Literal[
    "link asked", "link", "roles asked", "roles", "agreed", "refused", "on", "off", "off asked", "second step asked", "second step"
]  # fmt: skip
ROLES: Mapping[str, str] = {
    "viewer": "viewer", "reviewer": "reviewer", "lead": "lead", "governance": "governance",
    "admin": "administrator", "guardian": "Freedom to Speak Up Guardian", "safeguarding": "Safeguarding",
}  # fmt: skip
# An account that was let in at the command line is no second person for so long: whoever has the machine can make two.
ANSWERS_AFTER = timedelta(days=7)
_MAILBOX = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
SUBJECTS: Mapping[str, str] = {
    "link asked": "To agree to: a sign-in link", "link": "A sign-in link was made",
    "roles asked": "To agree to: roles", "roles": "Roles were changed", "agreed": "Access was agreed to",
    "second step asked": "To agree to: a reset of a second step", "second step": "A second step was reset",
    "off asked": "To agree to: an account to be turned off",
    "refused": "Access was refused", "on": "An account was turned on", "off": "An account was turned off",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Access:
    """What was done to an account, and by whom."""

    what: str
    name: str
    by_name: str
    roles: tuple[str, ...]
    at: datetime
    answers_from: datetime | None = None  # until when a second person has to be another

    @property
    def subject(self) -> str:
        """Fixed words, and nobody's name."""
        return SUBJECTS[self.what]

    @property
    def waits(self) -> bool:
        """Whether somebody of governance has to agree."""
        return self.what.endswith("asked")

    @property
    def sentence(self) -> str:
        """What happened, in a sentence."""
        roles = ", ".join(ROLES.get(role, role) for role in self.roles)
        when = clock.local(self.at)
        match self.what:
            case "link asked":
                done = f"asked for a link by which {self.name} would choose a new password"
            case "link":
                done = f"made a link by which {self.name} can choose a new password"
            case "roles asked":
                done = f"asked that {self.name} may be: {roles}"
            case "off asked":
                done = f"asked that the account of {self.name} be turned off"
            case "roles":
                done = f"changed what {self.name} may be to: {roles}"
            case "second step asked":
                done = f"asked to reset the second step by which {self.name} signs in"
            case "second step":
                done = f"reset the second step by which {self.name} signs in: the next time they turn it on again"
            case "agreed" | "refused":
                done = f"{'agreed to' if self.what == 'agreed' else 'refused'} what was asked for {self.name}"
            case _:
                done = f"turned the account of {self.name} {self.what}"
        return f"{self.by_name} {done}, {when}."


def at_the_machine(login: str) -> str:
    """Who ran a command, as far as the machine knows."""
    return f"Someone at the command line, as “{login}”" if login else "Someone at the command line"


def told_to(
    config: Config, owner: User, roles: Collection[Role], users: Sequence[User]
) -> tuple[str, ...]:
    """The owner's mailbox, where their sign-in name is one, the Guardian's team's of theirs, and governance's.

    Of governance and the Guardian also the Caldicott Guardian and the data protection officer, by the mailboxes in
    [governance]: neither runs the machine, on which both accounts could be made by one person.
    Where governance has no address, whoever is told of the service's health is told, or else whoever gets the first alert:
    what is done to an account is never told to nobody. Empty only where config.toml names nobody at all.
    """
    addresses = [owner.handle]
    if "guardian" in roles:
        addresses += [
            each for role in config.review.roles if role.type == "guardian" for each in role.email
        ]
    overseers = [user.handle for user in users if user.active and "governance" in user.roles]
    overseers += looks.told_to(config)
    if not any("@" in each and each != owner.handle for each in overseers):
        overseers += health.told_to(config)
    addresses += overseers
    if not {"governance", "guardian"}.isdisjoint(roles):
        addresses += outside(config)
    return tuple(dict.fromkeys(each for each in addresses if "@" in each))


def outside(config: Config) -> list[str]:
    """The mailboxes of the Caldicott Guardian and the data protection officer, as far as [governance] names any."""
    named = (config.governance.caldicott_guardian, config.governance.dpo)
    return list(dict.fromkeys(address for value in named for address in mailboxes(value)))


def mailboxes(written: str) -> list[str]:
    """The mailboxes in what somebody wrote, in their order."""
    return _MAILBOX.findall(written)


def access_of(payload: Mapping[str, str], people: Mapping[int, str]) -> Access:
    """What a row of the outbox tells."""
    by = payload["by"]
    name = people.get(int(payload["user"]), "someone who has left")
    return Access(
        what=payload["what"], name=name, roles=tuple(role for role in payload["roles"].split(",") if role),
        by_name=people.get(int(by), "Someone who has left") if by else at_the_machine(payload["login"]),
        at=clock.parse(payload["at"]),
        answers_from=clock.parse(until) if (until := payload.get("answers_from", "")) else None,
    )  # fmt: skip


def mail(
    config: Config, done: Access, *, to: Sequence[str], at: datetime, message_id: str
) -> EmailMessage:
    """The email itself."""
    address = config.review.public_url.rstrip("/")
    return message(
        config.alerts.mail, to, done.subject, render("access.txt", done=done, address=address),
        render("access.html", done=done, address=address), at=at, message_id=message_id,
    )  # fmt: skip
