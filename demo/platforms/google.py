"""Google's Business Profile on loopback: the reviews of places by version 4 of its interface, and answers to them.

After developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews: the newest change first, a page
token, `reviews` left out where there are none, errors as Google writes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from demo.posts_loader import APPROVAL, POSTS, TERMS, ago, load
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

TOKEN = "demo-google-token"
ROOT = "/v4"
MOST = 6  # of a page, so that there are pages
_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
           429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}  # fmt: skip
_STARS = ("", "ONE", "TWO", "THREE", "FOUR", "FIVE")


class GoogleStandIn(StandIn):
    """`quota` is false for a project that Google has not let in: every call is refused by a quota of 0."""

    name: ClassVar[str] = "google"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self._authored = load("google", self.folder)
        self.places: dict[str, dict[str, str]] = self._authored["services"]
        self.reviews: list[dict[str, Any]] = self._authored["reviews"]
        self.quota = True
        self.consent = Consent(self.name)

    def table(self, secret: Secret) -> dict[str, Any]:
        places = [
            {"name": name, "label": about["label"], "whose": about["whose"], "kind": about["kind"]}
            for name, about in self.places.items()
        ]
        return {"base_url": self.url + ROOT, "approval": APPROVAL, "access_token": secret("google-token", TOKEN),
                "client_id": secret("google-client", self.consent.client_id),
                "client_secret": secret("google-secret", self.consent.client_secret),
                "authorize_url": f"{self.url}/o/oauth2/v2/auth", "token_url": f"{self.url}/token",
                "reply": True, "location": places,
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path == "/o/oauth2/v2/auth":
            return self.consent.authorize(request)
        if request.path == "/token":
            return self._granted(request)
        sent = request.headers.get("authorization", "").partition(" ")[2]
        if sent != TOKEN and sent not in self.consent.given:
            return self.refusal(401, 0)
        if not self.quota:
            detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED",
                      "metadata": {"quota_limit_value": "0"}}  # fmt: skip
            return _error(429, [detail])
        return self._routed(request, request.path.removeprefix(f"{ROOT}/"))

    def refusal(self, status: int, seconds: float) -> Answer:
        headers = {"retry-after": str(int(seconds))} if status in (429, 503) else {}
        return _error(status, [], headers)

    def change(self) -> None:
        """A later day: a review changed, one withdrawn, one answered, one new."""
        for step in self._authored["later"]:
            if "add" in step:
                self.reviews.append(step["add"])
                continue
            number = step.get("edit") or step.get("remove") or step["answer"]
            (review,) = [review for review in self.reviews if review["id"] == number]
            if "remove" in step:
                self.reviews.remove(review)
            elif "edit" in step:
                review |= {"text": step["text"], "edited": "5m"}
            else:
                review["answer"] = step["with"]

    def _routed(self, request: Request, path: str) -> Answer:
        place, _, rest = path.partition("/reviews")
        if place not in self.places:
            return self.refusal(403, 0)
        number, _, verb = rest.strip("/").partition("/")
        if not number:
            return _json(200, self._page(request, place))
        known = [
            review
            for review in self.reviews
            if review["at"] == place and identity(review) == number
        ]
        if not known:
            return self.refusal(404, 0)
        if verb == "reply" and request.method == "PUT":
            comment = json.loads(request.body)["comment"]
            known[0]["answer"] = {"ago": "0m", "text": comment}
            return _json(
                200,
                {"comment": comment, "updateTime": _stamp(self.at), "reviewReplyState": "PENDING"},
            )
        return _json(200, self._view(known[0]))

    def _page(self, request: Request, place: str) -> dict[str, Any]:
        size = min(int(request.query.get("pageSize", "50")), MOST)
        token = request.query.get("pageToken", "")
        start = int(token.partition("-")[2] or 0)
        reviews = [review for review in self.reviews if review["at"] == place]
        dated = [(self._updated(review), self._view(review)) for review in reviews]
        dated += [
            (self.at - ago(odd["ago"]), odd["raw"])
            for odd in self._authored["malformed"]
            if odd["at"] == place
        ]
        dated.sort(key=lambda pair: pair[0], reverse=True)
        views = [view for _, view in dated]
        page = {"reviews": views[start : start + size]} if views[start : start + size] else {}
        body: dict[str, Any] = {**page, "averageRating": 3.4, "totalReviewCount": len(reviews)}
        if request.fault == "repeat_token":
            body["nextPageToken"] = token or "page-0"
        elif start + size < len(views):
            body["nextPageToken"] = f"page-{start + size}"
        return body

    def _updated(self, review: Mapping[str, Any]) -> datetime:
        return self.at - ago(review.get("edited") or review["ago"])

    def _view(self, review: Mapping[str, Any]) -> dict[str, Any]:
        number, answer = identity(review), review.get("answer")
        who = {
            "displayName": review["by"],
            "profilePhotoUrl": f"{self.url}/photo",
            "isAnonymous": False,
        }
        view: dict[str, Any] = {
            "name": f"{review['at']}/reviews/{number}", "reviewId": number,
            "reviewer": who if review["by"] else {"displayName": "A Google user", "isAnonymous": True},
            "starRating": _STARS[review["stars"]], "createTime": _stamp(self.at - ago(review["ago"])),
            "updateTime": _stamp(self._updated(review)),
            "reviewReplyUrl": f"https://business.google.com/reviews/reply/{number}",
        }  # fmt: skip
        if review["text"]:
            view["comment"] = review["text"]
        if answer:
            view["reviewReply"] = {"comment": answer["text"], "updateTime": _stamp(self.at - ago(answer["ago"])),
                                   "reviewReplyState": answer.get("state", "APPROVED")}  # fmt: skip
        return view

    def _granted(self, request: Request) -> Answer:
        try:
            granted = self.consent.granted(request)
        except Refused as error:
            return _json(400, {"error": error.error, "error_description": str(error)})
        body = {"access_token": granted.access_token, "expires_in": 3599, "token_type": "Bearer",
                "scope": granted.scope}  # fmt: skip
        more = {"refresh_token": granted.refresh_token} if granted.refresh_token else {}
        return _json(200, body | more)


def identity(review: Mapping[str, Any]) -> str:
    """A review's id, which Google encodes so that nobody can count them."""
    return "AbFvOq" + hashlib.sha256(str(review["id"]).encode()).hexdigest()[:22]


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _error(status: int, details: list[Any], headers: Mapping[str, str] | None = None) -> Answer:
    body = {
        "code": status,
        "message": "Request had an error.",
        "status": _STATUS.get(status, "UNKNOWN"),
    }
    return _json(status, {"error": {**body, "details": details}}, headers)


def _json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), headers=headers or {})
