"""The n-th write, fsync, truncation, new file, rename or allocation of a small job fails: nothing is lost, halved or silent.

`make fuzz` tries hundreds of places, a run of the tests some.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.cycles import ROOT
from tests.fuzz.profiles import many_or
from tests.injected import homes
from tests.injected.homes import GONE, POSTS, After
from tests.injected.preloaded import NotHere, library
from tests.injected.worker import CALLS_ON, FAILED

SQLITE = "pysqlite3/"  # part of the path of the library whose allocations are counted; "": all


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What fails: calls of these kinds, with this error, the one alone or all from it on, a write by half first."""

    name: str
    kinds: tuple[str, ...]
    error: int
    lasting: int = 0
    half: int = 0
    only_in: str = ""


FAULTS = (
    Fault(name="the disk fills", kinds=("write", "truncate", "make"), error=errno.ENOSPC, lasting=1),
    Fault(name="the disk fills in the middle of a write", kinds=("write",), error=errno.ENOSPC, lasting=1, half=1),
    Fault(name="a write fails", kinds=("write", "truncate"), error=errno.EIO),
    Fault(name="what was written does not reach the disk", kinds=("sync",), error=errno.EIO),
    Fault(name="nothing reaches the disk any more", kinds=("sync",), error=errno.EIO, lasting=1),
    Fault(name="a file can't be made or named", kinds=("make", "rename"), error=errno.EIO),
    Fault(name="SQLite gets no memory once", kinds=("allocate",), error=errno.ENOMEM, only_in=SQLITE),
    Fault(name="SQLite gets no memory any more", kinds=("allocate",), error=errno.ENOMEM, lasting=1, only_in=SQLITE),
    Fault(name="the process gets no memory once", kinds=("allocate",), error=errno.ENOMEM),
)  # fmt: skip
JOBS = ("collect", "purge", "backup", "upgrade", "decide")
BUGS = ("Traceback (most recent call last)", "a bug in this program")


@dataclass(frozen=True, slots=True)
class Tried:
    """How a job ended: its exit status, a signal's as its negative, None where it was stuck; what it said; what it called."""

    code: int | None
    said: str
    seen: int
    failed: int


class Worker:
    """The process that does jobs, and the folders that it does them in."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder
        self._seen: dict[tuple[str, tuple[str, ...], str], int] = {}

    def folder(self, job: str) -> Path:
        """A new copy of a job's folder."""
        template = self._folder / job
        if not template.exists():
            homes.make(job, template)
        shutil.rmtree(self._folder / "try", ignore_errors=True)
        return homes.copied(template, self._folder / "try")

    def do(self, job: str, folder: Path, fault: Fault, place: int) -> Tried:
        """Does a job in a folder while the call at a place fails; 0: none does."""
        said = self._folder / "said"
        shutil.rmtree(said, ignore_errors=True)
        said.mkdir()
        asked: dict[str, Any] = asdict(fault) | {
            "job": job, "folder": str(folder), "said": str(said), "place": place,
        }  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = json.loads(self._process.stdout.readline())
        words = "".join((said / name).read_text("utf-8", "replace") for name in ("out", "err"))
        counted = said / "counted"
        seen, failed = counted.read_text("ascii").split() if counted.exists() else ("0", "0")
        return Tried(code, words, int(seen), int(failed))

    def calls(self, job: str, fault: Fault) -> int:
        """How many such calls the job makes where none fails."""
        asked = job, fault.kinds, fault.only_in
        if asked not in self._seen:
            tried = self.do(job, self.folder(job), fault, 0)
            assert tried.code == 0, tried.said
            self._seen[asked] = tried.seen
        return self._seen[asked]


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A process with the library before it, loaded once."""
    try:
        before = library()
    except NotHere as why:
        pytest.skip(str(why))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.injected.worker"], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "LD_PRELOAD": str(before), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield Worker(process, tmp_path_factory.mktemp("injected"))
    process.stdin.close()
    process.wait(30)


def places(calls: int, tries: int) -> list[int]:
    """So many calls of all, evenly spread: the first and the last among them."""
    if calls <= tries:
        return list(range(1, calls + 1))
    if tries == 1:
        return [(calls + 1) // 2]
    return sorted({1 + round(step * (calls - 1) / (tries - 1)) for step in range(tries)})


def is_old(job: str, before: After, after: After) -> bool:
    """Whether a job left everything as it was, as far as it is about that."""
    return (after.posts, after.counts[:2], after.backups) == (before.posts, before.counts[:2], before.backups)  # fmt: skip


def is_new(job: str, before: After, after: After) -> bool:
    """Whether a job was done whole."""
    match job:
        case "collect":
            return after.posts == POSTS
        case "purge":
            return after.posts == POSTS - GONE
        case "backup":
            return after.posts == POSTS and after.backups == 1
        case "upgrade":
            return after.posts == POSTS
        case _:
            cases, mentions, events = (
                now - then for now, then in zip(after.counts, before.counts, strict=True)
            )
            return (cases, mentions) == (1, 1) and events >= 1


def complete(worker: Worker, job: str, folder: Path, fault: Fault) -> None:
    """Once nothing fails any more, the job ends well: for somebody who does it again."""
    for left in (folder / "backups").glob("one.backup*"):
        left.unlink()
    again = worker.do(job, folder, fault, 0)
    assert again.code == 0 or (job == "decide" and again.code == FAILED), again.said


def check(worker: Worker, job: str, fault: Fault, place: int, before: After) -> int:
    """Does a job with one fault, and asserts what must hold afterwards; how many calls failed."""
    folder = worker.folder(job)
    tried = worker.do(job, folder, fault, place)
    assert tried.code is not None, f"stuck: {tried.said}"
    assert tried.code not in (98, 99), tried.said
    after = homes.looked_at(folder)
    old, new = is_old(job, before, after), is_new(job, before, after)
    assert old or new, f"half done: {before} {after} {tried.said}"
    if tried.code == 0:
        assert new, f"said to be done, and is not: {after} {tried.said}"
    elif fault.only_in or "allocate" not in fault.kinds:  # Python's own memory may end it anywhere
        assert not any(bug in tried.said for bug in BUGS), tried.said
        assert tried.code > 0, f"ended by signal {-tried.code}: {tried.said}"
        assert tried.said.strip(), "failed without a word"
    complete(worker, job, folder, fault)
    after = homes.looked_at(folder)
    assert is_new(job, before, after), f"not to be completed: {after} {tried.said}"
    return tried.failed


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
@pytest.mark.parametrize("job", JOBS)
def test_whatever_call_fails_the_store_is_whole_old_or_new_and_the_failure_is_named(
    worker: Worker, job: str, fault: Fault
) -> None:
    before = homes.looked_at(worker.folder(job)) if job != "upgrade" else After(POSTS, (0, 0, 0), 0)
    wrong = []
    for place in places(worker.calls(job, fault), many_or(1 if job == "upgrade" else 2)):
        try:
            check(worker, job, fault, place, before)
        except AssertionError as error:
            wrong.append(f"call {place}: {error}")
    assert not wrong, "\n\n".join(wrong)


def test_the_library_lets_the_call_fail_that_it_was_told_to(worker: Worker) -> None:
    calls = worker.calls("purge", FAULTS[2])
    assert calls > 100
    for place, failed in ((1, 1), (calls + 1, 0)):
        assert worker.do("purge", worker.folder("purge"), FAULTS[2], place).failed == failed


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.lasting], ids=lambda fault: fault.name.replace(" ", "-"))  # fmt: skip
def test_a_fault_that_lasts_fails_every_call_after_it_and_one_that_does_not_fails_once(
    worker: Worker, fault: Fault
) -> None:
    place = 3
    lasts = worker.do("call on", worker.folder("purge"), fault, place)
    assert lasts.code == 0, lasts.said
    assert lasts.seen >= CALLS_ON
    assert (
        lasts.failed == lasts.seen - place + 1 - fault.half
    )  # of a write by half the next one fails
    once = worker.do("call on", worker.folder("purge"), replace(fault, lasting=0), place)
    assert once.failed == 1, once
