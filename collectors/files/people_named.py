"""Whether most rows of an export name one person, told by their words: another tool's search for a person need not say so.

What stands in half of the rows is asked of as a search term is: by the same lists. It is counted in one pass, in bounded
memory (lossy counting, Manku and Motwani 2002), and no name of it is kept or shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import pairwise

from classify.people import known_words, names_in_words
from classify.people.lists import dictionary, field, places, plain, words
from classify.people.search_terms import BODY_WORDS, in_account, in_term
from classify.text.lexicon import english

MOST = 0.5  # of the rows that have words
_EVERY = 2_000  # rows, after which what is rare so far is dropped
_EXAMPLES = 200  # rows whose words are looked at again, to see what stands beside a name
_FEW_KNOWN = 0.4  # of the words of a row in English, names and places among them
_LONGEST = 4_000  # characters of a row
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_WORD = re.compile(r"[@#]?[^\W\d_][\w’'.-]*\w|[@#]?[^\W\d_]")
# Behind a name they make it a building's or a road's; what any body is called says nothing of a name before it
_NAMED_SO = BODY_WORDS - frozenset(("nhs", "icb", "ics", "ccg", "act", "law", "rule", "inquiry", "enquiry", "review", "report", "award", "appeal", "campaign")) | frozenset(("ward", "church", "park"))  # fmt: skip
_SAINTS = frozenset(("st", "saint", "queen", "king", "prince", "princess", "lady"))


class PeopleNamed:
    """Counts words and pairs of words by row. `known`: words of the organisation's own names; `allowed`: names that two people agreed to."""

    def __init__(
        self, known: Collection[str], register: Collection[str], allowed: Collection[str]
    ) -> None:
        self._known, self._allowed = frozenset(known), frozenset(allowed)
        self._register = frozenset(handle.lstrip("@").casefold() for handle in register)
        self._agreed = frozenset(part for name in allowed for part in plain(name).split())
        self._rows = 0
        self._counts = Counter[str]()
        self._missed = dict[str, int]()  # how often each may have been counted before it was kept
        self._examples: list[list[str]] = []

    def look(self, text: str) -> None:
        """One row's words."""
        tokens = _WORD.findall(_ADDRESS.sub(" ", text[:_LONGEST]))
        if not tokens:
            return
        self._rows += 1
        if len(self._examples) < _EXAMPLES:
            self._examples.append(tokens)
        bucket = self._rows // _EVERY
        for phrase in set(_phrases(tokens)):
            if phrase not in self._counts:
                self._missed[phrase] = bucket
            self._counts[phrase] += 1
        if not self._rows % _EVERY:
            rare = [each for each, count in self._counts.items() if count + self._missed[each] <= bucket]  # fmt: skip
            for phrase in rare:
                del self._counts[phrase], self._missed[phrase]

    def names_one(self, fewest: int) -> bool:
        """Whether one person, or a word that may be a name, stands in at least half of `fewest` rows or more."""
        least = MOST * self._rows
        return self._rows >= fewest and any(
            self._is_person(phrase)
            for phrase, count in self._counts.items()
            if count + self._missed[phrase] >= least
        )

    def _is_person(self, phrase: str) -> bool:
        if phrase.startswith("@"):
            return phrase[1:].casefold() not in self._register and bool(in_account(phrase[1:], self._allowed))  # fmt: skip
        parts = [plain(part).removesuffix("'s") for part in phrase.split()]
        if self._known.issuperset(parts) or self._agreed.issuperset(parts):
            return False
        if len(parts) == 1:
            listed = any(parts[0] in each for each in (words(), dictionary(), field(), places()))
            return not listed and bool(self._unknown(phrase)) and self._stands_alone(phrase, parts)
        as_term = bool(names_in_words.names(phrase) or in_term(phrase, self._allowed))
        return as_term and self._stands_alone(phrase, parts)

    def _unknown(self, text: str) -> list[str]:
        return known_words.unknown(text, self._known, self._allowed, phrase=True)

    def _stands_alone(self, phrase: str, parts: list[str]) -> bool:
        """Whether a name is one among the words that stand beside it in the rows too, and no building's, road's or body's."""
        stands = [place for tokens in self._examples for place in _around(tokens, parts)]
        alone = sum(
            self._is_named(phrase, window) and before not in _SAINTS and _NAMED_SO.isdisjoint(after)
            for window, before, after in stands
        )
        return alone * 2 >= len(stands)

    def _is_named(self, phrase: str, window: str) -> bool:
        if " " not in phrase:
            return phrase in self._unknown(window)
        return bool(names_in_words.names(phrase) or in_term(window, self._allowed, strict=True))


def _phrases(tokens: list[str]) -> Iterator[str]:
    """The pairs of words of a row, in capitals where both are, its accounts, and its words that are written as names are."""
    known = sum(token.casefold() in english() for token in tokens)
    is_english = (
        known >= len(tokens) * _FEW_KNOWN
    )  # no list tells a name from a word of another language
    for first, second in pairwise(tokens):
        in_capitals = first[0].isupper() and second[0].isupper()
        side_by_side = first[0] not in "@#" and second[0] not in "@#" and _bare(first) == first
        if side_by_side and (in_capitals or is_english):
            pair = f"{_bare(first)} {_bare(second)}".casefold()
            yield pair.title() if in_capitals else pair
    for token in tokens:
        if token[0] == "@":
            yield token.casefold()
        elif is_english and token[:1].isupper() and not token.isupper():
            yield _bare(token)


def _bare(token: str) -> str:
    return re.sub(r"[’'](?:s|ve|ll|re|m|d|t)?$", "", token.strip("#.-"))


def _around(tokens: list[str], parts: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Each time these words stand in a row: they with the word before and the two behind, and those by themselves."""
    low = [plain(_bare(token)) for token in tokens]
    for at in range(len(low) - len(parts) + 1):
        end = at + len(parts)
        if low[at:end] == parts:
            window = " ".join(tokens[max(at - 1, 0) : end + 2])
            yield window, (low[at - 1] if at else ""), low[end : end + 2]
