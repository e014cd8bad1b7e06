"""Whether words given as a reason say something: another person has to understand them in a year."""

from __future__ import annotations

import re

FEWEST, FEWEST_WORDS = 20, 4  # characters, and different words
LONGEST = 1000
SAY_MORE = f"Write why in a sentence: {FEWEST_WORDS} different words at least, so that others understand it in a year."
OWN_WORDS = "These are the words of who asked, or of who agreed before you. Write in your own words why you agree."
_WORD = re.compile(r"[^\W\d_]{2,}")


def say_something(words: str) -> bool:
    """Whether they are more than signs, one word or one letter again and again."""
    different = {word.casefold() for word in _WORD.findall(words)}
    telling = {word for word in different if len(set(word)) > 1}
    return len(" ".join(words.split())) >= FEWEST and len(telling) >= FEWEST_WORDS


def same_words(words: str, other: str) -> bool:
    """Whether two reasons are the same words in the same order, whatever their letters' case, signs and spaces."""
    return _WORD.findall(words.casefold()) == _WORD.findall(other.casefold())
