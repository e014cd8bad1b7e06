"""What a rule is made of, once it is read."""

from __future__ import annotations

from dataclasses import dataclass


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
