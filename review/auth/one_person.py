"""Whether two accounts may be one person's: where two people have to agree, the second is one that nobody of the two has in hand.

One person may hold several accounts, under names of their own invention: whoever makes an account, gives it roles, links it or resets its
second step has the way into it, as has whoever has the machine. So who did that to the other's account lately is no second person
beside it, nor are two whose accounts the same hands made. Others are told of each such account and have that time to ask whose it is.
Access itself (`review.auth.second_people`) asks more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from core import clock
from reports.access import ANSWERS_AFTER
from store import Store, User

YOURSELF = (
    "Another person has to agree: you asked for it, or answered already, by this account or another"
)


def why_not(store: Store, user: User, others: Iterable[int | None], *, at: datetime) -> str:
    """Why somebody can't be the second person beside these accounts, in a sentence; "" where they can. None is an account nobody knows.

    As `same_person`, and for seven days where the account was let in at the command line, or the same hands had it and one of the others.
    """
    known = {each.number: each for each in store.users.all()}
    beside = [known[number] for number in others if number in known]
    if any(same_person(user, other) for other in beside):
        return YOURSELF
    since = at - ANSWERS_AFTER
    if (done := store.second_people.at_the_machine(since).get(user.number)) is not None:
        return f"Your account was let in at the command line: it can agree from {clock.local(done + ANSWERS_AFTER)} on, once others had time to ask whose it is"
    makers = store.second_people.makers(since)
    mine = hands(user, makers, known)
    if any(same_person(theirs, own) for other in beside for theirs in hands(other, makers, known) for own in mine):  # fmt: skip
        return (
            f"Another person has to agree: within {ANSWERS_AFTER.days} days your account and the one that asked were made, given roles, linked or "
            "reset one by the other, or both by one person"
        )
    return ""


def hands(account: User, makers: Mapping[int, set[int]], known: Mapping[int, User]) -> list[User]:
    """An account, whoever had it in hand, and whoever had theirs: by `store.second_people.makers`."""
    numbers, left = {account.number}, [account.number]
    while left:
        new = makers.get(left.pop(), set()) - numbers
        numbers |= new
        left += new
    return [known[number] for number in numbers if number in known]


def same_person(account: User, other: User | None) -> bool:
    """Whether two accounts are one person's as far as can be told: one account, one mailbox, or one name."""
    if other is None:
        return False
    if account.number == other.number or _plain(account.name) == _plain(other.name):
        return True
    return not _mailboxes(account).isdisjoint(_mailboxes(other))


def _mailboxes(user: User) -> set[str]:
    """Its sign-in name as a mailbox, without what stands behind a plus: jo+two@example.org is jo's."""
    handle = user.handle.casefold().strip()
    name, _, host = handle.partition("@")
    return {f"{name.partition('+')[0]}@{host}", name.partition("+")[0]} if handle else set()


def _plain(name: str) -> str:
    return " ".join(sorted(name.casefold().replace(",", " ").split()))
