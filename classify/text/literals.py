"""A pattern that is searched only in texts that hold the letters which each of its matches has.

Looking for some letters in a text takes a fifth of the time of a slow pattern and less. It pays for a pattern that most posts
don't hold and that takes more than some 10 microseconds a post: one without case, or with many branches that begin with
a group. Which letters these are is worked out from the pattern itself (`literals_of`), so that whoever changes a pattern
need not think of it. A pattern is made when it is first searched, so that a start takes less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Any

# The parser of patterns is no part of what Python promises, though it has been the same since 3.11: the test of this module
# would tell of a change.
codes: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

# Literals of one place of a pattern; where there are more, it is no good place to look at.
MOST = 64
LENGTH = 6  # letters from which on a literal is as rare as it needs to be
LETTERS = 10  # of which one stands at a place of a text, roughly
A_LOOK = 0.0002  # what looking for one more literal costs, as a share of searching the pattern
_ZERO_WIDTH = frozenset((codes.AT, codes.ASSERT, codes.ASSERT_NOT))
_REPEATS = frozenset((codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT))
_NOTHING = frozenset(("",))
# Letters that a search without case takes for an ASCII one, beside those that `str.lower` makes one.
_ALIKE = str.maketrans({"ı": "i", "İ": "i", "ſ": "s"})


class Sought:
    """A pattern with the methods of `re.Pattern` that are used, each as quick as none where a text can't hold a match."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self.pattern, self.flags)

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """One of these stands in each text in which it is found, `folded`; ("",) where nothing can be said."""
        return literals_of(self.pattern, self.flags)

    def may_match(self, text: str) -> bool:
        """False where no match can stand in a text."""
        simple = folded(text)
        return any(literal in simple for literal in self.literals)

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        if not self.may_match(text):
            return None
        return self.compiled.search(text, start, len(text) if end is None else end)

    def finditer(
        self, text: str, start: int = 0, end: int | None = None
    ) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        if not self.may_match(text):
            return iter(())
        return self.compiled.finditer(text, start, len(text) if end is None else end)

    def sub(self, instead: str, text: str) -> str:
        """As `re.Pattern.sub`."""
        return self.compiled.sub(instead, text) if self.may_match(text) else text


@lru_cache(maxsize=16)  # every pattern asks for the same post
def folded(text: str) -> str:
    """The text in lower case as a search without case has it; it may be longer."""
    return text.lower() if text.isascii() else text.translate(_ALIKE).lower()


def literals_of(pattern: str, flags: int = 0) -> tuple[str, ...]:
    """Letters of which some stand in each match of a pattern, in lower case: the rarest that can be told; ("",) where none can."""
    places, last = _walk(parser.parse(pattern, flags), _NOTHING)
    best = min((*places, last), key=_frequency)
    return tuple(
        sorted(
            literal
            for literal in best
            if not any(other in literal for other in best if other != literal)
        )
    )


def _frequency(literals: frozenset[str]) -> float:
    """About how often one of them stands in a text, and what it takes to look for them."""
    often = sum(float(LETTERS) ** -min(len(literal), LENGTH) for literal in literals)
    return often + len(literals) * A_LOOK


def _walk(items: Iterable[Any], before: frozenset[str]) -> tuple[list[frozenset[str]], frozenset[str]]:  # fmt: skip
    """What each match of a part of a pattern holds: for several places literals of which one stands there, and for its end those with which it ends.

    `before` are the literals of which one stands right before the part.
    """
    places: list[frozenset[str]] = []
    run = before
    for code, argument in items:
        if code in _ZERO_WIDTH:
            continue
        more, after = _step(code, argument, run)
        places += more
        run = after
        if len(run) > MOST:
            run = _NOTHING
    return places, run


def _step(code: Any, argument: Any, run: frozenset[str]) -> tuple[Sequence[frozenset[str]], frozenset[str]]:  # fmt: skip
    """The same of one item. An item of which nothing is known ends what stood before it."""
    if code is codes.LITERAL:
        return _with(run, (argument,))
    if code is codes.IN:
        simple = len(argument) <= 4 and all(kind is codes.LITERAL for kind, _ in argument)
        return _with(run, [sign for _, sign in argument]) if simple else ((run,), _NOTHING)
    if code is codes.SUBPATTERN:
        return _walk(argument[3], run)
    if code is codes.ATOMIC_GROUP:
        return _walk(argument, run)
    if code is codes.BRANCH:
        return _either([_walk(branch, run) for branch in argument[1]])
    if code in _REPEATS:
        least, most, repeated = argument
        places, after = _walk(repeated, run)
        if least:
            return ((*places, after), after if most == 1 else _NOTHING)
        return ((run,), run | after if most == 1 else _NOTHING)
    return (run,), _NOTHING


def _with(run: frozenset[str], signs: Sequence[int]) -> tuple[Sequence[frozenset[str]], frozenset[str]]:  # fmt: skip
    """Each of the literals with each of these signs behind it; only those of ASCII, whose lower case is sure."""
    if any(sign >= 128 for sign in signs):
        return (run,), _NOTHING
    longer = frozenset(literal + chr(sign).lower() for literal in run for sign in signs)
    return ((run,) if len(signs) > 1 else ()), longer


def _either(branches: Sequence[tuple[Sequence[frozenset[str]], frozenset[str]]]) -> tuple[Sequence[frozenset[str]], frozenset[str]]:  # fmt: skip
    """Of each branch what is rarest in it, together; and every end of one."""
    best = [min((*places, after), key=_frequency) for places, after in branches]
    ends = frozenset().union(*(after for _, after in branches))
    return (frozenset().union(*best),), ends
