"""From found to mailed while another source hangs: the whole cycle against servers that misbehave, with short times."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

import pipeline
from core import clock
from demo.servers.http import Answer, Request
from demo.world import World
from steps import collect
from tests.conftest import Command
from tests.cycles import at_home, changed, settled
from tests.fakes import Told
from tests.steps.test_collect import Pages, item
from tests.waits import finish, until

DANGER = "If the NHS North West London clinic sends my neighbour home again I am bringing a brick to smash the receptionist's face"
LONG = 60.0  # seconds that an answer may take before a test gives it up
HANGS = "x"


class Silent(Pages):
    """A platform that says nothing until it is `released`, and then that the token is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def answer(self, request: Request) -> Answer:
        self.released.wait(LONG)
        return Answer(status=401, body=b"{}")


@pytest.fixture
def site() -> Iterator[Pages]:
    with Pages() as pages:
        yield pages


@pytest.fixture
def silent() -> Iterator[Silent]:
    with Silent() as platform:
        yield platform
        platform.released.set()


def home(folder: Path, world: World, site: Pages, *, seconds: float = LONG) -> Path:
    """A feed with a threat that is newer than its first run, and a platform beside it; alerts are on."""
    site.feed("/a", [])
    path = settled(folder, world, only=("feeds", HANGS), schedule={"source_minutes": seconds / 60})
    feed = [{"url": site.url + "/a", "keep": "all", "pages": 5}]
    changed(path, collectors={"feeds": {"feed": feed, "wordpress": None}}, accounts={"on": False})
    with at_home(path) as (run, _):
        collect.collect(run, ("feeds",))  # what came before is history, which alerts nobody at once
    site.feed("/a", [item(1, DANGER, date_published=clock.text(clock.now()))])
    return path


@dataclass
class Cycle:
    """A cycle in a thread of its own."""

    path: Path
    told: Told = field(default_factory=Told)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        begun = time.monotonic()
        with at_home(self.path) as (run, told):
            pipeline.cycle(run)
            self.told += told
        self.seconds = time.monotonic() - begun

    @property
    def ended(self) -> bool:
        return not self.thread.is_alive()


def test_an_alert_leaves_while_another_source_hangs(
    calm: World, site: Pages, silent: Silent, tmp_path: Path
) -> None:
    made = home(tmp_path, calm, site)
    changed(made, collectors={HANGS: {"base_url": silent.url}})
    cycle = Cycle(made)
    until(lambda: calm.mail.messages, "an alert", seconds=LONG)
    assert not cycle.ended
    with at_home(made) as (run, _):  # a command beside it, which needs no cycle of its own
        assert [state.source for state in run.store.sources.all()] == ["feeds"]
        assert run.store.assessments.count_unassessed() == 0
    assert calm.mail.messages[0]["Subject"].startswith("Now: a threat")
    silent.released.set()
    finish([cycle.thread], seconds=LONG)


def test_a_source_that_hangs_is_cut_short_and_said_so_and_its_bookmark_stays(
    calm: World, site: Pages, tmp_path: Path, mentions: Command
) -> None:
    made = home(tmp_path, calm, site, seconds=2.0)
    calm.faults.add(HANGS, "hang", times=None, seconds=60)
    result = mentions("run", "--config", made)
    assert result.exit_code == 1
    assert f"! {HANGS}: cut short after 2 seconds" in result.stderr
    assert len(calm.mail.messages) == 1
    with at_home(made) as (run, _):
        state = {one.source: one for one in run.store.sources.all()}
        assert state[HANGS].last_complete is None
        assert "cut short" in (state[HANGS].error or "")
        assert state["feeds"].last_complete is not None
        assert run.store.sources.last_complete_run(HANGS) is None
    calm.faults.clear()
    changed(made, schedule={"source_minutes": 5.0})
    again = mentions("run", "--config", made)
    assert "cut short" not in again.stderr
    with at_home(made) as (run, _):  # nothing of it is lost
        assert run.store.sources.last_complete_run(HANGS) is not None
        assert run.store.figures.row_counts()["mentions"] > 100


def test_a_feed_that_sends_in_circles_is_named_and_the_next_is_read(
    calm: World, site: Pages, tmp_path: Path
) -> None:
    made = home(tmp_path, calm, site)
    changed(made, collectors={HANGS: {"on": False}})
    site.says["/round"] = Answer(status=302, headers={"location": site.url + "/round"})
    feed = [{"url": site.url + path, "keep": "all"} for path in ("/round", "/a")]
    changed(made, collectors={"feeds": {"feed": feed}})
    cycle = Cycle(made)
    finish([cycle.thread], seconds=LONG)
    assert len(calm.mail.messages) == 1
    assert [line for line in cycle.told.failures if line.startswith("! feeds: ")]


def test_what_a_source_found_before_it_was_cut_short_is_told_of(
    calm: World, site: Pages, tmp_path: Path, mentions: Command
) -> None:
    made = home(tmp_path, calm, site, seconds=3.0)
    changed(made, collectors={HANGS: {"on": False}})
    items = json.loads(site.says["/a"].body)["items"]
    site.feed("/a", items, following="/b")
    site.waits["/b"] = LONG
    result = mentions("run", "--config", made)
    assert result.exit_code == 1
    assert "! feeds: cut short" in result.stderr
    assert len(calm.mail.messages) == 1


def test_the_deliver_job_waits_for_no_cycle(
    calm: World, site: Pages, silent: Silent, tmp_path: Path
) -> None:
    made = home(tmp_path, calm, site)
    changed(made, collectors={HANGS: {"base_url": silent.url}})
    cycle = Cycle(made)
    until(lambda: calm.mail.messages, "an alert", seconds=LONG)
    with at_home(made) as (run, _):
        run.store.outbox.add("daily", "2026-11-24", clock.now() - timedelta(minutes=1), {
            "start": "2026-11-23T08:00:00.000000Z", "end": "2026-11-24T08:00:00.000000Z",
        })  # fmt: skip
    changed(made, reports={"daily_to": ["a@example.org"]})
    pipeline.jobs(made)["deliver"]()
    assert [mail["To"] for mail in calm.mail.messages][1:] == ["a@example.org"]
    assert not cycle.ended
    silent.released.set()
    finish([cycle.thread], seconds=LONG)
