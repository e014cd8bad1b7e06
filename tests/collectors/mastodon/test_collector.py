from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS, Collector, SaveState
from collectors.mastodon.parse import Way, issued, refused, to_answered, to_author, to_mention
from collectors.mastodon.threads import MOST_ALONE, Threads
from collectors.parts import PartsFailed
from core import clock
from core.context import AnsweredPost, LinkCard
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, CASES, SECRET, SINCE, answer, client, page, pull, source
from tests.collectors.mutants import mutants

URL = "https://social.example.org"
TAG, SEARCH, NOTIFICATIONS = (
    f"{URL}/api/v1/timelines/tag/NHSNWL",
    f"{URL}/api/v2/search",
    f"{URL}/api/v1/notifications",
)
WHO, OWN = f"{URL}/api/v1/accounts/verify_credentials", f"{URL}/api/v1/accounts/6/statuses"
STATUSES = f"{URL}/api/v1/statuses"
OTHER = "https://fedi.example.net"
ANA = "social.example.org:115000000000000009"
CY = "fedi.example.net:https://fedi.example.net/objects/00000000-1111-2222-3333-444444444444"
FLO = "fedi.example.net:01JABCDEFGHJKMNPQRSTVWXYZ0"
BOOST, GIL, ELI, OPEN, ANSWER = (
    f"social.example.org:1150000000000000{n}" for n in ("03", "10", "12", "13", "16")
)
FEDI: dict[str, Any] = {
    "url": OTHER, "token": "another-token", "hashtags": ["NHSNWL"], "search": False, "notifications": False,
    "own_posts": False,
}  # fmt: skip


WAYS: list[Way] = ["hashtag", "search", "told"]


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def found(web: responses.RequestsMock) -> dict[str, Mention]:
    answer(web, "mastodon", CASES["mastodon"]["routes"])
    mentions, _, _, error = pull(ours())
    assert error is None
    return {mention.key: mention for mention in mentions}


def ours(**settings: Any) -> Collector:
    """A source that knows which account is the organisation's."""
    built: Any = source("mastodon", **settings)
    knowing: Collector = dataclasses.replace(
        built, official=frozenset({"nhsnwl@social.example.org"})
    )
    return knowing


def one_list(**server: Any) -> dict[str, Any]:
    """A table of one server of which one hashtag is read, unless told otherwise."""
    return {"server": [{**FEDI, "url": URL, "token": SECRET, **server}]}


def asked(web: responses.RequestsMock, url: str) -> list[dict[str, str]]:
    requests_ = [c.request for c in web.calls if str(c.request.url).partition("?")[0] == url]
    return [request.params for request in requests_]  # type: ignore[attr-defined]


def status(number: int, hours: float = 5, **changes: Any) -> dict[str, Any]:
    """A status so many hours before AT."""
    made = (AT - timedelta(hours=hours)).isoformat()
    return {
        **page("mastodon/tag2.json")[1], "id": str(number), "created_at": made,
        "uri": f"{URL}/users/ana/statuses/{number}", **changes,
    }  # fmt: skip


# ── statuses ─────────────────────────────────────────────────────────────────────────────────────


def test_a_status_is_read_whole(found: dict[str, Mention]) -> None:
    post = found[ANA]
    assert post.text == (
        "health, swearing\n\n@bo Waiting on #NHS NW London & more\nsee https://example.org/a/long/path\n\n"
        "NW London ICB!\n\ntwo hours\nfour hours\n\nA queue round a corner"
    )
    assert post.text_raw.startswith('<p><span class="h-card">')
    assert (post.issuer, post.issued_id) == ("social.example.org", "115000000000000009")
    assert (post.platform, post.language) == ("mastodon", "en")
    assert post.url == "https://social.example.org/@ana/115000000000000009"
    assert post.posted_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
    assert post.edited_at == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert post.metrics == {"likes": 5, "shares": 4, "replies": 2, "quotes": 1}
    assert post.images == ("https://files.example.org/queue.png",)
    assert post.matched == ("NHS NW London", "NW London ICB", "#NHSNWL")


def test_an_author_comes_with_note_and_rows_as_bio(found: dict[str, Mention]) -> None:
    author = found[ANA].author
    assert (author.id, author.handle) == (
        "https://social.example.org/@ana",
        "ana@social.example.org",
    )
    assert (author.name, author.followers) == ("Ana Example", 12)
    assert author.bio == "Works at NHS NW London\nJob: ICB, band 6"
    assert author.avatar == "https://files.example.org/ana.png"


def test_a_minimal_status_of_another_make_has_no_more_than_there_is(
    found: dict[str, Mention],
) -> None:
    post = found[CY]
    assert (post.author.handle, post.author.name) == ("cy@fedi.example.net", "cy")
    assert (post.metrics, post.language, post.edited_at, post.images) == ({}, "", None, ())
    assert post.url == post.issued_id


def test_a_boost_is_a_repost_with_the_words_of_what_it_boosts(found: dict[str, Mention]) -> None:
    boost = found[BOOST]
    assert (boost.kind, boost.text, boost.language) == ("repost", "Merci à NHS NW London", "fr")
    assert boost.quoted_id == FLO  # another server's: the whole key
    assert (boost.author.handle, boost.own) == ("NHSnwl@social.example.org", True)
    assert boost.posted_at == datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def test_a_quote_names_what_it_quotes(found: dict[str, Mention]) -> None:
    assert (found[GIL].kind, found[GIL].quoted_id) == ("quote", FLO)


def test_a_reply_names_its_parent_where_the_asked_server_is_its_home(
    found: dict[str, Mention],
) -> None:
    assert (found[ANA].kind, found[ANA].parent_id) == ("reply", "115000000000000001")
    to_us = found[FLO]
    assert (to_us.kind, to_us.parent_id) == ("reply", "social.example.org:115000000000000001")


@pytest.mark.parametrize(
    "changes",
    [
        {"in_reply_to_account_id": "99"},
        {"mentions": [{"id": "2", "acct": "bo@fedi.example.net", "url": "https://fedi.example.net/@bo"}]},
        {"mentions": None},
    ],
)  # fmt: skip
def test_a_parent_that_another_server_issued_is_not_known_by_its_id_here(
    changes: dict[str, Any],
) -> None:
    reply = to_mention(page("mastodon/tag1.json")[0] | changes, AT)
    assert (reply.kind, reply.parent_id) == ("reply", "")


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        ("https://Social.example.org/users/ana/statuses/1150", ("social.example.org", "1150")),
        ("https://social.example.org/ap/users/7/statuses/1150", ("social.example.org", "1150")),
        (
            "https://social.example.org/users/a/statuses/1150/activity",
            ("social.example.org", "1150"),
        ),
        ("http://127.0.0.1:8801/users/ana/statuses/1150", ("127.0.0.1:8801", "1150")),
        ("https://a.example.org/notes/9abc", ("a.example.org", "https://a.example.org/notes/9abc")),
        (
            "https://a.example.org/users/ana/statuses/1150?x=1",
            ("a.example.org", "https://a.example.org/users/ana/statuses/1150?x=1"),
        ),
    ],
)
def test_a_status_has_one_key_whichever_server_shows_it(uri: str, key: tuple[str, str]) -> None:
    assert issued(uri) == key


@pytest.mark.parametrize("uri", [None, "", 5, "tag:example.org,2017:objectId=1", "https:///users"])
def test_what_is_no_address_gives_no_key(uri: Any) -> None:
    with pytest.raises(ValueError, match=r"no address|not an id"):
        issued(uri)


def test_the_same_status_from_two_servers_is_one(web: responses.RequestsMock) -> None:
    shown = page("mastodon/tag2.json")[:1]
    web.get(TAG, json=shown)
    elsewhere = [shown[0] | {"id": "01JABCDEFGHJKMNPQRSTVWXYZ0", "in_reply_to_id": "01JQ"}]
    elsewhere[0]["account"] = shown[0]["account"] | {"id": "x7", "acct": "flo"}
    web.get(f"{OTHER}/api/v1/timelines/tag/NHSNWL", json=elsewhere)
    web.get(TAG, json=[])
    web.get(f"{OTHER}/api/v1/timelines/tag/NHSNWL", json=[])
    both: Any = {"server": [*one_list()["server"], FEDI]}
    mentions, _, _, error = pull(source("mastodon", **both))
    assert error is None
    assert [mention.key for mention in mentions] == [FLO, FLO]
    assert mentions[0].author == mentions[1].author


@given(mutants(page("mastodon/tag1.json")[0]))
def test_a_status_of_any_shape_is_a_mention_or_an_odd_item(post: Any) -> None:
    refused(post, way="search")
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(post, AT), Mention)


@given(mutants(page("mastodon/tag1.json")[7]))
def test_a_boost_of_any_shape_is_a_mention_or_an_odd_item(post: Any) -> None:
    refused(post)
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(post, AT), Mention)


# ── context ──────────────────────────────────────────────────────────────────────────────────────

WALK_IN = AnsweredPost(
    text="Walk-in clinics are open & quiet.", handle="NHSnwl@social.example.org", official=True
)


def test_a_reply_comes_with_what_it_answers(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    assert found[ANA].context.answered == (WALK_IN,)
    assert found[ANA].context.pictures == ("A queue round a corner",)
    assert found[ANSWER].context.answered == (
        AnsweredPost(text="how late?", handle="ida@fedi.example.net"),
    )
    assert asked(web, STATUSES) == [
        {"id[]": "115000000000000001"}, {"id[]": "115000000000000014"},
    ]  # fmt: skip


def a_status(**changes: Any) -> Mention:
    return to_mention({**page("mastodon/tag2.json")[1], **changes}, AT)


def test_a_card_is_context() -> None:
    card = {
        "url": "https://example.org/leak",
        "title": "A leak",
        "description": "1,200 records",
        "type": "link",
    }
    assert a_status(card=card).context.card == LinkCard(
        title="A leak", description="1,200 records", url="https://example.org/leak"
    )
    assert a_status(card={"title": 5}).context.card is None


def test_a_quoted_status_is_context_unless_its_author_wants_no_robots() -> None:
    quoted = page("mastodon/parents.json")[0]
    quote = {"state": "accepted", "quoted_status": quoted}
    said = AnsweredPost(text="how late?", handle="ida@fedi.example.net")
    assert a_status(quote=quote).context.answered == (said,)
    quoted["account"]["note"] = "#nobot"
    assert a_status(quote=quote).context.answered == ()
    assert a_status(quote={"state": "revoked", "quoted_status": None}).context.answered == ()


def test_a_boost_has_the_context_of_what_it_boosts() -> None:
    boost = page("mastodon/tag1.json")[7]
    boost["reblog"] |= {"in_reply_to_id": "9", "card": {"title": "News"}}
    posts = {"9": WALK_IN}
    context = to_mention(boost, AT, posts=posts).context
    assert (context.answered, context.card) == ((WALK_IN,), LinkCard(title="News"))


@pytest.mark.parametrize(
    "changes",
    [{"visibility": "private"}, {"visibility": "direct"}, {"visibility": None}, {"account": None},
     {"account": {"acct": "ida", "note": "no #nobots"}}, {"content": 5}],
)  # fmt: skip
def test_what_is_not_for_everybody_or_odd_is_no_context(changes: dict[str, Any]) -> None:
    assert to_answered(page("mastodon/parents.json")[0]) is not None
    assert to_answered(page("mastodon/parents.json")[0] | changes) is None


@given(mutants(page("mastodon/parents.json")[0]))
def test_a_status_of_any_shape_above_another_costs_nothing(post: Any) -> None:
    threads = Threads()
    threads.learn([post], frozenset())
    assert len(threads.posts) <= 1


def test_a_parent_is_looked_up_once_in_a_run(web: responses.RequestsMock) -> None:
    answers = [status(n, in_reply_to_id="1") for n in range(20, 10, -1)]
    web.get(TAG, json=answers, headers={"Link": f'<{TAG}?max_id=11>; rel="next"'})
    web.get(
        TAG,
        json=[status(10, in_reply_to_id="20"), status(9, in_reply_to_id="1")],
        headers={"Link": "x"},
    )
    web.get(STATUSES, json=[])
    mentions, odds, _, error = pull(source("mastodon", **one_list()))
    assert (len(mentions), odds, error) == (12, [], None)
    assert asked(web, STATUSES) == [{"id[]": "1"}]
    assert mentions[10].context.answered[0].text == mentions[0].text


def test_a_server_that_gives_one_at_a_time_is_asked_for_a_few_in_a_run(
    web: responses.RequestsMock,
) -> None:
    for first in (1, 41):
        answers = [status(1000 - n, in_reply_to_id=str(n)) for n in range(first, first + 40)]
        link = f'<{TAG}?max_id={960 - first}>; rel="next"' if first == 1 else "x"
        web.get(TAG, json=answers, headers={"Link": link})
    web.get(STATUSES, status=404)
    for number in range(1, 81):
        parent = status(number, hours=9, content=f"<p>{number}</p>")
        web.get(f"{STATUSES}/{number}", json=parent)
    mentions, odds, _, error = pull(source("mastodon", **one_list()))
    assert (len(mentions), odds, error) == (80, [], None)
    assert [m.context.answered[0].text for m in mentions if m.context] == [
        str(number) for number in range(1, MOST_ALONE + 1)
    ]
    assert len(asked(web, STATUSES)) == 1


# ── what may be taken in ─────────────────────────────────────────────────────────────────────────


def test_what_is_not_public_or_not_for_robots_or_strangers_is_left_out(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    assert sorted(found) == sorted((ANA, CY, BOOST, FLO, GIL, ELI, OPEN, ANSWER))
    assert found[ELI].matched == ("notifications",)  # said to us: though not for strangers


def test_how_many_were_left_out_by_their_authors_word_is_told(
    web: responses.RequestsMock,
) -> None:
    answer(web, "mastodon", CASES["mastodon"]["routes"])
    _, odds, _, _ = pull(source("mastodon"))
    (told,) = [odd for odd in odds if odd.item == "server 1 (social.example.org)"]
    assert told.why.startswith("3 statuses left out")


@pytest.mark.parametrize(
    ("changes", "why", "ways"),
    [
        ({}, "", WAYS),
        ({"visibility": "unlisted"}, "", WAYS),
        ({"visibility": "private"}, "private", WAYS),
        ({"visibility": "direct"}, "private", WAYS),
        ({"visibility": "local"}, "private", WAYS),
        ({"visibility": None}, "private", WAYS),
        ({"reblog": {"visibility": "private"}}, "private", WAYS),
        ({"account": {"note": "no #NoBots here"}}, "withheld", WAYS),
        ({"account": {"fields": [{"name": "#nobot", "value": ""}]}}, "withheld", WAYS),
        ({"account": {"fields": [{"name": "me", "value": "<p>#nobot</p>"}]}}, "withheld", WAYS),
        ({"account": {"note": "#nobottle"}}, "", WAYS),
        ({"account": {"indexable": False}}, "withheld", ["search"]),
        ({"account": {"indexable": False, "discoverable": True}}, "", ["hashtag", "told"]),
        ({"account": {"discoverable": False}}, "withheld", ["hashtag"]),
        ({"account": {"discoverable": False}}, "", ["search", "told"]),
        ({"account": {"indexable": None, "discoverable": None}}, "", WAYS),
    ],
)
def test_an_authors_word_decides(changes: dict[str, Any], why: str, ways: list[Way]) -> None:
    post = page("mastodon/tag2.json")[1]
    for key, value in changes.items():
        merged = key in ("account", "reblog")
        post[key] = (
            {**page("mastodon/tag2.json")[1][key if key == "account" else "account"], **value}
            if merged
            else value
        )
    assert {refused(post, way=way) for way in ways} == {why}


def test_our_own_account_is_taken_whatever_its_profile_says() -> None:
    post = page("mastodon/tag1.json")[0]
    post["account"] |= {"indexable": False, "discoverable": False, "note": "#nobot"}
    own = frozenset({"ana@social.example.org"})
    assert {refused(post, own, way=way) for way in WAYS} == {""}
    assert refused(post | {"visibility": "private"}, own) == "private"


def test_a_status_of_unknown_visibility_is_never_a_mention() -> None:
    post = page("mastodon/tag1.json")[0]
    del post["visibility"]
    with pytest.raises(KeyError):
        to_mention(post, AT)


def test_only_the_whole_name_is_our_own() -> None:
    post = page("mastodon/tag1.json")[0]
    assert not to_mention(post, AT, frozenset({"ana", "ana@fedi.example.net"})).own
    assert to_mention(post, AT, frozenset({"ana@social.example.org"})).own
    assert (
        to_author(post["account"] | {"acct": "ana@elsewhere.example"}).handle
        == "ana@elsewhere.example"
    )


# ── a hashtag from the first run to the next ─────────────────────────────────────────────────────


def test_a_first_run_goes_down_by_links_until_everything_is_older(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    requests_ = asked(web, TAG)
    assert [one.get("max_id") for one in requests_] == [None, "115000000000000003"]
    assert requests_[0]["limit"] == "40"
    assert "social.example.org:114000000000000001" not in found


def test_how_far_each_list_came_is_kept(web: responses.RequestsMock) -> None:
    answer(web, "mastodon", CASES["mastodon"]["routes"])
    keeps = [thing for thing in source("mastodon").collect(SINCE) if isinstance(thing, SaveState)]
    assert {keep.name: keep.value for keep in keeps} == {
        "social.example.org #nhsnwl": "115000000000000009",
        "social.example.org notifications": "90009",
        "social.example.org own posts": "115000000000000016",
        "social.example.org search": "2026-11-24T09:00:00.000000Z",
    }
    assert all(keep.always for keep in keeps)


def test_the_next_run_goes_up_from_there_and_leaves_no_gap(web: responses.RequestsMock) -> None:
    links = {"Link": f'<{TAG}?min_id=12>; rel="prev", <{TAG}?max_id=11>; rel="next"'}
    web.get(TAG, json=[status(12), status(11)], headers=links)
    web.get(TAG, json=[status(13)])
    web.get(TAG, json=[])
    mentions, _, keeps, error = pull(
        source("mastodon", state={"social.example.org #nhsnwl": "10"}, **one_list())
    )
    assert error is None
    assert [mention.issued_id for mention in mentions] == ["12", "11", "13"]
    assert [one.get("min_id") for one in asked(web, TAG)] == ["10", "12", "13"]
    assert keeps == {"social.example.org #nhsnwl": "13"}


def test_the_next_run_starts_from_nothing_younger_than_what_may_still_be_on_its_way(
    web: responses.RequestsMock,
) -> None:
    web.get(TAG, json=[status(12, hours=1), status(11, hours=2), status(10, hours=4)])
    web.get(TAG, json=[])
    assert pull(source("mastodon", **one_list()))[2] == {"social.example.org #nhsnwl": "10"}


def test_a_climb_that_breaks_off_goes_on_from_where_it_was(web: responses.RequestsMock) -> None:
    web.get(TAG, json=[status(12), status(11)])
    web.get(TAG, status=410)
    mentions, _, keeps, error = pull(
        source("mastodon", state={"social.example.org #nhsnwl": "10"}, **one_list())
    )
    assert isinstance(error, PlatformRefused)
    assert (len(mentions), keeps) == (2, {"social.example.org #nhsnwl": "12"})


def test_a_descent_that_breaks_off_starts_anew(web: responses.RequestsMock) -> None:
    web.get(TAG, json=[status(12), status(11)])
    web.get(TAG, status=410)
    mentions, _, keeps, _ = pull(source("mastodon", **one_list()))
    assert (len(mentions), keeps) == (2, {})


def test_a_server_without_link_headers_is_followed_by_ids(web: responses.RequestsMock) -> None:
    web.get(TAG, json=[status(12), status(11), None])
    web.get(TAG, json=[status(10), status(9, hours=500)])
    web.get(TAG, json=[status(8, hours=501)])
    mentions, odds, _, error = pull(source("mastodon", **one_list()))
    assert (len(odds), error) == (1, None)
    assert [mention.issued_id for mention in mentions] == ["12", "11", "10"]
    assert [one.get("max_id") for one in asked(web, TAG)] == [None, "11", "9"]


@pytest.mark.parametrize(
    "link",
    [
        '<https://elsewhere.example.com/api/v1/timelines/tag/NHSNWL?max_id=5>; rel="next"',
        '<https://[; rel="next"',
        f'<{TAG}?since_id=5>; rel="next"',
        "nonsense",
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(
    web: responses.RequestsMock, link: str
) -> None:
    web.get(TAG, json=[status(12), status(11)], headers={"Link": link})
    web.get(TAG, json=[])
    assert pull(source("mastodon", **one_list()))[3] is None
    hosts = {str(call.request.url).partition("/api")[0] for call in web.calls}
    assert hosts == {URL}
    assert all(one.get("max_id") in (None, "11") for one in asked(web, TAG))


def test_links_without_a_next_page_are_the_end(web: responses.RequestsMock) -> None:
    web.get(TAG, json=[status(12)], headers={"Link": f'<{TAG}?min_id=12>; rel="prev"'})
    assert pull(source("mastodon", **one_list()))[3] is None
    assert len(web.calls) == 1


def test_pages_that_go_in_a_circle_end_the_walk_and_keep_the_bookmark(
    web: responses.RequestsMock,
) -> None:
    web.get(TAG, json=[status(12)], headers={"Link": f'<{TAG}?max_id=12>; rel="next"'})
    _, odds, keeps, error = pull(source("mastodon", **one_list()))
    assert error is None
    assert [odd.item for odd in odds if odd.stops] == [
        "server 1 (social.example.org) #NHSNWL page 2"
    ]
    assert keeps == {}


def test_the_cap_of_pages_is_told_and_a_climb_goes_on_next_time(
    web: responses.RequestsMock,
) -> None:
    web.get(TAG, json=[status(12), status(11)])
    kept = {"social.example.org #nhsnwl": "10"}
    _, odds, keeps, _ = pull(source("mastodon", pages=1, state=kept, **one_list()))
    assert ["cap of 1 pages" in odd.why for odd in odds if odd.stops] == [True]
    assert keeps == {"social.example.org #nhsnwl": "12"}


# ── search and notifications ─────────────────────────────────────────────────────────────────────


def test_each_term_is_a_search_and_its_pages_go_by_offset(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json={"statuses": [status(12), status(11)]})
    web.get(SEARCH, json={"statuses": [status(10, hours=500)]})
    web.get(SEARCH, json={"statuses": []})
    mentions, odds, _, error = pull(source("mastodon", **one_list(hashtags=[], search=True)))
    assert (len(mentions), odds, error) == (2, [], None)
    assert [(one["q"], one["offset"]) for one in asked(web, SEARCH)] == [
        ('"NHS NW London"', "0"), ('"NHS NW London"', "2"), ('"NW London ICB"', "0"),
    ]  # fmt: skip
    assert {(one["type"], one["limit"]) for one in asked(web, SEARCH)} == {("statuses", "40")}


def test_a_server_that_knows_no_offset_is_not_read_for_ever(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json={"statuses": [status(12)]})
    mentions, odds, _, _ = pull(source("mastodon", **one_list(hashtags=[], search=True)))
    assert (len(mentions), odds) == (2, [])  # once for each term


@pytest.mark.parametrize("refusal", [401, 403, 404, 422])
def test_a_server_without_search_is_told_of_once_and_fails_nothing(
    web: responses.RequestsMock, refusal: int
) -> None:
    web.get(SEARCH, status=refusal, body="<html>", content_type="text/html")
    web.get(TAG, json=[])
    _, odds, _, error = pull(source("mastodon", **one_list(search=True)))
    assert error is None
    assert [(odd.item, odd.stops) for odd in odds] == [
        ("server 1 (social.example.org) search", False)
    ]
    assert str(refusal) in odds[0].why
    assert len(asked(web, SEARCH)) == 1


@pytest.mark.parametrize("refusal", [403, 404])
def test_a_search_that_was_refused_at_first_is_read_from_the_first_look_once_it_answers(
    web: responses.RequestsMock, refusal: int
) -> None:
    table = one_list(hashtags=[], search=True)
    web.get(SEARCH, status=refusal)
    _, _, first, _ = pull(source("mastodon", **table))
    _, _, second, _ = pull(source("mastodon", state=first, **table), AT)
    assert first == second == {"social.example.org search unread": clock.text(SINCE)}
    web.replace(responses.Response("GET", SEARCH, json={"statuses": [status(12)]}))
    mentions, odds, third, error = pull(source("mastodon", state=second, **table), AT)
    assert (len(mentions), odds, error) == (2, [], None)
    assert third == {
        "social.example.org search unread": "", "social.example.org search": clock.text(AT),
    }  # fmt: skip


@pytest.mark.parametrize("refusal", [403, 404])
def test_a_search_that_answered_before_and_is_refused_now_leaves_the_bookmark(
    web: responses.RequestsMock, refusal: int
) -> None:
    table = one_list(hashtags=[], search=True)
    web.get(SEARCH, json={"statuses": [status(12)]})
    _, _, kept, _ = pull(source("mastodon", **table))
    web.replace(responses.Response("GET", SEARCH, status=refusal))
    _, odds, again, error = pull(source("mastodon", state=kept, **table))
    assert ([odd.stops for odd in odds], again, error) == ([True], {}, None)


def test_a_second_search_that_is_refused_after_a_first_that_was_not_leaves_the_bookmark(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, json={"statuses": []})
    web.get(SEARCH, status=403)
    _, odds, keeps, error = pull(source("mastodon", **one_list(hashtags=[], search=True)))
    assert ([odd.stops for odd in odds], keeps, error) == ([True], {}, None)


def test_a_search_that_finds_nothing_at_all_is_told_of(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json={"statuses": []})
    _, odds, _, error = pull(source("mastodon", **one_list(hashtags=[], search=True)))
    assert error is None
    assert ["without full-text search" in odd.why for odd in odds] == [True]


def test_a_refused_token_is_no_missing_search(web: responses.RequestsMock) -> None:
    web.get(SEARCH, status=401, json={"error": "The access token was revoked"})
    *_, error = pull(source("mastodon", **one_list(hashtags=[], search=True)))
    assert isinstance(error, PlatformRefused)
    assert "token" in str(error)


def test_notifications_are_asked_for_mentions_and_climb_by_their_own_ids(
    web: responses.RequestsMock,
) -> None:
    web.get(NOTIFICATIONS, json=page("mastodon/notifications.json"))
    web.get(NOTIFICATIONS, json=[])
    kept = {"social.example.org notifications": "90000"}
    table = one_list(hashtags=[], notifications=True)
    mentions, odds, keeps, _ = pull(source("mastodon", state=kept, **table))
    assert [mention.key for mention in mentions] == [ELI]
    assert [odd.item for odd in odds] == [
        "server 1 (social.example.org) notifications page 1 item 2"
    ]
    assert [(one["types[]"], one["min_id"]) for one in asked(web, NOTIFICATIONS)] == [
        ("mention", "90000"), ("mention", "90009"),
    ]  # fmt: skip
    assert keeps == {"social.example.org notifications": "90009"}


def test_the_token_travels_in_a_header_to_its_own_server_alone(
    web: responses.RequestsMock,
) -> None:
    web.get(TAG, json=[])
    web.get(f"{OTHER}/api/v1/timelines/tag/NHSNWL", json=[])
    pull(source("mastodon", server=[*one_list()["server"], FEDI]))
    sent = [(str(c.request.url)[:20], c.request.headers["Authorization"]) for c in web.calls]
    assert sent == [
        (URL[:20], f"Bearer {SECRET}"), (OTHER[:20], "Bearer another-token"),
    ]  # fmt: skip
    assert not any(SECRET in str(call.request.url) for call in web.calls)


def test_the_name_that_a_servers_own_users_have_is_kept_where_its_url_has_another(
    web: responses.RequestsMock,
) -> None:
    local = "http://127.0.0.1:8801"
    web.get(f"{local}/api/v1/timelines/tag/NHSNWL", json=[status(12)])
    web.get(f"{local}/api/v1/timelines/tag/NHSNWL", json=[])
    mentions, _, keeps, _ = pull(source("mastodon", **one_list(url=local)))
    assert [mention.issuer for mention in mentions] == ["social.example.org"]
    assert keeps["127.0.0.1:8801 name"] == "social.example.org"


# ── our own posts ────────────────────────────────────────────────────────────────────────────────


def test_what_the_tokens_account_wrote_is_ours_though_nobody_registered_it(
    web: responses.RequestsMock,
) -> None:
    answer(web, "mastodon", CASES["mastodon"]["routes"])
    mentions, odds, _, error = pull(source("mastodon"))
    found = {mention.key: mention for mention in mentions}
    assert error is None
    assert (found[OPEN].own, found[OPEN].matched) == (True, ("own posts",))
    assert "for our followers" not in " ".join(mention.text for mention in mentions)
    assert "server 1 (social.example.org) own posts page 1 item 3" in [odd.item for odd in odds]
    (asked_for,) = asked(web, OWN)
    assert asked_for == {"exclude_reblogs": "true", "limit": "40"}


def test_an_answer_of_ours_names_the_question_at_the_server_that_issued_it(
    found: dict[str, Mention], web: responses.RequestsMock
) -> None:
    assert found[ANSWER].kind == "reply"
    assert found[ANSWER].linked(found[ANSWER].parent_id) == ("fedi.example.net", "01JIDA")
    assert {"id[]": "115000000000000014"} in asked(web, STATUSES)


def test_a_question_is_looked_up_alone_where_a_server_can_not_give_several(
    web: responses.RequestsMock,
) -> None:
    web.get(WHO, json=page("mastodon/account.json"))
    web.get(OWN, json=page("mastodon/own.json")[:1], headers={"Link": f'<{OWN}>; rel="prev"'})
    web.get(STATUSES, status=404)
    web.get(f"{STATUSES}/115000000000000014", json=page("mastodon/parents.json")[0])
    web.get(TAG, json=[])
    (reply,), odds, _, error = pull(source("mastodon", **one_list(own_posts=True)))
    assert (reply.parent_id, odds, error) == ("fedi.example.net:01JIDA", [], None)


@pytest.mark.parametrize("gone", [404, 410])
def test_an_answer_to_what_is_gone_names_no_parent(web: responses.RequestsMock, gone: int) -> None:
    web.get(WHO, json=page("mastodon/account.json"))
    web.get(OWN, json=page("mastodon/own.json")[:1], headers={"Link": f'<{OWN}>; rel="prev"'})
    web.get(STATUSES, status=404)
    web.get(f"{STATUSES}/115000000000000014", status=gone)
    web.get(TAG, json=[])
    (reply,), _, _, error = pull(source("mastodon", **one_list(own_posts=True)))
    assert (reply.kind, reply.parent_id, error) == ("reply", "", None)


def test_our_own_posts_climb_from_where_the_last_run_came(web: responses.RequestsMock) -> None:
    own = page("mastodon/own.json")[2]
    web.get(TAG, json=[])
    web.get(WHO, json=page("mastodon/account.json"))
    web.get(OWN, json=[own | {"id": "18"}, own | {"id": "17"}])
    web.get(OWN, json=[])
    kept = {"social.example.org own posts": "16"}
    mentions, _, keeps, error = pull(source("mastodon", state=kept, **one_list(own_posts=True)))
    assert (len(mentions), error) == (2, None)
    assert [one["min_id"] for one in asked(web, OWN)] == ["16", "18"]
    assert keeps == {"social.example.org own posts": "18"}


@pytest.mark.parametrize("kept", [{}, {"social.example.org own posts": "115000000000000013"}])
def test_a_server_that_begins_at_no_id_gives_its_newest_and_is_not_asked_for_ever(
    web: responses.RequestsMock, kept: dict[str, str]
) -> None:
    old = page("mastodon/own.json")[2] | {"id": "1", "created_at": "2026-10-01T09:00:00.000Z"}
    web.get(TAG, json=[])
    web.get(WHO, json=page("mastodon/account.json"))
    web.get(OWN, json=[page("mastodon/own.json")[2], old])
    mentions, odds, _, error = pull(source("mastodon", state=kept, **one_list(own_posts=True)))
    assert ([mention.key for mention in mentions], odds, error) == ([OPEN], [], None)


@pytest.mark.parametrize("refusal", [403, 404, 422])
@pytest.mark.parametrize("url", [WHO, OWN])
def test_a_server_that_does_not_give_our_own_posts_is_told_of_once_and_fails_nothing(
    web: responses.RequestsMock, refusal: int, url: str
) -> None:
    web.get(url, status=refusal, json={"error": SECRET})
    web.get(WHO, json=page("mastodon/account.json"))
    web.get(TAG, json=[status(12)])
    mentions, odds, _, error = pull(source("mastodon", **one_list(own_posts=True)))
    assert (len(mentions) > 0, error) == (True, None)
    assert [(odd.item, odd.stops) for odd in odds] == [
        ("server 1 (social.example.org) own posts", False)
    ]
    assert str(refusal) in odds[0].why
    assert SECRET not in odds[0].why


def refuse(web: responses.RequestsMock, url: str) -> None:
    """Our own list, an answer in it to a question, and one of its calls that is refused."""
    web.get(url, status=403)
    web.get(WHO, json=page("mastodon/account.json"))
    web.get(OWN, json=page("mastodon/own.json")[:1], headers={"Link": f'<{OWN}>; rel="prev"'})
    web.get(STATUSES, json=page("mastodon/parents.json"))
    web.get(TAG, json=[])


@pytest.mark.parametrize("url", [WHO, OWN, STATUSES])
def test_own_posts_that_were_refused_at_first_are_read_from_the_first_look_once_given(
    web: responses.RequestsMock, url: str
) -> None:
    refuse(web, url)
    mentions, odds, kept, error = pull(source("mastodon", **one_list(own_posts=True)))
    assert (mentions, [odd.stops for odd in odds], error) == ([], [False], None)
    assert kept == {"social.example.org own posts unread": clock.text(SINCE)}
    web.reset()
    refuse(web, f"{URL}/nothing")
    given = pull(source("mastodon", state=kept, **one_list(own_posts=True)), AT)
    assert ([one.key for one in given[0]], given[1], given[3]) == ([ANSWER], [], None)
    assert given[2]["social.example.org own posts unread"] == ""
    assert given[2]["social.example.org own posts"]


@pytest.mark.parametrize("url", [WHO, OWN, STATUSES])
def test_own_posts_that_were_given_before_and_are_refused_now_leave_the_bookmark(
    web: responses.RequestsMock, url: str
) -> None:
    refuse(web, url)
    kept = {"social.example.org own posts": "16"}
    _, odds, keeps, error = pull(source("mastodon", state=kept, **one_list(own_posts=True)))
    assert ([odd.stops for odd in odds], keeps, error) == ([True], {}, None)


@pytest.mark.parametrize(
    "body", [[], {}, {"id": "../6", "acct": "a", "url": URL}, {"id": "6", "acct": 5}]
)
def test_an_answer_that_tells_of_no_account_may_pass(
    web: responses.RequestsMock, body: Any
) -> None:
    web.get(TAG, json=[])
    web.get(WHO, json=body)
    *_, error = pull(source("mastodon", **one_list(own_posts=True)))
    assert isinstance(error, PlatformUnavailable)
    assert "whose token" in str(error)


# ── errors ───────────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_fails_does_not_cost_the_others(web: responses.RequestsMock) -> None:
    web.get(TAG, status=401, json={"error": "The access token is invalid"})
    web.get(f"{OTHER}/api/v1/timelines/tag/NHSNWL", json=page("mastodon/tag2.json"))
    web.get(f"{OTHER}/api/v1/timelines/tag/NHSNWL", json=[])
    mentions, _, _, error = pull(source("mastodon", server=[*one_list()["server"], FEDI]))
    assert [mention.key for mention in mentions] == [FLO]
    assert isinstance(error, PlatformRefused)
    assert str(error).startswith("1 of 2 servers failed: server 1 (social.example.org): ")


def test_servers_that_may_work_later_are_no_reason_to_call_a_person(
    web: responses.RequestsMock,
) -> None:
    web.get(TAG, body=requests.ConnectionError(SECRET))
    *_, error = pull(source("mastodon", **one_list()))
    assert isinstance(error, PlatformUnavailable)
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("status_", "body", "word"),
    [
        (401, {"error": "The access token is invalid"}, "make a new one"),
        (403, {"error": "This action is outside the authorized scopes"}, "read:notifications"),
        (404, {"error": "Record not found"}, "`url`"),
        (410, {"error": SECRET}, "out of site.toml"),
        (422, {"error": f"Validation failed: {SECRET}"}, "a user's"),
        (404, "<html>", "`url`"),
        (400, "<html>", "400"),
    ],
)
def test_what_a_server_refuses_is_said_with_the_mend(
    web: responses.RequestsMock, status_: int, body: Any, word: str
) -> None:
    web.get(TAG, status=status_, body=body if isinstance(body, str) else json.dumps(body))
    *_, error = pull(source("mastodon", **one_list()))
    assert isinstance(error, PlatformRefused)
    assert word in str(error)
    assert SECRET not in str(error)
    assert len(web.calls) == 1


def test_a_rate_limit_that_opens_too_late_is_left_for_the_next_run(
    web: responses.RequestsMock,
) -> None:
    opens = {
        "X-RateLimit-Reset": "2026-11-24T09:04:00.000000Z",
        "Date": "Tue, 24 Nov 2026 09:00:00 GMT",
    }
    web.get(TAG, status=429, json={"error": "Too many requests"}, headers=opens)
    *_, error = pull(source("mastodon", http=client(longest_wait=60), **one_list()))
    assert isinstance(error, PlatformUnavailable)
    assert "240 s" in str(error)
    assert len(web.calls) == 1


@pytest.mark.parametrize("status_", [429, 500, 503])
def test_what_may_pass_is_tried_again(web: responses.RequestsMock, status_: int) -> None:
    web.get(TAG, status=status_, body="<html>")
    web.get(TAG, json=[])
    assert pull(source("mastodon", **one_list()))[3] is None


@pytest.mark.parametrize("body", [b"{}", b"<html>not found</html>", b"null", b'[{"id":'])
def test_a_page_of_another_shape_fails_its_server(web: responses.RequestsMock, body: bytes) -> None:
    web.get(TAG, body=body)
    *_, error = pull(source("mastodon", **one_list()))
    assert isinstance(error, PlatformUnavailable)


# ── the table ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("server", "word"),
    [
        ({"url": "http://social.example.org"}, "server 1 url"),
        ({"url": "social.example.org"}, "server 1 url"),
        ({"url": "https://social.example.org/@ana"}, "server 1 url"),
        ({"token": ""}, "server 1 token"),
        ({"hashtags": ["two words"]}, "server 1 hashtags"),
        ({"hashtags": []}, "server 1: nothing to look for"),
        ({"colour": "red"}, "server 1 colour: unknown key"),
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(server: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigError, match=word) as raised:
        source("mastodon", **one_list(**server))
    assert SECRET not in str(raised.value)


def test_no_server_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="server: there is none"):
        source("mastodon", server=[])


def test_a_term_that_names_somebody_who_is_not_registered_is_refused() -> None:
    with pytest.raises(ConfigError, match="follows an account"):
        source("mastodon", terms=["@someone@social.example.org"])


def test_a_server_without_its_token_is_told_of_and_costs_no_other(
    web: responses.RequestsMock,
) -> None:
    web.get(TAG, json=[])
    missing = {**FEDI, "token": "", "left_out": "its secret is missing: set the variable X"}
    _, odds, _, error = pull(source("mastodon", server=[*one_list()["server"], missing]))
    assert isinstance(error, PartsFailed)
    assert not odds
    assert "1 of 2 servers failed: server 2 (fedi.example.net): left out: " in str(error)
