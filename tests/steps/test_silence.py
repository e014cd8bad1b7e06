"""What is usual of a source is taken from its own history; twice of it without anything new is silence, and is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps import silence
from steps.silence import FLOOR, Usual, silence_of, usual_wait
from store import SourceState, Store
from tests.steps.test_deliver import mention
from tests.stores import temporary_store

MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as opened:
        yield opened


def each_working_day(weeks: int) -> list[datetime]:
    """A post at nine and one at five, from Monday to Friday."""
    days = [MONDAY + day * DAY for day in range(7 * weeks) if day % 7 < 5]
    return [day + hours * HOUR for day in days for hours in (0, 8)]


def test_a_source_that_rests_at_weekends_is_not_silent_on_a_sunday() -> None:
    usual = usual_wait(each_working_day(8))
    assert usual == 64 * HOUR  # from Friday at five to Monday at nine


def test_a_source_that_never_rests_has_the_floor() -> None:
    assert usual_wait([MONDAY + hour * HOUR for hour in range(24 * 20)]) == FLOOR


def test_one_closure_of_most_of_a_week_is_not_usual() -> None:
    posts = [post for post in each_working_day(8) if not MONDAY + 21 * DAY <= post < MONDAY + 25 * DAY]  # fmt: skip
    assert usual_wait(posts) == 64 * HOUR


def test_nothing_is_usual_of_a_young_or_rare_source() -> None:
    assert usual_wait([]) is None
    assert usual_wait(each_working_day(1)) is None  # ten posts in five days
    assert usual_wait([MONDAY, MONDAY + 20 * DAY, MONDAY + 40 * DAY]) is None


@given(st.lists(st.integers(min_value=1, max_value=60 * 24 * 56), min_size=2, max_size=60))
def test_most_of_the_time_lies_within_the_usual_wait(minutes: Sequence[int]) -> None:
    moments = sorted(MONDAY + timedelta(minutes=each) for each in minutes)
    usual = usual_wait(moments)
    if usual is None:
        return
    waits = [later - earlier for earlier, later in pairwise(moments)]
    longer = sum((wait for wait in waits if wait > usual), timedelta())
    assert longer <= (moments[-1] - moments[0]) * (1 - silence.SHARE)


def state(read: datetime, error: str | None = None) -> SourceState:
    return SourceState(
        source="reddit", last_complete=read, last_run=read, error=error, odd=0, mention_count=0
    )


def test_silence_counts_only_as_far_as_the_source_was_read() -> None:
    usual = Usual(news=DAY, complete=None, last_news=MONDAY)
    assert silence_of(state(MONDAY + 2 * DAY), usual, MONDAY + 9 * DAY) is None
    told = silence_of(state(MONDAY + 2 * DAY + HOUR), usual, MONDAY + 9 * DAY)
    assert told is not None
    assert (told.since, told.unread) == (MONDAY, False)


def test_a_source_that_is_not_read_for_twice_its_usual_is_silent_too() -> None:
    usual = Usual(news=DAY, complete=FLOOR, last_news=MONDAY)
    assert silence_of(state(MONDAY), usual, MONDAY + DAY) is None
    told = silence_of(state(MONDAY, "refused"), usual, MONDAY + DAY + HOUR)
    assert told is not None
    assert (told.since, told.unread) == (MONDAY, True)


def test_what_is_usual_is_noted_from_the_runs_of_eight_weeks(store: Store) -> None:
    posts = each_working_day(6)
    for number, at in enumerate(posts):
        store.mentions.add_run("reddit", [mention(number + 1, fetched_at=at)], since=at - HOUR, at=at)  # fmt: skip
        store.mentions.add_run("reddit", [], since=at, at=at + HOUR)
    end = posts[-1] + DAY
    silence.note_usual(store, end)
    usual = silence.usual_of(store.pulse.marks(), "reddit")
    assert usual == Usual(news=64 * HOUR, complete=63 * HOUR, last_news=posts[-1])
    assert silence.usual_of(store.pulse.marks(), "x") == Usual()
