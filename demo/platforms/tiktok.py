"""TikTok's Accounts API on loopback: our own videos, comments of both levels, hiding, answering.

After the two clients that collectors/tiktok/client.py names: 200 for everything, with a `code`; tokens by JSON; comments
come with three replies at most; a page may be shorter than was asked for without being the last.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from demo.posts_loader import APPROVAL, POSTS, TERMS, ago, load
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

TOKEN = "demo-tiktok-token"
ACCOUNT, HANDLE = "-000demoTikTokAccount0001", "healthiernwl"
ROOT = "/open_api/v1.3"
MOST, WITH_COMMENT = 5, 3  # of a page, so that there are pages; replies that come with a comment
_CODES = {
    400: 40002,
    401: 40105,
    403: 40001,
    404: 40007,
    410: 40007,
    429: 40100,
    500: 50000,
    503: 50002,
}
_WORDS = {0: "OK", 40001: "No permission to operate.", 40002: "Invalid parameter.", 40007: "The object does not exist.",
          40100: "Too many requests.", 40105: "Access token is incorrect or has been revoked."}  # fmt: skip


class TikTokStandIn(StandIn):
    """The account is `ACCOUNT`; what a token was granted for is not looked at."""

    name: ClassVar[str] = "tiktok"
    ours: ClassVar[tuple[str, ...]] = (HANDLE,)

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        self.consent = Consent(self.name)
        self._authored = load("tiktok", self.folder)
        self._number = count(7_400_000_000_000_000_001)
        self.videos: list[dict[str, Any]] = []
        self.comments: dict[str, list[Any]] = {}  # of both levels, by the id of their video
        self.keys: dict[str, dict[str, Any]] = {}
        self._write()

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url + ROOT, "approval": APPROVAL, "business_id": ACCOUNT,
                "access_token": secret("tiktok-token", TOKEN),
                "client_id": secret("tiktok-client", self.consent.client_id),
                "client_secret": secret("tiktok-secret", self.consent.client_secret),
                "authorize_url": f"{self.url}/v2/auth/authorize/",
                "token_url": f"{self.url}{ROOT}/tt_user/oauth2/token/", "reply": True,
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        path = request.path.removeprefix(ROOT).strip("/")
        if path == "v2/auth/authorize":
            named = {**request.query, "client_id": request.query.get("client_key", "")}
            return self.consent.authorize(dataclasses.replace(request, query=named))
        if path.startswith("tt_user/oauth2"):
            return self._granted(request)
        sent = request.headers.get("access-token", "")
        if sent != TOKEN and sent not in self.consent.given:
            return _coded(40105)
        parameters = {**request.query, **(json.loads(request.body) if request.body else {})}
        if parameters.get("business_id") != ACCOUNT:
            return _coded(40002)
        match path:
            case "business/video/list":
                return self._video_list(request)
            case "business/comment/list":
                return self._comment_list(request)
            case "business/comment/reply/list":
                below = [
                    item
                    for item in self._of(parameters)
                    if item.get("parent_comment_id") == parameters["comment_id"]
                ]
                return self._paged(below, "comments", request)
            case "business/comment/hide" if comment := self._comment(parameters):
                comment["status"] = "HIDDEN" if parameters["action"] == "HIDE" else "PUBLIC"
                return _coded(0, {})
            case "business/comment/reply/create" if comment := self._comment(parameters):
                written = {"by": HANDLE, "text": parameters["text"], "ago": "0m"}
                return _coded(0, self._reply(written, comment))
        return _coded(40007)

    def refusal(self, status: int, seconds: float) -> Answer:
        return _coded(_CODES.get(status, 40000))

    def change(self) -> None:
        """A later day: what tiktok.json's "later" says is deleted, hidden or added."""
        for step in self._authored["later"]:
            if "delete" in step:
                gone = self.keys[step["delete"]]
                listed = self.comments[gone["video_id"]]
                listed[:] = [
                    item for item in listed
                    if item is not gone and _parent(item) != gone["comment_id"]
                ]  # fmt: skip
            elif "hide" in step:
                self.keys[step["hide"]]["status"] = "HIDDEN"
            elif "answer" in step:
                self._reply(step["add"], self.keys[step["answer"]])
            else:
                self._comment_on(step["add"], self.keys[step["under"]]["item_id"])

    def _video_list(self, request: Request) -> Answer:
        wanted = json.loads(request.query.get("fields", '["item_id"]'))
        ids = json.loads(request.query.get("filters", "{}")).get("video_ids")
        videos = [video for video in self.videos if ids is None or video["item_id"] in ids]
        chosen = [{name: video[name] for name in wanted if name in video} for video in videos]
        return self._paged(chosen, "videos", request)

    def _comment_list(self, request: Request) -> Answer:
        query = request.query
        if query.get("video_id") not in self.comments:
            return _coded(40007)
        every = self.comments[query["video_id"]]
        if "comment_ids" in query:
            ids = json.loads(query["comment_ids"])
            listed = [self._counted(item, every) for item in every if _id(item) in ids]
            return self._paged(listed, "comments", request)
        top = [self._counted(item, every) for item in every if not _parent(item)]
        if query.get("include_replies") == "true":
            top = [self._with_replies(item, every) for item in top]
        return self._paged(top, "comments", request)

    def _with_replies(self, comment: Any, every: list[Any]) -> Any:
        if not isinstance(comment, dict):
            return comment
        below = [item for item in every if _parent(item) == _id(comment)]
        return {**comment, "reply_list": below[:WITH_COMMENT]}

    def _counted(self, comment: Any, every: list[Any]) -> Any:
        if not isinstance(comment, dict):
            return comment
        return {**comment, "replies": sum(_parent(item) == _id(comment) for item in every)}

    def _paged(self, items: list[Any], key: str, request: Request) -> Answer:
        size = min(int(request.query.get("max_count", "20")), MOST)
        cursor = request.query.get("cursor", "")
        start = int(cursor or 0)
        more = start + size < len(items)
        following = start + size
        if request.fault == "repeat_token":
            more, following = True, start
        return _coded(0, {key: items[start : start + size], "cursor": following, "has_more": more})

    def _of(self, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            item
            for item in self.comments.get(str(parameters.get("video_id")), [])
            if isinstance(item, dict)
        ]

    def _comment(self, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
        return next(
            (item for item in self._of(parameters) if _id(item) == parameters.get("comment_id")),
            None,
        )

    def _granted(self, request: Request) -> Answer:
        body = json.loads(request.body)
        form = {**body, "code": body.get("auth_code", "")}
        parameters = Request(
            method="POST", path=request.path, query={key: str(value) for key, value in form.items()}
        )
        try:
            granted = self.consent.granted(parameters)
        except Refused as error:
            return _coded(40002, message=str(error))
        return _coded(0, {
            "open_id": ACCOUNT, "scope": granted.scope, "access_token": granted.access_token,
            "expires_in": 86400, "refresh_token": granted.refresh_token or body.get("refresh_token", ""),
            "refresh_token_expires_in": 31_536_000, "token_type": "Bearer",
        })  # fmt: skip

    # ── turns demo/posts/tiktok.json into videos and comments as the interface has them ───────────

    def _write(self) -> None:
        for entry in self._authored["videos"]:
            number = str(next(self._number))
            video = {
                "item_id": number, "caption": entry["caption"], "create_time": str(self._seconds(entry["ago"])),
                "share_url": f"https://www.tiktok.com/@{HANDLE}/video/{number}?utm_campaign=tt4d_open_api",
                "thumbnail_url": f"https://p16-sign.tiktokcdn.com/{number}.jpeg?x-expires=1", "media_type": "VIDEO",
                "likes": entry["likes"], "shares": 3, "video_views": entry["likes"] * 40, "comments": 0,
            }  # fmt: skip
            self.videos.append(video)
            self.comments[number] = []
            if "key" in entry:
                self.keys[entry["key"]] = video
            for comment in entry["comments"]:
                self._comment_on(comment, number)
        for odd in self._authored["malformed"]:
            self.comments[self.keys[odd["under"]]["item_id"]].insert(1, odd["raw"])

    def _comment_on(self, authored: dict[str, Any], video: str) -> dict[str, Any]:
        comment = self._said(authored, video)
        self.comments[video].insert(0, comment)
        for reply in authored.get("replies", []):
            self._reply(reply, comment)
        return comment

    def _reply(self, authored: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
        reply = self._said(authored, above["video_id"])
        reply["parent_comment_id"] = above["comment_id"]
        self.comments[above["video_id"]].append(reply)
        return reply

    def _said(self, authored: dict[str, Any], video: str) -> dict[str, Any]:
        own = authored["by"] == HANDLE
        comment = {
            "comment_id": str(next(self._number)), "video_id": video, "create_time": str(self._seconds(authored["ago"])),
            "user_id": _hashed(authored["by"]), "unique_identifier": _hashed(authored["by"] + "+"),
            "text": authored["text"], "likes": authored.get("likes", 0), "replies": 0, "owner": own, "liked": False,
            "pinned": False, "status": "HIDDEN" if authored.get("hidden") else "PUBLIC", "username": authored["by"],
            "display_name": authored["by"].replace(".", " ").title(), "profile_image": "https://p16-sign.tiktokcdn.com/a",
        }  # fmt: skip
        if "key" in authored:
            self.keys[authored["key"]] = comment
        return comment

    def _seconds(self, before: str) -> int:
        return int((self.at - ago(before)).timestamp())


def _id(comment: Any) -> str:
    return str(comment.get("comment_id", "")) if isinstance(comment, dict) else ""


def _parent(comment: Any) -> str:
    return str(comment.get("parent_comment_id", "")) if isinstance(comment, dict) else ""


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _coded(code: int, data: Any = None, message: str = "") -> Answer:
    body = {"code": code, "message": message or _WORDS.get(code, "Error"), "request_id": "20261129120000DEMO",
            "data": {} if data is None else data}  # fmt: skip
    return Answer(body=json.dumps(body).encode())
