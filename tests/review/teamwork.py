"""A team at work, over the invented cases: what was given, asked and answered, who is away, what was handed over."""

from __future__ import annotations

from datetime import datetime, timedelta

from store import CaseDecision, Store
from tests.review.conftest import House
from tests.review.factories import (
    ALLEGATION,
    GRIEVANCE,
    IN_DANGER,
    NAMED,
    NOW,
    RUMOUR,
    Told,
    case_of,
)
from tests.store.factories import DAY, HOUR

TODAY = NOW.date()


def give(house: House, told: Told, to: str, by: str = "bea", note: str = "") -> int:
    """Gives a case to somebody for the first time; its number."""
    case = case_of(house.store, told)
    assert house.store.assignments.assign(
        case, house.who[to], by=house.who[by], at=NOW - HOUR, seen=0, note=note
    )
    return case


def ask(store: Store, case: int, by: int, of: int, question: str, at: datetime = NOW - HOUR) -> int:
    """Asks somebody's opinion; the number of the question."""
    found = store.cases.get(case)
    assert found is not None
    covers = tuple(
        (one.item.number, one.item.revision) for one in store.cases.mentions(case) if one.reviewable
    )
    said = CaseDecision(case=case, kind="second_opinion", by=by, at=at, covers=covers)
    assert store.cases.ask_opinion(said, found.version, of=of, question=question)
    return store.opinions.of_case(case)[-1].number


def goes_away(house: House, who: str, cover: str, until: int = 0) -> int:
    """Somebody is away from today on for so many days more."""
    number = house.store.absences.add(
        house.who[who], TODAY, TODAY + timedelta(days=until), house.who[cover], by=house.who[who], at=NOW - HOUR
    )  # fmt: skip
    assert number is not None
    return number


def at_work(house: House) -> None:
    """Something of everything: what Amina sees has a question, an answer, what she covers, and a note to be read."""
    store, who = house.store, house.who
    give(house, NAMED, "bea")
    give(house, RUMOUR, "amina", note="You know the Ealing site team. Ring them before noon.")
    give(house, GRIEVANCE, "gwen")
    ask(
        store,
        case_of(store, ALLEGATION),
        who["bea"],
        who["amina"],
        "To the Guardian, or to PALS?",
        NOW - 4 * DAY,  # overdue: what stands in Look is due in two working days
    )
    number = ask(
        store, case_of(store, IN_DANGER), who["amina"], who["gwen"], "Is safeguarding enough?"
    )
    store.opinions.answer(
        number, by=who["gwen"], stance="disagrees", answer="Ring the crisis team too.", at=NOW
    )
    goes_away(house, "gwen", "amina", until=12)
    figures = store.handovers.standing(NOW - DAY, NOW).figures
    store.handovers.add(
        "Case 1: the practice rings back.\nNothing else.",
        by=who["bea"],
        at=NOW,
        figures=figures,
        after=0,
    )
