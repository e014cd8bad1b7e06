from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import feedparser
import pytest
import requests
from protego import Protego

from demo import World


def get(url: str, **headers: str) -> requests.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=sent, timeout=10)


def parsed(response: requests.Response) -> Any:
    found = feedparser.parse(response.content, response_headers=dict(response.headers))
    assert not found.bozo, found.get("bozo_exception")
    return found


def every_entry(url: str) -> list[Any]:
    """All pages of an RSS feed, by its rel="next" links."""
    entries: list[Any] = []
    while url:
        found = parsed(get(url))
        entries += found.entries
        url = next((link.href for link in found.feed.links if link.rel == "next"), "")
    return entries


def test_the_blog_redirects_once_and_goes_on_over_pages(world: World) -> None:
    answer = get(world.feeds[0])
    assert [past.status_code for past in answer.history] == [301]
    assert parsed(answer).feed.generator.startswith("https://wordpress.org")
    assert len(every_entry(world.feeds[0])) == 12
    assert get(f"{world.site.url}/feed/?paged=9").status_code == 404


def test_comments_are_a_feed_of_their_own(world: World) -> None:
    entries = every_entry(world.feeds[1])
    assert len(entries) == 24
    assert {entry.author for entry in entries} >= {"Margaret", "Tariq"}
    assert any("&#8217;" in entry.content[0].value for entry in entries)
    of_one = [link for link in (e.link for e in entries) if "quiet-hour" in link]
    path = urlsplit(of_one[0]).path
    assert len(parsed(get(f"{world.site.url}{path}feed/")).entries) == len(of_one)


def test_dates_with_an_offset_mean_the_same_moment(world: World) -> None:
    entry = every_entry(world.feeds[1])[0]
    assert entry.published.endswith("+0100")
    assert entry.published_parsed[:5] == (2026, 11, 20, 9, 7)


def test_some_entries_have_no_id_or_no_date(world: World) -> None:
    posts, comments = every_entry(world.feeds[0]), every_entry(world.feeds[1])
    assert [e for e in posts if "id" not in e and "link" not in e and "published" not in e]
    assert [e for e in comments if "id" not in e and "link" in e]


def test_the_json_feed_has_a_number_for_an_id_and_an_item_without(world: World) -> None:
    first = get(world.feeds[2]).json()
    second = get(first["next_url"]).json()
    assert "next_url" not in second
    items = first["items"] + second["items"]
    assert len(items) == 10
    assert {type(item.get("id")) for item in items} == {str, int, type(None)}
    assert [
        item for item in items if item.get("date_modified", "") > item.get("date_published", "~")
    ]


def test_the_alert_wraps_its_links_and_escapes_twice(world: World) -> None:
    answer = get(world.feeds[3])
    assert b"&lt;b&gt;NHS North West London&lt;/b&gt;" in answer.content
    found = parsed(answer)
    assert len(found.entries) == 8
    assert {parse_qs(urlsplit(e.link).query)["url"][0] for e in found.entries} >= {
        "https://westlondonpost.example.net/march?src=rss&utm_source=alert"
    }


@pytest.mark.parametrize("which", range(6))
def test_what_has_not_changed_is_not_sent_again(world: World, which: int) -> None:
    first = get(world.feeds[which])
    by_tag = get(world.feeds[which], If_None_Match=first.headers["etag"])
    by_date = get(world.feeds[which], If_Modified_Since=first.headers["last-modified"])
    assert (by_tag.status_code, by_date.status_code) == (304, 304)
    assert by_tag.content == b""
    assert get(world.feeds[which], If_None_Match='"other"').content == first.content


def test_a_later_day_changes_the_tag_the_date_and_the_words(world: World) -> None:
    blog, comments, news = (get(url) for url in world.feeds[:3])
    world.change()
    for before in (blog, comments, news):
        after = get(before.url, If_None_Match=before.headers["etag"])
        assert after.status_code == 200
        since = get(before.url, If_Modified_Since=before.headers["last-modified"])
        assert since.status_code == 200
    revised = [item for item in get(world.feeds[2]).json()["items"] if item["id"] == "bc-88107"]
    assert revised[0]["content_html"].startswith("<p>Correction")
    assert revised[0]["date_modified"] > revised[0]["date_published"]
    assert len(every_entry(world.feeds[1])) == 25


def test_google_news_leads_nowhere_and_names_the_outlet(world: World) -> None:
    found = parsed(get(world.feeds[4]))
    assert found.feed.link.startswith("https://news.google.com/search?q=")
    assert len(found.entries) == 3
    for entry in found.entries:
        assert entry.link.startswith("https://news.google.com/rss/articles/")
        assert entry.title.endswith(f" - {entry.source.title}")
        assert entry.source.href.startswith("https://")


def test_the_paper_gives_a_summary_and_has_its_articles_on_pages(world: World) -> None:
    entries = parsed(get(world.feeds[5])).entries
    assert not [entry for entry in entries if "content" in entry]
    pages = {entry.id: get(entry.link) for entry in entries}
    assert {name: page.status_code for name, page in pages.items()} == {
        "e-501": 200, "e-502": 200, "e-503": 200, "e-504": 404, "e-505": 200,
    }  # fmt: skip
    assert "answer the phones on a Sunday" in pages["e-501"].text
    assert "answer the phones" not in entries[0].summary
    assert "isAccessibleForFree" in pages["e-505"].text
    assert get(f"{world.site.url}/echo/nothing/").status_code == 404


def test_robots_txt_closes_a_part_of_the_paper(world: World) -> None:
    rules = Protego.parse(get(f"{world.site.url}/robots.txt").text)
    closed = [
        e.id for e in parsed(get(world.feeds[5])).entries if not rules.can_fetch(e.link, "any")
    ]
    assert closed == ["e-503"]


def test_gone_limited_and_not_found(world: World) -> None:
    assert get(f"{world.site.url}/nothing").status_code == 404
    world.faults.add("feeds", "410", path="/feed.json")
    assert get(world.feeds[2]).status_code == 410
    world.faults.add("feeds", "503", path="/feed.json", seconds=7)
    assert get(world.feeds[2]).headers["retry-after"] == "7"


def test_a_next_page_can_be_made_to_repeat(world: World) -> None:
    world.faults.add("feeds", "repeat_token", path="/feed.json", times=None)
    following = json.loads(get(world.feeds[2]).content)["next_url"]
    assert json.loads(get(following).content)["next_url"] == following
