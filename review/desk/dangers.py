"""Danger and threats that no team has confirmed, and leaks that tell of serious harm of which Safeguarding was not told, as the handover and the day at a glance name them: by number, those first that nobody was told of.

Of each it is said whether 999 was called, so that nobody calls twice; with which nothing was done goes before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core import clock
from core.text import sentence
from reports.handoffs import role_of
from review.context import RequestContext
from review.desk import asked, begun, mails, pane
from review.desk.begun import Begun
from review.desk.untold import PATH_OF, open_harm
from store import Case, Handoff, Teamwork
from store.cases.endings import WHAT, OpenDanger
from store.cases.handoffs import SAFEGUARDING


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerLine:
    """A case in words: what it is about, who has it, and how far its team was asked."""

    case: int
    words: str
    stands: str
    steps: str  # where its steps stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Dangers:
    """What is open: `alone` are cases of which no team was told, `unconfirmed` those that were passed to a team, or about which one was rung."""

    alone: Sequence[DangerLine]
    unconfirmed: Sequence[DangerLine]


def dangers(context: RequestContext) -> Dangers:
    """All that is open now, the most urgent first."""
    people = pane.names(context)
    open_dangers = context.store.cases.open_dangers()
    numbers = [danger.case for danger in open_dangers]
    named = set(numbers)
    waiting = _passed_on(context, named)
    done = begun.begun(context, numbers)
    handoffs = context.store.handoffs.open_of([*numbers, *(danger.case for danger in waiting)])
    open_dangers.sort(key=lambda danger: done.get(danger.case, Begun()).call_999 is not None)

    def line(danger: OpenDanger) -> DangerLine:
        holder = people.get(danger.holder, "someone who has left") if danger.holder is not None else ""  # fmt: skip
        found = f"found {clock.near(danger.since, context.at)}"
        return DangerLine(
            case=danger.case, words=danger.reason or sentence(WHAT[danger.flag]),
            stands=", ".join((found, f"{holder} has it" if holder else "nobody has it", *_asked(context, danger, done.get(danger.case, Begun()), handoffs.get(danger.case, ())))),
            steps=f"/cases/{danger.case}/{PATH_OF[danger.flag]}#steps" if danger.case in named else f"/cases/{danger.case}",
        )  # fmt: skip

    hurt = {case.number: case for case in open_harm(context) if case.number not in named}
    for (
        danger
    ) in waiting:  # of which no email to Safeguarding has left: nobody there was told by one
        case = context.store.cases.get(danger.case)
        if case is not None and _is_unsent(handoffs.get(danger.case, ())):
            hurt.setdefault(danger.case, case)
    holders, reasons = context.store.assignments.teamwork([*hurt]), context.store.lanes.reasons([*hurt])  # fmt: skip

    def line_of_harm(case: Case) -> DangerLine:
        has = holders.get(case.number, Teamwork()).assigned
        name = people.get(has.to or 0, "someone who has left") if has is not None else ""
        return _of_harm(context, case, reasons.get(case.number, ""), name)

    return Dangers(
        alone=[
            *(line(danger) for danger in open_dangers if danger.with_nobody),
            *map(line_of_harm, hurt.values()),
        ],
        unconfirmed=[
            *(line(danger) for danger in open_dangers if not danger.with_nobody),
            *map(line, waiting),
        ],
    )


def _is_unsent(handoffs: Sequence[Handoff]) -> bool:
    """Whether no email to Safeguarding has left of these, so that nobody there was told by one."""
    return all(mails.is_unsent(each) for each in handoffs if each.role == SAFEGUARDING)


def _passed_on(context: RequestContext, named: Collection[int]) -> list[OpenDanger]:
    """What else Safeguarding was passed and has not confirmed, as serious harm that no flag of danger tells of."""
    cases = [context.store.cases.get(number) for number in context.store.handoffs.unconfirmed_cases() if number not in named]  # fmt: skip
    of_these = [case for case in cases if case is not None and not case.protected]
    numbers = [case.number for case in of_these]
    work, reasons = context.store.assignments.teamwork(numbers), context.store.lanes.reasons(numbers)  # fmt: skip

    def holder(case: Case) -> int | None:
        has = work.get(case.number, Teamwork()).assigned
        return has.to if has is not None else None

    return [
        OpenDanger(
            case=case.number, flag=SAFEGUARDING, reason=reasons.get(case.number, ""), since=case.opened_at, holder=holder(case), teams=(SAFEGUARDING,)
        )
        for case in of_these
    ]  # fmt: skip


def _of_harm(context: RequestContext, case: Case, reason: str, holder: str) -> DangerLine:
    """A leak in which somebody who lives was hurt, and of which Safeguarding was not told. `holder` has it; "" where nobody does."""
    has_it = f"{holder or 'nobody'} has it"
    name = role_of(context.config, "safeguarding").name
    return DangerLine(
        case=case.number, words=reason or "A patient’s details; serious harm",
        stands=f"found {clock.near(case.opened_at, context.at)}, {has_it}, {sentence(name)} was not told of the harm",
        steps=f"/cases/{case.number}/leak#harm",
    )  # fmt: skip


def _passed_to(context: RequestContext, key: str) -> str:
    """A team that need not know of it, by its name; that it is the police governance alone reads."""
    role = role_of(context.config, key)
    return "another team" if role.type == "police" and not context.may("governance") else role.name


def _rung(context: RequestContext, danger: OpenDanger, teams: str, *, refused: bool) -> str:
    """When somebody rang its team; of one that does not take it that it was this one, before it said so. "" where nobody did and nobody has to."""
    if danger.rung_at is None:
        return "nobody has rung them" if teams and not refused else ""
    rung = f"rung {clock.near(danger.rung_at, context.at)} by {danger.rung_by}"
    return rung if danger.answered else f"{rung}: no answer"


def _reads_answer(context: RequestContext, handoff: Handoff) -> bool:
    """Whether whoever asks reads what a team answered; what the police did is for others."""
    reads = context.may("reviewer") or context.may("governance")
    return reads and role_of(context.config, handoff.role).type != "police"


def _asked(
    context: RequestContext, danger: OpenDanger, done: Begun, handoffs: Sequence[Handoff]
) -> list[str]:
    """Whether 999 was called, whom it was passed on to, when somebody rang them, and which emails about it have not left. `handoffs` are those that are open."""
    teams = " and ".join(role_of(context.config, role).name for role in danger.teams)
    refusals = [asked.refused_words(context, each, role_of(context.config, each.role).name) for each in handoffs if each.refusal]  # fmt: skip
    passed = f"passed to {teams}" if teams else ""
    rung = _rung(context, danger, teams, refused=bool(refusals))
    parts = list(filter(None, (done.words_of_999(context.at), passed, *((rung,) if refusals else ()), *refusals)))  # fmt: skip
    if danger.others and not teams:
        others = " and ".join(_passed_to(context, role) for role in danger.others)
        parts.append(f"passed to {others} alone")
    if rung and not refusals:
        parts.append(rung)
    on_call = done.words_of_on_call(context.at)
    if on_call and not any(on_call in refusal for refusal in refusals):
        parts.append(on_call)
    for handoff in handoffs if teams else ():
        if handoff.refusal is not None:  # who was told since stands with it
            parts += (
                [f"they said: “{handoff.refusal.note}”"] if _reads_answer(context, handoff) else []
            )
            continue
        words = (
            f"the email to {role_of(context.config, handoff.role).name} has not left" if asked.is_unsent(handoff) else "",
            mails.next_person(context, handoff),
        )  # fmt: skip
        parts += [each for each in words if each and handoff.state == "waits"]
    return parts
