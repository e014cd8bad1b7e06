"""What pages say of how people work together: who has a case, whose opinion is asked, and who is away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core import clock
from review.context import RequestContext, allowed
from store import Assignment, Case, CasePage, CurrentAbsence, Opinion, Teamwork, User

ENDED = {  # how an opinion came to its end, in words
    "agrees": "agrees", "disagrees": "sees it differently", "answers": "answered", "decided": "decided the case themselves",
    "settled": "decided the case before they answered", "taken back": "the question was taken back",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody who can decide, and whether they are away, in words."""

    number: int
    name: str
    away: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Everybody, and who is away today: read once for a page."""

    me: int
    at: datetime
    people: Mapping[int, User]
    away: Mapping[int, CurrentAbsence]

    def name(self, number: int | None) -> str:
        """What somebody is called; "you" stands beside one's own name."""
        user = self.people.get(number) if number is not None else None
        if user is None:
            return "someone who has left"
        return f"{user.name} (you)" if number == self.me else user.name

    def away_words(self, number: int | None) -> str:
        """away until 3 Dec, covered by Bea Whitlock; "" for who is here."""
        there = self.away.get(number) if number is not None else None
        if there is None:
            return ""
        until = f"away until {short(there.absence.last, self.at)}"
        if there.acting is None:
            return f"{until}, covered by nobody"
        return f"{until}, covered by {self.name(there.acting)}"

    def deciders(self) -> list[Colleague]:
        """Who can decide now, by name."""
        return [
            Colleague(number=number, name=self.name(number), away=self.away_words(number))
            for number, user in self.people.items()
            if user.active and allowed(user.roles, "reviewer")
        ]

    def can_decide(self, number: int) -> bool:
        """Whether they still may."""
        user = self.people.get(number)
        return user is not None and user.active and allowed(user.roles, "reviewer")

    def covers(self, number: int | None) -> bool:
        """Whether the person who looks covers for them today."""
        there = self.away.get(number) if number is not None else None
        return there is not None and there.acting == self.me


def team(context: RequestContext) -> Team:
    """The team as the person who asks sees it."""
    people = {user.number: user for user in everybody(context)}
    away = context.shared("away", lambda: context.store.absences.away(context.at))
    return Team(me=context.user.number, at=context.at, people=people, away=away)


def everybody(context: RequestContext) -> Sequence[User]:
    """Everybody who has or had an account."""
    return context.shared("people", context.store.users.all)


def short(day: date, at: datetime) -> str:
    """3 Dec, and the year where it is not this one."""
    today = clock.local_day(at)
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def may_hand(context: RequestContext, known: Team, case: Case, has: Assignment | None) -> bool:
    """Who may hand a case on: whoever has it, covers for them or gave it them, a lead, and anybody where nobody has it."""
    if not context.may("reviewer") or case.state == "done":
        return False
    if has is None or has.to is None or context.may("lead"):
        return True
    return known.me in (has.to, has.by) or known.covers(has.to) or not known.can_decide(has.to)


def may_take(context: RequestContext, known: Team, case: Case, has: Assignment | None) -> bool:
    """Who may take a case, over from a colleague too: of Now whoever decides, since what is in it waits for nobody who went home."""
    urgent = case.lane == "now" and case.state != "done" and context.may("reviewer")
    return urgent or may_hand(context, known, case, has)


HAS_IT = "you have it"


def reasons(known: Team, work: Teamwork) -> list[str]:
    """Why a case is among somebody's own, where it is not for what they look at."""
    why: list[str] = []
    to = work.assigned.to if work.assigned else None
    if to == known.me:
        why.append(HAS_IT)
    elif known.covers(to):
        why.append(f"you cover for {known.name(to)}, who has it")
    for opinion in work.opinions:
        if opinion.state == "answered" and opinion.asked_by == known.me:
            why.append(f"{known.name(opinion.ended_by)} answered your question")
        elif opinion.state == "waits" and opinion.asked_by != known.me:
            if opinion.of == known.me:
                why.append(f"{known.name(opinion.asked_by)} asks your opinion")
            elif known.covers(opinion.of):
                why.append(f"you cover for {known.name(opinion.of)}, whose opinion is asked")
        elif opinion.state == "waits":
            why.append(f"asked {known.name(opinion.of)}")
    return why


def of_queue(
    context: RequestContext, case_page: CasePage, chosen: Collection[int] = ()
) -> dict[str, object]:
    """What a list of cases needs to know of the team: who has what, who can decide, whom one can filter by."""
    known = team(context)
    deciders = known.deciders()
    return {
        "teamwork": context.store.assignments.teamwork(card.case.number for card in case_page.cards),
        "deciders": deciders,
        "reviewers": [colleague.number for colleague in deciders]
            + [number for number in chosen if not known.can_decide(number)],
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionShown:
    """An opinion as a case shows it."""

    of: Opinion
    asked_by: str
    asked_of: str
    away: str
    ended: str
    by: str
    late: bool
    mine: bool  # the person who looks may answer it


def of_case(context: RequestContext, case: Case) -> dict[str, object]:
    """What `cases/team.html` and `cases/team_history.html` need."""
    known = team(context)
    work = context.store.assignments.teamwork((case.number,)).get(case.number, Teamwork())
    assignments = context.store.assignments.of_case(case.number)
    has = assignments[-1] if work.assigned is not None else None
    return {
        "teamwork": {case.number: work}, "known": known, "has": has, "given": assignments,
        "may_hand": may_hand(context, known, case, has), "deciders": known.deciders(),
        "opinions": [shown(context, known, opinion) for opinion in context.store.opinions.of_case(case.number)],
        "askable": askable(known),
    }  # fmt: skip


def shown(context: RequestContext, known: Team, opinion: Opinion) -> OpinionShown:
    """One opinion in words."""
    may = context.may("reviewer") and known.me in context.store.opinions.may_answer(
        opinion, context.at
    )
    return OpinionShown(
        of=opinion, asked_by=known.name(opinion.asked_by), asked_of=known.name(opinion.of),
        away=known.away_words(opinion.of), ended=ENDED[opinion.why] if opinion.why else "",
        by=known.name(opinion.ended_by) if opinion.ended_by else "", late=opinion.due_at <= context.at,
        mine=may and opinion.state == "waits",
    )  # fmt: skip


def askable(known: Team) -> Sequence[Colleague]:
    """Whose opinion somebody can ask: never their own, nor that of whom they cover for."""
    return [
        colleague
        for colleague in known.deciders()
        if colleague.number != known.me and not known.covers(colleague.number)
    ]
