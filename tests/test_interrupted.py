"""The program killed at any moment, and two of it at once: processes of their own on one store."""

from __future__ import annotations

import contextlib
import random
import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from demo.world import World
from steps import alerts
from tests.cycles import at_home, settled, start, walk
from tests.waits import line_of, until

LIMIT = 90  # seconds after which a process is taken for stuck
LINES = ("feeds: ", "files: ", "assessed ", "the cycle is done")  # what a run says, step by step


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """The world's feeds and an export, with as many alerts as the shipped model finds."""
    return settled(tmp_path, calm, only=("feeds", "files"), classifier={"threads": 1})


def killed(made: Path, chance: random.Random) -> str:
    """Starts a run and kills it: a while after it said that it reached some step, or after no word."""
    process = start("run", "--config", made)
    step = chance.choice(["", *LINES[:3]])
    if step:
        with contextlib.suppress(EOFError):  # one that had nothing left to do there
            line_of(process.stderr, step, what=f"the line {step!r}", seconds=LIMIT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(chance.uniform(0.0, 0.35) if step else chance.uniform(0.3, 1.5))
    process.kill()
    process.communicate(timeout=LIMIT)
    return step


def state(made: Path) -> tuple[Counter[str], dict[str, int]]:
    """Every mention's key, how often; what there is of each."""
    with at_home(made) as (house, _):
        numbers = [
            row["number"] for row in house.store.database.rows("SELECT number FROM mentions")
        ]
        keys = Counter(one.mention.key for n in numbers if (one := house.store.mentions.get(n)))
        assert house.store.maintenance.verify().ok
        return keys, house.store.figures.row_counts()


def whole(calm: World, folder: Path) -> tuple[Counter[str], int]:
    """The keys of a run that nobody killed, and how many stories are alerted by the shipped model."""
    folder.mkdir()
    exports = {"files": {"folder": str(calm.folder)}}
    path = settled(folder, calm, only=("feeds", "files"), collectors=exports)
    process = start("run", "--config", path)
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err
    keys, sizes = state(path)
    return keys, sizes["outbox"]


def test_killed_at_any_moment_the_next_run_completes_it_all_with_no_doubles(
    calm: World, made: Path, tmp_path: Path
) -> None:
    expected, written = whole(calm, tmp_path / "whole")
    calm.mail.messages.clear()
    for seed in range(7):
        killed(made, random.Random(seed))
    with at_home(made) as (house, _):  # a claim of one that was killed lapses after ten minutes
        lapsed = clock.text(clock.now() - timedelta(minutes=11))
        house.store.database.execute(
            "UPDATE outbox SET claimed_at = ? WHERE state = 'claimed'", lapsed
        )
    process = start("run", "--config", made)
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err
    keys, sizes = state(made)
    assert keys == expected
    assert set(keys.values()) == {1}
    assert sizes["assessments"] == sizes["mentions"] == sizes["revisions"]
    assert sizes["outbox"] >= written > 0
    with at_home(made) as (house, _):
        assert house.store.outbox.due(clock.now() + timedelta(days=1)) == []
        alerts.raise_alerts(
            house, clock.now() + timedelta(hours=2)
        )  # what waits for the next digest
        numbers = house.store.mentions.numbers()
        high = {
            house.store.cases.of_mention(n)
            for n in numbers
            if (item := house.store.figures.item(n)) and item.risk == "high" and not item.own
        }
        assert None not in high
        told = [alert for row in range(1, 100) for alert in house.store.alerts.of_mail(row)]
    assert high
    assert high <= {alert.case for alert in told}
    assert set(Counter(alert.number for alert in told).values()) == {1}


def test_of_two_at_once_one_says_so_and_leaves_all_as_it_is(calm: World, made: Path) -> None:
    calm.faults.add("feeds", "hang", path="/feed/", seconds=6.0)
    first = start("run", "--config", made)
    until(lambda: calm.site.requests or first.poll() is not None, "the first's work", seconds=LIMIT)
    assert first.poll() is None
    second = start("run", "--config", made)
    _, said = second.communicate(timeout=LIMIT)
    assert first.poll() is None
    assert second.returncode == 1
    (line,) = said.splitlines()
    assert line.endswith(
        "error    mentions: another cycle is under way on this store: wait for it to end, or stop it"
    )
    calm.site.stopping.set()  # the request that hangs is let go, and asked again
    _, err = first.communicate(timeout=LIMIT)
    assert first.returncode == 0, err
    keys, sizes = state(made)
    assert set(keys.values()) == {1}
    assert sizes["assessments"] == sizes["mentions"] > 70


def test_a_lock_that_a_killed_process_left_keeps_nobody_out(calm: World, made: Path) -> None:
    calm.faults.add("feeds", "hang", path="/feed/", seconds=30.0)
    process = start("collect", "--config", made)
    until(
        lambda: calm.site.requests or process.poll() is not None, "its first request", seconds=LIMIT
    )
    assert process.poll() is None
    process.kill()
    process.communicate(timeout=LIMIT)
    calm.faults.clear()
    _, sizes = walk(made)
    assert sizes["mentions"] > 70
