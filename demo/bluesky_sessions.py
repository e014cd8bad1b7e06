"""Sessions as a Bluesky server gives them: a short access token, and a refresh token that works once."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import clock

LASTS = timedelta(minutes=2)  # an access token; Bluesky's own last for hours
MOST = 30  # sessions that may be created; who renews one is not counted
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
        """createSession. Raises Refused for anybody else, and for too many."""
        if self.made >= MOST:
            raise Refused(429, "RateLimitExceeded", "Rate Limit Exceeded")
        if (did, password) != (self._did, self._password):
            raise Refused(401, "AuthenticationRequired", "Invalid identifier or password")
        self.made += 1
        return self._pair()

    def renew(self, header: str | None) -> dict[str, Any]:
        """refreshSession, with the refresh token in the header. Raises Refused for any other token."""
        token = _bearer(header)
        if token != self._refresh:
            raise self._not_good(token, "com.atproto.refresh")
        return self._pair()

    def check(self, header: str | None) -> None:
        """Raises Refused unless the header holds the access token, and its time is not over."""
        token = _bearer(header)
        if token != self._access or clock.now() >= self._until:
            raise self._not_good(token, "com.atproto.appPass")

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

    def _not_good(self, token: str, scope: str) -> Refused:
        if not token:
            return Refused(401, "AuthMissing", "Authentication Required")
        if _scope(token) == scope:  # one of ours, whose time is over
            return Refused(400, "ExpiredToken", "Token has expired")
        return Refused(400, "InvalidToken", "Token could not be verified")


def _bearer(header: str | None) -> str:
    return (header or "").removeprefix("Bearer ")


def _scope(token: str) -> str:
    try:
        claims = token.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["scope"])
    except (ValueError, LookupError, TypeError):
        return ""
