"""People sign in by a password that is theirs alone, see what their roles let them, and sign out everywhere."""

from __future__ import annotations

import logging
from datetime import timedelta

import httpx
import pytest

from core.errors import StoreError
from review.auth import sessions
from review.auth.sessions import COOKIE
from review.auth.tries import Delays
from tests.review.conftest import House
from tests.review.factories import NOW, PASSWORD, PEOPLE, Failing
from tests.review.pages import Tags
from tests.store.factories import AT

HOUR = timedelta(hours=1)


def signs_in(house: House, name: str, password: str, back: str = "") -> httpx.Response:
    with house.asks("") as client:
        return client.post("/sign-in", data={"name": name, "password": password, "back": back})


def test_the_right_password_opens_a_session_in_a_cookie_that_scripts_cannot_read(
    fresh: House,
) -> None:
    answer = signs_in(fresh, "AMINA ", PASSWORD, "/all?tab=high")
    assert (answer.status_code, answer.headers["location"]) == (303, "/all?tab=high")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("name", "password"), [("amina", "wrong"), ("nobody", PASSWORD), ("", ""), ("amina", "")]
)
def test_what_is_wrong_is_not_said(fresh: House, name: str, password: str) -> None:
    answer = signs_in(fresh, name, password)
    assert answer.status_code == 422
    assert "The name or the password is not right" in answer.text
    assert "set-cookie" not in answer.headers


def test_somebody_who_was_turned_off_cannot_sign_in_and_is_signed_out(fresh: House) -> None:
    with fresh.asks("amina") as client:
        assert client.get("/all").status_code == 200
        fresh.store.users.change(fresh.who["amina"], active=False, at=NOW)
        assert client.get("/all").status_code == 303
    assert signs_in(fresh, "amina", PASSWORD).status_code == 422


def test_many_tries_are_slowed_down(fresh: House) -> None:
    fresh.desk.tries = Delays(free=3)
    answers = [signs_in(fresh, "amina", "wrong") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert "Wait 1 second, then try again" in answers[-1].text


def tries(fresh: House, name: str, address: str) -> int:
    """What somebody gets who tries a wrong password from an address behind the proxy."""
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": address}
    said = {"name": name, "password": "wrong wrong wrong"}
    return httpx.post(f"{fresh.url}/sign-in", data=said, headers=headers, verify=False).status_code


def test_one_address_can_not_keep_somebody_else_out(fresh: House) -> None:
    fresh.desk.tries = Delays(now=lambda: 0.0)
    assert [tries(fresh, "amina", "192.0.2.1") for _ in range(40)].count(429) == 34
    assert signs_in(fresh, "amina", PASSWORD).status_code == 303


def test_nor_can_many_addresses_together(fresh: House) -> None:
    fresh.desk.tries = Delays(now=lambda: 0.0)
    for address in range(8):
        for _ in range(8):
            tries(fresh, "amina", f"192.0.2.{address}")
    assert signs_in(fresh, "amina", PASSWORD).status_code == 303


def test_a_name_is_slowed_down_however_it_is_written(fresh: House) -> None:
    fresh.desk.tries = Delays(now=lambda: 0.0)
    written = ("amina", "AMINA", " amina", "amina  ")
    assert [tries(fresh, written[one % 4], "192.0.2.1") for one in range(8)].count(429) == 2


def test_an_address_that_goes_through_names_is_slowed_down(fresh: House) -> None:
    fresh.desk.tries_of_an_address = Delays(free=6, now=lambda: 0.0)
    assert [tries(fresh, f"name{one}", "192.0.2.1") for one in range(9)] == [422] * 7 + [429] * 2
    assert tries(fresh, "amina", "192.0.2.2") == 422


def test_a_network_of_ipv6_is_one_place(fresh: House) -> None:
    fresh.desk.tries = Delays(free=3, now=lambda: 0.0)
    found = [tries(fresh, "amina", f"2001:db8:1:1::{one:x}") for one in range(1, 7)]
    assert found == [422] * 4 + [429] * 2
    assert tries(fresh, "amina", "2001:db8:1:2::1") == 422


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(house: House) -> None:
    with house.asks("") as client:
        answer = client.get("/all?tab=high&flag=pid")
        assert answer.headers["location"] == "/sign-in?back=%2Fall%3Ftab%3Dhigh%26flag%3Dpid"
        assert client.post("/cases/1/decide").status_code == 401


def test_a_session_ends_unused_and_at_the_end_of_the_day(fresh: House) -> None:
    store, user = fresh.store, fresh.who["amina"]
    session = store.sessions.begin(user, at=NOW, until=NOW + sessions.ABSOLUTE)
    assert store.sessions.get(session, at=NOW + HOUR / 2, idle=sessions.IDLE)
    assert store.sessions.get(session, at=NOW + HOUR, idle=sessions.IDLE)  # it was used in between
    assert store.sessions.get(session, at=NOW + 3 * HOUR, idle=sessions.IDLE) is None
    assert store.sessions.get(session, at=NOW + 13 * HOUR, idle=timedelta(days=9)) is None


def test_sessions_cannot_be_read_from_the_store(fresh: House) -> None:
    session = fresh.store.sessions.begin(fresh.who["amina"], at=NOW, until=NOW + HOUR)
    assert session.encode() not in fresh.store.database.path.read_bytes()


def test_signing_out_everywhere_ends_other_browsers_too(fresh: House) -> None:
    with fresh.asks("amina") as one, fresh.asks("amina") as other:
        assert one.post("/sign-out-everywhere").status_code == 303
        assert other.get("/all").status_code == 303


def test_new_roles_end_sessions(fresh: House) -> None:
    with fresh.asks("amina") as client:
        fresh.store.users.change(fresh.who["amina"], roles=["viewer"], at=NOW)
        assert client.get("/all").status_code == 303


def test_a_link_lets_in_once_and_reading_it_uses_nothing_up(fresh: House) -> None:
    token = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + HOUR)
    words = {"password": "otter marble lantern", "again": "otter marble lantern"}
    with fresh.asks("") as client:
        assert client.get(f"/welcome/{token}").status_code == 200
        assert client.get(f"/welcome/{token}").status_code == 200
        assert client.post(f"/welcome/{token}", data=words).status_code == 303
        assert client.post(f"/welcome/{token}", data=words).status_code == 404
    assert signs_in(fresh, "vera", "otter marble lantern").status_code == 303
    assert signs_in(fresh, "vera", PASSWORD).status_code == 422


@pytest.mark.parametrize(
    ("one", "again"),
    [("short", "short"), ("otter marble lantern", "other"), ("aaaaaaaaaaaaaaa",) * 2],
)
def test_a_poor_password_is_not_taken_and_the_link_still_works(
    fresh: House, one: str, again: str
) -> None:
    token = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + HOUR)
    with fresh.asks("") as client:
        assert (
            client.post(f"/welcome/{token}", data={"password": one, "again": again}).status_code
            == 422
        )
    assert fresh.store.sign_in_links.owner(token, at=NOW) is not None


def test_a_link_that_is_over_or_replaced_does_not_work(fresh: House) -> None:
    first = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + HOUR)
    second = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + HOUR)
    assert fresh.store.sign_in_links.owner(first, at=NOW) is None
    assert fresh.store.sign_in_links.owner(second, at=NOW + 2 * HOUR) is None


def test_a_link_does_not_come_back_with_whom_it_was_for(fresh: House) -> None:
    link = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + HOUR)
    fresh.store.users.change(fresh.who["vera"], active=False, at=NOW)
    fresh.store.users.change(fresh.who["vera"], active=True, at=NOW)
    assert fresh.store.sign_in_links.owner(link, at=NOW) is None


def test_another_password_ends_a_link_that_is_still_out(fresh: House) -> None:
    link = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + HOUR)
    fresh.store.users.change(fresh.who["vera"], secret=sessions.hashed("three other words"), at=NOW)
    assert fresh.store.sign_in_links.owner(link, at=NOW) is None


@pytest.mark.parametrize("handle", PEOPLE)
def test_only_reviewers_decide(house: House, handle: str) -> None:
    decides = handle in ("amina", "bea", "gwen")
    with house.asks(handle) as client:
        assert client.get("/all").status_code == 200
        assert client.post("/cases/1/decide", data={}).status_code == (422 if decides else 403)


def test_the_last_administrator_stays(fresh: House) -> None:
    with pytest.raises(StoreError, match="must stay administrator"):
        fresh.store.users.change(fresh.who["ada"], active=False, at=NOW)
    with pytest.raises(StoreError, match="already"):
        fresh.store.users.add("local", " Ada", "Ada", ["viewer"], at=AT)


def test_single_keys_are_off_until_somebody_turns_them_on_and_can_be_others(fresh: House) -> None:
    with fresh.asks() as client:
        assert 'data-shortcuts="false"' in client.get("/cases/1/full").text
        client.post("/account", data={"shortcuts": "on", "key-next": "w"})
        told = client.get("/cases/1/full").text
        assert "&#34;next&#34;: &#34;w&#34;" in told
        again = client.post("/account", data={"shortcuts": "on", "key-next": "k"})
        assert again.status_code == 422
        assert '<a href="#key-next">Use another key for each: ‘k’ stands for two' in again.text
        client.post("/account", data={})
        assert 'data-shortcuts="false"' in client.get("/cases/1/full").text


def test_the_page_of_a_bug_has_the_headers_and_says_nothing_of_it(fresh: House) -> None:
    fresh.desk.platforms = Failing(TypeError("NoneType is no list"))
    with fresh.asks() as client:
        answer = client.get("/mentions/1/moderate")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "NoneType" not in answer.text


def test_password_fields_are_masked_and_password_managers_may_fill_them(fresh: House) -> None:
    token = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + HOUR)
    with fresh.asks("") as client:
        pages = {"/sign-in": "current-password", f"/welcome/{token}": "new-password"}
        for path, kind in pages.items():
            fields = [one for one in Tags(client.get(path).text).all("input") if "password" in one.get("autocomplete", "")]  # fmt: skip
            assert fields
            assert {(one["type"], one["autocomplete"]) for one in fields} == {("password", kind)}
            assert all("onpaste" not in one for one in fields)


def test_who_asks_for_what_is_not_theirs_is_written_down_without_numbers(
    fresh: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "review.auth"), fresh.asks("vera") as client:
        assert client.get("/people/1").status_code == 403
    assert [record.getMessage() for record in caplog.records] == [
        f"account {fresh.who['vera']} may not open GET /people/{{number}}"
    ]
