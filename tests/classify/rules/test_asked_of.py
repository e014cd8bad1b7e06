from __future__ import annotations

import pytest

from classify.rules.asked_of import (
    answers_in_danger,
    answers_that_all_is_well,
    asks_neighbours,
    counts_themselves_in,
)


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


ONE_IN_FIVE = "One in five people will think of suicide in their lifetime."
A_FRIEND = "If a friend tells you that they want to end their life, listen."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("I am one of them. Most nights.", ONE_IN_FIVE),
        ("im still one of those", ONE_IN_FIVE),
        ("That's me.", "Many who self-harm hide it for years"),
        ("Asking as him. I am 'a friend'.", A_FRIEND),
        ("I'm the friend", A_FRIEND),
        ("me every night", "Some people live with domestic abuse in silence"),
    ],
)
def test_who_counts_themselves_among_people_in_danger_is_in_danger(answer: str, said: str) -> None:
    assert counts_themselves_in(answer, said)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("I was one of them. Not for years now", ONE_IN_FIVE),
        ("I'm one of the volunteers, come and join us", "Our suicide helpline is looking for ears"),
        ("That's me on the left", "Our suicide prevention team at their away day"),
        ("I am one of them", "One in five people will have a blue badge by 2040"),
        ("I'm one of the listeners he helped " * 8, ONE_IN_FIVE),
        ("Good advice, I did just that for my mate", A_FRIEND),
    ],
)
def test_who_was_who_helps_and_who_speaks_of_else_is_not(answer: str, said: str) -> None:
    assert not counts_themselves_in(answer, said)


@pytest.mark.parametrize(
    "answer", ["yes hun all good, he's just downstairs x", "I'm fine, false alarm", "all sorted ta"]
)
def test_few_words_can_answer_that_all_is_well(answer: str) -> None:
    assert answers_that_all_is_well(answer, "Are you ok hun? Are you safe?")


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("all good but he took my phone", "Are you safe?"),
        ("I'm ok-ish", "Are you ok?"),
        ("yes fine, can't talk, he's in the next room", "Are you safe?"),
        ("It isn't all good", "Are you ok?"),
        ("all good", "Have you taken anything?"),
        ("no", "Are you ok?"),
    ],
)
def test_what_takes_it_back_or_answers_something_else_does_not(answer: str, question: str) -> None:
    assert not answers_that_all_is_well(answer, question)
