from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.training.dataset import tricked

POST = "The nurses on the maternity ward at Northwick Park were rude, slow & late: 3 hours! Ring 111 @ once 😡"
TEXTS = (
    st.text(max_size=120)
    | st.lists(
        st.sampled_from(["nurses", "waiting", "all", "kill", "NHS", "111", "£3.50", "@nurse", "café", "😡", "?!"]),
        max_size=20,
    ).map(" ".join)
)  # fmt: skip
BY_WHICH_WORDS_ARE_TORN = "-.*"


def but_letters(text: str) -> str:
    return re.sub(rf"[a-zA-Z {BY_WHICH_WORDS_ARE_TORN}]", "", text)


@given(TEXTS, st.integers())
def test_the_same_seed_plays_the_same_trick(text: str, seed: int) -> None:
    assert tricked(text, random.Random(seed)) == tricked(text, random.Random(seed))


@given(TEXTS, st.integers())
def test_no_text_is_emptied(text: str, seed: int) -> None:
    assert bool(tricked(text, random.Random(seed)).strip()) == bool(text.strip())


@given(TEXTS, st.integers())
def test_only_letters_and_blanks_are_touched(text: str, seed: int) -> None:
    assert but_letters(tricked(text, random.Random(seed))) == but_letters(text)


@given(TEXTS, st.integers())
def test_a_text_stays_about_as_long_as_it_was(text: str, seed: int) -> None:
    longer = len(tricked(text, random.Random(seed)))
    words = len(re.findall("[a-zA-Z]{4,}", text))
    assert len(text) - words - text.count(" ") <= longer <= len(text) + 2 * words


def test_short_words_numbers_and_signs_stay_as_they_are() -> None:
    text = "I am on 111 at 9:30, £3.50 & A&E 😡"
    for seed in range(30):
        assert tricked(text, random.Random(seed)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "shows",
    [
        pytest.param(lambda text: text.count(" ") < POST.count(" "), id="words run together"),
        pytest.param(lambda text: text.count(" ") > POST.count(" "), id="a word torn apart"),
        pytest.param(lambda text: len(text) < len(POST) and text.count(" ") == POST.count(" "), id="a letter dropped"),
        pytest.param(lambda text: re.search(r"[a-z][-.*][a-z]", text), id="a sign in a word"),
        pytest.param(lambda text: text != POST and sorted(text) == sorted(POST), id="letters swapped"),
        pytest.param(lambda text: re.search(r"([a-z])\1\1", text), id="a letter drawn out"),
    ],
)  # fmt: skip
def test_each_trick_is_played_some_time(shows) -> None:  # type: ignore[no-untyped-def]
    assert any(shows(tricked(POST, random.Random(seed))) for seed in range(200))


def test_most_texts_are_changed_but_not_every_word() -> None:
    changed = [tricked(POST, random.Random(seed)) for seed in range(100)]
    assert sum(text != POST for text in changed) > 80
    kept = [len(set(text.split()) & set(POST.split())) for text in changed]
    assert sum(kept) / len(kept) > 8
