"""How published contact points are compared: by what they are, not by how they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import pid
from classify.pid import base
from classify.pid.base import Contacts


@pytest.mark.parametrize(
    "written",
    [
        "020 7946 0123",
        "(020) 7946-0123",
        "+44 20 7946 0123",
        "+44 (0)20 7946 0123",
        "0044 2079460123",
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert base.phone(written) == "+442079460123"
    assert Contacts(phones=["02079460123"]).has_phone(written)


@pytest.mark.parametrize("written", ["12345", "", "not a number", "0" * 30])
def test_what_is_no_number_is_told_so(written: str) -> None:
    assert base.phone(written) == ""
    assert not base.is_number(base.phone(written))


@pytest.mark.parametrize(
    "written", ["07700 900123", "01632 960960", "020 7946 0018", "+91 98765 43210"]
)
def test_ofcoms_drama_numbers_and_foreign_ones_count_as_numbers(written: str) -> None:
    assert base.is_number(base.phone(written))


def test_a_service_number_is_kept_short() -> None:
    assert base.phone("111") == "111"


@pytest.mark.parametrize(
    "written",
    [
        "jean.h@example.org",
        "Jean.H@Example.org",
        "jean.h [at] example (dot) org",
        "jean.h at example dot org",
    ],
)
def test_an_address_is_the_same_however_it_is_written(written: str) -> None:
    assert base.email(written) == "jean.h@example.org"


def test_a_domain_makes_its_own_and_its_subdomains_addresses_public() -> None:
    public = Contacts(domains=["@icb.example.org"])
    assert public.has_email("anybody@icb.example.org")
    assert public.has_email("anybody@press.icb.example.org")
    assert not public.has_email("anybody@notmyicb.example.org")
    assert not public.has_email("anybody@example.org")


def test_a_postcode_is_compared_without_its_blank() -> None:
    assert Contacts(postcodes=["HA1 3UJ"]).has_postcode("ha13uj")
    assert not Contacts(postcodes=["HA1 3UJ"]).has_postcode("HA1 3UX")


def test_an_empty_directory_publishes_nothing() -> None:
    assert not base.NOBODY.has_phone("")
    assert not base.NOBODY.has_email("a@example.org")


@given(st.integers(0, 999))
def test_every_drama_mobile_is_a_number(last: int) -> None:
    assert base.is_number(base.phone(f"07700 900{last:03}"))


@pytest.mark.parametrize(
    ("text", "bio"),
    [
        ("Could someone from your press team ring me before 6? Deadline tonight. 020 7946 0218", "Local democracy reporter"),
        ("New series: we want patients and porters for an episode. Email lena@example.org", "Hosted by Lena and Ibs"),
        ("MISSING: Rolo, choc lab, 11, diabetic, slipped lead at 4pm. Ring Sue 07700 900145", ""),
    ],
)  # fmt: skip
def test_where_a_reporter_works_or_who_looks_for_a_dog_is_reached_is_no_patients_detail(
    text: str, bio: str
) -> None:
    assert not [hit for hit in pid.find(text, bio=bio) if hit.type in ("PHONE", "EMAIL")]


@pytest.mark.parametrize(
    ("text", "bio"),
    [
        ("My mum has no carer tonight, could you ring me before 6? 07700 900218", "Local democracy reporter"),
        ("MISSING: Sue, 71, dementia, walking her dog at 4pm. Ring her daughter on 07700 900145", ""),
    ],
)  # fmt: skip
def test_a_relatives_own_number_is_one_whoever_writes_it(text: str, bio: str) -> None:
    assert [hit for hit in pid.find(text, bio=bio) if hit.type == "PHONE"]
