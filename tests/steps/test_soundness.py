"""A database that is damaged is said to be so by every command, page and mail, at once and with what to do, and nothing is deleted in it."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

import pipeline
from core import clock
from core.errors import DamagedError, StoreError
from demo.world import World
from steps import health, pulse, soundness, watch
from store import Store, damage
from store.database import Database
from store.sqlite import read_only
from tests.conftest import Command
from tests.cycles import at_home, settled
from tests.store.factories import add, assess_all, mention
from tests.stores import KEY, new_store

HOUR = timedelta(hours=1)


def full(store: Store) -> None:
    add(store, *(mention(number, text=f"Nobody came ({number}) " * 40) for number in range(1, 80)))
    assess_all(store, "high")


def spoilt(path: Path, table: str = "revisions") -> None:
    """The first page of a table, each byte with bits of it turned."""
    with closing(read_only(path)) as connection:
        page, size = connection.execute(
            "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?",
            [table],
        ).fetchone()
    content = bytearray(path.read_bytes())
    for place in range((page - 1) * size, page * size):
        content[place] ^= 0x5A
    path.write_bytes(content)


@pytest.fixture
def made(tmp_path: Path, calm: World) -> Path:
    """A config.toml of a house that is well, whose database lies beside it."""
    path = settled(tmp_path, calm, only=("files",))
    with at_home(path) as (house, _):
        at = clock.now() - timedelta(minutes=5)
        full(house.store)
        house.store.mentions.add_run("files", [], since=at - HOUR, at=at)
        house.store.job_runs.end(house.store.job_runs.begin("cycle", at), at, failures=0)
        with closing(house.store.database.beside()) as beside:
            beside.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def database(made: Path) -> Path:
    with at_home(made) as (house, _):
        return house.store.database.path


def test_status_finds_damage_that_nobody_has_met_yet_and_says_what_to_do(
    made: Path, mentions: Command
) -> None:
    file = database(made)
    spoilt(file)
    result = mentions("status", "--config", made)
    assert result.exit_code == 2
    said = result.stdout
    assert said.startswith("The database is damaged: nothing that is shown can be trusted.\n! The database is damaged, found today")  # fmt: skip
    assert "`mentions restore FROM`" in said
    assert "! Database " in said
    fields = json.loads(mentions("status", "--json", "--config", made).stdout)
    assert fields["grade"] == 2
    assert fields["faults"][0]["kind"] == "database"
    assert fields["database"]["damaged_since"]


def test_status_of_a_whole_database_says_when_it_was_looked_through(
    made: Path, mentions: Command
) -> None:
    assert "Database                 not looked through yet" in mentions("status", "--config", made).stdout  # fmt: skip
    with at_home(made) as (house, _):
        watch.note(house, clock.now())
    result = mentions("status", "--config", made)
    assert result.exit_code == 0
    assert "Database                 whole when it was looked through today" in result.stdout


@pytest.mark.parametrize("command", ["backup", "verify", "purge"])
def test_backup_verify_and_purge_say_the_same_of_damage(
    made: Path, mentions: Command, command: str
) -> None:
    file = database(made)
    spoilt(file)
    result = mentions(command, "--config", made)
    assert result.exit_code == 1
    assert f"{file.name}: {damage.MEND.split('FROM')[0]}" in result.stderr
    assert damage.found_at(file) is not None


def test_nothing_is_deleted_from_a_damaged_database(made: Path) -> None:
    file = database(made)
    damage.note(file)
    with at_home(made) as (house, _):
        before = house.store.figures.row_counts()["mentions"]
        with pytest.raises(StoreError, match="did not do all"):
            pipeline.purge(house)
        assert house.store.figures.row_counts()["mentions"] == before
        assert any("it is damaged" in line for line in house.failures)


def test_one_read_that_meets_damage_is_a_fault_at_once_for_every_process(tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    new_store(path, full)
    spoilt(path)
    with Store(Database.open(path, [KEY], create=False)) as store, pytest.raises(DamagedError, match="mentions restore FROM"):  # fmt: skip
        store.database.rows("SELECT * FROM revisions")
    with Store(Database.open(path, [KEY], create=False)) as other:
        assert other.maintenance.damaged_since() is not None


def test_damage_is_named_once_in_a_run_and_not_by_every_step(made: Path) -> None:
    with at_home(made) as (house, _):
        for step in ("assessing", "rechecking", "cases"):
            with house.continue_on_error(step):
                raise DamagedError(f"mentions.db: {damage.MEND}")
        assert len(house.failures) == 1
        soundness.tell(house)
        assert len(house.failures) == 1


def test_a_damaged_database_comes_before_any_other_fault_and_leaves_doubt(made: Path) -> None:
    damage.note(database(made))
    with at_home(made) as (house, _):
        later = clock.now() + 40 * HOUR
        found = health.of_run(house, later)
        assert next(fault.kind for fault in found.faults) == "database"
        assert len(found.faults) > 1
        assert found.ill
        assert pulse.of_store(house.store, house.config, house.folder, later).headline.startswith("The database is damaged")  # fmt: skip


def test_the_fault_goes_with_another_file_or_once_verify_finds_this_one_whole(tmp_path: Path) -> None:  # fmt: skip
    path = tmp_path / "mentions.db"
    new_store(path, full)
    damage.note(path)
    with Store(Database.open(path, [KEY], create=False)) as store:
        assert store.maintenance.look_through(60) == "whole"
        assert store.maintenance.damaged_since() is not None  # rows and indexes were not compared
        assert store.maintenance.verify().ok
        assert store.maintenance.damaged_since() is None
        store.backups.write(tmp_path / "one.backup")
    damage.note(path)
    path.rename(tmp_path / "spoilt.db")
    Store.restore(tmp_path / "one.backup", path, [KEY])
    assert damage.found_at(path) is None


def test_a_look_that_takes_too_long_is_broken_off_and_said(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    with at_home(made) as (house, _):
        monkeypatch.setattr("store.maintenance.STEPS", 1)
        assert house.store.maintenance.look_through(-1) == "unfinished"
        assert house.store.maintenance.look_through(60) == "whole"
        monkeypatch.setattr(soundness, "NIGHTLY", -1)
        soundness.look_each_night(house)
        (fault,) = [each for each in health.of_run(house, clock.now()).faults if each.kind == "database"]  # fmt: skip
        assert (fault.passing, fault.doubt) == (True, False)
        assert "mentions verify" in fault.mend
        monkeypatch.setattr(soundness, "NIGHTLY", 60)
        soundness.look_each_night(house)
        assert not [each for each in health.of_run(house, clock.now()).faults if each.kind == "database"]  # fmt: skip
