"""Pinterest on loopback: the account's own boards and pins, their figures, and OAuth."""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from demo.posts_loader import POSTS, ago, load
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

ROOT, AUTHORIZE, TOKEN = "/v5", "/oauth/", "/v5/oauth/token"
PAGE = 8  # a page may have fewer than were asked for
COUNTS = ("pin_click", "impression", "clickthrough", "reaction", "comment")
_FAILED = {401: (2, "Authentication failed."), 403: (29, "You are not permitted to access that resource."), 404: (50, "Pin not found."),
           429: (8, "You have exceeded your rate limit. Try again later.")}  # fmt: skip


class PinterestStandIn(StandIn):
    """Knows one account. `access_token` is as if it had agreed before."""

    name: ClassVar[str] = "pinterest"

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults, folder)
        authored = load("pinterest", self.folder)
        self.username: str = authored["username"]
        self.boards: list[dict[str, Any]] = authored["boards"]
        self.pins: list[dict[str, Any]] = authored["pins"]
        self.pins.sort(key=lambda pin: ago(pin["ago"]))
        self._malformed = {odd["after"]: odd["raw"] for odd in authored["malformed"]}
        self.consent = Consent("pinterest")
        self.access_token = self.consent.token()
        self._ended = 0  # of the tokens that were given, the first so many

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"base_url": self.url + ROOT,
                "access_token": secret("pinterest-access-token", self.access_token),
                "client_id": secret("pinterest-client-id", self.consent.client_id),
                "client_secret": secret("pinterest-client-secret", self.consent.client_secret),
                "authorize_url": self.url + AUTHORIZE, "token_url": self.url + TOKEN}  # fmt: skip

    def answer(self, request: Request) -> Answer:
        if request.path == AUTHORIZE:
            return self.consent.authorize(request)
        if request.path == TOKEN:
            return self._grant(request)
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if sent not in self.consent.given[self._ended :]:
            return self.refusal(401, 0)
        resource = self._route(request)
        return self.refusal(404, 0) if resource is None else _json(200, resource)

    def refusal(self, status: int, seconds: float) -> Answer:
        code, words = _FAILED.get(status, (0, "Something went wrong on our end."))
        return _json(status, {"code": code, "message": words})

    def expired(self) -> Answer:
        """Ends every token that was given so far."""
        self._ended = len(self.consent.given)
        return self.refusal(401, 0)

    def change(self) -> None:
        """A later day: a pin that grew, one deleted, one new."""
        for step in load("pinterest", self.folder)["later"]:
            if "add" in step:
                self.pins.insert(0, step["add"])
                continue
            key = step.get("delete") or step["counts_of"]
            (pin,) = [pin for pin in self.pins if pin.get("key") == key]
            if "delete" in step:
                self.pins.remove(pin)
            else:
                pin["counts"] = step["counts"]

    def _grant(self, request: Request) -> Answer:
        try:
            granted = self.consent.granted(request)
        except Refused as refused:
            return _json(400, {"code": 283, "message": refused.description})
        return _json(200, {"access_token": granted.access_token, "token_type": "bearer",
                           "expires_in": 2592000, "scope": granted.scope,
                           "refresh_token": granted.refresh_token})  # fmt: skip

    def _route(self, request: Request) -> Any:
        """An answer's body, None for what isn't there."""
        figures = request.query.get("pin_metrics") == "true"
        match request.path.removeprefix(ROOT).strip("/").split("/"):
            case ["pins"]:
                return self._page(self._pins(figures), request)
            case ["boards"]:
                return self._page([self._board(board) for board in self.boards], request)
            case ["user_account"]:
                return {"account_type": "BUSINESS", "id": "1079386001", "username": self.username,
                        "board_count": len(self.boards), "pin_count": len(self.pins),
                        "follower_count": 1904, "monthly_views": 48210}  # fmt: skip
            case ["user_account", "analytics"]:
                return self._analytics(request.query)
        return None

    def _pins(self, figures: bool) -> list[Any]:
        shown: list[Any] = []
        for pin in self.pins:
            shown.append(self._pin(pin, figures))
            if pin.get("key") in self._malformed:
                shown.append(self._malformed[pin["key"]])
        return shown

    def _pin(self, pin: Mapping[str, Any], figures: bool) -> dict[str, Any]:
        counts = dict(zip(COUNTS, pin["counts"], strict=True))
        metrics = {"lifetime_metrics": counts, "90d": counts}
        return {
            "id": _number(pin["title"]),
            "created_at": _stamp(self.at - ago(pin["ago"])),
            "link": "https://nwlondonicb.example.org/",
            "title": pin["title"],
            "description": pin["text"],
            "alt_text": None,
            "board_id": pin["board"],
            "board_owner": {"username": self.username},
            "parent_pin_id": _number(f"parent of {pin['title']}") if pin.get("repin") else None,
            "is_owner": not pin.get("repin", False),
            "media": {"media_type": "image"},
        } | ({"pin_metrics": metrics} if figures else {})

    def _board(self, board: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": board["id"],
            "name": board["name"],
            "description": board["description"],
            "owner": {"username": self.username},
            "privacy": "SECRET" if board.get("secret") else "PUBLIC",
            "pin_count": sum(pin["board"] == board["id"] for pin in self.pins),
            "follower_count": board["followers"],
            "collaborator_count": 0,
            "created_at": _stamp(self.at - timedelta(days=400)),
        }

    def _analytics(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Figures a day, both days within."""
        start, end = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
        figures = {
            "IMPRESSION": 1600,
            "ENGAGEMENT": 90,
            "PIN_CLICK": 30,
            "OUTBOUND_CLICK": 14,
            "SAVE": 20,
        }
        days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
        daily = [
            {"data_status": "READY", "date": f"{day:%Y-%m-%d}", "metrics": figures} for day in days
        ]
        total = {name: count * len(days) for name, count in figures.items()}
        return {"all": {"daily_metrics": daily, "summary_metrics": total}}

    def _page(self, entries: Sequence[Any], request: Request) -> dict[str, Any]:
        """A page and its bookmark, which is null on the last one."""
        bookmark = request.query.get("bookmark")
        start = int(bookmark.removeprefix("from:")) if bookmark else 0
        end = start + min(int(request.query.get("page_size", "25")), PAGE)
        following = f"from:{end}" if end < len(entries) else None
        if request.fault == "repeat_token":
            following = bookmark or "from:0"
        return {"items": list(entries[start:end]), "bookmark": following}


def _number(text: str) -> str:
    """A made-up id, always the same for one text."""
    return str(813_744_226_420_000_000 + binascii.crc32(text.encode()))


def _stamp(moment: datetime) -> str:
    """Without an offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _json(status: int, body: Any) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode())
