"""A note that says who wrote a post, or has somebody watched, is asked about; notes of a day's work are not."""

from __future__ import annotations

import pytest

from classify.people.notes import doubt

TEAM = frozenset(("amina", "ben", "lena"))


@pytest.mark.parametrize("words", [
    "Colm from contracts wrote the post about the merger gag, his manager should have a word. Watch him.", "Colm wrote the post", "Watch Colm.",
    "We know who wrote it", "Whoever posted this must be in payroll", "Keep an eye on her", "Find out who tweeted that", "I think we know who",
    "HR are looking at Siobhan", "The post was written by Siobhan Carrick", "That account belongs to Derek", "She posted it from the ward, her manager knows",
    "Siobhan’s contract is under investigation", "Tell Priya that a grievance is coming",
])  # fmt: skip
def test_who_wrote_it_and_whom_to_watch_are_asked_about(words: str) -> None:
    assert doubt(words, TEAM)


@pytest.mark.parametrize("words", [
    "Ben has case 12, the statement goes out at 10", "Amina wrote the reply; Lena posted it", "Ring the press office about 415 before nine",
    "PALS asked which ward", "A journalist from the Brent Times rang twice", "Nothing urgent. Two leaks reported to the platform, clocks are running",
    "The trust wrote back: their team has it", "Somebody asks about parking at Northwick Park", "Watch the film before you answer", "Thank you all",
])  # fmt: skip
def test_a_days_work_is_not(words: str) -> None:
    assert doubt(words, TEAM) == ""
