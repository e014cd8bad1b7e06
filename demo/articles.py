"""A local paper whose feed has summaries, with its pages and robots.txt; and a Google News search.

Pages are shaped as newspapers' are: navigation, the article, what else to read, readers' remarks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from demo.authored import ago, load
from demo.standins import Answer

ROBOTS = "User-agent: *\nDisallow: /echo/members/\nCrawl-delay: 1\n"
HTML = "text/html; charset=utf-8"
PAID = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'


@dataclass(frozen=True, slots=True)
class Articles:
    """The Ealing Evening Echo at `home`, and what Google News found; `at` is when the world was made."""

    at: datetime
    home: str

    def feed(self) -> tuple[str, datetime]:
        """The paper's RSS: a summary of each article, and no more. With its newest date."""
        authored = load("articles")
        items = "".join(self._item(item) for item in authored["echo_items"])
        return self._channel(authored["echo"]["title"], self.home, items), self._newest(
            "echo_items"
        )

    def google_news(self) -> tuple[str, datetime]:
        """Google News's RSS of a search. With its newest date."""
        authored = load("articles")
        query = authored["google_news"]["query"]
        items = "".join(self._found(item) for item in authored["google_news_items"])
        link = f"https://news.google.com/search?q={quote(query)}&hl=en-GB&gl=GB&ceid=GB:en"
        title = f"{query} - Google News"
        return self._channel(title, link, f"<generator>NFE/5.0</generator>{items}"), self._newest(
            "google_news_items"
        )

    def page(self, path: str) -> Answer | None:
        """The page of an article, by its path below the paper's own; None where none ever was."""
        items = load("articles")["echo_items"]
        item = next((one for one in items if path.strip("/") == one["slug"]), None)
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
        return max(self.at - ago(item["ago"]) for item in load("articles")[which])

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
