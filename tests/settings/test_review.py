"""What [review.oidc] of config.toml must say before anybody signs in by it, and what the page makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from settings.review import Oidc

TENANT = "1b0a7f2e-0000-4000-8000-00000000a0a0"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
WHOLE: dict[str, Any] = {
    "on": True, "issuer": ISSUER, "client_id": "6731de76", "client_secret": "env:MENTIONS_OIDC_SECRET",
    "roles": {"Mentions.Lead": ("reviewer", "lead")},
}  # fmt: skip


def test_it_is_off_and_needs_nothing_until_it_is_on() -> None:
    assert not Oidc().on
    assert Oidc(**WHOLE).local_accounts


@pytest.mark.parametrize("key", ["issuer", "client_id", "client_secret", "roles"])
def test_what_is_missing_is_named(key: str) -> None:
    with pytest.raises(ValidationError, match=f"on = true needs {key}"):
        Oidc(**{name: value for name, value in WHOLE.items() if name != key})


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/organizations/v2.0",
        "https://login.microsoftonline.com/example.onmicrosoft.com/v2.0",
        f"https://login.microsoftonline.com/{TENANT.upper()}/v2.0",
        f"https://sts.windows.net/{TENANT}/",
        f"{ISSUER}/",
    ],
)
def test_only_one_tenants_issuer_is_taken_for_entra(issuer: str) -> None:
    with pytest.raises(ValidationError, match="never common, organizations or a domain"):
        Oidc(**(WHOLE | {"issuer": issuer}))


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.example.org", "id.example.org", "javascript:alert(1)", "https://", "https://user@example.org",
        "https://id.example.org?x=1", "https://id.example.org#x",
    ],
)  # fmt: skip
def test_an_issuer_that_is_no_safe_address_is_refused(issuer: str) -> None:
    with pytest.raises(ValidationError, match="issuer"):
        Oidc(**(WHOLE | {"kind": "other", "issuer": issuer}))


def test_another_providers_issuer_is_taken_as_it_is() -> None:
    for issuer in (
        "https://id.example.org",
        "https://id.example.org/realms/nwl",
        "http://127.0.0.1:9",
    ):
        assert Oidc(**(WHOLE | {"kind": "other", "issuer": issuer})).issuer == issuer


@pytest.mark.parametrize(
    "roles", [{"Mentions.Lead": ("boss",)}, {"Mentions.Lead": ()}, {"Mentions.Lead": "lead"}]
)
def test_a_role_that_we_do_not_have_is_refused(roles: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Oidc(**(WHOLE | {"roles": roles}))


def test_a_secret_in_clear_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        Oidc(**(WHOLE | {"client_secret": "hunter2"}))
    assert "write where the secret is" in str(caught.value.errors()[0]["msg"])
