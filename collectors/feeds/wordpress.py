"""Reads a WordPress site by its REST API: posts by search or all of them, and comments in threads."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import requests
from pydantic import ConfigDict, Field

from collectors.base import (
    Answer,
    Collected,
    Http,
    Passing,
    SkippedItem,
    count,
    each,
    identity,
    matching,
    moment,
    pages,
    plain,
    words,
)
from collectors.charsets import decode
from collectors.context import objects_of, text_of
from collectors.feeds.options import Address, Name, check_host
from collectors.feeds.parse import pictures
from collectors.http import client as http_client
from collectors.http.transport import host
from collectors.parsing import UNREADABLE, joined
from collectors.placement import article, site_page, under
from collectors.queries import check_address, quoted
from core import clock
from core.context import AnsweredPost
from core.errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Author, Mention, Platform

# ── A WordPress site's own REST API: its addresses, its login, and what its errors mean. ──────────
#
# WordPress REST API Handbook: posts, comments, pagination, application passwords.

BATCH = 100  # the most that one page holds
_MOST_JUNK, _MOST_STARTS = 10_000, 50  # characters before an answer, and tries to find it there
_PAST_THE_END = "rest_post_invalid_page_number"
# where JSON may start: on a line of its own or after a tag, and not within an object
_STARTS, _OBJECT = re.compile(r"(?:\A|[\n>\ufeff])\s*(?=[\[{])"), re.compile(r'\{\s*"')
_LOGIN = (
    "incorrect_password",
    "invalid_username",
    "invalid_email",
    "application_passwords_disabled",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPress:
    """One site. `user` and `password` (an application password) only for a site of one's own."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    url: Address = field(repr=False)
    name: Name = ""  # what people call it; else its host
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    keep: Literal["matched", "all"] = "matched"
    search: bool = True  # the site searches; false: all that is new is read and matched here
    comments: bool = True
    comments_days: Annotated[int, Field(ge=1, le=365)] = 7
    held: bool = False  # also comments that wait for approval
    own: bool = False  # the organisation's own site: its posts are the organisation's words
    platform: Platform = "blog"
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 20
    left_out: str = ""  # why it is not read; said by the run where its secret is missing

    def check(self, key: str) -> None:
        """Raises ConfigError for what can't work, naming the key after `key`."""
        check_host(self.url, f"{key} url")
        if bool(self.user) != bool(self.password):
            raise ConfigError(f"{key} user: goes with password: give both or neither")
        if self.password:
            check_address(self.url, f"{key} url")
        if self.held and not self.password:
            raise ConfigError(f"{key} held: needs user and password of the site")

    @property
    def issuer(self) -> str:
        """Who gives the ids: the site's own address."""
        parts = urlsplit(self.url)
        path = re.sub(r"/(?:wp-json(?:/.*)?)?$", "", parts.path)
        return f"{parts.scheme.lower()}://{host(self.url)}{path}"


class Site:
    """Asks a site. Raises PlatformRefused once where its API is turned off, naming the feed to list."""

    def __init__(self, settings: WordPress, http: Http) -> None:
        self.settings, self._http = settings, http
        self._plain = False  # addresses are not rewritten there, so that /wp-json is not found

    def listed(self, path: str, params: Mapping[str, str | int]) -> tuple[list[Any], int | None]:
        """The items of a page and how many pages there are; none past the end."""
        answer = self._get(path, params, accept=(400,))
        if answer.status == 400:
            if code(answer.content) == _PAST_THE_END:
                return [], None
            raise PlatformRefused(f"{host(answer.url)} did not understand the request (400)")
        items = _read(answer)
        if not isinstance(items, list):
            raise PlatformUnavailable(f"{host(answer.url)} sent something else than a list")
        total = answer.headers.get("X-WP-TotalPages", "").strip()
        return items, int(total) if total.isdecimal() and len(total) < 10 else None

    def item(self, path: str) -> tuple[Any, str]:
        """One item, or None and why: "deleted", or "removed" from what we may see (held, private)."""
        answer = self._get(path, {}, accept=(401, 403, 404))
        if answer.status == 200:
            return _read(answer), ""
        error_code = code(answer.content)
        if re.search(r"_invalid(?:_post)?_id$", error_code):
            return None, "deleted"
        if error_code in ("rest_cannot_read", "rest_cannot_read_post", "rest_forbidden"):
            return None, "removed"
        raise self._closed(answer.status, error_code)

    def change(self, path: str, form: Mapping[str, str]) -> Any:
        """Changes an item; the item as it is then."""
        answer = self._http.send(
            "POST", self._address(path), params=self._route(path), headers=self._headers(), form=form,
            judge=self._judge,
        )  # fmt: skip
        return _read(answer)

    def _get(self, path: str, params: Mapping[str, str | int], accept: tuple[int, ...]) -> Answer:
        try:
            return self._asked(path, params, accept)
        except _NoSuchAddress as missing:
            if self._plain:
                raise PlatformRefused(str(missing)) from None
            self._plain = True
            try:
                answer = self._asked(path, params, accept)
                _read(answer)
            except Passing:
                raise
            except CollectorError:  # a front page in its place
                raise PlatformRefused(str(missing)) from None
            return answer

    def _asked(self, path: str, params: Mapping[str, str | int], accept: tuple[int, ...]) -> Answer:
        answer = self._http.get(
            self._address(path), params={**self._route(path), **params}, headers=self._headers(),
            accept=accept, judge=self._judge,
        )  # fmt: skip
        if answer.status == 404:
            self._not_found(answer.content)
        return answer

    def _address(self, path: str) -> str:
        start = self.settings.issuer
        return f"{start}/" if self._plain else f"{start}/wp-json/wp/v2/{path}"

    def _route(self, path: str) -> dict[str, str]:
        return {"rest_route": f"/wp/v2/{path}"} if self._plain else {}

    def _headers(self) -> dict[str, str]:
        if not self.settings.password:
            return {}
        login = f"{self.settings.user}:{self.settings.password}".encode()
        return {"Authorization": f"Basic {base64.b64encode(login).decode()}"}

    def _judge(self, response: requests.Response) -> None:
        error_code, status = code(response.content), response.status_code
        if status == 404:
            self._not_found(response.content)
        if status in (401, 403, 404) or error_code.startswith(_LOGIN):
            raise self._closed(status, error_code)

    def _not_found(self, content: bytes) -> None:
        if not code(content):
            raise _NoSuchAddress(str(self._closed(404, "")))

    def _closed(self, status: int, error_code: str) -> PlatformRefused:
        where, reason = (
            host(self.settings.url),
            f"({status}{f', {error_code}' if error_code else ''})",
        )
        if self.settings.password and (status == 401 or error_code.startswith(_LOGIN)):
            return PlatformRefused(
                f"{where} does not take the user and application password {reason}: make a new one under "
                "Users > Profile; if it is right, the web server keeps the Authorization header back"
            )
        if self.settings.password and status == 403:
            return PlatformRefused(
                f"{where} does not let this user do that {reason}: give it the role Editor"
            )
        return PlatformRefused(
            f"{where}: its REST API is turned off or closed {reason}: list the site's feed (its address and "
            "/feed/) under [[collectors.feeds.feed]] instead"
        )


def _read(answer: Answer) -> Any:
    """What it holds, whatever PHP's notices and plugins put before or after it. Raises as read_json."""
    try:
        return http_client.read_json(answer.content, answer.headers, answer.url)
    except CollectorError:
        payload = _within(answer.content)
        if payload is None:
            raise
        return payload


def _within(content: bytes) -> Any:
    """The first object or list of JSON in a text that is no web page; None where there is none."""
    if re.search(rb"<html|<!doctype", content, re.IGNORECASE):
        return None
    text = decode(content)
    first = _OBJECT.search(text)
    end = min(first.start() + 1 if first else len(text), _MOST_JUNK)
    for start in islice(_STARTS.finditer(text, 0, end), _MOST_STARTS):
        try:
            return json.JSONDecoder().raw_decode(text, start.end())[0]
        except (ValueError, RecursionError):
            continue
    return None


class _NoSuchAddress(CollectorError):
    """A 404 that WordPress itself did not write."""


def code(content: bytes) -> str:
    """WordPress's own name for an error; empty for any other page."""
    payload = _within(content)
    name = payload.get("code") if isinstance(payload, dict) else ""
    return name if isinstance(name, str) and re.fullmatch(r"[a-z_]{3,60}", name) else ""


# ── Reading a site: its posts and comments, page by page. ─────────────────────────────────────────

Params = Mapping[str, str | int]
ToMention = Callable[[Any], Mention]
EMBED = "author,wp:featuredmedia"


def whose(settings: WordPress, at: datetime) -> Whose:
    """What is known of a site before its items are read."""
    return Whose(issuer=settings.issuer, platform=settings.platform, own=settings.own, at=at)


def read_site(
    settings: WordPress,
    http: Http,
    terms: tuple[str, ...],
    at: datetime,
    where: str,
    since: datetime,
) -> Iterator[Collected]:
    """All that one site has since then. Raises PlatformRefused where its API is turned off."""
    reading = _Reading(
        settings=settings, site=Site(settings, http), terms=terms, at=at, where=where
    )
    yield from reading.posts(since)
    if settings.comments:
        yield from reading.comments(min(since, at - timedelta(days=settings.comments_days)))


@dataclass(frozen=True, slots=True)
class _Thread:
    """The post under which comments stand."""

    text: str = ""
    author: str = ""
    post: Mention | None = None


@dataclass(kw_only=True)
class _Reading:
    """One site being read. `threads` are the posts that it knows, by id."""

    settings: WordPress
    site: Site
    terms: tuple[str, ...]
    at: datetime
    where: str
    threads: dict[str, _Thread] = field(default_factory=dict)
    answerable: dict[str, Any] = field(default_factory=dict)  # comments that were read, by id
    taken: set[str] = field(default_factory=set)

    def posts(self, since: datetime) -> Iterator[Collected]:
        """New ones, by each term or all, and those that were changed since."""
        new = {"after": _written(since), "_embed": EMBED}
        changed = {"modified_after": _written(since), "orderby": "modified", "_embed": EMBED}
        by_term = self.settings.search and self.settings.keep == "matched"
        searches: list[tuple[dict[str, str], tuple[str, ...]]] = [
            ({**new, "search": quoted(term)}, (term,)) for term in self.terms if by_term
        ]
        for number, (params, term) in enumerate([*(searches or [(new, ())]), (changed, ())], 1):
            place = f"{self.where} posts {number}"
            for mention in self._walk("posts", params, place, since, self._post):
                if (
                    isinstance(mention, SkippedItem)
                    or (mention.edited_at or mention.posted_at) >= since
                ):
                    yield from self._wanted(
                        mention, "", term
                    )  # WordPress before 5.7 gives older ones

    def comments(self, since: datetime) -> Iterator[Collected]:
        """Those that name a term or stand under a post that does."""
        params = {"after": _written(since)} | ({"status": "all"} if self.settings.held else {})
        place = f"{self.where} comments"
        for mention in self._walk("comments", params, place, since, self._comment):
            root = mention.root_id if isinstance(mention, Mention) else ""
            yield from self._wanted(mention, self.threads.get(root, _Thread()).text, ())

    def _walk(
        self,
        path: str,
        params: Mapping[str, str],
        where: str,
        since: datetime,
        to_mention: ToMention,
    ) -> Iterator[Mention | SkippedItem]:
        seen: set[str] = set()

        def fetch(token: str) -> tuple[list[Any], str]:
            number = int(token or 1)
            page_params: Params = {"per_page": self.settings.page_size, "page": number, **params}
            items, total = self.site.listed(path, page_params)
            new = {str(item.get("id")) for item in items if isinstance(item, dict)} - seen
            seen.update(new)
            # without a total, nothing new says that the site gives the same page for every number
            more = (bool(new) if total is None else number < total) and _recent(items, since)
            return items, str(number + 1) if more else ""

        for numbered_page in pages(fetch, most=self.settings.pages, where=where):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, items = numbered_page
            if path == "comments":
                self._know(items)
                self.answerable |= {f"comment:{item.get('id')}": item for item in objects_of(items)}
            yield from each(items, to_mention, at=self.at, where=f"{where} page {number}")

    def _wanted(
        self, mention: Mention | SkippedItem, around: str, searched: tuple[str, ...]
    ) -> Iterator[Collected]:
        """With what it matches, itself or by what stands around it; once, and not what matches nothing.

        What the site's search found and we don't matched the term `searched`.
        """
        if isinstance(mention, SkippedItem):
            yield mention
            return
        names = matching(f"{mention.text}\n{around}", self.terms) or searched
        if (names or self.settings.keep == "all") and mention.issued_id not in self.taken:
            self.taken.add(mention.issued_id)
            yield mention.with_match(*names)

    def _post(self, post: Any) -> Mention:
        mention = post_to_mention(post, whose(self.settings, self.at))
        self.threads[mention.issued_id] = _Thread(mention.text, mention.author.id, mention)
        return mention

    def _comment(self, comment: Any) -> Mention:
        mention = comment_to_mention(comment, whose(self.settings, self.at))
        own = self._is_ours(mention.author.id, mention.root_id)
        return self._placed(dataclasses.replace(mention, own=own))

    def _is_ours(self, author: str, root: str) -> bool:
        """Whether the author of a post on our own site wrote a comment under it."""
        writer = self.threads.get(root, _Thread()).author
        return self.settings.own and bool(writer) and author == writer

    def _placed(self, comment: Mention) -> Mention:
        """A comment under its post and, of those that were read, the comment that it answers."""
        post = self.threads.get(comment.root_id, _Thread()).post
        if post is None:
            return comment
        above = None
        if raw := self.answerable.get(comment.parent_id):
            ours = self._is_ours(_number(raw.get("author")), comment.root_id)
            above = AnsweredPost(text=comment_text(raw), official=ours, post_id=comment.parent_id)
        settings = self.settings
        page = site_page(settings.url, own=settings.own, platform=settings.platform)
        return under(comment, page, above, article(post))

    def _know(self, comments: list[Any]) -> None:
        """Asks for the posts under which these stand; one that is no post, or closed, stays empty."""
        named = {
            count(comment.get("post")) or 0 for comment in comments if isinstance(comment, dict)
        } - {0}
        unknown = sorted(number for number in named if post_id(number) not in self.threads)
        for start in range(0, len(unknown), BATCH):
            batch = unknown[start : start + BATCH]
            params: Params = {"include": ",".join(map(str, batch)), "per_page": BATCH}
            posts, _ = self.site.listed("posts", params)
            self.threads |= {post_id(number): _Thread() for number in batch}
            for _mention in each(posts, self._post, at=self.at):
                pass  # known by now


def _written(moment: datetime) -> str:
    """With its Z: without an offset WordPress takes it for the site's own time."""
    return clock.text(moment)[:19] + "Z"


def _recent(items: list[Any], since: datetime) -> bool:
    """Whether anything on this page is new or changed enough that older pages could be too."""
    times = [
        moment(item.get("modified_gmt") or item.get("date_gmt"))
        for item in items
        if isinstance(item, dict)
    ]
    return any(time >= since or time == UNREADABLE for time in times)


# ── WordPress's posts and comments as Mentions: the only code that knows its REST field names. ────

_LOCAL = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """What is known of a site before its items are read."""

    issuer: str
    platform: Platform
    own: bool
    at: datetime


def post_id(number: object) -> str:
    """A post's id: posts and comments are numbered apart. Raises ValueError for no number."""
    return f"post:{identity(number)}"


def comment_id(number: object) -> str:
    """A comment's id. Raises ValueError for no number."""
    return f"comment:{identity(number)}"


def post_to_mention(post: Mapping[str, Any], whose: Whose) -> Mention:
    """One post, with its author where the site embeds one."""
    title, content = plain(_rendered(post, "title")), _rendered(post, "content")
    posted, changed = _moment(post, "date"), _moment(post, "modified")
    author = _embedded(post, "author")
    raw = content or _rendered(post, "excerpt")
    return Mention(
        issuer=whose.issuer, issued_id=post_id(post["id"]), platform=whose.platform, kind="article",
        url=words(post.get("link")), text=joined(title, plain(raw)), text_raw=raw or title,
        author=Author(
            id=_number(post.get("author")), handle=words(author.get("slug")), name=plain(words(author.get("name"))),
            bio=plain(words(author.get("description"))), avatar=_avatar(author.get("avatar_urls")),
        ),
        posted_at=posted, edited_at=changed if changed > posted else None, fetched_at=whose.at,
        own=whose.own, hidden=_hidden(post, "publish"),
        images=pictures(content, _embedded(post, "wp:featuredmedia").get("source_url")),
    )  # fmt: skip


def comment_to_mention(comment: Mapping[str, Any], whose: Whose) -> Mention:
    """One comment, or a reply to one."""
    above, parent = post_id(comment["post"]), _number(comment.get("parent"))
    raw = _rendered(comment, "content")
    return Mention(
        issuer=whose.issuer, issued_id=comment_id(comment["id"]), platform=whose.platform,
        kind="reply" if parent else "comment", url=words(comment.get("link")), text=plain(raw), text_raw=raw,
        author=Author(
            id=_number(comment.get("author")), name=plain(words(comment.get("author_name"))),
            avatar=_avatar(comment.get("author_avatar_urls")),
        ),
        posted_at=_moment(comment, "date"), fetched_at=whose.at, root_id=above,
        parent_id=comment_id(parent) if parent else above,
        hidden=_hidden(comment, "approved"), images=pictures(raw),
    )  # fmt: skip


def comment_text(comment: Mapping[str, Any]) -> str:
    """What a comment says; empty where it can't be read, or is not shown to everybody."""
    content = comment.get("content")
    raw = content.get("rendered") if isinstance(content, Mapping) else content
    return "" if _hidden(comment, "approved") else plain(text_of(raw))


def _rendered(item: Mapping[str, Any], name: str) -> str:
    """A field as HTML. Raises TypeError for what is none."""
    content = item.get(name)
    return words(content.get("rendered") if isinstance(content, Mapping) else content)


def _moment(item: Mapping[str, Any], name: str) -> datetime:
    """By the GMT twin, which says no offset; else the site's own time, taken to be UK time."""
    utc_time = moment(item.get(f"{name}_gmt"))
    local = item.get(name)
    if utc_time != UNREADABLE or not isinstance(local, str):
        return utc_time
    try:
        return clock.from_local(local, _LOCAL)
    except ValueError:
        return moment(local)


def _number(value: object) -> str:
    """The number of an author or parent; empty for 0, which is nobody."""
    number = count(value)
    return str(number) if number else ""


def _embedded(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What came with an item; empty where the site keeps it back (then an error stands in its place)."""
    holder = item.get("_embedded")
    listed = holder.get(name) if isinstance(holder, Mapping) else None
    first = listed[0] if isinstance(listed, list) and listed else {}
    return first if isinstance(first, Mapping) and "code" not in first else {}


def _avatar(sizes: object) -> str:
    """The address of the largest picture."""
    named = sizes if isinstance(sizes, Mapping) else {}
    by_size = {count(size) or 0: words(address) for size, address in named.items()}
    return by_size[max(by_size)] if by_size else ""


def _hidden(item: Mapping[str, Any], shown: str) -> bool:
    """Whether its status is another than what everybody sees."""
    status = item.get("status")
    return isinstance(status, str) and bool(status) and status != shown
