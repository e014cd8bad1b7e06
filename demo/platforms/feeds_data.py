"""Turns demo/posts/feeds.json into feeds: a blog's RSS, its comments, JSON Feed, Google's Atom."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from demo.posts_loader import POSTS, ago, load

PARIS = timezone(timedelta(hours=1))  # where the blog's comments are hosted
RSS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"\n'
    '\txmlns:content="http://purl.org/rss/1.0/modules/content/"\n'
    '\txmlns:wfw="http://wellformedweb.org/CommentAPI/"\n'
    '\txmlns:dc="http://purl.org/dc/elements/1.1/"\n'
    '\txmlns:atom="http://www.w3.org/2005/Atom"\n'
    '\txmlns:sy="http://purl.org/rss/1.0/modules/syndication/"\n'
    '\txmlns:slash="http://purl.org/rss/1.0/modules/slash/">\n<channel>\n'
)
ALERT_QUERY = "NHS North West London"


@dataclass(slots=True)
class Publications:
    """What stands in the blog, the news site and the alert; `at` is when the world was made."""

    at: datetime
    folder: Path  # where feeds.json lies
    blog: dict[str, str]
    blog_posts: list[dict[str, Any]]
    blog_comments: list[dict[str, Any]]
    news: dict[str, str]
    news_items: list[dict[str, Any]]
    alerts: list[dict[str, Any]]
    revised: dict[Any, datetime] = field(default_factory=dict)  # id -> when its text was changed

    def posted(self, item: dict[str, Any]) -> datetime:
        """When an item came out."""
        return self.at - ago(item["ago"])

    def changed(self, item: dict[str, Any]) -> datetime:
        """When an item's text was last touched; its own date if never."""
        if item["id"] in self.revised:
            return self.revised[item["id"]]
        return self.posted(item) + ago(item.get("revised_after", "0m"))

    def newest(self, items: list[dict[str, Any]]) -> datetime:
        """The latest change in these items, for Last-Modified and the feed's own date."""
        return max((self.changed(item) for item in items), default=self.at - timedelta(days=30))

    def change(self) -> None:
        """A later day: what feeds.json's "later" says is revised or added."""
        everything = {item["id"]: item for item in self.blog_posts + self.news_items}
        for step in load("feeds", self.folder)["later"]:
            if "comment" in step:
                self.blog_comments.insert(0, step["comment"])
            else:
                everything[step["revise"]] |= {"title": step["title"], "html": step["html"]}
                self.revised[step["revise"]] = self.at - timedelta(minutes=2)


def publications(at: datetime, folder: Path = POSTS) -> Publications:
    """The world's feeds as of `at`."""
    authored = load("feeds", folder)
    del authored["later"]
    return Publications(at=at, folder=folder, **authored)


def blog_rss(world: Publications, page: list[dict[str, Any]], more: str) -> str:
    """WordPress' /feed/ with these posts; `more` is the next page's address, or ""."""
    blog = world.blog
    items = "".join(_blog_item(world, post) for post in page)
    return _channel(world, blog["title"], blog["about"], page, more, items)


def comments_rss(world: Publications, page: list[dict[str, Any]], more: str, of: str) -> str:
    """WordPress' comments feed; `of` is what it is the comments of."""
    items = "".join(_comment_item(world, comment) for comment in page)
    return _channel(world, f"Comments for {of}", world.blog["about"], page, more, items)


def news_json(world: Publications, page: list[dict[str, Any]], more: str) -> str:
    """A JSON Feed 1.1; one of its ids is a number, one item has no id and no date."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": world.news["title"],
        "home_page_url": world.news["home"],
        "language": "en-GB",
        "items": [_news_item(world, item) for item in page],
    }
    return json.dumps(feed | ({"next_url": more} if more else {}), ensure_ascii=False, indent=1)


def alerts_atom(world: Publications) -> str:
    """A Google Alerts feed: titles and contents escaped twice, links wrapped, authors empty."""
    entries = "".join(_alert_entry(world, alert) for alert in world.alerts)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:idx="urn:atom-extension:indexing">\n'
        "<id>tag:google.com,2005:reader/user/01234567890123456789/state/com.google/alerts/"
        f"1234567890</id>\n<title>Google Alert - &quot;{ALERT_QUERY}&quot;</title>\n"
        f"<updated>{_iso(world.newest(world.alerts))}</updated>\n{entries}</feed>\n"
    )


def _channel(
    world: Publications, title: str, about: str, page: list[dict[str, Any]], more: str, items: str
) -> str:
    following = f'\t<atom:link href="{escape(more)}" rel="next" type="application/rss+xml" />\n'
    return (
        f"{RSS_HEAD}\t<title>{escape(title)}</title>\n"
        f"\t<link>{world.blog['home']}</link>\n\t<description>{escape(about)}</description>\n"
        f"\t<lastBuildDate>{format_datetime(world.newest(page))}</lastBuildDate>\n"
        f"\t<language>en-GB</language>\n{following if more else ''}"
        "\t<generator>https://wordpress.org/?v=6.8.3</generator>\n"
        f"{items}</channel>\n</rss>\n"
    )


def _blog_item(world: Publications, post: dict[str, Any]) -> str:
    home, posted = world.blog["home"], world.posted(post)
    link = f"{home}/{posted:%Y/%m/%d}/{post['slug']}/"
    count = sum(comment["post"] == post["id"] for comment in world.blog_comments)
    guid = f'\t\t<guid isPermaLink="false">{home}/?p={post["id"]}</guid>\n'
    date = f"\t\t<pubDate>{format_datetime(posted)}</pubDate>\n"
    tags = "".join(f"\t\t<category>{_cdata(tag)}</category>\n" for tag in post["tags"])
    return (
        f"\t<item>\n\t\t<title>{post['title']}</title>\n"
        f"{'' if post.get('no_id') else f'{chr(9) * 2}<link>{link}</link>{chr(10)}'}"
        f"\t\t<comments>{link}#comments</comments>\n"
        f"\t\t<dc:creator>{_cdata(world.blog['author'])}</dc:creator>\n"
        f"{'' if post.get('no_date') else date}{tags}{'' if post.get('no_id') else guid}"
        f"\t\t<description>{_cdata(_excerpt(post['html']))}</description>\n"
        f"\t\t<content:encoded>{_cdata(post['html'])}</content:encoded>\n"
        f"\t\t<wfw:commentRss>{link}feed/</wfw:commentRss>\n"
        f"\t\t<slash:comments>{count}</slash:comments>\n\t</item>\n"
    )


def _comment_item(world: Publications, comment: dict[str, Any]) -> str:
    post = next(post for post in world.blog_posts if post["id"] == comment["post"])
    home = world.blog["home"]
    link = f"{home}/{world.posted(post):%Y/%m/%d}/{post['slug']}/#comment-{comment['id']}"
    guid = f'\t\t<guid isPermaLink="false">{home}/?p={post["id"]}#comment-{comment["id"]}</guid>\n'
    return (
        f"\t<item>\n\t\t<title>Comment on {post['title']} by {escape(comment['by'])}</title>\n"
        f"\t\t<link>{link}</link>\n\t\t<dc:creator>{_cdata(comment['by'])}</dc:creator>\n"
        f"\t\t<pubDate>{format_datetime(world.posted(comment).astimezone(PARIS))}</pubDate>\n"
        f"{'' if comment.get('no_id') else guid}"
        f"\t\t<description>{_cdata(_excerpt(comment['html']))}</description>\n"
        f"\t\t<content:encoded>{_cdata(comment['html'])}</content:encoded>\n\t</item>\n"
    )


def _news_item(world: Publications, item: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": item["id"],
        "url": f"{world.news['home']}/news/{item['slug']}",
        "title": item["title"],
        "content_html": item["html"],
        "date_published": _iso(world.posted(item)),
        "authors": [{"name": item["by"]}],
    }
    if world.changed(item) != world.posted(item):
        entry["date_modified"] = _iso(world.changed(item))
    for name in (["id", "url"] if item.get("no_id") else []) + (
        ["date_published"] if item.get("no_date") else []
    ):
        del entry[name]
    return entry


def _alert_entry(world: Publications, alert: dict[str, Any]) -> str:
    wrapped = (
        f"https://www.google.com/url?rct=j&sa=t&url={quote(alert['url'], safe=':/')}"
        "&ct=ga&cd=CAIyDemo&usg=AOvDemo"
    )
    when = _iso(world.posted(alert))
    return (
        f"<entry>\n<id>tag:google.com,2013:googlealerts/feed:{alert['id']}</id>\n"
        f'<title type="html">{escape(alert["title"])}</title>\n'
        f'<link href="{escape(wrapped)}"/>\n'
        f"<published>{when}</published>\n<updated>{when}</updated>\n"
        f'<content type="html">{escape(alert["html"])}</content>\n'
        "<author>\n<name/>\n</author>\n</entry>\n"
    )


def _excerpt(written: str) -> str:
    plain = " ".join(written.replace("</p><p>", " ").replace("<p>", "").replace("</p>", "").split())
    return plain if len(unescape(plain)) < 160 else plain[:150].rsplit(" ", 1)[0] + " [&#8230;]"


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
