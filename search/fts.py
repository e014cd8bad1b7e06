"""What a rule means: as an FTS5 query whose every word is quoted, in plain words, and with its doubts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from search.nodes import All, Any_, Near, Node, Term

Fold = Callable[[str], str]
AT, HASH, INNER = "\u0298", "\u01c2", "\u01c1"  # letters to FTS5 that nobody writes
_SIGN = re.compile(r"(?<![\w@#.])([@#])(\w[\w.-]*\w|\w)")
_COMMON = frozenset(
    ("a", "an", "and", "are", "for", "in", "is", "it", "nhs", "not", "of", "on", "or", "the", "to", "was")
)  # fmt: skip


def columns(text: str, fold: Fold) -> tuple[str, str]:
    """A text as it is indexed: words alone, and with each handle and tag as one word."""
    folded = fold(text).replace("'", "")
    return folded, _SIGN.sub(lambda match: f" {_signed(match[0])} ", folded)


def _signed(written: str) -> str:
    """@ana.example as one word of letters: FTS5 takes only letters and digits for parts of words."""
    sign = AT if written[0] == "@" else HASH
    return sign + re.sub(r"\W|_", INNER, written[1:])


def fts5(node: Node, fold: Fold) -> str:
    """The query. Every word of the rule stands in quotes, so that none is an operator of FTS5's."""
    if isinstance(node, Term):
        return _term(node, fold)
    if isinstance(node, Near):
        pairs = [_near(term, other, node.most, fold) for term in node.first for other in node.other]
        return f"({' OR '.join(pairs)})"
    if isinstance(node, Any_):
        return f"({' OR '.join(fts5(part, fold) for part in node.parts)})"
    both = " AND ".join(fts5(part, fold) for part in node.parts)
    if not node.but:
        return f"({both})"
    none = " OR ".join(fts5(part, fold) for part in node.but)
    return f"(({both}) NOT ({none}))"


def _near(term: Term, other: Term, most: int, fold: Fold) -> str:
    column = "signs" if term.sign or other.sign else "plain"
    return f"{{{column}}} : NEAR({_phrase(term, fold)} {_phrase(other, fold)}, {most})"


def _term(term: Term, fold: Fold) -> str:
    if term.sign:
        return f"({{signs}} : {_phrase(term, fold)})"
    ways = [f"({{plain}} : {_phrase(term, fold)})"]
    joined = re.sub(r"\W|_", "", fold(term.written).replace("'", ""))
    star = "*" if term.begins else ""
    if " " in fold(term.written).strip():  # a phrase also as a tag, walk-in also as one word
        ways.append(f'({{signs}} : "{HASH}{joined}"{star})')
        if "-" in term.written and " " not in term.written:
            ways.append(f'({{plain}} : "{joined}"{star})')
    return f"({' OR '.join(ways)})" if len(ways) > 1 else ways[0]


def _phrase(term: Term, fold: Fold) -> str:
    folded = fold(term.written).replace("'", "")
    if term.sign:
        folded = columns(term.written, fold)[1]
    words = " ".join(re.findall(r"\w+", folded.replace("_", " ")))
    return f'"{words}"{"*" if term.begins else ""}'


def meaning(node: Node) -> str:
    """The rule in plain words."""
    if isinstance(node, Term):
        kind = {"@": "the handle ", "#": "the tag "}.get(node.sign, "")
        begins = "a word that begins with " if node.begins else kind
        return f"{begins}“{node.written}”"
    if isinstance(node, Near):
        first, other = (
            _inside(parts[0] if len(parts) == 1 else Any_(parts))
            for parts in (node.first, node.other)
        )
        return f"{first} and {other} with at most {node.most} words between them"
    if isinstance(node, Any_):
        return f"either {' or '.join(_inside(part) for part in node.parts)}"
    both = " and ".join(_inside(part) for part in node.parts)
    none = " nor ".join(_inside(part) for part in node.but)
    return f"{both}, but not {none}" if none else f"both {both}" if len(node.parts) == 2 else both


def _inside(node: Node) -> str:
    return meaning(node) if isinstance(node, Term) else f"({meaning(node)})"


def doubts(node: Node) -> Iterator[str]:
    """What in a rule is perhaps not meant: each as a sentence that says what to write instead."""
    for term in terms(node):
        if term.written in ("and", "or", "not", "near"):
            yield (
                f"“{term.written}” in small letters is a word to look for: write "
                f"{term.written.upper()} if it is meant to join"
            )
        elif term.begins and len(re.sub(r"\W", "", term.written)) < 3:
            yield f"“{term.written}*” begins with so few letters that it finds a great deal"
    if isinstance(node, Term) and not node.begins and node.written.casefold() in _COMMON:
        yield f"“{node.written}” alone finds nearly everything: join it with other words"
    for part in _parts(node):
        if isinstance(part, All) and set(part.parts) & set(part.but):
            yield "the same word must and must not be there: nothing can match"
        if isinstance(part, All | Any_) and len(set(part.parts)) < len(part.parts):
            yield "the same part stands twice"


def terms(node: Node) -> Iterator[Term]:
    """Every word, phrase, handle and tag of a rule."""
    for part in _parts(node):
        if isinstance(part, Term):
            yield part


def _parts(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Near):
        yield from node.first + node.other
    elif isinstance(node, Any_):
        for part in node.parts:
            yield from _parts(part)
    elif isinstance(node, All):
        for part in (*node.parts, *node.but):
            yield from _parts(part)
