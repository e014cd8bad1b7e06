"""Of which piece of news a post tells."""

from __future__ import annotations

import pytest

from store.cases.news import pieces_of_news


@pytest.mark.parametrize(
    ("reason", "words", "piece"),
    [
        ("Criticism: maternity care", "so the ICB 'welcomed' the maternity review. I'd have liked sorry", "maternity review"),
        ("Remark", "Lovely woman. Now make a film about the Maternity Review.", "maternity review"),
        ("Criticism: blood tests", "I have read the blood test plan twice", "blood test plan"),
        ("Complaint", "Central Middlesex closing?? Has anybody got a source?", "closing, Central Middlesex"),
        ("Criticism: A&E", "Central Middlesex Hospital's urgent care to close in January", "closing, Central Middlesex"),
        ("Remark", "Read this: https://www.example.org/news/health-12?from=x", "example.org/news/health-12"),
    ],
)  # fmt: skip
def test_what_several_say_of_one_event_closing_or_page_has_one_name(
    reason: str, words: str, piece: str
) -> None:
    assert piece in pieces_of_news(reason, words, ())


@pytest.mark.parametrize(
    ("reason", "words", "places"),
    [
        ("Complaint: hospital appointments, Ealing", "Three letters with three dates, from Ealing Hospital", ("ealing",)),
        ("Praise: GP appointments", "Rang at the Millrace Practice, they rang back", ()),
        ("Complaint: GPs", "My blood test report was lost twice", ()),
        ("Remark", "I planned the day around this report, which plan did you see?", ()),
        ("Remark", "Nobody asked for my birth plan, nor for the scan report or a google review", ()),
        ("Criticism", "North West London wants to signpost me", ()),
        ("Remark", "See https://example.org", ()),
        ("Claim to check: closing", "The Hospital is closing, they say. My Surgery too: Our Local Clinic is next", ()),
    ],
)  # fmt: skip
def test_one_s_own_care_and_words_that_name_nothing_are_no_news(
    reason: str, words: str, places: tuple[str, ...]
) -> None:
    assert pieces_of_news(reason, words, places) == frozenset()


def test_a_place_that_the_program_knows_is_called_as_people_write_it() -> None:
    pieces = pieces_of_news("Criticism: parking", "they shut the car park", ("st mary's",))
    assert pieces == {"parking, St Mary's", "closing, St Mary's"}
