"""What stands in a feed: RSS and Atom as Mentions, by the names that feedparser gives fields."""

from __future__ import annotations

import calendar
import hashlib
import html
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import feedparser

from collectors.base import counts, identity, moment, plain, words
from collectors.charsets import decode, named_in_markup, named_in_type
from collectors.http.client import read_json, web_page
from collectors.http.transport import host
from collectors.parsing import MOST_TEXT, UNREADABLE, absolute, joined, same_host
from core.context import NOWHERE, AnsweredPost, Context, Owner, context_of
from core.context import Page as Place
from core.errors import PlatformUnavailable
from core.models import Author, Kind, Mention, Platform

# ── A page of any kind of feed, and what reading each kind needs. ─────────────────────────────────

_PICTURE = re.compile(r"""<img\b[^>]{0,1000}?\ssrc=["']([^"'\s]+)""", re.IGNORECASE)
_EMOJI = "/images/core/emoji/"  # WordPress shows these as pictures
_MOST_PICTURES, _MOST_ADDRESS = 10, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a feed before its items are read. An empty platform or kind is found out."""

    issuer: str
    platform: Platform | None
    kind: Kind | None
    at: datetime
    own: bool = False  # the organisation's own site


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A feed's items and how to read them; `query` is what a search feed searches for."""

    items: list[Any]
    to_mention: Callable[[Any], Mention]
    thread: Callable[[Any], str]  # the title of the thread that an item belongs to
    comments: Callable[[Any], str]  # the address of an item's own comments feed
    whole: Callable[[Any], bool]  # whether an item holds the article rather than a summary of it
    next: str = ""
    doubt: str = ""
    query: str = ""
    title: str = ""  # what it calls itself, plain and short
    transcript: Callable[[Any], str] = lambda _item: ""  # where what is said in an item can be read
    volatile: bool = False  # its ETag and Last-Modified don't tell of every change


def pictures(markup: str, *addresses: object, page: str = "") -> tuple[str, ...]:
    """The addresses of the pictures that are given and that stand in a text, from its page; of the web."""
    listed = [address for address in addresses if isinstance(address, str)]
    listed += [html.unescape(address) for address in _PICTURE.findall(markup[:MOST_TEXT])]
    urls = (
        absolute(address, page)
        for address in listed
        if address.strip() and len(address) <= _MOST_ADDRESS
    )
    web = [url for url in urls if url and _EMOJI not in url]
    return tuple(dict.fromkeys(web))[:_MOST_PICTURES]


def hashed(text: str, date: str) -> str:
    """An id for what has none. Raises ValueError where there is nothing to make it of."""
    if not text.strip():
        raise ValueError("neither id, link nor title")
    return "sha256:" + hashlib.sha256(f"{text}\n{date}".encode("utf-8", "replace")).hexdigest()[:32]


# ── Reading a feed of any kind, and one entry of RSS or Atom as a Mention. ─────────────────────────

_LONGEST_NAME = 80  # characters
_ALERT = re.compile(r"^tag:google\.com,20\d\d:(?:reader/user/.*alerts|googlealerts)")
_COMMENTS = re.compile(r"^comments? (?:on|for)\b", re.IGNORECASE)
_OF_COMMENTS = re.compile(r"comments? (on|for):?\s+(.+)", re.IGNORECASE | re.DOTALL)
_PAGED = re.compile(r"comment-page-\d+/?$")  # of a long thread; it stands on the article's own page
_IN_REPLY = re.compile(  # what WordPress puts before a comment that answers another
    r'\s*(?:<p>)?In reply to <a [^<>]*?href="([^"#]*)(#comment-\d+)"[^<>]*>[^<]*</a>\.\s*(?:</p>)?\s*'
)


def read(content: bytes, headers: Mapping[str, str], url: str, about: About) -> Page:
    """Any feed. Raises PlatformUnavailable or PlatformRefused for what is none."""
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return read_json_feed(content, headers, url, about)
    parsed, doubt = parse(content, headers, url)
    feed = parsed.get("feed") or {}
    atom = str(parsed.get("version") or "").startswith("atom")
    context = _Context(about=about, feed=feed, url=url, atom=atom)
    of_wordpress = "wordpress" in str(feed.get("generator") or "").lower()
    return Page(
        items=parsed.get("entries") or [], to_mention=lambda entry: entry_to_mention(entry, context),
        thread=lambda entry: _title(entry, context, _outlet(entry, context)),
        comments=lambda entry: _comments_feed(entry, url), transcript=lambda entry: _transcript(entry, url),
        whole=lambda entry: bool(entry.get("content")) and not context.alert,
        next=_next(feed.get("links"), url), doubt=doubt, query=context.query, title=_name(feed.get("title")),
        # a comment that is approved late is older than the newest, by which WordPress makes its ETag
        volatile=of_wordpress
        and (about.kind == "comment" or bool(_COMMENTS.match(str(feed.get("title") or "")))),
    )  # fmt: skip


def _name(title: object) -> str:
    """A feed's title as a name: on one line, and no longer than a name is."""
    name = " ".join(plain(title).split()) if isinstance(title, str) else ""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _comments_feed(entry: Mapping[str, Any], url: str) -> str:
    """The address of an entry's own comments, where it has some; a damaged one is none."""
    address = entry.get("wfw_commentrss")
    return absolute(address, url) if isinstance(address, str) and count_of(entry) else ""


def _transcript(entry: Mapping[str, Any], url: str) -> str:
    """Where the transcript of a podcast's episode stands, as its owner gives it (podcast:transcript)."""
    element = entry.get("podcast_transcript")
    address = element.get("url") if isinstance(element, dict) else None
    return absolute(address, url) if isinstance(address, str) else ""


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
    link = _link(entry, context.url)
    reply = entry.get("thr_in-reply-to")
    on_comments = bool(_COMMENTS.match(str(feed.get("title") or "")))
    answers = isinstance(reply, dict) or "#comment-" in link or on_comments
    is_comment = about.kind == "comment" or (about.kind is None and answers)
    outlet, issued_id = _outlet(entry, context), _entry_id(entry, link)
    title, raw = _title(entry, context, outlet), _body(entry, is_comment)
    answered = _IN_REPLY.match(raw) if is_comment else None
    body = plain(raw[answered.end() :] if answered else raw)
    if context.alert:
        body = _again(body)
    if context.news:  # its titles and outlets once more, and those of like articles
        body = ""
    page = _PAGED.sub("", link.partition("#")[0])
    parent = _answered(issued_id, answered) if answered else _parent(reply) or page
    posted, edited = _times(entry, about.at)
    author = _author(entry, context, outlet, is_comment)
    platform: Platform = about.platform or ("news" if context.alert or context.news else "blog")
    paper = plain(words(outlet.get("title"))) or _paper(context.feed.get("title"), link, context)
    return Mention(
        issuer=about.issuer, issued_id=issued_id,
        platform=platform,
        kind="comment" if is_comment else about.kind or "article", url=link,
        text=body if is_comment and body else joined(title, body),
        text_raw=raw or words(entry.get("title")), author=author,
        posted_at=posted, edited_at=edited, fetched_at=about.at, parent_id=parent if is_comment else "",
        root_id="" if not is_comment else page if answered else parent,
        metrics=counts(replies=entry.get("slash_comments") or entry.get("thr_total")),
        language=_language(entry) or words(feed.get("language")),
        own=about.own and not is_comment, images=pictures(raw, *_attached(entry), page=context.url),
        context=_under(title, author.name, context) if is_comment else in_paper(paper, platform, own=about.own),
    )  # fmt: skip


def _paper(title: object, link: str, context: _Context) -> str:
    """The paper whose feed it is; of a search by the address of the article, since its title is what was searched for."""
    searched = context.alert or context.news
    return host(link) if searched else _name(title) or host(context.url)


def in_paper(name: str, platform: Platform, *, own: bool) -> Context:
    """Where an article of a news source stands: the paper that published it. Of any other article nowhere."""
    if platform != "news":
        return NOWHERE
    owner: Owner = "organisation" if own else "other"
    return context_of(page=Place(owner=owner, name=name, kind="newspaper"))


def _under(title: str, author: str, context: _Context) -> Context:
    """The site, and the title of the article, as WordPress words both in the titles of feed and entry.

    "Comments for SITE" holds "Comment on ARTICLE by AUTHOR"; "Comments on: ARTICLE" holds "By: AUTHOR".
    """
    feed = _OF_COMMENTS.fullmatch(plain(words(context.feed.get("title"))))
    entry = _OF_COMMENTS.fullmatch(title)
    of_site = feed is not None and feed[1].lower() == "for"
    name = feed[2] if feed and of_site else host(context.url)
    article = ""
    if entry and entry[1].lower() == "on":
        article = entry[2].removesuffix(f" by {author}")
    elif feed and not of_site:
        article = feed[2]
    about = context.about
    answered = [AnsweredPost(text=article, official=about.own)] if article else []
    page = Place(
        owner="organisation" if about.own else "other", name=name,
        kind="newspaper" if about.platform == "news" else "page",
    )  # fmt: skip
    return context_of(page=page, answered=answered)


def _outlet(entry: Mapping[str, Any], context: _Context) -> Mapping[str, Any]:
    """Where an article appeared, as Google News and other collections say; empty where none does."""
    source = entry.get("source")
    return source if isinstance(source, dict) and not context.atom else {}


def _title(entry: Mapping[str, Any], context: _Context, outlet: Mapping[str, Any]) -> str:
    written = words(entry.get("title"))
    detail = entry.get("title_detail") or {}
    title = (
        _again(written.strip())
        if context.atom and detail.get("type") == "text/plain"
        else plain(written)
    )
    name = plain(words(outlet.get("title")))
    title = title.removesuffix(f" - {name}") if name else title
    return _again(title) if context.alert else title


def _author(
    entry: Mapping[str, Any], context: _Context, outlet: Mapping[str, Any], is_comment: bool
) -> Author:
    """Who wrote it first, or the outlet that it appeared in. An alert names its reader at most.

    An article in Atom that names nobody is by the feed's author (RFC 4287, 4.2.1).
    """
    if context.alert:
        return Author()
    if name := plain(words(outlet.get("title"))):
        return Author(name=name, id=words(outlet.get("href")))
    listed = [*(entry.get("authors") or []), entry.get("author_detail")]
    if context.atom and not is_comment:
        listed.append(context.feed.get("author_detail"))
    detail = next(
        (person for person in listed if isinstance(person, dict) and person.get("name")), {}
    )
    name = words(detail.get("name")) or words(entry.get("author"))
    return Author(name=plain(name), id=words(detail.get("href")))


def _language(entry: Mapping[str, Any]) -> str:
    """As the entry says itself, or the xml:lang around its title."""
    detail = entry.get("title_detail") or {}
    return words(entry.get("language") or detail.get("language"))


def _attached(entry: Mapping[str, Any]) -> list[object]:
    """The addresses of the pictures that come with an entry."""
    files = [
        file
        for name in ("media_content", "media_thumbnail", "links")
        for file in entry.get(name) or []
        if isinstance(file, dict) and (name != "links" or file.get("rel") == "enclosure")
    ]
    return [
        file.get("url") or file.get("href")
        for file in files
        if str(file.get("type") or f"{file.get('medium') or 'image'}/").startswith("image/")
    ]


def _body(entry: Mapping[str, Any], is_comment: bool) -> str:
    """The longest of what the entry gives: the whole text, not its summary.

    Of a comment the content, since WordPress escapes its summary twice.
    """
    contents = [words(part.get("value")) for part in entry.get("content") or []]
    summary = words(entry.get("summary"))
    return max([*contents, "" if is_comment and any(contents) else summary], key=len)


def _again(text: str) -> str:
    """What was escaped twice, as Google Alerts does, and many a feed whose titles are said to be plain text."""
    return html.unescape(text).replace("\xa0", " ") if len(text) < 100_000 else text


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
    time = moment(_given(entry, name))
    parsed = _given(entry, f"{name}_parsed")
    if time != UNREADABLE or not isinstance(parsed, tuple):
        return time
    try:
        return moment(float(calendar.timegm(parsed)))
    except (OverflowError, ValueError):  # a year or a month 0
        return time


def _entry_id(entry: Mapping[str, Any], link: str) -> str:
    """Its id, else its link, else a hash of title and date (and of the text where there is no title)."""
    entry_id = entry.get("id") or link
    if entry_id:
        return identity(entry_id)
    title, date = words(entry.get("title")), words(entry.get("published") or entry.get("date"))
    return hashed(title or words(entry.get("summary")), date)


def _link(entry: Mapping[str, Any], url: str) -> str:
    """Where it stands; empty where it gives an id that is no address alone."""
    written = words(entry.get("feedburner_origlink") or entry.get("link")).strip()
    if entry.get("guidislink") and not written.startswith(("http://", "https://", "/")):
        return ""
    return _unwrapped(absolute(written, url)) if written else ""


def _unwrapped(link: str) -> str:
    """The address that Google's redirect leads to."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    if parts.path != "/url" or not re.match(r"(?:www\.)?google\.", parts.hostname or ""):
        return link
    params = parse_qs(parts.query)
    leads = [params[name][0] for name in ("url", "q") if params.get(name)]
    return next((lead for lead in leads if lead.startswith(("http://", "https://"))), link)


def _parent(reply: Any) -> str:
    """What a comment answers, where it says so itself."""
    return words(reply.get("ref") or reply.get("href")) if isinstance(reply, dict) else ""


def _answered(issued_id: str, answered: re.Match[str]) -> str:
    """The id of the comment that this one answers, in the form of its own where that is WordPress's."""
    page = issued_id.partition("#comment-")[0] if "#comment-" in issued_id else answered[1]
    return page + answered[2]


# ── RSS and Atom as feedparser reads them, or our error for what is none. ─────────────────────────

_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)  # nothing is lost
_ENCODING = re.compile(
    r"\A(<\?xml[^>]{0,100}?)\s+encoding\s*=\s*[\"'][^\"'>]{0,40}[\"']", re.IGNORECASE
)
_STARTS, _ENDS = (b"<item", b"<entry"), (b"</item", b"</entry")
_TRIPS = (
    ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, OverflowError,
)  # fmt: skip


def parse(content: bytes, headers: Mapping[str, str], url: str) -> tuple[Any, str]:
    """What feedparser could read, and what is damaged in it ("" for nothing).

    Raises PlatformUnavailable, or PlatformRefused for a login page.
    """
    kind = headers.get("Content-Type", "")
    content = _as_utf8(content, kind)
    # not told where the feed was, which feedparser would put before ids too
    response_headers = {"content-type": "application/xml; charset=utf-8"}
    try:  # from a stream: bytes alone would be taken for the name of a file
        parsed = feedparser.parse(io.BytesIO(content), response_headers=response_headers)
    except _TRIPS as error:
        raise PlatformUnavailable(f"what came is no feed ({type(error).__name__})") from None
    trouble = parsed.get("bozo_exception") if parsed.get("bozo") else None
    if isinstance(trouble, _HARMLESS):
        trouble = None
    if not parsed.get("entries") and (trouble or not parsed.get("version")):
        start = content.lstrip()[:400].lower()
        if b"<html" in start or b"<!doctype html" in start or "html" in kind.lower():
            raise web_page(content, url)
        raise PlatformUnavailable(
            f"what came is neither RSS, Atom nor JSON Feed ({len(content)} bytes)"
        )
    if not trouble:
        return parsed, ""
    if _breaks_off(content):  # half of the last entry would look like an edit of it
        del parsed["entries"][-1:]
    return parsed, f"the feed is damaged ({type(trouble).__name__}); what could be read is kept"


def _as_utf8(content: bytes, kind: str) -> bytes:
    """The feed in UTF-8: feedparser would read all of it otherwise where a single byte can't be read.

    By the first charset that reads the whole: the header's, then that which the feed names itself.
    """
    charsets = [name for name in (named_in_type(kind), named_in_markup(content.lstrip())) if name]
    whole = (name for name in charsets if _reads(content, name))
    text = decode(content, next(whole, next(iter(charsets), ""))).lstrip("\ufeff \t\r\n")
    return _ENCODING.sub(r"\1", text, count=1).encode("utf-8", "replace")


def _reads(content: bytes, charset: str) -> bool:
    try:
        content.decode(charset)
    except (LookupError, ValueError):
        return False
    return True


def _breaks_off(content: bytes) -> bool:
    """Whether the last entry begins and does not end."""
    return max(map(content.rfind, _STARTS)) > max(map(content.rfind, _ENDS))


# ── JSON Feed 1.0 and 1.1 as Mentions. ────────────────────────────────────────────────────────────


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
        title=_name(feed.get("title")),
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
    title = _again(words(item.get("title")))
    body = plain(raw) if item.get("content_html") else raw.strip()
    given_link = words(item.get("url") or item.get("external_url"))
    link = absolute(given_link, page) if given_link else ""
    item_id = item.get("id")
    published, modified = item.get("date_published"), item.get("date_modified")
    posted = moment(published or modified) if published or modified else about.at
    edited = moment(modified) if published and modified else None
    platform: Platform = about.platform or "blog"
    return Mention(
        issuer=about.issuer,
        issued_id=identity(item_id) if item_id is not None else link or hashed(title or raw, words(published)),
        platform=platform, kind=about.kind or "article", url=link,
        text=joined(title.strip(), body), text_raw=raw or title,
        author=Author(name=words(authors[0].get("name")), id=words(authors[0].get("url"))),
        posted_at=posted, edited_at=edited if edited and edited > posted else None, fetched_at=about.at,
        language=words(item.get("language") or feed.get("language")),
        own=about.own and about.kind != "comment",
        images=pictures(raw, item.get("image"), *_attachments(item.get("attachments")), page=page),
        context=NOWHERE if about.kind == "comment"
        else in_paper(_name(feed.get("title")) or host(page or link), platform, own=about.own),
    )  # fmt: skip


def _attachments(files: object) -> list[object]:
    """The addresses of the pictures among an item's attachments."""
    return [
        file.get("url")
        for file in (files if isinstance(files, list) else [])
        if isinstance(file, dict) and str(file.get("mime_type")).startswith("image/")
    ]


def _json_authors(holder: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    authors = holder.get("authors") or [holder.get("author")]
    return (
        [author for author in authors if isinstance(author, dict)]
        if isinstance(authors, list)
        else []
    )
