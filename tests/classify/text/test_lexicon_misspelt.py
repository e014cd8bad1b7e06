"""English misspelt is told from words of other languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.text.lexicon import misspelt


@pytest.mark.parametrize("word", ["wrst", "surgry", "docter", "hosptial", "recepton", "wated"])
def test_left_out_vowels_and_one_slip_are_misspelt_english(word: str) -> None:
    assert misspelt(word)


@pytest.mark.parametrize(
    "word", ["irunthen", "saacadood", "bimarestan", "nayomad", "", "a", "bood"]
)
def test_words_of_other_languages_are_not(word: str) -> None:
    assert not misspelt(word)


@given(st.text(max_size=60))
def test_any_word_has_an_answer(word: str) -> None:
    assert misspelt(word) in (True, False)
