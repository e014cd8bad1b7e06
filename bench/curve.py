"""What a store costs as it grows: a cycle, a page, the weekly summary, a purge and a backup over stores of several sizes.

    python -m bench.curve --sizes 10000,100000,1000000,5000000 [--year 1000000] [--folder var]

Each store holds a year that is as busy as `--year` says at most, and behind it older years (`bench.enlarge`): what a back catalogue
makes of a store. Each figure is the best of three, in seconds of the processor, so that what else runs counts least; a purge is done once, and
a page is timed by the clock. The last two sizes are compared: at most MOST times as long. A
backup, and the proof of a purge, read every byte of the file: for these the same holds of a million mentions, and both figures are told.
"""

from __future__ import annotations

import http.client
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click

from bench import enlarge, review_page, store_fixture
from classify.policy.schema import shipped
from core import clock
from reports.weekly import layout
from reports.weekly.gathering import gather
from reports.weekly.periods import last_whole
from review.auth.sessions import COOKIE
from settings import schema
from store import Store

MOST = 2.0  # times as long as over the size before
TIMES = 3
PAGE = 250  # new mentions of a cycle
DUE = 250  # mentions that a purge takes
PATHS = ("/today", "/all", "/all?tab=done&page=2", "/trends")
WHOLE = ("purge", "backup")  # read every byte of the file
WIDTH = 30  # signs of the longest bar

Figures = Mapping[str, float]


def measure(folder: Path) -> Figures:
    """Seconds of each, over the store of a folder."""
    path, key = folder / "mentions.db", store_fixture.key(folder)
    with Store.open(path, [key]) as store:
        newest = clock.parse(store.database.value("SELECT max(found_at) FROM mentions"))
        figures = {
            "cycle": _best(lambda: _cycle(store)),
            "weekly": _best(lambda: _weekly(store, newest)),
        }
    figures["page"] = _pages(folder)
    with Store.open(path, [key]) as store:
        figures["purge"] = _timed(lambda: _purge(store, clock.now()))
        figures["backup"] = _best(lambda: _backup(store, folder))
    return {name: figures[name] for name in ("cycle", "page", "weekly", "purge", "backup")}


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _best(work: Callable[[], object]) -> float:
    return min(_timed(work) for _ in range(TIMES))


def _cycle(store: Store) -> None:
    """What a cycle does after its sources have answered: store, read (by no model), group, wake, chase what is due."""
    at = clock.now()
    chance = random.Random(at.timestamp())
    first = chance.randrange(10**10, 10**11)
    taken = store.mentions.add_page("x", store_fixture.fresh(chance, first, PAGE), at=at)
    store.mentions.add_run("x", [], since=at, at=at, complete=True, earlier=taken)
    for part in store.assessments.unassessed_parts(store_fixture.POLICY, store_fixture.MODEL):
        store.assessments.add([store_fixture.read(chance, stored, at) for stored in part])
    store_fixture.group(store, at, {})
    store.grouping.wake(at)
    store.cases.follow_all(at)
    store.alerts.raised()
    store.backlog.unassessed()


def _weekly(store: Store, at: datetime) -> None:
    period = last_whole("week", clock.local_day(at))
    config = schema.load(Path("config.toml"))
    layout.summary_of(gather(store, config, shipped(), period, at), config)


def _pages(folder: Path) -> float:
    """Seconds of the slowest of PATHS and of a case, each the best of five, asked of `mentions serve` in a process of its own."""
    with Store.open(folder / "mentions.db", [store_fixture.key(folder)]) as store:
        session, _ = review_page.signed_in(store)
        case = store.database.value("SELECT number FROM cases ORDER BY latest_at DESC LIMIT 1")
    with review_page.served(folder) as (place, _):
        line = http.client.HTTPConnection(place, timeout=60)
        return max(
            min(_asked(line, path, session) for _ in range(5))
            for path in (*PATHS, f"/cases/{case}")
        )


def _asked(line: http.client.HTTPConnection, path: str, session: str) -> float:
    begun = time.perf_counter()
    line.request(
        "GET", path, headers={"Cookie": f"{COOKIE}={session}", "Sec-Fetch-Site": "same-origin"}
    )
    answer = line.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")
    return time.perf_counter() - begun


def _purge(store: Store, at: datetime) -> None:
    """Takes the oldest DUE mentions, and proves in the bytes of the file that they are gone."""
    oldest = store.database.value(
        "SELECT found_at FROM mentions ORDER BY found_at LIMIT 1 OFFSET ?", DUE
    )
    store.retention.asks = None
    proof = store.retention.purge(
        at, {"default": at - clock.parse(oldest)}, deleted_after=timedelta(days=30)
    )
    if not proof.proved:
        raise SystemExit(f"the purge is not proved: {'; '.join(proof.trouble)}")


def _backup(store: Store, beside: Path) -> None:
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        store.backups.write(Path(folder) / "mentions.backup")


def draw(curve: Mapping[int, Figures]) -> list[str]:
    """A line a figure and size, with a bar, each figure by its own longest."""
    lines = []
    for name in next(iter(curve.values())):
        longest = max(figures[name] for figures in curve.values())
        for size, figures in curve.items():
            bar = "#" * max(1, round(WIDTH * figures[name] / longest))
            lines.append(f"{name:<8}{size:>11,}  {figures[name]:8.3f} s  {bar}")
    return lines


def compared(curve: Mapping[int, Figures]) -> tuple[list[str], bool]:
    """The last two sizes beside each other, and whether each figure is within MOST."""
    if len(curve) < 2:
        return [], True
    before, last = list(curve)[-2:]
    lines, well = [], True
    for name in curve[last]:
        times = curve[last][name] / max(curve[before][name], 1e-9)
        a_million = times * before / last
        judged = a_million if name in WHOLE else times
        also = f", {a_million:.2f} times for a million mentions" if name in WHOLE else ""
        well &= judged <= MOST
        lines.append(
            f"{name:<8}{last:,} takes {times:.2f} times {before:,}{also} (at most {MOST:g})"
        )
    return lines, well


@click.command()
@click.option(
    "--sizes", default="10000,100000", show_default=True, help="Mentions, the smallest first."
)
@click.option("--year", default=1_000_000, show_default=True, help="How many a year holds at most.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("var"),
    show_default=True,
    help="Where stores are made and kept.",
)
def main(sizes: str, year: int, folder: Path) -> None:
    """Prints the curve; ends with 1 where the largest takes more than MOST times the one before."""
    curve: dict[int, Figures] = {}
    places = {
        size: (folder / (f"many-{size}" if size <= year else f"many-{size}-of-{year}")).absolute()
        for size in sorted(int(written) for written in sizes.split(","))
    }
    for (
        size,
        place,
    ) in places.items():  # all of them first: what is measured adds to a store, and takes from it
        enlarge.make(place, size, year)
    for size, place in places.items():
        curve[size] = measure(place)
        click.echo(
            f"{size:,}: " + ", ".join(f"{name} {took:.3f} s" for name, took in curve[size].items()),
            err=True,
        )
    lines, well = compared(curve)
    click.echo("\n".join([*draw(curve), *lines]))
    sys.exit(not well)


if __name__ == "__main__":
    main()
