"""`mentions init`: a config.toml and a key in an empty folder, and what can be done there then."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cli import base
from settings import schema
from settings.shipped import shipped_config
from tests.conftest import Command
from tests.cycles import SHIPPED, start

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


def test_an_empty_folder_gets_the_config_that_ships_and_a_key_for_its_owner_alone(
    folder: Path, mentions: Command
) -> None:
    result = mentions("init")
    assert result.exit_code == 0, result.output
    assert set(everything(folder)) == {"config.toml", "data/key"}
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
    assert set(everything(folder)) == {"desk/watch.toml", "desk/data/key"}
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
