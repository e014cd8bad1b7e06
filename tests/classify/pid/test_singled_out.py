"""People who are singled out without a name, and those who are not. All of them are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.pid import find, singled_out
from classify.text.clean import words_of
from tests.fuzz.profiles import examples

SINGLED_OUT = (
    ("the only Mongolian family in Northolt and their youngest has TB", ""),
    ("the only Sikh firefighter in Ruislip is on our burns list", ""),
    ("only Icelandic lady on the Golden Lane estate, has MS, you know who i mean", "receptionist"),
    ("I vaccinated the 102 year old twins on Ward 7, still holding hands", ""),
    ("98yo triplets on Beech ward!! all three with covid", ""),
    ("101 year old man on Sycamore ward proposed to me over his catheter", "student nurse"),
    ("PC Hallworth and your own kid was in my clinic on Tuesday for his hearing", ""),
    ("Our local MP's driver is under the psych team here", "mental health nurse, Brent"),
    ("your councillor's husband? on our detox unit since Monday", "HCA"),
    ("the head at our primary, his missus is in having her gallbladder out", "theatre nurse"),
    ("The deputy mayor's sister? She was in with an overdose on Friday", "A&E nurse"),
    ("that magician off the telly was in for haemorrhoids", "day surgery nurse"),
    ("the bloke who does the weather on the news came in with a perforated bowel", "ED reg"),
    ("the ginger vicar from St Barnabas is in for piles, i can't look at him", "endoscopy"),
    ("Lady who runs the wool shop in Ickenham is on my list for tomorrow", "anaesthetist"),
    ("A.K. on Fleming ward went into cardiac arrest at 4am", "staff nurse"),
    ("T.O'B. from bay 2 took her own drip out and walked to the shop in her gown", ""),
    ("R.B., side room 1, lymphoma. His kids aren't allowed to visit", ""),
)
NOT_SINGLED_OUT = (
    ("I am autistic and the only wheelchair user in Northolt's reading group", ""),
    ("We're the only family in Hayes with a GP who rings back about asthma", ""),
    ("The only midwife in Northolt who speaks Somali is retiring", "nurse"),
    ("the only GP surgery in Perivale with an asthma nurse closed", ""),
    ("The only Black family in our road and the GP still asks for a translator", ""),
    ("The twins are 6 months today! Thank you to the midwives at Queen Charlotte's", ""),
    ("100 year old building, ward 3 leaks when it rains", "ward clerk"),
    ("45 year old man wanted for walking on Ward 7 with a dog", ""),
    ("The vicar's wife brought cakes to the vaccination centre", "nurse"),
    ("The vicar's wife was on our ward with her carol singers", "nurse"),
    ("Our MP's office wrote to the ICB about my hip", ""),
    ("the baker from the parade brought us bread on our ward at 4am, legend", "HCA"),
    ("The detective's wife in last night's episode was under the psych team, as if", ""),
    ("A.E. wait times, ward by ward, are online", ""),
    ("Dr A.K. on Fleming ward told me about my cancer so gently", ""),
    ("A.I. on the ward reads chest x-rays now", ""),
)


@pytest.mark.parametrize(("text", "bio"), SINGLED_OUT)
def test_somebody_of_whom_there_is_but_one_is_a_hit(text: str, bio: str) -> None:
    assert "NARRATIVE" in {hit.type for hit in find(text, bio=bio)}


@pytest.mark.parametrize(("text", "bio"), NOT_SINGLED_OUT)
def test_somebody_who_could_be_many_or_is_no_patient_is_no_hit(text: str, bio: str) -> None:
    assert find(text, bio=bio) == ()


def test_only_one_who_cares_for_patients_makes_an_admission_a_leak() -> None:
    text = "that magician off the telly was in for haemorrhoids"
    assert find(text, bio="day surgery nurse")
    assert find(text, bio="gossip and gardening") == ()


def test_an_account_on_the_register_tells_by_consent() -> None:
    text = "the only Mongolian family in Northolt, and how they beat TB"
    assert find(text)
    assert find(text, official=True) == ()


@examples(25)
@given(
    st.from_regex(singled_out._OF_OFFICE.pattern).map(str.lower),
    st.from_regex(singled_out._KNOWN.pattern).map(str.lower),
    st.from_regex(singled_out._SO_OLD).map(str.lower),
    st.from_regex(singled_out._INITIALS),
)
def test_a_pattern_needs_one_of_its_words(office: str, known: str, old: str, initials: str) -> None:
    for pattern, text, words in (
        (singled_out._OF_OFFICE, office, singled_out._OFFICES),
        (singled_out._KNOWN, known, singled_out._FAME),
        (singled_out._SO_OLD, old, singled_out._AGED),
        (singled_out._INITIALS, initials, singled_out._PLACES),
    ):
        if pattern.search(text):
            assert words & words_of(text.lower())
