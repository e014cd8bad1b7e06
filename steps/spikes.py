"""Tells the lead that more cases came than usual, once for as long as it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from reports import alerts, spikes
from settings.schema import Config
from steps.context import RunContext
from store import OutboxRow


def raise_spikes(context: RunContext, at: datetime) -> int:
    """Writes a mail of each measure that stands out and was not told yet; how many."""
    to = recipients(context.config)
    if not to:
        return 0
    return sum(
        context.store.outbox.add("alert", spike.key, at, spike.payload, to)
        for spike in spikes.spikes(context.store, at)
    )


def recipients(config: Config) -> tuple[str, ...]:
    """Who is told: those that are set for it, else the lead, else whoever is told of alerts; nobody while it is off."""
    if not (config.alerts.on and config.alerts.spikes):
        return ()
    return config.alerts.spikes_to or config.review.chase.lead or config.alerts.to


def letter(context: RunContext, row: OutboxRow, to: Sequence[str], at: datetime) -> EmailMessage:
    """The mail of a row."""
    mail = spikes.SpikeMail(
        spike=spikes.from_payload(row.payload), at=at, address=context.config.review.public_url
    )
    return alerts.alert_mail(context.config, mail, to=to, at=at, message_id=row.message_id)
