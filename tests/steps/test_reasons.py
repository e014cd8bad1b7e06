"""A reason is judged in one place: what is about anyone's employment, or curiosity, is none, however it is spelt."""

from __future__ import annotations

import pytest

from steps import reasons

EMPLOYMENT = [
    "for a disciplinary hearing of the nurse", "HR wants to know who wrote it", "H.R. asked for it this morning", "human-resources asked us for this",
    "the boss asked for the name of this member of staff", "needed for the capability meeting of the band 6", "for her CAPABILITY\u00a0hearing",
    "disiplinary panel on Thursday", "for the discplinary of the nurse", "needed by his line-manager", "her line\u200bmanager asked", "line mananger asked for this",
    "director of people wants a copy of this", "Human\u200bResources asked", "her аppraisal next week", "ER casework of the trust", "for the misconduct panel",
    "to find out who wrote this about us", "Who's behind this account", "which of our staff says this", "identify the member of staff please",
    "grievance hearing on Monday", "her sickness absence review", "my manager wants to know about it", "band seven nurse, is it her", "greivance of a colleague",
    "they want her sacked by Friday", "fitness to practise referral", "bоss asked me",
    "need to know who to sack", "find out who should be told off by her boss", "find out who wrote it and who to tell",
]  # fmt: skip
CURIOSITY = [
    "bored on a Sunday and curious", "idle curiosity about this person", "just wondering what they said", "see if I know the writer of it", "it is my neighbour I believe",
    "out of interest in the story", "nosey about the ward", "for a laugh with the team",
]  # fmt: skip
OF_WORK = [
    "The practice asks whose number it is", "PALS asked which ward", "Police want the address, ref 12", "To report it to Facebook", "to ring the practice",
    "Dismissed by the GP without a scan, PALS asks where", "The ward manager has to ring the family", "Asked to reply within 24 hrs", "patient waited 72 hr, PALS asks which site",
    "They can't register: the practice asks which registration form", "Safeguarding asks if a child is named", "the clock of 48 hr runs out, ICO form",
    "To check if the capability of the phone line is what they mean", "The GMC number in it may be made up: is it a doctor's", "A wristband is in the photo",
    "The occupational therapist's clinic is named, is it ours", "Which street is flooded, estates asks",
    "The multi-disciplinary team asks which clinic", "For the inter-disciplinary meeting about the service", "To find out who to pass it to", "I need to know who to ring about it",
    "We need to know who should answer them",
]  # fmt: skip


@pytest.mark.parametrize("reason", EMPLOYMENT)
def test_what_is_about_anyone_s_employment_opens_nothing_and_takes_nothing(reason: str) -> None:
    barred = reasons.refused(reason)
    assert barred is not None
    assert barred.ground == "employment"
    assert "Tell governance" in barred.says
    assert barred.words in barred.says
    assert reasons.about_employment(reason)


@pytest.mark.parametrize("reason", CURIOSITY)
def test_curiosity_opens_nothing_and_takes_nothing(reason: str) -> None:
    for of_files in (False, True):
        barred = reasons.refused(reason, of_files=of_files)
        assert barred is not None
        assert barred.ground == "curiosity"


@pytest.mark.parametrize("reason", OF_WORK)
def test_what_an_officer_needs_to_see_a_post_for_is_taken(reason: str) -> None:
    assert reasons.refused(reason) is None


@pytest.mark.parametrize(
    "reason", ["report to the medical director", "asked by the ward's manager", "before he is dismissed", "people and OD asked for a copy", "suspended since May", "her registration is looked at", "for the nurse’s registration",
     "occupational health asked for it", "the recruitment team checks the candidate", "for talent management"],
)  # fmt: skip
def test_a_file_is_not_taken_for_words_that_may_be_a_patient_s_in_a_look(reason: str) -> None:
    assert reasons.refused(reason) is None
    assert reasons.about_employment(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "The county court asked for it by Friday", "X wants proof of the threat", "For the board’s paper on waiting times",
        "Complaint 2026-114 about the phones at Ealing", "Part of the yearly audit of how well posts are read",
        "Registration at GP practices, for the board’s paper", "Complaint 2026-118 about waits for occupational therapy",
        "Recruitment of GPs as patients tell of it, for the board", "Complaint about the talent show of the hospital’s charity",
    ],
)  # fmt: skip
def test_a_file_for_another_purpose_is_taken(reason: str) -> None:
    assert reasons.refused(reason, of_files=True) is None
