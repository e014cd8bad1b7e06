"""The emails that say how the program itself is: the heartbeat at its time, and at once what ails it. No words of posts, nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from core import clock
from reports.email import message
from reports.rendering import render
from settings.schema import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """What is wrong, and what to do about it. `alarm`: not only something that still has time."""

    line: str
    mend: str
    alarm: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One thing of the pulse. `wrong`: something ails it."""

    name: str
    value: str
    wrong: bool = False


@dataclass(frozen=True, kw_only=True)
class HealthMail:
    """All that such an email says. `heartbeat` names how often it comes, or "" for one that tells what ails the program."""

    at: datetime
    heartbeat: str
    headline: str
    ailments: Sequence[Ailment]
    readings: Sequence[Reading] = ()

    @property
    def well(self) -> bool:
        """Whether nobody has to do anything now."""
        return not any(each.alarm for each in self.ailments)

    @property
    def day(self) -> str:
        """Mon 30 Nov."""
        return f"{clock.local_day(self.at):%a %-d %b}"

    @property
    def title(self) -> str:
        """What stands at the top of it."""
        if not self.heartbeat:
            return "The program needs someone"
        return "The program is well" if self.well else "The program is not well"

    @property
    def subject(self) -> str:
        """Fixed words and counts."""
        count = len(self.ailments)
        things = "1 thing" if count == 1 else f"{count} things"
        if not self.heartbeat:
            return f"{self.title}: {things} to see to ({self.day})"
        if not count:
            return f"{self.title} ({self.day})"
        return f"{self.title}, {things} to see to{' in time' if self.well else ''} ({self.day})"


def told_to(config: Config) -> tuple[str, ...]:
    """Who is told of what ails the program; nobody where no address is set up."""
    if config.health.to:
        return config.health.to
    return (config.review.chase.lead or config.alerts.to) if config.alerts.on else ()


def mail(
    config: Config, contents: HealthMail, *, to: Sequence[str], at: datetime, message_id: str
) -> EmailMessage:
    """The email itself."""
    address = config.review.public_url.rstrip("/")
    return message(
        config.alerts.mail, to, contents.subject, render("health.txt", mail=contents, address=address),
        render("health.html", mail=contents, address=address), at=at, message_id=message_id,
        important=not contents.well and not contents.heartbeat,
    )  # fmt: skip
