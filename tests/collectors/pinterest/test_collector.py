from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS, Collected, EphemeralMetric, SkippedItem
from collectors.pinterest.collector import Pinterest, pins
from collectors.pinterest.parse import Pin, to_pin
from collectors.platforms import integration
from core import clock
from core.errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from demo.platforms.pinterest import PinterestStandIn
from tests.collectors.cases import (
    CASES,
    SECRET,
    SINCE,
    answer,
    client,
    page,
    pointed,
    pull,
    source,
)
from tests.collectors.mutants import mutants

API = "https://api.pinterest.com/v5"
NOTHING: dict[str, Any] = {"items": [], "bookmark": None}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def pages(web: responses.RequestsMock) -> responses.RequestsMock:
    answer(web, "pinterest", CASES["pinterest"]["routes"])
    return web


def asked(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


def run(**table: Any) -> list[Collected]:
    return list(source("pinterest", **table).collect(SINCE))


def figures(found: list[Collected]) -> dict[str, int]:
    return {thing.what: thing.count for thing in found if isinstance(thing, EphemeralMetric)}


def test_a_run_yields_figures_that_name_nobody_and_keeps_nothing(
    pages: responses.RequestsMock,
) -> None:
    found = run()
    assert all(isinstance(thing, EphemeralMetric | SkippedItem) for thing in found)
    assert figures(found) == {
        "pins": 3,
        "comments on pins": 5,
        "reactions to pins": 10,
        "saves of pins": 4,
        "impressions of pins": 2,
        "clicks on pins": 7,
        "clicks to our site": 3,
        "boards": 2,
        "account, 7 days: impression": 250,
        "account, 7 days: pin_click": 12,
    }


def test_pages_are_read_until_the_bookmark_is_null(pages: responses.RequestsMock) -> None:
    run()
    assert [call.request.path_url.split("?")[0] for call in pages.calls] == [
        "/v5/pins", "/v5/pins", "/v5/boards", "/v5/user_account/analytics",
    ]  # fmt: skip
    assert asked(pages) == {"page_size": "250", "pin_metrics": "true"}
    assert asked(pages, 1)["bookmark"] == "Y2JOb25lTi"
    assert asked(pages, 3) == {"start_date": "2026-11-17", "end_date": "2026-11-23"}
    assert pages.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"


def test_pins_can_be_seen_as_they_are_now(pages: responses.RequestsMock) -> None:
    built = source("pinterest")
    assert isinstance(built, Pinterest)
    first, odd, *others = pins(built)
    assert first == Pin(
        title="Winter wellness", link="https://example.org/winter",
        url="https://www.pinterest.com/pin/813744226420795884/",
        counts={"pin_click": 7, "impression": 2, "clickthrough": 3, "reaction": 10, "comment": 2},
    )  # fmt: skip
    assert odd == SkippedItem(
        "pins page 1 item 2", "is not shaped as it should be (ValueError); left out"
    )
    assert [pin.counts for pin in others if isinstance(pin, Pin)] == [{"comment": 3, "save": 4}, {}]


def test_a_bookmark_that_comes_twice_is_told(web: responses.RequestsMock) -> None:
    web.get(f"{API}/pins", json={"items": [], "bookmark": "again"})
    web.get(f"{API}/boards", json=NOTHING)
    odds = [thing for thing in run(figures_days=0) if isinstance(thing, SkippedItem)]
    assert [(odd.item, odd.stops) for odd in odds] == [("pins page 2", True)]


def test_a_listing_that_never_ends_is_left_at_the_cap(web: responses.RequestsMock) -> None:
    for number in range(3):
        web.get(f"{API}/pins", json={"items": [], "bookmark": f"b{number}"})
    web.get(f"{API}/boards", json=NOTHING)
    odds = [thing for thing in run(figures_days=0, pages=3) if isinstance(thing, SkippedItem)]
    assert [(odd.item, odd.stops) for odd in odds] == [("pins", True)]


def test_the_accounts_own_figures_can_be_left_out_or_be_missing(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{API}/pins", json=NOTHING)
    web.get(f"{API}/boards", json=NOTHING)
    assert figures(run(figures_days=0)) == {"pins": 0, "boards": 0}
    for body in ("{}", '{"all": null}', '{"all": {"summary_metrics": []}}'):
        web.get(f"{API}/user_account/analytics", body=body)
        assert [t.item for t in run() if isinstance(t, SkippedItem)] == ["account figures"]


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        (401, 2, "mentions connect pinterest"),
        (403, 29, "allow all"),
        (404, 50, "base_url"),
    ],
)
def test_what_pinterest_refuses_is_said_with_the_mend(
    web: responses.RequestsMock, status: int, code: int, word: str
) -> None:
    web.get(f"{API}/pins", status=status, json={"code": code, "message": SECRET})
    *_, error = pull(source("pinterest"))
    assert isinstance(error, PlatformRefused)
    assert word in str(error)
    assert str(status) in str(error)
    assert SECRET not in str(error)
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Retry-After": "900"}, 900), ({"x-ratelimit-reset": "540"}, 540), ({}, None)],
)
def test_a_rate_limit_may_pass(
    web: responses.RequestsMock, headers: dict[str, str], wait: float | None
) -> None:
    web.get(f"{API}/pins", status=429, json={"code": 8, "message": "no"}, headers=headers)
    *_, error = pull(source("pinterest", http=client(attempts=1)))
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == wait


@pytest.mark.parametrize(
    "body", [[], {}, {"items": None}, {"items": {}}, {"code": 1, "message": "no"}]
)
def test_an_answer_of_another_shape_may_pass(web: responses.RequestsMock, body: Any) -> None:
    web.get(f"{API}/pins", json=body)
    assert isinstance(pull(source("pinterest"))[3], PlatformUnavailable)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        (2, PlatformRefused, "mentions connect pinterest"),
        ("2", PlatformRefused, "mentions connect pinterest"),
        (3, PlatformRefused, "allow all that it asks for"),
        (29, PlatformRefused, "allow all that it asks for"),
        (8, PlatformUnavailable, "rate limit"),
    ],
)
def test_pinterests_own_code_says_more_than_such_a_status(
    web: responses.RequestsMock, status: int, code: Any, kind: type[CollectorError], word: str
) -> None:
    web.get(f"{API}/pins", status=status, json={"code": code, "message": SECRET})
    *_, problem = pull(source("pinterest"))
    assert isinstance(problem, kind)
    assert word in str(problem)
    assert SECRET not in str(problem)


def test_without_a_grant_nothing_is_asked(web: responses.RequestsMock) -> None:
    *_, error = pull(source("pinterest", access_token=""))
    assert isinstance(error, PlatformRefused)
    assert "mentions connect pinterest" in str(error)
    assert not web.calls


def test_there_is_nothing_to_look_up_again() -> None:
    assert not integration("pinterest").recheck


@pytest.mark.parametrize("key", ["base_url", "authorize_url", "token_url"])
def test_a_token_never_travels_in_clear(key: str) -> None:
    table: dict[str, Any] = {key: "http://api.example.org"}
    with pytest.raises(ConfigError, match=rf"\[collectors.pinterest\] {key}"):
        source("pinterest", **table)


@given(mutants(page("pinterest/pins1.json")["items"][0]))
def test_a_pin_of_any_shape_is_a_pin_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_pin(item), Pin)


@given(mutants(page("pinterest/analytics.json")), mutants(page("pinterest/pins2.json")))
def test_answers_of_any_shape_end_in_figures_or_one_of_our_errors(account: Any, items: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.get(f"{API}/pins", json=items)
        web.get(f"{API}/boards", json=NOTHING)
        web.get(f"{API}/user_account/analytics", json=account)
        pull(source("pinterest", pages=2))


def test_the_stand_in_shows_its_figures_as_they_grow() -> None:
    with PinterestStandIn(clock.now()) as standin:
        before = figures(list(pointed(standin).collect(SINCE)))
        standin.change()
        after = figures(list(pointed(standin).collect(SINCE)))
        assert pull(pointed(standin, access_token="ended"))[3] is not None
    assert before.keys() == after.keys()
    assert after["comments on pins"] > before["comments on pins"]
