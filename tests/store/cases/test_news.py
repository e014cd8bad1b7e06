"""Of which piece of news a post tells."""

from __future__ import annotations

import pytest

from store.cases.news import doubts, pieces_of_news


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


@pytest.mark.parametrize(
    "words",
    [
        "'not closing' is what they said before they closed the last one. the shutters are already ordered, January 5th",
        "“It isn’t closing” is what they told us in Larkfield. Gone by spring.",
        "They said it wasn't closing last time. It is closing in January, staff told today",
        "Not closing, that’s what they said of the last one. Shut by May.",
        "The trust promised it would not close. It closes on 5 January.",
        "Central Middlesex urgent care shutting in January, staff told today",
    ],
)
def test_a_denial_of_others_is_none_of_the_writer(words: str) -> None:
    assert not doubts(words)


@pytest.mark.parametrize(
    "words",
    [
        "Central Middlesex is not closing. Reposting since my mum rang me about it",
        "They said it wasn't closing. Is that true?",
        "'It is closing' is what they said in the shop, and it is false",
        "Has anybody got an actual source?",
        "A hoax: it stays open",
        "They said that it is fake",
        "It isn't closing, the board told us so",
    ],
)
def test_who_denies_it_or_asks_still_does(words: str) -> None:
    assert doubts(words)
