"""`mentions config`: what is in force and why, and back to config.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from core import clock
from settings import schema
from settings.sections import SECTIONS
from tests.conftest import Command
from tests.cycles import at_home
from tests.decisions import settled


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = settled(tmp_path)
    with at_home(path):
        pass  # a store
    return path


def save(path: Path, key: str, content: dict[str, Any] | None, version: int = 0) -> None:
    with at_home(path) as (house, _):
        assert house.store.settings.save(
            key, content, version, at=clock.now(), who="Bea Whitlock", note="for the opening"
        )


def test_every_section_says_where_it_is_from_and_its_values(made: Path, mentions: Command) -> None:
    save(made, "names", {"organisation.topics": ["kingfisher"]})
    shown = mentions("config", "show", "--config", made)
    assert shown.exit_code == 0, shown.output
    for section in SECTIONS:
        assert f"── {section.key}: " in shown.stdout
    assert "# from the page: version 1, Bea Whitlock, " in shown.stdout
    assert ": for the opening" in shown.stdout
    assert shown.stdout.count("nobody has changed it in the page") == len(SECTIONS) - 1


def test_before_there_is_a_database_config_toml_is_shown(tmp_path: Path, mentions: Command) -> None:
    path = settled(tmp_path)
    database = tmp_path / schema.load(path).store.path
    database.unlink()
    shown = mentions("config", "show", "--config", path)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.count("nobody has changed it in the page") == len(SECTIONS)
    assert not database.exists()


def test_what_is_shown_can_be_put_into_config_toml(made: Path, mentions: Command) -> None:
    save(made, "names", {"organisation.topics": ["kingfisher", 'a "quoted" one']})
    shown = mentions("config", "show", "--config", made, "--section", "names").stdout
    told = tomllib.loads(shown)["organisation"]
    assert told["topics"] == ["kingfisher", 'a "quoted" one']
    assert len(told["names"]) == len(schema.load(made).organisation.names)


def test_nothing_that_is_shown_leads_to_a_secret(made: Path, mentions: Command) -> None:
    shown = mentions("config", "show", "--config", made).stdout
    for hidden in ("env:", "file:", "keyring:", "password =", "smtp", "client_id"):
        assert hidden not in shown


def test_a_section_goes_back_to_the_file_and_its_versions_stay(
    made: Path, mentions: Command
) -> None:
    save(made, "clocks", {"review.lanes.now_hours": 9})
    done = mentions("config", "reset", "clocks", "--by", "Ines Moreau", "--config", made)
    assert (done.exit_code, "as version 2" in done.stdout) == (0, True), done.output
    with at_home(made) as (house, _):
        assert house.config.review.lanes.now_hours == 1
        assert [one.by_name for one in house.store.settings.history("clocks")] == [
            "Ines Moreau", "Bea Whitlock",
        ]  # fmt: skip
    shown = mentions("config", "show", "--config", made, "--section", "clocks").stdout
    assert "# from config.toml: the page went back to it (version 2, Ines Moreau" in shown
    again = mentions("config", "reset", "clocks", "--by", "Ines Moreau", "--config", made)
    assert (again.exit_code, "in force already" in again.stderr) == (1, True)


def test_a_section_that_does_not_fit_is_shown_so_and_can_be_reset(
    made: Path, mentions: Command
) -> None:
    save(made, "names", {"organisation.names": []})
    shown = mentions("config", "show", "--config", made, "--section", "names")
    assert shown.exit_code == 1
    assert "does not fit: organisation.names" in shown.stdout
    done = mentions("config", "reset", "names", "--by", "Ines Moreau", "--config", made)
    assert done.exit_code == 0, done.output
    assert mentions("config", "show", "--config", made).exit_code == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("reset", "names"),
        ("reset", "store", "--by", "Ines"),
        ("reset", "names", "--by", " "),
        ("show", "--section", "alerts.mail"),
    ],
)
def test_wrong_use_is_status_2(made: Path, mentions: Command, wrong: tuple[str, ...]) -> None:
    assert mentions("config", *wrong, "--config", made).exit_code == 2
