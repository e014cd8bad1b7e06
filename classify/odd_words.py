"""Which words of a sentence are not English, as far as lists, names and slips of spelling tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from .language_words import HERE
from .misspelt import misspelt
from .words import english, given_names

ODD_LETTER = re.compile(r"[À-ɏḀ-ỿ]")
_DIGIT = re.compile(r"\d")


def odd_words(words: Sequence[str], low: Sequence[str]) -> list[bool]:
    """Which words are not English; a few capitals among small letters are a body's initials."""
    known = english()
    shouted = all(word.isupper() for word in words)
    return [
        not (_is_english(simple, known) or (not shouted and word.isupper() and len(word) < 6))
        for word, simple in zip(words, low, strict=True)
    ]


def strangers(words: Sequence[str], odd: Sequence[bool]) -> int:
    """How many words are neither English nor, by their capital, somebody's name."""
    return sum(
        strange and (word.isupper() or not word[0].isupper())
        for word, strange in zip(words, odd, strict=True)
    )


def unknown(words: Sequence[str], odd: Sequence[bool]) -> Counter[str] | None:
    """Words of no language that is known here: half of a sentence, neither names nor slips.

    The model reads it all the same, since it may be odd English, and a person is told.
    """
    half = max(3, len(words) / 2)
    strange = strangers(words, odd)
    if strange >= half:  # to look for slips takes a while
        strange -= sum(one and misspelt(word.lower()) for one, word in zip(odd, words, strict=True))
    if strange < half:
        return None
    return Counter(und=strange, en=max(1, len(words) - strange))


def unknown_pair(words: Sequence[str]) -> bool:
    """The same of a post that is two words long, and both are unknown."""
    low = [word.lower() for word in words]
    both = len(words) == 2 and strangers(words, odd_words(words, low)) == 2
    return both and not any(map(misspelt, low))


def _is_english(word: str, known: frozenset[str]) -> bool:
    if (
        word in known
        or word in HERE
        or word in given_names()
        or len(word) == 1
        or _DIGIT.search(word)
    ):
        return True
    if ODD_LETTER.search(word):
        return False
    bare = word.split("'")[0].split("-")[0]
    return (
        bare in known
        or bare in HERE
        or bare in given_names()
        or (len(bare) > 4 and bare.rstrip("s") in known)
    )
