"""Spelling: the known word that somebody most likely meant by one that nobody wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import ascii_lowercase

from rapidfuzz.distance import OSA

SHORTEST = (
    4  # letters of a word that is mended at all: of three, too many are one slip from another
)
HEAD = 3  # letters in which every single slip is tried; see `heads`


@dataclass(frozen=True, slots=True)
class Known:
    """A word that is written somewhere, folded, and in how many posts."""

    word: str
    posts: int


def fold(text: str) -> str:
    """Lower case without accents, as the index of words has it."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def slips(word: str) -> int:
    """How many slips of the keys a word of its length is forgiven: 0, 1 or 2."""
    if len(word) < SHORTEST or not word.isalpha():
        return 0  # a number with another digit is another number
    return 1 if len(word) < 8 else 2


def heads(word: str) -> list[str]:
    """The beginnings that a word with at most one slip in its first letters may have; some 160 of three letters.

    A slip is a wrong, a missing or an additional letter, or two letters that changed places.
    """
    letters = ascii_lowercase + "".join(sorted(set(word) - set(ascii_lowercase)))
    return sorted(set(_heads(word, letters)))


def _heads(word: str, letters: str) -> Iterator[str]:
    yield word[:HEAD]
    for at in range(HEAD):
        before, after = word[:at], word[at + 1 :]
        yield (before + after)[:HEAD]
        yield (before + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :])[:HEAD]
        for letter in letters:
            yield (before + letter + after)[:HEAD]
            yield (before + letter + word[at:])[:HEAD]


def nearest(word: str, known: Iterable[Known], *, common: int = 0, most: int = 2) -> str:
    """The known word with the fewest slips, then one with the same first letter, then the most usual; "" for none.

    `common`: in more than how many posts it has to be. `most` slips are forgiven, and no more than its length allows.
    """
    most = min(most, slips(word))
    best: tuple[int, bool, int, str] | None = None
    for candidate in known:
        if (
            candidate.word == word
            or candidate.posts <= common
            or abs(len(candidate.word) - len(word)) > most
        ):
            continue
        distance = OSA.distance(word, candidate.word, score_cutoff=most)
        if distance <= most:
            rank = (distance, candidate.word[0] != word[0], -candidate.posts, candidate.word)
            best = rank if best is None else min(best, rank)
    return best[3] if best else ""


_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("iew", "u"), ("ue", "u"), ("ew", "u"), ("oo", "u"), ("y", "i"), ("z", "s"), ("x", "ks"), ("qu", "k"),
    ("c", "k"),
)  # fmt: skip


def sound(word: str) -> str:
    """A folded word as it sounds, roughly: revue as review, phisio as physio. Double letters are one, and a last "e" is silent."""
    for written, sounds in _SOUNDS:
        word = word.replace(written, sounds)
    return re.sub(r"(.)\1+", r"\1", word).removesuffix("e")


def nearest_by_sound(word: str, known: Iterable[Known], *, common: int = 0) -> str:
    """The most usual known word that sounds the same, else that begins so; "" for none, and for short words."""
    if len(word) < SHORTEST or not word.isalpha():
        return ""
    heard = sound(word)
    ranked = sorted(
        (sound(each.word) != heard, -each.posts, each.word)
        for each in known
        if each.posts > common and each.word != word and sound(each.word).startswith(heard)
    )
    whole = [each for each in ranked if not each[0]]
    return (whole or (ranked if len(heard) >= SHORTEST + 1 else []) or [(True, 0, "")])[0][2]


def alike(word: str, other: str) -> bool:
    """Whether one folded word is the other, its beginning (of three letters and more), or the other with a slip."""
    if other == word or (len(word) >= SHORTEST - 1 and other.startswith(word)):
        return True
    most = slips(word)
    return most > 0 and OSA.distance(word, other, score_cutoff=most) <= most
