"""Reads text that is written upside down: noʎ ʞɔnɟ, letters turned over and in the order from back to front.

A letter of these alone proves nothing: phonetic script, Akan, Turkish and Hebrew have some of them. A
run of words is turned only where English comes out of it, by letters that no language here writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from classify.trick_words import known, parts

_LETTERS = "ɐqɔpǝɟƃɥıɾʞןɯuodbɹsʇnʌʍxʎzᴉl"
_UPRIGHT = str.maketrans(f"{_LETTERS},¡¿", "abcdefghijklmnopqrstuvwxyzil'!?")
_STRONG = re.compile("[ɐǝɟƃɥɾʞɯɹʇʌʍʎᴉ]")  # not ı, ɔ and ן, which stand in words of their languages
_PLAIN = re.compile("[a-z]+")  # q, p, u, o, d, b, s, n, x, z and l: written so either way
_WORD = re.compile(f"[{_LETTERS}]+(?:,[{_LETTERS}]+)?")  # ʇ,uop: don't
_RUN = re.compile(rf"(?<!\w)[{_LETTERS}]+(?:[ ,.'!?¡¿;:-]{{1,3}}[{_LETTERS}]+)*(?!\w)")


def runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Each run of words upside down: where it stands, and its letters upright, as many, from its end on."""
    if not _STRONG.search(text):
        return
    for run in _RUN.finditer(text):
        words = _trimmed(list(_WORD.finditer(text, run.start(), run.end())))
        if words and _plainly([word.group() for word in words]):
            start, end = words[0].start(), words[-1].end()
            yield start, end, _over(text[start:end])


def upright(text: str) -> str:
    """The text with every run of it that is upside down turned over."""
    at, written = 0, []
    for start, end, read in runs(text):
        written += [text[at:start], read]
        at = end
    return "".join([*written, text[at:]])


def _over(word: str) -> str:
    return word[::-1].translate(_UPRIGHT)


def _trimmed(words: list[re.Match[str]]) -> list[re.Match[str]]:
    """A run without the words at its ends that are as good as they stand: `so noʎ ʞɔnɟ`, but not `uo`."""
    while words and _stands(words[0].group()):
        words = words[1:]
    while words and _stands(words[-1].group()):
        words = words[:-1]
    return words


def _stands(word: str) -> bool:
    """Whether a word is written in plain letters, and is no less of a word so than turned."""
    return bool(_PLAIN.fullmatch(word)) and (word in parts() or _over(word) not in parts())


def _plainly(words: list[str]) -> bool:
    """Half of the words are English turned over, and one of three letters and more shows it surely."""
    english = [word for word in words if _english(_over(word).replace("'", ""))]
    sure = any(len(word) > 2 and _STRONG.search(word) for word in english)
    return sure and 2 * len(english) >= len(words)


def _english(word: str) -> bool:
    return word in parts() or word in known()
