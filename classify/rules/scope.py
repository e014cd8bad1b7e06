"""What a text shows by rule about whether it is about health care and about the ICB or its area.

Evidence that the model's head is weighed against; what bio and text say about the author stands in
`staff` and `disclaimer` and is handed on from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify.pid.base import lowered
from classify.text.clean import by_letter, plain
from classify.text.literals import Sought
from classify.text.names import areas

from .disclaimer import has_disclaimer
from .staff import StaffCues, named, staff_cues

__all__ = ["ScopeCues", "StaffCues", "has_disclaimer", "scope_cues", "staff_cues"]

LONGEST = 20_000  # code points that are searched for cues

_HEALTH_WORDS = (
    r"(?:nhs|health\w*|hospitals?|gps?|doctors?|drs?|nurs\w+|midwi\w+|paramedics?|ambulances?"
    r"|surger(?:y|ies)|clinics?|clinical|clinicians?|wards?|patients?|appointments?|a ?& ?e"
    r"|casualty|icu|maternity|pharmac\w+|chemist|prescri\w+|medicines?|medication|meds|vaccin\w+"
    r"|jabs?"
    r"|consultants?|referr\w+|operation|surgeon|scans?|mri|x-?ray|blood tests?|bloods|cancer"
    r"|chemo\w*|diabet\w+|dementia|stroke|sepsis|asthma|diagnos\w+|treatment|therap\w+|mental "
    r"health|camhs|sectioned|psychiatr\w+|physio\w*|dentists?|dental|opticians?|hospice|care "
    r"homes?|carers?|social care|discharg\w+|admitted"
    r"|trolley|waiting list|triage|111|999|urgent care|walk-?in centre|utc|ccgs?|icbs?|ics"
    r"|integrated care|primary care|commission\w+|trusts?|health visitor|district nurse|smear"
    r"|screening|symptoms?|illness|disease|infection|covid|flu|antibiotics|inhaler|insulin"
    r"|dialysis|transplant|births?|pregnan\w+|miscarr\w+"
    r"|receptionists?|phlebotom\w+|radiograph\w+|pals|cqc|nice guidance|healthwatch|unison|rcn|bma"
    r"|medic\w*|care plan|safeguarding|bed blockers?|theatre list|staff nurse|hca|healthcare"
    r"|wellbeing|sick note|fit note|disab\w+)"
)
_HEALTH = re.compile(rf"\b{by_letter(_HEALTH_WORDS)}\b")
# What else the letters ICB stand for, and the words that go with it.
_OTHER_ICB = re.compile(
    r"\b(?:international (?:criminal )?(?:bar|court)|criminal bar|barristers?|certified "
    r"book-?keepers?|book-?keep\w+|industrial (?:and commercial )?bank|commercial bank|icbc"
    r"|mutual fund|amcl|nrb|taka|dse|bangladesh|investment corporation|shares?|dividend|ipo"
    r"|cricket|wickets?|batsm\w+|innings|canine|kennel|whippets?"
    r"|israel(?:i)? chamber|broadcasting|bluetooth|in-circuit|printed circuit|pcb|iron"
    r"|intermediate bulk|container board|brewer\w+|chess|orchestra|ice cream|insane clown)\b"
)
_ELSEWHERE_NAMES = (
    r"(?:leeds|manchester|birmingham|liverpool|glasgow|edinburgh|scotland|wales|cardiff|bristol"
    r"|cornwall|truro|devon|newcastle|gateshead|sheffield|nottingham|leicester|norfolk|norwich"
    r"|suffolk|kent|sussex|surrey|essex|hampshire|oxford|cambridge|yorkshire|cumbria|lancashire"
    r"|derby|lincoln|belfast|addenbrooke's"
    r"|south (?:east|west) london|north (?:east|central) london|lewisham|croydon|hackney|camden "
    r"and islington|barts|king's college hospital|royal free|uclh)"
)
_ELSEWHERE = Sought(rf"\b{by_letter(_ELSEWHERE_NAMES)}\b")
_AN_ICB = re.compile(r"\b((?:[a-z][a-z&'-]+[ ,]+(?:and )?){1,6})(?:icb|integrated care board)\b")
_NO_NAME_WORDS = """
the an our their your this that each every another my new local its of for in at from to by with
about is are was and any some other old us why how what has nhs dear via same whole all first no
but or as says said now
"""
_NO_NAME = frozenset(_NO_NAME_WORDS.split())


@dataclass(frozen=True, slots=True)
class ScopeCues:
    """`organisation` the ICB is named, `icb_alone` only 'ICB'; `other_icb` another body with that name.

    `providers` and `places` hold what of the given names was found, as given; `health` the number
    of health words; `elsewhere` whether a place outside North West London is named.
    """

    organisation: bool
    icb_alone: bool
    other_icb: bool
    providers: tuple[str, ...]
    places: tuple[str, ...]
    health: int
    elsewhere: bool

    @property
    def names_ours(self) -> bool:
        """Whether anything of ours is named, or an ICB without more."""
        return bool(self.organisation or self.icb_alone or self.providers or self.places)

    @property
    def suggests(self) -> bool | None:
        """What the cues alone come to; None where they leave it open."""
        near = self.organisation or bool(self.providers) or (self.icb_alone and not self.other_icb)
        if self.other_icb and not (self.organisation or self.providers):
            return False
        if near and self.health:
            return True
        if self.places and self.health >= 2 and not self.elsewhere:
            return True
        return False if not (near or self.places or self.health) else None


def scope_cues(
    text: str, bio: str, names: Sequence[str], places: Sequence[str], providers: Sequence[str]
) -> ScopeCues:
    """What is named in a text. `names` are the ICB's with its handles; the bio counts for the ICB alone.

    A place or provider is found in any case, with `&` for 'and', and as a hashtag.
    """
    low = lowered(plain(text[:LONGEST]).text)
    about = lowered(plain(bio[:2000]).text)
    own = named(tuple(names))
    spoken = own.search(low) is not None
    alone = "icb" in low and (re.search(r"(?<!\w)#?icb(?:'s|s)?\b", own.sub(" ", low)) is not None)
    other = (
        alone
        and not spoken
        and (
            _OTHER_ICB.search(low + " " + about) is not None or _another(own.sub(" ", low), places)
        )
    )
    ours = named((*names, *areas(names), *places, *providers))
    return ScopeCues(
        organisation=spoken,
        icb_alone=alone,
        other_icb=other,
        providers=_found(low, providers),
        places=_found(low, places),
        health=len(set(_HEALTH.findall(own.sub(" ", low) if other else low))),
        # our names stand in whole words, so that the rest says no more without them
        elsewhere=_ELSEWHERE.search(low) is not None
        and _ELSEWHERE.search(ours.sub(" ", low)) is not None,
    )


def speaks_of_health(text: str) -> bool:
    """Whether a word of health care stands in a text, in any case."""
    return _HEALTH.search(lowered(text)) is not None


def _found(low: str, names: Sequence[str]) -> tuple[str, ...]:
    if not names or named(tuple(names)).search(low) is None:
        return ()
    return tuple(name for name in names if named((name,)).search(low))


def _another(low: str, places: Sequence[str]) -> bool:
    """Whether 'ICB' stands after a name that is not ours: 'Kent and Medway ICB'."""
    ours = {word for place in places for word in lowered(place).split()} | {
        "west",
        "north",
        "london",
        "nwl",
        "nw",
    }
    for match in _AN_ICB.finditer(low):
        last = match[1].replace(",", " ").split()[-1]
        if last not in _NO_NAME and last not in ours and _ELSEWHERE.search(match[1]):
            return True
    return False
