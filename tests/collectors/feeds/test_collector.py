from __future__ import annotations

import contextlib
import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS
from collectors.feeds.options import Feed, issuer
from collectors.feeds.parse import About, _Context, entry_to_mention, json_to_mention, read
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, SECRET, page, pull, saved, source
from tests.collectors.mutants import mutants

BLOG = "https://blog.example.org/feed/"
ALERT = f"https://www.google.com/alerts/feeds/01234/{SECRET}"
ABOUT = About(issuer="https://blog.example.org/feed/", platform=None, kind=None, at=AT)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def feed(path: str, web: responses.RequestsMock, url: str = BLOG, **keys: Any) -> list[Mention]:
    web.get(url, body=saved(f"feeds/{path}"), content_type="application/xml")
    mentions, _, _, error = pull(source("feeds", feed=[{"url": url, **keys}]))
    assert error is None
    return mentions


def run(web: responses.RequestsMock, kept: dict[str, str] | None = None, **keys: Any) -> Any:
    return pull(source("feeds", feed=[{"url": BLOG, **keys}], state=kept))


def test_a_post_is_read_whole(web: responses.RequestsMock) -> None:
    (post,) = feed("wordpress.xml", web)
    assert (
        post.text
        == "Winter at NHS NW London – a diary\n\nPhones unanswered & doors shut.\n\n<3 the nurses \U0001f60a"
    )
    assert (post.issuer, post.issued_id) == (BLOG, "https://blog.example.org/?p=5")
    assert (post.platform, post.kind, post.author.name) == ("blog", "article", "Ana Example")
    assert post.posted_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
    assert (post.metrics, post.language, post.matched) == (
        {"replies": 1},
        "en-GB",
        ("NHS NW London",),
    )


def test_all_items_are_kept_where_config_says_so(web: responses.RequestsMock) -> None:
    web.get(BLOG, body=saved("feeds/wordpress.xml"))
    mentions, odds, _, _ = run(web, keep="all")
    assert [mention.matched for mention in mentions] == [("NHS NW London",), ()]
    assert mentions[1].issued_id == "https://blog.example.org/cake/"
    assert [odd.item for odd in odds] == ["blog.example.org item 3"]


def test_on_a_site_of_our_own_the_articles_are_our_own_and_the_comments_are_not(
    web: responses.RequestsMock,
) -> None:
    web.get("https://blog.example.org/winter/feed/", body=saved("feeds/comments.xml"))
    found = feed("wordpress.xml", web, comments=True, own=True)
    assert [mention.own for mention in found] == [True, False]


def test_pictures_that_come_with_an_entry_or_stand_in_it_are_named(
    web: responses.RequestsMock,
) -> None:
    ours = "https://blog.example.org/"
    parts = (
        f"<enclosure url='{ours}a.jpg' type='image/jpeg' length='9'/><enclosure url='{ours}b.mp3' "
        f"type='audio/mpeg' length='9'/><media:content xmlns:media='http://search.yahoo.com/mrss/' "
        f"url='{ours}c.png' medium='image'/><description>&lt;img src='{ours}d.gif?a=1&amp;amp;b=2'&gt;"
        "&lt;img src='https://s.w.org/images/core/emoji/16/1f600.png' alt='x'&gt;NHS NW London"
        "</description></item>"
    )
    web.get(BLOG, body=rss(item(1).replace(b"</item>", parts.encode())))
    (mention,), *_ = run(web)
    assert [one.removeprefix(ours) for one in mention.images] == ["c.png", "a.jpg", "d.gif?a=1&b=2"]


def test_an_answer_in_atom_is_a_comment(web: responses.RequestsMock) -> None:
    (comment,) = feed("atom.xml", web)
    assert (comment.kind, comment.parent_id, comment.author.name) == (
        "comment",
        "urn:post:9",
        "Cy Example",
    )
    assert comment.edited_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert comment.text == "NHS NW London answers"


@pytest.mark.parametrize("url", [ALERT, "http://127.0.0.1:8803/alerts.xml"])
def test_a_google_alert_leads_to_the_page_itself(web: responses.RequestsMock, url: str) -> None:
    (article,) = feed("alert.xml", web, url=url)
    assert article.url == "https://news.example.org/a?id=1"
    assert article.text == "NW London ICB to close 'centre'\n\nThe board met & voted"
    assert (article.platform, article.author.name, article.edited_at) == ("news", "", None)
    assert article.matched == ("NW London ICB",)
    assert SECRET not in article.issuer


def test_an_alert_that_names_no_term_matched_its_own_query(web: responses.RequestsMock) -> None:
    web.get(ALERT, body=saved("feeds/alert.xml").replace(b"NW London ICB", b"The body"))
    mentions, *_ = pull(source("feeds", feed=[{"url": ALERT}]))
    assert mentions[0].matched == ('"North West London ICB"',)


def test_google_news_gives_the_outlet_and_a_title_without_it(web: responses.RequestsMock) -> None:
    (article,) = feed(
        "news.xml", web, url="https://news.google.com/rss/search?q=%22NHS+North+West+London%22"
    )
    assert (article.author.name, article.author.id, article.platform) == (
        "Example Gazette", "https://gazette.example.org", "news",
    )  # fmt: skip
    assert article.url == "https://news.google.com/rss/articles/CBMi0"
    assert article.text.startswith("Board meets")
    assert "Example Gazette" not in article.text


def test_old_kinds_of_feed_are_read(web: responses.RequestsMock) -> None:
    (rdf,) = feed("rdf.xml", web)
    assert (rdf.issued_id, rdf.posted_at) == (
        "https://old.example.org/1",
        datetime(2026, 11, 20, 9, 45, tzinfo=UTC),
    )
    web.reset()
    (oldest,) = feed("rss091.xml", web)
    assert oldest.issued_id.startswith("sha256:")
    assert oldest.posted_at == AT


def test_an_item_without_an_id_has_the_same_one_next_time(web: responses.RequestsMock) -> None:
    first = feed("rss091.xml", web)
    web.reset()
    assert [m.key for m in feed("rss091.xml", web)] == [m.key for m in first]


def test_a_json_feed_is_read(web: responses.RequestsMock) -> None:
    web.get(BLOG, body=saved("feeds/feed.json"), content_type="application/feed+json")
    mentions, odds, _, error = run(web)
    assert error is None
    assert [(m.issued_id, m.author.name, m.text) for m in mentions] == [
        ("42", "Dee Example", "NHS NW London & me"), ("43", "Eve Example", "Plain\n\nNHS NW London <3 & all"),
    ]  # fmt: skip
    assert mentions[0].edited_at == datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
    assert len(odds) == 3


def item(number: int, date: str = "Mon, 23 Nov 2026 09:45:00 GMT") -> bytes:
    return f"<item><guid isPermaLink='false'>n{number}</guid><title>NHS NW London {number}</title><pubDate>{date}</pubDate></item>".encode()


def rss(*items: bytes) -> bytes:
    return b"<rss version='2.0'><channel><title>B</title>" + b"".join(items) + b"</channel></rss>"


@pytest.mark.parametrize(
    "date", ["Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 2099 00:00:00 GMT", "yesterday"]
)
def test_a_date_that_can_not_be_true_keeps_the_item(web: responses.RequestsMock, date: str) -> None:
    web.get(BLOG, body=rss(item(1, date)))
    mentions, odds, _, _ = run(web)
    assert mentions[0].posted_at == AT
    assert len(odds) == 1


def test_summer_time_is_read(web: responses.RequestsMock) -> None:
    web.get(BLOG, body=rss(item(1, "Sat, 20 Jun 2026 09:45:00 BST")))
    assert run(web)[0][0].posted_at == datetime(2026, 6, 20, 8, 45, tzinfo=UTC)


def test_a_packed_file_is_read(web: responses.RequestsMock) -> None:
    web.get(BLOG, body=gzip.compress(saved("feeds/wordpress.xml")), content_type="application/gzip")
    assert len(run(web)[0]) == 1


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "no-such"])
def test_one_bad_byte_costs_itself_and_not_the_whole_feed(
    web: responses.RequestsMock, kind: str, encoding: str
) -> None:
    title = "Séan’s café – “£40”|".encode().replace(b"|", b"\xff")
    body = rss(item(1).replace(b"</title>", title + b"</title>"))
    named = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    web.get(BLOG, body=named + body, content_type=kind)
    (mention,), odds, _, error = pull(source("feeds"))
    assert "Séan’s café – “£40”\ufffd" in mention.text
    assert (odds, error) == ([], None)


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "windows-1252"])
def test_an_encoding_that_the_header_names_is_taken(
    web: responses.RequestsMock, charset: str
) -> None:
    body = rss(item(1).replace(b"</title>", b" caf\xc3\xa9</title>")).decode().encode(charset)
    web.get(BLOG, body=body, content_type=f"application/rss+xml; charset={charset}")
    assert run(web)[0][0].text == "NHS NW London 1 café"


def test_an_issuer_holds_no_secret() -> None:
    assert (
        issuer(Feed(url="https://Blog.example.org/feed/?feed=rss2"))
        == "https://blog.example.org/feed/?feed=rss2"
    )
    for feed in (
        Feed(url=f"https://blog.example.org/feed/?key={SECRET}"), Feed(url=ALERT),
        Feed(url=f"https://ana:{SECRET}@blog.example.org/"), Feed(url=f"https://example.org/{SECRET}", private=True),
    ):  # fmt: skip
        assert SECRET not in issuer(feed)
        assert SECRET not in repr(feed)


@pytest.mark.parametrize(
    "keys",
    [
        {"url": "ftp://example.org/"},
        {"url": "https://["},
        {"platform": "weblog"},
        {"pages": 0},
        {"colour": 1},
    ],
)
def test_a_feed_that_can_not_work_is_refused_by_place_and_key(keys: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"\[collectors.feeds\] feed 2 {next(iter(keys))}: "):
        source("feeds", feed=[{"url": BLOG}, {"url": BLOG, **keys}])


ENTRY = dict(feedparser.parse(io.BytesIO(saved("feeds/wordpress.xml"))).entries[0])
CONTEXT = _Context(
    about=ABOUT,
    feed={"title": "Comments on x", "id": "tag:google.com,2005:googlealerts"},
    url=BLOG,
    atom=True,
)


@given(mutants(ENTRY))
def test_an_entry_of_any_shape_is_a_mention_or_an_odd_item(entry: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(entry_to_mention(entry, CONTEXT), Mention)


@given(mutants(page("feeds/feed.json")["items"][0]), mutants(page("feeds/feed.json")))
def test_a_json_item_of_any_shape_is_a_mention_or_an_odd_item(item: Any, whole: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(
            json_to_mention(item, whole if isinstance(whole, dict) else {}, ABOUT), Mention
        )


@pytest.mark.parametrize("path", ["wordpress.xml", "atom.xml", "alert.xml", "feed.json"])
def test_a_feed_cut_off_anywhere_is_a_page_or_our_error(path: str) -> None:
    whole = saved(f"feeds/{path}")
    for length in range(0, len(whole), 37):
        with contextlib.suppress(PlatformRefused, PlatformUnavailable):
            assert isinstance(read(whole[:length], {}, BLOG, ABOUT).items, list)
