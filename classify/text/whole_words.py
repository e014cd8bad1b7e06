"""Evidence in whole words: the network reads pieces, and `£3` of `£3.1m` says something else."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

LONGEST = 40  # signs that a span grows by at most at each end: what is longer is no word
_JOINER = "\u200d"
_OF_THE_ONE_BEFORE = frozenset(f"{_JOINER}\ufe0e\ufe0f\u20e3🏻🏼🏽🏾🏿")  # parts of one emoji
_IN_NUMBERS = ".,:"
_IN_WORDS = "'’-"


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The same span, grown to where words of `text` begin and end; an empty one stays so."""
    if start >= end:
        return start, end
    first, last = max(0, start - LONGEST), min(len(text), end + LONGEST)
    while start > first and _within(text, start):
        start -= 1
    while end < last and _within(text, end):
        end += 1
    return start, end


def word_starts(words: str, text: str) -> Iterator[int]:
    r"""Where words begin that stand in a text as they are, and whole: what `(?<!\w)words(?!\w)` finds, without making a pattern of each."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if (at and _is_word_sign(text[at - 1])) or (end < len(text) and _is_word_sign(text[end])):
            at = text.find(words, at + 1)
        else:
            yield at
            at = text.find(words, max(end, at + 1))


def _is_word_sign(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _within(text: str, at: int) -> bool:
    """Whether a cut before the sign at `at` would go through a word, a number, an emoji or a letter with its accent."""
    before, after = text[at - 1], text[at]
    if before == _JOINER or after in _OF_THE_ONE_BEFORE:
        return True
    if unicodedata.combining(after) or (_of_a_word(before) and after.isalnum()):
        return True
    if before.isalnum() and at + 1 < len(text):
        return _joins(before, after, text[at + 1])
    return after.isalnum() and at >= 2 and _joins(text[at - 2], before, after)


def _of_a_word(sign: str) -> bool:
    return sign.isalnum() or bool(unicodedata.combining(sign))


def _joins(left: str, sign: str, right: str) -> bool:
    if sign in _IN_NUMBERS:
        return left.isdigit() and right.isdigit()
    return sign in _IN_WORDS and left.isalpha() and right.isalpha()
