from __future__ import annotations

import pytest

from classify.rules.faults import SHORT, finds_fault


@pytest.mark.parametrize(
    "text",
    [
        "They said two weeks for the results. Still waiting.",
        "Interpreter was booked in the wrong language again",
        "Rang at 8.00, 8.05 and 8.11. Cut off each time. Gave up.",
        "nobody rang back and the nurse was rough with the needle",
        "Third time our scan has been cancelled the night before",
        "dads hearing aid went missing on the ward",
        "walked in, walked out, no appointments left",
        "Physio was fine. Sixteen weeks for a phone call.",
        "asked three times for a pillow",
        "Rang the helpline with a temperature like it says on the card. Answerphone.",
        "mi wait three hour fi the blood test",
        "Seven week fi hear back bout mi scan",
        "They book for me interpreter of Albanian, I speak Somali",
        "forty stairs and no buggy space at the baby clinic",
        "The bell went unanswered for twenty minutes",
    ],
)
def test_a_charge_about_care_is_told_by_its_words(text: str) -> None:
    assert finds_fault(text, glad=False)


@pytest.mark.parametrize(
    "text",
    [
        "Appointment at Hillingdon is on the 14th. Does the car park take cards?",
        "Blood test in and out, all fine",
        "Left a message on the answerphone and the nurse rang straight back",
        "There is an interpreter for the deaf on Tuesdays",
        "Waited two hours but no complaints, they kept us informed and it was worth the wait",
        "The lift at the clinic is back on, just so people know",
    ],
)
def test_what_charges_nothing_or_says_that_all_was_well_finds_no_fault(text: str) -> None:
    assert not finds_fault(text, glad=True)


def test_what_reads_as_glad_has_to_turn_to_find_fault_and_to_be_short() -> None:
    assert finds_fault("Lovely staff, but eleven hours on a plastic chair", glad=True)
    assert not finds_fault("Eleven hours on a plastic chair and I was never happier", glad=True)
    long = "Lovely staff, but nobody rang back. " + "She sang to him all night. " * 12
    assert len(long) > SHORT
    assert not finds_fault(long, glad=True)
