"""What is told outside of mail: of alerts whose route says so, and of whatever mail has not told for a while.

A case of somebody who may be speaking up is never told there: it is the Guardian's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core import clock
from core.errors import DeliveryError
from reports import handoffs
from reports.notes import Note
from reports.spikes import NAMES, from_payload
from settings.alerts import SPIKE
from settings.schema import SecondChannel
from steps.alerts import flags_of
from steps.bugs import log_bug, of_a_bug
from steps.channels.base import Letter, Session, nobody_got_it
from steps.channels.registry import second_channel
from steps.context import RunContext
from steps.retries import due_people, next_outage_try, settle
from store import OutboxRow, Recipient
from store.cases.handoffs import gravest_first

MOST_NOTES = 10  # at once by one channel; the last of them says how many others there are
RECENT = timedelta(days=1)  # what is older when a channel is set up is not told any more


def tell(context: RunContext, at: datetime) -> int:
    """Tells what is due by each second channel; how many notes left."""
    channels = context.config.alerts.second.channels
    if not channels:
        return 0
    _choose(context, at)
    names = {channel.name for channel in channels}
    by_name: dict[str, list[tuple[OutboxRow, Recipient]]] = {}
    for row in context.store.outbox.due(at):
        for person in due_people(row, "second", at):
            by_name.setdefault(person.address, []).append((row, person))
    for name in by_name.keys() - names:
        for row, person in by_name[name]:
            gone = "this channel is not in [alerts.second] any more"
            context.store.outbox.mark_failed(row.number, at, gone, None, [person.number])
    return sum(_told(context, channel, by_name.get(channel.name, []), at) for channel in channels)


def _choose(context: RunContext, at: datetime) -> None:
    """Which rows are told, and where: by their route at once, or everywhere once mail has failed for so long."""
    settings, outbox = context.config.alerts, context.store.outbox
    for row in outbox.without_second(at - RECENT) if settings.on else ():
        if (names := settings.channels_for(row.payload.get("route", ""))) and not _guarded(
            context, row
        ):
            outbox.add_recipients(row.number, names, at, "second")
    before = at - timedelta(minutes=settings.second.after_minutes)
    everywhere = [channel.name for channel in settings.second.channels]
    for row in outbox.unreached(at, before):
        if (settings.on or row.kind != "alert") and not _guarded(context, row):
            outbox.add_recipients(row.number, everywhere, at, "second")


def _told(
    context: RunContext, settings: SecondChannel, waiting: Sequence[tuple[OutboxRow, Recipient]], at: datetime
) -> int:  # fmt: skip
    if not waiting:
        return 0
    left, people = 0, [person for _, person in waiting]
    try:
        with second_channel(settings, context.secrets).session() as session:
            for place in range(min(len(waiting), MOST_NOTES)):
                last = place == MOST_NOTES - 1
                left += _note_left(context, session, waiting[place:] if last else waiting[place : place + 1], at)  # fmt: skip
    except DeliveryError as error:
        context.failed(f"{settings.name}: {len(waiting)} could not be told: {error}")
        retry_at = next_outage_try(context, people, error, at)
        numbers = [person.number for person in people]
        context.store.outbox.mark_outage(numbers, max(at, clock.now()), str(error), retry_at)
    return left


def _note_left(
    context: RunContext, session: Session, waiting: Sequence[tuple[OutboxRow, Recipient]], at: datetime
) -> bool:  # fmt: skip
    """One note of the first of these, which says how many others there are."""
    now = max(at, clock.now())
    claimed = [
        pair for pair in waiting if context.store.outbox.claim(pair[0].number, now, "second")
    ]
    if not claimed:
        return False
    first, person = claimed[0]
    try:
        note = note_of(context, first, more=len(claimed) - 1)
        refused = session.send(Letter(note=note), [person.address])
    except Exception as bug:  # one note's bug must not keep the others
        log_bug(f"outbox row {first.number}", bug)
        refused = nobody_got_it(DeliveryError(of_a_bug(bug)), [person.address])
    for row, each in claimed:
        settle(context, row, [each], refused, now)
    for error in refused.values():
        context.failed(f"{person.address}: {len(claimed)} could not be told: {error}")
    return not refused


def note_of(context: RunContext, row: OutboxRow, *, more: int = 0) -> Note:
    """What is told of a row: its gravest flag in the policy's words, and the number of its case."""
    failed = any(person.channel == "mail" and person.failed_at for person in row.people)
    address = context.config.review.public_url
    if row.payload.get("route") == SPIKE:
        words = f"More {NAMES[from_payload(row.payload).measure]} than usual"
        return Note(words=words, case=None, address=address, mail_failed=failed, more=more)
    if row.kind == "handoff":
        handoff = context.store.handoffs.get(int(row.payload["handoff"]))
        flags, role = (handoff.flags, handoff.role) if handoff else ((), "")
        case = handoff.case if handoff else None
    else:
        alerts = context.store.alerts.of_mail(row.number)
        worst = next((alert for alert in alerts if alert.posts), None)
        flags, role = flags_of(worst, context.policy) if worst else (), ""
        case = worst.case if worst else None
    words = handoffs.about(gravest_first(flags), role, context.policy)
    return Note(words=words, case=case, address=address, mail_failed=failed, more=more)


def _guarded(context: RunContext, row: OutboxRow) -> bool:
    """Whether it is the Guardian's alone."""
    if row.kind == "handoff":
        handoff = context.store.handoffs.get(int(row.payload["handoff"]))
        return handoff is None or handoff.role == handoffs.GUARDIAN
    if context.config.alerts.is_guardians(row.payload.get("route", "")):
        return True
    return any(alert.lane == "guardian" for alert in context.store.alerts.of_mail(row.number))
