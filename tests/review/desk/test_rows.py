"""A row says in few signs how old a post is, how far it reached, and what is left of its time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import Lane
from review.desk.rows import TILES, age, due, holder, initials, left, length
from tests.review.factories import NOW  # Friday 20 November 2026, 11:00


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=36), "36 min"), (timedelta(seconds=20), "0 min"), (timedelta(hours=5), "5 h"),
        (timedelta(hours=20), "Thu"), (timedelta(days=3), "Tue"), (timedelta(days=40), "11 Oct"),
        (timedelta(days=400), "16 Oct 25"), (timedelta(minutes=-5), "0 min"),
    ],
)  # fmt: skip
def test_an_age_is_told_in_the_largest_part_that_says_enough(ago: timedelta, words: str) -> None:
    assert age(NOW - ago, NOW) == words


@pytest.mark.parametrize(
    ("lane", "rest", "row", "case"),
    [
        ("now", timedelta(minutes=24, seconds=30), "24 min left", "24 minutes left"),
        ("now", timedelta(hours=61), "61 h left", "by Sun 22 Nov, 24:00"),
        ("answer", timedelta(hours=3), "by 14:00", "by 14:00 today"),
        ("answer", timedelta(hours=6), "by 17:00", "by 17:00 today"),
        ("answer", timedelta(days=3), "Mon 11:00", "by Mon 23 Nov, 11:00"),
        ("look", timedelta(hours=6), "by 17:00", "by 17:00 today"),
        ("look", timedelta(days=1), "Sat 11:00", "by Sat 21 Nov, 11:00"),
        ("look", -timedelta(minutes=30), "Overdue", "overdue since 10:30"),
        ("look", -timedelta(days=1), "Overdue", "overdue since yesterday, 11:00"),
    ],
)  # fmt: skip
def test_what_is_left_is_front_loaded(lane: Lane, rest: timedelta, row: str, case: str) -> None:
    assert due(lane, NOW + rest, NOW) == row
    assert left(NOW + rest, NOW) == case.replace("Sun 22 Nov, 24:00", "Mon 23 Nov, 00:00")
    assert due(lane, None, NOW) == left(None, NOW) == ""


def test_who_has_a_case_is_told_by_initials_and_words() -> None:
    people = {1: "Amina Yusuf", 2: "Ben van den Berg", 3: "Chloe"}
    assert holder(None, me=1, people=people).words == "Nobody has it"
    assert holder(1, me=1, people=people).mine
    assert (holder(2, me=1, people=people).face, holder(2, me=1, people=people).words) == ("BB", "Ben van den Berg has it")  # fmt: skip
    assert initials("Chloe") == "C"
    assert holder(9, me=1, people=people).words == "Someone who has left has it"


def test_an_email_has_the_sign_of_a_colleague_and_no_platform_another_s() -> None:
    assert TILES["email"] == "@"
    assert len(set(TILES.values())) == len(TILES)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (15, "15 minutes"), (60, "1 hour"), (90, "1 hour 30 minutes"), (240, "4 hours")],
)  # fmt: skip
def test_how_long_is_said_in_hours(minutes: int, words: str) -> None:
    assert length(minutes) == words
