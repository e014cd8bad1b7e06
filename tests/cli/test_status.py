"""`mentions status` says how the program is, and its exit status what to do: 0 nothing, 1 something failed, 2 nothing gets through."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from demo.world import World
from steps import health
from tests.conftest import Command
from tests.cycles import at_home, changed, settled

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def made(tmp_path: Path, calm: World) -> Path:
    """Files are read, a cycle has just ended."""
    path = settled(tmp_path, calm, only=("files",))
    with at_home(path) as (house, _):
        at = clock.now() - 5 * MINUTE
        house.store.mentions.add_run("files", [], since=at - HOUR, at=at)
        house.store.job_runs.end(house.store.job_runs.begin("cycle", at), at, failures=0)
    return path


def test_a_program_that_is_well_exits_with_0(made: Path, mentions: Command) -> None:
    result = mentions("status", "--config", made)
    assert result.exit_code == 0
    assert result.stdout.startswith("All is well.\n")
    for name in ("Last full cycle", "Emails", "Disk", "Clock", "Last backup", "Dead man’s switch"):
        assert f"  {name} " in result.stdout
    assert "1 of 1 read to their end" in result.stdout


def test_a_failure_exits_with_1(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        house.store.pulse.note("clock", clock.now(), "7200")
    result = mentions("status", "--config", made)
    assert result.exit_code == 1
    assert result.stdout.startswith("Something has failed.\n! The clock of this machine is wrong")


def test_what_has_time_is_said_and_exits_with_0(made: Path, mentions: Command) -> None:
    changed(made, health={"ends": [{"name": "Secret", "on": clock.local_day(clock.now() + 72 * HOUR)}], "ends_days": 14})  # fmt: skip
    result = mentions("status", "--config", made)
    assert result.exit_code == 0
    assert result.stdout.startswith("Nothing has failed.\n- Secret ends on ")


@pytest.mark.parametrize("what", ["model", "collecting", "sources", "mail"])
def test_where_nothing_gets_through_it_exits_with_2(made: Path, mentions: Command, what: str) -> None:  # fmt: skip
    with at_home(made) as (house, _):
        store, at = house.store, clock.now()
        if what == "model":
            changed(made, classifier={"model": "nowhere"})
        elif what == "collecting":
            store.database.execute("UPDATE runs SET at = '2026-01-01T00:00:00.000000Z'")
        elif what == "sources":
            store.mentions.add_run("files", [], since=at, at=at, complete=False, error="refused")
        else:
            store.outbox.add("daily", "a", at - HOUR, {}, ["a@example.org"])
            people = [person.number for row in store.outbox.due(at) for person in row.people]
            store.outbox.mark_outage(people, at - HOUR, "can't be reached", at + MINUTE)
    result = mentions("status", "--config", made)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (2, "Nothing gets through.")


@pytest.mark.parametrize("why", ["no store", "wrong key", "config"])
def test_what_cannot_be_read_at_all_exits_with_2(
    made: Path, tmp_path: Path, mentions: Command, why: str
) -> None:
    if why == "no store":
        (tmp_path / "mentions.db").unlink()
    elif why == "wrong key":
        (tmp_path / "key").write_text("a" * 43 + "=", "utf-8")
    else:
        made.write_text("[[[", "utf-8")
    result = mentions("status", "--config", made)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (2, "Nothing gets through.")
    said = json.loads(mentions("status", "--config", made, "--json").stdout)
    assert (said["grade"], said["faults"][0]["kind"]) == (2, "store")


def test_machines_read_it_as_json(made: Path, mentions: Command) -> None:
    result = mentions("status", "--config", made, "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["grade"], said["faults"]) == (0, 0, [])
    (source,) = said["sources"]
    assert source["source"] == "files"
    assert 290 < source["lag_seconds"] < 600
    assert said["backlog"] == {"posts": 0, "since": None}
    assert said["mail"]["stuck"] == 0
    assert said["model_whole"] is True


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"blusky": {"on": True}}, "did you mean [collectors.bluesky]?"),
        ({"files": {"folder": 7}}, "[collectors.files] folder: "),
        ({"files": {"on": "yes"}}, "[collectors.files] on: write true or false"),
    ],
)
def test_a_table_of_a_source_that_stops_every_cycle_is_told_at_once_and_by_every_page_after_the_next(
    made: Path, mentions: Command, table: dict[str, dict[str, object]], says: str
) -> None:
    changed(made, collectors=table)
    result = mentions("status", "--config", made)
    assert result.exit_code == 2
    assert result.stdout.startswith("Nothing gets through.\n! ")
    assert says in result.stdout
    assert mentions("run", "--config", made).exit_code == 1
    with at_home(made) as (house, _):
        (fault,) = [each for each in health.of_run(house, clock.now()).faults if each.kind == "settings"]  # fmt: skip
    assert fault.blocks
    assert "the settings are wrong" in fault.line
    assert "mentions check" in fault.mend
