from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from core.context import AnsweredPost, Page
from core.models import Author, Mention
from tests.collectors.cases import AT, pull, source

BLOG = "https://blog.example.org/feed/"
NEWS = "https://news.google.com/rss/search?q=icb"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def read(web: responses.RequestsMock, body: str, url: str = BLOG, **keys: Any) -> list[Mention]:
    web.get(url, body=body.encode(), content_type="application/xml")
    mentions, odds, _, error = pull(source("feeds", feed=[{"url": url, "keep": "all", **keys}]))
    assert (odds, error) == ([], None)
    return mentions


def rss(items: str, title: str = "A blog") -> str:
    spaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    )
    return f'<?xml version="1.0"?><rss version="2.0" {spaces}><channel><title>{title}</title>{items}</channel></rss>'


def atom(entries: str, head: str = "", attributes: str = "") -> str:
    space = 'xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"'
    return f"<feed {space} {attributes}><title>A blog</title>{head}{entries}</feed>"


def entry(inside: str = "", attributes: str = "") -> str:
    return f"<entry {attributes}><id>t3_1aaaaaa</id><title>NHS NW London</title>{inside}</entry>"


def test_an_id_is_kept_as_it_was_issued_and_a_link_is_read_from_the_feeds_address(
    web: responses.RequestsMock,
) -> None:
    (found,) = read(web, atom(entry('<link href="/2026/a"/>')))
    assert (found.issued_id, found.url) == ("t3_1aaaaaa", "https://blog.example.org/2026/a")


def test_an_id_alone_is_no_address(web: responses.RequestsMock) -> None:
    assert read(web, atom(entry()))[0].url == ""
    web.reset()
    guid = "<item><title>x</title><guid>https://blog.example.org/z</guid></item>"
    assert read(web, rss(guid))[0].url == "https://blog.example.org/z"


def test_a_picture_is_found_by_an_address_from_the_feeds_own(web: responses.RequestsMock) -> None:
    (found,) = read(
        web, rss("<item><title>x</title><description>&lt;img src='/a.jpg'&gt;</description></item>")
    )
    assert found.images == ("https://blog.example.org/a.jpg",)


def test_feedburner_tells_where_an_article_really_is(web: responses.RequestsMock) -> None:
    parts = (
        "<title>x</title><link>http://feedproxy.google.com/~r/x/~3/abc/</link>"
        "<feedburner:origLink>https://blog.example.org/a</feedburner:origLink>"
    )
    assert read(web, rss(f"<item>{parts}</item>"))[0].url == "https://blog.example.org/a"


def test_of_several_authors_the_first_is_named(web: responses.RequestsMock) -> None:
    two = "<author><name>Ana</name></author><author><name>Bo</name></author>"
    assert read(web, atom(entry(two)))[0].author == Author(name="Ana")


def test_an_article_without_an_author_is_by_its_feeds_and_a_comment_by_nobody(
    web: responses.RequestsMock,
) -> None:
    head, answer = "<author><name>Ana</name></author>", '<thr:in-reply-to ref="urn:post:9"/>'
    article, comment = read(web, atom(entry() + entry(answer), head))
    assert (article.author.name, comment.author.name) == ("Ana", "")


def test_an_entry_may_be_in_another_language_than_its_feed(web: responses.RequestsMock) -> None:
    entries = entry() + entry(attributes='xml:lang="cy"')
    found = read(web, atom(entries, attributes='xml:lang="en-GB"'))
    assert [one.language for one in found] == ["en-GB", "cy"]


def test_a_date_of_noughts_is_no_date_and_keeps_its_entry(web: responses.RequestsMock) -> None:
    body = rss("<item><title>NHS NW London</title><pubDate>0000-00-00 00:00:00</pubDate></item>")
    web.get(BLOG, body=body)
    (found,), (odd,), *_ = pull(source("feeds", feed=[{"url": BLOG}]))
    assert (found.posted_at, "no time" in odd.why) == (AT, True)


def test_a_comment_stands_on_the_page_of_its_article_whatever_page_of_the_thread_it_is_on(
    web: responses.RequestsMock,
) -> None:
    link = "https://blog.example.org/winter/comment-page-2/#comment-13"
    (found,) = read(web, rss(f"<item><title>By: Cy</title><link>{link}</link></item>"))
    assert found.url == link
    assert found.parent_id == found.root_id == "https://blog.example.org/winter/"


def test_google_news_says_nothing_beside_title_and_outlet(web: responses.RequestsMock) -> None:
    told = (
        "&lt;ol&gt;&lt;li&gt;&lt;a href='x'&gt;ICB plan&lt;/a&gt;&amp;nbsp;&lt;font&gt;Gazette&lt;/font&gt;"
        "&lt;/li&gt;&lt;li&gt;&lt;a href='y'&gt;Another&lt;/a&gt;&lt;/li&gt;&lt;/ol&gt;"
    )
    item = f"<title>ICB plan - Gazette</title><description>{told}</description><source>Gazette</source>"
    (found,) = read(web, rss(f"<item>{item}</item>", "icb - Google News"), NEWS)
    assert (found.text, found.author.name) == ("ICB plan", "Gazette")
    assert "Another" in found.text_raw
    assert found.context.page == Page(name="Gazette", kind="newspaper")


def test_what_google_finds_without_an_outlet_stands_at_its_articles_address(
    web: responses.RequestsMock,
) -> None:
    item = "<title>ICB plan</title><link>https://gazette.example.org/plan</link>"
    (found,) = read(web, rss(f"<item>{item}</item>", "icb - Google News"), NEWS)
    assert found.context.page == Page(name="gazette.example.org", kind="newspaper")


def test_blank_lines_before_a_feed_do_no_harm(web: responses.RequestsMock) -> None:
    assert len(read(web, "\n\n " + rss("<item><title>NHS NW London</title></item>"))) == 1


def test_half_of_the_last_entry_is_left_for_the_next_time(web: responses.RequestsMock) -> None:
    whole = "<item><title>NHS NW London</title><link>https://blog.example.org/a</link></item>"
    half = (
        "<item><title>NHS NW London</title><link>https://blog.example.org/b</link><description>It"
    )
    web.get(BLOG, body=rss(whole + half).partition("</channel>")[0])
    found, (odd,), *_ = pull(source("feeds", feed=[{"url": BLOG}]))
    assert [one.url for one in found] == ["https://blog.example.org/a"]
    assert "damaged" in odd.why


def test_a_feed_that_lacks_its_own_end_alone_keeps_its_last_entry(
    web: responses.RequestsMock,
) -> None:
    web.get(BLOG, body=rss("<item><title>NHS NW London</title></item>").partition("</channel>")[0])
    assert len(pull(source("feeds", feed=[{"url": BLOG}]))[0]) == 1


def test_a_json_feed_may_give_an_address_from_its_own(web: responses.RequestsMock) -> None:
    item = {
        "id": 7,
        "url": "/a",
        "title": "NHS NW London",
        "date_published": "2026-11-20T09:45:00Z",
    }
    web.get(BLOG, json={"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    (found,), *_ = pull(source("feeds", feed=[{"url": BLOG}]))
    assert (found.issued_id, found.url) == ("7", "https://blog.example.org/a")
    assert found.posted_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)


def test_a_plain_title_that_was_escaped_once_more_is_read_as_it_was_meant(
    web: responses.RequestsMock,
) -> None:
    title = "&lsquo;He has a name&rsquo;: NHS NW London"
    item = {"id": 8, "url": "/b", "title": title, "date_published": "2026-11-20T09:45:00Z"}
    web.get(BLOG, json={"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    (found,), *_ = pull(source("feeds", feed=[{"url": BLOG}]))
    assert found.text == "‘He has a name’: NHS NW London"
    web.reset()
    twice = entry().replace("NHS NW London", title.replace("&", "&amp;"))
    assert read(web, atom(twice))[0].text == found.text


# ── the article that a comment stands under ──────────────────────────────────────────────────────

COMMENT = (
    "<item><title>{title}</title><link>https://blog.example.org/winter/#comment-12</link>"
    "<dc:creator>Bo by the canal</dc:creator><description>Phones still unanswered</description></item>"
)


@pytest.mark.parametrize(
    ("feed", "title", "site", "article"),
    [
        ("Comments on: Winter at NHS NW London", "By: Bo", "blog.example.org", "Winter at NHS NW London"),
        ("Comments for The Brent Diary", "Comment on Winter, by the canal by Bo by the canal", "The Brent Diary",
         "Winter, by the canal"),
        ("Comments for The Brent Diary", "Comment on Winter", "The Brent Diary", "Winter"),
        ("Comments for The Brent Diary", "By: Bo", "The Brent Diary", ""),
        ("A blog", "By: Bo", "blog.example.org", ""),
    ],
)  # fmt: skip
def test_a_comment_comes_with_site_and_article_as_titles_word_them(
    web: responses.RequestsMock, feed: str, title: str, site: str, article: str
) -> None:
    (comment,) = read(web, rss(COMMENT.format(title=title), feed))
    assert comment.kind == "comment"
    assert comment.context.page == Page(name=site)
    assert comment.context.answered == ((AnsweredPost(text=article),) if article else ())


def test_a_comment_on_our_own_site_stands_under_our_words(web: responses.RequestsMock) -> None:
    body = rss(COMMENT.format(title="By: Bo"), "Comments on: Winter")
    (comment,) = read(web, body, own=True, platform="news")
    assert comment.context.page == Page(
        owner="organisation", name="blog.example.org", kind="newspaper"
    )
    assert comment.context.answered == (AnsweredPost(text="Winter", official=True),)
    assert comment.context.is_under_ours


def test_an_article_of_a_paper_says_which(web: responses.RequestsMock) -> None:
    item = "<item><title>Winter</title><link>/winter/</link></item>"
    (article,) = read(web, rss(item, "The Brent Gazette"), platform="news")
    assert article.context.page == Page(name="The Brent Gazette", kind="newspaper")
    assert not article.context.answered


def test_an_article_of_a_papers_json_feed_says_which(web: responses.RequestsMock) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "The Brent Gazette",
        "items": [{"id": 7, "url": "/a", "title": "NHS NW London"}],
    }  # fmt: skip
    web.get(BLOG, json=feed)
    (article,), *_ = pull(source("feeds", feed=[{"url": BLOG, "platform": "news"}]))
    assert article.context.page == Page(name="The Brent Gazette", kind="newspaper")


def test_an_article_of_no_paper_has_no_context(web: responses.RequestsMock) -> None:
    (article,) = read(web, rss("<item><title>Winter</title><link>/winter/</link></item>"))
    assert not article.context
