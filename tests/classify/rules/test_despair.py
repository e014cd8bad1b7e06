from __future__ import annotations

import pytest

from classify.rules import despair

TOLD = (
    "Tonight I end it. Pills are ready, goodbye", "she may take tablets tonight", "ending it tonight, simple as", "He wrote goodbye and turned his phone off",
    "no more tomorrow for me", "I have saved up my insulin", "He posted a photo of a noose", "She is on the platform edge at Euston",
    "the woman says she won't see tomorrow", "someone on here left a goodbye letter to his kids", "Tablets counted out, all of them, tonight. Sorry.",
    "he's sitting on the ledge of the car park", "I think she took a whole box of paracetamol", "they're stockpiling meds and saying goodbye",
    "not going to wake up again and that is fine", "She’s saying her goodbyes", "it reads like he will jump", "tired of living, done",
    "he says he's giving up on life", "last night alive, he writes", "I’ll finish it all tomorrow", "she might swallow the lot, all the pills, now",
)  # fmt: skip
QUIET = (
    "Her tablets are not in stock at the pharmacy", "My tablets were ready at the chemist on Monday", "Took my tablets to reception to ask about the dose",
    "Saying goodbye to our walk-in centre, a sad day", "They wave goodbye to the clinic", "The consultation ends tonight", "The roof leaks at Northwick Park",
    "no disabled spaces in the car park", "The bridge to the hospital is closed", "It names my manager", "a false claim about our opening hours",
    "She says that the nurse was rude", "When will this end? Nine hours on hold", "A photo of a patient on the ward", "The platform took our post down",
    "He has to take tablets every morning and nobody rang back", "A journalist asks by tomorrow", "They ended the contract today", "sorry, wrong link, the right one is below",
    "last day for flu jabs", "final message from our chair", "the knife went missing from the ward kitchen", "insulin is out of stock everywhere",
)  # fmt: skip


@pytest.mark.parametrize("words", TOLD)
def test_despair_is_told_however_it_is_put(words: str) -> None:
    assert despair.told_in(words)


@pytest.mark.parametrize("words", QUIET)
def test_a_pharmacy_a_roof_and_a_goodbye_to_a_clinic_are_none(words: str) -> None:
    assert not despair.told_in(words)


def test_long_words_cost_little() -> None:
    assert not despair.told_in("she said that the tablets were " * 1500)
