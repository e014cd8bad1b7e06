"""Where whoever speaks up is sent: whether what is published for the Guardian is the Guardian's alone.

A number that everybody rings, or the mailbox of the team that reads the posts, takes the one way out that is not that team.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.schema import Config

FEWEST_DIGITS = 7  # fewer are a service's that everybody rings: 111, 101, 116 123
_SPEAK_UP = re.compile(r"speak(?:ing)?[ -]?up", re.IGNORECASE)
_TEAM = re.compile(r"(?:^|[._-])(?:comms?|communications?|press|media|pr|news|social)(?:[._-]|$)", re.IGNORECASE)  # fmt: skip
GUARDIAN = "the Freedom to Speak Up Guardian"


def doubts(config: Config) -> Iterator[str]:
    """What is published for the Guardian, or rung and mailed as theirs, and reaches somebody else: a sentence each."""
    own, others = _theirs(config), _of_others(config)
    for value, written in own.items():
        inside = (
            "ext" in written.casefold()
        )  # an extension of the house, which nobody outside rings
        if value.isdigit() and len(value) < FEWEST_DIGITS and not inside:
            yield f"{written} is a general number: who speaks up does not reach {GUARDIAN} by it"
        elif value in others:
            yield f"{written} is {others[value]}’s too: who speaks up has to reach {GUARDIAN} alone"
        elif "@" in value and _TEAM.search(value.partition("@")[0]):
            yield f"{written} reads like the communications team’s mailbox: who speaks up has to reach {GUARDIAN} alone"


def _theirs(config: Config) -> dict[str, str]:
    """The Guardian's numbers and addresses as they are compared, each as it is written."""
    written = [
        value
        for contact in config.organisation.contacts
        if _SPEAK_UP.search(contact.name)
        for value in (*contact.phones, *contact.emails)
    ]
    for role in config.review.roles:
        if role.type == "guardian":
            written += [*role.email, role.reach, role.out_of_hours_phone]
    return {_compared(value): value for value in written if _compared(value)}


def _of_others(config: Config) -> dict[str, str]:
    """Those of everybody else who is published or passed on to, each with whose it is."""
    others: dict[str, str] = {}
    for contact in config.organisation.contacts:
        if not _SPEAK_UP.search(contact.name):
            others |= {_compared(value): contact.name for value in (*contact.phones, *contact.emails)}  # fmt: skip
    for role in config.review.roles:
        if role.type != "guardian":
            others |= {_compared(value): role.name for value in (*role.email, role.reach, role.out_of_hours_phone)}  # fmt: skip
    return {value: whose for value, whose in others.items() if value}


def _compared(value: str) -> str:
    """An address in small letters, a number by its digits as it is dialled here; "" for none."""
    if "@" in value:
        return value.strip().casefold()
    digits = re.sub(r"\D", "", value)
    return re.sub(r"^(?:0044|44)0?", "0", digits)
