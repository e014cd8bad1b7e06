"""The email by which the end of the record of decisions leaves each day: how many entries there are, and the end. Nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from core import clock
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
    """Who gets it; nobody where no mailbox is named."""
    return config.governance.chain_end_to


def leaves(config: Config) -> bool:
    """Whether the end of the record leaves this system by itself: by this email, or in the morning list."""
    return bool(told_to(config) or config.reports.daily_to)


def mail(
    config: Config, chain_end: ChainEnd, *, to: Sequence[str], at: datetime, message_id: str
) -> EmailMessage:
    """The email itself."""
    address = config.review.public_url.rstrip("/")
    return message(
        config.alerts.mail, to, chain_end.subject, render("chain.txt", chain_end=chain_end, address=address),
        render("chain.html", chain_end=chain_end, address=address), at=at, message_id=message_id,
    )  # fmt: skip
