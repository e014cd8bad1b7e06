"""The organisation's own accounts, by OpenID Connect: code flow with PKCE, state and nonce.

OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE), RFC 9207 (who answers), RFC 9700 (best practice). What a
provider signs of a person is read in oidc_tokens.py; no token of it is kept. What a sign-in needs to come back lies
sealed in a cookie of the browser that began it, so that beginning costs no memory here.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from cryptography.fernet import Fernet, InvalidToken

from errors import SignInRefused
from mention import Role
from review import oidc_tokens
from review.guard import Bucket
from review.oidc_tokens import Expected, Person, SigningKey

HOLDS = timedelta(minutes=10)  # from the link until somebody is back: they may look for their phone
PUBLISHED_HOLDS = timedelta(hours=1)
REST = timedelta(seconds=15)  # after a failure, in which the provider isn't asked again
PATIENCE = (5.0, 10.0)  # seconds to connect, and for an answer
MOST_BYTES = 1 << 20
MOST_USED = 10_000  # sign-ins that came back and are remembered, lest they come back twice
_READ_ERRORS = (requests.RequestException, ValueError, KeyError, TypeError)

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that was begun: `way_back` is where its person wanted to go."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    way_back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What the provider says of itself, and the keys that it signs with."""

    at: datetime
    authorize: str
    token: str
    keys_at: str
    end_session: str  # "" where there is none
    by_post: bool  # whether our secret goes in the form, rather than in a header
    answers_by_name: bool
    keys: Mapping[str, SigningKey]


@dataclass(kw_only=True)
class Provider:
    """The identity provider of config.toml. `redirect`: our own address, to which it sends people back.

    `local_accounts`: whether accounts of this page can sign in beside it. `ask`: whom people ask for a role.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect: str
    roles: Mapping[str, tuple[Role, ...]]
    entra: bool = True
    local_accounts: bool = True
    ask: str = ""
    tries: Bucket = field(default_factory=lambda: Bucket(most=20, each=1 / 10))
    _seal: Fernet = field(default_factory=lambda: Fernet(Fernet.generate_key()), repr=False)
    _used: dict[str, datetime] = field(default_factory=dict, repr=False)
    _published: Published | None = field(default=None, repr=False)
    _failed_at: datetime | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self, way_back: str, at: datetime, *, other: bool = False) -> tuple[str, str]:
        """The provider's address to go to, and what the browser's cookie must hold to come back.

        `other`: it asks which account, though one is signed in there. Raises SignInRefused.
        """
        begun = Begun(
            state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48), way_back=way_back[:1000],
        )  # fmt: skip
        more = {"prompt": "select_account" if self.entra else "login"} if other else {}
        published = self.published(at)
        with self._session(published) as session:
            url, _ = session.create_authorization_url(
                published.authorize, state=begun.state, code_verifier=begun.verifier, nonce=begun.nonce, **more
            )  # fmt: skip
        written = json.dumps(asdict(begun)).encode()
        return url, self._seal.encrypt_at_time(written, int(at.timestamp())).decode()

    def resume(self, cookie: str, state: str, at: datetime) -> Begun:
        """The sign-in that a browser comes back with, once. Raises SignInRefused for any other, and for an old one."""
        now, ttl = int(at.timestamp()), int(HOLDS.total_seconds())
        try:
            read = self._seal.decrypt_at_time(cookie.encode(), ttl=ttl, current_time=now)
            begun = Begun(**json.loads(read))
        except InvalidToken:
            raise _stale("no sign-in was begun in this browser, or too long ago") from None
        if not hmac.compare_digest(begun.state.encode(), state.encode()):
            raise _stale("another sign-in was begun in this browser")
        with self._lock:
            self._used = {used: until for used, until in self._used.items() if until > at}
            if len(self._used) >= MOST_USED:
                raise SignInRefused("too many sign-ins come back", reason="busy")
            if begun.state in self._used:
                raise _stale("it came back before")
            self._used[begun.state] = at + HOLDS + timedelta(seconds=1)
        return begun

    def redeem(self, code: str, begun: Begun, at: datetime) -> Person:
        """Who has signed in, by the code that the browser brought. Raises SignInRefused."""
        answer = self._exchanged(code, begun, self.published(at))
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str):
            raise SignInRefused("the provider sent no id_token", reason="untrusted")
        expected = Expected(
            issuer=self.issuer, client_id=self.client_id, nonce=begun.nonce, entra=self.entra
        )
        key = self._key(oidc_tokens.key_id(id_token), at)
        return oidc_tokens.person(id_token, key, expected, at, access_token)

    def answered_by_another(self, issuer: str | None, at: datetime) -> bool:
        """Whether an answer does not say that it is this provider's, which says that it always does (RFC 9207)."""
        if issuer is None:
            return self.published(at).answers_by_name
        return issuer != self.issuer

    def published(self, at: datetime) -> Published:
        """What the provider says of itself: asked for once an hour. Raises SignInRefused where it can't be had."""
        with self._lock:
            held = self._published
            if held is None or at - held.at >= PUBLISHED_HOLDS:
                self._published = held = self._once(lambda: self._read(at), at)
            return held

    def _key(self, name: str, at: datetime) -> SigningKey:
        """The key of that name; asked for anew where it isn't known, since providers change theirs."""
        held = self.published(at)
        if name not in held.keys:
            with self._lock:
                keys = self._once(lambda: self._keys(held.keys_at), at)
                self._published = held = replace(held, keys=keys)
        if not name and len(held.keys) == 1:
            return next(iter(held.keys.values()))
        if not name or name not in held.keys:
            raise SignInRefused(
                "it is signed with a key that the provider does not publish", reason="untrusted"
            )
        return held.keys[name]

    def _read(self, at: datetime) -> Published:
        told = _fetched(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self.issuer:
            raise _misconfigured("the provider gives itself another issuer than config.toml")
        ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        keys_at = self._safe(told["jwks_uri"])
        ending = told.get("end_session_endpoint")
        return Published(
            at=at, authorize=self._safe(told["authorization_endpoint"]), token=self._safe(told["token_endpoint"]),
            keys_at=keys_at, end_session=self._safe(ending) if ending else "",
            by_post="client_secret_post" in ways,
            answers_by_name=told.get("authorization_response_iss_parameter_supported") is True,
            keys=self._keys(keys_at),
        )  # fmt: skip

    def _keys(self, url: str) -> dict[str, SigningKey]:
        return oidc_tokens.signing_keys(_fetched(url), self.issuer)

    def _safe(self, url: Any) -> str:
        """An address that the provider names, which is no less safe than its own."""
        parts = urlsplit(str(url))
        if parts.scheme not in ("https", urlsplit(self.issuer).scheme) or not parts.netloc:
            raise ValueError("an address that isn't https")
        return str(url)

    def _once(self, ask: Callable[[], Told], at: datetime) -> Told:
        """What the provider tells. After a failure it has a rest, and nobody waits for it."""
        if self._failed_at is not None and timedelta() <= at - self._failed_at < REST:
            raise SignInRefused("the provider did not answer a moment ago", reason="away")
        try:
            told = ask()
        except _READ_ERRORS as error:
            self._failed_at = at
            raise SignInRefused(
                f"the provider does not say what it must ({type(error).__name__})", reason="away"
            ) from None
        self._failed_at = None
        return told

    def _exchanged(self, code: str, begun: Begun, published: Published) -> Mapping[str, Any]:
        """The token endpoint's answer. Its own words stay out of ours."""
        try:
            with self._session(published) as session:
                answer = session.fetch_token(
                    published.token, grant_type="authorization_code", code=code,
                    code_verifier=begun.verifier, timeout=PATIENCE, allow_redirects=False,
                )  # fmt: skip
        except AuthlibBaseError as error:
            if error.error == "invalid_grant":
                raise _stale("the provider does not know the code any more") from None
            if error.error in ("temporarily_unavailable", "server_error"):
                raise SignInRefused("the provider has trouble of its own", reason="away") from None
            raise _misconfigured(
                f"the provider refused our own access ({plain(error.error)})"
            ) from None
        except _READ_ERRORS as error:
            raise SignInRefused(
                f"the token endpoint sent nothing to be read ({type(error).__name__})",
                reason="away",
            ) from None
        return answer if isinstance(answer, Mapping) else {}

    def _session(self, published: Published) -> Any:
        return OAuth2Session(
            self.client_id, self.secret, scope="openid profile", redirect_uri=self.redirect,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post" if published.by_post else "client_secret_basic",
        )  # fmt: skip


def plain(code: object) -> str:
    """A provider's code of an error where it is one; its words are a stranger's, and are never shown."""
    known = isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code)
    return str(code) if known else "no reason that can be read"


def _fetched(url: str) -> Mapping[str, Any]:
    """A JSON object that the provider publishes. Raises one of _READ_ERRORS."""
    body = b""
    with requests.get(
        url, timeout=PATIENCE, allow_redirects=False, stream=True, headers={"Accept": "application/json"}
    ) as answer:  # fmt: skip
        if answer.status_code != 200:
            raise ValueError("not what was asked for")
        for part in answer.iter_content(1 << 16):
            body += part
            if len(body) > MOST_BYTES:
                raise ValueError("too long")
    told = json.loads(body)
    if not isinstance(told, dict):
        raise ValueError("not an object")
    return told


def _stale(why: str) -> SignInRefused:
    return SignInRefused(why, reason="stale")


def _misconfigured(why: str) -> SignInRefused:
    return SignInRefused(why, reason="setup")
