"""What the Graph API makes of `fields`: nested choices, `.limit(0).summary(true)`, unknown names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"\s*(\w+|[{}(),.])")
DEFAULT_LIMIT = 25


class GraphError(Exception):
    """One of the platform's own errors: its code, its subcode (0: none) and its words."""

    def __init__(self, code: int, message: str, subcode: int = 0) -> None:
        super().__init__(message)
        self.code, self.subcode, self.message = code, subcode, message


@dataclass(frozen=True, slots=True)
class Field:
    """One name of `fields`: `asks` are its `.limit(0)`, `within` what stands in its braces."""

    name: str
    asks: Mapping[str, str] = field(default_factory=dict)
    within: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """Which names a kind of object has, and which of them come unasked."""

    known: frozenset[str]
    unasked: tuple[str, ...] = ("id",)


@dataclass(slots=True)
class Edge:
    """A list of objects inside another, and what its summary says beside the count.

    An entry that is no Node is given out as it is: a malformed one. `more` counts those that can
    no longer be seen and are counted all the same.
    """

    nodes: list[Any]
    summary: dict[str, Any] = field(default_factory=dict)
    more: int = 0

    @property
    def total(self) -> int:
        """`total_count`."""
        return len(self.nodes) + self.more


@dataclass(slots=True)
class Node:
    """One object: what each of its fields holds.

    An Edge where that is a list of its own; a function of the field's `asks` where it hangs on them.
    """

    shape: Shape
    values: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.values["id"])


def shape(known: str, unasked: str = "id") -> Shape:
    """A Shape from names with spaces between."""
    return Shape(frozenset(known.split()), tuple(unasked.split()))


def parse(written: str) -> tuple[Field, ...]:
    """The value of `fields`. Raises GraphError 2500 where it can't be read."""
    tokens: list[str] = []
    at, written = 0, written.rstrip()
    while at < len(written):
        match = _TOKEN.match(written, at)
        if match is None:
            raise _syntax(at)
        tokens.append(match[1])
        at = match.end()
    chosen, rest = _listed(tokens, len(tokens))
    if rest:
        raise _syntax(len(tokens) - len(rest))
    return chosen


def selected(thing: Any, chosen: tuple[Field, ...]) -> Any:
    """What a request with these fields gets of an object. Raises GraphError 100 for an unknown name."""
    if not isinstance(thing, Node):
        return thing
    chosen = chosen or tuple(Field(name) for name in thing.shape.unasked)
    values: dict[str, Any] = {}
    for chosen_field in chosen:
        if chosen_field.name not in thing.shape.known:
            raise GraphError(100, f"(#100) Tried accessing nonexisting field ({chosen_field.name})")
        value = thing.values.get(chosen_field.name)
        if value is not None:
            values[chosen_field.name] = _value(value, chosen_field)
    if "id" in thing.values:
        values.setdefault("id", thing.values["id"])
    return values


def flag(written: str | None) -> bool:
    """Whether a parameter is true, as PHP sees it."""
    return (written or "").lower() in ("1", "true")


def _value(value: Any, chosen_field: Field) -> Any:
    if callable(value):
        value = value(chosen_field.asks)
    if isinstance(value, Edge):
        return _edge(value, chosen_field)
    if isinstance(value, Node):
        return selected(value, chosen_field.within)
    if isinstance(value, dict) and chosen_field.within:
        wanted = {inner.name for inner in chosen_field.within} | {"id"}
        return {name: part for name, part in value.items() if name in wanted}
    return value


def _edge(edge: Edge, chosen_field: Field) -> dict[str, Any]:
    limit = chosen_field.asks.get("limit", str(DEFAULT_LIMIT))
    body: dict[str, Any] = {
        "data": [selected(node, chosen_field.within) for node in edge.nodes[: int(limit)]]
    }
    if flag(chosen_field.asks.get("summary")):
        body["summary"] = {**edge.summary, "total_count": edge.total}
    return body


def _listed(tokens: list[str], whole: int) -> tuple[tuple[Field, ...], list[str]]:
    fields: list[Field] = []
    while True:
        chosen_field, tokens = _field(tokens, whole)
        fields.append(chosen_field)
        if not tokens or tokens[0] != ",":
            return tuple(fields), tokens
        tokens = tokens[1:]


def _field(tokens: list[str], whole: int) -> tuple[Field, list[str]]:
    """NAME, then any number of .ASKS(VALUE) and {FIELDS} in any order."""
    if not tokens or not tokens[0].isidentifier():
        raise _syntax(whole - len(tokens))
    name, rest = tokens[0], tokens[1:]
    asks: dict[str, str] = {}
    within: tuple[Field, ...] = ()
    while rest and rest[0] in (".", "{"):
        if rest[0] == "{":
            within, rest = _listed(rest[1:], whole)
            if rest[:1] != ["}"]:
                raise _syntax(whole - len(rest))
            rest = rest[1:]
        else:
            if len(rest) < 5 or rest[2] != "(" or rest[4] != ")":
                raise _syntax(whole - len(rest))
            asks[rest[1]], rest = rest[3], rest[5:]
    return Field(name, asks, within), rest


def _syntax(at: int) -> GraphError:
    return GraphError(2500, f'Syntax error "Expected name." at token {at} of fields')
