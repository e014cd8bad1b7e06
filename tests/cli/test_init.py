"""`mentions init`: a config.toml and a key in an empty folder, and what can be done there then."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from cli import base
from settings import schema
from settings.shipped import shipped_config
from tests.conftest import Command
from tests.cycles import SHIPPED, changed, start

ROW = {"id": "a1", "text": "Third week without a break on the ward, says the nurse"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the program is called."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_empty_folder_gets_the_config_that_ships_a_database_and_a_key_for_its_owner_alone(
    folder: Path, mentions: Command
) -> None:
    result = mentions("init")
    assert result.exit_code == 0, result.output
    assert set(everything(folder)) == {"config.toml", "data/key", "data/mentions.db"}
    assert (folder / "config.toml").read_bytes() == SHIPPED.read_bytes()
    assert stat.S_IMODE((folder / "data" / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
    assert schema.load(folder / "config.toml") == schema.load(SHIPPED)


def test_it_says_what_to_do_next_in_a_few_lines(folder: Path, mentions: Command) -> None:
    lines = mentions("init").stdout.splitlines()
    assert len(lines) <= 15
    for command in ("demo", "check", "serve", "run"):
        assert any(line.endswith(f"mentions {command}") for line in lines)
    assert any("keep a copy of it elsewhere" in line for line in lines)


def test_in_another_folder_what_comes_next_names_the_file(folder: Path, mentions: Command) -> None:
    result = mentions("init", "--config", "desk/watch.toml")
    assert result.exit_code == 0, result.output
    assert set(everything(folder)) == {
        "desk/watch.toml", "desk/data/key", "desk/data/mentions.db",
    }  # fmt: skip
    assert "check --config desk/watch.toml" in result.stdout


@pytest.mark.parametrize("there", ["config.toml", "data/key", "data/mentions.db"])
def test_what_is_there_stays_and_nothing_is_added(
    there: str, folder: Path, mentions: Command
) -> None:
    (folder / there).parent.mkdir(exist_ok=True)
    (folder / there).write_text("ours")
    result = mentions("init")
    assert result.exit_code == 1
    assert f"{there} is there already: nothing was written" in result.stderr
    assert everything(folder) == {there: b"ours"}


def test_a_second_time_changes_nothing(folder: Path, mentions: Command) -> None:
    mentions("init")
    before = everything(folder)
    assert mentions("init").exit_code == 1
    assert everything(folder) == before


def test_where_the_key_cannot_be_made_no_config_stays_behind(
    folder: Path, mentions: Command
) -> None:
    (folder / "data").write_text("a file where the key's folder should be")
    assert mentions("init").exit_code == 1
    assert set(everything(folder)) == {"data"}


def test_there_the_key_is_found_and_a_line_is_classified_with_the_model_that_ships(
    folder: Path, mentions: Command
) -> None:
    mentions("init")
    checked = mentions("check", "--offline").stdout
    assert "ok       model: " in checked
    assert "ok       store: " in checked
    result = mentions("classify", "--input", "-", "--output", "-", given=json.dumps(ROW))
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["id"] == "a1"


def test_where_there_is_no_config_a_command_says_how_to_get_one(
    folder: Path, mentions: Command
) -> None:
    for command in (("check", "--offline"), ("run",), ("serve",), ("report", "weekly")):
        result = mentions(*command)
        assert result.exit_code == 1
        assert "mentions init" in result.stderr
    assert everything(folder) == {}


def test_the_demo_uses_the_config_that_ships_where_there_is_none(folder: Path) -> None:
    (folder / "held").mkdir()
    (folder / "held" / "letter").touch()  # ends the demo before its first server
    process = start("demo", "--folder", "held", folder=folder)
    _, err = process.communicate(timeout=60)
    assert "there is no config.toml here: the one that ships" in err
    assert "held holds something that no demo made" in err
    assert process.returncode == 1


def test_the_demo_refuses_a_config_that_was_named_and_is_not_there(
    folder: Path, mentions: Command
) -> None:
    result = mentions("demo", "--config", "config.toml")
    assert (result.exit_code, everything(folder)) == (1, {})
    assert "config.toml: No such file" in result.stderr


def test_a_checkout_ships_the_file_at_its_top() -> None:
    assert shipped_config() == SHIPPED


def test_the_program_is_named_as_this_folder_can_call_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = folder / ".venv" / "bin" / "mentions"
    script.parent.mkdir(parents=True)
    script.touch(mode=0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    assert base.program(script) == ".venv/bin/mentions"
    monkeypatch.setenv("PATH", str(script.parent))
    assert base.program(script) == "mentions"


OF_THE_STORE = (
    ("run",), ("collect",), ("schedule",), ("serve",), ("report", "weekly"), ("purge",), ("verify",), ("classify",), ("deliver",),
    ("user", "list"), ("recheck",), ("backup", "b1"),
)  # fmt: skip


def gone(database: Path) -> None:
    database.unlink()


def emptied(database: Path) -> None:
    database.write_bytes(b"")


def without_tables(database: Path) -> None:
    database.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize("lost", [gone, emptied, without_tables])
def test_no_command_begins_anew_where_the_database_is_lost_or_emptied(
    lost: Callable[[Path], None], folder: Path, mentions: Command
) -> None:
    mentions("init")
    lost(folder / "data" / "mentions.db")
    before = everything(folder)
    for command in OF_THE_STORE:
        result = mentions(*command)
        assert result.exit_code == 1, command
        assert "mentions restore FROM" in result.stderr, command
        assert "mentions init" in result.stderr, command
    assert "MISSING  store: " in mentions("check").stdout
    kept = {name: content for name, content in everything(folder).items() if ".lock" not in name}
    assert kept == before


def test_who_says_so_gets_a_new_database_where_the_old_one_was_lost(
    folder: Path, mentions: Command
) -> None:
    mentions("init")
    gone(folder / "data" / "mentions.db")
    assert mentions("init", "--database").exit_code == 0
    assert mentions("verify").exit_code == 0
    assert "is there already" in mentions("init", "--database").stderr


def test_a_database_of_which_somebody_was_erased_is_not_begun_anew(
    folder: Path, mentions: Command
) -> None:
    mentions("init")
    gone(folder / "data" / "mentions.db")
    (folder / "data" / "erasures").mkdir()
    (folder / "data" / "erasures" / "mentions.db.ledger").write_text("{}\n")
    result = mentions("init", "--database")
    assert result.exit_code == 1
    assert "somebody was erased: restore it" in result.stderr
    assert not (folder / "data" / "mentions.db").exists()


def test_a_key_that_is_no_file_leaves_the_database_for_later(
    folder: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentions("init")
    gone(folder / "data" / "mentions.db")
    changed(folder / "config.toml", store={"keys": ["env:MENTIONS_TEST_KEY"]})
    assert "no key in the" in mentions("init", "--database").stderr
    monkeypatch.setenv("MENTIONS_TEST_KEY", Fernet.generate_key().decode())
    assert mentions("init", "--database").exit_code == 0
