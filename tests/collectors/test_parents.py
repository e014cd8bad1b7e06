"""Posts that mentions answer or quote, asked for by id: what is said of them, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from collectors.base import Nameless, ParentGone, ParentThere, RecheckedParent, SaveState
from collectors.parents import as_mention, as_parents
from collectors.platforms import INTEGRATIONS, integration
from core.context import ParentPost
from core.errors import CollectorError, PlatformRefused
from tests.collectors.bluesky.test_collector import ANA, LOGIN, XRPC
from tests.collectors.cases import AT, page, source
from tests.collectors.linkedin.test_actions import ABSENT, COMMENT, POSTS, URN
from tests.collectors.linkedin.test_actions import POST as SHARE
from tests.collectors.mastodon.test_collector import URL as SERVER
from tests.collectors.mastodon.test_collector import one_list
from tests.collectors.reddit.test_actions import INFO, TOKEN
from tests.collectors.youtube.test_actions import BASE as YOUTUBE
from tests.collectors.youtube.test_actions import FIRST, NONE, comment

TWEETS = "https://api.x.com/2/tweets"
VIEWS = f"{XRPC}app.bsky.feed.getPosts"
GRAPH = "https://graph.facebook.com/v26.0"
ASKED = (
    "bluesky",
    "facebook",
    "instagram",
    "linkedin",
    "mastodon",
    "reddit",
    "threads",
    "tiktok",
    "x",
    "youtube",
)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def asked(name: str, *posts: ParentPost, **table: Any) -> list[RecheckedParent]:
    """What is said of them, but for what is to be kept."""
    given = table or (one_list() if name == "mastodon" else {})
    results = integration(name).recheck_parents.load()(source(name, **given), posts)
    return [result for result in results if not isinstance(result, SaveState)]


def params(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    told: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return told


def test_whoever_gives_posts_by_their_ids_is_asked() -> None:
    names = sorted(source.name for source in INTEGRATIONS if source.recheck_parents)
    assert names == list(ASKED)
    assert all(integration(name).recheck for name in names)


@pytest.mark.parametrize("name", ASKED)
def test_nothing_is_asked_for_nothing(web: responses.RequestsMock, name: str) -> None:
    web.post(TOKEN, json=page("reddit/token.json"))
    assert asked(name) == []
    assert [call for call in web.calls if "access_token" not in str(call.request.url)] == []


def test_what_a_recheck_tells_of_mentions_is_told_of_parents() -> None:
    post = ParentPost("x", "7")
    there = as_mention(post, "x", AT)
    assert list(as_parents([there, Nameless("x", "7")])) == [ParentThere("x", "7")]


# ── X ────────────────────────────────────────────────────────────────────────────────────────────

LOST = {"resource_id": "1990000000000000050", "parameter": "ids",
        "type": "https://api.x.com/2/problems/resource-not-found"}  # fmt: skip
CHARGED = 5  # thousandths of a dollar, a post


def tweets(*numbers: int) -> list[ParentPost]:
    return [ParentPost("x", f"19900000000000000{number}") for number in numbers]


def test_x_is_asked_for_words_alone(web: responses.RequestsMock) -> None:
    said = {"id": "1990000000000000049", "text": "Closed &amp; shut"}
    web.get(TWEETS, json={"data": [said], "errors": [LOST]})
    assert asked("x", *tweets(49, 50)) == [
        ParentThere("x", "1990000000000000049", "Closed & shut"),
        ParentGone("x", "1990000000000000050", "deleted"),
    ]
    assert "expansions" not in params(web)
    assert "user.fields" not in params(web)


def test_x_is_asked_for_a_hundred_at_once_and_counts_each(web: responses.RequestsMock) -> None:
    ids = [str(10**18 + number) for number in range(101)]
    web.get(TWEETS, json={"data": [{"id": number, "text": "a"} for number in ids[:100]]})
    web.get(TWEETS, json={"data": [{"id": ids[100], "text": "a"}]})
    built = source("x", monthly_budget=5)
    posts = [ParentPost("x", number) for number in ids]
    results = list(integration("x").recheck_parents.load()(built, posts))
    assert [len(params(web, call)["ids"].split(",")) for call in (0, 1)] == [100, 1]
    spent = [result for result in results if isinstance(result, SaveState)][-1]
    assert f'"sum": {101 * CHARGED}' in spent.value


def test_what_could_go_over_the_budget_of_x_is_not_asked_for(web: responses.RequestsMock) -> None:
    with pytest.raises(PlatformRefused, match="are spent"):
        asked("x", *tweets(*range(40, 60)), monthly_budget=0.05)
    assert not web.calls


def test_a_post_on_x_that_was_edited_says_what_its_newest_version_says(
    web: responses.RequestsMock,
) -> None:
    history = ["1990000000000000040", "1990000000000000041"]
    old = {"id": history[0], "text": "Open", "edit_history_tweet_ids": history}
    web.get(TWEETS, json={"data": [old]})
    web.get(TWEETS, json={"data": [{**old, "id": history[1], "text": "Closed"}]})
    assert asked("x", *tweets(40)) == [ParentThere("x", history[0], "Closed")]


def test_what_x_says_nothing_of_is_neither_there_nor_gone(web: responses.RequestsMock) -> None:
    web.get(TWEETS, json={"errors": [{**LOST, "resource_id": "7"}]})
    (odd,) = asked("x", *tweets(50))
    assert not isinstance(odd, ParentThere | ParentGone)


# ── the others ───────────────────────────────────────────────────────────────────────────────────


def test_bluesky_is_asked_by_addresses(web: responses.RequestsMock) -> None:
    view = page("bluesky/search1.json")["posts"][0]
    web.post(LOGIN, json=page("bluesky/session.json"))
    web.get(VIEWS, json={"posts": [view]})
    gone = "at://did:plc:example/app.bsky.feed.post/3gone"
    there, lost = asked("bluesky", ParentPost("bluesky", ANA), ParentPost("bluesky", gone))
    assert isinstance(there, ParentThere)
    assert view["record"]["text"][:10] in there.text
    assert lost == ParentGone("bluesky", gone)
    assert len(web.calls) == 2, "a session and one lookup"


def test_a_mastodon_server_is_asked_for_its_own(web: responses.RequestsMock) -> None:
    web.get(f"{SERVER}/api/v1/statuses", json=[page("mastodon/tag1.json")[0]])
    there, lost = asked(
        "mastodon",
        ParentPost("social.example.org", "115000000000000009"),
        ParentPost("social.example.org", "115000000000000001"),
    )
    assert isinstance(there, ParentThere)
    assert there.text
    assert lost == ParentGone("social.example.org", "115000000000000001")


def test_reddit_is_asked_by_full_names(web: responses.RequestsMock) -> None:
    web.post(TOKEN, json=page("reddit/token.json"))
    web.get(INFO, json=page("reddit/info.json"))
    results = asked(
        "reddit",
        *(ParentPost("reddit", name) for name in ("t1_optdddd", "t1_optbbbb", "t1_nothere", "odd")),
    )
    assert [type(result) for result in results] == [ParentThere, ParentGone, ParentGone]
    assert results[1] == ParentGone("reddit", "t1_optbbbb", "removed")
    assert params(web, 1)["id"] == "t1_optdddd,t1_optbbbb,t1_nothere"


@pytest.mark.parametrize(
    ("name", "own", "above", "theirs"),
    [
        ("facebook", ParentPost("facebook", "100000000000001_2", own=True),
         ParentPost("facebook", "2_9", is_comment=True, under_ours=True), ParentPost("facebook", "7_8")),
        ("instagram", ParentPost("instagram", "1789", own=True),
         ParentPost("instagram", "1787", is_comment=True, under_ours=True), ParentPost("instagram", "5")),
    ],
)  # fmt: skip
def test_of_meta_our_posts_and_comments_under_them_are_asked_for_and_no_others(
    web: responses.RequestsMock, name: str, own: ParentPost, above: ParentPost, theirs: ParentPost
) -> None:
    kinds = {
        "facebook": ("facebook/feed1.json", "facebook/comments1.json"),
        "instagram": ("instagram/media.json", "instagram/comments.json"),
    }[name]
    first, second = (page(kind)["data"][0] for kind in kinds)
    web.get(f"{GRAPH}/", json={own.issued_id: {**first, "id": own.issued_id}})
    web.get(f"{GRAPH}/", json={above.issued_id: {**second, "id": above.issued_id}})
    results = asked(name, own, above, theirs)
    assert [(type(r), getattr(r, "issued_id", "")) for r in results] == [
        (ParentThere, own.issued_id), (ParentThere, above.issued_id),
    ]  # fmt: skip
    assert len(web.calls) == 2


def test_meta_is_believed_once_it_shows_that_we_may_look(web: responses.RequestsMock) -> None:
    own = ParentPost("facebook", "100000000000001_2", own=True)
    web.get(f"{GRAPH}/", json={})
    web.get(f"{GRAPH}/100000000000001/feed", json={"data": []})
    assert asked("facebook", own) == [ParentGone("facebook", own.issued_id)]
    web.replace("GET", f"{GRAPH}/100000000000001/feed", json={"error": {"code": 190}}, status=400)
    with pytest.raises(CollectorError):
        asked("facebook", own)


def test_youtube_is_asked_for_videos_and_comments(web: responses.RequestsMock) -> None:
    web.get(f"{YOUTUBE}/videos", json=NONE)
    web.get(f"{YOUTUBE}/comments", json=comment())
    video = ParentPost("youtube", "bbbbbbbbbbb", own=True)
    assert asked("youtube", ParentPost("youtube", FIRST, is_comment=True), video) == [
        ParentGone("youtube", "bbbbbbbbbbb", "deleted or private"),
        ParentThere("youtube", FIRST, "Nobody answers the phone at NHS NW London <3"),
    ]


def test_linkedin_is_asked_for_our_posts_and_comments(web: responses.RequestsMock) -> None:
    web.get(COMMENT, **ABSENT)
    web.get(POSTS, json=page("linkedin/posts.json")["elements"][0])
    members = ParentPost("linkedin", "urn:li:share:7000000000000000009")
    results = asked("linkedin", ParentPost("linkedin", URN), ParentPost("linkedin", SHARE, own=True), members)  # fmt: skip
    assert results[0] == ParentGone("linkedin", URN)
    assert isinstance(results[1], ParentThere)
    assert len(web.calls) == 2
