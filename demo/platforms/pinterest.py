"""Pinterest on loopback: the account's own boards and pins, their figures, and OAuth."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from demo.posts_loader import ago, load
from demo.servers.http import Answer, Faults, Request, Secret, StandIn
from demo.servers.oauth import Consent, Refused

ROOT, AUTHORIZE, TOKEN = "/v5", "/oauth/", "/v5/oauth/token"
MOST, DEFAULT, PAGE = 250, 25, 8  # a page may have fewer than were asked for
COUNTS = ("pin_click", "impression", "clickthrough", "reaction", "comment")
LONGEST_ANALYTICS = timedelta(days=90)
_ERRORS = {
    400: (1, "Invalid request."), 401: (2, "Authentication failed."), 403: (29, "You are not permitted to access that resource."),
    404: (50, "Pin not found."), 429: (8, "You have exceeded your rate limit. Try again later."),
}  # fmt: skip


class PinterestStandIn(StandIn):
    """Knows one account. `access_token` is as if it had agreed before."""

    name: ClassVar[str] = "pinterest"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        authored = load("pinterest")
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
        try:
            resource = self._route(request)
        except ValueError as error:
            return _json(400, {"code": 1, "message": str(error)})
        return self.refusal(404, 0) if resource is None else _json(200, resource)

    def refusal(self, status: int, seconds: float) -> Answer:
        code, words = _ERRORS.get(status, (0, "Something went wrong on our end."))
        return _json(status, {"code": code, "message": words})

    def expired(self) -> Answer:
        """Ends every token that was given so far."""
        self._ended = len(self.consent.given)
        return self.refusal(401, 0)

    def change(self) -> None:
        """A later day: a pin that grew, one deleted, one new."""
        for step in load("pinterest")["later"]:
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
        if not request.headers.get("authorization", "").startswith("Basic "):
            return self.refusal(401, 0)
        try:
            granted = self.consent.granted(request)
        except Refused as refused:
            return _json(400, {"code": 283, "message": refused.description})
        return _json(200, {"access_token": granted.access_token, "token_type": "bearer",
                           "response_type": "authorization_code", "expires_in": 2592000,
                           "scope": granted.scope, "refresh_token": granted.refresh_token,
                           "refresh_token_expires_in": 31536000})  # fmt: skip

    def _route(self, request: Request) -> Any:
        """An answer's body, None for what isn't there. Raises ValueError for what is not taken."""
        query = request.query
        figures = query.get("pin_metrics", "false") == "true"
        match request.path.removeprefix(ROOT).strip("/").split("/"):
            case ["pins"]:
                return self._page(self._pins(self.pins, figures), request)
            case ["pins", number]:
                pins = [pin for pin in self._pins(self.pins, figures) if _id_of(pin) == number]
                return pins[0] if pins else None
            case ["search", "pins"]:
                words = query.get("query", "").casefold()
                named = [p for p in self.pins if words in f"{p['title']} {p['text']}".casefold()]
                return self._page(self._pins(named, figures), request)
            case ["boards"]:
                return self._page([self._board(board) for board in self.boards], request)
            case ["boards", number]:
                return next(
                    (self._board(board) for board in self.boards if board["id"] == number), None
                )
            case ["boards", number, "pins"] if any(board["id"] == number for board in self.boards):
                own = [pin for pin in self.pins if pin["board"] == number]
                return self._page(self._pins(own, figures), request)
            case ["user_account"]:
                return self._account()
            case ["user_account", "analytics"]:
                return self._analytics(query)
        return None

    def _pins(self, pins: Sequence[Mapping[str, Any]], figures: bool) -> list[Any]:
        shown: list[Any] = []
        for pin in pins:
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

    def _account(self) -> dict[str, Any]:
        return {
            "account_type": "BUSINESS", "id": "1079386001", "username": self.username,
            "business_name": "NHS North West London", "website_url": "https://nwlondonicb.example.org/",
            "board_count": len(self.boards), "pin_count": len(self.pins), "follower_count": 1904,
            "following_count": 12, "monthly_views": 48210,
        }  # fmt: skip

    def _analytics(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Figures a day, both days within. Raises ValueError for days that are missing or too many."""
        start, end = _day(query, "start_date"), _day(query, "end_date")
        if not timedelta(0) <= end - start < LONGEST_ANALYTICS:
            raise ValueError("start_date and end_date must be within 90 days of each other")
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
        """A page and its bookmark, which is null on the last one. Raises ValueError."""
        written, bookmark = (
            request.query.get("page_size", str(DEFAULT)),
            request.query.get("bookmark"),
        )
        if not written.isdigit() or not 1 <= int(written) <= MOST:
            raise ValueError(f"page_size must be from 1 to {MOST}")
        start = _offset(bookmark) if bookmark else 0
        end = start + min(int(written), PAGE)
        following: str | None = _bookmark(end) if end < len(entries) else None
        if request.fault == "repeat_token":
            following = bookmark or _bookmark(0)
        return {"items": list(entries[start:end]), "bookmark": following}


def _bookmark(offset: int) -> str:
    return base64.urlsafe_b64encode(f"from:{offset}".encode()).decode()


def _offset(bookmark: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(bookmark).decode().removeprefix("from:"))
    except (ValueError, binascii.Error) as error:
        raise ValueError("The bookmark is not one that was given out.") from error


def _number(text: str) -> str:
    """A made-up id, always the same for one text."""
    return str(813_744_226_420_000_000 + binascii.crc32(text.encode()))


def _id_of(pin: Any) -> Any:
    return pin.get("id") if isinstance(pin, dict) else None


def _day(query: Mapping[str, str], name: str) -> datetime:
    try:
        return datetime.fromisoformat(query[name])
    except (KeyError, ValueError) as error:
        raise ValueError(f"{name} must be a date (YYYY-MM-DD)") from error


def _stamp(moment: datetime) -> str:
    """Without an offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _json(status: int, body: Any) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode())
