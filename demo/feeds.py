"""A blog, its comments, a news site's JSON Feed, a Google Alert and a Google News search on loopback,
with 304s; a paper whose articles stand on pages; and the organisation's own site, a WordPress.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, ClassVar

from demo.articles import ROBOTS, Articles
from demo.faults import Faults
from demo.feed_posts import alerts_atom, blog_rss, comments_rss, news_json, publications
from demo.standins import Answer, Request, Secret, StandIn
from demo.wordpress import PASSWORD, WordPressSite

RSS, ATOM, JSON_FEED = "application/rss+xml", "application/atom+xml", "application/feed+json"
PAGES = {"blog": 10, "comments": 15, "news": 6}  # items on a page
ALERTS = "/alerts/feeds/01234567890123456789/1234567890"
GOOGLE_NEWS = "/rss/search"
PAPER, OWN = "/echo", "/icb"


class FeedsStandIn(StandIn):
    """The feeds' second pages are at ?paged=2 (RSS, also as rel="next") and in next_url (JSON)."""

    name: ClassVar[str] = "feeds"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.publications = publications(at)
        self.articles = Articles(at, f"{self.url}{PAPER}")
        self.own_site = WordPressSite(at, f"{self.url}{OWN}")

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
        made = self._feed(request)
        if made is None:
            return self._page_of_the_paper(request.path) or self.refusal(404, 0)
        text, type_, newest = made
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
