from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from demo.platforms.youtube import API_KEY, TOKEN, YouTubeStandIn
from demo.posts_loader import TERMS
from demo.servers.http import Faults
from tests.demo.conftest import AT

THREADS: dict[str, Any] = {
    "part": "id,snippet,replies",
    "order": "time",
    "maxResults": 100,
    "textFormat": "plainText",
}
SEARCH: dict[str, Any] = {
    "part": "snippet",
    "type": "video",
    "order": "date",
    "maxResults": 50,
    "regionCode": "GB",
}
VIDEO_PARTS: dict[str, Any] = {"part": "snippet,statistics,status"}
EVERYTHING = "|".join(f'"{term}"' for term in TERMS if term[0] != "@")


@pytest.fixture
def tube() -> Iterator[YouTubeStandIn]:
    with YouTubeStandIn(AT) as standin:
        yield standin


def ask(
    tube: YouTubeStandIn, path: str, method: str = "GET", token: str = "", **params: Any
) -> Any:
    """By key, or by a token."""
    headers = {"authorization": f"Bearer {token}"} if token else {"X-Goog-Api-Key": API_KEY}
    return requests.request(
        method, f"{tube.url}/youtube/v3/{path}", params=params, headers=headers, timeout=10
    )


def error(response: requests.Response) -> tuple[int, str]:
    body = response.json()["error"]
    assert body["code"] == response.status_code
    return response.status_code, body["errors"][0]["reason"]


def listed(tube: YouTubeStandIn, path: str, token: str = "", **params: Any) -> list[Any]:
    found: list[Any] = []
    place: dict[str, str] = {}
    while True:
        page = ask(tube, path, token=token, **params, **place).json()
        found += page["items"]
        if "nextPageToken" not in page:
            return found
        place = {"pageToken": page["nextPageToken"]}


def threads(tube: YouTubeStandIn, token: str = "", **params: Any) -> dict[str, Any]:
    found = listed(tube, "commentThreads", token, **(THREADS | params))
    return {one["id"]: one for one in found if one and "id" in one}


def of_channel(tube: YouTubeStandIn, **params: Any) -> dict[str, Any]:
    return threads(tube, allThreadsRelatedToChannelId=tube.own, **params)


def top(thread: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = thread["snippet"]["topLevelComment"]["snippet"]
    return found


def test_comments_on_the_channels_videos_come_newest_first_over_pages(tube: YouTubeStandIn) -> None:
    found = of_channel(tube)
    times = [top(one)["publishedAt"] for one in found.values()]
    assert len(times) == 12
    assert times == sorted(times, reverse=True)
    assert times[0].endswith("Z")
    assert len(tube.requests) == 4


def test_there_is_enough_to_read(tube: YouTubeStandIn) -> None:
    made = tube.catalogue
    assert 25 <= len(made.videos) + len(made.comments) <= 60


def test_a_thread_holds_a_few_replies_and_parent_id_all(tube: YouTubeStandIn) -> None:
    number = tube.catalogue.keys["pharm-question"]
    thread = of_channel(tube)[number]
    assert thread["snippet"]["totalReplyCount"] == 4
    assert len(thread["replies"]["comments"]) == 2
    replies = listed(tube, "comments", part="snippet", parentId=number, textFormat="plainText")
    assert len(replies) == 4
    assert all(one["id"].startswith(f"{number}.") for one in replies)
    assert {one["snippet"]["parentId"] for one in replies} == {number}


def test_texts_are_html_unless_plain_text_is_asked_for(tube: YouTubeStandIn) -> None:
    number = tube.catalogue.keys["pharm-thanks"]
    plain = top(of_channel(tube)[number])["textDisplay"]
    marked = top(of_channel(tube, textFormat="html")[number])["textDisplay"]
    assert "<3 & well" in plain
    assert html.unescape(marked) == plain != marked


def test_an_edit_shows_and_an_author_may_have_no_channel(tube: YouTubeStandIn) -> None:
    edited = [
        one for one in of_channel(tube).values() if top(one)["updatedAt"] > top(one)["publishedAt"]
    ]
    assert [one["id"] for one in edited] == [tube.catalogue.keys["ward-staff"]]
    of_news = threads(tube, videoId=tube.catalogue.keys["news-hub"])
    assert [one["id"] for one in of_news.values() if "authorChannelId" not in top(one)] == [
        tube.catalogue.keys["news-anon"]
    ]


def test_the_malformed_are_among_them(tube: YouTubeStandIn) -> None:
    found = listed(tube, "commentThreads", **THREADS, allThreadsRelatedToChannelId=tube.own)
    assert None in found
    assert any(one and "id" not in one for one in found)
    assert any(one["snippet"] is None for one in listed(tube, "search", **SEARCH, q=EVERYTHING))


def test_search_shows_escaped_titles_and_cut_descriptions_and_videos_the_whole(
    tube: YouTubeStandIn,
) -> None:
    found = [one for one in listed(tube, "search", **SEARCH, q=EVERYTHING) if one["snippet"]]
    assert len(found) == 9  # two of the own films name none of the terms
    titles = [one["snippet"]["title"] for one in found]
    assert any("&quot;Nobody answers&quot;: patients &amp; GPs" in title for title in titles)
    assert any(one["snippet"]["description"].endswith(" ...") for one in found)
    ids = ",".join(one["id"]["videoId"] for one in found)
    whole = ask(tube, "videos", **VIDEO_PARTS, id=ids).json()["items"]
    assert len(whole) == len(found)
    assert sum("&" in one["snippet"]["title"] for one in whole) == 2
    assert not any("&amp;" in one["snippet"]["title"] for one in whole)
    assert all(one["statistics"]["viewCount"].isdigit() for one in whole)


def test_search_is_narrowed_by_words_times_and_channel(tube: YouTubeStandIn) -> None:
    assert len(listed(tube, "search", **SEARCH, q='"NW London ICB" phone')) == 2  # one malformed
    assert len(listed(tube, "search", **SEARCH, q="cricket -ICB")) == 0
    recent = listed(tube, "search", **SEARCH, q=EVERYTHING, publishedAfter="2026-11-19T09:45:00Z")
    assert 0 < len(recent) < 5
    own = listed(tube, "search", **SEARCH, q="", channelId=tube.own)
    assert len([one for one in own if one["snippet"]]) == 4


def test_channels_can_be_searched_and_looked_up(tube: YouTubeStandIn) -> None:
    found = listed(tube, "search", part="snippet", type="channel", q='"NHS North West London"')
    ids = [one["id"]["channelId"] for one in found]
    assert len(ids) == 2
    about = ask(tube, "channels", part="snippet,statistics", id=",".join(ids)).json()["items"]
    assert {one["snippet"]["customUrl"] for one in about} == {
        "@healthiernwl", "@nhs-northwestlondon-help",
    }  # fmt: skip
    picture = about[0]["snippet"]["thumbnails"]["default"]["url"]
    assert requests.get(picture, timeout=10).content.startswith(b"\x89PNG")
    uploads = ask(tube, "channels", part="contentDetails", forHandle="@healthiernwl").json()
    playlist = uploads["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
    assert len(listed(tube, "playlistItems", part="snippet", playlistId=playlist)) == 4


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("commentThreads", {"part": "snippet"}, (400, "missingRequiredParameter")),
        ("commentThreads", {"videoId": "aaaaaaaaaaa"}, (400, "missingRequiredParameter")),
        ("commentThreads", {"part": "snippet", "videoId": "aaaaaaaaaaa"}, (404, "videoNotFound")),
        ("commentThreads", {"part": "snippet", "allThreadsRelatedToChannelId": "UCx"},
         (404, "channelNotFound")),
        ("comments", {"part": "snippet", "parentId": "x"}, (404, "commentNotFound")),
        ("search", {"part": "snippet", "maxResults": 51}, (400, "invalidParameter")),
        ("search", {"part": "snippet", "pageToken": "invented"}, (400, "invalidPageToken")),
        ("search", {"part": "snippet", "publishedAfter": "yesterday"}, (400, "invalidParameter")),
        ("videos", {"part": "snippet,colour", "id": "a"}, (400, "unknownPart")),
        ("videos", {"part": "snippet", "id": ",".join("a" * 51)}, (400, "invalidFilters")),
        ("channels", {"part": "snippet", "mine": "true"}, (401, "authorizationRequired")),
    ],
)  # fmt: skip
def test_what_the_platform_refuses_is_refused(
    tube: YouTubeStandIn, path: str, params: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(ask(tube, path, **params)) == expected


def test_a_video_may_have_no_comments(tube: YouTubeStandIn) -> None:
    answer = ask(tube, "commentThreads", **THREADS, videoId=tube.catalogue.keys["board-film"])
    assert error(answer) == (403, "commentsDisabled")


def test_a_key_or_a_token_is_needed(tube: YouTubeStandIn) -> None:
    address = f"{tube.url}/youtube/v3/videos?part=snippet&id=a"
    assert error(requests.get(address, timeout=10)) == (403, "forbidden")
    assert error(requests.get(f"{address}&key=wrong", timeout=10)) == (400, "keyInvalid")
    assert requests.get(f"{address}&key={API_KEY}", timeout=10).ok
    assert error(ask(tube, "videos", token="over", part="snippet")) == (401, "authError")


def test_searches_and_units_are_counted_and_end(tube: YouTubeStandIn) -> None:
    tube.searches, tube.units = 2, 2
    assert ask(tube, "search", **SEARCH, q="cricket").ok
    assert error(ask(tube, "search", part="snippet", maxResults=51))[0] == 400  # costs too
    assert error(ask(tube, "search", **SEARCH, q="cricket")) == (403, "quotaExceeded")
    assert ask(tube, "videos", part="snippet", id="a").ok
    assert ask(tube, "videos", part="snippet", id="a").ok
    assert error(ask(tube, "videos", part="snippet", id="a")) == (403, "quotaExceeded")


def test_a_write_costs_fifty_units(tube: YouTubeStandIn) -> None:
    tube.units = 60
    asked = {"id": tube.catalogue.keys["pharm-insult"], "moderationStatus": "heldForReview"}
    assert ask(tube, "comments/setModerationStatus", "POST", TOKEN, **asked).status_code == 204
    answer = ask(tube, "comments/setModerationStatus", "POST", TOKEN, **asked)
    assert error(answer) == (403, "quotaExceeded")


def test_what_is_held_is_the_owners_to_see(tube: YouTubeStandIn) -> None:
    held = {"allThreadsRelatedToChannelId": tube.own, "moderationStatus": "heldForReview"}
    answer = ask(tube, "commentThreads", **THREADS, **held)
    assert error(answer) == (403, "insufficientPermissions")
    number = tube.catalogue.keys["ward-waiting"]
    assert number not in of_channel(tube)
    assert top(threads(tube, TOKEN, **held)[number])["moderationStatus"] == "heldForReview"
    spam = threads(tube, TOKEN, **(held | {"moderationStatus": "likelySpam"}))
    assert spam.keys() == {tube.catalogue.keys["pharm-held"]}


def moderated(tube: YouTubeStandIn, number: str, status: str, **more: str) -> requests.Response:
    answer: requests.Response = ask(
        tube,
        "comments/setModerationStatus",
        "POST",
        TOKEN,
        id=number,
        moderationStatus=status,
        **more,
    )
    return answer


def test_a_comment_is_held_and_published_again_and_rejected_for_good(tube: YouTubeStandIn) -> None:
    number = tube.catalogue.keys["pharm-question"]
    replies = [one.id for one in tube.catalogue.replies(number)]
    ids: dict[str, Any] = {"part": "snippet", "id": ",".join([number, *replies])}
    assert moderated(tube, number, "heldForReview").status_code == 204
    assert number not in of_channel(tube)
    assert ask(tube, "comments", **ids).json()["items"] == []  # replies vanish with it
    assert moderated(tube, number, "published").status_code == 204
    assert len(ask(tube, "comments", **ids).json()["items"]) == 5
    assert error(moderated(tube, number, "heldForReview", banAuthor="true"))[0] == 400
    assert moderated(tube, number, "rejected", banAuthor="true").status_code == 204
    assert error(moderated(tube, number, "published")) == (404, "commentNotFound")
    assert ask(tube, "comments", token=TOKEN, **ids).json()["items"] == []


def test_only_on_ones_own_channel_and_only_the_owner_moderates(tube: YouTubeStandIn) -> None:
    elsewhere = tube.catalogue.keys["news-agree"]
    assert error(moderated(tube, elsewhere, "heldForReview")) == (403, "forbidden")
    asked = {"id": tube.catalogue.keys["pharm-insult"], "moderationStatus": "heldForReview"}
    answer = ask(tube, "comments/setModerationStatus", "POST", **asked)
    assert error(answer) == (403, "insufficientPermissions")
    (own,) = [one.id for one in tube.catalogue.comments.values()
              if one.author == tube.own and one.video == tube.catalogue.keys["pharmacy-film"]]  # fmt: skip
    answer = ask(tube, "comments", "DELETE", TOKEN, id=tube.catalogue.keys["pharm-insult"])
    assert error(answer) == (403, "forbidden")
    assert ask(tube, "comments", "DELETE", TOKEN, id=own).status_code == 204


def test_what_is_gone_is_absent_from_a_lookup(tube: YouTubeStandIn) -> None:
    keys = tube.catalogue.keys
    ids = [keys["ward-pid"], keys["ward-love"]]
    assert len(ask(tube, "commentThreads", **THREADS, id=",".join(ids)).json()["items"]) == 2
    film = keys["truth-closing"]
    tube.change()
    left = ask(tube, "commentThreads", **THREADS, id=",".join(ids)).json()["items"]
    assert [one["id"] for one in left] == [keys["ward-love"]]
    assert ask(tube, "videos", **VIDEO_PARTS, id=film).json()["items"] == []


def test_a_later_day_edits_holds_and_adds(tube: YouTubeStandIn) -> None:
    before, keys = of_channel(tube), tube.catalogue.keys
    tube.change()
    after = of_channel(tube)
    edited = top(after[keys["pharm-unanswered"]])
    assert edited["updatedAt"] > edited["publishedAt"]
    assert before.keys() - after.keys() == {keys["pharm-insult"], keys["ward-pid"]}
    assert after[keys["pharm-arabic"]]["snippet"]["totalReplyCount"] == 1
    assert keys["news-late"] in threads(tube, videoId=keys["news-hub"])


def test_faults_speak_the_platforms_language() -> None:
    faults = Faults()
    with YouTubeStandIn(AT, faults) as tube:
        for kind, expected in (("expire", (401, "authError")), ("429", (429, "rateLimitExceeded")),
                               ("403", (403, "forbidden")), ("500", (500, "backendError"))):  # fmt: skip
            faults.add("youtube", kind)  # type: ignore[arg-type]
            assert error(ask(tube, "videos")) == expected
        faults.add("youtube", "410")
        assert isinstance(ask(tube, "videos").json()["error"], str)
        tube.fail(400, "processingFailure")
        assert error(ask(tube, "videos")) == (400, "processingFailure")
        faults.add("youtube", "repeat_token", times=None)
        page = {**SEARCH, "q": EVERYTHING}
        first = ask(tube, "search", **page).json()["nextPageToken"]
        assert ask(tube, "search", **page, pageToken=first).json()["nextPageToken"] == first


def test_consent_with_a_proof_key_leads_to_tokens_that_are_renewed(tube: YouTubeStandIn) -> None:
    verifier = "a-long-secret-that-only-the-client-knows-0123456789"
    proof = (
        base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    )
    client = {"client_id": tube.consent.client_id, "client_secret": tube.consent.client_secret}
    back = "http://127.0.0.1:8765/connected"
    asked = {"client_id": client["client_id"], "redirect_uri": back, "response_type": "code",
             "state": "abc", "scope": "https://www.googleapis.com/auth/youtube.force-ssl",
             "access_type": "offline", "code_challenge": proof, "code_challenge_method": "S256"}  # fmt: skip

    def code() -> str:
        answer = requests.get(
            f"{tube.url}/o/oauth2/v2/auth", params=asked, allow_redirects=False, timeout=10
        )
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def token(**form: str) -> Any:
        return requests.post(f"{tube.url}/token", data={**client, **form}, timeout=10).json()

    trade = {"grant_type": "authorization_code", "redirect_uri": back}
    wrong = token(**trade, code=code(), code_verifier="another")
    assert wrong["error"] == "invalid_grant"
    given = token(**trade, code=code(), code_verifier=verifier)
    renewed = token(grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert renewed["access_token"] != given["access_token"]
    assert ask(tube, "channels", token=renewed["access_token"], part="snippet", mine="true").ok
    assert token(grant_type="refresh_token", refresh_token="gone")["error"] == "invalid_grant"
    assert token(grant_type="password")["error"] == "unsupported_grant_type"
    assert token(**(client | {"client_secret": "x"}))["error"] == "invalid_client"
