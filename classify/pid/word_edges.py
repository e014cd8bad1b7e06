"""Where words begin and end, so that nothing is blanked out of the middle of one.

In scripts that put no space between words each sign is a word: all else would blank a whole sentence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_APOSTROPHES = "'’"
_JOIN_WORDS = f"{_APOSTROPHES}‑-"
_JOIN_NUMBERS = ".,:/-"
_WITHOUT_SPACES = (
    ("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"), ("\u3040", "\u30ff"),
    ("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"),
)  # fmt: skip


def grown(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same half-open spans, each grown to where words begin and end; empty ones stay so.

    Takes the time of one walk through the text, however many spans there are.
    """
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    reached, begin = -1, -1
    for at in sorted({start for start, end in spans if start < end}):
        place = at
        while place > 0 and place != reached and within(text, place):
            place -= 1
        starts[at] = begin if place == reached and reached >= 0 else place
        reached, begin = at, starts[at]
    reached, finish = -1, -1
    for at in sorted({end for start, end in spans if start < end}, reverse=True):
        place = at
        while (
            place < len(text)
            and place != reached
            and within(text, place)
            and not _owns(text, place)
        ):
            place += 1
        ends[at] = finish if place == reached and reached >= 0 else place
        reached, finish = at, ends[at]
    return [(starts[start], ends[end]) if start < end else (start, end) for start, end in spans]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without what is no word at its ends; empty where it holds none."""
    while start < end and not _in_word(text[start]):
        start += 1
    while start < end and not _in_word(text[end - 1]):
        end -= 1
    return start, end


def within(text: str, at: int) -> bool:
    """Whether a cut before the sign at `at` would go through a word or a number. `at` is inside of the text."""
    if at <= 0 or at >= len(text):
        return False
    before, after = text[at - 1], text[at]
    if _in_word(before) and _in_word(after):
        return not (_alone(before) or _alone(after)) or _is_mark(after)
    if _in_word(before) and at + 1 < len(text):
        return _joins(before, after, text[at + 1])
    return at >= 2 and _in_word(after) and _joins(text[at - 2], before, after)


def _owns(text: str, at: int) -> bool:
    """Whether an apostrophe and a last s stand there, which belong to whom they follow and may be shown."""
    if text[at] not in _APOSTROPHES or text[at + 1 : at + 2] not in ("s", "S"):
        return False
    return at + 2 >= len(text) or not within(text, at + 2)


def _in_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_" or _is_mark(sign)


def _is_mark(sign: str) -> bool:
    """An accent, a vowel sign, a joiner, or a sign that nobody sees: part of what stands before it."""
    return not sign.isascii() and unicodedata.category(sign) in ("Mn", "Mc", "Me", "Cf", "Sk")


def _alone(sign: str) -> bool:
    return any(first <= sign <= last for first, last in _WITHOUT_SPACES)


def _joins(left: str, sign: str, right: str) -> bool:
    if left.isdigit() and right.isdigit():
        return sign in _JOIN_NUMBERS
    return sign in _JOIN_WORDS and _letter(left) and _letter(right)


def _letter(sign: str) -> bool:
    return sign.isalpha() or _is_mark(sign)
