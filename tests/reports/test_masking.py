"""What stands around a post is masked without a model: more is hidden, our own names are not."""

from __future__ import annotations

from datetime import date

import pytest

from reports.masking import masked
from tests.review.factories import shipped

DAY = date(2026, 11, 30)


def shown(text: str, *, official: bool = False) -> str:
    return masked(text, shipped().organisation, DAY, "x", official=official)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Clinic moves, writes Oluchi Bright", "Clinic moves, writes [name]"),
        ("Ring Ife on 07700 900123", "Ring [name] on [telephone]"),
        ("NHS North West London moves the clinic in Harrow", "NHS North West London moves the clinic in Harrow"),
        ("Northwick Park: what Ifeoma's mother saw", "Northwick Park: what [name]'s mother saw"),
    ],
)  # fmt: skip
def test_names_that_no_list_has_are_hidden(text: str, says: str) -> None:
    assert shown(text) == says


def test_what_we_published_ourselves_is_read_as_we_wrote_it() -> None:
    text = "Today our matron in Harrow answers: ask about leg ulcers. Yours, Adeyinka"
    assert shown(text, official=True) == text
