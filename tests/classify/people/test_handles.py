"""Search terms that are accounts, posts that one person holds, and names of everyday words wait for two people; few others do."""

from __future__ import annotations

import pytest

from classify.people import handles, known_words, post_holders, search_terms

HANDLES = [
    "trolley_dodger",
    "pushing-since-09",
    "bunting_lane",
    "night-shift-nell",
    "wardsister84",
    "porter84",
    "angry_patient",
    "rota_rat",
    "bed_blocker99",
    "nights_again",
    "lost-in-triage-22",
    "tea_and_tachy",
    "drip_stand",
    "corridor_care",
    "winter_nurse",
    "ward_rat_7",
    "scrubs-not-hugs-11",
    "tiredhca",
    "nhs_mole",
    "canteen-critic-3",
]
POSTS = (
    "Chief Executive", "Chief Nurse", "Medical Director", "Chair", "Accountable Officer", "Head of Communications", "communications lead",
    "Director of Nursing", "Finance Director", "CEO", "NHS NWL chief executive", "Chief of Staff", "ICB Chair", "Lead Nurse", "Caldicott Guardian",
    '"Chief Nurse" AND ICB', "(NHS OR ICB) AND chief executive",
)  # fmt: skip
NAMES = (
    "Rose Ward", "Grace Field", "Mark Lane", "Will Hill", "J Smith", "J. R. Hartley", "A. Khan", "J K Rowling", "S. Ward", "Zoë Ångström",
    "José Peña", "Łukasz Żak", "محمد علي", "Мария Иванова", "李明", "Nurse Sam", "sister Mary", "Nurse Joy", "Doctor Ali", "Jack Hall", "Summer Green",
)  # fmt: skip
NOBODY = (
    "Lister Ward", "St Mary's", "Charing Cross", "Northwick Park", "Mount Vernon", "Holly Ward", "Victoria Ward", "Jubilee Ward", "Heather Ward",
    "Jasmine Unit", "Nightingale Wing", "Hope House", "Mill Hill", "Park Royal", "covid-19", "covid19", "NHS 111", "walk-in centre", "winter2026", "mid-2026",
    "budget2027", "111 option 2", "H1N1", "12-hour waits", "over-65s", "level-2 bed", "e-consult", "GP-led", "chief executives", "wheelchair service",
    "chair-based exercise", "head injury", "lead times", "nurse vacancies", "same day access",
)  # fmt: skip


def waits(text: str) -> bool:
    return bool(search_terms.in_term(text) or known_words.unknown(text, phrase=True))


@pytest.mark.parametrize("text", [*HANDLES, *POSTS, *NAMES])
def test_it_waits_for_two_people(text: str) -> None:
    assert waits(text)


@pytest.mark.parametrize("text", NOBODY)
def test_a_place_a_site_or_a_service_is_searched_for_at_once(text: str) -> None:
    assert not waits(text)


def test_what_is_near_is_the_same_without_signs_case_and_digits() -> None:
    for written in ("Trolley_Dodger", "trolley-dodger", "trolley dodger", "TrolleyDodger84", "tròlley.dodger"):  # fmt: skip
        assert handles.squashed(written) == "trolleydodger"
    assert "trolleydodger" in handles.compared("Ealing AND trolley dodger")
    # no hospital, and no everyday word by itself
    assert set(handles.compared("West Middlesex Hospital AND maternity")) == {"westmiddlesex"}


def test_what_a_vacancy_or_the_plural_names_is_nobody() -> None:
    assert post_holders.sole("Chief Nurse") == "chief nurse"
    assert post_holders.sole("chief nurse vacancy") == post_holders.sole("medical directors") == ""
