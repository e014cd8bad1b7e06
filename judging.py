"""What people said of mentions: in decisions, and blind of a sample that nobody had flagged.

A decision says something of the flags that somebody named, and nothing of the others. Whoever judges a sample says
what holds of everything there is: what they did not name, they saw and did not find.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from house import House

if TYPE_CHECKING:
    from store import Judgement, Stored

EVERY = 500  # mentions between two lines of progress


def judged(house: House, flags: Collection[str]) -> Iterator[tuple[Judgement, Stored]]:
    """Each judgement with the words that it is about, as long as they are here and as they were.

    Of a mention of which both a decision and a sample tell, the later word on each flag counts. Ordered by
    the moment of the last word.
    """
    found = _together(house, flags)
    for number, judgement in enumerate(found, 1):
        stored = house.store.mention(judgement.mention)
        if stored is not None and stored.revision == judgement.revision:
            yield judgement, stored
        if number % EVERY == 0:
            house.tell(f"looked at {number} of {len(found)} mentions that somebody judged")


def _together(house: House, flags: Collection[str]) -> list[Judgement]:
    blind = [
        replace(one, labels={flag: one.labels.get(flag, False) for flag in flags})
        for one in house.store.blind_judgements()
    ]
    last: dict[int, Judgement] = {}
    for one in sorted((*house.store.judgements(), *blind), key=_when):
        before = last.get(one.mention)
        if before is not None and before.revision == one.revision:
            one = replace(
                one, labels={**before.labels, **one.labels}, flagged=before.flagged or one.flagged,
                version=max(before.version, one.version),
            )  # fmt: skip
        last[one.mention] = one
    return sorted(last.values(), key=_when)


def _when(one: Judgement) -> tuple[object, int]:
    return one.at, one.mention
