from __future__ import annotations

import pytest

from classify.rules.faults import SHORT, finds_fault, finds_fault_plainly, mocks


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


@pytest.mark.parametrize(
    "text",
    [
        "Mum waited 14 hours on a trolley in Ealing. The staff were angels.",
        "Nothing against the staff, but my mum went without pain relief all night",
        "5 stars for the nurse, 1 star for the booking system",
        "Full marks to the physio, no marks for whoever runs the telephones",
        "Nan spent the night in a wheelchair. The nurses are heroes.",
        "He lay in a wet bed until dinner, and they are saints",
    ],
)
def test_some_faults_no_praise_takes_back(text: str) -> None:
    assert finds_fault_plainly(text)


@pytest.mark.parametrize(
    "text",
    [
        "14 hours in labour and the midwives were angels",
        "Eleven hours on a plastic chair and I was never happier",
        "5 stars for the nurse, 5 stars for the doctor",
        "I gave birth without pain relief, what a team",
        "They took one for the team. Four stars",
        "Pain relief whenever I asked, all night long",
        "Six weeks after my operation and I am dancing",
    ],
)
def test_praise_alone_finds_none(text: str) -> None:
    assert not finds_fault_plainly(text)


CLOSURE = (
    "The walk-in clinic closes on 30 September. Use the centre at the hospital, two buses away."
)


@pytest.mark.parametrize("text", ["Well done, slow clap", "Thanks for nothing", "Oh goody"])
def test_mockery_that_nobody_means_otherwise(text: str) -> None:
    assert mocks(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks a bunch",
        "really helpful if you own a helicopter",
        "Great news for anyone with a chauffeur",
        "Oh brilliant, another one gone",
        "oh marvellous",
        "Give that man a medal",
        "Superb timing, just before winter",
        "Fantastic, my 90 year old nan can just fly there",
    ],
)
def test_praise_for_bad_news_is_mockery_and_for_good_news_none(text: str) -> None:
    assert mocks(text, CLOSURE)
    assert not mocks(text, "Flu jabs at your pharmacy from Monday")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for letting us know",
        "Well done to everyone who worked there",
        "Really helpful, thank you",
        "It would be helpful if you could say when",
        "Oh good, the new building is nearer for us",
        "Very useful for anyone with questions",
    ],
)
def test_thanks_and_requests_mock_nobody(text: str) -> None:
    assert not mocks(text, CLOSURE)
