"""Words that are written as accounts are: everyday words joined by _ or - or with digits behind them, trolley_dodger, pushing-since-09.

Each half is a word, so no list of names tells anything; what is looked for by us is written so hardly ever.
"""

from __future__ import annotations

import re
from itertools import pairwise

from classify.people.lists import (
    called_after_joined,
    dictionary,
    field,
    places,
    plain,
    words,
)
from classify.people.search_terms import BODY_WORDS

_TOKEN = re.compile(r"[^\s\"“”()|,;:+@#/]+")
_JOINED = re.compile(r"[^\W\d_]{2,}_[\w-]+|\w+_[^\W\d_]{2,}")
_HYPHENS = re.compile(r"[^\W\d_]{2,}(?:-[^\W_]+)*-\d{2,}|(?:[^\W\d_]{3,}-){2,}\d+")
_DIGITS = re.compile(r"([^\W\d_]{4,})(\d{2,})")
# A year behind a word, illnesses and lines that are called with a number, what a paper or a medicine is numbered by
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = frozenset(("covid", "sars", "ward", "room", "bay", "level", "theatre", "clinic", "unit", "option", "call", "press", "agenda", "omega", "vitamin"))  # fmt: skip
_OPERATORS = frozenset(("AND", "OR", "NOT", "NEAR"))
_SHORTEST = 5  # letters of a word that is compared with what those who post call themselves


def as_accounts(text: str) -> list[str]:
    """The words of a term, rule or query that are written as accounts are, each once, as they stand."""
    return [token for token in dict.fromkeys(_TOKEN.findall(text)) if _is_one(token.strip(".'’*?!"))]  # fmt: skip


def _is_one(token: str) -> bool:
    if _JOINED.fullmatch(token):
        return True
    bare = token.replace("-", "")
    digits = _DIGITS.fullmatch(bare)
    if _YEAR.fullmatch(token.rpartition("-")[2]):
        return "_" in token
    if digits is not None and (digits[1].casefold() in _NUMBERED or _YEAR.fullmatch(digits[2])):
        return False
    return bool(_HYPHENS.fullmatch(token) or (digits and "-" not in token))


def squashed(written: str) -> str:
    """A handle, a name or a word without signs, case, accents and digits behind it: what is near another one is the same so."""
    letters = "".join(sign for sign in plain(written) if sign.isalnum())
    return letters.rstrip("0123456789") or letters


def compared(text: str) -> dict[str, str]:
    """What of a term or rule is compared with the accounts and names of those who post, each with how it is written.

    All of it, two words that stand side by side, and each word that is no everyday one; nothing that is a place's or a body's.
    """
    tokens = [token.strip(".'’*?!-") for token in _TOKEN.findall(text) if token not in _OPERATORS]
    runs = [f"{first} {second}" for first, second in pairwise(tokens)]
    rare = [token for token in tokens if "_" in token or plain(token) not in words() | dictionary() | field() | places()]  # fmt: skip
    known = called_after_joined()
    return {
        squash: written.strip() for written in (*rare, *runs, text)
        if len(squash := squashed(written)) >= _SHORTEST and squash not in places() and squash not in known
        and not BODY_WORDS.intersection(plain(written).split())
    }  # fmt: skip
