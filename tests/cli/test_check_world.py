"""`mentions check` asks the world: side by side, within one limit of time, and nothing is stored of it."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from cli import check
from cli.check import Check
from core import clock
from demo.world import World
from settings import schema
from steps import ask_world
from tests.conftest import Command
from tests.cycles import at_home, changed, settled, walk, without_examples


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    only = ("x", "reddit", "feeds", "files", "bluesky")
    governance = {"chain_end_to": ["dpo@example.org"]}  # else check counts it as missing
    path = settled(tmp_path, calm, only=only, governance=governance)
    changed(path, schedule={"by_hand": True})
    without_examples(path)
    return path


def told(path: Path, seconds: float = 10) -> dict[str, Check]:
    return {
        one.what: one
        for one in check.checks_of_world(schema.load(path), path.parent, seconds=seconds)
    }


def of(found: dict[str, Check], source: str) -> list[Check]:
    return [one for what, one in found.items() if what.split(",")[0] == f"source {source}"]


def test_each_source_is_asked_and_says_what_came(made: Path) -> None:
    found = told(made)
    for source in ("x", "reddit", "feeds", "files", "bluesky"):
        assert of(found, source), source
        assert {one.state for one in of(found, source)} == {"ok"}, of(found, source)
    assert "costs nothing" in found["source x"].says
    assert len(of(found, "feeds")) > 1, "each feed by itself"
    assert found["mail server"].state == "ok"
    assert found["clock"].says.startswith("as ")


def test_nothing_is_stored_and_no_word_of_a_post_nor_a_secret_is_said(
    calm: World, made: Path, mentions: Command
) -> None:
    walk(made)
    with at_home(made) as (house, _):
        before = house.store.figures.row_counts()
        state = {name: house.store.sources.state(name) for name in ("x", "feeds", "bluesky")}
    said = mentions("check", "--config", made).output
    with at_home(made) as (house, _):
        assert house.store.figures.row_counts() == before
        assert {name: house.store.sources.state(name) for name in state} == state
        for row in house.store.database.rows("SELECT number FROM mentions LIMIT 200"):
            stored = house.store.mentions.get(row["number"])
            assert stored
            for private in (stored.mention.text[:40], stored.mention.author.handle):
                assert not private or len(private) < 6 or private not in said
    for secret in (calm.mail.password, calm.x_bearer, *calm.reddit_client):
        assert secret not in said


def wrong_bearer(calm: World, made: Path) -> None:
    (made.parent / "wrong").touch(mode=0o600)
    (made.parent / "wrong").write_text("wrong-token", "utf-8")
    changed(made, collectors={"x": {"bearer_token": "file:wrong"}})


def dead_feed(calm: World, made: Path) -> None:
    url = calm.standins["feeds"].url
    feed = [{"url": f"{url}/feed.json"}, {"url": f"{url}/nothing", "name": "Ealing news"}]
    changed(made, collectors={"feeds": {"feed": feed, "wordpress": None}})


def nobody_there(calm: World, made: Path) -> None:
    feed = [{"url": "http://127.0.0.1:9/rss", "name": "Ealing news"}]
    changed(made, collectors={"feeds": {"feed": feed, "wordpress": None}})


def rate_limit(calm: World, made: Path) -> None:
    calm.faults.add("reddit", "429", path="/r/", times=None, seconds=600)


def out_of_order(calm: World, made: Path) -> None:
    calm.faults.add("bluesky", "503", times=None)


@pytest.mark.parametrize(
    ("break_it", "what", "says"),
    [
        (wrong_bearer, "source x", "make a new one and set it where site.toml says"),
        (dead_feed, "source feeds, Ealing news", "404"),
        (nobody_there, "source feeds, Ealing news", "firewall"),
        (rate_limit, "source reddit", "429"),
        (out_of_order, "source bluesky", "503"),
    ],
)
def test_what_does_not_answer_is_named_with_its_mend_and_costs_no_other(
    break_it: Any, what: str, says: str, calm: World, made: Path
) -> None:
    break_it(calm, made)
    found = told(made)
    assert [one.what for one in found.values() if one.state == "missing"] == [what]
    assert says in found[what].says


def test_a_feed_that_fails_is_told_with_the_file_and_line_that_name_it(calm: World, made: Path) -> None:  # fmt: skip
    dead_feed(calm, made)
    (line,) = [number for number, line in enumerate(made.read_text("utf-8").splitlines(), 1) if "Ealing news" in line]  # fmt: skip
    says = told(made)["source feeds, Ealing news"].says
    where = says[says.index("Ealing news stands in ") :]
    assert "config.toml" in where
    assert f"line {line}" in where or f"line {line - 1}" in where
    assert "[[collectors.feeds.feed]]: correct its address there, or take that table out" in where
    assert says.count("stands in") == 1


def test_papers_are_judged_by_the_record_where_the_clock_went_back(made: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    with at_home(made) as (house, _):
        house.store.clock_guard.confirm(house.at, by="lena")
        right = house.at
    monkeypatch.setattr(clock, "now", lambda: right - timedelta(days=3650))
    said = mentions("check", "--offline", "--config", made).stdout
    assert "MISSING  [governance]" not in said
    assert "ok       [governance]: all papers are named" in said


def test_what_hangs_is_told_of_when_the_time_is_over_and_the_others_have_answered(
    calm: World, made: Path
) -> None:
    told(made)  # the model is read once
    calm.faults.add("reddit", "hang", times=None, seconds=60)
    calm.faults.add("feeds", "hang", path="/feed.json", times=None, seconds=60)
    begun = time.monotonic()
    found = told(made, seconds=2)
    assert time.monotonic() - begun < 30
    silent = [one for one in found.values() if one.state == "missing"]
    assert {one.what.split(",")[0] for one in silent} == {"source reddit", "source feeds"}
    assert all(one.says.startswith("no answer in 2 seconds") for one in silent)
    assert len(silent) == 2


def test_before_the_papers_are_complete_no_source_is_asked(calm: World, made: Path) -> None:
    changed(made, governance={"dpia": ""})
    asked = len(calm.standins["reddit"].requests)
    found = told(made)
    assert {one.state for one in of(found, "reddit")} <= {"off"}
    assert "before the papers" in found["source reddit"].says
    assert len(calm.standins["reddit"].requests) == asked


def test_offline_no_source_is_asked(calm: World, made: Path, mentions: Command) -> None:
    said = mentions("check", "--offline", "--config", made).output
    assert "ok       source x: its settings and secrets are there" in said
    assert not any(standin.requests for standin in calm.standins.values())


def test_a_second_channel_is_reached_and_nothing_is_sent(
    calm: World, made: Path, tmp_path: Path
) -> None:
    service = calm.standins["gdelt"]
    webhook = tmp_path / "webhook"
    webhook.touch(mode=0o600)
    webhook.write_text(f"{service.url}/workflow", "utf-8")
    channel = {"name": "Duty team", "kind": "teams", "address": "file:webhook"}
    changed(made, alerts={"second": {"channels": [channel]}})
    before = len(service.requests)
    found = told(made)["second channel Duty team"]
    assert found.state == "ok", found
    assert "nothing was sent" in found.says
    assert not [request for request in service.requests[before:] if request.method == "POST"]


# ── this machine ─────────────────────────────────────────────────────────────────────────────────


def machine(made: Path, *differences: timedelta, **found: Any) -> dict[str, ask_world.Outcome]:
    outcomes = ask_world.of_machine(schema.load(made), made.parent, None, differences, **found)
    return {one.what: one for one in outcomes}


@pytest.mark.parametrize(
    ("minutes", "says"), [(7, "7 minutes ahead of"), (-180, "3 hours behind"), (60 * 24 * 40, "40 days ahead of")]
)  # fmt: skip
def test_a_clock_that_servers_do_not_agree_with_is_named(
    made: Path, minutes: int, says: str
) -> None:
    wrong = timedelta(minutes=minutes)
    found = machine(made, wrong, wrong, timedelta(0))["clock"]
    assert found.state == "missing"
    assert says in found.says
    assert machine(made, timedelta(seconds=3))["clock"].state == "ok"


def test_a_clock_before_what_was_recorded_is_named(made: Path) -> None:
    walk(made)
    with at_home(made) as (house, _):
        run = house.store.job_runs.begin("cycle", clock.now() + timedelta(days=2))
        assert run
        outcomes = ask_world.of_machine(house.config, house.folder, house.store, ())
        found = {one.what: one for one in outcomes}["clock"]
    assert (found.state, "stands before" in found.says) == ("missing", True)


def test_a_schedule_is_known_by_its_lock(made: Path) -> None:
    walk(made)
    assert machine(made)["schedule"].state == "off"
    changed(made, schedule={"by_hand": False})
    assert machine(made)["schedule"].state == "missing"
    assert "by_hand = true under [schedule]" in machine(made)["schedule"].says
    store = schema.load(made).store.path
    with FileLock(made.parent / f"{store}.schedule.lock"):
        assert machine(made)["schedule"].says.startswith("it is running")
    assert machine(made)["schedule"].state == "missing"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that is closed to all")
def test_a_folder_that_can_not_be_written_is_named(made: Path) -> None:
    config = schema.load(made)
    closed = config.store.model_copy(update={"path": "/proc/self/mentions.db"})  # to root too
    outcomes = ask_world.of_machine(
        config.model_copy(update={"store": closed}), made.parent, None, ()
    )
    found = {one.what: one for one in outcomes}["write access"]
    assert (found.state, "/proc/self can't be written" in found.says) == ("missing", True)
