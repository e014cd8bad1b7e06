from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import EphemeralMetric, SkippedItem
from collectors.http.web_pages import NotRead, WebPage, article
from core.errors import ConfigError, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import SECRET, SINCE, pull, saved, source
from tests.collectors.cases import kept as told_again
from tests.collectors.feeds.test_collector import rss
from tests.fuzz.profiles import examples

FEED = "https://news.example.org/feed/"
PAGE = "https://news.example.org/a/"
ROBOTS = "https://news.example.org/robots.txt"
SUMMARY = "The board of NHS NW London met."
WHOLE = (
    "The board of NHS NW London met in Acton on Tuesday. It spoke of the phones for an hour and a half, "
    "and of the winter for ten minutes. Patients who had come to listen said that they would have liked "
    "it the other way round, since the phones can be mended and the winter can not."
)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def entry(
    path: str = "a", summary: str = SUMMARY, more: str = "", host: str = "news.example.org"
) -> bytes:
    return (
        f"<item><guid isPermaLink='false'>{path}</guid><title>Board meets</title>"
        f"<link>https://{host}/{path}/</link><pubDate>Mon, 23 Nov 2026 09:45:00 GMT</pubDate>"
        f"<description>{summary}</description>{more}</item>"
    ).encode()


def html(*paragraphs: str, head: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html><head><title>Board meets | News</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>Board meets</h1>{text}</article>"
        "<aside>Most read: cake</aside></body></html>"
    )


def run(
    kept: dict[str, str] | None = None, hosts: tuple[str, ...] = ("news.example.org",), **keys: Any
) -> tuple[list[Mention], list[str], dict[str, str]]:
    """What was found, what was said of pages that gave no text, and what is to be kept."""
    feed = {"url": FEED, "full_text": True, "keep": "all", **keys}
    found = list(
        source("feeds", feed=[feed], full_text_hosts=list(hosts), state=kept).collect(SINCE)
    )
    assert not [thing for thing in found if isinstance(thing, SkippedItem)]
    return (
        [thing for thing in found if isinstance(thing, Mention)],
        [f"{thing.what}: {thing.count}" for thing in found if isinstance(thing, EphemeralMetric)],
        told_again(found),
    )


def served(web: responses.RequestsMock, page: Any = "", *entries: bytes, robots: Any = 404) -> None:
    """A feed, its host's robots.txt, and the page of its first article; a number is a status."""
    web.get(FEED, body=rss(*(entries or (entry(),))), headers={"ETag": '"a"'})
    for address, what in ((ROBOTS, robots), (PAGE, page or html(WHOLE))):
        answer: Any = {"status": what} if isinstance(what, int) else {"body": what}
        web.get(address, content_type="text/html; charset=utf-8", **answer)


def paths(web: responses.RequestsMock) -> list[str]:
    return [str(call.request.path_url) for call in web.calls]


def test_the_text_of_the_page_stands_in_place_of_the_summary(web: responses.RequestsMock) -> None:
    served(web)
    (mention,), said, _ = run()
    assert (mention.text, mention.text_raw) == (f"Board meets\n{WHOLE}", SUMMARY)
    assert said == []
    assert paths(web) == ["/feed/", "/robots.txt", "/a/"]
    assert web.calls[-1].request.headers["User-Agent"].startswith("mentions/")


def test_a_term_that_stands_in_the_whole_text_alone_is_found(web: responses.RequestsMock) -> None:
    served(web, html(WHOLE), entry(summary="It met."))
    assert run(keep="matched")[0][0].matched == ("NHS NW London",)


@pytest.mark.parametrize(
    "more",
    ["<x:encoded xmlns:x='http://purl.org/rss/1.0/modules/content/'>All of it</x:encoded>", ""],
)
def test_a_page_is_fetched_only_where_the_feed_has_a_summary_and_the_host_is_listed(
    more: str, web: responses.RequestsMock
) -> None:
    served(web, html(WHOLE), entry(more=more))
    run(hosts=("news.example.org",) if more else ("example.org", "NEWS.example.com"))
    assert paths(web) == ["/feed/"]


def test_an_alert_leads_to_the_page_itself_whose_text_is_taken(web: responses.RequestsMock) -> None:
    alert = f"https://www.google.com/alerts/feeds/01234/{SECRET}"
    web.get(alert, body=saved("feeds/alert.xml"))
    web.get(ROBOTS, status=404)
    web.get("https://news.example.org/a?id=1", body=html(WHOLE), content_type="text/html")
    feed = {"url": alert, "full_text": True}
    (mention,), *_ = pull(source("feeds", feed=[feed], full_text_hosts=["news.example.org"]))
    assert mention.text.endswith("the winter can not.")
    assert mention.url == "https://news.example.org/a?id=1"


def test_google_news_links_are_never_followed(web: responses.RequestsMock) -> None:
    web.get("https://news.google.com/rss/search", body=saved("feeds/news.xml"))
    feed = {"url": "https://news.google.com/rss/search?q=x", "full_text": True}
    mentions, odds, _, error = pull(
        source("feeds", feed=[feed], full_text_hosts=["news.google.com"])
    )
    assert (len(mentions), odds, error) == (1, [], None)
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    ("page", "robots", "why"),
    [
        (404, 404, "answered 404"),
        (410, 404, "answered 410"),
        (401, 404, "answered 401"),
        (402, 404, "answered 402"),
        (403, 404, "answered 403"),
        (html(WHOLE), "User-agent: *\nDisallow: /a", "closed by robots.txt"),
        (
            html(WHOLE, head='<script>{"isAccessibleForFree": false}</script>'),
            404,
            "for subscribers",
        ),
        ("<html><body></body></html>", 404, "without an article"),
        ("x" * 2_100_000, 404, "too big"),
    ],
)
def test_a_page_that_gives_no_text_costs_only_that_and_is_counted_and_not_asked_again(
    page: Any, robots: Any, why: str, web: responses.RequestsMock
) -> None:
    served(web, page, robots=robots)
    (mention,), (said,), kept = run()
    assert mention.text == f"Board meets\n\n{SUMMARY}"
    assert said.startswith("news.example.org summaries kept, for want of a page (1 ")
    assert why in said
    assert said.endswith(": 1")
    before = len(web.calls)
    again, said_again, _ = run(kept)
    assert ([one.text for one in again], said_again) == ([mention.text], [])
    assert len(web.calls) == before + 1


@pytest.mark.parametrize(
    ("page", "robots"),
    [(503, 404), (429, 404), (requests.ReadTimeout("no"), 404), (html(WHOLE), 503)],
)
def test_an_outage_leaves_the_host_alone_for_this_run_and_the_next_asks_again(
    page: Any, robots: Any, web: responses.RequestsMock
) -> None:
    served(web, page, entry(), entry("b"), robots=robots)
    mentions, (said,), kept = run()
    assert [one.text_raw for one in mentions] == [SUMMARY, SUMMARY]
    assert "1 out of reach" in said
    assert "/b/" not in paths(web)
    assert kept == {}, "not even an ETag: the feed is to be read again though it is unchanged"
    web.replace(responses.Response("GET", PAGE, body=html(WHOLE), content_type="text/html"))
    web.replace(responses.Response("GET", ROBOTS, status=404))
    web.get("https://news.example.org/b/", body=html(WHOLE), content_type="text/html")
    assert {one.text for one in run(kept)[0]} == {f"Board meets\n{WHOLE}"}


def test_what_was_read_is_neither_fetched_nor_handed_on_again_until_it_changes(
    web: responses.RequestsMock,
) -> None:
    served(web)
    _, _, kept = run()
    assert sorted(name.partition(".")[2] for name in kept) == ["etag", "texts"]
    before = len(web.calls)
    mentions, said, again = run(kept)
    assert (mentions, said) == ([], [])
    assert again == kept
    assert len(web.calls) == before + 1
    web.replace(
        responses.Response("GET", FEED, body=rss(entry(summary="It met again, at NW London ICB.")))
    )
    assert len(run(kept)[0]) == 1


def test_what_was_read_is_remembered_though_another_feed_fails(web: responses.RequestsMock) -> None:
    served(web)
    web.get("https://down.example.org/", status=503)
    feeds = [{"url": FEED, "full_text": True, "keep": "all"}, {"url": "https://down.example.org/"}]
    made = source("feeds", feed=feeds, full_text_hosts=["news.example.org"])
    found: list[Any] = []
    with pytest.raises(PlatformUnavailable):
        found.extend(made.collect(SINCE))
    assert sorted(name.partition(".")[2] for name in told_again(found)) == ["etag", "texts"]


def test_what_names_no_term_is_not_fetched_again(web: responses.RequestsMock) -> None:
    served(
        web,
        html("The board met in Acton, and spoke of cake for an hour and a half."),
        entry(summary="It met."),
    )
    mentions, _, kept = run(keep="matched")
    assert mentions == []
    before = len(web.calls)
    assert run(kept, keep="matched")[0] == []
    assert len(web.calls) == before + 1


def test_a_text_that_is_no_longer_than_the_summary_is_not_taken(
    web: responses.RequestsMock,
) -> None:
    served(web, html("Read on in our app, it is free for all."), entry(summary=WHOLE))
    (mention,), said, _ = run()
    assert (mention.text, said) == (f"Board meets\n\n{WHOLE}", [])


@pytest.mark.parametrize(
    "target",
    ["https://other.example.org/a", "http://127.0.0.1/", "file:///etc/passwd", "https://["],
)
def test_a_redirect_to_where_we_do_not_read_is_not_followed(
    target: str, web: responses.RequestsMock
) -> None:
    served(web)
    web.replace(responses.Response("GET", PAGE, status=302, headers={"Location": target}))
    (mention,), (said,), _ = run()
    assert mention.text_raw == SUMMARY
    assert "leading where we do not read" in said


def test_a_redirect_is_followed_within_robots_txt(web: responses.RequestsMock) -> None:
    served(web, robots="User-agent: *\nDisallow: /members/")
    web.replace(responses.Response("GET", PAGE, status=301, headers={"Location": "/members/a"}))
    assert "closed by robots.txt" in run()[1][0]
    web.replace(responses.Response("GET", PAGE, status=301, headers={"Location": "/a/full"}))
    web.get("https://news.example.org/a/full", body=html(WHOLE), content_type="text/html")
    assert run()[0][0].text.endswith(WHOLE)


def test_redirects_in_a_circle_end(web: responses.RequestsMock) -> None:
    served(web)
    web.replace(responses.Response("GET", PAGE, status=302, headers={"Location": PAGE}))
    assert "in a circle" in run()[1][0]


def test_a_host_that_wants_longer_waits_than_we_take_is_asked_for_one_page_a_run(
    web: responses.RequestsMock,
) -> None:
    served(web, html(WHOLE), entry(), entry("b"), robots="User-agent: *\nCrawl-delay: 600")
    mentions, said, kept = run()
    assert [len(one.text) > 60 for one in mentions] == [True, False]
    assert said == []
    assert [name.partition(".")[2] for name in kept] == ["texts"], "the next run reads it again"


def test_full_text_without_hosts_is_refused_by_place_and_key() -> None:
    with pytest.raises(
        ConfigError, match=r"\[collectors.feeds\] feed 1 full_text: full_text_hosts"
    ):
        source("feeds", feed=[{"url": FEED, "full_text": True}])


@pytest.mark.parametrize(
    "kind", ["text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"]
)
@pytest.mark.parametrize("meta", ["", '<meta charset="utf-8">', '<meta charset="windows-1252">'])
def test_one_bad_byte_costs_itself_and_not_the_whole_page(kind: str, meta: str) -> None:
    words = "In Séan’s café the board met – and spoke of “the phones” for an hour.|"
    body = html(words).replace("<head>", f"<head>{meta}").encode().replace(b"|", b"\xff")
    page = WebPage(status=200, content=body, url=PAGE, headers={"Content-Type": kind})
    assert "In Séan’s café the board met – and spoke of “the phones”" in article(page)


def test_the_encoding_that_the_header_names_is_taken() -> None:
    body = html("In the caf\u00e9 the board met, and spoke of the phones for an hour.").encode(
        "cp1252"
    )
    page = WebPage(
        status=200,
        content=body,
        headers={"Content-Type": "text/html; charset=windows-1252"},
        url=PAGE,
    )
    assert "café" in article(page)


@examples(25)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html", "text/html; charset=nonsense", "application/pdf"]),
)
def test_any_page_is_a_text_or_none(body: bytes, kind: str) -> None:
    try:
        found = article(
            WebPage(
                status=200, content=b"<html><p>" + body, headers={"Content-Type": kind}, url=PAGE
            )
        )
    except NotRead:
        return
    assert found


def test_a_podcasts_episode_has_the_transcript_that_its_owner_gives(
    web: responses.RequestsMock,
) -> None:
    more = (
        '<podcast:transcript xmlns:podcast="https://podcastindex.org/namespace/1.0" url="https://news.example.org/1.vtt" '
        'type="text/vtt"/>'
    )
    web.get(FEED, body=rss(entry(summary="Episode one.", more=more)))
    web.get(ROBOTS, status=404)
    subtitles = "WEBVTT\n\n00:00.000 --> 00:02.000\nThe phones of NHS NW London ring out.\n"
    web.get("https://news.example.org/1.vtt", body=subtitles, content_type="text/vtt")
    found, _, _ = run()
    assert [mention.text for mention in found] == [
        "Board meets\n\nEpisode one.\n\nThe phones of NHS NW London ring out."
    ]
    assert not any(str(call.request.url) == PAGE for call in web.calls)


def test_a_transcript_elsewhere_than_on_a_host_of_the_list_is_not_fetched(
    web: responses.RequestsMock,
) -> None:
    more = (
        '<podcast:transcript xmlns:podcast="https://podcastindex.org/namespace/1.0" url="https://cdn.example.net/1.vtt" '
        'type="text/vtt"/>'
    )
    web.get(FEED, body=rss(entry(more=more)))
    found, _, _ = run()
    assert [mention.text for mention in found] == [f"Board meets\n\n{SUMMARY}"]
    assert len(web.calls) == 1
