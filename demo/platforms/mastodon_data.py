"""The posts of demo/posts/mastodon.json as a network of servers, and what each may show to whom."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core import clock
from demo.posts_loader import POSTS, ago, load
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
        text = f"{self.authored.get('spoiler', '')} {self.text} {self.authored.get('image', '')}"
        return Searchable(
            text=text, author=self.authored["by"], language=self.authored.get("lang", "en")
        )


@dataclass(slots=True)
class Fediverse:
    """All statuses, newest first, and the accounts by key. `url` is where pictures lie."""

    at: datetime
    url: str
    servers: tuple[Server, ...]
    accounts: Mapping[str, Mapping[str, Any]]
    folder: Path  # where mastodon.json lies
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
        self.statuses.sort(key=lambda status: -status.order)

    def answer(self, server: Server, text: str, parent: int, visibility: str) -> Status:
        """A status that our account there publishes now, in reply to one of this order."""
        self.orders[f"#{parent}"] = parent
        self.add(
            {
                "by": server.us,
                "ago": "0m",
                "text": text,
                "replies_to": f"#{parent}",
                "visibility": visibility,
            }
        )
        return next(status for status in self.statuses if status.text == text)

    def visible(self, server: Server, written: str) -> Status | None:
        """The status that has this id on this server, if our account may see it."""
        try:
            order = server.order_of(written)
        except ValueError:
            return None
        there = (
            status
            for status in self.statuses
            if status.order == order and server.domain in status.on
        )
        return next(
            (
                status
                for status in there
                if status.by and (status.public or _takes_part(server, status))
            ),
            None,
        )

    def tagged(
        self, server: Server, *, any_: set[str], all_: set[str], none: set[str]
    ) -> list[Status]:
        """Public ones with these hashtags; a boost goes by the hashtags of what it boosts."""
        statuses = []
        for status in self.statuses:
            boosted = self.keyed.get(status.authored.get("boosts", ""))
            tags = boosted.tags if boosted else status.tags
            fits = any_ & tags and all_ <= tags and not none & tags
            if fits and status.public and server.domain in status.on:
                statuses.append(status)
        return statuses

    def written(self, server: Server, key: str, without_boosts: bool) -> list[Status]:
        """What an account wrote that ours on this server may see."""
        return [
            status
            for status in self.statuses
            if status.by == key
            and server.domain in status.on
            and (status.public or _takes_part(server, status))
            and not (without_boosts and "boosts" in status.authored)
        ]

    def can_be_found(self, server: Server, status: Status) -> bool:
        """By search: only of authors who opted in, or where our account takes part."""
        if not status.by or not status.text or server.domain not in status.on:
            return False
        opted_in = self.accounts[status.by].get("indexable", True)
        return (opted_in and status.public) or _takes_part(server, status)

    def _seen_on(self, post: Mapping[str, Any]) -> tuple[str, ...]:
        everywhere = tuple(server.domain for server in self.servers)
        if "on" in post or post.get("everywhere") or "by" not in post:
            return tuple(post.get("on", everywhere))
        return (self.accounts[post["by"]]["home"],)


def fediverse(at: datetime, url: str, folder: Path = POSTS) -> Fediverse:
    """It as of `at`."""
    authored = load("mastodon", folder)
    pairs = enumerate(zip(authored["servers"], authored["us"], strict=True))
    servers = tuple(Server(number, domain, us) for number, (domain, us) in pairs)
    fediverse = Fediverse(
        at, url, servers, authored["authors"], folder, notices=authored["notices"]
    )
    for post in authored["posts"] + authored["malformed"]:
        fediverse.add(post)
    for post in authored["elsewhere"]:
        fediverse.orders[post["key"]] = order_at(post["ago"])
    return fediverse


def change(fediverse: Fediverse) -> None:
    """A later day: what mastodon.json's "later" says is edited, deleted or added."""
    for step in load("mastodon", fediverse.folder)["later"]:
        if "edit" in step:
            edited = (fediverse.at - timedelta(minutes=2), step["text"])
            fediverse.keyed[step["edit"]].versions.append(edited)
        elif "delete" in step:
            fediverse.statuses.remove(fediverse.keyed[step["delete"]])
        else:
            fediverse.add(step["add"])


def order_at(written: str, number: int = 0) -> int:
    """The order of what was posted so long before now, `number` keeping those of one moment apart."""
    return NOW_ORDER - (int(ago(written).total_seconds() * 1000) << 16) + number


def _takes_part(server: Server, status: Status) -> bool:
    return server.us in status.names | {status.by}


# ── Statuses, accounts and notifications of the demo's Mastodon servers as their API gives them.

_SPECIAL = re.compile(r"(?<!\w)(?:https?://\S+|@\w+|#\w+)")
_SHOWN = 30  # characters of a link that are shown


def view(fediverse: Fediverse, server: Server, status: Status | None) -> Any:
    """A status as this server gives it; a malformed one as it stands in the file."""
    if status is None or not status.by:
        return status.raw if status else None
    post, home = status.authored, fediverse.accounts[status.by]["home"]
    at_home = next(
        (instance.id_of(status.order) for instance in fediverse.servers if instance.domain == home),
        str(status.order),
    )
    likes, boosts, replies = post.get("metrics", [0, 0, 0])
    boosted = fediverse.keyed[post["boosts"]] if "boosts" in post else None
    edited = len(status.versions) > 1
    return {
        "id": server.id_of(status.order),
        "created_at": stamp(status.posted),
        "edited_at": stamp(status.versions[-1][0]) if edited else None,
        "in_reply_to_id": server.id_of(fediverse.orders[post["replies_to"]]) if "replies_to" in post else None,
        "in_reply_to_account_id": _parents_author(fediverse, post),
        "sensitive": "spoiler" in post,
        "spoiler_text": post.get("spoiler", ""),
        "visibility": post.get("visibility", "public"),
        "language": post.get("lang", "en"),
        "uri": f"https://{home}/users/{status.by}/statuses/{at_home}",
        "url": f"https://{home}/@{status.by}/{at_home}",
        "content": content(fediverse, server, status.text),
        "replies_count": replies,
        "reblogs_count": boosts,
        "favourites_count": likes,
        "reblog": view(fediverse, server, boosted) if boosted else None,
        "account": account(fediverse, server, status.by),
        "mentions": [_mentioned(fediverse, server, name) for name in sorted(status.names & fediverse.accounts.keys())],
        "tags": [{"name": tag, "url": f"https://{server.domain}/tags/{tag}"} for tag in sorted(status.tags)],
        "media_attachments": _media(fediverse, post),
        "emojis": [],
        "card": _card(post),
        "poll": None,
    }  # fmt: skip


def account(fediverse: Fediverse, server: Server, key: str) -> dict[str, Any]:
    """An account as this server gives it: `acct` has no host for its own users."""
    about = fediverse.accounts[key]
    seed = about.get("avatar", key)
    return {
        "id": account_id(key),
        "username": key,
        "acct": _acct(about, server, key),
        "display_name": about["name"],
        "note": f"<p>{html.escape(about['bio'], quote=False)}</p>" if about["bio"] else "",
        "bot": about.get("bot", False),
        "locked": False,
        "discoverable": about.get("discoverable", True),
        "indexable": about.get("indexable", True),
        "url": f"https://{about['home']}/@{key}",
        "uri": f"https://{about['home']}/users/{key}",
        "avatar": f"{fediverse.url}/avatars/{seed}.png",
        "avatar_static": f"{fediverse.url}/avatars/{seed}.png",
        "followers_count": about["followers"],
        "following_count": 40,
        "statuses_count": 120,
        "created_at": "2022-11-01T00:00:00.000Z",
        "fields": [
            {"name": n, "value": v, "verified_at": None} for n, v in about.get("fields", [])
        ],
        "emojis": [],
    }


def content(fediverse: Fediverse, server: Server, text: str) -> str:
    """Text as the HTML that Mastodon makes of it."""
    parts, at = [], 0
    for match in _SPECIAL.finditer(text):
        parts += [
            html.escape(text[at : match.start()], quote=False),
            _linked(fediverse, server, match[0]),
        ]
        at = match.end()
    parts.append(html.escape(text[at:], quote=False))
    written = "".join(parts).replace("\n\n", "</p><p>").replace("\n", "<br />")
    return f"<p>{written}</p>" if written else ""


def notifications(fediverse: Fediverse, server: Server) -> list[tuple[int, dict[str, Any]]]:
    """What concerns our account there, newest first, each with its order."""
    events: list[tuple[int, datetime, str, str, Status | None]] = []
    for status in fediverse.statuses:
        if server.us in status.names and status.by != server.us and server.domain in status.on:
            events.append((status.order + 1, status.posted, "mention", status.by, status))
    for number, notice in enumerate(fediverse.notices if server.number == 0 else []):
        order, moment = order_at(notice["ago"], 100 + number), fediverse.at - ago(notice["ago"])
        of = fediverse.keyed.get(notice.get("of", ""))
        events.append((order, moment, notice["type"], notice["by"], of))
    notices = []
    for order, moment, kind, by, about in sorted(events, key=lambda event: -event[0]):
        shown = {"status": view(fediverse, server, about)} if about or kind == "mention" else {}
        notices.append((order, {"id": server.id_of(order), "type": kind, "created_at": stamp(moment),
                              "account": account(fediverse, server, by)} | shown))  # fmt: skip
    return notices


def history(fediverse: Fediverse, server: Server, status: Status) -> list[dict[str, Any]]:
    """Its versions, oldest first."""
    by = account(fediverse, server, status.by)
    return [
        {"content": content(fediverse, server, text), "spoiler_text": "", "sensitive": False,
         "created_at": stamp(written), "account": by, "media_attachments": [], "emojis": []}
        for written, text in status.versions
    ]  # fmt: skip


def account_id(key: str) -> str:
    """A made-up id, always the same for one account."""
    return str(109_000_000_000_000_000 + int(hashlib.sha256(key.encode()).hexdigest()[:10], 16))


def stamp(moment: datetime) -> str:
    """2026-11-20T09:45:00.000Z."""
    return clock.text(moment)[:23] + "Z"


def _acct(about: Mapping[str, Any], server: Server, key: str) -> str:
    return key if about["home"] == server.domain else f"{key}@{about['home']}"


def _mentioned(fediverse: Fediverse, server: Server, key: str) -> dict[str, str]:
    home = fediverse.accounts[key]
    return {"id": account_id(key), "username": key, "url": f"https://{home['home']}/@{key}",
            "acct": _acct(home, server, key)}  # fmt: skip


def _parents_author(fediverse: Fediverse, post: Mapping[str, Any]) -> str | None:
    parent = fediverse.keyed.get(post.get("replies_to", ""))
    return account_id(parent.authored["by"]) if parent else None


def _card(post: Mapping[str, Any]) -> dict[str, str] | None:
    """The first link of a status as its page presents itself."""
    if "card" not in post:
        return None
    address = re.search(r"https?://\S+", post["text"])
    return {"url": address[0] if address else "", "title": post["card"], "type": "link",
            "description": post.get("card_description", "")}  # fmt: skip


def _media(fediverse: Fediverse, post: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "image" not in post:
        return []
    address = f"{fediverse.url}/media/{hashlib.sha256(post['image'].encode()).hexdigest()[:16]}.png"
    return [{"id": "1", "type": "image", "url": address, "preview_url": address,
             "description": post["image"]}]  # fmt: skip


def _linked(fediverse: Fediverse, server: Server, part: str) -> str:
    if part.startswith("#"):
        where = f"https://{server.domain}/tags/{part[1:].casefold()}"
        return f'<a href="{where}" class="mention hashtag" rel="tag">#<span>{part[1:]}</span></a>'
    if part.startswith("@"):
        if part[1:] not in fediverse.accounts:
            return part
        where = f"https://{fediverse.accounts[part[1:]]['home']}/{part}"
        link = f'<a href="{where}" class="u-url mention">@<span>{part[1:]}</span></a>'
        return f'<span class="h-card" translate="no">{link}</span>'
    bare = part.partition("//")[2]
    return (
        f'<a href="{html.escape(part)}" target="_blank" rel="nofollow noopener">'
        f'<span class="invisible">https://</span><span class="ellipsis">{bare[:_SHOWN]}</span>'
        f'<span class="invisible">{bare[_SHOWN:]}</span></a>'
    )
