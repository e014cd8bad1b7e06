"""Numbers told in words, or typed with letters, are found like any others. All people are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.pid import find
from classify.pid.spoken_numbers import in_figures
from classify.text.clean import plain
from tests.fuzz.profiles import examples


@pytest.mark.parametrize(
    ("text", "type_", "words"),
    [
        (
            "My NHS number is nine nine nine, zero one six, six one three seven thanks",
            "NHS_NUMBER",
            "nine nine nine, zero one six, six one three seven",
        ),
        ("nhs number on the ticket: 999 8O3 1l77 ok", "NHS_NUMBER", "999 8O3 1l77"),
        (
            "her hospital number is capital N capital P dash six six oh one two nine",
            "HOSPITAL_NUMBER",
            "N capital P dash six six oh one two nine",
        ),
        (
            "acc no 44 10 27 93, sort code oh-nine oh-one nine-nine",
            "BANK_ACCOUNT",
            "44 10 27 93",
        ),
    ],
)
def test_a_number_told_in_words_is_a_hit_on_just_its_words(
    text: str, type_: str, words: str
) -> None:
    hits = {hit.type: text[hit.start : hit.end] for hit in reversed(find(text))}
    assert hits[type_].removeprefix("capital ") == words


@pytest.mark.parametrize(
    "text",
    [
        "one of six, or two of three",
        "I waited nine hours, one of them outside",
        "Oh one more thing",
    ],
)
def test_words_that_count_things_stay_as_they_are(text: str) -> None:
    assert in_figures(plain(text)).text == text


@examples(25)
@given(
    st.lists(st.sampled_from(["nine", "oh", "double two", "dash", "capital K", "1l0", " ", "mum"]))
)
def test_every_place_can_be_told_in_the_text_as_given(words: list[str]) -> None:
    text = " ".join(words)
    told = in_figures(plain(text))
    for start in range(len(told.text)):
        begun, done = told.map_to_original(start, start + 1)
        assert 0 <= begun < done <= len(text)
