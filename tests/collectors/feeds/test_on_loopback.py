"""The collector against the stand-in: what neither was written from the other must agree on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors import factory
from collectors.base import Gone, Http
from collectors.feeds import actions
from collectors.feeds.collector import Feeds
from core.errors import CollectorError, PlatformUnavailable
from core.models import Mention
from demo import World
from demo.servers.http import Kind
from tests.collectors.cases import TERMS, pull
from tests.demo.conftest import AT


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(at=AT, folder=tmp_path, calm=True) as made:
        yield made


def built(world: World, kept: dict[str, str] | None = None) -> Feeds:
    table: dict[str, Any] = world.site.table(lambda _, value: value)
    http = Http(attempts=1, longest_wait=0.0)
    made = factory.build(
        "feeds", table, http=http, at=AT, state=kept or {}, terms=TERMS, register={}
    )
    assert isinstance(made, Feeds)
    return made


def read(source: Feeds) -> Any:
    return pull(source, AT - timedelta(days=7))


def on_our_site(mentions: list[Mention]) -> dict[str, Mention]:
    return {one.issued_id: one for one in mentions if one.issuer.endswith("/icb")}


def test_all_of_it_is_read_and_the_next_run_finds_only_what_changed(world: World) -> None:
    first, odds, kept, error = read(built(world))
    assert (len(first), odds, error) == (72, [], None)
    known = {one.key: one.text for one in first}
    again, odds, more, _ = read(built(world, kept))
    assert {one.key: one.text for one in again}.items() <= known.items()
    assert odds == []
    world.change()
    changed, *_ = read(built(world, {**kept, **more}))
    assert len({one.key for one in changed} - known.keys()) == 2
    assert len([one for one in changed if one.text != known.get(one.key, one.text)]) == 3


def test_our_own_site_is_read_in_its_threads(world: World) -> None:
    found = on_our_site(read(built(world))[0])
    assert {name for name, one in found.items() if one.own} == {
        "post:71",
        "post:68",
        "post:64",
        "comment:902",
    }
    assert {name for name, one in found.items() if one.hidden} == {"comment:904"}
    assert (found["comment:906"].parent_id, found["comment:906"].root_id) == (
        "comment:905",
        "post:68",
    )
    assert found["post:68"].edited_at
    assert found["post:71"].author.bio.startswith("We write for")


def test_the_papers_articles_are_read_whole_and_the_searchs_are_not(world: World) -> None:
    found = {one.issued_id: one for one in read(built(world))[0]}
    assert "answer the phones on a Sunday" in found["e-501"].text
    assert "Grumbler" not in found["e-501"].text
    assert "Most read" not in found["e-501"].text
    assert found["e-505"].text.endswith("a porter who knew about tomatoes.")
    assert found["CBMiDemoOne"].author.name == "Health Trade Weekly"


def test_what_is_deleted_and_revised_between_two_runs_is_seen_by_a_recheck(world: World) -> None:
    held = list(on_our_site(read(built(world))[0]).values())
    world.change()
    fates = list(actions.recheck(built(world), held))
    assert [fate.issued_id for fate in fates if isinstance(fate, Gone)] == ["comment:906"]
    fresh = {one.issued_id: one for one in fates if isinstance(one, Mention)}
    assert "Sundays" in fresh["post:71"].text
    assert not fresh["comment:904"].hidden


def test_an_outage_is_never_taken_for_a_deletion(world: World) -> None:
    held = list(on_our_site(read(built(world))[0]).values())
    kinds: tuple[Kind, ...] = ("503", "404", "html", "empty", "truncated", "drop")
    for kind in kinds:
        world.faults.add("feeds", kind, path="/icb/wp-json", times=None)
        fates: list[object] = []
        with pytest.raises(CollectorError):
            fates.extend(actions.recheck(built(world), held))
        assert fates == [], kind
        world.faults.clear()


def test_an_articles_page_says_whether_it_is_still_there(world: World) -> None:
    held = [one for one in read(built(world))[0] if one.issuer.endswith("/echo/feed/")]
    fates = list(actions.recheck(built(world), held))
    assert [fate.issued_id for fate in fates if isinstance(fate, Gone)] == ["e-504"]
    there = {one.issued_id for one in fates if isinstance(one, Mention)}
    assert there == {"e-501", "e-502", "e-505"}, "robots.txt forbids to look at e-503"


def test_a_comment_is_held_and_released_again(world: World) -> None:
    source = built(world)
    rude = on_our_site(read(source)[0])["comment:903"]
    for name, status in (
        ("hold", "hold"),
        ("release", "approved"),
        ("trash", "trash"),
        ("untrash", "approved"),
    ):
        actions.act(source, rude, actions.ACTIONS[name])
        assert world.site.own_site.comments[903]["status"] == status
    world.faults.add("feeds", "503", path="/icb/wp-json", times=None)
    with pytest.raises(PlatformUnavailable):
        actions.act(source, rude, actions.ACTIONS["hold"])
