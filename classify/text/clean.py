"""A text as the recognisers read it: no invisible characters, plain digits, quotes and blanks.

Each position can be told in the text as given, so that what is found can be shown and blanked there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

LIMIT = 200_000  # code points that are searched; nothing that people write by hand is longer

# Zero-width and direction characters, soft hyphen, variation selectors, the keycap of 1️⃣.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3]"
)
_ODD = re.compile(r"[^\x00-\x7f]")
_RUN = re.compile(r"\w+")
_SIGNS = {
    **dict.fromkeys("‘’‛ʼ′`´＇", "'"),
    **dict.fromkeys("“”„″＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("•·∙⋅", "."),
}


@dataclass(frozen=True, slots=True)
class Plain:
    """`text` as it is searched; `given(start, end)` tells a span of it in the text as given."""

    text: str
    origin: Sequence[int]

    def map_to_original(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the text as given that `text[start:end]` came from."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=16)  # every recogniser asks for the same post
def plain(text: str) -> Plain:
    """The text as it is searched. Reads at most the first `LIMIT` code points."""
    text = text[:LIMIT]
    if text.isascii():
        return Plain(text, range(len(text)))
    same_length = _ODD.sub(lambda match: _one(match.group()), text)
    origin: list[int] = []
    place = 0
    for match in _INVISIBLE.finditer(same_length):
        origin += range(place, match.start())
        place = match.end()
    if not place:
        return Plain(same_length, range(len(text)))
    origin += range(place, len(text))
    return Plain(_INVISIBLE.sub("", same_length), origin)


def joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Half-open spans in order, those that touch as one; empty ones are left out."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        elif start < end:
            whole.append((start, end))
    return tuple(whole)


@lru_cache(maxsize=16)
def words_of(low: str) -> frozenset[str]:
    """Every whole word of a text in lower case.

    A pattern of words needs no search where none of them is among these, and looking them up takes a
    tenth of the time.
    """
    return frozenset(_RUN.findall(undotted(low)))


def undotted(low: str) -> str:
    """The text with an i for those letters that a search without case takes for one."""
    return low if low.isascii() else low.replace("ı", "i").replace("İ", "i")


@lru_cache(maxsize=4096)
def _one(sign: str) -> str:
    """The plain sign for one odd one; a letter with its accent is no odd one and stays."""
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign.isspace():
        return "\n" if sign in "\u2028\u2029\x85" else " "
    simple = unicodedata.normalize("NFKC", sign)
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return simple if len(simple) == 1 else sign


# ── A pattern of many words that is searched fast: words are tried by their first letter.
#
# Python's `re` tries the branches of `(?:asthma|angina|…)` one after the other, at every place of a text.
# Sorted by letter, two hundred branches cost what twenty do. What is found stays the same: branches that
# begin with the same letter keep their order, and others can't match at the same place.

_UNIT = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.S)
_BY_LETTER = re.compile(r"([a-z])(?![?*{+])", re.S)


def by_letter(pattern: str) -> str:
    """The same pattern, `a|b` or `(?:a|b)`, with its outermost branches sorted by their first letter."""
    branches = list(_branches(pattern))
    if len(branches) == 1 and pattern.startswith("(?:") and pattern.endswith(")"):
        branches = list(_branches(pattern[3:-1]))
    if len(branches) < 2:
        return pattern
    runs = [
        "|".join(_sorted(list(run)) if lettered else run)
        for lettered, run in groupby(branches, lambda branch: _BY_LETTER.match(branch) is not None)
    ]
    return f"(?:{'|'.join(runs)})"


def _branches(pattern: str) -> Iterator[str]:
    """What stands between the bars that are in no group and no class."""
    depth, start = 0, 0
    for unit in _UNIT.finditer(pattern):
        sign = unit.group()
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            yield pattern[start : unit.start()]
            start = unit.end()
    yield pattern[start:]


def _sorted(branches: list[str]) -> list[str]:
    letters = dict.fromkeys(branch[0] for branch in branches)
    parts = (
        (letter, [branch[1:] for branch in branches if branch[0] == letter]) for letter in letters
    )
    return [
        letter + (rests[0] if len(rests) == 1 else f"(?:{'|'.join(rests)})")
        for letter, rests in parts
    ]
