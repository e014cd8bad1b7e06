"""Statuses, accounts and notifications of the demo's Mastodon servers as their API gives them."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import clock
from demo.authored import ago
from demo.mastodon_posts import Fediverse, Server, Status, order_at

_SPECIAL = re.compile(r"(?<!\w)(?:https?://\S+|@\w+|#\w+)")
_SHOWN = 30  # characters of a link that are shown


def view(made: Fediverse, server: Server, status: Status | None) -> Any:
    """A status as this server gives it; a malformed one as it stands in the file."""
    if status is None or not status.by:
        return status.raw if status else None
    post, home = status.authored, made.accounts[status.by]["home"]
    at_home = next(
        (one.id_of(status.order) for one in made.servers if one.domain == home), str(status.order)
    )
    likes, boosts, replies = post.get("metrics", [0, 0, 0])
    boosted = made.keyed[post["boosts"]] if "boosts" in post else None
    edited = len(status.versions) > 1
    return {
        "id": server.id_of(status.order),
        "created_at": stamp(status.posted),
        "edited_at": stamp(status.versions[-1][0]) if edited else None,
        "in_reply_to_id": server.id_of(made.orders[post["replies_to"]]) if "replies_to" in post else None,
        "in_reply_to_account_id": _parents_author(made, post),
        "sensitive": "spoiler" in post,
        "spoiler_text": post.get("spoiler", ""),
        "visibility": post.get("visibility", "public"),
        "language": post.get("lang", "en"),
        "uri": f"https://{home}/users/{status.by}/statuses/{at_home}",
        "url": f"https://{home}/@{status.by}/{at_home}",
        "content": content(made, server, status.text),
        "replies_count": replies,
        "reblogs_count": boosts,
        "favourites_count": likes,
        "reblog": view(made, server, boosted) if boosted else None,
        "account": account(made, server, status.by),
        "mentions": [_mentioned(made, server, name) for name in sorted(status.names & made.accounts.keys())],
        "tags": [{"name": tag, "url": f"https://{server.domain}/tags/{tag}"} for tag in sorted(status.tags)],
        "media_attachments": _media(made, post),
        "emojis": [],
        "card": {"title": post["card"], "description": "", "type": "link"} if "card" in post else None,
        "poll": None,
    }  # fmt: skip


def account(made: Fediverse, server: Server, key: str) -> dict[str, Any]:
    """An account as this server gives it: `acct` has no host for its own users."""
    about = made.accounts[key]
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
        "avatar": f"{made.url}/avatars/{seed}.png",
        "avatar_static": f"{made.url}/avatars/{seed}.png",
        "followers_count": about["followers"],
        "following_count": 40,
        "statuses_count": 120,
        "created_at": "2022-11-01T00:00:00.000Z",
        "fields": [
            {"name": n, "value": v, "verified_at": None} for n, v in about.get("fields", [])
        ],
        "emojis": [],
    }


def content(made: Fediverse, server: Server, text: str) -> str:
    """Text as the HTML that Mastodon makes of it."""
    parts, at = [], 0
    for found in _SPECIAL.finditer(text):
        parts += [
            html.escape(text[at : found.start()], quote=False),
            _linked(made, server, found[0]),
        ]
        at = found.end()
    parts.append(html.escape(text[at:], quote=False))
    written = "".join(parts).replace("\n\n", "</p><p>").replace("\n", "<br />")
    return f"<p>{written}</p>" if written else ""


def notifications(made: Fediverse, server: Server) -> list[tuple[int, dict[str, Any]]]:
    """What concerns our account there, newest first, each with its order."""
    told: list[tuple[int, datetime, str, str, Status | None]] = []
    for status in made.statuses:
        if server.us in status.names and status.by != server.us and server.domain in status.on:
            told.append((status.order + 1, status.posted, "mention", status.by, status))
    for number, notice in enumerate(made.notices if server.number == 0 else []):
        order, moment = order_at(notice["ago"], 100 + number), made.at - ago(notice["ago"])
        of = made.keyed.get(notice.get("of", ""))
        told.append((order, moment, notice["type"], notice["by"], of))
    found = []
    for order, moment, kind, by, about in sorted(told, key=lambda one: -one[0]):
        shown = {"status": view(made, server, about)} if about or kind == "mention" else {}
        found.append((order, {"id": server.id_of(order), "type": kind, "created_at": stamp(moment),
                              "account": account(made, server, by)} | shown))  # fmt: skip
    return found


def history(made: Fediverse, server: Server, status: Status) -> list[dict[str, Any]]:
    """Its versions, oldest first."""
    by = account(made, server, status.by)
    return [
        {"content": content(made, server, text), "spoiler_text": "", "sensitive": False,
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


def _mentioned(made: Fediverse, server: Server, key: str) -> dict[str, str]:
    home = made.accounts[key]
    return {"id": account_id(key), "username": key, "url": f"https://{home['home']}/@{key}",
            "acct": _acct(home, server, key)}  # fmt: skip


def _parents_author(made: Fediverse, post: Mapping[str, Any]) -> str | None:
    parent = made.keyed.get(post.get("replies_to", ""))
    return account_id(parent.authored["by"]) if parent else None


def _media(made: Fediverse, post: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "image" not in post:
        return []
    address = f"{made.url}/media/{hashlib.sha256(post['image'].encode()).hexdigest()[:16]}.png"
    return [{"id": "1", "type": "image", "url": address, "preview_url": address,
             "description": post["image"]}]  # fmt: skip


def _linked(made: Fediverse, server: Server, part: str) -> str:
    if part.startswith("#"):
        where = f"https://{server.domain}/tags/{part[1:].casefold()}"
        return f'<a href="{where}" class="mention hashtag" rel="tag">#<span>{part[1:]}</span></a>'
    if part.startswith("@"):
        if part[1:] not in made.accounts:
            return part
        where = f"https://{made.accounts[part[1:]]['home']}/{part}"
        link = f'<a href="{where}" class="u-url mention">@<span>{part[1:]}</span></a>'
        return f'<span class="h-card" translate="no">{link}</span>'
    bare = part.partition("//")[2]
    return (
        f'<a href="{html.escape(part)}" target="_blank" rel="nofollow noopener">'
        f'<span class="invisible">https://</span><span class="ellipsis">{bare[:_SHOWN]}</span>'
        f'<span class="invisible">{bare[_SHOWN:]}</span></a>'
    )
