"""The short form of the year: weeks in which as much goes wrong, and nothing is lost, doubled or silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.year import YEAR, Planted, Year, outcome

DAYS = 17
# The day on which each begins, at which look, and for how many looks; the 12th is a Monday.
WHEN = {
    "the mail server is away": (1, 1, 2),
    "the model's file is damaged": (2, 0, 2),
    "the disk is full": (3, 0, 2),
    "the clock leaps 400 days": (4, 0, 2),
    "an upgrade, half a day after": (5, 0, 1),
    "an upgrade that breaks": (6, 0, 1),
    "a typo in config.toml": (7, 1, 1),
    "the laptop sleeps": (8, 2, 28),
}


def planted() -> list[Planted]:
    found = []
    for name, (day, look, looks) in WHEN.items():
        (each,) = (each for each in YEAR if each.name.startswith(name))
        found.append(replace(each, day=day, look=look, looks=looks))
    return found


@pytest.mark.timeout(900)  # half a minute of work, which a busy machine makes many
def test_in_weeks_of_trouble_nothing_is_lost_doubled_or_silent(tmp_path: Path) -> None:
    year = Year(tmp_path, DAYS, planted(), secret_ends=DAYS - 2)
    year.run()
    assert outcome(year).wrong == []
    assert len(year.outside.made) > 30
    assert [post for post in year.outside.made.values() if post.grave]
    assert year.gone
    assert year.trials


@pytest.mark.timeout(600)
def test_what_is_lost_or_said_by_nobody_is_named(tmp_path: Path) -> None:
    def drop(year: Year) -> None:
        with year.program() as context:
            number = next(iter(year.known))
            context.store.retention.erase([number], by="R. Example", at=context.at)

    quiet = Planted(name="nobody says this", day=1, looks=1, begin=drop, says="never said")
    year = Year(tmp_path, 3, [quiet], secret_ends=300)
    year.run()
    wrong = "\n".join(outcome(year).wrong)
    assert "nobody says this: health said it never" in wrong
    assert "days after it was found" in wrong
    assert year.mail.mails
