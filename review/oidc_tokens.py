"""What an identity provider signed of a person: whether it may be believed, and who it says that they are.

OpenID Connect Core 1.0, 3.1.3.7; RFC 8725. Microsoft Entra ID: "Claims validation" and "Validate the signing key" of
its access token reference. Nobody is known by an email address: those are changed, lent and given to others.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from errors import SignInRefused
from mention import ROLES, Role

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
    found: dict[str, SigningKey] = {}
    listed = published.get("keys") if isinstance(published, Mapping) else None
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict) or one.get("use", "sig") != "sig":
            continue
        if one.get("kty") not in ("RSA", "EC"):
            continue
        whose = one.get("issuer", issuer)
        if str(whose).replace("{tenantid}", _tenant(issuer)) != issuer:
            continue
        try:
            key = import_key(one)
        except _ODD:
            continue
        if isinstance(key, SigningKey):
            found[str(one.get("kid") or "")] = key
    return found


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
    given = {role for name in app_roles for role in mapped.get(name, ())}
    return tuple(role for role in ROLES if role in given)


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


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username"):
        written = claims.get(claim)
        if isinstance(written, str) and written.strip():
            return " ".join(written.split())[:100]
    return "A colleague without a name"


def _texts(written: Any) -> list[str]:
    return [one for one in written if isinstance(one, str)] if isinstance(written, list) else []


def _untrusted(why: str) -> SignInRefused:
    return SignInRefused(
        f"what the provider signed is not to be trusted: {why}", reason="untrusted"
    )
