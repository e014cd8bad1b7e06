"""Told outside of mail: when mail has failed for a while, or because a route says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from demo.servers.microsoft import CLIENT_ID, CLIENT_SECRET, MicrosoftStandIn
from demo.world import World
from steps import deliver, group
from steps.context import RunContext
from tests.cycles import at_home, changed, settled
from tests.steps.test_deliver import LEAK, become_high, mention, one_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def microsoft() -> Iterator[MicrosoftStandIn]:
    with MicrosoftStandIn(clock.now()) as standin:
        yield standin


@pytest.fixture
def made(calm: World, tmp_path: Path, microsoft: MicrosoftStandIn) -> Path:
    path = settled(tmp_path, calm, only=("files",))
    secret(tmp_path / "webhook", microsoft.workflow)
    return path


def secret(path: Path, value: str) -> None:
    path.touch(mode=0o600)
    path.write_text(value, "utf-8")


def with_teams(path: Path, **more: Any) -> None:
    channel = {"name": "Duty team", "kind": "teams", "address": "file:webhook", **more}
    changed(path, alerts={"second": {"channels": [channel]}})


def titles(microsoft: MicrosoftStandIn) -> list[str]:
    return [card["body"][0]["text"] for card in microsoft.cards]


def raised(house: RunContext, *numbers: int) -> None:
    become_high(house, *(one_of(number) for number in numbers))
    group.group(house)


def test_what_mail_has_not_told_for_a_quarter_of_an_hour_is_told_there_once(
    calm: World, made: Path, microsoft: MicrosoftStandIn
) -> None:
    with_teams(made)
    calm.faults.add("mail", "535", path="AUTH", times=None)
    with at_home(made) as (house, _):
        raised(house, 1)
        at = clock.now()
        for minutes in (0, 10, 14):
            deliver.deliver(house, at + minutes * MINUTE)
            assert microsoft.cards == []
        deliver.deliver(house, at + 16 * MINUTE)
        assert titles(microsoft) == ["A threat, case 1"]
        assert microsoft.cards[0]["body"][1]["text"] == "The email about it has not left."
        assert microsoft.cards[0]["actions"][0]["url"].endswith("/cases/1")
        raised(house, 2)  # mail fails still: what is new is told at once
        deliver.deliver(house, at + 17 * MINUTE)
        assert titles(microsoft)[1:] == ["A threat, case 2"]
        calm.faults.clear()
        assert deliver.deliver(house, at + 40 * MINUTE) == 2
        deliver.deliver(house, at + 60 * MINUTE)
    assert len(microsoft.cards) == len(calm.mail.messages) == 2


def test_where_mail_leaves_nothing_is_told_there(
    calm: World, made: Path, microsoft: MicrosoftStandIn
) -> None:
    with_teams(made)
    with at_home(made) as (house, _):
        raised(house, 1)
        deliver.deliver(house, clock.now())
        deliver.deliver(house, clock.now() + 60 * MINUTE)
    assert microsoft.cards == []


def test_an_address_that_was_given_up_is_told_there_too(
    calm: World, made: Path, microsoft: MicrosoftStandIn
) -> None:
    with_teams(made)
    calm.faults.add("mail", "550", path="RCPT")
    with at_home(made) as (house, _):
        raised(house, 1)
        deliver.deliver(house, clock.now())
        deliver.deliver(house, clock.now() + 16 * MINUTE)
    assert titles(microsoft) == ["A threat, case 1"]


def test_a_channel_that_is_always_used_is_told_at_once_beside_mail(
    calm: World, made: Path, microsoft: MicrosoftStandIn
) -> None:
    with_teams(made, use="always")
    with at_home(made) as (house, _):
        raised(house, 1)
        assert deliver.deliver(house, clock.now()) == 1
        deliver.deliver(house, clock.now() + MINUTE)
    assert titles(microsoft) == ["A threat, case 1"]
    assert len(microsoft.cards[0]["body"]) == 1, "the email has left"


def test_a_route_names_the_channels_that_are_told_of_its_flags_alone(
    calm: World, made: Path, microsoft: MicrosoftStandIn
) -> None:
    with_teams(made)
    route = {"flags": ["security"], "to": ["security-desk@example.org"], "also": ["Duty team"]}
    changed(made, alerts={"route": [route]})
    with at_home(made) as (house, _):
        become_high(house, mention(1), mention(2, LEAK))
        group.group(house)
        assert deliver.deliver(house, clock.now()) == 2
    assert len(microsoft.cards) == 1
    assert titles(microsoft)[0].endswith(", case 2")


def test_many_at_once_are_ten_notes_the_last_of_which_says_how_many_wait(
    calm: World, made: Path, microsoft: MicrosoftStandIn
) -> None:
    with_teams(made, use="always")
    with at_home(made) as (house, _):
        raised(house, *range(1, 15))
        deliver.deliver(house, clock.now())
        deliver.deliver(house, clock.now() + MINUTE)
    assert len(microsoft.cards) == 10
    assert (
        microsoft.cards[-1]["body"][-1]["text"] == "1 more alert waits in Today."
    )  # ten at once, and a digest of what is over an hour's cap


def test_no_words_no_author_and_no_address_of_a_post_are_told_there(
    calm: World, made: Path, microsoft: MicrosoftStandIn
) -> None:
    with_teams(made, use="always")
    with at_home(made) as (house, _):
        become_high(house, mention(1))
        group.group(house)
        deliver.deliver(house, clock.now())
    body = microsoft.requests[-1].body.decode().lower()
    assert not [word for word in ("brick", "front desk", "rowan", "ashdown", "x.com", "77009", "@") if word in body]  # fmt: skip


def test_a_workflow_that_is_gone_is_named_and_given_up_and_the_mail_leaves(
    calm: World, made: Path, microsoft: MicrosoftStandIn, tmp_path: Path
) -> None:
    with_teams(made, use="always")
    secret(tmp_path / "webhook", f"{microsoft.url}/workflow/no-longer-0123")
    with at_home(made) as (house, told):
        raised(house, 1)
        assert deliver.deliver(house, clock.now()) == 1
        assert "Duty team: 1 could not be told: Duty team answered 404" in told.failures[0]
        deliver.deliver(house, clock.now() + 60 * MINUTE)
        assert len(told.failures) == 1
        assert house.store.outbox.parked() == [], "the email has left"
    assert "no-longer-0123" not in " ".join(told)


def test_a_channel_without_its_secret_is_named_and_tried_again(
    calm: World, made: Path, microsoft: MicrosoftStandIn, tmp_path: Path
) -> None:
    with_teams(made, use="always")
    (tmp_path / "webhook").unlink()
    with at_home(made) as (house, told):
        raised(house, 1)
        deliver.deliver(house, clock.now())
        assert "the address of Duty team is missing: set the file" in told.failures[0]
    secret(tmp_path / "webhook", microsoft.workflow)
    with at_home(made) as (house, _):
        deliver.deliver(house, clock.now() + 20 * MINUTE)
    assert len(microsoft.cards) == 1


def test_everything_leaves_by_graph_in_the_place_of_a_mail_server(
    calm: World, made: Path, microsoft: MicrosoftStandIn, tmp_path: Path
) -> None:
    secret(tmp_path / "application", CLIENT_SECRET)
    oauth = {"client_id": CLIENT_ID, "client_secret": "file:application", "token_url": microsoft.token_url}  # fmt: skip
    changed(made, alerts={
        "to": ["duty@example.org", "gone@example.org"],
        "mail": {"by": "graph", "graph_url": microsoft.graph_url, "sender": "mentions@example.org", "oauth": oauth},
    })  # fmt: skip
    microsoft.unknown.add("gone@example.org")
    with at_home(made) as (house, told):
        raised(house, 1, 2)
        assert deliver.deliver(house, clock.now()) == 2
        assert "ErrorInvalidRecipients" in told.failures[0]
        assert len(house.store.outbox.parked()) == 2
    assert [mail["To"] for mail in microsoft.messages] == ["duty@example.org"] * 2
    assert calm.mail.messages == []
