"""A backup is tried in a folder of its own, and what is wrong with it is named."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from store import Store
from store.backup import Manifest, manifest_path, sha256_of
from store.restore_trial import Trial, try_backup
from tests.store.factories import AT, DAY, add, all_bytes, assess_all, mention


@pytest.fixture
def backup(store: Store, tmp_path: Path) -> Path:
    """A backup of a store with some posts."""
    add(store, *(mention(number) for number in range(1, 40)))
    assess_all(store)
    store.backups.write(tmp_path / "backups" / "b1", at=AT)
    return tmp_path / "backups" / "b1"


def tried(backup: Path, path: Path, keys: list[str]) -> Trial:
    before = {file.name for file in path.parent.iterdir()}
    trial = try_backup(backup, path, keys, at=AT + DAY)
    assert {file.name for file in path.parent.iterdir()} == before  # nothing of it stays
    return trial


def test_a_good_backup_is_well_and_the_database_is_as_it_was(
    backup: Path, path: Path, keys: list[str]
) -> None:
    before = all_bytes(path)
    trial = tried(backup, path, keys)
    assert trial.problems == ()
    assert trial.created_at == AT
    assert trial.rows > 39
    assert trial.erased_again == 0
    assert all_bytes(path) == before


def test_who_was_erased_since_is_erased_in_it_too(
    store: Store, backup: Path, path: Path, keys: list[str]
) -> None:
    store.retention.erase([3, 4], by="gwen", at=AT + DAY)
    trial = tried(backup, path, keys)
    assert trial.problems == ()
    assert trial.erased_again == 2


def wrong_sum(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[-50] ^= 1
    backup.write_bytes(bytes(content))


def damaged(backup: Path) -> None:
    """Damaged before its manifest was made."""
    wrong_sum(backup)
    changed_manifest(backup, sha256="")


def cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-200])
    changed_manifest(backup, sha256="")


def row_lost(backup: Path) -> None:
    manifest = Manifest.read(manifest_path(backup))
    changed_manifest(backup, counts={**manifest.counts, "mentions": 40})


def other_chain(backup: Path) -> None:
    changed_manifest(backup, head="0" * 64)


def no_manifest(backup: Path) -> None:
    manifest_path(backup).unlink()


def half_a_manifest(backup: Path) -> None:
    manifest_path(backup).write_text(json.dumps({"created_at": "2026"}))


def changed_manifest(backup: Path, **changes: object) -> None:
    manifest = Manifest.read(manifest_path(backup))
    if changes.get("sha256") == "":
        changes["sha256"] = sha256_of(backup)
    manifest_path(backup).write_bytes(replace(manifest, **changes).json())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (wrong_sum, "is not the file that its manifest names"),
        (damaged, "is damaged"),
        (cut, "damaged"),
        (row_lost, "mentions has 39 rows, and had 40"),
        (other_chain, "does not hold the head"),
        (no_manifest, "b1.json"),
        (half_a_manifest, "is no manifest"),
    ],
)
def test_what_is_wrong_with_a_backup_is_named(
    harm: object, says: str, backup: Path, path: Path, keys: list[str]
) -> None:
    assert callable(harm)
    harm(backup)
    trial = tried(backup, path, keys)
    assert not trial.well
    assert says in " ".join(trial.problems)


def test_another_key_is_named(backup: Path, path: Path) -> None:
    trial = tried(backup, path, [Fernet.generate_key().decode()])
    assert "no key opens b1" in trial.problems[0]


def test_a_row_that_was_changed_before_the_backup_is_named(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    add(store, mention(1))
    assess_all(store)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE mentions SET found_at = '2020-01-01T00:00:00.000000Z'")
    store.backups.write(tmp_path / "b2", at=AT)
    assert not tried(tmp_path / "b2", path, keys).well


def test_what_came_of_it_is_kept(store: Store) -> None:
    assert store.backups.last_trial() is None
    store.backups.note_trial(AT, problems=0, created_at=AT - DAY)
    store.backups.note_trial(AT + DAY, problems=2, created_at=AT)
    assert store.backups.last_trial() == AT + DAY
    assert store.backups.last_trial(well=True) == AT
    assert store.backups.last_trial(well=False) == AT + DAY
