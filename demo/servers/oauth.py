"""OAuth 2 on loopback: a person who agrees at once, codes that work once, tokens that are renewed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from demo.servers.http import Answer, Request


class Refused(Exception):
    """What a token endpoint says no with: the `error` and `error_description` of RFC 6749, 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description


@dataclass(frozen=True, slots=True)
class _Asked:
    redirect: str
    challenge: str
    scope: str
    offline: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """What a token request earns: tokens numbered in order, `refresh_token` empty where none is due."""

    access_token: str
    scope: str
    refresh_token: str = ""


class Consent:
    """One platform's way to a token. `refuses` makes the person say no; `given` are all its tokens."""

    def __init__(self, platform: str, *, offline: bool = True) -> None:
        self.client_id, self.client_secret = f"demo-{platform}-client", f"demo-{platform}-secret"
        self.refuses = False
        self.given: list[str] = []
        self._platform, self._offline = platform, offline  # whether it gives refresh tokens unasked
        self._codes: dict[str, _Asked | None] = {}  # None: it was used
        self._refresh: dict[str, str] = {}  # token -> scope

    def authorize(self, request: Request) -> Answer:
        """Sends the person's browser back with a code, or with `access_denied`."""
        query = request.query
        redirect = query.get("redirect_uri", "")
        known = query.get("client_id") == self.client_id
        if not known or not urlsplit(redirect).hostname or query.get("response_type") != "code":
            page = b"<!DOCTYPE html><html><body>This request is not valid.</body></html>"
            return Answer(status=400, body=page, type="text/html; charset=utf-8")
        back = {"error": "access_denied"} if self.refuses else {"code": self._code(query)}
        if "state" in query:
            back["state"] = query["state"]
        joined = "&" if urlsplit(redirect).query else "?"
        return Answer(status=302, headers={"location": f"{redirect}{joined}{urlencode(back)}"})

    def granted(self, request: Request) -> Granted:
        """The answer to a code or a refresh token, each in the form or in the query. Raises Refused."""
        parameters = {**request.query, **request.form()}
        if self._client(request, parameters) != (self.client_id, self.client_secret):
            raise Refused("invalid_client", "The client is not known or its secret is wrong.")
        match parameters.get("grant_type", "authorization_code"):
            case "authorization_code":
                return self._for_code(parameters)
            case "refresh_token":
                token = parameters.get("refresh_token", "")
                if token not in self._refresh:
                    raise Refused("invalid_grant", "The refresh token is expired or revoked.")
                return Granted(self.token(), self._refresh[token])
        raise Refused("unsupported_grant_type", "This grant type is not offered.")

    def token(self, kind: str = "token") -> str:
        """A new access token, which counts as given."""
        self.given.append(f"demo-{self._platform}-{kind}-{len(self.given) + 1}")
        return self.given[-1]

    def _code(self, query: Mapping[str, str]) -> str:
        code = f"demo-{self._platform}-code-{len(self._codes) + 1}"
        self._codes[code] = _Asked(
            query["redirect_uri"], query.get("code_challenge", ""), query.get("scope", ""),
            self._offline or query.get("access_type") == "offline",
        )  # fmt: skip
        return code

    def _for_code(self, parameters: Mapping[str, str]) -> Granted:
        known = self._codes.get(parameters.get("code", ""))
        self._codes[parameters.get("code", "")] = None
        if known is None or known.redirect != parameters.get("redirect_uri"):
            raise Refused("invalid_grant", "The code is not valid, was used, or went elsewhere.")
        proof = hashlib.sha256(parameters.get("code_verifier", "").encode()).digest()
        proved = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if known.challenge and known.challenge != proved:
            raise Refused("invalid_grant", "The code verifier does not fit the challenge.")
        refresh = f"demo-{self._platform}-refresh-{len(self._refresh) + 1}" if known.offline else ""
        if refresh:
            self._refresh[refresh] = known.scope
        return Granted(self.token(), known.scope, refresh)

    def _client(self, request: Request, parameters: Mapping[str, str]) -> tuple[str, str]:
        kind, _, packed = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _, password = base64.b64decode(packed).decode().partition(":")
            return name, password
        return parameters.get("client_id", ""), parameters.get("client_secret", "")
