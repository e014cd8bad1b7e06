"""Another organisation's names are read as those that the model was taught on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.text.names import (
    TAUGHT_NAMES,
    TAUGHT_PLACES,
    TAUGHT_PROVIDERS,
    Names,
    areas,
    names_for,
)
from core import clock
from settings import schema
from steps import classifier

CONFIG = Path(__file__).parents[3] / "config.toml"

BODY = (
    "NHS Kent and Medway",
    "Kent and Medway ICB",
    "NHS Kent and Medway Integrated Care Board",
    "@HealthierKM",
)
PLACES = ("Reading", "Thanet", "Folkestone and Hythe")
PROVIDERS = ("East Kent Hospitals NHS Foundation Trust", "Medway Maritime Hospital", "KMPT")


@pytest.fixture
def names() -> Names:
    return names_for(BODY, PLACES, PROVIDERS)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Kent and Medway ICB is shut", "North West London ICB is shut"),
        ("KENT & MEDWAY ICB is shut", "North West London ICB is shut"),
        ("Thanks @HealthierKM!", "Thanks @HealthierNWL!"),
        ("every GP in Kent and Medway", "every GP in North West London"),
        ("sent to Medway Maritime Hospital", "sent to St Mary's Hospital"),
        ("the team at KMPT", "the team at CLCH"),
        ("waited in Reading", "waited in Ealing"),
        ("A folkestone & hythe clinic", "A Brent clinic"),
        ("NHS North West London is elsewhere", "NHS Norfolk and Waveney is elsewhere"),
        ("a clinic in Harrow", "a clinic in Truro"),
        ("still reading the letter", "still reading the letter"),
        ("no name here", "no name here"),
    ],
)
def test_each_name_is_read_as_one_of_its_kind(names: Names, text: str, read: str) -> None:
    assert names.read(text).text == read


def test_a_name_within_a_word_is_none(names: Names) -> None:
    assert names.read("proofReadings by @ReadingFC").text == "proofReadings by @ReadingFC"


def test_places_in_what_is_read_lead_back_to_the_text_as_given(names: Names) -> None:
    text = "In Thanet the nurse called us scum"
    normal = names.read(text)
    start = normal.text.index("scum")
    assert normal.text != text
    assert text[slice(*normal.map_to_original(start, start + 4))] == "scum"


@given(st.text(max_size=60))
def test_every_character_comes_from_the_text_in_order(before: str) -> None:
    text = f"{before} Kent and Medway ICB and Thanet {before}"
    normal = names_for(BODY, PLACES, PROVIDERS).read(text)
    assert len(normal.text) == len(normal.origin) == len(normal.until)
    assert list(normal.origin) == sorted(normal.origin)
    assert all(
        start < end <= len(text) for start, end in zip(normal.origin, normal.until, strict=True)
    )


def test_the_organisation_that_the_model_was_taught_on_is_read_as_it_is_written() -> None:
    assert names_for(TAUGHT_NAMES, TAUGHT_PLACES, TAUGHT_PROVIDERS).pattern is None


def test_the_names_that_ship_in_config_are_those_that_the_model_was_taught_on() -> None:
    known = classifier.known(schema.load(CONFIG), clock.parse("2026-11-28T12:00:00Z"))
    assert names_for(known.names, known.places, known.providers).pattern is None


def test_who_names_nothing_is_read_as_it_is_written() -> None:
    assert names_for((), (), ()).pattern is None


def test_a_new_borough_of_ours_is_read_as_one_that_is_known() -> None:
    names = names_for((*TAUGHT_NAMES,), (*TAUGHT_PLACES, "Camden"), TAUGHT_PROVIDERS)
    assert names.read("Camden and Harrow").text == "Ealing and Harrow"


def test_an_area_is_what_a_body_leaves_of_its_name() -> None:
    assert areas(BODY) == ("Kent and Medway",)
