"""Names that everybody may read: our own and our accounts', providers', published places, well-known figures.

They are never blanked, unless a rule says that they are somebody's here ("my dad Brent").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from classify.text.clean import words_of
from classify.text.lexicon import given_names
from classify.text.literals import Sought

from . import vocabulary as cues
from .base import lowered

_RUN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PublicSpan:
    """Where a public name stands. `strength`: 2 for one of several words or an abbreviation, 1 for one word.

    `given_name`: its one word is a first name, too.
    """

    start: int
    end: int
    strength: int
    given_name: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    first: str  # its first word, in lower case: where that isn't there, nothing is searched
    pattern: Sought
    strength: int
    given_name: bool


class PublicNames:
    """Phrases in any case, in any width of space between their words."""

    __slots__ = ("_by_first", "_firsts")

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[int, _Name]]] = {}
        for place, name in enumerate(filter(None, map(_name, dict.fromkeys(names)))):
            self._by_first.setdefault(name.first, []).append((place, name))
        self._firsts = frozenset(self._by_first)

    def spans(self, text: str) -> Sequence[PublicSpan]:
        """Every place where one stands as whole words."""
        names = [
            numbered
            for first in self._firsts & words_of(lowered(text))
            for numbered in self._by_first[first]
        ]
        names.sort(key=lambda numbered: numbered[0])  # in the order in which they were given
        return [
            PublicSpan(*match.span(), name.strength, name.given_name)
            for _, name in names
            for match in name.pattern.finditer(text)
        ]


def _name(name: str) -> _Name | None:
    words = _RUN.findall(name)
    if not words or len(name.strip()) < 2:
        return None
    written = r"\s+".join(re.escape(part) for part in name.split())
    abbreviation = len(words) == 1 and name.isupper() and len(name) > 2
    return _Name(
        first=words[0].lower(),
        pattern=Sought(rf"(?<!\w){written}(?!\w)", re.IGNORECASE),
        strength=2 if len(words) > 1 or abbreviation else 1,
        given_name=len(words) == 1 and words[0].lower() in given_names(),
    )


NO_NAMES = PublicNames()


@lru_cache(maxsize=4)
def public_names(*names: str) -> PublicNames:
    """The names of an organisation with well-known figures', made once."""
    return PublicNames((*names, *cues.FIGURES))
