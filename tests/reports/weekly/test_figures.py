"""Every figure of a summary worked out another way, by SQL and loops over rows, of stores filled by chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import pytest

from classify.model.onnx_model import SHIPPED
from core import clock
from core.models import PLATFORMS
from reports.weekly.figures import TONE_RIGHT, Count, Figures, gather, published_figures, together
from reports.weekly.periods import Period, period_of
from store import Store
from tests.reports.factories import POLICY
from tests.reports.weekly.factories import (
    AT,
    CONFIG,
    DAY,
    LAST,
    WEEK,
    count,
    figures_of,
    read,
    sundays,
)
from tests.store import factories as stored
from tests.stores import temporary_store

WEEKS = 16
START = clock.day(sundays(WEEKS)[0] - 6 * DAY)[0]
END = clock.day(LAST)[1]


def fill(store: Store, seed: int) -> None:
    """Mentions of sixteen weeks, found early or late, some by a file; some purged; cases with their clocks and decisions."""
    chance = random.Random(seed)
    who = store.users.add("local", "amina", "Amina", ("reviewer",), at=AT)
    for name in ("x", "reddit", "feeds"):
        read(store, name, date(2026, 7, 1), LAST)
    for number in range(1, 181):
        posted = START + timedelta(minutes=chance.randrange(-600, WEEKS * 7 * 24 * 60 + 600))
        late = timedelta(hours=chance.choice([1, 1, 1, 30, 200, 700]))
        found = min(posted + late, AT)
        platform = chance.choice(["x", "x", "reddit", "news"])
        words = f"Waited at the desk {number}"
        post = stored.mention(
            number, platform=platform, posted_at=posted, fetched_at=found, text=words, text_raw=words,
            own=chance.random() < 0.1,
        )  # fmt: skip
        source = "import" if chance.random() < 0.1 else {"news": "feeds"}.get(platform, platform)
        store.mentions.add_run(source, [post], since=posted - DAY, at=found, complete=True)
        flags = chance.sample(["assistance", "pid", "media", "threat"], chance.choice([0, 0, 1, 2]))
        stored.assess_all(
            store, chance.choice(["high", "medium", "low", "none"]), at=found,
            flags=[stored.flag(name) for name in flags], in_scope=chance.random() < 0.8,
            sentiment=chance.choice(["negative", "neutral", "positive"]),
        )  # fmt: skip
    for last in sundays(WEEKS):
        for _ in range(4):
            count(
                store, last - chance.randrange(7) * DAY, chance.randrange(3, 30), platform=chance.choice(PLATFORMS[:4]),
                sentiment=chance.choice(["negative", "neutral", "positive"]), risk=chance.choice(["high", "low"]),
                flags=chance.choice(["[]", '["assistance"]', '["media","pid"]']), in_scope=chance.choice([0, 1, 1]),
            )  # fmt: skip
    with store.database.transaction():
        for case in range(1, 90):
            began = START + timedelta(minutes=chance.randrange(WEEKS * 7 * 24 * 60))
            kind = chance.choice(["look", "look", "look", "assistance", "pid"])
            stopped = (
                began + timedelta(minutes=chance.randrange(5, 9000))
                if chance.random() < 0.8
                else None
            )
            reason = chance.choice(
                ["decided", "decided", "answered", "nothing left", "taken back", "recorded"]
            )
            store.database.insert(
                "deadlines", case_number=case, kind=kind, began_at=clock.text(began),
                due_at=clock.text(began + timedelta(hours=chance.choice([1, 8, 48]))),
                lane=chance.choice(["now", "answer", "look"]) if kind == "look" else None,
                stopped_at=clock.text(stopped) if stopped else None, stop_reason=reason if stopped else None,
            )  # fmt: skip
            store.database.insert(
                "cases", opened_at=clock.text(began), latest_at=clock.text(began), lead_mention=1, risk=1, flagged=1, size=1,
            )  # fmt: skip
            store.database.insert(
                "case_decisions", case_number=case, version=1, at=clock.text(began + DAY), by_user=who.number, size=1, risk=1,
                kind=chance.choice(["respond", "no_action", "escalate", "reopen"]), covers="[]", labels="{}",
                encrypted=store.database.encryption.encrypt({}),
            )  # fmt: skip
        for number in range(1, 40):
            store.database.insert(
                "takedowns", mention=number, step="asked", recipient="platform", by_user=who.number,
                at=clock.text(START + timedelta(hours=number * 60)), recorded_at=clock.text(AT),
                encrypted=store.database.encryption.encrypt({}),
            )  # fmt: skip
            if number % 3 == 0:
                store.database.insert(
                    "takedowns", mention=number, step="gone", recipient="platform", by_user=who.number,
                    at=clock.text(AT), recorded_at=clock.text(AT), encrypted=store.database.encryption.encrypt({}),
                )  # fmt: skip


@pytest.fixture(scope="module", params=[1, 2])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with temporary_store() as opened:
        fill(opened, request.param)
        yield opened


def rows(store: Store) -> list[dict[str, Any]]:
    """Every counted mention, held or purged: its UK day, when it was found (None: purged), and its labels."""
    held = store.database.rows(
        """SELECT m.number, m.posted_at, m.found_at, m.platform, a.sentiment, a.in_scope,
            (SELECT r.risk FROM risks r WHERE r.mention = m.number ORDER BY r.number DESC LIMIT 1) AS risk,
            (SELECT group_concat(f.name) FROM flags f WHERE f.assessment = a.number) AS flags,
            (SELECT group_concat(t.source) FROM matches t WHERE t.mention = m.number) AS sources
        FROM mentions m JOIN assessments a ON a.number = (SELECT max(b.number) FROM assessments b WHERE b.mention = m.number)
        WHERE m.own = 0"""
    )
    found = [
        {
            "day": clock.local_day(clock.parse(row["posted_at"])), "found": clock.parse(row["found_at"]),
            "platform": row["platform"], "sentiment": row["sentiment"], "risk": row["risk"], "count": 1,
            "flags": set(filter(None, (row["flags"] or "").split(","))), "in_scope": row["in_scope"],
            "imported": row["sources"] == "import",
        }
        for row in held
    ]  # fmt: skip
    found += [
        {
            "day": date.fromisoformat(row["day"]), "found": None, "platform": row["platform"], "sentiment": row["sentiment"],
            "risk": row["risk"], "count": row["count"], "in_scope": row["in_scope"], "imported": False,
            "flags": {name.strip('"') for name in row["flags"].strip("[]").split(",") if name},
        }
        for row in store.database.rows("SELECT * FROM purged_counts")
    ]  # fmt: skip
    return [row for row in found if row["in_scope"] or row["flags"]]


def total(chosen: list[dict[str, Any]]) -> int:
    return sum(row["count"] for row in chosen)


PERIODS = [
    period_of("week", LAST),
    period_of("week", LAST - 3 * DAY),
    period_of("month", LAST),
    period_of("quarter", LAST),
]


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_counts_of_a_period(store: Store, period: Period) -> None:
    figures = figures_of(store, period)
    now = [row for row in rows(store) if period.first <= row["day"] <= period.last]
    totals = figures.totals
    assert totals.mentions == total(now)
    for tone in ("negative", "neutral", "positive"):
        assert getattr(totals, tone) == total([row for row in now if row["sentiment"] == tone])
    assert totals.flagged == total([row for row in now if row["flags"]])
    assert totals.high == total([row for row in now if row["risk"] == "high"])
    assert totals.asking == total([row for row in now if "assistance" in row["flags"]])
    for flag in figures.flags:
        counted = total([row for row in now if flag.key in row["flags"]])
        assert flag.count == (counted if counted >= 5 else None)
    shown = sum(row.count for row in figures.platforms if row.count is not None)
    if all(row.count is not None for row in figures.platforms):
        assert shown == totals.mentions


@pytest.mark.parametrize("period", PERIODS[:2], ids=lambda period: period.name)
def test_what_was_found_and_what_came_late(store: Store, period: Period) -> None:
    figures = figures_of(store, period)
    start, end = clock.day(period.first)[0], clock.day(period.last)[1]
    found = [row for row in rows(store) if row["found"] is not None and start <= row["found"] < end]
    assert figures.trust.found_count == total(found)
    late = Counter[date]()
    for row in found:
        weeks_before = -(-(period.last - row["day"]).days // 7) if row["day"] <= period.last else 0
        for back in range(1, 9):
            last = period.last - back * WEEK
            if last - 6 * DAY <= row["day"] <= last and not row["imported"]:
                late[last] += 1
        assert weeks_before >= 0
    assert {row.last: row.count for row in figures.trust.late} == dict(late)


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


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_what_we_did(store: Store, period: Period) -> None:
    figures = figures_of(store, period)
    start, end = clock.day(period.first)[0], clock.day(period.last)[1]
    clocks = [
        {
            name: (clock.parse(row[name]) if row[name] else None)
            for name in ("began_at", "due_at", "stopped_at")
        }
        | {"kind": row["kind"], "lane": row["lane"], "why": row["stop_reason"]}
        for row in store.database.rows("SELECT * FROM deadlines")
    ]
    within = [row for row in clocks if start <= row["began_at"] < end]
    for lane in figures.lanes:
        mine = [
            row
            for row in within
            if row["lane"] == lane.lane and row["why"] not in ("nothing left", "taken back")
        ]
        done = [row for row in mine if row["stopped_at"]]
        assert lane.cases == len(mine)
        assert lane.in_time == sum(row["stopped_at"] <= row["due_at"] for row in done)
        assert lane.late == sum((row["stopped_at"] or AT) > row["due_at"] for row in mine)
        minutes = [(row["stopped_at"] - row["began_at"]).total_seconds() / 60 for row in done]
        if minutes:
            assert lane.median_minutes == pytest.approx(median(minutes), abs=0.01)
            assert lane.slowest_minutes == pytest.approx(max(minutes), abs=0.01)
    breaches = [row for row in within if row["kind"] == "pid" and row["why"] != "taken back"]
    work = figures.work
    assert work.clocks_began == len(breaches)
    assert work.clocks_recorded == sum(row["why"] == "recorded" for row in breaches)
    assert work.clocks_running == sum(row["stopped_at"] is None for row in breaches)
    moment = min(end, AT)
    waiting = [
        row["began_at"] for row in clocks
        if row["kind"] == "assistance" and row["began_at"] < moment
        and (row["stopped_at"] is None or row["stopped_at"] >= moment)
    ]  # fmt: skip
    assert figures.waiting == len(waiting)
    assert figures.waiting_long == sum(moment - began > timedelta(days=2) for began in waiting)
    decided = Counter(
        row["kind"] for row in store.database.rows("SELECT kind, at FROM case_decisions")
        if start <= clock.parse(row["at"]) < end and row["kind"] != "reopen"
    )  # fmt: skip
    assert dict(work.decided) == dict(decided)
    asked = {
        row["mention"] for row in store.database.rows("SELECT mention, at FROM takedowns WHERE step = 'asked'")
        if start <= clock.parse(row["at"]) < end
    }  # fmt: skip
    assert work.takedowns_asked == len(asked)
    assert work.takedowns_gone == sum(number % 3 == 0 for number in asked)


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
    assert together({"Brent": 9, "Ealing": 3}) == (Count(key="", name="Others together", count=12),)
    assert together({"Brent": 9, "Ealing": 3, "Harrow": 4}) == (
        Count(key="Brent", name="Brent", count=9), Count(key="", name="Others together", count=7),
    )  # fmt: skip
    assert together({"Brent": 4}) == (Count(key="", name="Others together", count=None),)
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
