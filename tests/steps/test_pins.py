from __future__ import annotations

from pathlib import Path

import pytest

from demo.world import World
from tests.conftest import Command
from tests.cycles import at_home, changed, settled


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("pinterest",))


def test_our_pins_are_shown_most_comments_first_and_nothing_is_kept(
    made: Path, mentions: Command
) -> None:
    result = mentions("pins", "--config", made)
    lines = [line for line in result.stdout.splitlines() if " comment" in line]
    assert len(lines) > 5
    counts = [
        int(line.partition(" comment")[0].rpartition(" ")[2].replace(",", "")) for line in lines
    ]
    assert counts == sorted(counts, reverse=True)
    with at_home(made) as (house, _):
        assert house.store.figures.row_counts()["mentions"] == 0
        assert house.store.sources.state("pinterest") == {}


def test_a_source_that_is_off_is_named(made: Path, mentions: Command) -> None:
    changed(made, collectors={"pinterest": {"on": False}})
    result = mentions("pins", "--config", made)
    assert result.exit_code == 1
    assert "[collectors.pinterest] is off" in result.stderr


def test_a_token_that_is_refused_is_named(made: Path, calm: World, mentions: Command) -> None:
    calm.faults.add("pinterest", "401", times=None)
    result = mentions("pins", "--config", made)
    assert result.exit_code == 1
    assert "mentions connect pinterest" in result.stderr
