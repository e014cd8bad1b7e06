"""X on loopback: search, an account's mentions, quotes, lookups, hiding replies, and what it all costs."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from core import clock
from demo.pictures import picture
from demo.platforms.x_api import (
    PROBLEMS,
    BadParameter,
    lookup,
    mentions,
    people,
    quotes,
    search,
    worded,
)
from demo.platforms.x_data import add, edit, metrics, timeline
from demo.posts_loader import APPROVAL, TERMS, load
from demo.servers.http import REASONS, Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

BEARER, US = "demo-x-bearer", "HealthierNWL"
SEARCH = "/2/tweets/search/recent"
AUTHORIZE, TOKEN = "/i/oauth2/authorize", "/2/oauth2/token"
PERIOD = 900  # seconds in which so many may be asked, by the last step of their path:
LIMITS = {"recent": 450, "mentions": 450, "quote_tweets": 75, "hidden": 50, "tweets": 3500,
          "users": 900, "by": 900}  # fmt: skip
_TITLES = {"credits": "CreditsDepleted", "usage-capped": "UsageCapExceeded", "resource-not-found": "Not Found Error",
           "client-forbidden": "Client Forbidden", "unsupported-authentication": "Unsupported Authentication"}  # fmt: skip
_DETAILS = {
    "credits": "Your enrolled account [123] does not have any credits to fulfill this request.",
    "usage-capped": "Usage cap exceeded: Monthly product cap",
    "unsupported-authentication": "Authenticating in this way is forbidden for this endpoint.",
}


class XStandIn(StandIn):
    """Asked with `tweet.fields` it speaks of tweets, with `post.fields` of posts.

    `bill` is what reads cost; set its cap or credit to see them end. `hidden` are ids of replies.
    """

    name: ClassVar[str] = "x"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.timeline = timeline(at, self.url)
        self.consent = Consent("x")
        self.access_token = self.consent.token()  # as if our own account had agreed before
        self.bill = Bill()
        self.hidden: set[str] = set()
        self._begun = time.monotonic()
        self._asked: Counter[str] = Counter()
        self._limited = 0
        self._tokens_ended = 0  # of those that the consent gave, the first so many

    @property
    def user_id(self) -> str:
        """Our own account's."""
        return str(self.timeline.users[US]["id"])

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url, "bearer_token": secret("x-token", BEARER), "approval": APPROVAL,
                "terms": list(TERMS), "user_id": self.user_id,
                "access_token": secret("x-access-token", self.access_token),
                "client_id": secret("x-client", self.consent.client_id),
                "client_secret": secret("x-client-secret", self.consent.client_secret),
                "authorize_url": self.url + AUTHORIZE, "token_url": self.url + TOKEN}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path.startswith(("/media/", "/profile_images/")):
            seed = request.path.rpartition("/")[2].removesuffix(".png")
            return Answer(body=picture(seed), type="image/png")
        if request.path == AUTHORIZE:
            return self.consent.authorize(request)
        if request.path == TOKEN:
            return self._grant(request)
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        ours = sent in self.consent.given[self._tokens_ended :]
        if sent != BEARER and not ours:
            return self.refusal(401, 0)
        try:
            return self._route(request, ours)
        except BadParameter as bad:
            return self._json(400, bad.body)

    def refusal(self, status: int, seconds: float) -> Answer:
        if status >= 500:
            page = b"<html><body>Over capacity</body></html>"
            return Answer(status=status, body=page, type="text/html")
        kinds = {402: "credits", 403: "client-forbidden", 404: "resource-not-found"}
        if status in kinds:
            return self._problem(status, kinds[status])
        words = REASONS.get(status, "Error")
        body: dict[str, Any] = {
            "title": words,
            "detail": words,
            "type": "about:blank",
            "status": status,
        }
        if status == 429:
            self._limited += 1
            if self._limited % 2 == 0:  # in the words of the first version, every other time
                body = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
        return self._json(status, body, seconds if status == 429 else PERIOD)

    def expired(self) -> Answer:
        """Ends every user's token that was given so far; the app's own has no end."""
        self._tokens_ended = len(self.consent.given)
        return self.refusal(401, 0)

    def change(self) -> None:
        """A later day: what x.json's "later" says is edited, deleted or grown."""
        for step in load("x")["later"]:
            if "edit" in step:
                edit(self.timeline.tweet(step["edit"]), step["text"], self.at, step["ago"])
            elif "delete" in step:
                tweet = self.timeline.tweet(step["delete"])
                self.timeline.tweets.remove(tweet)
                self.timeline.gone[tweet.data["id"]] = "resource-not-found"
            elif "add" in step:
                add(self.timeline, step["add"], self.at)
            else:
                tweet = self.timeline.tweet(step["metrics_of"])
                tweet.data["public_metrics"] = metrics(*step["metrics"])
        self.timeline.tweets.sort(key=lambda tweet: -tweet.number)

    def _grant(self, request: Request) -> Answer:
        try:
            granted = self.consent.granted(request)
        except Refused as refused:
            body = {"error": refused.error, "error_description": refused.description}
            return self._json(400, body)
        lasting = "offline.access" in granted.scope.split()
        more = {"refresh_token": granted.refresh_token} if lasting else {}
        return self._json(200, {"token_type": "bearer", "expires_in": 7200, "scope": granted.scope,
                                "access_token": granted.access_token} | more)  # fmt: skip

    def _route(self, request: Request, ours: bool) -> Answer:
        steps = request.path.strip("/").split("/")[1:]
        self._asked[steps[-1]] += 1
        if self._asked[steps[-1]] > LIMITS.get(steps[-1], PERIOD):
            return self.refusal(429, PERIOD)
        match request.method, steps:
            case "PUT", ["tweets", number, "hidden"]:
                return (
                    self._hide(number, request)
                    if ours
                    else self._problem(403, "unsupported-authentication")
                )
            case "GET", ["usage", "tweets"]:
                return self._problem(403, "unsupported-authentication") if ours else self._usage()
            case "GET", _:
                return self._read(steps, request, ours)
        return self.refusal(404, 0)

    def _read(self, steps: list[str], request: Request, ours: bool) -> Answer:
        """An answer that costs something, if there is credit and the month's cap allows it."""
        if why := self.bill.problem:
            capped = 429 if steps[-1] == "recent" else 403
            return self._problem(402 if why == "credits" else capped, why)
        body = self._found(steps, request)
        if body is None:
            return self.refusal(404, 0)
        owned = ours and steps == ["users", self.user_id, "mentions"]
        kind = "user" if steps in (["users"], ["users", "by"]) else "post"
        read = [
            record["id"]
            for record in body.get("data", [])
            if isinstance(record, dict) and "id" in record
        ]
        self.bill.charge(kind, read, OWNED if owned else USER if kind == "user" else POST)
        included = body.get("includes", {})
        self.bill.charge("post", [tweet["id"] for tweet in included.get("tweets", [])], POST)
        self.bill.charge("user", [user["id"] for user in included.get("users", [])], USER)
        return self._json(200, worded(body, request.query))

    def _found(self, steps: list[str], request: Request) -> dict[str, Any] | None:
        now = self.at + timedelta(seconds=time.monotonic() - self._begun)  # time goes on
        match steps:
            case ["tweets", "search", "recent"]:
                return search(self.timeline, request, now)
            case ["users", number, "mentions"]:
                return mentions(self.timeline, number, request, now)
            case ["tweets", number, "quote_tweets"]:
                return quotes(self.timeline, number, request)
            case ["tweets"]:
                return lookup(self.timeline, request.query)
            case ["users"]:
                return people(self.timeline, request.query, "ids", "id")
            case ["users", "by"]:
                return people(self.timeline, request.query, "usernames", "username")
        return None

    def _hide(self, number: str, request: Request) -> Answer:
        """Only a reply in a conversation that our account began; what is hidden can be shown again."""
        try:
            wanted = json.loads(request.body)["hidden"]
        except (ValueError, LookupError, TypeError):
            wanted = None
        if not isinstance(wanted, bool):
            return self._json(
                400, BadParameter("hidden", str(wanted), "must be true or false").body
            )
        known = self.timeline.by_id()
        tweet = known.get(number)
        if tweet is None:
            return self.refusal(404, 0)
        began = known.get(tweet["conversation_id"], {}).get("author_id")
        if began != self.user_id or tweet["conversation_id"] == number:
            body = {"title": "Forbidden", "detail": "You are not permitted to hide this reply.",
                    "type": "about:blank", "status": 403}  # fmt: skip
            return self._json(403, body)
        self.hidden = self.hidden | {number} if wanted else self.hidden - {number}
        return self._json(200, {"data": {"hidden": wanted}})

    def _usage(self) -> Answer:
        usage = {"project_id": "1", "project_cap": str(self.bill.cap), "cap_reset_day": 6,
                 "project_usage": str(self.bill.posts)}  # fmt: skip
        return self._json(200, {"data": usage})

    def _problem(self, status: int, kind: str) -> Answer:
        title = _TITLES[kind]
        account = {"account_id": 123} if kind in ("credits", "usage-capped") else {"status": status}
        return self._json(status, {"title": title, "detail": _DETAILS.get(kind, title),
                                   "type": PROBLEMS + kind} | account)  # fmt: skip

    def _json(self, status: int, body: Any, opens_in: float = PERIOD) -> Answer:
        path = self.requests[-1].path.rpartition("/")[2] if self.requests else ""
        limit = LIMITS.get(path, PERIOD)
        left = 0 if status == 429 else max(limit - self._asked[path], 0)
        headers = {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(int(clock.now().timestamp() + opens_in)),
        }
        return Answer(status=status, body=json.dumps(body).encode(), headers=headers)


# ── What reading X costs, as pay-per-use counts it, and what is left of credit and of the month's cap.

POST, USER, OWNED = 0.005, 0.010, 0.001  # USD; OWNED: our own posts and mentions, by our own token
CAP = 3_000_000  # post reads a month


@dataclass(slots=True)
class Bill:
    """`credit` in USD, None where there is plenty. What was read before is not charged again."""

    cap: int = CAP
    credit: float | None = None
    charged: dict[str, float] = field(default_factory=dict)  # "post 1" or "user 1" -> USD

    @property
    def spent(self) -> float:
        """USD so far."""
        return sum(self.charged.values())

    @property
    def posts(self) -> int:
        """Posts read so far."""
        return sum(what.startswith("post ") for what in self.charged)

    @property
    def problem(self) -> str:
        """Why nothing more can be read, as X names it; empty where it can."""
        if self.credit is not None and self.spent >= self.credit:
            return "credits"
        return "usage-capped" if self.posts >= self.cap else ""

    def charge(self, kind: str, ids: Iterable[str], price: float) -> None:
        """Puts posts or users on the bill."""
        for number in ids:
            self.charged.setdefault(f"{kind} {number}", price)
