"""Numbers that are told in words or typed with letters, in digits: 'nine nine oh', 'capital K', '8O3'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classify.text.clean import Plain, words_of
from core.patterns import lazy_compile

_SAID = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "dash": "-", "hyphen": "-", "slash": "/",
}  # fmt: skip
_FIGURE = r"(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine)"
_ONE = (
    rf"(?:(?:double|triple|treble)[ -]{_FIGURE}|{_FIGURE}|dash|hyphen|slash"
    r"|capital [a-z]|\d{1,4})(?!\w)"
)
_SPOKEN = lazy_compile(rf"(?<!\w)(?=[a-z]){_ONE}(?:[ ,.\-]{{1,3}}{_ONE}){{4,24}}", re.I)
_WORD = re.compile(r"(?:(double|triple|treble)[ -])?([a-z]+)|(\d+)", re.I)
_FEWEST = 5  # figures told in words, from which on it is a number and not a way of speaking
# A group of digits with a letter that looks like one, beside another group of digits.
_TYPED = re.compile(r"(?<![\w.])(?:[\dOoIl]{2,6}[ .\-]){1,4}[\dOoIl]{2,10}(?!\w)")
_DOUBTFUL = re.compile(r"\d(?:[OoIl]|(?<=[OoIl]\d))")
_LETTERS = str.maketrans("OoIl", "0011")


@dataclass(frozen=True, slots=True)
class Figures(Plain):
    """A text in which numbers are in digits; `until` is where each code point ends as given."""

    until: Sequence[int]

    def map_to_original(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the text as given that `text[start:end]` came from."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.until[end - 1]


def in_figures(source: Plain) -> Plain:
    """The same text with spoken numbers in digits; itself where there is none."""
    text = _TYPED.sub(_mended, source.text) if _doubtful(source.text) else source.text
    spoken = list(_numbers(text)) if not words_of(text.lower()).isdisjoint(_SAID) else []
    if not spoken:
        return source if text is source.text else Plain(text, source.origin)
    pieces: list[str] = []
    origin: list[int] = []
    until: list[int] = []
    place = 0
    for start, end, sign in [*spoken, (len(text), len(text), "")]:
        pieces += [text[place:start], sign]
        origin += source.origin[place:start]
        until += [at + 1 for at in source.origin[place:start]]
        if sign:
            origin += [source.origin[start]] * len(sign)
            until += [source.origin[end - 1] + 1] * len(sign)
        place = end
    return Figures("".join(pieces), origin, until)


def _doubtful(text: str) -> bool:
    return _DOUBTFUL.search(text) is not None


def _mended(match: re.Match[str]) -> str:
    written = match.group()
    digits = sum(sign.isdigit() for sign in written)
    return written.translate(_LETTERS) if digits >= 6 else written


def _numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Each spoken figure's place and its digits."""
    for run in _SPOKEN.finditer(text):
        words = list(_WORD.finditer(text, *run.span()))
        figures = [word for word in words if word[2] and word[2].lower() in _SAID]
        if len(figures) < _FEWEST:
            continue
        for word in words:
            spoken = (word[2] or "").lower()
            if spoken == "capital":
                yield word.start(), word.end() + 1, ""  # and the blank after it
                continue
            sign = _SAID.get(spoken, "")
            times = {"double": 2, "triple": 3, "treble": 3}.get((word[1] or "").lower(), 1)
            if sign:
                yield word.start(), word.end(), sign * times
