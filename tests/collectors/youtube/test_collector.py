from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from collectors.quota import Spending
from collectors.youtube.client import PACIFIC, Calls
from collectors.youtube.collector import queries
from collectors.youtube.parse import About, Videos, to_comment, to_video
from core.context import Page
from core.errors import ConfigError
from core.models import Mention
from tests.collectors.cases import AT, CASES, SECRET, answer, client, page, pull, source

BASE = "https://www.googleapis.com/youtube/v3"
OWN = "UCaaaaaaaaaaaaaaaaaaaaaa"
FIRST, SECOND = "UgxAAAAAAAAAAAAAAAB4AaABAg", "UgxBBBBBBBBBBBBBBBB4AaABAg"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def calls(web: responses.RequestsMock, path: str) -> list[dict[str, str]]:
    """What was asked of one list, in order."""
    return [
        call.request.params  # type: ignore[attr-defined]
        for call in web.calls
        if str(call.request.url).startswith(f"{BASE}/{path}?")
    ]


@pytest.fixture
def found(web: responses.RequestsMock) -> dict[str, Mention]:
    answer(web, "youtube", CASES["youtube"]["routes"])
    listed, _, _, problem = pull(source("youtube"))
    assert problem is None
    return {mention.issued_id: mention for mention in listed}


def test_a_comment_comes_with_all_that_is_told_of_it(found: dict[str, Mention]) -> None:
    comment = found[FIRST]
    assert (comment.kind, comment.parent_id, comment.root_id) == (
        "comment", "aaaaaaaaaaa", "aaaaaaaaaaa",
    )  # fmt: skip
    assert comment.text == "Nobody answers the phone at NHS NW London <3"
    assert comment.url == f"https://www.youtube.com/watch?v=aaaaaaaaaaa&lc={FIRST}"
    assert comment.edited_at == datetime(2026, 11, 20, 9, 50, tzinfo=UTC)
    assert comment.metrics == {"likes": 4, "replies": 2}
    assert comment.matched == ("NHS NW London",)
    assert not comment.own


def test_an_author_comes_with_the_channels_description(found: dict[str, Mention]) -> None:
    author = found[FIRST].author
    assert (author.id, author.handle, author.name) == (
        "UCbbbbbbbbbbbbbbbbbbbbbb", "ana-example", "Ana Example",
    )  # fmt: skip
    assert (author.bio, author.followers) == ("Practice nurse & runner.", 12)
    assert author.avatar == "https://yt3.ggpht.com/ana-example=s800"
    assert found[f"{FIRST}.9aaaaaaaaaa"].author.followers is None  # who hides how many they are


def test_a_comment_without_a_channel_id_has_a_name_and_a_handle(found: dict[str, Mention]) -> None:
    author = found[SECOND].author
    assert (author.id, author.handle, author.name) == ("", "cy-example", "Cy Example")
    assert found[SECOND].edited_at is None


def test_all_replies_are_read_where_a_thread_holds_only_some(found: dict[str, Mention]) -> None:
    reply = found[f"{FIRST}.9bbbbbbbbbb"]
    assert (reply.kind, reply.parent_id, reply.root_id) == ("reply", FIRST, "aaaaaaaaaaa")
    assert reply.own
    assert f"{FIRST}.9aaaaaaaaaa" in found


def test_a_comment_on_our_video_answers_it_and_a_reply_the_comment_above(
    found: dict[str, Mention],
) -> None:
    video, comment, reply = found["aaaaaaaaaaa"], found[FIRST], found[f"{FIRST}.9aaaaaaaaaa"]
    page_name = video.text[:300]
    for mention in (comment, reply):
        assert mention.context.page == Page(owner="organisation", name=page_name, kind="video")
    assert [(post.text, post.official) for post in comment.context.answered] == [(video.text, True)]
    above, ours = reply.context.answered
    assert (above.text, above.official, ours.official) == (comment.text, False, True)


def test_a_comment_on_somebodys_video_stands_on_it_and_answers_nobody(
    found: dict[str, Mention],
) -> None:
    comment = next(m for m in found.values() if m.kind == "comment" and m.root_id == "bbbbbbbbbbb")
    stands_on = comment.context.page
    assert stands_on
    assert (stands_on.owner, stands_on.kind) == ("other", "video")
    assert stands_on.name.startswith("GP access & the ICB\n\nThe whole of the description")
    assert not comment.context.answered


def test_a_providers_video_is_a_providers() -> None:
    video = to_video(page("youtube/videos1.json")["items"][0], About(at=AT, ours=frozenset()))
    about = About(at=AT, ours=frozenset(), providers=frozenset({video.author.id.lower()}))
    budget = Calls(http=client(), base_url="", api_key="", access_token="", most_pages=1,
                  spending=Spending({}, AT, PACIFIC, {}))  # fmt: skip
    videos = Videos(calls=budget, about=about, known={video.issued_id: video})
    comment = to_comment(
        {"id": "Ugx1", "snippet": {"textDisplay": "a", "videoId": video.issued_id}}, about
    )
    page_name = video.text[:300]
    assert videos.place(comment).context.page == Page(
        owner="provider", name=page_name, kind="video"
    )


def test_videos_are_asked_for_once_in_one_call_with_those_that_are_followed(
    web: responses.RequestsMock,
) -> None:
    both = {
        "items": [*page("youtube/videos1.json")["items"], *page("youtube/videos2.json")["items"]]
    }
    joint = {"id": "aaaaaaaaaaa,bbbbbbbbbbb"}
    match = responses.matchers.query_param_matcher(joint, strict_match=False)
    web.get(f"{BASE}/videos", json=both, match=[match])
    answer(web, "youtube", CASES["youtube"]["routes"])
    kept = {"videos": '{"bbbbbbbbbbb": "2026-11-23T09:00:00Z"}'}
    pull(source("youtube", state=kept))
    snippets = [asked["id"] for asked in calls(web, "videos") if asked["part"] == "snippet"]
    assert snippets == ["aaaaaaaaaaa,bbbbbbbbbbb"]


def test_videos_that_can_not_be_asked_for_cost_no_comment(web: responses.RequestsMock) -> None:
    routes = [route for route in CASES["youtube"]["routes"] if "/videos" not in route["url"]]
    answer(web, "youtube", routes)
    web.get(
        f"{BASE}/videos",
        status=404,
        json={"error": {"code": 404, "errors": [{"reason": "videoNotFound"}]}},
    )
    listed = {mention.issued_id: mention for mention in pull(source("youtube"))[0]}
    assert not listed[FIRST].context
    assert [post.text for post in listed[f"{FIRST}.9aaaaaaaaaa"].context.answered] == [
        listed[FIRST].text
    ]


def test_near_the_end_of_the_days_units_comments_do_without(web: responses.RequestsMock) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    spent = {"units": "2026-11-24 9100"}
    listed = {mention.issued_id: mention for mention in pull(source("youtube", state=spent))[0]}
    assert FIRST in listed
    assert not listed[FIRST].context
    assert not [asked for asked in calls(web, "videos") if asked["part"] == "snippet"]


def test_a_found_video_is_read_whole_with_its_figures(found: dict[str, Mention]) -> None:
    video = found["bbbbbbbbbbb"]
    assert (video.kind, video.url) == ("video", "https://www.youtube.com/watch?v=bbbbbbbbbbb")
    assert video.text == (
        "GP access & the ICB\n\nThe whole of the description: NW London ICB says that phones are answered."
    )
    assert video.metrics == {"views": 1200, "likes": 34, "replies": 1}
    assert (video.language, video.matched, video.own) == ("en-GB", ("NW London ICB",), False)
    assert video.images == ("https://i.ytimg.com/vi/bbbbbbbbbbb/hqdefault.jpg",)
    assert video.author.bio == "News from around here."


def test_our_own_videos_are_read_as_our_own(found: dict[str, Mention]) -> None:
    assert found["aaaaaaaaaaa"].own


def test_found_videos_are_handed_on_to_later_runs(
    web: responses.RequestsMock,
) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    kept = pull(source("youtube"))[2]
    assert json.loads(kept["videos"]) == {"bbbbbbbbbbb": "2026-11-24T09:00:00.000000Z"}


@pytest.mark.parametrize(("found", "read"), [("2026-10-28", 1), ("2026-10-26", 0)])
def test_a_found_video_is_followed_as_long_as_comments_are(
    web: responses.RequestsMock, found: str, read: int
) -> None:
    web.get(f"{BASE}/search", json={"kind": "youtube#searchListResponse", "items": []})
    web.get(f"{BASE}/commentThreads", json={"items": []})
    kept = {"videos": f'{{"bbbbbbbbbbb": "{found}T09:00:00Z"}}'}
    assert pull(source("youtube", channels=[], state=kept))[3] is None
    assert [asked["videoId"] for asked in calls(web, "commentThreads")] == ["bbbbbbbbbbb"] * read


@pytest.mark.parametrize("kept", ["[]", "no JSON", '{"bbbbbbbbbbb": 3}', '{"bbbbbbbbbbb": []}'])
def test_a_list_of_videos_that_can_not_be_read_is_empty(
    web: responses.RequestsMock, kept: str
) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    assert pull(source("youtube", state={"videos": kept}))[3] is None


def test_a_search_speaks_as_the_api_does(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    asked = calls(web, "search")[0]
    assert asked["q"] == '"NHS NW London"|"NW London ICB"'
    assert asked["publishedAfter"] == "2026-11-17T09:00:00Z"
    assert (asked["order"], asked["type"], asked["regionCode"]) == ("date", "video", "GB")
    assert web.calls[0].request.headers["X-Goog-Api-Key"] == SECRET
    assert all(SECRET not in str(call.request.url) for call in web.calls)


def test_terms_share_queries_as_far_as_one_may_be_long() -> None:
    many = tuple(f"organisation number {n}" for n in range(40))
    shared = queries((*many, "@nhsnwl", " ", "organisation number 1"))
    assert all(len(query) <= 256 for query in shared)
    assert "|".join(shared) == "|".join([f'"{term}"' for term in many] + ["@nhsnwl"])


# ── paging ───────────────────────────────────────────────────────────────────────────────────────


def threads(first: str, following: str = "") -> dict[str, Any]:
    listed = page("youtube/own_threads.json")
    one = listed["items"][1]
    one["snippet"]["topLevelComment"]["snippet"]["publishedAt"] = first
    return {**listed, "items": [one], **({"nextPageToken": following} if following else {})}


@pytest.fixture
def own(web: responses.RequestsMock) -> responses.RequestsMock:
    """A world in which only the threads of our channel are of interest."""
    for path in ("search", "channels"):
        web.get(f"{BASE}/{path}", json={"kind": "youtube#ListResponse", "items": []})
    return web


def test_threads_are_read_back_for_late_replies_and_no_further(own: responses.RequestsMock) -> None:
    for day, token in (("2026-11-23", "b"), ("2026-11-01", "c"), ("2026-10-01", "d")):
        own.get(f"{BASE}/commentThreads", json=threads(f"{day}T10:00:00Z", token))
    _, told, _, problem = pull(source("youtube"))
    assert (told, problem) == ([], None)
    assert [asked.get("pageToken") for asked in calls(own, "commentThreads")] == [None, "b", "c"]


def test_a_loop_of_tokens_is_told(own: responses.RequestsMock) -> None:
    own.get(f"{BASE}/commentThreads", json=threads("2026-11-23T10:00:00Z", "b"))
    own.get(f"{BASE}/commentThreads", json=threads("2026-11-23T10:00:00Z", "b"))
    told = pull(source("youtube"))[1]
    assert [(odd.item, odd.stops) for odd in told] == [("comments of channel 1 page 2", True)]


def test_a_cap_of_pages_stops_the_run_only_before_the_last_one_was_reached(
    own: responses.RequestsMock,
) -> None:
    own.get(f"{BASE}/commentThreads", json=threads("2026-11-23T10:00:00Z", "b"))
    assert [odd.stops for odd in pull(source("youtube", pages=1))[1]] == [True]
    late = AT - timedelta(hours=1)
    assert pull(source("youtube", pages=1), late)[1] == []


# ── videos of every state ────────────────────────────────────────────────────────────────────────

OTHERS = "UCbbbbbbbbbbbbbbbbbbbbbb"


def listed(web: responses.RequestsMock, **videos: dict[str, Any] | None) -> None:
    """A search that finds these videos of somebody else; one that is None the list of videos lacks."""
    snippet = {"title": "NHS NW London", "channelId": OTHERS, "publishedAt": "2026-11-23T09:00:00Z"}
    results = [{"id": {"kind": "youtube#video", "videoId": video}, "snippet": snippet} for video in videos]  # fmt: skip
    items = [{"id": video, "snippet": snippet, **more} for video, more in videos.items() if more is not None]  # fmt: skip
    web.get(f"{BASE}/search", json={"kind": "youtube#searchListResponse", "items": results})
    web.get(f"{BASE}/videos", json={"kind": "youtube#videoListResponse", "items": items})
    web.get(f"{BASE}/channels", json={"kind": "youtube#channelListResponse", "items": []})


def under(web: responses.RequestsMock, video: str, **answer: Any) -> None:
    """What comes for the comments on a video."""
    query = responses.matchers.query_param_matcher({"videoId": video}, strict_match=False)
    web.get(f"{BASE}/commentThreads", match=[query], **answer)


def refusal(status: int, reason: str) -> dict[str, Any]:
    return {"status": status, "json": {"error": {"code": status, "errors": [{"reason": reason}]}}}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refusal(403, "commentsDisabled"), []),
        (refusal(403, "forbidden"), ["forbidden"]),  # for members, or private by now
        (refusal(400, "processingFailure"), ["processingFailure"]),
        (refusal(500, "backendError"), ["backendError"]),
    ],
)
def test_a_video_whose_comments_are_not_given_costs_no_other(
    web: responses.RequestsMock, answer: dict[str, Any], told: list[str]
) -> None:
    listed(web, closedvideo={}, openedvideo={})
    under(web, "closedvideo", **answer)
    under(web, "openedvideo", json=threads("2026-11-23T10:00:00Z"))
    mentions, odds, _, error = pull(source("youtube", channels=[]))
    assert error is None
    assert [word for word in told if any(word in odd.why for odd in odds)] == told
    assert len(odds) == len(told)
    assert any(mention.kind == "comment" for mention in mentions)


@pytest.mark.parametrize(
    "state",
    [
        {"snippet": {"title": "NHS NW London: a premiere", "liveBroadcastContent": "upcoming"}},
        {"snippet": {"title": "Live", "liveBroadcastContent": "live", "publishedAt": None}},
        {"snippet": {"title": "Short", "publishedAt": "2027-06-01T09:00:00Z", "thumbnails": None}},
        {"statistics": {}, "status": None, "contentDetails": {"duration": "P0D"}},
        {"statistics": {"viewCount": "12", "likeCount": None, "commentCount": "many"}},
        {"status": {"privacyStatus": "private"}},
        {"status": {"privacyStatus": "unlisted", "uploadStatus": "rejected"}},
    ],
)
def test_a_video_of_any_state_is_read_and_dated_no_later_than_now(
    web: responses.RequestsMock, state: dict[str, Any]
) -> None:
    listed(web, anyvideo001=state)
    under(web, "anyvideo001", json={"kind": "youtube#commentThreadListResponse"})
    mentions, _, _, error = pull(source("youtube", channels=[]))
    (video,) = mentions
    assert error is None
    assert video.posted_at <= AT
    assert video.hidden is (state.get("status") == {"privacyStatus": "private"})


def test_a_video_that_the_list_of_videos_lacks_is_gone_and_told(
    web: responses.RequestsMock,
) -> None:
    listed(web, gonevideo01=None, openedvideo={})
    under(web, "openedvideo", json={"kind": "youtube#commentThreadListResponse", "items": []})
    mentions, odds, _, error = pull(source("youtube", channels=[]))
    assert error is None
    assert {mention.issued_id: mention.deleted for mention in mentions} == {
        "gonevideo01": True, "openedvideo": False,
    }  # fmt: skip
    assert any("videos that search names" in odd.why for odd in odds)


@pytest.mark.parametrize("own_id", [None, {}, [], 5])
def test_a_video_with_an_id_that_is_none_is_told_alone(
    web: responses.RequestsMock, own_id: Any
) -> None:
    listed(web, firstvideo1={}, openedvideo={"id": own_id})
    under(web, "firstvideo1", json={"kind": "youtube#commentThreadListResponse", "items": []})
    under(web, "5", json={"kind": "youtube#commentThreadListResponse", "items": []})
    mentions, odds, _, error = pull(source("youtube", channels=[]))
    assert error is None
    assert "firstvideo1" in {mention.issued_id for mention in mentions}
    assert odds


# ── the table ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"channels": ["nhsnwl"]}, "channels"),
        ({"channels": ["UCzzzzzzzzzzzzzzzzzzzzzz"]}, "channels"),  # not in the register
        ({"terms": ["@somebody"]}, "terms"),
        ({"base_url": "http://www.googleapis.com"}, "base_url"),
        ({"token_url": "http://oauth2.example.org"}, "token_url"),
        ({"region": "England"}, "region"),
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"^\[collectors.youtube\] {key}"):
        source("youtube", **table)


def test_nothing_to_look_for_is_refused() -> None:
    with pytest.raises(ConfigError, match="nothing to look for"):
        source("youtube", names=(), channels=[])


def test_channels_alone_are_enough(web: responses.RequestsMock) -> None:
    answer(web, "youtube", CASES["youtube"]["routes"])
    assert pull(source("youtube", names=()))[3] is None
    assert [asked.get("q") for asked in calls(web, "search")] == [None]
