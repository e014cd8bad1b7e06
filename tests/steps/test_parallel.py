from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collectors import registry
from collectors.registry import Source
from core import clock
from demo.world import World
from steps.context import RunContext
from steps.parallel import side_by_side
from tests.cycles import at_home, settled
from tests.fakes import Told
from tests.steps.test_assess import mention
from tests.waits import until

SIX = ("feeds", "x", "reddit", "mastodon", "facebook", "instagram")
LONG = 30.0  # seconds that a test waits for what must come


@pytest.fixture
def run(world: World, tmp_path: Path) -> Iterator[RunContext]:
    made = settled(tmp_path, world, only=SIX, schedule={"sources_at_once": 3})
    with at_home(made) as (context, _):
        yield context


def never(source: Source) -> None:
    raise AssertionError(f"{source.name} was given up")


def read_all(run: RunContext, work: Callable[[RunContext, Source], None]) -> list[str]:
    """Every source by `work`; the names in the order in which they ended."""
    return [name for names in side_by_side(run, list(run.sources), work, never) for name in names]


class Together:
    """Work that notes how many do it at once, and who."""

    def __init__(self) -> None:
        self.most, self.pairs = 0, set[frozenset[str]]()
        self._now: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, run: RunContext, source: Source) -> None:
        with self._lock:
            self._now.add(source.name)
            self.most = max(self.most, len(self._now))
            self.pairs |= {frozenset((source.name, other)) for other in self._now}
        threading.Event().wait(0.05)
        with self._lock:
            self._now.remove(source.name)


def test_sources_are_read_side_by_side_and_no_more_than_config_says(run: RunContext) -> None:
    together = Together()
    assert sorted(read_all(run, together)) == sorted(SIX)
    assert 1 < together.most <= 3


def test_sources_that_share_an_allowance_are_never_read_at_once(run: RunContext) -> None:
    together = Together()
    read_all(run, together)
    assert frozenset(("facebook", "instagram")) not in together.pairs


def test_who_asks_is_told_of_each_source_while_others_are_still_read(run: RunContext) -> None:
    slow = threading.Event()

    def work(_: RunContext, source: Source) -> None:
        if source.name == "x":
            assert slow.wait(LONG)

    ended = []
    for names in side_by_side(run, list(run.sources), work, never):
        ended += names
        if len(ended) == len(SIX) - 1:
            slow.set()
    assert ended[-1] == "x"


def test_a_bug_costs_only_its_source(run: RunContext) -> None:
    def work(_: RunContext, source: Source) -> None:
        if source.name == "x":
            raise KeyError("words of a post")

    assert sorted(read_all(run, work)) == sorted(SIX)
    (failed,) = run.failures
    assert failed.startswith("x: a bug in this program (KeyError)")


def test_what_many_store_at_once_is_stored_whole(run: RunContext) -> None:
    def work(own: RunContext, source: Source) -> None:
        assert own.store is not run.store
        for part in range(5):
            found = [
                mention(n, f"{source.name} {n}", issuer=source.name)
                for n in range(part * 40, part * 40 + 40)
            ]
            own.store.mentions.add_page(source.name, found, at=clock.now())

    read_all(run, work)
    assert run.failures == []
    assert run.store.figures.row_counts()["mentions"] == 6 * 200
    assert run.store.maintenance.verify().ok


def test_a_thread_that_does_not_end_is_given_up_and_the_rest_of_its_line_is_read(
    world: World, tmp_path: Path
) -> None:
    made = settled(
        tmp_path, world, only=SIX, schedule={"source_minutes": 0.005, "sources_at_once": 1}
    )
    woken, given_up, ended = threading.Event(), list[str](), list[str]()

    def work(_: RunContext, source: Source) -> None:
        if source.name == "facebook":  # as in a library that waits for a name server
            woken.wait(LONG)

    with at_home(made) as (run, _):
        for names in side_by_side(
            run, list(run.sources), work, lambda source: given_up.append(source.name), grace=0.2
        ):
            ended += names
    woken.set()
    assert given_up == ["facebook"]
    assert sorted(ended) == sorted(SIX)


def test_a_run_that_is_stopped_ends_the_time_of_what_is_still_read(run: RunContext) -> None:
    def work(_: RunContext, source: Source) -> None:
        budget = registry.budget(source)
        until(lambda: budget.spent, "the end of its time", seconds=LONG)

    reading = side_by_side(run, list(run.sources), work, never)
    assert next(reading) == []
    reading.close()  # type: ignore[attr-defined]  # a generator, whatever it is called
    assert all(registry.budget(source).spent for source in run.sources)
    assert isinstance(run.report_progress, Told)
