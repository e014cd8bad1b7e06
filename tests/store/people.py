"""People who work together on cases, for the tests of what they give one another."""

from __future__ import annotations

from store import CaseQuery, Store, Tab
from tests.store.cases.test_deadlines import OTHER, take
from tests.store.factories import AT, HOUR, mention

Team = dict[str, int]


def of_three(store: Store) -> Team:
    """Three people who decide, and two cases that wait."""
    take(store, mention(1), mention(2, text=OTHER), flags=["allegation"])
    return {
        name: store.users.add("local", name, name.title(), ["reviewer"], at=AT).number
        for name in ("amina", "bea", "gwen")
    }


def mine(store: Store, who: int, tab: Tab = "mine") -> list[int]:
    """The cases of somebody's own tab, which its count must fit."""
    found = store.queue.page(CaseQuery(tab=tab, user=who), AT + HOUR)
    assert found.total == found.tabs[tab] == len(found.cards)
    return sorted(card.case.number for card in found.cards)
