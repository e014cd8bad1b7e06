"""Cases as rows of a list that is no lane: what one has, what waits for others, what is done, what a search finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core import clock
from core.text import sentence
from review.context import RequestContext
from review.desk import asked, begun, pane, rows, untold
from review.desk.decided import in_words, is_denied
from review.desk.leak_stands import LeakStands, leak_stands
from review.desk.rows import RowShown
from review.rights import covering
from review.team import colleagues
from store import Card, Case, CaseDecided

SIZE = 50  # rows of a page


def rows_of(
    context: RequestContext, cards: Sequence[Card], badges: Mapping[int, str] | None = None
) -> list[RowShown]:  # fmt: skip
    """The rows of a page's cases, by as many looks at the store as for one. `badges` stand where a row has one of its own."""
    store, people = context.store, pane.names(context)
    numbers = [card.case.number for card in cards]
    cards, covered = covering.cards(context, cards)
    reasons = {number: rows.heading(context.app.policy, reason) for number, reason in store.case_lines.in_place(store.lanes.reasons(numbers)).items()}  # fmt: skip
    reasons |= {card.case.number: covered.reason(card.item.number) for card in cards if card.item and card.item.number in covered}  # fmt: skip
    has = {number: work.assigned.to for number, work in store.assignments.teamwork(numbers).items() if work.assigned}  # fmt: skip
    handed = handed_to_me(context, [number for number, who in has.items() if who == context.user.number])  # fmt: skip
    deciders = store.cases.deciders(numbers)
    reported = store.lanes.reported(numbers)
    standings = asked.standings(context, numbers)
    holders = asked.holders(context, [card.case.number for card in cards if card.case.state != "done"], standings)  # fmt: skip
    confirm = store.handoffs.unconfirmed(numbers)
    last = store.cases.last_decisions(
        [card.case.number for card in cards if card.case.state == "done"]
    )
    reads = context.may("reviewer") or context.may("governance")
    ended = untold.teams_of(context, [card.case for card in cards if card.case.state == "done"])
    listed = [
        rows.listed(
            _by_team(context, card.case, confirm.get(card.case.number)), card.item, untold.add(reason_of(card, reasons, last.get(card.case.number), why=reads), ended.get(card.case.number, "")), has=has.get(card.case.number), me=context.user.number,
            people=people, at=context.at, by=deciders.get(card.case.number), team=holders.get(card.case.number, ""),
            handed=handed.get(card.case.number, ""),
        )
        for card in cards
    ]  # fmt: skip
    listed = [replace(row, tile="@", place=rows.TOLD) if row.number in reported else row for row in listed]  # fmt: skip
    listed = [
        replace(row, badge=standings[row.number].badge)
        if row.number in standings and row.since != "decided"
        else row
        for row in listed
    ]
    named = {number: each.team for number, each in standings.items()}
    done = begun.badges(
        context, [card.case.number for card in cards if card.case.state != "done"], named
    )
    leaks = _leaks(context, numbers)
    listed = [replace(row, begun=done.get(row.number, ""), unaware=leaks[row.number].alarm(context.at) if row.number in leaks else "") for row in listed]  # fmt: skip
    waits = {
        number: leak.waiting(context.at) for number, leak in leaks.items()
        if leak.is_unconfirmed and not (number in standings and standings[number].is_refused)
    }  # fmt: skip
    listed = [replace(row, badge=waits.get(row.number, row.badge)) for row in listed]
    if context.may("reviewer"):
        listed = [replace(row, undo=last[row.number].version if row.number in last else 0) for row in listed]  # fmt: skip
    return (
        [
            replace(
                row,
                badge="; ".join(filter(None, (waits.get(row.number), badges.get(row.number))))
                or row.badge,
            )
            for row in listed
        ]
        if badges
        else listed
    )


def _leaks(context: RequestContext, cases: Sequence[int]) -> dict[int, LeakStands]:
    """Of these cases the confirmed leaks whose 72 hours run or are over without a decision."""
    running = {each.case for each in context.store.deadlines.breaches()}
    leaks = {number: leak_stands(context, number) for number in cases if number in running}
    return {number: leak for number, leak in leaks.items() if leak}


def _by_team(context: RequestContext, case: Case, confirm: datetime | None) -> Case:
    """A case as its row counts its time: what is in no lane and with a team is due when that should `confirm`, or when somebody waits sooner.

    The time there was to decide goes on in the store until they do, and nobody here has to act by it.
    """
    if confirm is None or case.lane or case.due_at is None or case.due_at >= confirm:
        return case
    running = [each.due_at for each in context.store.deadlines.of_case(case.number) if each.kind != "look" and each.stopped_at is None]  # fmt: skip
    return replace(case, due_at=min([confirm, *running]))


def handed_to_me(context: RequestContext, cases: Sequence[int]) -> dict[int, str]:
    """Of these cases, which the one who asks has: who handed it to them, with the note, in a line; who took it has none."""
    people, me, lines = pane.names(context), context.user.number, dict[int, str]()
    for number, work in context.store.assignments.teamwork(cases).items():
        assignment = work.assigned
        if assignment is None or assignment.to != me or assignment.by in (None, me):
            continue
        note = context.store.assignments.of_case(number)[-1].note
        by = people.get(assignment.by or 0, "A colleague")
        lines[number] = f"{by} handed you this, {clock.near(assignment.at, context.at)}{': ' + note if note else ''}"  # fmt: skip
    return lines


def why_mine(context: RequestContext, cards: Sequence[Card]) -> dict[int, str]:
    """Why each case is among one's own, where it isn't just taken: a colleague asks, or answered."""
    known, numbers = colleagues.team(context), [card.case.number for card in cards]
    work = context.store.assignments.teamwork(numbers)
    return {
        number: "; ".join(
            why for why in colleagues.reasons(known, each) if why != colleagues.HAS_IT
        )
        for number, each in work.items()
    }


def reason_of(
    card: Card, reasons: Mapping[int, str], last: CaseDecided | None = None, *, why: bool = False
) -> str:
    """Why a case is here, and as what it was decided, as the buttons call it; its first words where nobody sorted it.

    `why`: with the reason of whoever said that it is no danger, threat or leak, for those who read reasons.
    """
    case = card.case
    first = sentence(card.item.masked[:60]) if card.item else f"Case {case.number}"
    reason = reasons.get(case.number) or first
    if case.state == "done" and last is not None:
        words = f"{reason}: {in_words(last)}"
        return f"{words}. {last.decision.reason}" if why and is_denied(last) else words
    return reason


def page_number(text: str) -> int:
    """The page that an address asks for."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
