"""A search on a person's request is of a person: names and accounts pass, and what staff talk about does not."""

from __future__ import annotations

import pytest

from classify.people.whom import manner

PERSONS = (
    "Tamsin Quill", "tamsin quill", "rowan_ashdown", "@rowan_ashdown", "trolley_dodger", "quietkiln", "quietkiln.example.net", "@kiln@fedi.example.net", "Okonkwo", "Dr Patel",
    "J. Okonkwo", "Grace Hill", "rowan@example.org", "https://bsky.app/profile/rowan", "07700 900123", "999 000 0018", "sarah", "O'Neill", "Anne-Marie Baker",
    "Zanzibarquux", "Siobhán Ní Bhriain", "night_owl_nurse", "pushing-since-09", "Иванова",
)  # fmt: skip
WORDS = (
    "nurse", "nurses", "my manager", "Band", "band 7", "union", "unison", "charge nurse", "ward sister", "grievance", "whistleblower", "Hillingdon", "Northwick Park", "bullying",
    "whistle", "HCA", "receptionist", "night shift", "our ward", "rota", "sepsis", "Head of Nursing", "strike", "my line manager", "agency staff", "hospital", "@nurse", "A&E",
)  # fmt: skip


@pytest.mark.parametrize("who", PERSONS)
def test_a_name_an_account_an_address_and_a_number_are_looked_for_by_every_word(who: str) -> None:
    assert manner(who) == "words"


@pytest.mark.parametrize("who", WORDS)
def test_words_that_name_nobody_find_an_account_of_that_name_alone(who: str) -> None:
    assert manner(who) == "account"


@pytest.mark.parametrize(
    "who", ["Mark Long", "Hope Ward", "K Lamb", "Ian Lee", "Ian", "Nurse Ratched", "nurs", "manag"]
)
def test_a_name_of_everyday_words_and_a_piece_of_one_are_looked_for_as_they_stand(who: str) -> None:
    assert manner(who) == "phrase"


def test_six_words_of_their_own_are_a_quotation_and_five_are_none() -> None:
    assert manner("I waited nine hours with mum") == "quote"
    assert manner("waited nine hours with mum") == "account"
