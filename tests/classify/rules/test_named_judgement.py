from __future__ import annotations

import pytest

from classify.rules.named_judgement import judged_persons, tells_of_pests


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        ("Dr Shaw is useless", "Dr Shaw is useless"),
        ("Sorry, but Dr Sarah Shaw at Pinner View is so rude", "Dr Sarah Shaw at Pinner View is so rude"),
        ("The practice manager at Elm Tree Surgery is useless", "The practice manager at Elm Tree Surgery is useless"),
        ("Nurse Okafor was very lazy with me", "Nurse Okafor was very lazy"),
        ("Mr Bains the physio is totally incompetent", "Mr Bains the physio is totally incompetent"),
        ("our chief executive is clueless", "our chief executive is clueless"),
    ],
)  # fmt: skip
def test_a_word_of_judgement_of_one_who_can_be_told(text: str, judged: str) -> None:
    assert [text[start:end] for start, end in judged_persons(text)] == [judged]


@pytest.mark.parametrize(
    "text",
    [
        "The phone system is useless",
        "receptionists were rude",
        "Doctors here are useless",
        "Dr Shaw is never rude",
        "Dr Shaw isn't lazy, she is overworked",
        "Dr Shaw told me that the cream is useless",
        "Some people say Dr Shaw is useless and I can't agree",
        "I don't think that Dr Shaw is rude",
        "the health secretary is useless",
        "I felt useless until Dr Shaw helped me",
    ],
)
def test_no_judgement_of_a_service_of_many_of_others_or_denied(text: str) -> None:
    assert judged_persons(text) == ()


@pytest.mark.parametrize(
    ("text", "pests"),
    [
        ("Staff great, shame about the cockroaches on the ward", True),
        ("Mouse droppings and a slug in the toilet", True),
        ("There were rats in the kitchen", True),
        ("wall to wall cockroaches in saris", False),
        ("two faced rats at the front desk", False),
        ("The managers are cockroaches in the building", False),
        ("Rats in the kitchen and the staff are useless clowns", False),
    ],
)
def test_vermin_are_told_of_a_place_or_called(text: str, pests: bool) -> None:
    assert tells_of_pests(text) is pests
