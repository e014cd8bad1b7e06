"""A year of simulated weeks: planted events are told, and no outage, switch or breakage is told as one."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from core.models import Platform
from reports.weekly import sections, watched
from reports.weekly.words import headline
from tests.reports.weekly.factories import (
    SOURCES,
    Year,
    figures_of,
    fill,
    told_weeks,
)
from tests.stores import temporary_store

USUAL: dict[Platform, int] = {"x": 110, "facebook": 130, "reddit": 40, "news": 60}
WEEKS = 52


def poisson(chance: random.Random, mean: float) -> int:
    """A count as chance brings it, a little more scattered than Poisson's."""
    level = mean * chance.gammavariate(200, 1 / 200)
    return sum(1 for _ in range(int(level * 10)) if chance.random() < 0.1)


def counts(seed: int) -> dict[Platform, list[int]]:
    chance = random.Random(seed)
    return {
        platform: [poisson(chance, mean) for _ in range(WEEKS)] for platform, mean in USUAL.items()
    }


def told_of(year: Year, since: int = 13) -> list[date]:
    with temporary_store() as store:
        fill(store, year)
        return list(told_weeks(store, year.weeks[since:]))


def swaying(seed: int) -> dict[Platform, list[int]]:
    """Counts that sway from week to week by up to a fifth, all together, so that chance alone meets no rule.

    What is told of them is told of what was read.
    """
    chance = random.Random(seed)
    sway = [(1 if place % 2 else -1) * chance.uniform(0.08, 0.2) for place in range(WEEKS)]
    return {
        platform: [round(mean * (1 + each * chance.uniform(0.8, 1))) for each in sway]
        for platform, mean in USUAL.items()
    }


OUTAGES: dict[str, dict[str, Any]] = {
    "two sources are off for a week or two": {"off": {"x": [20], "facebook": [28, 29]}},
    "one is off for as long as a run takes": {"off": {"facebook": range(24, 33)}},
    "some are read for half of each week": {"part": {"x": [18, 30], "feeds": range(35, 44)}},
    "some are read and bring nothing": {"silent": {"facebook": range(26, 35), "x": [45]}},
    "one takes the place of another": {
        "sources": {**SOURCES, "gdelt": "news"}, "off": {"feeds": range(25, 52), "gdelt": range(25)},
    },
    "one is new": {"off": {"reddit": range(30)}},
    "one loses a half of its posts for a week": {"halved": {"x": [22], "facebook": [40]}},
    "one loses a half for as long as a run takes": {"halved": {"facebook": range(24, 35)}},
    "one loses a half, then another does": {"halved": {"x": range(20, 30), "facebook": range(36, 45)}},
    "one loses a half for good": {"halved": {"x": range(26, 52)}},
    "one goes for good": {"off": {"x": range(30, 52)}},
}  # fmt: skip


@pytest.mark.parametrize("outage", OUTAGES)
def test_what_was_not_read_is_never_told_as_a_change(outage: str) -> None:
    assert told_of(Year(counts=swaying(1), **OUTAGES[outage]), since=17) == []


@pytest.mark.parametrize("outage", ["one is off for as long as a run takes", "one goes for good"])
def test_it_would_be_told_if_every_week_were_compared(
    outage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same counts, of sources that are said to have been read: the guards are what keeps the test above silent."""
    monkeypatch.setattr(watched, "LOW_BELOW", 0.0)
    year = Year(counts=swaying(1), **OUTAGES[outage])
    lost = dict(year.counts)
    for source, places in year.off.items():
        platform = SOURCES[source]
        lost[platform] = [
            count // 2 if place in set(places) else count
            for place, count in enumerate(year.counts[platform])
        ]
    with temporary_store() as store:
        read_all = Year(counts=lost)
        fill(store, read_all)
        assert any(told_weeks(store, read_all.weeks[13:]))  # the first that is told will do


@pytest.mark.parametrize("seed", [1, 2])
def test_events_are_told_also_while_a_source_is_off(seed: int) -> None:
    usual = counts(seed)
    for place, platform, by in ((25, "x", 2.2), (40, "facebook", 2.0)):
        usual[platform][place] = round(usual[platform][place] * by)  # type: ignore[index]
    year = Year(counts=usual, off={"reddit": [25, 26], "feeds": range(38, 42)})
    with temporary_store() as store:
        fill(store, year)
        events = [year.weeks[25], year.weeks[40]]
        assert list(told_weeks(store, events)) == events


def test_ordinary_years_are_told_of_in_few_weeks() -> None:
    told = [len(told_of(Year(counts=counts(seed)))) for seed in (10, 11)]
    assert sum(told) <= 0.12 * 2 * (WEEKS - 13)


def test_a_platform_that_loses_a_half_while_others_do_not_is_named_and_no_fall_is_told() -> None:
    year = Year(counts=counts(7), halved={"facebook": [WEEKS - 1]})
    with temporary_store() as store:
        fill(store, year)
        figures = figures_of(store)
        (fault,) = figures.trust.left_out
        assert (fault.platform, fault.why) == ("facebook", "thin")
        assert fault.count < 0.7 * fault.usual
        assert not figures.chart("mentions").changed
        words = headline(figures)
        assert "Facebook is left out of the comparison" in words
        assert not {"fewer", "fell"} & set(words.lower().split())
        assert "which brought about half of what is usual" in " ".join(
            sections.trust(figures).sentences
        )


def test_a_fall_of_all_platforms_together_is_told_and_no_platform_is_blamed() -> None:
    usual = counts(8)
    for platform in USUAL:
        usual[platform][-1] = usual[platform][-1] * 4 // 10
    with temporary_store() as store:
        fill(store, Year(counts=usual))
        figures = figures_of(store)
        assert figures.chart("mentions").changed
        assert figures.trust.left_out == ()


def test_one_platform_that_everybody_turns_to_makes_no_other_thin() -> None:
    usual = counts(9)
    usual["facebook"][-1] *= 4
    with temporary_store() as store:
        fill(store, Year(counts=usual))
        figures = figures_of(store)
        assert figures.chart("mentions").changed
        assert figures.trust.left_out == ()


def test_what_a_platform_brought_for_three_months_is_its_new_usual() -> None:
    year = Year(counts=counts(3), halved={"x": range(WEEKS - 14, WEEKS)})
    with temporary_store() as store:
        fill(store, year)
        assert figures_of(store).trust.left_out == ()


def test_a_summary_names_what_it_left_out() -> None:
    year = Year(counts=counts(5), off={"facebook": [WEEKS - 1], "x": [30]})
    with temporary_store() as store:
        fill(store, year)
        figures = figures_of(store)
        assert [fault.platform for fault in figures.trust.left_out] == ["facebook"]
        assert figures.trust.weeks_left_out == (year.weeks[30],)
        assert "Facebook is left out of the comparison" in headline(figures)
