from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.text.lexicon import rude


@pytest.mark.parametrize(
    "text",
    [
        "What a shit service", "FUCKING hell", "you utter wankers", "a bunch of twats", "complete bullshit",
        "that arsehole on reception", "Bastards, the lot of them", "motherfuckers", "he is a dickhead", "idiots!",
        "total scumbag", "pissed off with the wait", "what a load of bollocks", "bloody cunt",
    ],
)  # fmt: skip
def test_swearing_is_rude(text: str) -> None:
    assert rude(text) == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "The nurses were kind and I was seen on time", "Ring 111", "", "Scunthorpe, Penistone and Sussex",
        "Cocktails in Peacock Lane, classes, assistance, assess, passed", "the cockerel and the dickens",
        "Titsey, Shipston and Arsenal won", "skill, diet, headed, pirate, operate, trashy novels? no", "Hello",
    ],
)  # fmt: skip
def test_a_text_without_a_rough_word_is_not_rude(text: str) -> None:
    assert rude(text) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "They don't care if you die", "I hate this queue", "The ward was filthy", "pathetic service", "rats in the kitchen",
        "my dad is dead", "sick of it", "shut up and listen", "Murder on the Dancefloor", "a damned disgrace",
    ],
)  # fmt: skip
def test_rough_words_alone_tell_nothing(text: str) -> None:
    assert rude(text) is None


@given(st.text())
def test_there_is_an_answer_for_every_text(text: str) -> None:
    assert rude(text) in (1.0, 0.0, None)


@given(st.text(st.characters(categories=["L", "P", "N", "Zs"], max_codepoint=0x24F)))
def test_capitals_change_nothing(text: str) -> None:
    if len(text.upper()) == len(text):
        assert rude(f"{text} shit") == rude(f"{text} SHIT")
