"""Who comes in with their organisation's account, with which roles; who does not is told why, and whom to ask."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from core.errors import SignInRefused
from core.models import ROLES
from review.auth import oidc_views
from review.auth.oidc import Provider, Published
from review.auth.sessions import COOKIE
from tests.review.accessibility import faults
from tests.review.conftest import House
from tests.review.factories import NOW, PASSWORD
from tests.review.identity_providers import (
    CLIENT,
    HANDLE,
    MINUTE,
    OTHER_TENANT,
    SECRET,
    Browser,
    StandIn,
    often,
    provider,
)  # fmt: skip
from tests.review.pages import Tags


@pytest.fixture
def house(empty: House, stand_in: StandIn) -> House:
    """A page of a test's own where people sign in with the stand-in."""
    provider(empty, stand_in.issuer)
    return empty


# ── who comes in ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "roles", [[], ["Other.Role"], ["mentions.reviewer"], "Mentions.Reviewer", None, [{"odd": 1}]]
)
def test_who_has_no_role_here_is_told_whom_to_ask(
    office: House, stand_in: StandIn, roles: object
) -> None:
    provider(office, stand_in.issuer, tries=often())
    stand_in.claims = {"roles": roles, "name": "Amina <b>Yusuf</b>"}
    browser = Browser(office)
    answer = browser.signs_in()
    assert answer.status_code == 403
    words = Tags(answer.text).text
    assert "Your account has no role here" in words
    assert "You came as Amina b Yusuf /b" in words  # plain text, whatever the directory says
    assert "ask the service desk, 01632 960123" in words
    assert "/sign-in/oidc?other=1" in answer.text
    assert COOKIE not in browser.cookies
    assert office.store.users.all() == []


def test_several_roles_are_all_given(house: House, stand_in: StandIn) -> None:
    stand_in.claims = {"roles": ["Mentions.Lead", "Mentions.Admin", "Other.Role"]}
    Browser(house).signs_in()
    user = house.store.users.by_handle("oidc", HANDLE)
    assert user is not None
    assert user.roles == tuple(role for role in ROLES if role in ("reviewer", "lead", "admin"))


def test_roles_and_names_follow_the_provider_and_other_roles_end_other_sessions(
    house: House, stand_in: StandIn
) -> None:
    desk, phone = Browser(house), Browser(house)
    desk.signs_in()
    stand_in.claims = {"name": "Amina Yusuf-Hale"}
    phone.signs_in()
    assert desk.get("/all").status_code == 200  # a new name alone ends nothing
    stand_in.claims = {"roles": ["Mentions.Viewer"]}
    phone.signs_in(other="1")
    assert desk.get("/all").status_code == 303
    user = house.store.users.by_handle("oidc", HANDLE)
    assert user is not None
    assert user.roles == ("viewer",)
    assert house.store.maintenance.verify().ok


def test_who_lost_every_role_is_signed_out_everywhere(house: House, stand_in: StandIn) -> None:
    desk = Browser(house)
    desk.signs_in()
    stand_in.claims = {"roles": []}
    assert Browser(house).signs_in().status_code == 403
    assert desk.get("/all").status_code == 303


def test_the_provider_takes_even_the_last_administrators_role(
    house: House, stand_in: StandIn
) -> None:
    stand_in.claims = {"roles": ["Mentions.Admin"]}
    Browser(house).signs_in()
    house.store.users.change(house.who["ada"], active=False, at=NOW)
    stand_in.claims = {}
    assert Browser(house).signs_in().status_code == 303
    user = house.store.users.by_handle("oidc", HANDLE)
    assert user is not None
    assert user.roles == ("reviewer",)


def test_who_was_turned_off_here_stays_out_whatever_the_provider_says(
    house: House, stand_in: StandIn
) -> None:
    browser = Browser(house)
    browser.signs_in()
    user = house.store.users.by_handle("oidc", HANDLE)
    assert user is not None
    house.store.users.change(user.number, active=False, at=NOW)
    stand_in.claims = {"roles": ["Mentions.Lead"]}
    assert browser.get("/all").status_code == 303
    answer = browser.signs_in()
    assert (answer.status_code, "turned off" in answer.text) == (403, True)
    still = house.store.users.get(user.number)
    assert still is not None
    assert (still.active, still.roles) == (False, ("reviewer",))


def test_people_are_known_by_tenant_and_object_and_never_by_an_address(
    house: House, stand_in: StandIn
) -> None:
    """The address of somebody who left is given to another; somebody marries; a subject differs by application."""
    Browser(house).signs_in()
    before = len(house.store.users.all())
    stand_in.claims = {
        "sub": "pairwise-2",
        "preferred_username": "amina.hale@example.org",
        "email": "a@example.org",
    }
    Browser(house).signs_in()
    assert len(house.store.users.all()) == before
    stand_in.claims = {
        "oid": "a0000000-0000-4000-8000-000000000002"
    }  # with the first one's address
    Browser(house).signs_in()
    assert len(house.store.users.all()) == before + 1


def test_nobody_takes_over_a_local_account_by_its_name(house: House, stand_in: StandIn) -> None:
    stand_in.claims = {"name": "ada", "preferred_username": "ada", "email": "ada"}
    Browser(house).signs_in()
    user = house.store.users.by_handle("oidc", HANDLE)
    ada = house.store.users.by_handle("local", "ada")
    assert user is not None
    assert ada is not None
    assert (ada.number != user.number, user.roles, ada.roles) == (True, ("reviewer",), ("admin",))


def test_other_providers_people_are_known_by_issuer_and_subject_whose_case_counts(
    house: House, stand_in: StandIn
) -> None:
    provider(house, stand_in.issuer, entra=False)
    before = len(house.store.users.all())
    stand_in.left_out = {"oid", "name"}
    for subject in ("abc", "Abc", "abc"):
        stand_in.claims = {"sub": subject, "tid": OTHER_TENANT}
        assert Browser(house).signs_in().status_code == 303
    assert len(house.store.users.all()) == before + 2
    assert Browser(house).leaves(other="1")["prompt"] == "login"


def test_a_name_is_shown_as_text_and_not_at_any_length(house: House, stand_in: StandIn) -> None:
    stand_in.claims = {"name": "<script>alert(1)</script>\n\u202e" + "x" * 500}
    browser = Browser(house)
    browser.signs_in()
    page = browser.get("/account")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    user = house.store.users.by_handle("oidc", HANDLE)
    assert user is not None
    assert len(user.name) == 100


# ── beside it ────────────────────────────────────────────────────────────────────────────────────


def test_the_link_stands_beside_the_form_and_leads_on_to_where_one_wanted_to_go(
    house: House,
) -> None:
    page = Tags(Browser(house).get("/sign-in", back="/all?tab=high&flag=pid").text)
    assert (
        page.all("a", id="organisation")[0]["href"]
        == "/sign-in/oidc?back=/all%3Ftab%3Dhigh%26flag%3Dpid"
    )
    assert page.all("input", name="password")
    assert "sign out of your account too" not in page.text


def test_local_accounts_can_be_left_out(house: House, stand_in: StandIn) -> None:
    provider(house, stand_in.issuer, local_accounts=False)
    page = Tags(Browser(house).get("/sign-in").text)
    assert page.all("a", id="organisation")
    assert not page.all("form")
    link = house.store.sign_in_links.make(house.who["ada"], at=NOW, until=NOW + MINUTE)
    with house.asks("") as client:
        answer = client.post("/sign-in", data={"name": "ada", "password": PASSWORD})
        assert (answer.status_code, "takes no passwords" in answer.text) == (422, True)
        assert client.get(f"/welcome/{link}").status_code == 404
        words = {"password": "otter marble lantern", "again": "otter marble lantern"}
        assert client.post(f"/welcome/{link}", data=words).status_code == 404
    assert Browser(house).signs_in().status_code == 303


def test_signing_out_ends_our_session_and_offers_a_link_to_end_the_providers(
    house: House, stand_in: StandIn
) -> None:
    browser = Browser(house)
    browser.signs_in()
    out = browser.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in?out=1")
    assert browser.cookies == {}
    assert "/sign-out/oidc" in browser.get("/sign-in?out=1").text
    answer = browser.get("/sign-out/oidc")
    assert answer.headers["location"] == f"{stand_in.issuer}/logout?client_id={CLIENT}"


def test_the_link_to_the_providers_sign_out_ends_nothing_here(house: House) -> None:
    browser = Browser(house)
    browser.signs_in()
    browser.get("/sign-out/oidc")
    assert browser.get("/all").status_code == 200


def test_a_provider_without_a_sign_out_has_no_such_page(house: House, stand_in: StandIn) -> None:
    stand_in.published = {"end_session_endpoint": None}
    assert Browser(house).get("/sign-out/oidc").status_code == 404


def test_a_local_account_signs_out_as_before(house: House) -> None:
    with house.asks("amina") as client:
        assert client.post("/sign-out").headers["location"] == "/sign-in"


def test_the_secret_is_nowhere_in_what_is_printed_or_logged(
    house: House, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    assert SECRET not in repr(house.desk)
    stand_in.token_answer = (401, {"error": "invalid_client", "error_description": SECRET})
    with caplog.at_level(logging.DEBUG):
        Browser(house).signs_in()
    assert SECRET not in caplog.text


class Refusing(Provider):
    """A provider that never gets as far as asking: it refuses for a reason."""

    reason = ""

    def published(self, at: datetime) -> Published:
        raise SignInRefused("for a test", reason=self.reason, who="Amina Yusuf")


@pytest.mark.parametrize("reason", oidc_views.REFUSALS)
def test_every_refusal_has_its_page(house: House, reason: str) -> None:
    told = oidc_views.REFUSALS[reason]
    refusing = Refusing(issuer="", client_id="", secret="", redirect="", roles={})
    refusing.reason, house.desk.oidc = reason, refusing
    answer = Browser(house).get("/sign-in/oidc")
    assert answer.status_code == told.status
    page = Tags(answer.text)
    assert told.title in page.text
    assert told.why in page.text
    assert ("ask an administrator of this page" in page.text) == told.asks
    assert not page.all("script", src="")


def test_axe_finds_nothing_wrong_with_the_pages_of_signing_in(
    browser: Chromium, house: House, stand_in: StandIn
) -> None:
    stand_in.claims = {"roles": []}
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{house.url}/sign-in?out=1")
        found = faults(page)
        page.goto(f"{house.url}/sign-in/oidc/back")
        expect(page.get_by_text("Please sign in again").first).to_be_visible()
        found += faults(page)
        provider(house, stand_in.issuer, local_accounts=False)
        page.goto(f"{house.url}/sign-in")
        found += faults(page)
        stand_in.broken = {"openid-configuration"}
        page.goto(f"{house.url}/sign-in/oidc")
        found += faults(page)
    assert found == []
