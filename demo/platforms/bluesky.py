"""Bluesky on loopback: sessions that end soon, search, authors' feeds, notifications, posts, profiles, reports."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from core import clock
from demo.pictures import picture
from demo.platforms.bluesky_data import (
    POST,
    author_feed,
    change,
    network,
    notifications,
    publish,
    stamp,
)
from demo.posts_loader import POSTS, TERMS
from demo.query import matcher
from demo.servers.http import Answer, Faults, Request, Secret, StandIn

T = TypeVar("T")

APP_PASSWORD = "demo-demo-demo-demo"
CREATE, REFRESH = "com.atproto.server.createSession", "com.atproto.server.refreshSession"
RECORD = "com.atproto.repo.createRecord"
REPORT = "com.atproto.moderation.createReport"
PAGE = 15  # fewer than `limit` may ask for, as where a page had posts that can't be shown
WINDOW = 300  # seconds
_ERRORS = {
    400: "InvalidRequest", 401: "AuthenticationRequired", 403: "Forbidden", 429: "RateLimitExceeded",
    500: "InternalServerError", 502: "UpstreamFailure", 503: "NotEnoughResources",
}  # fmt: skip


class BlueskyStandIn(StandIn):
    """The account's own server, which passes reads on. `reports` are those that were made, `records` those that
    were published; nobody may answer the posts of `closed`, by their addresses."""

    name: ClassVar[str] = "bluesky"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.network = network(at, self.url, folder)
        self.sessions = Sessions(self.network.us, APP_PASSWORD)
        self.records: list[dict[str, Any]] = []
        self.closed: set[str] = set()
        self.reports: list[dict[str, Any]] = []
        self._reads: dict[str, Callable[[Request], Any]] = {
            "app.bsky.feed.searchPosts": self._search,
            "app.bsky.feed.getPosts": self._posts,
            "app.bsky.feed.getAuthorFeed": self._feed,
            "app.bsky.notification.listNotifications": self._notifications,
            "app.bsky.actor.getProfiles": self._profiles,
            "app.bsky.actor.searchActors": self._actors,
        }

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url, "identifier": self.network.people[self.network.us].handle,
                "reply": True, "app_password": secret("bluesky-password", APP_PASSWORD),
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/img/"):
            seed = request.path.rpartition("/")[2].removesuffix("@png")
            return Answer(body=picture(seed), type="image/png")
        try:
            return self._json(200, self._route(request))
        except Refused as refused:
            return self._json(refused.status, {"error": refused.error, "message": str(refused)})

    def refusal(self, status: int, seconds: float) -> Answer:
        body = {"error": _ERRORS.get(status, "UnknownError"), "message": f"Refused with {status}"}
        return self._json(status, body, seconds if status == 429 else WINDOW)

    def expired(self) -> Answer:
        """Ends the access token in use, which is said with 400."""
        self.sessions.end()
        return self._json(400, {"error": "ExpiredToken", "message": "Token has expired"})

    def change(self) -> None:
        """A later day: bluesky.json's "later"."""
        change(self.network)

    def _route(self, request: Request) -> Any:
        method = request.path.removeprefix("/xrpc/")
        header = request.headers.get("authorization")
        if method == CREATE:
            body = json.loads(request.body)
            person = self.network.person(str(body.get("identifier")))
            return self._us() | self.sessions.create(
                person.did if person else "", body.get("password")
            )
        if method == REFRESH:
            return self._us() | self.sessions.renew(header)
        self.sessions.check(header)
        if method == REPORT:
            return self._report(json.loads(request.body))
        if method == RECORD:
            return self._publish(json.loads(request.body))
        return self._reads[method](request)

    def _publish(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """An answer, whose references must lead to what is there, and whose links to what it says."""
        record = body["record"]
        if (body["repo"], body["collection"], record["$type"]) != (self.network.us, POST, POST):
            raise Refused(400, "InvalidRequest", "Record/collection mismatch or not your repo")
        for end in ("root", "parent"):
            there = self.network.post(record["reply"][end]["uri"])
            if there is None or there.data["cid"] != record["reply"][end]["cid"]:
                raise Refused(400, "InvalidRequest", f"Could not find the {end} of the reply")
        for facet in record.get("facets", []):
            place = facet["index"]
            linked = record["text"].encode()[place["byteStart"] : place["byteEnd"]].decode()
            if linked != facet["features"][0]["uri"]:
                raise Refused(400, "InvalidRequest", "A facet does not stand at its words")
        self.records.append(record)
        return publish(self.network, record) | {"validationStatus": "valid"}

    def _us(self) -> dict[str, Any]:
        return {"did": self.network.us, "handle": self.network.people[self.network.us].handle}

    def _search(self, request: Request) -> dict[str, Any]:
        query = request.query
        matches = matcher(query["q"].replace(" OR ", " or "))  # a word like any other here
        since, until = (
            clock.parse(query[name]) if name in query else None for name in ("since", "until")
        )
        posts = [
            post for post in self.network.posts
            if (since is None or post.sorted_at >= since)
            and (until is None or post.sorted_at < until)
            and matches(post.seen_by_search)
        ]  # fmt: skip
        if query.get("sort", "top") == "top":
            posts.sort(key=lambda post: -post.data["likeCount"] if post.by else 0)
        page = _page([post.view for post in posts], "posts", request)
        return page | {"hitsTotal": len(posts)}

    def _posts(self, request: Request) -> dict[str, Any]:
        wanted = request.query_values["uris"]
        posts = [self.network.post(uri) for uri in dict.fromkeys(wanted)]
        shut = {"viewer": {"replyDisabled": True}}
        return {
            "posts": [
                post.view | (shut if post.data["uri"] in self.closed else {})
                for post in posts
                if post
            ]
        }

    def _feed(self, request: Request) -> dict[str, Any]:
        person = self.network.person(request.query["actor"])
        if person is None:
            raise Refused(400, "InvalidRequest", "Profile not found")
        which = request.query.get("filter", "posts_with_replies")
        return _page(author_feed(self.network, person.did, which), "feed", request, default="50")

    def _notifications(self, request: Request) -> dict[str, Any]:
        reasons = request.query_values.get("reasons", ())
        notices = [n for n in notifications(self.network) if not reasons or n["reason"] in reasons]
        page = _page(notices, "notifications", request)
        return page | {"priority": False, "seenAt": stamp(self.at)}

    def _profiles(self, request: Request) -> dict[str, Any]:
        people = [self.network.person(actor) for actor in request.query_values["actors"]]
        return {"profiles": [person.counted() for person in people if person]}

    def _actors(self, request: Request) -> dict[str, Any]:
        wanted = request.query.get("q", "").casefold().split()
        actors = [
            person.whole() for person in self.network.people.values()
            if wanted and all(word in person.compose_search_text() for word in wanted)
        ]  # fmt: skip
        return _page(actors, "actors", request)

    def _report(self, body: Mapping[str, Any]) -> dict[str, Any]:
        report = {"id": len(self.reports) + 1, "reasonType": body["reasonType"], "subject": body["subject"],
                  "reason": body.get("reason", ""), "reportedBy": self.network.us,
                  "createdAt": stamp(self.at)}  # fmt: skip
        self.reports.append(report)
        return report

    def _json(self, status: int, body: Any, opens_in: float = WINDOW) -> Answer:
        headers = {"RateLimit-Reset": str(int(clock.now().timestamp() + opens_in))}
        return Answer(status=status, body=json.dumps(body).encode(), headers=headers)


def _page(entries: Sequence[T], name: str, request: Request, default: str = "25") -> dict[str, Any]:
    """A page with its cursor, which also stands where nothing follows; an empty page has none."""
    limit, start = int(request.query.get("limit", default)), int(request.query.get("cursor", "0"))
    page = entries[start : start + min(limit, PAGE)]
    following = start if request.fault == "repeat_token" else start + len(page)
    return {name: page} | ({"cursor": str(following)} if page else {})


# ── Sessions as a Bluesky server gives them: a short access token, and a refresh token that works once.

LASTS = timedelta(minutes=2)  # an access token; Bluesky's own last for hours
_EPOCH = datetime.fromtimestamp(0, UTC)


class Refused(Exception):
    """An error in XRPC's words: its status, its name, and a message."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error = status, error


class Sessions:
    """One account's sessions, of which the last is good. `made` counts logins with the password."""

    def __init__(self, did: str, password: str) -> None:
        self.made = 0
        self._did, self._password = did, password
        self._given = 0
        self._access, self._refresh, self._until = "", "", _EPOCH

    def create(self, did: str, password: object) -> dict[str, Any]:
        """createSession. Raises Refused for anybody else."""
        if (did, password) != (self._did, self._password):
            raise Refused(401, "AuthenticationRequired", "Invalid identifier or password")
        self.made += 1
        return self._pair()

    def renew(self, header: str | None) -> dict[str, Any]:
        """refreshSession, with the refresh token in the header. Raises Refused for any other token."""
        token = _bearer(header)
        if token != self._refresh:
            raise Refused(400, "ExpiredToken", "Token has expired")
        return self._pair()

    def check(self, header: str | None) -> None:
        """Raises Refused unless the header holds the access token, and its time is not over."""
        token = _bearer(header)
        if token != self._access or clock.now() >= self._until:
            raise Refused(400, "ExpiredToken", "Token has expired")

    def end(self) -> None:
        """Ends the access token, as time would; the refresh token stays good."""
        self._until = _EPOCH

    def _pair(self) -> dict[str, Any]:
        self._until = clock.now() + LASTS
        self._access = self._token("com.atproto.appPass", LASTS)
        self._refresh = self._token("com.atproto.refresh", timedelta(days=60))
        return {"accessJwt": self._access, "refreshJwt": self._refresh, "active": True}

    def _token(self, scope: str, lasts: timedelta) -> str:
        self._given += 1
        begun = int(clock.now().timestamp())
        claims = {"scope": scope, "sub": self._did, "iat": begun, "jti": str(self._given),
                  "exp": begun + int(lasts.total_seconds())}  # fmt: skip
        parts = ({"typ": "at+jwt", "alg": "HS256"}, claims, {"signed": "not at all"})
        packed = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
        return ".".join(part.decode().rstrip("=") for part in packed)


def _bearer(header: str | None) -> str:
    return (header or "").removeprefix("Bearer ")
