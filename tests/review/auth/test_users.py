"""An administrator lets people in and puts them out at once; nobody else does, nobody unseen, and one always stays."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from review.auth import users
from review.auth.oidc import Provider
from store import Event
from tests.review.conftest import House
from tests.review.factories import NOW, PASSWORD, PEOPLE
from tests.review.pages import read
from tests.store.factories import DAY

ADDED = {"name": "Nia Brandreth", "handle": "nia", "role": ["viewer"]}


def provider(*, local_accounts: bool) -> Provider:
    return Provider(
        issuer="https://id.example.org", client_id="abc", secret="invented", roles={}, entra=False,
        redirect="http://127.0.0.1/back", local_accounts=local_accounts, ask="",
    )  # fmt: skip


def send(house: House, path: str, by: str, form: dict[str, Any] | None = None) -> httpx.Response:
    with house.asks(by) as client:
        return client.post(path, data=form or {})


def last(house: House) -> Event:
    return house.store.audit.events()[-1]


def of(house: House, handle: str, part: str = "") -> str:
    return f"/people/{house.who[handle]}{part}"


@pytest.mark.parametrize("handle", PEOPLE)
def test_an_administrator_alone_sees_people(house: House, handle: str) -> None:
    wanted = 200 if handle == "ada" else 403
    read(house, "/people", handle, wanted)
    read(house, of(house, "vera"), handle, wanted)


@pytest.mark.parametrize("handle", [one for one in PEOPLE if one != "ada"])
@pytest.mark.parametrize("part", ["", "/roles", "/link", "/sessions", "/access"])
def test_nobody_else_changes_anything(house: House, handle: str, part: str) -> None:
    path = of(house, handle, part) if part else "/people"
    before = (house.store.users.all(), house.store.audit.events())
    seen = ",".join(PEOPLE[handle][1])
    answer = send(house, path, handle, ADDED | {"to": "on", "seen": seen})
    assert answer.status_code == 403
    assert house.store.users.all()[0].roles == before[0][0].roles
    kinds = {one.kind for one in house.store.audit.events(len(before[1]))}
    assert kinds == {"signed in"}


def test_somebody_who_is_added_gets_in_by_the_link_that_is_shown_once(empty: House) -> None:
    answer = send(empty, "/people", "ada", ADDED)
    link = re.search(r'value="(http://[^"]+/welcome/[^"]+)"', answer.text)
    assert link is not None
    assert link[1].startswith(empty.url)
    assert answer.headers["cache-control"] == "no-store"
    assert link[1] not in read(empty, "/people", "ada").text
    with empty.asks("") as client:
        words = {"password": "otter marble lantern", "again": "otter marble lantern"}
        assert client.post(link[1], data=words).status_code == 303
    nia = empty.store.users.by_handle("local", "nia")
    assert nia is not None
    assert (nia.name, nia.roles) == ("Nia Brandreth", ("viewer",))
    added = next(one for one in empty.store.audit.events() if one.about.get("user") == nia.number)
    assert added.about == {"user": nia.number, "by": empty.who["ada"], "roles": "viewer"}


def test_a_link_holds_for_a_day(empty: House) -> None:
    answer = send(empty, of(empty, "vera", "/link"), "ada")
    token = re.search(r"/welcome/([\w-]+)", answer.text)
    assert token is not None
    assert empty.store.sign_in_links.owner(token[1], at=NOW + DAY * 0.99) is not None
    assert empty.store.sign_in_links.owner(token[1], at=NOW + DAY) is None
    assert last(empty).about == {"user": empty.who["vera"], "by": empty.who["ada"], "anew": 1}


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"handle": ""}, "Give a sign-in name"), ({"name": " "}, "Give the name that colleagues call them"),
        ({"role": []}, "Choose at least one role"), ({"role": ["owner"]}, "Choose at least one role"),
        ({"handle": "nia brandreth"}, "Use a sign-in name without spaces"),
        ({"name": "amina yusuf"}, "Someone here has this name: add what tells them apart"),
        ({"handle": "AMINA"}, "There is a person AMINA already"), ({"handle": "x" * 81}, "Use names of at most 80"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    empty: House, form: dict[str, object], why: str
) -> None:
    before = len(empty.store.users.all())
    answer = send(empty, "/people", "ada", ADDED | form)
    assert answer.status_code == 422
    assert why in answer.text
    assert "Nia Brandreth" in answer.text or form.get("name") in (" ", "amina yusuf")
    assert len(empty.store.users.all()) == before


def test_a_hostile_name_is_text(empty: House) -> None:
    name = '"><img src=x onerror=alert(1)>\u202e'
    for wrong in (name, "{{7*7}}", "Jo\u202eSmith", "J0 Smith", "- . -"):
        refused = send(empty, "/people", "ada", ADDED | {"name": wrong})
        assert (refused.status_code, users.PLAIN in refused.text) == (422, True)
    tag = send(empty, "/people", "ada", ADDED | {"handle": "<b>jo</b>"})
    assert (tag.status_code, "in a sign-in name" in tag.text) == (422, True)
    empty.store.users.add("local", "nia", name, ["viewer"], at=NOW)  # of an earlier program
    page = read(empty, "/people", "ada")
    assert '"><img src=x onerror=alert(1)>·' in page.text
    assert page.all("img") == []
    assert all(map(users.is_plain, ("Siân O’Néill-Okoro", "J. St. John", "李小龍", "अनिता राव")))


def test_other_roles_count_on_the_next_request_and_say_who_gave_them(empty: House) -> None:
    read(empty, "/sample", "vera", 403)
    with empty.asks("vera") as vera:
        assert vera.get("/all").status_code == 200
        form = {"role": ["reviewer"], "seen": "viewer"}
        assert send(empty, of(empty, "vera", "/roles"), "ada", form).headers["location"].endswith("?done=asked")  # fmt: skip
        assert vera.get("/all").status_code == 200
        (waits,) = empty.store.second_people.waiting()
        agreed = {"request": waits.number, "answer": "agrees"}
        assert send(empty, "/governance/access", "gwen", agreed).status_code == 303
        assert vera.get("/all").status_code == 303  # signed out: with the next sign-in they count
    changed = next(one for one in reversed(empty.store.audit.events()) if one.kind == "user changed")  # fmt: skip
    assert changed.about == {
        "user": empty.who["vera"], "by": empty.who["gwen"], "changed": "roles,active", "active": 1, "before": "viewer", "roles": "reviewer",
    }  # fmt: skip
    read(empty, "/sample", "vera")


def test_who_gives_themselves_a_role_is_seen_by_governance(empty: House) -> None:
    form = {"role": ["viewer", "admin"], "seen": "admin"}
    assert send(empty, of(empty, "ada", "/roles"), "ada", form).status_code == 303
    changed = "Changed their own roles to: viewer, administrator (before: administrator)."
    for address in ("/audit?kind=user+changed", "/governance"):
        assert changed in read(empty, address, "gwen").text, address


def test_nobody_makes_themselves_a_lead(empty: House) -> None:
    def roles() -> set[str]:
        user = empty.store.users.get(empty.who["ada"])
        assert user is not None
        return set(user.roles)

    form = {"role": ["lead", "admin"], "seen": "admin"}
    answer = send(empty, of(empty, "ada", "/roles"), "ada", form)
    assert answer.headers["location"].endswith("?done=asked")
    assert roles() == {"admin"}
    read(empty, "/exports", "ada", 403)
    (waits,) = empty.store.second_people.waiting()
    assert "lead, administrator" in read(empty, "/governance", "gwen").text
    agreed = {"request": waits.number, "answer": "agrees"}
    assert send(empty, "/governance/access", "gwen", agreed).status_code == 303
    assert roles() == {"admin", "lead"}


def test_another_administrator_asks_that_an_administrator_be_a_lead(empty: House) -> None:
    empty.store.users.add("local", "olu", "Olu Marchetti", ["admin"], at=NOW)
    form = {"role": ["lead", "admin"], "seen": "admin"}
    olu = empty.store.users.by_handle("local", "olu")
    assert olu is not None
    answer = send(empty, f"/people/{olu.number}/roles", "ada", form)
    assert answer.headers["location"].endswith("?done=asked")


def test_where_nobody_holds_governance_nobody_makes_themselves_a_lead_either(empty: House) -> None:
    empty.store.users.change(empty.who["gwen"], active=False, at=NOW)
    answer = send(empty, of(empty, "ada", "/roles"), "ada", {"role": ["lead", "admin"], "seen": "admin"})  # fmt: skip
    assert (answer.status_code, "another administrator has to" in answer.text) == (422, True)


def test_roles_that_somebody_else_changed_meanwhile_are_not_overwritten(empty: House) -> None:
    empty.store.users.add("local", "olu", "Olu Marchetti", ["admin"], at=NOW)
    olu = empty.store.users.by_handle("local", "olu")
    assert olu is not None
    empty.store.users.change(empty.who["vera"], roles=["lead"], at=NOW, by=olu.number)
    answer = send(
        empty, of(empty, "vera", "/roles"), "ada", {"role": ["viewer", "admin"], "seen": "viewer"}
    )
    assert answer.status_code == 409
    assert "Olu Marchetti changed their roles meanwhile" in answer.text
    after = empty.store.users.get(empty.who["vera"])
    assert after is not None
    assert after.roles == ("lead",)


def test_who_is_turned_off_is_out_at_once_and_in_again_when_turned_on(empty: House) -> None:
    with empty.asks("amina") as amina:
        assert amina.get("/all").status_code == 200
        send(empty, of(empty, "amina", "/access"), "ada", {"to": "off"})
        assert amina.get("/all").status_code == 303
        assert amina.get("/new-items").status_code == 401
    assert "Turned off" in read(empty, "/people", "ada").text
    answer = send(empty, of(empty, "amina", "/link"), "ada")
    assert (answer.status_code, "turn them on first" in answer.text) == (422, True)
    send(empty, of(empty, "amina", "/access"), "ada", {"to": "on"})
    with empty.asks("") as client:
        told = {"name": "amina", "password": PASSWORD}
        assert client.post("/sign-in", data=told).headers["location"] == "/"


def test_all_sessions_of_somebody_end(empty: House) -> None:
    with empty.asks("bea") as one, empty.asks("bea") as other:
        assert "on 2 browsers" in read(empty, of(empty, "bea"), "ada").text
        send(empty, of(empty, "bea", "/sessions"), "ada")
        assert {one.get("/all").status_code, other.get("/all").status_code} == {303}
    assert "nowhere" in read(empty, of(empty, "bea"), "ada").text


@pytest.mark.parametrize(("part", "form"), [("/access", {"to": "off"}), ("/roles", {"role": ["viewer"], "seen": "admin"})])  # fmt: skip
def test_the_last_administrator_who_can_sign_in_stays(
    empty: House, part: str, form: dict[str, object]
) -> None:
    empty.store.users.add("local", "new", "Never Signed In", ["admin"], at=NOW)
    empty.store.users.admit(
        "tenant/object", "Olu Marchetti", ["admin"], at=NOW
    )  # and nobody signs in so here
    answer = send(empty, of(empty, "ada", part), "ada", form)
    assert answer.status_code == 422
    assert "Someone must stay administrator: make another one first" in answer.text
    ada = empty.store.users.get(empty.who["ada"])
    assert ada is not None
    assert (ada.active, ada.roles) == (True, ("admin",))
    with empty.asks("ada") as client:
        assert "You are the last administrator" in client.get(of(empty, "ada")).text


def test_people_of_the_organisation_have_the_roles_that_they_have_there(empty: House) -> None:
    empty.desk.oidc = provider(local_accounts=True)
    olu = empty.store.users.admit("tenant/object", "Olu Marchetti", ["lead"], at=NOW)
    page = read(empty, f"/people/{olu.number}", "ada")
    assert "Roles come from the organisation’s sign-in service" in page.text
    assert page.all("input", name="role") == []
    for part, form in (("/roles", {"role": ["admin"], "seen": "lead"}), ("/link", {})):
        answer = send(empty, f"/people/{olu.number}{part}", "ada", form)
        assert (answer.status_code, "change their roles there" in answer.text) == (422, True)
    send(empty, f"/people/{olu.number}/access", "ada", {"to": "off"})
    after = empty.store.users.get(olu.number)
    assert after is not None
    assert (after.active, after.roles) == (False, ("lead",))


def test_sessions_of_local_accounts_end_when_such_accounts_are_closed(empty: House) -> None:
    olu = empty.store.users.admit("tenant/object", "Olu Marchetti", ["admin"], at=NOW)
    empty.who["olu"] = olu.number
    empty.desk.oidc = provider(local_accounts=True)
    with empty.asks("amina") as amina, empty.asks("olu") as admin:
        assert [one.get("/account").status_code for one in (amina, admin)] == [200, 200]
        empty.desk.oidc = provider(local_accounts=False)
        assert [one.get("/account").status_code for one in (amina, admin)] == [303, 200]
        page = admin.get("/people").text
        assert "this way is closed" in page
        assert "Add and show the link" not in page
        assert admin.post("/people", data=ADDED).status_code == 422
        answer = admin.post(of(empty, "vera", "/link"))
        assert (answer.status_code, "a link would let nobody in" in answer.text) == (422, True)


def test_nobody_is_there(house: House) -> None:
    read(house, "/people/999", "ada", 404)
    assert send(house, "/people/999/access", "ada", {"to": "off"}).status_code == 404
