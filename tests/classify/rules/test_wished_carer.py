from __future__ import annotations

import pytest

from classify.rules.wished_carer import wishes_for_own_kind


@pytest.mark.parametrize(
    "text",
    [
        "Would not let me see a female doctor",
        "They wouldn't let me see a woman GP, told me to take what there is",
        "No female nurse on, so I went without my coil check",
        "I wanted a doctor who speaks Somali and they said no",
        "Asked for a Polish-speaking midwife twice",
        "Could my mother have a Muslim woman doctor? She asked for a Muslim doctor",
        "I asked for a female counsellor because I'm a Muslim woman",
        "Is there a male nurse? I need a male nurse for my catheter",
    ],
)
def test_a_wish_for_ones_own_sex_language_or_faith(text: str) -> None:
    assert wishes_for_own_kind(text)


@pytest.mark.parametrize(
    "text",
    [
        "I am not being seen by some foreign doctor, get me an English one",
        "I asked for a real woman, not a bloke in a dress",
        "No Muslim doctors for my kids, thanks",
        "I don't want to be seen by a Hindu doctor, find me a female nurse",
        "Muslim women who want a woman doctor can find one in Mecca",
        "I asked for a female nurse and got a poofter",
        "Wanted a woman doctor who was born here, send the rest back home",
        "They would not let me see the doctor",
        "The female patients waited longest",
    ],
)
def test_what_attacks_a_group_or_wishes_nothing_is_left_to_the_model(text: str) -> None:
    assert not wishes_for_own_kind(text)
