"""JSON Feed 1.0 and 1.1 as Mentions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.base import identity, moment, plain, words
from collectors.feed_page import About, Page, absolute, hashed, joined, pictures, same_host
from collectors.http import read_json
from errors import PlatformUnavailable
from mention import Author, Mention


def read_json_feed(content: bytes, headers: Mapping[str, str], url: str, about: About) -> Page:
    """A page of it. Raises PlatformUnavailable for JSON that is none."""
    feed = read_json(content, {**headers, "Content-Type": "application/json"}, url)
    version = feed.get("version") if isinstance(feed, dict) else None
    if not isinstance(version, str) or "jsonfeed.org/version" not in version:
        raise PlatformUnavailable("what came is JSON, but no JSON Feed")
    if not isinstance(feed.get("items"), list):
        raise PlatformUnavailable("the JSON Feed has no list of items")
    following = feed.get("next_url")
    return Page(
        items=feed["items"], to_mention=lambda item: json_to_mention(item, feed, about, url),
        thread=lambda item: str(item.get("title") or ""), comments=lambda _item: "",
        whole=lambda item: bool(item.get("content_html") or item.get("content_text")),
        next=same_host(following, url) if isinstance(following, str) else "",
    )  # fmt: skip


def json_to_mention(
    item: Mapping[str, Any], feed: Mapping[str, Any], about: About, page: str = ""
) -> Mention:
    """One item of a JSON Feed, 1.0 or 1.1, from its page; the feed's authors where the item has none."""
    authors = _json_authors(item) or _json_authors(feed) or [{}]
    raw = (
        words(item.get("content_html"))
        or words(item.get("content_text"))
        or words(item.get("summary"))
    )
    title = words(item.get("title"))
    body = plain(raw) if item.get("content_html") else raw.strip()
    given_link = words(item.get("url") or item.get("external_url"))
    link = absolute(given_link, page) if given_link else ""
    given = item.get("id")
    published, modified = item.get("date_published"), item.get("date_modified")
    posted = moment(published or modified) if published or modified else about.at
    edited = moment(modified) if published and modified else None
    return Mention(
        issuer=about.issuer,
        issued_id=identity(given) if given is not None else link or hashed(title or raw, words(published)),
        platform=about.platform or "blog", kind=about.kind or "article", url=link,
        text=joined(title.strip(), body), text_raw=raw or title,
        author=Author(name=words(authors[0].get("name")), id=words(authors[0].get("url"))),
        posted_at=posted, edited_at=edited if edited and edited > posted else None, fetched_at=about.at,
        language=words(item.get("language") or feed.get("language")),
        own=about.own and about.kind != "comment",
        images=pictures(raw, item.get("image"), *_attached(item.get("attachments")), page=page),
    )  # fmt: skip


def _attached(files: object) -> list[object]:
    """The addresses of the pictures among an item's attachments."""
    return [
        file.get("url")
        for file in (files if isinstance(files, list) else [])
        if isinstance(file, dict) and str(file.get("mime_type")).startswith("image/")
    ]


def _json_authors(holder: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = holder.get("authors") or [holder.get("author")]
    return (
        [author for author in given if isinstance(author, dict)] if isinstance(given, list) else []
    )
