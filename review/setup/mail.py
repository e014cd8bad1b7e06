"""Emails: what did not leave and for whom, to be sent again, and a test of every way by which people are told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from reports import handoffs
from reports.spikes import NAMES, from_payload
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from settings.alerts import SPIKE
from settings.secrets import Secrets
from steps.health import held_back, schedule_runs, turned_off
from steps.trial import Outcome, send_trials
from store import OutboxRow, Recipient
from store.cases.handoffs import gravest_first

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1
_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")  # ASCII: no server of ours takes another
WRONG_ADDRESS = "Write a whole address, such as comms-duty@example.org"
SAVED: Mapping[str, str] = {
    "again": "It is sent again within minutes.", "all": "All of them are tried again within minutes.",
    "address": "The address was changed. It is sent again within minutes.", "dropped": "It is not tried any more.",
    "gone": "That email has left, or someone else saw to it.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """One email that one of its recipients did not get. `number` is the recipient's; None where it has none yet."""

    number: int | None
    what: str
    case: int | None
    to: str
    since: datetime
    why: str
    tries: int
    again_at: datetime | None  # None where it was given up


@requires_role("lead")
def mail(context: RequestContext) -> Response:
    """What can't leave, and the form for a test."""
    return _show(context)


@requires_role("lead")
def send_test(context: RequestContext) -> Response:
    """Sends a test to an address and by every second channel, and shows what happened."""
    to = str(context.form.get("to", "")).strip()
    if not _is_address(to):
        return _show(context, test_to=to, fault=("test", WRONG_ADDRESS), status=422)
    find = Secrets(context.app.folder)
    outcomes = list(send_trials(context.config, find, to, context.at))
    context.store.outbox.record_trial(context.at, by=context.user.number, channels=len(outcomes))
    return _show(context, test_to=to, outcomes=outcomes)


@requires_role("lead")
def retry_all(context: RequestContext) -> Response:
    """Everything that was given up, and everything that waits for a server, is due now."""
    outbox = context.store.outbox
    outbox.retry_all(context.at)
    for row in outbox.parked():
        outbox.retry(row.number, context.at)
    return RedirectResponse("/mail?saved=all", 303)


@requires_role("lead")
def retry(context: RequestContext) -> Response:
    """One recipient is tried again."""
    changed = context.store.outbox.retry_recipient(_number(context), context.at)
    return RedirectResponse(f"/mail?saved={'again' if changed else 'gone'}", 303)


@requires_role("lead")
def change_address(context: RequestContext) -> Response:
    """One recipient gets it at another address."""
    number, to = _number(context), str(context.form.get("to", "")).strip()
    if not _is_address(to):
        return _show(context, fault=(str(number), WRONG_ADDRESS), typed={number: to}, status=422)
    changed = context.store.outbox.retry_recipient(number, context.at, to, by=context.user.number)
    return RedirectResponse(f"/mail?saved={'address' if changed else 'gone'}", 303)


@requires_role("lead")
def drop(context: RequestContext) -> Response:
    """One recipient need not get it any more."""
    changed = context.store.outbox.drop(_number(context), context.at, by=context.user.number)
    return RedirectResponse(f"/mail?saved={'dropped' if changed else 'gone'}", 303)


def _number(context: RequestContext) -> int:
    number = context.request.path_params["number"]
    if not isinstance(number, int):
        raise HTTPException(404)
    return number


def _is_address(written: str) -> bool:
    return len(written) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(written) is not None


def _show(
    context: RequestContext, *, test_to: str = "", outcomes: Sequence[Outcome] = (),
    fault: tuple[str, str] | None = None, typed: Mapping[int, str] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    saved = SAVED.get(context.request.query_params.get("saved", ""), "")
    due = context.store.outbox.count_unsent(turned_off(context.config))
    return page(
        context, "setup/mail.html", status=status, unsent=unsent(context), due=due, every=context.config.schedule.deliver_every_minutes, schedule_runs=schedule_runs(context.store, context.config, context.at), test_to=test_to, outcomes=outcomes,
        fault=fault, typed=typed or {}, saved=saved if status == 200 else "", channels=context.config.alerts.second.channels,
    )  # fmt: skip


def unsent(context: RequestContext) -> list[Unsent]:
    """Everything that can't leave, one for each recipient, the latest first."""
    lines = []
    for row in context.store.outbox.unsent(context.at, held_back(context.config)):
        what, case = _what(context, row)
        waiting = [person for person in row.people if _waits(person)]
        for person in waiting:
            parked = person.state == "parked"
            lines.append(Unsent(
                number=person.number, what=what, case=case, to=person.address, since=person.failed_at or row.created_at,
                why=person.error or "", tries=person.tries, again_at=None if parked else person.due_at,
            ))  # fmt: skip
        if not row.people:  # of an earlier program
            lines.append(Unsent(
                number=None, what=what, case=case, to=", ".join(row.recipients), since=row.created_at, why=row.error or "",
                tries=row.attempts, again_at=None,
            ))  # fmt: skip
    return lines


def _waits(person: Recipient) -> bool:
    return person.channel == "mail" and person.state != "sent" and person.dropped_at is None


_FIXED: Mapping[str, str] = {
    "looks": "To governance: someone opened much", "access": "To an account’s owner and governance: who may sign in",
    "asked": "To whoever is to agree: that something waits for them",
}  # fmt: skip


def _what(context: RequestContext, row: OutboxRow) -> tuple[str, int | None]:
    """What an email tells, in fixed words, and the case that it is about."""
    if row.kind == "daily":
        return (
            f"The morning list of {clock.local_day(clock.parse(row.payload['end'])):%-d %B}",
            None,
        )
    if row.kind == "weekly":
        return f"The weekly summary up to {date.fromisoformat(row.payload['last']):%-d %B}", None
    if row.kind == "chain":
        return f"The end of the record of {date.fromisoformat(row.payload['day']):%-d %B}", None
    if row.kind == "pulse":
        heartbeat = row.payload["what"] == "heartbeat"
        return "That the program is alive" if heartbeat else "What ails the program", None
    if row.kind in _FIXED:
        return _FIXED[row.kind], None
    if row.kind == "handoff":
        handoff = context.store.handoffs.get(int(row.payload["handoff"]))
        if handoff is None:
            return "An email to a team", None
        words = handoffs.about(handoff.flags, handoff.role, context.app.policy)
        guarded = handoff.role == handoffs.GUARDIAN
        return f"To a team: {words}", None if guarded else handoff.case
    if row.payload.get("route") == SPIKE:
        return f"More {NAMES[from_payload(row.payload).measure]} than usual", None
    alerts = [alert for alert in context.store.alerts.of_mail(row.number) if alert.posts]
    if not alerts:
        return "An alert", None
    if len(alerts) > 1:
        return f"A digest of {len(alerts)} alerts", None
    guarded = alerts[0].lane == "guardian" or any(post.speaking_up for post in alerts[0].posts)
    flags = [name for name, _ in alerts[0].worst.flags]
    words = handoffs.about(
        gravest_first(flags), handoffs.GUARDIAN if guarded else "", context.app.policy
    )
    return f"Alert: {words}", None if guarded else alerts[0].case
