"""Spelling tricks as people use them to slip past a filter: training reads some rows so as well.

What `classify.normal` undoes (look-alikes, zero-width signs, digits for letters) needs no copy; these
are the ones that no rule undoes: letters swapped, dropped or doubled, words run together or torn apart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Trick = Callable[[str, random.Random], str]
_WORD = re.compile(r"[a-zA-Z]{4,}")


def tricked(text: str, chance: random.Random) -> str:
    """The text with one trick played on about a third of its longer words, or half its blanks gone."""
    if chance.random() < 0.2:
        return re.sub(r"(?<=[a-z]) (?=[a-z])", lambda _: "" if chance.random() < 0.5 else " ", text)
    trick = chance.choice(_TRICKS)
    return _WORD.sub(
        lambda m: trick(m.group(), chance) if chance.random() < 0.33 else m.group(), text
    )


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at - 1] * chance.randint(1, 2) + word[at:]


def _torn(word: str, chance: random.Random) -> str:
    at = chance.randrange(2, len(word) - 1)
    return word[:at] + chance.choice(" -.*") + word[at:]


_TRICKS: tuple[Trick, ...] = (_swapped, _dropped, _doubled, _torn)
