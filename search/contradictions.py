"""What a rule can't mean: parts that exclude one another, and parts that another finds already.

It is careful: what it says can't match can't; of what is too large to be looked through, it says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

from search.nodes import All, Any_, Near, Node, Term

MOST = 400  # ways for a rule to hold that are looked through

Way = frozenset[
    Node
]  # terms and nearnesses that together are enough, leaving aside what must not hold


def doubts(node: Node) -> Iterator[str]:
    """What in a rule says nothing, or can't hold, as sentences."""
    for part in _parts(node):
        if isinstance(part, All) and part.but:
            yield from _excluded(part)
        if isinstance(part, Any_):
            yield from _found_already(part)


def covers(wide: Term, narrow: Term) -> bool:
    """Whether every text with `narrow` in it has `wide` in it too."""
    if wide.sign or narrow.sign:
        return (
            wide.sign == narrow.sign
            and not narrow.begins
            and wide.written.casefold() == narrow.written.casefold()
        )
    some, all_ = words(wide.written), words(narrow.written)
    if not some:
        return False
    return any(
        _stands(some, all_[start : start + len(some)], wide.begins, narrow.begins and end == len(all_))
        for start in range(len(all_) - len(some) + 1)
        for end in (start + len(some),)
    )  # fmt: skip


def words(written: str) -> list[str]:
    """The words of a phrase, as far as case, width and apostrophes make no difference."""
    plain = unicodedata.normalize("NFKC", written).casefold().replace("’", "'").replace("'", "")
    return re.findall(r"\w+", plain.replace("_", " "))


def _stands(some: list[str], there: list[str], begins: bool, open_ended: bool) -> bool:
    """Whether `some` are these words; of an open-ended last one only its beginning is known."""
    if some[:-1] != there[:-1]:
        return False
    if begins:
        return there[-1].startswith(some[-1])
    return some[-1] == there[-1] and not open_ended


def _excluded(part: All) -> Iterator[str]:
    ways = _ways(part)
    if ways is None:
        return
    left = [way for way in ways if not any(_sure(but, way) for but in part.but)]
    if not left and ways:
        yield "what must be there is excluded by NOT: nothing can match"
        return
    for node in part.parts:
        for choice in node.parts if isinstance(node, Any_) else ():
            if isinstance(choice, Term) and any(
                _sure(but, frozenset([choice])) for but in part.but
            ):
                yield f"“{choice.written}” can never count: NOT excludes it"


def _found_already(part: Any_) -> Iterator[str]:
    listed = [term for term in part.parts if isinstance(term, Term)]
    for narrow in listed:
        for wide in listed:
            if wide != narrow and covers(wide, narrow):
                star = "*" if wide.begins else ""
                yield f"“{narrow.written}” is found by “{wide.written}{star}” already"
                break


def _ways(node: Node) -> list[Way] | None:
    """Every way in which a rule can hold; None where there are too many."""
    if isinstance(node, Term):
        return [frozenset([node])]
    if isinstance(node, Near):
        return [
            frozenset([term, other, Near((term,), (other,), node.most)])
            for term in node.first for other in node.other
        ]  # fmt: skip
    inner = [_ways(part) for part in node.parts]
    if isinstance(node, Any_):
        listed = [way for ways in inner for way in ways or ()]
        return listed if all(ways is not None for ways in inner) and len(listed) <= MOST else None
    count = 1
    for ways in inner:
        count *= MOST + 1 if ways is None else len(ways)
    if count > MOST:
        return None
    return [frozenset().union(*some) for some in product(*(ways or () for ways in inner))]


def _sure(node: Node, way: Way) -> bool:
    """Whether a part holds of every text in which all of a way is."""
    if isinstance(node, Term):  # a phrase is also found as a tag, in which no word of it stands
        return any(
            isinstance(leaf, Term)
            and (leaf == node or (len(words(leaf.written)) == 1 and covers(node, leaf)))
            for leaf in way
        )
    if isinstance(node, Near):
        return any(
            isinstance(leaf, Near) and leaf.most <= node.most
            and {leaf.first[0], leaf.other[0]} <= {*node.first, *node.other}
            and (leaf.first[0] in node.first) == (leaf.other[0] in node.other)
            for leaf in way
        )  # fmt: skip
    if isinstance(node, Any_):
        return any(_sure(part, way) for part in node.parts)
    return not node.but and all(_sure(part, way) for part in node.parts)


def _parts(node: Node) -> Iterator[Node]:
    yield node
    inner: tuple[Node, ...] = ()
    if isinstance(node, Any_):
        inner = node.parts
    elif isinstance(node, All):
        inner = (*node.parts, *node.but)
    for part in inner:
        yield from _parts(part)
