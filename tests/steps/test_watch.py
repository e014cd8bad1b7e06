"""A full cycle and what is around it: what was noted stands afterwards, what ails the program leaves with it, and none of this costs the cycle."""

from __future__ import annotations

from pathlib import Path

from core import clock
from demo.world import World
from steps import watch
from tests.conftest import Command
from tests.cycles import at_home, changed, settled


def test_a_run_notes_since_when_it_watches_and_when_certificates_end(
    tmp_path: Path, calm: World, mentions: Command
) -> None:
    path = settled(tmp_path, calm, only=("files",))
    assert mentions("run", "--config", path).exit_code == 0
    with at_home(path) as (house, _):
        marks = house.store.pulse.marks()
        assert {"watched since", f"certificate {calm.mail.host}"} <= set(marks)
        first = marks["watched since"].at
        assert house.store.job_runs.last_completed("cycle") is not None
    mentions("run", "--config", path)
    with at_home(path) as (house, _):
        assert house.store.pulse.marks()["watched since"].at == first


def test_what_ails_the_program_leaves_with_the_run_that_found_it(
    tmp_path: Path, calm: World, mentions: Command
) -> None:
    path = settled(tmp_path, calm, only=("files",), classifier={"model": "nowhere"}, health={"to": ["ict@example.org"]})  # fmt: skip
    assert mentions("run", "--config", path).exit_code == 1
    (mail,) = [mail for mail in calm.mail.messages if mail["To"] == "ict@example.org"]
    assert mail["Subject"].startswith("The program needs someone: 1 thing to see to")
    mentions("run", "--config", path)
    assert len([mail for mail in calm.mail.messages if mail["To"] == "ict@example.org"]) == 1


def test_a_dead_mans_switch_that_is_away_costs_a_run_nothing(
    tmp_path: Path, calm: World, mentions: Command
) -> None:
    path = settled(tmp_path, calm, only=("files",))
    (tmp_path / "ping").write_text("http://127.0.0.1:9/gone", "utf-8")
    (tmp_path / "ping").chmod(0o600)
    changed(path, health={"ping": "file:ping"})
    result = mentions("run", "--config", path)
    assert result.exit_code == 0
    assert result.stderr.count("the dead man's switch was not told") == 1
    assert "/gone" not in result.stderr


def test_the_heartbeat_of_a_schedule_that_no_cycle_reaches_leaves_all_the_same(
    tmp_path: Path, calm: World
) -> None:
    path = settled(tmp_path, calm, only=("files",), health={"to": ["ict@example.org"], "heartbeat": "daily"})  # fmt: skip
    with at_home(path) as (house, _):
        house.store.pulse.note("watched since", clock.EARLIEST)
        house.store.pulse.note("told backup never", clock.now())
        watch.tell_and_deliver(house)
        watch.tell_and_deliver(house)
    (mail,) = calm.mail.messages
    assert mail["Subject"].startswith("The program is ")
