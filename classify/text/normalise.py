"""Writes a text as the model reads it: look-alikes, leetspeak, spaced letters and emoji undone.

Each character of the result remembers where in the text as given it came from, so that spans found
in the result can be told in the text as given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify.text.confusables import ALIKE, PICTURE, odd, words
from classify.text.obfuscation import UNDO, Undo, runs

LONGEST = 20_000  # characters; what lies beyond is not read, and the caller says 'partial'

# One handle again and again, as where names were taken out of posts: it says no more than once.
_HANDLE_AGAIN = re.compile(
    r"(?<!\S)(@\w{1,50}(?:@[\w.-]{1,60}\w)?)(?:\s{1,20}\1(?![\w@]|[.-]\w))+", re.I
)


@dataclass(frozen=True, slots=True)
class Normal:
    """`text` as the model reads it; `origin[i]` and `until[i]` bound where its character i came from.

    They rise along the text, but for words that are written upside down, which are read from their end on.
    """

    text: str
    origin: Sequence[int]
    until: Sequence[int]

    def map_to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text as given that `text[start:end]` came from."""
        if start >= end or start >= len(self.text):
            return (0, 0)
        return min(self.origin[start:end]), max(self.until[start:end])


def normalise(text: str) -> Normal:
    """The text as the model reads it. Reads at most the first `LONGEST` characters."""
    text = text[:LONGEST]
    normal = Normal(text, range(len(text)), range(1, len(text) + 1))
    emoji_words: dict[int, str] = {}
    if not text.isascii():
        normal, emoji_words = _in_letters(normal)
        normal = _upright(normal)
    if "@" in text and _HANDLE_AGAIN.search(normal.text):
        normal = _once(normal)
    for needed, rules in UNDO if normal.text.isascii() else (ALIKE, *UNDO):
        if needed.search(normal.text):
            for pattern, undo in rules:
                normal = _rewrite(normal, pattern, undo)
    return _in_words(normal, emoji_words) if emoji_words else normal


class _Writer:
    """Writes a Normal piece by piece."""

    def __init__(self, before: Normal) -> None:
        self._before = before
        self._text: list[str] = []
        self._origin: list[int] = []
        self._until: list[int] = []

    def keep(self, start: int, end: int) -> None:
        self._text.append(self._before.text[start:end])
        self._origin += self._before.origin[start:end]
        self._until += self._before.until[start:end]

    def write(self, written: str, start: int, end: int) -> None:
        """`written` stands for what stood from start to end."""
        self._text.append(written)
        origin, until = self._before.map_to_original(start, end)
        self._origin += [origin] * len(written)
        self._until += [until] * len(written)

    def written(self) -> Normal:
        return Normal("".join(self._text), self._origin, self._until)


def _in_letters(before: Normal) -> tuple[Normal, dict[int, str]]:
    """Signs as letters, and nothing invisible; and what each `PICTURE` says, by where it stands."""
    writer = _Writer(before)
    emoji_words: dict[int, str] = {}
    place = 0
    for start, end, written in odd(before.text):
        writer.keep(place, start)
        writer.write(written, start, end)
        if written == PICTURE:
            emoji_words[start] = words(before.text[start:end])
        place = end
    writer.keep(place, len(before.text))
    return writer.written(), emoji_words


def _upright(before: Normal) -> Normal:
    """What is written upside down turned over, each letter from its place."""
    writer, at = None, 0
    for start, end, written in runs(before.text):
        writer = writer or _Writer(before)
        writer.keep(at, start)
        for place, char in zip(reversed(range(start, end)), written, strict=True):
            writer.write(char, place, place + 1)
        at = end
    if writer is None:
        return before
    writer.keep(at, len(before.text))
    return writer.written()


def _in_words(before: Normal, emoji_words: dict[int, str]) -> Normal:
    """Each emoji in words."""
    writer = _Writer(before)
    at = 0
    for match in re.finditer(PICTURE.strip(), before.text):
        writer.keep(at, match.start())
        at = match.end()
        writer.write(
            emoji_words.get(before.origin[match.start()], match.group()), match.start(), at
        )
    writer.keep(at, len(before.text))
    return writer.written()


def _once(before: Normal) -> Normal:
    """Each run of the same handle as its first."""
    writer = _Writer(before)
    at = 0
    for match in _HANDLE_AGAIN.finditer(before.text):
        writer.keep(at, match.end(1))
        at = match.end()
    writer.keep(at, len(before.text))
    return writer.written()


def _rewrite(before: Normal, pattern: re.Pattern[str], undo: Undo) -> Normal:
    writer, at = None, 0
    for match in pattern.finditer(before.text):
        written = undo(match)
        start, end = match.span()
        if written is None or written == match.group():
            continue
        writer = writer or _Writer(before)
        writer.keep(at, start)
        if len(written) == end - start:
            for i, char in enumerate(written, start):
                writer.write(char, i, i + 1)
        else:
            writer.write(written, start, end)
        at = end
    if writer is None:
        return before
    writer.keep(at, len(before.text))
    return writer.written()
