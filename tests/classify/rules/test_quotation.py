from __future__ import annotations

import time

import pytest

from classify.rules.quotation import is_answered


@pytest.mark.parametrize(
    "words",
    [
        "That is a disgusting thing to say. Reported.",
        "You can't threaten staff",
        "nobody deserves that",
        "I'm so sorry, please ring 111",
        "The Samaritans are there on 116 123",
        "Are you safe?",
        "It gets better. DM me",
    ],
)
def test_who_objects_or_helps_answers_it(words: str) -> None:
    assert is_answered(words)


@pytest.mark.parametrize(
    "words", ["ok", "This. Exactly my plan.", "Meant every word", "source?", ""]
)
def test_who_agrees_or_speaks_of_other_things_does_not(words: str) -> None:
    assert not is_answered(words)


def test_a_long_answer_takes_no_more_than_its_length_asks() -> None:
    start = time.process_time()
    assert not is_answered("don a & b dm  " * 10_000)
    assert time.process_time() - start < 2
