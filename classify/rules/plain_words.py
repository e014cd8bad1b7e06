"""Words so plain that danger or a threat holds whatever a model thinks: 'I am going to end my life tonight'.

Which words, what they are called and what undoes them (a denial, a manner of speaking, what is long past, a
helpline) stands in plain_words.toml, where reviewers can read it. The words are read as the model reads them,
with look-alikes, leetspeak and invisible characters undone.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from classify.pid.base import lowered
from classify.rules.wording import APOSTROPHES, Phrases, Wording, read_words
from classify.text.clean import joined, words_of
from classify.text.normalise import normalise

FILE = Path(__file__).parent / "plain_words.toml"
_MARKS = frozenset(".?,")  # that a phrase may name; `words_of` finds none
_LONGEST = 200  # signs of a phrase that stands right before plain words, at most
Whose = Literal["anybody", "not_own", "others"]
Where = Literal["before", "after", "part", "sentence", "beside", "post", "quoted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWords:
    """The plain words of one flag in a text.

    `names` are those of the entries, in the order of the file; `spans` are half open code points of the text
    as given, in order.
    """

    names: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


class Phrase:
    """One way to write something; a pattern is made of it when it is first looked for.

    Raises ValueError or KeyError where it can't be read.
    """

    def __init__(self, phrases: Phrases, written: str) -> None:
        self.written = written
        self.needs = phrases.needs(written)
        self._phrases = phrases

    def may_stand(self, words: frozenset[str]) -> bool:
        """Whether a text with these words may hold it: they have one for each of its places."""
        return all(not need.isdisjoint(words) for need in self.needs)

    @cached_property
    def anywhere(self) -> re.Pattern[str]:
        """Finds it, with the blank before it."""
        return self._phrases.pattern(self.written)

    @cached_property
    def right_before(self) -> re.Pattern[str]:
        """Finds it where it ends, but for one mark, at the end of what is searched."""
        return re.compile(rf'{self.anywhere.pattern}(?: [,"])? \Z')


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """Plain words of one meaning; the head of plain_words.toml says what each property is."""

    flag: str
    kind: str
    name: str
    phrases: Sequence[Phrase]
    examples: Sequence[str]
    quiet: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Undoing:
    """What undoes plain words of some kinds, and where it has to stand to do so."""

    name: str
    undoes: frozenset[str]
    whose: Whose
    where: Where
    phrases: Sequence[Phrase]
    unless: Sequence[Phrase]
    laughing: bool
    examples: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where an entry's words stand in `Wording.marked`, and what undoes them; None where nothing does."""

    entry: Entry
    start: int
    end: int
    undone: Undoing | None


class Floor:
    """The whole of plain_words.toml. Raises ValueError or KeyError for what can't be read."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self._phrases = Phrases(written["lists"], written["common"])
        self._author = frozenset(written["author"])
        self._possessives = frozenset(written["possessives"])
        self._others = frozenset(written["others"])
        self._spelt: Mapping[str, str] = written["read_as"]
        self._bare = {word.translate(APOSTROPHES): instead for word, instead in self._spelt.items()}
        self.entries = tuple(map(self._entry, written["entries"]))
        self.undoings = tuple(map(self._undoing, written["undoings"]))
        self._by_word: dict[str, list[tuple[Entry, Phrase, Sequence[frozenset[str]]]]] = {}
        for entry in self.entries:
            for phrase in entry.phrases:
                for word in phrase.needs[0]:
                    self._by_word.setdefault(word, []).append((entry, phrase, phrase.needs[1:]))

    def _entry(self, table: Mapping[str, Any]) -> Entry:
        return Entry(
            flag=table["flag"], kind=table["kind"], name=table["name"],
            phrases=self._read(table["written"]), examples=tuple(table["examples"]),
            quiet=tuple(table["quiet"]),
        )  # fmt: skip

    def _undoing(self, table: Mapping[str, Any]) -> Undoing:
        whose, where = table.get("whose", "anybody"), table["where"]
        if whose not in get_args(Whose) or where not in get_args(Where):
            raise ValueError(f"{table['name']}: {whose!r} or {where!r} is no value of it")
        return Undoing(
            name=table["name"], undoes=frozenset(table["undoes"]), whose=whose, where=where,
            phrases=self._read(table["written"]), unless=self._read(table.get("unless", ())),
            laughing=table.get("laughing", False), examples=tuple(table["examples"]),
        )  # fmt: skip

    def _read(self, phrases: Iterable[str]) -> tuple[Phrase, ...]:
        return tuple(Phrase(self._phrases, written) for written in phrases)

    def read(self, text: str) -> Wording | None:
        """The text in words; None where no plain words can stand in it, as in most texts."""
        normal = normalise(text)
        low = _without_accents(lowered(normal.text))
        words = words_of(low.translate(APOSTROPHES))
        instead = frozenset(self._bare[word] for word in words & self._bare.keys())
        if not self._possible(words | instead | _MARKS):
            return None
        return read_words(normal, low, self._spelt)

    def _possible(self, words: frozenset[str]) -> dict[Phrase, Entry]:
        """The phrases that a text with these words may hold, with their entries."""
        possible: dict[Phrase, Entry] = {}
        for word in words & self._by_word.keys():
            for entry, phrase, needs in self._by_word[word]:
                for need in needs:  # a loop, since this is done for every post
                    if need.isdisjoint(words):
                        break
                else:
                    possible[phrase] = entry
        return possible

    def matches(self, wording: Wording) -> Iterator[Match]:
        """Every place where an entry's words stand, undone or not, in order, the longest first.

        What undoes plain words undoes those inside them: ‘she took an overdose’ says of ‘took an overdose’ who did.
        """
        undone: dict[str, tuple[int, Undoing | None]] = {}  # flag -> where the last undone ones end
        for match in sorted(self._matches(wording), key=lambda match: (match.start, -match.end)):
            flag = match.entry.flag
            end, undoing = undone.get(flag, (-1, None))
            if match.undone is None and match.end <= end:
                yield replace(match, undone=undoing)
                continue
            if match.undone is not None and match.end > end:
                undone[flag] = match.end, match.undone
            yield match

    def _matches(self, wording: Wording) -> Iterator[Match]:
        # what undoes all of a region, looked up once: one sentence may say the same a thousand times
        known: dict[tuple[Undoing, tuple[int, int]], bool] = {}
        for phrase, entry in self._possible(wording.words).items():
            for match in phrase.anywhere.finditer(wording.marked):
                start, end = match.start() + 1, match.end()
                undone = self._undone(entry.kind, wording, start, end, known)
                yield Match(entry=entry, start=start, end=end, undone=undone)

    def _undone(
        self,
        kind: str,
        wording: Wording,
        start: int,
        end: int,
        known: dict[tuple[Undoing, tuple[int, int]], bool],
    ) -> Undoing | None:
        whose = self._whose(wording.marked[start:end].split(" "))
        for undoing in self.undoings:
            if kind not in undoing.undoes or undoing.whose not in whose:
                continue
            if undoing.laughing and not wording.laughs:
                continue
            if undoing.where == "quoted" and not wording.is_quoted(start, end):
                continue
            region = _region(undoing.where, wording, start, end)
            if undoing.where in ("before", "after"):  # it hangs on where the words stand
                if _undoes(undoing, wording, region, start, end):
                    return undoing
                continue
            if (undoing, region) not in known:
                known[undoing, region] = _undoes(undoing, wording, region, start, end)
            if known[undoing, region]:
                return undoing
        return None

    def _whose(self, words: Sequence[str]) -> frozenset[Whose]:
        """Which undoings hold of plain words, by whom they tell of."""
        whose: set[Whose] = {"anybody"}
        own = self._author.intersection(words)
        if not self._others.isdisjoint(words):
            whose.add("others")
            own -= self._possessives
        if not own:
            whose.add("not_own")
        return frozenset(whose)


def _without_accents(low: str) -> str:
    """The text with plain letters for those with an accent, of the same length."""
    if low.isascii():
        return low
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in low)


def _region(where: Where, wording: Wording, start: int, end: int) -> tuple[int, int]:
    """Where in `marked` something has to be that undoes what stands from start to end."""
    if where in ("post", "quoted"):
        return 0, len(wording.marked)
    ends = wording.ends
    first, last = bisect_left(ends, start), bisect_left(ends, end)
    if where == "beside":
        first, last = first - 1, last + 1
    begin = ends[first - 1] + 2 if first > 0 else 0
    finish = ends[min(last, len(ends) - 1)] + 1
    if where in ("beside", "sentence"):
        return begin, finish
    turns = wording.turns
    before = bisect_left(turns, (start + 1,))
    while (
        before and turns[before - 1][1] > start + 1
    ):  # one that reaches into the words is none before them
        before -= 1
    after = bisect_left(turns, (end,))
    if before and turns[before - 1][0] >= begin:
        begin = turns[before - 1][1] - 1
    if after < len(turns) and turns[after][1] <= finish:
        finish = turns[after][0] + 1
    return begin, finish


def _undoes(
    undoing: Undoing, wording: Wording, region: tuple[int, int], start: int, end: int
) -> bool:
    """Whether an undoing stands in the region of what stands from start to end, and nothing that keeps it off."""
    stands = not undoing.phrases or any(
        _stands(phrase, undoing.where, wording, region, start, end) for phrase in undoing.phrases
    )
    return stands and not any(
        _stands(phrase, "post", wording, region, start, end) for phrase in undoing.unless
    )


def _stands(
    phrase: Phrase, where: Where, wording: Wording, region: tuple[int, int], start: int, end: int
) -> bool:
    """Whether a phrase stands in a region: right before or after a place where `where` says so, else anywhere."""
    if not phrase.may_stand(wording.words):
        return False
    begin, finish = region
    if where == "before":
        begin = max(begin, wording.marked.find(" ", max(0, start - _LONGEST)))
        return phrase.right_before.search(wording.marked, begin, start) is not None
    if where == "after":
        return phrase.anywhere.match(wording.marked, end, finish) is not None
    return phrase.anywhere.search(wording.marked, begin, finish) is not None


@cache
def shipped() -> Floor:
    """What ships, read once a process."""
    return Floor(tomllib.loads(FILE.read_text("utf-8")))


@lru_cache(maxsize=16)  # several policies may ask for the same post
def find(text: str) -> Mapping[str, PlainWords]:
    """Flag -> its plain words in a text that nothing undoes. Reads as much of it as the model does."""
    wording = shipped().read(text)
    if wording is None:
        return {}
    places: dict[str, list[Match]] = {}
    for match in shipped().matches(wording):
        if match.undone is None:
            places.setdefault(match.entry.flag, []).append(match)
    return {flag: _plain_words(wording, matches) for flag, matches in places.items()}


def _plain_words(wording: Wording, matches: Sequence[Match]) -> PlainWords:
    entries = {match.entry for match in matches}
    return PlainWords(
        names=tuple(entry.name for entry in shipped().entries if entry in entries),
        spans=joined(wording.map_to_original(match.start, match.end) for match in matches),
    )
