from __future__ import annotations

import pytest

from classify.rules.asked_of import answers_in_danger, asks_neighbours


@pytest.mark.parametrize(
    "text",
    [
        "Does anyone in Harrow know who to talk to about a rail for the bath?",
        "Girls, did any of ye go to the menopause clinic?",
        "Parents of Perivale, has anybody tried the school nurse drop-in?",
        "Any recommendations for a dentist round Acton way",
    ],
)
def test_a_question_to_whoever_reads_it_asks_no_service(text: str) -> None:
    assert asks_neighbours(text)


@pytest.mark.parametrize(
    "text",
    [
        "Can you send me the form for travel costs please?",
        "Does anyone at the trust answer the phone? My scan was in June",
        "@HealthierNWL does anyone read these? I need my mum's chair back",
        "Could someone from the ICB call me back",
    ],
)
def test_what_is_asked_of_a_service_is_not_asked_of_neighbours(text: str) -> None:
    assert not asks_neighbours(text)


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("no and no", "Are you safe right now? Is there someone with you?"),
        ("nope", "are u ok mate?"),
        ("Yes. tonight", "Are you going to hurt yourself?"),
        ("all of them", "Have you taken anything?"),
        ("still am", "You still thinking of going through with it?"),
    ],
)
def test_few_words_that_answer_a_question_of_danger_are_danger(answer: str, question: str) -> None:
    assert answers_in_danger(answer, question)


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("yes thanks, home now and my sister is here", "Are you safe right now?"),
        ("no", "Are you going to hurt yourself?"),
        ("no", "Is the walk-in centre open on Sunday?"),
        ("Yes, I will ask for the form at the desk", "Have you got the new form?"),
        ("Ring Samaritans on 116 123, any time", "Are you thinking of ending it?"),
        ("no " * 80, "Are you safe right now?"),
        ("no", ""),
    ],
)
def test_other_answers_are_none(answer: str, question: str) -> None:
    assert not answers_in_danger(answer, question)
