"""A blog, its comments, a news site's JSON Feed, a Google Alert and a Google News search on loopback,
with 304s; a paper whose articles stand on pages; and the organisation's own site, a WordPress.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from demo.platforms.feeds_data import alerts_atom, blog_rss, comments_rss, news_json, publications
from demo.platforms.wordpress import PASSWORD, WordPressSite
from demo.posts_loader import POSTS, ago, load
from demo.servers.http import Answer, Faults, Request, Secret, StandIn

RSS, ATOM, JSON_FEED = "application/rss+xml", "application/atom+xml", "application/feed+json"
PAGES = {"blog": 10, "comments": 15, "news": 6}  # items on a page
ALERTS = "/alerts/feeds/01234567890123456789/1234567890"
GOOGLE_NEWS = "/rss/search"
PAPER, OWN = "/echo", "/icb"


class FeedsStandIn(StandIn):
    """The feeds' second pages are at ?paged=2 (RSS, also as rel="next") and in next_url (JSON)."""

    name: ClassVar[str] = "feeds"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.publications = publications(at, folder)
        self.articles = Articles(at, f"{self.url}{PAPER}", folder)
        self.own_site = WordPressSite(at, f"{self.url}{OWN}", folder)

    @property
    def addresses(self) -> list[str]:
        """What config would list: blog (which redirects), comments, news, alerts, Google News, paper."""
        paths = ("/feed", "/comments/feed/", "/feed.json", ALERTS, GOOGLE_NEWS, f"{PAPER}/feed/")
        return [self.url + path for path in paths]

    def table(self, secret: Secret) -> dict[str, Any]:
        *feeds, paper = [{"url": url, "keep": "all", "pages": 5} for url in self.addresses]
        own = {
            "url": self.url + OWN, "user": self.own_site.site["user"], "own": True, "keep": "all",
            "password": secret("feeds-site-password", PASSWORD), "held": True, "page_size": 5,
        }  # fmt: skip
        return {
            "feed": [*feeds, {**paper, "full_text": True}], "wordpress": [own],
            "full_text_hosts": [self.url.removeprefix("http://")],
        }  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path in ("/feed", "/comments/feed"):
            return Answer(status=301, headers={"location": f"{self.url}{request.path}/"})
        if request.path == "/robots.txt":
            return Answer(body=ROBOTS.encode(), type="text/plain; charset=utf-8")
        if request.path.startswith(f"{OWN}/wp-json/"):
            return self.own_site.answer(request)
        feed = self._feed(request)
        if feed is None:
            return self._page_of_the_paper(request.path) or self.refusal(404, 0)
        text, type_, newest = feed
        return _conditional(request, text.encode(), type_, newest)

    def refusal(self, status: int, seconds: float) -> Answer:
        headers = {"retry-after": str(int(seconds))} if status in (429, 503) else {}
        body = f"<html><head><title>Error {status}</title></head><body></body></html>".encode()
        return Answer(status=status, body=body, type="text/html; charset=UTF-8", headers=headers)

    def change(self) -> None:
        """A later day: entries revised, comments added, released and deleted."""
        self.publications.change()
        self.own_site.change()

    def _page_of_the_paper(self, path: str) -> Answer | None:
        return (
            self.articles.page(path.removeprefix(PAPER)) if path.startswith(f"{PAPER}/") else None
        )

    def _feed(self, request: Request) -> tuple[str, str, datetime] | None:
        world = self.publications
        if request.path == ALERTS:
            return alerts_atom(world), ATOM, world.newest(world.alerts)
        if request.path == GOOGLE_NEWS:
            return _typed(RSS, *self.articles.google_news())
        if request.path == f"{PAPER}/feed/":
            return _typed(RSS, *self.articles.feed())
        if request.path == "/feed/":
            page, more = self._page(world.blog_posts, "blog", request)
            return (blog_rss(world, page, more), RSS, world.newest(page)) if page else None
        if request.path == "/feed.json":
            page, more = self._page(world.news_items, "news", request)
            return (news_json(world, page, more), JSON_FEED, world.newest(page)) if page else None
        if request.path == "/comments/feed/":
            page, more = self._page(world.blog_comments, "comments", request)
            if page:
                text = comments_rss(world, page, more, world.blog["title"])
                return text, RSS, world.newest(page)
        for post in world.blog_posts:
            if request.path.endswith(f"/{post['slug']}/feed/"):
                of = [comment for comment in world.blog_comments if comment["post"] == post["id"]]
                return comments_rss(world, of, "", post["title"]), RSS, world.newest(of)
        return None

    def _page(
        self, items: list[dict[str, Any]], which: str, request: Request
    ) -> tuple[list[dict[str, Any]], str]:
        written = request.query.get("paged", "1")
        number = int(written) if written.isdigit() else 1
        size = PAGES[which]
        page = items[(number - 1) * size : number * size]
        following = number if request.fault == "repeat_token" else number + 1
        more = number * size < len(items) or request.fault == "repeat_token"
        return page, f"{self.url}{request.path}?paged={following}" if more else ""


def _typed(type_: str, text: str, newest: datetime) -> tuple[str, str, datetime]:
    return text, type_, newest


def _conditional(request: Request, body: bytes, type_: str, newest: datetime) -> Answer:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": etag, "last-modified": format_datetime(newest, usegmt=True)}
    tags = request.headers.get("if-none-match")
    since = request.headers.get("if-modified-since")
    if tags is not None:  # where both are sent, the tag alone decides (RFC 9110, 13.1.3)
        if etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]:
            return Answer(status=304, headers=headers)
    elif since is not None and _not_newer(newest, since):
        return Answer(status=304, headers=headers)
    return Answer(body=body, type=f"{type_}; charset=UTF-8", headers=headers)


def _not_newer(newest: datetime, since: str) -> bool:
    try:
        return newest <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


# ── A local paper whose feed has summaries, with its pages and robots.txt; and a Google News search.
#
# Pages are shaped as newspapers' are: navigation, the article, what else to read, readers' remarks.

ROBOTS = "User-agent: *\nDisallow: /echo/members/\nCrawl-delay: 1\n"
HTML = "text/html; charset=utf-8"
PAID = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'


@dataclass(frozen=True, slots=True)
class Articles:
    """The Ealing Evening Echo at `home`, and what Google News found; `at` is when the world was made."""

    at: datetime
    home: str
    folder: Path

    def feed(self) -> tuple[str, datetime]:
        """The paper's RSS: a summary of each article, and no more. With its newest date."""
        authored = load("articles", self.folder)
        items = "".join(self._item(item) for item in authored["echo_items"])
        return self._channel(authored["echo"]["title"], self.home, items), self._newest(
            "echo_items"
        )

    def google_news(self) -> tuple[str, datetime]:
        """Google News's RSS of a search. With its newest date."""
        authored = load("articles", self.folder)
        query = authored["google_news"]["query"]
        items = "".join(self._found(item) for item in authored["google_news_items"])
        link = f"https://news.google.com/search?q={quote(query)}&hl=en-GB&gl=GB&ceid=GB:en"
        title = f"{query} - Google News"
        return self._channel(title, link, f"<generator>NFE/5.0</generator>{items}"), self._newest(
            "google_news_items"
        )

    def page(self, path: str) -> Answer | None:
        """The page of an article, by its path below the paper's own; None where none ever was."""
        items = load("articles", self.folder)["echo_items"]
        item = next((item for item in items if path.strip("/") == item["slug"]), None)
        if item is None:
            return None
        if item.get("status"):
            gone = (
                b"<html><head><title>Not found</title></head><body><h1>Not found</h1></body></html>"
            )
            return Answer(status=item["status"], body=gone, type=HTML)
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in item["paragraphs"])
        body = (
            f'<!DOCTYPE html>\n<html lang="en-GB"><head><title>{item["title"]} | Ealing Evening Echo</title>'
            f"{PAID if item.get('paid') else ''}</head><body>\n"
            '<nav><a href="/echo/">Home</a> <a href="/echo/sport/">Sport</a></nav>\n'
            f"<main><article><h1>{item['title']}</h1>\n{text}</article></main>\n"
            '<aside><h2>Most read</h2><ul><li><a href="/echo/bus-route/">Bus to be rerouted</a></li></ul></aside>\n'
            '<section class="comments" id="comments"><h2>Comments</h2><p>Grumbler: I have read better on a '
            "bus ticket, and the ticket was shorter.</p></section>\n"
            "<footer>Ealing Evening Echo, an invented paper</footer></body></html>\n"
        )
        return Answer(body=body.encode(), type=HTML)

    def _newest(self, which: str) -> datetime:
        return max(self.at - ago(item["ago"]) for item in load("articles", self.folder)[which])

    def _item(self, item: dict[str, Any]) -> str:
        link = f"{self.home}/{item['slug']}/"
        return (
            f"<item><title>{escape(item['title'])}</title><link>{link}</link>"
            f'<guid isPermaLink="false">{item["id"]}</guid><dc:creator>{item["by"]}</dc:creator>'
            f"<pubDate>{format_datetime(self.at - ago(item['ago']))}</pubDate>"
            f"<description>{escape(item['summary'])}</description></item>\n"
        )

    def _found(self, item: dict[str, Any]) -> str:
        link = f"https://news.google.com/rss/articles/{item['id']}?oc=5"
        shown = f'<a href="{link}" target="_blank">{item["title"]}</a>&nbsp;&nbsp;<font color="#6f6f6f">{item["outlet"]}</font>'
        return (
            f"<item><title>{escape(item['title'])} - {item['outlet']}</title><link>{link}</link>"
            f'<guid isPermaLink="false">{item["id"]}</guid>'
            f"<pubDate>{format_datetime(self.at - ago(item['ago']), usegmt=True)}</pubDate>"
            f"<description>{escape(shown)}</description>"
            f"<source url={quoteattr(item['outlet_url'])}>{item['outlet']}</source></item>\n"
        )

    def _channel(self, title: str, link: str, items: str) -> str:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>{escape(title)}</title><link>{escape(link)}</link><language>en-GB</language>\n"
            f"{items}</channel></rss>\n"
        )
