"""Emails of how the program is: at its time that it is alive, and at once, each thing once, what ails it.

What would need a mail server to say that the mail server is down is said by the page, by second channels and by the dead man's
switch (`steps/ping.py`).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from email.message import EmailMessage

from core import clock
from reports import chain
from reports import health as words
from reports.health import Ailment, HealthMail, Reading
from settings.schema import Config
from steps import pulse
from steps.context import RunContext
from steps.due_times import WEEKDAYS
from steps.faults import Fault, FaultKind
from steps.health import of_run
from steps.upkeep import SINCE
from store import OutboxKind, OutboxRow, Store

KIND: OutboxKind = "pulse"
ANNOUNCED = "told "  # marks: what was told, by its key
SEEN = "seen "  # marks: since when something is wrong that may pass
# A machine that was off is behind until its first cycle has ended: that is told only where it stays so.
MAY_PASS: frozenset[FaultKind] = frozenset({"stopped", "cycle"})
MAY_LAST = timedelta(minutes=20)
HEARTBEAT = "heartbeat"
DAY = timedelta(days=1)
AGAIN = timedelta(hours=4)  # what comes and goes sends no email each time
OFTEN = {"daily": "each day", "weekly": "each week"}


def raise_mails(context: RunContext, at: datetime) -> int:
    """Writes what is due of both; how many. Doing it again changes nothing."""
    return raise_ailments(context, at) + raise_heartbeat(context, at)


def raise_ailments(context: RunContext, at: datetime) -> int:
    """One email of whatever is wrong that nobody was told of; it is told anew where it was well in between, AGAIN at the soonest."""
    store, to = context.store, words.told_to(context.config)
    faults = {fault.key: fault for fault in of_run(context, at).faults if fault.key}
    with store.database.transaction():
        announced, seen = _marks(store, ANNOUNCED), _marks(store, SEEN)
        over = [key for key, when in announced.items() if key not in faults and at - when >= AGAIN]
        store.pulse.forget([
            *(f"{ANNOUNCED}{key}" for key in over), *(f"{SEEN}{key}" for key in seen if key not in faults),
        ])  # fmt: skip
        new = []
        for key, fault in faults.items():
            if key in announced:
                continue
            if fault.kind in MAY_PASS and at - seen.get(key, at) < MAY_LAST:
                if key not in seen:
                    store.pulse.note(f"{SEEN}{key}", at)
                continue
            new.append(fault)
        if not new or not to:
            return 0
        for fault in new:
            store.pulse.note(f"{ANNOUNCED}{fault.key}", at)
        payload = {"what": "ailments", "ailments": json.dumps([_written(fault) for fault in new])}
        store.outbox.add(KIND, f"ailments {clock.text(at)}", at, payload, to)
    return 1


def _marks(store: Store, beginning: str) -> dict[str, datetime]:
    """When each of these marks was made, by what comes after the beginning of its name."""
    return {
        name.removeprefix(beginning): mark.at for name, mark in store.pulse.marks().items() if name.startswith(beginning)
    }  # fmt: skip


def raise_heartbeat(context: RunContext, at: datetime) -> int:
    """The heartbeat that was last due, once; an older one that is still here is worth nothing any more and goes."""
    store, due = context.store, last_due(context.config, at)
    began = store.pulse.marks().get(SINCE)
    if due is None or began is None or due < began.at:
        return 0  # of before it was installed nothing is told
    to = recipients_at(context.config, due)
    about = f"{HEARTBEAT} {clock.text(due)}"
    if not to or not store.outbox.add(KIND, about, at, {"what": HEARTBEAT}, to):
        return 0
    store.audit.note_changes(at)  # the chain, whose end this email takes outside, answers for it
    with store.database.transaction():
        store.outbox.withdraw(store.pulse.unsent_before(KIND, HEARTBEAT, about))
    return 1


def last_due(config: Config, at: datetime) -> datetime | None:
    """When the heartbeat was last due, in UTC; None where it is off."""
    settings = config.health
    if settings.heartbeat == "off":
        return None
    hour, minute = (int(part) for part in settings.heartbeat_at.split(":"))
    today = clock.local_day(at)
    for back in range(9):
        day = today - back * DAY
        due = clock.from_local(f"{day} {hour:02}:{minute:02}", "%Y-%m-%d %H:%M")
        of_day = settings.heartbeat == "daily" or day.weekday() == WEEKDAYS.index(
            settings.heartbeat_on
        )
        if due <= at and of_day:
            return due
    raise AssertionError("a week has every weekday")


def recipients_at(config: Config, due: datetime) -> tuple[str, ...]:
    """Who gets the heartbeat of a day: a daily one not those who get the morning list of that day, which is one itself."""
    to = config.health.to
    if config.health.heartbeat != "daily":
        return to
    if not config.review.lanes.working_time.is_worked(clock.local_day(due)):
        return to
    return tuple(address for address in to if address not in config.reports.daily_to)


def letter(context: RunContext, row: OutboxRow, to: tuple[str, ...], at: datetime) -> EmailMessage:
    """The email of a row: the heartbeat as it is when it leaves, what ails the program as it was found."""
    contents = (
        _heartbeat(context, at) if row.payload["what"] == HEARTBEAT else _ailments(row.payload, at)
    )
    return words.mail(context.config, contents, to=to, at=at, message_id=row.message_id)


def _heartbeat(context: RunContext, at: datetime) -> HealthMail:
    entries, end = context.store.workload.chain_end()
    record = chain.ChainEnd(entries=entries, end=end, at=at)
    current = pulse.of_store(context.store, context.config, context.folder, at)
    return HealthMail(
        at=at, heartbeat=OFTEN.get(context.config.health.heartbeat, "at its time"), headline=current.headline,
        ailments=[Ailment(line=each.line, mend=each.mend, alarm=not each.passing) for each in current.health.faults],
        readings=[
            Reading(name=line.name, value=line.value, wrong=line.wrong)
            for line in (*pulse.lines(current, context.config), *(pulse.source_line(each, at) for each in current.sources))
        ] + [Reading(name="End of the record", value=f"{record.grouped}, at {entries:,} {'entry' if entries == 1 else 'entries'}. Don’t delete this email: mentions verify --head compares it")],
    )  # fmt: skip


def _ailments(payload: object, at: datetime) -> HealthMail:
    assert isinstance(payload, dict)
    ailments = [Ailment(**each) for each in json.loads(payload["ailments"])]
    return HealthMail(
        at=at, heartbeat="", headline=f"Found {clock.near(at, at)}, and not told before:", ailments=ailments
    )  # fmt: skip


def _written(fault: Fault) -> dict[str, object]:
    return {"line": fault.line, "mend": fault.mend, "alarm": not fault.passing}
