from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import responses

from collectors.parts import PartsFailed
from core import clock
from core.errors import PlatformRefused, PlatformUnavailable
from tests.collectors.cases import AT, SECRET, pull, saved, source
from tests.collectors.feeds.test_collector import item, rss

BLOG = "https://blog.example.org/feed/"
ALERT = f"https://www.google.com/alerts/feeds/01234/{SECRET}"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def run(web: responses.RequestsMock, kept: dict[str, str] | None = None, **keys: Any) -> Any:
    return pull(source("feeds", feed=[{"url": BLOG, **keys}], state=kept))


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
    pull(source("feeds", feed=[{"url": BLOG}], state=kept, terms=("Cake",)))
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
    assert "blog.example.org" in str(raised)


def test_one_feed_that_fails_does_not_cost_the_others(web: responses.RequestsMock) -> None:
    web.get(ALERT, status=410)
    web.get("https://down.example.org/", status=503)
    web.get(BLOG, body=saved("feeds/wordpress.xml"))
    mentions, _, _, error = pull(
        source("feeds", feed=[{"url": ALERT}, {"url": "https://down.example.org/"}, {"url": BLOG}])
    )
    assert len(mentions) == 1
    assert isinstance(error, PlatformRefused)
    assert str(error).startswith("2 of 3 feeds failed: www.google.com says ")
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


def test_an_alert_that_searches_for_a_person_is_not_read_though_its_address_hides_it(
    web: responses.RequestsMock,
) -> None:
    saved_alert = saved("feeds/alert.xml").decode()
    web.get(ALERT, body=saved_alert.replace("North West London ICB", "Louise Ashdown"))
    mentions, _, _, error = pull(source("feeds", feed=[{"url": ALERT}]))
    assert mentions == []
    assert "nobody is watched by name" in str(error)
    assert "Ashdown" not in str(error)


def paged(web: responses.RequestsMock, *bodies: bytes | int) -> None:
    for number, body in enumerate(bodies, 1):
        match = [
            responses.matchers.query_param_matcher({"paged": str(number)} if number > 1 else {})
        ]
        web.get(
            BLOG, match=match, **({"status": body} if isinstance(body, int) else {"body": body})
        )


@pytest.mark.parametrize("end", [400, 404, 410])
def test_a_paged_feed_is_read_until_its_site_says_that_there_is_no_more(
    end: int, web: responses.RequestsMock
) -> None:
    paged(web, rss(item(1)), rss(item(2)), end)
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


def linked(form: str, number: int, target: str) -> bytes:
    """A feed of one entry that itself leads on to another address."""
    if form == "json":
        entry = {"id": f"n{number}", "title": "NHS NW London", "content_text": "A queue."}
        version = "https://jsonfeed.org/version/1.1"
        return json.dumps({"version": version, "items": [entry], "next_url": target}).encode()
    link = f"<link xmlns='http://www.w3.org/2005/Atom' rel='next' href='{target}'/>"
    return rss(link.encode(), item(number))


@pytest.mark.parametrize("status", [400, 404, 410])
@pytest.mark.parametrize("form", ["rss", "json"])
def test_a_page_to_which_the_feed_itself_leads_and_that_is_not_there_is_no_end(
    form: str, status: int, web: responses.RequestsMock
) -> None:
    web.get(BLOG, body=linked(form, 1, f"{BLOG}older"))
    web.get(f"{BLOG}older", status=status)
    mentions, _, kept, error = run(web, pages=9, keep="all")
    assert ([m.issued_id for m in mentions], kept) == (["n1"], {})
    assert isinstance(error, PlatformRefused)


@pytest.mark.parametrize("circle", [[1, 1], [1, 2, 1], [1, 2, 2]])
@pytest.mark.parametrize("form", ["rss", "json"])
def test_links_to_the_next_page_that_go_in_a_circle_leave_the_bookmark(
    form: str, circle: list[int], web: responses.RequestsMock
) -> None:
    places = {1: BLOG, 2: f"{BLOG}older"}
    for number, following in itertools.pairwise(circle):
        web.get(places[number], body=linked(form, number, places[following]), headers={"ETag": "a"})
    mentions, odds, kept, error = run(web, pages=9, keep="all")
    assert ({m.issued_id for m in mentions}, kept) == ({f"n{n}" for n in circle}, {})
    assert ["in a circle" in odd.why for odd in odds if odd.stops] == [True]
    assert error is None
    assert len(web.calls) <= len(circle)


def test_a_linked_page_on_which_nothing_is_new_leads_on(web: responses.RequestsMock) -> None:
    web.get(BLOG, body=linked("rss", 1, f"{BLOG}2"))
    web.get(f"{BLOG}2", body=linked("rss", 1, f"{BLOG}3"))
    web.get(f"{BLOG}3", body=rss(item(3, "Sun, 01 Nov 2026 09:45:00 GMT")))
    mentions, odds, _, error = run(web, pages=9)
    assert ([m.issued_id for m in mentions], odds, error) == (["n1", "n3"], [], None)


def test_a_next_page_on_another_host_is_not_followed(web: responses.RequestsMock) -> None:
    link = (
        b"<link xmlns='http://www.w3.org/2005/Atom' rel='next' href='https://other.example.com/'/>"
    )
    paged(web, rss(link, item(1)), rss(), 404)
    assert run(web, pages=3)[3] is None
    assert all("blog.example.org" in str(call.request.url) for call in web.calls)


def test_a_feed_that_is_gone_for_good_is_dropped_when_it_says_so_again(
    web: responses.RequestsMock,
) -> None:
    web.get(BLOG, status=410)
    _, _, kept, error = run(web)
    assert isinstance(error, PlatformRefused)
    assert "take it out of site.toml (410)" in str(error)
    _, odds, kept, error = run(web, kept)
    assert "is dropped: take it out of site.toml" in str(error)
    assert odds == []
    asked = len(web.calls)
    _, odds, again, still = run(web, kept)
    assert (odds, again, str(still)) == ([], {}, str(error))
    assert len(web.calls) == asked


def test_a_feed_that_was_dropped_is_asked_again_after_a_week(web: responses.RequestsMock) -> None:
    web.get(BLOG, status=410)
    kept = run(web, run(web)[2])[2]
    (name,) = kept
    kept[name] = clock.text(AT - timedelta(days=8))
    web.replace(responses.Response("GET", BLOG, body=saved("feeds/wordpress.xml")))
    mentions, odds, again, error = run(web, kept)
    assert (len(mentions), error, again) == (1, None, {name: ""})
    assert not [odd for odd in odds if "410" in odd.why]


def test_comments_that_are_gone_are_no_word_on_their_feed(web: responses.RequestsMock) -> None:
    web.get(BLOG, body=saved("feeds/wordpress.xml"))
    web.get("https://blog.example.org/winter/feed/", status=410)
    mentions, _, kept, error = run(web, comments=True)
    assert (len(mentions), kept) == (1, {})
    assert "the comments of an entry" in str(error)


def test_one_feed_whose_secret_is_missing_is_left_out_and_named_and_the_others_are_read(
    web: responses.RequestsMock,
) -> None:
    web.get(BLOG, body=saved("feeds/wordpress.xml"))
    missing = {
        "url": "https://missing.invalid/",
        "left_out": "its secret is missing: set the file a",
    }
    mentions, odds, _, error = pull(source("feeds", feed=[missing, {"url": BLOG}]))
    assert len(mentions) == 1
    assert isinstance(error, PartsFailed)
    assert not [odd for odd in odds if odd.stops]
    assert str(error) == (
        "1 of 2 feeds failed: feed 1 of the table: left out: its secret is missing: set the file a"
    )


def test_the_comments_of_a_wordpress_are_read_whole_each_time(web: responses.RequestsMock) -> None:
    body = saved("feeds/comments.xml").replace(
        b"<channel>", b"<channel><generator>https://wordpress.org/?v=6.8</generator>"
    )
    web.get(
        BLOG, body=body, headers={"ETag": '"a"', "Last-Modified": "Fri, 20 Nov 2026 09:45:00 GMT"}
    )
    assert run(web, keep="all")[2] == {}, "one that is approved late changes neither of them"
