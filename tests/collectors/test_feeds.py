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
from collectors.feed_items import _comments_feed, _Context, entry_to_mention, read
from collectors.feed_page import About
from collectors.feeds import Feed, issuer
from collectors.json_feed import json_to_mention
from errors import ConfigError, PlatformRefused, PlatformUnavailable
from mention import Mention
from tests.collectors.mutants import mutants
from tests.collectors.worlds import AT, SECRET, page, pull, saved, source

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
    return pull(source("feeds", feed=[{"url": BLOG, **keys}], kept=kept))


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
    assert [odd.item for odd in odds] == ["feed 1 (blog.example.org) item 3"]


def test_a_comment_names_what_it_answers_and_leaves_its_authors_name_out(
    web: responses.RequestsMock,
) -> None:
    (comment,) = feed("comments.xml", web, keep="all")
    assert (comment.kind, comment.parent_id) == ("comment", "https://blog.example.org/winter/")
    assert (comment.text, comment.author.name) == ("Phones still unanswered", "Bo Example")


def test_the_comments_on_a_post_are_read_where_config_says_so(web: responses.RequestsMock) -> None:
    web.get("https://blog.example.org/winter/feed/", body=saved("feeds/comments.xml"))
    assert [mention.kind for mention in feed("wordpress.xml", web, comments=True)] == [
        "article",
        "comment",
    ]


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
    assert _comments_feed({"wfw_commentrss": {"href": "x"}, "slash_comments": "3"}) == ""


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
    assert (article.author.name, article.platform) == ("Example Gazette", "news")
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


def test_only_what_is_new_is_asked_for(web: responses.RequestsMock) -> None:
    web.get(
        BLOG,
        body=saved("feeds/wordpress.xml"),
        headers={"ETag": '"a"', "Last-Modified": "Fri, 20 Nov 2026 09:45:00 GMT"},
    )
    _, _, kept, _ = run(web)
    web.get(BLOG, status=304)
    web.replace(responses.Response("GET", BLOG, status=304))
    mentions, odds, again, error = run(web, kept)
    assert (mentions, odds, again, error) == ([], [], {}, None)
    assert web.calls[-1].request.headers["If-None-Match"] == '"a"'
    assert web.calls[-1].request.headers["If-Modified-Since"] == "Fri, 20 Nov 2026 09:45:00 GMT"


def test_new_terms_read_a_feed_from_its_start(web: responses.RequestsMock) -> None:
    web.get(BLOG, body=saved("feeds/wordpress.xml"), headers={"ETag": '"a"'})
    _, _, kept, _ = run(web)
    pull(source("feeds", feed=[{"url": BLOG}], kept=kept, terms=("Cake",)))
    assert "If-None-Match" not in web.calls[-1].request.headers


def test_a_damaged_feed_gives_what_could_be_read_and_is_read_again_next_time(
    web: responses.RequestsMock,
) -> None:
    torn = saved("feeds/wordpress.xml").split(b"<item><title>Cake")[0] + b"<item><title>&broken; <"
    web.get(BLOG, body=torn, headers={"ETag": '"a"'})
    mentions, odds, kept, error = run(web)
    assert (len(mentions), error, kept) == (1, None, {})
    assert any("damaged" in odd.why for odd in odds)


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"<html><body>Sign in <input type=password></body></html>", "text/html", PlatformRefused),
        (b"<!DOCTYPE html><html><p>Moved</p></html>", "text/html", PlatformUnavailable),
        (b"not a feed at all", "application/rss+xml", PlatformUnavailable),
        (b"", "application/rss+xml", PlatformUnavailable),
        (b"/etc/hostname", "application/rss+xml", PlatformUnavailable),
        (b'{"items": []}', "application/json", PlatformUnavailable),
        (
            b'{"version": "https://jsonfeed.org/version/1", "items": 4}',
            "application/json",
            PlatformUnavailable,
        ),
        (
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "text/xml",
            PlatformUnavailable,
        ),
    ],
)
def test_what_is_no_feed_is_named_by_its_place_and_host(
    web: responses.RequestsMock, body: bytes, kind: str, error: type[Exception]
) -> None:
    web.get(BLOG, body=body, content_type=kind)
    *_, raised = run(web)
    assert type(raised) is error
    assert "feed 1 (blog.example.org)" in str(raised)


def test_one_feed_that_fails_does_not_cost_the_others(web: responses.RequestsMock) -> None:
    web.get(ALERT, status=410)
    web.get("https://down.example.org/", status=503)
    web.get(BLOG, body=saved("feeds/wordpress.xml"))
    mentions, _, _, error = pull(
        source("feeds", feed=[{"url": ALERT}, {"url": "https://down.example.org/"}, {"url": BLOG}])
    )
    assert len(mentions) == 1
    assert isinstance(error, PlatformRefused)
    assert str(error).startswith("2 of 3 feeds failed: feed 1 (www.google.com): ")
    assert "410" in str(error)
    assert SECRET not in str(error)


def test_an_outage_alone_may_pass(web: responses.RequestsMock) -> None:
    web.get(BLOG, status=503)
    assert isinstance(run(web)[3], PlatformUnavailable)


def test_a_feed_that_moved_for_good_is_read_at_its_new_address(web: responses.RequestsMock) -> None:
    new = "https://new.example.org/feed/"
    web.get(BLOG, status=301, headers={"Location": new})
    web.get(new, body=saved("feeds/wordpress.xml"))
    first, _, kept, _ = run(web)
    again, *_ = run(web, kept)
    assert [call.request.url for call in web.calls] == [BLOG, new, new]
    assert [m.key for m in again] == [m.key for m in first], "the issuer stays what config says"


def test_a_feed_that_moved_for_now_is_asked_at_its_own_address_again(
    web: responses.RequestsMock,
) -> None:
    web.get(BLOG, status=302, headers={"Location": "https://new.example.org/"})
    web.get("https://new.example.org/", body=saved("feeds/wordpress.xml"))
    assert run(web)[2] == {}


def test_a_new_address_that_fails_is_forgotten(web: responses.RequestsMock) -> None:
    web.get(BLOG, status=301, headers={"Location": "https://new.example.org/"})
    web.get("https://new.example.org/", body=saved("feeds/wordpress.xml"))
    _, _, kept, _ = run(web)
    web.replace(responses.Response("GET", BLOG, body=saved("feeds/wordpress.xml")))
    web.replace(responses.Response("GET", "https://new.example.org/", body="<html>parked</html>"))
    mentions, _, again, error = run(web, kept)
    assert (len(mentions), error) == (1, None)
    assert list(again.values()) == [""]


def test_the_address_of_a_private_feed_is_not_kept(web: responses.RequestsMock) -> None:
    web.get(
        ALERT, status=301, headers={"Location": f"https://www.google.com/alerts/feeds/2/{SECRET}"}
    )
    web.get(f"https://www.google.com/alerts/feeds/2/{SECRET}", body=saved("feeds/alert.xml"))
    assert pull(source("feeds", feed=[{"url": ALERT}]))[2] == {}


def item(number: int, date: str = "Mon, 23 Nov 2026 09:45:00 GMT") -> bytes:
    return f"<item><guid isPermaLink='false'>n{number}</guid><title>NHS NW London {number}</title><pubDate>{date}</pubDate></item>".encode()


def rss(*items: bytes) -> bytes:
    return b"<rss version='2.0'><channel><title>B</title>" + b"".join(items) + b"</channel></rss>"


def paged(web: responses.RequestsMock, *bodies: bytes | int) -> None:
    for number, body in enumerate(bodies, 1):
        match = [
            responses.matchers.query_param_matcher({"paged": str(number)} if number > 1 else {})
        ]
        web.get(
            BLOG, match=match, **({"status": body} if isinstance(body, int) else {"body": body})
        )


def test_a_paged_feed_is_read_until_its_site_says_that_there_is_no_more(
    web: responses.RequestsMock,
) -> None:
    paged(web, rss(item(1)), rss(item(2)), 404)
    mentions, odds, _, error = run(web, pages=9)
    assert ([m.issued_id for m in mentions], odds, error) == (["n1", "n2"], [], None)


def test_a_paged_feed_ends_where_all_is_old(web: responses.RequestsMock) -> None:
    paged(web, rss(item(1)), rss(item(2, "Sun, 01 Nov 2026 09:45:00 GMT")))
    assert run(web, pages=9)[1] == []
    assert len(web.calls) == 2


def test_a_site_that_ignores_the_page_number_is_not_read_for_ever(
    web: responses.RequestsMock,
) -> None:
    web.get(BLOG, body=rss(item(1)))
    mentions, odds, _, error = run(web, pages=9)
    assert (len(mentions), odds, error) == (1, [], None)
    assert len(web.calls) == 2


def test_the_cap_of_pages_keeps_the_bookmark(web: responses.RequestsMock) -> None:
    paged(web, rss(item(1)), rss(item(2)))
    _, odds, kept, _ = run(web, pages=2)
    assert odds[-1].stops
    assert kept == {}


def test_a_next_page_on_another_host_is_not_followed(web: responses.RequestsMock) -> None:
    link = (
        b"<link xmlns='http://www.w3.org/2005/Atom' rel='next' href='https://other.example.com/'/>"
    )
    paged(web, rss(link, item(1)), rss(), 404)
    assert run(web, pages=3)[3] is None
    assert all("blog.example.org" in str(call.request.url) for call in web.calls)


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
