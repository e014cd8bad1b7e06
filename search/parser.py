"""Reads rules by the grammar in query.lark, and says of what can't be read where it fails and what to do.

The parser is LALR: it stops at the first token that nothing could follow, and its stack then holds what is still open.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from core.errors import ConfigError
from search.nodes import All, Any_, Near, Node, Term

MOST_PAIRS = 200  # that a NEAR stands for
DEEPEST = 16  # brackets within one another; FTS5 reads no more than some thirty


def parse(rule: str) -> Node:
    """What a rule means. Raises ConfigError, naming the character, where it can't be read."""
    reader = _parser().parse_interactive(rule)
    previous: Token | None = None
    node: Node
    for token in [*_tokens(rule, reader), Token("$END", "")]:
        try:
            node = reader.feed_token(token)
        except UnexpectedToken:
            raise _misplaced(token, previous, reader) from None
        _check(token, reader)
        previous = token
    return node


@cache
def _parser() -> Lark:
    # its own lexer, not one that knows what may follow: every token is a fault of its own where it stands wrongly
    return Lark.open(
        "query.lark", rel_to=__file__, parser="lalr", lexer="basic", transformer=_Nodes()
    )


class _Nodes(Transformer[Token, Node]):
    """Builds the nodes while the parser reads; its methods are the grammar's rules."""

    def term(self, children: list[Token]) -> Term:
        return Term(_written(children[0]), begins=children[0].endswith("*"))

    def near(self, children: tuple[Node, Token, Node]) -> Near:
        left, operator, right = children
        first, other = _alternatives(left), _alternatives(right)
        if not first or not other or len(first) * len(other) > MOST_PAIRS:
            raise _between(operator)
        return Near(first, other, int(operator.partition("/")[2][:4]))

    def conjunction(self, children: list[Node | Token]) -> All:
        parts: list[Node] = []
        but: list[Node] = []
        excluded = False
        for child in children:  # a NOT stands before what it excludes
            if not isinstance(child, Token):
                (but if excluded else parts).append(child)
            excluded = isinstance(child, Token)
        if not parts and isinstance(first := children[0], Token):
            raise _fault(
                first, "NOT alone would match nearly everything: say what must hold beside it"
            )
        return All(tuple(parts), tuple(but))

    def disjunction(self, children: list[Node]) -> Any_:
        return Any_(tuple(children))


def _alternatives(node: Node) -> tuple[Term, ...]:
    """The terms of which one is meant; none where there is more to it."""
    parts = node.parts if isinstance(node, Any_) else (node,)
    terms = tuple(part for part in parts if isinstance(part, Term))
    return terms if len(terms) == len(parts) else ()


def _written(token: Token) -> str:
    """A term without its star and quotation marks, and with signs of full width as plain ones."""
    plain = token.rstrip("*").strip('"“” ').strip()
    return plain.replace("＠", "@").replace("＃", "#")


# ── what can't be read ───────────────────────────────────────────────────────────────────────────


def _tokens(rule: str, reader: InteractiveParser) -> list[Token]:
    """All tokens; what is wrong with one by itself is said before what is wrong with their order."""
    tokens: list[Token] = []
    try:
        for token in reader.lexer_thread.lex(reader.parser_state):  # type: ignore[no-untyped-call]
            minus = token.type == "NOT" and token == "-"
            if minus and re.match(r"[\s)“”]|$", rule[token.end_pos :]):
                raise _fault(token, "a minus that excludes nothing")
            tokens.append(token)
    except UnexpectedCharacters as error:
        at = len(rule[: error.pos_in_stream].rstrip()) + 1
        raise ConfigError(f'character {at}: a quotation mark that is never closed: add "') from None
    return tokens


def _check(token: Token, reader: InteractiveParser) -> None:
    """What the grammar takes and we don't."""
    if token.type == "NEAR" and "/" not in token:
        raise _fault(token, "how near? Write NEAR/5 for at most five words")
    if token.type in ("WORD", "PHRASE"):
        written = _written(token)
        if not re.search(r"\w", written) or "*" in written:
            raise _fault(token, f"{token} holds no word; * stands at a word's end alone")
    if token.type == "LPAR" and len(_open(reader, "LPAR")) > DEEPEST:
        raise _fault(
            token, f"brackets within brackets, more than {DEEPEST} deep: write several rules"
        )


def _misplaced(token: Token, previous: Token | None, reader: InteractiveParser) -> ConfigError:
    """Why nothing can be where this token is; the last of them is the end."""
    if previous is not None and previous.type in ("WORD", "PHRASE", "RPAR"):
        if token.type == "NEAR":
            return _between(_open(reader, "NEAR")[-1])
        if token.type == "RPAR":
            return _fault(token, "a bracket that was never opened")
        return _fault(_open(reader, "LPAR")[-1], "a bracket that is never closed: add )")
    if token.type == "$END":
        return ConfigError("it ends where a word is missing")
    if token.type == "NOT" and previous is not None and previous.type == "NOT":
        return _fault(previous, "NOT stands twice")
    return _fault(token, f"a word is missing before {token}")


def _open(reader: InteractiveParser, kind: Literal["LPAR", "NEAR"]) -> list[Token]:
    """The tokens of a kind that belong to what isn't complete, outermost first."""
    stack = reader.parser_state.value_stack
    return [value for value in stack if isinstance(value, Token) and value.type == kind]


def _between(operator: Token) -> ConfigError:
    return _fault(
        operator,
        "NEAR stands between two words or phrases, or a few of them in brackets with OR between them",
    )


def _fault(token: Token, what: str) -> ConfigError:
    return ConfigError(f"character {(token.start_pos or 0) + 1}: {what}")
