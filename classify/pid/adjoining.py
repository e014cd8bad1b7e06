"""A masked name takes the rest of it along: the family name behind a masked given name, or before it, so that no half of a name is left.

A word with a capital right beside it, that is a family or a given name somewhere or no word at all; none that is one of our own names, a place or what a place is
called by, and none that begins a sentence unless it is a name and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.people.lists import called_after, first_names, places, plain, surnames, words
from classify.people.search_terms import BODY_WORDS
from classify.text.lexicon import english

from .public_names import PublicSpan

_UPPER = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆ]"
_WORD = rf"{_UPPER}[^\W\d_]*[a-zà-öø-ÿ][^\W\d_]*(?:['’-]{_UPPER}?[^\W\d_]+)*"
_BEHIND = re.compile(rf"[ \t\u00a0]+(?:{_UPPER}\.?[ \t]+)?(?P<name>{_WORD})(?![\w@])")
_BEFORE = re.compile(rf"(?<![\w@#\[./])(?P<name>{_WORD})(?P<apart>,?[ \t\u00a0]+)$")
_DOES = re.compile(r"\s+(?:has|had|is|was|said|says|told|tells|came|went|died|rang|wrote|writes)\b")
_LONGEST = 60  # letters before a mask in which a family name is looked for
_OPENING = frozenset('.!?:;"“(]–—-')  # behind one of them a sentence, or part of one, begins
# With a capital beside a name they are no part of it: titles, days and words that begin a sentence without a full stop before it.
_NO_PART_TEXT = """
i will may can do so in an my see the this that no yes he she they we you it is was has and but or if when what who why how thanks thank sorry please hello hi dear
dr mr mrs ms miss mx prof sir dame lord lady nurse sister matron doctor consultant midwife porter staff patient councillor cllr
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december christmas easter
today tomorrow yesterday
st saint ss queen king prince princess duchess duke royal santa san lake mount port fort north south east west upper lower central little big great new old park cross walk coroner
"""
_NO_PART = frozenset(_NO_PART_TEXT.split())
# Family names too, and far more often what they mean, where a capital tells nothing: as the first word, or in a heading.
_WORDS_FIRST_TEXT = """
poor good great young old long little big bright sweet best better well just still more less most love lovely kind nice happy sad fine true wise rich early late new
high low hard fast free full close sharp gross savage noble proud moody short small strong swift black white brown green grey gray golden rose day love gone hope
back down over read call wait waits told paid made left found says said may march august summer winter spring autumn
"""
_WORDS_FIRST = frozenset(_WORDS_FIRST_TEXT.split())
TITLED = 0.6  # of the words with a capital: a heading, in which a capital tells nothing


Masked = tuple[int, int, str]  # start, end and label


def widened(text: str, blanks: Sequence[Masked], public: Sequence[PublicSpan]) -> list[Masked]:
    """Masks in order, each name with the rest of it; one that meets the next ends where that begins."""
    if not any(label == "name" for _, _, label in blanks):
        return list(blanks)
    heading, result = _is_heading(text), list[Masked]()
    for place, (start, end, label) in enumerate(blanks):
        if label == "name":
            last = result[-1][1] if result else 0
            until = blanks[place + 1][0] if place + 1 < len(blanks) else len(text)
            first = _start(text, start, end, last, public, heading=heading)
            result.append((first, _end(text, end, until, public, heading=heading), label))
        else:
            result.append((start, end, label))
    return result


def _end(text: str, end: int, until: int, public: Sequence[PublicSpan], *, heading: bool) -> int:
    match = _BEHIND.match(text, end)
    if match is None or match.end() > until or text[end - 1] == "]":
        return end
    following = _BEHIND.match(text, match.end())
    beyond = plain(following["name"]) if following else ""
    return match.end() if _is_part(match["name"], match.span("name"), public, beyond, sure=not heading) else end  # fmt: skip


def _start(
    text: str, start: int, end: int, last: int, public: Sequence[PublicSpan], *, heading: bool
) -> int:
    first = max(last, start - _LONGEST)
    match = _BEFORE.search(text, first, start)
    if match is None:
        return start
    low = plain(match["name"])
    begins = heading or _begins(text, match.start())
    turned = "," in match["apart"]  # "Lamb, Kay", and not a list of people
    is_family, is_first = low in surnames(), low in first_names()
    listed = is_family and not is_first if turned else is_family or is_first
    if turned and re.match(r"\s*[,.!]|\s+and\b", text[end:]):
        return start
    if begins and low in words() and not _DOES.match(text, end):
        return start  # "Ring Kay on 020 7946 0199"
    part = listed and _is_part(match["name"], match.span("name"), public, "", sure=not begins)
    return match.start() if part else start


def _begins(text: str, at: int) -> bool:
    """Whether a sentence, a line or a part of one begins here."""
    window = text[max(0, at - _LONGEST) : at]
    before = window.rstrip()
    return not before or before[-1] in _OPENING or "\n" in window[len(before) :]


def _is_part(
    word: str, span: tuple[int, int], public: Sequence[PublicSpan], beyond: str, *, sure: bool
) -> bool:
    low = plain(word).removesuffix("'s")
    if low in _NO_PART or low in places() or low in BODY_WORDS or beyond in BODY_WORDS:
        return False
    if any(own.start < span[1] and span[0] < own.end for own in public) or (low,) in called_after():
        return False
    if low in surnames() or low in first_names():
        return sure or low not in _WORDS_FIRST
    return low not in words() and low not in english()


def _is_heading(text: str) -> bool:
    """Whether most of its words have a capital."""
    written = re.findall(r"[^\W\d_]{3,}", text)
    return len(written) > 3 and sum(word[0].isupper() for word in written) > TITLED * len(written)
