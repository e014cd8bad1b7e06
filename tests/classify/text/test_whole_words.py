"""Evidence begins and ends where words do."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classify.text.whole_words import LONGEST, whole, word_starts


@pytest.mark.parametrize(
    ("text", "given", "shown"),
    [
        ("paid consultants £3.1m in a year", "£3", "£3.1m"),
        ("a bill of 1,250,000 pounds", "250", "1,250,000"),
        ("the walk-in centre", "walk", "walk-in"),
        ("they don’t care", "don", "don’t"),
        ("closed it.Then they lied", "closed", "closed"),
        ("utterly use\u0301less lot", "use", "use\u0301less"),
        ("a (liar) he is", "liar", "liar"),
        ("useless", "less", "useless"),
        ("thick 👩🏽\u200d⚕️ again", "👩", "👩🏽\u200d⚕️"),
        ("thick 👩🏽\u200d⚕️ again", "⚕", "👩🏽\u200d⚕️"),
    ],
)
def test_a_span_grows_to_whole_words_and_no_further(text: str, given: str, shown: str) -> None:
    start = text.index(given)
    first, last = whole(text, start, start + len(given))
    assert text[first:last] == shown


@given(st.text(max_size=LONGEST), st.data())
def test_a_span_stays_in_its_text_keeps_what_it_had_and_grows_once(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = whole(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)
    assert whole(text, first, last) == (first, last)


def test_a_word_without_an_end_is_not_run_through() -> None:
    assert whole("a" * 1000, 500, 501) == (500 - LONGEST, 501 + LONGEST)


@given(st.text("ab_é1 '", min_size=1, max_size=3), st.text("ab_é1 '", max_size=12))
@example("a a", "a a a a")
def test_whole_words_start_where_a_regular_expression_finds_them(words: str, text: str) -> None:
    pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
    assert list(word_starts(words, text)) == [match.start() for match in re.finditer(pattern, text)]
