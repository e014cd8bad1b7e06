"""Counts by day: right by hand, and the same as counting everything anew, whatever was done to the store."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from core.models import Assessment
from store import DayCount, LabelCount, NewRisk, Placing, Store
from store.trends import day_of
from tests.fuzz.profiles import examples
from tests.store.factories import (
    AT,
    DAY,
    HOUR,
    MODEL,
    POLICY,
    add,
    assess_all,
    assessed,
    flag,
    mention,
    reading,
)
from tests.store.older import older
from tests.stores import KEY, temporary_store

FIRST, LAST = date(2026, 3, 20), date(2026, 11, 30)
MARCH, OCTOBER = (
    datetime(2026, 3, 28, 22, 30, tzinfo=UTC),
    datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
)  # clocks change


def days_of(store: Store, first: date = FIRST, last: date = LAST) -> Counter[date]:
    counts: Counter[date] = Counter()
    for one in store.trends.by_day(first, last):
        counts[one.day] += one.count
    return counts


def anew(
    store: Store, first: date = FIRST, last: date = LAST
) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """What `count_days`, `count_labels` and `count_flags_by_day` should say, from every mention itself."""
    days: Counter[Any] = Counter()
    labels: Counter[Any] = Counter()
    flags: Counter[Any] = Counter()
    for total in store.figures.totals(clock.day(first)[0], clock.day(last)[1]):
        if total.in_scope or total.flags:
            days[total.day, bool(total.flags), total.risk, total.sentiment] += total.count
            labels[total.platform, total.sentiment, total.risk, total.flags] += total.count
            for name in total.flags:
                flags[name, total.day] += total.count
    return days, labels, flags


def told(
    store: Store, first: date = FIRST, last: date = LAST
) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    return (
        Counter({(one.day, one.flagged, one.risk, one.sentiment): one.count for one in store.trends.by_day(first, last)}),
        Counter({(one.platform, one.sentiment, one.risk, one.flags): one.count for one in store.trends.by_labels(first, last)}),
        Counter(store.trends.flags_by_day(first, last)),
    )  # fmt: skip


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────


def test_a_period_is_counted_by_day_and_label(store: Store) -> None:
    add(store, mention(1), mention(2), mention(3, posted_at=AT - DAY), mention(4, platform="blog"))
    assess_all(store, "high", flags=[flag("pid"), flag("allegation")])
    add(store, mention(5), mention(6, posted_at=AT - 2 * DAY))
    assess_all(store, "none", sentiment="positive")
    add(store, mention(7))
    assess_all(store, "none", in_scope=False)  # somebody else's hospital: not counted
    last = date(2026, 11, 20)
    assert store.trends.by_day(last - DAY, last) == [
        DayCount(day=date(2026, 11, 19), flagged=True, risk="high", sentiment="negative", count=1),
        DayCount(day=last, flagged=False, risk="none", sentiment="positive", count=1),
        DayCount(day=last, flagged=True, risk="high", sentiment="negative", count=3),
    ]
    both = ("allegation", "pid")
    assert store.trends.by_labels(last, last) == [
        LabelCount(platform="blog", sentiment="negative", risk="high", flags=both, count=1),
        LabelCount(platform="x", sentiment="negative", risk="high", flags=both, count=2),
        LabelCount(platform="x", sentiment="positive", risk="none", flags=(), count=1),
    ]
    assert store.trends.flags_by_day(last - DAY, last) == {
        ("pid", last): 3, ("pid", last - DAY): 1, ("allegation", last): 3, ("allegation", last - DAY): 1,
    }  # fmt: skip
    for what, name, count in (
        ("platform", "blog", 1), ("platform", "x", 3), ("risk", "high", 3), ("sentiment", "positive", 1),
        ("flag", "pid", 3), ("flag", "pi", 0), ("platform", "' OR 1 --", 0),
    ):  # fmt: skip
        found = store.trends.days_of(what, name, last, last)  # type: ignore[arg-type]
        assert found == ({last: count} if count else {}), (what, name)


def test_days_are_those_of_the_uk_also_when_clocks_change(store: Store) -> None:
    add(
        store,
        mention(1, posted_at=MARCH), mention(2, posted_at=MARCH + HOUR),  # 23:30 on the 28th is winter time
        mention(3, posted_at=MARCH + DAY), mention(4, posted_at=MARCH + DAY + HOUR),  # 00:30 on the 30th
        mention(5, posted_at=OCTOBER), mention(6, posted_at=OCTOBER + HOUR),  # 00:30 on the 25th
        mention(7, posted_at=OCTOBER + DAY + HOUR),  # 23:30 on the 25th
    )  # fmt: skip
    assess_all(store)
    assert days_of(store) == {
        date(2026, 3, 28): 2, date(2026, 3, 29): 1, date(2026, 3, 30): 1, date(2026, 10, 24): 1,
        date(2026, 10, 25): 2,
    }  # fmt: skip
    assert days_of(store, date(2026, 3, 30), date(2026, 10, 24)) == {
        date(2026, 3, 30): 1,
        date(2026, 10, 24): 1,
    }
    assert store.trends.days_of("platform", "x", date(2026, 10, 25), date(2026, 10, 25)) == {
        date(2026, 10, 25): 2
    }


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1972, 1, 2), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001 - the zone comes next
def test_a_part_of_a_day_is_on_one_day_in_the_uk(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    part = f"{moment:%Y-%m-%d}T{'23' if moment.hour == 23 else '00'}"
    assert day_of(part) == clock.local_day(moment)


def test_an_edit_moves_a_mention_to_its_new_labels_and_an_old_reading_does_not(
    store: Store,
) -> None:
    add(store, mention(1))
    assess_all(store, "high", flags=[flag("pid")])
    (stored,) = store.assessments.unassessed("later", MODEL)
    add(store, mention(1, text="Edited", fetched_at=AT + HOUR))
    assert (
        sum(days_of(store).values()) == 1
    )  # what was thought of the words before, until these are read
    assess_all(store, "low", flags=[flag("media")], sentiment="neutral")
    assert told(store)[2] == {("media", date(2026, 11, 20)): 1}
    late = Assessment(
        mention=1, revision=1, policy="later", model=MODEL, risk="high", at=AT,
        reading=reading(flags=[flag("threat")]),
    )  # fmt: skip
    assert stored.revision == 1
    store.assessments.add([late])
    assert told(store) == anew(store)
    assert told(store)[2] == {("media", date(2026, 11, 20)): 1}


def test_what_turns_out_to_be_our_own_is_not_counted_any_more(store: Store) -> None:
    add(store, mention(1), mention(2))
    assess_all(store)
    add(store, mention(1, own=True, fetched_at=AT + HOUR))
    assert days_of(store) == {date(2026, 11, 20): 1}


def test_places_are_those_of_posts_that_a_person_should_see(store: Store) -> None:
    add(
        store,
        *(
            mention(number, text=f"text {number}", posted_at=AT - number * DAY)
            for number in range(1, 5)
        ),
    )
    for stored in store.assessments.unassessed(POLICY, MODEL):
        seen = stored.number < 4
        flags = [flag("pid"), flag("media")] if seen else []
        store.assessments.add([assessed(stored, "low" if seen else "none", flags=flags)])
    placings = [
        Placing(mention=one.mention, risk=one.risk, bands=(), places=("Harrow", "Brent") if one.mention < 3 else ("Harrow",))
        for one in store.grouping.ungrouped()
    ]  # fmt: skip
    store.grouping.group(placings, alike=lambda one, other: False, at=AT)
    last = date(2026, 11, 19)
    assert store.trends.by_place(last - 2 * DAY, last) == {"Harrow": 3, "Brent": 2}
    assert store.trends.by_place(last, last) == {"Harrow": 1, "Brent": 1}
    assert store.trends.days_of("place", "Harrow", FIRST, LAST) == {
        last: 1,
        last - DAY: 1,
        last - 2 * DAY: 1,
    }
    assert store.trends.flags_by_place(last - DAY, last) == {
        ("pid", "Harrow"): 2, ("pid", "Brent"): 2, ("media", "Harrow"): 2, ("media", "Brent"): 2,
    }  # fmt: skip


def test_a_source_is_watched_from_the_first_whole_day_of_its_first_full_run(store: Store) -> None:
    assert store.sources.watched_since() == {}
    store.mentions.add_run("reddit", [], since=AT - 9 * DAY, at=AT - 9 * DAY, error="refused")
    store.mentions.add_run("x", [], since=datetime(2026, 11, 2, tzinfo=UTC), at=AT)
    store.mentions.add_run("x", [], since=AT - 90 * DAY, at=AT + HOUR)
    store.mentions.add_run("reddit", [], since=AT - 3 * DAY, at=AT)
    store.mentions.add_run("import", [], since=AT - 300 * DAY, at=AT)
    assert store.sources.watched_since() == {"x": date(2026, 11, 2), "reddit": date(2026, 11, 18)}


def test_counting_reads_the_counts_and_no_mention(store: Store) -> None:
    add(store, mention())
    assess_all(store)
    plan: list[str] = []
    store.database.connection.set_trace_callback(plan.append)
    store.trends.by_day(FIRST, LAST)
    store.trends.by_labels(FIRST, LAST)
    store.trends.flags_by_day(FIRST, LAST)
    store.database.connection.set_trace_callback(None)
    for sql in plan:
        if sql.startswith("SELECT"):
            how = " ".join(
                row["detail"] for row in store.database.rows(f"EXPLAIN QUERY PLAN {sql}")
            )
            assert "SEARCH" in how
            assert "SCAN" not in how, how
            assert "mentions" not in how


# ── whatever is done ─────────────────────────────────────────────────────────────────────────────


def names(of: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(of, max_size=3, unique=True)


RISK = st.sampled_from(["high", "medium", "low", "none"])
FLAGS = names(st.sampled_from(["pid", "threat", "media"]))
NUMBER = st.integers(1, 5)
STEP = st.one_of(
    st.tuples(st.just("take in"), NUMBER, st.integers(-400, 0), st.booleans()),
    st.tuples(st.just("assess"), RISK, FLAGS, st.sampled_from(["1", "2"])),
    st.tuples(st.just("edit"), NUMBER),
    st.tuples(st.just("reach"), NUMBER, RISK),
    st.tuples(st.just("own"), NUMBER),
    st.tuples(st.just("delete"), NUMBER),
    st.tuples(st.just("erase"), NUMBER),
    st.tuples(st.just("purge"), st.integers(0, 20)),
)


def do(store: Store, step: tuple[Any, ...], at: datetime) -> None:
    what, *how = step
    if what == "take in":
        number, hours, in_scope = how
        add(
            store,
            mention(
                number, posted_at=AT + hours * HOUR, fetched_at=at, text=f"{number} {in_scope}"
            ),
            at=at,
        )
    elif what == "assess":
        risk, flags, policy = how
        waiting = store.assessments.unassessed(policy, MODEL)
        store.assessments.add(
            [
                assessed(
                    one, risk, policy=policy, flags=[flag(name) for name in flags], at=at,
                    in_scope="True" in one.mention.text, sentiment="positive" if one.number % 2 else "negative",
                )
                for one in waiting
            ],
        )  # fmt: skip
    elif what == "edit":
        add(store, mention(how[0], fetched_at=at, text=f"{how[0]} True, edited {at}"), at=at)
    elif what == "reach":
        store.assessments.add_risks(
            [
                NewRisk(mention=how[0], revision=revision, policy=policy, model=MODEL, risk=how[1], followers=9, shares=9, at=at)
                for revision in (1, 2) for policy in ("1", "2")
            ],
        )  # fmt: skip
    elif what == "own":
        add(store, mention(how[0], own=True, fetched_at=at), at=at)
    elif what == "delete":
        store.mentions.mark_gone([("x", mention(how[0]).issued_id, "deleted")], at=at)
    elif what == "erase":
        store.retention.erase([how[0]], by="gwen", at=at)
    else:
        store.retention.purge(at, {"default": timedelta(hours=how[0])}, deleted_after=timedelta(0))


@examples(20)
@given(st.lists(STEP, min_size=3, max_size=14))
def test_counts_are_those_of_counting_anew_whatever_was_done(steps: list[tuple[Any, ...]]) -> None:
    with temporary_store() as store:
        for hour, step in enumerate(steps):
            do(store, step, AT + hour * HOUR)
        assert told(store) == anew(store)
        for first, last in (
            (date(2026, 11, 10), date(2026, 11, 19)),
            (date(2026, 11, 20), date(2026, 11, 20)),
        ):
            assert told(store, first, last) == anew(store, first, last)
        assert_kept(store)


def assert_kept(store: Store) -> None:
    """The rows of `daily_counts` are the sums of `counted_mentions`, and no count is left without a mention."""
    kept = {
        row["number"]: row["count"]
        for row in store.database.rows("SELECT number, count FROM daily_counts")
    }
    assert kept == Counter(
        row["daily_count"]
        for row in store.database.rows("SELECT daily_count FROM counted_mentions")
    )
    assert not store.database.rows(
        "SELECT 1 FROM counted_mentions WHERE mention NOT IN (SELECT number FROM mentions)"
    )


def test_nothing_is_left_of_what_was_purged_but_its_count_by_day(store: Store) -> None:
    add(store, mention(1), mention(2))
    assess_all(store, "high", flags=[flag("pid")])
    before = told(store)
    proof = store.retention.purge(AT + 9 * DAY, {"default": DAY}, deleted_after=timedelta(0))
    assert proof.left["counted_mentions"] == 0
    assert (
        store.database.rows("SELECT * FROM daily_counts")
        == store.database.rows("SELECT * FROM counted_mentions")
        == []
    )
    assert told(store) == before != (Counter(), Counter(), Counter())


def test_a_store_that_was_there_before_is_counted_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    with Store.open(path, [KEY]) as store:
        add(
            store,
            mention(1, posted_at=MARCH + DAY + HOUR),
            mention(2),
            mention(3),
            mention(4, own=True),
        )
        assess_all(store, "low", flags=[flag("pid"), flag("media")])
        add(store, mention(5))
        before = told(store)
    older(path, tmp_path / "old.db", "m010_day_counts")
    with Store.open(tmp_path / "old.db", [KEY]) as store:
        assert told(store) == before == anew(store)
        assert_kept(store)
        assess_all(store)
        assert told(store) == anew(store)


@pytest.mark.parametrize("year", [1, 9999])
def test_whatever_day_a_platform_tells_is_stored(store: Store, year: int) -> None:
    for number, moment in enumerate(
        (datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, 59, tzinfo=UTC)), start=1
    ):
        add(store, mention(number, posted_at=moment))
    assess_all(store)
    assert sum(store.database.rows("SELECT sum(count) FROM daily_counts")[0]) == 2


def test_cases_are_counted_in_the_hour_in_which_they_opened_whatever_becomes_of_them(
    store: Store,
) -> None:
    for number, at in ((1, AT), (2, AT), (3, OCTOBER + HOUR)):
        add(store, mention(number, posted_at=at - HOUR, fetched_at=at), at=at)
    add(store, mention(4, posted_at=AT - 4 * DAY, fetched_at=AT))  # an import: no news
    assess_all(store, "high", flags=[flag("pid")])
    placings = [Placing(mention=one.mention, risk=one.risk) for one in store.grouping.ungrouped()]
    store.grouping.group(placings, alike=lambda one, other: False, at=AT)
    day, night = clock.local_day(AT), clock.local_day(OCTOBER + HOUR)
    opened = {(day, 9): 2, (night, 0): 1}
    assert store.trends.cases_by_hour(FIRST, LAST) == opened
    assert store.trends.high_cases_by_day(FIRST, LAST) == {day: 2, night: 1}
    assert store.trends.case_flags_by_day(FIRST, LAST) == {("pid", day): 2, ("pid", night): 1}
    store.retention.purge(AT + 99 * DAY, {"default": DAY}, deleted_after=timedelta(0))
    assert store.trends.cases_by_hour(FIRST, LAST) == opened
    assert store.trends.high_cases_by_day(FIRST, LAST) == {}


def test_cases_that_were_there_before_are_counted_when_the_store_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    with Store.open(path, [KEY]) as store:
        add(store, mention(1), mention(2, posted_at=AT - 9 * DAY))
        assess_all(store, "low", flags=[flag("pid")])
        placings = [
            Placing(mention=one.mention, risk=one.risk) for one in store.grouping.ungrouped()
        ]
        store.grouping.group(placings, alike=lambda one, other: False, at=AT)
        before = store.trends.cases_by_hour(FIRST, LAST)
        rows = [tuple(row) for row in store.database.rows("SELECT * FROM case_openings")]
    older(path, tmp_path / "old.db", "m034_exports")
    with Store.open(tmp_path / "old.db", [KEY]) as store:
        assert store.trends.cases_by_hour(FIRST, LAST) == before
        assert [tuple(row) for row in store.database.rows("SELECT * FROM case_openings")] == rows
