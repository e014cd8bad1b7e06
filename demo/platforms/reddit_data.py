"""Turns demo/posts/reddit.json into listing children, t3 (posts) and t1 (comments)."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo.posts_loader import POSTS, ago, load


def children(at: datetime, folder: Path = POSTS) -> list[dict[str, Any]]:
    """Every post and comment as `{"kind", "data"}`, newest first; texts are not escaped."""
    children: list[dict[str, Any]] = []
    for thread in load("reddit", folder)["threads"]:
        post = _post(thread, at)
        children.append(post)
        children += _comments(thread["comments"], post["data"], post["data"]["name"], at)
    return sorted(
        children, key=lambda child: (-child["data"]["created_utc"], child["data"]["name"])
    )


def _post(thread: dict[str, Any], at: datetime) -> dict[str, Any]:
    slug = re.sub(r"\W+", "_", thread["title"].lower()).strip("_")[:50]
    permalink = f"/r/{thread['sub']}/comments/{thread['id']}/{slug}/"
    link = thread.get("link")
    score = thread["score"]
    data = _shared(thread, "t3", at) | {
        "title": thread["title"],
        "selftext": "" if link else thread["text"],
        "selftext_html": None if link else _html(thread["text"]),
        "is_self": link is None,
        "url": link or f"https://www.reddit.com{permalink}",
        "domain": "brentside.example.com" if link else f"self.{thread['sub']}",
        "permalink": permalink,
        "subreddit": thread["sub"],
        "subreddit_name_prefixed": f"r/{thread['sub']}",
        "ups": score,
        "upvote_ratio": 0.93 if score > 0 else 0.4,
        "num_comments": _count(thread["comments"]),
        "over_18": False,
        "removed_by_category": None,
        "crosspost_parent": None,
    }
    if thread.get("deleted"):
        data |= {"author_fullname": None, "removed_by_category": "deleted"}
    if thread.get("removed"):
        data |= {"removed_by_category": "moderator"}
    return {"kind": "t3", "data": data}


def _comments(
    authored: list[dict[str, Any]], post: dict[str, Any], parent: str, at: datetime
) -> Iterator[dict[str, Any]]:
    for comment in authored:
        data = _shared(comment, "t1", at) | {
            "body": comment["text"],
            "body_html": _html(comment["text"]),
            "link_id": post["name"],
            "parent_id": parent,
            "link_title": post["title"],
            "link_author": post["author"],
            "link_permalink": f"https://www.reddit.com{post['permalink']}",
            "permalink": f"{post['permalink']}{comment['id']}/",
            "subreddit": post["subreddit"],
            "subreddit_name_prefixed": post["subreddit_name_prefixed"],
            "replies": "",
        }
        yield {"kind": "t1", "data": data}
        yield from _comments(comment.get("replies", []), post, data["name"], at)


def _shared(authored: dict[str, Any], kind: str, at: datetime) -> dict[str, Any]:
    posted = at - ago(authored["ago"])
    edited: float | bool = False
    if "edited_after" in authored:
        edited = (posted + ago(authored["edited_after"])).timestamp()
    return {
        "id": authored["id"],
        "name": f"{kind}_{authored['id']}",
        "author": authored["by"] if not authored.get("removed") else "[deleted]",
        "author_fullname": None if authored.get("deleted") else account_id(authored["by"]),
        "author_flair_text": None,
        "subreddit_type": "public",
        "created": posted.timestamp() + 28800,  # eight hours off, as Reddit's own is
        "created_utc": posted.timestamp(),
        "edited": edited,
        "score": authored["score"],
        "distinguished": None,
    }


def added(
    comment: dict[str, Any], named: dict[str, dict[str, Any]], at: datetime
) -> dict[str, Any]:
    """A new comment on what `comment["to"]` names."""
    parent = named[comment["to"]]
    post = named[parent["data"].get("link_id", comment["to"])]["data"]
    return next(_comments([comment], post, comment["to"], at))


def account_id(name: str) -> str:
    """A made-up t2_ id, always the same for one name."""
    return "t2_" + hashlib.sha256(name.encode()).hexdigest()[:7]


def edited(child: dict[str, Any], text: str, at: datetime) -> None:
    """The author changed the words a minute before `at`."""
    body = "body" if child["kind"] == "t1" else "selftext"
    child["data"] |= {body: text, f"{body}_html": _html(text)}
    child["data"]["edited"] = (at - timedelta(minutes=1)).timestamp()


def deleted(child: dict[str, Any]) -> None:
    """The author took it away: what is left says [deleted]."""
    body = "body" if child["kind"] == "t1" else "selftext"
    child["data"] |= {"author": "[deleted]", "author_fullname": None, body: "[deleted]",
                      f"{body}_html": _html("[deleted]")}  # fmt: skip


def removed(child: dict[str, Any]) -> None:
    """A moderator took it away."""
    body = "body" if child["kind"] == "t1" else "selftext"
    child["data"] |= {body: "[removed]", f"{body}_html": _html("[removed]"),
                      "removed_by_category": "moderator"}  # fmt: skip


def _html(text: str) -> str:
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n"))
    return f'<div class="md">{paragraphs}</div>'


def _count(authored: list[dict[str, Any]]) -> int:
    return sum(1 + _count(comment.get("replies", [])) for comment in authored)
