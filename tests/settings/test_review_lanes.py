"""What is promised of each lane, and what an older file says of it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.models import Promise
from settings import schema
from settings.review import LanePromises
from settings.shipped import shipped_config

MONDAY = datetime(2026, 11, 30, 9, 6, tzinfo=UTC)
NIGHT = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)  # a Saturday's


@pytest.mark.parametrize(
    ("promise", "began", "due"),
    [
        ("now", NIGHT, NIGHT + timedelta(hours=1)),
        ("now", MONDAY, MONDAY + timedelta(hours=1)),
        ("answer", MONDAY, MONDAY.replace(hour=17, minute=0)),
        ("assistance", MONDAY, MONDAY.replace(hour=17, minute=0)),
        ("media", MONDAY, MONDAY + timedelta(hours=4)),
        ("look", NIGHT, datetime(2026, 12, 1, 17, 0, tzinfo=UTC)),
        ("rest", MONDAY, None),
        ("guardian", MONDAY, None),
    ],
)
def test_only_now_runs_at_night_and_rest_has_no_clock(
    promise: Promise, began: datetime, due: datetime | None
) -> None:
    assert LanePromises().due(promise, began) == due


def test_the_file_that_ships_says_what_holds_without_it() -> None:
    assert schema.load(shipped_config()).review.lanes == LanePromises()


def test_a_day_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    text = shipped_config().read_text("utf-8").replace('\nuntil = "17:00"', '\nuntil = "08:00"')
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="begins before it ends"):
        schema.load(path)


def test_clocks_of_an_older_file_are_left_out_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "config.toml"
    text = shipped_config().read_text("utf-8")
    path.write_text(f"{text}\n[review.clocks]\nhigh_hours = 4\n", "utf-8")
    with caplog.at_level(logging.WARNING, "mentions"):
        assert schema.load(path).review.lanes == LanePromises()
    assert "[review.lanes]" in caplog.text
