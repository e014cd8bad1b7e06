"""The summary in the page: a week with a change, what people write into it, its files, and what an address may ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import Browser

from core import clock
from core.models import Author
from store import Store
from tests.pdfs import needs_pdf
from tests.reports.weekly.factories import Year, count, fill
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, serve, sign_in
from tests.review.factories import NOW, people
from tests.review.pages import read, send
from tests.store.factories import DAY, HOUR, assess_all, flag, mention

SUNDAY = date(2026, 11, 15)
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
WORDS = (
    "Rang the practice at eight and the new phone menu cut me off again",
    "The phone menu hangs up before you reach reception, three mornings running",
    "Flu jab done at the vaccination van in Acton, quick and friendly, thank you",
    "Where can my dad book the winter vaccination?",
    "Nine hours on a trolley in A&E and nobody came",
)


def filled(store: Store) -> dict[str, int]:
    """Half a year of counts of four platforms, and a week in which twice as much was said, one source read in part."""
    who = people(store)
    usual = [(112, 96, 104, 99, 118, 92, 107, 101)[place % 8] for place in range(28)]
    fill(store, Year(
        last=SUNDAY, part={"reddit": [27]},
        counts={"x": [*usual[:-1], 0], "facebook": [*usual[1:], 0], "reddit": [40, 37] * 14, "news": [21, 24, 19, 26] * 7},
    ))  # fmt: skip
    count(store, SUNDAY - DAY, 210, platform="facebook", sentiment="negative", risk="medium")
    for number in range(60):
        words, posted = f"{WORDS[number % 5]} {number}", MONDAY + number * HOUR * 2.5
        found = mention(
            100 + number, text=words, text_raw=words, posted_at=posted, fetched_at=posted + HOUR,
            author=Author(id=f"{number}", handle=f"writer{number}", name="Rowan Ashdown", bio=""),
        )  # fmt: skip
        store.mentions.add_run("x", [found], since=posted - DAY, at=posted + HOUR)
        asks = [flag("assistance")] if words.startswith("Where") else []
        tone = "positive" if "thank" in words else "negative"
        assess_all(store, "low", sentiment=tone, flags=asks, at=posted + HOUR, model="2026.11-j")
    with store.database.transaction():
        for case in range(1, 8):
            began = MONDAY + case * 9 * HOUR
            store.database.insert(
                "deadlines",
                case_number=case,
                kind="assistance",
                began_at=clock.text(began),
                due_at=clock.text(began + DAY),
            )
    return who


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from serve(tmp_path_factory.mktemp("weekly"), filled)


def test_the_page_says_what_changed_by_which_rule_and_who_waits(week: House) -> None:
    text = read(week, "/weekly", "vera").text
    assert "Monday 9 to Sunday 15 November 2026" in text
    assert "More was said than usual" in text
    assert "Rule: one week above the upper limit" in text
    assert "7 people still wait for an answer." in text
    assert "Not compared with other weeks: Reddit, not read all week." in text
    assert "When which source was not read" in text
    assert "Thu 12 Nov, 00:00 to Mon 16 Nov, 00:00" in text
    for private in ("Rowan", "writer3", "cut me off again 5"):
        assert private not in text


def test_each_chart_has_a_title_and_its_figures_stand_in_a_table(week: House) -> None:
    page = read(week, "/weekly", "vera")
    charts = page.all("svg", role="img")
    assert len(charts) == 4, "of cases looked at in time there is nothing to draw"
    titles = {title["id"] for title in page.all("title") if "id" in title}
    assert {chart["aria-labelledby"] for chart in charts} <= titles
    assert "The figures as a table" in page.text


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/weekly?last=2026-11-12", "Friday 6 to Thursday 12 November 2026"),
        ("/weekly?period=month", "Thursday 1 to Saturday 31 October 2026"),
        ("/weekly?period=month&last=2026-09-10", "Tuesday 1 to Wednesday 30 September 2026"),
        ("/weekly?period=quarter", "Wednesday 1 July to Wednesday 30 September 2026"),
        ("/weekly?period=decade", "Monday 9 to Sunday 15 November 2026"),
    ],
)
def test_the_address_says_which_period(week: House, address: str, name: str) -> None:
    assert name in read(week, address, "vera").text


@pytest.mark.parametrize("last", ["2026-11-20", "2027-01-01", "soon", "0001-01-01", "1990-02-01"])
def test_a_day_that_is_none_of_the_past_is_named(week: House, last: str) -> None:
    page = read(week, f"/weekly?last={last}", "vera")
    assert "That is no week of the past" in page.text
    assert "Monday 9 to Sunday 15 November 2026" in page.text


def test_the_files_hold_the_same_words_and_figures(week: House) -> None:
    needs_pdf()
    with week.asks("vera") as client:
        answer = client.get("/weekly/file/xlsx?last=2026-11-15")
        assert answer.headers["content-disposition"].endswith('"weekly-2026-11-15.xlsx"')
        written = client.get("/weekly/file/pdf?last=2026-11-15")
        assert client.get("/weekly/file/exe").status_code == 303
    assert written.content.startswith(b"%PDF-")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert f"{book['Summary']['A2'].value}" in read(week, "/weekly", "vera").text
    labels = {row[1]: row[2] for row in book["Counts"].iter_rows(values_only=True)}
    assert labels["Facebook"] == 210


def test_what_officers_write_stands_on_the_page_and_can_be_taken_back(week: House) -> None:
    form = {"period": "week", "last": "2026-11-15", "about": "headline"}
    assert (
        send(
            week, "/weekly/note", "amina", words="=Phones doubled <b>this</b> week", **form
        ).status_code
        == 303
    )
    page = read(week, "/weekly", "vera")
    assert "=Phones doubled <b>this</b> week" in page.text
    assert "By rule alone: More was said than usual" in page.text
    with week.asks("vera") as client:
        book = openpyxl.load_workbook(BytesIO(client.get("/weekly/file/xlsx").content))
    assert book["Summary"]["A2"].value == "=Phones doubled <b>this</b> week"
    assert book["Summary"]["A2"].data_type == "s", "no formula"
    assert send(week, "/weekly/note", "amina", words="", **form).status_code == 303
    assert "Phones doubled" not in read(week, "/weekly", "vera").text
    assert (
        send(week, "/weekly/note", "amina", words="x", period="week", about="me").status_code == 422
    )
    assert send(week, "/weekly/note", "amina", words="x" * 1001, **form).status_code == 422


def test_what_is_coming_up_is_a_calendar_of_four_weeks(week: House) -> None:
    form = {"period": "week", "last": "2026-11-15"}
    for day, what in (("2026-11-24", "The board meets in public"), ("2027-03-01", "Far away")):
        assert (
            send(week, "/weekly/calendar", "amina", day=day, what=what, **form).status_code == 303
        )
    assert send(week, "/weekly/calendar", "amina", day="soon", what="x", **form).status_code == 422
    assert (
        send(week, "/weekly/calendar", "amina", day="2026-11-24", what=" ", **form).status_code
        == 422
    )
    text = read(week, "/weekly", "amina").text
    assert "Tue 24 Nov: The board meets in public" in text
    assert "Far away" not in text
    (entry,) = week.store.weekly_notes.calendar(date(2026, 11, 24), date(2026, 11, 24))
    assert send(week, f"/weekly/calendar/{entry.number}/remove", "amina", **form).status_code == 303
    assert "The board meets" not in read(week, "/weekly", "amina").text


def test_a_viewer_writes_nothing(week: House) -> None:
    assert "Write into this summary" not in read(week, "/weekly", "vera").text
    assert send(week, "/weekly/note", "vera", about="headline", words="x").status_code == 403


def test_the_browser_finds_no_fault_on_wide_and_narrow_screens(
    browser: Browser, week: House
) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page, told = context.new_page(), list[str]()
        page.on("console", lambda line: told.append(line.text))
        sign_in(page, week, "amina")
        for path in ("/weekly", "/weekly?period=month"):
            page.goto(week.url + path)
            told += faults(page) + beyond(page, 640) + beyond(page, 320)
            page.set_viewport_size({"width": 1280, "height": 900})
        assert told == []
        page.goto(f"{week.url}/weekly")
        page.emulate_media(media="print")
        for gone in ("main nav", "main form", "main button"):
            assert not any(each.is_visible() for each in page.locator(gone).all()), gone
        assert timedelta(days=5) > NOW - MONDAY - timedelta(days=7)


def test_of_the_week_that_runs_the_page_says_how_many_there_are_so_far_and_where_to_look(
    house: House,
) -> None:
    page = read(house, "/weekly")
    assert "The week after is not over: " in page.text
    assert "so far. Its summary is here the day after Sun 22 Nov" in page.text
    assert page.all("a", href="/trends")
    assert "This week so far, from Mon 16 Nov" in page.text
    assert "It is not over: whether that is usual can’t be told yet." in page.text
