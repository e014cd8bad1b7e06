"""What a backup leaves on the disk, and that it takes the place of nothing."""

from __future__ import annotations

import hashlib
import os
import random
import time
from functools import partial
from pathlib import Path

import pytest

from core.errors import StoreError
from store import Store
from store.backup import UNFINISHED, Manifest, manifest_path, row_counts
from store.maintenance import LEFT_BEHIND
from store.restore_trial import try_backup
from tests.forked import forked
from tests.store.factories import AT, add, assess_all, mention
from tests.store.forked_work import write_backups
from tests.stores import KEY
from tests.waits import until

ROOT = Path(__file__).parents[2]


def filled(store: Store) -> None:
    add(store, *(mention(number) for number in range(1, 40)))
    assess_all(store)


@pytest.mark.parametrize("there", ["b1", "b1.json"])
def test_a_backup_takes_the_place_of_nothing(store: Store, tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("the last one")
    events = len(store.audit.events())
    with pytest.raises(StoreError, match="never takes its place"):
        store.backups.write(tmp_path / "b1")
    assert (tmp_path / there).read_text() == "the last one"
    assert {file.name for file in tmp_path.iterdir()} == {there, "data"}
    assert len(store.audit.events()) == events


def test_a_link_that_leads_nowhere_is_not_written_through(store: Store, tmp_path: Path) -> None:
    (tmp_path / "b1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="never takes its place"):
        store.backups.write(tmp_path / "b1")
    assert not (tmp_path / "elsewhere").exists()


def test_its_manifest_says_what_a_restore_must_bring_back(
    store: Store, path: Path, tmp_path: Path
) -> None:
    filled(store)
    head = store.maintenance.verify().head
    written = store.backups.write(tmp_path / "out" / "b1", at=AT)
    manifest = Manifest.read(manifest_path(tmp_path / "out" / "b1"))
    content = (tmp_path / "out" / "b1").read_bytes()
    assert manifest == written
    assert manifest.created_at == AT
    assert manifest.sha256 == hashlib.sha256(content).hexdigest()
    assert manifest.size == len(content)
    assert manifest.head == head
    assert manifest.counts["mentions"] == 39
    assert (
        manifest.counts["events"] == row_counts(path)["events"] - 1
    )  # the last says that it was made
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_the_last_backup_is_known_by_its_event(store: Store, tmp_path: Path) -> None:
    assert store.backups.last() is None
    store.backups.write(tmp_path / "b1", at=AT)
    assert store.backups.last() == AT


def test_what_a_killed_backup_left_goes_with_the_next_one(store: Store, tmp_path: Path) -> None:
    old, young = tmp_path / f"{UNFINISHED}old", tmp_path / f"{UNFINISHED}young"
    for file in (old, young):
        file.write_text("half")
    os.utime(old, (time.time() - LEFT_BEHIND - 60,) * 2)
    store.backups.write(tmp_path / "b1")
    assert not old.exists()
    assert young.exists()


def any_in(folder: Path) -> bool:
    return any(folder.glob("b*.json"))


def test_killed_at_any_moment_a_backup_is_whole_or_not_there(
    store: Store, path: Path, tmp_path: Path
) -> None:
    add(store, *(mention(number, text=f"{number} " * 20_000) for number in range(40)))
    chance, whole = random.Random(18), 0
    for turn in range(6):
        folder = tmp_path / f"turn{turn}"
        with forked(write_backups, path, KEY, folder) as process:
            assert process.line() == "open"
            if turn == 5:  # one is left to write what it likes, on a machine however slow
                until(partial(any_in, folder), "a whole backup", seconds=60)
            else:
                assert not process.ends_within(chance.uniform(0.0, 0.4))
            process.kill()
        for backup in folder.glob("b*[0-9]"):
            trial = (
                try_backup(backup, path, [KEY], at=AT) if manifest_path(backup).exists() else None
            )
            # the copy stands before its manifest: between the two it can be restored, and is no trial's
            Store.restore(backup, folder / f"{backup.name}.db", [KEY], at=AT)
            assert trial is None or trial.well, trial
            whole += 1
    assert whole
    assert store.maintenance.verify().ok
