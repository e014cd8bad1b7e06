"""Bluesky: search by terms and raw queries, what mentions, answers or quotes our account, and our own posts.

client.py keeps the session, parse.py reads the posts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from itertools import chain
from typing import Annotated, Any, ClassVar

from pydantic import Field

from collectors.base import Collected, Http, SkippedItem, each, matching, moment, pages
from collectors.bluesky.client import SESSION_KEY, NotGiven, Session
from collectors.bluesky.parse import to_mention
from collectors.bluesky.threads import AT_ONCE, Threads
from collectors.context import object_of
from collectors.parsing import UNREADABLE
from collectors.queries import Follow, check_address, check_queries, in_query, quoted
from core import clock
from core.errors import CollectorError, ConfigError, PlatformUnavailable
from core.models import Mention

_REASONS = ("mention", "reply", "quote")
_LONGEST_QUERY = 512  # characters; Bluesky names no limit, and our own queries are short
_MOST_AUTHORS = 5_000  # whose profiles are remembered at once
# what a post matched that we were told of, or that is ours, where it names no term
_NOTIFIED, _OWN = "notifications", "own posts"


@dataclass(frozen=True, kw_only=True)
class Bluesky:
    """What one account sees. Each term is a search of its own, since Bluesky promises no OR."""

    name: ClassVar[str] = "bluesky"
    secrets: ClassVar[tuple[str, ...]] = ("app_password",)

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict, repr=False)
    official: frozenset[str] = frozenset()
    identifier: Annotated[str, Field(min_length=1)]
    app_password: Annotated[str, Field(min_length=1)] = field(repr=False)
    terms: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    reply: bool = False
    base_url: str = "https://bsky.social"
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    pages: Annotated[int, Field(ge=1, le=1000)] = 20

    def __post_init__(self) -> None:
        check_address(self.base_url, "base_url")
        check_queries(self.queries, _LONGEST_QUERY)
        if not any(term.strip() for term in (*self.terms, *self.queries)):
            raise ConfigError("terms: nothing to look for; give terms or queries")

    def follows(self) -> Iterator[Follow]:
        """Whom terms and queries name."""
        for key, written in (("terms", self.terms), ("queries", self.queries)):
            for query in written:
                yield from in_query(query, "bluesky", key)

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Every search, notifications, own posts. What became of the session is handed on in any case."""
        steps = chain(self._searches(since), self._notifications(since), self._own(since))
        yield from self.session.kept_after(steps)

    @cached_property
    def session(self) -> Session:
        """One for all that is asked of this source."""
        return Session(
            self.http,
            self.base_url,
            self.identifier,
            self.app_password,
            self.state.get(SESSION_KEY, ""),
        )

    @property
    def ours(self) -> frozenset[str]:
        """The organisation's accounts: the register's, and the one that signs in for it."""
        signs_in = (self.identifier.lower().lstrip("@"), self.session.did.lower())
        return self.official | {account for account in signs_in if account}

    @cached_property
    def authors(self) -> Authors:
        """What their profiles say, as far as this run has asked."""
        return Authors(self.session)

    @cached_property
    def threads(self) -> Threads:
        """What posts answer and quote, as far as this run knows."""
        return Threads(self.session)

    def _searches(self, since: datetime) -> Iterator[Collected]:
        own = dict.fromkeys(quoted(term) for term in self.terms if term.strip())
        span = [("sort", "latest"), ("since", clock.text(since)), ("until", clock.text(self.at))]
        for number, query in enumerate((*own, *self.queries), 1):
            raw = query in self.queries
            walk = _Walk(self, "app.bsky.feed.searchPosts", "posts", [("q", query), *span])
            for place, posts in _numbered(walk, self.pages, f"query {number}"):
                if isinstance(posts, SkippedItem):
                    yield posts
                    continue
                for mention in self.read(posts, place):
                    yield (
                        mention
                        if isinstance(mention, SkippedItem)
                        else self._matched(mention, query, raw)
                    )

    def _notifications(self, since: datetime) -> Iterator[Collected]:
        params = [("reasons", reason) for reason in _REASONS]
        walk = _Walk(self, "app.bsky.notification.listNotifications", _NOTIFIED, params, since)
        for place, notifications in _numbered(walk, self.pages, _NOTIFIED):
            if isinstance(notifications, SkippedItem):
                yield notifications
                continue
            for mention in self.read(
                [notification for notification in notifications if _is_about_us(notification)],
                place,
            ):
                yield (
                    mention
                    if isinstance(mention, SkippedItem)
                    else self._matched(mention, _NOTIFIED)
                )

    def _own(self, since: datetime) -> Iterator[Collected]:
        """What our accounts posted and answered: the one that signs in, then the others of the register.

        One of the register that is not there, or blocks us, is told of and costs no other.
        """
        us = self.session.did or self.identifier.lstrip("@")
        others = sorted(self.official - {us.lower(), self.identifier.lower().lstrip("@")})
        for number, actor in enumerate((us, *others)):
            where = f"{_OWN} of account {number} of the register" if number else _OWN
            try:
                yield from self._feed(actor, since, where)
            except NotGiven as error:
                if not number:
                    raise
                yield SkippedItem(where, f"{error}: check the account in the register")

    def _feed(self, actor: str, since: datetime, where: str) -> Iterator[Collected]:
        params = [("actor", actor), ("filter", "posts_with_replies")]
        walk = _Walk(self, "app.bsky.feed.getAuthorFeed", "feed", params, since)
        for place, shown in _numbered(walk, self.pages, where):
            if isinstance(shown, SkippedItem):
                yield shown
                continue
            self.threads.learn(_above(shown), self.ours)
            for mention in self.read(
                [_post(entry) for entry in shown if not _repost(entry)], place
            ):
                if isinstance(mention, SkippedItem):
                    yield mention
                else:
                    yield replace(self._matched(mention, _OWN), own=True)

    def read(
        self, posts: Sequence[Any], where: str, *, threads: bool = True
    ) -> Iterator[Mention | SkippedItem]:
        """Posts with what their authors' profiles say and, unless `threads` is false, what they answer.

        Raises CollectorError after them where the profiles failed.
        """
        failed: CollectorError | None = None
        try:
            self.authors.ask(posts)
        except CollectorError as error:  # the posts are there: the next run brings the profiles
            failed = error
        profiles, ours = self.authors.known, self.ours
        if threads and not failed:
            yield from self.threads.ask(posts, ours, where)
        reading = partial(
            to_mention, at=self.at, profiles=profiles, official=ours, answered=self.threads.known
        )
        yield from each(posts, reading, at=self.at, where=where)
        if failed:
            raise failed

    def _matched(self, mention: Mention, query: str, raw: bool = False) -> Mention:
        """With the terms that it matched; search also finds by links and cards that the text lacks."""
        matched_terms = matching(mention.text, self.terms)
        return mention.with_match(*matched_terms, *((query,) if raw or not matched_terms else ()))


class Authors:
    """Descriptions and followers by did. A post's own author has neither."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.known: dict[str, Mapping[str, Any]] = {}

    def ask(self, posts: Sequence[Any]) -> None:
        """Learns of those of these posts' authors that are not known, 25 at a time."""
        if len(self.known) > _MOST_AUTHORS:
            self.known.clear()
        dids = dict.fromkeys(did for post in posts if (did := _did(post)) not in self.known)
        for profile in self.profiles([did for did in dids if did]):
            if isinstance(profile, dict) and isinstance(profile.get("did"), str):
                fields = ("description", "followersCount")
                self.known[profile["did"]] = {name: profile.get(name) for name in fields}
        self.known.update({did: {} for did in dids if did not in self.known})  # not asked for again

    def profiles(self, actors: Sequence[str]) -> Iterator[Any]:
        """The profiles of these dids; one that is gone is left out."""
        for start in range(0, len(actors), AT_ONCE):
            params = [("actors", actor) for actor in actors[start : start + AT_ONCE]]
            answer = self._session.get("app.bsky.actor.getProfiles", params)
            yield from listed(answer, "profiles")


class _Walk:
    """Pages of one list, by their cursor. With `since`, it ends where nothing newer is left."""

    def __init__(
        self, source: Bluesky, call: str, name: str, params: Sequence[tuple[str, str]],
        since: datetime | None = None,
    ) -> None:  # fmt: skip
        self._session, self._call, self._name, self._since = source.session, call, name, since
        self._asked: list[tuple[str, str | int]] = [*params, ("limit", source.page_size)]

    def fetch(self, cursor: str) -> tuple[list[Any], str]:
        """A page and the next cursor; the same cursor again, after an empty page, is the end."""
        params = [*self._asked, ("cursor", cursor)] if cursor else self._asked
        answer = self._session.get(self._call, params)
        items, following = listed(answer, self._name), answer.get("cursor")
        if not isinstance(following, str) or (not items and following == cursor):
            following = ""
        recent = [item for item in items if self._since is None or _is_since(item, self._since)]
        return recent, following if recent or not items else ""


def _numbered(walk: _Walk, most: int, where: str) -> Iterator[tuple[str, list[Any] | SkippedItem]]:
    for numbered_page in pages(walk.fetch, most=most, where=where):
        if isinstance(numbered_page, SkippedItem):
            yield where, numbered_page
        else:
            yield f"{where} page {numbered_page[0]}", numbered_page[1]


def listed(answer: Mapping[str, Any], name: str) -> list[Any]:
    """The list of this name in an answer. Raises PlatformUnavailable where there is none."""
    entries = answer.get(name)
    if not isinstance(entries, list):
        raise PlatformUnavailable(f"Bluesky sent an answer without its list of {name}")
    return entries


def _did(post: Any) -> str:
    who = post.get("author") if isinstance(post, dict) else None
    did = who.get("did") if isinstance(who, dict) else None
    return did if isinstance(did, str) and did.startswith("did:") else ""


def _is_about_us(notification: Any) -> bool:
    """Not a like or a new follower; what can't be read is told as odd."""
    return not isinstance(notification, dict) or notification.get("reason", "mention") in _REASONS


def _post(shown: Any) -> Any:
    return shown.get("post") if isinstance(shown, dict) else shown


def _above(entries: Sequence[Any]) -> Iterator[Any]:
    """The views of what stands above posts in an author's feed."""
    for entry in entries:
        yield from object_of(object_of(entry).get("reply")).values()


def _repost(shown: Any) -> Mapping[str, Any] | None:
    """That another's post stands in an author's feed, and since when; None for their own, pinned or not."""
    reason = shown.get("reason") if isinstance(shown, dict) else None
    pinned = isinstance(reason, dict) and str(reason.get("$type")).endswith("#reasonPin")
    return reason if isinstance(reason, dict) and not pinned else None


def _is_since(entry: Any, since: datetime) -> bool:
    """By when it was indexed; in an author's feed the post, or the repost of it, was."""
    dated = _repost(entry) or (entry.get("post", entry) if isinstance(entry, dict) else None)
    indexed = moment(dated.get("indexedAt")) if isinstance(dated, dict) else UNREADABLE
    return indexed == UNREADABLE or indexed >= since
