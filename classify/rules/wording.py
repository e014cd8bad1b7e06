"""How words are written in many ways: phrases of a data file become patterns over a text that is read as plain words.

    {I will} kill/drown {self} tonight?

`a/b` is either word, `{name}` any phrase of the list of that name, `?` behind them says that they may be left out,
`...` lets up to four other words of the same sentence stand between, `<` and `>` are where a sentence, or at its end
a part of it, begins and ends. `{number}`, `{many}` and `{year}` are built in. Words are in lower case and without
apostrophes: `im`, `dont`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from classify.text.clean import by_letter
from classify.text.normalise import Normal

# ── A text as phrases meet it.

APOSTROPHES = str.maketrans("", "", "'’`")
_PIECES = re.compile(
    r"(\d+(?:[.,:]\d+)+|\w+(?:['’`]\w+)*)"  # a number or a word
    r"|(\.\.+|…|[,;:()\[\]/–—•|]|(?<=\s)-+(?=\s))"  # where a part of a sentence ends
    r"|([.!]*\?[.!?]*)|([.!]+|\n+)"  # where a question or another sentence does
    r"|([\"“”„«»]|(?<!\w)['‘]|['’](?!\w))"  # a quotation mark
)
_WORD, _COMMA, _QUOTE = 1, 2, 5
_MARKS = ("", "", ",", "?", ".", '"')
_SKIPPED = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w+(?:[.@-]\w+)*")  # links and handles
_ENDS = frozenset(".?,")
_END = re.compile(r" [.?] ")
# Who laughs out loud, with faces read by their names; a bare 'lol' stands behind anything, despair too.
_LAUGHS = re.compile(
    r"\b(?:face with tears of joy|rolling on the floor laughing|grinning squinting face|cat with tears of joy|l+m+f*a+o+|rofl\w*|a?(?:ha ?){2,}h?|(?:he){2,}h?)\b"
)
# From here on a sentence says something else: what stands on one side undoes nothing on the other.
_TURN = re.compile(r" (?:but|though|tho|however|yet|except|and now) ")


@dataclass(frozen=True)
class Wording:
    """A text as ` im not ok . i took 20 tablets `: words, and marks where a sentence or a part of it ends.

    Every word and mark in `marked` has a blank before and behind it. Of several marks in a row the first is
    kept, but the end of a sentence rather than a comma. `starts` says where each begins in `marked`, `spans`
    where it stands in `normal.text`.
    """

    marked: str
    starts: Sequence[int]
    spans: Sequence[tuple[int, int]]
    normal: Normal

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word and mark in it."""
        return frozenset(self.marked.split(" "))

    @cached_property
    def laughs(self) -> bool:
        """Whether its author laughs in it."""
        return _LAUGHS.search(self.normal.text.lower()) is not None

    @cached_property
    def ends(self) -> list[int]:
        """Where each sentence ends in `marked`, the last included."""
        return [*(match.start() for match in _END.finditer(self.marked)), len(self.marked) - 1]

    @cached_property
    def turns(self) -> list[tuple[int, int]]:
        """Where a sentence turns to something else, in order."""
        return [match.span() for match in _TURN.finditer(self.marked)]

    @cached_property
    def quotes(self) -> list[int]:
        """Where quotation marks stand."""
        return [match.start() for match in re.finditer('"', self.marked)]

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether what stands from start to end, or half of it and more, does so between two quotation marks."""
        before = bisect_left(self.quotes, start)
        within = bisect_left(self.quotes, (start + end) // 2) == before
        return before % 2 == 1 and within and before < len(self.quotes)

    def map_to_original(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span, in the text as given, of the words in `marked[start:end]`."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        return self.normal.map_to_original(self.spans[first][0], self.spans[last][1])


def read_words(normal: Normal, low: str, spelt: Mapping[str, str]) -> Wording:
    """The text in words and marks. `low` is `normal.text` in lower case; `spelt` has words to read as others."""
    if "@" in low or "http" in low or "www." in low:
        low = _SKIPPED.sub(lambda match: " " * len(match.group()), low)
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _PIECES.finditer(low):
        kind = match.lastindex or _WORD
        if kind == _WORD:
            piece = match[1]
            if not piece.isalnum():
                piece = spelt.get(piece) or piece.translate(APOSTROPHES)
        else:
            piece = _MARKS[kind]
            if kind != _QUOTE and (not pieces or pieces[-1] in _ENDS):
                if not pieces or kind == _COMMA or pieces[-1] != ",":
                    continue
                pieces.pop()
                spans.pop()
        pieces.append(piece)
        spans.append(match.span())
    starts = [1]
    for piece in pieces:
        starts.append(starts[-1] + len(piece) + 1)
    return Wording(f" {' '.join(pieces)} ", starts[:-1], spans, normal)


# ── A phrase as a pattern.

_CHOICE = r"(?:\{[^{}]+\}|[^\s{}/?]+)"
_ELEMENT = re.compile(rf"(?P<either>{_CHOICE}(?:/{_CHOICE})*)(?P<optional>\?)?")
_BETWEEN = r' (?:[,"] )?'  # a comma or a quotation mark may stand between any two words
_FREE = {
    "...": rf"(?:{_BETWEEN}[^ .?,]+){{0,4}}?",
    "<": r"(?:(?<=^ )|(?<=[.?] ))",
    ">": r"(?= (?:[.?,\"]|$))",
}
_NUMBERS = {
    "{number}": r"(?:\d+(?:\.\d+)?|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|eighteen|twenty|thirty|forty|fifty|(?:a )?(?:couple|few)|several|half an)(?: of)?",
    "{many}": r"(?:[1-9]\d|1\d\d|eight|nine|ten|twelve|fifteen|sixteen|twenty|thirty|forty|fifty|sixty|hundred|a hundred|loads|"
    r"a load|a lot|a bunch|a handful|handfuls|enough)(?: of)?",
    "{year}": r"(?:19|20)\d\d",
}  # fmt: skip
_OPEN = {*_FREE, *_NUMBERS}  # no word of ours has to stand there


class Phrases:
    """Writes phrases as patterns. `lists` are the phrases that a `{name}` stands for; `common` are frequent
    words, the most frequent first.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]], common: Sequence[str]) -> None:
        self._lists = lists
        self._frequency = {word: 1 / rank for rank, word in enumerate(common, 1)}  # Zipf's law
        self._rare = 1 / (2 * len(common) + 1)
        self._patterns: dict[str, str] = {}
        self._needs: dict[str, tuple[frozenset[str], ...]] = {}

    def pattern(self, phrase: str) -> re.Pattern[str]:
        """What finds a phrase in `Wording.marked`, with the blank before it: what begins with a sign is searched fast."""
        return re.compile(rf" {self._phrase(phrase)}(?= )")

    def needs(self, phrase: str) -> tuple[frozenset[str], ...]:
        """For each place of a phrase the words of which it needs one, the rarest first.

        Raises ValueError for a phrase that can't be read, or in which no word has to stand, and KeyError for a
        list that there is not.
        """
        if phrase not in self._needs:
            places = [
                self._keys(choices)
                for choices, optional in _elements(phrase)
                if not optional and _OPEN.isdisjoint(choices)
            ]
            if not places:
                raise ValueError(f"{phrase!r} has no word that has to be there")
            self._needs[phrase] = tuple(sorted(places, key=self._cost))
        return self._needs[phrase]

    def _cost(self, keys: frozenset[str]) -> float:
        return sum(self._frequency.get(word, self._rare) for word in keys)

    def _keys(self, choices: Sequence[str]) -> frozenset[str]:
        keys: set[str] = set()
        for choice in choices:
            if choice.startswith("{"):
                keys.update(*(self.needs(phrase)[0] for phrase in self._lists[choice[1:-1]]))
            else:
                keys.add(choice)
        return frozenset(keys)

    def _phrase(self, phrase: str) -> str:
        written, begun = "", False
        for choices, optional in _elements(phrase):
            if choices[0] in _FREE:
                written += _FREE[choices[0]]
                continue
            either = _either([self._choice(choice) for choice in choices])
            if begun:
                written += f"(?:{_BETWEEN}{either})?" if optional else _BETWEEN + either
            elif optional:
                written += f"(?:{either}{_BETWEEN})?"
            else:
                written += either
                begun = True
        return written

    def _choice(self, choice: str) -> str:
        if choice in _NUMBERS:
            return _NUMBERS[choice]
        if not choice.startswith("{"):
            return re.escape(choice)
        if choice not in self._patterns:
            listed = self._lists[choice[1:-1]]
            self._patterns[choice] = _either([self._phrase(phrase) for phrase in listed])
        return self._patterns[choice]


def _elements(phrase: str) -> Iterator[tuple[Sequence[str], bool]]:
    """What may stand at each place of a phrase, and whether it may be left out."""
    place = 0
    for match in _ELEMENT.finditer(phrase):
        choices = re.findall(_CHOICE, match["either"])
        if phrase[place : match.start()].strip() or (
            len(choices) > 1 and not _FREE.keys().isdisjoint(choices)
        ):
            raise ValueError(f"{phrase!r} can't be read from {phrase[place:]!r} on")
        place = match.end()
        yield choices, bool(match["optional"])
    if phrase[place:].strip():
        raise ValueError(f"{phrase!r} can't be read from {phrase[place:]!r} on")


def _either(choices: Sequence[str]) -> str:
    return choices[0] if len(choices) == 1 else by_letter(f"(?:{'|'.join(choices)})")
