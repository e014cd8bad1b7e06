"""The email that tells governance that somebody opened much: who, how often, and where to read more. No words, no writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from core import clock
from reports import access
from reports.email import message
from reports.rendering import render
from settings.schema import Config
from store import Store

ROLE = "information_governance"  # the team, by its type, whose addresses are taken where [review.looking] names none
# What somebody did who goes from number to number, by its kind.
WALKS: Mapping[str, str] = {
    "pages": "opened the pages of {} different cases and posts",
    "absent": "tried {} different numbers of cases and posts that are not there, or not theirs to see,",
}

# What is told each time, to whoever is not of governance
ADVICE: Mapping[str, str] = {
    "person": "Where there are two of governance, each can open for whom the other looked. Here nobody can: ask them for whom, and whose letter asks for it.",
    "erased": "You are told of each erasure. Ask whose letter asks for it, and whether a complaint, a claim or an inquest needs what is gone: a backup has it until it is too old.",
    "police": "You are told of each. Ask on which ground, and what the police wrote: both stand with the case, for governance.",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MuchOpened:
    """One person opened `count` things within an hour, or posts of one writer within `days`; or looked for a person under request `count`."""

    what: str  # "hour", "pages", "absent", "writer", "reason", "person", "erased" or "police"
    user: int
    name: str
    count: int
    limit: int
    days: int
    at: datetime
    posts: int = 0  # of an erasure: how many went
    check: str = ""  # of a person: by what another name or account is said to be the same one's

    @property
    def subject(self) -> str:
        """Fixed words, and nobody's name."""
        if self.what == "person":
            return "To look at: a person was looked for, and nobody else here reads for whom"
        if self.what == "erased":
            return "To look at: posts were erased for good"
        if self.what == "police":
            return "To look at: a case was passed to the police"
        if self.what == "reason":
            return "To look at: a reason was not taken, and nothing was opened"
        if self.what == "pages":
            return f"To look at: one person opened {self.count} cases and posts within an hour"
        if self.what == "absent":
            return f"To look at: one person tried {self.count} numbers that are not there"
        if self.what == "writer":
            return f"To look at: {self.count} posts of one writer were opened by one person"
        return f"To look at: one person opened {self.count} posts within an hour"

    @property
    def sentence(self) -> str:
        """What happened, in a sentence."""
        if self.check:
            return (
                f"{self.name}, the only one here with the role governance, opened another name or account under request {self.count}, as the same "
                f"person’s. What was checked: {self.check}."
            )
        if self.what == "erased":
            went = "1 post" if self.posts == 1 else f"{self.posts} posts"
            return f"{self.name} erased {went} for good, {f'under request {self.count}, which asks for an erasure' if self.count else 'without a request'}."
        if self.what == "police":
            return f"{self.name} passed case {self.count} to the police."
        if self.what == "person":
            return f"{self.name}, the only one here with the role governance, looked for a person under request {self.count}."
        if self.what == "reason":
            return f"{self.name} gave a reason that is about someone’s employment, or curiosity. Nothing was opened or taken."
        if self.what in WALKS:
            return f"{self.name} {WALKS[self.what].format(self.count)} within an hour."
        if self.what == "writer":
            return f"{self.name} opened {self.count} different posts of one writer within {self.days} days."
        return f"{self.name} opened originals, masked details or pictures {self.count} times within an hour."

    @property
    def advice(self) -> str:
        """What whoever is outside governance is to ask, of what is told of each time; "" of what is told from a number on."""
        return ADVICE.get(self.what, "")


def told_to(config: Config) -> tuple[str, ...]:
    """Who is told by email; nobody where no address is set up."""
    if config.review.looking.email:
        return config.review.looking.email
    return next(
        (
            role.email
            for role in config.review.roles
            if ROLE in (role.type, role.key) and role.email
        ),
        (),
    )


def told_of(store: Store, config: Config, user: int) -> tuple[str, ...]:
    """Who is told of what this person did: of somebody of governance the data protection officer and the Caldicott Guardian too, since governance would be telling itself."""
    roles = next((each.roles for each in store.users.all() if each.number == user), ())
    beside = outside(store, config, user) if "governance" in roles else ()
    return tuple(dict.fromkeys((*told_to(config), *beside)))


def tell_outside(store: Store, config: Config, user: int, request: int, at: datetime) -> None:
    """Puts the email into the outbox that says that whoever alone holds governance looked for a person: for the data protection officer and the Caldicott Guardian, who are not they."""
    tell_outside_of(store, config, "person", user=user, count=request, at=at)


def tell_outside_of(
    store: Store, config: Config, what: str, *, user: int, count: int, at: datetime, posts: int = 0
) -> None:
    """The same of anything that governance itself did."""
    to = outside(store, config, user) or (() if what == "person" else told_to(config))
    if to:
        payload = {
            "what": what, "user": str(user), "count": str(count), "limit": "0", "days": "0", "posts": str(posts),
            "at": clock.text(at),
        }  # fmt: skip
        store.outbox.add("looks", f"{what} {count} {user} {clock.text(at)}", at, payload, to)


def outside(store: Store, config: Config, user: int) -> tuple[str, ...]:
    """The mailboxes of the data protection officer and the Caldicott Guardian, without this person's own."""
    own = next((each.handle for each in store.users.all() if each.number == user), "")
    named = [address for key in ("dpo", "caldicott_guardian") for address in access.mailboxes(getattr(config.governance, key))]  # fmt: skip
    return tuple(dict.fromkeys(each for each in named if each.casefold() != own.casefold()))


def looks_of(payload: Mapping[str, str], people: Mapping[int, str]) -> MuchOpened:
    """What a row of the outbox tells."""
    user = int(payload["user"])
    return MuchOpened(
        what=payload["what"], user=user, name=people.get(user, "Someone who has left"), count=int(payload["count"]),
        limit=int(payload["limit"]), days=int(payload["days"]), at=clock.parse(payload["at"]),
        posts=int(payload.get("posts", "0")), check=payload.get("check", ""),
    )  # fmt: skip


def mail(
    config: Config, much: MuchOpened, *, to: Sequence[str], at: datetime, message_id: str
) -> EmailMessage:
    """The email itself."""
    address = config.review.public_url.rstrip("/")
    return message(
        config.alerts.mail, to, much.subject, render("looks.txt", much=much, address=address),
        render("looks.html", much=much, address=address), at=at, message_id=message_id,
    )  # fmt: skip
