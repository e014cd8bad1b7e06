"""A full cycle and what is around it: the dead man's switch, what is noted of the program's condition, who is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from core import clock
from steps import (
    certificates,
    delivery,
    heartbeat,
    lane_list,
    ping,
    silence,
    soundness,
    wrong_settings,
)
from steps.context import RunContext
from steps.upkeep import SINCE


@contextmanager
def watched(context: RunContext) -> Iterator[None]:
    """Around a full cycle. What fails of this is named, and costs the cycle nothing."""
    with ping.around(context):
        with wrong_settings.noted(context):
            yield
        with context.continue_on_error("the program's own condition"):
            note(context, clock.now())
            if heartbeat.raise_mails(context, clock.now()) + lane_list.raise_list(
                context.store, context.config, clock.now()
            ):
                delivery.chase_and_deliver(context)


def note(context: RunContext, at: datetime) -> None:
    """Notes what pages and emails until the next cycle say of the program."""
    store = context.store
    if SINCE not in store.pulse.marks():
        store.pulse.note(SINCE, at)
    silence.note_usual(store, at)
    soundness.look_beside(context)
    certificates.note_certificates(store, context.config, context.folder, at)


def tell_and_deliver(context: RunContext) -> int:
    """What the schedule does each minute: tells of how the program is, chases, and sends what is due; how many emails left."""
    with context.continue_on_error("the program's own condition"):
        heartbeat.raise_mails(context, clock.now())
        lane_list.raise_list(context.store, context.config, clock.now())
    return delivery.chase_and_deliver(context)
