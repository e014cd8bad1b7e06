"""`mentions user` keeps to the page's rules on second people, says who ran it, and the first link is somebody's who is there."""

from __future__ import annotations

import os
import pwd
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
import tomli_w

from cli import serve
from cli.base import login
from core import clock
from settings import schema
from steps import deliver
from steps.context import open_context
from store import Event, User
from tests.conftest import Command
from tests.decisions import settled
from tests.fakes import Told


@pytest.fixture
def made(tmp_path: Path, mentions: Command) -> Path:
    """An administrator, the Guardian and governance, added in the first set-up; all have a password."""
    path = settled(tmp_path)
    for handle, role in (("adam", "admin"), ("gus", "guardian"), ("gita", "governance")):
        assert "/welcome/" in mentions("user", "add", handle, "--role", role, "--config", path).output  # fmt: skip
    with open_context(path, Told()) as house:
        for user in house.store.users.all():
            house.store.users.change(user.number, secret="a hash", at=clock.now(), by=user.number)
    return path


def seen(path: Path, handle: str) -> tuple[User, Event, list[str]]:
    """The person, the last event, and what mails of access tell."""
    with open_context(path, Told()) as house:
        user = house.store.users.by_handle("local", handle)
        assert user is not None
        mails = [row.payload["what"] for row in house.store.outbox.due(clock.now()) if row.kind == "access"]  # fmt: skip
        return user, house.store.audit.events()[-1], mails


def agreed(path: Path) -> None:
    with open_context(path, Told()) as house:
        gita = house.store.users.by_handle("local", "gita")
        assert gita is not None
        (request,) = house.store.second_people.waiting()
        assert house.store.second_people.answer(request.number, agrees=True, by=gita.number, at=clock.now())  # fmt: skip


def test_a_link_for_the_guardian_waits_for_governance(mentions: Command, made: Path) -> None:
    first = mentions("user", "link", "gus", "--config", made).output
    assert "nobody is told by email" in first
    assert "/welcome/" not in first
    assert "waits for a second person who holds governance (gita)" in first
    gus, event, _ = seen(made, "gus")
    assert event.kind == "access asked"
    assert event.about == {"user": gus.number, "request": 1, "what": "link", "login": login()}  # fmt: skip
    agreed(made)
    assert "/welcome/" in mentions("user", "link", "gus", "--config", made).output
    _, event, _ = seen(made, "gus")
    assert (event.kind, event.about["login"], event.about["anew"]) == ("link made", login(), 1)  # fmt: skip


def test_the_role_waits_too(mentions: Command, made: Path) -> None:
    assert mentions("user", "add", "vic", "--role", "viewer", "--config", made).exit_code == 0
    said = mentions("user", "roles", "vic", "--role", "guardian", "--role", "viewer", "--config", made)  # fmt: skip
    assert "waits for a second person" in said.output
    assert seen(made, "vic")[0].roles == ("viewer",)
    agreed(made)
    assert set(seen(made, "vic")[0].roles) == {"viewer", "guardian"}


@pytest.mark.parametrize("role", ["guardian", "governance"])
def test_who_makes_accounts_oversees_none(mentions: Command, made: Path, role: str) -> None:
    said = mentions("user", "roles", "adam", "--role", role, "--role", "admin", "--config", made)
    assert said.exit_code == 1
    assert "nobody is administrator and governance or the Guardian" in said.output
    assert seen(made, "adam")[0].roles == ("admin",)
    with open_context(made, Told()) as house:
        assert not house.store.second_people.waiting()


def test_somebody_new_waits_without_the_role(mentions: Command, made: Path) -> None:
    said = mentions("user", "add", "nia", "--role", "governance", "--config", made)
    assert "/welcome/" not in said.output
    nia, _, _ = seen(made, "nia")
    assert (nia.roles, nia.active) == (("viewer",), False)


def test_nobody_is_both(mentions: Command, made: Path) -> None:
    said = mentions("user", "roles", "gus", "--role", "guardian", "--role", "governance", "--config", made)  # fmt: skip
    assert said.exit_code == 1
    assert "nobody is governance and the Guardian" in said.output


def test_by_the_command_too_a_second_person_agrees_that_governance_or_the_guardian_is_turned_off(
    mentions: Command, made: Path
) -> None:
    with open_context(made, Told()) as house:
        gita = house.store.users.by_handle("local", "gita")
        assert gita is not None
        house.store.sessions.begin(gita.number, at=clock.now(), until=clock.now() + timedelta(hours=1))  # fmt: skip
    assert "nobody else holds governance" in mentions("user", "off", "gita", "--config", made).output  # fmt: skip
    assert "waits for a second person" in mentions("user", "off", "gus", "--config", made).output
    assert seen(made, "gita")[0].active
    assert seen(made, "gus")[0].active
    assert "/welcome/" not in mentions("user", "link", "gus", "--config", made).output


def test_where_nobody_can_agree_the_machine_lets_in_and_it_is_recorded_and_told(
    mentions: Command, made: Path
) -> None:
    config = tomllib.loads(made.read_text())
    config["review"]["looking"] = {"email": ["ig@example.org"]}
    config["governance"]["caldicott_guardian"] = "Dr Imara Osei, caldicott@example.org"
    config["governance"]["dpo"] = "Piet Vermeer, 020 7946 0123, dpo@example.org"
    made.write_text(tomli_w.dumps(config))
    mentions("user", "off", "gita", "--config", made)
    link = mentions("user", "link", "gus", "--config", made)
    assert "/welcome/" in link.output
    told = "ig@example.org, caldicott@example.org, dpo@example.org"
    late = f"to be told by email, which has not left yet: {told}; "
    assert (
        f"{late}no mail server is set up yet: [alerts.mail] still names the example" in link.output
    )
    config["alerts"]["mail"]["host"] = "127.0.0.1"
    made.write_text(tomli_w.dumps(config))
    again = mentions("user", "link", "gus", "--config", made).output
    assert f"{late}no schedule is running: `mentions deliver` sends what waits" in again
    with open_context(made, Told()) as house:
        house.store.job_runs.begin("deliver", clock.now())
    in_time = mentions("user", "link", "gus", "--config", made).output
    assert f"told by email within minutes: {told}\n" in in_time
    assert "this account is no second person" in link.output
    gus, event, mails = seen(made, "gus")
    assert event.about == {"user": gus.number, "anew": 1, "login": login()}
    assert mails[-4:] == ["off", "link", "link", "link"]
    with open_context(made, Told()) as house:
        row = [each for each in house.store.outbox.due(clock.now()) if each.kind == "access"][-1]
        letter = deliver.letter(house, [row], clock.now())
    assert letter["To"] == "ig@example.org, caldicott@example.org, dpo@example.org"
    assert "Until " in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"as “{login()}” made a link by which gus can choose" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # fmt: skip


def test_the_first_link_names_an_account_that_is_there(tmp_path: Path, mentions: Command, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = settled(tmp_path)
    mentions("user", "add", "adam", "--name", "Adam Reed", "--role", "admin", "--config", path)
    with open_context(path, Told()) as house:
        serve._first_link(house.store, schema.load(path), f"--config {path}", on_terminal=True)
        said = capsys.readouterr()
        assert "Sign in once as 'adam'" in said.out + said.err
        assert [user.handle for user in house.store.users.all()] == ["adam"]
        token = re.search(r"/welcome/(\S+)", said.out + said.err)
        assert token is not None
        owner = house.store.sign_in_links.owner(token[1], at=clock.now())
    assert owner is not None
    assert owner.handle == "adam"


def test_who_runs_a_command_is_the_account_and_not_what_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LOGNAME", "USER", "SUDO_USER"):
        monkeypatch.setenv(name, "somebody-else")
    assert login().endswith(pwd.getpwuid(os.getuid()).pw_name)


def with_step(path: Path, handle: str) -> None:
    """Gives somebody a second step."""
    with open_context(path, Told()) as house:
        user = house.store.users.by_handle("local", handle)
        assert user is not None
        house.store.second_steps.begin(user.number, "GEZDGNBVGY3TQOJQ", at=clock.now())
        house.store.second_steps.confirm(user.number, 1, at=clock.now())


def has_step(path: Path, handle: str) -> bool:
    with open_context(path, Told()) as house:
        user = house.store.users.by_handle("local", handle)
        assert user is not None
        return house.store.second_steps.of(user.number).confirmed_at is not None


def test_a_second_step_is_reset_at_the_machine_and_recorded_with_the_login(
    mentions: Command, made: Path
) -> None:
    assert "has no second step" in mentions("user", "reset-step", "adam", "--config", made).stderr
    with_step(made, "adam")
    said = mentions("user", "reset-step", "adam", "--config", made).output
    assert "sets up the second step again" in said
    assert not has_step(made, "adam")
    adam, event, _ = seen(made, "adam")
    assert (event.kind, event.about) == (
        "second step reset",
        {"user": adam.number, "login": login()},
    )


def test_that_of_the_guardian_waits_at_the_machine_too(mentions: Command, made: Path) -> None:
    with_step(made, "gus")
    assert "another person who holds governance" in mentions("user", "reset-step", "gus", "--config", made).output  # fmt: skip
    assert has_step(made, "gus")
    gus, event, _ = seen(made, "gus")
    assert (event.kind, event.about) == ("second step reset asked", {"user": gus.number, "login": login()})  # fmt: skip
