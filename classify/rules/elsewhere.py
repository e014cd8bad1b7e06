"""Whether a post names another part of the country, and nothing of ours: another board's handle, a town, an area or a hospital far off.

A health service elsewhere is out of scope, however much it reads like ours (codebook, sections 1 and 5: another ICB; staff elsewhere in
England who speak of their own work). How far off a place lies is told by where our own places lie, so that it holds for any organisation;
where none of ours is known to places.txt nothing is told. Anything that may be ours leaves it open: a name of ours or a part of it, a postcode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians
from pathlib import Path

from classify.rules.scope import speaks_of_health
from classify.text.clean import plain
from classify.text.names import areas

LONGEST = 20_000  # code points that are searched
FAR = 20.0  # kilometres beyond what both places reach
KM_A_DEGREE = 111.2
BESIDE = 100  # code points on either side of a name in which health care is spoken of
SHORTEST = 6  # letters of a place's name with which a handle begins

_WORD = re.compile(r"[@#]?\w[\w'-]*")
_WITHOUT_HASH = re.compile(r"\w[\w'-]*")
# before a town that is a word or a name as well
_WHERE = frozenset(("in", "at", "near", "from", "to", "outside", "around", "across", "of", "for"))
# after a name: a street, a house, a club or a cake is called after the town
_CALLED_AFTER_IT = """
road rd street st lane avenue ave house ward court close way green drive estate terrace place rise gardens square crescent suite unit park
manor surgery practice line united city fc utd rovers wanderers athletic accent pasty pudding tart cake cheese ale tea fan fans comma chant spaniel
"""
_CALLED_AFTER = frozenset(_CALLED_AFTER_IT.split())
# before "to Leeds", "from Leeds": whoever moves or travels speaks of more than one place
_MOVES = (
    "moved moving move gone going off leaving left drove driving travelled came come over back flew"
)
_ON_THE_WAY = frozenset(_MOVES.split())
_OF_A_BOARD = re.compile(r"(?:nhs_?)?(\w{2,}?)_?icb(?:_?nhs)?$")
_POSTCODE = re.compile(r"\b[A-Za-z]{1,2}\d{1,2}[A-Za-z]?\b")
_BODIES = """
nhs foundation trust hospital hospitals university healthcare health college the board integrated care system service services
"""
_GENERIC = frozenset(_BODIES.split())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a name may lie, as (latitude, longitude, reach in kilometres); `doubtful` is a word or a person's name as well."""

    spots: tuple[tuple[float, float, float], ...]
    doubtful: bool

    def is_far_from(self, ours: Sequence[tuple[float, float, float]]) -> bool:
        """Whether all places of that name are far from all of ours."""
        return all(_between(spot, own) > FAR for spot in self.spots for own in ours)


def _between(circle: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Kilometres from the edge of one to the edge of the other; negative where they overlap."""
    north = (circle[0] - other[0]) * KM_A_DEGREE
    east = (circle[1] - other[1]) * KM_A_DEGREE * cos(radians(circle[0]))
    return hypot(north, east) - circle[2] - other[2]


@lru_cache(maxsize=1)
def _places() -> dict[str, _Place]:
    read = {}
    for line in Path(__file__).with_name("places.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, spots = line.split("\t")
        read[name.lstrip("*")] = _Place(
            tuple(_spot(spot) for spot in spots.split()), name.startswith("*")
        )
    return read


def _spot(written: str) -> tuple[float, float, float]:
    where, _, reach = written.partition("~")
    north, east = where.split(",")
    return float(north), float(east), float(reach or 0)


class Elsewhere:
    """What lies far from an organisation that has these `names` (its handles with @), `places` and `providers`."""

    def __init__(
        self, names: Sequence[str], places: Sequence[str], providers: Sequence[str]
    ) -> None:
        known = _places()
        own = [known[name] for name in map(_simple, (*places, *areas(names))) if name in known]
        spots = _together([spot for place in own for spot in place.spots])
        parts = {_simple(name.lstrip("@")) for name in (*names, *areas(names), *places, *providers)}
        parts |= {_telling(name) for name in parts}
        self._own = frozenset(part for part in parts if len(part) > 2)
        own_words = {word for part in self._own for word in part.split()}
        self._handles = tuple(
            squeezed for part in self._own if len(squeezed := _squeezed(part)) > 2
        )
        self._far: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
        for name, place in known.items():
            words = tuple(name.split())
            if spots and not own_words.issuperset(words) and place.is_far_from(spots):
                self._far.setdefault(words[0], []).append((words, place.doubtful))
        self._ours = re.compile(
            rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, self._own), key=len, reverse=True)) or '(?!)'})(?!\w)"
        )

    def names_only_that(self, text: str, *around: str) -> bool:
        """Whether a post names something far off beside health care or by a handle, or what is around it does, and neither anything of ours."""
        text, *rest = [plain(words[:LONGEST]).text for words in (text, *around)]
        named = any(
            text[start] == "@" or speaks_of_health(text[max(0, start - BESIDE) : end + BESIDE])
            for start, end in self._named(text)
        ) or any(True for words in rest for _ in self._named(words))
        return named and not any(map(self.may_be_ours, (text, *rest)))

    def _named(self, text: str) -> Iterator[tuple[int, int]]:
        """Where something far off is named, half open."""
        if not self._far or ("@" not in text and self._far.keys().isdisjoint(_words(text))):
            return  # as in most posts
        matches = list(_WORD.finditer(text))
        words = [match[0] for match in matches]
        low = [word.lower().removesuffix("'s") for word in words]
        for at, word in enumerate(low):
            if word[0] == "@":
                if self._is_a_handle_elsewhere(word[1:]):
                    yield matches[at].span()
                continue
            for name, doubtful in self._far.get(word.lstrip("#"), ()):
                end = at + len(name)
                if (word.lstrip("#"), *low[at + 1 : end]) != name:
                    continue
                if end < len(low) and low[end] in _CALLED_AFTER:
                    continue
                before = low[max(0, at - 2) : at]
                if doubtful and not (words[at][0].isupper() and _WHERE.intersection(before[-1:])):
                    continue
                if len(before) == 2 and before[0] in _ON_THE_WAY and before[1] in _WHERE:
                    continue
                yield matches[at].start(), matches[end - 1].end()

    def _is_a_handle_elsewhere(self, handle: str) -> bool:
        if any(part in handle for part in self._handles):
            return False
        if _OF_A_BOARD.match(handle):
            return True
        return any(
            handle.removeprefix("nhs").lstrip("_").startswith(first)
            for first, names in self._far.items()
            if len(first) >= SHORTEST and any(name == (first,) and not doubtful for name, doubtful in names)
        )  # fmt: skip

    def may_be_ours(self, text: str) -> bool:
        """Whether a text names something of ours, a part of such a name, or a postcode."""
        low = _simple(text)
        handles = (word[1:] for word in _WORD.findall(low) if word[0] == "@")
        return (
            self._ours.search(low.replace("#", " ")) is not None
            or _POSTCODE.search(text) is not None
            or any(part in handle for handle in handles for part in self._handles)
        )


def _together(spots: Sequence[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Those that lie where most of ours do: a place of ours shares its name with others."""
    if not spots:
        return []
    middle = tuple(sorted(part)[len(spots) // 2] for part in zip(*spots, strict=True))
    return [spot for spot in spots if _between(spot, (middle[0], middle[1], 0.0)) < 60]


def _simple(name: str) -> str:
    return re.sub(r"\s+", " ", plain(name).text.lower().replace("&", " and ")).strip()


def _telling(name: str) -> str:
    """A name without what many bodies are called: 'st mary's' of 'st mary's hospital'."""
    return " ".join(word for word in name.split() if word not in _GENERIC)


def _words(text: str) -> list[str]:
    """All that may begin a name of something far off, in small letters."""
    return [word.removesuffix("'s") for word in _WITHOUT_HASH.findall(text.lower())]


def _squeezed(name: str) -> str:
    return re.sub(r"\W", "", name)


@lru_cache(maxsize=8)
def elsewhere_of(
    names: tuple[str, ...], places: tuple[str, ...], providers: tuple[str, ...]
) -> Elsewhere:
    """The same, made once for an organisation."""
    return Elsewhere(names, places, providers)
