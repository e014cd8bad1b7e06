"""Public records against the stand-in: what neither was written from the other must agree on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from collectors import factory
from collectors.base import Collected, Http
from collectors.feeds.collector import Feeds
from collectors.feeds.probe import probes
from core.errors import CollectorError
from core.models import Mention
from demo.platforms.records import CQC_KEY, PROVIDER, US, RecordsStandIn
from demo.servers.http import Faults, Kind
from settings.public_records import PRESET_NAMES, PresetName, presets
from tests.collectors.cases import AT, SINCE, kept, mentions, odds, parts

OF = {
    "whatdotheyknow_body": "example_icb",
    "council_papers": "democracy.example.org",
    "cqc": PROVIDER,
    "board_papers": "https://trust.example.org/board-papers/",
}
PARLIAMENT: tuple[PresetName, ...] = ("hansard", "written_questions", "petitions", "coroners")


@pytest.fixture
def standin() -> Iterator[RecordsStandIn]:
    with RecordsStandIn(AT, Faults()) as running:
        yield running


def built(standin: RecordsStandIn, *names: str, state: dict[str, str] | None = None) -> Feeds:
    rows = [{"preset": name, "of": OF.get(name, ""), "base_url": standin.url} for name in names]
    table: dict[str, Any] = {"record": rows, "cqc_key": CQC_KEY}
    source = factory.build(
        "feeds",
        table,
        http=Http(attempts=1, longest_wait=0.0),
        at=AT,
        state=state or {},
        terms=(US,),
        register={},
    )
    assert isinstance(source, Feeds)
    return source


def read(source: Feeds) -> tuple[list[Collected], CollectorError | None]:
    found: list[Collected] = []
    try:
        found.extend(source.collect(SINCE))
    except CollectorError as error:
        return found, error
    return found, None


def test_every_record_but_one_page_is_read_to_its_end(standin: RecordsStandIn) -> None:
    names = [
        name for name in PRESET_NAMES if name != "hssib"
    ]  # its page has an address of its own, and the same form as papers
    found, error = read(built(standin, *names))
    assert error is None
    assert odds(found) == []
    by_publisher: dict[str, int] = {}
    for mention in mentions(found):
        assert mention.platform == "record"
        by_publisher[mention.author.name] = by_publisher.get(mention.author.name, 0) + 1
    assert by_publisher == {
        "WhatDoTheyKnow": 4, "Hansard": 3, "UK Parliament, written questions": 2, "UK Government and Parliament petitions": 5,
        "Council papers, democracy.example.org": 1, "Care Quality Commission": 1, "Coroners’ Prevention of Future Deaths reports": 3,
    }  # fmt: skip
    assert len({part.key for part in parts(found)}) == len(names)


def test_a_page_of_papers_tells_of_the_one_that_is_new(standin: RecordsStandIn) -> None:
    first, _ = read(built(standin, "board_papers"))
    assert mentions(first) == []
    standin.papers.append("January 2027")
    found, error = read(built(standin, "board_papers", state=kept(first)))
    assert error is None
    assert [mention.text for mention in mentions(found)] == ["Board meeting, January 2027"]


def test_the_same_twice_is_the_same(standin: RecordsStandIn) -> None:
    def keys() -> set[tuple[str, str]]:
        found, _ = read(built(standin, *PARLIAMENT))
        return {(mention.key, mention.text) for mention in mentions(found)}

    assert keys() == keys()


@pytest.mark.parametrize("status", ["429", "503"])
def test_what_one_refuses_for_now_costs_no_other_and_is_asked_for_later(
    standin: RecordsStandIn, status: Kind
) -> None:
    standin.faults.add("records", status, path="/search/contributions/Spoken.json", seconds=120)
    found, error = read(built(standin, *PARLIAMENT))
    assert "Hansard" in str(error)
    assert {mention.author.name for mention in mentions(found)} == {
        presets()[name].publisher for name in PARLIAMENT[1:]
    }
    (failed,) = [part for part in parts(found) if part.error]
    assert failed.retry_after == 120


def test_check_says_of_each_what_came(standin: RecordsStandIn) -> None:
    says = {
        probe.what: probe.ask()
        for probe in probes(built(standin, *PARLIAMENT, "cqc", "whatdotheyknow", "board_papers"))
    }
    assert all("came" in line for line in says.values()), says


def test_no_requester_petitioner_or_member_is_an_author(standin: RecordsStandIn) -> None:
    found, _ = read(built(standin, *PARLIAMENT, "whatdotheyknow"))
    everybody: list[Mention] = mentions(found)
    assert not [
        mention
        for mention in everybody
        if mention.author.id or mention.author.handle or mention.author.bio
    ]
    assert not {"Sample", "Example", "Roe"} & {
        word for mention in everybody for word in mention.author.name.split()
    }
