"""The folders in which small jobs are done while calls fail, and what must be true of each afterwards."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w

from cli import demo
from core import clock
from settings import secrets
from store import Store
from store.sqlite import sound
from tests.cycles import SHIPPED
from tests.review.factories import PRESS, case_of, fill
from tests.store.factories import HOUR, add, assess_all, mention
from tests.store.older import older
from tests.stores import KEY, new_store, nothing

POSTS, GONE = 40, 3  # of them, less than the tenth of a store about which a lead is asked
BEFORE = "m046_pulse"  # the first step that the database which is brought up to date has not seen
OF_A_DECISION = ("case_decisions", "decisions", "events")


def settled(folder: Path) -> None:
    """A config.toml whose one source is a folder, and its key."""
    table: dict[str, Any] = tomllib.loads(SHIPPED.read_text("utf-8"))
    table["collectors"] = {"files": {"on": True, "folder": "imports", "platform": "x"}}
    table["store"] = {"path": "mentions.db", "keys": ["file:key"]}
    table["governance"] = demo.papers(clock.local_day(clock.now()))
    secrets.new_secret_file(folder / "key", KEY)
    (folder / "config.toml").write_text(tomli_w.dumps(table), "utf-8")
    (folder / "imports").mkdir()
    (folder / "backups").mkdir()


def exported(folder: Path) -> None:
    """A store that holds nothing, and an export to be read."""
    new_store(folder / "mentions.db", nothing)
    at = clock.text(clock.now() - HOUR)
    rows = [
        {"id": f"1990{number:05}", "platform": "x", "text": f"Nobody came at Northwick Park ({number})", "posted_at": at}
        for number in range(POSTS)
    ]  # fmt: skip
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "imports" / "export.jsonl").write_text(lines, "utf-8")


def held(store: Store) -> None:
    """Posts of the day before yesterday, each assessed."""
    at = clock.now() - 48 * HOUR
    posts = [
        mention(n, issuer="bluesky", platform="bluesky", issued_id=f"at://{n}", posted_at=at, fetched_at=at)
        for n in range(1, POSTS + 1)
    ]  # fmt: skip
    add(store, *posts, source="bluesky", at=at)
    assess_all(store, "high")


def to_be_purged(store: Store) -> None:
    """As `held`, and some were deleted where they stood."""
    held(store)
    gone = [("bluesky", f"at://{n}", "deleted") for n in range(1, GONE + 1)]
    assert store.mentions.mark_gone(gone, at=clock.now() - 40 * HOUR) == GONE


def decided(store: Store) -> int:
    """Cases of each kind and people; the number of the case that is decided on."""
    fill(store, more=0)
    return case_of(store, PRESS)


def _held(folder: Path) -> None:
    new_store(folder / "mentions.db", held)


def _to_be_purged(folder: Path) -> None:
    new_store(folder / "mentions.db", to_be_purged)


def _of_before(folder: Path) -> None:
    new_store(folder / "new.db", held)
    older(folder / "new.db", folder / "mentions.db", BEFORE)
    (folder / "new.db").unlink()
    (folder / "mentions.db").chmod(0o600)


def _decided(folder: Path) -> None:
    case = new_store(folder / "mentions.db", decided)
    (folder / "case").write_text(str(case), "ascii")


MAKING: dict[str, Callable[[Path], None]] = {
    "collect": exported, "purge": _to_be_purged, "backup": _held, "upgrade": _of_before, "decide": _decided,
}  # fmt: skip


def make(job: str, folder: Path) -> None:
    """Makes the folder of a job, to be copied for each try."""
    folder.mkdir()
    settled(folder)
    MAKING[job](folder)


@dataclass(frozen=True, slots=True)
class After:
    """What a folder holds once a try is over, its store opened, checked and read through."""

    posts: int
    counts: tuple[int, ...]  # rows of OF_A_DECISION
    backups: int  # that stand under their own name and can be restored


def looked_at(folder: Path) -> After:
    """Opens the store as the next command would, and asserts that it is whole: structure, seals, chain of events, words."""
    path = folder / "mentions.db"
    with Store.open(path, [KEY], create=False) as store:
        verified = store.maintenance.verify()
        assert verified.ok, verified.problems
        value = store.database.value
        posts = int(value("SELECT count(*) FROM mentions"))
        counts = tuple(int(value(f"SELECT count(*) FROM {table}")) for table in OF_A_DECISION)
    assert sound(path)
    return After(posts, counts, _restorable(folder))


def _restorable(folder: Path) -> int:
    found = [file for file in (folder / "backups").iterdir() if file.suffix == ".backup"]
    for file in found:
        with TemporaryDirectory(dir=folder) as there:
            Store.restore(file, Path(there) / "mentions.db", [KEY])
            with closing(Store.open(Path(there) / "mentions.db", [KEY], create=False)) as store:
                assert store.maintenance.verify().ok
                assert store.figures.row_counts()["mentions"] == POSTS
    return len(found)


def copied(template: Path, to: Path) -> Path:
    """A copy of a job's folder, for one try."""
    return Path(shutil.copytree(template, to))
