"""Who was told of a case at once, who took it since, and until when somebody should before the next contact is told."""

from __future__ import annotations

from datetime import datetime

from core import clock
from review.context import RequestContext
from review.team import colleagues
from settings.alerts import GUARDIAN
from steps.alerts import idle_until
from store import Case, ToldMail


def whom(context: RequestContext, mail: ToldMail) -> str:
    """Whom a mail went to, by the name of its route."""
    each = context.config.alerts.find(mail.route)
    name = each.name if each else "the Guardian" if mail.route == GUARDIAN else mail.route
    return f"the next contact of {name}" if mail.level else name


def line(context: RequestContext, case: Case) -> str:
    """Alerted at 08:31: Safeguarding. Ben Okafor took it at 08:33. "" of a case of which nobody was told."""
    mails = context.store.alerts.mails_of_case(case.number)
    if not mails:
        return ""
    at, single = context.at, [mail for mail in mails if not mail.digest]
    first = (single or mails)[0]
    names = list(dict.fromkeys(whom(context, mail) for mail in (single or mails)))
    among = "" if single else " with other cases"
    begun = f"Alerted at {_near(context, first)}{among}: {_and(names)}."
    if case.lane == "look" and case.due_at is not None and case.due_at > at:
        begun += " High risk is told at once."
    handings = [each for each in context.store.assignments.of_case(case.number) if each.to is not None and each.at >= first.at]  # fmt: skip
    taken = handings[-1] if handings else None
    if taken is not None:
        people = {user.number: user.name for user in colleagues.everybody(context)}
        name, when = (
            people.get(taken.to or 0, "Someone"),
            clock.near(taken.at, at).removeprefix("today, "),
        )
        if taken.by in (None, taken.to):
            idle = (
                context.store.alerts.idle_since(case.number, first.at)
                if any(mail.next_at for mail in mails)
                else None
            )
            return f"{begun} {name} took it at {when}.{_from_now_on(context, case, taken.to, idle)}"
        handed = f"{people.get(taken.by or 0, 'Someone')} handed it to {name} at {when}"
        if not case.handed:
            return f"{begun} {handed}."
        begun = f"{begun} {handed}, who has not opened it yet."
    if case.state not in ("new", "open") or context.store.alerts.is_handled(case.number, first.at):
        return begun
    following = min((mail.next_at for mail in mails if mail.next_at), default=None)
    if following is None:
        return begun  # who has it stands above
    when = clock.near(following, at).removeprefix("today, ")
    if following <= at:
        return f"{begun} {'' if case.handed else 'Nobody took it: '}{'T' if case.handed else 't'}he next contact was due at {when} and is not told yet."
    return f"{begun} Next contact at {when} if {'they don’t open it' if case.handed else 'nobody takes it' if single or case.lane == 'now' else 'nobody takes any of them'}."


def _from_now_on(
    context: RequestContext, case: Case, has: int | None, idle: datetime | None
) -> str:
    """What follows once somebody has it: the next contact is told if they do nothing in Now, and nobody once they have."""
    if case.state not in ("new", "open"):
        return ""
    you = has == context.user.number
    until = idle_until(idle, case.due_at, case.lane, context.config)
    if until is not None:
        promise = f" If nothing is done by {clock.near(until, context.at).removeprefix('today, ')}, the next contact is told."
        return (
            promise
            if until > context.at
            else " Nothing was done in time: the next contact is told now."
        )
    due = f" {'You have' if you else 'They have'} until {clock.near(case.due_at, context.at).removeprefix('today, ')}." if case.due_at and case.due_at > context.at else ""  # fmt: skip
    back = "give it back if you can’t." if you else "take it over if they can’t." if case.lane == "now" or context.may("lead") else "decide it if they can’t."  # fmt: skip
    return f" No next contact is told now.{due} Nothing chases {'you' if you else 'them'}: {back}"


def _near(context: RequestContext, mail: ToldMail) -> str:
    return clock.near(mail.sent_at or mail.at, context.at).removeprefix("today, ")


def _and(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
