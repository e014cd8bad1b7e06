"""How the end of the record of decisions leaves this system each day: in the daily heartbeat, the morning list, or an email of its own.

How many entries there are, and the end. Nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from core import clock
from reports import health
from reports.email import message
from reports.rendering import render
from settings.schema import Config


@dataclass(frozen=True, kw_only=True)
class ChainEnd:
    """How many entries the record had at `at`, and its end: 64 signs of 0 to 9 and a to f."""

    entries: int
    end: str
    at: datetime

    @property
    def subject(self) -> str:
        """The day, so that one can be found again."""
        return f"End of the record, not to be deleted, {clock.local_day(self.at):%-d %B %Y}"

    @property
    def grouped(self) -> str:
        """The end in groups of eight, to be compared by eye."""
        return " ".join(self.end[start : start + 8] for start in range(0, len(self.end), 8))


def told_to(config: Config) -> tuple[str, ...]:
    """Who gets it by an email of its own: the mailboxes that are named for it.

    Where none is named, and neither the morning list nor a daily heartbeat takes it along, whoever is told of what ails the
    program: with a mail server it leaves without anybody having set it up.
    """
    if config.governance.chain_end_to or config.reports.daily_to or in_heartbeat(config):
        return config.governance.chain_end_to
    return health.told_to(config)


def in_heartbeat(config: Config) -> bool:
    """Whether a heartbeat takes it along each day."""
    return config.health.heartbeat == "daily" and bool(config.health.to)


def how_it_leaves(config: Config) -> str:
    """By what it leaves this system without anybody's doing, in words; "" where it doesn't."""
    if told_to(config):
        return "each day by an email of its own"
    if in_heartbeat(config):
        return "each day in the heartbeat"
    return "with the morning list" if config.reports.daily_to else ""


def leaves(config: Config) -> bool:
    """Whether it leaves this system without anybody's doing."""
    return bool(how_it_leaves(config))


def mail(
    config: Config, chain_end: ChainEnd, *, to: Sequence[str], at: datetime, message_id: str
) -> EmailMessage:
    """The email itself."""
    address = config.review.public_url.rstrip("/")
    return message(
        config.alerts.mail, to, chain_end.subject, render("chain.txt", chain_end=chain_end, address=address),
        render("chain.html", chain_end=chain_end, address=address), at=at, message_id=message_id,
    )  # fmt: skip
