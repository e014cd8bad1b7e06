"""The YouTube Data API on loopback: key or owner's token, quota by the day, lists and moderation."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from demo.authored import TERMS, ago
from demo.consent import Consent, Refused
from demo.faults import Faults
from demo.pictures import picture
from demo.standins import Answer, Request, Secret, StandIn
from demo.youtube_lists import LISTS, MOST_IDS, Asked, YouTubeError, not_found
from demo.youtube_posts import catalogue

API_KEY, TOKEN = "demo-youtube-key", "demo-youtube-token"
PAGE = 4  # so that there are pages, whatever `maxResults` asks for
SEARCHES_A_DAY, UNITS_A_DAY = 100, 10_000
WRITE = 50  # units; a list call costs one
STATUSES = ("heldForReview", "published", "rejected")
QUOTA = "The request cannot be completed because you have exceeded your quota."


class YouTubeStandIn(StandIn):
    """`searches` and `units` are what is left of the day. Who has TOKEN owns the channel `own`."""

    name: ClassVar[str] = "youtube"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.catalogue = catalogue(at, self.url)
        self.own = self.catalogue.keys["own"]
        self.consent = Consent(self.name, offline=False)
        self.searches, self.units = SEARCHES_A_DAY, UNITS_A_DAY
        self._failing: list[YouTubeError] = []

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": f"{self.url}/youtube/v3", "api_key": secret("youtube-key", API_KEY),
                "access_token": secret("youtube-token", TOKEN), "held": True,
                "client_id": secret("youtube-client", self.consent.client_id),
                "client_secret": secret("youtube-secret", self.consent.client_secret),
                "authorize_url": f"{self.url}/o/oauth2/v2/auth", "token_url": f"{self.url}/token",
                "channels": [self.own],
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def fail(self, status: int, reason: str, times: int = 1) -> None:
        """The next `times` calls are answered with this error: `processingFailure`, say, with 400."""
        self._failing += [YouTubeError(status, reason)] * times

    def answer(self, request: Request) -> Answer:
        match request.path.strip("/").split("/"):
            case ["pictures", name]:
                return Answer(body=picture(name.removesuffix(".png")), type="image/png")
            case ["o", "oauth2", "v2", "auth"]:
                return self.consent.authorize(request)
            case ["token"]:
                return self._give_token(request)
            case ["youtube", "v3", *steps]:
                try:
                    return self._asked(request, steps)
                except YouTubeError as error:
                    return _refused(error)
        return self.refusal(404, 0)

    def refusal(self, status: int, seconds: float) -> Answer:
        if status == 502:
            return Answer(
                status=502, body=b"<html><title>Error 502</title></html>", type="text/html"
            )
        if status in (402, 410, 426):  # as a few older answers are
            return _json(status, {"error": "This request is not valid"})
        reason, domain = {
            400: ("badRequest", "global"), 401: ("authError", "global"), 403: ("forbidden", "global"),
            404: ("notFound", "global"), 429: ("rateLimitExceeded", "usageLimits"),
        }.get(status, ("backendError", "global"))  # fmt: skip
        return _refused(YouTubeError(status, reason, domain=domain))

    def change(self) -> None:
        """A later day: what youtube.json's "later" says is edited, deleted, held or added."""
        made = self.catalogue
        for step in made.authored["later"]:
            if "edit" in step:
                comment = made.comments[made.keys[step["edit"]]]
                comment.text, comment.edited = step["text"], self.at - ago("1m")
            elif "delete" in step:
                made.take_away(made.keys[step["delete"]])
            elif "hold" in step:
                made.comments[made.keys[step["hold"]]].status = "heldForReview"
            elif "remove_video" in step:
                video = made.keys[step["remove_video"]]
                del made.videos[video]
                for one in [one for one in made.comments.values() if one.video == video]:
                    made.comments.pop(one.id, None)
            elif "under" in step:
                made.add(step["add"], made.keys[step["under"]])
            else:
                asked = made.comments[made.keys[step["answer"]]]
                made.add(step["add"], asked.video, asked.id)

    def _asked(self, request: Request, steps: list[str]) -> Answer:
        owner = self._owner(request)
        if self._failing:
            raise self._failing.pop(0)
        if request.method == "GET" and len(steps) == 1 and steps[0] in LISTS:
            self._spend(steps[0])
            asked = Asked(query=request.query, owner=owner, own=self.own, size=PAGE,
                          circling=request.fault == "repeat_token")  # fmt: skip
            return _json(200, LISTS[steps[0]](self.catalogue, asked))
        self._spend("write")
        if not owner:
            raise YouTubeError(403, "insufficientPermissions", "The owner's token is needed")
        match request.method, steps:
            case "POST", ["comments", "setModerationStatus"]:
                self._moderate(request)
            case "DELETE", ["comments"]:
                self._delete(request.query.get("id", ""))
            case _:
                raise YouTubeError(404, "notFound")
        return Answer(status=204)

    def _owner(self, request: Request) -> bool:
        """Whether the owner asks; a key is enough for anybody. Raises YouTubeError."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind:
            if kind.lower() != "bearer" or token not in (TOKEN, *self.consent.given):
                raise YouTubeError(401, "authError", "Invalid Credentials")
            return True
        key = request.headers.get("x-goog-api-key") or request.query.get("key")
        if not key:
            raise YouTubeError(403, "forbidden", "The request is missing a valid API key.")
        if key != API_KEY:
            raise YouTubeError(400, "keyInvalid", "API key not valid.", "usageLimits")
        return False

    def _spend(self, what: str) -> None:
        """Faulty requests cost too."""
        cost = WRITE if what == "write" else 1
        left = self.searches if what == "search" else self.units
        if left < cost:
            raise YouTubeError(403, "quotaExceeded", QUOTA, "youtube.quota")
        if what == "search":
            self.searches -= cost
        else:
            self.units -= cost

    def _moderate(self, request: Request) -> None:
        query, made = request.query, self.catalogue
        status, ids = query.get("moderationStatus"), query.get("id", "").split(",")
        if status not in STATUSES or len(ids) > MOST_IDS:
            raise YouTubeError(400, "invalidParameter", "id or moderationStatus can't be used")
        if query.get("banAuthor") == "true" and status != "rejected":
            raise YouTubeError(400, "banWithoutReject", domain="youtube.comment")
        if any(one not in made.comments for one in ids):
            raise not_found("comment")
        if any(made.videos[made.comments[one].video].channel != self.own for one in ids):
            raise YouTubeError(403, "forbidden", "Only on one's own channel", "youtube.comment")
        for one in ids:
            if status == "rejected":  # which nothing brings back
                made.take_away(one)
            else:
                made.comments[one].status = status

    def _delete(self, number: str) -> None:
        comment = self.catalogue.comments.get(number)
        if comment is None:
            raise not_found("comment")
        if comment.author != self.own:
            raise YouTubeError(403, "forbidden", "Only one's own comment", "youtube.comment")
        self.catalogue.take_away(number)

    def _give_token(self, request: Request) -> Answer:
        try:
            granted = self.consent.granted(request)
        except Refused as error:
            status = 401 if error.error == "invalid_client" else 400
            return _json(status, {"error": error.error, "error_description": error.description})
        body = {"access_token": granted.access_token, "expires_in": 3599, "token_type": "Bearer",
                "scope": granted.scope}  # fmt: skip
        if granted.refresh_token:
            body["refresh_token"] = granted.refresh_token
        return _json(200, body)


def _refused(error: YouTubeError) -> Answer:
    words = str(error)
    listed = {"domain": error.domain, "reason": error.reason, "message": words}
    return _json(
        error.status, {"error": {"code": error.status, "message": words, "errors": [listed]}}
    )


def _json(status: int, body: Any) -> Answer:
    return Answer(
        status=status, body=json.dumps(body).encode(), type="application/json; charset=UTF-8"
    )
