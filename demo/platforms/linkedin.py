"""LinkedIn's /rest on loopback: dated versions, Rest.li's ways, notifications, comments, consent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from demo.platforms.linkedin_data import ORGANIZATION, Post, comment_resource, page, post_resource
from demo.posts_loader import APPROVAL, POSTS
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

TOKEN = "demo-linkedin-token"
CALLS_A_DAY = 500  # the development tier's, for the app
SUPPORTED = 12  # months that a version lasts
SIXTY_DAYS, A_YEAR = 60 * 86400, 365 * 86400
CODES = {401: "INVALID_ACCESS_TOKEN", 403: "ACCESS_DENIED", 404: "NOT_FOUND", 426: "NONEXISTENT_VERSION",
         429: "TOO_MANY_REQUESTS", 400: "ILLEGAL_ARGUMENT"}  # fmt: skip
TOKEN_CODES = {65601: "REVOKED_ACCESS_TOKEN", 65602: "EXPIRED_ACCESS_TOKEN"}


class LinkedInError(Exception):
    """One of the platform's own: status, serviceErrorCode (0: none) and words."""

    def __init__(self, status: int, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class LinkedInStandIn(StandIn):
    """`calls` are those left of the day. `may_delete`: whether others' comments can be deleted; `may_comment`:
    whether the token has w_organization_social."""

    name: ClassVar[str] = "linkedin"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.page = page(at, folder)
        self.consent = Consent(self.name)
        self.calls, self.may_delete, self.may_comment = CALLS_A_DAY, True, True

    @property
    def version(self) -> str:
        """The newest that is sure to be out: last month's."""
        return (self.at.replace(day=1) - timedelta(days=1)).strftime("%Y%m")

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": f"{self.url}/rest", "version": self.version, "approval": APPROVAL,
                "reply": True,
                "organization": ORGANIZATION, "page_size": 10,
                "access_token": secret("linkedin-token", TOKEN),
                "client_id": secret("linkedin-client", self.consent.client_id),
                "client_secret": secret("linkedin-secret", self.consent.client_secret),
                "authorize_url": f"{self.url}/oauth/v2/authorization",
                "token_url": f"{self.url}/oauth/v2/accessToken"}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path == "/oauth/v2/authorization":
            return self.consent.authorize(request)
        if request.path == "/oauth/v2/accessToken":
            return self._give_token(request)
        try:
            self._checked(request)
            return self._asked(request)
        except LinkedInError as error:
            return _refused(error)

    def refusal(self, status: int, seconds: float) -> Answer:
        return _refused(LinkedInError(status, "", 65601 if status == 401 else 0))

    def expired(self) -> Answer:
        return _refused(LinkedInError(401, "", 65602))

    def change(self) -> None:
        """A later day: what linkedin.json's "later" says is edited, deleted or added."""
        page = self.page
        for step in page.authored["later"]:
            if "edit" in step:
                page.edit(page.keys[step["edit"]], step["text"])
            elif "delete" in step:
                page.delete(page.keys[step["delete"]], page.milliseconds("1m"))
            elif "mention" in step:
                page.mention(step["mention"])
            elif "under" in step:
                page.comment(step["add"], page.keys[step["under"]])
            else:
                parent = page.comments[page.keys[step["answer"]]]
                page.comment(step["add"], parent.activity, parent.id)

    def _checked(self, request: Request) -> None:
        """Token, day's allowance and version, in this order."""
        _, _, token = request.headers.get("authorization", "").partition(" ")
        if token not in (TOKEN, *self.consent.given):
            raise LinkedInError(401, "", 65601)
        if self.calls < 1:
            raise LinkedInError(
                429, "Resource level throttle APPLICATION DAY limit for calls is reached."
            )
        self.calls -= 1
        version = request.headers["linkedin-version"]
        age = (self.at.year - int(version[:4])) * 12 + self.at.month - int(version[4:])
        if not 0 <= age < SUPPORTED:
            raise LinkedInError(426, f"Requested version {version} is not active")

    def _asked(self, request: Request) -> Answer:
        query = _raw(request.target)
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["rest", "organizationalEntityNotifications"]:
                return self._listed(self._notifications(query), query, request)
            case "GET", ["rest", "posts"]:
                return self._listed(self._posts(), query, request)
            case "GET", ["rest", "posts", urn]:
                return _json(200, post_resource(self._post(unquote(urn))))
            case "GET", ["rest", "socialActions", urn, "comments"]:
                return self._listed(self._comments(unquote(urn)), query, request)
            case "POST", ["rest", "socialActions", urn, "comments"]:
                return self._publish(unquote(urn), json.loads(request.body))
            case method, ["rest", "socialActions", urn, "comments", number]:
                return self._comment(method, unquote(urn), unquote(number))
        raise LinkedInError(404, "No virtual resource found")

    def _notifications(self, query: Mapping[str, str]) -> list[Any]:
        listed = re.fullmatch(r"List\((.*)\)", query["actions"])
        span = re.fullmatch(r"\(start:(\d+)(?:,end:(\d+))?\)", query.get("timeRange", "(start:0)"))
        assert listed is not None
        assert span is not None
        actions, start, end = set(listed[1].split(",")), int(span[1]), int(span[2] or 1 << 50)
        dated_notices = [
            (when, notice) for when, notice in self.page.notified
            if start <= when < end
            and (not isinstance(notice, dict) or notice["action"] in actions)
        ]  # fmt: skip
        dated_notices.sort(key=lambda dated_notice: dated_notice[0], reverse=True)
        return [notice for _, notice in dated_notices]

    def _posts(self) -> list[Any]:
        posts = sorted(self.page.posts.values(), key=lambda post: post.created, reverse=True)
        resources: list[Any] = [post_resource(post) for post in posts]
        resources[2:2] = self.page.authored["malformed"]["posts"]
        return resources

    def _comments(self, urn: str) -> list[Any]:
        """Of a post its top level, of a comment its replies; oldest first."""
        page = self.page
        inside = re.fullmatch(r"urn:li:comment:\((?:urn:li:)?activity:(\d+),(\d+)\)", urn)
        post = self._post(f"urn:li:activity:{inside[1]}" if inside else urn)
        parent = inside[2] if inside else ""
        resources: list[Any] = [
            comment_resource(page, comment) for comment in sorted(page.comments.values(), key=lambda comment: comment.created)
            if (comment.activity, comment.parent) == (post.activity, parent)
        ]  # fmt: skip
        odd = page.authored["malformed"]["comments"]
        if not parent and page.keys[odd["under"]] == post.activity:
            resources.insert(1, odd["raw"])
        return resources

    def _comment(self, method: str, urn: str, number: str) -> Answer:
        page, post = self.page, self._post(urn)
        comment = page.comments.get(number)
        if comment is None or comment.activity != post.activity:
            raise LinkedInError(404, "Could not find entity")
        if method == "GET":
            return _json(200, comment_resource(page, comment))
        if comment.actor != ORGANIZATION and not self.may_delete:
            raise LinkedInError(403, "Not enough permissions to access: DELETE-comments", 100)
        page.delete(number, int(self.at.timestamp() * 1000))
        return Answer(status=204)

    def _publish(self, urn: str, body: Mapping[str, Any]) -> Answer:
        """The Page's comment on a post, or its reply to a comment at the top of a thread."""
        if not self.may_comment:
            raise LinkedInError(403, "Not enough permissions to access: CREATE-comments", 100)
        inside = re.fullmatch(r"urn:li:comment:\(urn:li:activity:(\d+),(\d+)\)", urn)
        post = self._post(body["object"])
        parent = inside[2] if inside else ""
        if body["actor"] != ORGANIZATION or body.get("parentComment", "") != (
            urn if inside else ""
        ):
            raise LinkedInError(400, "The comment does not say who speaks, or where")
        if parent and (parent not in self.page.comments or self.page.comments[parent].parent):
            raise LinkedInError(404, "Could not find entity")
        authored = {"by": "page", "text": body["message"]["text"], "ago": "0m", "likes": 0}
        comment = self.page.comment(authored, post.activity, parent)
        created = _json(201, comment_resource(self.page, comment))
        return Answer(
            status=201, body=created.body, type=created.type, headers={"x-restli-id": comment.id}
        )

    def _post(self, urn: str) -> Post:
        """One of the Page's own; the scope for what members post is closed."""
        post = self.page.post(urn)
        if urn in self.page.others:
            raise LinkedInError(403, "Not enough permissions to access: GET-posts", 100)
        if post is None:
            raise LinkedInError(404, "Could not find entity")
        return post

    def _listed(
        self, elements: Sequence[Any], query: Mapping[str, str], request: Request
    ) -> Answer:
        """A page. What may not be seen is counted and left out, so that a page can be short."""
        start, size = int(query.get("start", "0")), int(query.get("count", "10"))
        links = []
        if start + size < len(elements) or request.fault == "repeat_token":
            onward = start if request.fault == "repeat_token" else start + size
            next_query = {**query, "start": str(onward), "count": str(size)}
            href = f"{request.path}?{'&'.join(f'{name}={value}' for name, value in next_query.items())}"
            links = [{"type": "application/json", "rel": "next", "href": href}]
        paging = {"start": start, "count": size, "links": links, "total": len(elements)}
        page = [element for element in elements[start : start + size] if element is not None]
        return _json(200, {"paging": paging, "elements": page})

    def _give_token(self, request: Request) -> Answer:
        try:
            granted = self.consent.granted(request)
        except Refused as error:
            return _json(400, {"error": error.error, "error_description": error.description})
        body: dict[str, Any] = {"access_token": granted.access_token, "expires_in": SIXTY_DAYS,
                                "scope": granted.scope.replace(" ", ",")}  # fmt: skip
        if granted.refresh_token:
            body |= {"refresh_token": granted.refresh_token, "refresh_token_expires_in": A_YEAR}
        return _json(200, body)


def _raw(target: str) -> dict[str, str]:
    """The query as it was sent: Rest.li reads its own signs before anything is decoded."""
    pairs = [pair.partition("=") for pair in urlsplit(target).query.split("&") if pair]
    return {name: value for name, _, value in pairs}


def _refused(error: LinkedInError) -> Answer:
    status, code = error.status, error.code
    word = TOKEN_CODES.get(code, CODES.get(status, "ERROR"))
    body = {"status": status, "code": word, "message": str(error) or word}
    if code:
        body["serviceErrorCode"] = code
    return _json(status, body)


def _json(status: int, body: Any) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), type="application/json")
