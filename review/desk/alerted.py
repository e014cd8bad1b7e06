"""Who was told of a case at once, who took it since, and until when somebody should before the next contact is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from core import clock
from core.text import sentence
from reports.handoffs import role_of
from review.context import RequestContext
from review.desk import begun
from review.desk import mails as emails
from review.desk.begun import Begun
from review.desk.teams import TEAM_OF
from review.team import colleagues
from settings.alerts import GUARDIAN
from steps import health
from steps.alerts import idle_until, is_chased, resumes_at
from store import Case, ToldMail
from store.cases.handoffs import TELLS


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
            names.setdefault(clock.at_time(mail.sent_at, context.at), {})[name] = None
    return " ".join(
        f"{sentence(when) if place else f'Alerted {when}{among}'}: {_and(list(each))}."
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
    """When the next contact is told of a case that nobody has: as it waits, or as it goes on since whoever had the case let it go. None where somebody did something that holds."""
    waiting = [mail.next_at for mail in context.store.alerts.mails_of_case(case) if mail.next_at and is_chased(context.store, context.config, mail.alert, context.at)]  # fmt: skip
    resumed = (resumes_at(context.store, context.config, context.app.policy, each) for each in context.store.alerts.let_go(case))  # fmt: skip
    return min([*waiting, *(moment for moment in resumed if moment is not None)], default=None)


def follows(context: RequestContext, case: int) -> str:
    """Who is told next of a case that nobody has, and when: Next contact at 02:07 if nobody takes it. Whom to ring where nobody is, or no email leaves.

    "" of a case in which nobody waits to be told of anything.
    """
    moment, ring = next_at(context, case), ring_in_place(context, case)
    if moment is None:
        next_told = any(
            mail.level and mail.sent_at for mail in context.store.alerts.mails_of_case(case)
        )
        return sentence(f"no {'further' if next_told else 'next'} contact is told of it: {ring}") if ring else ""  # fmt: skip
    return _next_contact(context, moment, ring, "nobody takes it", late="The")


def _next_contact(context: RequestContext, moment: datetime, ring: str, unless: str, *, late: str) -> str:  # fmt: skip
    """When the next contact is told; as what it is where that time is over, and with whom to ring where no email leaves. `late` begins the former."""
    when, order = clock.at_time(moment, context.at), f": {ring}" if ring else ""
    why = emails.why_not_chased(context)
    if moment <= context.at:
        return f"{late} next contact was due {when} and is not told yet{order if why else ''}"
    if why:
        return f"An email to the next contact is due {when} if {unless}, and {why}{order}"
    return f"Next contact {when} if {unless}"


def gravest_untold(context: RequestContext, cases: Collection[int]) -> dict[int, str]:
    """Of each of these cases in Now the gravest flag of which nobody was told who must know; one without such a flag is in none."""
    left = {case: frozenset[str]().union(*posts.values()) for case, posts in context.store.cases.untold_of(cases).items()}  # fmt: skip
    return {case: next(flag for flag in TELLS if flag in flags) for case, flags in left.items() if flags}  # fmt: skip


def unwritten(context: RequestContext) -> dict[int, datetime]:
    """Cases of Now of which no email was written, and since when: at once where no email leaves, else once the schedule had time to write it."""
    waits = timedelta() if emails.none_leaves(context) else health.CONTACT_LATE
    return context.store.alerts.unwritten(context.at - waits)


def told_nobody(context: RequestContext, case: Case) -> str:
    """That the steps that were begun told nobody of a case, and whom to ring; "" while emails tell of it, or once somebody was told."""
    first = next(iter(context.store.alerts.mails_of_case(case.number)), None)
    since = first.at if first is not None else unwritten(context).get(case.number)
    left = first is not None and not emails.none_leaves(context)
    if left or since is None or case.state not in ("new", "open") or context.store.alerts.has_told(case.number, since):  # fmt: skip
        return ""
    ring = ring_in_place(context, case.number, written=first is not None)
    return f"Its steps were begun, and nobody was told by them: {ring}." if ring else ""


def ring_in_place(context: RequestContext, case: int, *, written: bool = True) -> str:
    """Whom to ring of a case in which somebody may be in danger or hurt, or details are out, while no email about it leaves; "" where its teams know.

    `written`: some email about it was.
    """
    flag = gravest_untold(context, (case,)).get(case)
    if not flag:
        return ""
    return (emails.instead if written else emails.of_nobody)(context, role_of(context.config, TEAM_OF[flag]))  # fmt: skip


def line(context: RequestContext, case: Case) -> str:
    """Alerted at 08:31: Safeguarding. Ben Okafor took it at 08:33. "" of a case of which nobody was told."""
    mails = [
        mail
        for mail in context.store.alerts.mails_of_case(case.number)
        # that the Guardian was told says that someone may have spoken up in it
        if context.sight.guardians or not context.config.alerts.is_guardians(mail.route)
    ]
    if not mails:
        return _unwritten(context, case)
    at, single = context.at, [mail for mail in mails if not mail.digest]
    first = (single or mails)[0]
    last = next(reversed(context.store.assignments.of_case(case.number)), None)
    taken = (
        last if last is not None and last.to is not None and last.at >= first.at else None
    )  # who gave it back has it no more
    takes = taken is not None and taken.by in (None, taken.to)
    idle = context.store.alerts.idle_since(case.number, first.at) if takes else None
    in_hand = takes and _chases_nobody(context, case, idle)
    words = " ".join(filter(None, (_sent(context, mails), _unsent(context, case, mails, in_hand=in_hand), _unwritten(context, case))))  # fmt: skip
    if case.lane == "look" and case.due_at is not None and case.due_at > at:
        words += " High risk is told at once."
    if taken is not None:
        people = {user.number: user.name for user in colleagues.everybody(context)}
        name, when = people.get(taken.to or 0, "Someone"), clock.at_time(taken.at, at)
        if takes:
            comes = any(mail.next_at for mail in mails) and not emails.why_not_chased(context)
            return f"{words} {name} took it {when}.{_from_now_on(context, case, taken.to, idle, comes=comes, rings=_ORDER in words)}"
        handed = f"{people.get(taken.by or 0, 'Someone')} handed it to {name} {when}"
        if not case.handed:
            return f"{words} {handed}."
        words = f"{words} {handed}, who has not opened it yet."
    if case.state not in ("new", "open") or context.store.alerts.is_handled(case.number, first.at):
        return words
    return f"{words}{_nobody_has_it(context, case, rings=_ORDER in words, alone=bool(single) or case.lane == 'now', next_told=any(mail.level and mail.sent_at for mail in mails))}"


_ORDER = ": ring "  # how whom to ring follows what has not left


def _nobody_has_it(
    context: RequestContext, case: Case, *, rings: bool, alone: bool, next_told: bool
) -> str:
    """Who is told next of a case that nobody has; whom to ring where nobody is, unless the words before say so (`rings`). `alone`: not one of a digest.

    `next_told`: a next contact was emailed, as the words before say.
    """
    following, ring = next_at(context, case.number), "" if rings else ring_in_place(context, case.number)  # fmt: skip
    if following is None:
        who = "Nobody has taken it, and nobody else is told" if next_told else "No next contact is told of it"  # fmt: skip
        return f" {who}: {ring}." if ring else ""
    unless = "they don’t open it" if case.handed else "nobody takes it" if alone else "nobody takes any of them"  # fmt: skip
    late = "The" if case.handed else "Nobody took it: the"
    return f" {_next_contact(context, following, ring, unless, late=late)}."


def _unwritten(context: RequestContext, case: Case) -> str:
    """That no email was written about a case since it should have been, as nothing runs, and whom to ring; "" where it was, or somebody there was told."""
    if not context.config.alerts.on:
        return ""
    since = unwritten(context).get(case.number)
    ring = ring_in_place(context, case.number, written=False) if since is not None else ""
    if since is None or not ring:
        return ""
    done = begun.of_case(context, case.number)
    order = ring if done.is_to_ring(context.at) else ""
    return f"Nobody was alerted: no email about it was written since {clock.near_time(since, context.at)}{f': {order}' if order else ''}."


def _chases_nobody(context: RequestContext, case: Case, idle: datetime | None) -> bool:
    """Whether no next contact is told of a case that somebody took, nor its team chased."""
    if idle_until(idle, case.due_at, case.lane, context.config) is not None:
        return False
    return all(each.state != "waits" for each in context.store.handoffs.open(case.number))


def _from_now_on(
    context: RequestContext, case: Case, has: int | None, idle: datetime | None, *, comes: bool, rings: bool
) -> str:  # fmt: skip
    """What follows once somebody has it: of Now, if they do nothing, the next contact is told or somebody is to be rung; nobody once they have.

    `comes`: an email to a next contact is to come, and can leave; `rings`: the words before say whom to ring.
    """
    if case.state not in ("new", "open") or begun.confirmed(context.store, case.number, danger=False):  # fmt: skip
        return ""  # it is closed, or its team has it
    you = has == context.user.number
    until = idle_until(idle, case.due_at, case.lane, context.config)
    if until is not None:
        return _if_idle(context, case, until, comes=comes, rings=rings)
    due = f" {'You have' if you else 'They have'} until {clock.near(case.due_at, context.at).removeprefix('today, ')}." if case.due_at and case.due_at > context.at else ""  # fmt: skip
    handoff = next(
        (each for each in context.store.handoffs.open(case.number) if each.state == "waits"), None
    )
    if handoff is not None:  # a team was asked: it is chased, whoever has the case
        return f"{due} {emails.follows(context, handoff)}"
    none = "nobody else is told" if any(mail.level and mail.sent_at for mail in context.store.alerts.mails_of_case(case.number)) else "no next contact is told"  # fmt: skip
    back = "give it back if you can’t." if you else "take it over if they can’t." if case.lane == "now" or context.may("lead") else "decide it if they can’t."  # fmt: skip
    return f" {sentence(none)} now.{due} Nothing chases {'you' if you else 'them'}: {back}"


def _if_idle(
    context: RequestContext, case: Case, until: datetime, *, comes: bool, rings: bool
) -> str:  # fmt: skip
    """What follows while whoever took a case of Now has done nothing about it."""
    over, when = until <= context.at, clock.near_time(until, context.at)
    begins = bool(begun.of_case(context, case.number).steps)
    missing, yet = ("nobody is told", "Nobody is told") if begins else ("nothing is done", "Nothing is done")  # fmt: skip
    if comes:
        return " Nothing was done in time: the next contact is told now." if over else f" If {missing} by {when}, the next contact is told."  # fmt: skip
    ring = "" if rings else ring_in_place(context, case.number) or emails.on_call(context)
    if not ring:
        return f" {yet} yet."
    return f" {yet} yet: {ring}." if over else f" If {missing} by {when}, {ring}."


def _and(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
