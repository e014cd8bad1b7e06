from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.errors import ConfigError
from demo.world import World
from pipeline import cycle
from steps import collect, gate, impersonation, import_file, recheck, retention
from tests.cycles import at_home, changed, collected, settled


def without_papers(folder: Path, world: World) -> Path:
    """Sources that answer, on this machine, and nobody's signature."""
    path = settled(folder, world, only=("bluesky", "files"))
    changed(path, governance={"dpia": ""})
    return path


def test_without_papers_no_source_is_read_wherever_it_points(calm: World, tmp_path: Path) -> None:
    told, rows = collected(without_papers(tmp_path, calm))
    assert rows["mentions"] == 0
    (failure,) = told.failures
    assert "[governance] is not complete" in failure
    assert "dpia: write the reference of the data protection impact assessment" in failure


def test_a_source_that_was_not_read_is_not_taken_for_a_quiet_one(
    calm: World, tmp_path: Path
) -> None:
    path = without_papers(tmp_path, calm)
    collected(path)
    with at_home(path) as (house, _):
        states = {state.source: state for state in house.store.sources.all()}
    assert all("[governance]" in str(state.error) for state in states.values())
    assert set(states) == {"bluesky", "files"}


def test_once_the_review_is_past_reading_stops_and_what_is_there_is_looked_after(
    calm: World, tmp_path: Path
) -> None:
    path = settled(tmp_path, calm, only=("bluesky",))
    _, before = collected(path)
    assert before["mentions"] > 0
    with at_home(path) as (house, told):
        later = house.new_run(
            clock.now() + timedelta(days=40)
        )  # the demonstration's papers last a month
        collect.collect(later)
        assert "the review was due on" in told.failures[0]
        recheck.recheck(later)
        retention.purge(later)
        assert any(line.startswith("proved:") for line in told)


def test_no_profile_is_searched_and_no_export_taken_in_without_papers(
    calm: World, tmp_path: Path
) -> None:
    path = without_papers(tmp_path, calm)
    with at_home(path) as (house, _):
        impersonation.detect_impersonation(house, soon=True)
        with pytest.raises(ConfigError, match=r"\[governance\] is not complete"):
            import_file.import_file(house, calm.csv)
        assert house.store.figures.row_counts()["mentions"] == 0


def test_alerts_and_cases_go_on_in_a_cycle_that_reads_nothing(calm: World, tmp_path: Path) -> None:
    path = without_papers(tmp_path, calm)
    with at_home(path) as (house, told):
        cycle(house)
    assert len([line for line in told.failures if "[governance]" in line]) == 1


def test_a_demonstrations_papers_open_nothing_that_is_read_for_real(
    calm: World, tmp_path: Path
) -> None:
    path = settled(tmp_path, calm, only=("bluesky",))
    with at_home(path) as (house, _):
        assert gate.closed(house) == ""
    changed(path, collectors={"bluesky": {"base_url": "https://bsky.social"}})
    with at_home(path) as (house, _):
        assert gate.live_sources(house.config) == ["bluesky"]
        assert "a demonstration’s papers, which nobody signed for bluesky" in gate.closed(house)
