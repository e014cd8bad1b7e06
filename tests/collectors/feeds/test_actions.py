from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from collectors.base import Gone
from collectors.feeds.actions import recheck
from collectors.feeds.collector import Feeds
from core.errors import CollectorError, PlatformUnavailable
from core.models import Kind, Mention
from tests.collectors.cases import AT, SECRET, client, page, source

SITE = "https://blog.example.org"
API = f"{SITE}/wp-json/wp/v2"
FEED = f"{SITE}/feed/"
POSTS, COMMENTS = page("feeds/rest_posts.json"), page("feeds/rest_comments.json")
LOGIN = {"user": "comms", "password": SECRET}
asked = responses.matchers.query_param_matcher


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def built(**table: Any) -> Feeds:
    made = source("feeds", **{"feed": [{"url": FEED}], **table}, http=client(attempts=1))
    assert isinstance(made, Feeds)
    return made


def site(**keys: Any) -> Feeds:
    return built(feed=[], wordpress=[{"url": SITE, **keys}])


def held(number: str, url: str = "", kind: Kind = "article", issuer: str = FEED) -> Mention:
    return Mention(
        issuer=issuer, issued_id=number, platform="blog", kind=kind, url=url or f"{SITE}/{number}/",
        text="NHS NW London", posted_at=AT, fetched_at=AT.replace(day=1), matched=("NHS NW London",),
    )  # fmt: skip


def comment(number: int = 12, **keys: Any) -> Mention:
    return dataclasses.replace(held(f"comment:{number}", kind="comment", issuer=SITE), **keys)


def fates(source_: Feeds, *mentions: Mention) -> dict[str, str]:
    """What became of each; "" for what nothing is said of."""
    told = {mention.issued_id: "" for mention in mentions}
    for fate in recheck(source_, mentions):
        if isinstance(fate, Gone):
            told[fate.issued_id] = f"gone: {fate.why}"
        elif isinstance(fate, Mention):
            assert fate.fetched_at == AT
            assert fate.matched == ("NHS NW London",)
            told[fate.issued_id] = "hidden" if fate.hidden else "there"
    return told


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, "there"),
        (404, "gone: deleted"),
        (410, "gone: deleted"),
        (400, ""),
        (401, ""),
        (403, ""),
        (451, ""),
    ],
)
def test_a_page_says_whether_it_is_still_there(
    status: int, fate: str, web: responses.RequestsMock
) -> None:
    web.get(f"{SITE}/robots.txt", status=404)
    web.get(f"{SITE}/a/", status=status, body="<html>A</html>")
    assert fates(built(), held("a")) == {"a": fate}
    assert [call.request.method for call in web.calls] == ["GET", "GET"]


@pytest.mark.parametrize(
    "spoiled",
    [{"status": 500}, {"status": 503}, {"status": 429}, {"body": requests.ConnectionError(SECRET)}],
)
def test_an_outage_is_no_deletion_and_costs_no_other_host(
    spoiled: dict[str, Any], web: responses.RequestsMock
) -> None:
    web.get(f"{SITE}/robots.txt", status=404)
    web.get(f"{SITE}/a/", **spoiled)
    web.get(f"{SITE}/b/", status=404)
    web.get("https://news.example.org/robots.txt", status=404)
    web.get("https://news.example.org/c/", status=404)
    found: list[Any] = []
    mentions = [held("a"), held("b"), held("c", "https://news.example.org/c/")]
    with pytest.raises(PlatformUnavailable, match=r"1 hosts could not be looked at: blog\.exam"):
        found.extend(recheck(built(), mentions))
    assert [fate.issued_id for fate in found if isinstance(fate, Gone)] == ["c"]


@pytest.mark.parametrize(
    "robots",
    [{"body": "User-agent: *\nDisallow: /a"}, {"body": "User-agent: mentions\nDisallow: /"}],
)
def test_nothing_is_fetched_or_said_where_robots_txt_forbids_it(
    robots: dict[str, Any], web: responses.RequestsMock
) -> None:
    web.get(f"{SITE}/robots.txt", **robots)
    assert fates(built(), held("a")) == {"a": ""}
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://news.google.com/rss/articles/CBMi0",
        "http://127.0.0.1:9/admin",
        "https://[",
        "ftp://a/b",
    ],
)
def test_what_must_not_be_asked_is_not(url: str, web: responses.RequestsMock) -> None:
    assert fates(built(), held("a", url), held("b", "-"), dataclasses.replace(held("c"), url="")) == {
        "a": "", "b": "", "c": "",
    }  # fmt: skip
    assert not web.calls


def test_a_redirect_to_the_front_page_says_nothing_and_one_to_a_new_address_does(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{SITE}/robots.txt", status=404)
    web.get(f"{SITE}/a/", status=302, headers={"Location": "/"})
    web.get(f"{SITE}/b/", status=301, headers={"Location": "/new/b/"})
    for path in ("/", "/new/b/"):
        web.get(SITE + path, body="<html>A</html>")
    assert fates(built(), held("a"), held("b")) == {"a": "", "b": "there"}


@pytest.mark.parametrize(
    ("leads", "fate"),
    [
        ("https://parked.example.net/", ""),
        ("https://www.blog.example.org/a/", "gone: deleted"),
        ("/404", "gone: deleted"),
    ],
)
def test_only_its_own_site_can_say_that_an_article_is_gone(
    web: responses.RequestsMock, leads: str, fate: str
) -> None:
    web.get(f"{SITE}/a/", status=302, headers={"Location": leads})
    web.get(re.compile("https://.*"), status=404)
    assert fates(built(), held("a")) == {"a": fate}


def test_a_comment_is_there_where_its_place_on_the_page_is_and_its_page_is_asked_for_once(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{SITE}/robots.txt", status=404)
    web.get(f"{SITE}/a/", body="<li id='comment-12'>A</li> <li id=comment-131>B</li>")
    comments = [held(str(n), f"{SITE}/a/#comment-{n}", "comment") for n in (12, 13, 131)]
    assert fates(built(), *comments, held("a")) == {
        "12": "there",
        "13": "",
        "131": "there",
        "a": "there",
    }
    assert len(web.calls) == 2


# ── WordPress ────────────────────────────────────────────────────────────────────────────────────


def listed(web: responses.RequestsMock, path: str, items: Any, **query: str) -> None:
    web.get(f"{API}/{path}", json=items, match=[asked(query, strict_match=False)])


def alone(web: responses.RequestsMock, path: str, status: int, code: str = "", **more: Any) -> None:
    """What the API says of one item."""
    web.get(f"{API}/{path}", status=status, json={"code": code, "data": {"status": status}, **more})


def test_items_of_a_site_are_looked_up_by_their_ids_in_batches(web: responses.RequestsMock) -> None:
    listed(
        web, "posts", [{**POSTS[0], "title": {"rendered": "Mended"}}], include="5", per_page="100"
    )
    listed(web, "comments", COMMENTS[:2], include="12,13", per_page="100")
    found = list(recheck(site(), [held("post:5", issuer=SITE), comment(), comment(13, own=True)]))
    assert [one.issued_id for one in found if isinstance(one, Mention)] == [
        "post:5",
        "comment:12",
        "comment:13",
    ]
    assert isinstance(found[0], Mention)
    assert found[0].text.startswith("Mended")
    assert [one.own for one in found if isinstance(one, Mention)] == [False, False, True]
    assert len(web.calls) == 2


@pytest.mark.parametrize(
    ("status", "code", "fate"),
    [
        (404, "rest_comment_invalid_id", "gone: deleted"),
        (404, "rest_comment_invalid_post_id", "gone: deleted"),
        (401, "rest_cannot_read", "gone: removed"),
        (401, "rest_cannot_read_post", "gone: removed"),
    ],
)
def test_one_that_is_missing_is_asked_for_by_itself(
    status: int, code: str, fate: str, web: responses.RequestsMock
) -> None:
    listed(web, "comments", [])
    alone(web, "comments/12", status, code)
    assert fates(site(), comment()) == {"comment:12": fate}


def test_who_is_signed_in_sees_what_is_held_and_in_the_trash(web: responses.RequestsMock) -> None:
    items = [{**COMMENTS[1], "status": "trash"}, {**COMMENTS[0], "status": "hold"}]
    listed(web, "comments", items, status="any")
    assert fates(site(**LOGIN), comment(), comment(13)) == {
        "comment:12": "hidden",
        "comment:13": "hidden",
    }


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"status": 503}, None),
        ({"status": 401, "json": {"code": "rest_not_logged_in"}}, None),
        ({"status": 404, "body": "<html>No</html>"}, None),
        ({"body": "<html>Welcome</html>", "content_type": "text/html"}, None),
        ({"json": {"items": []}}, None),
        ({"json": []}, {"status": 404, "body": "<html>No</html>"}),
        ({"json": []}, {"status": 403, "json": {"code": "rest_disabled"}}),
        ({"json": []}, {"status": 500}),
    ],
)
def test_what_is_no_answer_of_wordpress_itself_is_no_deletion(
    first: dict[str, Any], then: dict[str, Any] | None, web: responses.RequestsMock
) -> None:
    web.get(f"{API}/comments", **first)
    web.get(f"{SITE}/", body="<html>Welcome</html>", content_type="text/html")
    if then:
        web.get(f"{API}/comments/12", **then)
    found: list[Any] = []
    with pytest.raises(CollectorError):
        found.extend(recheck(site(), [comment()]))
    assert not [fate for fate in found if isinstance(fate, Gone)]


def test_an_odd_answer_of_one_item_costs_only_itself(web: responses.RequestsMock) -> None:
    listed(web, "comments", [{"id": 12, "post": None}, COMMENTS[0]])
    assert fates(site(), comment(), comment(13)) == {"comment:12": "", "comment:13": "there"}
