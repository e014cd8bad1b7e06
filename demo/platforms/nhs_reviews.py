"""The NHS website's ratings and reviews on loopback: what is published of a service, and what was removed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from core import clock
from demo.posts_loader import POSTS, TERMS, ago, load
from demo.servers.http import Answer, Faults, Request, Secret, StandIn

KEY = "demo-nhs-reviews-key"
ROOT = "/comments"
MOST = 100
_WORDS = {401: "Access denied due to invalid subscription key.", 403: "Quota exceeded.",
          404: "Resource not found", 429: "Rate limit is exceeded. Try again later."}  # fmt: skip


class NhsReviewsStandIn(StandIn):
    """A service that is asked for under another type than its own has no reviews."""

    name: ClassVar[str] = "nhs_reviews"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        authored = load("nhs_reviews", self.folder)
        self.reviews: list[dict[str, Any]] = authored["reviews"]
        self.removed: list[dict[str, Any]] = authored["removed"]
        self._malformed = authored["malformed"]
        self.services: dict[str, dict[str, str]] = authored["services"]

    def table(self, secret: Secret) -> dict[str, Any]:
        services = [
            {"ods": ods, "type": about["type"], "name": about["name"]}
            for ods, about in self.services.items()
        ]
        return {"base_url": self.url + ROOT, "subscription_key": secret("nhs-reviews-key", KEY),
                "service": services,
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.headers.get("subscription-key") != KEY:
            return self.refusal(401, 0)
        return _json(200, {"comments": self._found(request)})

    def refusal(self, status: int, seconds: float) -> Answer:
        headers = {"retry-after": str(int(seconds))} if status in (429, 503) else {}
        words = _WORDS.get(status, "Internal server error" if status >= 500 else "Bad request")
        return _json(status, {"statusCode": status, "message": words}, headers)

    def change(self) -> None:
        """A later day: a review edited, one taken down, one answered, one new."""
        for step in load("nhs_reviews", self.folder)["later"]:
            if "add" in step:
                self.reviews.append(step["add"])
                continue
            number = step.get("edit") or step.get("remove") or step["answer"]
            (review,) = [review for review in self.reviews if review["id"] == number]
            if "remove" in step:
                self.reviews.remove(review)
                blank = {"title": "", "text": "", "taken_down": "5m"}
                self.removed.append(review | blank)
            elif "edit" in step:
                review |= {"text": step["text"], "edited": "5m"}
            else:
                review["answer"] = step["with"]

    def _found(self, request: Request) -> list[Any]:
        """Newest change first."""
        query = request.query
        ods, kind = query.get("odsCode"), query.get("orgType")
        status = query.get("status", "published")
        since = clock.parse(query["fromDate"]) if "fromDate" in query else None
        until = clock.parse(query["toDate"]) if "toDate" in query else None
        limit, offset = int(query.get("limit", "20")), int(query.get("offset", "0"))
        listed = self.reviews if status == "published" else self.removed
        dated_views = [
            (self._updated(review), self._view(review, status)) for review in listed if self._asked_for(review, ods, kind)
        ]  # fmt: skip
        if status == "published":
            dated_views += [
                (self.at - ago(review["ago"]), review["raw"])
                for review in self._malformed if self._asked_for(review, ods, kind)
            ]  # fmt: skip
        end = until + timedelta(days=1) if until else None  # the day itself is within
        dated_views = [
            (moment, view) for moment, view in dated_views
            if (since is None or moment >= since) and (end is None or moment < end)
        ]  # fmt: skip
        dated_views.sort(key=lambda dated_view: dated_view[0], reverse=True)
        start = 0 if request.fault == "repeat_token" else offset
        return [view for _, view in dated_views[start : start + min(limit, MOST)]]

    def _asked_for(self, review: Mapping[str, Any], ods: str | None, kind: str | None) -> bool:
        own = self.services[review["ods"]]["type"]
        return ods in (None, review["ods"]) and kind in (None, own)

    def _updated(self, review: Mapping[str, Any]) -> datetime:
        return self.at - ago(review.get("taken_down") or review.get("edited") or review["ago"])

    def _view(self, review: Mapping[str, Any], status: str) -> dict[str, Any]:
        written, answer = self.at - ago(review["ago"]), review.get("answer")
        number, slug = review["id"], self.services[review["ods"]]["name"].lower().replace(" ", "-")
        page = f"https://www.nhs.uk/services/{slug}/{review['ods']}/ratings-and-reviews"
        return {
            "comment": {
                "commentId": number,
                "commentRef": f"{number:012d}",
                "responseID": number + 500_000 if answer else None,
                "odsCode": review["ods"],
                "commentOriginalURL": f"{page}#{number}",
                "title": review["title"],
                "commentText": review["text"],
                "dateSubmitted": _stamp(written),
                "lastUpdated": _stamp(self._updated(review)),
                "sentimentScore": review["stars"],
                "department": review.get("department"),
                "publisherID": "demo-publisher",
                "publishersCommentRef": str(number),
                "screenName": review["by"],
                "status": status,
                "removeReportLink": f"{page}/report/{number}",
                "ratings": [{"question": q, "rating": rating} for q, rating in review["ratings"]],
                "visit": {"month": written.month, "year": written.year},
            },
            "response": self._response(review, answer) if answer else None,
        }

    def _response(self, review: Mapping[str, Any], answer: Mapping[str, str]) -> dict[str, Any]:
        number, moment = review["id"] + 500_000, _stamp(self.at - ago(answer["ago"]))
        return {
            "commentId": number, "commentRef": f"{number:012d}", "odsCode": review["ods"],
            "commentText": answer["text"], "dateSubmitted": moment, "lastUpdated": moment,
            "publisherID": "demo-publisher", "publishersCommentRef": str(number), "status": "published",
            "respondingTo": {"commentId": review["id"]},
        }  # fmt: skip


def _stamp(moment: datetime) -> str:
    """Without an offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), headers=headers or {})
