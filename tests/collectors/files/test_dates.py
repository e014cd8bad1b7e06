"""How a column of dates is read: order, zone, hours of their own, numbers of days, and what is no date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.files.collector import Files, read_file
from collectors.files.dates import (
    DateEvidence,
    DateReading,
    UnreadableDate,
    order_of,
    read,
    zone_in,
    zone_named,
)
from collectors.files.survey import Answers, survey
from collectors.http.client import Http
from core.errors import InputError
from core.models import Mention

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def moment(value: object, order: Any = "day first", *, zone: str = "", beside: object = None) -> datetime:  # fmt: skip
    return read(value, DateReading(order=order, zone=zone_named(zone)), AT, beside=beside)[0]


@pytest.mark.parametrize(
    ("written", "is_read"),
    [
        ("24/11/2026 09:05", datetime(2026, 11, 24, 9, 5, tzinfo=UTC)),
        ("24.11.26", datetime(2026, 11, 24, tzinfo=UTC)),
        ("06-Jul-2026 03:03PM", datetime(2026, 7, 6, 14, 3, tzinfo=UTC)),
        ("Nov 24, 2026, 9:05 AM", datetime(2026, 11, 24, 9, 5, tzinfo=UTC)),
        ("Tuesday, November 24, 2026 9:05:07 PM", datetime(2026, 11, 24, 21, 5, 7, tzinfo=UTC)),
        ("24th November 2026 at 9.05am", datetime(2026, 11, 24, 9, 5, tzinfo=UTC)),
        ("2026-07-01T10:00:00+02:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-07-01 10:00:00.0", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01 10:00 BST", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("01/07/2026 10:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),  # UK summer time
        ("Mon Nov 23 09:05:00 GMT 2026", datetime(2026, 11, 23, 9, 5, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 09:05:00 +0000", datetime(2026, 11, 24, 9, 5, tzinfo=UTC)),
        ("20261124T090500Z", datetime(2026, 11, 24, 9, 5, tzinfo=UTC)),
        (46350.5, datetime(2026, 11, 24, 12, tzinfo=UTC)),  # Excel's number of a day
        ("46350.378472", datetime(2026, 11, 24, 9, 5, tzinfo=UTC)),
        (1_790_000_000_000, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        (date(2026, 11, 24), datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_tools_write_it(written: object, is_read: datetime) -> None:
    assert moment(written) == is_read


@pytest.mark.parametrize(
    "written",
    ["soon", "2 hours ago", "13/13/2026", "30/02/2026", "24/11/2026 25:00", "24/11/2026 09:05 XYZ", "0/0/2026",
     "24/11", "2026", "45,2", True, "1/1/2031", "31/12/1969", "24/11/2026 13:05 PM"],
)  # fmt: skip
def test_what_is_no_date_that_has_been_is_never_a_moment(written: object) -> None:
    with pytest.raises(UnreadableDate):
        moment(written)


@pytest.mark.parametrize(
    ("beside", "hour", "minute"),
    [("14:05", 14, 5), ("2:05 PM", 14, 5), ("12:10 am", 0, 10), ("14", 14, 0), (0.5, 12, 0), (time(9, 5), 9, 5)],
)  # fmt: skip
def test_the_hour_may_stand_in_a_column_of_its_own(beside: object, hour: int, minute: int) -> None:
    assert moment("24/11/2026", beside=beside) == datetime(2026, 11, 24, hour, minute, tzinfo=UTC)
    assert moment(datetime(2026, 11, 24), beside=beside).hour == hour  # noqa: DTZ001 - as a cell of Excel is


def test_a_date_that_has_its_hour_needs_no_other() -> None:
    assert moment("06-Nov-2026 03:03PM", beside="3:03 PM") == datetime(2026, 11, 6, 15, 3, tzinfo=UTC)  # fmt: skip


def test_hours_at_a_change_of_clocks_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "id,text,date\n1,a,29/03/2026 01:30\n2,b,25/10/2026 01:30\n3,c,25/10/2026 03:30\n"
    )
    told = [thing.why for thing in read_file(path, at=AT) if not isinstance(thing, Mention)]
    assert ["skipped" in told[0], "came twice" in told[1]] == [True, True]
    assert read("29/03/2026 01:30", DateReading(), AT) == (
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        "skipped",
    )
    assert read("25/10/2026 01:30", DateReading(), AT) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        "twice",
    )


def test_zones_are_known_by_the_names_that_tools_write() -> None:
    assert zone_in("Date (GMT)") == ("Date", "GMT")
    assert zone_in("Timestamp (Europe/London)") == ("Timestamp", "Europe/London")
    assert moment("01/07/2026 10:00", zone="GMT") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert moment("01/07/2026 10:00", zone="ET") == datetime(2026, 7, 1, 14, tzinfo=UTC)
    assert moment("01/07/2026 10:00", zone="UTC+05:30") == datetime(2026, 7, 1, 4, 30, tzinfo=UTC)
    assert zone_named("Nowhere/Land") is None
    assert zone_named("../../etc/passwd") is None


@pytest.mark.parametrize(
    ("cells", "order", "asks"),
    [
        (["27/11/2026", "03/11/2026"], "day first", ""),
        (["11/27/2026", "11/03/2026"], "month first", ""),
        (["03/11/2026", "04/11/2026"], None, "no date in it has a day past the 12th"),
        (["27/11/2026", "11/27/2026"], None, "some dates have the day first"),
        (["12/11/2026", "03/11/2026"], "day first", ""),  # 11 December has not been
        (["05/05/2026", "2026-11-03"], None, ""),  # either order reads it alike
        ([datetime(2026, 3, 11), "11/27/2026"], "month first", "saved by one that read"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_the_order_is_told_from_the_column_or_asked(cells: list[object], order: Any, asks: str) -> None:  # fmt: skip
    evidence = DateEvidence()
    for cell in cells:
        evidence.add(cell, AT)
    assert evidence.order == order
    assert (asks in evidence.asks) if asks else evidence.asks == ""


def test_one_file_in_us_order_is_read_in_one_order(tmp_path: Path) -> None:
    path = tmp_path / "us.csv"
    path.write_text("id,text,date\n1,a,11/27/2026\n2,b,11/03/2026\n")
    found = [thing for thing in read_file(path, at=AT) if isinstance(thing, Mention)]
    assert [(m.posted_at.month, m.posted_at.day) for m in found] == [(11, 27), (11, 3)]


def test_an_order_that_nothing_tells_is_asked_with_the_flag_to_give(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text,date\n1,a,03/11/2026\n")
    with pytest.raises(InputError, match="--date-order day or --date-order month"):
        survey(path, Answers(), at=AT).check(path.name)
    answered = survey(path, Answers(date_order="month first"), at=AT)
    answered.check(path.name)
    (found,) = [m for m in read_file(path, at=AT, answers=Answers(date_order="month first")) if isinstance(m, Mention)]  # fmt: skip
    assert (found.posted_at.month, found.posted_at.day) == (3, 11)


def test_a_zone_that_is_not_known_and_dates_that_are_not_there_are_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text,Date (Mars)\n1,a,27/11/2026\n")
    with pytest.raises(InputError, match="--zone"):
        survey(path, Answers(), at=AT).check(path.name)
    path.write_text("id,text\n1,a\n")
    with pytest.raises(InputError, match="--undated"):
        survey(path, Answers(), at=AT).check(path.name)
    survey(path, Answers(undated=True), at=AT).check(path.name)


def test_forms_say_the_order_that_they_have() -> None:
    assert order_of(("%d/%m/%Y", "%d %b %Y")) == "day first"
    assert order_of(("%m/%d/%Y",)) == "month first"
    assert order_of(("%m/%d/%Y", "%d/%m/%Y")) is None


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.datetimes(), st.none()), st.sampled_from(["day first", "month first", None]))  # fmt: skip
def test_any_cell_is_a_moment_that_has_been_or_none(value: object, order: Any) -> None:
    evidence = DateEvidence()
    evidence.add(value, AT)
    try:
        found = moment(value, order)
    except UnreadableDate:
        return
    assert found.tzinfo is not None
    assert datetime(1990, 1, 1, tzinfo=UTC) <= found <= datetime(2026, 11, 29, 13, tzinfo=UTC)


def test_the_zone_of_the_settings_is_for_files_that_name_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    files = Files(http=Http(user_agent="t"), at=AT, zone="America/New_York")
    for heading, hour in (("Date (GMT)", 10), ("Date", 14)):
        path.write_text(f"id,text,{heading}\n1,a,24/07/2026 10:00\n")
        (found,) = [thing for thing in files.rows(path) if isinstance(thing, Mention)]
        assert found.posted_at.hour == hour
    path.write_text("id,text,date,time zone\n1,a,24/07/2026 10:00,UTC\n")
    (found,) = [thing for thing in files.rows(path) if isinstance(thing, Mention)]
    assert found.posted_at.hour == 10
