"""Who was told of a case at once, who took it since, and until when somebody should before the next contact is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core import clock
from review.context import RequestContext
from review.desk import begun
from review.desk import mails as emails
from review.desk.begun import Begun
from review.team import colleagues
from settings.alerts import GUARDIAN
from steps.alerts import idle_until, resumes_at
from store import Case, ToldMail


def whom(context: RequestContext, mail: ToldMail) -> str:
    """Whom a mail went to, by the name of its route."""
    return route_name(context, mail.route, mail.level)


def route_name(context: RequestContext, route: str, level: int) -> str:
    """Whom a route tells, by its name; of a `level` above 0 its next contact."""
    each = context.config.alerts.find(route)
    name = each.name if each else "the Guardian" if route == GUARDIAN else route
    return f"the next contact of {name}" if level else name


def _sent(context: RequestContext, mails: Sequence[ToldMail]) -> str:
    """Alerted at 08:31: Safeguarding. At 08:46: the next contact of Safeguarding. By the times at which the emails left; "" where none has."""
    left = [mail for mail in mails if mail.sent_at is not None]
    single = [mail for mail in left if not mail.digest]
    among = "" if single or not left else " with other cases"
    names: dict[str, dict[str, None]] = {}
    known: set[str] = set()
    for mail in sorted(single or left, key=lambda each: each.sent_at or each.at):
        name = whom(context, mail)
        if name not in known and mail.sent_at is not None:
            known.add(name)
            names.setdefault(emails.near(mail.sent_at, context.at), {})[name] = None
    return " ".join(
        f"{'At' if place else 'Alerted at'} {when}{'' if place else among}: {_and(list(each))}."
        for place, (when, each) in enumerate(names.items())
    )


def _unsent(context: RequestContext, case: Case, mails: Sequence[ToldMail], *, in_hand: bool) -> str:  # fmt: skip
    """To whom the emails have not left, and whom to ring in their place. Who was rung is not to be rung now.

    "" where all have left, of a case that is closed, and once its team confirmed. `in_hand`: somebody has the case
    and no next contact is told of it, so that none need be rung.
    """
    waiting = [mail for mail in mails if mail.sent_at is None]
    if not waiting or case.state == "done":
        return ""
    done = begun.of_case(context, case.number)
    if done.has_it or begun.confirmed(context.store, case.number, danger=False) is not None:
        return ""
    names = list(dict.fromkeys(whom(context, mail) for mail in waiting))
    words = f"email{'s' if len(names) > 1 else ''} to {_and(names)} {'have' if len(names) > 1 else 'has'} not left"
    if all(emails.is_about_to_leave(context, mail.at) for mail in waiting):
        return f"The {words} yet."
    ring = dict.fromkeys(_in_place_of(context, mail, done) for mail in waiting if not (in_hand and (mail.level or not emails.is_a_teams(context, whom(context, mail)))))  # fmt: skip
    orders = ", ".join(filter(None, ring))
    if in_hand and not orders:
        return f"The {words}; someone has the case, so that nobody need be rung in its place."
    return f"The {words}{f': {orders}' if orders else ''}."


def _in_place_of(context: RequestContext, mail: ToldMail, done: Begun) -> str:
    """Whom to ring where an alert has not left; that they were rung, where somebody did and it is not yet time to try again."""
    order = emails.instead_of_alert(context, whom(context, mail), mail.level)
    if mail.level:
        return done.words_of_on_call(context.at) or order
    if order and done.rung is not None and not done.is_to_ring(context.at):
        return done.words_of_call(
            context.at, names=context.may("reviewer") or context.may("governance")
        )
    return order


def next_at(context: RequestContext, case: int) -> datetime | None:
    """When the next contact is told of a case that nobody has: as it waits, or as it goes on since whoever had the case let it go."""
    waiting = [mail.next_at for mail in context.store.alerts.mails_of_case(case) if mail.next_at]
    resumed = (resumes_at(context.store, context.config, context.app.policy, each) for each in context.store.alerts.let_go(case))  # fmt: skip
    return min([*waiting, *(moment for moment in resumed if moment is not None)], default=None)


def follows(context: RequestContext, case: int) -> str:
    """Next contact at 02:07 if nobody takes it; "" where nobody else is told of it."""
    moment = next_at(context, case)
    if moment is None:
        return ""
    return f"Next contact at {clock.near(moment, context.at).removeprefix('today, ')} if nobody takes it"  # fmt: skip


def line(context: RequestContext, case: Case) -> str:
    """Alerted at 08:31: Safeguarding. Ben Okafor took it at 08:33. "" of a case of which nobody was told."""
    mails = [
        mail
        for mail in context.store.alerts.mails_of_case(case.number)
        # that the Guardian was told says that someone may have spoken up in it
        if context.sight.guardians or not context.config.alerts.is_guardians(mail.route)
    ]
    if not mails:
        return ""
    at, single = context.at, [mail for mail in mails if not mail.digest]
    first = (single or mails)[0]
    last = next(reversed(context.store.assignments.of_case(case.number)), None)
    taken = (
        last if last is not None and last.to is not None and last.at >= first.at else None
    )  # who gave it back has it no more
    takes = taken is not None and taken.by in (None, taken.to)
    idle = (
        context.store.alerts.idle_since(case.number, first.at)
        if takes and any(mail.next_at for mail in mails)
        else None
    )
    in_hand = takes and _chases_nobody(context, case, idle)
    words = " ".join(filter(None, (_sent(context, mails), _unsent(context, case, mails, in_hand=in_hand))))  # fmt: skip
    if case.lane == "look" and case.due_at is not None and case.due_at > at:
        words += " High risk is told at once."
    if taken is not None:
        people = {user.number: user.name for user in colleagues.everybody(context)}
        name, when = (
            people.get(taken.to or 0, "Someone"),
            clock.near(taken.at, at).removeprefix("today, "),
        )
        if takes:
            return f"{words} {name} took it at {when}.{_from_now_on(context, case, taken.to, idle)}"
        handed = f"{people.get(taken.by or 0, 'Someone')} handed it to {name} at {when}"
        if not case.handed:
            return f"{words} {handed}."
        words = f"{words} {handed}, who has not opened it yet."
    if case.state not in ("new", "open") or context.store.alerts.is_handled(case.number, first.at):
        return words
    following = next_at(context, case.number)
    if following is None:
        return words  # who has it stands above
    when = clock.near(following, at).removeprefix("today, ")
    if following <= at:
        return f"{words} {'' if case.handed else 'Nobody took it: '}{'T' if case.handed else 't'}he next contact was due at {when} and is not told yet."
    return f"{words} Next contact at {when} if {'they don’t open it' if case.handed else 'nobody takes it' if single or case.lane == 'now' else 'nobody takes any of them'}."


def _chases_nobody(context: RequestContext, case: Case, idle: datetime | None) -> bool:
    """Whether no next contact is told of a case that somebody took, nor its team chased."""
    if idle_until(idle, case.due_at, case.lane, context.config) is not None:
        return False
    return all(each.state != "waits" for each in context.store.handoffs.open(case.number))


def _from_now_on(
    context: RequestContext, case: Case, has: int | None, idle: datetime | None
) -> str:
    """What follows once somebody has it: the next contact is told if they do nothing in Now, and nobody once they have."""
    if case.state not in ("new", "open") or begun.confirmed(context.store, case.number, danger=False):  # fmt: skip
        return ""  # it is closed, or its team has it
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
    handoff = next(
        (each for each in context.store.handoffs.open(case.number) if each.state == "waits"), None
    )
    if handoff is not None:  # a team was asked: it is chased, whoever has the case
        return f"{due} {emails.follows(context, handoff)}"
    back = "give it back if you can’t." if you else "take it over if they can’t." if case.lane == "now" or context.may("lead") else "decide it if they can’t."  # fmt: skip
    return f" No next contact is told now.{due} Nothing chases {'you' if you else 'them'}: {back}"


def _and(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
