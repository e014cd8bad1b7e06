"""The posts of demo/posts/mastodon.json as a network of servers, and what each may show to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from demo.authored import ago, load
from demo.query import Searchable

# Orders count milliseconds in their upper bits, so they sort as time does. The one that stands for
# 'now' is fixed: a world made later has the same ids, with later dates.
NOW_ORDER = 1_764_000_000_000 << 16


@dataclass(frozen=True, slots=True)
class Server:
    """One of them. Ids of the same status differ: decimal on the first, hexadecimal on the second."""

    number: int
    domain: str
    us: str  # the key of the account whose token is used there

    def id_of(self, order: int) -> str:
        """The id that this server gives."""
        return f"{order + (7 << 16):016x}" if self.number else str(order)

    def order_of(self, written: str) -> int:
        """The other way round. Raises ValueError for what is no id here."""
        return int(written, 16) - (7 << 16) if self.number else int(written)


@dataclass(slots=True)
class Status:
    """One status: what was written when (the last is in force), or `raw` for a malformed one."""

    order: int
    posted: datetime
    authored: Mapping[str, Any]
    versions: list[tuple[datetime, str]]
    on: tuple[str, ...]
    raw: Any = None

    @property
    def by(self) -> str:
        """The key of its author; empty for a malformed one."""
        return str(self.authored.get("by", ""))

    @property
    def public(self) -> bool:
        """Whether everybody may see it."""
        return bool(self.authored.get("visibility", "public") == "public")

    @property
    def tags(self) -> set[str]:
        """Its hashtags, in lower case."""
        if "tag" in self.authored:
            return {self.authored["tag"].casefold()}
        return {tag.casefold() for tag in re.findall(r"(?<!\w)#(\w+)", self.text)}

    @property
    def text(self) -> str:
        """What stands in it now."""
        return self.versions[-1][1] if self.versions else ""

    @property
    def names(self) -> set[str]:
        """The accounts that it mentions, by their keys."""
        return set(re.findall(r"(?<!\w)@(\w+)", self.text))

    @property
    def seen_by_search(self) -> Searchable:
        """What a search looks at."""
        said = f"{self.authored.get('spoiler', '')} {self.text} {self.authored.get('image', '')}"
        return Searchable(
            text=said, author=self.authored["by"], language=self.authored.get("lang", "en")
        )


@dataclass(slots=True)
class Fediverse:
    """All statuses, newest first, and the accounts by key. `url` is where pictures lie."""

    at: datetime
    url: str
    servers: tuple[Server, ...]
    accounts: Mapping[str, Mapping[str, Any]]
    statuses: list[Status] = field(default_factory=list)
    notices: list[Mapping[str, Any]] = field(default_factory=list)
    orders: dict[str, int] = field(default_factory=dict)  # authored key -> order
    keyed: dict[str, Status] = field(default_factory=dict)

    def add(self, post: Mapping[str, Any]) -> None:
        """One more status, in its place."""
        order = order_at(post["ago"], len(self.statuses))
        if "key" in post:
            self.orders[post["key"]] = order
        posted = self.at - ago(post["ago"])
        written = [(posted, post["was"])] if "was" in post else []
        edited = posted + ago(post["edited_after"]) if written else posted
        if "text" in post:
            written.append((edited, post["text"]))
        status = Status(order, posted, post, written, self._seen_on(post), post.get("raw"))
        if "key" in post:
            self.keyed[post["key"]] = status
        self.statuses.append(status)
        self.statuses.sort(key=lambda one: -one.order)

    def visible(self, server: Server, written: str) -> Status | None:
        """The status that has this id on this server, if our account may see it."""
        try:
            order = server.order_of(written)
        except ValueError:
            return None
        there = (one for one in self.statuses if one.order == order and server.domain in one.on)
        return next(
            (one for one in there if one.by and (one.public or _takes_part(server, one))), None
        )

    def tagged(
        self, server: Server, *, any_: set[str], all_: set[str], none: set[str]
    ) -> list[Status]:
        """Public ones with these hashtags; a boost goes by the hashtags of what it boosts."""
        found = []
        for one in self.statuses:
            boosted = self.keyed.get(one.authored.get("boosts", ""))
            tags = boosted.tags if boosted else one.tags
            fits = any_ & tags and all_ <= tags and not none & tags
            if fits and one.public and server.domain in one.on:
                found.append(one)
        return found

    def written(self, server: Server, key: str, asked: Set[str], tag: str) -> list[Status]:
        """What an account wrote that ours on this server may see, narrowed by the names of `asked`."""
        found = []
        for one in self.statuses:
            parent = self.keyed.get(one.authored.get("replies_to", ""))
            to_another = "replies_to" in one.authored and (parent is None or parent.by != key)
            out = {"exclude_reblogs": "boosts" in one.authored, "exclude_replies": to_another,
                   "only_media": "image" not in one.authored, "pinned": True}  # fmt: skip
            seen = one.by == key and server.domain in one.on
            if (
                seen
                and (one.public or _takes_part(server, one))
                and not any(out[name] for name in asked)
                and (not tag or tag.casefold() in one.tags)
            ):
                found.append(one)
        return found

    def can_be_found(self, server: Server, status: Status) -> bool:
        """By search: only of authors who opted in, or where our account takes part."""
        if not status.by or not status.text or server.domain not in status.on:
            return False
        opted_in = self.accounts[status.by].get("indexable", True)
        return (opted_in and status.public) or _takes_part(server, status)

    def is_local(self, server: Server, status: Status) -> bool:
        """Whether its author has an account on this server."""
        return bool(status.by) and self.accounts[status.by]["home"] == server.domain

    def _seen_on(self, post: Mapping[str, Any]) -> tuple[str, ...]:
        everywhere = tuple(server.domain for server in self.servers)
        if "on" in post or post.get("everywhere") or "by" not in post:
            return tuple(post.get("on", everywhere))
        return (self.accounts[post["by"]]["home"],)


def fediverse(at: datetime, url: str) -> Fediverse:
    """It as of `at`."""
    authored = load("mastodon")
    pairs = enumerate(zip(authored["servers"], authored["us"], strict=True))
    servers = tuple(Server(number, domain, us) for number, (domain, us) in pairs)
    made = Fediverse(at, url, servers, authored["authors"], notices=authored["notices"])
    for post in authored["posts"] + authored["malformed"]:
        made.add(post)
    for post in authored["elsewhere"]:
        made.orders[post["key"]] = order_at(post["ago"])
    return made


def change(made: Fediverse) -> None:
    """A later day: what mastodon.json's "later" says is edited, deleted or added."""
    for step in load("mastodon")["later"]:
        if "edit" in step:
            edited = (made.at - timedelta(minutes=2), step["text"])
            made.keyed[step["edit"]].versions.append(edited)
        elif "delete" in step:
            made.statuses.remove(made.keyed[step["delete"]])
        else:
            made.add(step["add"])


def order_at(written: str, number: int = 0) -> int:
    """The order of what was posted so long before now, `number` keeping those of one moment apart."""
    return NOW_ORDER - (int(ago(written).total_seconds() * 1000) << 16) + number


def _takes_part(server: Server, status: Status) -> bool:
    return server.us in status.names | {status.by}
