"""A slip of the keys finds the word that was meant, and nothing is made of what is too short or a number."""

from __future__ import annotations

import pytest

from core.spelling import Known, alike, fold, heads, nearest, nearest_by_sound

WORDS = [Known(word, posts) for word, posts in (
    ("hillingdon", 40), ("appointment", 300), ("appointments", 90), ("harrow", 12), ("narrow", 30), ("ealing", 9),
)]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hilingdon", "hillingdon"), ("hillingdno", "hillingdon"), ("illingdon", "hillingdon"), ("jillingdon", "hillingdon"),
        ("appointmnt", "appointment"), ("haarrow", "harrow"), ("eailng", "ealing"), ("hilingdn", "hillingdon"),
    ],
)  # fmt: skip
def test_a_slip_finds_the_word_that_was_meant(typed: str, meant: str) -> None:
    assert nearest(typed, WORDS) == meant


@pytest.mark.parametrize("typed", ["hill", "mother", "eal", "4857773456", "harr0w", ""])
def test_what_is_no_slip_of_a_word_finds_none(typed: str) -> None:
    assert nearest(typed, WORDS) == ""


def test_the_fewest_slips_come_first_then_the_first_letter_then_what_is_usual() -> None:
    assert nearest("karrow", [Known("harrow", 1), Known("narrow", 3)]) == "narrow"
    assert nearest("harrov", [Known("harrow", 1), Known("marrov", 9)]) == "harrow"
    assert nearest("appointmentt", WORDS) == "appointment"


def test_a_word_that_is_not_usual_enough_is_not_meant() -> None:
    assert nearest("hilingdon", WORDS, common=39) == "hillingdon"
    assert nearest("hilingdon", WORDS, common=40) == ""


@pytest.mark.parametrize("word", ["hillingdon", "harrow", "ealing"])
def test_every_slip_in_the_first_letters_is_among_the_beginnings_that_are_tried(word: str) -> None:
    typed = {
        word[1:],
        word[:1] + word[2:],
        f"x{word[1:]}",
        word[1] + word[0] + word[2:],
        f"q{word}",
    }
    for one in typed:
        assert any(word.startswith(head) for head in heads(one)), one
    assert len(heads(word)) < 200


def test_accents_and_capitals_do_not_count() -> None:
    assert fold("Café ÉALING") == "cafe ealing"


@pytest.mark.parametrize(
    ("word", "other", "same"),
    [("hil", "hillingdon", True), ("hilingdon", "hillingdon", True), ("st", "stanmore", False), ("harrow", "barnet", False)],
)  # fmt: skip
def test_a_name_is_told_by_its_beginning_or_with_a_slip(word: str, other: str, same: bool) -> None:
    assert alike(word, other) is same


@pytest.mark.parametrize(
    ("typed", "meant"), [("revue", "review"), ("phisio", "physiotherapy"), ("farmacy", "pharmacies"), ("fone", "phone"), ("xyzw", ""), ("re", "")],
)  # fmt: skip
def test_a_word_that_is_written_as_it_sounds_finds_the_word(typed: str, meant: str) -> None:
    words = [Known(word, 3) for word in ("review", "physiotherapy", "pharmacies", "phone", "reviewer", "revel")]  # fmt: skip
    assert nearest_by_sound(typed, words) == meant
