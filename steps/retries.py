"""What becomes of those who did not get something: when they are tried again, and when they are given up."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from core.errors import DeliveryError
from steps.context import RunContext
from store import OutboxRow, Recipient

LONGEST = timedelta(hours=4)  # between two tries of one address
LONGEST_OUTAGE = timedelta(minutes=15)  # so long at most an alert waits after a server was mended
Chance = Callable[[], float]  # from 0 to 1


def backoff(
    failures: int, first: timedelta, longest: timedelta, chance: Chance = random.random
) -> timedelta:
    """How long to wait after so many failures in a row, from 1 on.

    The wait doubles with each, and up to half of it is left to chance, so that what failed together is not tried together
    ("equal jitter": M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
    """
    doubled: int = 2 ** min(failures - 1, 30)
    whole = min(first * doubled, longest)
    return whole / 2 + whole / 2 * chance()


def settle(
    context: RunContext, row: OutboxRow, people: Sequence[Recipient], refused: Mapping[str, DeliveryError], at: datetime
) -> None:  # fmt: skip
    """Marks each of `people`, as they were when the row was claimed: those who are not `refused` have it."""
    outbox = context.store.outbox
    had = [person.number for person in people if person.address not in refused]
    if had:
        outbox.mark_sent(row.number, at, had)
    for person in people:
        error = refused.get(person.address)
        if error is None:
            continue
        if error.outage:
            retry_at = next_outage_try(context, [person], error, at)
            outbox.mark_outage([person.number], at, str(error), retry_at, tried=False)
        else:
            outbox.mark_failed(
                row.number, at, str(error), _retry_at(context, person, error, at), [person.number]
            )


def _retry_at(
    context: RunContext, person: Recipient, error: DeliveryError, at: datetime
) -> datetime | None:
    """When one of them is tried again; None where that is over."""
    settings = context.config.alerts
    failures = person.refusals + 1
    if error.permanent or failures >= settings.attempts:
        return None
    return at + _at_least(
        error, backoff(failures, timedelta(minutes=settings.retry_minutes), LONGEST)
    )


def next_outage_try(
    context: RunContext, people: Sequence[Recipient], error: DeliveryError, at: datetime
) -> datetime:
    """When the server is tried again: one moment for all who wait for it, so that it is asked once."""
    failures = max(person.outages for person in people) + 1
    first = timedelta(minutes=context.config.alerts.retry_minutes)
    return at + _at_least(error, backoff(failures, first, LONGEST_OUTAGE))


def _at_least(error: DeliveryError, wait: timedelta) -> timedelta:
    return max(wait, timedelta(seconds=error.wait or 0))


def due_people(row: OutboxRow, channel: str, at: datetime) -> tuple[Recipient, ...]:
    """Those of a row's recipients who are to get it now; a claim of theirs has lapsed if the row may be claimed."""
    return tuple(
        person
        for person in row.people
        if person.channel == channel
        and (person.state == "claimed" or (person.state == "ready" and person.due_at <= at))
    )
