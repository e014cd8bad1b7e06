"""What is searched, and that its places are told in the text as given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from classify.text.clean import LIMIT, plain, words_of


def test_invisible_characters_go_and_digits_are_plain() -> None:
    assert plain("9\u200b9\ufe0f\u20e39 １२").text == "999 12"


def test_quotes_and_hyphens_are_plain() -> None:
    assert plain("mum’s “A–E”").text == 'mum\'s "A-E"'


def test_accents_stay() -> None:
    assert plain("Żaneta’s café").text == "Żaneta's café"


def test_a_span_is_told_in_the_text_as_given() -> None:
    text = "x\u200b\u200by\u202ez"
    source = plain(text)
    assert source.text == "xyz"
    assert text[slice(*source.map_to_original(1, 2))] == "y"
    assert source.map_to_original(0, 3) == (0, len(text))


def test_words_are_whole_and_an_i_without_its_dot_is_one() -> None:
    assert words_of("a&e, don't ask_me\nhın") == {"a", "e", "don", "t", "ask_me", "hin"}


def test_no_more_than_the_limit_is_searched() -> None:
    assert len(plain("a" * (LIMIT + 5)).text) == LIMIT


@given(st.text(alphabet=st.characters(codec=None)))
def test_places_rise_and_lie_within_the_text(text: str) -> None:
    source = plain(text)
    assert len(source.text) == len(source.origin)
    assert list(source.origin) == sorted(set(source.origin))
    assert not source.text or source.map_to_original(0, len(source.text))[1] <= len(text)
