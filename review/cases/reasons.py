"""Whether words given as a reason say something: another person has to understand them in a year."""

from __future__ import annotations

import re

FEWEST, FEWEST_WORDS = 20, 4  # characters, and different words
LONGEST = 1000
SAY_MORE = f"Write why in a sentence: {FEWEST_WORDS} different words at least, so that others understand it in a year."
_WORD = re.compile(r"[^\W\d_]{2,}")


def say_something(words: str) -> bool:
    """Whether they are more than signs, one word or one letter again and again."""
    different = {word.casefold() for word in _WORD.findall(words)}
    telling = {word for word in different if len(set(word)) > 1}
    return len(" ".join(words.split())) >= FEWEST and len(telling) >= FEWEST_WORDS
