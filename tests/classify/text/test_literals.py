"""A pattern that is searched only where its literals stand finds what it finds anywhere."""

from __future__ import annotations

import csv
import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import classify
from classify.pid.base import lowered
from classify.rules.staff import named
from classify.text.literals import Sought, literals_of

DATASETS = Path(classify.__path__[0]) / "evaluation" / "datasets"
NO_MODULES = ("classify.training", "classify.evaluation")  # they need torch, or read no post
FLAGS = (0, re.IGNORECASE, re.IGNORECASE | re.MULTILINE)
# Letters that a search without case takes for k, s and i among them.
SIGNS = "aAbkKsSiI \n.,'’1éſKıİß"


def texts() -> list[str]:
    """Every text and profile of the data sets."""
    written = (DATASETS / "fillers.txt").read_text("utf-8").splitlines()
    with (DATASETS / "hate.csv").open(encoding="utf-8", newline="") as file:
        written += [row["text"] for row in csv.DictReader(file)]
    for path in sorted(DATASETS.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            written += [row["text"], (row.get("author") or {}).get("bio") or ""]
    return list(dict.fromkeys(filter(None, written)))


def patterns() -> list[Sought]:
    """Every pattern of `classify` that is sought."""
    sought: list[Sought] = []
    for module in pkgutil.walk_packages(classify.__path__, "classify."):
        if not module.name.startswith(NO_MODULES):
            for value in vars(importlib.import_module(module.name)).values():
                each = value if isinstance(value, tuple | list) else [value]
                sought += [pattern for pattern in each if isinstance(pattern, Sought)]
    return sought


def test_no_pattern_is_skipped_in_a_text_of_the_data_sets_that_holds_a_match() -> None:
    written = texts()
    low = [lowered(text) for text in written]
    assert len(written) > 2000
    wrong = [
        (sought.pattern, text)
        for sought in patterns()
        for text in (written if sought.flags & re.IGNORECASE else low)
        if not sought.may_match(text) and sought.compiled.search(text)
    ]
    assert wrong == []


def test_most_patterns_that_are_sought_have_literals() -> None:
    sought = patterns()
    assert len(sought) > 20
    assert sum("" not in pattern.literals for pattern in sought) > 0.9 * len(sought)


simple = st.one_of(
    st.sampled_from([re.escape(sign) for sign in SIGNS if sign != "\n"]),
    st.sampled_from([r"\w", r"\d?", r".", r"\b", r"^", r"$", r"[ab]", r"[^a]", r"[’']?", r"[ks]+", r"(?<!a)", r"(?=b)", r"(?!k)"]),
)  # fmt: skip


def _grown(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeats = st.sampled_from(["?", "*", "+", "{1}", "{0,2}", "{2,3}?", "??"])
    return st.one_of(
        st.lists(part, min_size=1, max_size=4).map("".join),
        st.lists(part, min_size=2, max_size=4).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(part, repeats).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        part.map(lambda inner: f"(?i:{inner})"),
    )


written_patterns = st.recursive(simple, _grown, max_leaves=14)


@settings(max_examples=600, deadline=None)
@given(written_patterns, st.sampled_from(FLAGS), st.text(SIGNS, max_size=14))
def test_a_pattern_finds_the_same_as_its_regular_expression(
    pattern: str, flags: int, text: str
) -> None:
    plain, sought = re.compile(pattern, flags), Sought(pattern, flags)
    match, same = plain.search(text), sought.search(text)
    assert (match and match.span()) == (same and same.span())
    assert [each.span() for each in plain.finditer(text)] == [each.span() for each in sought.finditer(text)]  # fmt: skip
    assert plain.sub("_", text) == sought.sub("_", text)
    assert (plain.search(text, 2, 9) is None) == (sought.search(text, 2, 9) is None)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_pattern_is_not_skipped_in_a_text_that_is_made_from_it(data: st.DataObject) -> None:
    sought = data.draw(st.sampled_from(patterns()))
    text = data.draw(st.from_regex(sought.compiled))
    assert sought.may_match(text) or not sought.compiled.search(text)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("colou?r", ("colo",)),
        (r"\b(?:nurse|doctor)s?\b", ("doctor", "nurse")),
        (r"(?:my|our) \w+ (?:was|is) diabetic", (" is diabetic", " was diabetic")),
        (r"a(?:sthma|ngina)", ("angina", "asthma")),
        (r"\w+", ("",)),
        (r"(?:nurse)?", ("",)),
        (r"caf[eé]s", ("caf",)),
    ],
)
def test_literals_are_those_that_each_match_has_one_of(pattern: str, literals: tuple[str, ...]) -> None:  # fmt: skip
    assert literals_of(pattern) == literals


@pytest.mark.parametrize("text", ["KISS", "Kiss", "kiſſ", "KİSS", "kıss"])
def test_letters_that_pass_for_others_in_a_search_without_case_do_so_here(text: str) -> None:
    assert re.search("kiss", text, re.IGNORECASE)
    assert Sought("kiss", re.IGNORECASE).search(text)


@pytest.mark.parametrize("written", ["nw london", "#nwlondon", "nw  london", "nw-london", "in #nw-london!"])  # fmt: skip
def test_a_name_is_sought_in_all_forms_in_which_it_is_found(written: str) -> None:
    assert named(("NW London",)).search(written)
