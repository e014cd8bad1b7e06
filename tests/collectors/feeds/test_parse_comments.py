from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from collectors.feeds.parse import _comments_feed
from core.context import AnsweredPost, Page, context_of
from tests.collectors.cases import saved
from tests.collectors.feeds.test_collector import BLOG, feed, run


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_a_comment_names_what_it_answers_and_leaves_its_authors_name_out(
    web: responses.RequestsMock,
) -> None:
    (comment,) = feed("comments.xml", web, keep="all")
    assert (comment.kind, comment.parent_id) == ("comment", "https://blog.example.org/winter/")
    assert (comment.text, comment.author.name) == ("Phones still unanswered", "Bo Example")


def test_a_reply_in_wordpress_names_what_it_answers_and_not_in_its_words(
    web: responses.RequestsMock,
) -> None:
    said = (
        b"In reply to &lt;a href=&quot;https://blog.example.org/winter/#comment-12&quot;&gt;Bo "
        b"Example&lt;/a&gt;. On Mondays too, and this goes on."
    )
    whole = (
        b'<p>In reply to <a href="https://blog.example.org/winter/#comment-12">Bo Example</a>.</p>\n'
        b"<p>On Mondays too</p>"
    )
    body = (
        saved("feeds/comments.xml").replace(b"comment-12", b"comment-13")
        .replace(b"<description>Phones still unanswered", b"<description><![CDATA[" + said + b"]]>")
        .replace(b"<p>Phones still unanswered</p>", whole)
    )  # fmt: skip
    web.get(BLOG, body=body)
    (reply,), *_ = run(web, keep="all")
    assert reply.text == "On Mondays too"
    assert reply.parent_id == "https://blog.example.org/?p=5#comment-12", (
        "in the form of its own id"
    )
    assert reply.issued_id == "https://blog.example.org/?p=5#comment-13"
    assert reply.root_id == "https://blog.example.org/winter/"


def test_the_comments_on_a_post_are_read_where_config_says_so(web: responses.RequestsMock) -> None:
    web.get("https://blog.example.org/winter/feed/", body=saved("feeds/comments.xml"))
    assert [mention.kind for mention in feed("wordpress.xml", web, comments=True)] == [
        "article",
        "comment",
    ]


def test_a_comment_says_the_article_that_it_is_on(web: responses.RequestsMock) -> None:
    web.get("https://blog.example.org/winter/feed/", body=saved("feeds/comments.xml"))
    article, comment = feed("wordpress.xml", web, comments=True, own=True)
    assert comment.context == context_of(
        page=Page(owner="organisation", name="blog.example.org"),
        answered=[AnsweredPost(text=article.text, official=True)],
    )
    assert not article.context


def test_comments_that_can_not_be_had_are_named_and_cost_no_other_entry(
    web: responses.RequestsMock,
) -> None:
    web.get("https://blog.example.org/winter/feed/", status=404)
    web.get(BLOG, body=saved("feeds/wordpress.xml"), headers={"ETag": "one"})
    mentions, _, keeps, error = run(web, keep="all", comments=True)
    assert len(mentions) == 2
    assert "404" in str(error)
    assert not keeps, "the next run asks for all of it again"


def test_an_address_of_comments_that_is_no_text_is_none() -> None:
    assert _comments_feed({"wfw_commentrss": {"href": "x"}, "slash_comments": "3"}, "") == ""
