"""What can be compared: the same sources, read from the beginning of a week to its end, on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from core import clock
from reports.weekly.watched import Comparable, comparable, state_of
from store import Covered
from tests.reports.weekly.factories import sundays

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEKS = [(last - 6 * DAY, last) for last in sundays(20)]
START, END = clock.day(WEEKS[0][0])[0], clock.day(WEEKS[-1][1])[1]


def moment(week: int, hours: float = 0) -> datetime:
    """So many hours after the beginning of a week."""
    return clock.day(WEEKS[week][0])[0] + timedelta(hours=hours)


def source(
    name: str = "x", *, platform: str = "x", since: datetime = START, until: datetime = END,
    gaps: Sequence[tuple[datetime, datetime]] = (),
) -> Covered:  # fmt: skip
    return Covered(source=name, since=since, until=until, gaps=tuple(gaps), platforms=(platform,))


def told(*sources: Covered, counts: Mapping[str, Sequence[int]] | None = None) -> Comparable:
    usual = {platform: [50] * len(WEEKS) for each in sources for platform in each.platforms}
    return comparable(WEEKS, sources, usual | dict(counts or {}))


def why(found: Comparable) -> dict[str, str]:
    return {fault.platform: fault.why for fault in found.left_out}


@pytest.mark.parametrize(
    ("hours", "state"), [(0, "read"), (3, "read"), (4, "part"), (100, "part"), (165, "off")]
)
def test_a_week_with_more_than_three_hours_unread_is_no_whole_one(hours: float, state: str) -> None:
    gap = (moment(5), moment(5, hours))
    assert state_of(source(gaps=[gap] if hours else []), WEEKS[5]) == state


def test_all_weeks_that_were_read_are_compared() -> None:
    found = told(source(), source("reddit", platform="reddit"))
    assert found.platforms == ("reddit", "x")
    assert found.weeks == tuple(range(20))
    assert not found.left_out
    assert not found.dropped


def test_a_source_that_was_off_this_week_is_on_neither_side() -> None:
    found = told(source(), source("reddit", platform="reddit", until=moment(19)))
    assert found.platforms == ("x",)
    assert why(found) == {"reddit": "off"}
    assert len(found.weeks) == 20


def test_a_source_that_was_read_for_half_of_this_week_is_on_neither_side() -> None:
    found = told(source(), source("reddit", platform="reddit", until=moment(19, 80)))
    assert why(found) == {"reddit": "part"}


def test_an_earlier_week_that_lacked_a_source_is_left_out_and_named() -> None:
    found = told(source(), source("reddit", platform="reddit", gaps=[(moment(7), moment(8))]))
    assert found.platforms == ("reddit", "x")
    assert 7 not in found.weeks
    assert found.dropped == (7,)


def test_a_new_source_is_left_out_until_twelve_weeks_were_read() -> None:
    assert why(told(source(), source("reddit", platform="reddit", since=moment(10)))) == {
        "reddit": "new"
    }
    assert not told(source(), source("reddit", platform="reddit", since=moment(7))).left_out


def test_a_source_that_took_another_ones_place_is_left_out_as_switched() -> None:
    found = told(
        source("x"),
        source("gdelt", platform="news", until=moment(15)),
        source("feeds", platform="news", since=moment(15)),
    )
    assert found.platforms == ("x",)
    assert why(found) == {"news": "switched"}


def test_a_source_that_is_read_and_falls_silent_is_taken_for_broken() -> None:
    found = told(source(), source("reddit", platform="reddit"), counts={"reddit": [*[60] * 19, 2]})
    assert why(found) == {"reddit": "broken"}
    assert not told(
        source("reddit", platform="reddit"), counts={"reddit": [*[9] * 19, 0]}
    ).left_out, "a small platform may well be silent"


def test_a_single_new_source_has_no_usual_and_hides_nothing() -> None:
    found = told(source(since=moment(15)))
    assert found.platforms == ("x",)
    assert found.weeks == (15, 16, 17, 18, 19)
