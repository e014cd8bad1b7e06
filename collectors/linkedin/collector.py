"""LinkedIn: comments on the organisation's posts, posts that mention it, and its own posts.

Posts can't be searched there, and members' posts not read: what LinkedIn notifies a Page of is what is
known. parse.py reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import Field

from collectors.base import (
    Collected,
    Http,
    SaveState,
    SkippedItem,
    count,
    each,
    matching,
    moment,
    pages,
)
from collectors.linkedin.client import Absent, raise_for_response
from collectors.linkedin.parse import (
    COMMENTS,
    POSTS,
    About,
    notified,
    published,
    source_post,
    source_text,
    to_comment,
    to_post,
)
from collectors.oauth import Grant
from collectors.parsing import UNREADABLE
from collectors.placement import answered_post, under
from collectors.queries import Follow, check_address, check_approval
from core import clock
from core.context import AnsweredPost, Page
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention

_KEPT = timedelta(days=60)  # how long LinkedIn keeps notifications
_SWEPT = "comments_read"  # when the comments of all of our posts were last read
_OURS = Page(owner="organisation")  # LinkedIn names a Page by its number alone
_ACTIONS = f"List({','.join((*COMMENTS, *POSTS))})"

# Posts whose comments are to be read, by URN; and their words, where they are known
Due = dict[str, AnsweredPost | None]


@dataclass(frozen=True, kw_only=True)
class LinkedIn:
    """What is said on and of one Page, by a token that one of its administrators granted."""

    name: ClassVar[str] = "linkedin"
    secrets: ClassVar[tuple[str, ...]] = ("access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=("r_organization_social", "w_organization_social", "rw_organization_admin"),
        pkce=False,
    )

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    organization: Annotated[str, Field(pattern=r"^urn:li:organization(Brand)?:\d+$")]
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    authorize_url: str = "https://www.linkedin.com/oauth/v2/authorization"
    token_url: str = "https://www.linkedin.com/oauth/v2/accessToken"
    approval: str = ""
    terms: tuple[str, ...] = ()
    base_url: str = "https://api.linkedin.com/rest"
    version: Annotated[str, Field(pattern=r"^20\d\d(0[1-9]|1[0-2])$")] = "202609"
    reply: bool = False
    posts_days: Annotated[int, Field(ge=1, le=365)] = 60
    sweep_hours: Annotated[int, Field(ge=0, le=168)] = 24
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 50

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)

    def follows(self) -> Iterator[Follow]:
        """The Page, by the number in its URN."""
        yield Follow("organization", "linkedin", self.organization.rpartition(":")[2])

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Notifications, then our posts, then the comments on those that were named or are due.

        The allowance of calls is small and counted by the day, so that the comments of all posts are
        read only every `sweep_hours`; in between, those of posts that a notification names.
        """
        check_approval(self.approval, "linkedin", "LinkedIn")
        if not self.access_token:
            raise PlatformRefused(
                "LinkedIn: nobody has granted access: run `mentions connect linkedin`"
            )
        start = max(since, self.at - _KEPT)
        if since < start - timedelta(days=1):
            why = "LinkedIn keeps notifications for 60 days: what was before can't be read"
            yield SkippedItem("the time since the last run", why)
        due: Due = {}
        replies: list[Mention] = []
        yield from self._notifications(start, due, replies)
        sweeps = self.at - moment(self.state.get(_SWEPT)) >= timedelta(hours=self.sweep_hours)
        try:
            yield from self._own_posts(due, sweeps=sweeps)
            for number, post in enumerate(due, 1):
                yield from self._comments(post, due[post], start, f"comments of post {number}")
        except CollectorError:
            yield from replies
            raise
        yield from replies  # after their threads, which tell what they answer
        if sweeps:
            yield SaveState(_SWEPT, clock.text(self.at))

    def _notifications(
        self, start: datetime, due: Due, replies: list[Mention]
    ) -> Iterator[Collected]:
        """What was notified since; the posts that were commented on are noted in `due`.

        Replies are put into `replies`: a notification does not tell the comment that one answers.

        Of a comment the newest notice counts, whichever comes first: it may be that of its deletion.
        """
        latest_by_urn: dict[str, datetime] = {}
        path = (
            f"organizationalEntityNotifications?q=criteria&organizationalEntity={encoded(self.organization)}"
            f"&actions={_ACTIONS}&timeRange=(start:{_milliseconds(start)},end:{_milliseconds(self.at)})"
        )
        for numbered_page in self._paged(path, "notifications"):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, notices = numbered_page
            for mention in each(
                notices, self._notified,
                at=self.at, where=f"notifications page {number}",
            ):  # fmt: skip
                if isinstance(mention, Mention):
                    newest = latest_by_urn.setdefault(mention.issued_id, mention.posted_at)
                    if mention.posted_at < newest:
                        continue
                    latest_by_urn[mention.issued_id] = mention.posted_at
                matched = self._matched(mention)
                if isinstance(matched, Mention) and matched.kind == "reply":
                    replies.append(matched)
                else:
                    yield matched
            for notice in notices:
                if post := _commented(notice):
                    due[post] = due.get(post) or source_text(notice, self.about)

    def _notified(self, notice: Any) -> Mention:
        """What was notified, under the post that it answers or shares; a reshare stands on no page of ours."""
        mention = notified(notice, self.about)
        if mention.deleted or mention.kind == "post":
            return mention
        page = _OURS if mention.kind in ("comment", "reply") else None
        return under(mention, page, source_text(notice, self.about))

    def _own_posts(self, due: Due, *, sweeps: bool) -> Iterator[Collected]:
        """Our own posts that are younger than `posts_days`, all of them noted in `due` in a sweep."""
        oldest = self.at - timedelta(days=self.posts_days)

        def passed(posts: list[Any]) -> bool:  # the last changed come first
            times = [time for post in posts if (time := _last_time(post))]
            return bool(times) and max(times) < oldest

        path = f"posts?q=author&author={encoded(self.organization)}"
        for numbered_page in self._paged(path, "own posts", passed):
            if isinstance(numbered_page, SkippedItem):
                yield numbered_page
                continue
            number, posts = numbered_page
            out = [post for post in posts if published(post)]
            for mention in each(
                out, lambda post: to_post(post, self.about),
                at=self.at, where=f"own posts page {number}",
            ):  # fmt: skip
                if isinstance(mention, Mention) and mention.posted_at < oldest:
                    continue
                yield self._matched(mention)
                if isinstance(mention, Mention) and (sweeps or mention.issued_id in due):
                    due[mention.issued_id] = answered_post(mention)

    def _comments(
        self, post: str, words: AnsweredPost | None, since: datetime, where: str
    ) -> Iterator[Collected]:
        """The comments on a post, each with its replies after it.

        A reply is told what it answers where that is ours or as new as the reply: what a member said may be
        stored for 48 hours, and goes with the reply.
        """
        for mention in self._thread(post, where, post):
            if not isinstance(mention, Mention):
                yield mention
                continue
            yield under(mention, _OURS, words)
            above = mention if mention.own or mention.posted_at >= since else None
            if mention.metrics.get("replies"):
                for reply in self._thread(mention.issued_id, f"{where}, replies", post):
                    yield (
                        under(reply, _OURS, above, words) if isinstance(reply, Mention) else reply
                    )

    def _thread(self, urn: str, where: str, post: str) -> Iterator[Collected]:
        try:
            for numbered_page in self._paged(f"socialActions/{encoded(urn)}/comments", where):
                if isinstance(numbered_page, SkippedItem):
                    yield numbered_page
                    continue
                number, comments = numbered_page
                for mention in each(
                    comments, lambda comment: to_comment(comment, self.about, post),
                    at=self.at, where=f"{where} page {number}",
                ):  # fmt: skip
                    yield self._matched(mention)
        except Absent:
            yield SkippedItem(
                where, "what they stand under is not there any more (404); gone on with the rest"
            )

    def _paged(
        self, path: str, where: str, enough: Callable[[list[Any]], bool] = lambda _: False
    ) -> Iterator[tuple[int, list[Any]] | SkippedItem]:
        """Pages of elements, by start and count."""

        def fetch(token: str) -> tuple[list[Any], str]:
            start = int(token or 0)
            joint = "&" if "?" in path else "?"
            page = self.get(f"{path}{joint}start={start}&count={self.page_size}")
            elements = page.get("elements") if isinstance(page, dict) else None
            if not isinstance(elements, list):
                raise PlatformUnavailable(
                    f"LinkedIn sent {where} that are not shaped as they should be"
                )
            following = _next(page.get("paging"), start, self.page_size, len(elements))
            return elements, "" if enough(elements) else following

        return pages(fetch, most=self.pages, where=where)

    def get(self, path: str) -> Any:
        """An answer to a path and query that are encoded already. Raises CollectorError."""
        return self.http.get_json(
            self.address(path), headers=self.headers, judge=raise_for_response
        )

    def address(self, path: str) -> str:
        """Where a path and query are asked for."""
        return f"{self.base_url.rstrip('/')}/{path}"

    @property
    def headers(self) -> dict[str, str]:
        """What goes with every call."""
        return {
            "Authorization": f"Bearer {self.access_token}", "LinkedIn-Version": self.version,
            "X-Restli-Protocol-Version": "2.0.0",
        }  # fmt: skip

    @cached_property
    def about(self) -> About:
        """What reading an answer needs."""
        registered = {f"urn:li:organization:{number}" for number in self.official}
        return About(at=self.at, ours=frozenset({self.organization.lower(), *registered}))

    def _matched(self, mention: Mention | SkippedItem) -> Mention | SkippedItem:
        if isinstance(mention, SkippedItem):
            return mention
        return mention.with_match(*matching(mention.text, self.terms))


def encoded(urn: str) -> str:
    """A URN in a path or value: all of it, while List(…) and (…:…) around values stay as they are."""
    return quote(urn, safe="")


def _milliseconds(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def _commented(notice: Any) -> str:
    """The post whose comments a notification is about; empty where there is none to read."""
    try:
        return source_post(notice) if notice["action"] in COMMENTS else ""
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""


def _last_time(post: Any) -> datetime | None:
    """When a post was last changed or published; None where it doesn't say."""
    if not isinstance(post, dict):
        return None
    last = max(moment(post.get(key)) for key in ("lastModifiedAt", "publishedAt", "createdAt"))
    return None if last == UNREADABLE else last


def _next(paging: Any, start: int, size: int, received: int) -> str:
    """Where the next page starts; empty at the end. A page can hold fewer than it was asked for.

    LinkedIn tells the end by a total, if that is no less than what came, or by a link to what is next,
    and else by a page that isn't full.
    """
    fields: Mapping[str, Any] = paging if isinstance(paging, dict) else {}
    at, step, total = (count(fields.get(key)) for key in ("start", "count", "total"))
    first = start if at is None else at
    following = first + (step or size)
    links = fields.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "next":
            named = re.search(r"[?&]start=(\d{1,9})(?:&|$)", str(link.get("href")))
            return named[1] if named else str(following)
    if total is not None and total < first + received:
        total = None
    more = received >= (step or size) if total is None else following < total
    return str(following) if more else ""
