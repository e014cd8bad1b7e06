"""A process that has loaded the program once and does one small job after the other, each in a copy of itself in which a call fails.

It reads a line of JSON a job and answers with one. `python -m tests.injected.worker`, with the library loaded before the
C library. Only the copy that does the job meets the fault.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import httpx
import structlog.dev  # noqa: F401 - loaded here, else by each copy that logs
from sqlite_utils import Database

from cli.main import cli, load_command
from review.app import create_app
from review.auth.sessions import COOKIE
from settings import schema
from store import Store
from store.sqlite import DatabaseError
from tests.review.factories import desk, session

KINDS = {"write": 1, "sync": 2, "truncate": 4, "allocate": 8, "make": 16, "rename": 32}
LONGEST = 40.0  # seconds after which a job is taken for stuck
IN_MEMORY = Database(memory=True).conn  # opened before anything fails
CALLS_ON = 20  # calls of a kind that one job makes though they fail
FAILED = 9  # the exit status of a decision that was not taken
COMMANDS = ("collect", "purge", "backup", "upgrade")


def key(folder: Path) -> str:
    """What opens the folder's store."""
    return (folder / "key").read_text("utf-8").strip()


def command(*args: str) -> Callable[[Path], None]:
    """A command of the program over the folder's config.toml."""

    def run(folder: Path) -> None:
        given = [arg.replace("FOLDER", str(folder)) for arg in args]
        cli([given[0], "--config", str(folder / "config.toml"), *given[1:]])

    return run


def decide(folder: Path) -> None:
    """A reviewer's decision, by the form of the page; FAILED unless the page says that it is saved."""
    path = folder / "mentions.db"
    _who, case, version, posts, cookie = json.loads((folder / "form.json").read_text("utf-8"))
    app = create_app(desk(lambda: Store.open(path, [key(folder)]), public_url="http://127.0.0.1"))

    async def post() -> httpx.Response:
        way = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"{COOKIE}={cookie}"}
        async with httpx.AsyncClient(transport=way, base_url="http://127.0.0.1") as client:
            form = {"do": "watch", "version": version, "posts": posts, "sure": "yes"}
            return await client.post(f"/cases/{case}/decide", data=form, headers=headers)

    answer = asyncio.run(post())
    if answer.status_code != 303:
        print(answer.status_code, answer.text[:2000], file=sys.stderr)
        sys.exit(FAILED)


def call_on(folder: Path) -> None:
    """So many writes, fsyncs and texts of SQLite's, whichever of them fail: a job of the program gives up at the first."""
    handle = os.open(folder / "calls", os.O_CREAT | os.O_WRONLY, 0o600)
    for number in range(CALLS_ON):
        for call in (
            lambda: os.write(handle, b"0123456789"),
            lambda: os.fsync(handle),
            lambda number=number: IN_MEMORY.execute(f"SELECT '{number}'").fetchall(),
        ):
            with suppress(OSError, MemoryError, DatabaseError):
                call()


JOBS: dict[str, Callable[[Path], None]] = {
    "collect": command("collect"),
    "purge": command("purge"),
    "backup": command("backup", "FOLDER/backups/one.backup"),
    "upgrade": command("upgrade"),
    "decide": decide,
    "call on": call_on,
}


def prepare_decision(folder: Path) -> None:
    """Signs somebody in, and notes the form that they are about to send."""
    with Store.open(folder / "mentions.db", [key(folder)]) as store:
        (user,) = [one for one in store.users.all() if one.handle == "amina"]
        case = int((folder / "case").read_text("ascii"))
        found = store.cases.get(case)
        assert found is not None
        posts = [
            f"{one.item.number}:{one.item.revision}"
            for one in store.cases.mentions(case) if one.reviewable
        ]  # fmt: skip
        written = [user.number, case, found.version, posts, session(store, user.number)]
    (folder / "form.json").write_text(json.dumps(written), "utf-8")


def do(asked: dict[str, Any], library: ctypes.CDLL) -> None:
    """In the copy: arms the library, does the job and ends with what the program would end with."""
    folder = Path(asked["folder"])
    os.chdir(folder)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(Path(asked["said"]) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    if asked["job"] == "decide" and not (folder / "form.json").exists():
        prepare_decision(folder)
    if library.faults_arm(
        sum(KINDS[kind] for kind in asked["kinds"]), asked["place"], asked["error"], asked["lasting"], asked["half"],
        str(folder).encode(), asked["only_in"].encode(),
    ):  # fmt: skip
        os._exit(99)
    code = 0
    try:
        JOBS[asked["job"]](folder)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        library.faults_disarm()  # what Python would do last needs no fault any more
        traceback.print_exc()
        code = 1
    failed, seen = library.faults_failed(), library.faults_seen()
    library.faults_disarm()
    sys.stdout.flush()
    sys.stderr.flush()
    (Path(asked["said"]) / "counted").write_text(f"{seen} {failed}", "ascii")
    os._exit(code)


def wait(child: int) -> int | None:
    """The exit status, a signal as its negative; None where it was stuck and was killed."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def main() -> None:
    """Answers until nothing more is asked."""
    library = ctypes.CDLL(None)
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    for name in COMMANDS:
        load_command(name)
    schema.load(Path("config.toml"))
    asyncio.run(anyio.sleep(0))  # loads what the page runs on, else each copy would
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            try:
                do(asked, library)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(98)
        print(json.dumps(wait(child)), flush=True)


if __name__ == "__main__":
    main()
