"""What stands in a feed: RSS and Atom as Mentions, by the names that feedparser gives fields."""

from __future__ import annotations

import calendar
import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import feedparser

from collectors.base import counts, identity, moment, plain, words
from collectors.feed_page import About, Page, hashed, joined, same_host
from collectors.fields import UNREADABLE
from collectors.http import web_page
from collectors.json_feed import read_json_feed
from collectors.wire import host
from errors import PlatformUnavailable
from mention import Author, Mention

_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)  # nothing is lost
_ALERT = re.compile(r"^tag:google\.com,20\d\d:(?:reader/user/.*alerts|googlealerts)")
_COMMENTS = re.compile(r"^comments? (?:on|for)\b", re.IGNORECASE)
_PARSER_TRIPS = (
    ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, OverflowError,
)  # fmt: skip


def read(content: bytes, headers: Mapping[str, str], url: str, about: About) -> Page:
    """Any feed. Raises PlatformUnavailable or PlatformRefused for what is none."""
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return read_json_feed(content, headers, url, about)
    kind = headers.get("Content-Type", "")
    charset = re.search(r"charset=([\w-]+)", kind, re.IGNORECASE)
    given = {
        "content-type": f"application/xml; charset={charset[1]}" if charset else "application/xml",
        "content-location": url,
    }
    try:  # from a stream: bytes alone would be taken for the name of a file
        parsed = feedparser.parse(io.BytesIO(content), response_headers=given)
    except _PARSER_TRIPS as error:
        raise PlatformUnavailable(f"what came is no feed ({type(error).__name__})") from None
    entries, feed = parsed.get("entries") or [], parsed.get("feed") or {}
    trouble = parsed.get("bozo_exception") if parsed.get("bozo") else None
    if isinstance(trouble, _HARMLESS):
        trouble = None
    if not entries and (trouble or not parsed.get("version")):
        start = content.lstrip()[:400].lower()
        if b"<html" in start or b"<!doctype html" in start or "html" in kind.lower():
            raise web_page(content, url)
        raise PlatformUnavailable(
            f"what came is neither RSS, Atom nor JSON Feed ({len(content)} bytes)"
        )
    doubt = (
        f"the feed is damaged ({type(trouble).__name__}); what could be read is kept"
        if trouble
        else ""
    )
    atom = str(parsed.get("version") or "").startswith("atom")
    context = _Context(about=about, feed=feed, url=url, atom=atom)
    return Page(
        items=entries, to_mention=lambda entry: entry_to_mention(entry, context),
        thread=lambda entry: plain(str(entry.get("title") or "")),
        comments=_comments_feed,
        next=_next(feed.get("links"), url), doubt=doubt, query=context.query,
    )  # fmt: skip


def _comments_feed(entry: Mapping[str, Any]) -> str:
    """The address of an entry's own comments, where it has some; a damaged one is none."""
    address = entry.get("wfw_commentrss")
    return address if isinstance(address, str) and count_of(entry) else ""


def count_of(entry: Mapping[str, Any]) -> int:
    """How many comments an entry says it has."""
    return counts(replies=entry.get("slash_comments") or entry.get("thr_total")).get("replies", 0)


def _next(links: Any, url: str) -> str:
    """A feed's own next page, on its own host."""
    for link in links if isinstance(links, list) else []:
        if (
            isinstance(link, dict)
            and link.get("rel") == "next"
            and isinstance(link.get("href"), str)
        ):
            return same_host(link["href"], url)
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """A feed around its entries: whose it is decides how an entry is read."""

    about: About
    feed: Mapping[str, Any]
    url: str
    atom: bool

    @property
    def alert(self) -> bool:
        return bool(_ALERT.match(str(self.feed.get("id") or ""))) or is_alert(self.url)

    @property
    def news(self) -> bool:
        marks = (
            str(self.feed.get("link") or ""),
            str(self.feed.get("generator_detail", {}).get("href") or ""),
        )
        return host(self.url) == "news.google.com" or any(
            "//news.google.com" in mark for mark in marks
        )

    @property
    def query(self) -> str:
        """What Google looked for, by the feed's title; empty where the feed is no search."""
        title = plain(str(self.feed.get("title") or ""))
        if self.alert:
            return title.removeprefix("Google Alert - ") or "Google Alert"
        return title.removesuffix(" - Google News") or "Google News" if self.news else ""


def is_alert(url: str) -> bool:
    """Is it a Google Alerts address, which is private to the account that made it?"""
    return (
        bool(re.match(r"(?:www\.)?google\.[a-z.]+$", host(url)))
        and "/alerts/" in urlsplit(url).path
    )


def entry_to_mention(entry: Mapping[str, Any], context: _Context) -> Mention:
    """One RSS or Atom entry. A comment's title is left out, since it names its author."""
    about, feed = context.about, context.feed
    link = _unwrapped(words(entry.get("link")))
    reply = entry.get("thr_in-reply-to")
    on_comments = bool(_COMMENTS.match(str(feed.get("title") or "")))
    answers = isinstance(reply, dict) or "#comment-" in link or on_comments
    is_comment = about.kind == "comment" or (about.kind is None and answers)
    outlet = entry.get("source")
    outlet_name = (
        plain(words(outlet.get("title"))) if isinstance(outlet, dict) and not context.atom else ""
    )
    title, raw = _title(entry, context, outlet_name), _body(entry)
    body = plain(raw)
    if context.alert:
        body, title = _again(body), _again(title)
    posted, edited = _times(entry, about.at)
    author = Author(name=outlet_name or ("" if context.alert else plain(_author_name(entry))))
    return Mention(
        issuer=about.issuer, issued_id=_entry_id(entry, link),
        platform=about.platform or ("news" if context.alert or context.news else "blog"),
        kind="comment" if is_comment else about.kind or "article", url=link,
        text=body if is_comment and body else joined(title, body),
        text_raw=raw or words(entry.get("title")), author=author, posted_at=posted, edited_at=edited,
        fetched_at=about.at, parent_id=_parent(reply, link) if is_comment else "",
        metrics=counts(replies=entry.get("slash_comments") or entry.get("thr_total")),
        language=words(entry.get("language") or feed.get("language")),
    )  # fmt: skip


def _title(entry: Mapping[str, Any], context: _Context, outlet: str) -> str:
    written = words(entry.get("title"))
    detail = entry.get("title_detail") or {}
    title = (
        written.strip() if context.atom and detail.get("type") == "text/plain" else plain(written)
    )
    return title.removesuffix(f" - {outlet}") if outlet else title


def _body(entry: Mapping[str, Any]) -> str:
    """The longest of what the entry gives: the whole text, not its summary."""
    given = [words(part.get("value")) for part in entry.get("content") or []]
    return max([*given, words(entry.get("summary"))], key=len)


def _again(text: str) -> str:
    """Google Alerts escapes twice."""
    return html.unescape(text).replace("\xa0", " ") if len(text) < 100_000 else text


def _author_name(entry: Mapping[str, Any]) -> str:
    detail = entry.get("author_detail") or {}
    return words(detail.get("name")) or words(entry.get("author"))


def _times(entry: Mapping[str, Any], at: datetime) -> tuple[datetime, datetime | None]:
    """When published, and when last updated if that is another time. Nothing said is now."""
    moments: dict[str, datetime] = {}
    for name in ("published", "updated", "created"):
        if _given(entry, name):
            moments[name] = _time(entry, name)
    posted = moments.get("published") or moments.get("created") or moments.get("updated") or at
    updated = moments.get("updated")
    return posted, updated if updated and updated > posted else None


def _given(entry: Mapping[str, Any], name: str) -> Any:
    """What stands there: feedparser's own get makes up an `updated` where there is none."""
    return dict.get(entry, name) if isinstance(entry, dict) else None


def _time(entry: Mapping[str, Any], name: str) -> datetime:
    """By our own reading, which knows BST, or else by feedparser's, which knows many languages."""
    found = moment(_given(entry, name))
    parsed = _given(entry, f"{name}_parsed")
    if found != UNREADABLE or not isinstance(parsed, tuple):
        return found
    try:
        return moment(float(calendar.timegm(parsed)))
    except OverflowError:
        return found


def _entry_id(entry: Mapping[str, Any], link: str) -> str:
    """Its id, else its link, else a hash of title and date (and of the text where there is no title)."""
    given = entry.get("id") or link
    if given:
        return identity(given)
    title, date = words(entry.get("title")), words(entry.get("published") or entry.get("date"))
    return hashed(title or words(entry.get("summary")), date)


def _unwrapped(link: str) -> str:
    """The address that Google's redirect leads to."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    if parts.path != "/url" or not re.match(r"(?:www\.)?google\.", parts.hostname or ""):
        return link
    asked = parse_qs(parts.query)
    return next((asked[name][0] for name in ("url", "q") if asked.get(name)), link)


def _parent(reply: Any, link: str) -> str:
    """What a comment answers: as it says itself, or the page that it stands on."""
    if isinstance(reply, dict) and (reply.get("ref") or reply.get("href")):
        return words(reply.get("ref") or reply.get("href"))
    return link.partition("#")[0]
