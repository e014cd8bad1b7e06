"""The organisation's own accounts, by OpenID Connect: code flow with PKCE, state and nonce.

OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE), RFC 9207 (who answers), RFC 9700 (best practice). No token
of a provider is kept. What a sign-in needs to come back lies sealed in a cookie of the browser that began it, so that
beginning costs no memory here. Why authlib's own client for Starlette is not used: docs/decisions/0019.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from cryptography.fernet import Fernet, InvalidToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from collectors.http import egress
from core.errors import SignInRefused
from core.models import ROLES, Role
from review.middleware import RateLimiter

# ── What an identity provider signed of a person: whether it may be believed, and who it says that they are.
#
# OpenID Connect Core 1.0, 3.1.3.7; RFC 8725. Microsoft Entra ID: "Claims validation" and "Validate the signing key" of
# its access token reference. Nobody is known by an email address: those are changed, lent and given to others.

SKEW = timedelta(minutes=2)  # that clocks may differ
# Signed with a private key. An algorithm whose key both sides know, and none at all, are never taken.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ODD = (JoseError, ValueError, TypeError, KeyError, AttributeError)  # of what isn't a token at all

SigningKey = RSAKey | ECKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must say: who gave it, for which client, in answer to which sign-in."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    entra: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom the provider vouches for. `handle` never changes and is nobody else's; `app_roles` are the provider's."""

    handle: str
    name: str
    app_roles: frozenset[str]


def signing_keys(published: Any, issuer: str) -> dict[str, SigningKey]:
    """The keys of a JWK set that may sign for this issuer, by id; "" where a key has none.

    Microsoft publishes keys of several issuers side by side: each says whose it is. What can't be read is left out.
    """
    keys: dict[str, SigningKey] = {}
    listed = published.get("keys") if isinstance(published, Mapping) else None
    for jwk in listed if isinstance(listed, list) else ():
        if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
            continue
        if jwk.get("kty") not in ("RSA", "EC"):
            continue
        whose = jwk.get("issuer", issuer)
        if str(whose).replace("{tenantid}", _tenant(issuer)) != issuer:
            continue
        try:
            key = import_key(jwk)
        except _ODD:
            continue
        if isinstance(key, SigningKey):
            keys[str(jwk.get("kid") or "")] = key
    return keys


def key_id(id_token: str) -> str:
    """Which key a token says that it was signed with; "" if none. Raises SignInRefused where it is no token."""
    try:
        header = jws.extract_compact(id_token.encode()).headers()
    except _ODD as error:
        raise _untrusted(f"it is no token ({type(error).__name__})") from None
    return str(header.get("kid") or "")


def person(
    id_token: str, key: SigningKey, expected: Expected, at: datetime, access_token: str | None
) -> Person:
    """Who a token says that has signed in. Raises SignInRefused where it is not to be believed."""
    try:
        token = jwt.decode(
            id_token,
            key,
            registry=jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False),
        )
        _check(token, expected, at, access_token)
    except (
        JoseError
    ) as error:  # named by its kind and claim alone: the rest of its words can be the token's
        raise _untrusted(f"{error.error} {getattr(error, 'claim', '')}".strip()) from None
    except _ODD as error:
        raise _untrusted(type(error).__name__) from None
    claims = token.claims
    handle = _entra_handle(claims, expected) if expected.entra else _handle(claims)
    return Person(
        handle=handle, name=_name(claims), app_roles=frozenset(_texts(claims.get("roles")))
    )


def roles_for(app_roles: Iterable[str], mapped: Mapping[str, tuple[Role, ...]]) -> tuple[Role, ...]:
    """Our roles for a provider's, by the table of config.toml."""
    granted_roles = {role for name in app_roles for role in mapped.get(name, ())}
    return tuple(role for role in ROLES if role in granted_roles)


def _check(token: jwt.Token, expected: Expected, at: datetime, access_token: str | None) -> None:
    claims = CodeIDToken(
        token.claims, token.header,
        {
            "iss": {"essential": True, "value": expected.issuer},
            "sub": {"essential": True},
            "aud": {"essential": True, "value": expected.client_id},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": expected.nonce},
        },
        {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": access_token},
    )  # fmt: skip
    claims.validate(now=int(at.timestamp()), leeway=int(SKEW.total_seconds()))
    # stricter than the library: nobody else's audience, and no other kind of token
    if claims["aud"] not in (expected.client_id, [expected.client_id]):
        raise _untrusted("aud: it is for others too")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise _untrusted("azp: it was given to another client")
    if str(token.header.get("typ", "JWT")).upper() != "JWT":
        raise _untrusted("typ: it is another kind of token")


def _entra_handle(claims: Mapping[str, Any], expected: Expected) -> str:
    """Tenant and object: what Microsoft says never to change, and never to be given to somebody else."""
    tid, oid = str(claims.get("tid", "")).lower(), str(claims.get("oid", "")).lower()
    if tid != _tenant(expected.issuer):
        raise _untrusted("tid: it is another tenant's")
    if not _ID.fullmatch(oid):
        raise _untrusted("oid: it names nobody")
    return f"{tid}/{oid}"


def _handle(claims: Mapping[str, Any]) -> str:
    """Issuer and subject, hashed: a subject's case matters, and ours does not keep it."""
    both = json.dumps([claims["iss"], claims["sub"]])
    return f"sub:{hashlib.sha256(both.encode()).hexdigest()}"


def _tenant(issuer: str) -> str:
    return urlsplit(issuer).path.split("/")[1] if urlsplit(issuer).path else ""


# What stands in a name of a directory beside letters and digits, as in “MOSS, Jo (NHS NW London)”: no sign of code
_OF_NAMES = "-‐‑'’ʼ.,()&/@_+"


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username"):
        written = claims.get(claim)
        if isinstance(written, str) and written.strip():
            kept = "".join(sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" or sign in _OF_NAMES else " " for sign in written)  # fmt: skip
            if name := " ".join(kept.split())[:100]:
                return name
    return "A colleague without a name"


def _texts(written: Any) -> list[str]:
    return [text for text in written if isinstance(text, str)] if isinstance(written, list) else []


def _untrusted(why: str) -> SignInRefused:
    return SignInRefused(
        f"what the provider signed is not to be trusted: {why}", reason="untrusted"
    )


# ─────────────────────────────────────────────────────────────────────────────────────────────────

HOLDS = timedelta(minutes=10)  # from the link until somebody is back: they may look for their phone
PUBLISHED_HOLDS = timedelta(hours=1)
REST = timedelta(seconds=15)  # after a failure, in which the provider isn't asked again
PATIENCE = (5.0, 10.0)  # seconds to connect, and for an answer
MOST_BYTES = 1 << 20
MOST_USED = 10_000  # sign-ins that came back and are remembered, lest they come back twice
_READ_ERRORS = (requests.RequestException, egress.LeadsInside, ValueError, KeyError, TypeError)

Answer = TypeVar("Answer")


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
    internal_hosts: tuple[str, ...] = ()  # beside the issuer's, which may lead inside
    tries: RateLimiter = field(default_factory=lambda: RateLimiter(most=20, each=1 / 10))
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
        key = self._key(key_id(id_token), at)
        return person(id_token, key, expected, at, access_token)

    def answered_by_another(self, issuer: str | None, at: datetime) -> bool:
        """Whether an answer does not say that it is this provider's, which says that it always does (RFC 9207)."""
        if issuer is None:
            return self.published(at).answers_by_name
        return issuer != self.issuer

    def published(self, at: datetime) -> Published:
        """What the provider says of itself: asked for once an hour. Raises SignInRefused where it can't be had."""
        with self._lock:
            published = self._published
            if published is None or at - published.at >= PUBLISHED_HOLDS:
                self._published = published = self._once(lambda: self._read(at), at)
            return published

    def _key(self, name: str, at: datetime) -> SigningKey:
        """The key of that name; asked for anew where it isn't known, since providers change theirs."""
        published = self.published(at)
        if name not in published.keys:
            with self._lock:
                keys = self._once(lambda: self._keys(published.keys_at), at)
                self._published = published = replace(published, keys=keys)
        if not name and len(published.keys) == 1:
            return next(iter(published.keys.values()))
        if not name or name not in published.keys:
            raise SignInRefused(
                "it is signed with a key that the provider does not publish", reason="untrusted"
            )
        return published.keys[name]

    def _read(self, at: datetime) -> Published:
        metadata = self._fetched(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != self.issuer:
            raise _misconfigured("the provider gives itself another issuer than the settings")
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        keys_at = self._safe(metadata["jwks_uri"])
        ending = metadata.get("end_session_endpoint")
        return Published(
            at=at, authorize=self._safe(metadata["authorization_endpoint"]), token=self._safe(metadata["token_endpoint"]),
            keys_at=keys_at, end_session=self._safe(ending) if ending else "",
            by_post="client_secret_post" in ways,
            answers_by_name=metadata.get("authorization_response_iss_parameter_supported") is True,
            keys=self._keys(keys_at),
        )  # fmt: skip

    def _keys(self, url: str) -> dict[str, SigningKey]:
        return signing_keys(self._fetched(url), self.issuer)

    def _safe(self, url: Any) -> str:
        """An address that the provider names, which is no less safe than its own."""
        parts = urlsplit(str(url))
        if parts.scheme not in ("https", urlsplit(self.issuer).scheme) or not parts.netloc:
            raise ValueError("an address that isn't https")
        return str(url)

    def _once(self, ask: Callable[[], Answer], at: datetime) -> Answer:
        """What the provider tells. After a failure it has a rest, and nobody waits for it."""
        if self._failed_at is not None and timedelta() <= at - self._failed_at < REST:
            raise SignInRefused("the provider did not answer a moment ago", reason="away")
        try:
            answer = ask()
        except _READ_ERRORS as error:
            self._failed_at = at
            raise SignInRefused(
                f"the provider does not say what it must ({type(error).__name__})", reason="away"
            ) from None
        self._failed_at = None
        return answer

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
        session = OAuth2Session(
            self.client_id, self.secret, scope="openid profile", redirect_uri=self.redirect,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post" if published.by_post else "client_secret_basic",
        )  # fmt: skip
        return egress.guarded(session, own=(self.issuer,), internal=self.internal_hosts)

    def _fetched(self, url: str) -> Mapping[str, Any]:
        """A JSON object that the provider publishes. Raises one of _READ_ERRORS."""
        with egress.session(own=(self.issuer,), internal=self.internal_hosts) as session:
            return _read_object(session, url)


def plain(code: object) -> str:
    """A provider's code of an error where it is one; its words are a stranger's, and are never shown."""
    known = isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code)
    return str(code) if known else "no reason that can be read"


def _read_object(session: requests.Session, url: str) -> Mapping[str, Any]:
    body = b""
    with session.get(
        url, timeout=PATIENCE, allow_redirects=False, stream=True, headers={"Accept": "application/json"}
    ) as answer:  # fmt: skip
        if answer.status_code != 200:
            raise ValueError("not what was asked for")
        for part in answer.iter_content(1 << 16):
            body += part
            if len(body) > MOST_BYTES:
                raise ValueError("too long")
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("not an object")
    return document


def _stale(why: str) -> SignInRefused:
    return SignInRefused(why, reason="stale")


def _misconfigured(why: str) -> SignInRefused:
    return SignInRefused(why, reason="setup")
