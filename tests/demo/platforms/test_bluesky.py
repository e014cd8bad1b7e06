from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from core import clock
from demo.platforms.bluesky import APP_PASSWORD, MOST, BlueskyStandIn
from demo.platforms.bluesky_data import did_of
from tests.demo.conftest import AT

US = "healthiernwl.example.org"
SEARCH, TOLD = "app.bsky.feed.searchPosts", "app.bsky.notification.listNotifications"


@pytest.fixture
def bluesky() -> Iterator[BlueskyStandIn]:
    with BlueskyStandIn(AT) as standin:
        yield standin


def call(
    bluesky: BlueskyStandIn, method: str, token: str = "", body: Any = None, **params: Any
) -> requests.Response:
    return requests.request(
        "GET" if body is None else "POST", f"{bluesky.url}/xrpc/{method}", params=params, json=body,
        headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=10,
    )  # fmt: skip


def session(bluesky: BlueskyStandIn, password: str = APP_PASSWORD) -> Any:
    body = {"identifier": US, "password": password}
    return call(bluesky, "com.atproto.server.createSession", body=body).json()


def ask(bluesky: BlueskyStandIn, method: str, **params: Any) -> Any:
    """One page, with a session of its own."""
    return call(bluesky, method, session(bluesky)["accessJwt"], **params).json()


def every(bluesky: BlueskyStandIn, method: str, name: str, **params: Any) -> list[Any]:
    """All pages, until an empty one."""
    token = session(bluesky)["accessJwt"]
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = call(bluesky, method, token, **params, **cursor).json()
        if not page[name]:
            assert "cursor" not in page
            return found
        found += page[name]
        cursor = {"cursor": page["cursor"]}


def posts(
    bluesky: BlueskyStandIn, query: str = '"NHS North West London"', **params: Any
) -> list[Any]:
    return every(bluesky, SEARCH, "posts", q=query, sort="latest", **params)


def named(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_a_session_is_made_with_the_app_password_alone(bluesky: BlueskyStandIn) -> None:
    made = session(bluesky)
    assert (made["handle"], made["did"]) == (US, did_of(US))
    assert session(bluesky, "wrong")["error"] == "AuthenticationRequired"
    assert named(call(bluesky, SEARCH, q="icb")) == (401, "AuthMissing")
    assert named(call(bluesky, SEARCH, "invented", q="icb")) == (400, "InvalidToken")


def test_an_access_token_says_when_it_ends_and_that_it_ended_with_400(
    bluesky: BlueskyStandIn,
) -> None:
    made = session(bluesky)
    claims = made["accessJwt"].split(".")[1]
    ends = json.loads(base64.urlsafe_b64decode(claims + "=="))["exp"]
    assert 0 < ends - clock.now().timestamp() <= 120
    bluesky.faults.add("bluesky", "expire", path=f"/xrpc/{SEARCH}")
    for _ in range(2):  # it stays ended
        assert named(call(bluesky, SEARCH, made["accessJwt"], q="icb")) == (400, "ExpiredToken")
    renewed = call(bluesky, "com.atproto.server.refreshSession", made["refreshJwt"], body={}).json()
    assert call(bluesky, SEARCH, renewed["accessJwt"], q="icb").ok


def test_a_refresh_token_works_once_and_for_nothing_else(bluesky: BlueskyStandIn) -> None:
    made, refresh = session(bluesky), "com.atproto.server.refreshSession"
    assert named(call(bluesky, SEARCH, made["refreshJwt"], q="icb")) == (400, "InvalidToken")
    assert named(call(bluesky, refresh, made["accessJwt"], body={})) == (400, "InvalidToken")
    assert call(bluesky, refresh, made["refreshJwt"], body={}).ok
    assert named(call(bluesky, refresh, made["refreshJwt"], body={})) == (400, "ExpiredToken")


def test_who_makes_a_new_session_each_time_is_limited(bluesky: BlueskyStandIn) -> None:
    for _ in range(MOST):
        assert "accessJwt" in session(bluesky)
    assert session(bluesky)["error"] == "RateLimitExceeded"


def test_search_needs_a_session_and_goes_on_over_short_pages(bluesky: BlueskyStandIn) -> None:
    first = ask(bluesky, SEARCH, q="the", sort="latest", limit=100)
    assert len(first["posts"]) == 15 < first["hitsTotal"]
    times = [post["indexedAt"] for post in first["posts"] if post["indexedAt"] != "yesterday"]
    assert times == sorted(times, reverse=True)
    assert len(posts(bluesky, "the", limit=7)) == first["hitsTotal"]


def test_or_is_a_word_like_any_other(bluesky: BlueskyStandIn) -> None:
    assert posts(bluesky, "hedgehog")
    assert posts(bluesky, "hedgehog OR Northwick") == []
    assert named(call(bluesky, SEARCH, session(bluesky)["accessJwt"], q='"open')) == (
        400, "InvalidRequest",
    )  # fmt: skip


def test_since_is_within_and_until_is_not(bluesky: BlueskyStandIn) -> None:
    edge = clock.text(AT - timedelta(hours=7, minutes=33))  # one post was written then
    newer, older = posts(bluesky, "ICB", since=edge), posts(bluesky, "ICB", until=edge)
    assert newer[-1]["record"]["createdAt"] == edge[:23] + "Z"
    assert len(newer) + len(older) == len(posts(bluesky, "ICB"))


def test_a_post_from_the_future_is_sorted_by_when_it_was_indexed(bluesky: BlueskyStandIn) -> None:
    found = posts(bluesky, '"Central Middlesex"', since=clock.text(AT - timedelta(days=7)))
    assert [post["record"]["createdAt"][:4] for post in found] == ["2031"]
    assert posts(bluesky, '"Central Middlesex"')[-1]["record"]["createdAt"].startswith("1970")


@pytest.mark.parametrize(
    ("query", "asked", "count"),
    [
        ("the", {}, 23),
        ("the", {"author": "theparishpump.example.org"}, 1),
        ("the", {"author": did_of("theparishpump.example.org")}, 1),
        ("the", {"author": "nobody"}, 0),
        ("with", {"mentions": US}, 1),
        ("NHS", {"lang": "pl"}, 1),
        ("NHS", {"tag": "flujab"}, 1),
        ("NHS", {"tag": ["other", "FluJab"]}, 0),
        ("Northwick", {"domain": "parishpump.example.org"}, 1),
        ("board", {"url": "https://nwlondonicb.example.org/board/november"}, 1),
    ],
)
def test_search_can_be_narrowed(
    bluesky: BlueskyStandIn, query: str, asked: dict[str, Any], count: int
) -> None:
    assert len(posts(bluesky, query, **asked)) == count


def test_a_shortened_link_is_whole_in_its_facet_whose_offsets_count_bytes(
    bluesky: BlueskyStandIn,
) -> None:
    record = posts(bluesky, '"flu van"')[-1]["record"]
    link = next(f for f in record["facets"] if f["features"][0]["$type"].endswith("#link"))
    place, raw = link["index"], record["text"].encode()
    assert raw[place["byteStart"] : place["byteEnd"]].decode().endswith("...")
    assert link["features"][0]["uri"] == "https://nwlondonicb.example.org/winter/flu-van/stops"
    thanks = posts(bluesky, "Punjabi")[0]["record"]
    assert thanks["facets"][0]["features"][0]["did"] == did_of(US)
    assert thanks["reply"]["root"]["uri"] == posts(bluesky, '"flu van"')[-1]["uri"]


def test_pictures_and_cards_are_in_record_and_view_and_can_be_fetched(
    bluesky: BlueskyStandIn,
) -> None:
    shown = posts(bluesky, "hedgehog")[0]
    image = shown["embed"]["images"][0]
    assert image["alt"] == shown["record"]["embed"]["images"][0]["alt"]
    for address in (image["fullsize"], shown["author"]["avatar"]):
        assert requests.get(address, timeout=10).content.startswith(b"\x89PNG")
    card = posts(bluesky, "windows")[0]["embed"]["external"]
    assert card["title"] == "A ward with windows"


def test_notifications_have_several_reasons_and_can_be_chosen(bluesky: BlueskyStandIn) -> None:
    told = every(bluesky, TOLD, "notifications", limit=100)
    reasons = {one["reason"] for one in told}
    assert reasons == {
        "mention", "reply", "quote", "like", "repost", "follow", "starterpack-joined",
    }  # fmt: skip
    chosen = every(bluesky, TOLD, "notifications", reasons=["mention", "quote"])
    assert {one["reason"] for one in chosen} == {"mention", "quote"}
    assert all(one["author"]["description"] is not None for one in told)
    assert {one["record"]["$type"] for one in chosen} == {"app.bsky.feed.post"}
    assert did_of(US) not in {one["author"]["did"] for one in told}


def feed(bluesky: BlueskyStandIn, actor: str = US, **asked: Any) -> list[Any]:
    return every(bluesky, "app.bsky.feed.getAuthorFeed", "feed", actor=actor, **asked)


def test_an_authors_feed_has_posts_answers_and_reposts_newest_first(
    bluesky: BlueskyStandIn,
) -> None:
    shown = feed(bluesky)
    assert [bool(one["post"]["record"].get("reply")) for one in shown] == [
        True,
        False,
        False,
        False,
    ]
    assert shown == feed(bluesky, did_of(US), limit=1)
    thanks = shown[0]["reply"]
    assert thanks["parent"]["author"]["handle"] == "mahmooda.example.com"
    assert thanks["root"]["uri"] == shown[1]["post"]["uri"]
    (repost,) = [one for one in shown if "reason" in one]
    assert (repost["reason"]["by"]["handle"], repost["post"]["author"]["handle"]) == (
        US, "oluwaseun-gp.example.org",
    )  # fmt: skip
    assert repost["reason"]["indexedAt"] > repost["post"]["indexedAt"]


def test_an_authors_feed_can_be_narrowed(bluesky: BlueskyStandIn) -> None:
    assert len(feed(bluesky, filter="posts_no_replies")) == 3
    assert len(feed(bluesky, filter="posts_with_media")) == 1
    (answer,) = [one for one in feed(bluesky, "tomasz-k.example.net") if "reply" in one]
    assert answer["reply"]["parent"]["notFound"] is True
    nobody = ask(bluesky, "app.bsky.feed.getAuthorFeed", actor="not.there.example.org")
    assert (nobody["error"], nobody["message"]) == ("InvalidRequest", "Profile not found")
    assert ask(bluesky, "app.bsky.feed.getAuthorFeed")["error"] == "InvalidRequest"


def test_posts_by_address_come_in_25s_and_without_the_deleted(bluesky: BlueskyStandIn) -> None:
    found = posts(bluesky, "the") + posts(bluesky, "a")
    uris = list(dict.fromkeys(post["uri"] for post in found))[:25]
    there = ask(bluesky, "app.bsky.feed.getPosts", uris=uris)["posts"]
    assert [post["uri"] for post in there] == uris
    too_many = ask(bluesky, "app.bsky.feed.getPosts", uris=[*uris, *uris])
    assert too_many["error"] == "InvalidRequest"
    gone = posts(bluesky, "talentless")[0]["uri"]
    bluesky.change()
    there = ask(bluesky, "app.bsky.feed.getPosts", uris=[gone, uris[0]])["posts"]
    assert [post["uri"] for post in there] == [uris[0]]
    assert posts(bluesky, "talentless") == []


def test_a_later_day_adds_a_post_renames_an_account_and_lets_one_spread(
    bluesky: BlueskyStandIn,
) -> None:
    before, hip = posts(bluesky, '"tracking fluid" look')[0], posts(bluesky, "hip")[0]
    bluesky.change()
    assert "Thursday" in posts(bluesky, '"very patient woman"')[0]["record"]["text"]
    renamed = posts(bluesky, "hip")[0]["author"]
    assert renamed["did"] == hip["author"]["did"]
    assert renamed["handle"] != hip["author"]["handle"]
    after = posts(bluesky, '"tracking fluid" look')[0]
    assert (before["repostCount"], after["repostCount"]) == (14, 240)


def test_profiles_that_look_like_ours_are_found_with_their_bio_and_followers(
    bluesky: BlueskyStandIn,
) -> None:
    found = every(bluesky, "app.bsky.actor.searchActors", "actors", q="North West London")
    assert {one["handle"] for one in found} == {US, "healthiernwl.example.com"}
    assert all("followersCount" not in one and one["description"] for one in found)
    dids = [one["did"] for one in found]
    whole = ask(bluesky, "app.bsky.actor.getProfiles", actors=[*dids, "not.there.example.org"])
    assert [one["followersCount"] for one in whole["profiles"]] == [2140, 61]


def test_a_report_needs_a_reason_and_a_subject(bluesky: BlueskyStandIn) -> None:
    method = "com.atproto.moderation.createReport"
    post = posts(bluesky, "referral")[0]
    subject = {"$type": "com.atproto.repo.strongRef", "uri": post["uri"], "cid": post["cid"]}
    reason = "com.atproto.moderation.defs#reasonMisleading"
    token = session(bluesky)["accessJwt"]
    made = call(
        bluesky, method, token, {"reasonType": reason, "subject": subject, "reason": "a fake"}
    )
    assert made.json()["id"] == len(bluesky.reports) == 1
    assert named(call(bluesky, method, token, {"reasonType": reason})) == (400, "InvalidRequest")
    assert named(call(bluesky, method, token, {"subject": subject})) == (400, "InvalidRequest")


def test_limits_stand_in_every_answer_and_a_429_says_when_it_opens(bluesky: BlueskyStandIn) -> None:
    token = session(bluesky)["accessJwt"]
    calm = call(bluesky, SEARCH, token, q="icb")
    assert (calm.headers["RateLimit-Limit"], calm.headers["RateLimit-Policy"]) == (
        "3000",
        "3000;w=300",
    )
    bluesky.faults.add("bluesky", "429", seconds=7)
    limited = call(bluesky, SEARCH, token, q="icb")
    assert named(limited) == (429, "RateLimitExceeded")
    assert limited.headers["RateLimit-Remaining"] == "0"
    assert 5 <= int(limited.headers["RateLimit-Reset"]) - clock.now().timestamp() <= 7
    bluesky.faults.add("bluesky", "502")
    assert named(call(bluesky, SEARCH, token, q="icb")) == (502, "UpstreamFailure")


def test_some_posts_are_malformed(bluesky: BlueskyStandIn) -> None:
    queries = ('"NHS NW London"', '"Northwick Park"', '"Ealing Hospital"')
    found = [post for query in queries for post in posts(bluesky, query)]
    assert [post for post in found if not isinstance(post, dict)]
    assert [post for post in found if isinstance(post, dict) and post["record"] is None]
    assert [post for post in found if isinstance(post, dict) and "uri" not in post]


def test_a_cursor_can_be_made_to_repeat(bluesky: BlueskyStandIn) -> None:
    bluesky.faults.add("bluesky", "repeat_token", path=f"/xrpc/{SEARCH}", after=1, times=None)
    first = ask(bluesky, SEARCH, q="the")["cursor"]
    assert ask(bluesky, SEARCH, q="the", cursor=first)["cursor"] == first


def test_what_is_not_offered_is_refused(bluesky: BlueskyStandIn) -> None:
    token = session(bluesky)["accessJwt"]
    assert named(call(bluesky, "app.bsky.feed.getTimeline", token)) == (404, "XRPCNotSupported")
    assert named(call(bluesky, SEARCH, token, body={})) == (405, "InvalidRequest")
    for bad in ({"limit": 101}, {"cursor": "invented"}, {"since": "lately"}, {"q": ""}):
        assert named(call(bluesky, SEARCH, token, **{"q": "icb"} | bad)) == (400, "InvalidRequest")
