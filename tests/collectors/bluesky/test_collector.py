from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS, Collector, SaveState
from collectors.bluesky.parse import answered_uris, quoted_view, to_answered, to_mention
from core.context import AnsweredPost, LinkCard
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import (
    AT,
    CASES,
    SECRET,
    SINCE,
    answer,
    client,
    page,
    pull,
    saved,
    source,
)
from tests.collectors.mutants import mutants

XRPC = "https://bsky.social/xrpc/"
SEARCH, NOTIFICATIONS, PROFILES = (
    f"{XRPC}app.bsky.feed.searchPosts",
    f"{XRPC}app.bsky.notification.listNotifications",
    f"{XRPC}app.bsky.actor.getProfiles",
)
POSTS = f"{XRPC}app.bsky.feed.getPosts"
FEED = f"{XRPC}app.bsky.feed.getAuthorFeed"
LOGIN, REFRESH = (f"{XRPC}com.atproto.server.{name}Session" for name in ("create", "refresh"))
ANA = "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3aaaaaaaaaaaa"
BO, BO_LINKED = (
    f"at://did:plc:bbbbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3bbbbbbbbbbb{n}" for n in "bc"
)
DEE = "at://did:plc:dddddddddddddddddddddddd/app.bsky.feed.post/3dddddddddddd"
US = "did:plc:oooooooooooooooooooooooo"
OURS, ANSWER, BOARD = (f"at://{US}/app.bsky.feed.post/3ooooooooooo{n}" for n in "oab")
QUOTED = "at://did:plc:qqqqqqqqqqqqqqqqqqqqqqqq/app.bsky.feed.post/3qqqqqqqqqqqq"
EXPIRED = {"error": "ExpiredToken", "message": "Token has expired"}
NOTHING: dict[str, Any] = {"posts": []}
NO_FEED: dict[str, Any] = {"feed": []}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def found(web: responses.RequestsMock) -> dict[str, Mention]:
    answer(web, "bluesky", CASES["bluesky"]["routes"])
    mentions, _, _, error = pull(ours())
    assert error is None
    return {mention.issued_id: mention for mention in mentions}


def ours(**settings: Any) -> Collector:
    """A source that knows which account is the organisation's."""
    built: Any = source("bluesky", **settings)
    knowing: Collector = dataclasses.replace(built, official=frozenset({"nhsnwl.example.org"}))
    return knowing


def quiet(web: responses.RequestsMock) -> None:
    """Nothing to find, and nobody was told anything."""
    web.post(LOGIN, json=page("bluesky/session.json"))
    web.get(SEARCH, json=NOTHING)
    web.get(NOTIFICATIONS, json={"notifications": []})
    web.get(FEED, json=NO_FEED)


def calls(web: responses.RequestsMock, url: str) -> list[Any]:
    return [c.request for c in web.calls if str(c.request.url).partition("?")[0] == url]


def session(collector: Collector) -> str:
    """What a run keeps of its session."""
    keeps = [thing for thing in collector.collect(SINCE) if isinstance(thing, SaveState)]
    assert [(keep.name, keep.always) for keep in keeps] == [("session", True)]
    return keeps[0].value


# ── posts ────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_is_read_whole(found: dict[str, Mention]) -> None:
    post = found[ANA]
    assert (
        post.url == "https://bsky.app/profile/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/post/3aaaaaaaaaaaa"
    )
    assert (post.issuer, post.platform, post.language) == ("bluesky", "bluesky", "en-GB")
    assert post.posted_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
    assert post.metrics == {"likes": 5, "shares": 7, "replies": 2, "quotes": 4}
    assert post.images == ("https://cdn.example.org/full/a.jpg",)
    assert not post.own


@pytest.mark.parametrize("with_quotation", [False, True])
def test_a_gallerys_pictures_and_their_descriptions_are_read(with_quotation: bool) -> None:
    kind = "app.bsky.embed.gallery"
    record_pictures: dict[str, Any] = {"$type": kind, "items": [
        {"$type": f"{kind}#image", "alt": f"Poster {n}", "image": {}, "aspectRatio": {}} for n in (1, 2)
    ]}  # fmt: skip
    shown_pictures: dict[str, Any] = {"$type": f"{kind}#view", "items": [
        {"$type": f"{kind}#viewImage", "alt": "Poster 1", "thumbnail": "https://cdn.example.org/t1",
         "fullsize": "https://cdn.example.org/f1", "aspectRatio": {}},
        {"$type": f"{kind}#viewImage", "alt": "Poster 2", "thumbnail": "https://cdn.example.org/t2"},
    ]}  # fmt: skip
    embed, view = record_pictures, shown_pictures
    if with_quotation:
        quoted = {"record": {"uri": "at://did:plc:zz/app.bsky.feed.post/1", "cid": "c"}}
        embed = {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": embed}
        view = {"$type": "app.bsky.embed.recordWithMedia#view", "record": quoted, "media": view}
    post = {
        "uri": "at://did:plc:aa/app.bsky.feed.post/2", "author": {"did": "did:plc:aa", "handle": "a.example.org"},
        "record": {"text": "Look", "embed": embed, "createdAt": "2026-11-23T10:00:00Z"}, "embed": view,
    }  # fmt: skip
    mention = to_mention(post, AT)
    assert mention.text == "Look\n\nPoster 1\n\nPoster 2"
    assert mention.images == ("https://cdn.example.org/f1", "https://cdn.example.org/t2")
    assert mention.kind == ("quote" if with_quotation else "post")


def test_a_shortened_link_stands_in_the_text_as_it_leads_and_pictures_are_described(
    found: dict[str, Mention],
) -> None:
    assert found[ANA].text == (
        "Très 😤: NHS NW London again, see https://example.org/waiting/list?a=1 and nobody answers"
        "\n\nA queue round a corner"
    )
    assert "example.org/waiting/li..." in found[ANA].text_raw


def test_words_that_carry_a_link_stay(found: dict[str, Mention]) -> None:
    linked = found[BO_LINKED]
    assert linked.text == "Waiting on NHS NW London (https://example.org/long)"
    assert linked.matched == ("NHS NW London",)


def test_a_reply_names_its_parent_its_root_and_what_it_quotes(found: dict[str, Mention]) -> None:
    post = found[ANA]
    assert post.kind == "reply"
    assert post.parent_id.endswith("/3pppppppppppp")
    assert post.root_id.endswith("/3rrrrrrrrrrrr")
    assert post.quoted_id == QUOTED


def test_a_post_that_quotes_is_a_quote(found: dict[str, Mention]) -> None:
    assert (found[BO_LINKED].kind, found[BO_LINKED].quoted_id) == ("quote", QUOTED)
    assert (found[BO].kind, found[BO].quoted_id) == ("post", "")


def test_authors_come_with_the_description_and_followers_of_their_profiles(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    ana = found[ANA].author
    assert (ana.id, ana.handle) == ("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "ana.example.com")
    assert (ana.name, ana.followers) == ("Ana Example", 12)
    assert ana.bio == "Band 6 at NHS NW London ICB & tired."
    assert ana.avatar == "https://cdn.example.org/avatar/ana.jpg"
    asked = [request.url.count("actors=") for request in calls(web, PROFILES)]
    assert asked == [2, 1]  # each author once; ours came unasked


def test_a_minimal_post_has_no_more_than_there_is(found: dict[str, Mention]) -> None:
    post = found[BO]
    assert (post.author.name, post.author.bio, post.author.followers) == ("", "", None)
    assert (post.metrics, post.language, post.images) == ({}, "", ())


def test_a_clock_that_runs_ahead_gives_way_to_when_it_was_indexed(
    found: dict[str, Mention],
) -> None:
    assert found[BO].posted_at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("created", "indexed", "hour"),
    [
        ("2026-11-20T07:00:00Z", "2026-11-20T09:00:00Z", 7),
        ("2026-11-20T09:00:00Z", None, 9),
        ("soon", "2026-11-20T09:00:00Z", 9),
        ("0001-01-01T00:00:00Z", "2026-11-20T09:00:00Z", 9),
        (None, "2026-11-20T09:00:00Z", 9),
    ],
)
def test_the_time_is_the_earlier_of_those_that_can_be_true(
    created: Any, indexed: Any, hour: int
) -> None:
    post = page("bluesky/search1.json")["posts"][1]
    post["record"]["createdAt"], post["indexedAt"] = created, indexed
    assert to_mention(post, AT).posted_at == datetime(2026, 11, 20, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "facets",
    [
        None,
        [None],
        [{"index": {"byteStart": 1, "byteEnd": 3}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example.org"}]}],
        [{"index": {"byteStart": 3, "byteEnd": 300}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example.org"}]}],
        [{"index": {"byteStart": None, "byteEnd": 3}, "features": []}],
        [{"index": {}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": 5}]}],
    ],
)  # fmt: skip
def test_an_odd_facet_costs_no_words(facets: Any) -> None:
    post = page("bluesky/search1.json")["posts"][1]
    post["record"] |= {"text": "é NHS", "facets": facets}
    assert to_mention(post, AT).text == "é NHS"


def test_several_links_are_put_in_by_their_bytes() -> None:
    post = page("bluesky/search1.json")["posts"][1]
    link = "app.bsky.richtext.facet#link"
    post["record"] |= {
        "text": "😤 a.example.org/x… and b.exa...",
        "facets": [
            {"index": {"byteStart": s, "byteEnd": e}, "features": [{"$type": link, "uri": uri}]}
            for s, e, uri in (
                (5, 23, "https://a.example.org/xyz"),
                (28, 36, "https://b.example.org/"),
                (20, 30, "https://overlaps.example.org"),
            )
        ],
    }
    assert to_mention(post, AT).text == "😤 https://a.example.org/xyz and https://b.example.org/"


def test_what_our_own_account_says_is_our_own_by_handle_or_did(found: dict[str, Mention]) -> None:
    assert found[OURS].own
    post = page("bluesky/search2.json")["posts"][0]
    assert to_mention(post, AT, official=frozenset({post["author"]["did"]})).own


def test_what_search_found_by_a_card_alone_matched_its_query(found: dict[str, Mention]) -> None:
    assert found[OURS].matched == ('"NHS NW London"',)
    assert found[ANA].matched == ("NHS NW London",)


def test_odd_items_are_named_by_place(web: responses.RequestsMock) -> None:
    answer(web, "bluesky", CASES["bluesky"]["routes"])
    _, odds, _, _ = pull(source("bluesky"))
    assert [odd.item for odd in odds] == [
        *(f"query 1 page 1 item {n}" for n in (4, 5)),
        "own posts page 1 item 3",
    ]


@given(mutants(page("bluesky/search1.json")["posts"][0]))
def test_a_post_of_any_shape_is_a_mention_or_an_odd_item(post: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(post, AT), Mention)


# ── context ──────────────────────────────────────────────────────────────────────────────────────

PARENT = AnsweredPost(text="Is the walk-in still open?", handle="pat.example.com")
ROOT = AnsweredPost(text="Walk-in clinics this weekend", handle="nhsnwl.example.org", official=True)


def test_a_reply_comes_with_what_it_answers_nearest_first(found: dict[str, Mention]) -> None:
    assert found[ANA].context.answered == (PARENT, ROOT)
    assert found[ANA].context.pictures == ("A queue round a corner",)


def test_what_the_same_page_or_an_earlier_one_shows_is_not_asked_for(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    (first,) = calls(web, POSTS)
    assert first.params["uris"] == [found[ANA].parent_id, QUOTED, found[ANA].root_id]
    van = AnsweredPost(text="The flu van is out again", handle="NHSNWL.example.org", official=True)
    assert found[DEE].context.answered == (van,)
    assert [post.handle for post in found[ANSWER].context.answered] == [
        "dee.example.net", "NHSNWL.example.org",
    ]  # fmt: skip


def test_addresses_are_asked_for_25_at_a_time_and_once(web: responses.RequestsMock) -> None:
    quiet(web)
    reply = page("bluesky/notifications.json")["notifications"][0]
    replies = [json.loads(json.dumps(reply).replace("3oooo", f"3{n:04}")) for n in range(60)]
    web.replace(responses.GET, SEARCH, json={"posts": replies})
    web.get(PROFILES, json={"profiles": []})
    web.get(POSTS, json=NOTHING)
    mentions, odds, _, error = pull(source("bluesky", terms=["NHS", "ICB"]))
    assert (len(mentions), odds, error) == (120, [], None)
    assert [request.url.count("uris=") for request in calls(web, POSTS)] == [25, 25, 10]
    assert {mention.context.answered for mention in mentions} == {()}


@pytest.mark.parametrize("answered", [{"status": 502}, {"status": 403}, {"body": b"[]"}])
def test_a_failed_look_at_what_is_answered_costs_its_context_alone_and_is_told_of_once(
    web: responses.RequestsMock, answered: dict[str, Any]
) -> None:
    answer(web, "bluesky", CASES["bluesky"]["routes"])
    web.remove(responses.GET, POSTS)
    web.get(POSTS, **answered)
    mentions, odds, _, error = pull(ours())
    assert (len(mentions), error) == (7, None)
    assert [odd.stops for odd in odds if "kept without" in odd.why] == [False]
    assert {mention.issued_id: mention for mention in mentions}[ANA].context.answered == ()


def test_an_address_that_bluesky_refuses_costs_only_those_asked_for_with_it(
    web: responses.RequestsMock,
) -> None:
    answer(web, "bluesky", CASES["bluesky"]["routes"])
    web.remove(responses.GET, POSTS)
    web.get(POSTS, status=400, json={"error": "InvalidRequest"})
    mentions, odds, _, error = pull(ours())
    assert (len(mentions), error) == (7, None)
    assert not [odd for odd in odds if "kept without" in odd.why]


def a_post(record: dict[str, Any], **view: Any) -> dict[str, Any]:
    post: dict[str, Any] = page("bluesky/search1.json")["posts"][1] | view
    post["record"] |= record
    return post


def test_a_quoted_post_is_read_from_the_view_that_comes_with_it(
    web: responses.RequestsMock,
) -> None:
    quoted = {
        "$type": "app.bsky.embed.record#viewRecord", "uri": QUOTED, "cid": "b", "value": {"$type": "app.bsky.feed.post", "text": "Closed again"},
        "author": {"did": "did:plc:qqqqqqqqqqqqqqqqqqqqqqqq", "handle": "quinn.example.com"},
    }  # fmt: skip
    plain = {"embed": {"record": quoted}}
    with_media = {"embed": {"record": {"record": quoted}, "media": {"images": []}}}
    record = {"$type": "app.bsky.embed.record", "record": {"uri": QUOTED, "cid": "b"}}
    for view, embed in ((plain, record), (with_media, {"record": record, "media": {}})):
        quiet(web)
        web.replace(responses.GET, SEARCH, json={"posts": [a_post({"embed": embed}, **view)]})
        web.get(PROFILES, json={"profiles": []})
        (quote,), *_ = pull(source("bluesky"))
        said = AnsweredPost(text="Closed again", handle="quinn.example.com")
        assert (quote.kind, quote.context.answered) == ("quote", (said,))
        assert calls(web, POSTS) == []
        web.reset()


def test_what_stands_above_our_own_posts_comes_with_their_feed(web: responses.RequestsMock) -> None:
    quiet(web)
    entry = page("bluesky/feed.json")["feed"][0]
    entry["reply"] = {"root": page("bluesky/posts.json")["posts"][1] | {"uri": OURS},
                      "parent": page("bluesky/posts.json")["posts"][0] | {"uri": DEE}}  # fmt: skip
    web.replace(responses.GET, FEED, json={"feed": [entry]})
    web.get(PROFILES, json={"profiles": []})
    (answering,), *_ = pull(source("bluesky"))
    assert answering.context.answered == (PARENT, ROOT)
    assert calls(web, POSTS) == []


@pytest.mark.parametrize(
    "view",
    [
        None,
        "x",
        {"$type": "app.bsky.feed.defs#notFoundPost", "uri": ANA, "notFound": True},
        {"$type": "app.bsky.feed.defs#blockedPost", "uri": ANA, "blocked": True, "author": {"did": "did:plc:b"}},
        {"uri": ANA, "author": {}, "value": {"$type": "app.bsky.graph.list"}},
        {"uri": ANA, "author": {"handle": "a"}, "record": {"text": 5}},
    ],
)  # fmt: skip
def test_what_is_gone_blocked_or_odd_is_no_context(view: Any) -> None:
    assert to_answered(view) is None


def test_a_card_is_context_with_pictures_or_a_quote_or_alone() -> None:
    external = {
        "uri": "https://example.org/leak",
        "title": "1,200 records leaked",
        "description": "By the ICB",
    }
    card = LinkCard(
        title="1,200 records leaked", description="By the ICB", url="https://example.org/leak"
    )
    alone = {"$type": "app.bsky.embed.external", "external": external}
    for embed in (alone, {"record": {"record": {"uri": QUOTED}}, "media": alone}):
        assert to_mention(a_post({"embed": embed}), AT).context.card == card
    assert to_mention(a_post({"embed": {"external": 5}}), AT).context.card is None


def test_a_gallery_has_pictures_and_what_they_show() -> None:
    items = [{"$type": "app.bsky.embed.gallery#image", "alt": f"Bed {n}"} for n in range(6)]
    shown = [{"thumbnail": f"https://cdn.example.org/t{n}.jpg", "fullsize": f"https://cdn.example.org/{n}.jpg", "alt": f"Bed {n}"}
             for n in range(6)]  # fmt: skip
    gallery = {"$type": "app.bsky.embed.gallery", "items": [*items, None]}
    view = {"$type": "app.bsky.embed.gallery#view", "items": shown}
    for embed, seen in ((gallery, view), ({"record": {}, "media": gallery}, {"media": view})):
        post = to_mention(a_post({"text": "Corridor", "embed": embed}, embed=seen), AT)
        assert post.context.pictures == tuple(f"Bed {n}" for n in range(6))
        assert post.images == tuple(f"https://cdn.example.org/{n}.jpg" for n in range(6))
        assert post.text.startswith("Corridor\n\nBed 0\n\nBed 1")


@given(mutants(page("bluesky/posts.json")["posts"][0]))
def test_a_post_of_any_shape_above_another_costs_nothing(post: Any) -> None:
    answered_uris(post)
    quoted_view(post)
    assert to_answered(post) is None or isinstance(to_answered(post), AnsweredPost)


def test_a_film_is_described_too() -> None:
    embed = {"$type": "app.bsky.embed.video", "video": {}, "alt": "A queue, filmed"}
    assert to_mention(a_post({"embed": embed}), AT).context.pictures == ("A queue, filmed",)


# ── searches and notifications ───────────────────────────────────────────────────────────────────


def test_each_term_is_a_search_of_its_own_newest_first(web: responses.RequestsMock) -> None:
    quiet(web)
    pull(
        source(
            "bluesky", terms=["NHS NW London", "#NHSNWL", "NHS NW London"], queries=["nhs lang:en"]
        )
    )
    asked = [request.params for request in calls(web, SEARCH)]
    assert [one["q"] for one in asked] == ['"NHS NW London"', "#NHSNWL", "nhs lang:en"]
    assert {(one["sort"], one["since"], one["until"], one["limit"]) for one in asked} == {
        ("latest", "2026-11-18T09:00:00.000000Z", "2026-11-24T09:00:00.000000Z", "100")
    }  # fmt: skip


def test_a_raw_query_is_what_its_finds_matched(web: responses.RequestsMock) -> None:
    quiet(web)
    web.replace(responses.GET, SEARCH, json=page("bluesky/search2.json"))
    web.get(PROFILES, json={"profiles": []})
    mentions, *_ = pull(source("bluesky", terms=[], names=(), queries=["van lang:en"]))
    assert mentions[0].matched == ("van lang:en",)


def test_notifications_bring_who_names_answers_or_quotes_us(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    reply = found[DEE]
    assert (reply.kind, reply.parent_id, reply.root_id) == ("reply", OURS, OURS)
    assert (reply.matched, reply.author.bio) == (("notifications",), "Porter at NHS NW London")
    asked = calls(web, NOTIFICATIONS)[0]
    assert asked.params["reasons"] == ["mention", "reply", "quote"]
    assert not any("/app.bsky.feed.like/" in uri or "3dddddddddddo" in uri for uri in found)


def test_notifications_end_where_they_are_older_than_the_last_run(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    old = page("bluesky/notifications.json")["notifications"][2:]
    web.replace(responses.GET, NOTIFICATIONS, json={"notifications": old, "cursor": "more"})
    mentions, odds, _, error = pull(source("bluesky"))
    assert (mentions, odds, error) == ([], [], None)
    assert len(calls(web, NOTIFICATIONS)) == 1


def test_an_empty_page_is_not_the_end_while_its_cursor_is_new(web: responses.RequestsMock) -> None:
    web.post(LOGIN, json=page("bluesky/session.json"))
    web.get(SEARCH, json={"posts": [], "cursor": "1"})
    web.get(SEARCH, json={"posts": [], "cursor": "2"})
    web.get(SEARCH, json={"posts": [], "cursor": "2"})
    web.get(NOTIFICATIONS, json={"notifications": []})
    web.get(FEED, json=NO_FEED)
    *_, odds, _, error = pull(source("bluesky"))
    assert (odds, error) == ([], None)
    assert len(calls(web, SEARCH)) == 3


def test_a_cursor_that_comes_twice_with_posts_ends_the_walk_and_keeps_the_bookmark(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    web.replace(responses.GET, SEARCH, json=page("bluesky/search1.json"))
    web.get(PROFILES, json={"profiles": []})
    _, odds, _, error = pull(source("bluesky"))
    assert error is None
    assert [odd.item for odd in odds if odd.stops] == ["query 1 page 2"]


def test_the_cap_of_pages_is_told(web: responses.RequestsMock) -> None:
    quiet(web)
    web.replace(responses.GET, SEARCH, json=page("bluesky/search1.json"))
    web.get(PROFILES, json={"profiles": []})
    _, odds, _, _ = pull(source("bluesky", pages=1))
    assert ["cap of 1 pages" in odd.why for odd in odds if odd.stops] == [True]


def test_a_failed_look_at_profiles_costs_no_post_and_keeps_the_bookmark(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    web.replace(responses.GET, SEARCH, json=page("bluesky/search2.json"))
    web.get(PROFILES, status=502, json={"error": "UpstreamFailure"})
    mentions, _, _, error = pull(source("bluesky"))
    assert [mention.issued_id for mention in mentions] == [OURS]
    assert isinstance(error, PlatformUnavailable)


def test_profiles_are_asked_for_25_at_a_time(web: responses.RequestsMock) -> None:
    quiet(web)
    post = page("bluesky/search2.json")["posts"][0]
    posts = [json.loads(json.dumps(post).replace("oooo", f"{n:04}")) for n in range(60)]
    web.replace(responses.GET, SEARCH, json={"posts": posts})
    web.get(PROFILES, json={"profiles": []})
    assert len(pull(source("bluesky"))[0]) == 60
    assert [request.url.count("actors=") for request in calls(web, PROFILES)] == [25, 25, 10]


def test_another_host_answers_by_config_alone(web: responses.RequestsMock) -> None:
    local = "http://127.0.0.1:8801"
    web.post(f"{local}/xrpc/com.atproto.server.createSession", json=page("bluesky/session.json"))
    web.get(f"{local}/xrpc/app.bsky.feed.searchPosts", json=page("bluesky/search2.json"))
    web.get(f"{local}/xrpc/app.bsky.actor.getProfiles", json={"profiles": []})
    web.get(f"{local}/xrpc/app.bsky.notification.listNotifications", json={"notifications": []})
    web.get(f"{local}/xrpc/app.bsky.feed.getAuthorFeed", json=NO_FEED)
    assert len(pull(source("bluesky", base_url=f"{local}/"))[0]) == 1


@pytest.mark.parametrize(
    "table",
    [
        {"queries": ["x" * 513]},
        {"queries": [" "]},
        {"queries": ["from:someone.example.org"]},
        {"base_url": "http://pds.example.org"},
        {"terms": ["@nobody.example.org"]},
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"\[collectors.bluesky\] (queries|terms|base_url)"):
        source("bluesky", **table)


def test_nothing_to_look_for_is_refused() -> None:
    with pytest.raises(ConfigError, match="nothing to look for"):
        source("bluesky", names=(), terms=[])


# ── our own posts ────────────────────────────────────────────────────────────────────────────────


def test_what_the_account_that_signs_in_posted_and_answered_is_ours(
    web: responses.RequestsMock,
) -> None:
    answer(web, "bluesky", CASES["bluesky"]["routes"])
    mentions, _, _, error = pull(source("bluesky"))  # nobody registered it
    found = {mention.issued_id: mention for mention in mentions}
    assert error is None
    assert {uri for uri, mention in found.items() if mention.own} == {OURS, ANSWER, BOARD}
    assert (found[BOARD].matched, found[BOARD].kind) == (("own posts",), "post")
    assert (found[ANSWER].parent_id, found[ANSWER].root_id) == (DEE, OURS)
    assert found[BOARD].author.bio == "The official account."
    asked = [request.params for request in calls(web, FEED)]
    assert {(one["actor"], one["filter"]) for one in asked} == {(US, "posts_with_replies")}


def test_what_we_reposted_is_not_ours_and_does_not_end_the_reading(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    assert not any("eeee" in uri for uri in found)
    assert len(calls(web, FEED)) == 2  # until a page has nothing newer than the last run


def test_a_page_of_old_posts_that_we_reposted_is_read_past(web: responses.RequestsMock) -> None:
    quiet(web)
    shown = page("bluesky/feed.json")["feed"]
    web.replace(responses.GET, FEED, json={"feed": shown[1:2], "cursor": "1"})
    web.get(FEED, json={"feed": shown[2:3]})
    mentions, *_ = pull(source("bluesky"))
    assert [mention.issued_id for mention in mentions] == [BOARD]


def test_a_pinned_post_is_ours_too(web: responses.RequestsMock) -> None:
    quiet(web)
    pinned = page("bluesky/feed.json")["feed"][2]
    pinned["reason"] = {"$type": "app.bsky.feed.defs#reasonPin"}
    web.replace(responses.GET, FEED, json={"feed": [pinned]})
    web.get(PROFILES, json={"profiles": []})
    assert [mention.issued_id for mention in pull(source("bluesky"))[0]] == [BOARD]


def test_other_accounts_of_the_register_are_read_too_and_one_that_is_gone_costs_none(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    theirs = json.loads(json.dumps(page("bluesky/feed.json")["feed"][2]).replace("oooo", "pppp"))
    web.replace(responses.GET, FEED, json=NO_FEED)
    web.get(FEED, status=400, json={"error": "InvalidRequest", "message": "Profile not found"})
    web.get(FEED, json={"feed": [theirs]})
    web.get(PROFILES, json={"profiles": []})
    built: Any = source("bluesky")
    accounts = frozenset({"nhsnwl.example.org", "gone.example.org", "nwl.example.org"})
    mentions, odds, _, error = pull(dataclasses.replace(built, official=accounts))
    assert [request.params["actor"] for request in calls(web, FEED)] == [
        US, "gone.example.org", "nwl.example.org",
    ]  # fmt: skip
    assert ([mention.own for mention in mentions], error) == ([True], None)
    assert [(odd.item, odd.stops) for odd in odds] == [
        ("own posts of account 1 of the register", False)
    ]


@pytest.mark.parametrize("name", ["BlockedActor", "BlockedByActor", "AnotherName"])
def test_an_account_that_may_not_be_read_is_told_of(web: responses.RequestsMock, name: str) -> None:
    quiet(web)
    web.get(FEED, status=400, json={"error": name})
    built: Any = source("bluesky")
    _, odds, _, error = pull(dataclasses.replace(built, official=frozenset({"nwl.example.org"})))
    assert (len(odds), error) == (1, None)
    assert "register" in odds[0].why


def test_own_posts_of_the_account_itself_that_are_refused_need_a_person(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    web.replace(responses.GET, FEED, status=400, json={"error": "InvalidRequest"})
    *_, error = pull(source("bluesky"))
    assert isinstance(error, PlatformRefused)


def test_a_session_that_was_kept_without_who_it_is_of_is_opened_anew(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    kept = json.loads(session(source("bluesky")))
    del kept["did"]
    pull(source("bluesky", state={"session": json.dumps(kept)}))
    assert len(calls(web, LOGIN)) == 2
    assert {request.params["actor"] for request in calls(web, FEED)} == {US}


# ── the session ──────────────────────────────────────────────────────────────────────────────────


def test_a_kept_session_is_used_and_nobody_logs_in(web: responses.RequestsMock) -> None:
    quiet(web)
    kept = session(source("bluesky"))
    web.calls.reset()
    mentions, _, keeps, error = pull(source("bluesky", state={"session": kept}))
    assert (mentions, keeps, error) == ([], {}, None)
    assert calls(web, LOGIN) == []
    assert web.calls[0].request.headers["Authorization"] == "Bearer an-invented-token"


def test_the_password_travels_in_the_body_of_a_login_alone(web: responses.RequestsMock) -> None:
    quiet(web)
    pull(source("bluesky"))
    (login,) = calls(web, LOGIN)
    assert json.loads(login.body) == {"identifier": "nhsnwl.example.org", "password": SECRET}
    assert "Authorization" not in login.headers
    assert not any(SECRET in f"{c.request.url} {c.request.headers}" for c in web.calls)


@pytest.mark.parametrize("name", ["ExpiredToken", "InvalidToken"])
def test_a_session_whose_time_is_over_is_renewed_by_its_refresh_token(
    web: responses.RequestsMock, name: str
) -> None:
    quiet(web)
    kept = session(source("bluesky"))
    web.reset()
    web.get(SEARCH, status=400, json={"error": name})
    web.post(REFRESH, json={"accessJwt": "a-newer-token", "refreshJwt": "another"})
    web.get(SEARCH, json=NOTHING)
    web.get(NOTIFICATIONS, json={"notifications": []})
    web.get(FEED, json=NO_FEED)
    renewed = session(source("bluesky", state={"session": kept}))
    assert "a-newer-token" in renewed
    assert web.calls[1].request.headers["Authorization"] == "Bearer an-invented-token-to-refresh"
    assert web.calls[2].request.headers["Authorization"] == "Bearer a-newer-token"
    assert calls(web, LOGIN) == []


def test_a_new_session_is_opened_where_the_refresh_token_is_over_too(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    kept = session(source("bluesky"))
    web.reset()
    web.get(SEARCH, status=400, json=EXPIRED)
    web.post(REFRESH, status=400, json=EXPIRED)
    web.get(SEARCH, json=NOTHING)
    web.post(LOGIN, json=page("bluesky/session.json") | {"accessJwt": "a-newer-token"})
    web.get(NOTIFICATIONS, json={"notifications": []})
    web.get(FEED, json=NO_FEED)
    assert "a-newer-token" in session(source("bluesky", state={"session": kept}))
    assert len(calls(web, LOGIN)) == 1


def test_one_refresh_and_one_login_are_all_that_is_tried(web: responses.RequestsMock) -> None:
    quiet(web)
    kept = session(source("bluesky"))
    web.reset()
    web.get(SEARCH, status=400, json=EXPIRED)
    web.post(REFRESH, json=page("bluesky/session.json"))
    web.post(LOGIN, json=page("bluesky/session.json") | {"accessJwt": "a-newer-token"})
    _, _, keeps, error = pull(source("bluesky", state={"session": kept}))
    assert isinstance(error, PlatformRefused)
    assert "new session" in str(error)
    assert [len(calls(web, url)) for url in (SEARCH, REFRESH, LOGIN)] == [3, 1, 1]
    assert "a-newer-token" in keeps["session"]  # it was opened: it counts against the day's 300


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", '{"of": "somebody else", "accessJwt": "x", "refreshJwt": "y"}']
)
def test_a_kept_session_that_is_not_ours_or_unreadable_is_left(
    web: responses.RequestsMock, kept: str
) -> None:
    quiet(web)
    assert pull(source("bluesky", state={"session": kept}))[3] is None
    assert len(calls(web, LOGIN)) == 1


def test_a_new_app_password_opens_a_new_session(web: responses.RequestsMock) -> None:
    quiet(web)
    kept = session(source("bluesky"))
    pull(source("bluesky", state={"session": kept}, app_password="another"))
    assert len(calls(web, LOGIN)) == 2


def test_the_session_is_kept_though_the_run_fails(web: responses.RequestsMock) -> None:
    web.post(LOGIN, json=page("bluesky/session.json"))
    web.get(SEARCH, status=403)
    _, _, keeps, error = pull(source("bluesky"))
    assert isinstance(error, PlatformRefused)
    assert "an-invented-token" in keeps["session"]


@pytest.mark.parametrize("body", [{}, {"accessJwt": "a", "refreshJwt": None}, []])
def test_a_session_without_tokens_is_an_answer_that_may_pass(
    web: responses.RequestsMock, body: Any
) -> None:
    web.post(LOGIN, json=body)
    *_, error = pull(source("bluesky"))
    assert isinstance(error, PlatformUnavailable)


# ── errors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "status", "name", "word"),
    [
        (LOGIN, 401, "AuthenticationRequired", "app password"),
        (LOGIN, 401, "AuthFactorTokenRequired", "code by mail"),
        (LOGIN, 401, "AccountTakedown", "suspended"),
        (LOGIN, 400, "InvalidRequest", "identifier"),
        (SEARCH, 401, "AuthMissing", "token"),
        (SEARCH, 400, "RecordNotFound", "nothing"),
        (SEARCH, 400, "InvalidRequest", "queries"),
        (SEARCH, 400, "BadQueryString", "queries"),
        (SEARCH, 403, "Forbidden", "permit"),
        (SEARCH, 404, "XRPCNotSupported", "404"),
        (SEARCH, 400, SECRET, "400"),
    ],
)
def test_what_bluesky_refuses_is_said_with_the_mend(
    web: responses.RequestsMock, url: str, status: int, name: str, word: str
) -> None:
    web.add(
        "POST" if url == LOGIN else "GET", url, status=status, json={"error": name, "message": SECRET}
    )  # fmt: skip
    web.post(LOGIN, json=page("bluesky/session.json"))
    *_, error = pull(source("bluesky"))
    assert isinstance(error, PlatformRefused)
    assert word in str(error)
    assert SECRET not in str(error)
    assert len(calls(web, url)) == 1


def test_a_rate_limit_that_opens_too_late_is_left_for_the_next_run(
    web: responses.RequestsMock,
) -> None:
    opens = {
        "RateLimit-Reset": str(int((AT + timedelta(minutes=4)).timestamp())),
        "Date": "Tue, 24 Nov 2026 09:00:00 GMT",
    }
    web.post(LOGIN, json=page("bluesky/session.json"))
    web.get(SEARCH, status=429, json={"error": "RateLimitExceeded"}, headers=opens)
    *_, error = pull(source("bluesky", http=client(longest_wait=60)))
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == 240
    assert len(calls(web, SEARCH)) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, {"error": "RateLimitExceeded"}),
        (502, {"error": "UpstreamFailure"}),
        (503, "<html>"),
    ],
)
def test_what_may_pass_is_tried_again(web: responses.RequestsMock, status: int, body: Any) -> None:
    web.post(LOGIN, json=page("bluesky/session.json"))
    web.get(SEARCH, status=status, body=body if isinstance(body, str) else json.dumps(body))
    web.get(SEARCH, json=NOTHING)
    web.get(NOTIFICATIONS, json={"notifications": []})
    web.get(FEED, json=NO_FEED)
    assert pull(source("bluesky"))[3] is None


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"posts": null}', b'{"posts": {}}', b"<html>"])
def test_a_page_of_another_shape_ends_the_run(web: responses.RequestsMock, body: bytes) -> None:
    web.post(LOGIN, json=page("bluesky/session.json"))
    web.get(SEARCH, body=body)
    *_, error = pull(source("bluesky"))
    assert isinstance(error, PlatformUnavailable)


def test_saved_pages_are_as_they_are_said_to_be() -> None:
    text = json.loads(saved("bluesky/search1.json"))["posts"][0]["record"]["text"].encode()
    assert text[37:62] == b"example.org/waiting/li..."
