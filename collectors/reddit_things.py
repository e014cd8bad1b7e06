"""Reddit's posts (t3) and comments (t1) as Mentions: the only code that knows Reddit's field names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collectors.base import counts, decoded, identity, moment, words
from mention import Author, Kind, Mention

_GONE = ("[deleted]", "[removed]", "[ removed by reddit ]", "[deleted by user]")


def to_mention(child: Mapping[str, Any], at: datetime) -> Mention:
    """One child of a listing. What its author or a moderator took down has no author and no text.

    Ids are full names (t3_1aaaaaa). A crosspost is a repost with its parent's words, and `quoted_id`
    is that parent.
    """
    kind, data = child["kind"], child["data"]
    if kind not in ("t1", "t3"):
        raise ValueError("neither a post nor a comment")
    comment, parent = kind == "t1", _crossposted(data)
    own = words(data.get("body" if comment else "selftext"))
    gone = _is_gone(data, own)
    raw = "" if gone else _raw(data, own, parent, comment=comment)
    permalink = words(data.get("permalink"))
    is_repost: Kind = "repost" if data.get("crosspost_parent") else "post"
    return Mention(
        issuer="reddit", issued_id=_full_name(kind, data), platform="reddit",
        kind="comment" if comment else is_repost,
        url=f"https://www.reddit.com{permalink}" if permalink.startswith("/") else permalink,
        text=decoded(raw).strip(), text_raw=raw, author=Author() if gone else _author(data),
        posted_at=moment(data.get("created_utc")), edited_at=_edited(data), fetched_at=at,
        parent_id=words(data.get("parent_id")), root_id=words(data.get("link_id")),
        quoted_id=words(data.get("crosspost_parent")), deleted=gone,
        metrics=counts(score=data.get("score"), replies=data.get("num_comments"),
                       shares=data.get("num_crossposts")),
    )  # fmt: skip


def _full_name(kind: str, data: Mapping[str, Any]) -> str:
    name = data.get("name")
    return (
        name
        if isinstance(name, str) and name.startswith(kind)
        else f"{kind}_{identity(data['id'])}"
    )


def _is_gone(data: Mapping[str, Any], own: str) -> bool:
    return own.strip().lower() in _GONE or bool(data.get("removed_by_category"))


def _raw(data: Mapping[str, Any], own: str, parent: Mapping[str, Any], *, comment: bool) -> str:
    """A comment's body; a post's title and text, or the address that it links to."""
    if comment:
        return words(data["body"])
    said = own or words(parent.get("selftext"))
    link = words(data.get("url"))
    if not said and data.get("is_self") is False and not data.get("crosspost_parent"):
        said = link
    return "\n\n".join(part for part in (words(data["title"]), said) if part)


def _crossposted(data: Mapping[str, Any]) -> Mapping[str, Any]:
    parents = data.get("crosspost_parent_list")
    first = parents[0] if isinstance(parents, list) and parents else {}
    own = words(first.get("selftext"))
    return {} if _is_gone(first, own) else first


def _author(data: Mapping[str, Any]) -> Author:
    """Nobody where the account is gone, whose posts stay."""
    handle = words(data.get("author"))
    if not handle or handle.lower() in _GONE:
        return Author()
    return Author(id=words(data.get("author_fullname")), handle=handle)


def _edited(data: Mapping[str, Any]) -> datetime | None:
    """Reddit says false, a time, or on very old items just true, which gives the time of posting."""
    edited = data.get("edited")
    if edited is True:
        return moment(data.get("created_utc"))
    return moment(edited) if edited else None
