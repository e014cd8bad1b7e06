"""Mastodon and servers that speak its API: hashtags, search where there is one, notifications, our own posts.

client.py walks the lists, parse.py reads the statuses and says which may be taken in.
A server that fails doesn't cost the others: the run names it at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import ConfigDict, Field

from collectors.base import Collected, Http, SaveState, SkippedItem, each, matching, moment, pages
from collectors.http.transport import host
from collectors.mastodon.client import NoSearch, NotGiven, Params, Reader, Results, Timeline
from collectors.mastodon.parse import (
    Way,
    home,
    refused,
    signed_in,
    to_mention,
)
from collectors.mastodon.threads import Threads
from collectors.parsing import UNREADABLE
from collectors.parts import Part, Parts, digest
from collectors.queries import Follow, check_address, in_query, quoted
from core import clock
from core.errors import CollectorError, ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention

T = TypeVar("T")

# what these lists are called, and what a status there matched that names no term
_TOLD, _OWN = "notifications", "own posts"
_MENTIONS: Params = [("types[]", "mention")]
_NO_BOOSTS: Params = [("exclude_reblogs", "true")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server, and what is read there with a user's token."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    url: Annotated[str, Field(pattern=r"^(?i:https?)://[^\s/]+/?$")]
    token: str = field(repr=False)
    hashtags: tuple[Annotated[str, Field(pattern=r"^#?\w+$")], ...] = ()
    search: bool = True
    notifications: bool = True
    own_posts: bool = True
    left_out: str = ""  # why it is not read; said by the run where its token is missing


@dataclass(frozen=True, kw_only=True)
class Mastodon:
    """All servers of the table, one after another."""

    name: ClassVar[str] = "mastodon"
    secrets: ClassVar[tuple[str, ...]] = ()  # each server has its token
    parts: ClassVar[tuple[str, ...]] = ("server",)

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict, repr=False)
    official: frozenset[str] = frozenset()
    server: tuple[Server, ...] = ()
    terms: tuple[str, ...] = ()
    reply: bool = False
    origins: bool = True
    page_size: Annotated[int, Field(ge=1, le=40)] = 40
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        if not self.server:
            raise ConfigError(
                "server: there is none; add a [[collectors.mastodon.server]] table for each"
            )
        for number, server in enumerate(self.server, 1):
            if server.left_out:
                continue
            check_address(server.url, f"server {number} url")
            if not server.token:
                raise ConfigError(f"server {number} token: is empty")
            if not (server.hashtags or server.notifications or (server.search and self.terms)):
                raise ConfigError(f"server {number}: nothing to look for; give hashtags or terms")

    def follows(self) -> Iterator[Follow]:
        """Whom terms name."""
        for term in self.terms:
            yield from in_query(term, "mastodon", "terms")

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Every server. Raises CollectorError after the last one, naming those that failed."""
        parts = Parts(self.state, since, self.at)
        servers = {part.key: server for part, server in self.listed()}
        for part in parts.first([part for part, _ in self.listed()]):
            server = servers[part.key]
            if server.left_out:
                yield from parts.fails(part, f"left out: {server.left_out}")
            else:
                yield from parts.read(part, partial(self._since, server, part.where))
        yield from parts.end("servers")

    def listed(self) -> list[tuple[Part, Server]]:
        """Every server as a part of this source, by its address."""
        return [
            (
                Part(
                    key=digest(f"{number} left out" if server.left_out else server.url.rstrip("/")),
                    kind="server", where=f"server {number} ({host(server.url)})",
                    name="" if server.left_out else host(server.url),
                ),
                server,
            )
            for number, server in enumerate(self.server, 1)
        ]  # fmt: skip

    def _since(self, server: Server, where: str, since: datetime) -> Iterator[Collected]:
        yield from self._server(since, server, where)

    def each_server(self, read: Callable[[Server, str], Iterator[T]]) -> Iterator[T | SkippedItem]:
        """What `read` gives of each server that is not left out, whatever becomes of the others."""
        failed: list[tuple[str, CollectorError]] = []
        for number, server in enumerate(self.server, 1):
            where = f"server {number} ({host(server.url)})"
            if server.left_out:
                yield SkippedItem(where, f"left out: {server.left_out}")
                continue
            try:
                yield from read(server, where)
            except CollectorError as error:
                failed.append((where, error))
        if failed:
            refused = any(isinstance(error, PlatformRefused) for _, error in failed)
            kind = PlatformRefused if refused else PlatformUnavailable
            named = "; ".join(f"{where}: {error}" for where, error in failed)
            raise kind(f"{len(failed)} of {len(self.server)} servers failed: {named}")

    def reader(self, server: Server) -> Reader:
        """What asks this server."""
        return Reader(
            http=self.http, url=server.url, token=server.token, at=self.at,
            page_size=self.page_size,
        )  # fmt: skip

    def names(self, server: Server) -> set[str]:
        """The hosts in its own users' addresses: that of its url, and one that a run saw there."""
        return {host(server.url), self._seen_names.get(server.url, host(server.url))}

    @cached_property
    def _seen_names(self) -> dict[str, str]:
        seen = {
            server.url: self.state.get(f"{host(server.url)} name", "") for server in self.server
        }
        return {url: name for url, name in seen.items() if name}

    @cached_property
    def _signed_in(self) -> set[str]:
        """The accounts whose tokens these are, as far as servers told: they sign in for us."""
        return set()

    @cached_property
    def _withheld(self) -> defaultdict[str, set[str]]:
        """By url: the ids of statuses that this run left out by their authors' word."""
        return defaultdict(set)

    @cached_property
    def _threads(self) -> defaultdict[str, Threads]:
        """By url: what statuses there answer, as far as this run knows."""
        return defaultdict(Threads)

    def _server(self, since: datetime, server: Server, where: str) -> Iterator[Collected]:
        for written in server.hashtags:
            tag = written.lstrip("#")
            path = f"/api/v1/timelines/tag/{tag}"
            yield from self._timeline(server, path, (), f"#{tag}", since, where)
        if server.search:
            yield from self._search(server, since, where)
        if server.notifications:
            path = "/api/v1/notifications"
            yield from self._timeline(server, path, _MENTIONS, _TOLD, since, where)
        if server.own_posts:
            yield from self._own(server, since, where)
        if left := len(self._withheld[server.url]):  # or its silence would be taken for calm
            why = f"{left} statuses left out: their authors want no robots, or not to be found so"
            yield SkippedItem(where, why)

    def _own(self, server: Server, since: datetime, where: str) -> Iterator[Collected]:
        """What the token's account wrote there, its answers too. Told of where it isn't given."""
        key = f"{host(server.url)} {_OWN}"
        since = self._unread(key, since)
        try:
            number, name = signed_in(self.reader(server).account())
            self._signed_in.add(name.lower())
            path = f"/api/v1/accounts/{number}/statuses"
            yield from self._timeline(server, path, _NO_BOOSTS, _OWN, since, where)
            yield from self._given(key)
        except NotGiven as error:
            why = f"{error}; till then set own_posts = false"
            yield from self._not_given(key, since, f"{where} {_OWN}", why)

    def _unread(self, key: str, since: datetime) -> datetime:
        """Since when a list is to be read: from the first run on that was refused it, or `since`."""
        refused_from = moment(self.state.get(f"{key} unread", ""))
        return since if refused_from == UNREADABLE else min(since, refused_from)

    def _not_given(
        self, key: str, since: datetime, where: str, why: str, *, answered: bool = False
    ) -> Iterator[SkippedItem | SaveState]:
        """A refusal: no end of the run where the list answered before; else it stays to be read."""
        stops = answered or bool(self.state.get(key))
        yield SkippedItem(where, why, stops=stops)
        if not stops:  # a server that never had it must not fail every run
            yield SaveState(f"{key} unread", clock.text(since))

    def _given(self, key: str) -> Iterator[SaveState]:
        if self.state.get(f"{key} unread"):
            yield SaveState(f"{key} unread", "")

    def _timeline(
        self, server: Server, path: str, params: Params, name: str, since: datetime, where: str
    ) -> Iterator[Collected]:
        """A list by its ids. How far it came is kept, in any case: what lies below was handed on."""
        key = f"{host(server.url)} {name.lower()}"
        walk = Timeline(
            self.reader(server), path, params, reached=self.state.get(key, ""), since=since
        )
        whole, before = True, walk.reached
        for numbered_page in pages(walk.fetch, most=self.pages, where=f"{where} {name}"):
            if isinstance(numbered_page, SkippedItem):
                whole = False
                yield numbered_page
                continue
            number, page = numbered_page
            statuses = (
                [_status(notification) for notification in page if _is_mention(notification)]
                if name == _TOLD
                else page
            )
            way: Way = "hashtag" if name.startswith("#") else "told"
            yield from self._taken(server, statuses, f"{where} {name} page {number}", name, way)
            if walk.upward and walk.reached != before:
                before = walk.reached
                yield SaveState(key, before, always=True)
        if whole and walk.reached != before:
            yield SaveState(key, walk.reached, always=True)

    def _search(self, server: Server, since: datetime, where: str) -> Iterator[Collected]:
        """Each term is a search. A server that never could is told of once, and fails nothing."""
        key = f"{host(server.url)} search"
        since, answered, any_found = self._unread(key, since), False, False
        queries = dict.fromkeys(quoted(term) for term in self.terms if term.strip())
        for number, query in enumerate(queries, 1):
            walk = Results(self.reader(server), query, since)
            place = f"{where} query {number}"
            try:
                for numbered_page in pages(walk.fetch, most=self.pages, where=place):
                    answered = True
                    if isinstance(numbered_page, SkippedItem):
                        yield numbered_page
                        continue
                    page, statuses = f"{place} page {numbered_page[0]}", numbered_page[1]
                    yield from self._taken(server, statuses, page, query, "search")
            except NoSearch as error:
                why = f"{error}: set search = false, or check the token's scopes"
                yield from self._not_given(key, since, f"{where} search", why, answered=answered)
                return
            any_found = any_found or walk.any
        if queries and not any_found:
            why = "found nothing for any term, as a server without full-text search does; follow hashtags"
            yield SkippedItem(f"{where} search", why)
        yield from self._given(key)
        if answered and not self.state.get(key):
            yield SaveState(key, clock.text(self.at), always=True)

    def _taken(
        self, server: Server, statuses: Sequence[Any], where: str, query: str, way: Way
    ) -> Iterator[Mention | SkippedItem | SaveState]:
        """The statuses that may be taken in, with the terms that they matched, or what found them."""
        ours = self.official | self._signed_in
        why = [(status, refused(status, ours, way=way)) for status in statuses]
        self._withheld[server.url] |= {
            str(status.get("id")) for status, no in why if no == "withheld"
        }
        taken = [status for status, no in why if not no]
        yield from self._ask_parents(server, taken, where, needed=query == _OWN)
        threads = self._threads[server.url]
        read = partial(
            to_mention, at=self.at, official=ours, parents=threads.keys, posts=threads.posts
        )
        for mention in each(taken, read, at=self.at, where=where):
            if isinstance(mention, SkippedItem):
                yield mention
                continue
            matched_terms = matching(mention.text, self.terms)
            tag = (query,) if query.startswith("#") or not matched_terms else ()
            yield mention.with_match(*matched_terms, *tag)
        name = next((name for status in taken if (name := home(status))), "")
        if name and name not in self.names(server):
            self._seen_names[server.url] = name
            yield SaveState(f"{host(server.url)} name", name, always=True)

    def _ask_parents(
        self, server: Server, statuses: Sequence[Any], where: str, *, needed: bool
    ) -> Iterator[SkippedItem]:
        """What these answer. A failure costs their context alone, and is told of once.

        Raises CollectorError where it is `needed`: of our own answers, so that a question that another
        server issued knows that it was answered.
        """
        threads = self._threads[server.url]
        if threads.failed and not needed:
            return
        try:
            ours = self.official | self._signed_in
            threads.ask(self.reader(server), statuses, ours, needed=needed)
        except CollectorError as error:
            if needed:
                raise
            yield SkippedItem(
                where, f"kept without what its statuses answer, which can't be asked for: {error}"
            )


def _is_mention(notification: Any) -> bool:
    """Not a boost, a favourite or a new follower; what can't be read is told as odd."""
    return not isinstance(notification, dict) or notification.get("type") in ("mention", None)


def _status(notification: Any) -> Any:
    return notification.get("status") if isinstance(notification, dict) else notification
