"""Patterns that are compiled at their first search are those that re.compile makes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping

import pytest

import classify
import settings
from core.patterns import _Lazy, lazy_compile


def test_a_pattern_is_compiled_at_its_first_search_and_once() -> None:
    pattern = lazy_compile(r"(?P<word>b+)", re.IGNORECASE)
    assert pattern.pattern == r"(?P<word>b+)"
    assert "search" not in vars(pattern)
    match = pattern.search("aBBa")
    assert match is not None
    assert match["word"] == "BB"
    assert pattern.search is pattern.search  # the compiled pattern's own from now on


@pytest.mark.parametrize(
    "way", ["search", "match", "fullmatch", "finditer", "findall", "split", "subn"]
)
@pytest.mark.parametrize("text", ["", "b", "abba", "bbb", "xyz"])
def test_each_way_answers_as_that_of_a_compiled_pattern(way: str, text: str) -> None:
    lazy, compiled = lazy_compile("b+"), re.compile("b+")
    given = ("-", text) if way == "subn" else (text,)
    answers = [getattr(pattern, way)(*given) for pattern in (lazy, compiled)]
    if way == "finditer":
        answers = [list(answer) for answer in answers]
    assert len({str(answer) for answer in answers}) == 1


def test_what_stands_for_no_method_is_asked_of_the_pattern() -> None:
    pattern = lazy_compile("(a)(?P<second>b)", re.IGNORECASE)
    assert (pattern.groups, dict(pattern.groupindex)) == (2, {"second": 2})
    assert pattern.flags & re.IGNORECASE
    assert not hasattr(pattern, "nothing_of_the_kind")


def test_every_pattern_of_the_program_that_waits_can_be_compiled() -> None:
    """Whose mistakes re.compile would find at a start."""
    patterns = list(waiting())
    assert len(patterns) > 25
    for pattern in patterns:
        re.compile(pattern.pattern, pattern._flags)


def waiting() -> Iterator[_Lazy]:
    for package in (classify, settings):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".training" in module.name or ".evaluation" in module.name:
                continue  # its extras need not be installed
            for value in vars(importlib.import_module(module.name)).values():
                several = value.values() if isinstance(value, Mapping) else (value,)
                yield from (each for each in several if isinstance(each, _Lazy))
