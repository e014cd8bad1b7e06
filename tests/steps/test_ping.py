"""The dead man's switch is told of each cycle over a real connection; where it does not answer, the cycle goes on and says so once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core import clock
from demo.servers.http import stop
from demo.world import World
from steps import ping
from steps.context import RunContext
from tests.cycles import at_home, changed, settled

SECRET = "5a9f0c1e-0000-4000-8000-00000000beef"


@dataclass
class Switch:
    """What a service outside got, in order; `status` and `ahead` are how it answers."""

    address: str = ""
    status: int = 200
    ahead: timedelta = timedelta()
    got: list[tuple[str, str, str]] = field(default_factory=list)  # path, rid, body

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.got]


@pytest.fixture
def switch() -> Iterator[Switch]:
    heard = Switch()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            heard.got.append((parts.path, parse_qs(parts.query)["rid"][0], body))
            self.send_response_only(heard.status)
            self.send_header("Date", format_datetime(clock.now() + heard.ahead, usegmt=True))
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"OK")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.address = f"http://127.0.0.1:{server.server_port}/{SECRET}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield heard
    stop(server)
    server.server_close()


@pytest.fixture
def made(tmp_path: Path, calm: World, switch: Switch) -> Path:
    """A config.toml with the switch, and no source on."""
    path = settled(tmp_path, calm, only=("files",), collectors={"files": {"on": False}})
    changed(path, health={"ping": "file:ping"})
    told(tmp_path, switch.address)
    return path


def told(folder: Path, address: str) -> None:
    (folder / "ping").write_text(f"{address}\n", "utf-8")
    (folder / "ping").chmod(0o600)


def go_round(house: RunContext, why: str = "") -> None:
    with ping.around(house):
        if why:
            house.failed(why)


def test_a_cycle_that_went_well_is_a_start_and_a_success_of_one_run(made: Path, switch: Switch) -> None:  # fmt: skip
    with at_home(made) as (house, said):
        go_round(house)
        assert switch.paths == [f"/{SECRET}/start", f"/{SECRET}"]
        assert len({run for _, run, _ in switch.got}) == 1
        assert said == []
        pinged = ping.last(house.store.pulse.marks())
        assert pinged is not None
        assert pinged.heard


def test_a_failure_is_told_as_one_by_kinds_and_counts_alone(made: Path, switch: Switch) -> None:
    with at_home(made) as (house, _):
        go_round(house, "x: Wren Example said no")
    assert switch.paths[-1] == f"/{SECRET}/fail"
    assert switch.got[-1][2] == '{"grade": 0, "failures": 1, "failed": []}'


def test_a_fault_without_a_failure_is_told_too(made: Path, switch: Switch) -> None:
    changed(made, classifier={"model": "nowhere"})
    with at_home(made) as (house, _):
        go_round(house)
    assert switch.paths[-1] == f"/{SECRET}/fail"
    assert switch.got[-1][2] == '{"grade": 2, "failures": 0, "failed": ["model"]}'


def test_a_cycle_that_breaks_off_is_a_failure(made: Path, switch: Switch) -> None:
    with at_home(made) as (house, _), pytest.raises(KeyboardInterrupt), ping.around(house):
        raise KeyboardInterrupt
    assert switch.paths[-1] == f"/{SECRET}/fail"


@pytest.mark.parametrize("status", [404, 500])
def test_a_ping_that_fails_harms_nothing_and_is_told_once(
    made: Path, switch: Switch, status: int
) -> None:
    switch.status = status
    with at_home(made) as (house, said):
        go_round(house)
        go_round(house)
        assert house.failures == []
        (line,) = said
        assert line.startswith("the dead man's switch was not told of this cycle: 127.0.0.1")
        assert SECRET not in line
        since = ping.last(house.store.pulse.marks())
        assert since is not None
        assert not since.heard
        switch.status = 200
        go_round(house)
        switch.status = status
        go_round(house)
        assert len(said) == 2


def test_a_switch_that_is_away_is_no_failure(made: Path, tmp_path: Path) -> None:
    told(tmp_path, "http://127.0.0.1:9/none")
    with at_home(made) as (house, said):
        go_round(house)
        assert (house.failures, len(said)) == ([], 1)


@pytest.mark.parametrize("address", ["http://192.0.2.1/x", "ftp://example.org/x", "https://", "http://[", ""])  # fmt: skip
def test_an_address_that_cannot_be_used_is_told_and_never_shown(
    made: Path, tmp_path: Path, address: str
) -> None:
    told(tmp_path, address)
    with at_home(made) as (house, said):
        go_round(house)
        assert house.failures == []
        (line,) = said
        assert "192.0.2.1" not in line


def test_without_a_switch_nobody_is_asked(made: Path, switch: Switch) -> None:
    changed(made, health={"ping": ""})
    with at_home(made) as (house, _):
        go_round(house)
    assert switch.got == []


def test_what_the_switch_says_of_the_time_shows_a_clock_that_is_wrong(
    made: Path, switch: Switch
) -> None:
    with at_home(made) as (house, _):
        go_round(house)
        assert house.store.pulse.marks()["clock"].value == ""
        switch.ahead = timedelta(hours=2)
        go_round(house)
        assert 7100 < float(house.store.pulse.marks()["clock"].value) <= 7200
        go_round(house)
        assert switch.got[-1][2] == '{"grade": 1, "failures": 0, "failed": ["clock"]}'
