from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from collectors.base import Gone, SaveState, SkippedItem
from collectors.platforms import integration
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.bluesky.test_collector import ANA, BO, LOGIN, OURS, XRPC, calls
from tests.collectors.bluesky.test_collector import PROFILES as PROFILES_URL
from tests.collectors.cases import AT, CASES, answer, page, pull, source

POSTS = f"{XRPC}app.bsky.feed.getPosts"
ACTORS = f"{XRPC}app.bsky.actor.searchActors"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def held(web: responses.RequestsMock) -> list[Mention]:
    answer(web, "bluesky", CASES["bluesky"]["routes"])
    mentions = pull(source("bluesky"))[0]
    web.reset()
    web.post(LOGIN, json=page("bluesky/session.json"))
    web.get(PROFILES_URL, json=page("bluesky/profiles.json"))
    return mentions


def recheck(held: list[Mention]) -> list[Any]:
    """What becomes of them; the session that was opened for it is kept."""
    *fates, keep = integration("bluesky").recheck.load()(source("bluesky"), held)
    assert isinstance(keep, SaveState)
    return fates


def test_what_is_still_there_comes_back_fresh_with_what_it_matched(
    web: responses.RequestsMock, held: list[Mention]
) -> None:
    there = page("bluesky/search1.json")["posts"][:1]
    there[0]["likeCount"] = 50
    web.get(POSTS, json={"posts": there})
    (fresh,) = recheck([one for one in held if one.issued_id == ANA])
    assert fresh.metrics["likes"] == 50
    assert fresh.matched == ("NHS NW London",)
    assert fresh.author.bio.startswith("Band 6")


def test_a_look_at_a_post_asks_for_nothing_else_and_keeps_what_it_answers(
    web: responses.RequestsMock, held: list[Mention]
) -> None:
    web.get(POSTS, json={"posts": page("bluesky/search1.json")["posts"][:1]})
    stored = [mention for mention in held if mention.issued_id == ANA]
    (fresh,) = recheck(stored)
    assert fresh.context == stored[0].context
    assert len(fresh.context.answered) == 2
    assert [str(call.request.url).count("uris=") for call in web.calls].count(1) == 1


def test_what_a_whole_answer_leaves_out_is_gone(
    web: responses.RequestsMock, held: list[Mention]
) -> None:
    web.get(POSTS, json={"posts": page("bluesky/search2.json")["posts"]})
    fates = recheck(held)
    assert [fate.issued_id for fate in fates if isinstance(fate, Mention)] == [OURS]
    gone = {(fate.issuer, fate.issued_id, fate.why) for fate in fates if isinstance(fate, Gone)}
    assert ("bluesky", BO, "deleted") in gone
    assert len(gone) == len(held) - 1


def test_posts_are_looked_up_25_at_a_time(web: responses.RequestsMock, held: list[Mention]) -> None:
    web.get(POSTS, json={"posts": []})
    many = [dataclasses.replace(held[0], issued_id=f"{ANA}{n}") for n in range(60)]
    assert len(recheck(many)) == 60
    assert [request.url.count("uris=") for request in calls(web, POSTS)] == [25, 25, 10]


def test_a_profile_is_not_looked_up(held: list[Mention]) -> None:
    profile = dataclasses.replace(held[0], issued_id="profile:did:plc:aaaa")
    assert list(integration("bluesky").recheck.load()(source("bluesky"), [profile])) == []


@pytest.mark.parametrize(
    "spoiled",
    [
        {"json": {}},
        {"json": {"posts": [None]}},
        {"json": {"posts": [{"uri": "at://did:plc:x/app.bsky.feed.post/other"}]}},
        {"json": {"posts": [{"cid": "bafyreiaaaa"}]}},
        {"body": "<html>maintenance</html>"},
        {"status": 503},
        {"status": 429, "headers": {"RateLimit-Reset": "4000000000"}},
        {"status": 401, "json": {"error": "AuthenticationRequired"}},
        {"status": 400, "json": {"error": "ExpiredToken"}},
    ],
)
def test_nothing_but_a_whole_answer_makes_a_post_gone(
    web: responses.RequestsMock, held: list[Mention], spoiled: dict[str, Any]
) -> None:
    web.get(POSTS, **spoiled)
    with pytest.raises(CollectorError) as raised:
        recheck(held)
    assert isinstance(raised.value, PlatformUnavailable | PlatformRefused)


def test_a_post_that_came_back_odd_is_not_gone(
    web: responses.RequestsMock, held: list[Mention]
) -> None:
    web.get(POSTS, json={"posts": [{"uri": ANA, "author": None}]})
    (odd,) = recheck([one for one in held if one.issued_id == ANA])
    assert isinstance(odd, SkippedItem)


def test_profiles_are_searched_by_name_and_come_with_their_followers(
    web: responses.RequestsMock, held: list[Mention]
) -> None:
    web.get(ACTORS, json=page("bluesky/actors.json"))
    *found, keep = integration("bluesky").profiles.load()(
        source("bluesky"), ["NHS North West London"]
    )
    assert isinstance(keep, SaveState)
    profiles = [one for one in found if isinstance(one, Mention)]
    assert [isinstance(one, SkippedItem) for one in found] == [False, False, True]
    assert [(p.kind, p.issued_id, p.author.followers) for p in profiles] == [
        ("profile", "profile:did:plc:oooooooooooooooooooooooo", 2140),
        ("profile", "profile:did:plc:ffffffffffffffffffffffff", None),
    ]
    copy = profiles[1]
    assert copy.text == "NHS North West London\n@nhsnwl.example.com\nSend us your date of birth"
    assert copy.url == "https://bsky.app/profile/did:plc:ffffffffffffffffffffffff"
    assert copy.posted_at == AT
    assert calls(web, ACTORS)[0].params["q"] == "NHS North West London"


def test_nothing_can_be_done_to_what_others_post() -> None:
    assert not integration("bluesky").moderation
