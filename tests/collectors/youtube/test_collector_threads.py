from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from core.errors import PlatformUnavailable
from tests.collectors.cases import CASES, SECRET, answer, page, pull, source

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


def test_a_video_that_takes_no_comments_is_skipped(web: responses.RequestsMock) -> None:
    web.get(f"{BASE}/commentThreads", status=403, json=error("commentsDisabled", 403))
    web.get(f"{BASE}/search", json=NOTHING)
    _, told, _, problem = pull(source("youtube", channels=[], state=FOLLOWED))
    assert (told, problem) == ([], None)
    assert len(calls(web, "search")) == 1


def test_a_video_whose_comments_are_not_for_us_is_told_and_the_rest_goes_on(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{BASE}/commentThreads", status=403, json=error("forbidden", 403))
    web.get(f"{BASE}/search", json=NOTHING)
    _, told, _, problem = pull(source("youtube", channels=[], state=FOLLOWED))
    assert problem is None
    assert [(odd.item, odd.stops) for odd in told] == [("comments of video 1", False)]
    assert len(calls(web, "search")) == 1


def test_replies_whose_comment_went_in_between_are_those_that_came_with_it(
    own: responses.RequestsMock,
) -> None:
    own.get(f"{BASE}/commentThreads", json=page("youtube/own_threads.json"))
    own.get(f"{BASE}/comments", status=404, json=error("commentNotFound", 404))
    listed, _, _, problem = pull(source("youtube"))
    assert problem is None
    assert f"{FIRST}.9aaaaaaaaaa" in {mention.issued_id for mention in listed}


def test_what_was_read_of_a_page_is_kept_where_its_authors_can_not_be_asked_for(
    web: responses.RequestsMock,
) -> None:
    routes = [route for route in CASES["youtube"]["routes"] if "/channels" not in route["url"]]
    answer(web, "youtube", routes)
    web.get(f"{BASE}/channels", status=500)
    listed, _, _, problem = pull(source("youtube"))
    assert isinstance(problem, PlatformUnavailable)
    assert FIRST in {mention.issued_id for mention in listed}


def test_replies_that_came_with_a_comment_are_kept_where_the_rest_can_not_be_had(
    own: responses.RequestsMock,
) -> None:
    own.get(f"{BASE}/commentThreads", json=page("youtube/own_threads.json"))
    own.get(f"{BASE}/comments", status=403, json=error("quotaExceeded", 403))
    listed, _, _, problem = pull(source("youtube"))
    assert isinstance(problem, PlatformUnavailable)
    assert f"{FIRST}.9aaaaaaaaaa" in {mention.issued_id for mention in listed}


def test_an_author_whose_channel_is_gone_costs_no_comment(own: responses.RequestsMock) -> None:
    own.replace("GET", f"{BASE}/channels", status=404, json=error("channelNotFound", 404))
    own.get(f"{BASE}/commentThreads", json=page("youtube/own_threads.json"))
    own.get(f"{BASE}/comments", json=page("youtube/replies.json"))
    listed, _, _, problem = pull(source("youtube"))
    assert (len(listed), problem) == (4, None)


def test_an_author_of_another_shape_costs_the_bio_alone(own: responses.RequestsMock) -> None:
    own.replace(
        "GET", f"{BASE}/channels", json={"items": [None, {"id": 3}, {"id": "UC", "snippet": {}}]}
    )
    own.get(f"{BASE}/commentThreads", json=page("youtube/own_threads.json"))
    own.get(f"{BASE}/comments", json=page("youtube/replies.json"))
    listed, _, _, problem = pull(source("youtube"))
    assert problem is None
    assert len(listed) == 4


# ── held for review ──────────────────────────────────────────────────────────────────────────────


def test_held_comments_are_read_in_the_owners_name_and_marked(own: responses.RequestsMock) -> None:
    held = page("youtube/own_threads.json")
    held["items"] = held["items"][1:2]
    public = responses.matchers.header_matcher({"X-Goog-Api-Key": SECRET})
    owners = responses.matchers.header_matcher({"Authorization": "Bearer an-invented-token"})
    own.get(f"{BASE}/commentThreads", json=NOTHING, match=[public])
    own.get(f"{BASE}/commentThreads", json=held, match=[owners])
    listed, told, _, problem = pull(source("youtube", held=True, access_token="an-invented-token"))
    assert (told, problem) == ([], None)
    assert [mention.hidden for mention in listed] == [True, True]
    asked = [one.get("moderationStatus") for one in calls(own, "commentThreads")]
    assert asked == [None, "heldForReview", "likelySpam"]


def test_what_is_public_in_a_held_thread_is_left_to_the_public_list(
    own: responses.RequestsMock,
) -> None:
    listed = page("youtube/own_threads.json")
    listed["items"] = listed["items"][:1]
    top = listed["items"][0]
    top["snippet"]["topLevelComment"]["snippet"]["moderationStatus"] = "published"
    top["replies"]["comments"][0]["snippet"]["moderationStatus"] = "likelySpam"
    own.get(f"{BASE}/commentThreads", json=NOTHING)
    own.get(f"{BASE}/commentThreads", json=listed)
    found, *_ = pull(source("youtube", held=True, access_token="an-invented-token"))
    assert {mention.kind for mention in found} == {"reply"}


def test_held_comments_without_the_owners_access_are_told_and_not_asked_for(
    own: responses.RequestsMock,
) -> None:
    own.get(f"{BASE}/commentThreads", json=NOTHING)
    _, told, _, problem = pull(source("youtube", held=True))
    assert problem is None
    assert "mentions connect youtube" in told[0].why
    assert len(calls(own, "commentThreads")) == 1


def test_an_owners_token_that_has_expired_is_told_as_such(own: responses.RequestsMock) -> None:
    own.get(f"{BASE}/commentThreads", json=NOTHING)
    own.get(f"{BASE}/commentThreads", status=401, json=error("authError", 401))
    *_, problem = pull(source("youtube", held=True, access_token="an-invented-token"))
    assert "mentions connect youtube" in str(problem)
