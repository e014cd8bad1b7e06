"""How fast the review page answers over a store of many, while a collector writes into it: `python -m demo.paces`.

The page is the real one, `mentions serve` in a process of its own; figures stand beside the limits of docs/measuring.md and
beside two peers asked in the same run: a page that says hello, and one that counts what the store holds.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlencode

import click
import tomli_w

import clock
from demo import many, many_posts
from demo.asking import Question, questions
from demo.hello import free_port, hello
from review.signing import ABSOLUTE, COOKIE, hashed
from store import Store

ROOT = Path(__file__).parent.parent
MEDIAN, NINETY_FIFTH, MEMORY = 100.0, 300.0, 150.0  # ms, ms, MB
PEERS = ("says hello (peer)", "counts (peer)")
PAGE, EVERY, CYCLE = 100, 0.5, 10.0  # mentions a page, seconds between pages, between assessments
BATCH = 200  # mentions that a cycle assesses or groups in one transaction
PASSWORD = "heron kettle violet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """What was measured: milliseconds by kind of question, what went wrong, MB, and how the collector fared."""

    took: dict[str, list[float]]
    wrong: list[str]
    memory: float
    written: str

    @property
    def over_all(self) -> list[float]:
        """Of every question to the page itself."""
        return [one for kind, all_of in self.took.items() if kind not in PEERS for one in all_of]


def measured(folder: Path, requests: int, seed: int = 1) -> Paces:
    """Asks so many questions in random order, while a collector writes."""
    path, key = folder / "mentions.db", many.key(folder)
    with Store.open(path, [key]) as store:
        session, officer = _signed_in(store)
        asked = questions(store, officer, requests, random.Random(seed))
    with (
        _collecting(path, key) as written,
        hello(path, key) as peers,
        served(folder) as (url, page),
    ):
        took, wrong = _asked(asked, url, peers, session)
        memory = _peak(page)
    return Paces(took=took, wrong=wrong, memory=memory, written=written[0])


def _signed_in(store: Store) -> tuple[str, int]:
    at = clock.now()
    user = store.user_by_handle("local", "amina")
    assert user is not None
    if not user.secret:
        store.change_user(user.number, secret=hashed(PASSWORD), at=at)
    return store.begin_session(user.number, at=at, until=at + ABSOLUTE), user.number


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """`mentions serve` over the store of a folder: where it answers, and its process."""
    port = free_port()
    told = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    told["store"] |= {"path": "mentions.db", "keys": ["file:key"]}
    told["review"] |= {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    (folder / "config.toml").write_text(tomli_w.dumps(told), "utf-8")
    command = [
        sys.executable,
        str(ROOT / "pipeline.py"),
        "serve",
        "--config",
        str(folder / "config.toml"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as page:
        try:
            _wait(port, page)
            yield f"127.0.0.1:{port}", page.pid
        finally:
            page.terminate()
            page.wait(10)


def _wait(port: int, page: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and page.poll() is None:
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asking.request("GET", "/sign-in")
            asking.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            asking.close()
    raise click.ClickException("the page did not start")


def _peak(pid: int) -> float:
    """The most memory that a process has held, in MB; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0.0
    return next(
        int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")
    )


def _asked(
    asked: list[Question], url: str, peers: str, session: str
) -> tuple[dict[str, list[float]], list[str]]:
    took: dict[str, list[float]] = {}
    wrong: list[str] = []
    lines = {place: http.client.HTTPConnection(place, timeout=60) for place in (url, peers)}
    headers = {"Cookie": f"{COOKIE}={session}", "Sec-Fetch-Site": "same-origin"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for number, question in enumerate(asked):
        line = lines[peers if question.kind in PEERS else url]
        body = urlencode(question.form, doseq=True) if question.form else None
        begun = time.perf_counter()
        line.request(
            "POST" if body else "GET", question.path, body, headers | (form if body else {})
        )
        answer = line.getresponse()
        answer.read()
        passed = (time.perf_counter() - begun) * 1000
        if number >= len(lines) * 5:  # the first ones warm it up
            took.setdefault(question.kind, []).append(passed)
        if answer.status not in ((303, 409) if body else (200,)):
            wrong.append(f"{answer.status} {question.path}")
    for line in lines.values():
        line.close()
    return took, wrong


# ── the collector ────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _collecting(path: Path, key: str) -> Iterator[list[str]]:
    """A collector that writes meanwhile; afterwards the list holds what it says of itself."""
    spawn = multiprocessing.get_context("spawn")
    over, said = spawn.Event(), spawn.Queue()
    process = spawn.Process(target=_collect, args=(path, key, over, said))
    process.start()
    written: list[str] = [""]
    try:
        yield written
    finally:
        over.set()
        written[0] = said.get(timeout=120)
        process.join(30)


def _collect(path: Path, key: str, over: Event, said: multiprocessing.Queue[str]) -> None:
    chance = random.Random(os.getpid())
    pages, slowest, assessed = 0, 0.0, time.monotonic()
    with Store.open(path, [key]) as store:
        first = store.sizes()["mentions"]
        while not over.wait(EVERY):
            made = many_posts.fresh(chance, first + pages * PAGE, PAGE)
            begun = time.monotonic()
            store.take_in("x", made, at=clock.now())
            slowest = max(slowest, time.monotonic() - begun)
            pages += 1
            if time.monotonic() - assessed > CYCLE:
                _cycle(store, chance)
                assessed = time.monotonic()
        _cycle(store, chance)
    said.put(
        f"{pages * PAGE:,} mentions on {pages} pages, the slowest kept in {slowest * 1000:,.0f} ms"
    )


def _cycle(store: Store, chance: random.Random) -> None:
    """Assesses and groups what waits, as a cycle does; one in twenty is flagged."""
    at = clock.now()
    waiting = store.unassessed(many_posts.POLICY, many_posts.MODEL)
    for start in range(0, len(waiting), BATCH):
        part = waiting[start : start + BATCH]
        store.add_assessments([many_posts.read(chance, one, at) for one in part], alert_after=at)
    many.group(store, at, {}, limit=BATCH)


# ── what is printed ──────────────────────────────────────────────────────────────────────────────


def table(paces: Paces) -> str:
    """Median and 95th percentile by kind, each beside its limit."""
    lines = [
        f"{'':28}{'asked':>7}{'median':>10}{'95th':>10}   ms; limits {MEDIAN:.0f} and {NINETY_FIFTH:.0f}"
    ]
    for kind, took in sorted(paces.took.items(), key=lambda pair: (pair[0] in PEERS, pair[0])):
        lines.append(_line(kind, took, limited=kind not in PEERS))
    lines.append(_line("all of the page", paces.over_all, limited=True))
    mark = "" if paces.memory <= MEMORY else "  over"
    lines.append(f"memory of the page at its peak {paces.memory:,.0f} MB; limit {MEMORY:.0f}{mark}")
    lines.append(f"a collector wrote beside it: {paces.written}")
    lines += [f"wrong: {one}" for one in paces.wrong[:10]]
    return "\n".join(lines)


def _line(kind: str, took: list[float], *, limited: bool) -> str:
    middle, late = statistics.median(took), high(took)
    over = "  over" if limited and (middle > MEDIAN or late > NINETY_FIFTH) else ""
    return f"{kind:28}{len(took):7,}{middle:10.1f}{late:10.1f}{over}"


def high(took: list[float]) -> float:
    """The 95th percentile: the least that 95 of 100 do not pass."""
    return sorted(took)[max(0, -(-len(took) * 95 // 100) - 1)]


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/many"), show_default=True, help="Where demo.many keeps its store.")  # fmt: skip
@click.option("--requests", default=1_000, show_default=True, help="How many questions.")
def main(folder: Path, requests: int) -> None:
    """Measures the review page over the store of demo.many."""
    with Store.open(folder / "mentions.db", [many.key(folder)], create=False) as store:
        sizes = store.sizes()
    print(f"{sizes['mentions']:,} mentions, {os.cpu_count()} cores")
    print(table(measured(folder, requests)))


if __name__ == "__main__":
    main()
