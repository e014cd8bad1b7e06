from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import Collected, SaveState, SkippedItem
from collectors.x.collector import start
from core import clock
from core.errors import CollectorError, PlatformRefused
from core.models import Mention
from tests.collectors.cases import AT, SINCE, client, page, pull, source
from tests.fuzz.profiles import examples

SEARCH = "https://api.x.com/2/tweets/search/recent"
NOTHING = {"meta": {"result_count": 0}}
MENDED = {"title": "Invalid Request", "type": "https://api.twitter.com/2/problems/invalid-request"}
HOUR = timedelta(hours=1)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def asked(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


def refused(name: str) -> dict[str, Any]:
    return {**MENDED, "errors": [{"message": f"Invalid '{name}'", "parameters": {name: ["x"]}}]}


# ── a start ──────────────────────────────────────────────────────────────────────────────────────


def test_a_start_is_inside_the_seven_days_and_not_in_the_last_seconds() -> None:
    assert start(AT - timedelta(days=30), AT) == "2026-11-17T09:05:00Z"
    assert start(AT, AT) == "2026-11-24T08:59:00Z"
    assert start(AT - timedelta(days=1, microseconds=5), AT) == "2026-11-23T08:59:59Z"


def test_a_clock_that_is_wrong_is_put_right_by_the_servers(web: responses.RequestsMock) -> None:
    web.get(
        SEARCH, status=400, json=refused("start_time"),
        headers={"Date": "Mon, 30 Nov 2026 09:00:00 GMT"},
    )  # fmt: skip
    web.get(SEARCH, json=NOTHING)
    assert pull(source("x"))[3] is None
    assert asked(web, 1)["start_time"] == "2026-11-23T09:05:00Z"


def test_a_start_that_x_refuses_twice_is_not_tried_a_third_time(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, status=400, json=refused("start_time"))
    *_, error = pull(source("x"))
    assert isinstance(error, PlatformRefused)
    assert "clock" in str(error)
    assert len(web.calls) == 2


# ── a run that was stopped ───────────────────────────────────────────────────────────────────────


def stopped(web: responses.RequestsMock) -> dict[str, str]:
    """What is kept by a run that its cap stopped after one page of two."""
    web.get(SEARCH, json=page("x/page1.json"))
    _, odds, keeps, error = pull(source("x", pages=1))
    assert error is None
    assert [odd.stops for odd in odds if "cap" in odd.why] == [True]
    web.reset()
    return keeps


def test_the_next_run_reads_what_is_new_and_then_what_was_left(web: responses.RequestsMock) -> None:
    keeps = stopped(web)
    web.get(SEARCH, json=NOTHING)
    web.get(SEARCH, json=page("x/page2.json"))
    mentions, odds, left, error = pull(source("x", state=keeps))
    assert ([m.issued_id for m in mentions], odds, error) == (["1990000000000000010"], [], None)
    new, old = asked(web, 0), asked(web, 1)
    assert new["since_id"] == "1990000000000000004", "the newest of the first page"
    assert not {"start_time", "until_id", "next_token"} & new.keys()
    assert old["until_id"] == "1990000000000000002", "the oldest that was read"
    assert old["start_time"] == start(SINCE, AT)
    assert left["places"] == "{}"


def test_a_newest_id_from_before_the_window_gives_way_to_a_start(
    web: responses.RequestsMock,
) -> None:
    keeps = stopped(web)
    web.get(SEARCH, json=NOTHING)
    late = source("x", state=keeps)
    object.__setattr__(late, "at", AT + timedelta(days=8))
    pull(late)
    assert "since_id" not in asked(web, 0)
    assert asked(web, 0)["start_time"] == start(SINCE, AT + timedelta(days=8))


def test_a_newest_id_that_x_refuses_gives_way_to_a_start(web: responses.RequestsMock) -> None:
    keeps = stopped(web)
    web.get(SEARCH, status=400, json=refused("since_id"))
    web.get(SEARCH, json=NOTHING)
    assert pull(source("x", state=keeps))[3] is None
    assert asked(web, 1)["start_time"] == "2026-11-24T08:45:00Z", "a quarter of an hour earlier"


def test_a_gap_that_x_no_longer_searches_is_given_up(web: responses.RequestsMock) -> None:
    keeps = stopped(web)
    web.get(SEARCH, json=NOTHING)
    web.get(SEARCH, status=400, json=refused("until_id"))
    _, odds, left, error = pull(source("x", state=keeps))
    assert (odds, left["places"], error) == ([], "{}", None)


def test_an_outage_leaves_a_gap_too(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=page("x/page1.json"))
    web.get(SEARCH, status=503)
    _, _, keeps, error = pull(source("x"))
    assert error
    web.reset()
    web.get(SEARCH, json=NOTHING)
    pull(source("x", state=keeps))
    assert [asked(web, n).get("until_id") for n in (0, 1)] == [None, "1990000000000000002"]


def test_one_query_that_was_read_whole_is_not_read_again_while_another_fails(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, json=page("x/page2.json"))
    web.get(SEARCH, status=503)
    table: dict[str, Any] = {"queries": ["nhs lang:en"]}
    keeps = pull(source("x", **table))[2]
    web.reset()
    web.get(SEARCH, json=NOTHING)
    pull(source("x", **table, state=keeps))
    assert asked(web, 0)["since_id"] == "1990000000000000010"
    assert asked(web, 1)["start_time"] == start(SINCE, AT)


def test_a_page_token_that_repeats_ends_the_walk_and_leaves_the_rest(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, json=page("x/page1.json"))
    _, odds, keeps, _ = pull(source("x"))
    assert any(odd.stops and "circle" in odd.why for odd in odds)
    assert "1990000000000000002" in keeps["places"]


# ── nothing is lost, whatever happens ────────────────────────────────────────────────────────────


class Timeline:
    """A search that holds to X's rules: `since_id`, `until_id`, `start_time`, and
    pages whose tokens hold for the same bounds alone. Some calls fail.
    """

    def __init__(self) -> None:
        self.posts: dict[int, datetime] = {}
        self.now = AT - timedelta(days=6)
        self.failing: list[bool] = []

    def post(self, count: int) -> None:
        for _ in range(count):
            self.now += timedelta(minutes=1)
            self.posts[len(self.posts) + 1000] = self.now

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        if self.failing and self.failing.pop():
            return 503, {}, "<html>"
        query = {
            name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()
        }
        low, high = int(query.get("since_id", 0)), int(query.get("until_id", 10**9))
        begin = (
            clock.parse(query["start_time"])
            if "start_time" in query
            else datetime.min.replace(tzinfo=UTC)
        )
        found = [
            n for n in sorted(self.posts, reverse=True) if low < n < high and self.posts[n] >= begin
        ]
        bounds = f"{low}-{high}-{query.get('start_time', '')}"
        at, _, given = query.get("next_token", f"0/{bounds}").partition("/")
        if given != bounds:
            return 400, {}, json.dumps(refused("next_token"))
        after = int(at) + 10
        data = [self._written(number) for number in found[int(at) : after]]
        meta = {"next_token": f"{after}/{bounds}"} if after < len(found) else {}
        return 200, {}, json.dumps({"data": data, "meta": meta})

    def _written(self, number: int) -> dict[str, str]:
        return {
            "id": str(number),
            "text": "NHS NW London",
            "created_at": clock.text(self.posts[number]),
        }


@examples(25)
@given(
    st.lists(
        st.tuples(st.integers(0, 45), st.lists(st.booleans(), max_size=4)), min_size=1, max_size=6
    )
)
def test_no_post_is_lost_whatever_stops_the_runs(steps: list[tuple[int, list[bool]]]) -> None:
    timeline, kept, found = Timeline(), dict[str, str](), set[str]()
    bookmark = timeline.now - HOUR
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.add_callback(responses.GET, SEARCH, timeline.answer)

        def run(pages: int) -> bool:
            at = timeline.now + timedelta(minutes=2)
            built = source(
                "x", state=dict(kept), pages=pages, page_size=10, http=client(attempts=1)
            )
            object.__setattr__(built, "at", at)
            things, complete = list[Collected](), True
            try:
                for thing in built.collect(bookmark):
                    things.append(thing)
            except CollectorError:
                complete = False
            kept.update(
                {one.name: one.value for one in things if isinstance(one, SaveState) and one.always}
            )
            found.update(one.issued_id for one in things if isinstance(one, Mention))
            return complete and not any(
                isinstance(one, SkippedItem) and one.stops for one in things
            )

        for count, failing in steps:
            timeline.post(count)
            timeline.failing = failing
            if run(pages=2):
                bookmark = timeline.now
        timeline.failing = []
        while not run(pages=2):
            pass
    assert found == {str(number) for number in timeline.posts}
