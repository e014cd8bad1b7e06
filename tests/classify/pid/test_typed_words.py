"""What people may not type beside a post: numbers and names are stopped, telephones, days and places are not."""

from __future__ import annotations

import pytest

from classify.pid.typed_words import holds_nhs_number, holds_person


@pytest.mark.parametrize(
    "text",
    ["Aisha rang, 485 777 3456", "4857773456", "NHS number 999 318 2276", "NHS no. 485.777.3456", "number 485-777-3456 again"],
)  # fmt: skip
def test_ten_digits_as_an_nhs_number_is_written_are_one_whether_or_not_its_check_digit_fits(text: str) -> None:  # fmt: skip
    assert holds_nhs_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "ring 07700 900123", "ring +44 7700 900123", "020 7946 0018", "on 2026-11-24 09:37", "28-11-2026 09:30", "cases 127, 146, 8, 149",
        "https://x.com/a/status/4857773456", "case 12",
    ],
)  # fmt: skip
def test_telephones_days_links_and_case_numbers_are_none(text: str) -> None:
    assert not holds_nhs_number(text)


@pytest.mark.parametrize("term", ["Dr Jane Smith", "dr jane smith", "Mrs Baker", "Prof. Khan", "Nurse Jane", "Ms Okafor"])  # fmt: skip
def test_a_title_and_a_name_is_a_person(term: str) -> None:
    assert holds_person(term)


@pytest.mark.parametrize("term", ["Little Venice", "Lady Margaret Road", "Nurse Practitioner", "Northwick Park", "dr shortage", "miss appointments"])  # fmt: skip
def test_places_roles_and_subjects_are_no_person(term: str) -> None:
    assert not holds_person(term)
