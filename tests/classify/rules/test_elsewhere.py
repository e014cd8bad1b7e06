"""What lies in another part of the country, told by where an organisation's own places lie."""

from __future__ import annotations

import pytest

from classify.rules.elsewhere import Elsewhere

NAMES = ("NHS North West London", "NWL ICB", "@HealthierNWL")
LONDON = Elsewhere(
    NAMES, ("Ealing", "Harrow", "Hounslow"), ("Northwick Park", "St Mary's Hospital")
)
YORKSHIRE = Elsewhere(
    ("NHS West Yorkshire",), ("Leeds", "Wakefield", "Bradford"), ("Pinderfields",)
)


@pytest.mark.parametrize(
    "text",
    [
        "@DorsetICB your transport left my sister in a corridor", "@WY_ICB who answers letters?", "nine hours in A&E at Pinderfields",
        "Anyone in Medway waiting for a hip operation?", "Waited all night in hospital in Reading",
        "#Gateshead flu jabs at the library, no appointment",
    ],
)  # fmt: skip
def test_health_care_far_off_is_told(text: str) -> None:
    assert LONDON.names_only_that(text)


@pytest.mark.parametrize(
    "text",
    [
        "drove from Luton to St Mary's with my dad's pyjamas, visiting was off", "Moved from Leeds, how do I register with a GP?",
        "the GP in HA3 is gone to Devon", "@Hounslow_ICB the clinic is shut", "reading the nurse's notes at the surgery",
        "Slough lost two nil", "my doctor says hello", "@HealthierNWL is Truro's hospital yours?", "the clinic on Norfolk Road is shut",
        "The coach for Coventry leaves at seven. White tops, no logos, and the altos are to learn bars 40 to 62 by heart this time, please. "
        "I ask for prayer too: the checks at the hospital are filled in all in one go",
    ],
)  # fmt: skip
def test_what_may_be_ours_or_only_passes_through_is_left_open(text: str) -> None:
    assert not LONDON.names_only_that(text)


def test_what_is_far_off_depends_on_whose_places_are_near() -> None:
    assert YORKSHIRE.names_only_that("the wards at Ealing are full")
    assert not YORKSHIRE.names_only_that("nine hours in A&E at Pinderfields")
    assert not YORKSHIRE.names_only_that("Huddersfield walk-in clinic is shut")


def test_where_a_post_stands_tells_it_too() -> None:
    assert LONDON.names_only_that("Not one person said sorry", "Leicester Royal Infirmary")
    assert not LONDON.names_only_that("Not one person said sorry", "Northwick Park")


def test_an_organisation_whose_places_nobody_knows_has_nothing_far_off() -> None:
    assert not Elsewhere(("NHS Nowhere",), ("Nowhere",), ()).names_only_that("A&E in Truro is full")
