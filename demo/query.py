"""Search queries as X and Reddit read them: phrases, OR, brackets, negation and a few operators."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(r'\s*(?:(\()|(\))|(-)(?=\S)|((?:\w+:)?"[^"]*")|([^\s()"]+))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """What of one post a search looks at. `traits` are such as "reply", "quote", "retweet"."""

    text: str
    author: str = ""
    language: str = ""
    traits: frozenset[str] = frozenset()


Test = Callable[[Searchable], bool]


def matcher(query: str) -> Test:
    """A test for posts. Raises ValueError where the platform would answer 400."""
    tokens = _tokens(query)
    test, rest = _any_of(tokens)
    if rest:
        raise ValueError("unbalanced bracket")
    return test


def _tokens(query: str) -> list[str]:
    tokens: list[str] = []
    at, query = 0, query.strip()
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise ValueError("unbalanced quotation mark")
        token = match.group().strip()
        if token not in ("AND", ""):
            tokens.append("-" if token == "NOT" else token)
        at = match.end()
    if not tokens:
        raise ValueError("empty query")
    return tokens


def _any_of(tokens: list[str]) -> tuple[Test, list[str]]:
    options: list[Test] = []
    while True:
        test, tokens = _all_of(tokens)
        options.append(test)
        if not tokens or tokens[0] != "OR":
            return lambda post: any(option(post) for option in options), tokens
        tokens = tokens[1:]


def _all_of(tokens: list[str]) -> tuple[Test, list[str]]:
    needed: list[Test] = []
    while tokens and tokens[0] not in ("OR", ")"):
        test, tokens = _one(tokens)
        needed.append(test)
    if not needed:
        raise ValueError("a term is missing")
    return lambda post: all(test(post) for test in needed), tokens


def _one(tokens: list[str]) -> tuple[Test, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first == "-":
        if not rest or rest[0] in ("-", "OR", ")"):
            raise ValueError("nothing to negate")
        test, rest = _one(rest)
        return lambda post: not test(post), rest
    if first == "(":
        test, rest = _any_of(rest)
        if not rest or rest[0] != ")":
            raise ValueError("unbalanced bracket")
        return test, rest[1:]
    return _term(first), rest


def _term(token: str) -> Test:
    operator, _, value = token.partition(":")
    value = value.strip('"').casefold()
    if operator in ("from", "author"):
        return lambda post: post.author.casefold() == value
    if operator == "lang":
        return lambda post: post.language == value
    if operator == "is":
        return lambda post: value in post.traits
    return _contains(token.strip('"').casefold())


def _contains(words: str) -> Test:
    pattern = re.compile(rf"(?<!\w){re.escape(' '.join(words.split()))}(?!\w)")
    return lambda post: pattern.search(" ".join(post.text.casefold().split())) is not None
