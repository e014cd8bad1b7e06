"""Who says that views are their own, and who only seems to."""

from __future__ import annotations

import re

import pytest

from classify.rules.disclaimer import (
    ANYWHERE,
    EVERYDAY,
    IN_BIO,
    SOMEBODY_ELSES,
    SOUNDS_LIKE,
    has_disclaimer,
)


@pytest.mark.parametrize(
    "bio",
    [
        "Nurse. Views my own", "views are mine", "All opinions mine alone", "Opinions? Mine.", "tweets personal", "Tweets = me",
        "views=mine", "RN. mine not theirs", "Not the views of my employer", "opinions not my trust's", "I speak for myself",
        "Speaking only for myself", "All my own waffle", "here in a personal capacity", "Personal account", "personal profile",
        "RTs not endorsement, personal account", "I don't tweet for the ICB", "skeets don't speak for my employer", "just me",
        "HCA. my gob my words", "posting personally", "payroll @ ICB • not a spokesman", "opinions belong to me", "*own views*",
        "nothing here is on behalf of anyone", "Thoughts are mine and not my trust's", "not the trust's voice", "I write as myself",
        "Views expressed are my own and do not reflect those of the NHS", "MY OWN VIEWS", "Views: own",
        "any opinions are this nurse's alone", "Colin's views only",
    ],
)  # fmt: skip
def test_a_bio_that_says_so_in_any_words_is_a_disclaimer(bio: str) -> None:
    assert has_disclaimer("Long day on the ward.", bio)


@pytest.mark.parametrize(
    "bio",
    [
        "", "Nurse at Northwick Park", "RTs are not endorsements", "Mum of two, own teeth", "My own boss", "Gym owner",
        "Home owner in Pinner", "Here for the views from Harrow Hill", "Owner of opinions on cheese",
        "posts about knitting, cats only. ODP at Charing Cross", "Speech therapist. own my mistakes",
        "Manager at NHS NWL | own views of the city skyline on my Instagram", "Tweets on buses only",
    ],
)  # fmt: skip
def test_a_bio_that_does_not_is_none(bio: str) -> None:
    assert not has_disclaimer("Long day on the ward.", bio)


@pytest.mark.parametrize(
    "text",
    [
        "The views expressed by the minister are his own", "Share your own views on the hub", "Patients' own views matter",
        "In my opinion it's too slow", "That coat is mine", "The surgery's own account posted it", "Residents gave their own opinions",
    ],
)  # fmt: skip
def test_the_views_of_somebody_else_are_no_disclaimer(text: str) -> None:
    assert not has_disclaimer(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "Great board meeting. (Views my own)", "Speaking in a personal capacity: this merger is right",
        "These opinions are mine and not my employer's. The rota is a mess", "All views expressed are my own.",
    ],
)  # fmt: skip
def test_a_text_may_carry_the_disclaimer_itself(text: str) -> None:
    assert has_disclaimer(text, "")


@pytest.mark.parametrize(
    ("example", "pattern"), [pair for way in (*ANYWHERE, *IN_BIO) for pair in way.items()]
)
def test_each_pattern_finds_its_example_and_a_bio_of_it_is_a_disclaimer(
    example: str, pattern: str
) -> None:
    assert re.search(pattern, example)
    assert has_disclaimer("Long day on the ward.", example)


@pytest.mark.parametrize(("example", "pattern"), SOUNDS_LIKE.items())
def test_what_only_sounds_like_one_is_none_in_a_bio(example: str, pattern: str) -> None:
    assert re.search(pattern, example)
    assert not has_disclaimer("Long day on the ward.", example)


@pytest.mark.parametrize(("example", "pattern"), EVERYDAY.items())
def test_everyday_words_are_none_in_a_text(example: str, pattern: str) -> None:
    assert re.search(pattern, example)
    assert not has_disclaimer(f"{example}, too slow.", "")


@pytest.mark.parametrize(("example", "pattern"), SOMEBODY_ELSES.items())
def test_views_after_somebody_elses_name_are_none(example: str, pattern: str) -> None:
    assert re.search(pattern, example)
    assert not has_disclaimer(f"{example}own views", "")
    assert has_disclaimer("own views", "")
