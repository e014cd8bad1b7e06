"""That a pattern sorted by letters finds what it found before."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from classify.pid.vocabulary import HEALTH
from classify.rules.staff import JOB, NHS_PLACE
from classify.text.clean import by_letter

BRANCHES = st.lists(
    st.sampled_from(
        ["a", "ab", "abc", "a ?b", "b", "ba?", "b(?:a|c)", "(?:a|b)c", "[ab]b", "c|d", "ca*", "c\\|", "a[|)]",
         "d\\.?c", "dc", "d", "aab", "acb", r"c\w+", "(?:cd|c)d"]
    ), min_size=1, max_size=8,
)  # fmt: skip


@given(BRANCHES, st.text(alphabet="abcd |.) ", max_size=30))
def test_the_same_is_found_at_the_same_places(branches: list[str], text: str) -> None:
    pattern = "|".join(branches)
    before, after = re.compile(f"(?:{pattern})"), re.compile(by_letter(pattern))
    assert [m.span() for m in after.finditer(text)] == [m.span() for m in before.finditer(text)]
    ending, ended = re.compile(f"(?:{pattern})(?!\\w)"), re.compile(rf"{by_letter(pattern)}(?!\w)")
    assert [m.span() for m in ended.finditer(text)] == [m.span() for m in ending.finditer(text)]


def test_branches_are_sorted_within_the_outermost_group_alone() -> None:
    assert by_letter("(?:asthma|flu|angina|fever)") == "(?:a(?:sthma|ngina)|f(?:lu|ever))"
    assert by_letter("a|(?:b|c)|ab") == "(?:a|(?:b|c)|ab)"
    assert by_letter("asthma") == "asthma"


def test_the_patterns_that_are_sorted_still_know_their_words() -> None:
    assert all(HEALTH.search(said) for said in ("has asthma", "in a & e", "m.s.", "off the ward"))
    assert re.fullmatch(JOB, "ward sister")
    assert re.fullmatch(NHS_PLACE, "northwick pk")
