from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS
from collectors.feeds.wordpress import Whose, WordPress, comment_to_mention, post_to_mention
from core.context import NOWHERE, AnsweredPost, Page, context_of
from core.errors import PlatformUnavailable
from core.models import Author, Mention
from tests.collectors.cases import AT, SECRET, page, pull, source
from tests.collectors.mutants import mutants

SITE = "https://blog.example.org"
API = f"{SITE}/wp-json/wp/v2"
WHOSE = Whose(issuer=SITE, platform="blog", own=False, at=AT)
POSTS, COMMENTS = page("feeds/rest_posts.json"), page("feeds/rest_comments.json")
LOGIN = {"user": "comms", "password": SECRET}
asked = responses.matchers.query_param_matcher


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def run(**keys: Any) -> Any:
    return pull(source("feeds", feed=[], wordpress=[{"url": SITE, **keys}]))


def listed(
    web: responses.RequestsMock, path: str, items: Any, total: int | None = 1, **query: Any
) -> None:
    """An answer to what is asked with at least these parameters."""
    match = [asked({name: str(value) for name, value in query.items()}, strict_match=False)]
    headers = {} if total is None else {"X-WP-Total": "9", "X-WP-TotalPages": str(total)}
    web.get(f"{API}/{path}", json=items, headers=headers, match=match)


def params(web: responses.RequestsMock, path: str) -> list[dict[str, Any]]:
    """What was asked of one path."""
    return [
        call.request.params  # type: ignore[attr-defined]
        for call in web.calls
        if str(call.request.url).startswith(f"{API}/{path}?")
    ]


def post(number: int, title: str = "NHS NW London", **more: Any) -> dict[str, Any]:
    return {
        "id": number, "date_gmt": "2026-11-20T09:45:00", "title": {"rendered": title},
        "content": {"rendered": "<p>A</p>"}, "link": f"{SITE}/{number}/", **more,
    }  # fmt: skip


def test_a_post_is_read_whole() -> None:
    mention = post_to_mention(POSTS[0], WHOSE)
    assert (mention.key, mention.kind) == (f"{SITE}:post:5", "article")
    assert mention.text == "Winter at NHS NW London – a diary\n\nPhones unanswered & doors shut."
    assert mention.posted_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC), "by GMT"
    assert mention.edited_at == datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
    assert mention.author == Author(
        id="2", handle="ana", name="Ana Example & friends", bio="Writes of wards."
    )
    assert mention.author.avatar.endswith("s=96")
    assert [address.rpartition("/")[2] for address in mention.images] == ["winter.jpg", "phone.jpg"]
    assert (mention.own, mention.hidden) == (False, False)


def test_an_author_whom_the_site_keeps_back_is_a_number() -> None:
    mention = post_to_mention(POSTS[1], WHOSE)
    assert mention.author == Author(id="3")
    assert mention.text == "Protected: NHS NW London"


def test_a_comment_and_a_reply_are_read_in_their_thread() -> None:
    reply, comment = (comment_to_mention(one, WHOSE) for one in COMMENTS[:2])
    assert (comment.kind, comment.parent_id, comment.root_id) == ("comment", "post:5", "post:5")
    assert (reply.kind, reply.parent_id, reply.root_id) == ("reply", comment.issued_id, "post:5")
    assert (comment.author.name, comment.author.id) == ("Bo & Co", "")
    assert comment.url == f"{SITE}/winter/#comment-12"
    assert comment_to_mention({**COMMENTS[1], "status": "hold"}, WHOSE).hidden


@pytest.mark.parametrize("gmt", [None, "", "0000-00-00T00:00:00", "soon"])
def test_without_gmt_the_sites_own_time_is_taken_for_uk_time(gmt: Any) -> None:
    summer = {**POSTS[0], "date_gmt": gmt, "date": "2026-06-20T10:45:00"}
    assert post_to_mention(summer, WHOSE).posted_at == datetime(2026, 6, 20, 9, 45, tzinfo=UTC)


def test_a_site_is_searched_by_each_term_and_read_for_what_was_changed(
    web: responses.RequestsMock,
) -> None:
    listed(web, "posts", POSTS, search='"NHS NW London"')
    listed(web, "posts", [post(8, "By another name")], search='"NW London ICB"')
    listed(web, "posts", [post(9), post(10, "Cake")], orderby="modified")
    mentions, odds, keeps, error = run(comments=False)
    assert ([one.issued_id for one in mentions], error, keeps) == (
        ["post:5", "post:7", "post:8", "post:9"], None, {},
    )  # fmt: skip
    assert mentions[2].matched == ("NW London ICB",), (
        "found by what its page shows and we don't see"
    )
    assert [odd.item for odd in odds] == ["blog.example.org posts 1 page 1 item 3"]
    first, _, changed = params(web, "posts")
    assert (first["after"], first["per_page"], first["page"]) == (
        "2026-11-18T09:00:00Z",
        "100",
        "1",
    )
    assert changed["modified_after"] == "2026-11-18T09:00:00Z"


def test_a_site_can_be_read_whole_or_matched_here(web: responses.RequestsMock) -> None:
    listed(web, "posts", [post(9), post(10, "Cake")], after="2026-11-18T09:00:00Z")
    listed(web, "posts", [], orderby="modified")
    assert [one.matched for one in run(comments=False, keep="all")[0]] == [("NHS NW London",), ()]
    assert [one.issued_id for one in run(comments=False, search=False)[0]] == ["post:9"]
    assert not any("search" in one for one in params(web, "posts"))


def test_comments_are_kept_that_name_a_term_or_stand_under_a_post_that_does(
    web: responses.RequestsMock,
) -> None:
    listed(web, "posts", [], page=1, _embed="author,wp:featuredmedia")
    listed(web, "posts", [post(5, author=2), post(6, "Cake")], include="5,6")
    listed(web, "comments", COMMENTS)
    mentions, odds, *_ = run()
    assert [one.issued_id for one in mentions] == ["comment:13", "comment:12"]
    assert {one.matched for one in mentions} == {("NHS NW London",)}
    assert [odd.item for odd in odds] == ["blog.example.org comments page 1 item 4"]
    assert params(web, "comments")[0]["after"] == "2026-11-17T09:00:00Z", "some are approved late"


def test_a_comment_says_the_article_that_it_is_on_and_the_comment_that_it_answers(
    web: responses.RequestsMock,
) -> None:
    listed(web, "posts", POSTS[:1], include="5,6")
    listed(web, "posts", [])
    listed(web, "comments", COMMENTS)
    comments = {mention.issued_id: mention for mention in run(keep="all")[0]}
    blog = Page(owner="other", name="blog.example.org")
    article = AnsweredPost(
        text="Winter at NHS NW London – a diary\n\nPhones unanswered & doors shut."
    )
    first = AnsweredPost(text="Phones still unanswered")
    assert comments["comment:12"].context == context_of(page=blog, answered=[article])
    assert comments["comment:13"].context == context_of(page=blog, answered=[first, article])


def test_on_our_own_site_the_article_and_its_authors_answers_are_official(
    web: responses.RequestsMock,
) -> None:
    reply = {**COMMENTS[1], "id": 16, "parent": 13}
    hidden = {**COMMENTS[0], "id": 17, "status": "hold"}
    below = {**COMMENTS[1], "id": 18, "parent": 17}
    listed(web, "posts", POSTS[:1], include=5)
    listed(web, "posts", [])
    listed(web, "comments", [reply, COMMENTS[0], hidden, below])
    comments = {mention.issued_id: mention for mention in run(keep="all", own=True)[0]}
    context = comments["comment:16"].context
    assert [post.official for post in context.answered] == [True, True]
    assert context.page == Page(owner="organisation", name="blog.example.org")
    assert [post.text[:6] for post in comments["comment:18"].context.answered] == ["Winter"]


@pytest.mark.parametrize("posts", [[], [{"id": None}], ["odd"]])
def test_a_comment_whose_article_is_not_shown_has_no_context(
    web: responses.RequestsMock, posts: list[Any]
) -> None:
    listed(web, "posts", posts, include="5,6")
    listed(web, "posts", [])
    listed(web, "comments", COMMENTS)
    mentions, _, _, error = run(keep="all")
    assert error is None
    assert [m.context for m in mentions if m.issued_id == "comment:12"] == [NOWHERE]


def test_on_our_own_site_posts_and_their_authors_answers_are_our_own(
    web: responses.RequestsMock,
) -> None:
    listed(web, "posts", POSTS[:1])
    listed(web, "comments", COMMENTS[:2])
    mentions, *_ = run(own=True, keep="all")
    assert {one.issued_id: one.own for one in mentions} == {
        "post:5": True, "comment:13": True, "comment:12": False,
    }  # fmt: skip


def test_held_comments_are_asked_for_with_the_login(web: responses.RequestsMock) -> None:
    listed(web, "posts", POSTS[:1])
    listed(web, "comments", [{**COMMENTS[1], "status": "hold"}], status="all")
    mentions, *_ = run(**LOGIN, held=True)
    assert [one.hidden for one in mentions] == [False, True]
    sent = {call.request.headers["Authorization"] for call in web.calls}
    assert sent == {f"Basic {base64.b64encode(f'comms:{SECRET}'.encode()).decode()}"}
    assert SECRET not in " ".join(str(call.request.url) for call in web.calls)


def test_pages_are_read_as_far_as_the_site_counts_them(web: responses.RequestsMock) -> None:
    for number in (1, 2, 3):
        listed(web, "posts", [post(number)], 3, page=number, after="2026-11-18T09:00:00Z")
    listed(web, "posts", [], orderby="modified")
    mentions, odds, _, error = run(keep="all", comments=False, page_size=1)
    assert ([one.issued_id for one in mentions], odds, error) == (
        ["post:1", "post:2", "post:3"],
        [],
        None,
    )


@pytest.mark.parametrize("end", [400, 200])
def test_where_the_count_is_lost_pages_are_read_until_there_is_no_more(
    end: int, web: responses.RequestsMock
) -> None:
    listed(web, "posts", [post(1)], None, page=1, after="2026-11-18T09:00:00Z")
    past = {"code": "rest_post_invalid_page_number", "message": "No.", "data": {"status": 400}}
    web.get(
        f"{API}/posts",
        status=end,
        json=past if end == 400 else [],
        match=[asked({"page": "2"}, strict_match=False)],
    )
    listed(web, "posts", [], orderby="modified")
    mentions, odds, _, error = run(keep="all", comments=False)
    assert (len(mentions), odds, error) == (1, [], None)


def test_a_cap_that_was_reached_is_named_and_keeps_the_bookmark(
    web: responses.RequestsMock,
) -> None:
    listed(web, "posts", [post(1)], 9)
    odds = run(keep="all", comments=False, pages=2)[1]
    assert odds[0].stops
    assert "posts 1" in odds[0].item


def test_what_is_older_ends_the_pages_of_a_site_that_knows_no_such_filter(
    web: responses.RequestsMock,
) -> None:
    listed(web, "posts", [], after="2026-11-18T09:00:00Z")
    old = post(2, date_gmt="2026-01-05T09:45:00", modified_gmt="2026-01-05T09:45:00")
    listed(web, "posts", [old], 9, orderby="modified")
    assert run(keep="all", comments=False)[:2] == ([], [])


def test_a_site_shows_no_secret_when_it_is_printed() -> None:
    assert SECRET not in repr(
        WordPress(url=f"https://a:{SECRET}@blog.example.org", user="comms", password=SECRET)
    )


@given(mutants(POSTS[0]))
def test_a_post_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(post_to_mention(item, WHOSE), Mention)


@given(mutants(COMMENTS[0]))
def test_a_comment_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(comment_to_mention(item, WHOSE), Mention)


@given(mutants(COMMENTS))
def test_a_page_of_any_shape_never_ends_a_run_with_a_bug(items: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        for path in ("posts", "comments"):
            web.get(f"{API}/{path}", body=json.dumps(items), content_type="application/json")
        _, _, _, error = run(keep="all")
    assert isinstance(error, PlatformUnavailable | None)
