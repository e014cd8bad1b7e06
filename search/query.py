"""Boolean rules over what was collected: a small grammar, what a rule means in words, and its FTS5 query.

    rule   = and ("OR" and)*
    and    = part (["AND"] part)*          two parts side by side are both meant
    part   = ["NOT" | "-"] (near | atom)
    near   = atom "NEAR/" number atom      at most so many words between them, in either order; each atom
                                           a word, a phrase, or several of them joined by OR
    atom   = "(" rule ")" | word | "a phrase" | begin* | @handle | #tag

Operators are in capitals. A hyphen joins words as people write them: walk-in finds "walk-in", "walk in"
and "walkin". Text is folded before (case, width, curly quotes, N.H.S., hidden characters), then indexed
in two columns: `plain` has words alone, `signs` keeps handles and tags as one word each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.errors import ConfigError

AT, HASH, INNER = "\u0298", "\u01c2", "\u01c1"  # letters to FTS5 that nobody writes
LONGEST = 2000  # characters of a rule
MOST_PAIRS = 200  # that a NEAR stands for
DEEPEST = 16  # brackets within one another; FTS5 reads no more than some thirty
_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<phrase>["“”][^"“”]*["“”]\*?)|(?P<near>NEAR(?:/\d+)?(?![\w*]))
    |(?P<word>-?[^\s()"“”]+))""",
    re.VERBOSE,
)
_OPERATORS = ("AND", "OR", "NOT")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, phrase, beginning, handle or tag, as it was written."""

    written: str
    begins: bool = False

    @property
    def sign(self) -> str:
        """ "@" or "#" for a handle or a tag, else ""."""
        return self.written[0] if self.written[0] in "@#" else ""


@dataclass(frozen=True, slots=True)
class Near:
    """One of some terms and one of others, with at most `most` words between them."""

    first: tuple[Term, ...]
    other: tuple[Term, ...]
    most: int


@dataclass(frozen=True, slots=True)
class All:
    """Every one of `parts`, and none of `but`."""

    parts: tuple[Node, ...]
    but: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Any_:
    """At least one of `parts`."""

    parts: tuple[Node, ...]


Node = Term | Near | All | Any_
Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold; it stands only beside something that must."""

    node: Node


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int  # the character where it starts, from 1


def parse(rule: str) -> Node:
    """What a rule means. Raises ConfigError, naming the character, where it can't be read."""
    if len(rule) > LONGEST:
        raise ConfigError(f"it has {len(rule):,} characters; at most {LONGEST:,} are read")
    return _Reader(list(_tokens(rule))).whole()


def _tokens(rule: str) -> Iterator[_Token]:
    at = 0
    while rule[at:].strip():
        match = _TOKEN.match(rule, at)
        if match is None:
            raise ConfigError(f'character {at + 1}: a quotation mark that is never closed: add "')
        kind = match.lastgroup or ""
        text = match[kind]
        start = match.start(kind) + 1
        at = match.end()
        if kind == "word" and text in _OPERATORS:
            kind = text
        elif kind == "word" and text[0] == "-" and len(text) > 1:
            yield _Token("NOT", "-", start)
            text, start = text[1:], start + 1
        elif kind == "word" and text == "-":
            before = rule[at : at + 1]
            if before not in ("(", '"'):
                raise ConfigError(f"character {start}: a minus that excludes nothing")
            kind = "NOT"
        yield _Token(kind, text, start)


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.depth = 0

    def whole(self) -> Node:
        if not self.tokens:
            raise ConfigError("it is empty: write words to look for")
        node = self._any()
        if self.tokens:
            raise ConfigError(f"character {self.tokens[0].at}: a bracket that was never opened")
        return node

    def _next(self) -> str:
        return self.tokens[0].kind if self.tokens else ""

    def _any(self) -> Node:
        parts = [self._all()]
        while self._next() == "OR":
            self.tokens.pop(0)
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def _all(self) -> Node:
        first = self.tokens[0] if self.tokens else None
        parts: list[Node] = []
        but: list[Node] = []
        while True:
            part = self._part()
            if isinstance(part, Not):
                but.append(part.node)
            else:
                parts.append(part)
            if self._next() == "AND":
                self.tokens.pop(0)
            elif self._next() in ("", "OR", "close"):
                break
        if not parts:
            at = first.at if first else 1
            raise ConfigError(
                f"character {at}: NOT alone would match nearly everything: say what must hold beside it"
            )
        return parts[0] if len(parts) == 1 and not but else All(tuple(parts), tuple(but))

    def _part(self) -> Node | Not:
        if self._next() == "NOT":
            token = self.tokens.pop(0)
            if self._next() == "NOT":
                raise ConfigError(f"character {token.at}: NOT stands twice")
            return Not(self._near())
        return self._near()

    def _near(self) -> Node:
        node = self._atom()
        if self._next() != "near":
            return node
        token = self.tokens.pop(0)
        if "/" not in token.text:
            raise ConfigError(
                f"character {token.at}: how near? Write NEAR/5 for at most five words"
            )
        other = self._atom()
        first, two = _words_of(node), _words_of(other)
        if not first or not two or self._next() == "near" or len(first) * len(two) > MOST_PAIRS:
            raise ConfigError(
                f"character {token.at}: NEAR stands between two words or phrases, or a few of them in "
                "brackets with OR between them"
            )
        return Near(first, two, int(token.text.partition("/")[2][:4]))

    def _atom(self) -> Node:
        if not self.tokens:
            raise ConfigError("it ends where a word is missing")
        token = self.tokens.pop(0)
        if token.kind == "open":
            return self._bracket(token)
        if token.kind not in ("word", "phrase"):
            raise ConfigError(f"character {token.at}: a word is missing before {token.text}")
        begins = token.text.endswith("*")
        written = token.text.rstrip("*").strip('"“” ').strip()
        if not re.search(r"\w", written) or "*" in written:
            raise ConfigError(
                f"character {token.at}: {token.text} holds no word; * stands at a word's end alone"
            )
        return Term(written.replace("＠", "@").replace("＃", "#"), begins)

    def _bracket(self, token: _Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ConfigError(
                f"character {token.at}: brackets within brackets, more than {DEEPEST} deep: write several rules"
            )
        node = self._any()
        if self._next() != "close":
            raise ConfigError(f"character {token.at}: a bracket that is never closed: add )")
        self.tokens.pop(0)
        self.depth -= 1
        return node


def _words_of(node: Node) -> tuple[Term, ...]:
    """The terms of which one is meant; none where there is more to it."""
    if isinstance(node, Term):
        return (node,)
    if isinstance(node, Any_):
        return (
            tuple(part for part in node.parts if isinstance(part, Term))
            if all(isinstance(part, Term) for part in node.parts)
            else ()
        )
    return ()
