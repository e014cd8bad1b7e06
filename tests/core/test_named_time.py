"""A time that somebody names is told from words that name none, in UK time and from when they wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core import clock
from core.named_time import named_time

THURSDAY = datetime(2026, 11, 26, 7, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "exact"),
    [
        ("We'd like a line by 5pm please", "Thu 26 Nov 2026, 17:00", True),
        ("Deadline noon tomorrow", "Fri 27 Nov 2026, 12:00", True),
        ("deadline is 4.30pm", "Thu 26 Nov 2026, 16:30", True),
        ("could you comment before Friday?", "Fri 27 Nov 2026, 23:59", False),
        ("a response by Monday 10am", "Mon 30 Nov 2026, 10:00", True),
        ("by 10am on Monday, ideally", "Mon 30 Nov 2026, 10:00", True),
        ("by 14:00", "Thu 26 Nov 2026, 14:00", True),
        ("by 6am", "Fri 27 Nov 2026, 06:00", True),  # six has gone
        ("Need this by close of play today", "Thu 26 Nov 2026, 17:00", True),
        ("by Thursday 7am", "Thu 3 Dec 2026, 07:00", True),
        ("we publish at 6pm", "Thu 26 Nov 2026, 18:00", True),
        ("the story runs at 3pm", "Thu 26 Nov 2026, 15:00", True),
        ("it goes out at 18:30", "Thu 26 Nov 2026, 18:30", True),
        ("can I have it within the hour", "Thu 26 Nov 2026, 08:23", True),
        ("in the next hour, please", "Thu 26 Nov 2026, 08:23", True),
        ("they want it end of play", "Thu 26 Nov 2026, 17:00", True),
        ("wanted tomorrow 9am", "Fri 27 Nov 2026, 09:00", True),
        ("9am tomorrow at the latest", "Fri 27 Nov 2026, 09:00", True),
        ("by tonight", "Thu 26 Nov 2026, 23:59", False),
    ],
)
def test_the_time_that_is_named_is_read(text: str, at: str, exact: bool) -> None:
    named = named_time(text, THURSDAY)
    assert named is not None
    assert (clock.local(named.at), named.exact) == (at, exact)


@pytest.mark.parametrize(
    "text",
    ["Written by 5 nurses", "treated by Dr Friday Osei", "stand by", "by the way", "Deadline", "by 25:00", "by 13pm", "", "before 5", "It runs at 3",
     "patients are to be seen within four hours", "within 2 hours", "in 2 hours", "the fire today at 6am", "half an hour late"],
)  # fmt: skip
def test_what_names_no_time_is_none(text: str) -> None:
    assert named_time(text, THURSDAY) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("She wants a line before 5.", "17:00"), ("by 10, they print", "10:00"), ("It runs at 3 today", "15:00"), ("by 12", "12:00"),
        ("within 2 hours", "09:23"), ("within half an hour", "07:53"), ("within 45 minutes", "08:08"), ("by 5.30pm", "17:30"),
    ],
)  # fmt: skip
def test_what_a_colleague_says_of_a_journalist_names_a_bare_hour_too(text: str, at: str) -> None:
    named = named_time(text, THURSDAY, bare=True)
    assert named is not None
    assert clock.local(named.at) == f"Thu 26 Nov 2026, {at}"


@pytest.mark.parametrize("text", ["Written by 5 nurses", "cut by 5%", "by 5.5 million", "in 2 hours", "before 50 people", "are patients seen there within four hours?"])  # fmt: skip
def test_no_number_of_anything_else_is_an_hour(text: str) -> None:
    assert named_time(text, THURSDAY, bare=True) is None


def test_in_summer_the_hour_is_of_uk_time() -> None:
    named = named_time("by 5pm", datetime(2026, 7, 1, 8, 0, tzinfo=UTC))
    assert named is not None
    assert named.at == datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
