"""What goes wrong while a platform is read: one line, nothing lost, nothing taken for deleted or told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import clock
from demo.servers.http import Kind
from demo.world import World
from steps import collect
from steps.context import RunContext
from tests.conftest import Command
from tests.cycles import at_home, changed
from tests.faults import (
    HTTP,
    LIES,
    PATHS,
    STATUSES,
    Whole,
    asked,
    check_quiet,
    in_the_middle,
    order,
    well_again,
)
from tests.platforms import held, home, keys

FOR_A_PERSON: tuple[Kind, ...] = ("401", "403", "expire", "html_login")
TO_DO = re.compile(
    r"mentions connect|make a new|check |renew|needs |have |ask |set |does not accept|quota"
)
KEPT_NONE = ("pinterest",)  # which may not be stored
NO_CIRCLE = {"gdelt": "its answers have no pages"}
MOST_PAGES = 150  # of lists whose pages are counted, which go in a circle until the cap of pages


# ── from the first request on ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [kind for kind in (*STATUSES, *LIES) if kind != "huge"])
@pytest.mark.parametrize("name", HTTP)
def test_a_platform_that_is_down_is_one_line_and_status_1(
    name: str, kind: Kind, world: World, wholes: dict[str, Whole], tmp_path: Path, mentions: Command
) -> None:
    path = home(tmp_path, world, name)
    order(world, name, kind)
    result = mentions("collect", "--config", path)
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if line.startswith("!")]
    assert line.startswith(f"! {name}: ")
    assert kind not in FOR_A_PERSON or TO_DO.search(line) or "login page" in line
    check_quiet(result.output, tmp_path, wholes[name])
    with at_home(path) as (house, _):
        assert house.store.sources.last_complete_run(name) is None
        assert not held(house)
    well_again(world, name, tmp_path)


# ── in the middle ────────────────────────────────────────────────────────────────────────────────


def survive(house: RunContext, name: str, whole: Whole) -> None:
    """One line and the bookmark where it was, or all was reached; what came before is kept.

    Where a source has parts, a line for each that failed, whose own bookmark stays, and the others were reached.
    """
    collect.collect(house.new_run(clock.now()))
    complete = house.store.sources.last_complete_run(name) is not None
    failing = [part for part in house.store.sources.parts(name) if part.failing_since]
    assert len(house.failures) == (len(failing) if complete else 1)
    assert not [one for one in held(house) if one.mention.deleted]
    assert keys(house) <= whole.keys
    assert bool(keys(house)) == (name not in KEPT_NONE)


def recovered(house: RunContext, name: str, whole: Whole) -> None:
    """The next run finds all that a world without faults would have had."""
    house.failures.clear()
    collect.collect(house.new_run(clock.now()))
    assert not house.failures
    assert house.store.sources.last_complete_run(name)
    assert keys(house) == whole.keys
    assert not [one for one in held(house) if one.mention.deleted]


@pytest.mark.parametrize(("name", "kind"), in_the_middle(STATUSES))
def test_an_error_in_the_middle_costs_nothing_that_the_next_run_does_not_bring(
    name: str, kind: Kind, world: World, wholes: dict[str, Whole], tmp_path: Path
) -> None:
    order(world, name, kind, after=wholes[name].asked // 2, times=1)
    with at_home(home(tmp_path, world, name)) as (house, told):
        survive(house, name, wholes[name])
        well_again(world, name, tmp_path)
        recovered(house, name, wholes[name])
        check_quiet("\n".join(told), tmp_path, wholes[name])


@pytest.mark.parametrize("kind", ["404", "500"])
def test_a_hashtag_that_is_not_answered_for_once_is_read_whole_the_next_time(
    kind: Kind, world: World, wholes: dict[str, Whole], tmp_path: Path
) -> None:
    world.faults.add("instagram", kind, path="/v26.0/ig_hashtag_search")
    with at_home(home(tmp_path, world, "instagram")) as (house, _):
        survive(house, "instagram", wholes["instagram"])
        assert keys(house) < wholes["instagram"].keys
        recovered(house, "instagram", wholes["instagram"])


@pytest.mark.parametrize(("name", "kind"), in_the_middle(LIES))
def test_an_answer_that_lies_in_the_middle_leaves_all_to_the_next_run(
    name: str, kind: Kind, world: World, wholes: dict[str, Whole], tmp_path: Path
) -> None:
    with at_home(home(tmp_path, world, name)) as (house, told):
        order(world, name, kind, after=wholes[name].asked // 2, times=1)
        survive(house, name, wholes[name])
        assert house.failures
        world.faults.clear()
        recovered(house, name, wholes[name])
        check_quiet("\n".join(told), tmp_path, wholes[name])


@pytest.mark.parametrize("name", HTTP)
def test_an_answer_that_does_not_come_in_time_is_left_to_the_next_run(
    name: str, world: World, wholes: dict[str, Whole], tmp_path: Path
) -> None:
    # every other answer comes within a second, on a busy machine too
    world.faults.add(name, "slow", path=PATHS.get(name, ""), times=1, seconds=2.5)
    path = home(tmp_path, world, name, read=1.0)
    with at_home(path) as (house, _):
        collect.collect(house.new_run(clock.now()))
        (line,) = house.failures
        assert "in time" in line
    changed(path, http={"read_seconds": 10.0})
    with at_home(path) as (house, _):
        recovered(house, name, wholes[name])


@pytest.mark.parametrize("name", HTTP)
def test_page_tokens_that_go_in_a_circle_end_with_one_line_and_leave_the_bookmark(
    name: str, world: World, wholes: dict[str, Whole], tmp_path: Path
) -> None:
    order(world, name, "repeat_token")
    before = asked(world, name)
    with at_home(home(tmp_path, world, name)) as (house, _):
        collect.collect(house.new_run(clock.now()))
        assert asked(world, name) - before <= MOST_PAGES
        if name in NO_CIRCLE:
            assert house.store.sources.last_complete_run(name), NO_CIRCLE[name]
            return
        failing = [part for part in house.store.sources.parts(name) if part.failing_since]
        if not failing:  # one that has no parts, or whose parts all failed
            assert len(house.failures) == 1
            assert house.store.sources.last_complete_run(name) is None
        assert house.failures
        assert all(line.startswith(f"{name}: ") for line in house.failures)
        world.faults.clear()
        recovered(house, name, wholes[name])
