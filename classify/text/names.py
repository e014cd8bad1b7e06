"""Another organisation's names as the model knows them: it was taught on mentions of one body and its area.

Whoever runs the program elsewhere names their own body, places and providers in config.toml. Before a text is read, each of
these stands there under a name of the same kind from the mentions that the model was taught on, and a name of those
that means nothing here under one from elsewhere. For NHS North West London itself nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from classify.text.normalise import Normal

# What the mentions in classify/training/data call the organisation, its places and providers.
TAUGHT_NAMES = (
    "NHS North West London", "North West London ICB", "NHS North West London Integrated Care Board", "NW London ICB",
    "NWL ICB", "NHS NW London", "NHS NWL", "North West London Integrated Care System", "NWL CCG", "NW London CCG",
    "North West London Collaboration of Clinical Commissioning Groups", "West and North London ICB", "NHS West and North London", "NHS West and North London Integrated Care Board",
    "West & North London ICB", "WNL ICB", "@HealthierNWL", "@StayWellNWL",
)  # fmt: skip
TAUGHT_PLACES = (
    "Ealing", "Harrow", "Brent", "Hounslow", "Hillingdon", "Wembley", "Acton", "Southall", "Uxbridge", "Willesden",
    "Chiswick", "Feltham", "Greenford", "Northolt", "Ruislip", "Pinner", "Stanmore", "Kilburn", "Harlesden", "Isleworth",
    "Brentford", "Fulham", "Hammersmith", "Hanwell", "Perivale", "Kingsbury", "Neasden", "Edgware", "Wealdstone",
    "Northwood", "West Drayton", "Heston", "Hayes", "Paddington", "Westminster", "Marylebone", "Pimlico", "Maida Vale",
    "Shepherd's Bush", "White City", "Kensington and Chelsea", "Kensington", "Chelsea", "Notting Hill", "Ladbroke Grove",
    "Queen's Park", "Hammersmith and Fulham", "Hammersmith & Fulham", "Central London", "West London",
)  # fmt: skip
_TRUSTS = (
    "London North West University Healthcare NHS Trust", "Imperial College Healthcare NHS Trust",
    "Chelsea and Westminster Hospital NHS Foundation Trust", "The Hillingdon Hospitals NHS Foundation Trust",
)  # fmt: skip
_HOSPITALS = (
    "Ealing Hospital", "St Mary's Hospital", "Charing Cross Hospital", "Hammersmith Hospital", "Hillingdon Hospital",
)  # fmt: skip
_SITES = ("Northwick Park", "Central Middlesex", "West Middlesex", "Mount Vernon")
_SHORT = ("LNWH", "CNWL", "CLCH")
_COMMUNITY = "Central London Community Healthcare NHS Trust"
_MENTAL = "Central and North West London NHS Foundation Trust"
_AMBULANCE = "London Ambulance Service"
TAUGHT_PROVIDERS = (
    *_TRUSTS, *_HOSPITALS, *_SITES, *_SHORT, _COMMUNITY, _MENTAL, f"{_AMBULANCE} NHS Trust", _AMBULANCE,
    "London North West", "St Mark's Hospital", "Imperial College Healthcare", "ImperialNHS", "Queen Charlotte's",
    "Western Eye", "Chelsea and Westminster Hospital", "Chelsea & Westminster", "ChelWest", "West London NHS Trust",
    "Lakeside Mental Health", "St Bernard's Hospital", "Royal Brompton and Harefield", "Harefield Hospital",
    "Royal Brompton",
)  # fmt: skip
# What stands for a name of the mentions that the model was taught on where that is somebody else's.
_BODY_ELSEWHERE = ("NHS Norfolk and Waveney", "NHS Cornwall", "NHS Lincolnshire")
TAUGHT_AREAS = ("North West London", "NW London")
_AREA_ELSEWHERE = "Norfolk"
_PLACES_ELSEWHERE = ("Norwich", "Truro", "Lincoln", "Gateshead", "Carlisle", "Ipswich", "Leeds")
_PROVIDERS_ELSEWHERE = (
    "Norfolk and Norwich Hospital", "Royal Cornwall Hospital", "Lincoln County Hospital",
)  # fmt: skip
# British places that are everyday words: in small letters they are no names.
_EVERYDAY = frozenset(
    ["ash", "barking", "bath", "battle", "beer", "bury", "deal", "diss", "eye", "ford", "hope", "hull", "reading", "rugby", "rye", "sale", "sandwich", "settle", "speke", "street", "wantage", "ware", "wash", "wells", "whitehaven", "wing"]
)  # fmt: skip
_OF_A_BODY = re.compile(
    r"\b(?:nhs|icb|ics|ccgs?|integrated care (?:board|system|partnership)|health and care partnership"
    r"|collaboration of|clinical commissioning groups?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Names:
    """Which names a text is read under: `pattern` finds them, `stands_for` holds what is read instead, in lower case."""

    pattern: re.Pattern[str] | None
    stands_for: Mapping[str, str]

    def read(self, text: str) -> Normal:
        """The text as the model is to read it, with where each character came from."""
        if self.pattern is None:
            return _unchanged(text)
        written: list[str] = []
        origin: list[int] = []
        until: list[int] = []
        at = 0
        for match in self.pattern.finditer(text):
            other = self._other(match[0])
            if other is None:
                continue
            start, end = match.span()
            written += (text[at:start], other)
            origin += (*range(at, start), *[start] * len(other))
            until += (*range(at + 1, start + 1), *[end] * len(other))
            at = end
        if not written:
            return _unchanged(text)
        written.append(text[at:])
        return Normal(
            "".join(written),
            [*origin, *range(at, len(text))],
            [*until, *range(at + 1, len(text) + 1)],
        )

    def _other(self, name: str) -> str | None:
        """What is read for it; None for an everyday word in small letters ('reading', 'bath')."""
        if name in _EVERYDAY:
            return None
        return self.stands_for[_simple(name)]


def names_for(names: Sequence[str], places: Sequence[str], providers: Sequence[str]) -> Names:
    """Under which names to read for an organisation that is called `names` (its handles with @), with these places and providers.

    Empty for an organisation that names nothing of its own.
    """
    ours = {_simple(name) for name in (*names, *places, *providers)}
    taught = {_simple(name) for name in (*TAUGHT_NAMES, *TAUGHT_PLACES, *TAUGHT_PROVIDERS)}
    pairs = {
        _simple(name): stand_in(name, number)
        for kind, stand_in in ((places, _place), (providers, _provider), (names, _body))
        for number, name in enumerate(kind)
        if _simple(name) not in taught and any(sign.isalpha() for sign in name)
    }
    if pairs and ours.isdisjoint(_simple(name) for name in TAUGHT_NAMES):
        pairs = {_simple(area): TAUGHT_AREAS[0] for area in areas(names)} | pairs
        pairs = _elsewhere(ours | set(pairs)) | pairs
    if not pairs:
        return Names(None, {})
    longest_first = sorted(pairs, key=len, reverse=True)
    either = "|".join(_spoken(name) for name in longest_first)
    return Names(re.compile(rf"(?<![\w@])(?:{either})(?!\w)", re.IGNORECASE), pairs)


def areas(names: Sequence[str]) -> tuple[str, ...]:
    """What names of a body leave of the area that it serves: 'Kent and Medway' of 'NHS Kent and Medway ICB'."""
    return _areas(tuple(names))


@lru_cache(maxsize=16)  # every post asks for the same organisation's
def _areas(names: tuple[str, ...]) -> tuple[str, ...]:
    left = (
        re.sub(r"\s+", " ", _OF_A_BODY.sub(" ", name)).strip() for name in names if name[:1] != "@"
    )
    return tuple(dict.fromkeys(area for area in left if len(area) > 1))


def _elsewhere(ours: set[str]) -> dict[str, str]:
    pairs = {_simple(area): _AREA_ELSEWHERE for area in TAUGHT_AREAS if _simple(area) not in ours}
    for kind, others in (
        (TAUGHT_NAMES, _BODY_ELSEWHERE), (TAUGHT_PROVIDERS, _PROVIDERS_ELSEWHERE), (TAUGHT_PLACES, _PLACES_ELSEWHERE),
    ):  # fmt: skip
        far = [other for other in others if _simple(other) not in ours]
        pairs |= {
            _simple(name): far[number % len(far)]
            for number, name in enumerate(kind)
            if far and _simple(name) not in ours
        }
    return pairs


def _body(name: str, _: int) -> str:
    low = name.lower()
    short = any(word.isupper() and 2 <= len(word) <= 5 and word not in ("NHS", "ICB", "CCG", "ICS") for word in name.split())  # fmt: skip
    if name.startswith("@"):
        return "@HealthierNWL"
    if "clinical commissioning" in low or "ccg" in low.split():
        return "NWL CCG"
    if "integrated care system" in low or "ics" in low.split():
        return "North West London Integrated Care System"
    if "integrated care board" in low:
        return "NHS North West London Integrated Care Board"
    if "icb" in low.split():
        return "NWL ICB" if short else "North West London ICB"
    return "NHS NWL" if short else "NHS North West London"


def _provider(name: str, number: int) -> str:
    low = name.lower()
    if "ambulance" in low:
        return f"{_AMBULANCE} NHS Trust" if "trust" in low else _AMBULANCE
    if "trust" in low:
        if "community" in low:
            return _COMMUNITY
        mental = "partnership" in low or "mental" in low
        return _MENTAL if mental else _in_turn(_TRUSTS, number)
    if " " not in name and sum(map(str.isupper, name)) >= 3:
        return _in_turn(_SHORT, number)
    hospital = "hospital" in low or "infirmary" in low
    return _in_turn(_HOSPITALS if hospital else _SITES, number)


def _place(_: str, number: int) -> str:
    return _in_turn(TAUGHT_PLACES[:10], number)


def _in_turn(choices: Sequence[str], number: int) -> str:
    return choices[number % len(choices)]


def _simple(name: str) -> str:
    """In small letters with single blanks, 'and' for &, as names are compared."""
    joined = re.sub(r"[\s-]+", " ", name.strip().lower().replace("&", " and ").replace("’", "'"))
    return re.sub(r" +", " ", joined)


def _spoken(simple: str) -> str:
    parts: Iterable[str] = simple.split(" ")
    either = [
        "(?:&|and)" if part == "and" else re.escape(part).replace("'", "['’]") for part in parts
    ]
    return r"[\s-]{1,2}".join(either)


def _unchanged(text: str) -> Normal:
    return Normal(text, range(len(text)), range(1, len(text) + 1))
