from __future__ import annotations

import pytest

from classify.rules.unequal_care import tells_of_unequal_care, told_of_kin


@pytest.mark.parametrize(
    "text",
    [
        "They called me by my old name in front of everyone, then asked what are you then",
        "I asked for a BSL interpreter and they turned me away",
        "No ramp. Spoke to me through the window in my chair",
        "The receptionist said 'where are you really from', I was born in Acton",
        "They wouldn't see me because I'm a Traveller",
        "It was racist and I told them so",
    ],
)
def test_who_was_met_otherwise_for_who_they_are_tells_of_unequal_care(text: str) -> None:
    assert tells_of_unequal_care(text)


@pytest.mark.parametrize(
    "text",
    [
        "I am Polish and I waited thirty minutes on the phone",
        "The wheelchair bay was full of vans again",
        "I am deaf, the text service was brilliant, thank you",
        "Racism is a word that is used too often",
    ],
)
def test_who_only_says_who_they_are_does_not(text: str) -> None:
    assert not tells_of_unequal_care(text)


def test_what_was_done_to_a_relative_is_told_of_them() -> None:
    assert told_of_kin("My brother has Downs and they put him last")
    assert not told_of_kin("My mum and I were told to wait, they laughed at me")
    assert not tells_of_unequal_care("My brother is autistic and they refused him a quiet room. I was livid")  # fmt: skip
