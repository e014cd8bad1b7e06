"""How fast the review page answers over a store of many, while a collector writes into it: `python -m bench.review_page`.

The page is the real one, `mentions serve` in a process of its own; figures stand beside the limits of docs/measuring.md and
beside two peers asked in the same run: a page that says hello, and one that counts what the store holds.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlencode

import click
import tomli_w
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench import store_fixture
from core import clock
from review.auth.sessions import ABSOLUTE, COOKIE, hashed
from store import Case, CaseQuery, Store, Tab

# ── What `bench.review_page` asks the review page: views, filters, words, cases and decisions, in random order.

SIZE = 50  # cases on a page of all
STATES: tuple[Tab, ...] = ("all", "new", "overdue", "escalated", "snoozed", "edited", "done")
LARGE = 50  # mentions of a case, from which on it is asked about as a large one


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request: what kind it is, its address, and its form where it is a decision."""

    kind: str
    path: str
    form: Mapping[str, object] = field(default_factory=dict)


def questions(store: Store, officer: int, count: int, chance: random.Random) -> list[Question]:
    """So many, each kind as often as its share says."""
    cases = all_cases(store)
    facets = store.queue.facets()
    tabs = store.queue.page(CaseQuery(user=officer, size=1), clock.now()).tabs
    large = [case.number for case in cases if case.size >= LARGE] or [
        max(cases, key=lambda case: case.size).number
    ]
    waiting = [case for case in cases if case.state in ("new", "open") and case.flagged]
    chance.shuffle(waiting)
    makers: dict[str, tuple[int, Callable[[], Question | None]]] = {
        "today": (12, lambda: Question(kind="today", path=f"/today{chance.choice(('', '?lane=now', '?lane=answer', '?lane=look'))}")),
        "mine, waiting, done": (6, lambda: Question(kind="mine, waiting, done", path=chance.choice(("/mine", "/waiting", "/done")))),
        "rest": (2, lambda: Question(kind="rest", path="/rest")),
        "all": (6, lambda: _view("all", tab=chance.choice(STATES))),
        "all, deep pages": (8, lambda: _deep(chance, tabs)),
        "one filter": (14, lambda: _filtered(chance, facets, 1)),
        "filters together": (10, lambda: _filtered(chance, facets, 3)),
        "search, rare words": (8, lambda: _view("search, rare words", q=_rare(chance))),
        "search, common words": (8, lambda: _view("search, common words", q=_common(chance), tab=chance.choice(("new", "all")))),
        "search with a filter": (6, lambda: _filtered(chance, facets, 1, words=_common(chance))),
        "case": (16, lambda: Question(kind="case", path=f"/cases/{chance.choice(cases).number}")),
        "case, large": (3, lambda: Question(kind="case, large", path=f"/cases/{chance.choice(large)}")),
        "decision": (6, lambda: _decision(store, waiting, chance)),
        "handover and team": (2, lambda: Question(kind="handover and team", path=chance.choice(("/handover", "/team")))),
        "says hello (peer)": (3, lambda: Question(kind="says hello (peer)", path="/hello")),
        "counts (peer)": (2, lambda: Question(kind="counts (peer)", path="/count")),
    }  # fmt: skip
    kinds = chance.choices(tuple(makers), weights=[share for share, _ in makers.values()], k=count)
    return [question for kind in kinds if (question := makers[kind][1]()) is not None]


def all_cases(store: Store) -> list[Case]:
    """Every case."""
    cases: list[Case] = []
    at = clock.now()
    while True:
        page = store.queue.page(CaseQuery(tab="all", size=100, page=1 + len(cases) // 100), at)
        cases += [card.case for card in page.cards]
        if len(page.cards) < 100:
            return cases


def _view(kind: str, **parameters: object) -> Question:
    return Question(kind=kind, path=f"/all?{urlencode(parameters, doseq=True)}")


def _deep(chance: random.Random, tabs: Mapping[Tab, int]) -> Question:
    tab: Tab = chance.choice([tab for tab in STATES if tabs[tab] > SIZE] or ["all"])
    return _view("all, deep pages", tab=tab, page=chance.randint(1, max(1, -(-tabs[tab] // SIZE))))


def _filtered(
    chance: random.Random, facets: Mapping[str, Sequence[str]], count: int, *, words: str = ""
) -> Question:
    back = clock.now().date() - timedelta(days=chance.randrange(365))
    choices: dict[str, Callable[[], object]] = {
        **{name: (lambda values=values: chance.sample(values, min(len(values), chance.choice((1, 1, 2)))))  # type: ignore[misc]
           for name, values in facets.items() if values},
        "risk": lambda: chance.choice(("high", "medium", "low")),
        "since": back.isoformat,
        "until": back.isoformat,
        "clause": lambda: chance.choice(("6.8", "6.9", "6.10")),
        "reviewer": lambda: chance.choice((1, 2, 3)),
    }  # fmt: skip
    chosen = chance.sample(tuple(choices), count)
    parameters = {name: choices[name]() for name in chosen} | ({"q": words} if words else {})
    kind = "search with a filter" if words else "one filter" if count == 1 else "filters together"
    return _view(kind, tab=chance.choice(("new", "new", "done", "all")), **parameters)


def _rare(chance: random.Random) -> str:
    words = store_fixture.vocabulary()[0]
    return words[chance.randrange(len(words) // 2, len(words))]


def _common(chance: random.Random) -> str:
    words = store_fixture.vocabulary()[0]
    return " ".join(chance.sample(words[:40], chance.choice((1, 1, 2))))


def _decision(store: Store, waiting: list[Case], chance: random.Random) -> Question | None:
    """A decision on a case that nobody has been asked about yet."""
    if not waiting:
        return None
    case = waiting.pop()
    posts = [
        f"{mention.item.number}:{mention.item.revision}"
        for mention in store.cases.mentions(case.number)
        if mention.reviewable and not mention.item.deleted
    ]
    form = {"do": chance.choice(("none", "watch", "not_us")), "version": case.version, "posts": posts[:1],
            "why": "handled", "sure": "yes"}  # fmt: skip
    return Question(kind="decision", path=f"/cases/{case.number}/decide", form=form)


# ── Two peers for `bench.review_page`: a page that says hello, and one that counts what the store holds and nothing else.


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def hello(path: Path, key: str) -> Iterator[str]:
    """The peers in a process of their own: host and port."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(path, key, port), daemon=True
    )
    process.start()
    try:
        _wait_for_port(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.join(10)


def _wait_for_port(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _serve(path: Path, key: str, port: int) -> None:
    mine = threading.local()

    def counted() -> int:
        if not hasattr(mine, "store"):
            mine.store = Store.open(path, [key])
        return int(mine.store.figures.row_counts()["mentions"])

    async def says(_: Request) -> Response:
        return PlainTextResponse("hello")

    async def counts(_: Request) -> Response:
        return PlainTextResponse(str(await run_in_threadpool(counted)))

    app = Starlette(routes=[Route("/hello", says), Route("/count", counts)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


# ─────────────────────────────────────────────────────────────────────────────────────────────────

ROOT = Path(__file__).parent.parent
MEDIAN, NINETY_FIFTH, MEMORY = 30.0, 100.0, 150.0  # ms, ms, MB
PEERS = ("says hello (peer)", "counts (peer)")
PAGE, EVERY, CYCLE = 100, 0.5, 10.0  # mentions a page, seconds between pages, between assessments
BATCH = 200  # mentions that a cycle assesses or groups in one transaction
PASSWORD = "heron kettle violet"
IDLE = 3.0  # seconds after which a connection may be closed by a server: uvicorn waits 5


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
        return [
            duration
            for kind, all_of in self.took.items()
            if kind not in PEERS
            for duration in all_of
        ]


def measured(folder: Path, requests: int, seed: int = 1) -> Paces:
    """Asks so many questions in random order, while a collector writes."""
    path, key = folder / "mentions.db", store_fixture.key(folder)
    with Store.open(path, [key]) as store:
        session, officer = signed_in(store)
        workload = questions(store, officer, requests, random.Random(seed))
    with (
        _collecting(path, key) as written,
        hello(path, key) as peers,
        served(folder) as (url, page),
    ):
        took, wrong = _asked(workload, url, peers, session)
        memory = _peak(page)
    return Paces(took=took, wrong=wrong, memory=memory, written=written[0])


def signed_in(store: Store) -> tuple[str, int]:
    """A session of an officer, and the officer's number."""
    at = clock.now()
    user = store.users.by_handle("local", "amina")
    assert user is not None
    if not user.secret:
        store.users.change(user.number, secret=hashed(PASSWORD), at=at)
    return store.sessions.begin(user.number, at=at, until=at + ABSOLUTE), user.number


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """`mentions serve` over the store of a folder: where it answers, and its process."""
    port = free_port()
    config = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    config["store"] |= {"path": "mentions.db", "keys": ["file:key"]}
    config["review"] |= {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    (folder / "config.toml").write_text(tomli_w.dumps(config), "utf-8")
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
    workload: list[Question], url: str, peers: str, session: str
) -> tuple[dict[str, list[float]], list[str]]:
    took: dict[str, list[float]] = {}
    wrong: list[str] = []
    lines = {place: http.client.HTTPConnection(place, timeout=60) for place in (url, peers)}
    headers = {"Cookie": f"{COOKIE}={session}", "Sec-Fetch-Site": "same-origin"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    used = dict.fromkeys(lines, time.monotonic())
    for number, question in enumerate(workload):
        place = peers if question.kind in PEERS else url
        line = lines[place]
        if time.monotonic() - used[place] > IDLE:
            line.close()  # opened anew by the next question
        body = urlencode(question.form, doseq=True) if question.form else None
        begun = time.perf_counter()
        line.request(
            "POST" if body else "GET", question.path, body, headers | (form if body else {})
        )
        answer = line.getresponse()
        answer.read()
        used[place] = time.monotonic()
        passed = (time.perf_counter() - begun) * 1000
        if number >= len(lines) * 5:  # the first ones warm it up
            took.setdefault(question.kind, []).append(passed)
        if answer.status not in ((303, 409) if body else (200,)):
            wrong.append(f"{answer.status} {question.path}")
    for line in lines.values():
        line.close()
    return took, wrong


# ── many at once ─────────────────────────────────────────────────────────────────────────────────

AT_ONCE = ("/sign-in", "/today", "/all?q=hospitl", "/weekly", "/trends", "/tell")
MOST_AT_ONCE = 1_000.0  # ms, for the slowest of them


def crowded(folder: Path, people: int) -> dict[str, list[float]]:
    """So many people who ask for the same page at the same moment, page after page: milliseconds by page.

    The first page is the form by which all of them sign in.
    """
    path, key = folder / "mentions.db", store_fixture.key(folder)
    with Store.open(path, [key]) as store:
        signed_in(store)
    took: dict[str, list[float]] = {page: [] for page in AT_ONCE}
    together = threading.Barrier(people)
    with served(folder) as (url, _):
        threads = [
            threading.Thread(target=_one_of_many, args=(url, together, took)) for _ in range(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return took


def _one_of_many(url: str, together: threading.Barrier, took: dict[str, list[float]]) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}
    form = urlencode({"name": "amina", "password": PASSWORD})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    line = http.client.HTTPConnection(url, timeout=200)
    for page in AT_ONCE:
        together.wait()
        begun = time.perf_counter()
        if page == "/sign-in":
            line.request("POST", page, form, headers | kind)
        else:
            line.request("GET", page, headers=headers)
        answer = line.getresponse()
        answer.read()
        took[page].append((time.perf_counter() - begun) * 1000)
        if page == "/sign-in":
            headers["Cookie"] = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        elif answer.status != 200:
            took[page].append(float("inf"))  # it counts as never answered
    line.close()


# ── one at work while many look at figures ───────────────────────────────────────────────────────

COSTLY = ("/weekly", "/trends", "/all?q=hospital", "/weekly?period=week&last=2026-{:02}-{:02}")


def beside(folder: Path, people: int) -> dict[str, tuple[float, float]]:
    """How much slower Today is, in the middle and at worst, for one person while so many others ask for costly pages.

    As ratios to the same page alone, in the middle and at worst; the last page is a different week for each of them.
    """
    path, key = folder / "mentions.db", store_fixture.key(folder)
    with Store.open(path, [key]) as store:
        lead, *others = (_viewer(store, f"viewer{number}") for number in range(people + 1))
    ratios: dict[str, tuple[float, float]] = {}
    with served(folder) as (url, _):
        alone = [_today(url, lead) for _ in range(20)][5:]
        for page in COSTLY:
            pages = [page.format(1 + number % 10, 1 + number // 10 * 7) for number in range(people)]
            threads = [
                threading.Thread(target=_got, args=(url, page, session))
                for page, session in zip(pages, others, strict=True)
            ]
            for thread in threads:
                thread.start()
            took = [_today(url, lead)]
            while any(thread.is_alive() for thread in threads):
                took.append(_today(url, lead))
            ratios[page] = (
                statistics.median(took) / statistics.median(alone),
                max(took) / max(alone),
            )
    return ratios


def _viewer(store: Store, handle: str) -> str:
    """A session of somebody who looks."""
    at = clock.now()
    user = store.users.by_handle("local", handle) or store.users.add(
        "local", handle, handle, ["viewer"], at=at
    )
    return store.sessions.begin(user.number, at=at, until=at + ABSOLUTE)


def _got(url: str, page: str, session: str) -> None:
    line = http.client.HTTPConnection(url, timeout=200)
    line.request("GET", page, headers={"Cookie": f"{COOKIE}={session}"})
    line.getresponse().read()
    line.close()


def _today(url: str, session: str) -> float:
    begun = time.perf_counter()
    _got(url, "/today", session)
    return (time.perf_counter() - begun) * 1000


# ── the collector ────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _collecting(path: Path, key: str) -> Iterator[list[str]]:
    """A collector that writes meanwhile; afterwards the list holds what it says of itself."""
    spawn = multiprocessing.get_context("spawn")
    over, reports = spawn.Event(), spawn.Queue()
    process = spawn.Process(target=_collect, args=(path, key, over, reports))
    process.start()
    written: list[str] = [""]
    try:
        yield written
    finally:
        over.set()
        written[0] = reports.get(timeout=120)
        process.join(30)


def _collect(path: Path, key: str, over: Event, reports: multiprocessing.Queue[str]) -> None:
    chance = random.Random(os.getpid())
    pages, slowest, assessed = 0, 0.0, time.monotonic()
    with Store.open(path, [key]) as store:
        first = store.figures.row_counts()["mentions"]
        while not over.wait(EVERY):
            mentions = store_fixture.fresh(chance, first + pages * PAGE, PAGE)
            begun = time.monotonic()
            store.mentions.add_page("x", mentions, at=clock.now())
            slowest = max(slowest, time.monotonic() - begun)
            pages += 1
            if time.monotonic() - assessed > CYCLE:
                _cycle(store, chance)
                assessed = time.monotonic()
        _cycle(store, chance)
    reports.put(
        f"{pages * PAGE:,} mentions on {pages} pages, the slowest kept in {slowest * 1000:,.0f} ms"
    )


def _cycle(store: Store, chance: random.Random) -> None:
    """Assesses and groups what waits, as a cycle does; one in twenty is flagged."""
    at = clock.now()
    waiting = store.assessments.unassessed(store_fixture.POLICY, store_fixture.MODEL)
    for start in range(0, len(waiting), BATCH):
        part = waiting[start : start + BATCH]
        store.assessments.add([store_fixture.read(chance, stored, at) for stored in part])
    store_fixture.group(store, at, {}, limit=BATCH)


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
    lines += [f"wrong: {failure}" for failure in paces.wrong[:10]]
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
@click.option("--people", default=40, show_default=True, help="How many ask at once.")
def main(folder: Path, requests: int, people: int) -> None:
    """Measures the review page over the store of demo.many."""
    with Store.open(folder / "mentions.db", [store_fixture.key(folder)], create=False) as store:
        sizes = store.figures.row_counts()
    print(f"{sizes['mentions']:,} mentions, {os.cpu_count()} cores")
    if requests:
        print(table(measured(folder, requests)))
    if people:
        print(
            f"{people} people at once{'median':>20}{'slowest':>10}   ms; limit {MOST_AT_ONCE:.0f}"
        )
        for page, took in crowded(folder, people).items():
            over = "  over" if max(took) > MOST_AT_ONCE else ""
            print(f"{page:28}{statistics.median(took):10.1f}{max(took):10.1f}{over}")
        print(f"{'Today while they ask for':44}{'median':>8}{'worst':>8}   times as long as alone")
        for page, (median, worst) in beside(folder, people).items():
            print(f"{page:44}{median:8.1f}{worst:8.1f}")


if __name__ == "__main__":
    main()
