from __future__ import annotations

import pytest

from classify.rules.blamed_harm import LONGEST, blames_care_for_harm

NEWS = "We thank the coroner for her findings at the inquest"


@pytest.mark.parametrize(
    "text",
    [
        "Dr P misdiagnosed me for two years, I lost a kidney",
        "Lost my sight in one eye waiting for this hospital to ring back",
        "I went in with a sore foot and came out without it",
        "Mum went in talking and came out in a box",
        "Dad walked in on Monday and left in a hearse on Friday",
        "They sent him home with indigestion and he was dead by the morning",
        "My son can't walk now because nobody read the scan",
        "Nobody looked at the blood results, so I am on dialysis for life",
        "Waited eleven months for the scan. By then it was everywhere.",
        "He went in for a check and never came home",
        "My baby has cerebral palsy because the midwife went on her break",
    ],
)
def test_a_death_or_a_lasting_injury_is_put_down_to_care(text: str) -> None:
    assert blames_care_for_harm(text)


@pytest.mark.parametrize(
    "text",
    [
        "so you let her die and now you want a round of applause",
        "You knew and did nothing.",
        "blood on your hands",
        "Cover up",
        "tell that to her mum. you had four chances",
        "she is dead because of you lot",
    ],
)
def test_what_answers_news_of_a_death_is_read_with_it(text: str) -> None:
    assert blames_care_for_harm(text, NEWS)


@pytest.mark.parametrize("text", ["You knew and did nothing.", "Cover up", "They lied"])
def test_the_same_few_words_say_too_little_under_other_news(text: str) -> None:
    assert not blames_care_for_harm(text, "The car park at the clinic is full")
    assert not blames_care_for_harm(text)


@pytest.mark.parametrize(
    "text",
    [
        "I lost a kidney to cancer ten years ago and this team has looked after me ever since",
        "Went in with a sore foot and came out with a smile",
        "Dad died here in March and the nurses held his hand, thank you",
        "They let her die at home in her own bed as she wished",
        "Lost my glasses waiting for the eye clinic",
        "They lost the letter about my hearing aid and nobody looked for it",
        "They changed the rota before somebody dies",
        "My phone died while they ignored my call",
        "Nobody did anything wrong, and he died on Ward 7",
        "Out of date test kits. We'll be dead before they cancelled it",
        "My dad died of bowel cancer and they never examined me",
    ],
)
def test_what_nobody_is_blamed_for_is_no_charge(text: str) -> None:
    assert not blames_care_for_harm(text)


def test_a_harm_and_a_blame_far_apart_are_not_put_together() -> None:
    far = "My father died in May. " + "The garden was in flower and we sat there every day. " * 3
    assert not blames_care_for_harm(far + "They cancelled my appointment")


def test_a_long_post_is_left_to_the_model() -> None:
    text = "They sent him home and he was dead by the morning. "
    assert blames_care_for_harm(text)
    assert not blames_care_for_harm(text + "It rained. " * LONGEST)
