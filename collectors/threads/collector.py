"""Threads: public posts by words, mentions of our account, our own posts and all replies below them.

Not to be had: private profiles, posts by words that Meta calls sensitive, how often others' posts are liked, and, until
Meta has approved threads_keyword_search and threads_manage_mentions for the app, anything that others say elsewhere:
search then finds our own posts alone, and says nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import Collected, Http, SaveState, SkippedItem, each, matching
from collectors.meta.client import Absent, Graph, Judge, Params
from collectors.oauth import Grant
from collectors.placement import answered_post, owner_of, under
from collectors.queries import Follow, check_address, check_approval, in_query
from collectors.threads.client import Searches, SearchesSpent, token_of
from collectors.threads.parse import FIELDS, PICTURES, REPLY_FIELDS, to_mention
from core.context import Page
from core.errors import CollectorError, PlatformRefused
from core.models import Mention

MENTIONS = "mentions"  # what found a post that names our account
LEFT_OFF = "left_off"  # the term at which the searches were used up
_EARLIEST = 1_688_540_400  # 5 July 2023: Threads takes no earlier time
_SCOPES = (
    "threads_basic", "threads_keyword_search", "threads_manage_mentions", "threads_read_replies",
    "threads_manage_replies",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Threads:
    """One account, and what search shows it. Replies are read under posts that are up to `comments_days` old."""

    name: ClassVar[str] = "threads"
    secrets: ClassVar[tuple[str, ...]] = ("access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=_SCOPES,
        to_reply=("threads_content_publish",),
        pkce=False,
        between=",",
        token_of=token_of,
    )

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    official: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    approval: str = ""
    user_id: Annotated[str, Field(pattern=r"^\d{5,25}$")]
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    terms: tuple[str, ...] = ()
    searches_a_day: Annotated[int, Field(ge=0, le=2200)] = 2000
    reply: bool = False
    comments_days: Annotated[int, Field(ge=1, le=365)] = 28
    base_url: str = "https://graph.threads.net"
    version: Annotated[str, Field(pattern=r"^v\d{1,3}\.\d{1,2}$")] = "v1.0"
    authorize_url: str = "https://threads.net/oauth/authorize"
    token_url: str = "https://graph.threads.net/oauth/access_token"
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        for key in ("base_url", "authorize_url", "token_url"):
            check_address(getattr(self, key), key)

    def follows(self) -> Iterator[Follow]:
        """The account itself, and whom terms name."""
        yield Follow("user_id", "threads", self.user_id)
        for term in self.terms:
            yield from in_query(term, "threads", "terms")

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Our posts and what stands below them, then mentions, then what search finds."""
        self.check_access()
        graph = self.graph()
        oldest = min(since, self.at - timedelta(days=self.comments_days))
        posts: dict[str, Mention] = {}
        for mention in self._posts(graph, oldest):
            if isinstance(mention, Mention):
                posts[mention.issued_id] = mention
            yield mention
        for number, post in enumerate(posts.values(), 1):
            if post.metrics.get("replies") != 0:
                yield from self._replies(graph, post, f"post {number} replies")
        for mention in graph.read(
            f"{self.user_id}/mentions", self._times(since), self.reader(MENTIONS, posts),
            where=MENTIONS, oldest=since,
        ):  # fmt: skip
            yield mention
        yield from self._searches(graph, since, posts)
        if graph.blind:
            yield SkippedItem("pictures", "Threads does not give them with these permissions")

    def check_access(self) -> None:
        """Raises PlatformRefused where nothing lets it in."""
        check_approval(self.approval, "threads", "Meta")
        if not self.access_token:
            raise PlatformRefused(
                "Threads: nobody has granted access: run `mentions connect threads`"
            )

    def graph(self) -> Graph:
        """The calls of one run."""
        return Graph(
            judge=Judge("Threads", _SCOPES, "run `mentions connect threads`"), http=self.http, at=self.at,
            account=self.user_id, own="threads", root=f"{self.base_url.rstrip('/')}/{self.version}",
            token=self.access_token, time="timestamp", size=self.page_size, most=self.pages,
            pictures=PICTURES, cursors=True,
        )  # fmt: skip

    @cached_property
    def searches(self) -> Searches:
        """What may still be searched for."""
        return Searches(self.state, self.at, self.searches_a_day)

    def _posts(self, graph: Graph, oldest: datetime) -> Iterator[Mention | SkippedItem]:
        yield from graph.read(
            f"{self.user_id}/threads",
            self._times(oldest),
            self.read_own,
            where="posts",
            oldest=oldest,
        )

    def _replies(self, graph: Graph, post: Mention, where: str) -> Iterator[Mention | SkippedItem]:
        """All of a conversation, since a new reply stands under an old one: each below those that it answers."""
        below: dict[str, Mention] = {}
        try:
            for mention in graph.read(
                f"{post.issued_id}/conversation", {"fields": REPLY_FIELDS},
                lambda item: self.read_reply(item, post.issued_id, post.author.handle), where=where,
            ):  # fmt: skip
                if isinstance(mention, Mention):
                    below[mention.issued_id] = mention
                else:
                    yield mention
        except Absent:  # it stood in the list a moment ago
            yield SkippedItem(where, "the post is there no more, or not shown to us")
        page = Page(owner="organisation", name=post.author.handle)
        for mention in below.values():
            above = list(_above(mention, below))
            yield under(mention, page, *above, post)

    def _searches(
        self, graph: Graph, since: datetime, posts: Mapping[str, Mention]
    ) -> Iterator[Collected]:
        """Each term by itself, those first that were left off: Threads has no `or`, and every page is a query.

        Where all that was found is our own, it is said: so search answers an app that Meta has not approved.
        """
        if not self.searches_a_day:
            return
        terms = [term for term in self.terms if term.strip() and not term.startswith("@")]
        first = self.state.get(LEFT_OFF, "")
        start = terms.index(first) if first in terms else 0
        shown = {"own": 0, "of others": 0}
        for number, term in enumerate(terms[start:] + terms[:start], 1):
            try:
                for thing in self._search(graph, term, since, posts, f"search {number}"):
                    if isinstance(thing, Mention):
                        shown["own" if thing.own else "of others"] += 1
                    yield thing
            except SearchesSpent as spent:
                yield SaveState(LEFT_OFF, term, always=True)
                why = f"{spent}; the next run begins here as soon as some are free"
                yield SkippedItem(f"search {number}", why, stops=True)
                return
        if first:
            yield SaveState(LEFT_OFF, "", always=True)
        if shown["own"] and not shown["of others"]:
            why = "found our own posts alone: see whether Meta has approved threads_keyword_search for the app"
            yield SkippedItem("search", why)

    def _search(
        self, graph: Graph, term: str, since: datetime, posts: Mapping[str, Mention], where: str
    ) -> Iterator[Collected]:
        tag = term.startswith("#")
        params: Params = {
            **self._times(since), "q": term.strip('"').lstrip("#"), "search_type": "RECENT",
            "search_mode": "TAG" if tag else "KEYWORD",
        }  # fmt: skip
        read, searches = self.reader(term, posts), self.searches
        walked = graph.walk(
            "keyword_search", params, where=where, oldest=since, before=searches.spend
        )
        try:
            for numbered_page in walked:
                if isinstance(numbered_page, SkippedItem):
                    yield numbered_page
                    continue
                number, items = numbered_page
                if not items:
                    searches.give_back()
                yield searches.state()
                for mention in each(items, read, at=self.at, where=f"{where} page {number}"):
                    if isinstance(mention, SkippedItem) or mention.posted_at >= since:
                        yield mention
        except CollectorError:
            yield searches.state()
            raise

    def _times(self, since: datetime) -> dict[str, str | int]:
        return {"fields": FIELDS, "since": max(int(since.timestamp()), _EARLIEST)}

    @property
    def ours(self) -> frozenset[str]:
        """Handles under which the organisation publishes."""
        return self.official

    def read_own(self, item: Any) -> Mention:
        """One of our own posts: whatever the list of our account shows."""
        handle = str(item.get("username") or "").lower()
        mention = to_mention(item, self.ours | {handle}, self.at)
        page = Page(owner="organisation", name=mention.author.handle)
        return self._matched(under(mention, page))

    def read_reply(self, item: Any, root: str, handle: str) -> Mention:
        """A reply under a post of ours; `handle` is our account's there."""
        return self._matched(to_mention(item, self.ours | {handle.lower()}, self.at, root))

    def reader(self, label: str, posts: Mapping[str, Mention]) -> Any:
        """Reads what `label` found elsewhere; `posts` are our own, which it may answer or quote."""

        def read(item: Any) -> Mention:
            mention = to_mention(item, self.ours, self.at)
            handle = mention.author.handle
            owner = owner_of(handle, ours=self.ours, providers=self.providers)
            known = (
                posts.get(mention.parent_id),
                posts.get(mention.root_id),
                posts.get(mention.quoted_id),
            )
            page = Page(owner=owner, name=handle) if owner != "other" else None
            above = list(dict.fromkeys(post.issued_id for post in known if post))
            placed = under(mention, page, *(answered_post(posts[number]) for number in above))
            mention = self._matched(placed)
            return mention if mention.matched and label != MENTIONS else mention.with_match(label)

        return read

    def _matched(self, mention: Mention) -> Mention:
        return mention.with_match(*matching(mention.text, self.terms))


def _above(reply: Mention, below: Mapping[str, Mention]) -> Iterator[Mention]:
    """The replies that a reply answers, nearest first, as far as the conversation shows them."""
    seen = {reply.issued_id}
    number = reply.parent_id
    while number in below and number not in seen:
        seen.add(number)
        yield below[number]
        number = below[number].parent_id
