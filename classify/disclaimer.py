"""Whether an author says that the views are their own (clause 6.6), in whatever words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from . import disclaimer_words as words
from .pid_post import lowered
from .plain import plain

LONGEST_BIO = 2000  # code points that are searched
LONGEST_TEXT = 20_000


def has_disclaimer(text: str, bio: str) -> bool:
    """Whether bio or text says that the views are the author's own.

    'RTs are not endorsements' alone does not; somebody else's views ('views expressed by the
    minister', 'share your views') do not either.
    """
    about = _SOUNDS_LIKE.sub(" ", lowered(plain(bio[:LONGEST_BIO]).text))
    if _IN_BIO.search(about) or _says(about):
        return True
    if _RTS_NO_ENDORSEMENT.search(about) and _PERSONAL.search(about):
        return True
    low = lowered(plain(text[:LONGEST_TEXT]).text)
    return _TEXT_WORD.search(low) is not None and _says(low, strict=True)


def _says(low: str, *, strict: bool = False) -> bool:
    """Whether one of the ways to say it is there and means the author's own views."""
    for found in _ANYWHERE.finditer(low):
        before = low[max(0, found.start() - 30) : found.start()]
        if not _SOMEBODY_ELSES.search(before) and not (strict and _everyday(low, found)):
            return True
    return False


def _everyday(low: str, found: re.Match[str]) -> bool:
    """Whether words in a text are too common to mean a disclaimer there: 'in my own opinion'."""
    around = low[max(0, found.start() - 12) : found.end() + 12]
    return not _TEXT_WORD.search(found.group()) or _EVERYDAY.search(around) is not None


def _compiled(ways: Iterable[Mapping[str, str]]) -> re.Pattern[str]:
    return re.compile("|".join(pattern for way in ways for pattern in way.values()))


_ANYWHERE = _compiled(words.ANYWHERE)
_IN_BIO = _compiled(words.IN_BIO)
_RTS_NO_ENDORSEMENT = re.compile(words.RTS_NO_ENDORSEMENT)
_PERSONAL = re.compile(words.PERSONAL)
_SOUNDS_LIKE = _compiled([words.SOUNDS_LIKE])
_SOMEBODY_ELSES = _compiled([words.SOMEBODY_ELSES])
_EVERYDAY = _compiled([words.EVERYDAY])
_TEXT_WORD = re.compile(rf"\b(?:{'|'.join(words.TEXT_WORDS)})\b")
