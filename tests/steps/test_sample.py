"""The weekly draw: once, by chance alone, of what nobody flagged and of what somebody decided."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import PLATFORMS, Platform
from steps import sample
from steps.context import RunContext, open_context
from steps.sample import HEALTH, IN_SCOPE, allotted, places, spread
from tests.decisions import settled
from tests.fakes import Told
from tests.store.cases.test_decisions import decision
from tests.store.factories import add, assessed, flag, mention

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OURS = "Our health visitor at the clinic in Harrow ran late, number"
ELSEWHERE = "My doctor in Leeds is lovely and so is the nurse, number"
NEITHER = "The International Criminal Bar met in The Hague, number"


class Placed(NamedTuple):
    """Something on a platform."""

    number: int
    platform: Platform


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def house(tmp_path: Path, told: Told) -> Iterator[RunContext]:
    with open_context(settled(tmp_path), told) as made:
        yield made


def fill(
    house: RunContext,
    text: str,
    count: int,
    start: int,
    *,
    in_scope: bool,
    at: datetime = MONDAY - DAY,
    flagged: bool = False,
) -> None:
    """Mentions that were found and read."""
    platforms = ("x", "bluesky", "reddit", "blog")
    found = [
        mention(
            start + n,
            text=f"{text} {start + n}",
            platform=platforms[n % 4],
            posted_at=at,
            fetched_at=at,
        )
        for n in range(count)
    ]
    add(house.store, *found, at=at)
    flags = [flag("threat")] if flagged else []
    house.store.assessments.add(
        [
            assessed(one, "none", at=at, in_scope=in_scope, flags=tuple(flags))
            for one in house.store.assessments.unassessed("2026.1", "model-a")
        ],
    )


def drawn(house: RunContext) -> Counter[tuple[str, str]]:
    return Counter(
        (row["kind"], row["stratum"]) for row in house.store.database.rows("SELECT * FROM samples")
    )


# ── the step ─────────────────────────────────────────────────────────────────────────────────────


def test_a_week_is_drawn_once_however_often_a_cycle_runs(house: RunContext, told: Told) -> None:
    fill(house, OURS, 60, 1000, in_scope=True)
    fill(house, ELSEWHERE, 30, 2000, in_scope=False)
    fill(house, NEITHER, 30, 3000, in_scope=False)
    fill(house, OURS, 12, 4000, in_scope=True, flagged=True)
    assert sample.draw(house.new_run(MONDAY))
    assert not sample.draw(house.new_run(MONDAY + timedelta(hours=1)))
    assert not sample.draw(house.new_run(MONDAY + 6 * DAY))
    assert drawn(house) == {("unflagged", IN_SCOPE): 30, ("unflagged", HEALTH): 10}
    made = house.store.samples.last_draw()
    assert made is not None
    assert {part.name: (part.population, part.drawn) for part in made.strata} == {
        IN_SCOPE: (60, 30),
        HEALTH: (30, 10),
    }
    assert made.flagged == {"any": 12, "threat": 12}
    assert [line for line in told if line.startswith("sample:")] == [
        "sample: 40 mentions without a flag and 0 decisions to judge blind"
    ]


def test_the_next_week_draws_from_what_came_since(house: RunContext) -> None:
    fill(house, OURS, 3, 1000, in_scope=True)
    assert sample.draw(house.new_run(MONDAY + 3 * DAY))
    fill(house, OURS, 2, 2000, in_scope=True, at=MONDAY + 4 * DAY)
    assert sample.draw(house.new_run(MONDAY + 7 * DAY))
    made = house.store.samples.last_draw()
    assert made is not None
    assert [part.population for part in made.strata] == [2]
    assert made.since == MONDAY + 3 * DAY
    assert not sample.draw(house.new_run(MONDAY + 14 * DAY))  # nothing came
    fill(house, OURS, 4, 3000, in_scope=True, at=MONDAY + 15 * DAY)
    assert sample.draw(house.new_run(MONDAY + 16 * DAY))


def test_it_waits_two_days_for_what_nobody_has_read(house: RunContext) -> None:
    fill(house, OURS, 5, 1000, in_scope=True)
    add(house.store, mention(2000, text="Nobody has read this one yet at all"), at=MONDAY)
    assert not sample.draw(house.new_run(MONDAY))
    assert sample.draw(house.new_run(MONDAY + 2 * DAY))


def test_from_nothing_nothing_is_drawn(house: RunContext, told: Told) -> None:
    fill(house, NEITHER, 5, 1000, in_scope=False)
    assert not sample.draw(house.new_run(MONDAY))
    assert told == []


def test_the_same_seed_draws_the_same_and_another_does_not(house: RunContext) -> None:
    fill(house, OURS, 200, 1000, in_scope=True)
    assert sample.draw(house.new_run(MONDAY))
    made = house.store.samples.last_draw()
    assert made is not None
    again, _ = sample.drawn_by(house, made.seed, made.since, made.until)
    kept = [
        row["mention"]
        for row in house.store.database.rows("SELECT mention FROM samples ORDER BY number")
    ]
    assert [one.mention for one in again] == kept
    other, _ = sample.drawn_by(house, "other", made.since, made.until)
    assert [one.mention for one in other] != kept
    assert {one.chance for one in again} == {40 / 200}


def test_one_of_each_decision_is_drawn_among_the_others_so_that_no_number_tells_of_it(
    house: RunContext,
) -> None:
    fill(house, OURS, 60, 1000, in_scope=True)
    fill(house, OURS, 60, 4000, in_scope=True, flagged=True)
    for number in range(61, 121):
        house.store.decisions.add(
            decision(mention=number, kind="no_action", at=MONDAY - DAY / 2), 0
        )
    house.store.database.execute(
        "UPDATE decisions SET case_number = 1 WHERE mention > 110"
    )  # one decision of ten posts
    assert sample.draw(house.new_run(MONDAY))
    assert drawn(house) == {("unflagged", IN_SCOPE): 40, ("second", "decided"): 20}
    made = house.store.samples.last_draw()
    assert made is not None
    assert {part.name: part.population for part in made.strata} == {IN_SCOPE: 60, "decided": 51}
    kinds = [
        row["kind"] for row in house.store.database.rows("SELECT kind FROM samples ORDER BY number")
    ]
    assert kinds != sorted(kinds)
    assert kinds != sorted(kinds, reverse=True)


def test_no_copies_of_one_story_are_drawn(house: RunContext) -> None:
    add(
        house.store,
        *(mention(n, text="Queues at the clinic in Harrow again today") for n in range(9)),
        at=MONDAY - DAY,
    )
    house.store.assessments.add(
        [assessed(one, "none") for one in house.store.assessments.unassessed("2026.1", "model-a")],
    )
    assert sample.draw(house.new_run(MONDAY))
    assert drawn(house) == {("unflagged", IN_SCOPE): 1}


# ── chance ───────────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None)
@given(st.integers(1, 120), st.data())
def test_each_of_a_list_is_drawn_with_the_same_chance(length: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, length))
    drawn = [places(length, count, start) for start in range(length)]
    assert all(len(set(one)) == count for one in drawn)
    often = Counter(place for one in drawn for place in one)
    assert often == dict.fromkeys(range(length), count)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PLATFORMS), min_size=1, max_size=200), st.data())
def test_platforms_come_in_proportion(platforms: list[Platform], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(platforms)))
    frame = [Placed(number, platform) for number, platform in enumerate(platforms)]
    chosen = spread(frame, count, random.Random(data.draw(st.integers())))
    assert len(set(chosen)) == count
    for platform, found in Counter(platforms).items():
        fair = found * count / len(platforms)
        assert abs(sum(one.platform == platform for one in chosen) - fair) <= 1


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 100))
def test_what_one_stratum_has_too_few_for_the_other_gets(ours: int, health: int, size: int) -> None:
    frames = {name: [None] * count for name, count in ((IN_SCOPE, ours), (HEALTH, health)) if count}
    counts = allotted(frames, size)
    assert sum(counts.values()) == min(size, ours + health)
    assert all(0 <= counts[name] <= len(frame) for name, frame in frames.items())
    if min(ours, health) >= max(size, 1):
        assert abs(counts[IN_SCOPE] - 0.75 * size) <= 1
