"""Whether a word that no list holds is an English one misspelt, and not a word of another language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from .words import english

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_VOWELS = str.maketrans("", "", "aeiou")
LONGEST = 20  # letters of a word that is compared
_SHORTEST = 5  # letters: among shorter words nearly all are one slip from some English one


def misspelt(word: str) -> bool:
    """Vowels left out ('wrst', 'surgry'), or one letter missing, added, wrong or swapped ('docter')."""
    if len(word) > LONGEST:
        return False
    if len(word) > 2 and any(_left_out(word, whole) for whole in _whole(word.translate(_VOWELS))):
        return True
    return len(word) >= _SHORTEST and not english().isdisjoint(_slips(word))


def _left_out(word: str, whole: str) -> bool:
    """Whether `word` is `whole` without some of its vowels."""
    rest = iter(whole)
    return len(word) < len(whole) and all(letter in rest for letter in word)


def _whole(consonants: str) -> tuple[str, ...]:
    return _by_consonants().get(consonants, ())


@cache
def _by_consonants() -> dict[str, tuple[str, ...]]:
    words: dict[str, list[str]] = {}
    for word in english():
        bare = word.replace("'", "")
        words.setdefault(bare.translate(_VOWELS), []).append(bare)
    return {key: tuple(found) for key, found in words.items() if len(key) > 1}


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word)):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + after[1:]
    yield from (word + letter for letter in _LETTERS)
