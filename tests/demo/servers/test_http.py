"""Faults that every stand-in has, and what they cost."""

from __future__ import annotations

import gzip
import time

import feedparser
import pytest
import requests

from demo import World
from demo.servers.http import Faults


def get(world: World) -> requests.Response:
    return requests.get(world.feeds[3], timeout=10)


def test_a_login_page_comes_with_status_200(world: World) -> None:
    world.faults.add("feeds", "html_login")
    answer = get(world)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"Sign in" in answer.content


def test_a_body_can_be_something_else_than_its_type_says(world: World) -> None:
    world.faults.add("feeds", "not_xml")
    answer = get(world)
    assert "atom" in answer.headers["content-type"]
    assert feedparser.parse(answer.content).bozo


def test_gzip_can_stop_half_way(world: World) -> None:
    world.faults.add("feeds", "truncated_gzip")
    with requests.get(world.feeds[3], timeout=10, stream=True) as answer:
        packed = answer.raw.read(decode_content=False)
    with pytest.raises(EOFError):
        gzip.decompress(packed)


def test_a_body_can_be_shorter_than_was_promised(world: World) -> None:
    world.faults.add("feeds", "truncated")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(world)


def test_a_body_can_be_empty_or_huge(world: World) -> None:
    world.faults.add("feeds", "empty")
    world.faults.add("feeds", "huge")
    assert get(world).content == b""
    assert len(get(world).content) > 10_000_000


def test_a_connection_can_close_or_hang_for_a_bounded_time(world: World) -> None:
    world.faults.add("feeds", "drop")
    with pytest.raises(requests.ConnectionError):
        get(world)
    world.faults.add("feeds", "hang", seconds=0.05)
    with pytest.raises(requests.ConnectionError):
        get(world)


def test_a_client_that_gave_up_on_a_hanging_one_does_not_delay_the_end(world: World) -> None:
    world.faults.add("feeds", "hang", seconds=60)
    with pytest.raises(requests.ReadTimeout):
        requests.get(world.feeds[3], timeout=0.05)
    begun = time.monotonic()
    world.__exit__()
    assert time.monotonic() - begun < 5


def test_after_a_fault_all_is_as_before(world: World) -> None:
    before = get(world).content
    world.faults.add("feeds", "500")
    assert get(world).status_code == 500
    assert get(world).content == before
    assert world.served["feeds"] == 3


def test_a_fault_waits_its_turn_and_keeps_to_its_path() -> None:
    faults = Faults()
    faults.add("x", "429", path="/search", after=1, times=2)
    asked = ["/search/a", "/other", "/search/b", "/search/c", "/search/d"]
    met = [faults.take("x", path) is not None for path in asked]
    assert met == [False, False, True, True, False]
    assert faults.take("reddit", "/search/a") is None


def test_an_endless_fault_ends_when_it_is_cleared() -> None:
    faults = Faults()
    faults.add("x", "503", times=None)
    assert all(faults.take("x", "/") for _ in range(50))
    faults.clear("x")
    assert faults.take("x", "/") is None


def test_a_fault_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no such fault"):
        Faults().add("x", "418")  # type: ignore[arg-type]
