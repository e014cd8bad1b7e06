"""The email that leaves at once for a high risk: a reference, the flags and a link; never the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from collectors.platforms import PLATFORM_NAMES
from core.text import reach
from reports.email import message
from reports.rendering import render, words
from settings.schema import Config
from store import Item


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What an alert says of one mention."""

    number: int
    platform: str
    kind: str
    flags: tuple[tuple[str, tuple[str, ...]], ...]  # name, clauses; best first
    staff: str | None
    posted_at: datetime
    found_at: datetime
    copies: int  # mentions of the same story, this one included
    own: bool  # one of our own accounts published it
    reach: str  # how far it went, in figures; "" where nobody says
    reported: bool = False  # by a colleague, who outranks what the program thinks of it


def alert_of(item: Item, *, reported: bool = False) -> Alert:
    """What may be told of a mention by mail."""
    return Alert(
        number=item.number, reported=reported, own=item.own, platform=item.platform, kind=item.kind, staff=item.staff,
        flags=tuple((flag.name, flag.clauses) for flag in item.flags),
        posted_at=item.posted_at, found_at=item.fetched_at, copies=item.copies, reach=reach(item.followers, item.metrics.get("shares")),
    )  # fmt: skip


def alert_mail(
    config: Config, alerts: Sequence[Alert], *, to: Sequence[str], at: datetime, message_id: str,
    references: str = "",
) -> EmailMessage:  # fmt: skip
    """One mention's alert, or the grouped follow-ups of one story."""
    first = alerts[0]
    context = {
        "alerts": alerts,
        "address": config.review.public_url,
        "follow_up": bool(references),
    }
    flags = ", ".join(words(name) for name, _ in first.flags) or "reach"
    place = PLATFORM_NAMES[first.platform]
    subject = f"High risk: mention {first.number}, {flags}, on {place}"
    if first.reported:
        subject = f"Told by a colleague: mention {first.number}, on {place}"
    if references:
        subject = f"More on a high risk: {len(alerts)} further mention{'s' * (len(alerts) > 1)} of one story"
    return message(
        config.alerts.mail,
        to,
        subject,
        render("alert.txt", **context),
        render("alert.html", **context),
        at=at,
        message_id=message_id,
        references=references,
    )
