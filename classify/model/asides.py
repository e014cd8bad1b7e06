"""What stands aside in a short post: a title or a sentence of something else, at its beginning or its end.

A post that is read in one window says what it says less surely, the more of it speaks of the weather. Where a flag is in doubt, such
a sentence is left out and the rest is read once more by itself. Which words tell one stands in asides.toml.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classify.model.windows import SENTENCE_END

FILE = Path(__file__).with_name("asides.toml")
# A handle, a hashtag, a link or a number is no small talk.
_POINTS = re.compile(r"[@#]\w|https?:|\d{3,}")
# What the reader of words may see at most in a sentence that is set aside, in logits: of health care here, of any flag's likeliness, and
# of one flag; the second column where an everyday word stands in it. Chosen on other everyday talk than edits are measured with.
IN_SCOPE, FLAGGED, ANY_FLAG = (1.5, 3.5), (0.0, 1.0), (0.3, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordReading:
    """What the linear reader says of a sentence, in logits: that it speaks of health care here, that something is flagged, its likeliest flag."""

    in_scope: float
    flagged: float
    any_flag: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    everyday: re.Pattern[str]
    matter: re.Pattern[str]
    goes_on: re.Pattern[str]
    examples: Sequence[str]
    quiet: Sequence[str]


def stands_aside(sentence: str, read_words: Callable[[str], WordReading]) -> bool:
    """Whether a sentence speaks of something else than any post here would: no word of care, danger, work or blame, and nothing that the reader of words sees."""
    plain = sentence.replace("\u2019", "'").lower()
    words = shipped()
    if words.matter.search(plain) or _POINTS.search(plain):
        return False
    everyday = words.everyday.search(plain) is not None
    if not everyday and words.goes_on.search(plain):
        return False
    says = read_words(sentence)
    return (
        says.in_scope < IN_SCOPE[everyday]
        and says.flagged < FLAGGED[everyday]
        and says.any_flag < ANY_FLAG[everyday]
    )


def own_matter(
    text: str, places: Sequence[tuple[int, int]], read_words: Callable[[str], WordReading]
) -> tuple[int, int] | None:
    """The tokens of a text, half open, without a first or a last sentence that stands aside; None where neither does. `places` are the tokens' offsets."""
    ends = [match.end() for match in SENTENCE_END.finditer(text) if match.end() < len(text)]
    if not ends:
        return None
    start, stop = 0, len(text)
    if stands_aside(text[: ends[0]], read_words):
        start = ends[0]
    if ends[-1] > start and stands_aside(text[ends[-1] :], read_words):
        stop = ends[-1]
    if (start, stop) == (0, len(text)) or stands_aside(text[start:stop], read_words):
        return None  # all of it is talk of other things
    begins = [begin for begin, _ in places]
    first, last = bisect_left(begins, start), bisect_left(begins, stop)
    return (first, last) if 0 < last - first < len(begins) else None


@cache
def shipped() -> _Words:
    """The words of the file."""
    written = tomllib.loads(FILE.read_text("utf-8"))
    return _Words(
        everyday=_any_of(word for words in written["everyday"].values() for word in words),
        matter=_any_of(word for words in written["matter"].values() for word in words),
        goes_on=_any_of(written["goes_on"]),
        examples=tuple(written["examples"]), quiet=tuple(written["quiet"]),
    )  # fmt: skip


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words in lower case; one that ends with * begins a word."""
    either = "|".join(
        re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")
        for word in sorted(words, reverse=True)
    )
    return re.compile(rf"(?<![\w'])(?:{either})(?![\w'])")
