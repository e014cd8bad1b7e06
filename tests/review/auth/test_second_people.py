"""One administrator alone becomes neither governance nor the Guardian: a second person agrees, and who is concerned is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from core.errors import StoreError
from reports import access
from review.auth import users
from settings.review import EscalationRole
from store import Store, User
from tests.review.conftest import House, serve
from tests.review.factories import NOW, QUICKLY_CHECKED, configure, people
from tests.review.pages import read, send

SECRET = QUICKLY_CHECKED.hash("otter marble lantern")
GUARDIANS = EscalationRole(key="guardian", type="guardian", name="Guardian", when="Concerns", email=("speak.up@example.org",))  # fmt: skip


def filled(store: Store) -> dict[str, int]:
    who = people(store)
    for handle, name, roles in (
        ("gita@example.org", "Gita Rao", ("governance",)), ("gus", "Gus Okoro", ("guardian",)), ("adam", "Adam Reed", ("admin",)),
    ):  # fmt: skip
        number = store.users.add("local", handle, name, roles, at=NOW).number  # type: ignore[arg-type]
        store.users.change(number, secret=SECRET, at=NOW)
        who[handle.partition("@")[0]] = number
    return who


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    for here in serve(tmp_path_factory.mktemp("second"), filled):
        configure(here.desk, roles=(GUARDIANS,))
        yield here


def give(house: House, to: str, *roles: str, by: str = "adam") -> httpx.Response:
    seen = ",".join(user(house, to).roles)
    return send(house, f"/people/{house.who[to]}/roles", by, role=list(roles), seen=seen)


def add(house: House, *roles: str) -> httpx.Response:
    with house.asks("adam") as client:
        return client.post(
            "/people", data={"name": "Nia Brandreth", "handle": "nia", "role": roles}
        )


def link(house: House, to: str, by: str = "adam") -> str:
    answer = send(house, f"/people/{house.who[to]}/link", by)
    found = re.search(r"/welcome/([\w-]+)", answer.text)
    return found[1] if found else answer.headers["location"]


def agree(house: House, by: str = "gita", answer: str = "agrees") -> httpx.Response:
    request = house.store.second_people.waiting()[0].number
    return send(house, "/governance/access", by, request=request, answer=answer)


def user(house: House, handle: str) -> User:
    found = house.store.users.get(house.who[handle])
    assert found is not None
    return found


def told(house: House) -> list[tuple[str, tuple[str, ...]]]:
    rows = [row for row in house.store.outbox.due(NOW) if row.kind == "access"]
    return [(row.payload["what"], row.recipients) for row in rows]


@pytest.mark.parametrize("whose", ["gita", "gus", "gwen"])
def test_a_link_for_governance_or_the_guardian_waits_for_a_second_person(
    house: House, whose: str
) -> None:
    assert link(house, whose).endswith("?done=asked")
    assert "waits for another person who holds governance" in read(house, f"/people/{house.who[whose]}", "adam").text  # fmt: skip
    agree(house, by="gwen" if whose == "gita" else "gita")
    assert "you can make it now" in read(house, f"/people/{house.who[whose]}", "adam").text
    token = link(house, whose)
    owner = house.store.sign_in_links.owner(token, at=NOW)
    assert owner is not None
    assert owner.number == house.who[whose]
    assert link(house, whose).endswith("?done=asked")  # the next one waits again


def test_no_link_is_out_until_then_and_a_refusal_makes_none(house: House) -> None:
    link(house, "gus")
    assert house.store.database.value("SELECT count(*) FROM sign_in_links") == 0
    assert agree(house, answer="refuses").status_code == 303
    assert link(house, "gus").endswith("?done=asked")
    assert user(house, "gus").secret == SECRET


@pytest.mark.parametrize("role", ["governance", "guardian"])
def test_the_role_waits_and_counts_once_another_person_agrees(house: House, role: str) -> None:
    token = link(house, "vera")  # made while she is a viewer: it lets nobody in as more than that
    assert give(house, "vera", role).headers["location"].endswith("?done=asked")
    assert user(house, "vera").roles == ("viewer",)
    assert agree(house).status_code == 303
    assert user(house, "vera").roles == (role,)
    assert house.store.sign_in_links.owner(token, at=NOW) is None


def test_nobody_agrees_to_what_they_asked_for_or_to_themselves(house: House) -> None:
    send(house, f"/people/{house.who['gwen']}/roles", "adam", role=["governance", "admin"], seen="reviewer,governance")  # fmt: skip
    assert user(house, "gwen").roles == ("governance", "admin")  # she held governance before
    give(house, "vera", "guardian", by="gwen")
    assert agree(house, by="gwen").status_code == 403
    assert agree(house, by="adam").status_code == 403
    assert user(house, "vera").roles == ("viewer",)
    assert agree(house).status_code == 303
    link(house, "gita")
    assert agree(house).status_code == 403


@pytest.mark.parametrize("role", ["governance", "guardian"])
def test_nobody_gives_them_to_themselves(house: House, role: str) -> None:
    answer = give(house, "adam", "admin", role)
    assert answer.status_code == 422
    assert "Nobody gives themselves governance or the Guardian’s role" in answer.text
    assert house.store.second_people.waiting() == []


def test_nobody_is_governance_and_the_guardian(house: House) -> None:
    for to in ("vera", "gita", "gus"):
        answer = give(house, to, "governance", "guardian")
        assert answer.status_code == 422
        assert "Nobody is governance and the Guardian" in answer.text
    new = add(house, "governance", "guardian")
    assert new.status_code == 422
    assert house.store.users.by_handle("local", "nia") is None


def test_somebody_new_with_such_a_role_gets_in_once_another_person_agreed(house: House) -> None:
    new = add(house, "guardian")
    assert new.headers["location"].endswith("?done=asked")
    nia = house.store.users.by_handle("local", "nia")
    assert nia is not None
    assert (nia.roles, nia.active) == (("viewer",), False)
    house.who["nia"] = nia.number
    agree(house)
    assert (user(house, "nia").roles, user(house, "nia").active) == (("guardian",), True)
    assert house.store.sign_in_links.owner(link(house, "nia"), at=NOW) is not None


def test_roles_that_changed_meanwhile_are_not_agreed_to(house: House) -> None:
    give(house, "vera", "guardian")
    give(house, "vera", "reviewer")
    assert "changed" in agree(house).headers["location"]
    assert user(house, "vera").roles == ("reviewer",)


def off(house: House, whose: str, by: str = "adam") -> httpx.Response:
    return send(house, f"/people/{house.who[whose]}/access", by, to="off")


def came_in(house: House, *whose: str) -> None:
    for handle in whose:
        house.store.sessions.begin(house.who[handle], at=NOW, until=NOW + timedelta(hours=8))


def test_taking_governance_off_everybody_opens_no_way_around(house: House) -> None:
    assert give(house, "gwen", "reviewer").headers["location"].endswith("?done=asked")
    assert "governance" in user(house, "gwen").roles
    assert agree(house).status_code == 303
    assert user(house, "gwen").roles == ("reviewer",)
    assert "Nobody else holds governance" in give(house, "gita", "viewer").text
    assert "Nobody else holds governance" in off(house, "gita").text
    assert user(house, "gita").active


@pytest.mark.parametrize("whose", ["gwen", "gita", "gus"])
def test_governance_and_the_guardian_are_turned_off_by_two(house: House, whose: str) -> None:
    assert off(house, whose).headers["location"].endswith("?done=asked")
    assert user(house, whose).active
    assert told(house)[-1][0] == "off asked"
    assert "Turning off waits for another person" in read(house, f"/people/{house.who[whose]}", "adam").text  # fmt: skip
    second = "gwen" if whose == "gita" else "gita"
    assert "to be turned off" in read(house, "/governance", second).text
    assert agree(house, by=second).status_code == 303
    assert not user(house, whose).active
    assert user(house, whose).roles


def test_a_refusal_turns_nobody_off_and_others_are_off_at_once(house: House) -> None:
    off(house, "gus")
    agree(house, answer="refuses")
    assert user(house, "gus").active
    assert off(house, "vera").headers["location"].endswith("?done=off")
    assert not user(house, "vera").active


def test_the_machine_turns_off_no_governance_alone_nor_makes_links_while_they_are_off(
    house: House,
) -> None:
    came_in(house, "gwen", "gita")

    def turn(whose: str, at: datetime = NOW) -> bool:
        return users.turn(house.store, house.desk.file, user(house, whose), on=False, at=at, login="root")  # fmt: skip

    def links(at: datetime) -> str:
        return users.link(house.store, house.desk.file, user(house, "gus"), at=at, login="root")

    assert not turn("gwen")
    assert not turn("gita")
    house.store.users.change(house.who["gwen"], active=False, at=NOW)  # as two agreed to
    with pytest.raises(StoreError, match="nobody else holds governance"):
        turn("gita")
    house.store.users.change(house.who["gita"], active=False, at=NOW)  # by the file itself
    assert links(NOW) == ""
    assert links(NOW + timedelta(days=29)) == ""
    assert "/welcome/" in links(NOW + timedelta(days=31))  # nobody could answer for 30 days


def test_the_last_of_governance_goes_at_the_machine_who_has_not_signed_in_for_a_month(
    house: House,
) -> None:
    came_in(house, "gita")
    house.store.users.change(house.who["gwen"], roles=("reviewer",), at=NOW)
    later = NOW + timedelta(days=31)
    assert users.turn(house.store, house.desk.file, user(house, "gita"), on=False, at=later, login="root")  # fmt: skip
    assert [row.payload["what"] for row in house.store.outbox.due(later)] == ["off"]
    link = users.link(house.store, house.desk.file, user(house, "gus"), at=later, login="root")
    assert "/welcome/" in link


def test_the_first_set_up_needs_no_second_person(house: House) -> None:
    for handle in ("gwen", "gita"):  # nobody holds governance yet
        house.store.users.change(house.who[handle], roles=("viewer",), at=NOW)
    assert give(house, "vera", "governance").headers["location"].endswith("?done=roles")
    assert user(house, "vera").roles == ("governance",)


def test_the_owner_of_an_account_and_governance_are_told_of_a_link_that_is_made_anew(house: House) -> None:  # fmt: skip
    house.store.users.add("local", "uri@example.org", "Uri Pask", ("viewer",), at=NOW)
    uri = house.store.users.by_handle("local", "uri@example.org")
    assert uri is not None
    house.who["uri"] = uri.number
    link(house, "uri")
    assert told(house) == []  # the first one
    house.store.users.change(uri.number, secret=SECRET, at=NOW)
    link(house, "uri")
    link(house, "gus")
    assert told(house) == [
        ("link", ("uri@example.org", "gita@example.org")),
        ("link asked", ("speak.up@example.org", "gita@example.org")),
    ]
    overview = read(house, "/governance", "gita").text
    assert "Adam Reed: Made a link by which Uri Pask can choose a password." in overview
    assert "1 person waits to be let in as governance or the Guardian" in overview
    assert "need" in overview


def test_governance_with_a_deciding_role_is_named_as_a_conflict(house: House) -> None:
    overview = read(house, "/governance", "gita").text
    assert "Gwen Okafor holds governance and is reviewer too" in overview
    assert "Gita Rao holds governance and is" not in overview


def test_the_email_says_what_was_done_and_holds_no_link(house: House) -> None:
    link(house, "gus")
    (row,) = [row for row in house.store.outbox.due(NOW) if row.kind == "access"]
    done = access.access_of(row.payload, {house.who["adam"]: "Adam Reed", house.who["gus"]: "Gus Okoro"})  # fmt: skip
    mail = access.mail(house.desk.file, done, to=row.recipients, at=NOW, message_id=row.message_id)  # fmt: skip
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Adam Reed asked for a link by which Gus Okoro would choose a new password" in text.get_content()  # fmt: skip
    assert "another person who holds governance agrees" in text.get_content()
    assert "/welcome/" not in mail.as_string()
    assert "Gus" not in mail["Subject"]
