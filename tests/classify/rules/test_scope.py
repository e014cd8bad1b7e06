"""What text names: the ICB, its providers, its places, health care, and bodies of the same name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.rules.scope import _ELSEWHERE, ScopeCues, scope_cues
from classify.rules.staff import named
from classify.text.names import areas

NAMES = ("NHS North West London", "NWL ICB", "@HealthierNWL")
PLACES = ("Brent", "Harrow", "Hammersmith & Fulham")
PROVIDERS = ("Northwick Park", "LNWH", "Chelsea and Westminster")


def cues(text: str, bio: str = "") -> ScopeCues:
    return scope_cues(text, bio, NAMES, PLACES, PROVIDERS)


@pytest.mark.parametrize(
    "text",
    [
        "The ICB closed our walk-in clinic", "@HealthierNWL why no appointments", "#NWLICB cuts nurses again",
        "nhs  north-west london consultation on urgent care", "A&E at northwick park is grim", "chelsea & westminster maternity saved us",
        "Hammersmith and Fulham GPs have no nurse this week",
    ],
)  # fmt: skip
def test_health_care_of_the_area_is_in_scope(text: str) -> None:
    assert cues(text).suggests is True


@pytest.mark.parametrize(
    "text",
    [
        "ICB Bangladesh mutual fund dividend", "The International Criminal Bar elects its board. ICB", "ICB whippets seminar",
        "Kent and Medway ICB cuts GP funding", "Wickets tumble at ICB trophy",
    ],
)  # fmt: skip
def test_another_body_of_that_name_is_out_of_scope(text: str) -> None:
    assert cues(text).suggests is False


def test_a_place_without_health_is_left_open() -> None:
    found = cues("Brent v Harrow in the cup on Saturday")
    assert found.places == ("Brent", "Harrow")
    assert found.health == 0
    assert found.suggests is None


def test_what_names_nothing_is_out_of_scope() -> None:
    assert cues("Lovely loaf this morning").suggests is False


def test_what_was_found_is_told_as_configured() -> None:
    assert cues("CHELSEA & WESTMINSTER and lnwh").providers == ("LNWH", "Chelsea and Westminster")


def test_a_name_within_a_word_is_no_name() -> None:
    assert cues("Harrowing Brentford").places == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from((*PLACES, *PROVIDERS, "leeds", "south", "north", "east", "west", "london", "kent", "king's", "college hospital")),
            st.sampled_from((" ", "-", "", " #", ", ", "  ", "@")),
        ),
        max_size=7,
    )
)  # fmt: skip
def test_a_place_elsewhere_is_one_that_stands_there_without_our_names(parts: list[tuple[str, str]]) -> None:  # fmt: skip
    text = "".join(word + between for word, between in parts).lower()
    rest = named((*NAMES, *areas(NAMES), *PLACES, *PROVIDERS)).compiled.sub(" ", text)
    assert cues(text).elsewhere == (_ELSEWHERE.compiled.search(rest) is not None)
