from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from collectors.base import SaveState
from collectors.quota import Spending, UsedUp, until_midnight

PACIFIC = ZoneInfo("America/Los_Angeles")
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # one in the morning, Pacific


def spending(kept: dict[str, str], at: datetime = AT, most: int = 3) -> Spending:
    return Spending(kept, at, PACIFIC, {"searches": most})


def test_what_is_spent_is_counted_before_and_kept_whatever_happens() -> None:
    assert spending({}).spend("searches") == SaveState("searches", "2026-11-24 1", always=True)


def test_what_an_earlier_run_of_the_day_spent_counts() -> None:
    day = spending({"searches": "2026-11-24 2"})
    assert day.left("searches") == 1
    day.spend("searches")
    with pytest.raises(UsedUp, match="the 3 searches of today are used up"):
        day.spend("searches")


def test_the_day_begins_anew_at_midnight_in_the_platforms_zone() -> None:
    kept = {"searches": "2026-11-24 3"}
    assert spending(kept, datetime(2026, 11, 25, 7, 59, tzinfo=UTC)).left("searches") == 0
    assert spending(kept, datetime(2026, 11, 25, 8, 0, tzinfo=UTC)).left("searches") == 3


@pytest.mark.parametrize("kept", ["", "2026-11-24", "2026-11-24 many", "yesterday 2", "2"])
def test_a_count_that_can_not_be_read_is_none(kept: str) -> None:
    assert spending({"searches": kept}).left("searches") == 3


def test_more_than_is_left_is_not_spent_at_all() -> None:
    day = spending({}, most=49)
    with pytest.raises(UsedUp):
        day.spend("searches", 50)
    assert day.left("searches") == 49


def test_midnight_is_told_by_the_platforms_own_clock() -> None:
    headers = {"Date": "Tue, 24 Nov 2026 22:30:00 GMT"}
    assert until_midnight(headers, UTC) == 90 * 60
    assert until_midnight(headers, PACIFIC) == 9.5 * 3600
    assert 0 < until_midnight({}, UTC) <= 24 * 3600


def test_a_day_on_which_clocks_change_has_another_length() -> None:
    headers = {"Date": "Sun, 01 Nov 2026 07:00:00 GMT"}  # midnight; at two it becomes one again
    assert until_midnight(headers, PACIFIC) == timedelta(hours=25).total_seconds()
