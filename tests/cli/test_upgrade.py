"""`mentions upgrade` on an older database, and what it says is new."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.upgrade import news
from settings import schema
from steps.context import exclusive_lock
from tests.conftest import Command
from tests.decisions import settled
from tests.store.older import older
from tests.store.test_upgrade import BEFORE


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A config.toml beside a database that an earlier version left."""
    path = settled(tmp_path)
    place = path.parent / schema.load(path).store.path
    new = place.rename(tmp_path / "new.db")
    older(new, place, BEFORE)
    return path


def test_every_command_asks_for_the_upgrade_until_it_is_done(made: Path, mentions: Command) -> None:
    for command in ("run", "verify", "purge", "report weekly", "user list"):
        result = mentions(*command.split(), "--config", made)
        assert result.exit_code == 1
        assert "run `mentions upgrade`" in result.stderr
    done = mentions("upgrade", "--config", made)
    assert done.exit_code == 0, done.output
    assert "backed up: " in done.stdout
    assert "every row is there" in done.stdout
    assert mentions("verify", "--config", made).exit_code == 0
    assert "nothing to do" in mentions("upgrade", "--config", made).stdout
    assert len(list((made.parent / "data" / "backups").glob("*before-upgrade.backup"))) == 1


def test_it_waits_for_nobody_who_runs(made: Path, mentions: Command) -> None:
    with exclusive_lock(schema.load(made), made.parent, "schedule"):
        assert "another schedule is under way" in mentions("upgrade", "--config", made).stderr


CHANGES = """# Changelog

## 0.3.0 (2027-03-01)

- third

## 0.2.0 (2026-12-01)

- second

## 0.1.0

- first
"""


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        ("0.2.0", ["## 0.3.0 (2027-03-01)", "- third"]),
        ("0.1.0", ["## 0.3.0 (2027-03-01)", "- third", "## 0.2.0 (2026-12-01)", "- second"]),
        ("unknown", ["## 0.3.0 (2027-03-01)", "- third"]),
    ],
)
def test_what_is_new_is_told_since_the_version_of_before(
    before: str, lines: list[str], tmp_path: Path
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(CHANGES)
    assert news(tmp_path / "CHANGELOG.md", before) == lines
    assert news(tmp_path / "none.md", before) == []
