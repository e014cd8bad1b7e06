from __future__ import annotations

import contextlib
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core import clock

MOMENTS = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001, since hypothesis wants them so
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.timezones(),
)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))
NINE_O_FIVE = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


def test_now_is_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24T09:05:00Z",
        "2026-11-24T09:05:00.000Z",
        "2026-11-24T09:05:00+0000",
        "2026-11-24T09:05:00+00:00",
        "2026-11-24T10:05:00+01:00",
        "2026-11-24T09:05:00",
        " 2026-11-24 09:05 ",
        "Tue, 24 Nov 2026 09:05:00 GMT",
        "Tue, 24 Nov 2026 10:05:00 +0100",
        "Tue, 24 Nov 2026 10:05:00 BST",
        "Tue Nov 24 09:05:00 +0000 2026",
        "20261124090500",
        "20261124T090500Z",
        "1795511100",
        "1795511100.0",
        "1795511100000",
        1795511100,
        1795511100.0,
        1795511100000,
    ],
)
def test_every_form_in_which_platforms_write_a_moment_is_read(written: str | float) -> None:
    assert clock.parse(written) == NINE_O_FIVE
    assert clock.parse(written).tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        "", "yesterday", "24/11/2026 09:05", "2026-13-01T00:00:00Z", "20261332T000000Z", "\ud800",
        "0001-01-01T00:00:00+14:00", "Mon, 01 Jan 2026 00:00:00 +99999999999999", "9" * 5000,
        True, False, 10**400, -(10**400), float("nan"), float("inf"), 1e300,
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_as_a_value_error(written: str | float) -> None:
    with pytest.raises(ValueError, match=r"moment|epoch|must be|out of range|unconverted|month"):
        clock.parse(written)


def test_a_refusal_does_not_repeat_what_was_written() -> None:
    with pytest.raises(ValueError, match="17 characters") as refused:
        clock.parse("rowan at half six")
    assert "rowan" not in str(refused.value)


@given(st.text() | st.integers() | st.floats())
@example("Mon, 01 Jan 0000 00:00:00 -9999")
def test_whatever_is_given_a_moment_or_a_value_error_comes_of_it(written: str | float) -> None:
    with contextlib.suppress(ValueError):
        assert clock.parse(written).tzinfo is UTC


@given(MOMENTS)
def test_a_moment_comes_back_from_its_text(moment: datetime) -> None:
    assert clock.parse(clock.text(moment)) == clock.utc(moment)  # zones differ on an hour left out


@given(MOMENTS, MOMENTS)
def test_text_sorts_as_time_does(one: datetime, other: datetime) -> None:
    first, second = clock.text(one), clock.text(other)
    assert len(first) == len(second) == 27
    assert (first < second) == (clock.utc(one) < clock.utc(other))


def test_a_naive_moment_is_refused() -> None:
    naive = datetime(2026, 11, 24, 9, 5)  # noqa: DTZ001
    for use in (clock.utc, clock.text, clock.local, clock.local_day):
        with pytest.raises(ValueError, match="time zone"):
            use(naive)


def test_people_read_uk_time_in_winter_and_in_summer() -> None:
    assert clock.local(NINE_O_FIVE) == "Tue 24 Nov 2026, 09:05"
    assert clock.local(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "Thu 2 Jul 2026, 00:30"
    assert clock.local_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)
    elsewhere = datetime(2026, 11, 24, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    assert clock.local_day(elsewhere) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NINE_O_FIVE, "today, 09:05"),
        (NINE_O_FIVE - timedelta(hours=9, minutes=6), "yesterday, 23:59"),
        (NINE_O_FIVE + timedelta(hours=15), "tomorrow, 00:05"),
        (NINE_O_FIVE - timedelta(days=2), "Sun 22 Nov, 09:05"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thu 2 Jul, 00:30"),
        (datetime(2025, 12, 31, 9, 5, tzinfo=UTC), "Wed 31 Dec 2025, 09:05"),
    ],
)
def test_what_is_near_is_told_as_people_tell_it(moment: datetime, words: str) -> None:
    assert clock.near(moment, NINE_O_FIVE) == words


@pytest.mark.parametrize(
    ("ago", "beside", "within"),
    [
        (timedelta(), "09:05", "at 09:05"), (timedelta(days=1), "yesterday, 09:05", "yesterday, 09:05"),
        (timedelta(days=-1), "tomorrow, 09:05", "tomorrow, 09:05"), (timedelta(days=4), "Fri 20 Nov, 09:05", "on Fri 20 Nov, 09:05"),
    ],
)  # fmt: skip
def test_a_time_of_another_day_takes_no_at(ago: timedelta, beside: str, within: str) -> None:
    assert clock.near_time(NINE_O_FIVE - ago, NINE_O_FIVE) == beside
    assert clock.at_time(NINE_O_FIVE - ago, NINE_O_FIVE) == within


@pytest.mark.parametrize(
    ("on", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 24), 24)],
)
def test_a_readers_day_is_23_or_25_hours_long_when_clocks_change(on: date, hours: int) -> None:
    start, end = clock.day(on)
    assert end - start == timedelta(hours=hours)
    assert start.tzinfo is end.tzinfo is UTC


@given(DAYS)
def test_days_follow_one_another_without_gap_or_overlap(on: date) -> None:
    start, end = clock.day(on)
    assert clock.day(on + timedelta(days=1))[0] == end
    assert clock.local_day(start) == on == clock.local_day(end - timedelta(microseconds=1))
    assert clock.local_day(end) == on + timedelta(days=1)


def test_the_week_of_a_sunday_is_monday_to_sunday_in_uk_time() -> None:
    start, end = clock.week(date(2026, 10, 25))
    assert start == datetime(2026, 10, 18, 23, 0, tzinfo=UTC)  # Monday, summer time
    assert end == datetime(2026, 10, 26, 0, 0, tzinfo=UTC)  # after the night of 25 hours


@given(DAYS)
def test_weeks_follow_one_another_without_gap_or_overlap(last: date) -> None:
    assert clock.week(last)[1] == clock.week(last + timedelta(days=7))[0]


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(2099, 1, 1, tzinfo=UTC), False),
        (NINE_O_FIVE + timedelta(minutes=16), False),
        (NINE_O_FIVE + timedelta(minutes=15), True),  # clocks that are a little off
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NINE_O_FIVE - timedelta(days=400), True),
    ],
)
def test_a_time_that_cannot_be_true_becomes_the_time_of_the_run(
    moment: datetime, kept: bool
) -> None:
    assert clock.plausible(moment, NINE_O_FIVE) == (moment if kept else NINE_O_FIVE)


@pytest.mark.parametrize(
    ("form", "on_windows"),
    [("%a %-d %b %Y", "%a %#d %b %Y"), ("%H:%M", "%H:%M"), ("%A %-d, 5 %- of", "%A %#d, 5 %- of")],
)
def test_a_day_without_its_nought_has_another_form_on_windows(form: str, on_windows: str) -> None:
    assert clock.windows_form(form) == on_windows


def test_dates_are_formatted_by_the_function_that_is_replaced_on_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "strftime", lambda form, *_: clock.windows_form(form))
    day = date(2026, 11, 5)
    assert [f"{day:%-d %b}", day.strftime("%-d %b"), f"{NINE_O_FIVE:%-d %b}"] == ["%#d %b"] * 3
