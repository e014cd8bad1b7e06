"""WordPress's REST API on loopback: posts and comments, their moderation, totals and errors.

Like the real one it takes a wrong application password for nobody, gives site-local times beside GMT,
and answers past the end with an error for posts and an empty list for comments.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from demo.posts_loader import POSTS, ago, load
from demo.servers.http import Answer, Request

PASSWORD = "abcd EFGH 1234 ijkl MNOP 5678"  # as WordPress writes application passwords
API = "/wp-json/wp/v2/"
STATUSES = {"approve": "approved", "approved": "approved", "1": "approved", "hold": "hold", "0": "hold",
            "spam": "spam", "trash": "trash"}  # fmt: skip
Item = dict[str, Any]


class WordPressSite:
    """The site at `home`, an address without a slash at its end; `at` is when the world was made."""

    def __init__(self, at: datetime, home: str, folder: Path = POSTS) -> None:
        authored = load("wordpress", folder)
        self.at, self.home, self.folder = at, home, folder
        self.site: Item = authored["site"]
        self.zone = timezone(timedelta(hours=self.site["gmt_offset"]))
        self.users: dict[int, Item] = {user["id"]: user for user in authored["users"]}
        self.posts: dict[int, Item] = {post["id"]: post for post in authored["posts"]}
        self.comments: dict[int, Item] = {
            comment["id"]: comment for comment in authored["comments"]
        }

    def change(self) -> None:
        """A later day: what wordpress.json's "later" says is revised, deleted, released or added."""
        for step in load("wordpress", self.folder)["later"]:
            if "revise" in step:
                new = {"title": step["title"], "html": step["html"], "revised_ago": "2m"}
                self.posts[step["revise"]] |= new
            elif "delete" in step:
                del self.comments[step["delete"]]
            elif "release" in step:
                self.comments[step["release"]]["status"] = "approved"
            else:
                self.comments[step["comment"]["id"]] = step["comment"]

    def answer(self, request: Request) -> Answer:
        """What the API says; `request.path` is below /wp-json."""
        kind, _, number = request.path.partition(API)[2].strip("/").partition("/")
        if number:
            return self._one(request, kind, int(number))
        return self._list(request, kind)

    def _list(self, request: Request, kind: str) -> Answer:
        query = request.query
        size, page = int(query.get("per_page", "10")), int(query.get("page", "1"))
        status = query.get("status", "approve")
        if kind == "comments" and status != "approve" and not self._signed_in(request):
            return _error(401, "rest_forbidden_param", "Query parameter not permitted: status")
        items = [item for item in self._all(kind, status) if self._matches(kind, item, query)]
        by_change = kind == "posts" and query.get("orderby") == "modified"
        items.sort(key=self._changed if by_change else self._posted, reverse=True)
        pages = ceil(len(items) / size)
        if kind == "posts" and items and page > pages:
            what = "The page number requested is larger than the number of pages available."
            return _error(400, "rest_post_invalid_page_number", what)
        start = (page - 1) * size
        shown = [self._shown(kind, item, query) for item in items[start : start + size]]
        return _json(shown, {"x-wp-total": str(len(items)), "x-wp-totalpages": str(pages)})

    def _all(self, kind: str, status: str) -> list[Item]:
        if kind == "posts":
            return list(self.posts.values())
        named = STATUSES.get(status, status)
        shown = {"all": ("approved", "hold"), "any": tuple(STATUSES.values())}.get(named, (named,))
        return [comment for comment in self.comments.values() if _status(comment) in shown]

    def _matches(self, kind: str, item: Item, query: Any) -> bool:
        if "include" in query and str(item["id"]) not in query["include"].split(","):
            return False
        if (
            kind == "comments"
            and "post" in query
            and str(item["post"]) not in query["post"].split(",")
        ):
            return False
        if "after" in query and self._posted(item) <= self._moment(query["after"]):
            return False
        if "modified_after" in query and self._changed(item) <= self._moment(
            query["modified_after"]
        ):
            return False
        words = re.findall(r'"([^"]+)"|(\S+)', query.get("search", ""))
        text = f"{item.get('title', '')} {item['html']}".lower()
        return all((phrase or word).lower() in text for phrase, word in words)

    def _moment(self, written: str) -> datetime:
        """Without an offset it is the site's own time."""
        moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def _posted(self, item: Item) -> datetime:
        return self.at - ago(item["ago"])

    def _changed(self, item: Item) -> datetime:
        if "revised_ago" in item:
            return self.at - ago(item["revised_ago"])
        return self._posted(item) + ago(item.get("revised_after", "0m"))

    def _one(self, request: Request, kind: str, number: int) -> Answer:
        if kind == "posts":
            post = self.posts.get(number)
            if post is None:
                return _error(404, "rest_post_invalid_id", "Invalid post ID.")
            return _json(self._shown(kind, post, request.query))
        comment = self.comments.get(number)
        if comment is None:
            return _error(404, "rest_comment_invalid_id", "Invalid comment ID.")
        may = self._signed_in(request)
        if request.method == "GET":
            if _status(comment) != "approved" and not may:
                return _error(
                    401, "rest_cannot_read", "Sorry, you are not allowed to read this comment."
                )
            return _json(self._shown(kind, comment, request.query))
        verb = "delete" if request.method == "DELETE" else "edit"
        if not may:
            return _error(
                401, f"rest_cannot_{verb}", f"Sorry, you are not allowed to {verb} this comment."
            )
        return self._moderated(comment, request)

    def _moderated(self, comment: Item, request: Request) -> Answer:
        if request.method == "DELETE":
            if request.query.get("force") in ("true", "1"):
                del self.comments[comment["id"]]
                return _json({"deleted": True, "previous": self._shown("comments", comment, {})})
            status = "trash"
        else:
            status = _fields(request).get("status", "")
        if status in ("unspam", "untrash"):
            comment["status"] = comment.get("before", "approved")
        elif status in STATUSES:
            if STATUSES[status] in ("spam", "trash") and _status(comment) != STATUSES[status]:
                comment["before"] = _status(comment)
            comment["status"] = STATUSES[status]
        return _json(self._shown("comments", comment, {}))

    def _signed_in(self, request: Request) -> bool:
        kind, _, packed = request.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        right = password.replace(" ", "") == PASSWORD.replace(" ", "")
        return kind.lower() == "basic" and user == self.site["user"] and right

    def _shown(self, kind: str, item: Item, query: Any) -> Item:
        posted, changed = self._posted(item), self._changed(item)
        home = self.posts[item["post"]] if kind == "comments" else item
        link = f"{self.home}/{self._posted(home):%Y/%m/%d}/{home['slug']}/"
        shown: Item = {"id": item["id"], **self._times("date", posted)}
        if kind == "comments":
            return shown | {
                "post": item["post"], "parent": item["parent"], "author": item.get("author", 0),
                "author_name": item["by"], "author_url": "", "content": {"rendered": item["html"] + "\n"},
                "link": f"{link}#comment-{item['id']}", "status": _status(item),
                "type": item.get("type", "comment"), "author_avatar_urls": _avatars("a"), "meta": [],
            }  # fmt: skip
        embedded = {"_embedded": self._embedded(item)} if "_embed" in query else {}
        return shown | self._times("modified", changed) | embedded | {
            "guid": {"rendered": f"{self.home}/?p={item['id']}"}, "slug": item["slug"], "status": "publish",
            "type": "post", "link": link, "title": {"rendered": item["title"]},
            "content": {"rendered": item["html"] + "\n", "protected": False},
            "excerpt": {"rendered": item["html"].partition("\n")[0], "protected": False},
            "author": item["author"], "featured_media": 5 if item.get("image") else 0,
            "comment_status": "open", "format": "standard", "categories": [1], "tags": [],
        }  # fmt: skip

    def _times(self, name: str, moment: datetime) -> Item:
        local, gmt = moment.astimezone(self.zone), moment.astimezone(UTC)
        return {name: f"{local:%Y-%m-%dT%H:%M:%S}", f"{name}_gmt": f"{gmt:%Y-%m-%dT%H:%M:%S}"}

    def _embedded(self, post: Item) -> Item:
        user = self.users[post["author"]]
        embedded: Item = {
            "author": [
                user | {"link": f"{self.home}/author/{user['slug']}/", "avatar_urls": _avatars("b")}
            ]
        }
        if post.get("image"):
            embedded["wp:featuredmedia"] = [
                {"id": 5, "source_url": f"{self.home}/wp-content/uploads/winter.jpg"}
            ]
        return embedded


def _status(comment: Item) -> str:
    return str(comment.get("status", "approved"))


def _fields(request: Request) -> dict[str, str]:
    if "json" in request.headers.get("content-type", ""):
        fields: dict[str, str] = json.loads(request.body or b"{}")
        return fields
    return {**request.query, **dict(parse_qsl(request.body.decode("utf-8", "replace")))}


def _avatars(name: str) -> dict[str, str]:
    return {
        size: f"https://secure.gravatar.com/avatar/{name * 32}?s={size}"
        for size in ("24", "48", "96")
    }


def _json(body: Any, headers: dict[str, str] | None = None) -> Answer:
    return Answer(
        body=json.dumps(body).encode(),
        type="application/json; charset=UTF-8",
        headers=headers or {},
    )


def _error(status: int, code: str, message: str) -> Answer:
    body = {"code": code, "message": message, "data": {"status": status}}
    return Answer(
        status=status, body=json.dumps(body).encode(), type="application/json; charset=UTF-8"
    )
