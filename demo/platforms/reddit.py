"""Reddit on loopback: the token, search, listings, /api/info, profiles and reports, for praw 8."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from demo.pictures import picture
from demo.platforms.reddit_data import (
    account_id,
    added,
    children,
    deleted,
    edited,
    removed,
)
from demo.posts_loader import APPROVAL, POSTS, TERMS, load
from demo.query import Searchable, matcher
from demo.servers.http import REASONS, Answer, Faults, Request, Secret, StandIn

CLIENT_ID, CLIENT_SECRET = "demo-client-id", "demo-client-secret"
TOKEN = "/api/v1/access_token"
SUBREDDITS = ("ealing", "london")
PAGE = 12  # so that there are pages, whatever `limit` asks for
SPANS = {"day": 24, "week": 168, "month": 744}  # hours

Child = dict[str, Any]


class RedditStandIn(StandIn):
    """Serves both reddit_url (the token) and oauth_url. A 401 also ends the token in use.

    `reports` are what was reported, as the form's fields.
    """

    name: ClassVar[str] = "reddit"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.children = children(at, folder)
        self.tokens_given = 0
        authored = load("reddit", self.folder)
        self.reports: list[dict[str, str]] = []
        authors = [child["data"]["author"] for child in self.children]
        self.profiles = Profiles(authored, authors, at, self.url)
        self._malformed = authored["malformed"]
        self._closed: dict[str, str] = authored["closed"]  # subreddit -> why
        self._valid = ""

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"oauth_url": self.url, "reddit_url": self.url, "approval": APPROVAL,
                "client_id": secret("reddit-id", CLIENT_ID),
                "client_secret": secret("reddit-secret", CLIENT_SECRET),
                "user_agent": "demo:mentions:0.1 (by /u/example)", "subreddits": list(SUBREDDITS),
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path == TOKEN:
            return self._give_token(request)
        if request.path.startswith("/styles/"):
            seed = request.path.rpartition("/")[2].removesuffix(".png")
            return Answer(body=picture(seed), type="image/png")
        sent = request.headers.get("authorization", "").partition(" ")[2]
        if not self._valid or sent != self._valid:
            return self.refusal(401, 0)
        try:
            resource = self._route(request)
        except _Closed as closed:
            body = {
                "message": REASONS[closed.status],
                "error": closed.status,
                "reason": closed.reason,
            }
            return self._json(closed.status, body)
        if resource is None:
            return self.refusal(404, 0)
        return self._json(200, resource)

    def refusal(self, status: int, seconds: float) -> Answer:
        headers: dict[str, str] = {}
        if status == 401:
            self._valid = ""
            headers["www-authenticate"] = 'Bearer realm="reddit", error="invalid_token"'
        if status in (429, 503):
            headers["retry-after"] = str(int(seconds))
        return self._json(
            status, {"message": REASONS.get(status, "Error"), "error": status}, headers
        )

    def change(self) -> None:
        """A later day: what reddit.json's "later" says is edited, deleted or removed."""
        named = {child["data"]["name"]: child for child in self.children}
        for step in load("reddit", self.folder)["later"]:
            if "edit" in step:
                edited(named[step["edit"]], step["text"], self.at)
            elif "delete" in step:
                deleted(named[step["delete"]])
            elif "add" in step:
                self.children.insert(0, added(step["add"], named, self.at))
            else:
                removed(named[step["remove"]])

    def _give_token(self, request: Request) -> Answer:
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return self.refusal(401, 0)
        self.tokens_given += 1
        self._valid = f"demo-reddit-token-{self.tokens_given}"
        body = {
            "access_token": self._valid,
            "token_type": "bearer",
            "expires_in": 86400,
            "scope": "*",
        }
        return self._json(200, body)

    def _route(self, request: Request) -> Any:
        match request.path.strip("/").split("/"):
            case ["r", place, *_] if place in self._closed:
                raise _Closed(self._closed[place])
            case ["r", place, ("new" | "comments") as which]:
                kind = "t3" if which == "new" else "t1"
                children = [c for c in self.children if c["kind"] == kind and _within(c, place)]
                children = self._with_malformed(
                    children, [f"/r/{subreddit}/{which}" for subreddit in place.split("+")]
                )
                return _listing(children, request) if children else None
            case ["r", place, "search"]:
                return _listing(self._search(place, request.query), request)
            case ["api", "info"]:
                return self._by_name(request)
            case ["users", "search"]:
                return _listing(self.profiles.accounts(request.query.get("q", "")), request)
            case ["subreddits", "search"]:
                return _listing(self.profiles.communities(request.query.get("q", "")), request)
            case ["api", "report"] if request.method == "POST":
                return self._report(request.form())
        return None

    def _by_name(self, request: Request) -> Any:
        """As many as are there of the names, whatever `limit` says."""
        wanted = dict.fromkeys(request.query["id"].split(","))
        named = {child["data"]["name"]: child for child in self.children}
        there = [named[name] for name in wanted if name in named]
        data = {"after": None, "before": None, "dist": len(there), "children": there}
        return {"kind": "Listing", "data": data}

    def _search(self, place: str, query: Any) -> list[Child]:
        matches = matcher(query.get("q", ""))
        hours = SPANS.get(query.get("t", "all"))
        oldest = (self.at - timedelta(hours=hours)).timestamp() if hours else 0.0
        return [
            child for child in self.children
            if child["kind"] == "t3"
            and child["data"]["created_utc"] >= oldest
            and _within(child, place)
            and matches(_searchable(child["data"]))
        ]  # fmt: skip

    def _with_malformed(self, children: list[Child], paths: list[str]) -> list[Child]:
        for odd in self._malformed:
            if odd["where"] in paths:
                names = [child["data"].get("name") for child in children]
                children = list(children)
                children.insert(names.index(odd["after"]) + 1, odd["child"])
        return children

    def _report(self, form: dict[str, str]) -> Any:
        self.reports.append(form)
        return {"json": {"errors": []}}

    def _json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
        used = len(self.requests)
        limits = {
            "x-ratelimit-used": str(used),
            "x-ratelimit-remaining": f"{max(996 - used, 1)}.0",
            "x-ratelimit-reset": "120",  # late in the window, so that praw has no cause to wait
        }
        return Answer(
            status=status, body=json.dumps(body).encode(), headers=limits | (headers or {})
        )


class _Closed(Exception):
    """A subreddit that is private, which is said with 403, or banned, which is said with 404."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, 403 if reason == "private" else 404


def _within(child: Child, place: str) -> bool:
    return place == "all" or child["data"]["subreddit"] in place.split("+")


def _searchable(data: dict[str, Any]) -> Searchable:
    return Searchable(
        text=f"{data['title']} {data['selftext']}",
        author=data["author"],
        traits=frozenset({"self"} if data["is_self"] else {"links"}),
    )


def _listing(children: list[Child], request: Request) -> Any:
    size = min(int(request.query.get("limit", "25")), PAGE)
    after = request.query.get("after")
    names = [child["data"].get("name") for child in children]
    start = names.index(after) + 1 if after in names else 0
    page = children[start : start + size]
    last = page[-1]["data"]["name"] if page and start + size < len(children) else None
    if request.fault == "repeat_token" and page:
        last = after or last
    data = {"after": last, "before": None, "dist": len(page), "children": page}
    return {"kind": "Listing", "data": data}


# ── Accounts and communities of the demo's Reddit, as `about` and the two searches give them. ─────

Authored = Mapping[str, Any]


class Profiles:
    """Everybody who wrote, and those that reddit.json names; pictures lie at `url`."""

    def __init__(self, authored: Authored, authors: Iterable[str], at: datetime, url: str) -> None:
        self._named: Authored = authored["profiles"]
        self._bios: Mapping[str, str] = authored["bios"]
        self._communities: Authored = authored["communities"]
        self._authors = sorted({*authors, *self._named} - {"[deleted]"})
        self._since, self._url = at - timedelta(days=700), url

    def account(self, known: str) -> dict[str, Any]:
        """One account; of a suspended one hardly more than its name is told."""
        about = self._named.get(known, {})
        if about.get("suspended"):
            return {"kind": "t2", "data": {"name": known, "is_suspended": True, "total_karma": 0}}
        icon = f"{self._url}/styles/{about.get('avatar', known)}.png"
        profile = {
            "display_name": f"u_{known}",
            "display_name_prefixed": f"u/{known}",
            "title": about.get("title", ""),
            "public_description": about.get("bio", self._bios.get(known, "")),
            "subscribers": about.get("followers", 0),
            "icon_img": icon,
            "url": f"/user/{known}/",
        }
        return {"kind": "t2", "data": {
            "id": account_id(known)[3:], "name": known, "created_utc": self._since.timestamp(),
            "link_karma": 10, "comment_karma": 90, "icon_img": icon, "is_employee": False,
            "subreddit": profile,
        }}  # fmt: skip

    def accounts(self, words: str) -> list[dict[str, Any]]:
        """Those whose name or title has every word; suspended ones can't be found."""
        accounts = [self.account(name) for name in self._authors]
        return [
            account for account in accounts
            if "subreddit" in account["data"]
            and _fits(words, account["data"]["name"], account["data"]["subreddit"]["title"])
        ]  # fmt: skip

    def communities(self, words: str) -> list[dict[str, Any]]:
        """Those whose name, title or description has every word."""
        return [
            self._community(name, about) for name, about in self._communities.items()
            if _fits(words, name, about["title"], about["about"])
        ]  # fmt: skip

    def _community(self, name: str, about: Authored) -> dict[str, Any]:
        return {"kind": "t5", "data": {
            "id": account_id(f"r/{name}")[3:], "name": f"t5_{account_id(f'r/{name}')[3:]}",
            "display_name": name, "display_name_prefixed": f"r/{name}", "title": about["title"],
            "public_description": about["about"], "subscribers": about["members"],
            "icon_img": f"{self._url}/styles/{about.get('avatar', name)}.png", "url": f"/r/{name}/",
            "created_utc": self._since.timestamp(), "subreddit_type": "public", "over18": False,
        }}  # fmt: skip


def _fits(words: str, *texts: str) -> bool:
    text = " ".join(texts).casefold().replace("_", " ")
    joined = text.replace(" ", "")
    return bool(words.split()) and all(
        word in text or word in joined for word in words.casefold().split()
    )
