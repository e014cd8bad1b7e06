from __future__ import annotations

from dataclasses import dataclass

import pytest
import responses

from collectors.base import Passing
from collectors.http.client import Pace
from core.errors import PlatformUnavailable
from tests.collectors.cases import client

URL = "https://api.example.org/things"


@dataclass
class Watch:
    """A clock that goes on only where somebody waits by it."""

    at: float = 1000.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_the_first_request_leaves_at_once_and_the_next_after_its_time() -> None:
    watch = Watch()
    pace = Pace(sleep=watch.sleep, now=watch.now)
    pace.keep(60, longest_wait=90)
    assert watch.at == 1000
    watch.at += 20
    pace.keep(60, longest_wait=90)
    assert watch.at == 1060


def test_a_request_that_comes_late_enough_waits_for_nothing() -> None:
    watch = Watch()
    pace = Pace(sleep=watch.sleep, now=watch.now)
    pace.keep(60, longest_wait=0)
    watch.at += 61
    pace.keep(60, longest_wait=0)
    assert watch.at == 1061


def test_a_wait_that_is_too_long_is_left_to_a_later_run() -> None:
    watch = Watch()
    pace = Pace(sleep=watch.sleep, now=watch.now)
    pace.keep(60, longest_wait=59)
    with pytest.raises(Passing) as raised:
        pace.keep(60, longest_wait=59)
    assert raised.value.retry_after == 60
    assert watch.at == 1000


@responses.activate
def test_a_retry_keeps_its_distance_too() -> None:
    watch = Watch()
    http = client(longest_wait=60.0, attempts=2)
    http.paced = Pace(sleep=watch.sleep, now=watch.now)
    responses.get(URL, status=503, headers={"Retry-After": "0"})
    responses.get(URL, json=[])
    http.get(URL, pace=45)
    assert watch.at == 1045


@responses.activate
def test_other_requests_of_a_client_are_not_held_up() -> None:
    http = client()
    responses.get(URL, json=[])
    for _ in range(3):
        http.get(URL)
    with pytest.raises(PlatformUnavailable):
        http.get(URL, pace=60)
    assert len(responses.calls) == 3
