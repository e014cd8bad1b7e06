from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from collectors import terms
from core import clock
from demo.world import World
from settings import schema
from steps import assess, retention
from steps.context import RunContext, keys
from store import Store
from tests.conftest import Command
from tests.cycles import at_home, settled
from tests.fakes import FakeModel, Told, reader
from tests.steps.test_deliver import AT, MODEL, mention

OLD = AT - timedelta(days=400)


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """A store with a young mention, an old one, one deleted upstream and one of a strict platform."""
    path = settled(tmp_path, calm, only=("files",))
    with at_home(path) as (house, _):
        found = [
            mention(1, "young words"),
            mention(2, "marigold words", platform="bluesky", posted_at=OLD, fetched_at=OLD),
            mention(3, "begonia words", fetched_at=AT - timedelta(hours=2)),
            mention(4, "foxglove words", platform="linkedin", fetched_at=AT - timedelta(days=3)),
        ]
        house.store.mentions.add_run("x", found, since=OLD, at=AT)
        assess.assess(house.new_run(clock.now()), reader(FakeModel(says=MODEL)))
        house.store.mentions.add_run("x", [mention(3, "", deleted=True)], since=OLD, at=AT)
    return path


def test_what_must_go_goes_and_it_is_proved(made: Path, mentions: Command) -> None:
    result = mentions("purge", "--config", made)
    assert result.exit_code == 0, result.output
    for reason in ("1 deleted", "1 limit", "1 retention"):
        assert reason in result.stderr
    assert "proved: " in result.stderr
    with at_home(made) as (house, _):
        assert house.store.figures.row_counts()["mentions"] == 1
    files = b"".join(file.read_bytes() for file in made.parent.glob("mentions.db*"))
    for gone in (b"marigold", b"begonia", b"foxglove"):
        assert gone not in files
    assert b"young words" in files  # masked words are in clear, so that a search finds them


def test_a_second_purge_finds_nothing(made: Path, mentions: Command) -> None:
    mentions("purge", "--config", made)
    result = mentions("purge", "--config", made)
    assert result.exit_code == 0
    assert "nothing was due" in result.stderr


def test_a_platforms_own_limit_stands_whatever_the_file_says(made: Path) -> None:
    with at_home(made) as (house, told):
        platforms = house.config.retention.platforms
        assert (platforms["x"], platforms["linkedin"], platforms["reddit"]) == (7, 2, 90), (
            "as it ships"
        )
        retention.purge(house.new_run(clock.now()))
        assert any("1 limit" in line for line in told)
    assert {"linkedin", "youtube", "reddit"} <= set(terms.limits())


def test_a_purge_that_cannot_be_proved_is_named(made: Path) -> None:
    cfg, told = schema.load(made), Told()
    with (
        at_home(made) as (other, _),
        Store.open(made.parent / cfg.store.path, keys(cfg, made.parent), patience=0.1) as store,
    ):
        house = RunContext(config=cfg, folder=made.parent, store=store, report_progress=told)
        with other.store.database.snapshot():
            other.store.database.value(
                "SELECT count(*) FROM mentions"
            )  # holds an old state of the file open
            retention.purge(house.new_run(clock.now()))
        assert any("is not proved" in line for line in told.failures)
        retention.purge(house.new_run(clock.now()))
        assert any(line.startswith("proved") for line in told)


def test_daily_lists_go_after_their_days_and_weekly_summaries_stay(made: Path) -> None:
    with at_home(made) as (house, told):
        folder = made.parent / house.config.reports.folder
        folder.mkdir(exist_ok=True)
        old, young, weekly = (folder / name for name in ("daily-2026-11-01.html", "daily-2026-11-23.html", "weekly-2026-11-01.html"))  # fmt: skip
        at = clock.now()
        for path, days in ((old, 3), (young, 1), (weekly, 30)):
            path.write_text("masked words")
            then = (at - timedelta(days=days)).timestamp()
            os.utime(path, (then, then))
        retention.apply_platform_terms(house.new_run(at))
        assert not old.exists()
        assert young.exists()
        assert weekly.exists()
        assert "1 daily list was old enough to go" in told


def test_the_shorter_times_of_the_configuration_hold(calm: World, tmp_path: Path) -> None:
    path = settled(tmp_path, calm, only=("files",))
    with at_home(path) as (house, _):
        house.store.mentions.add_run(
            "news", [mention(1, "Cake", platform="news", fetched_at=AT)], since=AT, at=AT
        )
        out = FakeModel(says={"Cake": {"in_scope": 0.0}})
        assess.assess(house.new_run(AT), reader(out))
        for days, left in ((6, 1), (8, 0)):
            house.store.clock_guard.confirm(AT + timedelta(days=days), by="lena")
            retention.purge(house.new_run(AT + timedelta(days=days)))
            assert house.store.figures.row_counts()["mentions"] == left
