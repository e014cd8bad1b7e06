"""What is to be rung in danger can be rung, or whoever saves it is asked; and it names nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from collectors.platforms import PLATFORM_NAMES
from settings import overrides, schema, telephones, warnings
from settings.overrides import with_content
from settings.schema import Config
from settings.sections import content, find
from tests.cycles import SHIPPED

CAN_BE_RUNG = (
    "020 7946 0133", "020 7946 0133, day and night", "+44 20 7946 0133", "+44 (0)20 7946 0133", "02079460133", "(020) 7946 0133", "020-7946-0133",
    "07700 900123", "0808 157 0123", "the on-call manager, 020 7946 0199", "020 7946 0133 ext 4321", "020 7946 0133, 9 to 5; else 020 7946 0155",
    "Duty desk 020 7946 0133, option 2, 08:00 to 18.30", "999", "111", "101", "105", "NHS 111, option 2", "116 123", "116123", "Samaritans 116 123",
    "999, then 020 7946 0133", "020 7946 0133 or 020 7946 0155 (24/7)", "020 7946 0133 / 07700 900123", "+33 1 42 68 53 00", "",
)  # fmt: skip
NO_WHOLE_NUMBER = (
    "020 7946 01", "020 7946 013", "020 7946 01333", "7946 0133", "0207 94", "07700 90012", "077009001234", "999 020 7946 01",
    "020 7946 0133, at night 020 7946 01", "4321", "the desk, 1234", "+44 20 79", "0123", "998", "000 0000 0000",
)  # fmt: skip
INSIDE = (
    "ext. 4321",
    "extension 2190",
    "bleep 1234",
    "internal 4321",
    "x4321",
    "Switchboard, ext 4321",
)
NO_NUMBER = ("ring the office", "the on-call manager", "see the rota", "switchboard", "day and night", "09:00 to 17:00")  # fmt: skip
NAMES_NOBODY = (
    *CAN_BE_RUNG, *INSIDE, *NO_NUMBER, "St Mary’s switchboard, 020 7946 0133", "Northwick Park site manager, 020 7946 0133", "Elizabeth Ward, 020 7946 0133",
    "Charing Cross security control, 020 7946 0133", "Queen Charlotte’s, 020 7946 0133", "MASH Brent, 020 7946 0133", "Ealing adult safeguarding duty desk",
    "Hillingdon out-of-hours team", "The Guardian’s line, 020 7946 0133", "gold on call", "silver on-call through switchboard", "ask for the bed manager",
)  # fmt: skip
NAMES_A_PERSON = (
    "ring Jane in the office", "Jane, 020 7946 0133", "Jane at the hospital", "020 7946 0133 (ask for Priya Patel)", "Dr Patel, 020 7946 0133",
    "Mrs Baker 020 7946 0133", "Amina Yusuf’s mobile, 07700 900123", "kev 07700 900123", "Call Louise or Stephen", "Piotr Kowalczyk",
)  # fmt: skip


@pytest.mark.parametrize("written", CAN_BE_RUNG)
def test_a_whole_number_in_any_spelling_and_a_short_one_ask_nothing(written: str) -> None:
    assert telephones.doubt(written) == ""


@pytest.mark.parametrize("written", NO_WHOLE_NUMBER)
def test_a_number_that_is_none_is_asked_about(written: str) -> None:
    assert "is no whole telephone number" in telephones.doubt(written)


@pytest.mark.parametrize("written", INSIDE)
def test_an_extension_alone_is_told_as_one(written: str) -> None:
    assert "from a telephone inside the organisation" in telephones.doubt(written)


@pytest.mark.parametrize("written", NO_NUMBER)
def test_words_alone_are_asked_about(written: str) -> None:
    assert "no number in it" in telephones.doubt(written)


def changed(config: Config, key: str, field: str, text: str) -> Config:
    """The configuration with this text where somebody is rung; of a list in its first row."""
    section = find(key)
    assert section is not None
    before: Any = content(overrides.as_json(config), section)
    if field.startswith("review.roles."):
        rows = [dict(row) for row in before["review.roles"]]
        rows[0][field.rpartition(".")[2]] = text
        return with_content(config, section, {"review.roles": rows})
    if field == "phones":
        return with_content(config, section, {"organisation.contacts": [{"name": "The desk", "phones": [text]}]})  # fmt: skip
    return with_content(config, section, {field: text})


PLACES = (
    ("escalation", "review.crisis_contact"), ("escalation", "review.comms_phone"), ("escalation", "review.roles.reach"),
    ("escalation", "review.roles.out_of_hours_phone"), ("contacts", "phones"),
)  # fmt: skip


@pytest.mark.parametrize(("key", "field"), PLACES)
def test_every_telephone_of_the_settings_is_asked_about_once_and_names_nobody(key: str, field: str) -> None:  # fmt: skip
    shipped = schema.load(SHIPPED)
    short = changed(shipped, key, field, "020 7946 01")
    asks = warnings.asks(shipped, short, date(2026, 11, 30), PLATFORM_NAMES)
    assert sum("‘020 7946 01’ is no whole telephone number" in each for each in asks) == 1
    assert list(telephones.doubts(short, short)) == []
    whole = changed(shipped, key, field, "020 7946 0133")
    assert list(telephones.doubts(shipped, whole)) == []
    assert telephones.faults(shipped, whole) == {}
    named = changed(shipped, key, field, "ring Jane in the office")
    assert list(telephones.faults(shipped, named).values()) == [telephones.NAMES]
    assert telephones.faults(named, named) == {}, "what stands there is in nobody's way"


@pytest.mark.parametrize("written", NAMES_NOBODY)
def test_a_role_a_place_or_a_ward_is_no_person(written: str) -> None:
    shipped = schema.load(SHIPPED)
    assert telephones.faults(shipped, changed(shipped, *PLACES[0], written)) == {}


@pytest.mark.parametrize("written", NAMES_A_PERSON)
def test_a_person_stands_in_no_telephone(written: str) -> None:
    shipped = schema.load(SHIPPED)
    assert telephones.faults(shipped, changed(shipped, *PLACES[0], written))
