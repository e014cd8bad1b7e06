"""What a provider signs must be true, for us and now; its keys change, and some of what it publishes is not for us."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from review.auth import oidc
from review.auth.oidc import PUBLISHED_HOLDS, REST
from review.auth.sessions import COOKIE
from tests.review.conftest import House
from tests.review.factories import NOW
from tests.review.identity_providers import (
    CLIENT,
    HANDLE,
    MINUTE,
    OBJECT,
    OTHER_TENANT,
    SECRET,
    TENANT,
    Browser,
    StandIn,
    later,
    often,
    provider,
)  # fmt: skip

SECONDS = int(NOW.timestamp())
STRANGER = RSAKey.generate_key(2048, {"kid": "first"})  # somebody else's key, by the same name
ANOTHER = RSAKey.generate_key(2048, {"kid": "another"})


@pytest.fixture
def house(empty: House, stand_in: StandIn) -> House:
    """A page of a test's own where people sign in with the stand-in."""
    provider(empty, stand_in.issuer)
    return empty


# ── what is signed must be true, for us, now ─────────────────────────────────────────────────────


def encoded(part: object) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")


def none(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token that nobody signed."""
    return f"{encoded(header | {'alg': 'none'}).decode()}.{encoded(claims).decode()}."


def by_hand(
    header: dict[str, Any], claims: dict[str, Any], secret: bytes = b"x", alg: str = "RS256"
) -> str:
    """Signed with a secret that both sides know, whatever the header says of it."""
    signed = encoded(header | {"alg": alg}) + b"." + encoded(claims)
    seal = base64.urlsafe_b64encode(hmac.digest(secret, signed, hashlib.sha256)).rstrip(b"=")
    return f"{signed.decode()}.{seal.decode()}"


def by_stranger(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(header, claims, STRANGER)


def by_its_own_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    own = ECKey.generate_key("P-256", {"kid": "first"})
    return jwt.encode(header | {"alg": "ES256", "jwk": own.as_dict(private=False)}, claims, own)


def shown(claims: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """What a stand-in is told to do otherwise."""
    return {"claims": claims or {}, **changes}


# What is wrong, what the log says of it, and what the stand-in does otherwise.
BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "another issuer": ("invalid_claim iss", shown({"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"})),
    "an issuer that only begins alike": ("invalid_claim iss", shown({"iss": "ISSUER/"})),
    "issuers in a list": ("invalid_claim iss", shown({"iss": ["ISSUER"]})),
    "another client": ("invalid_claim aud", shown({"aud": "another-app"})),
    "another client too": ("aud: it is for others too", shown({"aud": [CLIENT, "another-app"], "azp": CLIENT})),
    "no audience": ("missing_claim aud", shown(left_out={"aud"})),
    "given to another client": ("invalid_claim azp", shown({"azp": "another-app"})),
    "another sign-in": ("invalid_claim nonce", shown({"nonce": "of-another-sign-in"})),
    "no sign-in": ("missing_claim nonce", shown(left_out={"nonce"})),
    "run out": ("expired_token", shown({"exp": SECONDS - 121})),
    "no end": ("missing_claim exp", shown(left_out={"exp"})),
    "an end that is no number": ("invalid_claim exp", shown({"exp": "2099"})),
    "an end that never comes": ("invalid_claim exp", shown({"exp": float("nan")})),
    "from the future": ("invalid_claim iat", shown({"iat": SECONDS + 121})),
    "no beginning": ("missing_claim iat", shown(left_out={"iat"})),
    "not yet": ("invalid_claim nbf", shown({"nbf": SECONDS + 121})),
    "nobody": ("missing_claim sub", shown(left_out={"sub"})),
    "another tenant": ("tid: ", shown({"tid": OTHER_TENANT})),
    "no tenant": ("tid: ", shown(left_out={"tid"})),
    "no object": ("oid: ", shown(left_out={"oid"})),
    "an object that is no id": ("oid: ", shown({"oid": f"{OBJECT}/../x"})),
    "another access token": ("invalid_claim at_hash", shown({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"})),
    "signed by nobody": ("unsupported_algorithm", shown(sign=none)),
    "signed by a stranger": ("bad_signature", shown(sign=by_stranger)),
    "a key that it brings along": ("invalid_key_type", shown(sign=by_its_own_key)),
    "a key that is not published": ("does not publish", shown(header={"kid": "unknown"})),
    "another kind of token": ("typ: ", shown(header={"typ": "at+jwt"})),
    "something critical that we don't know": ("unsupported_header", shown(header={"crit": ["odd"], "odd": 1}, sign=by_hand)),
    "no token": ("it is no token", shown(sign=lambda *_: "nonsense")),
    "an empty token": ("it is no token", shown(sign=lambda *_: "")),
    "three dots": ("it is no token", shown(sign=lambda *_: "...")),
    "encrypted": ("it is no token", shown(sign=lambda *_: "a.b.c.d.e")),
    "far too long": ("it is no token", shown(sign=lambda *_: "a" * 500_000)),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_token_that_is_not_right_lets_nobody_in(
    office: House, stand_in: StandIn, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    provider(office, stand_in.issuer, tries=often())
    why, changes = BAD[what]
    for name, value in changes.items():
        setattr(stand_in, name, value)
    if "iss" in stand_in.claims:
        stand_in.claims = {
            "iss": json.loads(json.dumps(stand_in.claims["iss"]).replace("ISSUER", stand_in.issuer))
        }
    browser = Browser(office)
    answer = browser.signs_in()
    assert (answer.status_code, "did not prove who you are" in answer.text) == (403, True)
    assert len(stand_in.forms) == 1
    assert why in caplog.text
    assert COOKIE not in browser.cookies
    assert office.store.users.all() == []


@pytest.mark.parametrize("payload", [b"[1]", b"{", b"\xff", b"null"])
def test_signed_claims_that_are_no_object_let_nobody_in(
    office: House, stand_in: StandIn, payload: bytes
) -> None:
    provider(office, stand_in.issuer, tries=often())
    stand_in.sign = lambda header, _: jws.serialize_compact(header, payload, stand_in.keys[0])
    assert Browser(office).signs_in().status_code == 403


@pytest.mark.parametrize("secret", ["public key", "secret"])
def test_a_token_sealed_with_what_others_may_know_lets_nobody_in(
    office: House, stand_in: StandIn, secret: str
) -> None:
    provider(office, stand_in.issuer, tries=often())
    key = stand_in.keys[0]
    assert isinstance(key, RSAKey)
    known = {"public key": key.as_pem(private=False), "secret": SECRET.encode()}[secret]
    stand_in.sign = lambda header, claims: by_hand(header, claims, known, "HS256")
    assert Browser(office).signs_in().status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        shown({"exp": SECONDS - 119}), shown({"iat": SECONDS + 119}), shown({"nbf": SECONDS + 119}), shown({"aud": [CLIENT]}),
        shown({"azp": CLIENT}), shown({"oid": OBJECT.upper()}), shown(header={"typ": None}), shown(header={"x5t": "first", "odd": 1}),
    ],
)  # fmt: skip
def test_clocks_may_differ_by_two_minutes_and_a_token_may_say_more(
    house: House, stand_in: StandIn, changes: dict[str, Any]
) -> None:
    for name, value in changes.items():
        setattr(stand_in, name, value)
    assert Browser(house).signs_in().status_code == 303
    assert house.store.users.by_handle("oidc", HANDLE)


@pytest.mark.parametrize("algorithm", ["PS256", "RS384", "ES256"])
def test_every_algorithm_with_a_private_key_is_understood(
    house: House, stand_in: StandIn, algorithm: str
) -> None:
    if algorithm == "ES256":
        stand_in.keys = [ECKey.generate_key("P-256", {"kid": "curve"})]
    stand_in.header = {"alg": algorithm}
    assert Browser(house).signs_in().status_code == 303


def test_a_key_signs_only_by_the_algorithm_that_is_published_with_it(
    house: House, stand_in: StandIn
) -> None:
    stand_in.jwks = [stand_in.keys[0].as_dict() | {"alg": "RS256"}]
    stand_in.header = {"alg": "PS256"}
    assert Browser(house).signs_in().status_code == 403


# ── the provider's keys and addresses ────────────────────────────────────────────────────────────


def test_what_the_provider_publishes_is_asked_for_once_an_hour(
    house: House, stand_in: StandIn
) -> None:
    Browser(house).signs_in()
    later(house, NOW + timedelta(minutes=2))
    Browser(house).signs_in()
    assert (
        stand_in.asked["openid-configuration"],
        stand_in.asked["keys"],
        stand_in.asked["token"],
    ) == (1, 1, 2)
    later(house, NOW + PUBLISHED_HOLDS)
    Browser(house).get("/sign-in/oidc")
    assert stand_in.asked["openid-configuration"] == 2


def test_a_new_key_is_found_at_once_and_one_that_is_gone_no_longer_counts(
    house: House, stand_in: StandIn
) -> None:
    Browser(house).signs_in()
    old = stand_in.keys[0]
    stand_in.keys = [RSAKey.generate_key(2048, {"kid": "second"})]
    assert Browser(house).signs_in().status_code == 303
    assert stand_in.asked["keys"] == 2
    stand_in.header = {"kid": "first"}
    stand_in.sign = lambda header, claims: jwt.encode(header, claims, old)
    assert Browser(house).signs_in().status_code == 403


def test_keys_that_are_not_for_signing_or_of_other_issuers_or_odd_are_left_out(
    house: House, stand_in: StandIn
) -> None:
    right = stand_in.keys[0].as_dict(private=False) | {
        "issuer": stand_in.issuer.replace(TENANT, "{tenantid}")
    }
    odd = [
        right | {"kid": "a", "use": "enc"}, right | {"kid": "b", "issuer": stand_in.issuer.replace(TENANT, OTHER_TENANT)},
        {"kty": "oct", "kid": "c", "k": "c2VjcmV0"}, {"kty": "new", "kid": "d"}, {"kty": "RSA", "kid": "e", "n": "?"}, "text", None, {},
    ]  # fmt: skip
    found = oidc.signing_keys({"keys": [*odd, right]}, stand_in.issuer)
    assert set(found) == {"first"}
    nothings: tuple[Any, ...] = (None, [], {"keys": None}, {"keys": {"kid": 1}})
    for nothing in nothings:
        assert oidc.signing_keys(nothing, stand_in.issuer) == {}
    stand_in.jwks = [*(one for one in odd if isinstance(one, dict)), right]
    assert Browser(house).signs_in().status_code == 303


def test_a_token_need_not_name_its_key_where_there_is_one_alone(
    house: House, stand_in: StandIn
) -> None:
    stand_in.header = {"kid": None}
    assert Browser(house).signs_in().status_code == 303
    stand_in.keys.append(ANOTHER)
    later(house, NOW + PUBLISHED_HOLDS - MINUTE)
    stand_in.claims = {"exp": SECONDS + 9000}
    assert Browser(house).signs_in().status_code == 403


@pytest.mark.parametrize(
    ("published", "status"),
    [
        ({"issuer": "https://login.microsoftonline.com/common/v2.0"}, 503), ({"issuer": None}, 503), ({"jwks_uri": None}, 503),
        ({"token_endpoint": "ftp://example.org"}, 503), ({"authorization_endpoint": "javascript:alert(1)"}, 503),
        ({"authorization_endpoint": "//example.org"}, 503), ({"token_endpoint": {"odd": 1}}, 503),
    ],
)  # fmt: skip
def test_a_provider_that_does_not_say_who_and_where_it_is_is_not_asked(
    office: House, stand_in: StandIn, published: dict[str, Any], status: int
) -> None:
    provider(office, stand_in.issuer, tries=often())
    stand_in.published = published
    answer = Browser(office).get("/sign-in/oidc")
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers


def test_a_provider_that_is_away_is_said_to_be_and_has_a_rest_before_it_is_asked_again(
    house: House, stand_in: StandIn
) -> None:
    stand_in.broken = {"openid-configuration"}
    browser = Browser(house)
    answer = browser.get("/sign-in/oidc")
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
    assert "sign in with name and password" in answer.text
    assert browser.get("/sign-in/oidc").status_code == 503
    assert stand_in.asked["openid-configuration"] == 1
    stand_in.broken = set()
    later(house, NOW + REST)
    assert browser.signs_in().status_code == 303


def test_a_provider_that_nobody_listens_for_is_away(house: House) -> None:
    provider(house, f"http://127.0.0.1:9/{TENANT}/v2.0")
    assert Browser(house).get("/sign-in/oidc").status_code == 503


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ((400, {"error": "invalid_grant", "error_description": "<b>AADSTS54005</b>"}), 400, "sign in again"),
        ((401, {"error": "invalid_client", "error_description": "AADSTS7000222: the secret"}), 503, "its secret may have run out"),
        ((400, {"error": "temporarily_unavailable"}), 503, "does not answer"),
        ((400, {"error": {"odd": 1}}), 503, "is not set up right"),
        ((200, {"access_token": "opaque"}), 403, "did not prove"),
        ((200, {"access_token": "opaque", "id_token": {"odd": 1}}), 403, "did not prove"),
        ((500, {}), 503, "does not answer"),
        ((302, {}), 403, "did not prove"),
    ],
)  # fmt: skip
def test_what_goes_wrong_when_the_code_is_redeemed_is_told_apart(
    office: House, stand_in: StandIn, answer: tuple[int, dict[str, Any]], status: int, words: str
) -> None:
    provider(office, stand_in.issuer, tries=often())
    stand_in.token_answer = answer
    came = Browser(office).signs_in()
    assert (came.status_code, words in came.text, "AADSTS" in came.text) == (status, True, False)


def test_nonsense_instead_of_a_token_is_an_outage(office: House, stand_in: StandIn) -> None:
    provider(office, stand_in.issuer, tries=often())
    stand_in.broken = {"token"}
    assert Browser(office).signs_in().status_code == 503
