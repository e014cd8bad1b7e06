"""Emails: what did not leave and for whom, to be sent again, and a test of every way by which people are told.

A lead neither sees, diverts nor drops those of the Guardian's lane, nor those by which others hear of accounts, of what waits for
a second person, of much that was opened and of the end of the record: whoever could would silence who is to look at them. Governance
sees to these, the Guardian to those of their lane. How many there are a lead is told, so that a broken server is mended all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.at_least import at_least
from reports import access, handoffs
from reports.spikes import NAMES, from_payload
from review.auth.one_person import same_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from settings.alerts import SPIKE
from settings.secrets import Secrets
from steps.health import CONTACT_LATE, held_back, turned_off, why_nothing_is_sent
from steps.trial import Outcome, send_trials
from store import OutboxRow, Recipient
from store.cases.handoffs import gravest_first
from store.cases.sight import GUARDIAN, URGENT

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1
_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")  # ASCII: no server of ours takes another
WRONG_ADDRESS = "Write a whole address, such as comms-duty@example.org"
SAVED: Mapping[str, str] = {
    "again": "It is sent again within minutes.", "all": "All of them are tried again within minutes.",
    "address": "The address was changed. It is sent again within minutes.", "dropped": "It is not tried any more.",
    "gone": "That email has left, or someone else saw to it.",
    "outside": "The Caldicott Guardian and the data protection officer are told by the mailboxes that stand under [governance] in site.toml: another is written there first.",
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

    def is_late(self, at: datetime) -> bool:
        """Whether its next try should have been made by now: nothing runs that makes it."""
        return self.again_at is not None and self.again_at <= at - CONTACT_LATE


@requires_role("lead", "governance", "guardian")
def mail(context: RequestContext) -> Response:
    """What can't leave, and for a lead the form for a test."""
    return _show(context)


@requires_role("lead")
def send_test(context: RequestContext) -> Response:
    """Sends a test to an address and by every second channel, and shows what happened."""
    to = str(context.form.get("to", "")).strip()
    if not _is_address(to):
        return _show(context, test_to=to, fault=("test", WRONG_ADDRESS), status=422)
    find = Secrets(context.app.folder)
    outcomes = list(send_trials(context.config, find, to, context.at))
    context.store.audit.note_mail_tested(
        by=context.user.number, channels=len(outcomes), at=context.at
    )
    return _show(context, test_to=to, outcomes=outcomes)


@requires_role("lead", "governance", "guardian")
def retry_all(context: RequestContext) -> Response:
    """Everything that was given up, and everything that waits for a server, is due now: also what others see to."""
    outbox = context.store.outbox
    outbox.retry_all(context.at)
    for row in outbox.parked():
        outbox.retry(row.number, context.at)
    return RedirectResponse("/mail?saved=all", 303)


@requires_role("lead", "governance", "guardian")
def retry(context: RequestContext) -> Response:
    """One recipient is tried again."""
    number = _number(context)
    changed = _person(context, number) is not None and context.store.outbox.retry_recipient(
        number, context.at
    )
    return RedirectResponse(f"/mail?saved={'again' if changed else 'gone'}", 303)


@requires_role("lead", "governance", "guardian")
def change_address(context: RequestContext) -> Response:
    """One recipient gets it at another address."""
    number, to = _number(context), str(context.form.get("to", "")).strip()
    if not _is_address(to):
        return _show(context, fault=(str(number), WRONG_ADDRESS), typed={number: to}, status=422)
    person = _person(context, number)
    if person is not None and _is_outside(context, person.address, to):
        return RedirectResponse("/mail?saved=outside", 303)
    changed = person is not None and context.store.outbox.retry_recipient(
        number, context.at, to, by=context.user.number
    )
    return RedirectResponse(f"/mail?saved={'address' if changed else 'gone'}", 303)


@requires_role("lead", "governance", "guardian")
def drop(context: RequestContext) -> Response:
    """One recipient need not get it any more."""
    number = _number(context)
    person = _person(context, number)
    if person is not None and _is_outside(context, person.address):
        return RedirectResponse("/mail?saved=outside", 303)
    changed = person is not None and context.store.outbox.drop(
        number, context.at, by=context.user.number
    )
    return RedirectResponse(f"/mail?saved={'dropped' if changed else 'gone'}", 303)


def _person(context: RequestContext, number: int) -> Recipient | None:
    """A recipient by its number, of an email that whoever asks sees to; None else, as where there is none."""
    row = context.store.outbox.of_recipient(number)
    if row is None or not _sees_to(context, row):
        return None
    return next(person for person in row.people if person.number == number)


def _is_outside(context: RequestContext, address: str, to: str = "") -> bool:
    """Whether an email is to one of those who look at governance from outside, and would go to nobody who stands in config.toml."""
    outside = {each.casefold() for each in access.outside(context.config)}
    return address.casefold() in outside and to.casefold() not in outside


# Of accounts, of what waits for a second person, of much that was opened, and of the end of the record
_OVERSEEN = frozenset(("access", "asked", "looks", "chain"))


def _is_lanes(context: RequestContext, row: OutboxRow) -> bool:
    """Whether an email tells of the Guardian's lane, beside what those on duty act on there."""
    store = context.store
    if row.kind == "handoff":
        handoff = store.handoffs.get(int(row.payload["handoff"]))
        if handoff is None:
            return False
        team = next(
            (each for each in context.config.review.roles if each.key == handoff.role), None
        )
        to_guardian = handoff.role == handoffs.GUARDIAN or (
            team is not None and team.type == "guardian"
        )
        return to_guardian or store.speaking_up.protected(handoff.case) not in (0, URGENT)
    if row.kind != "alert" or row.payload.get("route") == SPIKE:
        return False
    if context.config.alerts.is_guardians(row.payload.get("route", "")):
        return True
    return any(alert.lane == GUARDIAN for alert in store.alerts.of_mail(row.number))


def _sees_to(context: RequestContext, row: OutboxRow) -> bool:
    """Whether whoever asks sees an email and may send it elsewhere: never one of what they did themselves, or of an account of theirs."""
    roles = context.user.roles
    if _is_lanes(context, row):
        return not {"governance", "guardian"}.isdisjoint(roles)
    if row.kind not in _OVERSEEN:
        return "lead" in roles
    concerned = (row.payload.get("user", ""), row.payload.get("by", ""))
    own = any(
        same_person(context.user, context.store.users.get(int(each))) for each in concerned if each.isdecimal()
    )  # fmt: skip
    return "governance" in roles and not own


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
    hindered = why_nothing_is_sent(context.store, context.config, context.at)
    alone = not hindered and not context.config.schedule.by_hand
    if hindered:
        saved = saved.replace(" within minutes.", f", but not yet: {hindered}.")
    elif not alone:
        saved = saved.replace(" within minutes.", " when the commands are next called.")
    due = at_least(context.store.outbox.count_unsent(turned_off(context.config)))
    shown, others = unsent(context)
    return page(
        context, "setup/mail.html", status=status, unsent=shown, others=others, sees_all=context.sight.guardians, due=due, every=context.config.schedule.deliver_every_minutes, hindered=hindered, alone=alone, test_to=test_to, outcomes=outcomes,
        fault=fault, typed=typed or {}, saved=saved if status == 200 else "", channels=context.config.alerts.second.channels,
    )  # fmt: skip


def unsent(context: RequestContext) -> tuple[list[Unsent], Mapping[str, int]]:
    """What can't leave and whoever asks sees to, one for each recipient, the latest first; and how many others see to, by kind."""
    lines, others = list[Unsent](), Counter[str]()
    for row in context.store.outbox.unsent(context.at, held_back(context.config)):
        waiting = [person for person in row.people if _waits(person)]
        if not _sees_to(context, row):
            others[_whose(context, row)] += len(waiting) if row.people else 1
            continue
        what, case = _what(context, row)
        for person in waiting:
            parked = person.state == "parked"
            lines.append(Unsent(
                number=person.number, what=what, case=case, to=person.address, since=person.failed_at or row.created_at,
                why=_why(person.error), tries=person.tries, again_at=None if parked else person.due_at,
            ))  # fmt: skip
        if (
            not row.people
        ):  # not tried yet, since the server took none before it; or of an earlier program
            given_up = row.state == "parked"
            lines.append(Unsent(
                number=None, what=what, case=case, to=", ".join(row.recipients), since=row.created_at, why=_why(row.error),
                tries=row.attempts, again_at=None if given_up else max(row.due_at, context.at),
            ))  # fmt: skip
    return lines, others


def _why(error: str | None) -> str:
    """Why a try failed, without the promise of another: whether one is made a page says by whether a schedule runs."""
    return (error or "").removesuffix(": it will be tried again")


def _whose(context: RequestContext, row: OutboxRow) -> str:
    """Of what kind an email is that others see to, and who, in fixed words: of the Guardian's lane neither kind nor case."""
    if _is_lanes(context, row) and not context.sight.guardians:
        return "Of a kind that is not shown to you: the Guardian or governance sees to it"
    return _THEIRS.get(row.kind, "About people speaking up: the Guardian or governance sees to it")


def _waits(person: Recipient) -> bool:
    return person.channel == "mail" and person.state != "sent" and person.dropped_at is None


_THEIRS: Mapping[str, str] = {
    "looks": "That someone opened much: governance sees to it", "access": "Who may sign in: governance sees to it",
    "asked": "That something waits for a second person: governance sees to it", "chain": "The end of the record: governance sees to it",
}  # fmt: skip
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
        words = handoffs.what(context.store, context.config, context.app.policy, handoff)
        guarded = handoff.role == handoffs.GUARDIAN
        return f"To a team: {words}", None if guarded else handoff.case
    if row.payload.get("route") == SPIKE:
        return f"More {NAMES[from_payload(row.payload).measure]} than usual", None
    alerts = [alert for alert in context.store.alerts.of_mail(row.number) if alert.posts]
    if not alerts:
        return "An alert", None
    if len(alerts) > 1:
        return f"A digest of {len(alerts)} alerts", None
    if not _is_lanes(context, row) and any(post.speaking_up for post in alerts[0].posts):
        return "An alert", None  # it went there since: that somebody speaks up is not told by it
    guarded = alerts[0].lane == GUARDIAN
    flags = [name for name, _ in alerts[0].worst.flags]
    words = handoffs.about(
        gravest_first(flags), handoffs.GUARDIAN if guarded else "", context.app.policy
    )
    return f"Alert: {words}", None if guarded else alerts[0].case
