"""People sign in with their organisation's account, there and back; whoever it does not send back, now and here, stays out."""

from __future__ import annotations

import base64
import hashlib
import logging
from datetime import timedelta

import pytest

from review.auth import oidc_views
from review.auth.oidc import HOLDS, MOST_USED
from review.auth.sessions import COOKIE
from review.middleware import RateLimiter
from tests.review.conftest import House
from tests.review.factories import NOW
from tests.review.identity_providers import (
    CLIENT,
    HANDLE,
    MINUTE,
    SECRET,
    Browser,
    StandIn,
    later,
    provider,
)


@pytest.fixture
def house(empty: House, stand_in: StandIn) -> House:
    """A page of a test's own where people sign in with the stand-in."""
    provider(empty, stand_in.issuer)
    return empty


# ── there and back ───────────────────────────────────────────────────────────────────────────────


def test_somebody_whom_the_provider_vouches_for_comes_in_with_the_roles_that_it_gives(
    house: House,
) -> None:
    browser = Browser(house)
    answer = browser.signs_in(back="/all?tab=high")
    assert (answer.status_code, answer.headers["location"]) == (303, "/all?tab=high")
    session = answer.headers.get_list("set-cookie")[0]
    assert session.startswith(f"{COOKIE}=")
    assert all(part in session for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    assert browser.get("/account").status_code == 200
    user = house.store.users.by_handle("oidc", HANDLE)
    assert user is not None
    assert (user.name, user.roles, user.secret) == ("Amina Yusuf", ("reviewer",), "")


def test_the_provider_is_asked_for_a_code_with_a_proof_key_a_state_and_a_nonce(
    house: House, stand_in: StandIn
) -> None:
    browser = Browser(house)
    asked = browser.leaves()
    assert {name: asked[name] for name in ("response_type", "client_id", "scope", "code_challenge_method", "fixed")} == {
        "response_type": "code", "client_id": CLIENT, "scope": "openid profile", "code_challenge_method": "S256", "fixed": "1",
    }  # fmt: skip
    assert asked["redirect_uri"] == f"{house.url}/sign-in/oidc/back"
    assert "prompt" not in asked
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert all(len(asked[name]) >= 32 for name in ("state", "nonce", "code_challenge"))
    browser.comes_back(asked)
    (form,) = stand_in.forms
    proof = base64.urlsafe_b64encode(
        hashlib.sha256(form["code_verifier"].encode()).digest()
    ).rstrip(b"=")
    assert proof.decode() == asked["code_challenge"]
    assert (form["client_secret"], form["redirect_uri"]) == (SECRET, asked["redirect_uri"])
    assert form["authorization"] == ""


def test_a_provider_that_takes_no_secret_in_a_form_gets_it_in_a_header(
    house: House, stand_in: StandIn
) -> None:
    stand_in.published = {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}
    assert Browser(house).signs_in().headers["location"] == "/"
    (form,) = stand_in.forms
    assert form["authorization"].startswith("Basic ")
    assert "client_secret" not in form


def test_the_cookie_of_the_way_shows_nothing_and_is_gone_afterwards(house: House) -> None:
    browser = Browser(house)
    answer = browser.get("/sign-in/oidc")
    written = answer.headers["set-cookie"]
    assert written.startswith(f"{oidc_views.COOKIE}=")
    assert all(
        part in written for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600")
    )
    asked = dict(part.split("=", 1) for part in answer.headers["location"].split("?")[1].split("&"))
    assert asked["nonce"] not in written
    browser.comes_back(asked)
    assert set(browser.cookies) == {COOKIE}


def test_nothing_that_the_provider_gave_is_kept(house: House, stand_in: StandIn) -> None:
    Browser(house).signs_in()
    kept = house.store.database.path.read_bytes()
    assert b"amina.yusuf@example.org" not in kept
    assert b"opaque" not in kept


def test_who_is_signed_in_already_goes_on_and_another_account_can_be_asked_for(
    house: House,
) -> None:
    browser = Browser(house)
    browser.signs_in()
    assert browser.get("/sign-in/oidc", back="/sources").headers["location"] == "/sources"
    assert browser.leaves(other="1")["prompt"] == "select_account"


def test_signing_in_anew_ends_the_session_that_the_browser_had(house: House) -> None:
    browser = Browser(house)
    browser.signs_in()
    before = Browser(house, dict(browser.cookies))
    browser.signs_in(other="1")
    assert before.get("/all").status_code == 303
    assert browser.get("/all").status_code == 200


@pytest.mark.parametrize(
    "back",
    ["https://example.org", "//example.org", "/\\example.org", "\\\\example.org", "javascript:alert(1)", "/%0d%0aSet-Cookie:x",
     "/cases\r\nLocation: https://example.org", "/\t/example.org", "cases", "/" + "x" * 5000],
)  # fmt: skip
def test_no_link_leads_away_from_this_page(house: House, back: str) -> None:
    answer = Browser(house).signs_in(back=back)
    where = answer.headers["location"]
    assert where == "/" or (
        where[0] == "/" and where[1] not in "/\\" and "\n" not in where and len(where) <= 1000
    )


def test_there_is_no_such_page_where_it_is_not_set_up(empty: House) -> None:
    for path in ("/sign-in/oidc", "/sign-in/oidc/back", "/sign-out/oidc"):
        assert Browser(empty).get(path).status_code == 404
    assert "organisation’s account" not in Browser(empty).get("/sign-in").text


# ── what comes back must be what was begun, in this browser, once ────────────────────────────────


def test_what_came_back_once_does_not_come_back_again(house: House) -> None:
    browser = Browser(house)
    asked = browser.leaves()
    kept = dict(browser.cookies)
    assert browser.comes_back(asked).headers["location"] == "/"
    again = Browser(house, kept).comes_back(asked)
    assert (again.status_code, "Please sign in again" in again.text) == (400, True)
    assert "set-cookie" not in again.headers


def test_another_browser_cannot_finish_what_this_one_began(house: House, stand_in: StandIn) -> None:
    asked, other = Browser(house).leaves(), Browser(house)
    assert other.comes_back(asked).status_code == 400
    other.leaves()  # it has begun a sign-in of its own
    assert other.comes_back(asked).status_code == 400
    assert stand_in.forms == []


def test_a_sign_in_waits_ten_minutes_and_no_longer(house: House) -> None:
    one, two = Browser(house), Browser(house)
    first, second = one.leaves(), two.leaves()
    later(house, NOW + HOLDS)
    assert one.comes_back(first).status_code == 303
    later(house, NOW + HOLDS + timedelta(seconds=1))
    assert two.comes_back(second).status_code == 400


@pytest.mark.parametrize(
    "query", [{"state": ""}, {"state": "x"}, {"state": "ü"}, {"state": "a" * 9000}]
)
def test_a_state_that_was_not_given_is_refused(house: House, query: dict[str, str]) -> None:
    browser = Browser(house)
    assert browser.comes_back(browser.leaves(), **query).status_code == 400


def test_a_cookie_that_was_altered_or_made_by_another_is_refused(
    house: House, stand_in: StandIn
) -> None:
    browser = Browser(house)
    asked = browser.leaves()
    sealed = browser.cookies[oidc_views.COOKIE]
    other = provider(house, stand_in.issuer)  # the page was started anew
    for cookie in (sealed, sealed[:-4] + "AAAA", "nonsense", ""):
        assert Browser(house, {oidc_views.COOKIE: cookie}).comes_back(asked).status_code == 400
    assert other.issuer == stand_in.issuer


def test_what_is_said_twice_is_refused(house: House) -> None:
    browser = Browser(house)
    asked = browser.leaves()
    answer = browser.get(
        f"/sign-in/oidc/back?state={asked['state']}&code={asked['nonce']}&code=other"
    )
    assert answer.status_code == 400


def test_an_answer_without_a_code_is_refused(house: House) -> None:
    browser = Browser(house)
    assert browser.comes_back(browser.leaves(), code="").status_code == 403


def test_another_providers_answer_is_refused(house: House, stand_in: StandIn) -> None:
    browser = Browser(house)
    assert browser.comes_back(browser.leaves(), iss="https://example.org").status_code == 403
    assert browser.comes_back(browser.leaves(), iss=stand_in.issuer).status_code == 303


def test_an_answer_that_leaves_out_who_answers_is_refused_where_it_was_promised(
    house: House, stand_in: StandIn
) -> None:
    stand_in.published = {"authorization_response_iss_parameter_supported": True}
    browser = Browser(house)
    assert browser.comes_back(browser.leaves()).status_code == 403
    assert browser.comes_back(browser.leaves(), iss=stand_in.issuer).status_code == 303


def test_a_providers_error_is_told_in_our_words_and_its_own_are_not_repeated(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(house)
    said = "AADSTS50105: <script>alert(1)</script> Amina Yusuf is not assigned"
    with caplog.at_level(logging.WARNING, "review"):
        answer = browser.comes_back(browser.leaves(), error="access_denied", error_description=said)
    assert answer.status_code == 403
    assert "You were not signed in" in answer.text
    assert "the service desk, 01632 960123" in answer.text
    assert "alert(1)" not in answer.text
    (line,) = caplog.messages
    assert "access_denied, AADSTS50105" in line
    assert "Amina" not in line
    browser.comes_back(browser.leaves(), error="<b>odd</b>\nline")
    assert "odd" not in caplog.text


def test_an_error_counts_only_for_a_sign_in_that_was_begun_here(house: House) -> None:
    assert (
        Browser(house).get("/sign-in/oidc/back", error="access_denied", state="x").status_code
        == 400
    )


def test_many_tries_are_slowed_down(house: House, stand_in: StandIn) -> None:
    provider(house, stand_in.issuer, tries=RateLimiter(most=3, each=0.001))
    browser = Browser(house)
    assert [browser.get("/sign-in/oidc").status_code for _ in range(4)] == [303, 303, 303, 429]
    assert browser.get("/sign-in/oidc/back").status_code == 429


def test_a_flood_of_returns_is_held_off_and_forgotten_in_time(
    house: House, stand_in: StandIn
) -> None:
    made = provider(house, stand_in.issuer)
    made._used.update({str(number): NOW + MINUTE for number in range(MOST_USED)})
    browser = Browser(house)
    assert browser.signs_in().status_code == 429
    later(house, NOW + 2 * MINUTE)
    assert browser.signs_in().status_code == 303
