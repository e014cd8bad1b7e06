from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest

from collectors import factory
from collectors.base import Collected, Collector
from collectors.feeds.collector import Feeds
from core import clock
from core.errors import ConfigError, StoreError
from demo.servers.http import Answer, Kind, Request, Secret, StandIn
from demo.world import World
from settings import schema
from steps import assess, collect
from steps import context as houses
from store import Store
from tests.conftest import Command
from tests.cycles import at_home, changed, collected, settled, texts
from tests.fakes import reader

FEEDS, CSV_ROWS, X_POSTS = 72, 24, 112
BLOG = "127.0.0.1"


class Pages(StandIn):
    """A site whose answers a test says, by path."""

    name: ClassVar[str] = "pages"

    def __init__(self) -> None:
        super().__init__(clock.now())
        self.says: dict[str, Answer] = {}
        self.waits: dict[str, float] = {}  # seconds before it answers, by path

    def table(self, secret: Secret) -> dict[str, Any]:
        return {}

    def answer(self, request: Request) -> Answer:
        self.stopping.wait(self.waits.get(request.path, 0))
        return self.says.get(request.path) or self.refusal(404, 0)

    def refusal(self, status: int, seconds: float) -> Answer:
        return Answer(status=status)

    def feed(self, path: str, items: list[dict[str, Any]], following: str = "") -> None:
        """A JSON Feed of these items, and the path of its next page."""
        feed: dict[str, Any] = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "A",
            "items": items,
        }
        if following:
            feed["next_url"] = self.url + following
        body = json.dumps(feed).encode()
        self.says[path] = Answer(body=body, type="application/feed+json")


@pytest.fixture
def site() -> Iterator[Pages]:
    with Pages() as pages:
        yield pages


def item(number: int | str = 1, text: str = "NHS North West London", **more: Any) -> dict[str, Any]:
    posted = clock.text(clock.now() - timedelta(hours=3))
    return {
        "id": number, "content_text": text, "url": f"https://blog.example.org/{number}",
        "date_published": posted,
    } | more  # fmt: skip


def feeds_of(tmp_path: Path, world: World, site: Pages, *paths: str, pages: int = 5) -> Path:
    feed = [{"url": site.url + path, "keep": "all", "pages": pages} for path in paths]
    path = settled(tmp_path, world, only=("feeds", "files"))
    changed(path, collectors={"feeds": {"feed": feed, "wordpress": None}})
    return path


def bookmarks(path: Path) -> dict[str, bool]:
    """Source -> did its last run move its bookmark."""
    with at_home(path) as (house, _):
        return {
            state.source: state.last_complete == state.last_run
            for state in house.store.sources.all()
        }


# ── a source that fails ──────────────────────────────────────────────────────────────────────────

FAILING: list[tuple[str, Kind, str, str]] = [
    ("feeds", "not_xml", "/feed/", "/feed"),
    ("feeds", "html_login", "/feed.json", "login page"),
    ("feeds", "html_login", "/feed/", "login page"),
    ("feeds", "truncated_gzip", "/comments/feed/", "/comments/feed"),
    ("feeds", "truncated", "/comments/feed/", "/comments/feed"),
    ("feeds", "huge", "/feed.json", "/feed.json"),
    ("feeds", "empty", "/feed/", "/feed"),
    ("feeds", "drop", "/feed/", "/feed"),
    ("feeds", "410", "/feed.json", "site.toml"),
    ("x", "401", "/2/", "token"),
    ("x", "402", "/2/", "credit"),
    ("x", "html_login", "/2/", "login page"),
    ("x", "not_json", "/2/", "JSON"),
    ("x", "truncated_gzip", "/2/", "api.x.com|127.0.0.1|X"),
    ("x", "403", "/2/", "403"),
    ("reddit", "401", "/", "reddit"),
    ("reddit", "403", "/r/", "403"),
    ("reddit", "not_json", "/r/", "reddit|Reddit|127.0.0.1"),
]


@pytest.mark.parametrize(("source", "kind", "path", "says"), FAILING)
def test_a_source_that_fails_is_named_and_the_rest_of_the_run_is_done(
    source: str, kind: Kind, path: str, says: str, calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=(source, "files"), http={"attempts": 1})
    calm.faults.add(source, kind, path=path, times=None)
    told, sizes = collected(made)
    failed = [line for line in told if line.startswith(f"! {source}: ")]
    assert failed
    assert any(part in failed[-1] for part in says.split("|")), failed
    assert not any("Traceback" in line or "\n" in line for line in told)
    assert "a bug" not in failed[-1]
    assert sizes["mentions"] >= CSV_ROWS  # the other source was read
    # a feed has a bookmark of its own, so that one that fails holds up no other
    assert bookmarks(made) == {source: source == "feeds", "files": True}
    calm.faults.clear()
    told, sizes = collected(made)  # and nothing of it is lost
    assert not [line for line in told.failures if "item" not in line]
    assert bookmarks(made) == {source: True, "files": True}
    whole = {"feeds": FEEDS, "x": X_POSTS - 1, "reddit": 48}[source] + CSV_ROWS
    assert sizes["mentions"] == whole


def test_a_long_wait_that_a_platform_asks_for_is_left_to_the_next_run(
    calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=("x", "files"))
    calm.faults.add("x", "429", path="/2/", after=2, times=None, seconds=890)
    begun = clock.now()
    told, sizes = collected(made)
    assert clock.now() - begun < timedelta(seconds=8)
    assert [line for line in told.failures if "429" in line and "8" in line]
    assert CSV_ROWS < sizes["mentions"] < X_POSTS + CSV_ROWS  # what came before it is kept
    assert not bookmarks(made)["x"]
    calm.faults.clear()
    assert collected(made)[1]["mentions"] == X_POSTS + CSV_ROWS - 1


def test_a_page_token_that_comes_again_ends_the_query_and_leaves_the_bookmark(
    calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=("x", "feeds"))
    calm.faults.add("x", "repeat_token", path="/2/", times=None)
    calm.faults.add("feeds", "repeat_token", path="/feed.json", times=None)
    told, sizes = collected(made)
    assert [line for line in told.failures if line.startswith("! x: ") and "token" in line]
    assert sizes["mentions"] >= FEEDS  # the feed too was left at its first page or read to its end
    assert not bookmarks(made)["x"]
    assert len(calm.x.requests) < 20


def test_a_bug_in_a_source_costs_only_that_source_and_says_no_words(
    calm: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = settled(tmp_path, calm, only=("feeds", "files"))

    class Buggy(Feeds):
        def collect(self, since: datetime) -> Iterator[Collected]:
            yield from list(super().collect(since))[:3]
            raise RuntimeError(calm.x_bearer)  # as a library's error may hold what it was given

    def build(name: str, table: Mapping[str, object], **run: Any) -> Collector:
        built = factory.build(name, table, **run)
        return Buggy(**vars(built)) if isinstance(built, Feeds) else built

    with at_home(made, build=build) as (house, told):
        collect.collect(house)
        sizes = house.store.figures.row_counts()
    assert [line for line in told.failures if "feeds: a bug" in line and "RuntimeError" in line]
    assert calm.x_bearer not in "".join(told) + caplog.text
    assert "test_collect.py" in caplog.text  # where it is
    assert CSV_ROWS < sizes["mentions"] <= CSV_ROWS + 3  # what was found before it is kept
    assert not bookmarks(made)["feeds"]


class Full(Store):
    """A store whose file has no room beyond `most` pages, in whichever thread it is opened."""

    most: int

    def limited(self, most: int) -> Self:
        self.most = most
        self.database.execute(f"PRAGMA max_page_count = {most}")
        return self

    def beside(self) -> Self:
        return super().beside().limited(self.most)


def test_a_full_disk_is_named_for_each_source_and_nothing_stored_is_lost(
    calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=("feeds", "x", "files"))
    changed(made, collectors={"x": {"on": False}})
    collected(made)
    changed(made, collectors={"x": {"on": True}})
    with at_home(made) as (house, told):
        pages = house.store.database.value("PRAGMA page_count")
        house = replace(house, store=Full(house.store.database).limited(pages + 1))
        before = texts(house.store)
        collect.collect(house.new_run(clock.now()))
        with house.continue_on_error("assessing"):
            assess.assess(house.new_run(clock.now()), reader())
        assert [
            line for line in told.failures if line.startswith("! x: ") and "disk is full" in line
        ]
        assert [line for line in told.failures if "assessing: " in line and "disk is full" in line]
        assert [line for line in told if line.startswith("files: ")]  # the rest was gone through
        assert texts(house.store) == before
        assert house.store.maintenance.verify().ok
    told, sizes = collected(made)  # there is room again
    assert sizes["mentions"] == FEEDS + CSV_ROWS + X_POSTS - 1
    assert bookmarks(made)["x"]


# ── odd items ────────────────────────────────────────────────────────────────────────────────────


def test_a_post_of_ten_megabytes_is_cut_and_named_and_the_others_are_stored(
    calm: World, site: Pages, tmp_path: Path
) -> None:
    long = "North West London ICB. " * (10_000_000 // 23)
    site.feed("/a", [item(1), item(2, long), item(3)])
    made = feeds_of(tmp_path, calm, site, "/a")
    changed(made, collectors={"feeds": {"terms": ["North West London ICB"]}})
    told, sizes = collected(made)
    assert sizes["mentions"] == 3 + CSV_ROWS
    (odd,) = told.failures
    assert odd.startswith(f"! feeds: {BLOG}")
    assert "item 2" in odd
    assert "cut at" in odd
    assert len(odd) < 300


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_date_that_cannot_be_true_is_named_and_the_time_of_fetching_taken(
    year: int, calm: World, site: Pages, tmp_path: Path
) -> None:
    site.feed("/a", [item(1), item(2, date_published=f"{year}-01-02T00:00:00Z")])
    made = feeds_of(tmp_path, calm, site, "/a")
    told, sizes = collected(made)
    (odd,) = told.failures
    assert "item 2" in odd
    assert str(year) in odd
    assert sizes["mentions"] == 2 + CSV_ROWS
    with at_home(made) as (house, _):
        posted = [house.store.mentions.get(n) for n in (1, 2)]
    assert all(one and one.mention.posted_at.year == clock.now().year for one in posted)


def test_an_id_that_is_a_number_here_and_text_there_is_one_mention(
    calm: World, site: Pages, tmp_path: Path
) -> None:
    site.feed("/a", [item(88107), item(2)], following="/b")
    site.feed("/b", [item("88107"), item(3)])
    _, sizes = collected(feeds_of(tmp_path, calm, site, "/a"))
    assert sizes["mentions"] == 3 + CSV_ROWS


def test_signs_that_are_half_a_character_or_turn_the_line_round_are_stored_and_come_back(
    calm: World, site: Pages, tmp_path: Path
) -> None:
    body = (
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ['
        b'{"id": "1", "content_text": "half \\ud83d an ICB", "url": "https://blog.example.org/1"},'
        b'{"id": "2", "content_text": "\\u202eBCI\\u202c N\\u200bHS", "url": "https://blog.example.org/2"},'
        b'{"id": "3", "content_text": "\\u0627\\u0644 NHS", "url": "https://blog.example.org/3"}]}'
    )
    site.says["/a"] = Answer(body=body, type="application/feed+json")
    made = feeds_of(tmp_path, calm, site, "/a")
    _, sizes = collected(made)
    assert sizes["mentions"] == 3 + CSV_ROWS
    with at_home(made) as (house, told):
        assert any("half" in text for text in texts(house.store))
        assess.assess(house.new_run(clock.now()), reader())
        assert not told.failures
        assert house.store.figures.row_counts()["assessments"] == sizes["mentions"]


# ── bookmarks ────────────────────────────────────────────────────────────────────────────────────


def test_the_next_run_looks_back_before_the_last_complete_one(calm: World, tmp_path: Path) -> None:
    made = settled(tmp_path, calm, only=("x",))
    first, later = clock.now(), clock.now() + timedelta(minutes=5)
    with at_home(made) as (house, _):
        collect.collect(house.new_run(first))
        collect.collect(house.new_run(later))
        since = [
            row["since"]
            for row in house.store.database.rows("SELECT since FROM runs ORDER BY number")
        ]
    assert since[0] <= clock.text(first - timedelta(hours=168))
    assert since[1] == clock.text(first - timedelta(minutes=180))


def test_sources_that_are_off_say_so_and_why(calm: World, tmp_path: Path) -> None:
    made = settled(tmp_path, calm, only=("x", "reddit", "files"))
    changed(made, collectors={"reddit": {"on": False}, "x": {"bearer_token": "env:NOT_THERE"}})
    told, sizes = collected(made)
    assert "reddit: off, turned off in the file" in told
    assert any(line.startswith("x: off") and "NOT_THERE" in line for line in told)
    assert sizes["mentions"] == CSV_ROWS


def test_where_no_source_is_on_silence_is_not_taken_for_quiet(calm: World, tmp_path: Path) -> None:
    made = settled(tmp_path, calm, only=("files",), collectors={"files": {"on": False}})
    told, _ = collected(made)
    assert any("no source is on" in line for line in told)


def test_one_source_alone_can_be_asked_for_and_an_unknown_one_is_named(
    calm: World, tmp_path: Path
) -> None:
    made = settled(tmp_path, calm, only=("feeds", "files"))
    with at_home(made) as (house, _):
        collect.collect(house.new_run(clock.now()), ("files",))
        assert house.store.figures.row_counts()["mentions"] == CSV_ROWS
        with pytest.raises(ConfigError, match="feads"):
            collect.collect(house.new_run(clock.now()), ("feads",))


# ── import ───────────────────────────────────────────────────────────────────────────────────────


def test_a_csv_with_a_mark_at_its_start_and_a_torn_row_is_read_but_for_that_row(
    calm: World, tmp_path: Path, mentions: Command
) -> None:
    made = settled(tmp_path, calm, only=("files",))
    file = tmp_path / "export of tuesday.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as sheet:
        rows = csv.writer(sheet)
        rows.writerow(["Date", "Network", "Author", "Message", "Permalink"])
        for n in range(3):
            rows.writerow(["2026-11-01 10:00", "Twitter", "@a", f"ICB {n}", f"https://x.com/a/{n}"])
        sheet.write('2026-11-01 10:00,Twitter,"@torn\r\n')
        rows.writerow(["2026-11-01 10:00", "Twitter", "@a", "ICB 4", "https://x.com/a/4"])
    result = mentions("import", "--config", made, file)
    assert result.exit_code == 1
    (odd, *_) = [line for line in result.stderr.splitlines() if line.startswith("!")]
    assert "export of tuesday.csv line 5" in odd
    assert "@torn" not in result.output
    assert "4 read, 4 new" in result.stderr
    again = mentions("import", "--config", made, file)
    assert "4 read, 0 new" in again.stderr


def test_a_good_file_is_imported_with_status_0(
    calm: World, tmp_path: Path, mentions: Command
) -> None:
    made = settled(tmp_path, calm, only=("files",))
    result = mentions("import", "--config", made, calm.csv)
    assert result.exit_code == 0, result.output
    assert "24 read, 24 new" in result.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"no,headings,here\n1,2,3\n"),
        ("a.xlsx", b"PK\x03\x04 not a workbook"),
        ("a.pdf", b"%PDF"),
    ],
)
def test_a_file_that_is_none_of_these_is_named_in_one_line(
    name: str, content: bytes, calm: World, tmp_path: Path, mentions: Command
) -> None:
    made = settled(tmp_path, calm, only=("files",))
    (tmp_path / name).write_bytes(content)
    result = mentions("import", "--config", made, tmp_path / name)
    assert result.exit_code == 1
    assert name in result.stderr
    assert len(result.stderr.splitlines()) <= 3


def test_two_at_once_are_refused_in_one_process_too(calm: World, tmp_path: Path) -> None:
    made = settled(tmp_path, calm, only=("files",))
    cfg = schema.load(made)
    with (
        houses.exclusive_lock(cfg, tmp_path),
        pytest.raises(StoreError, match="another cycle is under way"),
        houses.exclusive_lock(cfg, tmp_path),
    ):
        raise AssertionError("both went on")
    with houses.exclusive_lock(cfg, tmp_path):
        pass  # free again
