"""Two Mastodon servers on loopback, under the names 127.0.0.1 and localhost, the second a plainer one.

The second is of another make: no search, no Link headers, and web pages for errors.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode

from core import clock
from demo.pictures import picture
from demo.platforms.mastodon_data import (
    Server,
    account,
    account_id,
    change,
    fediverse,
    history,
    notifications,
    stamp,
    view,
)
from demo.posts_loader import POSTS, TERMS
from demo.query import matcher
from demo.servers.http import REASONS, Answer, Faults, Request, Secret, StandIn

TOKENS = ("demo-mastodon-token-1", "demo-mastodon-token-2")
HASHTAGS = (("NWLondon", "NHSNWL"), ("NWLondon",))
PAGE = 10  # fewer than `limit` may ask for, so that there are pages
WINDOW = 300  # seconds
LONGEST = 500  # characters of a status
_WORDS = {
    401: "The access token is invalid", 403: "This action is not allowed", 404: "Record not found",
    410: "Gone", 422: "Validation failed", 429: "Too many requests", 503: "Service Unavailable",
}  # fmt: skip


class MastodonStandIn(StandIn):
    """`reports` are those that were made, on either server; `published` what our accounts published, by its
    Idempotency-Key. `may_write`: whether tokens have write:statuses."""

    name: ClassVar[str] = "mastodon"
    ours: ClassVar[tuple[str, ...]] = ("healthiernwl@social.example.org",)

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.world = fediverse(at, self.url, folder)
        self.published: dict[str, Any] = {}
        self.may_write = True
        self.reports: list[dict[str, Any]] = []

    @property
    def addresses(self) -> tuple[str, str]:
        """Of the two servers, which are two names of one: a client sees two hosts."""
        return self.url, self.url.replace("127.0.0.1", "localhost")

    def table(self, secret: Secret) -> dict[str, Any]:
        servers = [
            {"url": url, "token": secret(f"mastodon-token-{number + 1}", TOKENS[number]),
             "hashtags": list(HASHTAGS[number]), "search": number == 0, "notifications": True}
            for number, url in enumerate(self.addresses)
        ]  # fmt: skip
        terms = [term for term in TERMS if not term.startswith("@")]
        # the homes of other authors are invented: there is nobody to be asked there
        return {"server": servers, "terms": terms, "origins": False, "reply": True}

    def respond(self, request: Request) -> Answer | None:
        """As every stand-in, but that the second server's answers are plainer."""
        answer = super().respond(request)
        if answer is None or self._server_of(request).number == 0:
            return answer
        if answer.status >= 400:
            page = f"<html><body><h1>{answer.status}</h1></body></html>".encode()
            return dataclasses.replace(answer, body=page, type="text/html; charset=utf-8")
        headers = {name: value for name, value in answer.headers.items() if name != "Link"}
        return dataclasses.replace(answer, headers=headers)

    def answer(self, request: Request) -> Answer:
        kind, _, seed = request.path.strip("/").partition("/")
        if kind in ("avatars", "media"):
            return Answer(body=picture(seed.removesuffix(".png")), type="image/png")
        server = self._server_of(request)
        if request.headers.get("authorization") != f"Bearer {TOKENS[server.number]}":
            return self.refusal(401, 0)
        try:
            return self._route(request, server)
        except _Refused as refused:
            return self._json({"error": str(refused)}, status=refused.status)

    def refusal(self, status: int, seconds: float) -> Answer:
        words = _WORDS.get(status, REASONS.get(status, "Something went wrong"))
        opens_in = seconds if status in (429, 503) else WINDOW
        return self._json({"error": words}, status=status, opens_in=opens_in)

    def change(self) -> None:
        """A later day: mastodon.json's "later"."""
        change(self.world)

    def _server_of(self, request: Request) -> Server:
        name = request.headers.get("host", "").partition(":")[0]
        return self.world.servers[name == "localhost"]

    def _route(self, request: Request, server: Server) -> Answer:
        parts = request.path.strip("/").split("/")
        if request.method == "POST":
            if parts == ["api", "v1", "reports"]:
                return self._json(self._report(request, server))
            if parts == ["api", "v1", "statuses"]:
                return self._json(self._publish(request, server))
            raise _Refused(404)
        match parts:
            case ["api", "v2", "search"] if server.number == 0:
                return self._json(self._search(request, server))
            case ["api", "v1", "timelines", "tag", tag]:
                return self._timeline(request, server, tag.casefold())
            case ["api", "v1", "notifications"]:
                return self._notifications(request, server)
            case ["api", "v1", "accounts", "verify_credentials"]:
                mine = account(self.world, server, server.us)
                return self._json(mine | {"source": {"privacy": "public", "language": "en"}})
            case ["api", "v1", "accounts", number, "statuses"]:
                return self._written(request, server, number)
            case ["api", "v1", "statuses"]:
                return self._json(self._lookup(request, server))
            case ["api", "v1", "statuses", number, *more] if more in ([], ["history"]):
                status = self.world.visible(server, number)
                if status is not None:
                    shape = history if more else view
                    return self._json(shape(self.world, server, status))
        raise _Refused(404)

    def _timeline(self, request: Request, server: Server, tag: str) -> Answer:
        def tags(name: str) -> set[str]:
            return {value.casefold() for value in request.query_values.get(f"{name}[]", ())}

        statuses = self.world.tagged(
            server, any_=tags("any") | {tag}, all_=tags("all"), none=tags("none")
        )
        shown = [(status.order, view(self.world, server, status)) for status in statuses]
        return self._listed(shown, request, server, default=20, most=40)

    def _written(self, request: Request, server: Server, number: str) -> Answer:
        """What an account wrote, as far as ours may see it; pinned statuses there are none."""
        keys = {account_id(key): key for key in self.world.accounts}
        if number not in keys:
            raise _Refused(404)
        statuses = self.world.written(
            server, keys[number], request.query.get("exclude_reblogs") == "true"
        )
        shown = [(status.order, view(self.world, server, status)) for status in statuses]
        return self._listed(shown, request, server, default=20, most=40)

    def _notifications(self, request: Request, server: Server) -> Answer:
        kinds = request.query_values.get("types[]", ())
        notices = [
            (order, notice) for order, notice in notifications(self.world, server)
            if not kinds or notice["type"] in kinds
        ]  # fmt: skip
        return self._listed(notices, request, server, default=40, most=80)

    def _listed(
        self, entries: Sequence[tuple[int, Any]], request: Request, server: Server, *, default: int, most: int
    ) -> Answer:  # fmt: skip
        """A page by order, newest first, with links to what is older (if it is full) and newer.

        `min_id` takes those just above it, `since_id` the newest above it.
        """
        size = min(_number(request, "limit", default, most), PAGE)
        edges = {
            name: server.order_of(request.query[name])
            for name in ("max_id", "min_id", "since_id") if request.query.get(name)
        }  # fmt: skip
        below, above = edges.get("max_id"), edges.get("min_id", edges.get("since_id"))
        left = [
            (order, shown) for order, shown in entries
            if (below is None or order < below) and (above is None or order > above)
        ]  # fmt: skip
        page = left[-size:] if "min_id" in edges else left[:size]
        links = _links(page, request, server, full=len(page) == size)
        return self._json([shown for _, shown in page], link=", ".join(links))

    def _publish(self, request: Request, server: Server) -> Any:
        """A reply. The same key gives the same status again, as Mastodon does for an hour."""
        if not self.may_write:
            raise _Refused(403, "This action is outside the authorized scopes")
        key, body = request.headers["idempotency-key"], json.loads(request.body)
        if key not in self.published:
            parent = self.world.visible(server, body["in_reply_to_id"])
            if parent is None:
                raise _Refused(404)
            if len(body["status"]) > LONGEST:
                raise _Refused(422, "Validation failed: Text character limit of 500 exceeded")
            status = self.world.answer(server, body["status"], parent.order, body["visibility"])
            self.published[key] = view(self.world, server, status)
        return self.published[key]

    def _search(self, request: Request, server: Server) -> dict[str, list[Any]]:
        words, kind = request.query["q"], request.query.get("type", "")
        size, start = _number(request, "limit", 20, 40), _number(request, "offset", 0, 10_000)
        hits: dict[str, list[Any]] = {"accounts": [], "statuses": [], "hashtags": []}
        if kind in ("", "statuses"):
            hits["statuses"] = self._statuses(words, server)[start : start + size]
        if kind in ("", "accounts"):
            terms = words.casefold().split()
            hits["accounts"] = [
                account(self.world, server, key) for key, about in self.world.accounts.items()
                if all(word in f"{key} {about['name']}".casefold() for word in terms)
            ][start : start + size]  # fmt: skip
        return hits

    def _statuses(self, words: str, server: Server) -> list[Any]:
        if words.startswith(
            "https://"
        ):  # a post's address, which a search fetches from wherever it is
            views = [
                view(self.world, server, status) for status in self.world.statuses if status.by
            ]
            return [status for status in views if status["url"] == words]
        matches = matcher(words.replace(" OR ", " or "))  # a word like any other here
        return [
            view(self.world, server, status) for status in self.world.statuses
            if self.world.can_be_found(server, status) and matches(status.seen_by_search)
        ]  # fmt: skip

    def _lookup(self, request: Request, server: Server) -> list[Any]:
        wanted = list(dict.fromkeys(request.query_values.get("id[]", ())))
        statuses = [self.world.visible(server, number) for number in wanted]
        return [view(self.world, server, status) for status in statuses if status]

    def _report(self, request: Request, server: Server) -> dict[str, Any]:
        sent = parse_qs(request.body.decode())
        known = {account_id(key): key for key in self.world.accounts}
        (target,) = sent["account_id"]
        report = {"id": str(len(self.reports) + 1), "action_taken": False, "category": "other",
                  "comment": "".join(sent.get("comment", [""])), "created_at": stamp(self.at),
                  "status_ids": sent.get("status_ids[]", []),
                  "target_account": account(self.world, server, known[target])}  # fmt: skip
        self.reports.append(report)
        return report

    def _json(
        self, body: Any, *, status: int = 200, opens_in: float = WINDOW, link: str = ""
    ) -> Answer:
        reset = clock.text(clock.now() + timedelta(seconds=opens_in))
        headers = {"X-RateLimit-Reset": reset} | ({"Link": link} if link else {})
        return Answer(status=status, body=json.dumps(body).encode(), headers=headers)


class _Refused(Exception):
    def __init__(self, status: int, words: str = "") -> None:
        super().__init__(words or _WORDS[status])
        self.status = status


def _links(
    page: Sequence[tuple[int, Any]], request: Request, server: Server, *, full: bool
) -> list[str]:
    if not page:
        return []
    newest, oldest = page[0][0], page[-1][0]
    if request.fault == "repeat_token":  # each leads to the page that it stands on
        newest, oldest, full = oldest - 1, newest + 1, True
    host = f"http://{request.headers['host']}{request.path}"
    query = {
        n: v for n, v in request.query_values.items() if n not in ("max_id", "min_id", "since_id")
    }
    ends = {"next": {"max_id": server.id_of(oldest)}} if full else {}
    ends["prev"] = {"min_id": server.id_of(newest)}
    return [
        f'<{host}?{urlencode({**query, **end}, doseq=True)}>; rel="{rel}"'
        for rel, end in ends.items()
    ]


def _number(request: Request, name: str, default: int, most: int) -> int:
    written = request.query.get(name, "")
    return min(int(written), most) if written.isdigit() else default
