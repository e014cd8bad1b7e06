"""A review page in whose lane Rest something of each kind waits."""

from __future__ import annotations

from dataclasses import replace

from steps import group as steps_group
from store import Store
from tests.review.factories import (
    NOW,
    QUESTION,
    RUMOUR,
    Told,
    group,
    people,
    shipped,
    tell,
    whole_policy,
)
from tests.store.factories import AT, HOUR

COMPLAINTS = tuple(
    Told(text=f"Sat {hours} hours in the waiting room in {place}, and the machine ate my pound.", risk="low", read={"sentiment": "negative"})
    for hours, place in ((3, "Ealing"), (4, "Brent"), (5, "Harrow"))
)  # fmt: skip
UNREAD = Told(
    text="انتظرت تسع ساعات في المستشفى مع أمي", risk="none", read={"read": "unread", "language": "ar"},
)  # fmt: skip
ELSEWHERE = Told(
    text="Yorkshire won by an innings, the ICB of cricket is furious", risk="low",
    read={"in_scope": False, "sentiment": "negative"},
)  # fmt: skip


def fill_rest(store: Store) -> dict[str, int]:
    """Three complaints, one post that could not be read, one that is not about us; a question and a rumour above them."""
    who = people(store)
    for number, told in enumerate((*COMPLAINTS, UNREAD, ELSEWHERE, QUESTION, RUMOUR), start=1):
        tell(store, told, number, AT + HOUR, alone=True)
    sort(store)
    return who


def sort(store: Store) -> None:
    """Sorts all anew by the rules that ship, as a cycle sorts what has no reason; the factories sort in short."""
    store.database.execute("UPDATE case_mentions SET reason = NULL")
    places = shipped().organisation.places
    waiting = store.grouping.without_reason()
    store.grouping.set_lanes(
        [steps_group.placing(mention, places, whole_policy()) for mention in waiting], NOW
    )


def edit(store: Store, told: Told, number: int, words: str) -> None:
    """Changes the words of a post, and sorts it anew."""
    tell(store, replace(told, text=words), number, AT + HOUR, alone=True, edited_at=NOW)
    group(store, NOW)
    sort(store)
