"""Chases what was passed on: whoever has not said that they have it is written to again, and whoever is next is told."""

from __future__ import annotations

from datetime import datetime

from steps import alerts, deliver, safeguards
from steps.context import RunContext


def chase(context: RunContext, at: datetime) -> int:
    """Writes the emails that are due into the outbox, once however often it runs; how many."""
    written = 0
    if not safeguards.clock_is_right(context, at, "chasing"):
        return 0
    for number in context.store.handoffs.to_chase(at):
        with context.continue_on_error(f"chasing hand-off {number}"):
            written += context.store.handoff_steps.chase(number, at)
    if written:
        context.report_progress(
            f"{written} email{'s' * (written != 1)} to whoever has not confirmed a case"
        )
    return written


def chase_and_deliver(context: RunContext, at: datetime) -> int:
    """The same of alerts too, and what is due leaves; how many mails left."""
    with context.continue_on_error("alerts"):
        alerts.raise_alerts(context, at)
    with context.continue_on_error("chasing"):
        chase(context, at)
    return deliver.deliver(context, at)
