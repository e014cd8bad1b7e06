"""The trends page: its figures by hand, what it says of today, whom it singles out (nobody), and what an address may ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page
from starlette.datastructures import QueryParams

from core import clock
from core.models import Author
from review.insights.trends import Measure, Period
from review.insights.trends_views import LONGEST, PERIODS, asked_of
from store import Placing, Store
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, serve, sign_in
from tests.review.factories import NOW, people, whole_policy
from tests.review.pages import Tags, read
from tests.store.factories import DAY, HOUR, assessed, flag, mention

TODAY = date(2026, 11, 20)  # a Friday
YESTERDAY = TODAY - timedelta(days=1)
WEEK = 7 * DAY
HOSTILE = "<b onclick=alert(1)>Brent</b>"
PATHS = (
    "/trends", *(f"/trends?period={period}" for period in PERIODS), "/trends?period=dates&since=2026-11-01",
    "/trends?period=dates&since=2026-10-01&until=2026-11-20&show=place:Harrow", "/trends?show=flag:pid&period=90",
    "/trends?period=dates&since=2025-12-01&until=2026-11-19", "/trends?show=risk:high", "/trends?show=platform:linkedin",
    "/trends?show=sentiment:positive&period=7", "/trends?period=fortnight&show=colour:blue", "/trends?show=place:<b>",
    "/trends?period=dates&since=2026-11-20&until=2026-11-20", "/trends?period=dates&since=tomorrow",
)  # fmt: skip


def filled(store: Store) -> dict[str, int]:
    """Two posts a day for a year; yesterday ten more, of which nine are flagged; today two so far."""
    who = people(store)
    told: list[tuple[datetime, str]] = []
    for back in range(365):
        told += [(NOW - back * DAY - (one + 1) * HOUR, "x" if one else "news") for one in range(2)]
    told += [(NOW - DAY - HOUR, "facebook")] * 10
    posts = [
        mention(number, posted_at=at, fetched_at=at, platform=platform, text=f"said {number}")
        for number, (at, platform) in enumerate(told, start=1)
    ]
    posts.append(mention(9000, own=True, author=Author(handle=HOSTILE), posted_at=NOW - 8 * DAY))
    store.mentions.add_run("x", posts, since=NOW - 366 * DAY, at=NOW)
    store.mentions.add_run("news", [], since=NOW - 20 * DAY, at=NOW)
    for stored in store.assessments.unassessed("2026.1", "model-a"):
        grave = stored.mention.platform == "facebook" and stored.number % 10
        given: dict[str, Any] = (
            {"flags": [flag("pid"), flag("media")], "staff": "icb"}
            if grave
            else {"sentiment": "positive"}
        )
        store.assessments.add([assessed(stored, "high" if grave else "none", **given)])
    placings = [
        Placing(mention=one.mention, risk=one.risk, bands=(), places=("Harrow", HOSTILE))
        for one in store.grouping.ungrouped(limit=999)
    ]
    store.grouping.group(placings, alike=lambda one, other: False, at=NOW)
    return who


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from serve(tmp_path_factory.mktemp("trends"), filled)


def of(busy: House, query: str = "") -> Tags:
    return read(busy, f"/trends{query}", "vera")


# ── figures ──────────────────────────────────────────────────────────────────────────────────────


def test_the_period_is_told_against_as_many_days_before(busy: House) -> None:
    assert (
        "24 mentions in the 7 days to 19 Nov 2026, 10 more than in as many days before (14). "
        "9 were flagged (0 before); 9 had a high risk (0 before)."
    ) in of(busy, "?period=7").text
    assert (
        "70 mentions in the 30 days to 19 Nov 2026, 10 more than in as many days before (60)."
        in of(busy).text
    )
    weeks = of(busy, "?period=12w").text
    assert "168 mentions in the 84 days to 15 Nov 2026, as in as many days before." in weeks
    assert "None were flagged (0 before); none had a high risk (0 before)." in weeks


def test_what_is_not_watched_or_not_over_is_not_compared(busy: House) -> None:
    assert (
        "26 mentions in the 8 days to 20 Nov 2026. 9 were flagged; "
        in of(busy, "?period=dates&since=2026-11-13&until=2026-11-20").text
    )
    found = of(busy, "?period=dates&since=2025-11-20&until=2026-11-01").text
    assert "Sources have been read since Thu 20 Nov 2025" not in found
    assert "before)" not in found.partition("Today against")[0]
    assert "News since Sun 1 Nov" in of(busy).text


class Rows(HTMLParser):
    """The rows of all tables, each the words of its cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in = True

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in:
            self.rows[-1][-1] += data


def rows_of(busy: House, path: str) -> list[list[str]]:
    with busy.asks("vera") as client:
        return Rows(client.get(path).text).rows


def test_the_cases_of_yesterday_and_today_are_told_against_what_is_usual(busy: House) -> None:
    rows = rows_of(busy, "/trends")
    assert ["What", "So far", "Usual by now", "In words"] in rows
    assert ["Cases opened", "0", "0", "Not more than usual so far"] in rows
    assert ["From 10:00 to 11:00", "0", "0", "As usual"] in rows
    assert ["What", "Count", "Usual", "In words"] in rows
    assert ["Cases opened", "9", "0", "Much more than usual"] in rows
    assert ["Of high risk", "9", "0", "Much more than usual"] in rows
    assert "Patient’s details: 9, much more than usual (usually 0)" in of(busy).text


def test_each_label_has_its_counts_and_an_address_of_its_own(busy: House) -> None:
    rows = rows_of(busy, "/trends?period=7")
    for told in (
        ["Facebook", "10", "0", "+10"], ["X (Twitter)", "7", "7", "0"], ["No risk found", "15", "14", "+1"],
        ["Negative", "9", "0", "+9"], ["Reporter or news story", "9", "0", "+9"], ["Harrow", "9"], [HOSTILE, "9"],
        ["Threat", "0", "0", "0"],  # the policy's flags stand there though none was found
        ["Thu 19 Nov 2026", "12", "9"], ["Wed 18 Nov 2026", "2", "0"], ["Sun 15 Nov 2026", "14", "–"],
    ):  # fmt: skip
        assert told in rows, told
    links = [told["href"] for told in of(busy, "?period=7").all("a")]
    for show in ("flag:pid", f"place:{HOSTILE}"):
        assert f"/trends?{urlencode({'period': '7', 'show': show})}" in links


def test_one_label_is_followed_over_days_and_weeks(busy: House) -> None:
    text = of(busy, "?period=7&show=flag:pid").text
    assert "Day by day: Patient’s details" in text
    assert "Patient’s details: 9 in the 7 days to 19 Nov 2026; most on Thu 19 Nov (9)" in text
    assert "Patient’s details: 0 in the week to 15 Nov; too few a week for limits" in text
    assert "Harrow: 9 in the 7 days to 19 Nov 2026" in of(busy, "?period=7&show=place:Harrow").text
    assert (
        "X (Twitter): 7 in the week to 15 Nov, as usual; weeks of 7 to 7 are usual"
        in of(busy, "?show=platform:x").text
    )


def test_small_counts_by_two_labels_are_hidden_and_staff_are_never_a_label(busy: House) -> None:
    text = of(busy, "?period=7").text
    assert "Platform by sentiment: counts are too small for a table that singles nobody out" in text
    assert "Flag by place" in text
    for query in ("", "?show=staff:icb", "?show=flag:pid&show=staff:icb"):
        assert "they work for" not in of(busy, query).text
    assert "show: staff:icb is not known" in of(busy, "?show=staff:icb").text


def test_a_page_without_anything_says_that_nothing_was_read(empty: House) -> None:
    text = read(empty, "/trends", "vera").text
    assert "No source has been read to its end yet" in text
    assert (
        "0 mentions in the 30 days to 19 Nov 2026. Look at the sources before calling it quiet."
        in text
    )
    assert "Not known yet what is usual" in text
    assert "Mentions: no whole week has been watched yet" in text
    assert "By flag: not everything was read, and no post is counted in these days" in text


# ── charts ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", PATHS)
def test_every_address_answers_with_charts_that_say_what_they_show(busy: House, path: str) -> None:
    with busy.asks("vera") as client:
        answer = client.get(path)
    assert answer.status_code == 200
    found = Tags(answer.text)
    assert "<b>" not in answer.text.partition("<main")[2]
    assert "<b onclick" not in answer.text
    titles = {told["id"] for told in found.all("title") if "id" in told}
    for svg in found.all("svg"):
        assert svg["role"] == "img"
        assert svg["aria-labelledby"] in titles
    for tag, told in found.tags:
        assert tag != "style"
        assert not [name for name in told if name == "style" or name.startswith("on")], told
    ids = [told["id"] for _, told in found.tags if "id" in told]
    assert len(set(ids)) == len(ids)
    if path.startswith("/trends"):
        assert (
            len(found.all("figure"))
            == len(found.all("svg"))
            == len(found.all("details", class_="nhsuk-details chart__data"))
        )


def test_only_who_is_signed_in_sees_it(busy: House) -> None:
    for path in ("/trends", "/weekly"):
        with busy.asks("") as client:
            answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/sign-in?back=%2F{path[1:]}",
        )


# ── what an address may ask ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "first", "last", "faults"),
    [
        ("", TODAY - timedelta(days=30), YESTERDAY, 0),
        ("period=7", TODAY - timedelta(days=7), YESTERDAY, 0),
        ("period=90", TODAY - timedelta(days=90), YESTERDAY, 0),
        ("period=12w", date(2026, 8, 24), date(2026, 11, 15), 0),
        ("period=dates&since=2026-11-02&until=2026-11-03", date(2026, 11, 2), date(2026, 11, 3), 0),
        ("period=dates&since=2026-11-02", date(2026, 11, 2), YESTERDAY, 0),
        ("period=dates&since=2026-11-02&until=2030-01-01", date(2026, 11, 2), TODAY, 0),
        ("period=dates&since=2020-01-01&until=2026-01-01", date(2020, 1, 1), date(2020, 12, 31), 1),
        (
            "period=dates&since=2026-11-03&until=2026-11-02",
            TODAY - timedelta(days=30),
            YESTERDAY,
            1,
        ),
        ("period=dates&since=2027-01-01", TODAY - timedelta(days=30), YESTERDAY, 1),
        (
            "period=dates&since=0001-01-01&until=0001-02-01",
            TODAY - timedelta(days=30),
            YESTERDAY,
            1,
        ),
        ("period=dates", TODAY - timedelta(days=30), YESTERDAY, 1),
        ("since=2026-11-02&until=2026-11-03", TODAY - timedelta(days=30), YESTERDAY, 0),
        ("period=month", TODAY - timedelta(days=30), YESTERDAY, 1),
    ],
)
def test_days_are_whole_and_what_is_not_understood_is_said(
    query: str, first: date, last: date, faults: int
) -> None:
    asked = asked_of(QueryParams(query), TODAY, whole_policy())
    assert asked.period == Period(first=first, last=last)
    assert len(asked.faults) == faults


@pytest.mark.parametrize(
    "show",
    [
        "flag",
        "flag:",
        ":pid",
        "staff:icb",
        "author:x",
        "risk:awful",
        "platform:telegraph",
        f"place:{'x' * 101}",
        "flag:no_disclaimer",
    ],
)
def test_only_labels_that_name_nobody_can_be_followed(show: str) -> None:
    asked = asked_of(QueryParams({"show": show}), TODAY, whole_policy())
    assert asked.measure == Measure()
    assert asked.faults == (f"show: {show[:40]} is not known",)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["period", "since", "until", "show"]), st.one_of(
    st.text(max_size=30), st.sampled_from(list(PERIODS)), st.dates().map(str)
)))  # fmt: skip
def test_whatever_is_asked_is_a_period_of_the_past(params: dict[str, str]) -> None:
    asked = asked_of(QueryParams(params), TODAY, whole_policy())
    assert clock.local_day(clock.EARLIEST) <= asked.period.first <= asked.period.last <= TODAY
    assert len(asked.period.days) <= LONGEST
    assert asked.period.before.last + timedelta(days=1) == asked.period.first
    assert len(asked.period.before.days) == len(asked.period.days)
    same = asked_of(
        QueryParams(asked.link(asked.measure.what, asked.measure.key).partition("?")[2]),
        TODAY,
        whole_policy(),
    )
    assert (same.period, same.measure) == (asked.period, asked.measure)


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def seen(browser: Browser, busy: House) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        opened = context.new_page()
        sign_in(opened, busy, "vera")
        yield opened


def test_the_browser_finds_no_fault_on_wide_and_narrow_screens(seen: Page, busy: House) -> None:
    told: list[str] = []
    seen.on("console", lambda line: told.append(line.text))
    seen.on("pageerror", lambda error: told.append(str(error)))
    for width in (1280, 320):
        seen.set_viewport_size({"width": width, "height": 900})
        for path in ("/trends?period=90", "/trends?show=place:Harrow"):
            seen.goto(busy.url + path)
            told += faults(seen) + beyond(seen, width)
    assert told == []


def test_what_screen_readers_alone_read_in_a_table_that_scrolls_makes_no_page_wider(
    seen: Page, busy: House
) -> None:
    seen.set_viewport_size({"width": 320, "height": 900})
    seen.goto(f"{busy.url}/trends")
    beyond = seen.evaluate(
        """() => {
        const cell = document.querySelector('.wide table tr:last-child > :last-child')
        cell.innerHTML += '<span class="nhsuk-u-visually-hidden">hidden</span>'.repeat(2)
        cell.style.minWidth = '40rem'
        cell.style.textAlign = 'right'
        return document.documentElement.scrollWidth - document.documentElement.clientWidth
        }"""
    )
    assert beyond <= 0


def test_the_form_works_and_keeps_what_was_chosen(seen: Page, busy: House) -> None:
    seen.set_viewport_size({"width": 1280, "height": 900})
    seen.goto(f"{busy.url}/trends")
    seen.get_by_label("Period", exact=True).select_option("90")
    seen.get_by_label("Count", exact=True).select_option("platform:x")
    seen.get_by_role("button", name="Show").click()
    assert "period=90" in seen.url
    assert seen.get_by_label("Period", exact=True).input_value() == "90"
    assert seen.get_by_label("Count", exact=True).input_value() == "platform:x"
    assert seen.get_by_role(
        "img", name="X (Twitter): 90 in the 90 days to 19 Nov 2026; at most 1 a day"
    ).is_visible()


def test_counts_under_five_stand_in_no_table_of_labels_and_days_before_the_first_read_are_not_noughts(
    house: House,
) -> None:  # fmt: skip
    page = read(house, "/trends?period=7")
    assert "✱ is hidden: a count below 5" in page.text
    shown = page.text.partition("By label")[2].partition("Two labels at once")[0]
    assert "✱" in shown
    days = {row[0]: row[1] for row in rows_of(house, "/trends") if len(row) == 3 and row[0].endswith("2026")}  # fmt: skip
    assert "not read" in days.values()


def test_of_few_days_it_is_not_known_what_is_usual(house: House) -> None:
    page = read(house, "/trends").text
    assert "Cases opened12–Not known yet what is usual" in page
