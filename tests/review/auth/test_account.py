"""Somebody changes their own password: who knows the one that holds, and nobody is left signed in elsewhere."""

from __future__ import annotations

import httpx
import pytest

from review.auth import sessions
from review.auth.sessions import COOKIE
from review.auth.tries import Delays
from tests.review.auth.test_users import provider
from tests.review.conftest import House
from tests.review.factories import PASSWORD
from tests.review.pages import Tags, read

NEW = "otter marble lantern"
SENT = {"change": "password", "now": PASSWORD, "password": NEW, "again": NEW}


def send(house: House, **form: str) -> httpx.Response:
    with house.asks() as client:
        return client.post("/account", data=SENT | form)


def knows(house: House, password: str) -> bool:
    return sessions.checked(house.store.users.get(house.who["amina"]), password)


def test_the_new_one_holds_and_all_other_sessions_end(anew: House) -> None:
    with anew.asks() as elsewhere:
        assert elsewhere.get("/account").status_code == 200
        answer = send(anew)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account?kept=password")
        assert elsewhere.get("/account").status_code == 303  # to sign in
    cookie = answer.cookies[COOKIE]
    with httpx.Client(
        base_url=anew.url, headers={"Cookie": f"{COOKIE}={cookie}"}, verify=False
    ) as here:
        assert "Your password was changed" in here.get(answer.headers["location"]).text
    assert (knows(anew, NEW), knows(anew, PASSWORD)) == (True, False)
    told = [one for one in anew.store.audit.events() if one.kind == "user changed"][-1].about
    assert told == {"user": anew.who["amina"], "by": anew.who["amina"], "changed": "password"}


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"now": "not this one at all"}, "The password that you have now is not right"),
        ({"password": "short", "again": "short"}, "Use at least 12 characters"),
        ({"again": "otter marble"}, "The two passwords differ"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    anew: House, form: dict[str, str], why: str
) -> None:
    answer = send(anew, **form)
    assert (answer.status_code, why in answer.text) == (422, True)
    wrong = [told for told in Tags(answer.text).all("input") if "--error" in told.get("class", "")]
    assert [one["id"] for one in wrong] == (["now"] if "now" in form else ["password", "again"])
    assert PASSWORD not in answer.text
    assert NEW not in answer.text
    assert knows(anew, PASSWORD)


def test_guessing_at_an_open_browser_is_slowed_down(fresh: House) -> None:
    fresh.desk.tries = Delays(free=2, now=lambda: 0.0)
    answers = [send(fresh, now=f"guess number {count}").status_code for count in range(4)]
    assert answers == [422, 422, 422, 429]
    assert send(fresh).status_code == 429
    assert knows(fresh, PASSWORD)


def test_who_comes_by_the_organisations_account_has_none_to_change(fresh: House) -> None:
    fresh.desk.oidc = provider(local_accounts=True)
    fresh.who["ola"] = fresh.store.users.add(
        "oidc", "o", "Ola Reed", ["viewer"], at=fresh.desk.now()
    ).number
    assert "Change your password" not in read(fresh, "/account", "ola").text
    with fresh.asks("ola") as client:
        assert client.post("/account", data=SENT).status_code == 404


SIGN_IN = {"name": "amina", "password": PASSWORD}


def test_signing_in_is_no_try(fresh: House) -> None:
    fresh.desk.tries = Delays(free=1, now=lambda: 0.0)
    with fresh.asks("") as anyone:
        for _ in range(4):
            assert anyone.post("/sign-in", data=SIGN_IN).status_code == 303


def test_a_wrong_password_is_one(fresh: House) -> None:
    fresh.desk.tries = Delays(free=1, now=lambda: 0.0)
    with fresh.asks("") as anyone:
        wrong = [
            anyone.post("/sign-in", data=SIGN_IN | {"password": "heron"}).status_code
            for _ in range(3)
        ]
        assert wrong == [422, 422, 429]
        assert anyone.post("/sign-in", data=SIGN_IN).status_code == 429
