"""Whether an email has left, and what follows while nobody confirms: the one place by which a page says that somebody was emailed.

What waits in the outbox has told nobody, whenever it was written: its time is that at which it left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from core import clock
from core.text import sentence
from reports import standing
from reports.handoffs import role_of
from review.context import RequestContext
from review.desk import begun
from review.desk.phones import can_ring
from settings.review import EscalationRole
from steps import health
from store import Handoff, HandoffStep

GUARDIANS = "the Guardian"  # the name of the Guardian's route
NEXT_PERSON = "the next person on the on-call list"


class Email(Protocol):
    """An email of the outbox: a step of a hand-off, or an alert."""

    @property
    def sent_at(self) -> datetime | None:
        """When the first of those it is for had it; None while nobody has."""


def emailed(email: Email, at: datetime) -> str:
    """Emailed 23:39, by the time at which it left; "" while it has not."""
    return f"emailed {clock.near_time(email.sent_at, at)}" if email.sent_at is not None else ""


_UNSENT: Mapping[str, str] = {
    "parked": "could not be sent", "failing": "has not left, a try failed", "withdrawn": "was withdrawn", "claimed": "is being sent",
}  # fmt: skip


def of_step(step: HandoffStep, at: datetime) -> str:
    """What became of one email to a team, as the step, who knows and the hand-off say it: emailed 23:39; the email of 23:36 has not left, a try failed."""
    if step.sent_at is not None:
        return emailed(step, at)
    return f"the email of {clock.near_time(step.at, at)} {_UNSENT.get(step.mail, 'has not left')}"


def is_unsent(handoff: Handoff) -> bool:
    """Whether a team waits for an email of which none has left: what passed it on has told nobody there yet."""
    return standing.is_unsent(handoff)


def to_next(handoff: Handoff) -> HandoffStep | None:
    """The email to whoever was next on the on-call list, the last of several; None where none was written."""
    return next((step for step in reversed(handoff.steps) if step.kind == "told"), None)


def next_person(context: RequestContext, handoff: Handoff, *, name: str = "the next person") -> str:
    """The next person (director@example.org) was emailed 23:39; or that their email has not left, and whom to ring. "" where none was written."""
    email = to_next(handoff)
    if email is None:
        return ""
    if email.sent_at is not None:
        return f"{name}{_address(context, email)} was {emailed(email, context.at)}"
    on_call = begun.of_case(context, handoff.case).words_of_on_call(context.at)
    return f"the email to {name} has not left: {on_call or instead(context, role_of(context.config, handoff.role))}"


def _address(context: RequestContext, email: HandoffStep) -> str:
    """Which of the on-call list an email went to, for whoever acts by it: several of them may have been written to."""
    reads = context.may("reviewer") or context.may("governance")
    return f" ({email.to})" if email.to and reads else ""


def instead(context: RequestContext, role: EscalationRole) -> str:
    """Whom to ring where an email has not left: whoever is on call, else the team, by its number where one answers now."""
    crisis = context.config.review.crisis_contact
    if crisis:
        return f"ring {crisis}"
    if can_ring(context, role):
        number = role.rings(context.at, context.config.review.lanes.working_time)
        return f"ring {role.name}, {number}" if number else f"ring {role.name}"
    return "no number that answers now is set up"


def of_nobody(context: RequestContext, role: EscalationRole) -> str:
    """Whom to ring of what no email was ever written about: its team where a number of theirs answers now, else whoever is on call, as the red line has it."""
    number = role.rings(context.at, context.config.review.lanes.working_time)
    return f"ring {role.name}, {number}" if number else instead(context, role)


def on_call(context: RequestContext) -> str:
    """That whoever is on call is rung; "" where nobody is set up."""
    crisis = context.config.review.crisis_contact
    return f"ring {crisis}" if crisis else ""


def instead_of_alert(context: RequestContext, name: str, level: int) -> str:
    """Whom to ring where an alert has not left: the team whose route it is; whoever is on call for a next contact, and for a route that is no team's.

    "" where nobody is known, and for the Guardian: whoever is on call learns nothing of what may be speaking up.
    """
    role = _named(context, name)
    if role is not None and not level and can_ring(context, role):
        number = role.rings(context.at, context.config.review.lanes.working_time)
        return f"ring {role.name}, {number}" if number else instead(context, role)
    crisis = context.config.review.crisis_contact
    on_call = level or (
        role is None and name != GUARDIANS and not context.config.alerts.is_guardians(name)
    )
    return f"ring {crisis}" if on_call and crisis else ""


def is_a_teams(context: RequestContext, name: str) -> bool:
    """Whether a route is that of a team to which cases are passed on, by its name."""
    return _named(context, name) is not None


def _named(context: RequestContext, name: str) -> EscalationRole | None:
    roles = context.config.review.roles
    return next((each for each in roles if each.name.casefold() == name.casefold()), None)


def leaves_soon(context: RequestContext, handoff: Handoff) -> bool:
    """Whether the last email to a team is only just written, and nothing is known to keep it from leaving."""
    written = [step for step in handoff.steps if step.mail != "none" and step.kind != "told"]
    return bool(written) and written[-1].mail in ("ready", "claimed") and is_about_to_leave(context, written[-1].at)  # fmt: skip


def is_about_to_leave(context: RequestContext, written_at: datetime) -> bool:
    """Whether an email was written so lately that the schedule has not come to it, and nothing is known to keep it. What a command sends leaves when somebody calls it."""
    every = timedelta(minutes=context.config.schedule.deliver_every_minutes)
    young = context.at - written_at <= every
    return young and not why_not_chased(context)


def follows(context: RequestContext, handoff: Handoff) -> str:
    """What is done next while nobody confirms, as the schedule does it: who is emailed, and when. "" of what waits no more."""
    if handoff.state != "waits":
        return ""
    role = role_of(context.config, handoff.role)
    due = handoff.next_at
    left = context.config.review.chase.chain[sum(step.kind == "told" for step in handoff.steps) :]
    overdue = handoff.danger and handoff.overdue(context.at)
    refused = handoff.refusal is not None
    if refused and not handoff.danger:
        return "Nobody there is asked again: the case is open until another team has it."
    if refused and not left:  # the team is not asked again
        return f"Nobody else is emailed: {on_call(context) or 'no number of whoever is on call is set up'}."  # fmt: skip
    if due is None or not ((handoff.danger and left) or role.email):
        return f"Nobody has confirmed in time, and nobody else is emailed: {instead(context, role)}." if overdue else "Nobody else is emailed if they don’t confirm."  # fmt: skip
    team = "the team" if role.type == "police" else role.name
    when, whom = clock.near_time(due, context.at), NEXT_PERSON if handoff.danger and left else team
    if due <= context.at:
        nobody = "Nobody has it" if refused else f"Nobody has confirmed by {when}"
        return f"{nobody}: an email to {whom} is due now{_since_due(context, role, due, refused=refused)}."
    if why := why_not_chased(context):
        ring = on_call(context) if refused else instead(context, role)
        return f"If nobody confirms by {when}, an email to {whom} is due, and {why}{f': {ring}' if ring else ''}."
    then = f"{NEXT_PERSON} is emailed" if handoff.danger and left else f"we email {team} again"
    return f"If nobody confirms by {when}, {then}."


def _since_due(context: RequestContext, role: EscalationRole, due: datetime, *, refused: bool) -> str:  # fmt: skip
    """That an email that is due does not leave, and whom to ring in its place, no team that does not take it; "" for the minutes that the schedule may take."""
    order = (on_call(context) or "nobody else can be rung from here") if refused else instead(context, role)  # fmt: skip
    if why := why_not_chased(context):
        return f", and {why}: {order}"
    return f", and is not written yet: {order}" if due <= context.at - health.CONTACT_LATE else ""  # fmt: skip


def ring_them(context: RequestContext, role: EscalationRole, *, danger: bool) -> str:
    """That a team whose email has not left is to be rung, as a sentence goes on; of danger whoever is on call, where nobody there answers now."""
    if not role.reach or can_ring(context, role):
        return ": ring them"
    order = on_call(context) if danger else ""
    return f": {order}" if order else ""


def if_unconfirmed(context: RequestContext, role: EscalationRole | None, when: str = "") -> str:
    """What is done if nobody of a team confirms an email still to be written; that nobody is chased, or no chase promised, and whom to ring, while none leaves, or none by itself.

    `when` is by when, as the sentence goes on: " in 15 minutes".
    """
    why = why_not_chased(context)
    if not why:
        return f"If nobody confirms{when}, we chase."
    ring = instead(context, role) if role is not None else "ring the team"
    if not none_leaves(context):
        return f"{sentence(why)}, and no chase is promised: if nobody confirms{when}, {ring}."
    return f"No email leaves now, so nobody is told or chased by one: if nobody confirms{when}, {ring}."


def promised(context: RequestContext, does: str) -> str:
    """What a choice does, with no email promised that can't leave now."""
    if not why_not_chased(context):
        return does
    instead_of = "emailed and chased once emails leave" if none_leaves(context) else "emailed; no chase is promised"  # fmt: skip
    return re.sub(r"\bemailed and chased\b", instead_of, does)


def why_not_chased(context: RequestContext) -> str:
    """Why no email that is still to be written can be promised, as a sentence goes on: no email leaves now; no email leaves by itself. "" where the schedule writes and sends it.

    Emails that somebody sends by a command leave, and nobody knows when they will again.
    """
    if none_leaves(context):
        return "no email leaves now"
    by_itself = context.shared(
        "none_promised", lambda: health.why_none_is_promised(context.store, context.config, context.at)
    )  # fmt: skip
    return "no email leaves by itself" if by_itself else ""


def not_chased(context: RequestContext) -> str:
    """That no chase comes by itself, though a command may bring one, and whom to ring; "" where the schedule sees to it."""
    if silent := none_leaves(context):
        return silent
    if not why_not_chased(context):
        return ""
    crisis = context.config.review.crisis_contact
    return f"Emails, chases too, leave only when someone sends them: ring {crisis or 'the team yourself'} if nobody answers"


def none_leaves(context: RequestContext) -> str:
    """No email leaves now: and whom to ring instead. "" while nothing is known to keep an email from leaving.

    Under whatever a page says of an email that is still to be written: who is promised one waits for it.
    """
    if not context.shared(
        "none_leaves", lambda: health.why_none_leaves(context.store, context.config, context.at)
    ):
        return ""
    crisis = context.config.review.crisis_contact
    return f"No email leaves now: ring {crisis}" if crisis else "No email leaves now: ring the team yourself"  # fmt: skip
