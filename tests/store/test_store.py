"""The store is a small composition: parts that have one topic each and go through one another's public methods."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import store as package
from store import Store

MOST = 25  # public methods of a part
FOLDER = Path(package.__file__).parent


def parts(store: Store) -> dict[str, object]:
    return {name: part for name, part in vars(store).items() if name != "database"}


def test_no_part_inherits_from_another(store: Store) -> None:
    assert {
        name for name, part in parts(store).items() if type(part).__bases__ != (object,)
    } == set()


def test_a_part_is_small(store: Store) -> None:
    counts = {
        name: sum(not method.startswith("_") for method in vars(type(part)))
        for name, part in parts(store).items()
    }
    assert {name for name, count in counts.items() if not 0 < count <= MOST} == set()


def private_calls() -> Iterator[str]:
    """Where a part of the store reaches for what another keeps to itself: `self._cases._add(...)`."""
    for file in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr.startswith("_")
                and isinstance(node.value, ast.Attribute)
            ):
                yield f"{file.relative_to(FOLDER)}:{node.lineno} {ast.unparse(node)}"


def test_no_part_calls_what_is_private_to_another() -> None:
    assert list(private_calls()) == []
