"""One administrator alone becomes neither governance nor the Guardian: a second person agrees, and who is concerned is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from core.errors import StoreError
from core.models import Role
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
    house.store.users.change(
        house.who["gwen"], roles=("governance", "admin"), at=NOW
    )  # as of before
    give(house, "vera", "guardian", by="gwen")
    assert agree(house, by="gwen").status_code == 403
    assert agree(house, by="adam").status_code == 403
    assert user(house, "vera").roles == ("viewer",)
    assert agree(house).status_code == 303
    link(house, "gita")
    assert agree(house).status_code == 403


@pytest.mark.parametrize("role", ["governance", "guardian"])
def test_nobody_gives_them_to_themselves(house: House, role: str) -> None:
    answer = give(house, "adam", role)
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
    house.store.users.change(house.who["vera"], roles=("reviewer",), at=NOW)
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


def new_account(house: House, handle: str, *roles: Role, by: str, at: datetime = NOW) -> None:
    found = house.store.users.add(
        "local", handle, f"{handle.title()} Invented", roles, at=at, by=house.who[by]
    )
    house.store.users.change(found.number, secret=SECRET, at=at, by=found.number)
    house.who[handle] = found.number


def test_nobody_is_administrator_and_governance_or_the_guardian(house: House) -> None:
    for role in ("governance", "guardian"):
        answer = give(house, "vera", "admin", role)
        assert answer.status_code == 422
        assert "who makes accounts can’t also agree to them" in answer.text
        assert add(house, "admin", role).status_code == 422


def test_an_administrator_who_holds_governance_from_before_agrees_to_nothing(house: House) -> None:
    house.store.users.change(house.who["gita"], roles=("governance", "admin"), at=NOW)
    new_account(house, "bob", "admin", by="gita", at=NOW - timedelta(days=90))
    assert link(house, "gus", by="bob").endswith("?done=asked")
    refused = agree(house, by="gita")
    assert refused.status_code == 403
    assert "who makes accounts agrees to none" in read(house, "/governance", "gita").text
    assert "Gita Rao can agree" not in read(house, f"/people/{house.who['gus']}", "adam").text
    assert agree(house, by="gwen").status_code == 303


def test_whoever_made_the_account_that_asks_is_no_second_person(house: House) -> None:
    new_account(house, "bob", "admin", by="gita")
    new_account(house, "carl", "admin", by="bob")  # made by what she made
    for asking in ("bob", "carl"):
        assert link(house, "gus", by=asking).endswith("?done=asked")
        refused = agree(house, by="gita")
        assert refused.status_code == 403
        assert "within 30 days" in read(house, "/governance", "gita").text
        assert house.store.second_people.waiting() != []
    assert agree(house, by="gwen").status_code == 303


def test_one_who_made_both_who_asks_and_who_agrees_is_one_person(house: House) -> None:
    new_account(house, "bob", "admin", by="adam")
    new_account(house, "gill", "governance", by="adam")
    for asking in ("adam", "bob"):
        link(house, "gus", by=asking)
        assert agree(house, by="gill").status_code == 403
    assert agree(house, by="gita").status_code == 303


@pytest.mark.parametrize("done", ["link", "roles", "reset"])
def test_whoever_had_an_account_in_hand_for_thirty_days_is_no_second_person_with_it(
    house: House, done: str
) -> None:
    store, bob = house.store, "bob"
    new_account(house, bob, "admin", by="adam", at=NOW - timedelta(days=90))
    number, gita = house.who[bob], house.who["gita"]

    def hold(at: datetime) -> None:
        if done == "link":
            store.sign_in_links.make(number, at=at, until=at + timedelta(days=1), by=gita)
        elif done == "roles":
            store.users.change(number, roles=("admin",), at=at, by=gita)
        else:
            store.second_steps.remove(number, at=at, by=gita)

    hold(NOW - timedelta(days=31))
    link(house, "gus", by=bob)
    assert agree(house, by="gita").status_code == 303
    hold(NOW - timedelta(days=29))
    give(house, "vera", "guardian", by=bob)
    assert agree(house, by="gita").status_code == 403


def test_who_agreed_to_a_role_can_agree_to_another_link_of_theirs(house: House) -> None:
    give(house, "vera", "guardian")
    assert agree(house).status_code == 303
    link(house, "vera")  # the first, which was agreed to with the role or waits
    if house.store.second_people.waiting():
        assert agree(house).status_code == 303
    link(house, "vera")
    if house.store.second_people.waiting():
        assert agree(house).status_code == 303


def test_somebody_is_always_told_of_what_was_done_to_an_account(house: House) -> None:
    house.store.users.change(house.who["gita"], roles=("viewer",), at=NOW)
    before = house.desk.file
    configure(house.desk, health=before.health.model_copy(update={"to": ("ict@example.org",)}))
    link(house, "vera")
    assert told(house) == [("link", ("ict@example.org",))]


def test_the_first_set_up_needs_no_second_person(house: House) -> None:
    for handle in ("gwen", "gita"):  # nobody holds governance yet
        house.store.users.change(house.who[handle], roles=("viewer",), at=NOW)
    assert give(house, "vera", "governance").headers["location"].endswith("?done=roles")
    assert user(house, "vera").roles == ("governance",)


def test_what_a_command_alone_did_is_mailed_and_shown_until_somebody_else_has_seen_it(house: House) -> None:  # fmt: skip
    store, config = house.store, house.desk.file
    papers = config.governance.model_copy(update={
        "caldicott_guardian": "Dr A. Quill, 020 7946 0123, caldicott@example.org", "dpo": "B. Vance, dpo@example.org",
    })  # fmt: skip
    configure(house.desk, governance=papers)
    for handle in ("gwen", "gita", "gus"):  # nobody holds governance yet
        store.users.change(house.who[handle], roles=("viewer",), at=NOW)
    for handle, name in (("gina", "Gina Reed"), ("greta", "Greta Hale")):
        new, waits = users.add(
            store, house.desk.file, handle, name, ("governance",), at=NOW, login="root"
        )
        assert not waits
        assert users.link(store, house.desk.file, new, at=NOW, login="root")
        house.who[handle] = new.number
    for handle in ("gina", "greta"):
        store.users.change(house.who[handle], secret=SECRET, at=NOW)
    third, waits = users.add(store, house.desk.file, "gert", "Gert Ohlin", ("guardian",), at=NOW, login="root")  # fmt: skip
    assert waits
    house.who["gert"] = third.number
    mailed = [to for what, to in told(house) if what in ("roles", "link", "roles asked")]
    assert len(mailed) == 5
    assert all({"caldicott@example.org", "dpo@example.org"} <= set(to) for to in mailed)
    overview = read(house, "/governance", "gina").text
    assert (
        "A command on the machine made or opened the accounts of Gina Reed, Greta Hale" in overview
    )
    assert "made or opened the accounts of Gina Reed, Greta Hale" in read(house, "/governance/papers/access.html", "gina").text  # fmt: skip
    upto = str(store.second_people.not_seen()[-1].number)
    for handle in ("gina", "greta"):
        own = send(house, "/governance/accounts", handle, upto=upto)
        assert own.status_code == 422, own.text
        assert "someone else has to see it" in own.text
    request = store.second_people.waiting()[0]
    assert store.second_people.answer(request.number, agrees=True, by=house.who["greta"], at=NOW)
    store.users.change(third.number, secret=SECRET, at=NOW)
    assert "made or opened the accounts of" in read(house, "/guardian", "gert").text
    assert send(house, "/governance/accounts", "gert", upto=upto).status_code == 303
    assert "made or opened the accounts of" not in read(house, "/governance", "gina").text


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
    assert (
        "1 person waits to be let in as governance, the Guardian, a lead or a reviewer" in overview
    )
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


def test_whom_a_command_let_in_agrees_for_a_week_to_nothing_that_a_command_asks(
    house: House,
) -> None:
    """Whoever has the machine opens the account of governance and asks as well: one hand, and no second person."""
    store, config = house.store, house.desk.config(house.store)
    store.sign_in_links.make(
        house.who["gita"], at=NOW, until=NOW + timedelta(hours=1), login="root"
    )
    assert not users.turn(store, config, user(house, "gus"), on=False, at=NOW, login="root")
    refused = agree(house)
    assert refused.status_code == 403
    assert "let in at the command line" in read(house, "/governance", "gita").text
    assert user(house, "gus").active
    assert agree(house, by="gwen").status_code == 303  # whose account no command touched
    assert not user(house, "gus").active


def test_an_administrator_alone_makes_nobody_a_reviewer_but_in_the_first_set_up(
    house: House,
) -> None:
    """Who reads posts is agreed to by a second person: herself, somebody new, whoever only read along; a lead is a reviewer already."""
    assert add(house, "reviewer").headers["location"].endswith("?done=asked")
    nia = house.store.users.by_handle("local", "nia")
    assert nia is not None
    assert (nia.roles, nia.active) == (("viewer",), False)
    for handle, roles in (("vera", ("reviewer",)), ("adam", ("reviewer", "admin"))):
        before = user(house, handle).roles
        assert give(house, handle, *roles).headers["location"].endswith("?done=asked")
        assert user(house, handle).roles == before
    assert "wait for another person" in read(house, "/people", "adam").text
    waiting = house.store.second_people.waiting()
    assert {each.user for each in waiting} == {nia.number, house.who["vera"], house.who["adam"]}
    page = read(house, "/governance", "gita").text
    assert "or a reviewer" in page
    assert agree(house, answer="refuses").status_code == 303
    assert agree(house).status_code == 303
    assert user(house, "vera").roles == ("reviewer",)
    assert give(house, "bea", "lead").status_code == 303
    assert not [each for each in house.store.second_people.waiting() if each.user == house.who["bea"]]  # fmt: skip
    for handle in ("gita", "gwen"):  # nobody who holds governance has ever got in
        house.store.database.execute("UPDATE users SET password_hash = '', signed_in_at = NULL WHERE number = ?", house.who[handle])  # fmt: skip
    assert "First installation: roles count at once" in read(house, "/people", "adam").text
    assert give(house, "adam", "reviewer", "admin").headers["location"].endswith("?done=roles")
    assert user(house, "adam").roles == ("reviewer", "admin")


def test_an_administrator_alone_is_no_lead_under_another_name_and_gets_into_no_leads_account(
    house: House,
) -> None:
    added = add(house, "reviewer", "lead")
    assert added.headers["location"].endswith("?done=asked")
    nia = house.store.users.by_handle("local", "nia")
    assert nia is not None
    assert (nia.roles, nia.active) == (("viewer",), False)
    assert link(house, "bea").endswith("?done=asked")
    assert give(house, "amina", "reviewer", "lead").headers["location"].endswith("?done=asked")
    assert user(house, "amina").roles == ("reviewer",)
    assert {what for what, to in told(house) if "gita@example.org" in to} == {"roles asked", "link asked"}  # fmt: skip
    for _ in range(3):
        assert agree(house, answer="refuses").status_code == 303
    assert link(house, "bea").endswith("?done=asked")  # what was refused opens nothing
    assert user(house, "amina").roles == ("reviewer",)


def test_what_governance_agreed_to_makes_a_lead_and_one_link(house: House) -> None:
    add(house, "lead")
    agree(house)
    link(house, "bea")
    agree(house)
    assert re.fullmatch(r"[\w-]+", link(house, "bea"))
    assert link(house, "bea").endswith("?done=asked")
    nia = house.store.users.by_handle("local", "nia")
    assert nia is not None
    assert (nia.roles, nia.active) == (("lead",), True)


def test_a_lead_is_turned_off_and_stops_being_one_at_once(house: House) -> None:
    assert give(house, "bea", "viewer").headers["location"].endswith("?done=roles")
    house.store.users.change(house.who["bea"], roles=("lead",), at=NOW)
    off = send(house, f"/people/{house.who['bea']}/access", "adam", to="off")
    assert off.headers["location"].endswith("?done=off")


def test_governance_is_told_of_a_link_for_a_lead_that_was_agreed_to(house: House) -> None:
    config, store = house.desk.file, house.store
    lead = store.users.add("local", "lee@example.org", "Lee Hart", ("lead",), at=NOW)
    store.users.change(lead.number, secret=SECRET, at=NOW)
    admin = house.who["ada"]
    assert not users.link(store, config, lead, at=NOW, by=admin)
    agree(house)
    assert users.link(store, config, lead, at=NOW, by=admin)
    assert [what for what, to in told(house) if {"lee@example.org", "gita@example.org"} <= set(to)] == ["link asked", "agreed", "link"]  # fmt: skip
