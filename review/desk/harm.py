"""What a post tells of serious harm: whether somebody who lives may still be in it, or it is over, so that nobody is rung at night for the dead."""

from __future__ import annotations

from collections.abc import Collection

from core import serious_harm
from core.deaths import tells_of_death
from core.serious_harm import tells_of_neglect
from store import Item


def tells_of_harm(item: Item) -> bool:
    """Whether it says that somebody came to serious harm in care, or was neglected."""
    return _is_serious(item) or tells_of_neglect(item.masked)


def _is_serious(item: Item) -> bool:
    return any(flag.name == "allegation" and flag.harm == "serious" for flag in item.flags)


def is_over(item: Item) -> bool:
    """Whether whoever came to harm has died, or it is long past, and nobody who lives is told of as in it: PALS looks into that, and nobody is chased at night."""
    return serious_harm.is_over(item.masked, item.posted_at, [flag.name for flag in item.flags])


def needs_looking_into(item: Item) -> bool:
    """Whether it tells that somebody died, a baby too, and of nobody who lives as in harm: whoever looks into deaths has to know, and nobody is rung at night."""
    if any(flag.name == "safeguarding" for flag in item.flags) or needs_safeguarding(item):
        return False
    return tells_of_death(item.masked)


def needs_safeguarding(item: Item) -> bool:
    """Whether somebody who lives came to serious harm, so that safeguarding is to look into it."""
    flags = [flag.name for flag in item.flags]
    return serious_harm.needs_safeguarding(item.masked, item.posted_at, flags, serious=_is_serious(item))  # fmt: skip


def complains(item: Item, flags: Collection[str]) -> bool:
    """Whether whoever wrote it complains, so that hiding it answers nobody. Into harm to somebody who lives Safeguarding looks instead."""
    return ("allegation" in flags or item.protected == "complaint") and not needs_safeguarding(item)
