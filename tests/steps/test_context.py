"""What a run works out: settings, sources, secrets and names, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import pipeline
from collectors import factory
from collectors.base import Collector
from core import clock
from core.errors import ConfigError
from demo.world import World
from settings.secrets import Secret, secret
from steps import assess, collect
from tests.cycles import at_home, changed, settled
from tests.fakes import reader
from tests.steps.test_access_tokens import granted
from tests.steps.test_access_tokens import made as with_access

__all__ = ["with_access"]


class Counted:
    """A build and a look-up of secrets that count, to be passed to a run."""

    def __init__(self) -> None:
        self.builds, self.secrets = Counter[str](), Counter[str]()

    def build(self, name: str, table: Mapping[str, object], **run: Any) -> Collector:
        self.builds[name] += 1
        return factory.build(name, table, **run)

    def find_secret(self, reference: str, folder: Path) -> Secret:
        self.secrets[reference] += 1
        return secret(reference, folder)


def test_a_cycle_builds_each_collector_once_and_looks_each_secret_up_once(
    calm: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assess, "classifier", lambda _: reader())  # what it thinks is of no matter
    made, counted = settled(tmp_path, calm), Counted()
    with at_home(made, build=counted.build, find_secret=counted.find_secret) as (run, _):
        pipeline.cycle(run)
        on = [source.name for source in run.sources if not source.off]
    assert counted.builds == Counter(on)
    assert len(on) == 18
    assert len(counted.secrets) > 20
    assert set(counted.secrets.values()) == {1}


def test_a_new_run_on_the_same_store_works_everything_out_anew(calm: World, tmp_path: Path) -> None:
    made, counted = settled(tmp_path, calm, only=("files", "x")), Counted()
    with at_home(made, build=counted.build) as (run, _):
        later = run.new_run(run.at + timedelta(days=1))
        assert [source.name for source in run.sources] == ["x", "files"]
        assert [source.name for source in later.sources] == ["x", "files"]
        assert (run.failures, run.store) == (later.failures, later.store)
    assert counted.builds == {"x": 2, "files": 2}


def test_access_that_is_renewed_reaches_its_own_source_and_builds_none_anew(
    with_access: Path,
) -> None:
    counted = Counted()
    with at_home(with_access, build=counted.build) as (run, _):
        token = granted(run)
        assert token.expires_at is not None
        counted.builds.clear()
        later = run.new_run(token.expires_at - timedelta(days=1))
        others = later.sources.find("x")
        collect.collect(later)
        (renewed,) = run.store.tokens.all()
        linkedin = later.sources.find("linkedin")
        assert linkedin is not None
        assert vars(linkedin.collector)["access_token"] == renewed.access != token.access
        assert later.sources.find("x") is others
    assert counted.builds == {"x": 1, "linkedin": 1}


def test_a_collector_is_told_what_was_saved_of_it_since_it_was_last_used(
    calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=("x",), collectors={"x": {"monthly_budget": 100.0}})
    with at_home(made) as (run, _):
        (source,) = run.sources
        assert "spend" not in source.state
        collect.collect(run)
        built = run.collector(source)
        assert built is source.collector
        assert vars(built)["state"] == run.store.sources.state("x")
        assert "spend" in vars(built)["state"]


def test_a_source_that_is_off_is_made_of_its_table_where_somebody_asks_for_it(
    calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=("files",), collectors={"files": {"on": False}})
    with at_home(made) as (run, _):
        (source,) = run.sources
        assert source.collector is None
        assert run.sources.make("files").name == "files"


def test_the_names_of_a_run_are_those_of_its_day(calm: World, tmp_path: Path) -> None:
    name = {"name": "Quillback Health", "from": clock.parse("2026-07-01T00:00:00Z").date()}
    made = settled(tmp_path, calm, only=("files",), organisation={"names": [name]})
    with at_home(made) as (run, _):
        before = run.new_run(clock.parse("2026-06-30T22:59:59Z")).today.terms
        after = run.new_run(clock.parse("2026-06-30T23:00:00Z")).today.terms
    assert "Quillback Health" not in before
    assert "Quillback Health" in after


def test_a_policy_that_is_wrong_stops_what_needs_it_and_nothing_else(
    calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=("files",))
    (tmp_path / "policy.toml").write_text("flags = [")
    changed(made, classifier={"policy": "policy.toml"})
    with at_home(made) as (run, _):
        collect.collect(run)
        assert run.failures == []
        with pytest.raises(ConfigError):
            _ = run.policy


def test_a_name_that_nobody_agrees_to_any_more_is_searched_for_no_longer(
    calm: World, tmp_path: Path
) -> None:
    path = settled(tmp_path, calm, only=("files",))
    at = clock.now()
    until = clock.local_day(at) + timedelta(days=30)
    with at_home(path) as (house, _):
        who = [
            house.store.users.add("local", "bea", "Bea", ["lead"], at=at).number,
            house.store.users.add("local", "gwen", "Gwen", ["governance"], at=at).number,
        ]
        number = house.store.searched_people.ask("Fiona Macalister", office="parliament", purpose="p", until=until, by=who[0], side="lead", at=at)  # fmt: skip
        house.store.searched_people.agree(number, by=who[1], side="governance", at=at)
        content = {"organisation.topics": ["NHS North West", "Fiona Macalister"]}
        house.store.settings.save("names", content, 0, at=at, by=who[0], note="")
    with at_home(path) as (house, told):
        assert "Fiona Macalister" in house.today.terms
        assert told.failures == []
        house.store.searched_people.end(number, by=who[1], at=at)
    with at_home(path) as (house, told):
        assert "Fiona Macalister" not in house.today.terms
        assert "NHS North West" in house.today.terms
        assert "nobody agrees to that any more" in told.failures[0]
