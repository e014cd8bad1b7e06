"""A search that gathers staff by their role, or singles out one of them, waits for two people; a service, a subject and the plural do not."""

from __future__ import annotations

import pytest

from classify.people import known_words
from classify.people.staff_roles import sought

WAIT = """
the night sister|night sister|Night Sister|the porter|that receptionist|phlebotomist*|nurse*|midwi*|porter*|receptionist*|theatre nurse|bank midwife|
receptionist Kingsbury surgery|porter Hillingdon|nurse ward 7|consultant Northwick Park|Northwick Park consultant|"night porter" Ealing|#NightSister|
colour AND blind AND porter|nurse NEAR/5 Harrow|receptionist AND Northwick|"the night sister"|(porter AND Hillingdon) OR lift|health visitor Brent|junior doctor A&E
""".replace("\n", "").split("|")  # fmt: skip
PASS = """
receptionists Northwick Park|sisters on ward 7|matrons Hillingdon|nurses Hillingdon|my sister A&E Northwick Park|GP receptionist|school nurse|district nurse Ealing|practice nurse|
midwife led unit|nurse shortage|consultant|health visitor|GP Harrow|dentist Ealing|pharmacist Brent|appointment*|GP AND appointment*|receptionist AND rude|maternity Northwick Park|
nurse vacancies Hillingdon|"ward 7" NOT porter|lift OR porter|carer support Harrow|walk-in centre
""".replace("\n", "").split("|")  # fmt: skip


@pytest.mark.parametrize("written", WAIT)
def test_a_role_with_its_shift_place_or_every_ending_waits_for_two(written: str) -> None:
    (words,) = sought(written)
    assert words in known_words.unknown(written)
    assert known_words.unknown(written, allowed=[words]) == []


@pytest.mark.parametrize("written", PASS)
def test_a_service_a_subject_a_relative_and_the_plural_pass(written: str) -> None:
    assert sought(written) == []
