"""One feed, one file costs itself: its bookmark, its ETag and its name are its own."""

from __future__ import annotations

import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from demo.servers.http import Answer, Request
from demo.world import World
from steps import collect, health, source_parts
from steps.context import RunContext
from store import SourcePart
from tests.cycles import at_home, changed, settled
from tests.steps.test_collect import Pages, item

HOUR = timedelta(hours=1)


class Site(Pages):
    """Feeds with an ETag, of which it is noted which were asked for only where they had changed."""

    def answer(self, request: Request) -> Answer:
        good = super().answer(request)
        if good.status != 200:
            return good
        tag = f'"{zlib.crc32(good.body)}"'
        if request.headers.get("if-none-match") == tag:
            return Answer(status=304)
        return Answer(body=good.body, type=good.type, headers={"etag": tag})

    def asked(self, path: str) -> list[bool]:
        """Each request for a path: whether it was a conditional one."""
        return ["if-none-match" in each.headers for each in self.requests if each.path == path]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as pages:
        yield pages


def settled_feeds(tmp_path: Path, world: World, *tables: dict[str, Any]) -> Path:
    path = settled(tmp_path, world, only=("feeds",))
    changed(path, collectors={"feeds": {"feed": list(tables), "wordpress": None}})
    return path


def run(house: RunContext, at: datetime, only: tuple[str, ...] = ()) -> list[str]:
    house.failures.clear()
    collect.collect(house.new_run(at), only)
    return list(house.failures)


def parts(house: RunContext, source: str = "feeds") -> dict[str, SourcePart]:
    return {part.name: part for part in house.store.sources.parts(source)}


def two(site: Site) -> list[dict[str, Any]]:
    site.feed("/good", [item(1)])
    return [
        {"url": f"{site.url}/dead", "keep": "all", "name": "Ealing news"},
        {"url": f"{site.url}/good", "keep": "all"},
    ]


def test_one_dead_feed_costs_no_other_its_etag_and_the_source_is_read_to_its_end(
    calm: World, site: Site, tmp_path: Path
) -> None:
    at = clock.now()
    with at_home(settled_feeds(tmp_path, calm, *two(site))) as (house, _):
        assert [line for line in run(house, at) if "Ealing news" in line]
        run(house, at + HOUR)
        assert site.asked("/good") == [False, True]
        assert house.store.sources.last_complete_run("feeds") == at + HOUR
        known = parts(house)
        assert set(known) == {"Ealing news", "A"}, "by config's name, else by its own title"
        assert known["A"].last_read == at + HOUR
        dead = known["Ealing news"]
        assert (dead.last_read, dead.failing_since, dead.failures) == (None, at, 2)
        assert "404" in str(dead.error)


class Drips:
    """A server that takes a request and sends a space every now and then, for as long as anybody listens."""

    def __enter__(self) -> Drips:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while True:
                connection.sendall(b" ")
                time.sleep(0.05)


def test_a_feed_that_drips_for_ever_keeps_the_others_waiting_once_and_never_again(
    calm: World, site: Site, tmp_path: Path
) -> None:
    at = clock.now()
    site.feed("/good", [item(1)])
    with Drips() as drips:
        tables = [{"url": f"{drips.url}/a", "keep": "all", "name": "Slow blog"}, {"url": f"{site.url}/good", "keep": "all"}]  # fmt: skip
        made = settled_feeds(tmp_path, calm, *tables)
        changed(made, schedule={"source_minutes": 0.03})
        with at_home(made) as (house, _):
            run(house, at)
            assert site.asked("/good") == []
            assert "it took most of the time" in str(parts(house)["Slow blog"].error)
            for number in (1, 2):
                run(house, at + number * HOUR)
                assert len(site.asked("/good")) == number
                assert parts(house)["A"].last_read == at + number * HOUR


def test_health_names_the_feed_and_not_the_source(calm: World, site: Site, tmp_path: Path) -> None:
    at = clock.now()
    with at_home(settled_feeds(tmp_path, calm, *two(site))) as (house, _):
        run(house, at)
        ill = health.of_run(house, at + HOUR)
        (fault,) = [fault for fault in ill.faults if fault.kind == "source"]
        assert fault.line == "1 of 2 feeds is failing: Ealing news, never read."
        assert fault.line in ill.lines
        assert "Ealing news stands in config.toml line " in fault.mend
        assert (
            "[[collectors.feeds.feed]]: correct its address there, or take that table out"
            in fault.mend
        )
        assert ill.alarming
        assert not [f for f in ill.faults if f.kind == "source" and not f.partly], (
            "lists are known: the other feed was read"
        )
        site.feed("/dead", [item(2)])
        run(house, at + HOUR)
        assert not [f for f in health.of_run(house, at + HOUR).faults if f.kind == "source"]


def test_where_all_of_them_fail_the_source_fails(calm: World, site: Site, tmp_path: Path) -> None:
    at = clock.now()
    tables = [{"url": f"{site.url}/{name}", "keep": "all"} for name in ("a", "b")]
    with at_home(settled_feeds(tmp_path, calm, *tables)) as (house, _):
        (failure,) = run(house, at)
        assert "2 of 2 feeds failed" in failure
        assert house.store.sources.last_complete_run("feeds") is None
        (line,) = [
            fault.line for fault in health.of_run(house, at).faults if fault.kind == "source"
        ]
        assert line.startswith("1 of 1 source is failing: ")


def test_a_feed_keeps_its_state_where_tables_are_put_in_another_order(
    calm: World, site: Site, tmp_path: Path
) -> None:
    tables, at = two(site), clock.now()
    made = settled_feeds(tmp_path, calm, *tables)
    with at_home(made) as (house, _):
        run(house, at)
        before = {part.key for part in house.store.sources.parts("feeds")}
    changed(made, collectors={"feeds": {"feed": tables[::-1]}})
    with at_home(made) as (house, _):
        run(house, at + HOUR)
        assert site.asked("/good") == [False, True]
        assert {part.key for part in house.store.sources.parts("feeds")} == before


def test_what_failed_is_asked_less_often_and_at_once_where_a_person_asks(
    calm: World, site: Site, tmp_path: Path
) -> None:
    at = clock.now()
    minute = timedelta(minutes=1)
    with at_home(settled_feeds(tmp_path, calm, *two(site))) as (house, _):
        for number in range(5):
            run(house, at + number * minute)
        assert len(site.asked("/dead")) == 3
        assert len(site.asked("/good")) == 5
        assert parts(house)["Ealing news"].next_try == at + timedelta(minutes=32)
        run(house, at + timedelta(minutes=33))
        assert len(site.asked("/dead")) == 4
        run(house, at + timedelta(minutes=34), only=("feeds",))
        assert len(site.asked("/dead")) == 5


def test_a_feed_that_comes_back_is_read_from_where_it_was_read_last(
    calm: World, site: Site, tmp_path: Path
) -> None:
    """By its pages: they are followed as long as they are younger than its own bookmark."""
    site.feed("/a", [item(1)])
    site.feed("/b", [item(2)])
    tables = [{"url": f"{site.url}/{name}", "keep": "all", "pages": 5} for name in ("a", "b")]
    at = clock.now()
    with at_home(settled_feeds(tmp_path, calm, *tables)) as (house, _):
        run(house, at)
        site.says.pop("/a")
        for day in (1, 2):
            run(house, at + timedelta(days=day))
        old = clock.text(at + timedelta(hours=2))
        site.feed("/a", [item(3, date_published=old)], following="/older")
        site.feed("/older", [item(4, date_published=old)])
        run(house, at + timedelta(days=3), only=("feeds",))
        assert site.asked("/older"), "what was written while it was away was missed by nobody"


def test_what_was_kept_for_the_whole_source_before_still_counts(
    calm: World, site: Site, tmp_path: Path
) -> None:
    """A store of an older program holds every ETag with the source's last complete run."""
    site.feed("/good", [item(1)])
    at = clock.now()
    made = settled_feeds(tmp_path, calm, {"url": f"{site.url}/good", "keep": "all"})
    with at_home(made) as (house, _):
        run(house, at)
        state = house.store.sources.state("feeds")
        with house.store.database.transaction():
            house.store.database.execute("DELETE FROM source_parts")
        house.store.mentions.add_run("feeds", [], since=at, at=at + HOUR, state=state)
        run(house, at + 2 * HOUR)
        assert site.asked("/good") == [False, True]
        (part,) = house.store.sources.parts("feeds")
        assert part.last_read == at + 2 * HOUR


def test_a_feed_that_left_the_table_is_shown_no_more(
    calm: World, site: Site, tmp_path: Path
) -> None:
    tables, at = two(site), clock.now()
    made = settled_feeds(tmp_path, calm, *tables)
    with at_home(made) as (house, _):
        run(house, at)
    changed(made, collectors={"feeds": {"feed": tables[1:]}})
    with at_home(made) as (house, _):
        run(house, at + HOUR)
        assert set(parts(house)) == {"A"}
        (state,) = [one for one in house.store.sources.all() if one.source == "feeds"]
        assert not state.failing_parts


def test_one_bad_workbook_is_read_again_only_when_it_changes_and_costs_no_other(
    calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=("files",))
    folder = tmp_path / "imports"
    folder.mkdir()
    changed(made, collectors={"files": {"folder": "imports"}})
    (folder / "good.csv").write_text(
        "text,url\nNHS North West London,https://a.example/1\n", "utf-8"
    )
    bad = folder / "bad.xlsx"
    bad.write_bytes(b"no workbook")
    at = clock.now()
    with at_home(made) as (house, told):
        assert [line for line in run(house, at) if "bad.xlsx" in line]
        told.clear()
        for number in range(1, 5):
            run(house, at + timedelta(minutes=number))
        assert not [line for line in told if line.startswith("files: ") and "0 found" not in line]
        known = parts(house, "files")
        assert (known["bad.xlsx"].failures, known["good.csv"].failures) == (3, 0)
        bad.unlink()
        (folder / "bad.csv").write_text("text\nNHS North West London\n", "utf-8")
        assert run(house, at + timedelta(minutes=6)) == []
        assert set(parts(house, "files")) == {"good.csv", "bad.csv"}


@pytest.mark.parametrize(
    ("kinds", "says"),
    [("file", "1 file"), ("feed feed site", "3 feeds"), ("search subreddit", "2 parts")],
)
def test_parts_are_called_what_they_are(kinds: str, says: str) -> None:
    at = clock.now()
    listed = [
        SourcePart(source="a", key=kind, kind=kind, name=kind, last_try=at, last_read=at)
        for kind in kinds.split()
    ]
    assert source_parts.called(listed, len(listed)) == says
