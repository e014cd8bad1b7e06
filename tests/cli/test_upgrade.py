"""`mentions upgrade` on an older database, and what it says is new."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import upgrade as upgrade_module
from cli.check import Check
from cli.upgrade import news
from core import clock
from settings import schema
from steps.context import exclusive_lock
from store import Store
from store.upgrade import is_older
from tests.conftest import Command
from tests.decisions import settled
from tests.review.factories import NAMED, tell
from tests.store.factories import AT, add, assess_all, mention
from tests.store.older import older
from tests.store.test_upgrade import BEFORE
from tests.stores import KEY


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


def test_posts_that_a_step_left_to_be_sorted_anew_are_sorted_before_anybody_reads_today(
    tmp_path: Path, mentions: Command
) -> None:
    path = settled(tmp_path)
    place = path.parent / schema.load(path).store.path
    with Store.open(place, [KEY], create=False) as store:
        tell(store, NAMED, 1)
        store.database.execute(
            "UPDATE case_mentions SET lane = 'look'"
        )  # as a version sorted it that knew no better
    older(place.rename(tmp_path / "new.db"), place, BEFORE)
    done = mentions("upgrade", "--config", path)
    assert done.exit_code == 0, done.output
    assert "sorted anew, as this version does: 1 post" in done.stdout
    with Store.open(place, [KEY], create=False) as store:
        assert store.grouping.without_reason() == []
        (case,) = store.lanes.reasons([1]).values()
    assert case.startswith("Patient’s")


def test_it_waits_for_nobody_who_runs(made: Path, mentions: Command) -> None:
    with exclusive_lock(schema.load(made), made.parent, "schedule"):
        assert "another schedule is under way" in mentions("upgrade", "--config", made).stderr


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    """The same of a site that has posts and people, a mail that was given up, and no Guardian."""
    path = settled(tmp_path)
    place = path.parent / schema.load(path).store.path
    with Store.open(place, [KEY], create=False) as store:
        add(store, mention(1))
        assess_all(store, "high")
        store.users.add("local", "amina", "Amina Example", ["lead"], at=AT)
        store.outbox.add("weekly", "2026-11-22", AT, {}, ["board@example.org"])
        (mail,) = store.outbox.due(clock.now())
        store.outbox.mark_failed(mail.number, AT, "nobody answers", None)
    new = place.rename(tmp_path / "new.db")
    older(new, place, BEFORE)
    return path


def test_what_is_lacking_beside_the_database_stops_no_upgrade_and_can_be_mended_after_it(
    lacking: Path, mentions: Command
) -> None:
    add_guardian = ["user", "add", "farah", "--name", "Farah", "--role", "guardian"]
    refused = mentions(*add_guardian, "--config", lacking)
    assert "run `mentions upgrade`" in refused.stderr
    done = mentions("upgrade", "--config", lacking)
    assert done.exit_code == 0, done.output
    assert "every row is there" in done.stdout
    assert "! Freedom to Speak Up Guardian: " in done.stderr
    assert "! mails: 1 were given up" in done.stderr
    assert mentions("verify", "--config", lacking).exit_code == 0
    added = mentions(*add_guardian, "--config", lacking, given="y\n")
    assert added.exit_code == 0, added.output
    looked = mentions("check", "--offline", "--config", lacking).stdout
    assert "Freedom to Speak Up Guardian: has an account" in looked


def test_a_database_that_the_checks_call_damaged_puts_the_one_of_before_back(
    made: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = [Check("store", "missing", "a seal doesn’t fit: restore a backup")]
    monkeypatch.setattr(upgrade_module, "checks", lambda *_: damaged)
    outcome = mentions("upgrade", "--config", made)
    assert outcome.exit_code == 1
    assert "a seal doesn’t fit" in outcome.stderr
    assert "the upgrade was not done" in outcome.stderr
    assert is_older(made.parent / schema.load(made).store.path, [KEY])


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
