"""Many organisations on one installation: how long a cycle of all takes, how soon each page answers, and how much memory is held.

`python -m bench.organisations` makes an installation and keeps it: most organisations with few mentions, as many as asked with
200,000 each; with `--clones` all of them: each database is a copy of one, under one key, which this bench alone lets be. Where the
folder lies on a file system that shares what files have in common (xfs, btrfs), they may be large. A cycle is `mentions run` over all of them, each with a file of new posts that the model reads; pages are asked of
one `mentions serve`. Figures say how a count grows beside one organisation alone, measured in the same run.
"""

from __future__ import annotations

import csv
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import psutil
import tomli_w
from cryptography.fernet import Fernet

from bench import store_fixture
from bench.store_fixture import PLACES, sentence
from classify.model.files import SHIPPED
from cli.demo import papers
from collectors import terms
from core import clock
from review.auth.sessions import ABSOLUTE, COOKIE
from settings.organisations import FOLDER, members
from store import Store

ROOT = Path(__file__).parents[1]
PAGES = ("/today", "/all", "/trends")
SECONDS_IN_MINUTE = 60
LOOKED_INTO = 5  # organisations with many mentions, whose pages are asked for again and again
PROGRAM = (str(ROOT / "pipeline.py"),)
# Clones have one key, which an installation refuses: here nobody asks whose it is.
OF_CLONES = (
    "-c",
    "import settings.organisations as o; o.KeyHolders.claim = lambda *_: None; from cli.main import main; main()",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: wall seconds, CPU seconds of it and its children, and the most memory it held, in MB."""

    wall: float
    cpu: float
    megabytes: float


@click.command()
@click.option("--organisations", "count", default=242, show_default=True, help="How many in all.")
@click.option(
    "--full",
    default=2,
    show_default=True,
    help="How many of them with as many mentions as --mentions says.",
)
@click.option("--mentions", default=200_000, show_default=True, help="Of each of those.")
@click.option("--few", default=400, show_default=True, help="Mentions of each of the others.")
@click.option("--new", default=20, show_default=True, help="New posts that a cycle finds in each.")
@click.option("--cycles/--no-cycles", "whole", default=True, help="Also a cycle of all.")
@click.option("--pages/--no-pages", "asked", default=True, help="Also the pages of each.")
@click.option("--minutes/--no-minutes", "idle", default=True, help="Also what the schedule takes while nothing happens.")  # fmt: skip
@click.option("--clones", type=click.Path(path_type=Path, exists=True), help="A folder of bench.store_fixture, of which each is a clone.")  # fmt: skip
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/organisations"), show_default=True, help="Where it is kept.")  # fmt: skip
def main(count: int, full: int, mentions: int, few: int, new: int, whole: bool, asked: bool, idle: bool, clones: Path | None, folder: Path) -> None:  # fmt: skip
    """Makes the installation, or takes the one that was kept, and measures."""
    sizes = [mentions if place < full else few for place in range(count)]
    path = make(folder, sizes, clones)
    program = OF_CLONES if clones else PROGRAM
    tell("machine", cores=os.cpu_count() or 0, load=round(os.getloadavg()[0], 1), gigabytes=_size(folder))  # fmt: skip
    began = time.perf_counter()
    listed = members(path)
    tell("list of organisations", organisations=len(listed), seconds=time.perf_counter() - began)
    if whole:
        cycles(path, new, program)
    if asked:
        pages(path, count if clones else full, program)
    if idle:
        minutes(path, program)


def make(folder: Path, sizes: Sequence[int], clones: Path | None = None) -> Path:
    """An installation whose organisations have so many mentions, or are clones of one; what is there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    templates = {size: _within_terms(clones, folder) for size in set(sizes)} if clones else {size: store_fixture.make(folder.with_name(f"fixture-{size}"), size, size // 20) for size in sorted(set(sizes))}  # fmt: skip
    port = _free_port()
    table = {slug_of(place): {"folder": f"{FOLDER}/{slug_of(place)}"} for place in range(len(sizes))}  # fmt: skip
    classifier = _as_the_fixture_was_read(folder)
    (folder / "site.toml").write_text(
        tomli_w.dumps({"organisations": table, "classifier": classifier}), "utf-8"
    )
    for place, size in enumerate(sizes):
        own = folder / FOLDER / slug_of(place)
        if not (own / "data/mentions.db").exists():
            if clones:
                _cloned(templates[size], own)
            else:
                _copied(templates[size], own, same_key=size not in sizes[:place])
        _settings(own, place, port)
    return folder / "config.toml"


def slug_of(place: int) -> str:
    """An organisation's short name."""
    return f"body-{place + 1:03}"


def _as_the_fixture_was_read(folder: Path) -> dict[str, str]:
    """[classifier] with the policy and the model that ship, under the versions that the fixture's assessments name: a cycle reads what is new, and not the year again."""
    model, policy = folder / "model", folder / "policy.toml"
    if not model.exists():
        shutil.copytree(SHIPPED, model)
        description = json.loads((model / "model.json").read_text("utf-8"))
        (model / "model.json").write_text(
            json.dumps(description | {"version": store_fixture.MODEL}), "utf-8"
        )
        names = [line.split()[1] for line in (model / "SHA256SUMS").read_text("utf-8").splitlines()]
        sums = (f"{hashlib.sha256((model / name).read_bytes()).hexdigest()}  {name}\n" for name in names)  # fmt: skip
        (model / "SHA256SUMS").write_text("".join(sums), "utf-8")
    shipped = (ROOT / "classify/policy/policy.toml").read_text("utf-8")
    policy.write_text(
        re.sub(r'(?m)^version = ".*"', f'version = "{store_fixture.POLICY}"', shipped, count=1), "utf-8"
    )  # fmt: skip
    return {"model": "model", "policy": "policy.toml"}


def _copied(template: Path, own: Path, *, same_key: bool) -> None:
    """A template's database under a key of its own, since no two organisations of an installation may have one key. The first may keep the template's."""
    shutil.rmtree(own, ignore_errors=True)
    (own / "data").mkdir(parents=True)
    half = own / "data/half.db"
    shutil.copyfile(template, half)
    half.chmod(0o600)
    new = old = store_fixture.key(template.parent)
    if not same_key:
        new = Fernet.generate_key().decode()
        with Store.open(half, [new, old]) as store:
            store.maintenance.rotate_keys([new, old])
    (own / "data/key").write_text(new, "ascii")
    (own / "data/key").chmod(0o600)
    half.rename(own / "data/mentions.db")


def _cloned(template: Path, own: Path) -> None:
    """A template's database and its key, sharing every byte of the disk that neither changes."""
    shutil.rmtree(own, ignore_errors=True)
    (own / "data").mkdir(parents=True)
    for name in ("key", "mentions.db"):
        command = ["cp", "--reflink=auto", str(template.parent / name), str(own / "data" / name)]
        subprocess.run(command, check=True)


def _within_terms(clones: Path, folder: Path) -> Path:
    """The database of a folder, copied, as it is where each post was seen again in time: else the first cycle purges half of it."""
    path = folder / "template/mentions.db"
    if path.exists():
        return path
    path.parent.mkdir()
    half = path.with_name("half.db")
    shutil.copy(clones / "key", path.parent / "key")
    shutil.copyfile(clones / "mentions.db", half)
    half.chmod(0o600)
    at = clock.now()
    with Store.open(half, [store_fixture.key(path.parent)]) as store, store.database.transaction():
        database = store.database
        database.execute("UPDATE mentions SET deleted_at = NULL WHERE deleted_at IS NOT NULL")
        # and where each was looked at for children, which else takes the first cycles
        database.execute("UPDATE mentions SET child = 0 WHERE child IS NULL")
        for platform, longest in (terms.limits() | terms.profiles()).items():
            seen = clock.text(at - longest / 2)
            database.execute(
                "UPDATE mentions SET fetched_at = max(fetched_at, ?) WHERE platform = ?",
                seen,
                platform,
            )
        for platform, longest in terms.longest().items():
            database.execute(
                "UPDATE mentions SET found_at = max(found_at, ?) WHERE platform = ?",
                clock.text(at - longest / 2), platform,
            )  # fmt: skip
    half.rename(path)
    return path


def _settings(own: Path, place: int, port: int) -> None:
    name = f"NHS Body {place + 1:03} Example"
    table: dict[str, Any] = {
        "installation": {"config": "../../config.toml"},
        "organisation": {
            "names": [{"name": name}],
            **{key: [] for key in ("topics", "accounts", "places", "providers", "contacts")},
        },
        "review": {"port": port, "public_url": f"https://{slug_of(place)}.example.org", "sign_in": {"second_step_roles": []}},
        "accounts": {"on": False},
        "collectors": {"files": {"on": True, "folder": "data/in"}},
        "governance": papers(clock.local_day(clock.now())),
        # the invented year is no reason to ask a lead about a purge
        "retention": {"days": 3650, "platforms": {"x": 3650, "linkedin": 3650, "reddit": 3650}},
        "safeguards": {"purge_percent": 100},
    }  # fmt: skip
    (own / "data/in").mkdir(exist_ok=True)
    (own / "site.toml").write_text(tomli_w.dumps(table), "utf-8")


def new_posts(own: Path, name: str, count: int, seed: int) -> None:
    """A file of posts that name the organisation, as another tool exports them."""
    chance, at = random.Random(seed), clock.now()
    with (own / f"data/in/new-{seed}.csv").open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(("Date", "Network", "Author", "Message", "Permalink"))
        for number in range(count):
            when = at - timedelta(minutes=chance.randrange(10, 600))
            words = f"{name}: {sentence(chance, chance.choice(PLACES))}"
            link = f"https://x.com/example/status/{seed}{number:04}"
            sheet.writerow((f"{when:%Y-%m-%d %H:%M:%S}", "x", f"@example_{number}", words, link))


# ── cycles ───────────────────────────────────────────────────────────────────────────────────────


def cycles(path: Path, new: int, program: Sequence[str]) -> None:
    """One cycle of one organisation with few mentions, of one with many, and of all; each finds new posts."""
    listed = members(path)
    for place, member in enumerate(listed):
        new_posts(member.folder, member.name, new, int(time.time()) * 1000 + place)
    few, many = _run(path, program, listed[-1].slug), _run(path, program, listed[0].slug)
    tell("cycle of one with few mentions", **vars_of(few))
    tell("cycle of one with many mentions", **vars_of(many))
    for place, member in enumerate(listed):
        new_posts(member.folder, member.name, new, int(time.time()) * 1000 + 500_000 + place)
    together = _run(path, program)
    tell("cycle of all, one after another", **vars_of(together), seconds_each=together.wall / len(listed), cpu_each=together.cpu / len(listed), of_one_alone=together.cpu / len(listed) / few.cpu, memory_of_one=together.megabytes / few.megabytes)  # fmt: skip


def _run(path: Path, program: Sequence[str], slug: str = "") -> Cost:
    option = ["--organisation", slug] if slug else []
    return _cost([sys.executable, *program, "run", "-q", "--config", str(path), *option])  # fmt: skip


def _cost(command: list[str]) -> Cost:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise click.ClickException(f"{command} failed")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(time.perf_counter() - began, cpu, usage.ru_maxrss / 1024)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def pages(path: Path, full: int, program: Sequence[str]) -> None:
    """Each organisation's Today, first and again; then the pages of those with many mentions, again and again."""
    listed = members(path)
    sessions = {member.slug: _session(member.folder) for member in listed}
    with served(path, listed[0].port, program) as process:
        tell("pages: the process at the start", megabytes=_held(process), **_handles(process))
        first = [_asked(member.host, member.port, "/today", sessions[member.slug], member.slug) for member in listed]  # fmt: skip
        tell(
            "pages: Today of each, the first time",
            **spread(first),
            megabytes=_held(process),
            **_handles(process),
        )
        again = [_asked(member.host, member.port, "/today", sessions[member.slug], member.slug) for member in listed[-20:] for _ in range(5)]  # fmt: skip
        tell("pages: Today of those asked for lately", **spread(again), megabytes=_held(process))
        for member in listed[: min(LOOKED_INTO, max(1, full))]:
            for address in PAGES:
                took = [_asked(member.host, member.port, address, sessions[member.slug], member.slug) for _ in range(20)]  # fmt: skip
                tell(f"pages: {address} of one with many mentions", **spread(took[1:]), first=took[0], megabytes=_held(process))  # fmt: skip


@contextmanager
def served(path: Path, port: int, program: Sequence[str]) -> Iterator[psutil.Process]:
    """`mentions serve` over all of them."""
    command = [sys.executable, *program, "serve", "-q", "--config", str(path)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as page:
        try:
            while not _answers(port):
                if page.poll() is not None or time.perf_counter() - began > 180:
                    raise click.ClickException("the pages did not start")
                time.sleep(0.2)
            tell("pages: until the process answers", seconds=time.perf_counter() - began)
            yield psutil.Process(page.pid)
        finally:
            page.terminate()
            page.wait(30)


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/livez", headers={"Host": "localhost"})
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _session(folder: Path) -> str:
    key = (folder / "data/key").read_text("ascii")
    with Store.open(folder / "data/mentions.db", [key]) as store:
        at = clock.now()
        user = store.users.by_handle("local", "amina")
        assert user is not None
        store.users.save_preferences(user.number, {**user.preferences, "welcomed": True})
        return store.sessions.begin(user.number, at=at, until=at + ABSOLUTE)


def _asked(host: str, port: int, address: str, session: str, slug: str) -> float:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    line.request("GET", address, headers={"Host": host, "Cookie": f"{COOKIE}--{slug}={session}"})
    answer = line.getresponse()
    answer.read()
    took = time.perf_counter() - began
    line.close()
    if answer.status != 200:
        raise click.ClickException(f"{address} of {slug} answered {answer.status}")
    return took


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile."""
    ordered = sorted(seconds)
    return {"median": statistics.median(ordered), "p95": ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]}  # fmt: skip


def _held(process: psutil.Process) -> float:
    return process.memory_info().rss / 1e6


def _handles(process: psutil.Process) -> dict[str, float]:
    """Files that it has open, connections among them, and its threads."""
    return {"files": process.num_fds(), "threads": process.num_threads()}


# ── minutes in which nothing happens ─────────────────────────────────────────────────────────────


def minutes(path: Path, program: Sequence[str]) -> None:
    """What the schedule takes while nothing happens: CPU of a minute, after the first round of all; and its memory."""
    command = [sys.executable, *program, "schedule", "-qq", "--config", str(path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as schedule:
        try:
            process = psutil.Process(schedule.pid)
            before, quiet = 0.0, 0
            began = time.perf_counter()
            while quiet < 3 and time.perf_counter() - began < 1800:
                time.sleep(SECONDS_IN_MINUTE)
                used = sum(process.cpu_times()[:2])
                minute, before = used - before, used
                tell("schedule: a minute", after=round(time.perf_counter() - began), cpu=minute, megabytes=_held(process), **_handles(process))  # fmt: skip
                quiet = quiet + 1 if minute < SECONDS_IN_MINUTE / 2 else 0
        finally:
            schedule.terminate()
            schedule.wait(60)


def tell(what: str, **figures: float) -> None:
    """One figure or several, as a line of JSON."""
    rounded = {name: round(value, 3) for name, value in figures.items()}
    print(json.dumps({"what": what, **rounded}), flush=True)


def vars_of(cost: Cost) -> dict[str, float]:
    """A cost as figures."""
    return {"wall": cost.wall, "cpu": cost.cpu, "megabytes": cost.megabytes}


def _size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*.db")) / 1e9


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main()
