"""Hides names of people in words that a colleague typed of a post: rather a word too many than half a name.

Masking of posts weighs every word, since who decides has to understand them. Of what a colleague adds, a given name of the lists goes with
whatever word with a capital stands behind it, also where both are everyday words: Kay Lamb, Joy Winter.
"""

from __future__ import annotations

import re

from classify.people.lists import called_after, first_names, places, plain, telling
from classify.text.lexicon import given_names

HIDDEN = "[name]"
_CAPITAL = r"[A-Z][\w’'-]*[a-z](?:[’']s)?"
_PAIR = re.compile(
    rf"(?<![\w\[@])({_CAPITAL})((?:[ \t]+[A-Z]\.?)?[ \t]+{_CAPITAL}(?:[ \t]+{_CAPITAL})?)"
)
_ALONE = re.compile(rf"(?<![\w\[@]){_CAPITAL}")
_HALF = re.compile(rf"\[name\][ \t]+{_CAPITAL}")
# Given names somewhere, which begin sentences or stand in what wards are called
_NO_GIVEN = frozenset(
    ("will", "an", "in", "so", "my", "see", "a", "the", "this", "no", "do", "ward", "royal", "st")
)


def hide(text: str) -> str:
    """A text, masked or not, without the names of people that its capitals tell."""
    text = _HALF.sub(HIDDEN, text)
    at = 0
    while pair := _PAIR.search(text, at):
        if _is_name(pair):
            text = f"{text[: pair.start()]}{HIDDEN}{text[pair.end() :]}"
            at = pair.start() + len(HIDDEN)
        else:
            at = pair.end(1)
    return _ALONE.sub(lambda word: HIDDEN if _base(word[0]) in telling() else word[0], text)


def _is_name(pair: re.Match[str]) -> bool:
    first = _base(pair[1])
    if (
        first not in first_names()
        or first in _NO_GIVEN
        or (first in places() and first not in given_names())
    ):
        return False
    return tuple(_base(word) for word in pair[0].split()) not in called_after()


def _base(word: str) -> str:
    return plain(word).removesuffix("'s")
