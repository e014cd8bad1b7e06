"""The figures of a sample: right on average, as sure as they say, and nothing where too little is known."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.estimates import (
    Agreement,
    Figure,
    Part,
    added,
    agreement,
    recall,
    share,
    total,
    weighed,
    wilson,
)
from reports.quality import Qualities, qualities
from steps import sample
from store import Draw, Stratum, Tally

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
WEEK = timedelta(days=7)


# ── shares and totals ────────────────────────────────────────────────────────────────────────────


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=80), st.data())
def test_over_all_that_could_have_been_drawn_the_total_is_right_on_average(
    holds: list[bool], data: st.DataObject
) -> None:
    size = len(holds)
    count = data.draw(st.integers(1, size))
    told = []
    for start in range(size):
        hits = sum(holds[place] for place in sample.places(size, count, start))
        found = total([[Part(size, count, hits)]])
        assert found is not None
        told.append(found.value)
    assert mean(told) == pytest.approx(sum(holds))


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_shares_have_wilsons_interval(hits: int, count: int, low: float, high: float) -> None:
    found = share(hits, count)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_of_none_a_share_may_be_anything() -> None:
    assert wilson(0.0, 0) == (0.0, 1.0)
    assert weighed([Part(100, 0, 0)]) is None
    assert total([[Part(100, 0, 0)]]) is None
    assert total([]) is None


def test_what_was_answered_in_full_is_sure() -> None:
    assert total([[Part(12, 12, 3)], [Part(5, 5, 0)]]) == Figure(3, 3, 3, 17)


def test_a_week_counts_by_its_size_and_one_that_nobody_answered_as_the_others() -> None:
    found = weighed([Part(1000, 10, 1), Part(100, 10, 9)])
    assert found is not None
    assert found.value == pytest.approx((100 + 90) / 1100)
    plain = wilson(found.value, 20)
    assert found.low < plain[0]
    assert found.high > plain[1]
    of_all = total([[Part(1000, 10, 1), Part(1000, 0, 0)]])
    assert of_all is not None
    assert of_all.value == pytest.approx(200)


def test_sums_are_surer_than_the_sum_of_what_is_not() -> None:
    one = share(5, 50).times(100)
    both = added([one, one])
    assert both.value == pytest.approx(20)
    assert 2 * one.low < both.low < both.value < both.high < 2 * one.high


# ── recall ───────────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None)
@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 500),
    st.lists(
        st.tuples(st.integers(1, 40), st.floats(0, 1), st.integers(0, 900)), min_size=1, max_size=4
    ),
)
def test_a_range_always_holds_its_figure_and_no_more_than_all(
    right: int, wrong: int, flagged: int, parts: list[tuple[int, float, int]]
) -> None:
    missed = total(
        [[Part(answered + rest, answered, round(answered * of))] for answered, of, rest in parts]
    )
    assert missed is not None
    found = recall(share(right, right + wrong).times(flagged), missed)
    if found is not None:
        assert 0 <= found.low <= found.value + 1e-9
        assert found.value <= found.high + 1e-9 <= 1 + 2e-9
    else:
        assert missed.value == 0


def test_nothing_found_and_nothing_missed_has_no_recall() -> None:
    assert recall(share(0, 10).times(50), Figure(0, 0, 9, 40)) is None
    assert recall(share(0, 10).times(50), Figure(5, 1, 9, 40)) == Figure(0, 0, 1, 40)
    found = recall(share(10, 10).times(50), Figure(0, 0, 9, 40))
    assert found is not None
    assert (found.value, found.high) == (1, 1)
    assert 0.8 < found.low < 0.86


def test_in_a_simulation_it_is_right_on_average_and_as_sure_as_it_says() -> None:
    """Twelve weeks of 40 answers: 2,400 unflagged in two strata of which 2 % and 0.5 % hold a flag, 900 flagged."""
    chance = random.Random(20261123)
    covered, missed_told, told = 0, [], []
    runs = 600
    for _ in range(runs):
        ours = [[chance.random() < 0.02 for _ in range(150)] for _ in range(12)]
        health = [[chance.random() < 0.005 for _ in range(50)] for _ in range(12)]
        missed = sum(map(sum, ours)) + sum(map(sum, health))
        flagged = [chance.random() < 0.8 for _ in range(900)]
        truth = sum(flagged) / (sum(flagged) + missed)
        judged = chance.sample(flagged, 120)
        strata = [
            [Part(len(week), count, sum(chance.sample(week, count))) for week in weeks]
            for weeks, count in ((ours, 30), (health, 10))
        ]
        estimate = total(strata)
        assert estimate is not None
        found = recall(share(sum(judged), 120).times(900), estimate)
        assert found is not None
        covered += found.low <= truth <= found.high
        missed_told.append(estimate.value - missed)
        told.append(found.value - truth)
    assert abs(mean(missed_told)) < 2  # of 39 that are missed
    assert abs(mean(told)) < 0.003
    assert 0.93 < covered / runs <= 1


# ── agreement ────────────────────────────────────────────────────────────────────────────────────


def test_alpha_is_krippendorffs() -> None:
    # Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section A
    one, other = "0100000010", "1110010000"
    pairs = Counter(zip(one, other, strict=True))
    found = agreement(pairs["1", "1"], pairs["0", "0"], pairs["0", "1"] + pairs["1", "0"])
    assert found.same.value == 0.6
    assert found.alpha == pytest.approx(0.095, abs=5e-4)


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_alpha_is_one_for_agreement_and_none_where_nothing_else_was_said(
    yes: int, no: int, differ: int
) -> None:
    found = agreement(yes, no, differ)
    assert isinstance(found, Agreement)
    if not differ:
        assert found.alpha == (1 if yes and no else None)
    else:
        assert found.alpha is not None
        assert -1 <= found.alpha < 1


# ── what is gathered ─────────────────────────────────────────────────────────────────────────────


def draw(week: date, population: int, drawn: int, **flagged: int) -> Draw:
    strata = (
        Stratum(kind="unflagged", name="in scope", population=population, drawn=drawn),
        Stratum(kind="unflagged", name="health", population=population, drawn=drawn),
        Stratum(kind="second", name="decided", population=30, drawn=10),
    )
    return Draw(week=week, since=AT - WEEK, until=AT, seed="", strata=strata, flagged=flagged)


def tally(kind: str, stratum: str, what: str, count: int, week: date = MONDAY) -> Tally:
    return Tally(week=week, kind=kind, stratum=stratum, what=what, count=count)  # type: ignore[arg-type]


def gathered(*tallies: Tally, draws: Sequence[Draw] = ()) -> Qualities:
    return qualities(
        draws or [draw(MONDAY, 100, 10, any=50, threat=20)], tallies, ("threat", "pid")
    )


def test_of_no_draws_nothing_is_known() -> None:
    found = qualities([], [], ("threat",))
    assert (found.overall.recall, found.overall.precision, found.scope.agree, found.weeks) == (
        None,
        None,
        None,
        [],
    )


def test_of_nine_nothing_is_told_and_of_ten_all_is() -> None:
    for count, told in ((9, False), (10, True)):
        found = gathered(
            tally("unflagged", "in scope", "answered", count - 4), tally("unflagged", "health", "answered", 4),
            tally("unflagged", "in scope", "threat", 1), tally("unflagged", "in scope", "any", 1),
            tally("judged", "threat", "right", count - 1), tally("judged", "threat", "wrong", 1),
            tally("judged", "any", "right", count), tally("second", "threat", "yes yes", count - 1),
            tally("second", "threat", "no yes", 1), tally("second", "", "answered", count),
        )  # fmt: skip
        threat, pid = found.flags
        for figure in (
            threat.recall,
            threat.precision,
            threat.agree,
            found.overall.recall,
            found.weeks[0].recall,
        ):
            assert (figure is not None) == told
        assert (threat.missed, threat.judged, threat.pairs, found.answered, found.population) == (
            1,
            count,
            count,
            count,
            200,
        )
        assert (pid.recall, pid.precision, pid.agree) == (None, None, None)
        assert (found.weeks[0].pairs, found.weeks[0].seconds) == (count, 10)


def test_recall_sets_what_was_flagged_rightly_against_what_was_missed() -> None:
    found = gathered(
        tally("unflagged", "in scope", "answered", 10), tally("unflagged", "health", "answered", 10),
        tally("unflagged", "in scope", "threat", 1), tally("judged", "threat", "right", 9), tally("judged", "threat", "wrong", 3),
    )  # fmt: skip
    (threat, _) = found.flags
    assert threat.recall is not None
    assert threat.recall.value == pytest.approx(
        15 / (15 + 10)
    )  # three in four of 20, and one in ten of 100
    assert threat.recall.count == 20


def test_weeks_come_newest_first_and_decisions_of_all_weeks_count_in_each() -> None:
    draws = [draw(MONDAY - WEEK, 100, 10, any=50), draw(MONDAY, 100, 10, any=10)]
    tallies = [
        tally("unflagged", stratum, "answered", 10, week) for week in (MONDAY - WEEK, MONDAY) for stratum in ("in scope", "health")
    ]  # fmt: skip
    found = gathered(
        *tallies, tally("unflagged", "health", "any", 2), tally("judged", "any", "right", 10, MONDAY - WEEK),
        tally("unflagged", "health", "in scope", 3), draws=draws,
    )  # fmt: skip
    new, old = found.weeks
    assert (new.draw.week, new.missed, new.population, old.missed) == (MONDAY, 2, 200, 0)
    assert new.recall is not None
    assert old.recall is not None
    assert new.recall.value == pytest.approx(10 / 30)
    assert old.recall.value == 1
    assert found.scope_missed is not None
    assert found.scope_missed.value == pytest.approx(0.15)
