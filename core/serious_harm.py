"""Words by which a post tells of harm in care: of neglect, and whether it is over, so that nobody is rung at night for the dead."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from core import clock
from core.deaths import DIED, KIN

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


def tells_of_neglect(words: str) -> bool:
    """Whether these words say that somebody was neglected."""
    return _NEGLECT.search(words) is not None


def _is_long_past(words: str, posted_at: datetime) -> bool:
    year = clock.local_day(posted_at).year
    named = [int(match[1]) for match in _IN_YEAR.finditer(words)]
    return bool(_AGO.search(words)) or (bool(named) and max(named) <= year - _YEARS_PAST)


def needs_safeguarding(
    words: str, posted_at: datetime, flags: Collection[str], *, serious: bool
) -> bool:
    """Whether somebody who lives came to serious harm, so that safeguarding is to look into it. `serious`: an allegation of it is flagged so."""
    if not serious and not tells_of_neglect(words):
        return False
    return not is_over(words, posted_at, flags)


def is_over(words: str, posted_at: datetime, flags: Collection[str]) -> bool:
    """Whether whoever came to harm has died, or it is long past, and nobody who lives is told of as in it."""
    if "safeguarding" in flags or _LIVING.search(words):
        return False
    if DIED.search(words):
        return True
    return _is_long_past(words, posted_at) and not _NOW.search(words)
