"""Charts worked out another way, of stores filled by chance; what was said of a past week, small counts, an empty store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from classify.model.onnx_model import SHIPPED
from reports.weekly.figures import Count, Figures, published_figures
from reports.weekly.gathering import TONE_RIGHT, gather, together
from reports.weekly.periods import period_of
from reports.weekly.words import worded
from settings.organisation import Organisation
from store import Store
from tests.reports.factories import POLICY
from tests.reports.weekly.by_chance import fill, rows, total
from tests.reports.weekly.factories import (
    AT,
    CONFIG,
    DAY,
    LAST,
    WEEK,
    count,
    figures_of,
    read,
)
from tests.store import factories as stored
from tests.stores import temporary_store


@pytest.fixture(scope="module", params=[1, 2])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with temporary_store() as opened:
        fill(opened, request.param)
        yield opened


def test_each_week_of_the_charts(store: Store) -> None:
    figures = figures_of(store)
    platforms = {"x", "reddit", "news"} - {fault.platform for fault in figures.trust.left_out}
    counted = [row for row in rows(store) if row["platform"] in platforms and not row["imported"]]
    for key, applies in (
        ("mentions", lambda row: True), ("asking", lambda row: "assistance" in row["flags"]),
        ("high", lambda row: row["risk"] == "high"),
    ):  # fmt: skip
        for point in figures.chart(key).points:
            if point.value is not None:
                week = [
                    row
                    for row in counted
                    if point.first <= row["day"] <= point.last and applies(row)
                ]
                assert point.value == total(week), (key, point)
    for point in figures.chart("negative").points:
        if point.value is not None:
            week = [row for row in counted if point.first <= row["day"] <= point.last]
            negative = total([row for row in week if row["sentiment"] == "negative"])
            assert point.value == pytest.approx(100 * negative / total(week))


def test_what_was_said_of_a_past_week_is_owned_up_to() -> None:
    with temporary_store() as store:
        read(store, "x", date(2026, 7, 1), LAST)
        before = period_of("week", LAST - WEEK)
        count(store, before.last, 30)
        store.weekly_notes.publish(
            "week", before.last, published_figures(figures_of(store, before)), AT - WEEK
        )
        assert not figures_of(store).trust.restated
        count(store, before.last - DAY, 12, sentiment="negative")
        (restated,) = figures_of(store).trust.restated
        assert (restated.last, restated.published, restated.now) == (before.last, 30, 42)
        assert not store.weekly_notes.publish("week", before.last, {}, AT), "what was said stays"


def test_small_counts_are_told_together_with_as_many_as_hide_them() -> None:
    assert together({"Brent": 9, "Ealing": 3}) == (Count(key="", name="All others", count=12),)
    assert together({"Brent": 9, "Ealing": 3, "Harrow": 4}) == (
        Count(key="Brent", name="Brent", count=9), Count(key="", name="All others", count=7),
    )  # fmt: skip
    assert together({"Brent": 4}) == (Count(key="", name="All others", count=None),)
    assert together({"Brent": 5, "Ealing": 0}) == (Count(key="Brent", name="Brent", count=5),)


def test_the_tone_s_error_is_that_of_the_card_of_the_model() -> None:
    card = (SHIPPED / "CARD.md").read_text("utf-8")
    row = next(line for line in card.splitlines() if line.startswith("| sentiment |"))
    shares = [round(100 * float(cell.split()[0])) for cell in row.split("|")[2:-1]]
    assert (min(shares), max(shares)) in TONE_RIGHT.values()


def test_an_empty_store_has_figures_that_say_nothing_was_read() -> None:
    with temporary_store() as store:
        figures: Figures = gather(
            store, CONFIG, POLICY, period_of("week", LAST), datetime(2026, 12, 1, tzinfo=UTC)
        )
        assert not figures.whole
        assert figures.totals.mentions == 0
        assert not any(series.changed for series in figures.series)


def test_a_public_record_is_told_as_a_document_by_its_site_and_never_as_a_person() -> None:
    with temporary_store() as store:
        assert worded(figures_of(store), {}).records is None
        url = "https://hansard.parliament.uk/Commons/2026-11-24/debates/1/Care"
        post = stored.mention(1, platform="record", kind="article", posted_at=AT - DAY, fetched_at=AT - DAY, url=url, text="Dr Ada Quillfeather: the board")  # fmt: skip
        store.mentions.add_run("feeds", [post], since=AT - 2 * DAY, at=AT - DAY, complete=True)
        stored.assess_all(store, "low", at=AT - DAY)
        told = worded(figures_of(store), {})
    assert told.records is not None
    assert told.records in told.parts
    assert told.records.table is not None
    ((site, *_),) = told.records.table.rows
    assert site == "hansard.parliament.uk"
    assert told.press.table is None
    assert "quillfeather" not in str(told).lower()


def test_a_summary_is_signed_by_the_name_of_its_own_last_day(store: Store) -> None:
    """A name that begins the day after is on the next week's, whenever either is made."""
    last = period_of("week", LAST).last
    names = [
        {"name": "NHS Later Example", "from": last + timedelta(days=1)},
        {"name": "NHS Earlier Example", "until": last},
    ]
    organisation = Organisation.model_validate({"names": names}, strict=False)
    config = CONFIG.model_copy(update={"organisation": organisation})
    of_weeks = [
        gather(store, config, POLICY, period_of("week", day), AT + WEEK * 2).organisation
        for day in (LAST, LAST + WEEK)
    ]
    assert of_weeks == ["NHS Earlier Example", "NHS Later Example"]
