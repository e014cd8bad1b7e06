"""`mentions status` says how the program is, and its exit status what to do: 0 nothing, 1 something failed, 2 nothing gets through."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from demo.world import World
from steps import health
from tests.conftest import Command
from tests.cycles import at_home, changed, settled
from tests.steps.test_deliver import mention

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def made(tmp_path: Path, calm: World) -> Path:
    """Files are read, a cycle has just ended."""
    path = settled(tmp_path, calm, only=("files",))
    with at_home(path) as (house, _):
        at = clock.now() - 5 * MINUTE
        house.store.mentions.add_run("files", [], since=at - HOUR, at=at)
        for job in ("cycle", "deliver"):
            house.store.job_runs.end(house.store.job_runs.begin(job, at), at, failures=0)
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


def unscheduled(path: Path) -> None:
    with at_home(path) as (house, _):
        house.store.database.execute("DELETE FROM job_runs WHERE job = 'deliver'")


def test_where_no_schedule_runs_it_exits_with_1_and_promises_no_cycle(
    made: Path, mentions: Command
) -> None:
    changed(made, schedule={"by_hand": False})
    running = mentions("status", "--config", made).stdout
    assert re.search(r"^  Schedule +is running$", running, re.MULTILINE)
    assert "; next " in running
    unscheduled(made)
    with at_home(made) as (house, _):
        at = clock.now()
        house.store.mentions.add_run("import", [mention(1, fetched_at=at)], since=at, at=at)
    result = mentions("status", "--config", made)
    assert result.exit_code == 1
    assert result.stdout.startswith("Nothing runs by itself.\n! No schedule is running: ")
    assert "1 post waits for the next cycle, which nothing starts by itself, collected " in result.stdout  # fmt: skip
    assert "; next " not in result.stdout
    machine = json.loads(mentions("status", "--config", made, "--json").stdout)
    assert (machine["grade"], machine["scheduled"], machine["cycle"]["next"]) == (1, False, None)
    assert [source["next"] for source in machine["sources"]] == [None]


def test_who_runs_it_by_hand_on_purpose_is_told_no_failure_and_promised_no_cycle(
    made: Path, mentions: Command
) -> None:
    unscheduled(made)
    changed(made, schedule={"by_hand": True})
    result = mentions("status", "--config", made)
    assert result.exit_code == 0
    assert result.stdout.startswith("All is well.\n")
    assert "none, as by_hand of [schedule] says" in result.stdout
    assert "; next " not in result.stdout


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
