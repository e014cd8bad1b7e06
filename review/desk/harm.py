"""What a post tells of serious harm: whether somebody who lives may still be in it, or it is over, so that nobody is rung at night for the dead."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from core import clock
from core.deaths import DIED, KIN, tells_of_death
from store import Item

# Whoever is cared for comes to harm by that care, or for the want of it: safeguarding looks into it
_NEGLECT = re.compile(
    r"\b(?:neglect\w*|(?:bed|pressure) ?sores?|starv\w*|malnourish\w*|dehydrat\w*|abus(?:ed|ing|es)|(?:left|lay|lying|was|were) (?:\w+ ){0,4}on the floor"
    r"|left (?:\w+ ){0,3}(?:in (?:her|his|their) own|without (?:food|water)|to die)|unexplained bruis\w*)\b",
    re.I,
)
_AGO = re.compile(
    r"\b(?:(?:\w+ )?years? (?:ago|back|later)|decades? (?:ago|later)|last year|when I was (?:a (?:child|kid|boy|girl|teenager)|\w+ years old))\b",
    re.I,
)
_IN_YEAR = re.compile(
    r"\b(?:in|since|of|back in|summer|winter|spring|autumn) ((?:19|20)\d\d)\b", re.I
)
# Somebody who lives is in it still, or may be next
_LIVING = re.compile(
    r"\b(?:still (?:there|in|on|at|lies|lying|live\w*|work\w*|happen\w*|goes|going)|other (?:patients|residents|people|children|mothers|famil\w+)"
    r"|the others|the rest of them|every(?:one|body) else in|another (?:patient|resident)|happening (?:again|now)|right now|tonight"
    rf"|(?:my|our|her|his|their) (?:\w+ )?{KIN} (?:is|are|lies|sits|can[’']?t|cannot|needs)(?! dead\b))\b",
    re.I,
)  # fmt: skip
_NOW = re.compile(
    r"\b(?:today|yesterday|last night|this (?:week|morning|month)|(?:on|since|until) (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.I,
)
_YEARS_PAST = 2  # from which on a year that is named is long past


def tells_of_harm(item: Item) -> bool:
    """Whether it says that somebody came to serious harm in care, or was neglected."""
    serious = any(flag.name == "allegation" and flag.harm == "serious" for flag in item.flags)
    return serious or bool(_NEGLECT.search(item.masked))


def is_over(item: Item) -> bool:
    """Whether whoever came to harm has died, or it is long past, and nobody who lives is told of as in it: PALS looks into that, and nobody is chased at night."""
    if any(flag.name == "safeguarding" for flag in item.flags) or _LIVING.search(item.masked):
        return False
    if DIED.search(item.masked):
        return True
    return _is_long_past(item.masked, item.posted_at) and not _NOW.search(item.masked)


def _is_long_past(words: str, posted_at: datetime) -> bool:
    year = clock.local_day(posted_at).year
    named = [int(match[1]) for match in _IN_YEAR.finditer(words)]
    return bool(_AGO.search(words)) or (bool(named) and max(named) <= year - _YEARS_PAST)


def needs_looking_into(item: Item) -> bool:
    """Whether it tells that somebody died, a baby too, and of nobody who lives as in harm: whoever looks into deaths has to know, and nobody is rung at night."""
    if any(flag.name == "safeguarding" for flag in item.flags) or needs_safeguarding(item):
        return False
    return tells_of_death(item.masked)


def needs_safeguarding(item: Item) -> bool:
    """Whether somebody who lives came to serious harm, so that safeguarding is to look into it."""
    return tells_of_harm(item) and not is_over(item)


def complains(item: Item, flags: Collection[str]) -> bool:
    """Whether whoever wrote it complains, so that hiding it answers nobody. Into harm to somebody who lives Safeguarding looks instead."""
    return ("allegation" in flags or item.protected == "complaint") and not needs_safeguarding(item)
