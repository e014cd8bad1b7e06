"""Which mentions say the same: the words that a copy, a share or a repost keeps."""

from __future__ import annotations

import re
import unicodedata

FEWEST_WORDS = 5  # "thank you so much" is said by many who tell no common story

_LINK = re.compile(r"https?://\S+|www\.\S+")
_SHARED = re.compile(r"^\s*rt\s+@\w+\s*:?", re.IGNORECASE)
_HANDLE = re.compile(r"@[\w.\-]+")
_WORD = re.compile(r"\w+")


def story_words(text: str) -> str:
    """The words that two copies have in common, or "" where there are too few to tell.

    Case, punctuation, links, handles and a share's prefix don't count.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = _HANDLE.sub(" ", _SHARED.sub(" ", _LINK.sub(" ", plain)))
    words = _WORD.findall(plain.casefold())
    return " ".join(words) if len(words) >= FEWEST_WORDS else ""
