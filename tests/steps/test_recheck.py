from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core import clock
from demo.world import World
from steps import recheck
from steps.context import RunContext
from tests.conftest import Command
from tests.cycles import at_home, collected, settled
from tests.fakes import Told

LATER = timedelta(hours=21)


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """A store with what Facebook and X had, as it was before the world went on."""
    path = settled(tmp_path, calm, only=("facebook", "x"))
    collected(path)
    calm.change()
    return path


def gone(house: RunContext) -> set[str]:
    return {
        row["platform"]
        for row in house.store.database.rows(
            "SELECT platform FROM mentions WHERE deleted_at IS NOT NULL"
        )
    }


def looked_at(path: Path, at: datetime | None = None) -> tuple[Told, set[str]]:
    with at_home(path) as (house, told):
        recheck.recheck(house.new_run(at or clock.now() + LATER))
        return told, gone(house)


def test_what_is_gone_edited_or_hidden_upstream_is_so_here(made: Path) -> None:
    told, deleted = looked_at(made)
    assert deleted == {"facebook", "x"}
    assert not [line for line in told.failures if " item " not in line]
    with at_home(made) as (house, _):
        assert house.store.database.value("SELECT count(*) FROM mentions WHERE hidden") >= 1
        assert house.store.database.value("SELECT count(*) FROM mentions WHERE revision > 1") >= 1


def test_what_was_looked_at_is_not_due_again(made: Path) -> None:
    at = clock.now() + LATER
    looked_at(made, at)
    told, _ = looked_at(made, at + timedelta(hours=1))
    assert not [line for line in told if "looked at again" in line]


def test_what_was_seen_lately_is_not_looked_at(made: Path) -> None:
    told, deleted = looked_at(made, clock.now())
    assert list(told) == []
    assert deleted == set()


@pytest.mark.parametrize(
    "fault", ["500", "expire", "html", "html_login", "truncated", "429", "drop"]
)
def test_an_outage_or_an_expired_token_is_never_read_as_a_deletion(
    made: Path, calm: World, fault: str
) -> None:
    calm.faults.add("facebook", fault, times=None, seconds=0)  # type: ignore[arg-type]
    calm.faults.add("x", fault, times=None, seconds=0)  # type: ignore[arg-type]
    told, deleted = looked_at(made)
    assert deleted == set()
    assert len([line for line in told.failures if "nothing was taken for deleted" in line]) == 2
    calm.faults.clear()
    assert looked_at(made)[1] == {"facebook", "x"}


def test_one_source_that_fails_does_not_keep_the_others_from_being_looked_at(
    made: Path, calm: World
) -> None:
    calm.faults.add("facebook", "500", times=None)
    told, deleted = looked_at(made)
    assert deleted == {"x"}
    assert [line for line in told.failures if line.startswith("! facebook recheck: ")]


def test_the_command_looks_at_the_sources_that_it_is_told(made: Path, mentions: Command) -> None:
    result = mentions("recheck", "--config", made, "--source", "x")
    assert result.exit_code == 0, result.output
