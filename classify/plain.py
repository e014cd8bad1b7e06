"""A text as the recognisers read it: no invisible characters, plain digits, quotes and blanks.

Each position can be told in the text as given, so that what is found can be shown and blanked there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LIMIT = 200_000  # code points that are searched; nothing that people write by hand is longer

# Zero-width and direction characters, soft hyphen, variation selectors, the keycap of 1️⃣.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3]"
)
_ODD = re.compile(r"[^\x00-\x7f]")
_SIGNS = {
    **dict.fromkeys("‘’‛ʼ′`´＇", "'"),
    **dict.fromkeys("“”„″＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("•·∙⋅", "."),
}


@dataclass(frozen=True, slots=True)
class Plain:
    """`text` as it is searched; `given(start, end)` tells a span of it in the text as given."""

    text: str
    origin: Sequence[int]

    def given(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the text as given that `text[start:end]` came from."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.origin[end - 1] + 1


def plain(text: str) -> Plain:
    """The text as it is searched. Reads at most the first `LIMIT` code points."""
    text = text[:LIMIT]
    if text.isascii():
        return Plain(text, range(len(text)))
    same_length = _ODD.sub(lambda found: _one(found.group()), text)
    if not _INVISIBLE.search(same_length):
        return Plain(same_length, range(len(text)))
    kept = [place for place, sign in enumerate(same_length) if not _INVISIBLE.match(sign)]
    return Plain("".join([same_length[place] for place in kept]), kept)


def _one(sign: str) -> str:
    """The plain sign for one odd one; a letter with its accent is no odd one and stays."""
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign.isspace():
        return "\n" if sign in "\u2028\u2029\x85" else " "
    simple = unicodedata.normalize("NFKC", sign)
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return simple if len(simple) == 1 else sign
