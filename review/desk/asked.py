"""Teams that were asked: where each hand-off of a case stands, whether anybody answered the telephone, and what they said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from markupsafe import Markup

from core import clock
from core.text import sentence
from reports import handoffs
from reports.standing import Standing, standing_of
from review.context import RequestContext
from review.desk import alerted, begun, mails, rows
from review.desk.begun import Begun
from review.desk.leak_stands import leak_stands
from review.desk.phones import can_ring, of_team, order, phones, to_ring
from review.desk.teams import TEAM_OF
from settings.review import EscalationRole
from steps import health
from store import Case, Handoff, PathKind, PathStep, UnsentAlert
from store.cases.deadlines import BREACHES
from store.cases.handoffs import ANSWERS, TELLS, is_urgent
from store.cases.path_steps import NO_ANSWER, NOBODY_ANSWERED, RING, SPOKE
from store.cases.sight import GUARDIAN

STEPS = {  # what a step is called in the history of a hand-off
    "sent": "Email to the team", "not sent": "The team has no email", "chased": "Email once more",
    "told": "Email to the next person", "confirmed": "They have confirmed", "answered": "They answered",
    "taken back": "Taken back", "waits again": "Waits again",
}  # fmt: skip
MAIL = {  # what became of its email
    "ready": "has not left", "claimed": "being sent", "sent": "sent", "parked": "could not be sent", "failing": "has not left, a try failed",
    "withdrawn": "withdrawn before it was sent", "none": "",
}  # fmt: skip
QUEUED = ("ready", "claimed")  # what is to leave and has not yet
ELSEWHERE = (
    "Passed on"  # to whom, where it is the police: governance and whoever passed it on read that
)
RUNG_ON: Mapping[str, PathKind] = {
    "safeguarding": "danger",
    "threat": "threat",
}  # on which somebody is rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A hand-off in words. `stands` is where it stands, `colour` that of its tag; `unsent`: nobody was reached by email.

    `numbers` are those to ring while nobody has confirmed; `path` is where the steps stand, "" where there are none.
    """

    of: Handoff
    role: EscalationRole
    what: str
    stands: str
    colour: str
    overdue: bool
    unsent: bool
    breach: str
    breach_over: bool
    numbers: Markup
    order: Markup  # that they are rung, or that nobody answers now; "" once they have confirmed
    can_ring: bool
    path: str
    elsewhere: bool  # to whom it went, and what they said, is for others to read
    generic: str  # the reason of its gravest flag as every post with it has it: it tells no more than `what`
    unanswered: bool  # somebody rang, and nobody has answered since
    must_know: bool = True  # the case leaves Now once it has it; False of a team that was asked in place of that one
    calls: Sequence[
        str
    ] = ()  # who rang them, or whoever is on call, and when, while nobody there has confirmed
    called_999: str = ""  # that 999 was called, when and by whom
    rung: str = ""  # rung 01:38, Priya Nair, not confirmed
    to_ring: bool = True  # now: nobody has rung, nobody answered, or it is time for the next try
    retry_at: datetime | None = None  # when that is, once somebody there was reached
    follows: Markup = field(
        default_factory=Markup
    )  # that whoever is next is not told in time, with whom to ring in their place; "" while nobody need be
    refused: Markup = field(
        default_factory=Markup
    )  # that they don't take it, and whom to ring in their place
    answer: str = field(default="", repr=False)  # what they answered
    why_refused: str = field(
        default="", repr=False
    )  # why they don't take it, as one of us wrote it down
    answered_at: datetime | None = None
    has_it: str = ""  # who of them confirmed, and when: Dr Shah has it, since 12:54

    @property
    def team(self) -> str:
        """The team's name, as a sentence begins with it."""
        return "The team that it was passed on to" if self.elsewhere else self.role.name


def shown(context: RequestContext, handoff: Handoff) -> Waits:
    """A hand-off as the page says where it stands."""
    role = handoffs.role_of(context.config, handoff.role)
    elsewhere = (
        role.type == "police"
        and not context.may("governance")
        and handoff.by != context.user.number
    )
    if elsewhere:
        role = role.model_copy(update={"name": ELSEWHERE, "when": "", "reach": ""})
    path, missed = _rung(context, handoff)
    done = begun.of_case(context, handoff.case) if handoff.danger and _must_know(handoff, role) else Begun()  # fmt: skip
    names = not elsewhere and (context.may("reviewer") or context.may("governance"))
    rung = done.words_of_call(context.at, names=names) if handoff.state == "waits" else ""
    refused = refused_words(context, handoff, role.name)
    to_ring = handoff.state == "waits" and not refused and done.is_to_ring(context.at)
    stands, colour = (refused, "red") if refused else _stands(context, handoff, role, missed, rung="" if done.rung is not None and done.rung.outcome == NOBODY_ANSWERED else rung)  # fmt: skip
    breach = next(
        (
            clock_
            for clock_ in context.store.deadlines.of_case(handoff.case)
            if clock_.kind == "pid" and clock_.stopped_at is None
        ),
        None,
    )
    answers = [step for step in handoff.steps if step.kind == "answered"]
    last_answer = answers[-1] if answers and handoff.state == "answered" and not elsewhere else None
    return Waits(
        of=handoff, role=role, what=handoffs.what(context.store, context.config, context.app.policy, handoff), generic=_generic(context, handoff), stands=stands, colour=colour,
        overdue=handoff.overdue(context.at), unsent=not role.email or is_unsent(handoff),
        breach=_hours(context, handoff, breach.due_at) if breach else "", breach_over=breach is not None and breach.due_at <= context.at, numbers=of_team(context, role) if handoff.state == "waits" and not refused else Markup(),
        order=order(context, role, danger=handoff.danger) if to_ring else Markup(), called_999=done.words_of_999(context.at), rung=rung, refused=phones(refused) if refused else Markup(), to_ring=to_ring, retry_at=None if refused else done.retry_at, can_ring=can_ring(context, role),
        follows=_follows(context, handoff), path=path, elsewhere=elsewhere, unanswered=missed is not None, must_know=_must_know(handoff, role), calls=calls(context, handoff, role) if handoff.state == "waits" else (), answer=last_answer.note if last_answer else "", why_refused=handoff.refusal.note if handoff.refusal is not None and not elsewhere else "", answered_at=last_answer.at if last_answer else None,
        has_it=_has_it(context, handoff) if names and handoff.state == "confirmed" else "",
    )  # fmt: skip


def _has_it(context: RequestContext, handoff: Handoff) -> str:
    """Who of a team has what it confirmed, and since when; "" where no name was written."""
    first = next((step for step in handoff.heard if step.kind == "confirmed" and step.who), None)
    return f"{first.who} has it, since {clock.near_time(first.when or first.at, context.at)}" if first else ""  # fmt: skip


def _hours(context: RequestContext, handoff: Handoff, ends_at: datetime) -> str:
    """What is left of the 72 hours of a leak, or when they ended; beside what another team was passed, for whom the leak waits."""
    at = context.at
    leak = leak_stands(context, handoff.case) if handoff.role != BREACHES and ends_at > at else None
    if leak is not None and leak.is_unconfirmed:
        return sentence(leak.waiting(at))
    return (
        rows.hours_of_law(ends_at, at) if ends_at <= at else f"72 hours: {rows.left(ends_at, at)}"
    )


def refused_words(context: RequestContext, handoff: Handoff, team: str) -> str:
    """That a team does not take it, and of danger whom to ring or who was rung in its place; "" of one that said no such thing."""
    if handoff.refusal is None:
        return ""
    if not handoff.danger:
        return f"{sentence(team)} does not take it, and nobody has it: pass it to another team"
    done = replace(begun.of_case(context, handoff.case), refused_at=handoff.refusal.at)
    on_call = done.words_of_on_call(context.at)
    order = on_call or mails.on_call(context) or "no number of whoever is on call is set up"
    email = mails.to_next(handoff)
    emailed = f", {mails.next_person(context, handoff)}" if email is not None and email.sent_at else ""  # fmt: skip
    return f"{sentence(team)} does not take it: {order}{emailed}"


def standing(context: RequestContext, handoff: Handoff, done: Begun | None = None) -> Standing:
    """How far a hand-off is, as every page says it; to whom it went where that is for others to read is not named."""
    role = handoffs.role_of(context.config, handoff.role)
    reads = role.type != "police" or context.may("governance") or handoff.by == context.user.number
    done = done or (begun.of_case(context, handoff.case) if handoff.danger else Begun())
    paths = {kind for flag, kind in RUNG_ON.items() if role.type in TELLS[flag]}
    calls = [step for step in done.steps if step.is_to_team and step.path in paths]
    untold = bool(not_told_yet(context, handoff, done))
    return standing_of(handoff, role.name if reads else "another team", calls if handoff.danger else (), untold=untold)  # fmt: skip


def standings(context: RequestContext, cases: Collection[int]) -> dict[int, Standing]:
    """Of each of these cases that was passed on how far that is: of several what needs somebody first, by as many looks as for one."""
    seen = context.store.handoffs.with_roles(cases)
    if not seen:
        return {}
    done, first = begun.begun(context, seen), dict[int, Standing]()
    for case, passed in context.store.handoffs.open_of(seen).items():
        last = {each.role: each for each in passed if each.role != GUARDIAN or context.sight.guardians}  # fmt: skip
        all_of_it = [standing(context, each, done.get(case, Begun())) for each in reversed(last.values())]  # fmt: skip
        if all_of_it:
            first[case] = min(all_of_it, key=lambda each: each.place)
    return first


def holders(context: RequestContext, cases: Collection[int], seen: Mapping[int, Standing]) -> dict[int, str]:  # fmt: skip
    """Who has each of these cases where no colleague does, by how far each `seen` of them is; else the team that confirmed by the steps alone. A case that no team has is in none."""
    named = {case: each.holder for case, each in seen.items()}
    others = begun.begun(context, [case for case in cases if case not in named])
    return named | {case: f"With {sentence(begun.team_of(context, done))}" for case, done in others.items() if done.has_it}  # fmt: skip


def _follows(context: RequestContext, handoff: Handoff) -> Markup:
    """What is overdue of danger that no team confirmed, with the number that is rung in its place; "" once whoever is on call was rung."""
    overdue = handoff.state == "waits" and handoff.danger and handoff.overdue(context.at)
    if not overdue or begun.of_case(context, handoff.case).call_on_call is not None:
        return Markup()
    words = mails.follows(context, handoff)
    return phones(words) if ": ring " in words else Markup()


def _generic(context: RequestContext, handoff: Handoff) -> str:
    """What a row says of the gravest flag of a hand-off, where it knows no more."""
    flags = context.app.policy.flags
    return next((flags[flag].reason for flag in handoff.flags if flag in flags), "")


def of_case(context: RequestContext, case: Case) -> list[Waits]:
    """The hand-offs of a case that hold and that this person may see, the one that needs somebody first.

    Of a case in which somebody may be speaking up those on duty see what is about danger, and nothing else.
    """
    all_of_it = context.sight.guardians or not case.protected
    seen = [
        shown(context, handoff)
        for handoff in context.store.handoffs.of_case(case.number)
        if handoff.state != "taken back"
        and (all_of_it or handoff.danger)
        and (handoff.role != GUARDIAN or context.sight.guardians)
    ]
    places = {"waits": 0, "answered": 1}
    return sorted(seen, key=lambda each: (places.get(each.of.state, 2), not each.of.danger))


def answers_requests(role: EscalationRole) -> bool:
    """Whether a team that was passed a case looks after what somebody asks for in it: of danger, a threat or a leak it has that alone."""
    return role.type in ANSWERS


def has_request(context: RequestContext, case: int) -> bool:
    """Whether a team has, or was passed, what somebody asks for in a case."""
    standing = context.store.handoffs.open(case)
    return any(answers_requests(handoffs.role_of(context.config, each.role)) for each in standing)


def ring_now(context: RequestContext, handoff: Handoff) -> Markup:
    """Whom to ring since it can't wait for an email, with the numbers; "" where nobody need be rung."""
    urgent = handoff.danger or is_urgent(handoff.flags, handoff.lane)
    if not urgent or handoff.state != "waits" or handoff.refusal is not None:
        return Markup()
    if handoff.danger and not begun.of_case(context, handoff.case).is_to_ring(context.at):
        return Markup()
    return order(context, handoffs.role_of(context.config, handoff.role), danger=handoff.danger)


def is_unsent(handoff: Handoff) -> bool:
    """Whether nobody of the team knows by an email: its last has not left, and nobody has confirmed."""
    return handoff.state == "waits" and (gave_up(handoff) or last_email(handoff) in QUEUED)


def not_told_yet(context: RequestContext, handoff: Handoff, done: Begun | None = None) -> str:
    """That a team doesn't know of what it was passed, and how to ring it, in a sentence; "" once it was emailed or rung, has confirmed, or its email leaves in a moment."""
    role = handoffs.role_of(context.config, handoff.role)
    if handoff.state != "waits" or handoff.refusal is not None or (role.email and (not is_unsent(handoff) or mails.leaves_soon(context, handoff))):  # fmt: skip
        return ""
    if not handoff.danger or not _must_know(handoff, role):
        done = Begun()
    rung = (done or begun.of_case(context, handoff.case)).rung
    if rung is not None and rung.outcome == SPOKE:
        return ""  # they know by the call
    number = role.rings(context.at, context.config.review.lanes.working_time)
    ring = f": ring them, {number}" if number else mails.ring_them(context, role, danger=handoff.danger)  # fmt: skip
    return f"{'the email has not left' if role.email else 'they get no email'}{ring}"


def ring_unsent(context: RequestContext, handoff: Handoff) -> Markup:
    """That a team doesn't know yet, and how to ring them."""
    role = handoffs.role_of(context.config, handoff.role)
    if not can_ring(context, role):
        return Markup("The email to {} has not left. {}").format(role.name, order(context, role))
    return Markup("The email to {} has not left: ring them, {}.").format(role.name, of_team(context, role))  # fmt: skip


def _rung(context: RequestContext, handoff: Handoff) -> tuple[str, PathStep | None]:
    """The path on which the team of a hand-off is rung, and the last call that nobody answered, if nobody was reached since."""
    if not handoff.danger:
        return "", None
    for kind in RUNG_ON.values():
        standing = context.store.path_steps.path(handoff.case, kind).standing
        missed = [step for word, step in standing.items() if word.startswith(NO_ANSWER)]
        if standing:
            reached = handoff.state != "waits" or any(
                word == "has_it" or word.startswith(RING) for word in standing
            )
            last = (
                max(missed, key=lambda step: (step.moment, step.number))
                if missed and not reached
                else None
            )
            return f"/cases/{handoff.case}/{kind}", last
    return f"/cases/{handoff.case}/{'threat' if 'safeguarding' not in handoff.flags and 'threat' in handoff.flags else 'danger'}", None  # fmt: skip


def _must_know(handoff: Handoff, role: EscalationRole) -> bool:
    """Whether a team is one of those that must know of the danger, threat or leak that a hand-off is about."""
    graves = [flag for flag in handoff.flags if flag in TELLS]
    of_harm = role.type == "safeguarding"  # whatever it is sent tells of danger or harm
    return not graves or of_harm or any(role.type in TELLS[flag] for flag in graves)


def calls(context: RequestContext, handoff: Handoff, role: EscalationRole) -> list[str]:
    """The calls about a hand-off in words, by when they were made: Amina Yusuf rang Priya Nair yesterday, 09:10."""
    if not handoff.danger:
        return []
    steps = [
        step
        for flag, kind in RUNG_ON.items()
        if role.type in TELLS[flag]
        for step in context.store.path_steps.path(handoff.case, kind).calls
    ]
    return [
        call_words(context, step, role.name) for step in sorted(steps, key=lambda step: step.moment)
    ]


def call_words(context: RequestContext, step: PathStep, team: str) -> str:
    """One call in words; whom somebody spoke to is for those who may read what a team said."""
    reads = context.may("reviewer") or context.may("governance")
    if step.who and reads:
        whom = step.who if step.is_to_team else f"{step.who}, on call,"
    else:
        whom = team if step.is_to_team else "whoever is on call"
    words = f"{step.by_name} rang {whom} {clock.near(step.moment, context.at)}"
    return f"{words}: no answer" if step.outcome == NOBODY_ANSWERED else words


def _stands(
    context: RequestContext, handoff: Handoff, role: EscalationRole, missed: PathStep | None = None, *, rung: str = ""
) -> tuple[str, str]:  # fmt: skip
    """Where a hand-off stands, and the colour of its tag. `rung`: that somebody of the team was reached by telephone."""
    at = context.at
    due = clock.near_time(handoff.due_at, at) if handoff.due_at else ""
    if handoff.state == "taken back":
        return "Taken back", "grey"
    if handoff.state == "answered":
        return "Answered", "green"
    if handoff.state == "confirmed":
        if handoff.overdue(at):
            return f"Confirmed, answer was due {due}", "orange"
        return (f"Confirmed, answer due {due}" if due else "Confirmed"), "blue"
    chased = [step for step in handoff.steps if step.kind == "chased" and step.sent_at]
    colour = "red" if handoff.danger and handoff.overdue(at) else "orange"
    following = mails.next_person(context, handoff)
    team = "the team" if role.name == ELSEWHERE else role.name
    ring = mails.ring_them(context, role, danger=handoff.danger)
    parts = [
        f"the email to {team} has not left{'' if following or rung else ring}" if gave_up(handoff) else "",
        f"nobody answered {clock.near_time(missed.when or missed.at, at)}" if missed is not None else "",
        following if handoff.danger or missed is not None else "",
    ]  # fmt: skip
    if rung:  # nobody is to ring them for an email that has not left
        unsent = f"the email to {team} has not left" if is_unsent(handoff) else ""
        return sentence(", ".join(part for part in (rung, unsent, following) if part)), colour
    if any(parts):
        return f"Not confirmed: {', '.join(part for part in parts if part)}", "red"
    if not role.email:
        return f"No email{ring}{', overdue' if handoff.overdue(at) else ''}", colour
    if last_email(handoff) in QUEUED:
        then = f"not confirmed by {due}" if handoff.overdue(at) else f"to confirm by {due}"
        stays = "has not left yet" if mails.leaves_soon(context, handoff) else f"has not left{ring}"  # fmt: skip
        return f"The email {stays}{f', {then}' if due else ''}", "red" if handoff.danger else "orange"  # fmt: skip
    if handoff.overdue(at):
        times = {0: "", 1: "Chased once, "}.get(len(chased), f"Chased {len(chased)} times, ")
        return sentence(f"{times}not confirmed"), colour
    return f"To confirm by {due}", "yellow"


def gave_up(handoff: Handoff) -> bool:
    """Whether the last email to the team was given up, or failed and did not leave since."""
    states = [step.mail for step in handoff.steps if step.mail != "none" and step.kind != "told"]
    since = states[len(states) - states[::-1].index("sent") :] if "sent" in states else states
    return not {"parked", "failing"}.isdisjoint(
        since
    )  # whatever was queued after it has told nobody


def last_email(handoff: Handoff) -> str:
    """What became of the last email to the team, as the outbox has it; "" where it was sent none."""
    mailed: Sequence[str] = [
        step.mail for step in handoff.steps if step.mail != "none" and step.kind != "told"
    ]
    return mailed[-1] if mailed else ""


def left(context: RequestContext, case: Case) -> rows.TimeLeft | None:
    """What is left of a case's time, and for what: to decide, or for the team that it was passed on to, to confirm. None without a clock."""
    due, at = case.due_at, context.at
    if due is None:
        return None
    rest, over = "", rows.left(due, max(due, at))
    if due == context.store.handoffs.unconfirmed((case.number,)).get(case.number):
        stands = standings(context, (case.number,)).get(case.number)
        team = stands.team if stands is not None else "its team"
        refused = stands is not None and stands.is_refused
        rest, over = f" for {team} to confirm", f"{over}: {team} {'does not take it' if refused else 'has not confirmed'}"  # fmt: skip
    return rows.TimeLeft(words=over if due <= at else f"{rows.left(due, at)}{rest}", moment=due, over=over, rest=rest)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A case of which a team was not told by email, since that did not leave, and how to ring them.

    `rung` says that somebody there was rung, `called` that 999 was called. `place` is where it stands among others: whoever is in
    danger and was not rung about first, whoever somebody was rung about last.
    """

    case: int
    team: str
    numbers: Markup  # "" where nobody answers now, or it is not yet time for the next try
    rung: str = ""
    called: str = ""
    place: int = 0

    @property
    def words(self) -> str:
        """What was done so far: 999 called 01:54 by Amina Yusuf, rung 01:38, Priya Nair, not confirmed."""
        return ", ".join(filter(None, (self.called, self.rung)))

    @property
    def is_to_ring(self) -> bool:
        """Whether they are to be rung now."""
        return not self.rung or bool(self.numbers)


# Where what was not told stands among others: danger that nobody was rung about, that is to be rung again, any other team, a leak
# that is out of sight, since nobody who must know of it does, and danger of which somebody there was rung, until they are again.
_DANGER, _AGAIN, _OTHER, _HIDDEN, _RUNG = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unreached:
    """A team, or a next contact (`level` above 0), that no email about a case reached, and whom to ring in its place."""

    case: int
    team: str
    numbers: Markup
    danger: bool
    leak: bool
    level: int = 0


def untold(context: RequestContext) -> list[Untold]:
    """Whom to ring now since their email has not left, for whoever may decide; nobody where all have left.

    Whoever was not rung about comes first, people in danger before leaks; last who was rung about already. It stands on every page
    while no email leaves, so that it asks the store as often for many cases as for one.
    """
    unreached = _of_handoffs(context)
    unreached += _of_alerts(context, {(each.case, each.team) for each in unreached})
    unreached += _due_unwritten(context, {each.case for each in unreached})
    done = begun.begun(context, {each.case for each in unreached if each.danger})
    leaks = {each.case for each in unreached if each.leak and not each.danger}
    hidden = context.store.moderations.leaks_out_of_sight(leaks) if leaks else frozenset()
    teams = [
        _in_danger(context, each, done.get(each.case, Begun())) if each.danger
        else Untold(case=each.case, team=each.team, numbers=each.numbers, place=_HIDDEN if each.leak and each.case in hidden else _OTHER)
        for each in unreached
    ]  # fmt: skip
    return sorted(teams, key=lambda each: each.place)


def _in_danger(context: RequestContext, unreached: _Unreached, done: Begun) -> Untold:
    """One of these, with what was done about it. A team that was reached is not rung again before the time for that."""
    at = context.at
    if unreached.level:
        rung = done.words_of_on_call(at)
        again = not rung
    else:
        rung, again = done.words_of_call(at, names=True), done.is_to_ring(at)
    place = _DANGER if not rung else _AGAIN if again else _RUNG
    return Untold(
        case=unreached.case, team=unreached.team, numbers=unreached.numbers if again else Markup(), rung=rung,
        called=done.words_of_999(at), place=place,
    )  # fmt: skip


def of_other(case: int, team: str, numbers: Markup) -> Untold:
    """A team that has to know of a case beside the one that is named for it."""
    return Untold(case=case, team=team, numbers=numbers, place=_OTHER)


def _of_handoffs(context: RequestContext) -> list[_Unreached]:
    """The teams that were passed a case by an email that has not left."""
    waiting = context.store.handoffs.untold(context.at)
    passed = context.store.handoffs.open_of({case for case, _ in waiting}) if waiting else {}
    teams = []
    for case, key in waiting:
        role = handoffs.role_of(context.config, key)
        if role.type == "police" and not context.may("governance"):
            role = role.model_copy(update={"name": "another team", "reach": ""})
        with_them = [each for each in passed.get(case, ()) if each.role == key]
        teams.append(_Unreached(
            case=case, team=role.name, numbers=to_ring(context, role, danger=any(each.danger for each in with_them)),
            danger=any(each.danger and _must_know(each, role) for each in with_them), leak=role.type == "information_governance",
        ))  # fmt: skip
    return teams


def _of_alerts(context: RequestContext, known: Collection[tuple[int, str]]) -> list[_Unreached]:
    """The same of alerts: the teams and next contacts whose email has not left, or was never written, but for those that are `known`."""
    if not context.config.alerts.on:
        return []
    teams = []
    for each in context.store.alerts.unsent(context.at, context.at - health.CONTACT_LATE):
        team = alerted.route_name(context, each.route, each.level)
        if (each.case, team) not in known:
            ours = not each.level and not mails.is_a_teams(context, team)
            ring = "" if ours and _is_in_hand(each) else mails.instead_of_alert(context, team, each.level)  # fmt: skip
            teams.append(_Unreached(
                case=each.case, team=team, numbers=phones(ring.removeprefix("ring ")), danger=each.danger, leak=each.leak, level=each.level
            ))  # fmt: skip
    return teams + _never_written(context, {case for case, _ in known} | {each.case for each in teams})  # fmt: skip


def _due_unwritten(context: RequestContext, listed: Collection[int]) -> list[_Unreached]:
    """Whoever is next, of an alert that nobody took or of danger that no team confirmed, whose email is due and was not written since nothing runs that does; of cases that are not `listed`."""
    before, on_call = context.at - health.CONTACT_LATE, phones(mails.on_call(context).removeprefix("ring "))  # fmt: skip
    due: dict[int, tuple[str, bool]] = {}
    late = set(context.store.handoffs.to_chase(before))
    for handoff in context.store.handoffs.waiting(context.at) if late else ():
        if handoff.number in late and handoff.danger and handoff.state == "waits":
            due.setdefault(handoff.case, (mails.NEXT_PERSON, True))
    for each in health.contacts_due(context.store, context.at) if context.config.alerts.on else ():
        if each.case is not None and each.lane != GUARDIAN:
            due.setdefault(each.case, (alerted.route_name(context, each.route, 1), each.danger))
    return [_Unreached(case=case, team=team, numbers=on_call, danger=danger, leak=False, level=1) for case, (team, danger) in due.items() if case not in listed]  # fmt: skip


def _is_in_hand(alert: UnsentAlert) -> bool:
    """Whether somebody has a case, so that nobody need be rung in place of the comms team: of danger or a leak only once they told somebody of it."""
    return alert.assigned and (alert.done or not (alert.danger or alert.leak))


def _never_written(context: RequestContext, listed: Collection[int]) -> list[_Unreached]:
    """Danger, threats and leaks in Now about which no email was ever written, as nothing runs that writes it: read from the cases, since the outbox knows nothing of them."""
    since = {case: at for case, at in alerted.unwritten(context).items() if case not in listed}
    gravest = alerted.gravest_untold(context, since) if since else {}
    teams = []
    for case in sorted(gravest, key=lambda case: since[case]):
        role, leak = (
            handoffs.role_of(context.config, TEAM_OF[gravest[case]]),
            gravest[case] == "pid",
        )
        teams.append(_Unreached(case=case, team=role.name, numbers=to_ring(context, role, danger=True), danger=not leak, leak=leak))  # fmt: skip
    return teams
