"""Sign-in against a real OpenID Connect provider, npm's `oidc-provider`, in Chromium: as a person does it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from core import clock
from core.errors import SignInRefused
from review.auth.sessions import COOKIE
from tests.review.conftest import House
from tests.review.identity_providers import TENANT, provider, running

AMINA, NOBODY = "a0000000-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-000000000002"
PEOPLE: dict[str, dict[str, Any]] = {
    "amina@example.org": {"oid": AMINA, "name": "Amina Yusuf", "roles": ["Mentions.Reviewer"]},
    "noel@example.org": {"oid": NOBODY, "name": "Noel Adeyemi", "roles": ["Other.Role"]},
}


@pytest.fixture
def house(empty: House) -> Iterator[House]:
    """A page of a test's own, on the real clock, where people sign in with npm's provider."""
    empty.desk.now = clock.now
    with running(f"{empty.url}/sign-in/oidc/back", PEOPLE) as issuer:
        provider(empty, issuer)
        yield empty


@pytest.fixture
def page(browser: Chromium) -> Iterator[Page]:
    """A browser that knows nobody, and complains of what the page's policy blocks."""
    blocked: list[str] = []
    with browser.new_context() as context:
        opened = context.new_page()
        opened.on(
            "console",
            lambda line: blocked.append(line.text) if "Content Security" in line.text else None,
        )
        yield opened
    assert blocked == []


def signs_in(page: Page, house: House, login: str, back: str = "/all") -> None:
    """From our link through the provider's own forms."""
    page.goto(f"{house.url}{back}")
    page.get_by_role("link", name="Sign in with your organisation’s account").click()
    agrees(page, login)


def agrees(page: Page, login: str) -> None:
    """Fills in the provider's forms: who one is, and that we may know."""
    page.get_by_placeholder("Enter any login").fill(login)
    page.get_by_placeholder("and password").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_somebody_signs_in_comes_back_to_where_they_wanted_to_go_and_signs_out(
    page: Page, house: House
) -> None:
    signs_in(page, house, "amina@example.org", back="/account")
    page.wait_for_url(f"{house.url}/account")
    expect(page.get_by_role("main")).to_contain_text("Amina Yusuf")
    user = house.store.users.by_handle("oidc", f"{TENANT}/{AMINA}")
    assert user is not None
    assert user.roles == ("reviewer",)
    assert [one["name"] for one in page.context.cookies(house.url)] == [COOKIE]
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("link", name="sign out of your account too").click()
    expect(page.get_by_role("button", name="Yes, sign me out")).to_be_visible()


def test_the_session_at_the_provider_signs_in_again_without_a_form(
    page: Page, house: House
) -> None:
    signs_in(page, house, "amina@example.org")
    page.wait_for_url(re.compile("/(welcome|today|overview|all)$"))
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("link", name="Sign in with your organisation’s account").click()
    page.wait_for_url(re.compile("/(welcome|today|overview|all)$"))


def test_another_account_can_be_used(page: Page, house: House) -> None:
    assert house.desk.oidc is not None
    house.desk.oidc.entra = False  # npm's provider knows no select_account
    signs_in(page, house, "noel@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account has no role here")
    expect(page.get_by_role("main")).to_contain_text("You came as Noel Adeyemi")
    expect(page.get_by_role("main")).to_contain_text("ask the service desk, 01632 960123")
    page.get_by_role("link", name="Use another account").click()
    agrees(page, "amina@example.org")
    page.wait_for_url(re.compile("/(welcome|today|overview|all)$"))
    assert [one.name for one in house.store.users.all() if one.kind == "oidc"] == ["Amina Yusuf"]


def test_who_stops_at_the_provider_is_told_so(
    page: Page, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    page.goto(f"{house.url}/sign-in")
    page.get_by_role("link", name="Sign in with your organisation’s account").click()
    with caplog.at_level(logging.WARNING, "review"):
        page.get_by_role("link", name="Cancel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You were not signed in")
    assert "access_denied" in caplog.text
    assert page.context.cookies(house.url)[0]["name"] != COOKIE


def test_a_secret_that_has_run_out_is_told_apart(
    page: Page, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    assert house.desk.oidc is not None
    house.desk.oidc.secret = "an-older-one"
    with caplog.at_level(logging.WARNING, "review"):
        signs_in(page, house, "amina@example.org")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign-in is not set up right")
    assert "invalid_client" in caplog.text


def test_a_caught_address_is_of_no_use_in_this_browser_again_or_in_another(
    page: Page, house: House
) -> None:
    back = f"{house.url}/sign-in/oidc/back"
    caught: list[str] = []
    page.on(
        "request", lambda asked: caught.append(asked.url) if asked.url.startswith(back) else None
    )
    signs_in(page, house, "amina@example.org")
    page.wait_for_url(re.compile("/(welcome|today|overview|all)$"))
    page.goto(caught[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in again")
    with page.context.browser.new_context() as other:  # type: ignore[union-attr]
        elsewhere = other.new_page()
        elsewhere.goto(caught[0])
        expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Please sign in again")
        assert other.cookies() == []


def test_a_code_is_redeemed_once_and_only_with_the_proof_that_belongs_to_it(
    page: Page, house: House
) -> None:
    oidc, back = house.desk.oidc, f"{house.url}/sign-in/oidc/back*"
    assert oidc is not None
    page.goto(f"{house.url}/sign-in")
    page.get_by_role("link", name="Sign in with your organisation’s account").click()
    house.desk.oidc = None  # our page is not there when the browser comes back
    agrees(page, "amina@example.org")
    page.wait_for_url(back)
    query = dict(parse_qsl(urlsplit(page.url).query))
    (sealed,) = (one["value"] for one in page.context.cookies(house.url))
    begun = oidc.resume(sealed, query["state"], clock.now())
    with pytest.raises(SignInRefused, match="does not know the code"):
        oidc.redeem(query["code"], replace(begun, verifier="x" * 64), clock.now())
    assert oidc.redeem(query["code"], begun, clock.now()).name == "Amina Yusuf"
    with pytest.raises(SignInRefused, match="does not know the code"):
        oidc.redeem(query["code"], begun, clock.now())
