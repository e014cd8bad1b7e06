from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from tests.collectors.cases import CASES, SECRET, answer, client, pull, source

BASE = "https://www.googleapis.com/youtube/v3"
OWN = "UCaaaaaaaaaaaaaaaaaaaaaa"
FIRST = "UgxAAAAAAAAAAAAAAAB4AaABAg"
NOTHING = {"kind": "youtube#ListResponse", "items": []}
FOLLOWED = {"videos": '{"bbbbbbbbbbb": "2026-11-23T09:00:00Z"}'}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def own(web: responses.RequestsMock) -> responses.RequestsMock:
    """A world in which only threads are of interest."""
    for path in ("search", "channels"):
        web.get(f"{BASE}/{path}", json=NOTHING)
    return web


def error(reason: str, code: int) -> dict[str, Any]:
    listed = [{"domain": "youtube", "reason": reason, "message": SECRET}]
    return {"error": {"code": code, "message": SECRET, "errors": listed}}


def calls(web: responses.RequestsMock, path: str) -> list[dict[str, str]]:
    """What was asked of one list, in order."""
    return [
        call.request.params  # type: ignore[attr-defined]
        for call in web.calls
        if str(call.request.url).startswith(f"{BASE}/{path}?")
    ]


# ── the day's allowances ─────────────────────────────────────────────────────────────────────────


def test_every_call_is_counted_before_it_is_made(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/search", status=503)
    _, _, kept, problem = pull(source("youtube", channels=[]))
    assert isinstance(problem, PlatformUnavailable)
    assert kept["searches"] == "2026-11-24 1"


def test_searches_and_units_are_counted_apart(web: responses.RequestsMock) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    kept = pull(source("youtube"))[2]
    units = len(web.calls) - len(calls(web, "search"))
    assert kept["searches"] == f"2026-11-24 {len(calls(web, 'search'))}"
    assert kept["units"] == f"2026-11-24 {units}"


def test_a_bucket_that_is_used_up_stops_the_searches_and_nothing_else(
    web: responses.RequestsMock,
) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    spent = {"searches": "2026-11-24 100"}
    listed, told, kept, problem = pull(source("youtube", state=spent))
    assert problem is None
    assert FIRST in {mention.issued_id for mention in listed}
    assert [odd.item for odd in told if odd.stops] == ["search 1"]
    assert "the 100 searches of today are used up" in told[-1].why
    assert kept["left_off"] == '"NHS NW London"|"NW London ICB"'
    assert not calls(web, "search")


def test_without_a_bucket_nothing_is_searched_and_nothing_stops(
    web: responses.RequestsMock,
) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    assert not any(odd.stops for odd in pull(source("youtube", searches_a_day=0))[1])
    assert not calls(web, "search")


def test_the_next_run_goes_on_where_the_bucket_was_used_up(web: responses.RequestsMock) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    web.get(f"{BASE}/search", json=NOTHING)
    _, _, kept, _ = pull(source("youtube", searches_a_day=2))
    assert kept["left_off"] == OWN  # the query took both of its pages
    _, told, kept, _ = pull(source("youtube", state={"left_off": OWN}))
    assert calls(web, "search")[2]["channelId"] == OWN
    assert not any(odd.stops for odd in told)
    assert kept["left_off"] == ""


def test_units_that_are_used_up_stop_the_run_with_what_it_has(web: responses.RequestsMock) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    spent = {"units": "2026-11-24 9999"}
    listed, told, _, problem = pull(source("youtube", state=spent))
    assert problem is None
    assert [m.issued_id for m in listed] == [FIRST, f"{FIRST}.9aaaaaaaaaa"]  # those that were given
    assert [odd.item for odd in told if odd.stops] == ["the quota"]
    assert len(web.calls) == 1


def test_a_video_found_without_units_is_handed_on_as_search_shows_it(
    web: responses.RequestsMock,
) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    listed, *_ = pull(source("youtube", channels=[], state={"units": "2026-11-24 10000"}))
    assert [m.text for m in listed] == ["GP access & the ICB\n\nA short cut of the description ..."]


def test_bios_are_left_out_where_a_tenth_of_the_units_is_left(web: responses.RequestsMock) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    listed, *_ = pull(source("youtube", state={"units": "2026-11-24 9100"}))
    assert FIRST in {mention.issued_id for mention in listed}
    assert not any(mention.author.bio for mention in listed)


# ── errors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "reason", "kind", "word"),
    [
        (400, "keyInvalid", PlatformRefused, "api_key"),
        (400, "badRequest", PlatformRefused, "understand"),
        (401, "authError", PlatformRefused, "api_key"),
        (403, "accessNotConfigured", PlatformRefused, "enable YouTube Data API v3"),
        (403, "forbidden", PlatformRefused, "mentions connect youtube"),
        (403, "insufficientPermissions", PlatformRefused, "mentions connect youtube"),
        (403, "quotaExceeded", PlatformUnavailable, "midnight Pacific"),
        (403, "rateLimitExceeded", PlatformUnavailable, "too many calls"),
        (429, "rateLimitExceeded", PlatformUnavailable, "too many calls"),
        (400, "processingFailure", PlatformUnavailable, "this time"),
        (404, "channelNotFound", PlatformRefused, "channels"),
        (404, "notFound", PlatformRefused, "nothing at this address"),
        (200, "quotaExceeded", PlatformUnavailable, "midnight Pacific"),
        (200, "somethingNew", PlatformUnavailable, "somethingNew"),
    ],
)
def test_every_reason_is_told_apart(
    own: responses.RequestsMock, status: int, reason: str, kind: type[CollectorError], word: str
) -> None:
    own.get(f"{BASE}/commentThreads", status=status, json=error(reason, status))
    *_, problem = pull(source("youtube"))
    assert isinstance(problem, kind)
    assert word in str(problem)
    assert SECRET not in str(problem)


@pytest.mark.parametrize(
    ("told", "kind", "word"),
    [
        ({"status": "RESOURCE_EXHAUSTED"}, PlatformUnavailable, "too many calls"),
        ({"status": "PERMISSION_DENIED", "details": [{"reason": "CONSUMER_SUSPENDED"}]},
         PlatformRefused, "suspended the project"),
        ({"errors": [{"reason": "forbidden"}], "details": [{"reason": "API_KEY_SERVICE_BLOCKED"}]},
         PlatformRefused, "see its restrictions"),
        ({"errors": None, "message": SECRET}, PlatformRefused, "403"),
    ],
)  # fmt: skip
def test_googles_own_form_of_a_refusal_says_whether_it_may_pass(
    own: responses.RequestsMock, told: dict[str, Any], kind: type[CollectorError], word: str
) -> None:
    own.get(f"{BASE}/commentThreads", status=403, json={"error": {"code": 403, **told}})
    *_, problem = pull(source("youtube"))
    assert isinstance(problem, kind)
    assert word in str(problem)


def test_googles_own_form_of_a_wrong_key_is_read_too(own: responses.RequestsMock) -> None:
    body = {"error": {"code": 400, "errors": [{"reason": "badRequest"}], "status": "INVALID_ARGUMENT",
                      "details": [{"reason": "API_KEY_INVALID"}, 3]}}  # fmt: skip
    own.get(f"{BASE}/commentThreads", status=400, json=body)
    assert "api_key" in str(pull(source("youtube"))[3])


@pytest.mark.parametrize(("status", "kind"), [(400, PlatformRefused), (200, PlatformUnavailable)])
def test_an_old_error_is_just_a_text(
    own: responses.RequestsMock, status: int, kind: type[CollectorError]
) -> None:
    own.get(f"{BASE}/commentThreads", status=status, json={"error": SECRET})
    *_, problem = pull(source("youtube"))
    assert isinstance(problem, kind)
    assert SECRET not in str(problem)


def test_a_quota_that_is_used_up_is_waited_for_until_midnight_pacific(
    own: responses.RequestsMock,
) -> None:
    own.get(
        f"{BASE}/commentThreads", status=403, json=error("quotaExceeded", 403),
        headers={"Date": "Tue, 24 Nov 2026 09:00:00 GMT"},
    )  # fmt: skip
    *_, problem = pull(source("youtube", http=client(longest_wait=60)))
    assert isinstance(problem, PlatformUnavailable)
    assert problem.retry_after == 23 * 3600
    assert len(own.calls) == 1


@pytest.mark.parametrize("reason", ["processingFailure", "rateLimitExceeded", "backendError"])
def test_what_may_pass_is_asked_again(own: responses.RequestsMock, reason: str) -> None:
    own.get(f"{BASE}/commentThreads", status=400, json=error(reason, 400))
    own.get(f"{BASE}/commentThreads", json=NOTHING)
    assert pull(source("youtube"))[3] is None


@pytest.mark.parametrize(
    "body", [[], {}, {"items": {}}, {"items": None, "kind": 3}, {"kind": "youtube#video"}]
)
def test_a_list_of_another_shape_ends_the_run(own: responses.RequestsMock, body: Any) -> None:
    own.get(f"{BASE}/commentThreads", json=body)
    assert isinstance(pull(source("youtube"))[3], PlatformUnavailable)


@pytest.mark.parametrize("token", [3, None, ["b"]])
def test_a_next_token_that_is_no_text_is_none(own: responses.RequestsMock, token: Any) -> None:
    own.get(f"{BASE}/commentThreads", json={"items": [], "nextPageToken": token})
    assert pull(source("youtube"))[3] is None
    assert len(calls(own, "commentThreads")) == 1
