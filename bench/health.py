"""What a morning list and the question whether anything is wrong cost over a store of many: `python -m bench.health`.

Every page asks the second, so that it may take no more than a twentieth of a second; the model's files are read once before.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click

from bench import store_fixture
from classify.policy import schema as policy
from reports import digest
from settings import schema
from steps.health import health
from store import Store

ROUNDS = 9
LIMITS = {"health": 0.05, "morning list": 1.0}  # seconds
SHIPPED = Path(__file__).parent.parent / "config.toml"


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, exists=True), required=True)
def main(folder: Path) -> None:
    """Prints the median of each, and exits with 1 where one is over its limit."""
    config, rules = schema.load(SHIPPED), policy.load()
    with Store.open(folder / "mentions.db", [store_fixture.key(folder)], create=False) as store:
        at = _last(store)
        slow = 0
        for name, work in (
            ("health", lambda: health(store, config, folder, at)),
            ("morning list", lambda: digest.gather(
                store, config, rules, start=at - timedelta(days=3), at=at, health=health(store, config, folder, at).lines)),
        ):  # fmt: skip
            taken = _median(work)
            slow += taken > LIMITS[name]
            click.echo(f"{name:<14}{taken * 1000:8.1f} ms   at most {LIMITS[name] * 1000:,.0f}")
    sys.exit(bool(slow))


def _last(store: Store) -> datetime:
    (state, *_) = sorted(store.sources.all(), key=lambda source: source.last_run, reverse=True)
    return state.last_run + timedelta(minutes=5)


def _median(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


if __name__ == "__main__":
    main()
