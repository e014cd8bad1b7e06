"""Access that is granted to the app itself, or to nobody: as a mailbox has it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli import check as cli_check
from core import clock
from demo.platforms.inbox import PASSWORD, TOKEN, InboxStandIn
from demo.servers.http import Kind
from demo.world import World
from settings import schema, secrets
from steps import access_tokens, collect
from tests.cycles import at_home, changed, collected, settled

KEYS = ("password", "client_id", "client_secret")


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("inbox",))


def with_keys(path: Path, **keys: Any) -> None:
    changed(path, collectors={"inbox": {**dict.fromkeys(KEYS, None), **keys}})


def password(path: Path) -> str:
    secrets.new_secret_file(path.parent / "inbox-password", PASSWORD)
    return "file:inbox-password"


def inbox(world: World) -> InboxStandIn:
    found = world.standins["inbox"]
    assert isinstance(found, InboxStandIn)
    return found


def test_the_apps_own_credentials_are_enough_and_an_hours_token_is_no_warning(
    made: Path, calm: World
) -> None:
    told, sizes = collected(made)
    assert sizes["mentions"] > 10
    assert not [line for line in told if "access" in line]
    found = {check.what: check.state for check in cli_check.checks(schema.load(made), made.parent)}
    assert found["source inbox"] == "ok"
    assert "access to inbox" not in found
    with at_home(made) as (house, _):  # what the daily list and the weekly summary ask
        assert house.store.tokens.ending(clock.now(), access_tokens.WARN_BEFORE) == []


def test_a_token_that_ends_soon_is_replaced(made: Path, calm: World) -> None:
    collected(made)
    with at_home(made) as (house, _):
        access_tokens.renew(house.new_run(clock.now() + timedelta(minutes=50)))
        access_tokens.renew(house.new_run(clock.now()))
    assert len(inbox(calm).given) == 2


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("500", "could not be renewed yet"), ("drop", "could not be renewed yet"),
        ("html", "could not be renewed yet"), ("401", "can't be renewed"),
    ],
)  # fmt: skip
def test_where_no_token_is_to_be_had_one_line_says_so_and_the_mailbox_is_read_later(
    made: Path, calm: World, kind: Kind, says: str
) -> None:
    calm.faults.add("inbox", kind, path=TOKEN, times=None)
    told, sizes = collected(made)
    (line,) = [line for line in told if "inbox" in line]
    assert line.startswith(f"! inbox: access {says}: ")
    assert "neither" not in line
    assert sizes["mentions"] == 0
    assert [one.path for one in inbox(calm).requests if one.method == "IMAP"] == []
    with at_home(made) as (house, _):
        assert house.store.sources.last_complete_run("inbox") is None
    calm.faults.clear()
    told, sizes = collected(made)
    assert not [line for line in told if "access" in line]
    assert sizes["mentions"] > 10


def test_a_token_that_is_over_lets_nothing_in_and_one_that_is_not_still_does(
    made: Path, calm: World
) -> None:
    collected(made)
    calm.faults.add("inbox", "500", path=TOKEN, times=None)
    with at_home(made) as (house, told):
        collect.collect(house.new_run(clock.now() + timedelta(minutes=50)))
        assert not [line for line in house.failures if "access" in line]
        house.failures.clear()
        assert [line for line in told if "could not be renewed yet" in line]
        collect.collect(house.new_run(clock.now() + timedelta(minutes=61)))
        (failure,) = house.failures
        assert failure.startswith("inbox: access could not be renewed yet: ")


def test_a_password_does_where_no_token_is_to_be_had(made: Path, calm: World) -> None:
    changed(made, collectors={"inbox": {"password": password(made)}})
    calm.faults.add("inbox", "500", path=TOKEN, times=None)
    told, sizes = collected(made)
    assert "! inbox: access" not in "".join(told)
    assert sizes["mentions"] > 10


def test_a_password_alone_asks_for_no_token(made: Path, calm: World) -> None:
    with_keys(made, password=password(made))
    told, sizes = collected(made)
    assert sizes["mentions"] > 10
    assert not [line for line in told if "access" in line]
    assert inbox(calm).given == []


def test_without_either_it_is_off_and_says_what_to_set(made: Path) -> None:
    with_keys(made)
    told, sizes = collected(made)
    assert sizes["mentions"] == 0
    assert (
        "inbox: off, nothing lets it in: set password of [collectors.inbox], or `mentions connect inbox`"
        in told
    )


def test_a_folder_is_the_mailboxs_and_a_certificate_is_a_file_beside_the_config(made: Path) -> None:
    with at_home(made) as (house, _):
        (source,) = house.sources
    ca = Path(source.table["ca_file"])
    (made.parent / "own.pem").write_bytes(ca.read_bytes())
    changed(made, collectors={"inbox": {"folder": "INBOX", "ca_file": "own.pem"}})
    told, sizes = collected(made)
    assert sizes["mentions"] > 10, told.failures


def test_where_a_person_grants_it_the_table_says_so(made: Path) -> None:
    google = "https://accounts.google.com/o/oauth2/v2/auth"
    changed(made, collectors={"inbox": {"authorize_url": google, "scopes": ["mail"]}})
    with at_home(made) as (house, _):
        way = access_tokens.access(house, "inbox")
    assert not way.grant.alone
    assert way.ask("http://127.0.0.1:1/")[0].startswith(f"{google}?")
    assert way.grant.scopes == ("mail",)
