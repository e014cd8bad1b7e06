"""Every platform out at once, and outages while what is held is looked at again: nobody else suffers."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from collectors.platforms import INTEGRATIONS
from core import clock
from demo.servers.http import Kind
from demo.world import World
from steps import collect, impersonation, recheck
from tests.conftest import Command
from tests.cycles import at_home, changed
from tests.faults import HTTP, LIES, STATUSES, Whole, check_quiet, order, well_again
from tests.platforms import NAMES, held, home, keys

LATER = timedelta(hours=169)  # when every platform's terms want its items looked at again

# ── all at once ──────────────────────────────────────────────────────────────────────────────────

AT_ONCE: dict[str, Kind] = {
    "x": "402", "reddit": "401", "feeds": "not_xml", "facebook": "expire", "instagram": "400",
    "linkedin": "429", "youtube": "403", "bluesky": "html_login", "mastodon": "503",
    "gdelt": "html", "care_opinion": "truncated", "nhs_reviews": "empty", "pinterest": "drop",
    "inbox": "500", "threads": "expire", "google": "429", "tiktok": "403",
}  # fmt: skip


def all_failing(world: World, *healthy: str) -> set[str]:
    failing = set(NAMES) - set(healthy)
    for name in failing:
        order(world, name, AT_ONCE[name])
    return failing


def test_every_source_failing_in_a_way_of_its_own_is_one_line_each(
    world: World, tmp_path: Path, mentions: Command
) -> None:
    assert set(AT_ONCE) >= set(NAMES)
    path = home(tmp_path, world, "", collectors={"files": None})
    failing = all_failing(world)
    result = mentions("collect", "--config", path)
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if line.startswith("!")]
    assert sorted(line.split(": ")[0] for line in lines) == sorted(f"! {name}" for name in failing)
    with at_home(path) as (house, _):
        assert not [name for name in NAMES if house.store.sources.last_complete_run(name)]


def test_the_healthy_sources_among_failing_ones_are_read_to_their_end(
    world: World, wholes: dict[str, Whole], tmp_path: Path, mentions: Command
) -> None:
    path = home(tmp_path, world, "", collectors={"files": None})
    failing = all_failing(world, "reddit", "youtube")
    result = mentions("collect", "--config", path)
    assert result.exit_code == 1
    for name in failing:
        assert len(re.findall(rf"^! {name}: ", result.output, re.M)) == 1
    with at_home(path) as (house, _):
        assert keys(house) == wholes["reddit"].keys | wholes["youtube"].keys
        assert all(house.store.sources.last_complete_run(name) for name in ("reddit", "youtube"))
        assert not [name for name in failing if house.store.sources.last_complete_run(name)]


# ── looking again, and looking for accounts ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", [source.name for source in INTEGRATIONS if source.recheck and source.name in HTTP]
)
def test_looking_again_in_an_outage_takes_nothing_for_deleted(
    name: str, world: World, wholes: dict[str, Whole], tmp_path: Path
) -> None:
    path = home(tmp_path, world, name)
    if name == "feeds":  # what lies on other sites would be looked for in the world outside
        feeds = tomllib.loads(path.read_text("utf-8"))["collectors"]["feeds"]["feed"]
        here = [feed for feed in feeds if "/echo/" in feed["url"]]
        changed(path, collectors={"feeds": {"feed": here}})
    with at_home(path) as (house, told):
        collect.collect(house.new_run(clock.now()))
        for kind in (*(kind for kind in STATUSES if kind not in ("404", "410")), *LIES):
            order(world, name, kind)  # of one item 404 and 410 may be true
            house.failures.clear()
            recheck.recheck(house.new_run(clock.now() + LATER))
            (line,) = house.failures
            assert "nothing was taken for deleted" in line
            assert not [one for one in held(house) if one.mention.deleted or one.revision > 1]
            well_again(world, name, tmp_path)
        check_quiet("\n".join(told), tmp_path, wholes[name])


@pytest.mark.parametrize("kind", ["429", "500", "expire", "empty"])
@pytest.mark.parametrize("name", [source.name for source in INTEGRATIONS if source.profiles])
def test_looking_for_accounts_in_an_outage_is_one_line(
    name: str, kind: Kind, world: World, wholes: dict[str, Whole], tmp_path: Path
) -> None:
    order(world, name, kind)
    with at_home(home(tmp_path, world, name)) as (house, told):
        impersonation.detect_impersonation(house.new_run(clock.now()), soon=True)
        (line,) = house.failures
        assert line.startswith(f"accounts: {name}: ")
        assert not held(house)
        well_again(world, name, tmp_path)
        check_quiet("\n".join(told), tmp_path, wholes[name])
