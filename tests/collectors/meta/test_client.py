"""What Facebook and Instagram share: held here on Facebook's feed alone, with nothing else under it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from collectors.facebook.collector import Facebook
from collectors.http.client import Pace
from collectors.meta.client import regained_in, used
from core.errors import PlatformRefused, PlatformUnavailable
from tests.collectors.cases import SECRET, client, page, pull, source

ROOT = "https://graph.facebook.com/v26.0"
PAGE = "100000000000001"
FEED, TAGGED = f"{ROOT}/{PAGE}/feed", f"{ROOT}/{PAGE}/tagged"
NOTHING: dict[str, Any] = {"data": []}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(TAGGED, json=NOTHING)
        yield mock


def error(code: int, subcode: int = 0, message: str = SECRET, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "OAuthException", "code": code,
                      "error_subcode": subcode, "fbtrace_id": "AbCdEfGh123", **more}}  # fmt: skip


def business(share: int, minutes: int = 0) -> dict[str, str]:
    told = {"type": "pages", "call_count": share, "total_cputime": 23, "total_time": 23,
            "estimated_time_to_regain_access": minutes}  # fmt: skip
    return {"X-Business-Use-Case-Usage": json.dumps({PAGE: [told]})}


def post(number: int) -> dict[str, Any]:
    return {"id": f"{PAGE}_{number}", "message": "Open", "created_time": "2026-11-20T09:45:00+0000",
            "comments": {"summary": {"total_count": 0}}}  # fmt: skip


def linked(items: list[Any], link: str) -> dict[str, Any]:
    return {"data": items, "paging": {"next": link}}


def asked(web: responses.RequestsMock, call: int) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


# ── errors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "code", "subcode", "word"),
    [
        (400, 190, 0, "not accepted (190): run `mentions connect facebook`"),
        (400, 190, 458, "taken off"),
        (400, 190, 459, "sign in at facebook.com"),
        (400, 190, 460, "password"),
        (401, 190, 463, "expired (190/463): run `mentions connect facebook`"),
        (400, 190, 467, "no longer valid"),
        (400, 190, 492, "no role on the Page any more (190/492): run `mentions connect facebook`"),
        (400, 102, 0, "not accepted (102): run `mentions connect facebook`"),
        (400, 104, 0, "not accepted (104): run `mentions connect facebook`"),
        (400, 24, 0, "is not there"),
        (400, 18, 0, "no more hashtags can be searched for in these seven days (18)"),
        (403, 3, 0, "permission is missing (3)"),
        (400, 10, 0, "pages_read_user_content"),
        (403, 200, 0, "permission is missing (200)"),
        (400, 299, 0, "permission is missing (299)"),
        (400, 210, 0, "the Page's own token"),
        (400, 100, 0, "check `version` and the ids"),
        (400, 100, 33, "is not there, or not for us (100/33)"),
        (404, 803, 0, "is not there"),
        (400, 341, 0, "limit of actions"),
        (403, 368, 0, "block by its policies"),
        (426, 1357, 0, "refused the request (426, code 1357): raise `version`"),
        (400, 2635, 0, "raise `version`"),
        (400, 2500, 0, "refused the request (400, code 2500): look the code up"),
        (200, 190, 463, "expired"),
    ],
)
def test_what_needs_a_person_is_said_with_the_mend(
    web: responses.RequestsMock, status: int, code: int, subcode: int, word: str
) -> None:
    web.get(FEED, status=status, json=error(code, subcode))
    *_, raised = pull(source("facebook"))
    assert isinstance(raised, PlatformRefused)
    assert word in str(raised)
    assert SECRET not in str(raised)
    assert len(web.calls) == 1


def test_codes_that_are_written_as_text_mean_the_same(web: responses.RequestsMock) -> None:
    told = {"error": {"message": SECRET, "code": "190", "error_subcode": "463"}}
    web.get(FEED, status=400, json=told)
    assert "expired (190/463)" in str(pull(source("facebook"))[3])


def test_a_call_that_came_without_a_token_is_told_by_its_words(web: responses.RequestsMock) -> None:
    web.get(FEED, status=400, json=error(2500, message="An active access token must be used"))
    assert "run `mentions connect facebook`" in str(pull(source("facebook"))[3])


@pytest.mark.parametrize("code", [1, 2, 4, 17, 32, 613, 80001, 80002, 4711])
def test_what_may_pass_is_tried_again(web: responses.RequestsMock, code: int) -> None:
    web.get(FEED, status=400, json=error(code, is_transient=code in (1, 2, 4711)))
    web.get(FEED, json={"data": [post(1)]})
    mentions, *_, raised = pull(source("facebook"))
    assert (len(mentions), raised) == (1, None)


@pytest.mark.parametrize("code", [1, 4, 613, 80001])
def test_what_does_not_pass_is_left_for_the_next_run(
    web: responses.RequestsMock, code: int
) -> None:
    web.get(FEED, status=400, json=error(code))
    *_, raised = pull(source("facebook"))
    assert isinstance(raised, PlatformUnavailable)
    assert SECRET not in str(raised)
    assert len(web.calls) == 2


def test_a_limit_is_waited_for_as_long_as_the_header_says(web: responses.RequestsMock) -> None:
    web.get(FEED, status=400, json=error(80001), headers=business(100, 7))
    *_, raised = pull(source("facebook", http=client(longest_wait=60)))
    assert isinstance(raised, PlatformUnavailable)
    assert raised.retry_after == 420
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    "body", [{"error": "no object"}, {"error": {"code": "soon"}}, {"error": {}}, ["no object"]]
)
def test_an_error_of_another_shape_is_told_by_its_status(
    web: responses.RequestsMock, body: Any
) -> None:
    web.get(FEED, status=403, json=body)
    assert isinstance(pull(source("facebook"))[3], PlatformRefused)


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"id": "1"}}, [1]])
def test_a_page_of_another_shape_ends_the_run(web: responses.RequestsMock, body: Any) -> None:
    web.get(FEED, json=body)
    assert isinstance(pull(source("facebook"))[3], PlatformUnavailable)


# ── usage ────────────────────────────────────────────────────────────────────────────────────────


def test_the_highest_of_all_shares_counts() -> None:
    assert used({}) == 0
    assert used({"X-App-Usage": '{"call_count": 28, "total_time": 91, "total_cputime": 25}'}) == 91
    assert used({"X-Page-Usage": '{"call_count": 3}', **business(97)}) == 97
    assert used({"X-App-Usage": "28", "X-Business-Use-Case-Usage": '{"1": [3], "2": 4}'}) == 0


def test_access_comes_back_after_so_many_minutes() -> None:
    assert regained_in(business(100, 2)) == 120
    assert regained_in({**business(100), "Retry-After": "30"}) == 30
    assert regained_in({}) is None


def test_at_the_limit_the_run_ends_with_what_it_has(web: responses.RequestsMock) -> None:
    web.get(FEED, json=linked([post(1)], f"{FEED}?after=a"), headers=business(100, 5))
    mentions, _, _, raised = pull(source("facebook"))
    assert len(mentions) == 1
    assert isinstance(raised, PlatformUnavailable)
    assert raised.retry_after == 300
    assert "100 %" in str(raised)
    assert len(web.calls) == 1


def test_near_the_limit_the_run_goes_on_at_a_slower_pace(web: responses.RequestsMock) -> None:
    for share in (80, 97, 98):
        link = f"{FEED}?after={share}"
        web.get(FEED, json=linked([post(share)], link), headers=business(share))
    web.get(FEED, json=NOTHING)
    waits: list[float] = []
    built = source("facebook", http=client(longest_wait=17.5))
    assert isinstance(built, Facebook)
    graph = built.graph()
    graph.pace = Pace(sleep=waits.append, now=lambda: 0.0, last=0.0)
    assert len(list(graph.walk(f"{PAGE}/feed", {}, where="feed"))) == 4
    assert waits == [
        17.0,
        17.5,
    ]  # one second for each percent above 80, as far as config lets us wait


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_page_with_a_link_is_not_the_last(web: responses.RequestsMock) -> None:
    web.get(FEED, json=linked([], f"{FEED}?after=a&access_token={SECRET}"))
    web.get(FEED, json=linked([post(1)], f"{FEED}?after=b&access_token={SECRET}"))
    web.get(FEED, json={"data": [post(2)], "paging": {"cursors": {"after": "c"}}})
    mentions, odds, _, raised = pull(source("facebook"))
    assert (len(mentions), odds, raised) == (2, [], None)


def test_the_token_travels_in_a_header_and_in_no_address(web: responses.RequestsMock) -> None:
    web.get(FEED, json=linked([post(1)], f"{FEED}?after=a&access_token={SECRET}"))
    web.get(FEED, json=NOTHING)
    pull(source("facebook"))
    assert asked(web, 1)["after"] == "a"
    for call in web.calls:
        assert call.request.headers["Authorization"] == f"Bearer {SECRET}"
        assert SECRET not in str(call.request.url)


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.example.org/v26.0/1/feed?after=a",
        "http://graph.facebook.com/v26.0/1/feed?after=a",
        "https://graph.facebook.com@example.org/feed",
        "https://graph.facebook.com:8443/v26.0/feed",
        "//example.org/feed",
        "https://[",
    ],
)
def test_a_link_to_another_host_is_not_followed(web: responses.RequestsMock, link: str) -> None:
    web.get(FEED, json=linked([post(1)], link))
    mentions, _, _, raised = pull(source("facebook"))
    assert len(mentions) == 1
    assert isinstance(raised, PlatformRefused)
    assert "another host" in str(raised)
    assert len(web.calls) == 1


def test_pages_that_go_in_a_circle_end(web: responses.RequestsMock) -> None:
    web.get(FEED, json=linked([post(1)], f"{FEED}?after=a"))
    mentions, odds, _, raised = pull(source("facebook"))
    assert (len(mentions), raised) == (2, None)
    assert "circle" in odds[0].why
    assert odds[0].stops


def test_the_cap_of_pages_is_told(web: responses.RequestsMock) -> None:
    for number in range(3):
        web.get(FEED, json=linked([post(number)], f"{FEED}?after={number}"))
    mentions, odds, *_ = pull(source("facebook", pages=2))
    assert len(mentions) == 2
    assert "raise `pages`" in odds[0].why
    assert odds[0].stops


def test_too_much_is_asked_for_by_halves(web: responses.RequestsMock) -> None:
    much = error(1, message="Please reduce the amount of data you're asking for, then retry")
    web.get(FEED, json=linked([post(1)], f"{FEED}?limit=100&after=a"))
    for _ in range(2):
        web.get(FEED, status=500, json=much)
    web.get(FEED, json={"data": [post(2)]})
    mentions, *_, raised = pull(source("facebook"))
    assert (len(mentions), raised) == (2, None)
    assert [asked(web, n)["limit"] for n in range(4)] == ["100", "100", "50", "25"]
    assert [asked(web, n)["after"] for n in range(1, 4)] == ["a", "a", "a"]


def test_where_even_one_item_is_too_much_the_run_ends(web: responses.RequestsMock) -> None:
    web.get(FEED, status=400, json=error(1, message="Please reduce the amount of data"))
    *_, raised = pull(source("facebook", page_size=4))
    assert isinstance(raised, PlatformUnavailable)
    assert [asked(web, n)["limit"] for n in range(3)] == ["4", "2", "1"]


def test_where_pictures_are_not_permitted_the_rest_is_read_without(
    web: responses.RequestsMock,
) -> None:
    web.get(FEED, status=400, json=error(100, message="(#100) Tried accessing nonexisting field"))
    web.get(FEED, json={"data": [post(1)]})
    mentions, odds, _, raised = pull(source("facebook"))
    assert (len(mentions), raised) == (1, None)
    assert [odd.item for odd in odds] == ["pictures"]
    assert "attachments{title,description,url,media_type}" in asked(web, 1)["fields"]
    assert "attachments{title,description,url,media_type}" in asked(web, 2)["fields"]


def test_a_list_with_the_oldest_first_is_read_to_its_end(web: responses.RequestsMock) -> None:
    """An order that was not kept must not hide what is new."""
    first = page("facebook/feed1.json")["data"][0]
    web.get(FEED, json={"data": [first]})
    comments = f"{ROOT}/{first['id']}/comments"
    old = [{"id": "1_1", "created_time": "2026-10-01T00:00:00+0000"},
           {"id": "1_2", "created_time": "2026-10-02T00:00:00+0000"}]  # fmt: skip
    web.get(comments, json=linked(old, f"{comments}?after=a"))
    web.get(comments, json={"data": [{"id": "1_3", "created_time": "2026-11-23T00:00:00+0000"}]})
    assert "1_3" in [mention.issued_id for mention in pull(source("facebook"))[0]]


def test_another_host_answers_by_config_alone(web: responses.RequestsMock) -> None:
    local = "http://127.0.0.1:8801"
    web.get(f"{local}/v25.0/{PAGE}/feed", json={"data": [post(1)]})
    web.get(f"{local}/v25.0/{PAGE}/tagged", json=NOTHING)
    assert len(pull(source("facebook", base_url=f"{local}/", version="v25.0"))[0]) == 1
